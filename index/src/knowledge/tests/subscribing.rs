//! What is recorded is told to whoever asked for it, once, and nothing is lost on the way.

use jiff::{SignedDuration, Timestamp};

use super::{House, at, said};
use crate::digest::Digest;
use crate::outbox::{Outcome, Parcel, State};
use crate::severity::{Level, Severity};
use crate::source::{Ended, RoundEnd};
use crate::subscription::recipient::Shape;
use crate::subscription::rhythm::{Cadence, Rhythm};
use crate::subscription::{NothingNew, Recipient, Standing, SubscriptionId, Wanted, Watch};

const MAIL: &str = "team@acme.example";

pub(super) fn wanted(query: &str, cadence: Cadence) -> Wanted {
    Wanted {
        name: query.into(),
        watch: Watch::entries(query),
        recipient: Recipient::mail(MAIL),
        rhythm: Rhythm { cadence, ..Rhythm::default() },
        every_change: false,
        nothing_new: NothingNew::Daily,
    }
}

pub(super) fn daily() -> Cadence {
    Cadence::Day { at: jiff::civil::time(7, 0, 0, 0) }
}

impl House {
    pub(super) async fn subscribed(&self, wanted: Wanted) -> SubscriptionId {
        self.knowledge.subscribe(wanted, true, at(0)).await.unwrap().unwrap()
    }

    /// Matches, makes what is due, and takes all that has to be sent.
    async fn taken(&self, now: Timestamp) -> Vec<Parcel> {
        self.knowledge.match_new(now).await.unwrap();
        self.knowledge.compose_due(now).await.unwrap();
        let desk = self.knowledge.desk().unwrap().expect("nobody else sends");
        self.knowledge.lease_parcels(&desk, &[], now, 100).await.unwrap()
    }

    /// The same, and everything arrives.
    pub(super) async fn sent(&self, now: Timestamp) -> Vec<Digest> {
        let parcels = self.taken(now).await;
        for parcel in &parcels {
            self.knowledge.end_parcel(parcel, &Outcome::Sent, now).await.unwrap();
        }
        parcels.into_iter().filter_map(|parcel| parcel.digest).map(|(_, digest)| digest).collect()
    }
}

pub(super) fn titles(digests: &[Digest]) -> Vec<String> {
    digests.iter().flat_map(Digest::lines).map(|line| line.title.clone()).collect()
}

pub(super) fn hours(number: i64) -> Timestamp {
    at(0) + SignedDuration::from_hours(number)
}

#[tokio::test]
async fn what_is_found_is_told_once() {
    let house = House::new().await;
    house.record("one", &[said("old", "Old pump", "pump", &[])], 1).await;
    house.subscribed(wanted("pump", Cadence::Once)).await;
    assert!(house.sent(at(2)).await.is_empty());
    house.record("one", &[said("a", "New pump", "pump", &[]), said("b", "Valve", "valve", &[])], 3).await;
    let told = house.sent(at(4)).await;
    assert_eq!(titles(&told), ["New pump"]);
    assert_eq!(told[0].headline(), "1 new");
    assert!(house.sent(at(5)).await.is_empty());
}

#[tokio::test]
async fn a_change_that_does_not_matter_is_told_only_to_whoever_wants_every_change() {
    let house = House::new().await;
    let all = Wanted { every_change: true, name: "all".into(), ..wanted("pump", Cadence::Once) };
    house.subscribed(wanted("pump", Cadence::Once)).await;
    house.subscribed(all).await;
    house.record("one", &[said("a", "Pump", "pump", &[])], 1).await;
    assert_eq!(house.sent(at(2)).await.len(), 2);
    house.record("one", &[said("a", "Pump", "pump, reworded", &[])], 3).await;
    let told = house.sent(at(4)).await;
    assert_eq!(told.iter().map(|digest| digest.name.as_str()).collect::<Vec<_>>(), ["all"]);
    let mut worse = said("a", "Pump", "pump, reworded", &[]);
    worse.statement.severity = Some(Severity { level: Level::Critical, score: None, vector: None });
    house.record("one", &[worse], 5).await;
    let told = house.sent(at(6)).await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].headline(), "1 new, worst critical");
    assert!(!told[0].lines().next().unwrap().new);
}

