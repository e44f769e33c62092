//! CSAF 2.0 and 2.1 documents: one document, one draft.
//!
//! Refuses to validate: what a person can read is read, also where a validator would complain. Only a document without
//! `document.tracking.id` cannot be an entry.

use index::entry::{Draft, Evidence, Kind, Reference, Statement, Status};
use index::severity::Severity;
use serde::Deserialize;

use crate::clean;
use crate::formats::lenient::{List, Loose, Word, Words};
use crate::formats::phrase::{add, identifier, moment, name, title, utf8};
use crate::formats::{Origin, Read, Unreadable, score};

/// Products and versions.
mod product;
/// Vulnerabilities: scores, states of products, remedies.
mod vulnerability;
/// The text and the remedy, put together from notes.
mod wording;

/// A document, as far as it is read (docs.oasis-open.org/csaf/csaf/v2.0, section 3).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Advisory<'a> {
    #[serde(borrow)]
    document: Loose<Document<'a>>,
    #[serde(borrow)]
    product_tree: Loose<product::Tree<'a>>,
    #[serde(borrow)]
    vulnerabilities: List<vulnerability::Vulnerability<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    category: Word<'a>,
    #[serde(borrow)]
    publisher: Loose<Publisher<'a>>,
    #[serde(borrow)]
    tracking: Loose<Tracking<'a>>,
    #[serde(borrow)]
    notes: List<wording::Note<'a>>,
    #[serde(borrow)]
    references: List<Link<'a>>,
    #[serde(borrow)]
    aggregate_severity: Loose<Aggregate<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Publisher<'a> {
    #[serde(borrow)]
    name: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tracking<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    aliases: Words<'a>,
    #[serde(borrow)]
    initial_release_date: Word<'a>,
    #[serde(borrow)]
    current_release_date: Word<'a>,
    #[serde(borrow)]
    status: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Aggregate<'a> {
    #[serde(borrow)]
    text: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link<'a> {
    #[serde(borrow)]
    category: Word<'a>,
    #[serde(borrow)]
    summary: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
}

/// Reads a document.
///
/// # Errors
/// When it is not UTF-8, no JSON object, or has no tracking identifier.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let advisory: Advisory<'_> =
        serde_json::from_str(utf8(bytes)?).map_err(|error| Unreadable::new("malformed JSON", error))?;
    let incomplete = |what| Unreadable::new("incomplete CSAF document", what);
    let document = advisory.document.get().ok_or_else(|| incomplete("it has no document"))?;
    let tracking = document.tracking.get().ok_or_else(|| incomplete("it has no document.tracking"))?;
    let id = tracking.id.said().ok_or_else(|| incomplete("it has no document.tracking.id"))?;
    let media_type = if origin.media_type.is_empty() { "application/json" } else { origin.media_type };
    Ok(vec![Draft {
        native_id: if origin.path.is_empty() { name(id) } else { origin.path.to_owned() },
        kind: if is_bulletin(document, &advisory) { Kind::Bulletin } else { Kind::Advisory },
        link: page(document).or_else(|| origin.url.as_ref().map(ToString::to_string)),
        statement: statement(&advisory, document, tracking, id),
        evidence: Evidence { media_type: media_type.to_owned(), bytes: bytes.to_vec() },
    }])
}

fn statement(
    advisory: &Advisory<'_>,
    document: &Document<'_>,
    tracking: &Tracking<'_>,
    id: &str,
) -> Statement {
    let (identifiers, related) = identifiers(advisory, tracking, id);
    let text = wording::text(&document.notes, &advisory.vulnerabilities);
    let links = advisory.vulnerabilities.iter().flat_map(|vulnerability| vulnerability.references.iter());
    let mut references = Vec::new();
    for reference in document.references.iter().chain(links).filter_map(reference) {
        add(&mut references, reference);
    }
    Statement {
        title: title(document.title.said(), None, id),
        text: clean::plain(&text),
        publisher: document.publisher.get().and_then(|publisher| publisher.name.said()).map(name),
        published: moment(&tracking.initial_release_date),
        updated: moment(&tracking.current_release_date),
        status: status(document, tracking),
        identifiers,
        related,
        severity: severity(advisory, document),
        affected: product::affected(advisory.product_tree.get(), &advisory.vulnerabilities),
        remedy: clean::plain(&wording::remedy(&advisory.vulnerabilities)),
        references,
        ..Statement::default()
    }
}

/// Its own identifier and aliases, with the CVE where there is exactly one; several CVEs are only related.
fn identifiers(advisory: &Advisory<'_>, tracking: &Tracking<'_>, id: &str) -> (Vec<String>, Vec<String>) {
    let mut own = Vec::new();
    // A bare number such as "2024-001" is every vendor's, and would join strangers in one group.
    let telling = |text: &String| text.bytes().filter(u8::is_ascii_alphabetic).count() >= 2;
    for identifier in
        std::iter::once(id).chain(tracking.aliases.iter()).filter_map(identifier).filter(telling)
    {
        add(&mut own, identifier);
    }
    let mut about = Vec::new();
    for cve in
        advisory.vulnerabilities.iter().filter_map(|vulnerability| identifier(vulnerability.cve.said()?))
    {
        add(&mut about, cve);
    }
    if about.len() == 1 {
        for cve in about.drain(..) {
            add(&mut own, cve);
        }
    }
    about.retain(|cve| !own.contains(cve));
    (own, about)
}

/// Categories of 2.1 say that a document was taken back; a status, that it is not final (section 3.2.1.12.7).
fn status(document: &Document<'_>, tracking: &Tracking<'_>) -> Status {
    match (&*document.category, &*tracking.status) {
        ("csaf_withdrawn" | "csaf_superseded", _) => Status::Withdrawn,
        (_, "draft" | "interim") => Status::Interim,
        _ => Status::InForce,
    }
}

fn is_bulletin(document: &Document<'_>, advisory: &Advisory<'_>) -> bool {
    &*document.category == "csaf_informational_advisory" && advisory.vulnerabilities.is_empty()
}

/// The page that the document calls itself: a page for people rather than the JSON.
fn page(document: &Document<'_>) -> Option<String> {
    let own = || {
        document.references.iter().filter(|link| &*link.category == "self").filter_map(|link| link.url.said())
    };
    let fits = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    own().filter(fits).find(|url| !url.ends_with(".json")).or_else(|| own().find(fits)).map(name)
}

fn reference(link: &Link<'_>) -> Option<Reference> {
    let url = name(link.url.said()?);
    Some(Reference { url, label: link.summary.said().or(link.category.said()).map(name) })
}

fn severity(advisory: &Advisory<'_>, document: &Document<'_>) -> Option<Severity> {
    let scored = advisory.vulnerabilities.iter().map(vulnerability::Vulnerability::scored);
    let worst = scored.fold(None, score::worse);
    let word = || score::of_word(&document.aggregate_severity.get()?.text);
    worst.or_else(word).or_else(|| {
        advisory.vulnerabilities.iter().map(vulnerability::Vulnerability::rated).fold(None, score::worse)
    })
}

#[cfg(test)]
mod tests;
