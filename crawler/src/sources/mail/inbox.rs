//! A public-inbox archive: its feed names messages that are new, and each message's thread is had as a mailbox.
//!
//! Messages that were seen are remembered, so that a thread is fetched again only when somebody wrote. Where the feed is
//! full of news, what lies between is had by the archive's search: of the last month at first, later since the last round.
//! A thread that cannot be had is a remark.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};
use url::Url;

use super::hyperkitty::bring;
use super::pile::number;
use super::{MAX_THREADS, Options, below, folder};
use crate::fetch::Fetched;
use crate::formats::Unreadable;
use crate::sources::{Errand, Trouble, remembered};

/// What is asked for.
const ACCEPT: &str = "application/atom+xml, application/xml;q=0.9, */*;q=0.5";
/// Messages that are remembered.
const REMEMBERED: usize = 5000;
/// Messages from which on the feed may have left some out; it names 25.
const FULL: usize = 20;
/// How far back is searched before the last round, or at first before now.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
const BEFORE_FIRST: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// Messages that were seen, by the numbers of their identifiers, the newest last.
    seen: Vec<u64>,
    /// When everything that was new had been read.
    since: Option<Timestamp>,
}

/// A message in the feed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Listed {
    /// Its identifier.
    id: String,
    /// The message that it answers, where it answers one.
    answers: Option<String>,
}

/// Reads the archive and brings the threads that somebody wrote to.
///
/// # Errors
/// [`Trouble`] when the feed cannot be had or read, or when no thread can be read.
pub(super) async fn read(errand: &mut Errand<'_>, url: &Url, options: &Options) -> Result<(), Trouble> {
    let mut memory: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let (base, limit) = (folder(url), options.threads.min(MAX_THREADS));
    let news = news(errand, &base, &memory, limit).await?;
    // Newest first; a thread that was fetched for its newest message has all the others.
    let mut done = BTreeSet::new();
    let (mut well, mut first, mut seen) = (0, None, Vec::new());
    for message in news.iter().take(limit) {
        let together = || [Some(&message.id), message.answers.as_ref()].into_iter().flatten();
        if !together().any(|id| done.contains(id)) {
            match bring_thread(errand, &base, &message.id).await {
                Ok(()) => well += 1,
                Err(Trouble::Stopping) => return Err(Trouble::Stopping),
                Err(trouble) => {
                    errand.remark(format!("the thread of {} was not read: {trouble}", message.id));
                    first.get_or_insert(trouble);
                    continue;
                }
            }
        }
        done.extend(together().cloned());
        seen.push(number(&message.id));
    }
    if let Some(trouble) = first.filter(|_| well == 0) {
        return Err(trouble);
    }
    if news.len() <= limit {
        memory.since = Some(errand.now);
    }
    memory.seen.extend(seen.into_iter().rev());
    let excess = memory.seen.len().saturating_sub(REMEMBERED);
    memory.seen.drain(..excess);
    errand.memory = remembered(&memory);
    Ok(())
}

/// Messages that were not seen yet, newest first: those of the feed, and, where that is full of them, of the search.
async fn news(
    errand: &mut Errand<'_>,
    base: &Url,
    memory: &Memory,
    limit: usize,
) -> Result<Vec<Listed>, Trouble> {
    let mut known: BTreeSet<u64> = memory.seen.iter().copied().collect();
    let mut fresh = |listed: Vec<Listed>| -> Vec<Listed> {
        listed.into_iter().filter(|one| known.insert(number(&one.id))).collect()
    };
    let feed = listed(&errand.fetch_fresh(below(base, "new.atom")?, ACCEPT).await?, base)?;
    let full = feed.len() >= FULL;
    let mut all = feed.len();
    let mut news = fresh(feed);
    if !full || news.len() < all {
        return Ok(news);
    }
    let back = if memory.since.is_some() { BEFORE } else { BEFORE_FIRST };
    let since = memory.since.unwrap_or(errand.now).saturating_sub(back).unwrap_or(errand.now);
    let mut from = 0;
    while news.len() < limit {
        let page = format!("?q=d:{}..&x=A&o={from}", since.strftime("%Y%m%d"));
        let fetched = match errand.fetch_fresh(below(base, &page)?, ACCEPT).await {
            Ok(fetched) => fetched,
            Err(Trouble::Stopping) => return Err(Trouble::Stopping),
            Err(trouble) => {
                errand.remark(format!("what is older than the feed was not searched for: {trouble}"));
                break;
            }
        };
        let more = listed(&fetched, base)?;
        all = more.len();
        let more = fresh(more);
        if more.is_empty() && from > 0 || all == 0 {
            break;
        }
        news.extend(more);
        from += all;
    }
    Ok(news)
}

