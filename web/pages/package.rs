//! A package: what it is, what it claims, who signed it, what was found in it, and what was not checked.

use askama::Template;
use axum::extract::{Path, State as Given};
use index::package::PackageView;
use inspect::comparison::{Comparison, Delta};
use inspect::container::attributes::Kind;
use inspect::finding::Finding;
use inspect::inspection::{Inspection, Listed};
use inspect::package::Claims;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::delta;
use crate::parts::package::{self as part, Family};
use crate::parts::sign::Sign;
use crate::state::State;
use crate::words::{counted, fours};

/// Entries of the contents that are shown; the report as JSON has all of them.
const SHOWN: usize = 2_000;
/// Packages within the file whose claims are shown.
const CLAIMS: usize = 20;
/// Findings of a family that are shown before folding.
const LINES: usize = 12;

/// The page of a package.
#[derive(Template)]
#[template(path = "pages/package.html")]
pub(crate) struct Shown {
    frame: Frame,
    name: String,
    kind: String,
    size: String,
    digest: String,
    digest_shown: String,
    attention: Sign,
    verdict: &'static str,
    first_seen: Moment,
    last_seen: Moment,
    json_address: String,
    delta: Option<DeltaShown>,
    claims: Vec<ClaimsShown>,
    more_claims: Option<String>,
    signatures: Vec<String>,
    families: Vec<FamilyShown>,
    held: String,
    contents: Vec<Row>,
    more_contents: Option<String>,
    unread: Vec<(String, String)>,
    more_unread: Option<String>,
    bounds: Vec<(String, String)>,
    unbounded: Vec<String>,
}

struct DeltaShown {
    title: String,
    sentences: Vec<String>,
    families: Vec<FamilyShown>,
    files: Vec<String>,
}

impl DeltaShown {
    fn of(comparison: &Comparison, found: Option<&Delta>) -> DeltaShown {
        let nothing = Delta::default();
        let found = found.unwrap_or(&nothing);
        let part = |title: &str, findings: &[Finding]| {
            family(Family { title: title.to_owned(), listed: findings.to_vec(), folded: Vec::new(), more: 0 })
        };
        DeltaShown {
            title: delta::heading(comparison),
            sentences: delta::sentences(comparison),
            families: vec![
                part("What was otherwise", &found.changes),
                part("Found now and not before", &found.new),
                part("Found before and not now", &found.gone),
            ],
            files: delta::listed(&found.files).take(SHOWN).collect(),
        }
    }
}

