//! Bytes of unknown spelling become text.
//!
//! Takes a fetched body and the `charset` its header named, and gives text for the readers of feeds and pages.
//! Order of belief: byte order mark, header, the document's own declaration (WHATWG HTML, "determining the
//! character encoding"; RFC 7303 section 3), then a guess. It refuses nothing and never fails: what cannot be read
//! becomes U+FFFD. It does not clean the text.

mod prescan;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much the guess looks at: more bytes hardly change its mind and cost time.
const GUESSED_FROM: usize = 256 * 1024;

/// Reads `bytes` as text; the second part names the encoding that was used, as the WHATWG Encoding Standard
/// spells it (and UTF-32, which it leaves out).
///
/// A label that the bytes contradict is passed over: one in which a tenth of the characters beyond ASCII would be
/// unreadable, and a header's `iso-8859-1` (many servers' default for everything) over what is plainly UTF-8.
pub fn decode(bytes: &[u8], header_charset: Option<&str>) -> (String, &'static str) {
    if let Some(read) = four_wide(bytes) {
        return read;
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
        return (text.into_owned(), encoding.name());
    }
    let header = header_charset.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let header = header.filter(|encoding| *encoding != WINDOWS_1252 || !plainly_utf8(bytes));
    let candidates = [header, wide_without_mark(bytes), prescan::declared(bytes)];
    for encoding in candidates.into_iter().flatten() {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        if !damaged || mostly_readable(&text) {
            return (text.into_owned(), encoding.name());
        }
    }
    let encoding = guess(bytes);
    (encoding.decode_without_bom_handling(bytes).0.into_owned(), encoding.name())
}

/// UTF-32, which XML 1.0 appendix F still knows and WHATWG does not; by its mark, or by its first character being `<`.
fn four_wide(bytes: &[u8]) -> Option<(String, &'static str)> {
    let (rest, unit, name): (_, fn([u8; 4]) -> u32, _) = match bytes {
        [0, 0, 0xfe, 0xff, rest @ ..] => (rest, u32::from_be_bytes, "UTF-32BE"),
        [0xff, 0xfe, 0, 0, rest @ ..] => (rest, u32::from_le_bytes, "UTF-32LE"),
        [0, 0, 0, b'<', ..] => (bytes, u32::from_be_bytes, "UTF-32BE"),
        [b'<', 0, 0, 0, ..] => (bytes, u32::from_le_bytes, "UTF-32LE"),
        _ => return None,
    };
    let (units, cut) = rest.as_chunks::<4>();
    let read = |bytes: &[u8; 4]| char::from_u32(unit(*bytes)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let lost = (!cut.is_empty()).then_some(char::REPLACEMENT_CHARACTER);
    Some((units.iter().map(read).chain(lost).collect(), name))
}

/// UTF-16 that forgot its byte order mark, recognised by its first character being `<` or `{` (XML 1.0 appendix F).
fn wide_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, b'<' | b'{', 0, next, ..] if *next != 0 => Some(UTF_16BE),
        [b'<' | b'{', 0, next, 0, ..] if *next != 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// Valid UTF-8 with characters beyond ASCII: Latin text practically never looks like that by accident.
fn plainly_utf8(bytes: &[u8]) -> bool {
    !bytes.is_ascii() && str::from_utf8(bytes).is_ok()
}

/// A few broken bytes in a long text do not disprove its label.
fn mostly_readable(text: &str) -> bool {
    let beyond_ascii = text.chars().filter(|character| !character.is_ascii()).count();
    let lost = text.chars().filter(|character| *character == char::REPLACEMENT_CHARACTER).count();
    lost.saturating_mul(10) <= beyond_ascii
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    if str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let sample = bytes.get(..GUESSED_FROM).unwrap_or(bytes);
    detector.feed(sample, sample.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn check(bytes: &[u8], header: Option<&str>, expected: (&str, &str)) {
        let (text, name) = decode(bytes, header);
        assert_eq!((text.as_str(), name), expected);
    }

    #[test]
    fn a_byte_order_mark_wins_over_the_header() {
        check(b"\xef\xbb\xbfgr\xc3\xbcn", Some("iso-8859-1"), ("grün", "UTF-8"));
        check(b"\xff\xfeg\0\xfc\0", Some("utf-8"), ("gü", "UTF-16LE"));
        check(b"\xfe\xff\0g\0\xfc", None, ("gü", "UTF-16BE"));
    }

    #[test]
    fn the_header_wins_over_the_declaration() {
        let page = b"<meta charset=windows-1251>\xe9";
        check(page, Some("ISO-8859-1"), ("<meta charset=windows-1251>é", "windows-1252"));
        check(page, None, ("<meta charset=windows-1251>й", "windows-1251"));
    }

    #[test]
    fn a_servers_default_does_not_spoil_utf8() {
        check("grün".as_bytes(), Some("iso-8859-1"), ("grün", "UTF-8"));
    }

    #[test]
    fn a_label_that_the_bytes_contradict_is_passed_over() {
        let feed = b"<?xml version='1.0' encoding='iso-8859-15'?><a>\xa4</a>";
        let expected = "<?xml version='1.0' encoding='iso-8859-15'?><a>€</a>";
        check(feed, Some("utf-8"), (expected, "ISO-8859-15"));
    }

    #[test]
    fn one_broken_byte_in_a_long_text_keeps_the_label() {
        let mut bytes = "ü".repeat(100).into_bytes();
        bytes.push(0xfc);
        check(&bytes, Some("utf-8"), (&format!("{}\u{fffd}", "ü".repeat(100)), "UTF-8"));
    }

    #[test]
    fn an_unknown_label_is_as_none() {
        check("grün".as_bytes(), Some("klingon"), ("grün", "UTF-8"));
        check(
            b"<?xml version='1.0' encoding='klingon'?>",
            None,
            ("<?xml version='1.0' encoding='klingon'?>", "UTF-8"),
        );
    }

    #[test]
    fn utf16_without_a_mark_is_recognised() {
        check(b"\0<\0a\0>", None, ("<a>", "UTF-16BE"));
        check(b"<\0a\0>\0", None, ("<a>", "UTF-16LE"));
    }

    #[test]
    fn utf32_is_read_too() {
        check(b"\0\0\xfe\xff\0\0\0g\0\0\0\xfc", Some("utf-8"), ("gü", "UTF-32BE"));
        check(b"\xff\xfe\0\0g\0\0\0\0\xd8\0\0\0", None, ("g\u{fffd}\u{fffd}", "UTF-32LE"));
        check(b"<\0\0\0a\0\0\0", None, ("<a", "UTF-32LE"));
        check(b"\0\0\0<", None, ("<", "UTF-32BE"));
    }

    #[test]
    fn an_unlabelled_text_is_guessed() {
        let (russian, _, _) =
            encoding_rs::WINDOWS_1251.encode("Обновление безопасности для всех пользователей");
        let (text, name) = decode(&russian, None);
        assert_eq!((text.as_str(), name), ("Обновление безопасности для всех пользователей", "windows-1251"));
    }

    #[test]
    fn nothing_and_noise_are_read_too() {
        check(b"", None, ("", "UTF-8"));
        check(b"", Some(""), ("", "UTF-8"));
        let noise: Vec<u8> =
            (0..4096_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for label in [None, Some("utf-8"), Some("utf-16"), Some("gb18030"), Some("replacement")] {
            assert!(!decode(&noise, label).0.is_empty());
        }
    }
}
