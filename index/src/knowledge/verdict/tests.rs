//! The story that this program starts from: the signer is unannounced on the day of arrival, and announced later.

use std::time::{Duration, UNIX_EPOCH};

use inspect::inspection::Inspection;
use inspect::key::Fingerprint;
use inspect::limits::Limits;
use inspect::package::Claims;
use inspect::reading::{Question, inspect_bytes};
use inspect::signature::Worth;
use inspect::signature::fact::{Scheme, SignatureFact};
use jiff::Timestamp;
use sequoia_openpgp::cert::CertBuilder;
use sequoia_openpgp::serialize::SerializeInto as _;

use crate::entry::{Draft, Evidence, Kind, Post, Role, Statement};
use crate::evidence::Grade;
use crate::keys::pin::{Bound, Draft as Decision};
use crate::keys::sighting::{Place, Way};
use crate::knowledge::Knowledge;
use crate::package::Way as Arrived;
use crate::prepare::prepare;
use crate::source::{self, Source, Standing};
use crate::text::Text;
use crate::vendor::Vendor;
use crate::verdict::{KeyState, Policy};

/// No fingerprint has one digit throughout, and texts with such are not read as naming one.
const SIGNER: Fingerprint = Fingerprint::OpenPgpV4([
    0x3B, 0x9A, 0x51, 0xC7, 0x04, 0xE2, 0x8D, 0x6F, 0x10, 0xB5, 0x7E, 0x42, 0xF9, 0x86, 0x2C, 0xD3, 0x68,
    0x15, 0xAE, 0x70,
]);

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
}

fn package(worth: Worth) -> Inspection {
    let question = Question { name: "relay-5.1.zip".to_owned(), ..Question::default() };
    let mut inspection = inspect_bytes(b"a relay", &question, &Limits::for_package());
    inspection.signatures.push(SignatureFact {
        scheme: Scheme::OpenPgpDetached,
        path: "relay-5.1.zip.asc".to_owned(),
        worth: Some(worth),
        signer: Some(SIGNER),
        certificate: Some(SIGNER),
        called: SIGNER.key_id(),
        made_at: Some(at(0).as_second()),
        covers: "the whole file".to_owned(),
        of_member: None,
        not_covered: Vec::new(),
        brought: Vec::new(),
        anchor: None,
        timestamp: None,
        detail: String::new(),
    });
    let mut claims = Claims::new("", inspect::package::Format::Npm);
    claims.name = Some("halvard-relay".to_owned());
    claims.version = Some("5.1".to_owned());
    inspection.claims.push(claims);
    inspection
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
    let forum = Source {
        slug: "halvard-forum".to_owned(),
        name: "Halvard's forum".to_owned(),
        vendor: Some("halvard".to_owned()),
        kind: source::Kind::Forum,
        address: "https://board.example/halvard".to_owned(),
        standing: Standing::Platform,
        every_minutes: 60,
        private_network: false,
        options: serde_json::Value::Null,
    };
    knowledge.add_source(&forum, at(0)).await.unwrap();
    // An older key of the same vendor: this is not its first package.
    let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPRqmX/0FkXkjqSr1auDH3CRn1MYyjBE065qWn6yXQ9J old";
    let place = Place {
        way: Way::Source,
        place: "https://halvard.example/keys".to_owned(),
        source: None,
        vendor: Some("halvard".to_owned()),
    };
    let old = inspect::key::reading::read(line.as_bytes(), at(0).as_second()).keys;
    knowledge.sight(&place, &old, at(0)).await.unwrap();
    (folder, knowledge)
}

async fn announce(knowledge: &Knowledge, role: Role, day: i64) {
    announce_key(knowledge, &SIGNER.grouped(), role, day).await;
}

