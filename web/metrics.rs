//! `/metrics`: what is counted, in the text format that Prometheus reads.
//!
//! What the record knows is asked of it at every reading; what only this process knows (answers, fetches, turns) is counted
//! in [`Counts`] since it started. Nothing here names a source, a visitor or an address.

mod text;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{Request, State as Given};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use crawler::fetch::Door;
use crawler::round::Turn;
use index::health;
use index::knowledge::Figures;
use jiff::{SignedDuration, Timestamp};

use self::text::{Kind, Text};
use crate::failure;
use crate::state::State;

/// The text format, version 0.0.4.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper bounds of the buckets in microseconds: most pages take a few milliseconds, and none more than 30 seconds.
const BUCKETS: [u64; 10] =
    [1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000, 30_000_000];

/// Classes of statuses, by their first digit.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// What this process has counted since it started.
#[derive(Default)]
pub struct Counts {
    answers: [AtomicU64; CLASSES.len()],
    /// Answers by the first bucket that they fit in; the last one is for the slower ones.
    durations: [AtomicU64; BUCKETS.len() + 1],
    /// Microseconds of all answers together.
    duration: AtomicU64,
    read: AtomicU64,
    failed: AtomicU64,
    door: OnceLock<Door>,
}

impl Counts {
    /// Counts a source's turn.
    pub fn turned(&self, turn: &Turn) {
        let counted = if turn.end.failure.is_some() { &self.failed } else { &self.read };
        counted.fetch_add(1, Ordering::Relaxed);
    }

    /// Has the fetches of this door told too.
    pub fn watch(&self, door: Door) {
        // A second door would be a second crawl in one process, which there is not.
        let _ = self.door.set(door);
    }

    fn answered(&self, status: StatusCode, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        let bucket = BUCKETS.iter().position(|bound| micros <= *bound).unwrap_or(BUCKETS.len());
        for counted in [self.answers.get(class), self.durations.get(bucket)].into_iter().flatten() {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        self.duration.fetch_add(micros, Ordering::Relaxed);
    }
}

/// Counts every answer and how long it took.
pub(crate) async fn count(Given(state): Given<State>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let response = next.run(request).await;
    state.counts.answered(response.status(), began.elapsed());
    response
}

/// Shows it.
pub(crate) async fn read(
    Given(state): Given<State>,
) -> (StatusCode, [(HeaderName, &'static str); 1], String) {
    let now = state.now();
    let (status, text) = match state.knowledge.figures(now).await {
        Ok(figures) => (StatusCode::OK, written(&figures, &state.counts, now)),
        Err(error) => {
            let reference = failure::logged(&error);
            (
                StatusCode::SERVICE_UNAVAILABLE,
                format!("# the record cannot be read (reference {reference})\n"),
            )
        }
    };
    (status, [(CONTENT_TYPE, FORMAT)], text)
}

fn written(figures: &Figures, counts: &Counts, now: Timestamp) -> String {
    let mut text = Text::default();
    known(&mut text, figures, now);
    watched(&mut text, figures, now);
    counted(&mut text, counts);
    text.end()
}

/// What the record holds.
fn known(text: &mut Text, figures: &Figures, now: Timestamp) {
    text.metric("forewarn_sources", Kind::Gauge, "Sources by their state.");
    for state in health::State::ALL {
        let count = figures.states.0.get(&state).copied().unwrap_or(0);
        text.sample("forewarn_sources", &[("state", state.as_word())], count);
    }
    let totals = &figures.totals;
    for (name, help, value) in [
        ("forewarn_entries", "Entries recorded.", totals.entries),
        ("forewarn_revisions", "Revisions recorded.", totals.revisions),
        ("forewarn_index_behind_entries", "Entries recorded but not yet searchable.", totals.behind),
        (
            "forewarn_index_behind_seconds",
            "How long the oldest entry that is not yet searchable has waited.",
            since(totals.behind_since, now),
        ),
        ("forewarn_sources_waiting", "Sources that are due and that nobody has taken.", figures.waiting),
        (
            "forewarn_sources_waiting_seconds",
            "For how long the first of those sources has been due.",
            since(figures.waiting_since, now),
        ),
    ] {
        text.metric(name, Kind::Gauge, help);
        text.sample(name, &[], value);
    }
}

/// What the house knows of itself.
fn watched(text: &mut Text, figures: &Figures, now: Timestamp) {
    if let Some(canary) = &figures.canary {
        let name = "forewarn_canary_age_seconds";
        let help = "How long ago the canary last came through, or for how long the first one is waited for.";
        text.metric(name, Kind::Gauge, help);
        text.sample(name, &[], seconds(canary.age(now)));
        let name = "forewarn_canary_late";
        text.metric(name, Kind::Gauge, "Whether the canary is overdue: 1 for yes.");
        text.sample(name, &[], u64::from(canary.is_late(now)));
    }
    if let Some(room) = figures.room {
        for (name, help, value) in [
            ("forewarn_disk_bytes", "Size of the disk of the data folder.", room.whole),
            ("forewarn_disk_left_bytes", "Bytes that may still be written to that disk.", room.left),
        ] {
            text.metric(name, Kind::Gauge, help);
            text.sample(name, &[], value);
        }
    }
}

/// What this process has counted.
fn counted(text: &mut Text, counts: &Counts) {
    let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let name = "forewarn_rounds_total";
    text.metric(name, Kind::Counter, "Turns of sources that ended since this process started.");
    text.sample(name, &[("outcome", "read")], load(&counts.read));
    text.sample(name, &[("outcome", "failed")], load(&counts.failed));
    let name = "forewarn_fetches_total";
    text.metric(name, Kind::Counter, "Fetches by how they ended, since this process started.");
    for (outcome, count) in counts.door.get().map(Door::tally).unwrap_or_default() {
        text.sample(name, &[("outcome", outcome)], count);
    }
    let name = "forewarn_http_answers_total";
    text.metric(name, Kind::Counter, "Answers of this process by the class of their status.");
    for (class, count) in CLASSES.iter().zip(&counts.answers) {
        text.sample(name, &[("class", class)], load(count));
    }
    let name = "forewarn_http_answer_seconds";
    text.metric(name, Kind::Histogram, "How long answers of this process took.");
    let durations: Vec<u64> = counts.durations.iter().map(load).collect();
    text.histogram(name, &BUCKETS, &durations, load(&counts.duration));
}

fn since(at: Option<Timestamp>, now: Timestamp) -> u64 {
    at.map_or(0, |at| seconds(now.duration_since(at)))
}

fn seconds(length: SignedDuration) -> u64 {
    u64::try_from(length.as_secs()).unwrap_or(0)
}
