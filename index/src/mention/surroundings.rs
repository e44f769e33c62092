//! What the words before a run of hexadecimal digits say it is: a key, a file's checksum or a commit.
//!
//! Refuses to decide on the digits; they all look alike. It reads at most a line or a few words back.

/// Bytes looked at before the digits, across line ends.
const NEAR: usize = 60;
/// Bytes looked at before the digits on their own line: a BSD checksum line has the file's name between.
const SAME_LINE: usize = 160;
/// How many words before "hash" or "sha1" may say what was hashed ("certificate SHA-1 hash").
const REACH: usize = 3;

/// What a word speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// Certificates and fingerprints, by their own names.
    Certificate,
    /// Keys in general.
    Key,
    /// Digests of files.
    Checksum,
    /// Objects of a version control system.
    Commit,
    /// Serial numbers, log identifiers, machine addresses: digits that name nothing we keep.
    Number,
}

impl Topic {
    /// Whether digits near such a word name a key.
    pub(super) fn is_key(self) -> bool {
        matches!(self, Self::Certificate | Self::Key)
    }
}

/// The topic of the words before `start`: the nearest one that has any decides.
pub(super) fn before(bytes: &[u8], start: usize) -> Option<Topic> {
    let mut topics = words_back(bytes, start).map(topic);
    let nearest = topics.by_ref().flatten().next()?;
    if nearest != Topic::Checksum {
        return Some(nearest);
    }
    let hashed = topics.take(REACH).flatten().find(|t| matches!(t, Topic::Certificate | Topic::Commit));
    hashed.or(Some(Topic::Checksum))
}

/// The words before `start`, nearest first, as written; a word is a run of ASCII letters and digits.
pub(super) fn words_back(bytes: &[u8], start: usize) -> impl Iterator<Item = &[u8]> {
    let line = bytes[start.saturating_sub(SAME_LINE)..start].iter().rev().position(|&b| b == b'\n');
    let floor = start - line.unwrap_or(SAME_LINE).max(NEAR).min(start);
    let mut end = start;
    std::iter::from_fn(move || {
        let gap = bytes[floor..end].iter().rev().take_while(|b| !b.is_ascii_alphanumeric()).count();
        end -= gap;
        let length = bytes[floor..end].iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
        let word = &bytes[end - length..end];
        end -= length;
        (length > 0).then_some(word)
    })
}

/// No word that we know is longer.
const LONGEST: usize = 16;

/// A word in lower case, kept where it is made: words are looked at far more often than anything is found.
#[derive(Clone, Copy, Default)]
pub(super) struct Lower {
    letters: [u8; LONGEST],
    length: usize,
}

impl std::ops::Deref for Lower {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.letters[..self.length]
    }
}

/// `word` in lower case; nothing if it is longer than any word we know.
pub(super) fn lower(word: &[u8]) -> Option<Lower> {
    let mut lower = Lower { length: word.len(), ..Lower::default() };
    lower.letters.get_mut(..word.len())?.copy_from_slice(word);
    lower.letters.make_ascii_lowercase();
    Some(lower)
}

fn topic(word: &[u8]) -> Option<Topic> {
    match &*lower(word)? {
        b"fingerprint" | b"fingerprints" | b"thumbprint" | b"thumbprints" | b"fpr" | b"certificate"
        | b"certificates" | b"cert" | b"certs" => Some(Topic::Certificate),
        b"key" | b"keys" | b"gpg" | b"pgp" | b"openpgp" | b"gnupg" | b"signing" | b"keyid" | b"keyids"
        | b"pubkey" | b"pubkeys" | b"pub" | b"subkey" | b"subkeys" | b"keyring" | b"keyrings"
        | b"validsig" | b"keyserver" | b"pks" | b"gpgkey" | b"gpgkeys" | b"vks" => Some(Topic::Key),
        b"sha1" | b"sha224" | b"sha256" | b"sha384" | b"sha512" | b"md5" | b"sha1sum" | b"sha224sum"
        | b"sha256sum" | b"sha384sum" | b"sha512sum" | b"md5sum" | b"sha" | b"checksum" | b"checksums"
        | b"digest" | b"digests" | b"hash" | b"hashes" | b"sha256sums" | b"sha512sums" => {
            Some(Topic::Checksum)
        }
        b"commit" | b"commits" | b"committed" | b"git" | b"rev" | b"revision" | b"revisions" | b"blob"
        | b"tree" | b"merge" | b"cherry" | b"upstream" | b"backport" | b"changeset" | b"parent" | b"head"
        | b"hg" | b"raw" => Some(Topic::Commit),
        b"serial" | b"log" | b"identifier" | b"address" | b"addr" | b"rip" | b"rsp" | b"pointer"
        | b"uuid" | b"error" | b"code" | b"hresult" | b"blake2b" | b"blake2" | b"blake3" | b"b2sum"
        | b"sha3" | b"keccak" | b"nonce" | b"salt" | b"signature" | b"modulus" => Some(Topic::Number),
        word => algorithm(word).then_some(Topic::Key),
    }
}

/// "rsa4096", "ed25519": gpg writes these directly before a key's identifier.
fn algorithm(word: &[u8]) -> bool {
    ["rsa", "dsa", "elg", "ed", "cv"].iter().any(|name| {
        let bits = word.strip_prefix(name.as_bytes()).unwrap_or_default();
        bits.len() >= 3 && bits.iter().all(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::{Topic, before};

    fn check(text: &str, expected: Option<Topic>) {
        assert_eq!(before(text.as_bytes(), text.len()), expected, "{text}");
    }

    #[test]
    fn the_nearest_telling_word_decides() {
        check("Key fingerprint = ", Some(Topic::Certificate));
        check("signed; see commit ", Some(Topic::Commit));
        check("commit hash ", Some(Topic::Commit));
        check("Certificate SHA-1 hash: ", Some(Topic::Certificate));
        check("SHA256 Fingerprint=", Some(Topic::Certificate));
        check("SHA256 (forewarn-1.0.tar.gz) = ", Some(Topic::Checksum));
        check("pub   rsa4096/", Some(Topic::Key));
        check("Serial Number: ", Some(Topic::Number));
        check("we went for a walk ", None);
        check("", None);
    }

    #[test]
    fn words_far_away_say_nothing() {
        check(&format!("fingerprint{}", " word".repeat(40)), None);
        check(&format!("fingerprint\n{}", "x".repeat(70)), None);
    }
}
