//! From a fingerprint to its announcement, as the record grows.

use jiff::SignedDuration;

use super::{House, at, prepared, said, source};
use crate::entry::{Draft, Kind, Post, Role};
use crate::evidence::assessment::Asked;
use crate::evidence::identifier::Identifier;
use crate::evidence::{Grade, Stance};
use crate::source::Standing;
use crate::vendor::Vendor;

const KEY: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567";
const NEAR: &str = "0A1B2C3D4E5F60718293A4B5C6D7E8F901239999";
const ANNOUNCED: &str = "Our certificate authority has changed: packages of Relay are now signed with the new key \
    0A1B 2C3D 4E5F 6071 8293  A4B5 C6D7 E8F9 0123 4567.";

/// A house with a vendor that has a blog and, on its own domain, a forum.
async fn house() -> House {
    let house = House::new().await;
    let vendor = Vendor {
        slug: "halvard".into(),
        name: "Halvard".into(),
        domains: vec!["halvard.example".into()],
        contacts: Vec::new(),
    };
    house.knowledge.add_vendor(&vendor).await.unwrap();
    for (slug, standing) in
        [("blog", Standing::Vendor), ("forum", Standing::Vendor), ("others", Standing::ThirdParty)]
    {
        let mut source = source(slug);
        source.standing = standing;
        source.vendor = (standing == Standing::Vendor).then(|| "halvard".to_owned());
        house.knowledge.add_source(&source, at(0)).await.unwrap();
    }
    house
}

fn post(id: &str, link: &str, role: Role, text: &str) -> Draft {
    let mut draft = said(id, "About updates", text, &[]);
    draft.kind = Kind::Thread;
    draft.link = Some(link.to_owned());
    let end = u32::try_from(text.len()).unwrap();
    let (author, native_id) = ("dana".to_owned(), "1".to_owned());
    draft.statement.posts =
        vec![Post { native_id, author, role, at: Some(at(0)), edited: None, start: 0, end }];
    draft
}

fn asked() -> Asked {
    Asked { identifiers: Identifier::all_in(KEY), vendor: Some("halvard".into()), ..Asked::default() }
}

impl House {
    async fn hears(&self, source: &str, drafts: &[Draft]) {
        self.knowledge.record(source, &prepared(source, drafts), at(60)).await.unwrap();
        self.knowledge.follow().await.unwrap();
    }
}

#[tokio::test]
async fn a_key_is_unannounced_until_the_forum_was_read() {
    let house = house().await;
    let before = house.knowledge.evidence(&asked(), at(50)).await.unwrap();
    assert_eq!((before.best, before.evidence.len()), (Grade::E, 0));
    assert!(before.freshness.unwrap().sentence.contains("was never read"));

    let copied = format!("> {ANNOUNCED}\n\nFor your information.");
    house
        .hears(
            "forum",
            &[
                post("t1", "https://forum.halvard.example/t/1", Role::Staff, ANNOUNCED),
                post("t2", "https://forum.halvard.example/t/2", Role::Member, &copied),
            ],
        )
        .await;
    let after = house.knowledge.evidence(&asked(), at(100)).await.unwrap();
    assert_eq!((after.best, after.evidence.len(), after.conflicting), (Grade::B, 1, false));
    let best = &after.evidence[0];
    assert_eq!((best.author.as_deref(), best.judgement.stance), (Some("dana"), Stance::Introduces));
    assert!(best.judgement.quote.contains("0A1B 2C3D 4E5F 6071"));
    assert_eq!((best.copies.len(), after.planes.as_slice()), (1, ["halvard.example".to_owned()].as_slice()));
}

#[tokio::test]
async fn a_revocation_by_the_vendor_makes_the_sources_disagree() {
    let house = house().await;
    let mut notice = said("n1", "Keys", &format!("Our release key is {KEY}."), &[]);
    notice.link = Some("https://halvard.example/keys".into());
    house.hears("blog", &[notice]).await;
    assert_eq!(house.knowledge.evidence(&asked(), at(100)).await.unwrap().best, Grade::A);
    let mut later = said("n2", "Incident", &format!("The key {KEY} has been revoked."), &[]);
    later.link = Some("https://halvard.example/incident".into());
    house.hears("blog", &[later]).await;
    let found = house.knowledge.evidence(&asked(), at(100)).await.unwrap();
    assert!(found.conflicting);
    assert_eq!((found.best, found.contradictions().count()), (Grade::A, 1));
}

#[tokio::test]
async fn a_near_miss_stands_beside_the_real_one() {
    let house = house().await;
    let fake = said("o1", "New key", &format!("Halvard's new signing key is {NEAR}."), &[]);
    house.hears("others", &[fake]).await;
    let found = house.knowledge.evidence(&asked(), at(100)).await.unwrap();
    assert_eq!((found.best, found.evidence.len()), (Grade::E, 0));
    assert_eq!(found.near.len(), 1);
    assert_eq!(found.near[0].groups.iter().filter(|(_, differs)| *differs).count(), 1);
}

#[tokio::test]
async fn a_flood_by_others_does_not_hide_the_vendor() {
    let house = house().await;
    let flood: Vec<Draft> = (0..450)
        .map(|at| {
            let words = format!("page {at} ").repeat(20 + at);
            said(&format!("o{at}"), "Key", &format!("{words} the new key is {KEY}."), &[])
        })
        .collect();
    house.hears("others", &flood).await;
    house.hears("forum", &[post("t1", "https://forum.halvard.example/t/1", Role::Staff, ANNOUNCED)]).await;
    let found = house.knowledge.evidence(&asked(), at(100)).await.unwrap();
    assert_eq!(found.evidence[0].judgement.grade, Grade::B);
    assert!(found.unread > 0 && found.alarms.len() == 1);
}

#[tokio::test]
async fn a_text_without_any_identifier_is_shown_as_such() {
    let house = house().await;
    let mut silent = said("n1", "Keys", "In June the signing key of our packages will be replaced.", &[]);
    silent.link = Some("https://halvard.example/news".into());
    house.hears("blog", &[silent]).await;
    let found = house.knowledge.evidence(&asked(), at(100)).await.unwrap();
    assert_eq!((found.best, found.evidence.len()), (Grade::C, 1));
    let missing = found.evidence[0].judgement.missing.as_deref();
    assert_eq!(missing, Some("the identifier: the text does not name it"));
    let later = at(100) + SignedDuration::from_hours(24);
    assert_eq!(house.knowledge.evidence(&Asked::default(), later).await.unwrap().best, Grade::E);
}
