//! Runs of hexadecimal digits: fingerprints in any spelling, key ids, checksums of files.
//!
//! Refuses to call forty digits a fingerprint unless they are grouped as people group fingerprints, or the
//! words around say so: most such runs are commits. Canonical keys are upper case without marks; checksums
//! are `algorithm:digits` in lower case.

use super::surroundings::{self, Topic, before, words_back};
use super::{Found, Kind};

/// What stands at a place where a run of hexadecimal digits may begin.
pub(super) enum Reading {
    /// An identifier.
    Found(Found),
    /// Nothing up to this byte: a run of groups of the wrong length, say a dump of memory.
    Skip(usize),
    /// Nothing here; something else may begin at the same place.
    Nothing,
}

/// Digits in groups of one size, as read from a text.
pub(super) struct Groups {
    /// The digits without what stands between, at most 65 of them.
    pub(super) digits: String,
    /// How many there are in all.
    pub(super) count: usize,
    /// The first byte behind the last group.
    pub(super) end: usize,
    /// Digits in each group.
    pub(super) size: usize,
    spaced: bool,
    /// Line ends met on the way.
    lines: usize,
}

/// Reads what begins at `start`; `end` is the end of the letters and digits there.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Reading {
    let marked = bytes[start] == b'0' && matches!(bytes.get(start + 1), Some(b'x' | b'X')) && end > start + 2;
    let first = if marked { start + 2 } else { start };
    if !bytes[first..end].iter().all(u8::is_ascii_hexdigit) {
        return Reading::Nothing;
    }
    if matches!(end - first, 2 | 4 | 5 | 8 | 10) {
        let groups = groups(bytes, first);
        match grouped(bytes, start, &groups) {
            Reading::Nothing if groups.count >= 24 => return Reading::Skip(groups.end),
            Reading::Nothing => {}
            reading => return reading,
        }
    }
    let found = match end - first {
        8 | 16 | 24 => key_id(bytes, start, first, end, marked),
        40 | 64 => bare(bytes, start, first, end),
        32 if is_called_fingerprint(bytes, start) => {
            let (kind, value) = (Kind::Fingerprint, upper(&bytes[first..end]));
            varied(&bytes[first..end]).then_some(Found { kind, value, start, end })
        }
        32 | 56 | 96 | 128 => checksum(bytes, start, end, before(bytes, start)),
        _ => None,
    };
    found.map_or(Reading::Nothing, Reading::Found)
}

/// Whether one of the three words before is for a fingerprint: 32 digits are those of OpenPGP version 3, or the MD5 of a
/// certificate or SSH key, only then.
fn is_called_fingerprint(bytes: &[u8], start: usize) -> bool {
    let words = words_back(bytes, start).take(3).filter_map(surroundings::lower);
    words.into_iter().any(|word| matches!(&*word, b"fingerprint" | b"fingerprints" | b"fpr" | b"thumbprint"))
}

/// Reads groups of digits of the size of the first, over at most one line end.
pub(super) fn groups(bytes: &[u8], start: usize) -> Groups {
    let size = group(bytes, start);
    let mut read = Groups { digits: String::new(), count: 0, end: start, spaced: false, lines: 0, size };
    let (mut at, mut separator, mut lines) = (start, None, 0);
    while size > 0 && group(bytes, at) == size {
        for digit in &bytes[at..at + size] {
            if read.digits.len() <= 64 {
                read.digits.push(char::from(digit.to_ascii_uppercase()));
            }
        }
        read.count += size;
        read.end = at + size;
        let Some(gap) = gap(bytes, read.end) else { break };
        let complete = matches!(read.count, 40 | 64);
        lines += usize::from(gap.breaks_line);
        let strange = separator.is_some_and(|s| s != gap.mark && !gap.breaks_line);
        // A line that ends in a colon goes on: that is how certificates are printed, however long.
        if strange || (gap.breaks_line && gap.mark == b' ' && (complete || lines > 1)) {
            break;
        }
        separator = separator.or(Some(gap.mark));
        read.spaced |= gap.mark == b' ';
        at = gap.end;
    }
    read.lines = lines;
    read
}

/// What separates two groups.
struct Gap {
    mark: u8,
    breaks_line: bool,
    end: usize,
}

