//! Both directions: what must be said, and what must not.

use jiff::{SignedDuration, Timestamp};

use super::{Channel, Said, disagreement, link, said};
use crate::source::Kind;

fn day(number: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
}

/// A channel that was first read on day 0. Of each entry: its number, the day it was said, the day it was first seen.
fn channel(kind: Kind, answered: i64, entries: impl IntoIterator<Item = (i64, i64, i64)>) -> Channel {
    let said = |(number, dated, seen)| Said {
        marks: vec![format!("title notice number {number}")],
        title: format!("Notice {number}"),
        seen: day(seen),
        dated: Some(day(dated)),
    };
    Channel {
        name: format!("Acme {}", kind.as_str()),
        vendor: Some("acme".into()),
        kind,
        answered: Some(day(answered)),
        begun: day(0),
        said: entries.into_iter().map(said).collect(),
    }
}

/// Entries that were there when the channel was first read, said each on its own day before.
fn old(numbers: std::ops::Range<i64>) -> impl Iterator<Item = (i64, i64, i64)> {
    numbers.map(|number| (number, number - 100, 0))
}

fn check(page: &Channel, feed: &Channel, today: i64, expected: Option<&str>) {
    assert_eq!(disagreement(feed, page, day(today)).as_deref(), expected);
    assert_eq!(disagreement(page, feed, day(today)), None, "the feed says nothing more than the page");
}

#[test]
fn a_feed_that_stopped_saying_what_the_page_says_is_found_after_a_week() {
    let said = "“Acme page” has said 1 thing that does not stand in “Acme feed”: “Notice 50”, first seen there on \
                2026-01-11";
    let page = || channel(Kind::Page, 30, old(0..20).chain([(50, 10, 10)]));
    check(&page(), &channel(Kind::Feed, 17, old(0..20)), 17, None);
    check(&page(), &channel(Kind::Feed, 18, old(0..20)), 18, Some(said));
    check(&page(), &channel(Kind::Feed, 15, old(0..20)), 18, None);
    check(&page(), &channel(Kind::Feed, 18, old(0..20).chain([(50, 10, 18)])), 18, None);
    check(&page(), &channel(Kind::Feed, 75, old(0..20)), 75, None);
}

#[test]
fn the_other_direction_is_the_same() {
    let feed = channel(Kind::Feed, 30, old(0..20).chain([(50, 10, 10), (51, 11, 11)]));
    let page = channel(Kind::Page, 30, old(0..20));
    let said = disagreement(&page, &feed, day(30)).unwrap();
    assert!(
        said.starts_with("“Acme feed” has said 2 things that do not stand in “Acme page”, such as"),
        "{said}"
    );
    assert!(said.contains("“Notice 51”"), "{said}");
    assert_eq!(disagreement(&feed, &page, day(30)), None);
}

#[test]
fn a_short_feed_is_not_blamed_for_what_lies_before_it() {
    let page = channel(Kind::Page, 90, old(0..60));
    check(&page, &channel(Kind::Feed, 90, old(40..60)), 30, None);
}

#[test]
fn channels_that_say_different_things_are_left_alone() {
    let page = channel(Kind::Page, 90, old(0..40).chain([(50, 10, 10)]));
    check(&page, &channel(Kind::Feed, 90, old(0..4)), 30, None);
    let every_other = old(0..40).filter(|(number, ..)| number % 2 == 0);
    check(&page, &channel(Kind::Feed, 90, every_other), 30, None);
    let mut another = channel(Kind::Feed, 90, old(0..40));
    another.vendor = Some("halvard".into());
    check(&page, &another, 30, None);
    another.vendor = Some("acme".into());
    another.kind = Kind::Page;
    check(&page, &another, 30, None);
}

#[test]
fn a_feed_with_gaps_needs_more_to_be_doubted() {
    // A tenth of what the page says never came to the feed; all of it was there before either was read.
    let gaps = || old(0..40).filter(|(number, ..)| number % 10 != 5);
    let page = |more: i64| channel(Kind::Page, 90, old(0..40).chain((0..more).map(|at| (50 + at, 70, 70))));
    check(&page(2), &channel(Kind::Feed, 90, gaps()), 80, None);
    let said = disagreement(&channel(Kind::Feed, 90, gaps()), &page(3), day(80)).unwrap();
    assert!(said.contains("3 things that do not stand"), "{said}");
}

#[test]
fn a_channel_that_does_not_answer_is_not_blamed_twice() {
    let page = channel(Kind::Page, 30, old(0..20).chain([(50, 10, 10)]));
    let mut feed = channel(Kind::Feed, 30, old(0..20));
    feed.answered = None;
    check(&page, &feed, 30, None);
}

#[test]
fn a_feed_that_is_always_late_is_given_its_time() {
    // It says everything, eight to ten days after the page: twice the usual nine days are waited.
    let late = |number: i64| (30 + number, 3 * number + 1, 3 * number + 1);
    let page = channel(Kind::Page, 60, old(0..10).chain((0..5).map(late)).chain([(50, 30, 30)]));
    let behind = (0..5).map(|number| (30 + number, 3 * number + 1, 3 * number + 9 + number % 3));
    let feed = || channel(Kind::Feed, 60, old(0..10).chain(behind.clone()));
    check(&page, &feed(), 47, None);
    assert!(disagreement(&feed(), &page, day(51)).is_some());
}

#[test]
fn addresses_are_compared_without_their_trimmings() {
    let same = |one, other| assert_eq!(link(one), link(other));
    same("http://www.acme.example/news/1/", "https://acme.example/news/1?utm_source=feed#top");
    assert_ne!(link("https://acme.example/news?id=1"), link("https://acme.example/news?id=2"));
    assert_eq!(link("not an address"), None);
}

#[test]
fn an_entry_is_known_by_its_identifiers_its_link_and_a_title_that_says_something() {
    let card = crate::answer::Card {
        exploited: None,
        epss: None,
        id: crate::entry::EntryId(1),
        kind: crate::entry::Kind::Notice,
        title: "Relay: the decoder reads too far!".into(),
        link: Some("https://acme.example/a".into()),
        vendor: None,
        vendor_name: None,
        source: String::new(),
        source_name: String::new(),
        standing: crate::source::Standing::Vendor,
        published: None,
        updated: None,
        first_seen: day(3),
        last_revised: day(3),
        revisions: 1,
        status: crate::entry::Status::InForce,
        severity: None,
        identifiers: vec!["ACME-1".into()],
        affected: Vec::new(),
        affected_count: 0,
    };
    let whole = said(&card, day(0));
    assert_eq!(whole.marks, ["id acme-1", "link acme.example/a?", "title relay the decoder reads too far"]);
    assert_eq!(whole.dated, Some(day(3)), "it came after the first reading");
    assert_eq!(said(&card, day(3)).dated, None, "when it was said is not known");
    let short = crate::answer::Card { title: "Update".into(), identifiers: Vec::new(), link: None, ..card };
    assert!(said(&short, day(0)).marks.is_empty());
}
