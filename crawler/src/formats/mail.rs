//! Mail: one message (RFC 5322, MIME) or a mailbox of several, each as one entry; or the messages of a thread as one.
//!
//! The plain text part is preferred over HTML; attachments are named, and text among them (a patch) is kept up to a
//! bound. Refuses to fetch what a message refers to, and
//! to believe its sender: the name is shown as the message's own word.

use std::borrow::Cow;
use std::sync::LazyLock;

use index::entry::{Draft, Evidence, Kind, Statement};
use index::severity::Severity;
use index::text::Text;
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};
use regex::bytes::Regex;
use sha2::{Digest as _, Sha256};

use super::{Origin, Read, Unreadable, identifiers, score};
use crate::clean;

/// When a message was sent.
mod moment;
/// What it says of its own authenticity.
mod proof;
/// Messages that answer each other as one entry.
pub mod thread;

/// Beginnings of parts in one message; more is an attack on the reader.
const MAX_PARTS: usize = 1000;

/// What an entry says in place of such a message's text.
const TOO_DEEP: &str = "(This mail has more than 1,000 nested parts: only its header was read. Its bytes are kept as they came.)";

/// Attachments named of one message, and letters kept of each that is text: a large patch, not a data set.
const MAX_ATTACHMENTS: usize = 50;
const MAX_ATTACHED: usize = 64 * 1024;

/// The line that parts the messages of a mailbox: sender, week day, month, day, time, year.
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^From \S+(?: at \S+)? +\w{3} \w{3} +\d{1,2} \d{2}:\d{2}:\d{2} [^\n]{0,12}\d{4}\r?$\n")
        .expect("the expression is a literal that the tests compile")
});

/// Reads a message, or every message of a mailbox.
///
/// # Errors
/// [`Unreadable`] when there is no message with a header.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let pieces = pieces(bytes);
    let alone = pieces.len() == 1;
    let read = |(separator, piece)| draft(separator, piece, alone, origin);
    let drafts: Vec<Draft> = pieces.into_iter().filter_map(read).collect();
    if drafts.is_empty() {
        return Err(Unreadable::new("not a message", "no header with a subject or a sender was found"));
    }
    Ok(drafts)
}

/// The messages of a mailbox, each with the line before it; a message without such a line is one of its own.
#[must_use]
pub fn pieces(bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let starts: Vec<_> =
        SEPARATOR.find_iter(bytes).filter(|found| begins_message(bytes, found.start())).collect();
    let mut pieces = Vec::new();
    if starts.first().is_none_or(|first| first.start() > 0) {
        let end = starts.first().map_or(bytes.len(), |first| first.start());
        pieces.push((&[][..], bytes.get(..end).unwrap_or_default()));
    }
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(bytes.len(), |next| next.start());
        pieces.push((start.as_bytes(), bytes.get(start.end()..end).unwrap_or_default()));
    }
    pieces.retain(|(_, piece)| !piece.trim_ascii().is_empty());
    pieces
}

/// Whether a line, with its end, parts the messages of a mailbox.
#[must_use]
pub fn is_separator(line: &[u8]) -> bool {
    line.starts_with(b"From ") && SEPARATOR.is_match(line)
}

/// A separator stands at the beginning or behind an empty line.
fn begins_message(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(..at).unwrap_or_default();
    before.is_empty() || before.ends_with(b"\n\n") || before.ends_with(b"\r\n\r\n")
}

/// Whether a message begins more parts than are opened.
fn nests_too_deeply(bytes: &[u8]) -> bool {
    let nests = bytes.windows(9).filter(|window| window.eq_ignore_ascii_case(b"boundary=")).count()
        + bytes.windows(14).filter(|window| window.eq_ignore_ascii_case(b"message/rfc822")).count();
    nests > MAX_PARTS
}

