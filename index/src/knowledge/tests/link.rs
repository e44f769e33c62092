//! What concerns a package is found, and what does not is not.

use inspect::finding::object::Object;
use inspect::finding::{CheckId, Finding, Trigger};
use inspect::inspection::Inspection;
use inspect::limits::Limits;
use inspect::package::{Claims, Format};
use inspect::reading::{Question, inspect_bytes};

use super::{House, at, prepared, said, source};
use crate::entry::{Affected, Draft, Kind, Range};
use crate::link::Links;
use crate::link::seek::Seek;

fn report(format: Format, name: &str, version: &str) -> Inspection {
    let mut inspection = inspect_bytes(b"a package", &Question::default(), &Limits::for_package());
    let mut claims = Claims::new("", format);
    (claims.name, claims.version) = (Some(name.into()), Some(version.into()));
    inspection.claims = vec![claims];
    inspection
}

fn advisory(id: &str, aliases: &[&str], ecosystem: Option<&str>, product: &str, fixed: &str) -> Draft {
    let mut draft = said(id, &format!("{product} jams"), "It jams.", aliases);
    let range = Range { fixed: Some(fixed.into()), ..Range::default() };
    draft.statement.affected = vec![Affected {
        product: product.into(),
        ecosystem: ecosystem.map(str::to_owned),
        ranges: vec![range],
        ..Affected::default()
    }];
    draft
}

fn spoken(id: &str, kind: Kind, title: &str, text: &str) -> Draft {
    Draft { kind, ..said(id, title, text, &[]) }
}

async fn house(drafts: &[Draft], others: &[Draft]) -> House {
    let house = House::new().await;
    for (slug, drafts) in [("one", drafts), ("other", others)] {
        house.knowledge.add_source(&source(slug), at(0)).await.unwrap();
        house.knowledge.record(slug, &prepared(slug, drafts), at(1)).await.unwrap();
    }
    house.knowledge.follow().await.unwrap();
    house
}

async fn links(house: &House, inspection: &Inspection) -> Links {
    house.knowledge.links(&Seek::of(inspection)).await.unwrap()
}

/// Sorts of reasons with the titles of their entries.
fn told(links: &Links) -> Vec<(&str, &str)> {
    links.links.iter().map(|link| (link.reason.sort(), link.card.title.as_str())).collect()
}

#[tokio::test]
async fn aliases_are_one_link_and_a_mended_version_has_none() {
    let one = [advisory("A-1", &["CVE-2026-90001", "GHSA-aaaa-bbbb-cccc"], Some("PyPI"), "press-kit", "2.1")];
    let other = [
        advisory("B-1", &["CVE-2026-90001"], None, "press kit", "2.4"),
        advisory("B-2", &["CVE-2026-90002"], Some("npm"), "press-kit", "9.0"),
    ];
    let house = house(&one, &other).await;
    let affected = links(&house, &report(Format::Wheel, "Press_Kit", "2.0")).await;
    assert_eq!(told(&affected), [("affected", "press-kit jams")], "{affected:?}");
    let link = affected.links.first().unwrap();
    assert_eq!((link.sources, link.quote.as_str()), (2, "press-kit: before 2.1"));
    let mended = links(&house, &report(Format::Wheel, "press-kit", "2.1")).await;
    assert_eq!(told(&mended), [], "the package's own ecosystem says that it is mended");
}

#[tokio::test]
async fn notes_and_threads_of_this_version_are_quoted() {
    let said = [
        spoken("r1", Kind::Release, "press-kit 2.0.1", "Maintenance.\n\nThe option `jam` is removed.\n"),
        spoken("r2", Kind::Release, "press-kit 2.0.2", "More maintenance after 2.0.1.\n"),
        spoken("t1", Kind::Thread, "press-kit hangs", "Hello. Since 2.0.1 it hangs at night. Bye."),
        spoken("t2", Kind::Thread, "Something else", "Our pump is at 2.0.1. We also have a press-kit."),
    ];
    let house = house(&said, &[]).await;
    let links = links(&house, &report(Format::Npm, "press-kit", "2.0.1")).await;
    let quotes: Vec<(&str, &str)> =
        links.links.iter().map(|link| (link.reason.sort(), link.quote.as_str())).collect();
    assert_eq!(
        quotes,
        [
            ("release", "The option `jam` is removed."),
            ("spoken", "Since 2.0.1 it hangs at night."),
            ("spoken", "More maintenance after 2.0.1."),
        ]
    );
}

#[tokio::test]
async fn hashes_hosts_units_and_identifiers_lead_to_who_names_them() {
    let mut inspection = report(Format::Deb, "press", "1.0");
    let hash = inspection.sha256.clone();
    inspection.claims.first_mut().unwrap().changelog = Some("Closes CVE-2026-90003.".into());
    let finding = Finding::new(CheckId::RemoteScp, "data.tar!/etc/cron.d/press", "sftp to a host")
        .at(3, "sftp drop.press.example")
        .acting(Some(Trigger::Schedule))
        .about(Object::Host { name: "drop.press.example".into() })
        .about(Object::Unit { name: "press-old.service".into(), required: true });
    inspection.findings.push(finding);
    let said = [
        said("h", "A bad file", &format!("Do not install sha256:{hash} at all."), &[]),
        spoken("n", Kind::Notice, "Retired", "One. The host drop.press.example is gone since May. Two."),
        spoken("u", Kind::Notice, "Renamed", "The unit press-old.service is now press.service."),
        spoken("x", Kind::Notice, "Another", "The host eu.drop.press.example stays."),
        said("i", "A hole", "It leaks.", &["CVE-2026-90003"]),
    ];
    let house = house(&said, &[]).await;
    let found = links(&house, &inspection).await;
    assert_eq!(
        told(&found),
        [("hash", "A bad file"), ("host", "Retired"), ("unit", "Renamed"), ("identifier", "A hole")]
    );
    let host = found.of("host").next().unwrap();
    assert_eq!(host.quote, "The host drop.press.example is gone since May.");
    let json = serde_json::to_value(host).unwrap();
    assert_eq!(json.get("place").unwrap(), "data.tar!/etc/cron.d/press:3");
}
