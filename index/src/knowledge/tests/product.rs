//! What products are called is learnt from what is recorded, and used where a product is asked for.

use super::{House, said};
use crate::entry::{Affected, Draft, Range};
use crate::product::{Because, Listed};

/// An advisory on a product that is mended in 2.0.
fn advisory(id: &str, cve: &str, products: &[&str]) -> Draft {
    let mut draft = said(id, &format!("Advisory {id}"), "It falls.", &[cve]);
    let range = Range { fixed: Some("2.0".to_owned()), ..Range::default() };
    let affected = |product: &&str| Affected {
        product: (*product).to_owned(),
        ranges: vec![range.clone()],
        ..Affected::default()
    };
    draft.statement.affected = products.iter().map(affected).collect();
    draft
}

/// Advisories of two sources on the same vulnerabilities.
async fn tell(house: &House, from: u32, to: u32, one: &[&str], two: &[&str]) {
    for number in from..=to {
        let cve = format!("CVE-2026-{}", 90_000 + number);
        house.record("one", &[advisory(&format!("A-{number}"), &cve, one)], i64::from(number)).await;
        house.record("two", &[advisory(&format!("B-{number}"), &cve, two)], i64::from(number)).await;
    }
}

async fn names(house: &House, of: &str) -> String {
    let named = house.knowledge.names_of(of).await.unwrap();
    named.into_iter().map(|one| one.name).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn names_that_advisories_share_are_one_product_from_either_side() {
    let house = House::new().await;
    tell(&house, 1, 2, &["Press"], &["acme-press"]).await;
    assert_eq!(names(&house, "press").await, "press", "two advisories are chance");
    tell(&house, 3, 3, &["Press"], &["acme-press"]).await;
    assert_eq!(names(&house, "press").await, "press, acme press");
    assert_eq!(names(&house, "pkg:npm/acme-press").await, "acme press, press");
    let named = house.knowledge.names_of("press").await.unwrap();
    let reason = named.last().unwrap().reason().unwrap();
    assert_eq!(reason, "3 advisories name both it and press");
    assert_eq!(house.titles("product:press").await.len(), 3, "each group once");
    assert_eq!(house.titles("product:acme-press version:1.0 source:one").await.len(), 3);
    assert_eq!(house.titles("product:acme-press version:2.0 source:one").await.len(), 0);
    house.knowledge.reindex(&|_, _| {}).await.unwrap();
    assert_eq!(names(&house, "press").await, "press, acme press", "the same when learnt anew");
    let upgrade = house.knowledge.upgrade("acme-press", "1.0", "2.0").await.unwrap().unwrap();
    let said: Vec<(u64, &str)> =
        upgrade.lines.iter().map(|line| (line.sources, line.section.as_str())).collect();
    assert_eq!(said, [(2, "Mended by going there"); 3]);
}

#[tokio::test]
async fn a_list_of_many_products_merges_none_of_them() {
    let house = House::new().await;
    tell(&house, 1, 6, &["Press"], &["Press", "Pump", "Lathe"]).await;
    tell(&house, 7, 12, &["Pump"], &["Lathe", "Press"]).await;
    assert_eq!(names(&house, "press").await, "press");
    assert_eq!(names(&house, "lathe").await, "lathe");
}

#[tokio::test]
async fn a_library_is_not_the_products_that_it_is_built_into() {
    let house = House::new().await;
    tell(&house, 1, 4, &["libpress"], &["Mill"]).await;
    tell(&house, 5, 14, &["libpress"], &["libpress"]).await;
    assert_eq!(names(&house, "mill").await, "mill", "4 of 14 are not half");
    assert_eq!(names(&house, "libpress").await, "libpress");
}

#[tokio::test]
async fn a_catalogue_tells_names_at_once_and_letters_do_too() {
    let mut house = House::new().await;
    let spellings = ["Acme Press", "cpe:2.3:a:acme:press_server", "apress"].map(str::to_owned).to_vec();
    house.knowledge = house.knowledge.with_products(vec![Listed { by: "Acme".to_owned(), spellings }]);
    assert_eq!(names(&house, "apress").await, "apress, acme press, press server");
    let named = house.knowledge.names_of("apress").await.unwrap();
    assert_eq!(named[1].because, Because::Listed { by: "Acme".to_owned() });
    house.record("one", &[advisory("A", "CVE-2026-1", &["Pump.js"])], 1).await;
    assert_eq!(names(&house, "pumpjs").await, "pumpjs, pump js");
    let near = house.knowledge.upgrade("pumpp js", "1.0", "2.0").await.unwrap().unwrap_err().near;
    assert_eq!(near, ["pump js"]);
}
