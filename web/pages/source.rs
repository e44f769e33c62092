//! A source: its state in words, its last rounds as a strip and as a table, and a button to try again.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::response::Redirect;
use index::source::{Kind, Round};
use jiff::Timestamp;

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::{Moment, lasting};
use crate::parts::canary::CanaryLine;
use crate::parts::sign::Meaning;
use crate::parts::source::SourceLine;
use crate::state::State;
use crate::words::{count, counted, page};

/// Changing how often it is asked, and removing it.
pub(crate) mod change;

/// Rounds that the table shows at once; the others unfold.
const ROUNDS: usize = 8;

/// The page of a source.
#[derive(Template)]
#[template(path = "pages/source.html")]
pub(crate) struct Source {
    frame: Frame,
    source: SourceLine,
    asked: bool,
    interval: Interval,
    canary: Option<CanaryLine>,
    strip: Strip,
    rounds: Vec<RoundLine>,
    older: Vec<RoundLine>,
}

/// The field for how often it is asked.
struct Interval {
    typed: String,
    mistake: Option<String>,
    changed: bool,
}

/// The last rounds as a picture, oldest at the left.
struct Strip {
    width: usize,
    bars: Vec<Bar>,
    sentence: String,
}

/// One round in the picture: taller is worth more attention.
struct Bar {
    left: usize,
    top: usize,
    height: usize,
    class: &'static str,
    failed: bool,
    title: String,
}

/// One round in the table.
struct RoundLine {
    started: Moment,
    lasted: String,
    meaning: Meaning,
    outcome: String,
    seen: String,
    new: String,
    revised: String,
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    Path(slug): Path<String>,
    frame: Frame,
    asked: Asked,
) -> Result<Page<Source>, Failure> {
    let mut page = read(&state, &slug, frame).await?;
    page.asked = asked.first("asked").is_some();
    page.interval.changed = asked.first("interval").is_some();
    Ok(Page(page))
}

/// The page of a source as it is now.
async fn read(state: &State, slug: &str, frame: Frame) -> Result<Source, Failure> {
    let frame = frame.at(Here::Sources);
    let Some(view) = state.knowledge.source(slug).await? else { return Err(missing(frame)) };
    let view = view.at(frame.now);
    let canary = match view.source.kind {
        Kind::Canary => state.knowledge.canary().await?,
        _ => None,
    };
    let mut rounds: Vec<RoundLine> = view.rounds.iter().map(|round| line(round, frame.now)).collect();
    let older = rounds.split_off(rounds.len().min(ROUNDS));
    let typed = view.source.every_minutes.to_string();
    Ok(Source {
        source: SourceLine::of(&view, frame.now),
        canary: canary.map(|canary| CanaryLine::of(&canary, frame.now)),
        asked: false,
        interval: Interval { typed, mistake: None, changed: false },
        strip: strip(&view.rounds, frame.now),
        rounds,
        older,
        frame,
    })
}

/// Makes a source due at once, and leads back to its page.
pub(crate) async fn retry(
    Given(state): Given<State>,
    Path(slug): Path<String>,
    frame: Frame,
) -> Result<Redirect, Failure> {
    if !state.knowledge.ask_soon(&slug, frame.now).await? {
        return Err(missing(frame.at(Here::Sources)));
    }
    Ok(Redirect::to(&format!("{}?asked=now", page("/sources", &slug))))
}

fn missing(frame: Frame) -> Failure {
    Failure::missing(frame, "There is no source of this name here.", ("/sources", "All sources"))
}

fn line(round: &Round, now: Timestamp) -> RoundLine {
    let end = &round.end;
    let (meaning, outcome) = match (&end.failure, &end.remark) {
        (Some(failure), _) => (Meaning::Attention, format!("failed: {failure}")),
        (None, Some(remark)) => (Meaning::Note, format!("read, but: {remark}")),
        (None, None) => (Meaning::Quiet, "read".to_owned()),
    };
    let seconds = round.ended.as_second().saturating_sub(round.started.as_second());
    RoundLine {
        started: Moment::of(round.started, now),
        lasted: match u64::try_from(seconds).unwrap_or(0) {
            0 => "under a second".to_owned(),
            seconds => lasting(seconds),
        },
        meaning,
        outcome,
        seen: count(u64::from(end.seen)),
        new: count(u64::from(end.new)),
        revised: count(u64::from(end.revised)),
    }
}

fn strip(rounds: &[Round], now: Timestamp) -> Strip {
    let failed = rounds.iter().filter(|round| round.end.failure.is_some()).count() as u64;
    let news = rounds.iter().filter(|round| round.end.new + round.end.revised > 0).count() as u64;
    let bar = |(place, round): (usize, &Round)| {
        let line = line(round, now);
        let brought = round.end.new + round.end.revised > 0;
        let (height, class) = match (round.end.failure.is_some(), brought) {
            (true, _) => (32, "attention"),
            (false, true) => (20, "note"),
            (false, false) => (8, "quiet"),
        };
        let title =
            format!("{}: {}, {} new, {} revised", line.started.exact, line.outcome, line.new, line.revised);
        Bar { left: place * 14, top: 32 - height, height, class, failed: round.end.failure.is_some(), title }
    };
    Strip {
        width: (rounds.len() * 14).max(1),
        bars: rounds.iter().rev().enumerate().map(bar).collect(),
        sentence: match (rounds.len() as u64, failed, news) {
            (1, 1, _) => "The only round so far failed.".to_owned(),
            (1, _, 0) => "The only round so far brought nothing new.".to_owned(),
            (1, ..) => "The only round so far brought something new.".to_owned(),
            (all, ..) => format!(
                "Of the last {}, {} failed and {} brought something new.",
                counted(all, "round", "rounds"),
                count(failed),
                count(news)
            ),
        },
    }
}
