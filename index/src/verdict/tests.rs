//! Which facts make which verdict, and what no announcement lifts.

use inspect::key::openpgp::Revocation;
use inspect::signature::Worth;
use jiff::{SignedDuration, Timestamp};

use super::{Facts, KeyState, Pin, Policy, judge};
use crate::evidence::Grade;

fn day(number: i64) -> Timestamp {
    "2026-11-01T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
}

/// A signature that fits, by a key of a known vendor of which nothing was said.
fn facts() -> Facts {
    Facts {
        worth: Some(Worth::Fits),
        signed: true,
        covers: "the whole file".to_owned(),
        not_covered: 0,
        made: Some(day(-2)),
        pin: Pin::None,
        renewed: false,
        vendor_known: true,
        revoked: Revocation::None,
        revoked_at: None,
        expires: None,
        weak: false,
        continuity: false,
        evidence: Grade::E,
        conflicting: false,
        retired: false,
        planes: 0,
        now: day(0),
    }
}

fn check(facts: &Facts, state: KeyState, policy: Policy) {
    let verdict = judge(facts, None);
    assert_eq!(
        (verdict.now, verdict.at_arrival, verdict.policy),
        (state, state, policy),
        "{}",
        verdict.reason
    );
}

#[test]
fn without_a_word_it_is_unannounced() {
    check(&facts(), KeyState::Unannounced, Policy::Call);
    check(&Facts { evidence: Grade::D, ..facts() }, KeyState::Unannounced, Policy::Call);
    check(
        &Facts { vendor_known: false, evidence: Grade::A, ..facts() },
        KeyState::FirstContact,
        Policy::Call,
    );
}

#[test]
fn an_announcement_is_offered_only_from_two_places() {
    for grade in [Grade::C, Grade::B, Grade::A] {
        let one = Facts { evidence: grade, planes: 1, ..facts() };
        check(&one, KeyState::SuccessorAnnounced(grade), Policy::Call);
    }
    let two = Facts { evidence: Grade::A, planes: 2, ..facts() };
    check(&two, KeyState::SuccessorAnnounced(Grade::A), Policy::Offer);
    check(
        &Facts { evidence: Grade::APlus, continuity: true, ..facts() },
        KeyState::SuccessorProven,
        Policy::Offer,
    );
    let unchecked = Facts { worth: Some(Worth::UnknownKey), ..two };
    check(&unchecked, KeyState::SuccessorAnnounced(Grade::A), Policy::Call);
}

#[test]
fn pins_cover_what_they_name() {
    check(&Facts { pin: Pin::Covers, ..facts() }, KeyState::Pinned, Policy::Covered);
    check(&Facts { pin: Pin::Covers, renewed: true, ..facts() }, KeyState::Renewed, Policy::Covered);
    check(&Facts { pin: Pin::CoversPrimary, ..facts() }, KeyState::SubkeyOfPinned, Policy::Covered);
    check(&Facts { pin: Pin::Elsewhere, ..facts() }, KeyState::KnownOther, Policy::Call);
    for worth in [None, Some(Worth::Unsupported), Some(Worth::FitsButOutOfTime), Some(Worth::FitsButUnbound)]
    {
        check(&Facts { pin: Pin::Covers, worth, ..facts() }, KeyState::Pinned, Policy::Call);
    }
}

#[test]
fn nothing_that_is_said_lifts_what_is_final() {
    let praised = Facts { pin: Pin::Covers, evidence: Grade::APlus, continuity: true, planes: 9, ..facts() };
    let bad = Facts { worth: Some(Worth::Bad), ..praised.clone() };
    check(&bad, KeyState::Bad, Policy::Refuse);
    let hard = Facts { revoked: Revocation::Hard, ..praised.clone() };
    check(&hard, KeyState::RevokedHard, Policy::Refuse);
    let late = Facts { expires: Some(day(-3)), ..praised.clone() };
    check(&late, KeyState::ExpiredAtSigning, Policy::Refuse);
    let stated = Facts { worth: Some(Worth::FitsButExpiredAtSigning), ..praised.clone() };
    check(&stated, KeyState::ExpiredAtSigning, Policy::Refuse);
    check(&Facts { made: None, ..late }, KeyState::ExpiredAtSigning, Policy::Refuse);
    for state in [KeyState::Bad, KeyState::RevokedHard, KeyState::ExpiredAtSigning] {
        assert_eq!(judge(&praised, Some(state)).policy, Policy::Refuse, "{state:?}");
    }
}

#[test]
fn what_speaks_against_a_key_weighs_more_than_its_pin() {
    let pinned = Facts { pin: Pin::Covers, evidence: Grade::A, planes: 2, ..facts() };
    check(&Facts { conflicting: true, ..pinned.clone() }, KeyState::Conflicting, Policy::Call);
    check(&Facts { revoked: Revocation::Claimed, ..pinned.clone() }, KeyState::Conflicting, Policy::Call);
    let soft = Facts { revoked: Revocation::Soft, revoked_at: Some(day(-1)), ..pinned.clone() };
    check(&soft, KeyState::RevokedSoft(Some(day(-1))), Policy::Call);
    check(&Facts { expires: Some(day(-1)), ..pinned.clone() }, KeyState::ExpiredNow, Policy::Call);
    check(&Facts { retired: true, ..pinned.clone() }, KeyState::Retired, Policy::Call);
    check(&Facts { weak: true, ..pinned.clone() }, KeyState::Weak, Policy::Call);
    check(&Facts { worth: Some(Worth::FitsButWeak), ..pinned }, KeyState::Weak, Policy::Covered);
}

#[test]
fn the_first_verdict_stays_beside_the_later_one() {
    let late = Facts { evidence: Grade::B, planes: 1, ..facts() };
    let verdict = judge(&late, Some(KeyState::Unannounced));
    assert_eq!(verdict.at_arrival, KeyState::Unannounced);
    assert_eq!(verdict.now, KeyState::SuccessorAnnounced(Grade::B));
}

#[test]
fn the_signature_says_what_it_does_not_cover() {
    let said = |facts: &Facts| judge(facts, None).signature;
    assert_eq!(said(&facts()), "the signature fits (the whole file)");
    let partly = Facts { not_covered: 2, covers: String::new(), ..facts() };
    assert_eq!(said(&partly), "the signature fits; 2 parts are not covered");
    let unsigned = Facts { signed: false, worth: None, ..facts() };
    assert_eq!(said(&unsigned), "there is no signature");
    check(&unsigned, KeyState::Unsigned, Policy::Call);
}
