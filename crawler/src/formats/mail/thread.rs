//! Messages that answer each other as one entry: a post for each, in the order in which they were sent.
//!
//! A message that nobody answered is an entry by itself, as an announcement reads. Which messages belong together is
//! found by whoever collects them; here only their headers are read for it.

use index::entry::{Draft, Kind};
use mail_parser::{HeaderValue, MessageParser};

use super::{draft, head, nests_too_deeply};
use crate::clean;
use crate::formats::Origin;

/// Messages of one thread that are kept.
pub const MAX_POSTS: usize = 500;
/// References of one message that are looked at: its first ones and its last.
const MAX_REFERENCES: usize = 100;
/// Bytes of a thread's messages that are kept as evidence.
const MAX_EVIDENCE: usize = 8 << 20;
/// Checks of a thread's messages that are kept.
const MAX_CHECKS: usize = 20;
/// Bytes of an identifier that is used as it is.
const MAX_ID: usize = 250;

/// What a message's header says of its place among others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its own identifier; empty where it has none.
    pub id: String,
    /// Those that it answers, the oldest first.
    pub references: Vec<String>,
}

/// Reads the place of a message from its header, or from the beginning of it.
#[must_use]
pub fn place(header: &[u8]) -> Place {
    let Some(message) = MessageParser::default().parse(head(header)) else { return Place::default() };
    let mut references = listed(message.references());
    for answered in listed(message.in_reply_to()) {
        // Some programs write a sentence there, and the identifier somewhere in it.
        if answered.contains('@') && !references.contains(&answered) {
            references.push(answered);
        }
    }
    let id = message.message_id().unwrap_or_default().to_owned();
    references.retain(|one| *one != id);
    if let Some(excess) = references.len().checked_sub(MAX_REFERENCES).filter(|excess| *excess > 0) {
        references.drain(1..=excess);
    }
    Place { id, references }
}

fn listed(value: &HeaderValue<'_>) -> Vec<String> {
    let all = value.as_text_list().unwrap_or_default();
    all.iter().map(|id| id.trim_matches(['<', '>', ' ']).to_owned()).filter(|id| !id.is_empty()).collect()
}

/// The entry of a thread, from its messages with the lines before them; none if none of them can be read.
///
/// The second part is one sentence about a message that was not read whole.
#[must_use]
pub fn entry(messages: &[(Vec<u8>, Vec<u8>)], link: Option<String>) -> Option<(Draft, Option<String>)> {
    let mut letters = Vec::new();
    let mut remark = None;
    for (separator, bytes) in messages {
        let Some(mut draft) = draft(separator, bytes, true, &Origin::default()) else { continue };
        let place = place(bytes);
        if nests_too_deeply(bytes) {
            remark = Some(format!(
                "the mail \"{}\" has more than 1,000 nested parts and was read by its header alone",
                draft.statement.title.as_str()
            ));
        }
        draft.link.clone_from(&link);
        letters.push((place, draft));
    }
    // Without a date a message stays behind the one it came after.
    let mut last = None;
    let mut dated: Vec<_> = letters
        .into_iter()
        .map(|(place, draft)| {
            last = draft.statement.published.or(last);
            (last, place, draft)
        })
        .collect();
    dated.sort_by_key(|(at, place, _)| (*at, !place.references.is_empty()));
    let mut known = std::collections::HashSet::new();
    dated.retain(|(_, _, draft)| known.insert(draft.native_id.clone()));
    let root = root(dated.iter().map(|(_, place, _)| place))?;
    let opening = dated.iter().position(|(_, place, _)| place.id == root).unwrap_or(0);
    let opening = dated.remove(opening);
    let whole = joined(opening.2, dated.into_iter().map(|(_, _, draft)| draft).collect());
    Some((Draft { native_id: format!("thread/{}", bounded(&root)), ..whole }, remark))
}

/// The identifier of the message that a thread began with, also if that is not among these.
fn root<'a>(mut places: impl Iterator<Item = &'a Place> + Clone) -> Option<String> {
    let begun = places.clone().find(|place| place.references.is_empty() && !place.id.is_empty());
    let answered = || places.clone().find_map(|place| place.references.first());
    match begun {
        Some(place) if answered().is_none_or(|first| *first == place.id) => Some(place.id.clone()),
        _ => answered().cloned().or_else(|| places.next().map(|place| place.id.clone())),
    }
}

/// An identifier of bounded length: a long one by its digest.
fn bounded(id: &str) -> String {
    if id.is_empty() || id.len() > MAX_ID { super::digest(id.as_bytes()) } else { id.to_owned() }
}