#[tokio::test]
async fn a_daily_digest_gathers_the_day_and_says_when_there_is_nothing() {
    let house = House::new().await;
    house.subscribed(wanted("pump", daily())).await;
    house.record("one", &[said("a", "First pump", "pump", &["CVE-2026-1"])], 1).await;
    house.record("two", &[said("b", "Same pump", "pump", &["CVE-2026-1"])], 2).await;
    assert!(house.sent(at(3)).await.is_empty());
    let told = house.sent(hours(24)).await;
    assert_eq!((told.len(), told[0].count()), (1, 1));
    assert_eq!(told[0].lines().next().unwrap().sources, ["ONE", "TWO"]);
    let told = house.sent(hours(48)).await;
    assert_eq!(told[0].headline(), "nothing new, 0 of 0 sources healthy");
}

#[tokio::test]
async fn a_pause_is_made_up_once_and_a_clock_that_jumps_does_no_harm() {
    let house = House::new().await;
    house.subscribed(wanted("pump", daily())).await;
    assert_eq!(house.sent(hours(24 * 30)).await.len(), 1);
    assert!(house.sent(hours(24 * 30)).await.is_empty());
    // The clock ran ahead by ten years, and is put right.
    assert_eq!(house.sent(hours(24 * 3_650)).await.len(), 1);
    house.record("one", &[said("a", "Pump", "pump", &[])], 1).await;
    assert_eq!(titles(&house.sent(hours(24 * 31)).await), ["Pump"]);
    assert!(house.sent(hours(24 * 31 + 1)).await.is_empty());
    assert_eq!(house.sent(hours(24 * 32)).await.len(), 1);
}