fn draft(separator: &[u8], bytes: &[u8], alone: bool, origin: &Origin<'_>) -> Option<Draft> {
    let nested = nests_too_deeply(bytes);
    let plain = unobscured(if nested { head(bytes) } else { bytes });
    let readable = plain.as_ref();
    let message = MessageParser::default().parse(readable)?;
    if message.subject().is_none() && message.from().is_none() {
        return None;
    }
    let subject = clean::line(message.subject().unwrap_or("(no subject)"));
    let text = if nested { clean::plain(TOO_DEEP) } else { with_attachments(&message, body(&message)) };
    let sender = message.from().and_then(|from| from.first()).and_then(|from| from.name().or(from.address()));
    let mut statement = Statement {
        publisher: sender.map(|name| clean::line(name).into_string()).filter(|name| !name.is_empty()),
        published: moment::published(&message, separator),
        checks: proof::stated(&message, text.as_str()),
        ..Statement::default()
    };
    let ids = identifiers::advisory_ids(subject.as_str());
    let first = ids.first().is_some_and(|id| {
        let start = subject.as_str().trim_start_matches(['[', '(']);
        start.get(..id.len()).is_some_and(|start| start.eq_ignore_ascii_case(id))
    });
    let says_so = subject.as_str().to_lowercase().contains("advisory");
    if first {
        identifiers::assign(ids, &mut statement);
        statement.severity = severity(text.as_str());
    } else {
        statement.related = ids;
    }
    let own = message.message_id().map_or_else(|| digest(bytes), str::to_owned);
    let native_id = match (origin.path, alone) {
        ("", _) => own,
        (path, true) => path.to_owned(),
        (path, false) => format!("{path}#{own}"),
    };
    statement.title = subject;
    statement.text = text;
    Some(Draft {
        native_id,
        kind: if first || says_so { Kind::Advisory } else { Kind::Notice },
        link: origin.url.as_ref().map(|url| url.to_string()),
        statement,
        evidence: Evidence { media_type: "message/rfc822".to_owned(), bytes: bytes.to_vec() },
    })
}

/// The worst of the CVSS vectors that an announcement states on lines of their own.
fn severity(text: &str) -> Option<Severity> {
    let vector = |line: &str| score::of_vector(line.trim().trim_start_matches("Vector:").trim());
    text.lines().filter(|line| line.contains("CVSS:")).take(50).map(vector).fold(None, score::worse)
}

fn digest(bytes: &[u8]) -> String {
    format!("hash:{}", hex::encode(Sha256::digest(bytes).get(..16).unwrap_or_default()))
}

/// A message whose sender is written as archives do that hide addresses (`a at acme.example (Anna)`), with the `@` that
/// its header needs to be read.
fn unobscured(bytes: &[u8]) -> Cow<'_, [u8]> {
    static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?mi)^(From:[^\n]*?[ <])(\S+) at (\S+\.\S+)")
            .expect("the expression is a literal that the tests compile")
    });
    let head = head(bytes);
    match HIDDEN.replace(head, b"$1$2@$3".as_slice()) {
        Cow::Borrowed(_) => Cow::Borrowed(bytes),
        Cow::Owned(mut whole) => {
            whole.extend_from_slice(bytes.get(head.len()..).unwrap_or_default());
            Cow::Owned(whole)
        }
    }
}

/// The header of a message, with the end of its last line and without its body.
fn head(bytes: &[u8]) -> &[u8] {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").map(|end| end + 1);
    let windows = || bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|end| end + 2);
    let end = end.or_else(windows).unwrap_or(bytes.len());
    bytes.get(..end).unwrap_or(bytes)
}

/// The first plain text part, else the first HTML part.
fn body(message: &Message<'_>) -> Text {
    let of = |wanted: fn(&PartType<'_>) -> Option<Text>| {
        message.text_body.iter().chain(&message.html_body).find_map(|id| {
            let part = message.parts.get(usize::try_from(*id).ok()?)?;
            wanted(&part.body)
        })
    };
    of(|part| match part {
        PartType::Text(text) => Some(clean::plain(&text.replace("\n>From ", "\nFrom "))),
        _ => None,
    })
    .or_else(|| {
        of(|part| match part {
            PartType::Html(html) => Some(clean::html(html)),
            _ => None,
        })
    })
    .unwrap_or_default()
}

