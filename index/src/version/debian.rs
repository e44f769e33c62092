//! Versions of Debian packages (Debian Policy 5.6.12): `epoch:upstream-revision`, words and numbers in turn, where `~` comes
//! before the end of a word, the end before letters, and letters before everything else.

use super::key::{digits, epoch, number, run};

/// What stands for the end of a word: above `~`, below all else.
const END: u8 = 2;

/// The key of a version.
pub(super) fn key(text: &str) -> Vec<u8> {
    let (epoch, rest) = epoch(text);
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, "0"));
    let mut key = Vec::with_capacity(text.len() * 3);
    number(&mut key, epoch);
    part(&mut key, upstream);
    part(&mut key, revision);
    key
}

/// Words and numbers in turn, beginning with a word that may be empty.
fn part(key: &mut Vec<u8>, text: &str) {
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = run(rest, |letter| !letter.is_ascii_digit());
        for byte in word.bytes() {
            match byte {
                b'~' => key.push(1),
                letter if letter.is_ascii_alphabetic() => key.push(letter),
                other if other < 0x7f => key.push(other + 0x80),
                other => key.extend_from_slice(&[u8::MAX, other]),
            }
        }
        key.push(END);
        let (count, after) = digits(after);
        number(key, count);
        rest = after;
    }
    key.push(END);
}
