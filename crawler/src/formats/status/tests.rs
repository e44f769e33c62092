//! Status pages of an invented vendor, in each of the shapes.

use index::entry::{Draft, Role};
use url::Url;

use super::{history, parse};
use crate::formats::Origin;

fn origin(path: &str) -> Origin<'static> {
    Origin { url: Url::parse(&format!("https://status.halvard.example{path}")).ok(), ..Origin::default() }
}

const INCIDENTS: &str = r#"{"page": {"id": "p1", "name": "Halvard Systems", "time_zone": "Etc/UTC"}, "incidents": [
    {"id": "k1x", "name": "Zustellung verzögert", "status": "resolved", "impact": "major",
     "created_at": "2026-11-20T09:05:00.000Z", "started_at": "2026-11-20T09:00:00.000Z", "updated_at": "2026-11-20T11:00:00.000Z",
     "components": [{"name": "Relay EU"}, {"name": "Console"}, 7],
     "incident_updates": [
       {"id": "u2", "status": "resolved", "body": "Alles läuft wieder.", "display_at": "2026-11-20T11:00:00.000Z"},
       {"id": "u1", "status": "investigating", "body": "Wir prüfen <b>Relay 5.1</b>.", "display_at": null, "created_at": "2026-11-20T09:05:00.000Z"}]},
    "junk", {"name": "no number"}]}"#;

fn shown(draft: &Draft) -> Vec<String> {
    let text = draft.statement.text.as_str();
    let posts = &draft.statement.posts;
    posts.iter().map(|post| text.get(post.start as usize..post.end as usize).unwrap().to_owned()).collect()
}

#[test]
fn an_incident_is_one_entry_with_its_updates_in_order_in_any_language() {
    let drafts = parse(INCIDENTS.as_bytes(), &origin("/api/v2/incidents.json")).unwrap();
    let [draft] = drafts.as_slice() else { panic!("{drafts:?}") };
    assert_eq!(
        (draft.native_id.as_str(), draft.statement.title.as_str()),
        ("incident/k1x", "Zustellung verzögert")
    );
    assert_eq!(draft.link.as_deref(), Some("https://status.halvard.example/incidents/k1x"));
    assert_eq!(shown(draft), ["Investigating: Wir prüfen Relay 5.1.", "Resolved: Alles läuft wieder."]);
    let text = draft.statement.text.as_str();
    assert!(text.starts_with("Impact: major. Status: resolved. Concerns: Relay EU, Console."), "{text}");
    assert!(
        draft.statement.posts.iter().all(|post| post.role == Role::Staff && post.author == "Halvard Systems")
    );
    assert_eq!(draft.statement.published.unwrap().to_string(), "2026-11-20T09:00:00Z");
    let evidence = String::from_utf8(draft.evidence.bytes.clone()).unwrap();
    assert!(
        evidence.starts_with("{\"id\": \"k1x\"") && evidence.ends_with('}') && !evidence.contains("junk")
    );
}

#[test]
fn maintenance_says_for_when_it_is_planned() {
    let list = r#"{"scheduled_maintenances": [{"id": 9, "name": "Move", "status": "in_progress", "impact": "maintenance",
        "scheduled_for": "2026-12-01T22:00:00Z", "scheduled_until": "2026-12-01T23:00:00Z", "incident_updates": []}]}"#;
    let drafts = parse(list.as_bytes(), &origin("/")).unwrap();
    let text = drafts.first().unwrap().statement.text.as_str();
    assert_eq!(
        text,
        "Scheduled for 2026-12-01T22:00:00Z until 2026-12-01T23:00:00Z. Impact: maintenance. Status: in progress."
    );
}

#[test]
fn the_histories_name_the_same_incident() {
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>Halvard Systems Status</title><entry>
        <id>tag:status.halvard.example,2005:Incident/1</id><published>2026-11-20T11:00:00Z</published><updated>2026-11-20T11:00:00Z</updated>
        <link rel="alternate" type="text/html" href="https://status.halvard.example/incidents/k1x"/><title>Delays</title>
        <content type="html">&lt;p&gt;&lt;small&gt;Nov &lt;var data-var='date'&gt;20&lt;/var&gt;, &lt;var data-var='time'&gt;11:00&lt;/var&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Resolved&lt;/strong&gt; - All is well.&lt;/p&gt;&lt;p&gt;&lt;small&gt;Nov &lt;var data-var='date'&gt;20&lt;/var&gt;, &lt;var data-var='time'&gt;09:00&lt;/var&gt; UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Untersuchung&lt;/strong&gt; - We look.&lt;/p&gt;</content>
        </entry></feed>"#;
    let drafts = history::parse_feed(atom.as_bytes(), &origin("/history.atom")).unwrap();
    let draft = drafts.first().unwrap();
    assert_eq!(draft.native_id, "incident/k1x");
    assert_eq!(shown(draft), ["Untersuchung: We look.", "Resolved: All is well."]);
    let first = draft.statement.posts.first().unwrap();
    assert_eq!(first.at.unwrap().to_string(), "2026-11-20T09:00:00Z");

    let json = r#"{"months": [{"name": "November", "year": 2026, "incidents": [{"code": "k1x", "name": "Delays", "impact": "major",
        "message": "All is well.", "timestamp": "Nov <var data-var='date'>20</var>, <var data-var='time'>09:00</var> - <var data-var='time'>11:00</var> UTC"}]}]}"#;
    let drafts = history::parse_json(json.as_bytes(), &origin("/history.json")).unwrap();
    let draft = drafts.first().unwrap();
    assert_eq!(draft.native_id, "incident/k1x");
    assert_eq!(draft.statement.published.unwrap().to_string(), "2026-11-20T09:00:00Z");
    assert_eq!(shown(draft), ["All is well."]);
}

#[test]
fn what_is_no_status_page_says_so() {
    let check = |document: &str, sentence: &str| {
        let told = parse(document.as_bytes(), &origin("/")).unwrap_err().sentence;
        assert!(told.contains(sentence), "{told}");
    };
    check("", "nothing came");
    check("<!doctype html><p>login</p>", "a web page: a list of incidents as JSON was expected");
    check("{\"status\": 1}", "no list of incidents");
    check("{\"incidents\": [{]}", "malformed JSON");
    assert!(history::parse_json(b"{}", &origin("/")).is_err());
}
