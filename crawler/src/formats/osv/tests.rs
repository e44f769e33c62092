//! Records as databases write them, and as nobody should.

use super::{parse_json, parse_yaml};
use crate::formats::Origin;
use index::entry::Statement;

fn read(json: &str) -> Statement {
    let origin = Origin { path: "a.json", ..Origin::default() };
    parse_json(json.as_bytes(), &origin).unwrap().remove(0).statement
}

fn ranges(statement: &Statement) -> String {
    let end = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let of = |affected: &index::entry::Affected| {
        let ranges: Vec<String> = affected
            .ranges
            .iter()
            .map(|range| {
                format!("{}..{}..{}", end(&range.introduced), end(&range.fixed), end(&range.last_affected))
            })
            .collect();
        format!("{} [{}] {:?}", affected.product, ranges.join(" "), affected.versions)
    };
    statement.affected.iter().map(of).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_record_becomes_a_statement() {
    let found = read(
        r#"{"id":"GO-2024-1","modified":"2024-02-01T00:00:00Z","published":"0001-01-01T00:00:00Z",
        "aliases":["cve-2024-9","GHSA-AAAA-bbbb-cccc"],"related":["CVE-2024-10"],"upstream":["CVE-2024-9","CVE-2023-1"],
        "details":"Acme leaks. A lot.","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "references":[{"type":"FIX","url":"https://acme.example/fix"},{"type":"WEB"}]}"#,
    );
    assert_eq!(found.title.as_str(), "Acme leaks");
    assert_eq!(found.identifiers, ["GO-2024-1", "CVE-2024-9", "GHSA-aaaa-bbbb-cccc"]);
    assert_eq!(found.related, ["CVE-2024-10", "CVE-2023-1"]);
    assert_eq!(found.publisher.as_deref(), Some("Go"));
    assert_eq!((found.published, found.updated.is_some()), (None, true));
    assert_eq!(found.severity.unwrap().score, Some(9.8));
    assert_eq!(found.references.len(), 1);
    assert_eq!(found.references[0].label.as_deref(), Some("fix"));
}

#[test]
fn events_become_ranges_and_commits_do_not() {
    let found = read(
        r#"{"id":"X-1","affected":[{"package":{"name":"acme","ecosystem":"npm"},"versions":["1.0"],"ranges":[
        {"type":"GIT","repo":"https://git.example/acme.git","events":[{"introduced":"abc"}]},
        {"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2"},{"introduced":"2.0"},{"last_affected":"2.4"},{"introduced":"3.0"}]}]},
        {"ranges":[{"type":"GIT","repo":"https://git.example/tool.git","events":[{"introduced":"0"}]}],"versions":["v1"]}]}"#,
    );
    assert_eq!(ranges(&found), r#"acme [-..1.2..- 2.0..-..2.4 3.0..-..-] []; tool [] ["v1"]"#);
}

#[test]
fn an_open_range_ends_where_the_database_says_so() {
    let found = read(
        r#"{"id":"X-1","affected":[{"package":{"name":"acme"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}],
        "database_specific":{"last_known_affected_version_range":"<= 3.1"}}]}"#,
    );
    assert_eq!(ranges(&found), "acme [-..-..3.1] []");
}

#[test]
fn words_of_severity_count_where_no_vector_does() {
    let found = read(
        r#"{"id":"X-1","severity":[{"type":"CVSS_V3","score":"nonsense"}],
        "affected":[{"package":{"name":"a"},"ecosystem_specific":{"severity":"LOW"}},{"package":{"name":"b"},"ecosystem_specific":{"severity":"MODERATE"}}]}"#,
    );
    assert_eq!(found.severity.unwrap().level.as_str(), "medium");
}

#[test]
fn the_newest_standard_wins() {
    let found = read(
        r#"{"id":"X-1","severity":[{"score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
        {"score":"CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"}]}"#,
    );
    assert!(found.severity.unwrap().vector.unwrap().starts_with("CVSS:4.0"));
}

#[test]
fn a_withdrawn_record_says_so() {
    assert_eq!(read(r#"{"id":"X-1","withdrawn":"2024-01-01T00:00:00Z"}"#).status.as_str(), "withdrawn");
}

#[test]
fn yaml_reads_like_json() {
    let yaml = "id: PYSEC-2020-1\nsummary: Broken\naliases:\n- CVE-2020-1\npublished: 2020-08-05T14:15:00Z\n";
    let found = parse_yaml(yaml.as_bytes(), &Origin::default()).unwrap().remove(0);
    assert_eq!(found.native_id, "PYSEC-2020-1");
    assert_eq!(found.statement.title.as_str(), "Broken");
    assert!(found.statement.published.is_some());
}

#[test]
fn what_is_no_record_is_refused_with_a_sentence() {
    let check = |json: &[u8], kind: &str| {
        assert_eq!(parse_json(json, &Origin::default()).unwrap_err().kind, kind);
    };
    check(b"{}", "incomplete OSV record");
    check(b"[", "malformed JSON");
    check(b"\xff\xfe", "not UTF-8");
    check("[".repeat(100_000).as_bytes(), "malformed JSON");
    let bomb = format!(
        "a: &a [x,x,x,x]\n{}",
        (0..30).map(|n| format!("b{n}: &b{n} [*a,*a,*a,*a]\n")).collect::<String>()
    );
    assert_eq!(parse_yaml(bomb.as_bytes(), &Origin::default()).unwrap_err().kind, "incomplete OSV record");
}
