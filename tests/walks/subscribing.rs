//! Subscribing by command and by API, what is refused there, and what reaches no log.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::process::{check, forewarn, run};
use crate::saved::{Office, TOKEN};
use crate::visitor::{self, Reply};
use web::post::{Memory, Transport};

/// A folder with settings that write mails into `mail`, and documents to import.
fn house() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("forewarn.toml"), "[mail]\nfolder = \"mail\"\n").unwrap();
    fs::create_dir(data.path().join("documents")).unwrap();
    data
}

fn say(data: &Path, number: usize, title: &str) {
    let document = json!({ "schema_version": "1.6.0", "id": format!("WALK-2026-{number}"), "summary": title,
        "modified": "2026-11-24T03:04:05Z", "details": "The pump jams.", "affected": [] });
    fs::write(data.join(format!("documents/{number}.json")), document.to_string()).unwrap();
    check(data, &["import", "documents"], 0, &["1 new"]);
}

fn mails(data: &Path) -> Vec<String> {
    let files = fs::read_dir(data.join("mail")).map(|files| files.map(|file| file.unwrap().path()).collect());
    let files: Vec<_> = files.unwrap_or_default();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn a_person_subscribes_sees_what_comes_and_leaves() {
    let house = house();
    let data = house.path();
    say(data, 1, "Pump of yesterday");
    let asked = ["subscribe", "--to", "team@acme.example", "--at-once", "pump"];
    check(data, &[&asked[..], &["--preview"]].concat(), 0, &["Pump of yesterday"]);
    check(data, &["subscription", "list"], 0, &["There is no subscription yet"]);
    check(data, &asked, 0, &["A mail to team@acme.example asks to confirm the address"]);
    check(data, &["digest", "--send"], 0, &["1 sent"]);
    assert!(mails(data)[0].contains("Please confirm: pump"));
    let vouched =
        ["subscribe", "--to", "ops@acme.example", "--vouched", "--at-once", "--name", "pumps", "pump"];
    check(data, &vouched, 0, &["It goes to ops@acme.example, at once."]);
    say(data, 2, "Pump of today");
    check(data, &["digest", "--preview"], 0, &["pumps: 1 new", "Pump of today"]);
    check(data, &["digest", "--send"], 0, &["1 digest made; 1 sent"]);
    assert!(mails(data).iter().any(|mail| mail.contains("Subject: pumps: 1 new")));
    check(data, &["subscription", "list"], 0, &["unconfirmed", "active       pumps"]);
    check(data, &["subscription", "remove", "2"], 0, &["Nothing more is sent of it"]);
    check(data, &["subscription", "remove", "2"], 64, &["find subscription 2"]);
    say(data, 3, "Pump of tomorrow");
    check(data, &["digest", "--send"], 0, &["0 digests made; 0 sent"]);
}

#[test]
fn what_cannot_be_is_answered_with_one_sentence_each() {
    let house = house();
    let words = "pump ".repeat(10_000);
    for (arguments, sentence) in [
        (&["--to", "a@b.example\r\nBcc: c@d.example", "pump"][..], "type one address alone"),
        (&["--to", "a@b.example", "--name", "x\nSubject: y", "pump"], "the name is one line"),
        (&["--to", "a@b.example", &words], "longer than 1000 characters"),
        (&["--to", "a@b.example", "vedor:acme"], "did you mean"),
        (&["--to", "a@b.example", "--zone", "Mars", "pump"], "there is no time zone"),
        (&["--to", "a@b.example", "--daily", "25:00", "pump"], "no time of day"),
        (&["--to", "a@b.example", "--quiet", "22:00", "pump"], "no time of day"),
        (&["--to", "a@b.example", "--weekly", "someday 07:00", "pump"], "a day of the week"),
        (&["--to", "https://u:p@b.example/", "pump"], "carries a user name or password"),
        (&["--to", "https://b.example/", "--shape", "fax", "pump"], "one of the shapes"),
        (&["--to", "a@b.example"], "it watches nothing"),
    ] {
        let said = check(house.path(), &[&["subscribe"], arguments].concat(), 64, &[sentence]);
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let bare = tempfile::tempdir().unwrap();
    check(bare.path(), &["subscribe", "--to", "a@b.example", "pump"], 64, &["no mail is set up here"]);
    check(bare.path(), &["subscribe", "--to", "feed", "pump"], 0, &["/subscriptions/1/atom?token="]);
    fs::write(bare.path().join("forewarn.toml"), "[mail]\nhost = \"mail.example\"\nuser = \"ops\"\n")
        .unwrap();
    check(bare.path(), &["digest", "--send"], 70, &["set FOREWARN_SMTP_PASSWORD"]);
    fs::write(bare.path().join("forewarn.toml"), "[mail]\nfrom = \"nobody\"\n").unwrap();
    check(bare.path(), &["digest", "--send"], 70, &["mail.from"]);
}

#[test]
fn addresses_and_tokens_reach_no_log() {
    let house = house();
    let data = house.path();
    let hook = "http://127.0.0.1:9/hooks/SECRETPATH";
    let mail = ["subscribe", "--to", "team@acme.example", "--vouched", "--at-once", "pump"];
    check(data, &mail, 0, &[]);
    let posted = ["subscribe", "--to", hook, "--private-network", "--at-once", "pump"];
    let said = check(data, &posted, 0, &["is signed with"]);
    let secret = said.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
    say(data, 1, "Pump");
    let output = forewarn(data, &["-vv", "digest", "--send"]).env("FOREWARN_LOG", "trace").output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(log.contains("sent") && log.contains("not sent"), "{log}");
    let mail = mails(data).remove(0);
    let leave = mail.split("/unsubscribe/").nth(1).unwrap().split('>').next().unwrap().to_owned();
    for private in ["team@acme.example", "SECRETPATH", &secret, &leave] {
        assert!(private.len() > 9 && !log.contains(private), "{private} is in the log: {log}");
    }
    let (status, listed, _) = run(data, &["subscription", "list", "--json"]);
    assert_eq!(status, 0);
    assert!(!listed.contains(&secret) && !listed.contains(&leave), "{listed}");
}

async fn program(office: &Office, request: &str, body: &Value) -> Reply {
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    visitor::ask(office.pages, request, &headers, &body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_previews_makes_reads_and_ends_a_subscription() {
    let office = Office::new(Transport::Memory(Memory::default())).await;
    let path = "/api/v1/subscriptions";
    let wanted = json!({ "name": "pumps", "watch": { "query": "pump" },
        "recipient": { "by": "webhook", "url": "https://chat.example/hooks/x", "shape": "teams" },
        "rhythm": { "cadence": { "every": "week", "on": 5, "at": "07:00:00" }, "zone": "Europe/Berlin" } });
    let preview = program(&office, &format!("POST {path}?preview=true"), &wanted).await;
    assert_eq!((preview.status, &preview.json()["name"]), (200, &"pumps".into()));
    assert_eq!(program(&office, &format!("GET {path}"), &Value::Null).await.json(), json!([]));
    let made = program(&office, &format!("POST {path}"), &wanted).await;
    assert_eq!((made.status, &made.json()["id"]), (201, &1.into()));
    assert!(made.json()["secret"].as_str().unwrap().len() >= 32);
    let read = program(&office, &format!("GET {path}/1"), &Value::Null).await.json();
    assert_eq!(
        (&read["standing"], &read["wanted"]["rhythm"]["zone"]),
        (&"active".into(), &"Europe/Berlin".into())
    );
    assert_eq!(read["posted"], json!([]));
    for (change, words) in [
        (
            json!({ "recipient": { "by": "mail", "address": "a@b.example\r\nBcc: c@d.example" } }),
            "one address alone",
        ),
        (json!({ "watch": { "query": "pump ".repeat(10_000) } }), "longer than 1000"),
        (json!({ "watch": {} }), "watches nothing"),
        (json!({ "recipient": { "by": "pigeon" } }), "cannot be read"),
        (json!({ "mood": "good" }), "cannot be read"),
    ] {
        let mut wrong = wanted.clone();
        wrong.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = program(&office, &format!("POST {path}"), &wrong).await;
        assert_eq!(refused.status, 400, "{words}");
        assert!(refused.json()["detail"].as_str().unwrap().contains(words), "{}", refused.text());
    }
    assert_eq!(program(&office, &format!("DELETE {path}/1"), &Value::Null).await.status, 204);
    assert_eq!(program(&office, &format!("GET {path}/1"), &Value::Null).await.status, 404);
    assert_eq!(program(&office, &format!("DELETE {path}/1"), &Value::Null).await.status, 404);
}