fn gap(bytes: &[u8], start: usize) -> Option<Gap> {
    let mut at = start;
    let mut mark = b' ';
    if let Some(&sign @ (b':' | b'-')) = bytes.get(at) {
        mark = sign;
        at += 1;
    }
    let blanks = blanks(bytes, at);
    at += blanks;
    let line_end = bytes.get(at..).map_or(0, |rest| match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        _ => 0,
    });
    if line_end > 0 {
        let quoted = |b: &&u8| matches!(b, b' ' | b'\t' | b'>' | b'#' | b'*' | b'|');
        let indent = bytes[at + line_end..].iter().take(48).take_while(quoted).count();
        return Some(Gap { mark, breaks_line: true, end: at + line_end + indent });
    }
    let fits = if mark == b' ' { (1..=6).contains(&blanks) } else { blanks == 0 };
    fits.then_some(Gap { mark, breaks_line: false, end: at })
}

/// The bytes of blanks at `start`, counting the ones that HTML leaves behind (U+00A0, U+2009, U+202F).
fn blanks(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < start + 12 {
        at += match bytes.get(at..).unwrap_or_default() {
            [b' ' | b'\t', ..] => 1,
            [0xC2, 0xA0, ..] => 2,
            [0xE2, 0x80, 0x89 | 0xAF, ..] => 3,
            _ => break,
        };
    }
    at - start
}

/// The length of the word at `start` if it is up to ten hexadecimal digits and nothing else, or 0.
fn group(bytes: &[u8], start: usize) -> usize {
    let word = bytes.get(start..).unwrap_or_default();
    let length = word.iter().take(11).take_while(|b| b.is_ascii_alphanumeric()).count();
    if length <= 10 && word[..length].iter().all(u8::is_ascii_hexdigit) { length } else { 0 }
}

fn grouped(bytes: &[u8], start: usize, groups: &Groups) -> Reading {
    let broken = groups.lines > 1 && !groups.spaced && groups.size == 2;
    let short = groups.count == 32 && groups.size == 2 && is_called_fingerprint(bytes, start);
    if broken
        || !(short || matches!(groups.count, 40 | 64))
        || groups.size == groups.count
        || !varied(groups.digits.as_bytes())
    {
        return Reading::Nothing;
    }
    let topic = before(bytes, start);
    // Dumps of memory are written in spaced pairs and words; nobody dumps groups of four ten to a line.
    let dumped = groups.spaced && groups.size != 4;
    let belongs = match topic {
        Some(Topic::Certificate | Topic::Key) => true,
        Some(Topic::Number) => false,
        _ => !dumped,
    };
    if !belongs {
        return Reading::Skip(groups.end);
    }
    let value = groups.digits.clone();
    Reading::Found(Found { kind: Kind::Fingerprint, value, start, end: groups.end })
}

/// Forty or sixty-four digits without marks.
fn bare(bytes: &[u8], start: usize, first: usize, end: usize) -> Option<Found> {
    let digits = &bytes[first..end];
    let topic = before(bytes, start);
    let shouted = digits.len() == 40 && !digits.iter().any(u8::is_ascii_lowercase);
    let key = match topic {
        Some(Topic::Certificate | Topic::Key) => true,
        Some(_) => false,
        // Commits and sums are written in lower case, fingerprints of keys in upper case.
        None => shouted,
    };
    let key = key || names_key_file(bytes, end) && topic != Some(Topic::Commit);
    if key && varied(digits) && !names_file(bytes, start, end) {
        return Some(Found { kind: Kind::Fingerprint, value: upper(digits), start, end });
    }
    if first == start { checksum(bytes, start, end, topic) } else { None }
}

fn checksum(bytes: &[u8], start: usize, end: usize, topic: Option<Topic>) -> Option<Found> {
    let digits = &bytes[start..end];
    let algorithm = match digits.len() {
        32 => "md5",
        40 => "sha1",
        56 => "sha224",
        64 => "sha256",
        96 => "sha384",
        128 => "sha512",
        _ => return None,
    };
    let said =
        topic == Some(Topic::Checksum) || topic != Some(Topic::Number) && names_file(bytes, start, end);
    if !said || !varied(digits) {
        return None;
    }
    let value = format!("{algorithm}:{}", upper(digits).to_ascii_lowercase());
    Some(Found { kind: Kind::FileHash, value, start, end })
}

