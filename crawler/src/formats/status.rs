//! Status pages in the shape of Statuspage: incidents and maintenance, each one entry with its updates as posts.
//!
//! Three documents say the same things: the lists of the JSON interface, the history as Atom, and the history as JSON.
//! An incident keeps its identity from one to the next. What people wrote may be in any language and is only cleaned;
//! the few words that the platform itself writes are taken as they are.

use index::entry::{Draft, Evidence, Kind, Role, Statement};
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use super::lenient::{List, Loose, Word};
use super::{Origin, Read, Unreadable, date, json};
use crate::clean::{self, Message};

/// The history as Atom, and as JSON.
pub mod history;

/// Incidents of one document that are read.
const MAX_INCIDENTS: usize = 1000;
/// Updates of one incident that are kept.
const MAX_UPDATES: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    page: Loose<Page<'a>>,
    #[serde(borrow)]
    incidents: List<Incident<'a>>,
    #[serde(borrow)]
    scheduled_maintenances: List<Incident<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Page<'a> {
    #[serde(borrow)]
    name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Incident<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    status: Word<'a>,
    #[serde(borrow)]
    impact: Word<'a>,
    #[serde(borrow)]
    created_at: Word<'a>,
    #[serde(borrow)]
    started_at: Word<'a>,
    #[serde(borrow)]
    updated_at: Word<'a>,
    #[serde(borrow)]
    scheduled_for: Word<'a>,
    #[serde(borrow)]
    scheduled_until: Word<'a>,
    #[serde(borrow)]
    shortlink: Word<'a>,
    #[serde(borrow)]
    components: List<Named<'a>>,
    #[serde(borrow)]
    incident_updates: List<Update<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Update<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    status: Word<'a>,
    #[serde(borrow)]
    body: Word<'a>,
    #[serde(borrow)]
    display_at: Word<'a>,
    #[serde(borrow)]
    created_at: Word<'a>,
}

/// One incident, before it is joined into an entry.
#[derive(Debug, Default)]
struct Told {
    /// The platform's identifier.
    id: String,
    name: String,
    /// Who runs the page.
    page: String,
    link: Option<String>,
    published: Option<Timestamp>,
    updated: Option<Timestamp>,
    /// Sentences of facts that stand before the updates.
    lead: Vec<String>,
    updates: Vec<Message>,
    evidence: Evidence,
}

/// Reads `/api/v2/incidents.json` or `/api/v2/scheduled-maintenances.json`.
///
/// # Errors
/// [`Unreadable`] for a web page, malformed JSON, and what is neither of the two lists.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let (text, _) = crate::fetch::charset::decode(bytes, Some("utf-8"));
    let text = text.trim_start_matches('\u{feff}');
    if !has_list(text) {
        return Err(not_a_list(text));
    }
    let document: Document<'_> =
        serde_json::from_str(text).map_err(|error| Unreadable::new("malformed JSON", error))?;
    let page = document.page.get().map(|page| page.name.to_string()).unwrap_or_default();
    let all = document.incidents.iter().chain(document.scheduled_maintenances.iter()).take(MAX_INCIDENTS);
    let raw = raw(text);
    Ok(all.filter_map(|incident| Some(draft(told(incident, &page, &raw, origin)?))).collect())
}

fn has_list(text: &str) -> bool {
    let mut members = json::members(text);
    while let Some((key, value)) = members.next() {
        if matches!(key, "incidents" | "scheduled_maintenances") && value.starts_with('[') {
            return true;
        }
        members.pass();
    }
    false
}

fn not_a_list(text: &str) -> Unreadable {
    if text.trim().is_empty() {
        Unreadable::new("empty document", "a list of incidents was expected and nothing came")
    } else if text.trim_start().starts_with('<') {
        Unreadable::new("a web page", "a list of incidents as JSON was expected")
    } else {
        Unreadable::new("not a status page", "it has no list of incidents")
    }
}

