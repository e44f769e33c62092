//! A key: what it says of itself, its life line, what was said of it, where it was seen, what it signed, what was decided.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use index::evidence::Evidence;
use index::keys::sighting::Sighting;
use index::keys::view::KeyView;
use jiff::Timestamp;

use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::pages::keys::ChangeLine;
use crate::parts::key as part;
use crate::parts::lifeline::{Life, LifeLines};
use crate::parts::sign::Sign;
use crate::state::State;
use crate::words::{self, fours, page};

/// The page of a key.
#[derive(Template)]
#[template(path = "pages/key.html")]
pub(crate) struct Shown {
    frame: Frame,
    head: Head,
    facts: Vec<(String, String)>,
    life: Option<LifeLines>,
    heard: Heard,
    others: Vec<(String, String)>,
    changes: Vec<ChangeLine>,
    sightings: Vec<Seen>,
    packages: Vec<(String, String)>,
    pins: Vec<(String, Vec<String>)>,
    unknown: Vec<String>,
    json_address: String,
    script_address: String,
}

/// Which key it is, and how it stands.
struct Head {
    digits: String,
    sort: String,
    names: Vec<(String, &'static str)>,
    whose: String,
    state: String,
    sign: Sign,
    foreseen: Vec<(Sign, String)>,
    grade: &'static str,
    conflicting: bool,
}

/// What was said of it, and of keys that nearly are it.
struct Heard {
    said: Vec<Said>,
    alarms: Vec<String>,
    freshness: Option<String>,
    near: Vec<(String, Vec<(String, bool)>)>,
}

struct Said {
    grade: &'static str,
    stance: &'static str,
    role: &'static str,
    title: String,
    address: String,
    source: String,
    outward: Option<String>,
    quote: String,
    because: String,
    said: Option<Moment>,
    first_seen: Moment,
    missing: Option<String>,
    warnings: Vec<String>,
    copies: Option<String>,
}

struct Seen {
    place: String,
    /// The package that it lies in.
    package: Option<String>,
    outward: Option<String>,
    way: &'static str,
    vendor: String,
    first: Moment,
    last: Moment,
    missing: Option<Moment>,
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    Path(asked): Path<String>,
    frame: Frame,
) -> Result<Page<Shown>, Failure> {
    let frame = frame.at(Here::Keys);
    match state.knowledge.key(asked.as_bytes(), frame.now).await? {
        Some(view) => Ok(Page(shown(view, frame))),
        None => {
            let sentence = "That is no name of a key: it takes 8, 16, 40 or 64 hexadecimal digits.";
            Err(Failure::missing(frame, sentence, ("/keys", "All keys")))
        }
    }
}

/// What to say on the telephone, as Markdown.
pub(crate) async fn script(
    Given(state): Given<State>,
    Path(asked): Path<String>,
    frame: Frame,
) -> Result<Response, Failure> {
    let Some(view) = state.knowledge.key(asked.as_bytes(), frame.now).await? else {
        let sentence = "That is no name of a key: it takes 8, 16, 40 or 64 hexadecimal digits.";
        return Err(Failure::missing(frame, sentence, ("/keys", "All keys")));
    };
    let text = state.knowledge.call_script(&view, frame.now).await?;
    Ok(([(CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response())
}

fn shown(view: KeyView, frame: Frame) -> Shown {
    let now = frame.now;
    let facts = view.key.as_ref().map(|key| &key.facts);
    let life = view.key.as_ref().and_then(|key| {
        let (first_seen, last_seen) = (key.first_seen.as_second(), key.last_seen.as_second());
        LifeLines::of(&[Life { fact: &key.facts, first_seen, last_seen }], false, now.as_second())
    });
    let written = facts.map_or_else(|| view.asked.clone(), |facts| facts.fingerprint.written());
    let packages = view.packages.iter().map(|one| (page("/packages", &one.digest), one.name.clone()));
    Shown {
        head: head(&view),
        facts: facts.map(part::facts).unwrap_or_default(),
        life,
        heard: heard(&view, &frame),
        others: view.others.iter().map(|key| (part::address(&key.written()), key.grouped())).collect(),
        changes: view.changes.iter().map(|change| ChangeLine::of(change, &frame)).collect(),
        sightings: view.sightings.iter().map(|one| seen(one, now)).collect(),
        packages: packages.collect(),
        pins: view.pins.iter().map(part::pin).collect(),
        unknown: view.unknown.clone(),
        json_address: format!("/api/v1{}", part::address(&written)),
        script_address: format!("{}/call.md", part::address(&written)),
        frame,
    }
}

fn head(view: &KeyView) -> Head {
    let facts = view.key.as_ref().map(|key| &key.facts);
    let foreseen = view.foreseen.iter().map(|one| (Sign::outlook(one.outlook), one.sentence.clone()));
    Head {
        digits: facts.map_or_else(|| fours(&view.asked), |facts| facts.fingerprint.grouped()),
        sort: facts.map(|facts| format!("{}, {}", facts.kind.called(), facts.algorithm)).unwrap_or_default(),
        names: facts.map(|facts| facts.names.iter().map(name).collect()).unwrap_or_default(),
        whose: part::whose(view),
        state: part::state(view),
        sign: Sign::key_state(view),
        foreseen: foreseen.collect(),
        grade: view.evidence.best.as_str(),
        conflicting: view.evidence.conflicting,
    }
}

fn heard(view: &KeyView, frame: &Frame) -> Heard {
    let evidence = &view.evidence;
    Heard {
        said: evidence.evidence.iter().map(|one| said(one, frame)).collect(),
        alarms: evidence.alarms.clone(),
        freshness: evidence.freshness.as_ref().map(|one| one.sentence.clone()),
        near: evidence.near.iter().map(|near| (near.alike.clone(), near.groups.clone())).collect(),
    }
}

fn name(name: &inspect::key::fact::Name) -> (String, &'static str) {
    let word = match (name.bound, name.revoked) {
        (_, true) => "taken back by the key",
        (false, false) => "not vouched for by the key",
        (true, false) => "",
    };
    (name.text.clone(), word)
}

fn seen(one: &Sighting, now: Timestamp) -> Seen {
    let within = one.package();
    Seen {
        outward: words::outward(&one.place),
        place: within.map_or_else(|| one.place.clone(), |(_, path)| path.to_owned()),
        package: within.map(|(digest, _)| page("/packages", digest)),
        way: one.way.called(),
        vendor: one.vendor.clone().unwrap_or_default(),
        first: Moment::of(one.first_seen, now),
        last: Moment::of(one.last_seen, now),
        missing: one.missing_since.map(|at| Moment::of(at, now)),
    }
}

fn said(one: &Evidence, frame: &Frame) -> Said {
    let judgement = &one.judgement;
    Said {
        grade: judgement.grade.as_str(),
        stance: judgement.stance.as_str(),
        role: judgement.role.as_str(),
        title: one.title.clone(),
        address: page("/entries", &one.entry.0.to_string()),
        source: match &one.author {
            Some(author) => format!("{author}, {}", one.source_name),
            None => one.source_name.clone(),
        },
        outward: one.link.as_deref().and_then(words::outward),
        quote: words::unmarked(&judgement.quote),
        because: judgement.because.clone(),
        said: one.said.map(|at| Moment::of(at, frame.now)),
        first_seen: Moment::of(one.first_seen, frame.now),
        missing: judgement.missing.clone(),
        warnings: judgement.warnings.clone(),
        copies: (!one.copies.is_empty())
            .then(|| words::counted(one.copies.len() as u64, "copy says the same", "copies say the same")),
    }
}
