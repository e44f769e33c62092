//! The ledger on a record of its own: what is noted, what is not, and what comes back when asked.

use inspect::key::Fingerprint;
use inspect::key::carried::{Carried, How};
use inspect::key::fact::{Fact, Kind, Name};
use inspect::key::openpgp::Revocation;
use inspect::key::reading::{Found, read};
use jiff::Timestamp;
use sequoia_openpgp::Cert;
use sequoia_openpgp::cert::{CertBuilder, CipherSuite};
use sequoia_openpgp::packet::signature::SignatureBuilder;
use sequoia_openpgp::serialize::SerializeInto as _;
use sequoia_openpgp::types::SignatureType;

use crate::keys::change::What;
use crate::keys::pin::{Bound, Draft};
use crate::keys::sighting::{Place, Way};
use crate::knowledge::Knowledge;
use crate::vendor::Vendor;

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
}

fn place(place: &str) -> Place {
    Place {
        way: Way::Source,
        place: place.to_owned(),
        source: Some("halvard-keys".to_owned()),
        vendor: Some("halvard".to_owned()),
    }
}

fn key(number: u8) -> Found {
    let fact = Fact {
        fingerprint: Fingerprint::PublicKey([number; 32]),
        kind: Kind::PublicKey,
        algorithm: "NIST P-256".to_owned(),
        created: None,
        expires: None,
        bound: true,
        revoked: Revocation::None,
        revocation: None,
        names: vec![Name { text: format!("Key {number}"), bound: false, revoked: false }],
        more_names: 0,
        subkeys: Vec::new(),
        more_subkeys: 0,
        self_signed: None,
        weak: Vec::new(),
        refused: None,
        signed_by: Vec::new(),
        aliases: Vec::new(),
        details: Vec::new(),
    };
    Found { fact, bytes: vec![number] }
}

async fn opened() -> (tempfile::TempDir, Knowledge) {
    let folder = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::open(folder.path()).await.unwrap();
    let vendor = Vendor {
        slug: "halvard".to_owned(),
        name: "Halvard".to_owned(),
        domains: vec!["halvard.example".to_owned()],
        contacts: Vec::new(),
    };
    knowledge.add_vendor(&vendor).await.unwrap();
    (folder, knowledge)
}

async fn noted(knowledge: &Knowledge) -> Vec<(What, u64)> {
    let mut changes = knowledge.key_changes(None, 100).await.unwrap();
    changes.sort_by_key(|one| one.id);
    changes.iter().map(|one| (one.what, one.times)).collect()
}

#[tokio::test]
async fn the_same_look_again_records_nothing() {
    let (_folder, knowledge) = opened().await;
    let first = knowledge.sight(&place("a"), &[key(1), key(2)], at(0)).await.unwrap();
    assert_eq!((first.keys, first.new, first.changes), (2, 2, 2));
    let again = knowledge.sight(&place("a"), &[key(1), key(2)], at(1)).await.unwrap();
    assert_eq!((again.new, again.changes), (0, 0));
    // The same keys at another place of the same vendor are no news either.
    let mirror = knowledge.sight(&place("b"), &[key(1), key(2)], at(1)).await.unwrap();
    assert_eq!((mirror.new, mirror.changes), (0, 0));
    assert_eq!(noted(&knowledge).await, [(What::Appeared, 1), (What::Appeared, 1)]);
}

#[tokio::test]
async fn a_list_that_flaps_between_mirrors_is_one_notice() {
    let (_folder, knowledge) = opened().await;
    knowledge.sight(&place("a"), &[key(1)], at(0)).await.unwrap();
    for round in 0..20 {
        let shown = if round % 2 == 0 { key(2) } else { key(1) };
        let now = at(1).saturating_add(jiff::SignedDuration::from_hours(round)).unwrap();
        knowledge.sight(&place("a"), &[shown], now).await.unwrap();
        knowledge.settle_keys(now).await.unwrap();
    }
    assert_eq!(noted(&knowledge).await, [(What::Appeared, 1), (What::Replaced, 1)]);
}

