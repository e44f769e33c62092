//! Collisions: findings that the estate contradicts.
//!
//! A pure comparison of what a package does with what is so in one environment. Three answers for each kind: it collides,
//! nothing contradicts it, or it was not checked, with the reason; what is not known is never taken for absent, and a
//! finding that does not act (documentation, a comment, a test) never collides. Refuses to judge how bad a collision is.

mod account;
mod disk;
mod host;
mod least;
mod port;
mod sudo;
mod table;
mod unit;

use std::fmt;

use inspect::finding::object::Object;
use inspect::finding::{CheckId, Finding};
use inspect::inspection::{Contents, Inspection};
use inspect::package::Claims;
use serde::{Deserialize, Serialize};

use crate::estate::{Estate, Origin, Section};

/// What can collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A unit that is required and not there, or masked.
    Unit,
    /// A host that was retired.
    Host,
    /// A program that sudo does not allow.
    Sudo,
    /// A port that another program listens on.
    Port,
    /// A schema change on a large table without a bound on the wait for its lock.
    Table,
    /// A system, C library or runtime that is too old.
    Least,
    /// An account or group whose name or number somebody else has.
    Account,
    /// A disk without room for what is unpacked.
    Disk,
}

impl Kind {
    /// Every kind, in the order in which people are shown them.
    pub const ALL: [Self; 8] =
        [Self::Unit, Self::Host, Self::Sudo, Self::Port, Self::Table, Self::Least, Self::Account, Self::Disk];

    /// What is compared, in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "units",
            Self::Host => "retired hosts",
            Self::Sudo => "what sudo allows",
            Self::Port => "ports",
            Self::Table => "large tables",
            Self::Least => "least versions",
            Self::Account => "accounts and groups",
            Self::Disk => "room on disks",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What holding a package against an environment showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// The environment; `None` where no estate was given.
    pub environment: Option<String>,
    /// What the estate contradicts.
    pub collisions: Vec<Collision>,
    /// What could not be held against anything.
    pub not_checked: Vec<NotChecked>,
}

/// A finding that the estate contradicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Collision {
    /// What collides.
    pub kind: Kind,
    /// The finding; `None` where the package as a whole collides.
    pub finding: Option<Finding>,
    /// What the estate says, in words without a full stop.
    pub estate: String,
    /// Where the estate knows it from.
    pub origin: Origin,
    /// The whole of it in one plain sentence, with file and line, without its full stop.
    pub sentence: String,
}

/// Something that was not held against the estate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotChecked {
    /// What was not compared.
    pub kind: Kind,
    /// Why, in one sentence without its full stop, to be read after "not checked: ".
    pub sentence: String,
}

/// Holds what was found in a package against an environment; without one every kind is not checked.
#[must_use]
pub fn assess(
    findings: &[Finding],
    claims: &[Claims],
    contents: &Contents,
    estate: Option<&Estate>,
) -> Assessment {
    let Some(estate) = estate else {
        let not_checked = Kind::ALL.map(|kind| NotChecked {
            kind,
            sentence: format!("{kind}: there is no estate to hold them against"),
        });
        return Assessment { not_checked: not_checked.into(), ..Assessment::default() };
    };
    let case = Case { findings, claims, contents, estate };
    let environment = Some(estate.environment.clone());
    let mut told = Assessment { environment, ..Assessment::default() };
    unit::look(&case, &mut told);
    host::look(&case, &mut told);
    sudo::look(&case, &mut told);
    port::look(&case, &mut told);
    table::look(&case, &mut told);
    least::look(&case, &mut told);
    account::look(&case, &mut told);
    disk::look(&case, &mut told);
    told
}

/// The same for a whole report.
#[must_use]
pub fn of(inspection: &Inspection, estate: Option<&Estate>) -> Assessment {
    assess(&inspection.findings, &inspection.claims, &inspection.contents, estate)
}

/// What one kind looks at.
struct Case<'a> {
    findings: &'a [Finding],
    claims: &'a [Claims],
    contents: &'a Contents,
    estate: &'a Estate,
}

impl<'a> Case<'a> {
    /// Findings that act, each with one thing that it is about.
    fn objects(&self) -> impl Iterator<Item = (&'a Finding, &'a Object)> {
        let acting = self.findings.iter().filter(|finding| finding.activation.acts());
        acting.flat_map(|finding| finding.objects.iter().map(move |object| (finding, object)))
    }

    /// Whether a file of this name is in the package, in any folder, by the end of its path.
    fn brings(&self, end: &str) -> bool {
        let fits =
            |path: &str| path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        self.contents.listed.iter().any(|listed| fits(&listed.path))
    }

    /// A section of the estate; where it was never imported, that is noted as not checked.
    fn known<T>(
        &self,
        section: &'a Option<Section<T>>,
        kind: Kind,
        called: &str,
        told: &mut Assessment,
    ) -> Option<&'a Section<T>> {
        if section.is_none() {
            let environment = &self.estate.environment;
            told.miss(kind, format!("nothing was imported about {called} of {environment}"));
        }
        section.as_ref()
    }
}

impl Assessment {
    /// Whether something of this kind collides.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        self.collisions.iter().any(|collision| collision.kind == kind)
    }

    /// Notes a collision: `does` is what the package does, read after file and line; `estate` what is so.
    fn collide(&mut self, kind: Kind, finding: &Finding, does: &str, estate: String, origin: &Origin) {
        let sentence = format!("{}: {does}, but {estate}", place(finding));
        let collision =
            Collision { kind, finding: Some(finding.clone()), estate, origin: origin.clone(), sentence };
        // One line may be found by two families.
        if !self.collisions.iter().any(|known| known.sentence == collision.sentence) {
            self.collisions.push(collision);
        }
    }

    /// Notes that something was not checked; said once.
    fn miss(&mut self, kind: Kind, sentence: String) {
        if !self.not_checked.iter().any(|known| known.kind == kind && known.sentence == sentence) {
            self.not_checked.push(NotChecked { kind, sentence });
        }
    }
}

/// File and line of a finding.
fn place(finding: &Finding) -> String {
    let path = if finding.path.is_empty() { "the file itself" } else { finding.path.as_str() };
    match finding.line {
        Some(line) => format!("{path}:{line}"),
        None => path.to_owned(),
    }
}

/// Whether a finding is one of these checks and acts.
fn is_acting(finding: &Finding, checks: &[CheckId]) -> bool {
    finding.activation.acts() && checks.contains(&finding.check)
}
