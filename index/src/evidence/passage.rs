//! The sentence in which an identifier stands, and what leads up to it.
//!
//! A text about keys is half prose, half listing: a fingerprint stands in a sentence, in an item of a list, in a record
//! that a tool printed, or alone on a line below "the new key is:". A passage holds whatever of these belongs to it.
//! Every stretch is bounded, so that a text without any full stop costs no more than another.

use std::ops::Range;

/// Bytes looked at before and behind an identifier.
const REACH: usize = 600;

/// Bytes of a lead ("The new key is:") and of the sentence behind.
const LEAD: usize = 240;

/// Items of a list that are looked over on the way to what introduces it.
const ITEMS: usize = 12;

/// Beginnings of a line that begin something new.
const MARKERS: [&str; 10] = ["- ", "* ", "+ ", "• ", "#", "|", "pub ", "sec ", "-----", "```"];

/// Words before a full stop that do not end a sentence.
const SHORTENED: [&str; 8] = ["e.g", "i.e", "vs", "no", "approx", "cf", "resp", "incl"];

/// What belongs to one identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// The sentence, item or record that holds it.
    pub(super) sentence: Range<usize>,
    /// What leads up to it: the sentence or line before, where that ends with a colon or is a heading.
    pub(super) lead: Range<usize>,
    /// The sentence behind it, where that goes on about the same thing ("It has been revoked").
    pub(super) sequel: Range<usize>,
}

/// The passage around `at`, which is a range of `text` on character boundaries.
pub(super) fn around(text: &str, at: &Range<usize>) -> Passage {
    let floor = text.floor_char_boundary(at.start.saturating_sub(REACH));
    let ceiling = text.ceil_char_boundary(at.end.saturating_add(REACH).min(text.len()));
    let start = last_break(text, floor..at.start);
    let end = next_break(text, at.end..ceiling);
    let sentence = trimmed(text, start..end);
    Passage { lead: lead(text, start), sequel: sequel(text, end), sentence }
}

/// Where the last sentence, item or paragraph within `range` begins.
fn last_break(text: &str, range: Range<usize>) -> usize {
    let mut found = range.start;
    let mut at = range.start;
    while let Some(next) = breaks_after(text, at, range.end) {
        found = next;
        at = next;
    }
    found
}

/// Where the sentence, item or paragraph that goes on at the beginning of `range` ends.
fn next_break(text: &str, range: Range<usize>) -> usize {
    breaks_after(text, range.start, range.end).unwrap_or(range.end)
}

/// The first place behind `from` where something new begins.
fn breaks_after(text: &str, from: usize, end: usize) -> Option<usize> {
    let stretch = text.get(from..end)?;
    for (at, letter) in stretch.char_indices() {
        let behind = from + at + letter.len_utf8();
        let (before, rest) = (text.get(..from + at)?, text.get(behind..)?);
        let ends = match letter {
            '\n' => begins_something(rest),
            '.' | '!' | '?' => ends_sentence(before, rest),
            _ => false,
        };
        if ends && behind < end {
            return Some(behind);
        }
    }
    None
}

fn begins_something(rest: &str) -> bool {
    let line = rest.trim_start_matches([' ', '\t']);
    let numbered = {
        let digits = line.chars().take_while(char::is_ascii_digit).count();
        (1..=2).contains(&digits) && line.get(digits..).is_some_and(|rest| rest.starts_with(". "))
    };
    line.starts_with('\n') || numbered || MARKERS.iter().any(|marker| line.starts_with(marker))
}

fn ends_sentence(before: &str, rest: &str) -> bool {
    let mut next = rest.chars().skip_while(|letter| matches!(letter, ')' | '"' | '\'' | '”' | '*' | '`'));
    if !next.next().is_some_and(char::is_whitespace) {
        return false;
    }
    let last =
        before.rsplit(|letter: char| letter.is_whitespace() || letter == '(').next().unwrap_or_default();
    let last = last.to_ascii_lowercase();
    !(SHORTENED.contains(&last.as_str()) || last.len() == 1 && last.chars().all(char::is_alphabetic))
}

