//! What a `Content-Type` header says.
//!
//! Takes the header's text and gives the media type's essence and its `charset` (RFC 9110 section 8.3). It believes
//! nothing beyond the spelling, and looks at no content.

/// The essence in lower case ("text/html", or "" if there is none that can be read), and the charset as written.
pub(super) fn content_type(header: &str) -> (String, Option<String>) {
    let mut parts = header.split(';');
    let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let readable = essence.len() <= 127 && essence.split('/').count() == 2 && essence.split('/').all(token);
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']).trim();
        (name.trim().eq_ignore_ascii_case("charset") && value.len() <= 40 && token(value))
            .then(|| value.to_owned())
    });
    (if readable { essence } else { String::new() }, charset)
}

fn token(text: &str) -> bool {
    let special = |byte: u8| b"!#$%&'*+-.^_`|~:()".contains(&byte);
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || special(byte))
}

#[cfg(test)]
mod tests {
    use super::content_type;

    fn check(header: &str, essence: &str, charset: Option<&str>) {
        assert_eq!(content_type(header), (essence.to_owned(), charset.map(str::to_owned)), "{header}");
    }

    #[test]
    fn type_and_charset_are_read() {
        check("text/html", "text/html", None);
        check("Text/HTML; Charset=\"UTF-8\"", "text/html", Some("UTF-8"));
        check(
            "application/rss+xml;version=2; charset = iso-8859-1 ",
            "application/rss+xml",
            Some("iso-8859-1"),
        );
        check("text/xml; charset='utf-8'; charset=big5", "text/xml", Some("utf-8"));
    }

    #[test]
    fn nonsense_is_as_nothing() {
        check("", "", None);
        check("html", "", None);
        check("a/b/c; charset=", "", None);
        check("; charset=utf-8", "", Some("utf-8"));
        check("text/<b>; charset=a b", "", None);
        check(&"a/".repeat(999), "", None);
    }
}
