//! OSV records (schema 1.7) as JSON or YAML: one record, one draft.
//!
//! Refuses to resolve commits to versions: `GIT` ranges are left out. Versions listed one by one are left out too
//! where a range of the same package says the same.

use index::entry::{Affected, Draft, Evidence, Kind, Range, Reference, Statement, Status};
use index::severity::Severity;
use serde::Deserialize;

use crate::clean;
use crate::formats::lenient::{List, Loose, Word, Words};
use crate::formats::phrase::{add, identifier, moment, name, title, utf8};
use crate::formats::{Origin, Read, Unreadable, comparators, score, spelling};

/// Who keeps which identifiers.
mod database;

/// Packages kept of one record; the largest real one names about 700.
const PACKAGES: usize = 2_000;

/// Versions kept of one package without ranges.
const VERSIONS: usize = 200;

/// A record, as far as it is read (ossf.github.io/osv-schema).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow)]
    id: Word<'a>,
    #[serde(borrow)]
    modified: Word<'a>,
    #[serde(borrow)]
    published: Word<'a>,
    #[serde(borrow)]
    withdrawn: Word<'a>,
    #[serde(borrow)]
    aliases: Words<'a>,
    #[serde(borrow)]
    related: Words<'a>,
    #[serde(borrow)]
    upstream: Words<'a>,
    #[serde(borrow)]
    summary: Word<'a>,
    #[serde(borrow)]
    details: Word<'a>,
    #[serde(borrow)]
    severity: List<Score<'a>>,
    #[serde(borrow)]
    affected: List<Package<'a>>,
    #[serde(borrow)]
    references: List<Link<'a>>,
    #[serde(borrow)]
    database_specific: Loose<Specific<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Score<'a> {
    #[serde(borrow)]
    score: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Package<'a> {
    #[serde(borrow)]
    package: Loose<Named<'a>>,
    #[serde(borrow)]
    severity: List<Score<'a>>,
    #[serde(borrow)]
    ranges: List<Events<'a>>,
    #[serde(borrow)]
    versions: Words<'a>,
    #[serde(borrow)]
    ecosystem_specific: Loose<Specific<'a>>,
    #[serde(borrow)]
    database_specific: Loose<Specific<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    ecosystem: Word<'a>,
    #[serde(borrow)]
    purl: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Events<'a> {
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
    #[serde(borrow)]
    repo: Word<'a>,
    #[serde(borrow)]
    events: List<Event<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event<'a> {
    #[serde(borrow)]
    introduced: Word<'a>,
    #[serde(borrow)]
    fixed: Word<'a>,
    #[serde(borrow)]
    last_affected: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link<'a> {
    #[serde(borrow, rename = "type")]
    kind: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
}

/// What databases add: a word of severity, a vector, a page, a range in words.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Specific<'a> {
    #[serde(borrow)]
    severity: Word<'a>,
    #[serde(borrow)]
    cvss: Word<'a>,
    #[serde(borrow)]
    url: Word<'a>,
    #[serde(borrow)]
    last_known_affected_version_range: Word<'a>,
}

/// Reads a record written as JSON.
///
/// # Errors
/// When it is not UTF-8, no JSON object, or has no identifier.
pub fn parse_json(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let record =
        serde_json::from_str(utf8(bytes)?).map_err(|error| Unreadable::new("malformed JSON", error))?;
    draft(&record, bytes, origin, "application/json")
}

/// Reads a record written as YAML.
///
/// # Errors
/// When it is not UTF-8, no YAML mapping, or has no identifier.
pub fn parse_yaml(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let record =
        serde_norway::from_str(utf8(bytes)?).map_err(|error| Unreadable::new("malformed YAML", error))?;
    draft(&record, bytes, origin, "application/yaml")
}

fn draft(record: &Record<'_>, bytes: &[u8], origin: &Origin<'_>, media_type: &str) -> Read {
    let id = record.id.said().ok_or_else(|| Unreadable::new("incomplete OSV record", "it has no id"))?;
    let media_type = if origin.media_type.is_empty() { media_type } else { origin.media_type };
    Ok(vec![Draft {
        native_id: if origin.path.is_empty() { name(id) } else { origin.path.to_owned() },
        kind: Kind::Advisory,
        link: link(record, id).or_else(|| origin.url.as_ref().map(ToString::to_string)),
        statement: statement(record, id),
        evidence: Evidence { media_type: media_type.to_owned(), bytes: bytes.to_vec() },
    }])
}

fn statement(record: &Record<'_>, id: &str) -> Statement {
    let mut identifiers = Vec::new();
    for own in std::iter::once(id).chain(record.aliases.iter()).filter_map(identifier) {
        add(&mut identifiers, own);
    }
    let mut related = Vec::new();
    for other in record.related.iter().chain(record.upstream.iter()).filter_map(identifier) {
        if !identifiers.contains(&other) {
            add(&mut related, other);
        }
    }
    let details = record.details.said();
    Statement {
        title: title(record.summary.said(), details, id),
        text: clean::markdown(details.unwrap_or_default()),
        publisher: database::publisher(id).map(str::to_owned),
        published: moment(&record.published),
        updated: moment(&record.modified),
        status: if record.withdrawn.said().is_some() { Status::Withdrawn } else { Status::InForce },
        identifiers,
        related,
        severity: severity(record),
        affected: affected(&record.affected),
        references: record.references.iter().filter_map(reference).collect(),
        ..Statement::default()
    }
}

fn reference(link: &Link<'_>) -> Option<Reference> {
    let url = name(link.url.said()?);
    Some(Reference { url, label: link.kind.said().map(|kind| name(&kind.to_ascii_lowercase())) })
}

