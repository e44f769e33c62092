//! Grades as TRUST names them: by the author's role, the ground, the identifier and the stance.

use jiff::{SignedDuration, Timestamp};

use super::{Arrival, Circumstances, Message, judge};
use crate::entry::Role as Account;
use crate::evidence::identifier::Identifier;
use crate::evidence::{Grade, Judgement, Match, Role, Stance};
use crate::source::Standing;

const KEY: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567";
const TEXT: &str = "Our new signing key is 0A1B 2C3D 4E5F 6071 8293  A4B5 C6D7 E8F9 0123 4567.";

fn now() -> Timestamp {
    "2026-11-01T12:00:00Z".parse().unwrap()
}

fn message(text: &str) -> Message<'_> {
    Message {
        title: "News",
        text,
        address: Some("https://www.halvard.example/news/1"),
        standing: Standing::Vendor,
        account: None,
        said: Some(now() - SignedDuration::from_hours(24 * 30)),
        first_seen: now() - SignedDuration::from_hours(24 * 29),
    }
}

fn known() -> Circumstances {
    Circumstances { domains: vec!["halvard.example".to_owned()], now: now(), ..Circumstances::default() }
}

fn judged(message: &Message<'_>, known: &Circumstances) -> Judgement {
    let judgement = judge(&Identifier::all_in(KEY), message, known);
    assert!(judgement.grade <= judgement.weight);
    assert!(judgement.missing.is_some());
    judgement
}

fn check(message: &Message<'_>, expected: Grade) {
    let judgement = judged(message, &known());
    assert_eq!(judgement.grade, expected, "{message:?} {judgement:?}");
}

#[test]
fn the_vendors_domain_with_the_full_identifier_is_a() {
    check(&message(TEXT), Grade::A);
    check(&Message { address: Some("http://www.halvard.example/"), ..message(TEXT) }, Grade::C);
    check(&Message { address: None, ..message(TEXT) }, Grade::C);
    check(&Message { address: Some("https://elsewhere.example/"), ..message(TEXT) }, Grade::C);
    check(&Message { said: None, ..message(TEXT) }, Grade::A);
    check(&Message { said: Some(now() + SignedDuration::from_hours(50)), ..message(TEXT) }, Grade::C);
}

#[test]
fn an_account_counts_as_the_platform_marks_it() {
    for standing in [Standing::Vendor, Standing::Platform] {
        let by = |account| Message { standing, account: Some(account), ..message(TEXT) };
        check(&by(Account::Staff), Grade::B);
        check(&by(Account::Owner), Grade::B);
        check(&by(Account::Moderator), Grade::C);
        check(&by(Account::Collaborator), Grade::C);
        check(&by(Account::Contributor), Grade::D);
        check(&by(Account::Member), Grade::D);
        check(&by(Account::Unknown), Grade::D);
    }
    let elsewhere =
        |standing| Message { standing, address: Some("https://code.test/halvard"), ..message(TEXT) };
    check(&elsewhere(Standing::Platform), Grade::B);
    check(&elsewhere(Standing::Partner), Grade::C);
    check(&elsewhere(Standing::ThirdParty), Grade::D);
}

#[test]
fn less_than_the_identifier_is_c() {
    check(&message("Our new key is C6D7E8F901234567."), Grade::C);
    check(&message("The key is gpg-pubkey-01234567-6525146f"), Grade::C);
    check(&message("We have a new signing key."), Grade::C);
    let file = Circumstances { key_file: true, ..known() };
    assert_eq!(judged(&message("We have a new signing key."), &file).grade, Grade::B);
    let short = judged(&message("Our new key is C6D7E8F901234567."), &known());
    assert_eq!(short.matched, Match::Compatible(64));
}

#[test]
fn what_does_not_introduce_is_c() {
    for text in [
        "Our new key replaces the old key 0A1B2C3D4E5F60718293A4B5C6D7E8F901234567.",
        "Bogus test only key, fingerprint 0A1B2C3D4E5F60718293A4B5C6D7E8F901234567.",
        "The key 0A1B2C3D4E5F60718293A4B5C6D7E8F901234567 has been revoked.",
    ] {
        check(&message(text), Grade::C);
        assert_eq!(judged(&message(text), &known()).weight, Grade::A, "{text}");
    }
}

