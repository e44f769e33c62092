//! What a document says about its own encoding, in its first 1024 bytes.
//!
//! WHATWG HTML section 13.2.3.2 ("prescan a byte stream to determine its encoding"), with the XML declaration
//! (XML 1.0 section 4.3.3) looked at first. It reads only bytes that are ASCII in every encoding it can name, and
//! believes nothing beyond the first 1024.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How far a declaration may stand from the start, in bytes (WHATWG).
const LOOKED_AT: usize = 1024;

/// The encoding that an XML declaration or an HTML `meta` element names, if it names a known one.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    xml_declaration(head).or_else(|| meta(head))
}

/// A declaration that could be read as ASCII cannot be right about UTF-16.
fn named(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label)?;
    if encoding == UTF_16BE || encoding == UTF_16LE {
        return Some(UTF_8);
    }
    Some(if encoding == X_USER_DEFINED { WINDOWS_1252 } else { encoding })
}

fn xml_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = find(head, b">")?;
    let declaration = head.get(..end)?;
    let after = declaration.get(find(declaration, b"encoding")? + "encoding".len()..)?;
    let value = after.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = value.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    named(rest.split(|byte| byte == quote).next()?)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn meta(head: &[u8]) -> Option<&'static Encoding> {
    let mut scan = Scan { rest: head };
    while !scan.rest.is_empty() {
        if scan.rest.starts_with(b"<!--") {
            // `<!-->` is a whole comment, so the search starts at its second dash.
            let inside = scan.rest.get(2..)?;
            scan.skip(find(inside, b"-->")? + 5);
        } else if scan.opens_meta() {
            scan.skip(5);
            if let Some(encoding) = encoding_of_meta(&mut scan) {
                return Some(encoding);
            }
        } else if scan.opens_tag() {
            scan.skip_while(|byte| !space(byte) && byte != b'>');
            while scan.attribute().is_some() {}
        } else if matches!(scan.rest, [b'<', b'!' | b'/' | b'?', ..]) {
            scan.skip_while(|byte| byte != b'>');
        } else {
            scan.skip(1);
        }
    }
    None
}

fn encoding_of_meta(scan: &mut Scan<'_>) -> Option<&'static Encoding> {
    let (mut is_pragma, mut needs_pragma, mut found) = (false, None, None);
    let mut seen: Vec<Vec<u8>> = Vec::new();
    while let Some((name, value)) = scan.attribute() {
        if seen.contains(&name) {
            continue;
        }
        match name.as_slice() {
            b"http-equiv" => is_pragma = value == b"content-type",
            b"content" if found.is_none() => {
                found = charset_of_content(&value).and_then(named);
                needs_pragma = found.map(|_| true).or(needs_pragma);
            }
            b"charset" => {
                found = named(&value);
                needs_pragma = Some(false);
            }
            _ => {}
        }
        seen.push(name);
    }
    // A tag that is cut off with the head was not read to its end, so it is not believed.
    if scan.rest.is_empty() || (needs_pragma? && !is_pragma) { None } else { found }
}

/// The label in `text/html; charset=label` (WHATWG, "extracting a character encoding from a meta element").
fn charset_of_content(value: &[u8]) -> Option<&[u8]> {
    let mut rest = value;
    loop {
        rest = rest.get(find(rest, b"charset")? + "charset".len()..)?;
        let Some(label) = rest.trim_ascii_start().strip_prefix(b"=") else { continue };
        let label = label.trim_ascii_start();
        return match label.split_first() {
            Some((quote @ (b'"' | b'\''), inside)) => inside.get(..find(inside, &[*quote])?),
            _ => label.split(|byte| space(*byte) || *byte == b';').next(),
        };
    }
}

fn space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// What is left of the head; every step shortens it, so every loop over it ends.
struct Scan<'a> {
    rest: &'a [u8],
}

impl Scan<'_> {
    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        let count = self.rest.iter().position(|byte| !wanted(*byte)).unwrap_or(self.rest.len());
        self.skip(count);
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> Vec<u8> {
        let count = self.rest.iter().position(|byte| !wanted(*byte)).unwrap_or(self.rest.len());
        let taken = self.rest.get(..count).unwrap_or_default().to_ascii_lowercase();
        self.skip(count);
        taken
    }

    fn opens_meta(&self) -> bool {
        self.rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"<meta"))
            && self.rest.get(5).is_some_and(|byte| space(*byte) || *byte == b'/')
    }

    fn opens_tag(&self) -> bool {
        matches!(self.rest, [b'<', letter, ..] | [b'<', b'/', letter, ..] if letter.is_ascii_alphabetic())
    }

    /// The next attribute of the tag that is being read, in lower case; none at the tag's end.
    fn attribute(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        self.skip_while(|byte| space(byte) || byte == b'/');
        if self.rest.first().is_none_or(|byte| *byte == b'>') {
            return None;
        }
        let first = self.take_first();
        let mut name = vec![first?];
        name.extend(self.take_while(|byte| !space(byte) && !matches!(byte, b'=' | b'/' | b'>')));
        self.skip_while(space);
        if self.rest.first() != Some(&b'=') {
            return Some((name, Vec::new()));
        }
        self.skip(1);
        self.skip_while(space);
        let value = match self.rest.first() {
            Some(quote @ (b'"' | b'\'')) => {
                let quote = *quote;
                self.skip(1);
                let value = self.take_while(|byte| byte != quote);
                self.take_first();
                value
            }
            _ => self.take_while(|byte| !space(byte) && byte != b'>'),
        };
        Some((name, value))
    }

    fn take_first(&mut self) -> Option<u8> {
        let first = self.rest.first()?.to_ascii_lowercase();
        self.skip(1);
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::declared;

    fn check(head: &str, expected: Option<&str>) {
        assert_eq!(declared(head.as_bytes()).map(|encoding| encoding.name()), expected, "{head}");
    }

    #[test]
    fn a_meta_element_names_it() {
        check("<meta charset=iso8859-2>", Some("ISO-8859-2"));
        check("<META\nCHARSET='Shift_JIS'/>", Some("Shift_JIS"));
        check("<meta http-equiv=Content-Type content='text/html; charset = \"koi8-r\"'>", Some("KOI8-R"));
        check("<meta content='text/html; charset=big5' http-equiv=content-type>", Some("Big5"));
    }

    #[test]
    fn what_only_looks_like_a_declaration_does_not() {
        check("<metacharset=iso8859-2>", None);
        check("<meta content='text/html; charset=big5'>", None);
        check("<!-- <meta charset=big5> -->", None);
        check("<a title='<meta charset=big5>'>", None);
        check("<meta name=\"charset\" value=big5>", None);
        check("<meta charset=\"big5", None);
        check("<meta charset=big5", None);
    }

    #[test]
    fn an_xml_declaration_names_it() {
        check("<?xml version=\"1.0\" encoding=\"windows-1250\"?><rss>", Some("windows-1250"));
        check("<?xml version='1.0' encoding = 'utf-16' ?>", Some("UTF-8"));
        check("<?xml version='1.0'?><a encoding='big5'>", None);
    }

    #[test]
    fn too_far_away_is_too_late() {
        check(&format!("{}<meta charset=big5>", " ".repeat(1_000)), Some("Big5"));
        check(&format!("{}<meta charset=big5>", " ".repeat(1_020)), None);
    }

    #[test]
    fn unfinished_tags_end() {
        for head in [
            "<",
            "<meta",
            "<meta ",
            "<meta charset",
            "<meta charset=",
            "<a b",
            "<!--",
            "<!-->",
            "</",
            "<?xml",
        ] {
            check(head, None);
        }
    }
}
