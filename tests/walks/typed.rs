//! What a person types in a terminal, and what the program says to it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Command;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::process::{check, forewarn};

/// A member of a zip: its name, whether it is deflated, its bytes as stored, its length and checksum unpacked.
struct Member {
    name: &'static str,
    deflated: bool,
    stored: Vec<u8>,
    length: u32,
    sum: u32,
}

fn stored(name: &'static str, bytes: &[u8]) -> Member {
    let mut crc = Crc::new();
    crc.update(bytes);
    let length = u32::try_from(bytes.len()).unwrap();
    Member { name, deflated: false, stored: bytes.to_vec(), length, sum: crc.sum() }
}

/// A hundred megabytes of nothing in a hundred kilobytes, which says that it is small.
fn bomb(name: &'static str) -> Member {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let (much, mut crc) = (vec![b' '; 1 << 20], Crc::new());
    for _ in 0..100 {
        encoder.write_all(&much).unwrap();
        crc.update(&much);
    }
    Member { name, deflated: true, stored: encoder.finish().unwrap(), length: 1_000, sum: crc.sum() }
}

/// A zip by the book (APPNOTE.TXT sections 4.3.7, 4.3.12 and 4.3.16), whatever its members claim.
fn zip(members: &[Member]) -> Vec<u8> {
    let (mut file, mut list) = (Vec::new(), Vec::new());
    for member in members {
        let offset = u32::try_from(file.len()).unwrap();
        let method: u16 = if member.deflated { 8 } else { 0 };
        let mut head = Vec::new();
        head.extend([20, 0, 0, 0]);
        head.extend(method.to_le_bytes());
        head.extend([0, 0, 0x21, 0x5a]);
        head.extend(member.sum.to_le_bytes());
        head.extend(u32::try_from(member.stored.len()).unwrap().to_le_bytes());
        head.extend(member.length.to_le_bytes());
        head.extend(u16::try_from(member.name.len()).unwrap().to_le_bytes());
        head.extend([0, 0]);
        file.extend(b"PK\x03\x04");
        file.extend(&head);
        file.extend(member.name.as_bytes());
        file.extend(&member.stored);
        list.extend(b"PK\x01\x02\x14\x00");
        list.extend(&head);
        list.extend([0; 10]);
        list.extend(offset.to_le_bytes());
        list.extend(member.name.as_bytes());
    }
    let (count, start) = (u16::try_from(members.len()).unwrap(), u32::try_from(file.len()).unwrap());
    file.extend(&list);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(count.to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend([0, 0]);
    file
}

const ADVISORY: &str = "{\"id\":\"WALK-2026-1\",\"modified\":\"2026-01-02T03:04:05Z\",\"summary\":\"The grumblewort jams\",\
    \"details\":\"It jams.\",\"affected\":[]}";

#[test]
fn a_mistake_in_a_query_is_pointed_at() {
    let data = tempfile::tempdir().unwrap();
    let said = check(data.path(), &["search", "relay severity:dreadful"], 64, &["relay severity:dreadful\n"]);
    let (typed, below) = said.split_once('\n').unwrap();
    let marks = below.lines().next().unwrap();
    let at = marks.find('^').unwrap();
    assert!(
        typed.get(at..).unwrap().starts_with("severity:dreadful")
            || typed.get(at..).unwrap().starts_with("dreadful"),
        "{said}"
    );
    check(data.path(), &["search", "grumblewort"], 1, &["Nothing was found for: "]);
}

#[test]
fn a_source_is_added_listed_and_removed() {
    let data = tempfile::tempdir().unwrap();
    check(data.path(), &["source", "list"], 0, &["There is no source yet."]);
    let feed = "https://vendor.example/feed";
    check(
        data.path(),
        &["source", "add", feed, "--kind", "feed", "--name", "Vendor news", "--vendor", "Vendor"],
        0,
        &["vendor-news was added."],
    );
    check(data.path(), &["source", "list"], 0, &["vendor-news", "feed", "never asked"]);
    check(data.path(), &["source", "list", "--json"], 0, &["\"slug\": \"vendor-news\""]);
    check(data.path(), &["source", "remove", "vendor-news"], 0, &["is not asked any more"]);
    check(
        data.path(),
        &["source", "remove", "vendor-nothing"],
        64,
        &["failed to find the source \"vendor-nothing\""],
    );
    check(
        data.path(),
        &["source", "add", "ftp://vendor.example/", "--kind", "feed"],
        64,
        &["has to begin with https://"],
    );
    check(data.path(), &["source", "add", feed, "--kind", "pigeon"], 64, &["pigeon"]);
    check(data.path(), &["crawl"], 0, &["No source is due."]);
}

#[test]
fn a_hostile_archive_ends_with_sentences_and_what_is_sound_in_it_is_read() {
    let data = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let escaping =
        zip(&[stored("../../escaped.json", ADVISORY.as_bytes()), stored("/etc/absolute.json", b"{]")]);
    let escaping = file("escaping.zip", &escaping);
    let status = crate::process::run(data.path(), &["import", &escaping]);
    assert!(status.0 <= 1 && !folder.path().join("../../escaped.json").exists(), "{status:?}");
    let bombed = file("bombed.zip", &zip(&[stored("sound.json", ADVISORY.as_bytes()), bomb("bomb.json")]));
    check(
        data.path(),
        &["import", &bombed],
        1,
        &["Could not be read: 1 file", "bomb.json: it unpacks to more than 1000 times its size"],
    );
    let whole = zip(&[stored("one.json", ADVISORY.as_bytes()), stored("two.json", ADVISORY.as_bytes())]);
    let torn = file("torn.zip", whole.get(..whole.len() - 60).unwrap());
    check(data.path(), &["import", &torn], 1, &["Could not be read: 1 file", "torn.zip"]);
    let nonsense = file(
        "nonsense.json",
        format!("{{\"id\":\"X-1\",\"modified\":\"2026\",\"affected\":{}", "[".repeat(200_000)).as_bytes(),
    );
    check(data.path(), &["import", &nonsense], 1, &["nonsense.json"]);
    check(data.path(), &["import", "/nowhere/at/all"], 70, &["failed to find /nowhere/at/all"]);
    check(data.path(), &["search", "grumblewort"], 0, &["The grumblewort jams"]);
}

#[test]
fn a_setting_that_is_not_known_is_refused_with_the_nearest_known() {
    let data = tempfile::tempdir().unwrap();
    let settings = data.path().join("mine.toml");
    fs::write(&settings, "[web]\nlissen = \"127.0.0.1:1\"\n").unwrap();
    let file = settings.to_str().unwrap();
    check(
        data.path(),
        &["source", "list", "--config", file],
        70,
        &["there is no setting \"web.lissen\"; did you mean \"web.listen\"?"],
    );
    check(
        data.path(),
        &["source", "list", "--config", "nowhere.toml"],
        70,
        &["failed to read the settings nowhere.toml"],
    );
}

#[test]
fn an_open_address_is_not_served_without_a_token() {
    let data = tempfile::tempdir().unwrap();
    check(
        data.path(),
        &["serve", "--listen", "0.0.0.0:0"],
        70,
        &["failed to listen on 0.0.0.0:0", "set FOREWARN_TOKEN"],
    );
}

#[test]
fn the_demo_reads_its_world_once_and_ends_well() {
    let data = tempfile::tempdir().unwrap();
    let said = check(
        data.path(),
        &["demo", "--once", "--listen", "127.0.0.1:0"],
        0,
        &["entries were recorded and can be searched"],
    );
    // The certificate that signed the upgrade is nobody's until the forum was read, in which staff announced it.
    let (before, after) = said.split_once("entries were recorded").unwrap();
    assert!(before.contains("its key is: unannounced"), "{said}");
    assert!(
        after.contains("its key is: successor, announced (B)")
            && after.contains("of the new signing certificate"),
        "{said}"
    );
    for source in [
        "halvard-releases",
        "halvard-advisories",
        "halvard-community",
        "halvard-status",
        "halvard-keys",
        "orrin-notices",
        "orrin-csaf",
    ] {
        assert!(said.contains(&format!("{source}: ")), "{said}");
    }
    assert!(fs::read_dir(data.path()).unwrap().next().is_none(), "the demo leaves nothing behind");
    check(data.path(), &["demo", "--once", "--listen", "0.0.0.0:0"], 70, &["it is for this machine alone"]);
}

#[test]
fn an_interrupt_stops_serving_cleanly() {
    let data = tempfile::tempdir().unwrap();
    let mut child = forewarn(data.path(), &["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    assert!(first.starts_with("Forewarn serves http://127.0.0.1:"), "{first}");
    let address = first.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_owned();
    // The line is said before the first answer; this waits for it.
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    stream.write_all(format!("GET /healthz HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"), "{answer}");
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("Stopped.\n"), "{rest}");
}

#[test]
fn a_vendor_of_the_catalogue_is_added_with_its_channels() {
    let data = tempfile::tempdir().unwrap();
    check(data.path(), &["source", "catalogue", "k8s"], 0, &["kubernetes", "Kubernetes"]);
    check(data.path(), &["source", "catalogue", "grumblewort"], 1, &["No vendor of the catalogue"]);
    check(data.path(), &["source", "add", "elastc"], 64, &["did you mean \"elastic\"?"]);
    check(
        data.path(),
        &["source", "add", "elastic", "--dry-run"],
        0,
        &["elastic-security-announcements  discourse  vendor", "would be added", "not fetched (2026-11-24)"],
    );
    check(data.path(), &["source", "list"], 0, &["There is no source yet."]);
    check(
        data.path(),
        &["source", "add", "microsoft", "--only", "feed"],
        0,
        &["1 source of Microsoft added"],
    );
    let listed = check(data.path(), &["source", "list"], 0, &["microsoft-advisory-feed"]);
    assert!(!listed.contains("csaf"), "{listed}");
}

#[test]
fn sources_are_passed_on_as_a_list() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    check(from.path(), &["source", "add", "cisco", "--only", "feed"], 0, &[]);
    check(from.path(), &["source", "add", "cisco", "--only", "csaf"], 0, &[]);
    let (_, toml, _) = crate::process::run(from.path(), &["source", "export"]);
    fs::write(to.path().join("list.toml"), &toml).unwrap();
    check(to.path(), &["source", "import", "list.toml"], 0, &["2 sources added"]);
    assert_eq!(crate::process::run(to.path(), &["source", "export"]).1, toml);
    let (_, opml, beside) = crate::process::run(from.path(), &["source", "export", "--opml"]);
    assert!(beside.contains("Left out: cisco-advisories."), "{beside}");
    fs::write(to.path().join("list.opml"), &opml).unwrap();
    check(
        to.path(),
        &["source", "import", "list.opml", "--dry-run"],
        0,
        &["cisco-advisory-feed  feed  https://sec."],
    );
    fs::write(to.path().join("bad.opml"), "<!DOCTYPE a [<!ENTITY b 'c'>]><opml/>").unwrap();
    check(to.path(), &["source", "import", "bad.opml"], 70, &["bad.opml: it declares a document type"]);
}

#[test]
fn an_option_that_is_not_known_is_refused_before_anything_is_added() {
    let data = tempfile::tempdir().unwrap();
    let said = ["no option \"folow\"; did you mean \"follow\"?"];
    let add =
        ["source", "add", "https://vendor.example/f", "--kind", "feed", "--options", "{\"folow\": true}"];
    check(data.path(), &add, 64, &said);
    check(data.path(), &["source", "list"], 0, &["There is no source yet."]);
    check(data.path(), &["crawl", "nobody"], 64, &["failed to find the source \"nobody\""]);
}
