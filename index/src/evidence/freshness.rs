//! How fresh a vendor's sources are, so that silence is not taken for an answer.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::answer::SourceView;
use crate::source::{Kind, Standing};

/// The shortest time without a reading after which a source's silence means little.
const STALE: SignedDuration = SignedDuration::from_hours(48);

/// Rounds that may be missed before it does.
const ROUNDS: i64 = 3;

/// The sources of a vendor that were searched, and which of them had not been read for long.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Freshness {
    /// How many sources of this vendor are known.
    pub searched: usize,
    /// Those that were not read lately, with the last time that each was; the longest ago first.
    pub stale: Vec<(String, Option<Timestamp>)>,
    /// The same as one sentence.
    pub sentence: String,
}

impl Freshness {
    /// The freshness of `sources`, which are those of one vendor, at `now`.
    #[must_use]
    pub fn of(sources: &[SourceView], now: Timestamp) -> Self {
        let speaking = |view: &&SourceView| view.source.standing != Standing::ThirdParty;
        let sources: Vec<&SourceView> = sources.iter().filter(speaking).collect();
        let mut stale: Vec<(String, Option<Timestamp>)> = sources
            .iter()
            .filter(|view| is_stale(view, now))
            .map(|view| (view.source.name.clone(), view.health.last_succeeded))
            .collect();
        stale.sort_by_key(|(_, read)| *read);
        let sentence = sentence(sources.len(), &stale, now);
        Self { searched: sources.len(), stale, sentence }
    }
}

fn is_stale(view: &SourceView, now: Timestamp) -> bool {
    if view.source.kind == Kind::Folder && view.source.every_minutes == 0 {
        return false;
    }
    let rounds = SignedDuration::from_mins(i64::from(view.source.every_minutes) * ROUNDS);
    let patience = rounds.max(STALE);
    view.health.last_succeeded.is_none_or(|read| now.duration_since(read) > patience)
}

fn sentence(searched: usize, stale: &[(String, Option<Timestamp>)], now: Timestamp) -> String {
    let sources = if searched == 1 { "source" } else { "sources" };
    match (searched, stale) {
        (0, _) => "no source of this vendor is known, so silence means nothing".to_owned(),
        (_, []) => format!("searched {searched} {sources} of this vendor, all read lately"),
        (_, [(name, read), rest @ ..]) => {
            let last = match read {
                Some(read) => format!("{name} was last read {} ago", days(now.duration_since(*read))),
                None => format!("{name} was never read"),
            };
            let others = match rest.len() {
                0 => String::new(),
                1 => ", and 1 more not lately".to_owned(),
                more => format!(", and {more} more not lately"),
            };
            format!("searched {searched} {sources} of this vendor; {last}{others}, so silence means little")
        }
    }
}

fn days(duration: SignedDuration) -> String {
    match duration.as_hours() {
        hours @ ..48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::Freshness;
    use crate::answer::SourceView;
    use crate::health::State;
    use crate::source::{Health, Kind, Source, SourceId, Standing};

    fn now() -> Timestamp {
        "2026-11-01T12:00:00Z".parse().unwrap()
    }

    fn source(name: &str, standing: Standing, read_days_ago: Option<i64>) -> SourceView {
        let read = read_days_ago.map(|days| now() - SignedDuration::from_hours(24 * days));
        SourceView {
            id: SourceId(1),
            source: Source {
                slug: name.to_owned(),
                name: name.to_owned(),
                vendor: Some("halvard".to_owned()),
                kind: Kind::Feed,
                address: "https://halvard.example/".to_owned(),
                standing,
                every_minutes: 60,
                private_network: false,
                options: serde_json::Value::Null,
            },
            health: Health { last_succeeded: read, ..Health::default() },
            state: State::Healthy,
            rounds: Vec::new(),
        }
    }

    fn check(sources: &[SourceView], sentence: &str) {
        assert_eq!(Freshness::of(sources, now()).sentence, sentence);
    }

    #[test]
    fn silence_is_weighed_by_when_sources_were_read() {
        let (own, third) = (Standing::Vendor, Standing::ThirdParty);
        check(&[], "no source of this vendor is known, so silence means nothing");
        check(
            &[source("mirror", third, Some(90))],
            "no source of this vendor is known, so silence means nothing",
        );
        check(&[source("blog", own, Some(0))], "searched 1 source of this vendor, all read lately");
        check(
            &[source("blog", own, Some(9)), source("forum", Standing::Platform, Some(1))],
            "searched 2 sources of this vendor; blog was last read 9 days ago, so silence means little",
        );
        check(
            &[source("blog", own, Some(9)), source("keys", own, None), source("news", own, Some(0))],
            "searched 3 sources of this vendor; keys was never read, and 1 more not lately, so silence means little",
        );
    }
}
