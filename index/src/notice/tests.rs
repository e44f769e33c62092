//! What is said, and that nothing is said of what is normal.

use jiff::{SignedDuration, Timestamp};

use super::{Facts, Tick, Weight, notices};
use crate::answer::{States, Totals};
use crate::canary::{Canary, Step, progress};
use crate::health::State;
use crate::room::Room;

fn at(minute: i64) -> Timestamp {
    "2026-11-24T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

fn check(facts: &Facts, expected: &[(Weight, &str)]) {
    let said = notices(facts, at(0));
    let said: Vec<_> = said.iter().map(|notice| (notice.weight, notice.sentence.as_str())).collect();
    assert_eq!(said, expected);
}

fn sources(states: &[(State, u64)]) -> Facts {
    let totals = Totals { sources: 7, ..Totals::default() };
    Facts { totals, states: States(states.iter().copied().collect()), ..Facts::default() }
}

#[test]
fn only_what_is_not_normal_is_said_of_sources() {
    use Weight::{Attention, Note};
    check(&sources(&[(State::Healthy, 6), (State::Waiting, 1)]), &[]);
    check(
        &sources(&[(State::Failing, 1), (State::Healthy, 6)]),
        &[(Attention, "1 of 7 sources is not answering: silence there proves nothing.")],
    );
    check(
        &sources(&[(State::Quiet, 3), (State::Gone, 1), (State::Suspended, 1)]),
        &[
            (Attention, "2 of 7 sources are not answering: silence there proves nothing."),
            (Note, "3 sources have said nothing new for unusually long."),
        ],
    );
    check(
        &sources(&[(State::Doubtful, 1)]),
        &[(Attention, "1 source answers, but not as before: something may be missing there.")],
    );
}

#[test]
fn an_index_that_follows_is_not_spoken_of() {
    let check = |behind, since: i64, expected: &[(Weight, &str)]| {
        let totals = Totals { behind, behind_since: Some(at(since)), ..Totals::default() };
        check(&Facts { totals, ..Facts::default() }, expected);
    };
    check(5_000, 0, &[]);
    check(
        1_200,
        -3,
        &[(
            Weight::Note,
            "1,200 entries are recorded but not yet found by search, the oldest for 3 minutes.",
        )],
    );
    check(
        1,
        -130,
        &[(
            Weight::Attention,
            "1 entry is recorded but not yet found by search, the oldest for 2 hours. `forewarn reindex` builds \
             the search index again.",
        )],
    );
}

fn tick(ran: i64, expected: i64, jump: Option<(i64, i64)>) -> Facts {
    let jump = jump.map(|(when, by)| (at(when), SignedDuration::from_mins(by)));
    let tick = Tick { name: "look at the clock".into(), ran: at(ran), expected: at(expected), jump };
    Facts { ticks: vec![tick], ..Facts::default() }
}

#[test]
fn a_clock_that_stands_still_or_jumps_is_told() {
    use Weight::{Attention, Note};
    check(&tick(-1, 9, None), &[]);
    check(&tick(3, 13, None), &[]);
    check(
        &tick(-30, -20, None),
        &[(
            Attention,
            "The program last came to look at the clock at 2026-11-24 07:30 UTC: does `forewarn serve` still run?",
        )],
    );
    check(
        &tick(60, 70, None),
        &[(
            Attention,
            "The clock of this machine is behind what is recorded: at 2026-11-24 09:00 UTC the program was last \
             seen to look at the clock.",
        )],
    );
    check(&tick(-1, 9, Some((-1441, 180))), &[]);
    check(
        &tick(-1, 9, Some((-30, -180))),
        &[(
            Note,
            "The clock of the program jumped back by 3 hours at 2026-11-24 07:30 UTC: moments around it are not to \
             be relied on.",
        )],
    );
}

#[test]
fn a_disk_that_is_nearly_full_is_told_first() {
    let room = |left: u64| Some(Room { whole: 100 << 30, left: left << 20 });
    check(&Facts { room: room(50_000), ..Facts::default() }, &[]);
    let facts = Facts { room: room(100), ..sources(&[(State::Doubtful, 2)]) };
    check(
        &facts,
        &[
            (
                Weight::Stop,
                "The disk of the data folder is nearly full: 100.0 MiB of 100.0 GiB are left. When it is full, nothing \
                 more can be recorded.",
            ),
            (Weight::Attention, "2 sources answer, but not as before: something may be missing there."),
        ],
    );
}

#[test]
fn a_canary_is_spoken_of_when_it_is_late() {
    let canary = |proved: Option<i64>, reached: &[(Step, Timestamp)]| {
        let canary =
            Canary { steps: progress(reached, false), proved: proved.map(at), awaited: at(-60 * 26) };
        Facts { canary: Some(canary), ..Facts::default() }
    };
    check(&canary(Some(-60 * 24), &[]), &[]);
    check(
        &canary(Some(-60 * 49), &[(Step::Fetch, at(-60)), (Step::Store, at(-60))]),
        &[(
            Weight::Attention,
            "No canary has come through for 2 days: what is said may not be found here. The newest was not yet found \
             by a search.",
        )],
    );
    check(
        &canary(None, &[]),
        &[(
            Weight::Attention,
            "No canary has come through for 1 day: what is said may not be found here. The newest was not yet fetched \
             over HTTP.",
        )],
    );
}