#[tokio::test]
async fn a_key_that_stays_away_is_gone_after_a_day() {
    let (_folder, knowledge) = opened().await;
    knowledge.sight(&place("a"), &[key(1), key(2)], at(0)).await.unwrap();
    knowledge.sight(&place("b"), &[key(2)], at(0)).await.unwrap();
    knowledge.sight(&place("a"), &[], at(1)).await.unwrap();
    assert_eq!(knowledge.settle_keys(at(1)).await.unwrap(), 0);
    assert_eq!(knowledge.settle_keys(at(2)).await.unwrap(), 1);
    assert_eq!(knowledge.settle_keys(at(3)).await.unwrap(), 0);
    // Key 2 is still at the other place.
    let gone = knowledge.key_changes(Some("halvard"), 1).await.unwrap().pop().unwrap();
    assert_eq!((gone.what, gone.fingerprint), (What::Gone, key(1).fact.fingerprint));
    assert_eq!(knowledge.keys(Some("halvard"), 10, at(3)).await.unwrap().len(), 1);
}

fn certified(old: &Cert, new: Cert) -> Cert {
    let mut pair = old.primary_key().key().clone().parts_into_secret().unwrap().into_keypair().unwrap();
    let name = new.userids().next().unwrap().userid().clone();
    let builder = SignatureBuilder::new(SignatureType::GenericCertification);
    let signature = name.bind(&mut pair, &new, builder).unwrap();
    new.insert_packets(signature).unwrap().0
}

fn found(cert: &Cert) -> Found {
    read(&cert.to_vec().unwrap(), at(0).as_second()).keys.remove(0)
}

fn made(name: &str) -> Cert {
    CertBuilder::new().set_cipher_suite(CipherSuite::Cv25519).add_userid(name).generate().unwrap().0
}

#[tokio::test]
async fn a_successor_that_the_old_key_certifies_is_told_from_one_that_nothing_ties() {
    let (_folder, knowledge) = opened().await;
    let old = made("Halvard");
    let (next, stranger) = (certified(&old, made("Halvard 2")), made("Halvard 3"));
    for (start, new, expected) in [("a", next, What::CrossSigned), ("b", stranger, What::Replaced)] {
        knowledge.sight(&place(start), &[found(&old)], at(0)).await.unwrap();
        knowledge.sight(&place(start), &[found(&new)], at(1)).await.unwrap();
        let change = knowledge.key_changes(None, 1).await.unwrap().pop().unwrap();
        assert_eq!((change.what, change.fingerprint), (expected, found(&new).fact.fingerprint));
        assert_eq!(change.related, [found(&old).fact.fingerprint]);
    }
}

#[tokio::test]
async fn a_pin_needs_a_person_and_can_be_undone_and_nothing_is_erased() {
    let (_folder, knowledge) = opened().await;
    knowledge.sight(&place("a"), &[key(1)], at(0)).await.unwrap();
    let draft = Draft {
        fingerprint: key(1).fact.fingerprint,
        bound: Bound { vendor: "halvard".to_owned(), ..Bound::default() },
        by: "Ada".to_owned(),
        reason: "read out on the telephone".to_owned(),
        channel: "+49 30 000000, from the contract".to_owned(),
        two: true,
    };
    for wrong in [
        Draft { by: String::new(), ..draft.clone() },
        Draft { channel: " ".to_owned(), ..draft.clone() },
        Draft { fingerprint: Fingerprint::Ssh([9; 32]), ..draft.clone() },
        Draft { bound: Bound { vendor: "nobody".to_owned(), ..Bound::default() }, ..draft.clone() },
    ] {
        assert!(knowledge.pin_key(&wrong, at(1)).await.is_err(), "{wrong:?}");
    }
    let id = knowledge.pin_key(&draft, at(1)).await.unwrap();
    let counts = async || knowledge.pins(None, None).await.unwrap().pop().unwrap().counts();
    assert!(!counts().await);
    assert!(knowledge.second_pin(id, "Ada", at(2)).await.is_err());
    knowledge.second_pin(id, "Grace", at(2)).await.unwrap();
    assert!(counts().await);
    assert!(knowledge.unpin(id, "Grace", "", at(3)).await.is_err());
    knowledge.unpin(id, "Grace", "they moved", at(3)).await.unwrap();
    assert!(knowledge.unpin(id, "Grace", "again", at(3)).await.is_err());
    let pin = knowledge.pins(Some(draft.fingerprint), None).await.unwrap().pop().unwrap();
    assert_eq!((pin.standing(), pin.undone_why.as_deref()), ("undone", Some("they moved")));
}