#[test]
fn what_speaks_against_it_or_names_something_else_supports_nothing() {
    check(&message("The key 0A1B2C3D4E5F60718293A4B5C6D7E8F901234567 is not ours."), Grade::E);
    check(&message("Fixed in commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567."), Grade::E);
}

#[test]
fn a_look_alike_is_a_third_party() {
    let fake = Message { address: Some("https://ha1vard.example/news"), ..message(TEXT) };
    let judgement = judged(&fake, &known());
    assert_eq!((judgement.role, judgement.grade), (Role::ThirdParty, Grade::D));
    assert_eq!(judgement.warnings.len(), 1);
    let borrowed =
        |standing| Message { standing, address: Some("https://halvard.hosted.test/t/1"), ..message(TEXT) };
    check(&borrowed(Standing::Vendor), Grade::D);
    check(&borrowed(Standing::Platform), Grade::B);
}

#[test]
fn a_word_shortly_before_the_package_is_odd() {
    let package = Arrival { at: now(), names: vec!["relay-2.0.zip".to_owned()] };
    let known = Circumstances { package: Some(package), ..known() };
    let said = now() - SignedDuration::from_mins(40);
    let fresh = Message { said: Some(said), first_seen: said, ..message(TEXT) };
    let judgement = judged(&fresh, &known);
    assert_eq!(judgement.warnings, ["said 40 minutes before the package arrived"]);
    assert_eq!(judgement.grade, Grade::A);
    assert!(judged(&message(TEXT), &known).warnings.is_empty());
}

#[test]
fn what_traces_back_to_the_package_is_nothing() {
    let package = Arrival { at: now(), names: vec!["relay-2.0.zip".to_owned()] };
    let known = Circumstances { package: Some(package), ..known() };
    let text = format!("Has anybody seen relay-2.0.zip? It is signed with {KEY}.");
    let late = Message {
        standing: Standing::ThirdParty,
        first_seen: now() + SignedDuration::from_mins(9),
        ..message(&text)
    };
    assert_eq!(judged(&late, &known).grade, Grade::E);
    let early = Message { first_seen: now() - SignedDuration::from_hours(99), ..late };
    assert_eq!(judged(&early, &known).grade, Grade::D);
}

#[test]
fn a_key_that_is_younger_than_its_announcement_is_not_announced_by_it() {
    let known = Circumstances { created: Some(now()), ..known() };
    assert_eq!(judged(&message(TEXT), &known).grade, Grade::C);
}

#[test]
fn a_contradiction_needs_the_vendor_and_enough_of_the_identifier() {
    let contradicts = |text: &str, account| {
        let message = Message { account, ..message(text) };
        judged(&message, &known()).is_credible_contradiction()
    };
    assert!(contradicts("0A1B2C3D4E5F60718293A4B5C6D7E8F901234567 has been revoked.", None));
    assert!(contradicts("The key with key ID C6D7E8F901234567 is not ours.", Some(Account::Staff)));
    assert!(!contradicts("The key with key ID 0x01234567 has been revoked.", None));
    assert!(!contradicts(
        "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567 has been revoked.",
        Some(Account::Member)
    ));
}

#[test]
fn a_quote_holds_the_identifier_as_it_was_written() {
    let judgement = judged(&message(TEXT), &known());
    assert!(judgement.quote.contains("0A1B 2C3D 4E5F 6071 8293 A4B5 C6D7 E8F9 0123 4567"));
    assert_eq!((judgement.stance, judgement.because.as_str()), (Stance::Introduces, "\"new\" before it"));
    let long = format!("{} the new key {KEY} {}", "a ".repeat(900), "b ".repeat(900));
    let quote = judged(&message(&long), &known()).quote;
    assert!(quote.contains(KEY) && quote.len() < 700);
}
