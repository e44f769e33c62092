//! A subscription and its digest, against their descriptions.

use index::digest::sources::{Sources, Unwell};
use index::digest::waiting::Waiting;
use index::digest::{Concern, Digest, Line, Section, Vendor as From};
use index::entry::{EntryId, Kind, Status};
use index::link::running::Runs;
use index::outbox::{Posted, State as Parcel};
use index::revision::Change;
use index::subscription::recipient::Shape;
use index::subscription::rhythm::{Cadence, Quiet, Rhythm};
use index::subscription::{
    NothingNew, Recipient, Standing as How, Subscription, SubscriptionId, Tokens, Told, Wanted, Watch,
};
use jiff::Timestamp;

use super::{affected, check, severity};

#[test]
fn a_subscription_and_its_digest_are_as_described() {
    let at = Timestamp::UNIX_EPOCH;
    let time = jiff::civil::time(7, 0, 0, 0);
    let hook =
        Recipient::Webhook { url: "https://a.example".into(), shape: Shape::Teams, private_network: true };
    let cadence = Cadence::Week { on: 1, at: time };
    let rhythm = Rhythm { cadence, zone: "UTC".into(), quiet: Some(Quiet { from: time, to: time }) };
    let wanted = |recipient, rhythm| Wanted {
        name: "n".into(),
        watch: Watch {
            query: Some("q".into()),
            sources: true,
            estate: Some("production".into()),
            packages: true,
        },
        recipient,
        rhythm,
        every_change: true,
        nothing_new: NothingNew::Weekly,
    };
    check("Wanted", wanted(Recipient::Feed, Rhythm::default()));
    let subscription = Subscription {
        id: SubscriptionId(1),
        wanted: wanted(hook, rhythm),
        standing: How::Refused,
        sentence: Some("s".into()),
        due: Some(at),
        last_made: at,
        created: at,
        told: Told::default(),
        tokens: Tokens::default(),
    };
    let posted = Posted {
        created: at,
        digest: None,
        headline: "h".into(),
        state: Parcel::Waiting,
        sentence: Some("s".into()),
        sent: None,
        next_try: Some(at),
        attempts: 1,
        repeated: false,
    };
    check("Subscriptions", vec![subscription.clone()]);
    let posted = vec![posted];
    check("SubscriptionWithHistory", crate::api::subscriptions::WithHistory { subscription, posted });
    let line = Line {
        entry: EntryId(1),
        kind: Kind::Advisory,
        title: "t".into(),
        identifiers: vec!["CVE-2026-1".into()],
        severity: Some(severity()),
        status: Status::InForce,
        affected: vec![affected()],
        here: vec![Runs { environment: "production".into(), product: "p".into(), version: "1".into() }],
        sources: vec!["s".into()],
        new: true,
        changes: vec![Change::Severity],
        dated: at,
    };
    let unwell = Unwell {
        slug: "s".into(),
        name: "S".into(),
        state: "gone".into(),
        since: Some(at),
        sentence: String::new(),
        new: true,
    };
    check(
        "Digest",
        Digest {
            name: "n".into(),
            watched: "w".into(),
            made: at,
            zone: "UTC".into(),
            sections: vec![Section {
                concern: Concern::Exploited,
                vendors: vec![From { name: "v".into(), lines: vec![line] }],
            }],
            more: 1,
            typed: "q".into(),
            unfiltered: Some("u".into()),
            packages: vec![Waiting {
                digest: "ab".into(),
                name: "n".into(),
                claimed: "n 1".into(),
                attention: index::package::Attention::Something,
                since: at,
                new: true,
            }],
            sources: Sources {
                asked: 1,
                well: 0,
                unwell: vec![unwell],
                watched: true,
                recovered: vec!["r".into()],
            },
        },
    );
}
