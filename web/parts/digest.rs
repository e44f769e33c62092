//! A digest in words, as its mail, its page, a chat and a terminal show it.

use index::digest::sources::{Sources, Unwell};
use index::digest::waiting::Waiting;
use index::digest::{Digest, Line};
use index::entry::Status;
use index::link::running::Runs;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::moment::lasting;
use crate::parts::affected::AffectedLine;
use crate::parts::package::verdict;
use crate::parts::sign::Sign;
use crate::words::{self, count, counted};

/// Identifiers that a line names at most.
const IDENTIFIERS: usize = 3;

/// Products that a line names at most.
const PRODUCTS: usize = 2;

/// Sources that a line names at most.
const SOURCES: usize = 4;

/// Products of ours that a line names at most.
const HERE: usize = 3;

/// Packages that are listed at most.
const PACKAGES: usize = 50;

/// Seconds below which it is not said for how long.
const A_WHILE: u64 = 60;

/// A digest in words.
#[derive(Clone, Debug)]
pub(crate) struct DigestView {
    /// Name of the subscription.
    pub(crate) name: String,
    /// The count and the worst.
    pub(crate) headline: String,
    /// What is watched.
    pub(crate) watched: String,
    /// When it was made, in the subscription's time zone.
    pub(crate) made: String,
    /// What is new.
    pub(crate) sections: Vec<SectionView>,
    /// How many lines are left out, in words; empty for none.
    pub(crate) more: String,
    /// The search that finds them.
    pub(crate) more_address: String,
    /// Why entries were let through without having been matched; empty where they were.
    pub(crate) unfiltered: String,
    /// Packages that wait for a decision.
    pub(crate) packages: Vec<WaitingView>,
    /// How many of them are left out, in words; empty for none.
    pub(crate) more_packages: String,
    /// The page that lists them.
    pub(crate) packages_address: String,
    /// How the sources are doing, in one sentence.
    pub(crate) health: String,
    /// The page that tells more of them.
    pub(crate) sources_address: String,
    /// Those that are not well.
    pub(crate) unwell: Vec<UnwellView>,
    /// Those that are well again, in one sentence; empty for none.
    pub(crate) recovered: String,
}

/// Entries that ask for the same to be done.
#[derive(Clone, Debug)]
pub(crate) struct SectionView {
    /// What they concern.
    pub(crate) heading: &'static str,
    /// By vendor.
    pub(crate) vendors: Vec<VendorView>,
}

/// What is new from one vendor.
#[derive(Clone, Debug)]
pub(crate) struct VendorView {
    /// Its name.
    pub(crate) name: String,
    /// One line for each group of entries.
    pub(crate) lines: Vec<LineView>,
}

/// One group of entries.
#[derive(Clone, Debug)]
pub(crate) struct LineView {
    /// The page of the entry that stands for it.
    pub(crate) address: String,
    /// How bad.
    pub(crate) severity: Option<Sign>,
    /// What is unusual about its status; empty for nothing.
    pub(crate) status: &'static str,
    /// Its first identifiers, or what sort of thing it is.
    pub(crate) identifiers: String,
    /// Title.
    pub(crate) title: String,
    /// Affected and fixed versions; empty where none are named.
    pub(crate) versions: String,
    /// What of it runs here; empty for nothing.
    pub(crate) here: String,
    /// New, or what changed since it was last sent.
    pub(crate) news: String,
    /// Who says it.
    pub(crate) said_by: String,
    /// When.
    pub(crate) dated: String,
}

/// A package that waits for a decision.
#[derive(Clone, Debug)]
pub(crate) struct WaitingView {
    /// Its file's name.
    pub(crate) name: String,
    /// What it claims to be, what its report asks for, since when it waits.
    pub(crate) sentence: String,
    /// Its page.
    pub(crate) address: String,
    /// Whether this is new.
    pub(crate) new: bool,
}