#[tokio::test]
async fn a_key_is_found_by_every_name_and_a_short_one_stays_a_guess() {
    let (_folder, knowledge) = opened().await;
    let cert = made("Halvard");
    let one = found(&cert);
    knowledge.sight(&place("a"), std::slice::from_ref(&one), at(0)).await.unwrap();
    let digits = one.fact.fingerprint.to_string();
    let armored = String::from_utf8(cert.armored().to_vec().unwrap()).unwrap();
    for (asked, exact) in [
        (digits.to_lowercase(), true),
        (one.fact.fingerprint.grouped(), true),
        (armored, true),
        (format!("NO_PUBKEY {}", digits.split_at(24).1), false),
        (digits.split_at(32).1.to_owned(), false),
    ] {
        let view = knowledge.key(asked.as_bytes(), at(1)).await.unwrap().unwrap();
        assert_eq!(view.key.unwrap().facts.fingerprint, one.fact.fingerprint, "{asked}");
        assert_eq!(
            (view.exact, view.vendors.as_slice()),
            (exact, ["halvard".to_owned()].as_slice()),
            "{asked}"
        );
    }
    // One group of ten differs: it is shown beside the real one.
    let near = format!("{}0000{}", digits.split_at(8).0, digits.split_at(12).1);
    let view = knowledge.key(near.as_bytes(), at(1)).await.unwrap().unwrap();
    assert!(view.key.is_none() && view.evidence.near.iter().any(|one| one.fingerprint == digits));
    assert!(knowledge.key(b"nothing here", at(1)).await.unwrap().is_none());
}

/// Keys that a package of this digest brings along in one file.
async fn carry(knowledge: &Knowledge, digest: &str, keys: &[Found], day: i64) -> u32 {
    let one = |key: &Found| Carried { path: "etc/keys.asc".to_owned(), how: How::File, key: key.clone() };
    let carried: Vec<Carried> = keys.iter().map(one).collect();
    knowledge.sight_carried(digest, &carried, at(day)).await.unwrap().changes
}

#[tokio::test]
async fn a_key_that_a_package_brings_along_is_seen_and_is_nobodys() {
    let (_folder, knowledge) = opened().await;
    let listed = key(1);
    knowledge
        .sight(&place("https://halvard.example/keys"), std::slice::from_ref(&listed), at(0))
        .await
        .unwrap();
    // What the package says of a key that is known is not believed, and of another one proves nothing.
    let mut claimed = key(1);
    claimed.fact.expires = Some(1);
    assert_eq!(carry(&knowledge, "aa11", &[claimed, key(2)], 1).await, 0);
    let known = knowledge.key_of(listed.fact.fingerprint).await.unwrap().unwrap();
    assert_eq!(known.facts, listed.fact);
    let view = knowledge.key(key(2).fact.fingerprint.written().as_bytes(), at(2)).await.unwrap().unwrap();
    assert_eq!(view.vendors, Vec::<String>::new());
    assert_eq!(view.sightings[0].package(), Some(("aa11", "etc/keys.asc")));
    assert!(view.unknown.iter().any(|one| one.contains("within packages")), "{:?}", view.unknown);
    let within = knowledge.keys_within("aa11").await.unwrap();
    assert_eq!(
        within.iter().map(|one| one.fingerprint).collect::<Vec<_>>(),
        [1, 2].map(|n| key(n).fact.fingerprint)
    );
    assert_eq!(knowledge.keys_within("aa1").await.unwrap(), []);
    // It is no key in use, and no signature is judged by it.
    let used = knowledge.keys(None, 10, at(2)).await.unwrap();
    assert_eq!(
        used.iter().map(|one| one.key.facts.fingerprint).collect::<Vec<_>>(),
        [listed.fact.fingerprint]
    );
    assert_eq!(knowledge.known_keys().await.unwrap(), []);
}

#[tokio::test]
async fn a_revocation_that_a_package_brings_along_is_proven_by_the_key() {
    let (_folder, knowledge) = opened().await;
    let (cert, revocation) = CertBuilder::general_purpose(Some("Halvard")).generate().unwrap();
    let found = |cert: &Cert| read(&cert.to_vec().unwrap(), at(0).as_second()).keys;
    knowledge.sight(&place("https://halvard.example/keys"), &found(&cert), at(0)).await.unwrap();
    let (revoked, _) = cert.insert_packets(revocation).unwrap();
    assert_eq!(carry(&knowledge, "aa11", &found(&revoked), 1).await, 1);
    assert_eq!(knowledge.key_changes(None, 1).await.unwrap()[0].what, What::RevokedHard);
}