/// The text of a message, followed by its attachments: their names, and what those say that are text.
fn with_attachments(message: &Message<'_>, text: Text) -> Text {
    let mut whole = text.as_str().to_owned();
    for part in message.attachments().take(MAX_ATTACHMENTS) {
        whole.push_str("\n\nAttachment: ");
        whole.push_str(part.attachment_name().unwrap_or("without a name"));
        if let PartType::Text(attached) = &part.body {
            whole.push_str("\n\n");
            whole.extend(attached.chars().take(MAX_ATTACHED));
        }
    }
    if whole == text.as_str() { text } else { clean::plain(&whole) }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::formats::Origin;
    use index::entry::{Draft, Kind};

    fn messages(text: &str, path: &str) -> Vec<Draft> {
        parse(text.as_bytes(), &Origin { path, ..Origin::default() }).unwrap()
    }

    #[test]
    fn a_subject_that_begins_with_a_cve_makes_an_advisory() {
        let mail = "From bot Mon Sep 17 00:00:00 2001\nFrom: Acme <a@acme.example>\nSubject: CVE-2024-12345: anvil: fix\nMessage-Id: <1@acme.example>\n\nIt falls.\n";
        let draft = messages(mail, "2024/x.mbox").remove(0);
        assert_eq!((draft.kind, draft.native_id.as_str()), (Kind::Advisory, "2024/x.mbox"));
        assert_eq!(draft.statement.identifiers, ["CVE-2024-12345"]);
        assert_eq!(draft.statement.text.as_str(), "It falls.");
    }

    #[test]
    fn an_announcement_states_its_severity_as_a_vector() {
        let mail = "Subject: CVE-2024-12345: anvil: fix\n\nSeverity\n\n  CVSS v3.1: 7.8 HIGH\n  Vector:  CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H\n";
        let severity = messages(mail, "").remove(0).statement.severity.unwrap();
        assert_eq!((severity.level, severity.score), (index::severity::Level::High, Some(7.8)));
    }

    #[test]
    fn a_subject_is_decoded_and_html_is_read_where_text_is_missing() {
        let mail = "From: a@acme.example\nDate: Fri, 1 Mar 2024 12:00:00 +0000\nSubject: =?utf-8?q?Caf=C3=A9?=\nContent-Type: text/html\n\n<p>One</p><p>Two</p>";
        let draft = messages(mail, "").remove(0);
        assert_eq!(draft.statement.title.as_str(), "Café");
        assert_eq!(draft.statement.text.as_str(), "One\n\nTwo");
        assert_eq!(draft.statement.published.unwrap().to_string(), "2024-03-01T12:00:00Z");
    }

    #[test]
    fn a_mailbox_is_read_message_by_message() {
        let one = |id: u8| {
            format!(
                "From a Mon Sep 17 00:00:00 2001\nSubject: s{id}\nMessage-ID: <{id}@acme.example>\n\nFrom here on\n\n"
            )
        };
        let drafts = messages(&format!("{}{}", one(1), one(2)), "list.mbox");
        let ids: Vec<&str> = drafts.iter().map(|draft| draft.native_id.as_str()).collect();
        assert_eq!(ids, ["list.mbox#1@acme.example", "list.mbox#2@acme.example"]);
    }

    #[test]
    fn attachments_are_named_and_a_patch_is_kept() {
        let mail = "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below.\n--b\nContent-Type: text/x-diff\nContent-Disposition: attachment; filename=fix.patch\n\n+ int anvil;\n--b\nContent-Type: application/zip\nContent-Disposition: attachment; filename=logs.zip\n\nPK\n--b--\n";
        let text = messages(mail, "").remove(0).statement.text.into_string();
        assert_eq!(text, "See below.\n\nAttachment: fix.patch\n\n+ int anvil;\n\nAttachment: logs.zip");
    }

    #[test]
    fn a_mailbox_dates_what_has_no_date_of_its_own() {
        let mail = "From a Tue Mar  5 10:00:00 2024\nSubject: one\n\nx\n\nFrom a Mon Sep 17 00:00:00 2001\nSubject: two\n\ny\n";
        let dates: Vec<_> =
            messages(mail, "l.mbox").into_iter().map(|draft| draft.statement.published).collect();
        assert_eq!(dates, ["2024-03-05T10:00:00Z".parse().ok(), None]);
    }

    #[test]
    fn deeply_nested_parts_end_in_a_draft() {
        let mut mail = "Subject: deep\n".to_owned();
        for depth in 0..2000 {
            mail.push_str(&format!("Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n"));
        }
        let drafts = messages(&mail, "");
        assert!(drafts[0].statement.text.as_str().contains("more than 1,000 nested parts"), "{drafts:?}");
        assert_eq!(drafts[0].evidence.bytes.len(), mail.len());
        let nested = format!("Subject: deep\n{}", "Content-Type: message/rfc822\n\n".repeat(900));
        assert_eq!(messages(&nested, "").len(), 1);
    }

    #[test]
    fn an_address_that_an_archive_hides_is_a_sender() {
        let mail = "From anna at acme.example  Tue Mar  5 10:00:00 2024\nFrom: anna at acme.example (Anna Smith)\nSubject: one\n\nx at y.example\n\n\
            From bob at acme.example  Tue Mar  5 11:00:00 2024\nFrom: bob at acme.example\nSubject: two\n\ny\n";
        let drafts = messages(mail, "2024-March.txt");
        let said: Vec<_> = drafts.iter().map(|draft| draft.statement.publisher.as_deref()).collect();
        assert_eq!(said, [Some("Anna Smith"), Some("bob@acme.example")]);
        assert_eq!(drafts[0].statement.text.as_str(), "x at y.example");
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(parse(b"plain words", &Origin::default()).unwrap_err().kind, "not a message");
        assert_eq!(parse(b"", &Origin::default()).unwrap_err().kind, "not a message");
    }
}