/// A source that is not well.
#[derive(Clone, Debug)]
pub(crate) struct UnwellView {
    /// Its name and how it is.
    pub(crate) sentence: String,
    /// Its page.
    pub(crate) address: String,
    /// Whether this is new.
    pub(crate) new: bool,
}

impl DigestView {
    /// The digest with links that begin with `site`; an empty one is for pages of ours.
    pub(crate) fn of(digest: &Digest, site: &str) -> Self {
        let zone = TimeZone::get(&digest.zone).unwrap_or(TimeZone::UTC);
        let sections = digest.sections.iter().map(|section| SectionView {
            heading: section.concern.as_str(),
            vendors: section
                .vendors
                .iter()
                .map(|vendor| VendorView {
                    name: if vendor.name.is_empty() {
                        "No single vendor".to_owned()
                    } else {
                        inert(&vendor.name)
                    },
                    lines: vendor.lines.iter().map(|line| LineView::of(line, site)).collect(),
                })
                .collect(),
        });
        Self {
            name: digest.name.clone(),
            headline: digest.headline(),
            watched: digest.watched.clone(),
            made: digest.made.to_zoned(zone).strftime("%Y-%m-%d %H:%M %Z").to_string(),
            sections: sections.collect(),
            more: match digest.more {
                0 => String::new(),
                more => {
                    format!("And {} that this digest has no room for.", counted(more, "entry", "entries"))
                }
            },
            more_address: format!("{site}{}", words::search_address(&digest.typed)),
            unfiltered: digest.unfiltered.as_deref().map(unfiltered).unwrap_or_default(),
            packages: digest
                .packages
                .iter()
                .take(PACKAGES)
                .map(|one| WaitingView::of(one, digest.made, site))
                .collect(),
            more_packages: match digest.packages.len().saturating_sub(PACKAGES) {
                0 => String::new(),
                more => format!("And {}.", counted(more as u64, "more package", "more packages")),
            },
            packages_address: format!("{site}/packages"),
            health: health(&digest.sources),
            sources_address: format!("{site}/sources"),
            unwell: digest.sources.unwell.iter().map(|one| UnwellView::of(one, digest.made, site)).collect(),
            recovered: match digest.sources.recovered.as_slice() {
                [] => String::new(),
                names => format!("Well again: {}.", inert(&names.join(", "))),
            },
        }
    }
}

fn unfiltered(reason: &str) -> String {
    format!(
        "The query could not be used, so everything new is shown here: {}. Change the query of this subscription.",
        words::unended(reason)
    )
}

fn health(sources: &Sources) -> String {
    match (sources.asked, sources.asked - sources.well.min(sources.asked)) {
        (0, _) => "No source is asked yet: nothing can be heard here.".to_owned(),
        (1, 0) => "The only source is healthy.".to_owned(),
        (all, 0) => format!("All {} sources are healthy.", count(all)),
        (all, _) => format!("{} of {} sources are healthy.", count(sources.well), count(all)),
    }
}

impl LineView {
    fn of(line: &Line, site: &str) -> Self {
        let named = line.identifiers.iter().take(IDENTIFIERS).cloned().collect::<Vec<_>>().join(", ");
        let status = if line.status == Status::InForce { "" } else { line.status.as_str() };
        Self {
            address: format!("{site}/entries/{}", line.entry.0),
            severity: line.severity.as_ref().map(Sign::severity),
            status,
            identifiers: if named.is_empty() { line.kind.as_str().to_owned() } else { inert(&named) },
            title: inert(&line.title),
            versions: inert(&versions(line)),
            here: here(&line.here),
            news: news(line),
            said_by: inert(&listed(&line.sources, SOURCES)),
            dated: line.dated.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string(),
        }
    }

