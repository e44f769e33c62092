//! Ready-made subscriptions that rest on more than entries: what concerns an environment, and packages that wait.

use inspect::inspection::Inspection;
use inspect::limits::Limits;
use inspect::package::{Claims, Format};
use inspect::reading::{Question, inspect_bytes};

use super::subscribing::{daily, hours, titles, wanted};
use super::{House, at, said};
use crate::entry::{Affected, Draft, Range};
use crate::estate::Origin;
use crate::estate::facts::{Facts, Os, Product};
use crate::package::Way;
use crate::subscription::Wanted;
use crate::subscription::ready::Ready;
use crate::subscription::rhythm::Cadence;

impl House {
    async fn runs(&self, environment: &str, products: &[(&str, &str, &str)]) {
        let product = |(name, version, ecosystem): &(&str, &str, &str)| Product {
            name: (*name).to_owned(),
            version: Some((*version).to_owned()),
            ecosystem: Some((*ecosystem).to_owned()).filter(|name| !name.is_empty()),
        };
        let facts = Facts {
            os: Some(Os { id: "debian".into(), version: Some("12".into()), name: None }),
            products: Some(products.iter().map(product).collect()),
            ..Facts::default()
        };
        let origin = Origin { from: "plant.toml".into(), format: "TOML".into(), at: at(0) };
        self.knowledge.import_estate(environment, vec![(facts, origin)], at(0)).await.unwrap();
    }

    async fn arrives(&self, name: &str, second: i64) {
        let mut claims = Claims::new("", Format::Npm);
        (claims.name, claims.version) = (Some(name.to_owned()), Some("6.0.0".to_owned()));
        let question = Question { name: format!("{name}-6.0.0.tgz"), ..Question::default() };
        let read = inspect_bytes(name.as_bytes(), &question, &Limits::for_package());
        let inspection = Inspection { claims: vec![claims], ..read };
        self.knowledge.record_package(&inspection, None, Way::Api, at(second)).await.unwrap();
    }
}

fn watching(ready: Ready, subject: &str, cadence: Cadence) -> Wanted {
    Wanted { watch: ready.watch(subject, "").unwrap(), ..wanted("watched", cadence) }
}

/// An advisory on the versions of a product before that one.
fn flaw(id: &str, ecosystem: &str, product: &str, fixed: &str) -> Draft {
    let mut draft = said(id, &format!("Flaw {id}"), "It jams.", &[]);
    draft.statement.affected = vec![Affected {
        product: product.into(),
        ecosystem: Some(ecosystem.to_owned()).filter(|name| !name.is_empty()),
        ranges: vec![Range { introduced: None, fixed: Some(fixed.into()), last_affected: None }],
        ..Affected::default()
    }];
    draft
}

#[tokio::test]
async fn what_affects_an_environment_is_told_and_what_does_not_is_not() {
    let house = House::new().await;
    house.runs("production", &[("press-kit", "2.0", "pypi"), ("relay", "3.0.11-1~deb12u2", "deb")]).await;
    house.runs("staging", &[("press-kit", "2.1", "pypi"), ("pump", "1.0", "")]).await;
    house.subscribed(watching(Ready::Estate, "production", Cadence::Once)).await;
    let flaws = [
        flaw("a", "PyPI", "Press.Kit", "2.1"),
        flaw("b", "npm", "press-kit", "9"),
        flaw("c", "Debian:12", "relay", "3.0.11-1~deb12u3"),
        flaw("d", "Debian:11", "relay", "9"),
        flaw("e", "Ubuntu:22.04:LTS", "relay", "9"),
        flaw("f", "", "pump", "2"),
        flaw("g", "PyPI", "press-kit", "1.9"),
    ];
    house.record("one", &flaws, 1).await;
    let told = house.sent(at(2)).await;
    let mut found = titles(&told);
    found.sort_unstable();
    assert_eq!(found, ["Flaw a", "Flaw c"]);
    assert_eq!(told[0].headline(), "2 new, 2 of what runs here");
    let line = told[0].lines().find(|line| line.title == "Flaw a").unwrap();
    let runs = &line.here[0];
    assert_eq!((runs.environment.as_str(), runs.version.as_str(), line.here.len()), ("production", "2.0", 1));
    assert!(house.sent(at(3)).await.is_empty());
}

#[tokio::test]
async fn every_environment_is_watched_by_leaving_out_its_name_and_a_saved_search_tells_what_runs_here() {
    let house = House::new().await;
    house.runs("staging", &[("pump", "1.0", "")]).await;
    house.subscribed(watching(Ready::Estate, "", Cadence::Once)).await;
    house.subscribed(wanted("flaw", Cadence::Once)).await;
    house.record("one", &[flaw("a", "", "pump", "2"), flaw("b", "", "valve", "2")], 1).await;
    let told = house.sent(at(2)).await;
    let mut headlines: Vec<String> = told.iter().map(crate::digest::Digest::headline).collect();
    headlines.sort_unstable();
    assert_eq!(headlines, ["1 new, 1 of what runs here", "2 new, 1 of what runs here"]);
}

#[tokio::test]
async fn an_environment_must_be_known_and_when_it_is_forgotten_everything_is_told_with_the_reason() {
    let house = House::new().await;
    let asked =
        |subject| house.knowledge.subscribe(watching(Ready::Estate, subject, Cadence::Once), true, at(0));
    assert!(asked("").await.unwrap().unwrap_err().sentence.contains("forewarn estate import"));
    house.runs("staging", &[("pump", "1.0", "")]).await;
    let mistake = asked("moon").await.unwrap().unwrap_err();
    assert!(mistake.sentence.ends_with("there is staging"), "{mistake}");
    asked("staging").await.unwrap().unwrap();
    house.knowledge.remove_estate("staging").await.unwrap();
    house.record("one", &[flaw("a", "", "valve", "2")], 1).await;
    let told = house.sent(at(2)).await;
    assert_eq!(titles(&told), ["Flaw a"]);
    assert!(told[0].unfiltered.as_deref().unwrap().contains("staging is not known any more"));
}

#[tokio::test]
async fn a_package_that_waits_is_told_at_once_and_stays_on_the_list_until_somebody_decides() {
    let house = House::new().await;
    house.subscribed(watching(Ready::Packages, "", Cadence::Once)).await;
    let other = Wanted { name: "daily".into(), ..watching(Ready::Packages, "", daily()) };
    house.subscribed(other).await;
    house.arrives("relay", 1).await;
    let told = house.sent(at(2)).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].headline(), "1 package waits for a decision (1 new)");
    assert_eq!((told[0].packages[0].claimed.as_str(), told[0].packages[0].new), ("relay 6.0.0", true));
    assert!(house.sent(at(3)).await.is_empty());
    // It arrived before the last digest was made, and its reading took longer than that.
    house.arrives("pump", 1).await;
    let told = house.sent(at(4)).await;
    assert_eq!(told[0].headline(), "2 packages wait for a decision (1 new)");
    assert_eq!(told[0].packages[0].claimed, "pump 6.0.0");
    let told = house.sent(hours(24)).await;
    assert!(told.iter().any(|one| one.headline().starts_with("2 packages wait for a decision (2 new)")));
    let told = house.sent(hours(49)).await;
    assert!(
        told.iter().all(|one| one.headline().starts_with("nothing new, 2 packages wait for a decision, "))
    );
    assert_eq!(told.len(), 2);
}