async fn announce_key(knowledge: &Knowledge, digits: &str, role: Role, day: i64) {
    let text = format!(
        "We changed our release signing key last quarter. Packages from 5.1 on are signed with our new key {digits}."
    );
    let post = Post {
        native_id: "1".to_owned(),
        author: "Ingrid".to_owned(),
        role,
        at: Some(at(day)),
        edited: None,
        start: 0,
        end: u32::try_from(text.len()).unwrap(),
    };
    let draft = Draft {
        native_id: "thread-1".to_owned(),
        kind: Kind::Thread,
        link: Some("https://board.example/halvard/1".to_owned()),
        statement: Statement {
            title: Text::cleaned("New signing key".to_owned()),
            text: Text::cleaned(text.clone()),
            published: Some(at(day)),
            posts: vec![post],
            ..Statement::default()
        },
        evidence: Evidence { media_type: "text/plain".to_owned(), bytes: text.into_bytes() },
    };
    knowledge.record("halvard-forum", &[prepare(draft, "halvard-forum").unwrap()], at(day)).await.unwrap();
    knowledge.follow().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announcement_that_comes_late_changes_the_verdict_and_keeps_the_first() {
    let (_folder, knowledge) = opened().await;
    let package = knowledge.record_package(&package(Worth::Fits), None, Arrived::Inbox, at(1)).await.unwrap();
    assert!(knowledge.judge_package(&package.digest, at(1)).await.unwrap().is_empty());
    let then = knowledge.verdicts(&package.digest, at(1)).await.unwrap().pop().unwrap();
    assert_eq!((then.first.key, then.vendor.as_deref()), (KeyState::Unannounced, Some("halvard")));
    announce(&knowledge, Role::Staff, 2).await;
    let became = knowledge.judge_again(at(3)).await.unwrap();
    let [became] = became.as_slice() else { panic!("{became:?}") };
    assert_eq!((became.before, became.signer.first.key), (KeyState::Unannounced, KeyState::Unannounced));
    assert_eq!(became.signer.latest.key, KeyState::SuccessorAnnounced(Grade::B));
    assert!(became.signer.latest.best.as_ref().unwrap().quote.contains(&SIGNER.grouped()));
    assert_eq!(became.signer.latest.policy, Policy::Call, "one place is not two");
    // The same judged again is no news.
    assert!(knowledge.judge_again(at(4)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_post_announces_nothing() {
    let (_folder, knowledge) = opened().await;
    let package = knowledge.record_package(&package(Worth::Fits), None, Arrived::Inbox, at(1)).await.unwrap();
    knowledge.judge_package(&package.digest, at(1)).await.unwrap();
    announce(&knowledge, Role::Member, 2).await;
    assert!(knowledge.judge_again(at(3)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_lifts_a_bad_signature_and_a_pin_covers_what_it_says() {
    let (_folder, knowledge) = opened().await;
    let bad = knowledge.record_package(&package(Worth::Bad), None, Arrived::Inbox, at(1)).await.unwrap();
    knowledge.judge_package(&bad.digest, at(1)).await.unwrap();
    let unsigned = knowledge.verdicts(&bad.digest, at(1)).await.unwrap().pop().unwrap();
    assert_eq!((unsigned.latest.key, unsigned.latest.policy), (KeyState::Bad, Policy::Refuse));
    announce(&knowledge, Role::Staff, 2).await;
    assert!(knowledge.judge_again(at(3)).await.unwrap().is_empty());
    // The key itself is unknown to the ledger, so nobody can pin it yet.
    let decision = Decision {
        fingerprint: SIGNER,
        bound: Bound { vendor: "halvard".to_owned(), ..Bound::default() },
        by: "Ada".to_owned(),
        reason: "read out".to_owned(),
        channel: "telephone".to_owned(),
        two: false,
    };
    assert!(knowledge.pin_key(&decision, at(4)).await.is_err());
}

/// What was said before anybody had the key, by a name that the signature does not bear, and is found once it is known.
async fn check_known_later(bytes: &[u8], signed_as: SignatureFact, said: &str) {
    let (_folder, knowledge) = opened().await;
    announce_key(&knowledge, said, Role::Staff, 0).await;
    let mut inspection = package(Worth::Fits);
    inspection.signatures = vec![signed_as];
    let package = knowledge.record_package(&inspection, None, Arrived::Inbox, at(1)).await.unwrap();
    knowledge.judge_package(&package.digest, at(1)).await.unwrap();
    let then = knowledge.verdicts(&package.digest, at(1)).await.unwrap().pop().unwrap();
    // The vendor said something of a new key, and nothing shows that it is this one.
    assert_eq!(then.first.key, KeyState::SuccessorAnnounced(Grade::C), "{said}");
    let place = Place { way: Way::Keyring, place: "/keys/release".to_owned(), source: None, vendor: None };
    let keys = inspect::key::reading::read(bytes, at(0).as_second()).keys;
    knowledge.sight(&place, &keys, at(2)).await.unwrap();
    let became = knowledge.judge_again(at(2)).await.unwrap();
    let [became] = became.as_slice() else { panic!("{said}: {became:?}") };
    assert_eq!(became.signer.first.key, KeyState::SuccessorAnnounced(Grade::C));
    assert_eq!(became.signer.latest.key, KeyState::SuccessorAnnounced(Grade::B), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_from_before_are_found_when_the_key_becomes_known() {
    let signed = |key: Option<Fingerprint>, called: Option<String>| SignatureFact {
        signer: key,
        certificate: None,
        called,
        ..package(Worth::Fits).signatures.remove(0)
    };
    // The signature names a sub-key by its short id, the announcement the primary key.
    let made = UNIX_EPOCH + Duration::from_secs(1_780_000_000);
    let builder = CertBuilder::new().set_creation_time(made).add_userid("Halvard");
    let (cert, _) = builder.add_signing_subkey().generate().unwrap();
    let subkey = cert.keys().subkeys().next().unwrap().key().keyid().to_hex();
    let primary = cert.fingerprint().to_spaced_hex();
    check_known_later(&cert.to_vec().unwrap(), signed(None, Some(subkey)), &primary).await;
    // An SSH signature has the fingerprint in digits, people write it in base64.
    let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS new";
    let key = inspect::key::reading::read(line.as_bytes(), 0).keys.remove(0).fact;
    let spelled = key.aliases[0].value.clone();
    check_known_later(line.as_bytes(), signed(Some(key.fingerprint), None), &spelled).await;
}