/// Each incident as it is written, by its identifier: the evidence for it alone.
fn raw(text: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let mut members = json::members(text);
    while let Some((key, value)) = members.next() {
        if matches!(key, "incidents" | "scheduled_maintenances") {
            for item in json::items(value).take(MAX_INCIDENTS) {
                if let Ok(Loose(Some(one))) = serde_json::from_str::<Loose<Incident<'_>>>(item) {
                    found.push((one.id.to_string(), item));
                }
            }
        }
        members.pass();
    }
    found
}

fn told(incident: &Incident<'_>, page: &str, raw: &[(String, &str)], origin: &Origin<'_>) -> Option<Told> {
    let id = incident.id.said()?;
    let mut lead = Vec::new();
    if let Some(from) = incident.scheduled_for.said() {
        let until =
            incident.scheduled_until.said().map(|until| format!(" until {until}")).unwrap_or_default();
        lead.push(format!("Scheduled for {from}{until}."));
    }
    if let Some(impact) = incident.impact.said() {
        lead.push(format!("Impact: {}.", words(impact)));
    }
    if let Some(status) = incident.status.said() {
        lead.push(format!("Status: {}.", words(status)));
    }
    let components: Vec<&str> =
        incident.components.iter().take(50).filter_map(|part| part.name.said()).collect();
    if !components.is_empty() {
        lead.push(format!("Concerns: {}.", components.join(", ")));
    }
    let mut updates: Vec<Message> =
        incident.incident_updates.iter().take(MAX_UPDATES).map(|update| message(update, page)).collect();
    updates.sort_by_key(|update| update.at);
    let link = origin.url.as_ref().and_then(|url| url.join(&format!("/incidents/{id}")).ok()).map(Url::into);
    let own = raw.iter().find(|(other, _)| other == id).map(|(_, item)| item.as_bytes().to_vec());
    Some(Told {
        id: id.to_owned(),
        name: incident.name.to_string(),
        page: page.to_owned(),
        link: link.or_else(|| incident.shortlink.said().map(str::to_owned)),
        published: moment(&[&incident.started_at, &incident.created_at]),
        updated: moment(&[&incident.updated_at]),
        lead,
        updates,
        evidence: Evidence { media_type: "application/json".to_owned(), bytes: own.unwrap_or_default() },
    })
}

fn message(update: &Update<'_>, page: &str) -> Message {
    Message {
        native_id: update.id.to_string(),
        author: page.to_owned(),
        // Nobody but who runs the page can write on it.
        role: Role::Staff,
        at: moment(&[&update.display_at, &update.created_at]),
        edited: None,
        text: said(update.status.said(), &clean::html(&update.body).into_string()),
    }
}

/// An update's status and body as its text.
fn said(status: Option<&str>, body: &str) -> index::text::Text {
    let text = match status {
        Some(status) if !status.is_empty() => format!("{}: {body}", capital(&words(status))),
        _ => body.to_owned(),
    };
    clean::plain(text.trim())
}

fn moment(candidates: &[&Word<'_>]) -> Option<Timestamp> {
    candidates.iter().find_map(|text| date::lenient(text.said()?))
}

/// A word of the platform, such as `in_progress`, as people write it.
fn words(word: &str) -> String {
    word.replace('_', " ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn draft(told: Told) -> Draft {
    let lead = (!told.lead.is_empty())
        .then(|| Message { text: clean::plain(&told.lead.join(" ")), ..Message::default() });
    let has_lead = lead.is_some();
    let (text, mut posts) = clean::thread(lead.into_iter().chain(told.updates).collect());
    if has_lead && !posts.is_empty() {
        posts.remove(0);
    }
    let title = clean::line(clean::html(&told.name).as_str());
    let publisher = clean::line(&told.page).into_string();
    Draft {
        native_id: format!("incident/{}", clean::line(&told.id)),
        kind: Kind::Notice,
        link: told.link,
        statement: Statement {
            title: if title.is_empty() { clean::line("Incident without a name") } else { title },
            text,
            publisher: (!publisher.is_empty()).then_some(publisher),
            published: told.published.or_else(|| posts.first().and_then(|post| post.at)),
            updated: told.updated,
            posts,
            ..Statement::default()
        },
        evidence: told.evidence,
    }
}

#[cfg(test)]
mod tests;