/// The opening message and what was answered to it as one draft.
fn joined(opening: Draft, answers: Vec<Draft>) -> Draft {
    if answers.is_empty() {
        return opening;
    }
    let Draft { native_id, link, mut statement, mut evidence, .. } = opening;
    let message = |native_id: &str, statement: &index::entry::Statement| clean::Message {
        native_id: native_id.to_owned(),
        author: statement.publisher.clone().unwrap_or_else(|| "unnamed".to_owned()),
        at: statement.published,
        text: statement.text.clone(),
        ..clean::Message::default()
    };
    let mut messages = vec![message(&native_id, &statement)];
    for answer in answers.into_iter().take(MAX_POSTS - 1) {
        messages.push(message(&answer.native_id, &answer.statement));
        statement.updated = statement.updated.max(answer.statement.published);
        let named = answer.statement.identifiers.into_iter().chain(answer.statement.related);
        for id in named {
            if !statement.identifiers.contains(&id) && !statement.related.contains(&id) {
                statement.related.push(id);
            }
        }
        for check in answer.statement.checks {
            if statement.checks.len() < MAX_CHECKS && !statement.checks.contains(&check) {
                statement.checks.push(check);
            }
        }
        if evidence.bytes.len() + answer.evidence.bytes.len() < MAX_EVIDENCE {
            evidence.bytes.extend_from_slice(b"\n\n");
            evidence.bytes.extend(answer.evidence.bytes);
        }
    }
    (statement.text, statement.posts) = clean::thread(messages);
    "message/rfc822".clone_into(&mut evidence.media_type);
    Draft { native_id, kind: Kind::Thread, link, statement, evidence }
}

#[cfg(test)]
mod tests {
    use super::{entry, place};
    use index::entry::{Draft, Kind};

    fn mail(id: &str, references: &str, hour: u8, subject: &str, body: &str) -> (Vec<u8>, Vec<u8>) {
        let references =
            if references.is_empty() { String::new() } else { format!("References: {references}\n") };
        let text = format!(
            "From: {hour} <a@acme.example>\nDate: Fri, 1 Mar 2024 {hour:02}:00:00 +0000\nSubject: {subject}\nMessage-ID: <{id}@acme.example>\n{references}\n{body}\n"
        );
        (Vec::new(), text.into_bytes())
    }

    fn thread(messages: &[(Vec<u8>, Vec<u8>)]) -> Draft {
        entry(messages, None).unwrap().0
    }

    #[test]
    fn answers_are_posts_in_the_order_in_which_they_were_sent() {
        let messages = [
            mail("3", "<1@acme.example> <2@acme.example>", 12, "Re: CVE-2024-12345: anvil", "Third"),
            mail("1", "", 10, "CVE-2024-12345: anvil", "First"),
            mail("2", "<1@acme.example>", 11, "Re: CVE-2024-12345: anvil", "Second, see CVE-2024-12346"),
        ];
        let draft = thread(&messages);
        assert_eq!((draft.kind, draft.native_id.as_str()), (Kind::Thread, "thread/1@acme.example"));
        assert_eq!(draft.statement.title.as_str(), "CVE-2024-12345: anvil");
        assert_eq!(draft.statement.identifiers, ["CVE-2024-12345"]);
        let authors: Vec<_> = draft.statement.posts.iter().map(|post| post.author.as_str()).collect();
        assert_eq!(authors, ["10", "11", "12"]);
        assert_eq!(draft.statement.updated.unwrap().to_string(), "2024-03-01T12:00:00Z");
        assert!(draft.statement.text.as_str().starts_with("First\n\nSecond"));
    }

    #[test]
    fn an_announcement_is_an_entry_by_itself_and_keeps_its_name_when_it_is_answered() {
        let opening = mail("1", "", 10, "Advisory: anvil falls", "It falls.");
        let alone = thread(std::slice::from_ref(&opening));
        assert_eq!((alone.kind, alone.statement.posts.len()), (Kind::Advisory, 0));
        let answered =
            thread(&[opening, mail("2", "<1@acme.example>", 11, "Re: Advisory: anvil falls", "Ouch")]);
        assert_eq!((answered.kind, answered.native_id), (Kind::Thread, alone.native_id));
    }

    #[test]
    fn a_thread_is_named_by_its_first_message_also_where_that_is_missing() {
        let draft = thread(&[mail("2", "<1@acme.example>", 11, "Re: x", "y")]);
        assert_eq!(draft.native_id, "thread/1@acme.example");
        let twice = [mail("1", "", 10, "x", "y"), mail("1", "", 10, "x", "y")];
        assert_eq!(thread(&twice).kind, Kind::Notice, "the same message twice is one");
    }

    #[test]
    fn references_are_read_from_where_programs_write_them() {
        let check = |header: &str, expected: &[&str]| {
            assert_eq!(place(format!("{header}\n\n").as_bytes()).references, expected, "{header}");
        };
        check("References: <a@x>\n <b@x>\nIn-Reply-To: <b@x>", &["a@x", "b@x"]);
        check("In-Reply-To: <b@x>", &["b@x"]);
        check("Message-ID: <a@x>\nReferences: <a@x>", &[]);
        check("Subject: x", &[]);
        let many: String = (0..1000).map(|number| format!("<{number}@x>\n ")).collect();
        let place = place(format!("References: {many}\n\n").as_bytes());
        assert_eq!((place.references.len(), place.references[0].as_str()), (100, "0@x"));
    }
}
