//! A brief is assembled in its order, and what is not known is said.

use inspect::comparison::{Comparison, Delta, Outcome, Previous};
use inspect::finding::object::Object;
use inspect::finding::{Activation, CheckId, Finding, Trigger};
use inspect::inspection::Inspection;
use inspect::limits::Limits;
use inspect::package::{Claims, Format};
use inspect::reading::{Question, inspect_bytes};
use inspect::signature::Worth;
use inspect::signature::fact::{Scheme, SignatureFact};
use jiff::Timestamp;

use super::since::{Before, Since};
use super::{Brief, Gathered};
use crate::estate::facts::{Facts, Retired};
use crate::estate::{Estate, Origin};
use crate::link::Links;
use crate::package::{Package, PackageView, Way};

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn report(findings: Vec<Finding>) -> Inspection {
    let mut inspection = inspect_bytes(b"a package", &Question::default(), &Limits::for_package());
    let mut claims = Claims::new("", Format::Deb);
    (claims.name, claims.version) = (Some("press".into()), Some("2.0".into()));
    inspection.claims = vec![claims];
    inspection.findings = findings;
    inspection
}

fn gathered(inspection: Inspection, estate: Option<Estate>, before: Before) -> Brief {
    let package = Package::of(&inspection, Way::Command, now());
    Brief::of(Gathered {
        signers: Vec::new(),
        view: PackageView { package, inspection },
        estate,
        environments: Vec::new(),
        before,
        links: Links::default(),
        decisions: Vec::new(),
        earlier: Vec::new(),
        observations: Vec::new(),
    })
}

fn missing() -> Before {
    Before::Missing("no earlier version of press was accepted here".to_owned())
}

fn job() -> Finding {
    Finding::new(CheckId::ScheduleCron, "etc/cron.d/press", "runs at 03:00 as root")
        .at(3, "0 3 * * * root sftp drop.press.example")
        .acting(Some(Trigger::Schedule))
}

fn fetch() -> Finding {
    Finding { check: CheckId::RemoteScp, ..job() }.about(Object::Host { name: "drop.press.example".into() })
}

fn estate() -> Estate {
    let mut estate = Estate::new("production", now());
    let retired = Retired { name: "drop.press.example".into(), ..Retired::default() };
    let facts = Facts { retired: Some(vec![retired]), ..Facts::default() };
    let origin = Origin { from: "a.toml".into(), format: "estate file".into(), at: now() };
    estate.take(vec![(facts, origin)]);
    estate
}

#[test]
fn one_line_is_told_once_and_what_only_stands_there_is_counted() {
    let comment = Finding::new(CheckId::PrivSudo, "README", "sudo").state(Activation::Documentation);
    let brief = gathered(report(vec![job(), fetch(), comment]), None, missing());
    assert_eq!(brief.acting.len(), 1, "{:?}", brief.acting);
    assert_eq!(brief.acting.first().unwrap().also, [CheckId::RemoteScp]);
    assert_eq!(brief.folded.iter().map(|one| (one.acting, one.standing)).collect::<Vec<_>>(), [(0, 1)]);
    assert!(
        brief.rehearsal.iter().any(|step| step.about.iter().any(|one| one.starts_with("etc/cron.d/press:3")))
    );
}

#[test]
fn what_collides_comes_first_and_is_not_told_again() {
    let brief = gathered(report(vec![job(), fetch()]), Some(estate()), missing());
    assert_eq!(brief.assessment.collisions.len(), 1);
    assert!(brief.acting.is_empty(), "{:?}", brief.acting);
    assert!(brief.next.iter().any(|step| step.contains("retired host")), "{:?}", brief.next);
}

#[test]
fn beside_an_earlier_version_only_what_is_new_is_listed() {
    let old = Finding::new(CheckId::PrivSetuid, "usr/bin/press", "mode 4755");
    let delta = Delta { new: vec![job(), fetch()], ..Delta::default() };
    let previous =
        Previous { name: "press_1.0.deb".into(), sha256: "00".into(), claimed: Some("press 1.0".into()) };
    let comparison = Box::new(Comparison { previous, outcome: Outcome::Delta(Box::new(delta)) });
    let before = Before::Compared { comparison, accepted: None };
    let brief = gathered(report(vec![old, job(), fetch()]), None, before);
    let Since::Compared(difference) = &brief.since else { panic!("{:?}", brief.since) };
    assert_eq!((difference.new.len(), brief.acting.len(), brief.lines()), (1, 0, 1));
    assert!(brief.folded.iter().any(|one| one.check == CheckId::PrivSetuid));
    assert!(brief.rehearsal.iter().any(|step| step.sentence.contains("way back to press 1.0")));
}

#[test]
fn what_nobody_looked_at_is_not_checked() {
    let brief = gathered(report(vec![job()]), None, missing());
    let said = |part: &str| brief.not_checked.iter().any(|sentence| sentence.contains(part));
    for kind in crate::collision::Kind::ALL {
        assert!(said(kind.as_str()), "{kind}: {:?}", brief.not_checked);
    }
    assert!(said("no earlier version of press") && said("nothing is recorded here yet"));
    let mut nameless = report(vec![]);
    nameless.claims.clear();
    let brief = gathered(nameless, None, missing());
    assert!(brief.not_checked.iter().any(|one| one.contains("does not state a name and a version")));
}

#[test]
fn nobody_was_asked_whether_a_certificate_was_revoked() {
    for (scheme, said) in [(Scheme::Cms, true), (Scheme::Minisign, false)] {
        let mut signed = report(vec![job()]);
        signed.signatures.push(SignatureFact {
            scheme,
            path: "press.sig".into(),
            worth: Some(Worth::Fits),
            signer: None,
            certificate: None,
            called: None,
            made_at: None,
            covers: "the whole file".into(),
            of_member: None,
            not_covered: Vec::new(),
            brought: Vec::new(),
            anchor: None,
            timestamp: None,
            detail: "it fits".into(),
        });
        let brief = gathered(signed, None, missing());
        let found =
            brief.not_checked.iter().any(|one| one.contains("certificates of its signatures were revoked"));
        assert_eq!(found, said, "{scheme:?}: {:?}", brief.not_checked);
    }
}
