//! Documents as providers write them, and as nobody should.

use super::parse;
use crate::formats::Origin;
use index::entry::Statement;

fn read(rest: &str) -> Statement {
    let json = format!(
        r#"{{"document":{{"category":"csaf_security_advisory","title":"Acme leaks","publisher":{{"name":"Acme"}},
        "tracking":{{"id":"ACME-2024-1","status":"interim","initial_release_date":"2024-01-01T00:00:00Z"}},
        "notes":[{{"category":"legal_disclaimer","text":"No."}},{{"category":"general","title":"More","text":"Else."}},
        {{"category":"summary","text":"It leaks."}}]}}{rest}}}"#
    );
    parse(json.as_bytes(), &Origin::default()).unwrap().remove(0).statement
}

const TREE: &str = r#","product_tree":{"branches":[{"category":"vendor","name":"Acme","branches":[
    {"category":"product_name","name":"Tool","branches":[
      {"category":"product_version_range","name":"vers:generic/>=1.0|<2.0","product":{"product_id":"A","name":"Tool 1"}},
      {"category":"product_version","name":"2.0","product":{"product_id":"B","name":"Tool 2"}},
      {"category":"product_version","name":"0.9","product":{"product_id":"C","name":"Tool 0"}}]}]}],
    "full_product_names":[{"product_id":"D","name":"Tool on its own"},
      {"product_id":"E","name":"lib","product_identification_helper":{"purl":"pkg:rpm/acme/lib@1.2?arch=src"}}],
    "relationships":[{"category":"default_component_of","product_reference":"E","relates_to_product_reference":"D",
      "full_product_name":{"product_id":"D:E","name":"lib on D"}}]}"#;

#[test]
fn a_document_becomes_a_statement() {
    let found = read(
        r#","vulnerabilities":[{"cve":"cve-2024-1","notes":[{"category":"description","text":"Deep."}],
        "scores":[{"cvss_v3":{"baseScore":7.5,"vectorString":"x"},"products":["A"]}],
        "remediations":[{"category":"vendor_fix","details":"Upgrade."},{"category":"no_fix_planned","details":"Sorry."},{"category":"vendor_fix","details":"Upgrade."}]}]"#,
    );
    assert_eq!(found.text.as_str(), "It leaks.\n\n## More\n\nElse.\n\n## cve-2024-1\n\nDeep.");
    assert_eq!(found.remedy.as_str(), "Upgrade.\n\nno fix planned: Sorry.");
    assert_eq!(found.identifiers, ["ACME-2024-1", "CVE-2024-1"]);
    assert_eq!(found.severity.unwrap().level.as_str(), "high");
    assert_eq!(found.status.as_str(), "interim");
    assert_eq!(found.publisher.as_deref(), Some("Acme"));
}

#[test]
fn a_section_cut_into_many_notes_has_one_heading() {
    let found = read(
        r#","vulnerabilities":[{"cve":"CVE-2024-1","title":"CVE-2024-1","notes":[{"category":"general","title":"Do","text":"One."},
        {"category":"general","title":"Do","text":"Two."},{"category":"other","title":"Rest","text":"Three."}]}]"#,
    );
    let expected = "## CVE-2024-1\n\n## Do\n\nOne.\n\nTwo.\n\n## Rest\n\nThree.";
    assert!(found.text.as_str().ends_with(expected), "{}", found.text.as_str());
}

#[test]
fn several_vulnerabilities_are_related_and_the_worst_score_counts() {
    let found = read(
        r#","vulnerabilities":[{"cve":"CVE-2024-1","scores":[{"cvss_v3":{"baseScore":3}}]},
        {"cve":"CVE-2024-2","metrics":[{"content":{"cvss_v4":{"baseScore":"9.1"}}}]}]"#,
    );
    assert_eq!(found.identifiers, ["ACME-2024-1"]);
    assert_eq!(found.related, ["CVE-2024-1", "CVE-2024-2"]);
    assert_eq!(found.severity.unwrap().score, Some(9.1));
}

#[test]
fn products_carry_their_versions_by_state() {
    let found = read(&format!(
        r#"{TREE},"vulnerabilities":[{{"product_status":{{"known_affected":["A","C","D:E","unknown"],"fixed":["B","C"]}}}}]"#
    ));
    let [tool, lib] = found.affected.as_slice() else { panic!("{:?}", found.affected) };
    assert_eq!((tool.product.as_str(), tool.vendor.as_deref()), ("Tool", Some("Acme")));
    assert_eq!(tool.ranges[0].introduced.as_deref(), Some("1.0"));
    assert_eq!(tool.ranges[0].fixed.as_deref(), Some("2.0"));
    assert_eq!((&tool.versions[..], &tool.fixed[..]), (&["0.9".to_owned()][..], &["2.0".to_owned()][..]));
    assert_eq!((lib.product.as_str(), lib.ecosystem.as_deref()), ("lib", Some("Tool on its own")));
    assert_eq!(lib.versions, ["1.2"]);
}

#[test]
fn first_and_last_make_a_range() {
    let found = read(&format!(
        r#"{TREE},"vulnerabilities":[{{"product_status":{{"first_affected":["C"],"last_affected":["B"]}}}}]"#
    ));
    assert_eq!(found.affected[0].ranges[0].introduced.as_deref(), Some("0.9"));
    assert_eq!(found.affected[0].ranges[0].last_affected.as_deref(), Some("2.0"));
}

#[test]
fn what_cannot_be_an_entry_says_what_is_missing() {
    let check = |json: &str, expected: &str| {
        assert_eq!(parse(json.as_bytes(), &Origin::default()).unwrap_err().sentence, expected);
    };
    check("{}", "incomplete CSAF document: it has no document");
    check(r#"{"document":{"title":"x"}}"#, "incomplete CSAF document: it has no document.tracking");
    check(
        r#"{"document":{"tracking":{"id":""}}}"#,
        "incomplete CSAF document: it has no document.tracking.id",
    );
}

#[test]
fn a_tree_without_end_is_refused_by_the_parser() {
    let bomb = format!(r#"{{"product_tree":{}"#, r#"{"branches":[{"branches":["#.repeat(50_000));
    assert_eq!(parse(bomb.as_bytes(), &Origin::default()).unwrap_err().kind, "malformed JSON");
}