/// Whether digits begin a line and a file's name ends it, as `sha256sum` prints them.
fn names_file(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = bytes[..start].iter().rev().take(8).find(|b| !matches!(b, b' ' | b'\t'));
    let blanks = bytes[end..].iter().take(3).take_while(|b| matches!(b, b' ' | b'*')).count();
    let name = bytes[end + blanks..].iter().take(256).take_while(|b| !b.is_ascii_whitespace());
    let rest = bytes[end + blanks..].get(name.clone().count());
    let dotted =
        name.clone().any(|b| *b == b'.') && name.clone().next().is_some_and(u8::is_ascii_alphanumeric);
    matches!(before, None | Some(b'\n')) && blanks > 0 && dotted && matches!(rest, None | Some(b'\n' | b'\r'))
}

/// Whether the digits are themselves the name of a key's file ("keys/5BE8….asc").
fn names_key_file(bytes: &[u8], end: usize) -> bool {
    [b".asc".as_slice(), b".gpg", b".pgp", b".key"].iter().any(|name| bytes[end..].starts_with(name))
}

fn key_id(bytes: &[u8], start: usize, first: usize, end: usize, marked: bool) -> Option<Found> {
    let digits = &bytes[first..end];
    let long = digits.len() == 16;
    let address = digits.iter().take(4).all(|b| matches!(b, b'f' | b'0'));
    let shouted = !digits.iter().any(u8::is_ascii_lowercase);
    let mut back = words_back(bytes, start);
    let last = back.next().and_then(surroundings::lower).unwrap_or_default();
    let earlier = back.next().and_then(surroundings::lower).unwrap_or_default();
    let direct = introduces(&last, &earlier, digits);
    let near = || before(bytes, start).is_some_and(Topic::is_key);
    let searched = marked && *last == *b"search";
    let continued =
        bytes.get(end) == Some(&b':') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    let filed = long && shouted && names_key_file(bytes, end);
    let known = direct || searched || filed || (marked || long && shouted) && near();
    let mixed = digits.iter().any(u8::is_ascii_digit) && (long || marked || direct || digits.len() == 24);
    // 24 digits are an old way to be more careful; only the word itself says so.
    let known = if digits.len() == 24 { matches!(&*last, b"id" | b"keyid") } else { known };
    let found = known && !continued && mixed && !address && varied(digits);
    found.then(|| Found { kind: Kind::KeyId, value: upper(digits), start, end })
}

/// Whether the words directly before can introduce nothing but a key's id.
fn introduces(last: &[u8], earlier: &[u8], digits: &[u8]) -> bool {
    let letters = digits.iter().any(u8::is_ascii_alphabetic);
    let shouted = letters && !digits.iter().any(u8::is_ascii_lowercase);
    match last {
        b"keyid" | b"pubkey" | b"goodsig" | b"badsig" | b"errsig" | b"expsig" | b"expkeysig"
        | b"revkeysig" => letters || digits.len() == 16,
        // rpm: "Certificate 0123456789ABCDEF invalid".
        b"certificate" => digits.len() == 16 && shouted,
        b"id" | b"ids" | b"del" => {
            matches!(earlier, b"key" | b"keys" | b"subkey" | b"gpg") || digits.len() == 16 && shouted
        }
        b"key" | b"keys" | b"subkey" => shouted || letters && matches!(earlier, b"gpg" | b"pgp" | b"signing"),
        _ => last.starts_with(b"rsa") && letters && last.len() == 7,
    }
}

/// Whether digits differ enough to be the result of hashing.
fn varied(digits: &[u8]) -> bool {
    let mut seen = 0_u32;
    for digit in digits {
        seen |= 1 << char::from(*digit).to_digit(16).unwrap_or_default();
    }
    seen.count_ones() >= if digits.len() > 16 { 7 } else { 3 }
}

fn upper(digits: &[u8]) -> String {
    digits.iter().map(|b| char::from(b.to_ascii_uppercase())).collect()
}
