//! CVE records, JSON 5.0 to 5.2: what the numbering authority (CNA) says, and scores that others added (ADP).
//!
//! Refuses to take commits for versions, and to believe "n/a" in any field.

use index::entry::{Draft, Evidence, Kind, Reference, Statement, Status};
use index::severity::Severity;
use serde::Deserialize;

use crate::clean;
use crate::formats::lenient::{List, Loose, Number, Word, Words};
use crate::formats::phrase::{add, identifier, moment, name, title, utf8};
use crate::formats::{Origin, Read, Unreadable, score};

/// Products and versions.
mod product;

/// A record, as far as it is read (github.com/CVEProject/cve-schema).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow, rename = "cveMetadata")]
    metadata: Loose<Metadata<'a>>,
    #[serde(borrow)]
    containers: Loose<Containers<'a>>,
}

/// The number under which the Linux kernel's authority assigns in its own repository.
const KERNEL: &str = "f4215fc3-5b6b-47ff-a258-f7189bd81038";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata<'a> {
    // Rejected records of the kernel's authority write `cveID`.
    #[serde(borrow, alias = "cveID")]
    cve_id: Word<'a>,
    #[serde(borrow)]
    state: Word<'a>,
    #[serde(borrow)]
    assigner_org_id: Word<'a>,
    #[serde(borrow)]
    assigner_short_name: Word<'a>,
    #[serde(borrow)]
    date_published: Word<'a>,
    #[serde(borrow)]
    date_updated: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Containers<'a> {
    #[serde(borrow)]
    cna: Loose<Container<'a>>,
    #[serde(borrow)]
    adp: List<Addition<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Container<'a> {
    #[serde(borrow)]
    title: Word<'a>,
    #[serde(borrow)]
    date_public: Word<'a>,
    #[serde(borrow)]
    descriptions: List<Wording<'a>>,
    #[serde(borrow)]
    rejected_reasons: List<Wording<'a>>,
    #[serde(borrow)]
    replaced_by: Words<'a>,
    #[serde(borrow)]
    affected: List<product::Product<'a>>,
    #[serde(borrow)]
    metrics: List<Metric<'a>>,
    #[serde(borrow)]
    problem_types: List<Problem<'a>>,
    #[serde(borrow)]
    references: List<Link<'a>>,
    #[serde(borrow)]
    workarounds: List<Wording<'a>>,
    #[serde(borrow)]
    solutions: List<Wording<'a>>,
    #[serde(borrow)]
    tags: Words<'a>,
    #[serde(borrow)]
    source: Loose<Source<'a>>,
}

/// What an authorised data publisher adds, as far as it counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Addition<'a> {
    #[serde(borrow)]
    affected: List<product::Product<'a>>,
    #[serde(borrow)]
    metrics: List<Metric<'a>>,
    #[serde(borrow)]
    tags: Words<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wording<'a> {
    #[serde(borrow)]
    lang: Word<'a>,
    #[serde(borrow)]
    value: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem<'a> {
    #[serde(borrow)]
    descriptions: List<Weakness<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Weakness<'a> {
    #[serde(borrow)]
    description: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link<'a> {
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    tags: Words<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Source<'a> {
    #[serde(borrow)]
    advisory: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metric<'a> {
    #[serde(borrow, rename = "cvssV4_0")]
    v4: Loose<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV3_1")]
    v31: Loose<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV3_0")]
    v30: Loose<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV2_0")]
    v2: Loose<Cvss<'a>>,
    #[serde(borrow)]
    other: Loose<Other<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cvss<'a> {
    base_score: Number,
    #[serde(borrow)]
    base_severity: Word<'a>,
    #[serde(borrow)]
    vector_string: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Other<'a> {
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
    #[serde(borrow)]
    content: Loose<Rating<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rating<'a> {
    #[serde(borrow)]
    value: Word<'a>,
    #[serde(borrow)]
    text: Word<'a>,
}

/// Reads a record.
///
/// # Errors
/// When it is not UTF-8, no JSON object, or has no identifier.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let record: Record<'_> =
        serde_json::from_str(utf8(bytes)?).map_err(|error| Unreadable::new("malformed JSON", error))?;
    let incomplete = |what| Unreadable::new("incomplete CVE record", what);
    let metadata = record.metadata.get().ok_or_else(|| incomplete("it has no cveMetadata"))?;
    let id = metadata
        .cve_id
        .said()
        .and_then(identifier)
        .ok_or_else(|| incomplete("it has no cveMetadata.cveId"))?;
    let nothing = Containers::default();
    let statement = statement(&id, metadata, record.containers.get().unwrap_or(&nothing));
    let media_type = if origin.media_type.is_empty() { "application/json" } else { origin.media_type };
    Ok(vec![Draft {
        native_id: if origin.path.is_empty() { id.clone() } else { origin.path.to_owned() },
        kind: Kind::Advisory,
        link: Some(format!("https://www.cve.org/CVERecord?id={id}")),
        statement,
        evidence: Evidence { media_type: media_type.to_owned(), bytes: bytes.to_vec() },
    }])
}

