//! What a message says of its own authenticity: the DKIM result that a server stated (RFC 8601), and that it is signed.
//!
//! Refuses to believe either. Nothing here was verified, anybody can write such a header, and so every check says *not
//! checked* and names who states it.

use index::entry::{Check, Outcome};
use mail_parser::{Message, MimeHeaders as _};

use crate::clean;

/// Most results that are kept of one message.
const MAX_RESULTS: usize = 10;

/// The checks that a message states, with `text` as its body.
pub(super) fn stated(message: &Message<'_>, text: &str) -> Vec<Check> {
    let results =
        message.headers_raw().filter(|(name, _)| name.eq_ignore_ascii_case("authentication-results"));
    let mut checks: Vec<_> = results.flat_map(|(_, value)| dkim(value)).take(MAX_RESULTS).collect();
    let inline = text.contains("-----BEGIN PGP SIGNATURE-----");
    let beside = message.attachments().any(|part| {
        let kind = part.content_type().and_then(|kind| kind.subtype());
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("pgp-signature"))
    });
    if inline || beside {
        let place = if inline { "in its text" } else { "beside its text" };
        checks.push(unchecked(
            "OpenPGP signature",
            format!("the mail carries a signature {place}, not verified here"),
        ));
    }
    checks
}

/// The DKIM results of one header: server, then results parted by semicolons.
fn dkim(value: &str) -> Vec<Check> {
    let value = without_comments(value);
    let mut parts = value.split(';');
    let server = parts.next().and_then(|part| part.split_whitespace().next()).unwrap_or("an unnamed server");
    let check = |part: &str| {
        let mut words = part.split_whitespace();
        let result = words.next()?.strip_prefix("dkim=")?.to_ascii_lowercase();
        let domain = words.find_map(|word| word.strip_prefix("header.d=").or(word.strip_prefix("header.i=")));
        let whose = domain.map(|domain| format!(" for {domain}")).unwrap_or_default();
        let sentence = format!("{server} states dkim={result}{whose}, not verified here");
        Some(unchecked("DKIM signature", clean::line(&sentence).into_string()))
    };
    parts.filter_map(check).collect()
}

/// A header's value without what stands in parentheses.
fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(letter),
            _ => {}
        }
    }
    kept
}

fn unchecked(subject: &str, sentence: String) -> Check {
    Check { subject: subject.to_owned(), outcome: Outcome::NotChecked, signer: None, sentence }
}

#[cfg(test)]
mod tests {
    use super::stated;
    use index::entry::Outcome;
    use mail_parser::MessageParser;

    #[track_caller]
    fn check(header: &str, body: &str, expected: &[&str]) {
        let mail = format!("{header}Subject: s\n\n{body}");
        let message = MessageParser::default().parse(&mail).unwrap();
        let checks = stated(&message, body);
        assert!(checks.iter().all(|check| check.outcome == Outcome::NotChecked));
        assert_eq!(checks.iter().map(|check| &*check.sentence).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_dkim_result_is_told_as_the_word_of_a_server() {
        check(
            "Authentication-Results: mx.orrin.example 1;\n spf=pass smtp.mailfrom=a@halvard.example;\n dkim=pass (2048-bit; good) header.d=halvard.example\n",
            "x",
            &["mx.orrin.example states dkim=pass for halvard.example, not verified here"],
        );
        check(
            "authentication-results: mx.orrin.example; dkim=FAIL\n",
            "x",
            &["mx.orrin.example states dkim=fail, not verified here"],
        );
    }

    #[test]
    fn what_states_no_dkim_result_states_nothing() {
        check("Authentication-Results: mx.orrin.example; none\n", "x", &[]);
        check("Authentication-Results: (((\n", "x", &[]);
        check("X-Note: dkim=pass\n", "dkim=pass", &[]);
    }

    #[test]
    fn a_signature_in_the_text_is_noted() {
        let body = "Text\n-----BEGIN PGP SIGNATURE-----\nxx\n-----END PGP SIGNATURE-----\n";
        check("", body, &["the mail carries a signature in its text, not verified here"]);
    }
}
