//! Keys that a package brings along: keyrings, files of keys and certificates, key stores, and the certificates that lie in
//! its signatures.
//!
//! They are told so that the ledger can say that a key was there. None of them is ever what a signature is judged by: who
//! makes a package chooses what lies in it. Keys in the package's own tests are passed over.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::check::Subject;
use crate::container::attributes::Kind as Entry;
use crate::finding::Activation;
use crate::key::Fingerprint;
use crate::key::reading::{Found, read};
use crate::key::x509;
use crate::signature::fact::SignatureFact;

/// Keys of one package that are told; a system's bundle of roots has some 150.
pub const MOST: usize = 500;
/// Bytes of all of them together.
const MOST_BYTES: usize = 4 << 20;
/// Bytes of one file that is read for keys, and of all such files: reading a key costs much more than reading a text.
const LARGEST: usize = 4 << 20;
const ALL: usize = 16 << 20;
/// Bytes at the beginning of a text within which the first block of a key must begin, where its name does not tell.
const HEAD: usize = 2_048;

/// What files that hold keys end in.
const SUFFIXES: [&str; 17] = [
    "asc",
    "gpg",
    "pgp",
    "kbx",
    "key",
    "pub",
    "pem",
    "crt",
    "cer",
    "der",
    "jks",
    "keystore",
    "truststore",
    "bks",
    "p12",
    "pfx",
    "cert",
];
/// What they are called where nothing is said by the end.
const NAMES: [&str; 5] = ["keys", "cacerts", "root.json", "pubring", "keyring"];
/// What their blocks begin with.
const BLOCKS: [&str; 3] = ["-----BEGIN PGP PUBLIC KEY", "-----BEGIN CERTIFICATE", "-----BEGIN PUBLIC KEY"];

/// Names that are not computed from the key, by what they are.
const GIVEN: [&str; 3] = ["name in the list", "TUF key id", "minisign key id"];

/// How a package brings a key along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// In a file of it.
    File,
    /// Beside a signature.
    Signature,
}

/// A key that a package brings along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// In which file or signature, through the chain of containers.
    pub path: String,
    /// How.
    pub how: How,
    /// The key.
    pub key: Found,
}

/// Collects them, member by member.
#[derive(Debug, Default)]
pub(crate) struct Carrier {
    found: Vec<Carried>,
    met: HashSet<(String, Fingerprint)>,
    bytes_read: usize,
    bytes_kept: usize,
    left_out: Vec<&'static str>,
}

impl Carrier {
    /// Looks at one entry; `at` is the time at which keys are looked at, seconds since 1970.
    pub(crate) fn member(&mut self, subject: &Subject<'_>, at: i64) {
        let is_file = subject.attributes.kind == Entry::File && !subject.bytes.is_empty();
        if !is_file || subject.setting == Activation::Test || !may_hold(subject) {
            return;
        }
        let size = subject.bytes.len();
        if !subject.is_whole() || size > LARGEST || self.bytes_read + size > ALL {
            return self.leave_out(
                "files of keys larger than 4 MiB, or beyond 16 MiB in all, were not read for keys",
            );
        }
        self.bytes_read += size;
        for mut key in read(subject.bytes, at).keys {
            // A name that a list gives to a key is the list's word, and could be another key's.
            key.fact.aliases.retain(|alias| !GIVEN.contains(&alias.what.as_str()));
            self.take(Carried { path: subject.path.to_owned(), how: How::File, key });
        }
    }

    /// Takes the certificates that lie in a signature.
    pub(crate) fn signature(&mut self, fact: &SignatureFact) {
        for link in &fact.brought {
            for one in x509::read(&link.der).unwrap_or_default() {
                let key = Found { fact: one.fact(), bytes: one.der };
                self.take(Carried { path: fact.path.clone(), how: How::Signature, key });
            }
        }
    }

    fn take(&mut self, one: Carried) {
        let place = (one.path.clone(), one.key.fact.fingerprint);
        if self.met.contains(&place) {
            return;
        }
        if self.found.len() >= MOST || self.bytes_kept + one.key.bytes.len() > MOST_BYTES {
            return self.leave_out("keys beyond the first 500, or 4 MiB of them, were not noted");
        }
        self.bytes_kept += one.key.bytes.len();
        self.met.insert(place);
        self.found.push(one);
    }

    fn leave_out(&mut self, sentence: &'static str) {
        if !self.left_out.contains(&sentence) {
            self.left_out.push(sentence);
        }
    }

