//! A package: its brief, and behind it the whole report: what it claims, who signed it, what was found in it.

pub(crate) mod call;
pub(crate) mod decide;

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use index::brief::Brief;
use index::keys::judged::Signer;
use index::keys::sighting::Sighting;
use index::package::PackageView;
use inspect::comparison::{Comparison, Delta};
use inspect::container::attributes::Kind;
use inspect::finding::Finding;
use inspect::inspection::{Inspection, Listed};
use inspect::package::Claims;

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::brief::{self as parts, Section};
use crate::parts::delta;
use crate::parts::package::{self as part, Family};
use crate::parts::sign::Sign;
use crate::state::State;
use crate::words::{self, counted, fours};

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
    claimed: String,
    fields: Vec<FieldShown>,
    environments: Vec<EnvironmentShown>,
    mistake: Option<String>,
    sections: Vec<Section>,
    markdown_address: String,
    brief_address: String,
    decide: DecisionTyped,
    observe: Option<ObservationTyped>,
    first_seen: Moment,
    last_seen: Moment,
    json_address: String,
    delta: Option<DeltaShown>,
    claims: Vec<ClaimsShown>,
    more_claims: Option<String>,
    signatures: Vec<String>,
    signers: Vec<SignerShown>,
    carried: Vec<CarriedShown>,
    script: String,
    script_address: String,
    families: Vec<FamilyShown>,
    held: String,
    contents: Vec<Row>,
    more_contents: Option<String>,
    unread: Vec<(String, String)>,
    more_unread: Option<String>,
    bounds: Vec<(String, String)>,
    unbounded: Vec<String>,
}

struct FieldShown {
    name: &'static str,
    sign: Sign,
    said: String,
}

struct EnvironmentShown {
    name: String,
    address: String,
    chosen: bool,
}

/// The form of a decision, with what was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct DecisionTyped {
    address: String,
    outcome: String,
    by: String,
    reason: String,
    mistake: Option<String>,
}

/// The form of an observation, with what was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct ObservationTyped {
    address: String,
    by: String,
    text: String,
    mistake: Option<String>,
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

struct SignerShown {
    digits: String,
    address: Option<String>,
    policy: Sign,
    facts: Vec<(&'static str, String)>,
    evidence: Option<String>,
}

/// A key that lies in the package, and where.
struct CarriedShown {
    digits: String,
    address: String,
    place: String,
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
    asked: Asked,
) -> Result<Response, Failure> {
    let page = read(&state, &digest, asked.first("environment"), frame).await?;
    let status = if page.mistake.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok((status, Page(page)).into_response())
}

/// The page of a package, held against an environment.
async fn read(
    state: &State,
    digest: &str,
    environment: Option<&str>,
    frame: Frame,
) -> Result<Shown, Failure> {
    let frame = frame.at(Here::Packages);
    let (digest, now) = (digest.to_ascii_lowercase(), frame.now);
    let Some(view) = state.knowledge.package(&digest).await? else {
        let sentence = "No package with this digest has arrived here.";
        return Err(Failure::missing(frame, sentence, ("/packages", "All packages")));
    };
    let (answered, mistake) = match state.knowledge.brief(&digest, environment, now).await? {
        Ok(brief) => (brief, None),
        // The brief is shown all the same, as if nothing had been chosen.
        Err(refusal) => (state.knowledge.brief(&digest, None, now).await?.unwrap_or(None), Some(refusal.0)),
    };
    let Some(brief) = answered else {
        return Err(Failure::Broken(anyhow::anyhow!("find the package that was just there")));
    };
    let environments = state.knowledge.environments().await?;
    let signers = state.knowledge.verdicts(&digest, now).await?;
    let script = state.knowledge.package_script(&brief, now).await?;
    let carried = state.knowledge.keys_within(&digest).await?.iter().filter_map(carried).collect();
    Ok(Shown { mistake, script, carried, ..shown(view, &signers, &brief, &environments, frame) })
}

fn environments_shown(brief: &Brief, environments: &[String]) -> Vec<EnvironmentShown> {
    let one = |name: &String| EnvironmentShown {
        address: words::address(&format!("/packages/{}", brief.package.digest), &[("environment", name)]),
        chosen: brief.assessment.environment.as_ref() == Some(name),
        name: name.clone(),
    };
    environments.iter().map(one).collect()
}

fn fields_shown(brief: &Brief) -> Vec<FieldShown> {
    let all = brief.verdict.all().into_iter();
    all.map(|(name, field)| FieldShown { name, sign: Sign::field(field), said: field.in_words() }).collect()
}

fn shown(
    view: PackageView,
    signers: &[Signer],
    brief: &Brief,
    environments: &[String],
    frame: Frame,
) -> Shown {
    let PackageView { package, inspection } = view;
    let address = format!("/packages/{}", package.digest);
    let about = brief.product.is_some() && brief.version.is_some();
    let families = part::families(&delta::absolute(&inspection), &inspection.more_findings);
    let more = |number: u64, words: &str| (number > 0).then(|| format!("{number} more {words}"));
    let unread = |unread: &inspect::inspection::Unread| {
        let path = if unread.path.is_empty() { inspection.name.clone() } else { unread.path.clone() };
        (path, unread.why.clone())
    };
    let listed = &inspection.contents.listed;
    Shown {
        claimed: parts::claimed(brief),
        fields: fields_shown(brief),
        environments: environments_shown(brief, environments),
        mistake: None,
        sections: parts::sections(brief),
        markdown_address: format!("/api/v1{address}/brief.md"),
        brief_address: format!("/api/v1{address}/brief"),
        decide: DecisionTyped { address: format!("{address}/decisions"), ..DecisionTyped::default() },
        observe: about.then(|| ObservationTyped {
            address: format!("{address}/observations"),
            ..ObservationTyped::default()
        }),
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
        signers: signers.iter().map(signer).collect(),
        carried: Vec::new(),
        script: String::new(),
        script_address: format!("{address}/call.md"),
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

fn signer(signer: &Signer) -> SignerShown {
    let digits = signer.key.map_or_else(|| fours(&signer.called), |key| key.grouped());
    SignerShown {
        address: (!signer.called.is_empty()).then(|| crate::parts::key::address(&signer.called)),
        digits: if digits.is_empty() { "Nothing is signed".to_owned() } else { digits },
        policy: Sign::policy(signer.latest.policy),
        facts: crate::parts::key::verdict(signer),
        evidence: signer.latest.best.as_ref().map(|best| format!("/entries/{}", best.entry)),
    }
}

fn carried(sighting: &Sighting) -> Option<CarriedShown> {
    let (_, path) = sighting.package()?;
    Some(CarriedShown {
        digits: sighting.fingerprint.grouped(),
        address: crate::parts::key::address(&sighting.fingerprint.written()),
        place: path.to_owned(),
    })
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
