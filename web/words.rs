//! How facts become words: numbers, plurals, addresses of searches, identifiers of keys.
//!
//! Refuses to know any page. Nothing here escapes markup; templates do.

use index::mention::Kind;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// A number with its thousands parted by commas.
pub(crate) fn count(number: u64) -> String {
    index::words::count(number)
}

/// A number and what it counts: "1 entry", "2,186 entries".
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    index::words::counted(number, one, many)
}

/// A sentence without its full stop, for templates that set one themselves.
pub(crate) fn unended(sentence: &str) -> String {
    sentence.trim().trim_end_matches('.').to_owned()
}

/// A stretch of a snippet without the signs of structure, which say nothing once its lines are joined.
pub(crate) fn unmarked(stretch: &str) -> String {
    let bare = stretch.strip_prefix("## ").unwrap_or(stretch);
    bare.replace(" ## ", " · ").replace("```", "")
}

/// Hexadecimal digits in groups of four; anything else as it is.
pub(crate) fn fours(digits: &str) -> String {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return digits.to_owned();
    }
    let mut groups = String::with_capacity(digits.len() + digits.len() / 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            groups.push(' ');
        }
        groups.push(digit);
    }
    groups
}

/// The address of a search for what is typed.
pub(crate) fn search_address(typed: &str) -> String {
    address("/search", &[("q", typed)])
}

/// A path with parameters; those without a value are left out.
pub(crate) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// What is typed to find other entries that mention the same identifier.
pub(crate) fn search_for(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Advisory => value.to_owned(),
        Kind::Fingerprint | Kind::KeyId => format!("key:{value}"),
        Kind::FileHash => value.rsplit(':').next().unwrap_or(value).to_owned(),
        Kind::Version | Kind::Host | Kind::Unit => format!("\"{value}\""),
    }
}

/// The page of something by its short name, which may hold any letter.
pub(crate) fn page(under: &str, name: &str) -> String {
    let name: String = byte_serialize(name.as_bytes()).collect();
    format!("{under}/{}", name.replace('+', "%20"))
}

/// A stranger's address, if a browser may be sent there: absolute, and of the web.
pub(crate) fn outward(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use index::mention::Kind;

    use super::{address, count, counted, fours, outward, page, search_for, unended, unmarked};

    #[test]
    fn thousands_are_parted() {
        let check = |number, expected: &str| assert_eq!(count(number), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(77_898, "77,898");
        check(u64::MAX, "18,446,744,073,709,551,615");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(1, "entry", "entries"), "1 entry");
        assert_eq!(counted(2_186, "entry", "entries"), "2,186 entries");
    }

    #[test]
    fn no_sentence_ends_twice() {
        assert_eq!(unended(" the key is not known. "), "the key is not known");
        assert_eq!(unended(""), "");
    }

    #[test]
    fn a_snippet_shows_no_signs_of_structure() {
        assert_eq!(unmarked("## Risk It falls. ## Fix Wait"), "Risk It falls. · Fix Wait");
        assert_eq!(unmarked("C# is fine"), "C# is fine");
    }

    #[test]
    fn keys_stand_in_groups_of_four_and_nothing_else_does() {
        assert_eq!(fours("7F38BBB59D"), "7F38 BBB5 9D");
        assert_eq!(fours("SHA256:abcd"), "SHA256:abcd");
        assert_eq!(fours("é"), "é");
    }

    #[test]
    fn addresses_are_escaped_and_lack_what_is_empty() {
        assert_eq!(address("/search", &[("q", "a&b \"c\""), ("page", "")]), "/search?q=a%26b+%22c%22");
        assert_eq!(address("/search", &[]), "/search");
    }

    #[test]
    fn short_names_are_escaped_in_paths() {
        assert_eq!(page("/sources", "acme-forum"), "/sources/acme-forum");
        assert_eq!(page("/sources", "müller ?/+"), "/sources/m%C3%BCller%20%3F%2F%2B");
    }

    #[test]
    fn a_browser_is_sent_to_the_web_only() {
        let check = |address, expected: Option<&str>| assert_eq!(outward(address).as_deref(), expected);
        check("https://acme.example/a b", Some("https://acme.example/a%20b"));
        check("javascript:alert(1)", None);
        check(" JaVaScRiPt:alert(1)", None);
        check("data:text/html,x", None);
        check("/entries/1", None);
        check("//acme.example", None);
        check("", None);
    }

    #[test]
    fn identifiers_are_sought_in_a_way_that_the_query_language_reads() {
        let check = |kind, value, expected: &str| {
            let typed = search_for(kind, value);
            assert_eq!(typed, expected);
            assert!(index::query::parse(&typed).is_ok(), "{typed}");
        };
        check(Kind::Advisory, "CVE-2026-1", "CVE-2026-1");
        check(Kind::KeyId, "0123456789ABCDEF", "key:0123456789ABCDEF");
        check(Kind::Unit, "relay@.service", "\"relay@.service\"");
        check(Kind::Host, "updates.acme.example", "\"updates.acme.example\"");
        check(Kind::FileHash, "sha256:00ff", "00ff");
    }
}