/// The line or sentence that ends before `start`, where it introduces what follows.
fn lead(text: &str, start: usize) -> Range<usize> {
    let nothing = start..start;
    let Some(before) = text.get(..start) else { return nothing };
    let before = before.trim_end();
    // A fence or the name of its language stands between a lead and what it introduces.
    let before = match before.rsplit_once('\n') {
        Some((earlier, line)) if line.trim_start().starts_with("```") => earlier.trim_end(),
        None if before.starts_with("```") => "",
        _ => before,
    };
    let mut end = before.len();
    // The other items of a list stand between one of them and what introduces the list.
    for _ in 0..ITEMS {
        let Some(before) = text.get(..end).map(str::trim_end) else { return nothing };
        let floor = before.floor_char_boundary(before.len().saturating_sub(LEAD));
        let begin = last_break(before, floor..before.len());
        let found = trimmed(text, begin..before.len());
        let words = text.get(found.clone()).unwrap_or_default();
        if words.starts_with(['-', '*', '+', '•', '|']) && !words.ends_with(':') && begin > 0 {
            end = begin;
            continue;
        }
        let introduces =
            words.ends_with([':', '：']) || words.starts_with('#') || !words.ends_with(['.', '!', '?']);
        return if introduces { found } else { nothing };
    }
    nothing
}

/// The sentence that begins at `start`, where it speaks of what was said before.
fn sequel(text: &str, start: usize) -> Range<usize> {
    if let Some(item) = revoked_item(text, start) {
        return item;
    }
    let ceiling = text.ceil_char_boundary(start.saturating_add(LEAD).min(text.len()));
    let found = trimmed(text, start..next_break(text, start..ceiling));
    let words = text.get(found.clone()).unwrap_or_default().to_lowercase();
    let refers = ["it ", "this ", "that ", "the key ", "used ", "these ", "both "];
    if refers.iter().any(|word| words.starts_with(word)) { found } else { start..start }
}

/// The item "- Revoked: …" of the record that goes on at `start`.
fn revoked_item(text: &str, start: usize) -> Option<Range<usize>> {
    let mut from = start;
    for line in text.get(start..)?.split_inclusive('\n').take(ITEMS) {
        let item = line.trim();
        if item.starts_with("- Revoked:") {
            return Some(trimmed(text, from..from + line.len()));
        }
        if !item.starts_with("- ") {
            return None;
        }
        from += line.len();
    }
    None
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(found) = text.get(range.clone()) else { return range.start..range.start };
    let start = range.start + (found.len() - found.trim_start().len());
    start..(start + found.trim().len())
}

#[cfg(test)]
mod tests {
    use super::around;

    fn check(text: &str, sentence: &str, lead: &str, sequel: &str) {
        let start = text.find("XX").unwrap();
        let passage = around(text, &(start..start + 2));
        assert_eq!(text.get(passage.sentence), Some(sentence));
        let beside = (text.get(passage.lead), text.get(passage.sequel));
        assert_eq!(beside, (Some(lead), Some(sequel)), "{text}");
    }

    #[test]
    fn a_sentence_ends_where_a_reader_ends_it() {
        check("Hello. The key is XX. Bye.", "The key is XX.", "", "");
        check("We use v1.2.3, e.g. with XX here! Then", "We use v1.2.3, e.g. with XX here!", "", "");
        check("one\ntwo XX three\nfour", "one\ntwo XX three\nfour", "", "");
        check("XX", "XX", "", "");
    }

    #[test]
    fn what_leads_up_to_a_record_belongs_to_it() {
        check(
            "Read this.\n\nThe new key is:\n\n```text\nXX\nAcme\n```\nOther.",
            "```text\nXX\nAcme",
            "The new key is:",
            "",
        );
        check("## Old key\n\n    XX\n\nText", "XX", "## Old key", "");
        check("Keys:\n- first YY\n- second XX\n- third", "- second XX", "Keys:", "");
    }

    #[test]
    fn a_sentence_that_goes_on_about_it_belongs_to_it() {
        check("Our key is XX. It has been revoked. Sorry.", "Our key is XX.", "", "It has been revoked.");
        check("Our key is XX. Goodbye.", "Our key is XX.", "", "");
    }

    #[test]
    fn a_text_without_an_end_is_cut() {
        let text = format!("{}XX{}", "ä ".repeat(5_000), "ö ".repeat(5_000));
        let start = text.find("XX").unwrap();
        let passage = around(&text, &(start..start + 2));
        assert!(passage.sentence.len() < 1_400 && text.get(passage.sentence).is_some());
    }
}