    /// What stands before the title where there is no colour: severity, status and identifiers.
    pub(crate) fn before(&self) -> String {
        let severity = self.severity.as_ref().map(|sign| format!("[{}]", sign.word)).unwrap_or_default();
        let status = if self.status.is_empty() { String::new() } else { format!("[{}]", self.status) };
        let parts = [severity, status, format!("{}:", self.identifiers)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Words of a stranger, in which no mail program finds an address that it could make a link of.
fn inert(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("://", "[:]//").replace("www.", "www[.]")
}

fn versions(line: &Line) -> String {
    let mut lines = AffectedLine::heads(&line.affected);
    let left = lines.len().saturating_sub(PRODUCTS);
    lines.truncate(PRODUCTS);
    let mut said: Vec<String> = lines
        .iter()
        .map(|line| {
            let fixed =
                if line.fixed.is_empty() { String::new() } else { format!(", fixed in {}", line.fixed) };
            format!("{} {}{fixed}", line.product, line.affected).trim().to_owned()
        })
        .collect();
    if left > 0 {
        said.push(format!("and {}", counted(left as u64, "more product", "more products")));
    }
    said.join("; ")
}

/// What runs here, by environment.
fn here(runs: &[Runs]) -> String {
    let mut said: Vec<String> = runs
        .iter()
        .take(HERE)
        .map(|one| format!("{} runs {} {}", one.environment, inert(&one.product), inert(&one.version)))
        .collect();
    let left = runs.len().saturating_sub(HERE);
    said.extend((left > 0).then(|| format!("and {left} more")));
    said.join("; ")
}

fn news(line: &Line) -> String {
    let changes = line.changes.iter().map(|change| change.as_str()).collect::<Vec<_>>().join(", ");
    match (line.new, changes.as_str()) {
        (true, "") => "New".to_owned(),
        (true, changes) => format!("First told of here; changed: {changes}"),
        (false, "") => "Another source says it too".to_owned(),
        (false, changes) => format!("Changed since it was last sent: {changes}"),
    }
}

fn listed(names: &[String], most: usize) -> String {
    let left = names.len().saturating_sub(most);
    let mut said = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if left > 0 {
        said.push_str(&format!(" and {left} more"));
    }
    said
}

impl WaitingView {
    fn of(package: &Waiting, now: Timestamp, site: &str) -> Self {
        let seconds = now.as_second().saturating_sub(package.since.as_second());
        let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds >= A_WHILE);
        let since = seconds
            .map_or_else(|| "just arrived".to_owned(), |seconds| format!("waits for {}", lasting(seconds)));
        let verdict = verdict(package.attention);
        let parts = [inert(&package.claimed), verdict.to_owned(), since];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Self {
            name: inert(&package.name),
            sentence: parts.join("; "),
            address: format!("{site}/packages/{}", package.digest),
            new: package.new,
        }
    }
}

impl UnwellView {
    fn of(source: &Unwell, now: Timestamp, site: &str) -> Self {
        let seconds = |since: Timestamp| now.as_second().saturating_sub(since.as_second());
        let seconds = source.since.and_then(|since| u64::try_from(seconds(since)).ok());
        let lasting = seconds.filter(|seconds| *seconds >= A_WHILE).map(lasting);
        let state = match (source.state.as_str(), lasting) {
            ("unusually quiet", Some(lasting)) => format!("silent for {lasting}, which is unusual"),
            (state, Some(lasting)) => format!("{state} for {lasting}"),
            (state, None) => state.to_owned(),
        };
        let why = words::unended(&source.sentence);
        let why = if why.is_empty() { why } else { format!(": {}", inert(&why)) };
        Self {
            sentence: format!("{} is {state}{why}.", inert(&source.name)),
            address: format!("{site}{}", words::page("/sources", &source.slug)),
            new: source.new,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn a_strangers_words_hold_nothing_that_becomes_a_link() {
        assert_eq!(
            inert("see\r\nhttps://evil.example/x and  www.evil.example"),
            "see https[:]//evil.example/x and www[.]evil.example"
        );
    }
}