/// Where a person reads it: the database's own page.
fn link(record: &Record<'_>, id: &str) -> Option<String> {
    let stated = record.database_specific.get().and_then(|specific| specific.url.said());
    let stated = stated.filter(|url| url.starts_with("https://")).map(name);
    stated.or_else(|| database::page(id)).or_else(|| {
        let own = |link: &&Link<'_>| link.kind.eq_ignore_ascii_case("ADVISORY") && link.url.contains(id);
        record.references.iter().find(own).and_then(|link| link.url.said()).map(name)
    })
}

/// The newest standard that can be scored, else the worst word.
fn severity(record: &Record<'_>) -> Option<Severity> {
    let specific =
        |specific: &'_ Loose<Specific<'_>>| specific.get().and_then(|it| score::of_word(&it.severity));
    let of_record = record.severity.iter().map(|score| &*score.score);
    let of_packages = record.affected.iter().flat_map(|package| {
        let vector = package.database_specific.get().map(|specific| &*specific.cvss);
        package.severity.iter().map(|score| &*score.score).chain(vector)
    });
    let vector = of_record
        .chain(of_packages.take(PACKAGES))
        .filter_map(|vector| Some((score::rank(vector)?, vector)))
        .fold(None, |best: Option<(score::Rank, Severity)>, (rank, vector)| match best {
            Some((held, _)) if held > rank => best,
            Some((held, severity)) => {
                let found = score::of_vector(vector);
                if rank > held {
                    Some(found.map_or((held, severity), |found| (rank, found)))
                } else {
                    score::worse(Some(severity), found).map(|worst| (held, worst))
                }
            }
            None => score::of_vector(vector).map(|found| (rank, found)),
        });
    vector.map(|(_, severity)| severity).or_else(|| {
        let words = record.affected.iter().flat_map(|package| {
            [specific(&package.ecosystem_specific), specific(&package.database_specific)]
        });
        let plain = record.severity.iter().map(|score| score::of_word(&score.score));
        std::iter::once(specific(&record.database_specific))
            .chain(words)
            .chain(plain)
            .fold(None, score::worse)
    })
}

/// What is affected; packages named several times in a row become one.
fn affected(packages: &[Package<'_>]) -> Vec<Affected> {
    let mut all: Vec<Affected> = Vec::new();
    for package in packages.iter().take(PACKAGES) {
        let Some(next) = one_affected(package) else { continue };
        match all.last_mut() {
            Some(last) if last.product == next.product && last.ecosystem == next.ecosystem => {
                last.ranges.extend(next.ranges);
                last.versions.extend(next.versions);
                last.fixed.extend(next.fixed);
            }
            _ => all.push(next),
        }
    }
    all
}

fn one_affected(package: &Package<'_>) -> Option<Affected> {
    let mut affected = Affected::default();
    if let Some(named) = package.package.get() {
        affected.product = named.name.said().map(name).unwrap_or_default();
        affected.ecosystem = named.ecosystem.said().map(name);
    }
    if affected.product.is_empty() {
        let repository = package.ranges.iter().find_map(|range| range.repo.said())?;
        let last = repository.trim_end_matches('/').rsplit('/').next()?;
        affected.product = name(last.trim_end_matches(".git"));
    }
    let purl = package.package.get().and_then(|named| named.purl.said());
    let repositories = package.ranges.iter().filter_map(|range| range.repo.said());
    spelling::keep(&mut affected.also, purl.into_iter().chain(repositories));
    for range in package.ranges.iter().filter(|range| &*range.kind != "GIT") {
        add_range(&mut affected, range);
    }
    if let Some(wording) =
        package.database_specific.get().and_then(|it| it.last_known_affected_version_range.said())
    {
        let spoken = comparators::read(wording).unwrap_or_default();
        limit_last(&mut affected, &spoken.ranges);
    }
    if affected.ranges.is_empty() {
        affected.versions = package.versions.iter().take(VERSIONS).map(name).collect();
    }
    Some(affected)
}

/// The events of one range, in the order given, which the schema asks to be that of the versions.
fn add_range(affected: &mut Affected, range: &Events<'_>) {
    let mut open: Option<Option<String>> = None;
    let begun = |introduced: Option<String>| Range { introduced, ..Range::default() };
    for event in range.events.iter() {
        if let Some(introduced) = event.introduced.said() {
            affected.ranges.extend(open.take().map(begun));
            open = Some((introduced != "0").then(|| name(introduced)));
        }
        if let Some(fixed) = event.fixed.said() {
            match open.take() {
                Some(introduced) => {
                    affected.ranges.push(Range { fixed: Some(name(fixed)), ..begun(introduced) })
                }
                None => affected.fixed.push(name(fixed)),
            }
        }
        if let Some(last) = event.last_affected.said()
            && let Some(introduced) = open.take()
        {
            affected.ranges.push(Range { last_affected: Some(name(last)), ..begun(introduced) });
        }
    }
    affected.ranges.extend(open.map(begun));
}

/// Ends the open ranges where the database says in words where they end (GitHub's `last_known_affected_version_range`).
fn limit_last(affected: &mut Affected, spoken: &[Range]) {
    let Some(end) = spoken.last() else { return };
    if let Some(open) =
        affected.ranges.iter_mut().rfind(|range| range.fixed.is_none() && range.last_affected.is_none())
    {
        open.fixed.clone_from(&end.fixed);
        open.last_affected.clone_from(&end.last_affected);
    }
}

#[cfg(test)]
mod tests;