/// Fetches the thread of a message and brings it; it is named by the message that it began with, and read there.
async fn bring_thread(errand: &mut Errand<'_>, base: &Url, id: &str) -> Result<(), Trouble> {
    let url = below(&page(base, id), "t.mbox.gz")?;
    let base = base.clone();
    bring(errand, url, None, move |root| Some(page(&base, root).into())).await
}

/// The page of a message.
fn page(base: &Url, id: &str) -> Url {
    let mut message = base.clone();
    if let Ok(mut path) = message.path_segments_mut() {
        path.pop_if_empty().push(id).push("");
    }
    message
}

/// The messages that a feed names, in its order.
fn listed(fetched: &Fetched, base: &Url) -> Result<Vec<Listed>, Trouble> {
    let unreadable = |why: String| Trouble::Read {
        what: fetched.url.to_string(),
        why: Unreadable::new("not a public-inbox feed", why),
    };
    let text = String::from_utf8_lossy(&fetched.bytes);
    let listed = messages(&text, base).map_err(|error| unreadable(error.to_string()))?;
    if listed.is_empty() && !text.contains("<feed") {
        return Err(unreadable("it is no Atom feed".to_owned()));
    }
    Ok(listed)
}

fn messages(text: &str, base: &Url) -> Result<Vec<Listed>, quick_xml::Error> {
    let mut reader = Reader::from_str(text);
    let (mut listed, mut here): (Vec<Listed>, Option<Listed>) = (Vec::new(), None);
    loop {
        match reader.read_event()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "entry" => listed.extend(here.replace(Listed::default()).filter(|one| !one.id.is_empty())),
                name @ ("link" | "in-reply-to") => {
                    let target = tag.attributes().flatten().find(|held| held.key.as_ref() == "href");
                    let target = target.map(|held| held.value.into_owned());
                    let Some((id, one)) = target.and_then(|href| message_id(base, &href)).zip(here.as_mut())
                    else {
                        continue;
                    };
                    match name {
                        "link" if one.id.is_empty() => one.id = id,
                        "in-reply-to" => one.answers = Some(id),
                        _ => {}
                    }
                }
                _ => {}
            },
            Event::Eof => {
                listed.extend(here.filter(|one| !one.id.is_empty()));
                return Ok(listed);
            }
            _ => {}
        }
    }
}

/// The identifier of the message at an address of the archive, which names it in its last folder.
fn message_id(base: &Url, href: &str) -> Option<String> {
    let url = base.join(&href.replace("&amp;", "&")).ok()?;
    let segment = url.path_segments()?.rfind(|part| !part.is_empty())?.to_owned();
    let mut id = Vec::with_capacity(segment.len());
    let mut letters = segment.bytes();
    while let Some(letter) = letters.next() {
        if letter == b'%' {
            let digits = [letters.next()?, letters.next()?];
            id.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            id.push(letter);
        }
    }
    String::from_utf8(id).ok().filter(|id| id.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::{Listed, messages};
    use url::Url;

    #[test]
    fn a_feed_names_messages_and_what_they_answer() {
        let base = Url::parse("https://inbox.halvard.example/announce/").unwrap();
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0'><link href='https://inbox.halvard.example/announce/'/>\
            <entry><title>Re: key</title><link href='https://inbox.halvard.example/announce/2%2Bb@halvard.example/'/><thr:in-reply-to ref='urn:uuid:x' href='https://inbox.halvard.example/announce/1@halvard.example/'/></entry>\
            <entry><title>key</title><link href='/announce/1@halvard.example/'/></entry></feed>";
        let expected = [
            Listed { id: "2+b@halvard.example".to_owned(), answers: Some("1@halvard.example".to_owned()) },
            Listed { id: "1@halvard.example".to_owned(), answers: None },
        ];
        assert_eq!(messages(atom, &base).unwrap(), expected);
    }
}