struct ClaimsShown {
    title: String,
    facts: Vec<(&'static str, String)>,
    relations: Vec<(String, String)>,
    changelog: Option<String>,
}

struct FamilyShown {
    title: String,
    listed: Vec<FindingShown>,
    folded: Vec<FindingShown>,
    fold: String,
}

struct FindingShown {
    check: &'static str,
    place: String,
    detail: String,
    quote: Option<String>,
    tags: Vec<&'static str>,
}

struct Row {
    path: String,
    kind: String,
    size: String,
    rights: String,
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    Path(digest): Path<String>,
    frame: Frame,
) -> Result<Page<Shown>, Failure> {
    let frame = frame.at(Here::Packages);
    match state.knowledge.package(&digest.to_ascii_lowercase()).await? {
        Some(view) => Ok(Page(shown(view, frame))),
        None => {
            let sentence = "No package with this digest has arrived here.";
            Err(Failure::missing(frame, sentence, ("/packages", "All packages")))
        }
    }
}

fn shown(view: PackageView, frame: Frame) -> Shown {
    let PackageView { package, inspection } = view;
    let families = part::families(&delta::absolute(&inspection), &inspection.more_findings);
    let more = |number: u64, words: &str| (number > 0).then(|| format!("{number} more {words}"));
    let unread = |unread: &inspect::inspection::Unread| {
        let path = if unread.path.is_empty() { inspection.name.clone() } else { unread.path.clone() };
        (path, unread.why.clone())
    };
    let listed = &inspection.contents.listed;
    Shown {
        verdict: part::verdict(package.attention),
        attention: Sign::attention(package.attention),
        first_seen: Moment::of(package.first_seen, frame.now),
        last_seen: Moment::of(package.last_seen, frame.now),
        json_address: format!("/api/v1/packages/{}", package.digest),
        digest_shown: fours(&package.digest),
        delta: inspection
            .comparison
            .as_ref()
            .map(|comparison| DeltaShown::of(comparison, delta::delta(&inspection))),
        claims: inspection.claims.iter().take(CLAIMS).map(claims).collect(),
        more_claims: more(inspection.claims.len().saturating_sub(CLAIMS) as u64, "packages are in it"),
        signatures: inspection.signatures.iter().map(part::signature).collect(),
        families: families.into_iter().map(family).collect(),
        held: part::held(&inspection),
        contents: listed.iter().take(SHOWN).map(row).collect(),
        more_contents: more(
            listed.len().saturating_sub(SHOWN) as u64 + inspection.contents.left_out,
            "entries are not shown here",
        ),
        unread: inspection.unread.iter().map(unread).collect(),
        more_unread: more(inspection.more_unread, "were not read"),
        bounds: bounds(&inspection),
        unbounded: part::unbounded(&inspection).into_iter().map(str::to_owned).collect(),
        name: package.name,
        kind: package.kind,
        size: part::size(package.size),
        digest: package.digest,
        frame,
    }
}

fn bounds(inspection: &Inspection) -> Vec<(String, String)> {
    let held = inspection.confinement.iter().filter(|bound| bound.held);
    held.map(|bound| (bound.name.clone(), bound.detail.clone())).collect()
}

fn claims(claims: &Claims) -> ClaimsShown {
    let relations = claims.dependencies.iter();
    ClaimsShown {
        title: part::claimed(claims),
        facts: part::facts(claims),
        relations: relations.map(|one| (one.relation.clone(), one.target.clone())).collect(),
        changelog: claims.changelog.clone(),
    }
}

fn family(family: Family) -> FamilyShown {
    let mut listed: Vec<FindingShown> = family.listed.iter().map(finding).collect();
    let beyond = listed.split_off(listed.len().min(LINES));
    let folded: Vec<FindingShown> = beyond.into_iter().chain(family.folded.iter().map(finding)).collect();
    let more =
        if family.more > 0 { format!(", and {} that were only counted", family.more) } else { String::new() };
    let fold = format!("{}{more}", counted(folded.len() as u64, "more", "more"));
    FamilyShown { title: family.title, listed, folded, fold }
}

fn finding(finding: &Finding) -> FindingShown {
    let place = match finding.line {
        Some(line) => format!("{}:{line}", finding.path),
        None => finding.path.clone(),
    };
    let mut tags = Vec::new();
    if finding.activation != inspect::finding::Activation::Active {
        tags.push(finding.activation.as_str());
    }
    tags.extend(finding.trigger.map(inspect::finding::Trigger::as_str));
    if finding.confidence != inspect::finding::Confidence::High {
        tags.push(match finding.confidence {
            inspect::finding::Confidence::Medium => "fairly sure",
            _ => "unsure",
        });
    }
    FindingShown {
        check: finding.check.as_str(),
        place,
        detail: finding.detail.clone(),
        quote: finding.quote.as_ref().map(ToString::to_string),
        tags,
    }
}

fn row(listed: &Listed) -> Row {
    let kind = match &listed.kind {
        Kind::File => String::new(),
        Kind::Directory => "directory".to_owned(),
        Kind::Symlink { target } => format!("link to {target}"),
        Kind::Hardlink { target } => format!("second name of {target}"),
        Kind::Device => "device or pipe".to_owned(),
    };
    let mode = listed.mode.map(|mode| format!("{mode:04o}"));
    let owner = [&listed.user, &listed.group].into_iter().flatten().cloned().collect::<Vec<_>>().join(":");
    let rights = mode.into_iter().chain((!owner.is_empty()).then_some(owner)).collect::<Vec<_>>().join(" ");
    let size = if listed.kind == Kind::File { part::size(listed.size) } else { String::new() };
    Row { path: listed.path.clone(), kind, size, rights }
}
