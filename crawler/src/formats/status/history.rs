//! A status page's history: as Atom or RSS with the updates as HTML, and as JSON with a summary for each incident.
//!
//! The JSON names days and hours without a year or a zone that can be relied on; a date that cannot be completed from
//! the month it stands under is left out.

use index::entry::{Draft, Evidence, Role};
use scraper::{ElementRef, Html, Selector};
use serde::Deserialize;
use url::Url;

use super::{MAX_INCIDENTS, MAX_UPDATES, Told, draft, said};
use crate::clean::{self, Message};
use crate::formats::lenient::{List, Word};
use crate::formats::{Origin, Read, Unreadable, date, feed};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct History<'a> {
    #[serde(borrow)]
    months: List<Month<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Month<'a> {
    #[serde(borrow)]
    year: Word<'a>,
    #[serde(borrow)]
    incidents: List<Summary<'a>>,
}

#[derive(Debug, Default, Deserialize, serde::Serialize)]
#[serde(default)]
struct Summary<'a> {
    #[serde(borrow, serialize_with = "word")]
    code: Word<'a>,
    #[serde(borrow, serialize_with = "word")]
    name: Word<'a>,
    #[serde(borrow, serialize_with = "word")]
    message: Word<'a>,
    #[serde(borrow, serialize_with = "word")]
    impact: Word<'a>,
    #[serde(borrow, serialize_with = "word")]
    timestamp: Word<'a>,
}

fn word<S: serde::Serializer>(word: &Word<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word)
}

/// Reads `/history.json`.
///
/// # Errors
/// [`Unreadable`] for malformed JSON and for what has no months.
pub fn parse_json(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let (text, _) = crate::fetch::charset::decode(bytes, Some("utf-8"));
    let history: History<'_> =
        serde_json::from_str(&text).map_err(|error| Unreadable::new("malformed JSON", error))?;
    if history.months.is_empty() {
        return Err(Unreadable::new("not a status page", "its history has no months"));
    }
    let all = history.months.iter().flat_map(|month| month.incidents.iter().map(move |one| (month, one)));
    Ok(all.take(MAX_INCIDENTS).filter_map(|(month, one)| summary(month, one, origin)).collect())
}

fn summary(month: &Month<'_>, one: &Summary<'_>, origin: &Origin<'_>) -> Option<Draft> {
    let id = one.code.said()?;
    let shown = clean::line(clean::html(&one.timestamp).as_str());
    let begun = shown.as_str().split(" - ").next().unwrap_or_default();
    // "Nov 23, 09:20" and the year of the month that it stands in.
    let at = begun.split_once(',').and_then(|(day, time)| {
        let time = time.split_whitespace().next()?;
        date::lenient(&format!("{day} {} {time}:00", month.year.said()?))
    });
    let update = Message { at, role: Role::Staff, text: clean::html(&one.message), ..Message::default() };
    let mut lead: Vec<String> =
        one.impact.said().map(|impact| format!("Impact: {impact}.")).into_iter().collect();
    if !shown.is_empty() {
        lead.push(format!("Time: {shown}."));
    }
    let link = origin.url.as_ref().and_then(|url| url.join(&format!("/incidents/{id}")).ok()).map(Url::into);
    let bytes = serde_json::to_vec(one).unwrap_or_default();
    Some(draft(Told {
        id: id.to_owned(),
        name: one.name.to_string(),
        link,
        published: at,
        lead,
        updates: vec![update],
        evidence: Evidence { media_type: "application/json".to_owned(), bytes },
        ..Told::default()
    }))
}

/// Reads `/history.atom` or `/history.rss`.
///
/// # Errors
/// [`Unreadable`] for what is no feed.
pub fn parse_feed(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let items = feed::parse(bytes, origin)?;
    Ok(items.into_iter().take(MAX_INCIDENTS).map(item).collect())
}

/// One item of the feed, with its updates as posts where the platform's form is recognised; else as the feed has it.
fn item(item: Draft) -> Draft {
    let id = item.link.as_deref().and_then(|link| link.trim_end_matches('/').rsplit('/').next());
    let Some(id) = id.filter(|id| !id.is_empty()).map(str::to_owned) else { return item };
    let updates = updates(&item);
    if updates.is_empty() {
        return Draft { native_id: format!("incident/{id}"), ..item };
    }
    let published = item.statement.published.or_else(|| updates.first().and_then(|update| update.at));
    draft(Told {
        id,
        name: item.statement.title.into_string(),
        page: item.statement.publisher.unwrap_or_default(),
        link: item.link,
        published,
        updated: item.statement.updated,
        lead: Vec::new(),
        updates,
        evidence: item.evidence,
    })
}

/// What the evidence of a feed's item keeps of its words.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Kept {
    content: Option<String>,
    summary: Option<String>,
}

/// The updates of an item, oldest first: paragraphs of a small date, a status in bold, and the words.
fn updates(item: &Draft) -> Vec<Message> {
    let kept: Kept = serde_json::from_slice(&item.evidence.bytes).unwrap_or_default();
    let html = kept.content.or(kept.summary).unwrap_or_default();
    let (Ok(paragraph), Ok(small), Ok(strong)) =
        (Selector::parse("p"), Selector::parse("small"), Selector::parse("strong"))
    else {
        return Vec::new();
    };
    if !clean::may_be_parsed(&html) {
        return Vec::new();
    }
    let year = item.statement.published.or(item.statement.updated).map(|at| at.strftime("%Y").to_string());
    let tree = Html::parse_fragment(&html);
    let read = |element: ElementRef<'_>| {
        let when = clean::line(&element.select(&small).next()?.text().collect::<String>()).into_string();
        let status = element.select(&strong).next()?.text().collect::<String>();
        let all = clean::html(&element.inner_html()).into_string();
        // The words follow the status and a dash.
        let body = all.split_once(status.trim()).map_or(all.as_str(), |(_, body)| body);
        let body = body.trim_start_matches(['*', ' ', '-', '–', '\n']);
        let at = date::lenient(&when).or_else(|| {
            let (day, time) = when.split_once(',')?;
            date::lenient(&format!(
                "{day} {} {time}:00",
                year.as_deref()?,
                time = time.split_whitespace().next()?
            ))
        });
        let publisher = item.statement.publisher.clone().unwrap_or_default();
        let text = said(Some(status.trim()), body);
        Some(Message { native_id: when, author: publisher, role: Role::Staff, at, edited: None, text })
    };
    let mut updates: Vec<Message> = tree.select(&paragraph).take(MAX_UPDATES).filter_map(read).collect();
    updates.reverse();
    updates
}