fn statement(id: &str, metadata: &Metadata<'_>, containers: &Containers<'_>) -> Statement {
    let nothing = Container::default();
    let cna = containers.cna.get().unwrap_or(&nothing);
    let wording = if cna.descriptions.is_empty() { &cna.rejected_reasons } else { &cna.descriptions };
    let text = text(wording, &cna.problem_types);
    let mut related = Vec::new();
    let advisory = cna.source.get().and_then(|source| source.advisory.said());
    for other in cna.replaced_by.iter().chain(advisory).filter_map(identifier).filter(|other| other != id) {
        add(&mut related, other);
    }
    let mut affected = product::affected(&cna.affected);
    if affected.is_empty() {
        affected = containers.adp.iter().flat_map(|addition| product::affected(&addition.affected)).collect();
    }
    Statement {
        title: title(cna.title.said(), Some(&text), id),
        text: clean::plain(&text),
        publisher: metadata.assigner_short_name.said().map(name).or_else(|| kernel(metadata)),
        published: moment(&metadata.date_published).or_else(|| moment(&cna.date_public)),
        updated: moment(&metadata.date_updated),
        status: status(metadata, containers),
        identifiers: vec![id.to_owned()],
        related,
        severity: severity(&cna.metrics)
            .or_else(|| containers.adp.iter().find_map(|addition| severity(&addition.metrics))),
        affected,
        remedy: clean::plain(&remedy(cna)),
        references: cna.references.iter().filter_map(reference).collect(),
        ..Statement::default()
    }
}

/// The kernel's own records give their assigner by number only; published ones call the same assigner "Linux".
fn kernel(metadata: &Metadata<'_>) -> Option<String> {
    (&*metadata.assigner_org_id == KERNEL).then(|| "Linux".to_owned())
}

fn status(metadata: &Metadata<'_>, containers: &Containers<'_>) -> Status {
    let cna = containers.cna.get().into_iter().flat_map(|cna| cna.tags.iter());
    let mut tags = cna.chain(containers.adp.iter().flat_map(|addition| addition.tags.iter()));
    if metadata.state.eq_ignore_ascii_case("REJECTED") {
        Status::Withdrawn
    } else if tags.any(|tag| tag.eq_ignore_ascii_case("disputed")) {
        Status::Disputed
    } else {
        Status::InForce
    }
}

/// English first, then what is said in other languages, then the weaknesses.
fn text(wordings: &[Wording<'_>], problems: &[Problem<'_>]) -> String {
    let mut text = String::new();
    let is_english =
        |wording: &&Wording<'_>| wording.lang.get(..2).is_some_and(|lang| lang.eq_ignore_ascii_case("en"));
    let others = wordings.iter().filter(|wording| !is_english(wording));
    for part in wordings.iter().filter(is_english).chain(others).filter_map(|wording| wording.value.said()) {
        paragraph(&mut text, part);
    }
    let weaknesses = problems
        .iter()
        .flat_map(|problem| problem.descriptions.iter())
        .filter_map(|weakness| weakness.description.said())
        .filter(|said| !product::says_nothing(said));
    for weakness in weaknesses {
        paragraph(&mut text, "Weakness: ");
        text.truncate(text.trim_end().len());
        text.push(' ');
        text.push_str(weakness);
    }
    text
}

fn paragraph(text: &mut String, part: &str) {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(part);
}

fn remedy(cna: &Container<'_>) -> String {
    let mut remedy = String::new();
    for part in cna.solutions.iter().chain(cna.workarounds.iter()).filter_map(|wording| wording.value.said())
    {
        paragraph(&mut remedy, part);
    }
    remedy
}

fn reference(link: &Link<'_>) -> Option<Reference> {
    let url = name(link.url.said()?);
    let tags: Vec<&str> = link.tags.iter().filter(|tag| !tag.starts_with("x_")).take(5).collect();
    Some(Reference { url, label: (!tags.is_empty()).then(|| name(&tags.join(", "))) })
}

/// The newest standard scored; within one standard the worst; a vendor's own word last.
fn severity(metrics: &[Metric<'_>]) -> Option<Severity> {
    let of = |pick: fn(&Metric<'_>) -> Option<Severity>| metrics.iter().map(pick).fold(None, score::worse);
    of(|metric| metric.v4.get().and_then(scored))
        .or_else(|| of(|metric| metric.v31.get().and_then(scored)))
        .or_else(|| of(|metric| metric.v30.get().and_then(scored)))
        .or_else(|| of(|metric| metric.v2.get().and_then(scored)))
        .or_else(|| of(|metric| metric.other.get().and_then(rated)))
}

fn scored(cvss: &Cvss<'_>) -> Option<Severity> {
    score::stated(cvss.base_score.0, cvss.base_severity.said(), cvss.vector_string.said())
}

/// A rating in words. CISA's decision support (SSVC) and exploitation lists are no ratings and hold no such word.
fn rated(other: &Other<'_>) -> Option<Severity> {
    if other.kind.eq_ignore_ascii_case("ssvc") || other.kind.eq_ignore_ascii_case("kev") {
        return None;
    }
    let rating = other.content.get()?;
    score::of_word(&rating.value).or_else(|| score::of_word(&rating.text))
}

#[cfg(test)]
mod tests;
