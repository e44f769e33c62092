//! The walk over a text: finds the words worth looking at and asks each kind of identifier in turn.
//!
//! Refuses to look at a word without a digit or a dot (except short runs of hexadecimal digits, which begin
//! fingerprints), and at words longer than any identifier, so that the whole walk is linear in the text.

use super::enclosed::{self, Block};
use super::hexadecimal::{self, Reading};
use super::{Found, advisory, encoded, host, unit, version};

/// A longer word holds no identifier: encoded data, rows of dots.
const LONGEST_WORD: usize = 300;

const OTHER: u8 = 0;
const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const JOINER: u8 = 4;
const DOT: u8 = 8;
const NOT_HEX: u8 = 16;

/// What each byte may be in a word; `OTHER` ends it.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [OTHER; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' | b'A'..=b'F' => LETTER,
            b'g'..=b'z' | b'G'..=b'Z' => LETTER | NOT_HEX,
            b'.' => DOT | NOT_HEX,
            b'-' | b'_' | b':' | b'@' | b'#' | b'+' | b'~' => JOINER | NOT_HEX,
            _ => OTHER,
        };
        byte += 1;
    }
    table
}

/// Every identifier in `bytes`, in order, none inside another.
pub(super) fn over(bytes: &[u8]) -> Vec<Found> {
    let mut blocks = enclosed::blocks(bytes);
    blocks.reverse();
    let mut walk = Walk { bytes, found: Vec::new(), url_end: 0, at: 0, blocks };
    while let Some(start) = walk.next_word() {
        walk.word(start);
    }
    walk.found
}

struct Walk<'a> {
    bytes: &'a [u8],
    found: Vec<Found>,
    /// Up to here we are inside a URL, whose parts are no hosts, units or versions of their own.
    url_end: usize,
    at: usize,
    /// Keys that stand there whole, the last one first.
    blocks: Vec<Block>,
}

impl Walk<'_> {
    /// Where the next letter or digit is; addresses in brackets are taken on the way.
    fn next_word(&mut self) -> Option<usize> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let starts = |b: &u8| CLASSES[usize::from(*b)] & (LETTER | DIGIT) != 0 || *b == b'[';
            let next = rest.iter().position(starts);
            if self.block(next.map_or(self.bytes.len(), |next| self.at + next)) {
                continue;
            }
            self.at += next?;
            if self.bytes[self.at] != b'[' {
                return Some(self.at);
            }
            match host::bracketed(self.bytes, self.at) {
                Some(found) => self.keep(found),
                None => self.at += 1,
            }
        }
    }

    /// Takes the keys of a block that begins before `next`, and moves behind it.
    fn block(&mut self, next: usize) -> bool {
        let Some(block) = self.blocks.pop_if(|block| block.start <= next) else { return false };
        block.found.into_iter().for_each(|found| self.keep(found));
        self.at = self.at.max(block.end);
        true
    }

    /// Reads the word at `start` and moves behind it.
    fn word(&mut self, start: usize) {
        let mut seen = 0;
        let mut end = start;
        for byte in &self.bytes[start..] {
            let class = CLASSES[usize::from(*byte)];
            if class == OTHER {
                break;
            }
            seen |= class;
            end += 1;
        }
        self.at = end;
        let schemed = self.bytes[end - 1] == b':' && self.bytes.get(end..end + 2) == Some(b"//");
        if schemed && seen & DOT == 0 {
            return self.url(end + 2);
        }
        let hex = seen & NOT_HEX == 0 && matches!(end - start, 2 | 4 | 8 | 40);
        let minisign = encoded::begins_minisign(&self.bytes[start..]);
        if (seen & (DIGIT | DOT) != 0 || hex || minisign) && end - start <= LONGEST_WORD {
            let marks =
                self.bytes[start..end].iter().rev().take_while(|b| !b.is_ascii_alphanumeric()).count();
            self.parts(start, end - marks);
        }
    }

    /// Takes the host of a URL; the rest of it is walked for what may stand there.
    fn url(&mut self, start: usize) {
        let (found, end) = host::in_url(self.bytes, start);
        self.at = end;
        self.url_end = self.end_of_url(end);
        if let Some(found) = found {
            self.keep(found);
            self.at = end;
        }
    }

    fn end_of_url(&self, start: usize) -> usize {
        let ends =
            |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b')' | b']' | b'`');
        // Longer addresses exist; what hides in their tails may be read as text.
        let rest = &self.bytes[start..self.bytes.len().min(start + 2048)];
        start + rest.iter().position(ends).unwrap_or(rest.len())
    }

    /// Tries every place in a word where a part of it begins.
    fn parts(&mut self, start: usize, end: usize) {
        if start >= self.url_end && self.whole(start, end) {
            return;
        }
        let mut part = start;
        while part < end {
            match self.part(part, end) {
                Step::Kept => part = self.at,
                Step::Past(next) => part = next,
            }
            part += self.bytes[part.min(end)..end].iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
        }
        self.at = self.at.max(end);
    }

    fn whole(&mut self, start: usize, end: usize) -> bool {
        let dotted = self.bytes[start..end].contains(&b'.');
        let found = dotted
            .then(|| unit::at(self.bytes, start, end).or_else(|| host::at(self.bytes, start, end)))
            .flatten();
        let Some(found) = found else { return false };
        let host_end = found.end;
        self.keep(found);
        self.at = self.at.max(end);
        if self.bytes.get(host_end) == Some(&b'/') {
            self.url_end = self.end_of_url(host_end);
        }
        true
    }

    fn part(&mut self, start: usize, end: usize) -> Step {
        let bytes = self.bytes;
        let letters = bytes[start..end].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let next = Step::Past(start + letters);
        match hexadecimal::at(bytes, start, start + letters) {
            Reading::Found(found) => return self.kept(found),
            Reading::Skip(skipped) => {
                self.at = self.at.max(skipped);
                return Step::Past(skipped);
            }
            Reading::Nothing => {}
        }
        let begins_with_digit = bytes[start].is_ascii_digit();
        let advisory = match begins_with_digit {
            true => advisory::after_space(bytes, start),
            false => advisory::at(bytes, start).or_else(|| encoded::at(bytes, start)),
        };
        if let Some(found) = advisory {
            return self.kept(found);
        }
        let attached = start.checked_sub(1).is_some_and(|before| bytes[before] == b'.');
        let version = if start >= self.url_end && !attached { version::at(bytes, start, end) } else { None };
        version.map_or(next, |found| self.kept(found))
    }

    fn kept(&mut self, found: Found) -> Step {
        self.keep(found);
        Step::Kept
    }

    /// Adds what was found and moves behind it.
    fn keep(&mut self, found: Found) {
        self.at = found.end;
        if self.found.last().is_none_or(|before| before.end <= found.start) {
            self.found.push(found);
        }
    }
}

/// Where to go on in a word.
enum Step {
    /// Something was kept; behind it.
    Kept,
    /// Nothing here; at this byte.
    Past(usize),
}
