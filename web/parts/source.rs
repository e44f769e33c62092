//! A source and how it is doing, as lists and pages show it.

use index::answer::SourceView;
use index::health::State;
use jiff::Timestamp;

use crate::moment::{Moment, lasting};
use crate::parts::sign::{Sign, standing};
use crate::words;

/// A source in words.
#[derive(Clone, Debug)]
pub(crate) struct SourceLine {
    /// Its short name.
    pub(crate) slug: String,
    /// Its page.
    pub(crate) page: String,
    /// Its name.
    pub(crate) name: String,
    /// How it is read.
    pub(crate) kind: &'static str,
    /// Where it is, as written.
    pub(crate) address: String,
    /// Where it is, where a browser may be sent there.
    pub(crate) outward: Option<String>,
    /// On whose ground it speaks.
    pub(crate) standing: &'static str,
    /// Slug of its vendor; empty for none.
    pub(crate) vendor: String,
    /// Page of its vendor.
    pub(crate) vendor_page: String,
    /// Its state.
    pub(crate) state: Sign,
    /// Whether somebody should look.
    pub(crate) unwell: bool,
    /// Why, in one sentence; empty for none.
    pub(crate) sentence: String,
    /// When it was last asked.
    pub(crate) tried: Option<Moment>,
    /// When it last answered well.
    pub(crate) succeeded: Option<Moment>,
    /// When it last brought something.
    pub(crate) news: Option<Moment>,
    /// When it is asked next.
    pub(crate) next: Option<Moment>,
    /// Whether that moment has come.
    pub(crate) due: bool,
    /// What is said where it is not asked again by itself.
    pub(crate) no_next: &'static str,
    /// Entries that it has brought.
    pub(crate) entries: String,
    /// The search for them.
    pub(crate) entries_address: String,
    /// How often it is asked; empty where it is only read when somebody says so.
    pub(crate) every: String,
    /// Rounds that failed one after the other.
    pub(crate) failures: u32,
}

/// Why a source is in its state, in one sentence; empty where there is nothing to say.
pub(crate) fn sentence(view: &SourceView, now: Timestamp) -> String {
    let health = &view.health;
    let said = health.sentence.clone().unwrap_or_default();
    match (view.state, health.failing_since, health.quiet_after) {
        (State::Failing | State::Gone | State::Suspended, Some(since), _) => {
            format!("{}, failing since {}", words::unended(&said), Moment::of(since, now).exact)
        }
        (State::Quiet, _, Some(after)) => format!(
            "it answers, but has said nothing new for unusually long: something was to be expected by {}",
            Moment::of(after, now).exact
        ),
        _ => said,
    }
}

impl SourceLine {
    /// The source as it reads at `now`.
    pub(crate) fn of(view: &SourceView, now: Timestamp) -> Self {
        let (source, health) = (&view.source, &view.health);
        let moment = |at: Option<Timestamp>| at.map(|at| Moment::of(at, now));
        Self {
            slug: source.slug.clone(),
            page: words::page("/sources", &source.slug),
            name: source.name.clone(),
            kind: source.kind.as_str(),
            outward: words::outward(&source.address),
            address: source.address.clone(),
            standing: standing(source.standing),
            vendor: source.vendor.clone().unwrap_or_default(),
            vendor_page: words::page("/vendors", source.vendor.as_deref().unwrap_or_default()),
            state: Sign::state(view.state),
            unwell: view.state.is_unwell(),
            sentence: words::unended(&sentence(view, now)),
            tried: moment(health.last_tried),
            succeeded: moment(health.last_succeeded),
            news: moment(health.last_news),
            due: health.next_try.is_some_and(|next| next <= now),
            next: moment(health.next_try),
            no_next: if view.state.is_unwell() { "not before a person acts" } else { "only when imported" },
            entries: words::count(u64::try_from(health.entries).unwrap_or(0)),
            entries_address: words::search_address(&format!("source:{}", source.slug)),
            every: match source.every_minutes {
                0 => String::new(),
                minutes => format!("every {} while it answers", lasting(u64::from(minutes) * 60)),
            },
            failures: health.failures,
        }
    }

    /// Sources, those that need somebody first.
    pub(crate) fn all(views: &[SourceView], now: Timestamp) -> Vec<Self> {
        let mut lines: Vec<Self> = views.iter().map(|view| Self::of(view, now)).collect();
        lines.sort_by_key(|line| !line.unwell);
        lines
    }
}
