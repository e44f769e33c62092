//! Records as numbering authorities write them.

use super::parse;
use crate::formats::Origin;
use index::entry::Statement;

fn read(cna: &str) -> Statement {
    let json = format!(
        r#"{{"dataType":"CVE_RECORD","cveMetadata":{{"cveId":"CVE-2024-1","state":"PUBLISHED","assignerShortName":"acme",
        "datePublished":"2020-01-27T17:03:58"}},"containers":{{"cna":{cna},"adp":[{{"metrics":[{{"cvssV3_1":{{"baseScore":5}}}}]}}]}}}}"#
    );
    parse(json.as_bytes(), &Origin::default()).unwrap().remove(0).statement
}

fn check(affected: &str, expected: &str) {
    let statement = read(&format!(r#"{{"affected":[{affected}]}}"#));
    let end = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let said: Vec<String> = statement
        .affected
        .iter()
        .map(|one| {
            let ranges: Vec<String> = one
                .ranges
                .iter()
                .map(|range| {
                    format!(
                        "{}..{}..{}",
                        end(&range.introduced),
                        end(&range.fixed),
                        end(&range.last_affected)
                    )
                })
                .collect();
            let ecosystem = one.ecosystem.as_deref().unwrap_or("-");
            format!(
                "{} {ecosystem} {} {} {}",
                one.product,
                ranges.join(" "),
                one.versions.join(","),
                one.fixed.join(",")
            )
        })
        .collect();
    assert_eq!(said.join("; "), expected, "{affected}");
}

#[test]
fn a_record_becomes_a_statement() {
    let found = read(
        r#"{"descriptions":[{"lang":"de","value":"Fehler."},{"lang":"en-US","value":"A bug. More."}],
        "problemTypes":[{"descriptions":[{"description":"n/a"},{"description":"CWE-79 XSS"}]}],
        "solutions":[{"lang":"en","value":"Upgrade."}],"workarounds":[{"value":"Do not."}],"tags":["disputed"],
        "metrics":[{"cvssV2_0":{"baseScore":4,"vectorString":"AV:N/AC:L/Au:N/C:N/I:N/A:C"}}],
        "references":[{"url":"https://acme.example","tags":["patch","x_transferred"]}],"source":{"advisory":"GHSA-aaaa-bbbb-cccc"}}"#,
    );
    assert_eq!(found.title.as_str(), "A bug");
    assert_eq!(found.text.as_str(), "A bug. More.\n\nFehler.\n\nWeakness: CWE-79 XSS");
    assert_eq!(found.remedy.as_str(), "Upgrade.\n\nDo not.");
    assert_eq!(found.status.as_str(), "disputed");
    assert_eq!(found.severity.unwrap().score, Some(4.0));
    assert_eq!(found.related, ["GHSA-aaaa-bbbb-cccc"]);
    assert_eq!(found.references[0].label.as_deref(), Some("patch"));
    assert_eq!(found.publisher.as_deref(), Some("acme"));
}

#[test]
fn scores_of_others_count_where_the_authority_gives_none() {
    assert_eq!(read("{}").severity.unwrap().score, Some(5.0));
}

#[test]
fn intervals_become_ranges() {
    check(
        r#"{"vendor":"n/a","product":"tool","versions":[{"version":"1.0","status":"affected","lessThan":"1.4"},
        {"version":"unspecified","status":"affected","lessThanOrEqual":"2.0"},{"version":"3.1","status":"affected"}]}"#,
        "tool - 1.0..1.4..- -..-..2.0 3.1 ",
    );
    check(
        r#"{"product":"tool","versions":[{"version":"2.0","status":"affected","changes":[{"at":"2.5","status":"unaffected"}]}]}"#,
        "tool - 2.0..2.5..-  ",
    );
    check(
        r#"{"product":"tool","versions":[{"version":">= 1.0, < 2.0","status":"affected"}]}"#,
        "tool - 1.0..2.0..-  ",
    );
    check(r#"{"product":"n/a","vendor":"n/a","versions":[{"version":"n/a","status":"affected"}]}"#, "");
}

#[test]
fn unaffected_intervals_are_turned_round() {
    check(
        r#"{"product":"Linux","defaultStatus":"affected","versions":[{"version":"2.6.12","status":"affected"},
        {"version":"0","lessThan":"2.6.12","status":"unaffected"},
        {"version":"6.1.55","lessThanOrEqual":"6.1.*","status":"unaffected"},
        {"version":"6.5","lessThanOrEqual":"*","status":"unaffected","versionType":"original_commit_for_fix"},
        {"version":"abc","lessThan":"def","status":"affected","versionType":"git"}]}"#,
        "Linux - 2.6.12..6.1.55..- 6.2..6.5..-  6.1.55,6.5",
    );
    check(
        r#"{"product":"RHEL 9","packageName":"kernel","collectionURL":"https://access.redhat.com/x/","defaultStatus":"affected",
        "versions":[{"version":"0:5.14-2.el9","lessThan":"*","status":"unaffected","versionType":"rpm"}]}"#,
        "kernel RHEL 9 -..0:5.14-2.el9..-  0:5.14-2.el9",
    );
}

#[test]
fn defaults_speak_for_products_without_versions() {
    check(
        r#"{"product":"a","defaultStatus":"unaffected"},{"product":"b","defaultStatus":"affected"}"#,
        "b - -..-..-  ",
    );
}

#[test]
fn registries_are_called_by_their_names() {
    check(
        r#"{"product":"x","packageName":"cmd/go","collectionURL":"https://pkg.go.dev","versions":[{"version":"0","status":"affected","lessThan":"1.2"}]}"#,
        "cmd/go Go -..1.2..-  ",
    );
}

#[test]
fn a_rejected_record_is_withdrawn_and_says_why() {
    let json = br#"{"cveMetadata":{"cveId":"cve-2024-1","state":"REJECTED"},"containers":{"cna":{
        "rejectedReasons":[{"lang":"en","value":"Taken back."}],"replacedBy":["CVE-2024-2"]}}}"#;
    let found = parse(json, &Origin::default()).unwrap().remove(0);
    assert_eq!((found.native_id.as_str(), found.statement.status.as_str()), ("CVE-2024-1", "withdrawn"));
    assert_eq!(found.statement.text.as_str(), "Taken back.");
    assert_eq!(found.statement.related, ["CVE-2024-2"]);
}

#[test]
fn what_is_no_record_is_refused_with_a_sentence() {
    let check = |json: &str, kind: &str| {
        assert_eq!(parse(json.as_bytes(), &Origin::default()).unwrap_err().kind, kind)
    };
    check("{}", "incomplete CVE record");
    check(r#"{"cveMetadata":{"cveId":7}}"#, "incomplete CVE record");
    check("[1", "malformed JSON");
    check(&"[".repeat(100_000), "malformed JSON");
}

#[test]
fn the_kernel_is_known_by_the_number_of_its_authority() {
    let json = br#"{"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2024-1","state":"PUBLISHED",
        "assignerOrgId":"f4215fc3-5b6b-47ff-a258-f7189bd81038"},"containers":{"cna":{}}}"#;
    let draft = parse(json, &Origin::default()).unwrap().remove(0);
    assert_eq!(draft.statement.publisher.as_deref(), Some("Linux"));
}
