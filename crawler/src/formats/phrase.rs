//! Short texts of a document as an entry keeps them: names, first sentences, moments, identifiers, JSON's own text.
//!
//! Refuses long ones and control characters; the full wording belongs in the entry's text.

use std::borrow::Cow;

use index::text::Text;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::clean;
use crate::formats::Unreadable;

/// Bytes of a name, version or address that are kept; the longest real product names are about 200.
const LONGEST: usize = 500;

/// Bytes of a sentence that may serve as a title.
const TITLE: usize = 160;

/// A name, version, address or publisher as one clean line of at most 500 bytes.
pub(crate) fn name(text: &str) -> String {
    let text = cut(text.trim(), LONGEST);
    if text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        text.to_owned()
    } else {
        clean::line(text).into_string()
    }
}

/// The title: what is called one, else the first sentence of the text, else the identifier.
pub(crate) fn title(called: Option<&str>, text: Option<&str>, identifier: &str) -> Text {
    let called = called.map(|called| clean::line(cut(called, 4 * LONGEST))).filter(|title| !title.is_empty());
    called
        .or_else(|| text.map(|text| clean::line(&first_sentence(text))).filter(|title| !title.is_empty()))
        .unwrap_or_else(|| clean::line(identifier))
}

/// The first sentence of a text, or as much of it as a title holds, cut between words and ended so that it shows.
pub(crate) fn first_sentence(text: &str) -> Cow<'_, str> {
    let text = text.trim_start();
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let line = line.trim_start_matches(['#', ' ']);
    let sentence = line.find(". ").and_then(|end| line.get(..end)).unwrap_or(line);
    let sentence = sentence.trim_end_matches(['.', ' ']);
    if sentence.len() <= TITLE {
        return Cow::Borrowed(sentence);
    }
    let cut = cut(sentence, TITLE);
    let words = cut.rfind(' ').and_then(|end| cut.get(..end)).unwrap_or(cut);
    Cow::Owned(format!("{}…", words.trim_end_matches([',', ';', ':', ' '])))
}

/// At most `bytes` of a text, never cutting a character.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

/// A moment as documents write it (RFC 3339; without an offset it is taken as UTC; a bare date is its midnight).
/// Moments before 1970 stand for "unknown" in the wild (Go writes year 1) and are none.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let moment = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        TimeZone::UTC.to_timestamp(local).ok()
    })?;
    (moment >= Timestamp::UNIX_EPOCH).then_some(moment)
}

/// An advisory identifier in its canonical spelling; `None` for what cannot be one (spaces, no digit, too long).
pub(crate) fn identifier(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (4..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-')
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !text.contains("://");
    if !fits {
        return None;
    }
    let prefixed =
        |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    Some(if prefixed("CVE-") {
        text.to_ascii_uppercase()
    } else if prefixed("GHSA-") {
        format!("GHSA-{}", text.get(5..).unwrap_or_default().to_ascii_lowercase())
    } else {
        text.to_owned()
    })
}

/// Adds to a list what is not yet in it.
pub(crate) fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// The text of a document that must be UTF-8, without a byte order mark.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| Unreadable::new("not UTF-8", error))
}

#[cfg(test)]
mod tests {
    use super::{first_sentence, identifier, moment, name, title};

    #[test]
    fn sentences_end_at_a_full_stop_a_line_or_a_word() {
        assert_eq!(first_sentence("## A bug. More."), "A bug");
        assert_eq!(first_sentence("One line\nanother"), "One line");
        assert_eq!(first_sentence("Fixed in 1.2.3 of it."), "Fixed in 1.2.3 of it");
        let words = "wörd, ".repeat(100);
        let long = first_sentence(&words);
        assert!(long.len() <= 163 && long.ends_with("wörd…"), "{long}");
    }

    #[test]
    fn moments_are_read_in_every_spelling_met() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(moment(text).map(|at| at.to_string()).as_deref(), expected, "{text}");
        };
        check("2024-05-01T12:00:00Z", Some("2024-05-01T12:00:00Z"));
        check("2023-08-02T16:44:31.565-05:00", Some("2023-08-02T21:44:31.565Z"));
        check("2020-01-27T17:03:58", Some("2020-01-27T17:03:58Z"));
        check("2020-01-27", Some("2020-01-27T00:00:00Z"));
        check("0001-01-01T00:00:00Z", None);
        check("soon", None);
    }

    #[test]
    fn identifiers_are_spelled_canonically_or_refused() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(identifier(text).as_deref(), expected, "{text}");
        check(" cve-2024-1234", Some("CVE-2024-1234"));
        check("ghsa-6VM3-jj99-7229", Some("GHSA-6vm3-jj99-7229"));
        check("ALSA-2021:1099", Some("ALSA-2021:1099"));
        check("two words", None);
        check("https://example.org/CVE-1", None);
        check("2024", None);
        check(&"A1".repeat(80), None);
    }

    #[test]
    fn names_are_bounded() {
        assert_eq!(name("  acme  "), "acme");
        assert_eq!(name(&"ä".repeat(1000)).len(), 500);
    }

    #[test]
    fn a_title_falls_back_to_the_text_and_then_to_the_identifier() {
        assert_eq!(title(Some("Called"), Some("Text."), "ID-1").as_str(), "Called");
        assert_eq!(title(None, Some("Text. More."), "ID-1").as_str(), "Text");
        assert_eq!(title(None, None, "ID-1").as_str(), "ID-1");
    }
}