    /// What was found, and what was not, a sentence each.
    pub(crate) fn finish(self) -> (Vec<Carried>, Vec<String>) {
        (self.found, self.left_out.into_iter().map(str::to_owned).collect())
    }
}

/// Whether a file may hold keys, by its name or its first lines.
fn may_hold(subject: &Subject<'_>) -> bool {
    let own = subject.name.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let suffix = own.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let by_name =
        SUFFIXES.contains(&suffix) || NAMES.contains(&own.as_str()) || own.starts_with("rpm-gpg-key");
    let java = subject.bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]);
    by_name || java || subject.text.as_deref().is_some_and(begins_with_a_key)
}

fn begins_with_a_key(text: &str) -> bool {
    let end = (0..=HEAD.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let head = text.get(..end).unwrap_or_default();
    head.contains("-----BEGIN ") && BLOCKS.iter().any(|block| head.contains(block))
}

#[cfg(test)]
mod tests {
    use sequoia_openpgp::cert::CertBuilder;
    use sequoia_openpgp::serialize::SerializeInto as _;

    use super::How;
    use crate::container::tests::built::{Zipped, zip};
    use crate::limits::Limits;
    use crate::reading::{Question, read_bytes};
    use crate::signature::reading::Beside;
    use crate::signature::tests::made::{CODE, NOW, VALID, message, party};

    const MINISIGN: &[u8] =
        b"untrusted comment: minisign public key\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n";

    fn openpgp() -> Vec<u8> {
        let (cert, _) = CertBuilder::general_purpose(Some("Orrin <keys@orrin.example>")).generate().unwrap();
        cert.armored().to_vec().unwrap()
    }

    /// What is carried by a ZIP archive of these files, with a signature beside it.
    fn check(files: &[(&str, &[u8])], signature: Option<Vec<u8>>, keep: bool, expected: &[(&str, How)]) {
        let members = files.iter().map(|(name, bytes)| Zipped::stored(name, bytes)).collect::<Vec<_>>();
        let signature = signature.map(|bytes| Beside { name: "x.p7s".into(), bytes });
        let question = Question { name: "x.zip".into(), signature, keys: Vec::new(), at: NOW, keep };
        let read = read_bytes(&zip(&members), &question, &Limits::for_package());
        let found: Vec<(&str, How)> = read.keys.iter().map(|one| (one.path.as_str(), one.how)).collect();
        assert_eq!(found, expected);
        let brought = read.inspection.signatures.iter().flat_map(|fact| &fact.brought);
        assert!(brought.into_iter().all(|link| link.der.is_empty()));
    }

    #[test]
    fn what_lies_in_files_of_keys_and_beside_signatures_is_told() {
        let (key, root) = (openpgp(), party("Orrin Root", 1));
        let anchor = root.certified(&root, VALID, None);
        let files: [(&str, &[u8]); 6] = [
            ("etc/apt/trusted.gpg.d/orrin.asc", &key),
            ("opt/orrin/release", &key),
            ("opt/orrin/root.der", &anchor),
            ("opt/orrin/minisign.pub", MINISIGN),
            ("opt/orrin/tests/key.asc", &key),
            ("opt/orrin/about.txt", b"the key is at https://orrin.example/key.asc"),
        ];
        let in_files = [
            ("etc/apt/trusted.gpg.d/orrin.asc", How::File),
            ("opt/orrin/release", How::File),
            ("opt/orrin/root.der", How::File),
            ("opt/orrin/minisign.pub", How::File),
        ];
        check(&files, None, true, &in_files);
        check(&files, None, false, &[]);
        let leaf = party("Orrin Releases", 2);
        let own = leaf.certified(&root, VALID, Some(CODE));
        let signature = message(&leaf, root.name, &[&own, &anchor], b"x", "210601120000Z");
        let both = [("x.p7s", How::Signature), ("x.p7s", How::Signature)];
        check(&[("a", b"a")], Some(signature), true, &both);
    }

    #[test]
    fn a_list_gives_a_key_no_name_that_could_be_another_ones() {
        let question = Question { name: "minisign.pub".into(), at: NOW, keep: true, ..Question::default() };
        let read = read_bytes(MINISIGN, &question, &Limits::for_package());
        let aliases: Vec<_> = read.keys.iter().flat_map(|one| &one.key.fact.aliases).collect();
        assert_eq!((read.keys.len(), aliases.len()), (1, 1));
        assert_eq!(aliases[0].what, "minisign public key");
    }
}
