//! What is so here: imported by command and by program, collected on this machine, compared, shown, watched.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::process::{check, run};
use crate::saved::{Office, TOKEN};
use crate::town::Town;
use crate::visitor::{self, Reply};
use web::post::{Memory, Transport};

const PLANT: &str = r#"
[os]
id = "debian"
version = "12"

[[products]]
name = "relay"
version = "5.1.0"
ecosystem = "npm"

[[units]]
name = "relay.service"
state = "enabled"

[[retired]]
name = "drop.halvard.example"
since = "2025-11"
why = "the vendor closed it"

[[databases]]
name = "shop"
engine = "postgresql"

[[databases.tables]]
name = "orders"
rows = 80000000
"#;

const DPKG: &str = "Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||/ Name    Version          Architecture Description
+++-=======-================-============-===========
ii  relay   5.0.0-1          amd64        relays
";

fn write(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn an_environment_is_imported_shown_compared_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    check(own, &["estate", "list"], 1, &["Nothing is known of any environment"]);
    let plant = write(own, "plant.toml", PLANT);
    let import = ["estate", "import", "--environment"];
    check(
        own,
        &[&import[..], &["production", &plant]].concat(),
        0,
        &["Recorded of production:", "1 retired host"],
    );
    let smaller = PLANT.replace("80000000", "9000").replace("5.1.0", "5.2.0");
    let staging = write(own, "staging.toml", &smaller);
    check(own, &[&import[..], &["staging", &staging]].concat(), 0, &["Recorded of staging:"]);
    check(own, &["estate", "list"], 0, &["production", "staging"]);
    check(
        own,
        &["estate", "show", "production"],
        0,
        &["relay 5.1.0", "80,000,000 rows", "drop.halvard.example"],
    );
    let differs = ["relay", "5.1.0", "5.2.0", "orders"];
    check(own, &["estate", "diff", "production", "staging"], 1, &differs);
    check(own, &["estate", "diff", "production", "production"], 1, &["nothing of what was compared"]);
    // A list of packages replaces the products and leaves the rest.
    let dpkg = write(own, "dpkg.txt", DPKG);
    check(
        own,
        &[&import[..], &["staging", &dpkg]].concat(),
        0,
        &["(dpkg -l)", "Recorded of staging: products"],
    );
    let shown = check(own, &["estate", "show", "staging"], 0, &["relay 5.0.0-1", "9,000 rows"]);
    assert!(!shown.contains("5.2.0"), "{shown}");
    check(own, &["estate", "remove", "staging"], 0, &["Nothing is known of staging any more"]);
    check(own, &["estate", "show", "staging"], 64, &["there are: production"]);
}

#[test]
fn this_machine_is_collected_into_a_file_that_can_be_imported() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let (status, printed, said) = run(own, &["estate", "collect", "--print"]);
    assert_eq!(status, 0, "{said}");
    let file = write(own, "host.toml", &printed);
    check(own, &["estate", "import", "--environment", "host", &file], 0, &["Recorded of host:", "accounts"]);
    check(own, &["estate", "collect", "--environment", "again"], 0, &["Recorded of again:"]);
    check(own, &["estate", "show", "host"], 0, &["root"]);
}

#[test]
fn what_cannot_be_imported_is_said_in_one_sentence_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let cases = [
        ("keys.toml", "[[units]]\nname = \"a.service\"\nstatus = \"enabled\"\n", "status"),
        ("keys.yaml", "unitz:\n- name: a.service\n", "units"),
        ("empty.txt", "\n \n", "it is empty"),
        ("prose.txt", "Dear colleagues, here is the list.\n", "--as"),
        ("short.json", "{\"bomFormat\": \"CycloneDX\", \"components\": [{\"name\": \"a\"", "line 1"),
    ];
    for (name, content, sentence) in cases {
        let file = write(own, name, content);
        let (status, _, said) = run(own, &["estate", "import", "--environment", "production", &file]);
        assert_eq!((status, said.lines().count()), (64, 1), "{name}: {said}");
        assert!(said.contains(sentence) && said.contains(name), "{name}: {said}");
    }
    // Columns that a terminal of 80 cut, and lines that a program cut: no name and no version is guessed.
    let ruler = "+++-==============-============-============-===============================";
    let row = "ii  librelay-plugi 5.0.0-1+deb1 amd64        plugins of the relay";
    let by_a_program: String =
        DPKG.lines().map(|line| line.chars().take(25).collect::<String>() + "\n").collect();
    for cut in [format!("{ruler}\n{row}\n"), by_a_program] {
        let file = write(own, "cut.txt", &cut);
        let import = ["estate", "import", "--environment", "production", "--as", "dpkg-l", &file];
        let (status, _, said) = run(own, &import);
        assert_eq!((status, said.lines().count()), (64, 1), "{said}");
        assert!(said.contains("cut") && said.contains("dpkg-query -W"), "{said}");
    }
    check(own, &["estate", "list"], 1, &["Nothing is known"]);
}

