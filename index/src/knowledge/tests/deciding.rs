//! Decisions and observations are entries, and nothing of them is overwritten.

use inspect::limits::Limits;
use inspect::reading::{Question, inspect_bytes};

use super::{House, at};
use crate::decision::{About, Deciding, Observing, Outcome};
use crate::entry::{Draft, Evidence, Kind, Statement};
use crate::knowledge::Named;
use crate::package::Way;
use crate::query::parse;
use crate::text::Text;

fn draft(title: &str) -> Draft {
    let text = Text::cleaned(title.to_owned());
    let statement = Statement { title: text.clone(), text, ..Statement::default() };
    Draft {
        native_id: String::new(),
        kind: Kind::Notice,
        link: None,
        statement,
        evidence: Evidence::default(),
    }
}

async fn decide(house: &House, about: &About, outcome: Outcome, second: i64) {
    let text = |text: &str| Text::cleaned(text.to_owned());
    let deciding = Deciding { outcome, by: text("Ada"), reason: text("rehearsed") };
    house.knowledge.decide(about.clone(), &deciding, draft("Decided: press 1.0"), at(second)).await.unwrap();
}

#[tokio::test]
async fn a_later_decision_is_a_further_one_and_the_last_one_counts() {
    let house = House::new().await;
    let knowledge = &house.knowledge;
    let inspection = inspect_bytes(b"one", &Question::default(), &Limits::for_package());
    let digest = knowledge.record_package(&inspection, None, Way::Command, at(0)).await.unwrap().digest;
    assert_eq!(knowledge.package_named(digest.get(..8).unwrap()).await.unwrap(), Named::One(digest.clone()));
    assert_eq!(knowledge.package_named("'; DROP").await.unwrap(), Named::None);
    assert_eq!(knowledge.undecided(9).await.unwrap().len(), 1);
    let about = knowledge.about(&digest).await.unwrap().unwrap();
    // Twice in one millisecond: two entries all the same.
    decide(&house, &about, Outcome::Hold, 1).await;
    decide(&house, &about, Outcome::Hold, 1).await;
    assert_eq!(knowledge.undecided(9).await.unwrap().len(), 1, "what is held still waits");
    decide(&house, &about, Outcome::Accept, 2).await;
    assert_eq!(knowledge.undecided(9).await.unwrap().len(), 0);
    let decisions = knowledge.decisions(&digest).await.unwrap();
    let outcomes: Vec<&str> = decisions.iter().map(|decision| decision.outcome.as_str()).collect();
    assert_eq!(outcomes, ["accept", "hold", "hold"]);
    knowledge.follow().await.unwrap();
    let found = knowledge.search(&parse("source:house press").unwrap(), &Default::default()).await.unwrap();
    assert_eq!(found.entries, 3);
}

#[tokio::test]
async fn an_observation_is_found_by_the_name_of_its_product() {
    let house = House::new().await;
    let text = |text: &str| Text::cleaned(text.to_owned());
    let observing = Observing {
        product: text("Press Kit"),
        version: text("6.0.0"),
        said: text("p99 up 40 ms"),
        by: text("Ada"),
    };
    house.knowledge.observe(&observing, draft("Observed: Press Kit 6.0.0"), at(1)).await.unwrap();
    let (_, observations) = house.knowledge.said_here("press-kit").await.unwrap();
    assert_eq!(observations.first().map(|one| one.said.as_str()), Some("p99 up 40 ms"));
    assert!(house.knowledge.said_here("press").await.unwrap().1.is_empty());
}
