//! The brief and what it holds, against their descriptions.

use index::brief::since::Before;
use index::brief::{Brief, Gathered};
use index::decision::{About, Decision, Observation, Outcome};
use index::entry::EntryId;
use index::estate::facts::{Facts, Retired};
use index::estate::{Estate, Origin};
use index::link::{Link, Links, Reason, Strength};
use index::package::{Package, PackageView, Way};
use index::upgrade::Voice;
use inspect::comparison::{Comparison, Delta, Outcome as Compared, Previous, Signers};
use inspect::finding::object::Object;
use inspect::finding::{CheckId, Finding, Trigger};
use inspect::limits::Limits;
use inspect::reading::{Question, inspect_bytes};
use jiff::Timestamp;

use super::{card, check};

const AT: Timestamp = Timestamp::UNIX_EPOCH;

fn decision() -> Decision {
    let about = About {
        digest: "d".into(),
        name: "n".into(),
        product: Some("p".into()),
        version: None,
        vendor: None,
    };
    let (by, reason) = ("Ada".into(), "r".into());
    Decision { entry: EntryId(1), about, outcome: Outcome::Accept, by, reason, at: AT }
}

fn link() -> Link {
    let voice = || Voice { id: EntryId(2), source_name: "S".into(), link: None };
    Link {
        reason: Reason::Affected { product: "p".into(), version: "1".into(), path: String::new() },
        strength: Strength::Fair,
        quote: "q".into(),
        card: card(),
        dated: AT,
        exploited: true,
        others: vec![voice()],
        sources: 2,
        against: vec![voice()],
        also: vec![Reason::Host { name: "h".into(), place: "x:1".into() }],
    }
}

fn brief(before: Before) -> Brief {
    let job = Finding::new(CheckId::ScheduleCron, "x", "d")
        .at(1, "q")
        .acting(Some(Trigger::Schedule))
        .about(Object::Host { name: "old.example".into() });
    let setuid = Finding::new(CheckId::PrivSetuid, "y", "mode 4755");
    let mut inspection = inspect_bytes(b"text", &Question::default(), &Limits::for_package());
    inspection.findings = vec![job, setuid];
    let mut estate = Estate::new("production", AT);
    let retired = vec![Retired { name: "old.example".into(), ..Retired::default() }];
    let facts = Facts { retired: Some(retired), ..Facts::default() };
    estate.take(vec![(facts, Origin { from: "f".into(), format: "estate file".into(), at: AT })]);
    let package = Package::of(&inspection, Way::Api, AT);
    let seen = Observation {
        entry: EntryId(1),
        product: "p".into(),
        version: "1".into(),
        said: "s".into(),
        by: "Ada".into(),
        at: AT,
    };
    Brief::of(Gathered {
        signers: Vec::new(),
        view: PackageView { package, inspection },
        estate: Some(estate),
        environments: vec!["production".into()],
        before,
        links: Links { links: vec![link()], remarks: vec!["r".into()], searched: 1 },
        decisions: vec![decision()],
        earlier: vec![decision()],
        observations: vec![seen],
    })
}

#[test]
fn a_brief_is_as_described() {
    let alone = brief(Before::Missing("there is none".into()));
    assert_eq!((alone.assessment.collisions.len(), alone.acting.len()), (1, 1));
    check("Brief", alone);
    let delta = Delta {
        changes: vec![Finding::new(CheckId::LicenceChange, "", "x")],
        new: vec![Finding::new(CheckId::PrivSudo, "z", "sudo"), Finding::new(CheckId::RemoteUrl, "z", "u")],
        signers: Some(Signers { were: vec!["a".into()], are: vec![] }),
        incomplete: vec!["i".into()],
        ..Delta::default()
    };
    let previous = Previous { name: "n".into(), sha256: "s".into(), claimed: None };
    let comparison = Box::new(Comparison { previous, outcome: Compared::Delta(Box::new(delta)) });
    check("Brief", brief(Before::Compared { comparison, accepted: Some(decision()) }));
    check("Decision", decision());
}