/// A form with one file.
fn form(name: &str, content: &str) -> (String, String) {
    let headers = "Content-Type: multipart/form-data; boundary=frontier\r\nSec-Fetch-Site: same-origin\r\n";
    let body = format!(
        "--frontier\r\nContent-Disposition: form-data; name=\"environment\"\r\n\r\nproduction\r\n--frontier\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n--frontier--\r\n"
    );
    (headers.to_owned(), body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_and_programs_import_show_compare_and_forget() {
    let town = Town::empty().await;
    assert!(town.page("/estate").await.seen().contains("environment"));
    let (headers, body) = form("plant.toml", PLANT);
    let sent = visitor::ask(town.address, "POST /estate", &headers, &body).await;
    assert_eq!((sent.status, sent.header("location").as_str()), (303, "/estate/production"));
    let shown = town.page("/estate/production").await.seen();
    for words in ["relay 5.1.0", "drop.halvard.example", "plant.toml", "80"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let (headers, body) = form("plant.toml", &PLANT.replace("state =", "status ="));
    let refused = visitor::ask(town.address, "POST /estate", &headers, &body).await;
    assert_eq!(refused.status, 400);
    assert!(refused.seen().contains("status"), "{}", refused.seen());
    let (headers, body) = form("staging.toml", &PLANT.replace("5.1.0", "5.2.0"));
    let put = visitor::ask(town.address, "PUT /api/v1/estate/staging", &headers, &body).await;
    assert_eq!(put.status, 200, "{}", put.text());
    assert_eq!(put.json()["products"]["facts"][0]["version"], "5.2.0");
    assert_eq!(town.page("/api/v1/estate").await.json(), json!(["production", "staging"]));
    let differs = town.page("/api/v1/estate/production/staging").await.json();
    assert!(differs.to_string().contains("5.2.0"), "{differs}");
    assert!(town.page("/estate/production/staging").await.seen().contains("5.2.0"));
    assert_eq!(visitor::ask(town.address, "DELETE /api/v1/estate/staging", "", "").await.status, 204);
    assert_eq!(town.get("/api/v1/estate/staging").await.status, 404);
    assert_eq!(town.get("/estate/staging").await.status, 404);
}

#[test]
fn what_runs_here_and_packages_that_wait_are_watched_by_command() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    fs::write(own.join("forewarn.toml"), "[mail]\nfolder = \"mail\"\n").unwrap();
    let to = ["subscribe", "--to", "ops@acme.example", "--vouched", "--at-once"];
    let watch = |more: &[&'static str]| [&to[..], more].concat();
    check(own, &watch(&["--estate"]), 64, &["record an environment first (forewarn estate import)"]);
    let plant = write(own, "plant.toml", PLANT);
    check(own, &["estate", "import", "--environment", "production", &plant], 0, &[]);
    check(own, &watch(&["--estate", "moon"]), 64, &["there is production"]);
    check(own, &watch(&["--estate", "production"]), 0, &["what runs in production"]);
    check(own, &watch(&["--packages"]), 0, &["packages that wait for a decision"]);
    let advisory = |number: u32, product: &str| {
        let document = json!({ "schema_version": "1.6.0", "id": format!("WALK-2026-{number}"),
            "summary": format!("Flaw in {product}"), "modified": "2026-11-24T03:04:05Z", "details": "It jams.",
            "affected": [{ "package": { "ecosystem": "npm", "name": product },
                "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "5.1.1" }] }] }] });
        fs::create_dir_all(own.join("documents")).unwrap();
        fs::write(own.join(format!("documents/{number}.json")), document.to_string()).unwrap();
    };
    advisory(1, "relay");
    advisory(2, "valve");
    check(own, &["import", "documents"], 0, &["2 new"]);
    let said = check(
        own,
        &["digest", "--preview"],
        0,
        &[
            "Concerns what runs here",
            "Flaw in relay",
            "production runs relay 5.1.0.",
            "1 new, 1 of what runs here",
        ],
    );
    assert!(!said.contains("valve"), "{said}");
    let file = write(own, "relay-6.0.0.txt", "a package");
    check(own, &["brief", &file], 0, &[]);
    let words = ["1 package waits for a decision (1 new)", "relay-6.0.0.txt: ", "2 digests made; 2 sent"];
    check(own, &["digest", "--preview"], 0, &words[..2]);
    check(own, &["digest", "--send"], 0, &words[2..]);
    let mails = fs::read_dir(own.join("mail")).unwrap();
    let mails: Vec<String> = mails.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    assert!(
        mails.iter().any(|mail| mail.contains("Subject: Packages that wait: 1 package waits for a decision"))
    );
    check(own, &["decide", &file, "refuse", "--by", "Ada", "--reason", "it is no package"], 0, &[]);
    check(own, &["digest", "--send"], 0, &["0 digests made"]);
}

async fn program(office: &Office, request: &str, body: &Value) -> Reply {
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    visitor::ask(office.pages, request, &headers, &body.to_string()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_and_the_interface_offer_both() {
    let town = Town::empty().await;
    let (headers, body) = form("plant.toml", PLANT);
    visitor::ask(town.address, "POST /estate", &headers, &body).await;
    let fields = [("ready", "estate"), ("subject", "production"), ("to", "feed"), ("cadence", "day")];
    let previewed = visitor::send(town.address, "/subscriptions/new", &fields).await;
    assert_eq!(previewed.status, 200);
    assert!(previewed.seen().contains("entries that affect what runs in production"), "{}", previewed.seen());
    let fields = [("ready", "estate"), ("subject", "moon"), ("to", "feed"), ("cadence", "day")];
    let refused = visitor::send(town.address, "/subscriptions/new", &fields).await;
    assert_eq!(refused.status, 400);
    assert!(refused.seen().contains("there is production"), "{}", refused.seen());
    let office = Office::new(Transport::Memory(Memory::default())).await;
    let hook = json!({ "by": "webhook", "url": "https://hooks.example/x" });
    let wanted = json!({ "name": "waiting", "watch": { "packages": true }, "recipient": hook });
    assert_eq!(program(&office, "POST /api/v1/subscriptions", &wanted).await.status, 201);
    let wanted = json!({ "name": "here", "watch": { "estate": "" }, "recipient": hook });
    let refused = program(&office, "POST /api/v1/subscriptions", &wanted).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("forewarn estate import"), "{}", refused.text());
}
