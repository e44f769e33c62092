//! When a message was sent, as well as its bytes can say.
//!
//! Its own `Date` counts first, then the moment at which the last server received it, then the line that parts it from
//! others in a mailbox. Refuses to take git's constant for a date: a mail that git wrote and nobody has sent yet says
//! nothing of when.

use jiff::Timestamp;
use mail_parser::{DateTime, Message};

use crate::formats::date;

/// What `git format-patch` writes in place of a date, so that mailboxes are recognised.
const OF_GIT: &str = "Mon Sep 17 00:00:00 2001";

/// What public-inbox writes there, for the same reason.
const OF_INBOX: &str = "Thu Jan 1 00:00:00 1970";

/// When `message` was sent; `separator` is the line before it in its mailbox.
pub(super) fn published(message: &Message<'_>, separator: &[u8]) -> Option<Timestamp> {
    let read = |date: &DateTime| Timestamp::from_second(date.is_valid().then(|| date.to_timestamp())?).ok();
    message
        .date()
        .and_then(read)
        .or_else(|| message.received_all().find_map(|hop| hop.date.as_ref().and_then(read)))
        .or_else(|| of_separator(&String::from_utf8_lossy(separator)))
}

/// The moment in a line `From SENDER Mon Jan  1 00:00:00 2024`, taken as UTC.
fn of_separator(line: &str) -> Option<Timestamp> {
    let words: Vec<_> = line.split_whitespace().skip(2).collect();
    let moment = words.join(" ");
    (moment != OF_GIT && moment != OF_INBOX).then(|| date::lenient(&moment))?
}

#[cfg(test)]
mod tests {
    use super::published;
    use mail_parser::MessageParser;

    #[track_caller]
    fn check(separator: &str, header: &str, expected: &str) {
        let mail = format!("{header}Subject: s\n\nText\n");
        let message = MessageParser::default().parse(&mail).unwrap();
        let read = published(&message, separator.as_bytes()).map(|at| at.to_string()).unwrap_or_default();
        assert_eq!(read, expected, "{separator} / {header}");
    }

    #[test]
    fn a_message_without_a_date_has_that_of_its_server_or_of_its_mailbox() {
        let line = "From a Tue Mar  5 10:00:00 2024\n";
        let hop = "Received: from a.example by b.example; Mon, 4 Mar 2024 09:00:00 +0100\n";
        check(line, "Date: Fri, 1 Mar 2024 12:00:00 +0000\n", "2024-03-01T12:00:00Z");
        check(line, hop, "2024-03-04T08:00:00Z");
        check(line, "", "2024-03-05T10:00:00Z");
        check("", "", "");
    }

    #[test]
    fn the_constant_of_git_is_no_date() {
        check("From bot-1.0 Mon Sep 17 00:00:00 2001\n", "", "");
        check(
            "From 4c8ff70 Mon Sep 17 00:00:00 2001\n",
            "Date: Fri, 1 Mar 2024 12:00:00 +0000\n",
            "2024-03-01T12:00:00Z",
        );
    }
}