#[tokio::test]
async fn nothing_new_is_said_weekly_where_that_is_wanted() {
    let house = House::new().await;
    house.subscribed(Wanted { nothing_new: NothingNew::Weekly, ..wanted("pump", daily()) }).await;
    let mut said = 0;
    for day in 1..=21 {
        said += house.sent(hours(24 * day)).await.len();
    }
    assert_eq!(said, 3);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_any_more_lets_everything_through_and_says_so() {
    let house = House::new().await;
    let id = house.subscribed(wanted("pump", Cadence::Once)).await;
    // As a release with another language would have left it.
    let mut change = house.knowledge.store.change().await.unwrap();
    let broken = serde_json::to_string(&wanted("pump kind:rumour", Cadence::Once)).unwrap();
    let mut sql = crate::store::Sql::new("UPDATE subscription SET wanted = ");
    sql.push_bind(broken).push(" WHERE id = ").push_bind(id.0);
    sql.build().execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    house.record("one", &[said("a", "Valve", "valve", &[])], 1).await;
    let told = house.sent(at(2)).await;
    assert_eq!(titles(&told), ["Valve"]);
    assert!(told[0].unfiltered.as_deref().unwrap().contains("rumour"), "{:?}", told[0].unfiltered);
}

#[tokio::test]
async fn an_address_is_asked_before_anything_is_sent_to_it() {
    let house = House::new().await;
    let id = house.knowledge.subscribe(wanted("pump", Cadence::Once), false, at(0)).await.unwrap().unwrap();
    house.record("one", &[said("a", "Before", "pump", &[])], 1).await;
    let parcels = house.taken(at(2)).await;
    assert_eq!(parcels.len(), 1);
    assert!(parcels[0].digest.is_none());
    house.knowledge.end_parcel(&parcels[0], &Outcome::Sent, at(2)).await.unwrap();
    let token = parcels[0].subscription.tokens.confirm.clone();
    assert!(house.knowledge.confirm("guessed", at(3)).await.unwrap().is_none());
    house.knowledge.confirm(&token, at(3)).await.unwrap().unwrap();
    house.record("one", &[said("b", "After", "pump", &[])], 4).await;
    assert_eq!(titles(&house.sent(at(5)).await), ["After"]);
    let leave = parcels[0].subscription.tokens.leave.clone();
    house.knowledge.leave(&leave).await.unwrap().unwrap();
    house.record("one", &[said("c", "Later", "pump", &[])], 6).await;
    assert!(house.sent(at(7)).await.is_empty());
    let (left, _) = house.knowledge.subscription(id).await.unwrap().unwrap();
    assert_eq!(left.standing, Standing::Left);
}

#[tokio::test]
async fn what_may_have_arrived_is_marked_when_it_is_sent_again() {
    let house = House::new().await;
    house.subscribed(wanted("pump", Cadence::Once)).await;
    house.record("one", &[said("a", "Pump", "pump", &[])], 1).await;
    let first = house.taken(at(2)).await.remove(0);
    assert!(!first.repeated);
    // Whoever took it is no more; a new desk of the same folder takes it over at once.
    let again = house.taken(at(3)).await.remove(0);
    assert_eq!((again.repeated, &again.message), (true, &first.message));
    let failed = |certain| Outcome::Failed { sentence: "s".into(), certain, next_try: at(10) };
    house.knowledge.end_parcel(&again, &failed(true), at(3)).await.unwrap();
    assert!(house.taken(at(9)).await.is_empty());
    let third = house.taken(at(10)).await.remove(0);
    assert!(third.repeated, "the first attempt is as unclear as before");
    assert_eq!(third.failures, 2);
}

#[tokio::test]
async fn an_attempt_that_certainly_failed_is_no_repetition() {
    let house = House::new().await;
    house.subscribed(wanted("pump", Cadence::Once)).await;
    house.record("one", &[said("a", "Pump", "pump", &[])], 1).await;
    let first = house.taken(at(2)).await.remove(0);
    let failed = Outcome::Failed { sentence: "s".into(), certain: true, next_try: at(3) };
    house.knowledge.end_parcel(&first, &failed, at(2)).await.unwrap();
    assert!(!house.taken(at(3)).await.remove(0).repeated);
}

#[tokio::test]
async fn a_refusal_stops_that_address_and_no_other_and_loses_nothing() {
    let house = House::new().await;
    let id = house.subscribed(wanted("pump", Cadence::Once)).await;
    let other = Wanted { recipient: Recipient::mail("b@acme.example"), ..wanted("pump", Cadence::Once) };
    house.subscribed(other).await;
    house.record("one", &[said("a", "First", "pump", &[])], 1).await;
    for parcel in house.taken(at(2)).await {
        let outcome = if parcel.address == MAIL {
            Outcome::Refused { sentence: "the mail server did not take the recipient: 550".into() }
        } else {
            Outcome::Sent
        };
        house.knowledge.end_parcel(&parcel, &outcome, at(2)).await.unwrap();
    }
    let (found, posted) = house.knowledge.subscription(id).await.unwrap().unwrap();
    assert_eq!((found.standing, posted[0].state), (Standing::Refused, State::Refused));
    assert!(found.sentence.unwrap().contains("550"));
    assert_eq!(house.knowledge.backlog().await.unwrap().refused, 1);
    house.record("one", &[said("b", "Second", "pump", &[])], 3).await;
    assert_eq!(house.sent(at(4)).await.len(), 1);
    assert!(house.knowledge.resume(id, at(5)).await.unwrap());
    let mut told = titles(&house.sent(at(6)).await);
    told.sort();
    assert_eq!(told, ["First", "Second"]);
}

#[tokio::test]
async fn a_desk_is_the_only_one_of_its_folder() {
    let house = House::new().await;
    let desk = house.knowledge.desk().unwrap();
    assert!(desk.is_some() && house.knowledge.desk().unwrap().is_none());
    drop(desk);
    assert!(house.knowledge.desk().unwrap().is_some());
}

#[tokio::test]
async fn sources_that_fall_silent_are_told_at_once_and_once() {
    let house = House::new().await;
    let watch = Watch { sources: true, ..Watch::default() };
    house.subscribed(Wanted { watch, ..wanted("x", Cadence::Once) }).await;
    let round = |source, now, failure: Option<&str>| {
        let end = RoundEnd {
            failure: failure.map(str::to_owned),
            remark: None,
            symptom: None,
            seen: 0,
            new: 0,
            revised: 0,
            next_try: Some(at(500)),
        };
        [Ended { source, started: now, now, end, memory: serde_json::Value::Null }]
    };
    let taken = house.knowledge.lease_due("a", at(1), 10).await.unwrap();
    for source in &taken {
        house.knowledge.end_rounds(&round(source.id, at(1), None)).await.unwrap();
    }
    assert!(house.sent(at(2)).await.is_empty());
    house.knowledge.end_rounds(&round(taken[0].id, at(3), Some("failed to find the host"))).await.unwrap();
    let told = house.sent(at(4)).await;
    assert_eq!(told[0].headline(), "1 source changed its state, 2 of 3 healthy");
    assert!(house.sent(at(5)).await.is_empty());
    house.knowledge.end_rounds(&round(taken[0].id, at(6), None)).await.unwrap();
    let told = house.sent(at(7)).await;
    assert_eq!((told[0].sources.recovered.len(), told[0].sources.well), (1, 3));
}

#[tokio::test]
async fn the_operator_is_told_of_the_canary() {
    let house = House::new().await;
    let id = house.knowledge.tell_operator("ops@acme.example", at(0)).await.unwrap();
    assert_eq!(house.knowledge.tell_operator("ops@acme.example", at(1)).await.unwrap(), id);
    house.knowledge.keep_canary("http://127.0.0.1:1/", at(0)).await.unwrap();
    let song = format!("It sings {}.", crate::canary::token(at(1)));
    house.record(crate::canary::SLUG, &[said("1", "Canary of today", &song, &[])], 1).await;
    assert_eq!(house.knowledge.canary_sent().await.unwrap(), None);
    assert_eq!(titles(&house.sent(hours(24)).await), ["Canary of today"]);
    let reached = house.knowledge.canary().await.unwrap().unwrap().steps;
    let reached: Vec<_> = reached.iter().filter(|one| one.reached.is_some()).map(|one| one.step).collect();
    assert_eq!(reached, [crate::canary::Step::Match, crate::canary::Step::Outbox]);
    assert_eq!(house.knowledge.canary_sent().await.unwrap(), Some(hours(24)));
}

#[tokio::test]
async fn a_saved_search_is_read_as_a_feed_by_its_token_alone() {
    let house = House::new().await;
    house.record("one", &[said("a", "Pump", "pump", &[])], 1).await;
    let hook =
        Recipient::Webhook { url: "https://a.example/".into(), shape: Shape::Json, private_network: false };
    let id = house.subscribed(Wanted { recipient: hook, ..wanted("pump", Cadence::Once) }).await;
    let (found, _) = house.knowledge.subscription(id).await.unwrap().unwrap();
    for guessed in ["", "guessed", &found.tokens.leave] {
        assert!(house.knowledge.feed(id, guessed).await.unwrap().is_none());
    }
    let (_, cards) = house.knowledge.feed(id, &found.tokens.feed).await.unwrap().unwrap();
    assert_eq!(cards.len(), 1);
    assert!(house.knowledge.unsubscribe(id).await.unwrap());
    assert!(house.knowledge.feed(id, &found.tokens.feed).await.unwrap().is_none());
}
