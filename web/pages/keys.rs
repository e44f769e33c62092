//! Keys: what changed about them, the newest first, and what will become of those in use.

use askama::Template;
use axum::extract::State as Given;
use index::keys::change::Change;
use index::keys::view::KeyLine;

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::parts::key::address;
use crate::parts::sign::Sign;
use crate::state::State;
use crate::words::{counted, page};

/// Changes that are shown.
const CHANGES: u32 = 100;
/// Keys of the forecast that are shown.
const FORESEEN: usize = 60;

/// The page.
#[derive(Template)]
#[template(path = "pages/keys.html")]
pub(crate) struct Keys {
    frame: Frame,
    asked: String,
    nothing: Option<String>,
    known: String,
    changes: Vec<ChangeLine>,
    forecast: Vec<ForecastLine>,
    more: Option<String>,
}

/// A change in a list.
pub(crate) struct ChangeLine {
    pub(crate) address: String,
    pub(crate) digits: String,
    pub(crate) name: String,
    pub(crate) what: Sign,
    pub(crate) detail: String,
    pub(crate) related: Vec<(String, String)>,
    pub(crate) vendor: Option<(String, String)>,
    pub(crate) place: String,
    pub(crate) at: Moment,
    pub(crate) times: Option<String>,
}

struct ForecastLine {
    address: String,
    digits: String,
    name: String,
    vendors: String,
    foreseen: Vec<(Sign, String)>,
}

/// Shows it; what is asked for leads to a key's own page.
pub(crate) async fn show(
    Given(state): Given<State>,
    asked: Asked,
    frame: Frame,
) -> Result<Page<Keys>, Failure> {
    let typed = asked.first("key").unwrap_or_default().trim().to_owned();
    let changes = state.knowledge.key_changes(None, CHANGES).await?;
    let mut forecast = state.knowledge.key_forecast(frame.now).await?;
    let more = forecast.len().saturating_sub(FORESEEN);
    forecast.truncate(FORESEEN);
    let found =
        if typed.is_empty() { None } else { state.knowledge.key(typed.as_bytes(), frame.now).await? };
    let nothing = match (&found, typed.is_empty()) {
        (_, true) => None,
        (None, false) => Some("There is no name of a key in that. It takes a fingerprint, a key id, or an error text that holds one".to_owned()),
        (Some(view), false) => Some(format!("{}: {}", crate::words::fours(&view.asked), crate::parts::key::state(view))),
    };
    Ok(Page(Keys {
        known: counted(state.knowledge.key_count().await?, "key", "keys"),
        changes: changes.iter().map(|change| ChangeLine::of(change, &frame)).collect(),
        forecast: forecast.into_iter().map(foreseen).collect(),
        more: (more > 0).then(|| format!("{more} more keys; the interface for programs lists them all")),
        asked: found.map(|view| address(&view.asked)).unwrap_or_default(),
        nothing,
        frame: frame.at(Here::Keys),
    }))
}

impl ChangeLine {
    /// A change as it is shown.
    pub(crate) fn of(change: &Change, frame: &Frame) -> ChangeLine {
        let related = change.related.iter().map(|key| (address(&key.written()), key.grouped()));
        ChangeLine {
            address: address(&change.fingerprint.written()),
            digits: change.fingerprint.grouped(),
            name: change.name.clone().unwrap_or_default(),
            what: Sign::key_change(change.what),
            detail: change.detail.clone(),
            related: related.collect(),
            vendor: change.vendor.as_ref().map(|slug| (page("/vendors", slug), slug.clone())),
            place: change.place.clone(),
            at: Moment::of(change.first_at, frame.now),
            times: (change.times > 1).then(|| format!("noticed {} times", change.times)),
        }
    }
}

fn foreseen(line: KeyLine) -> ForecastLine {
    let facts = &line.key.facts;
    ForecastLine {
        address: address(&facts.fingerprint.written()),
        digits: facts.fingerprint.grouped(),
        name: facts.name().unwrap_or_default().to_owned(),
        vendors: line.vendors.join(", "),
        foreseen: line
            .foreseen
            .iter()
            .map(|one| (Sign::outlook(one.outlook), one.sentence.clone()))
            .collect(),
    }
}
