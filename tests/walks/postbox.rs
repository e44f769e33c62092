//! A folder of a mail server is read by IMAP: a small server speaks with the program, and remembers what was asked.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::process::forewarn;

/// What lies in the folder, and what was said.
#[derive(Default)]
struct Held {
    messages: Vec<String>,
    asked: Vec<String>,
}

type Shared = Arc<Mutex<Held>>;

const PASSWORD: &str = "correct \"horse\"";

/// Listens for good, with a folder `Lists/relay`.
async fn server(held: Shared) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let held = Arc::clone(&held);
            tokio::spawn(async move { drop(speak(stream, held).await) });
        }
    });
    address
}

async fn speak(stream: TcpStream, held: Shared) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader.take(1 << 20)).lines();
    writer.write_all(b"* OK a small server\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = {
            let mut held = held.lock().unwrap();
            held.asked.push(command.to_owned());
            answer(&held.messages, command)
        };
        let (before, word) = answer;
        writer.write_all(format!("{before}{tag} {word}\r\n").as_bytes()).await?;
        if command.starts_with("LOGOUT") {
            break;
        }
    }
    Ok(())
}

/// What stands before the last line of an answer, and its result.
fn answer(messages: &[String], command: &str) -> (String, String) {
    let done = |before: String| (before, "OK done".to_owned());
    let word = command.split(' ').next().unwrap_or_default();
    match word {
        "LOGIN" if command == "LOGIN \"reader\" \"correct \\\"horse\\\"\"" => done(String::new()),
        "LOGIN" => (String::new(), "NO [AUTHENTICATIONFAILED] no".to_owned()),
        "EXAMINE" if command == "EXAMINE \"Lists/relay\"" => done(format!(
            "* {} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT {}] x\r\n",
            messages.len(),
            messages.len() + 1
        )),
        "EXAMINE" => (String::new(), "NO there is no such folder".to_owned()),
        "UID" => uid(messages, command),
        "LOGOUT" => done("* BYE\r\n".to_owned()),
        _ => (String::new(), "BAD what?".to_owned()),
    }
}

fn uid(messages: &[String], command: &str) -> (String, String) {
    let numbered = || (1..).zip(messages);
    let numbers: Vec<usize> = if let Some(since) = command.strip_prefix("UID SEARCH UID ") {
        let since: usize = since.trim_end_matches(":*").parse().unwrap();
        numbered()
            .map(|(number, _)| number)
            .filter(|number| *number >= since || *number == messages.len())
            .collect()
    } else if command.starts_with("UID SEARCH OR HEADER") {
        let sought = command.split('"').nth(1).unwrap();
        numbered().filter(|(_, text)| text.contains(sought)).map(|(number, _)| number).collect()
    } else {
        command.split(' ').nth(2).unwrap().split(',').map(|number| number.parse().unwrap()).collect()
    };
    if command.starts_with("UID SEARCH") {
        let list: String = numbers.iter().map(|number| format!(" {number}")).collect();
        return (format!("* SEARCH{list}\r\n"), "OK done".to_owned());
    }
    let mut before = String::new();
    let size = if messages.iter().any(|text| text.contains("It signs 5.1.")) { 9 << 20 } else { 100 };
    for (number, text) in numbered().filter(|(number, _)| numbers.contains(number)) {
        let (section, part) = if command.contains("BODY.PEEK[HEADER]") {
            (
                "BODY[HEADER]",
                text.split_once("\r\n\r\n").map_or(text.as_str(), |(head, _)| head).to_owned() + "\r\n\r\n",
            )
        } else {
            ("BODY[]<0>", text.clone())
        };
        before.push_str(&format!(
            "* {number} FETCH (UID {number} RFC822.SIZE {size} {section} {{{}}}\r\n{part})\r\n",
            part.len()
        ));
    }
    (before, "OK done".to_owned())
}

fn letter(id: &str, answers: &str, subject: &str, hour: u8, text: &str) -> String {
    let answers = if answers.is_empty() {
        String::new()
    } else {
        format!("In-Reply-To: <{answers}@halvard.example>\r\n")
    };
    format!(
        "From: Anna <anna@halvard.example>\r\nDate: Tue, 24 Nov 2026 {hour:02}:00:00 +0000\r\nSubject: {subject}\r\nMessage-ID: <{id}@halvard.example>\r\n\
         {answers}Authentication-Results: mx.orrin.example; dkim=pass header.d=halvard.example\r\n\r\n{text}\r\n"
    )
}

/// Runs the program with the password at hand, and gives what it said.
async fn asked(data: &Path, address: SocketAddr, password: &str, arguments: &[&str]) -> String {
    let mut command = forewarn(data, arguments);
    let host = address.ip().to_string().replace('.', "_");
    command.env(format!("FOREWARN_IMAP_PASSWORD_{host}"), password);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

async fn added(data: &Path, address: SocketAddr, folder: &str) {
    let place = format!("imap://{address}/{folder}");
    let options = r#"{"user": "reader"}"#;
    let arguments = [
        "source",
        "add",
        &place,
        "--kind",
        "mail",
        "--name",
        "postbox",
        "--private-network",
        "--options",
        options,
    ];
    let said = asked(data, address, "", &arguments).await;
    assert!(said.contains("postbox was added"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_is_read_without_a_trace_and_a_reply_finds_the_rest_of_its_thread() {
    let held = Shared::default();
    held.lock().unwrap().messages = vec![
        letter("1", "", "The new key", 9, "It signs 5.1."),
        letter("2", "", "Relay 5.1.3", 10, "Out now."),
    ];
    let address = server(Arc::clone(&held)).await;
    let data = tempfile::tempdir().unwrap();
    added(data.path(), address, "Lists/relay").await;
    let said = asked(data.path(), address, PASSWORD, &["crawl", "postbox"]).await;
    assert!(said.contains("2 new"), "{said}");

    assert!(said.contains("a mail of 9 MiB was read to its first 8 alone"), "{said}");
    held.lock().unwrap().messages.push(letter("3", "1", "Re: The new key", 11, "It verifies."));
    let said = asked(data.path(), address, PASSWORD, &["-vv", "crawl", "postbox"]).await;
    assert!(said.contains("1 revised") && !said.contains("horse"), "{said}");
    let found = asked(data.path(), address, "", &["search", "--json", "kind:thread", "verifies"]).await;
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!((&found["entries"], &found["hits"][0]["card"]["title"]), (&1.into(), &"The new key".into()));

    let asked = std::mem::take(&mut held.lock().unwrap().asked);
    let changing = ["SELECT", "STORE", "EXPUNGE", "APPEND", "BODY["];
    assert!(!asked.iter().any(|line| changing.iter().any(|word| line.contains(word))), "{asked:?}");
    let bodies: Vec<&String> = asked.iter().filter(|line| line.contains("BODY.PEEK[]")).collect();
    assert_eq!(bodies.len(), 3, "two threads, and then one of them with the message that came: {bodies:?}");
    assert!(bodies[2].starts_with("UID FETCH 1,3 "), "{bodies:?}");
    let mut kept = Vec::new();
    std::fs::File::open(data.path().join("record.sqlite"))
        .map(|mut file| std::io::Read::read_to_end(&mut file, &mut kept))
        .unwrap()
        .unwrap();
    assert!(!kept.windows(5).any(|window| window == b"horse"), "the password is not in the record");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_refusal_of_a_mail_server_has_its_sentence() {
    let address = server(Shared::default()).await;
    let data = tempfile::tempdir().unwrap();
    added(data.path(), address, "Lists/relay").await;
    let crawl = ["crawl", "postbox"];
    let said = asked(data.path(), address, "wrong", &crawl).await;
    assert!(
        said.contains("log in to 127.0.0.1: it refused the user name or the password")
            && !said.contains("wrong"),
        "{said}"
    );
    added(data.path(), address, "Elsewhere").await;
    let said = asked(data.path(), address, PASSWORD, &crawl).await;
    assert!(said.contains("speak IMAP with 127.0.0.1") && said.contains("there is no such folder"), "{said}");
    added(data.path(), address, "Lists/relay").await;
    let said = asked(data.path(), address, "", &crawl).await;
    assert!(
        said.contains(
            "the environment variable FOREWARN_IMAP_PASSWORD_127_0_0_1 with the password is not set"
        ),
        "{said}"
    );

    let place = format!("imaps://{address}/Lists/relay");
    let options = r#"{"user": "reader"}"#;
    let arguments = ["source", "add", &place, "--kind", "mail", "--name", "postbox", "--options", options];
    asked(data.path(), address, "", &arguments).await;
    let said = asked(data.path(), address, PASSWORD, &crawl).await;
    assert!(said.contains("127.0.0.1 is a loopback address, which this source may not ask"), "{said}");
    let arguments = [&arguments[..], &["--private-network"]].concat();
    asked(data.path(), address, "", &arguments).await;
    let said = asked(data.path(), address, PASSWORD, &crawl).await;
    assert!(said.contains("safely: TLS failed"), "{said}");

    let place = "imap://mail.halvard.example/";
    let arguments = ["source", "add", place, "--kind", "mail", "--name", "clear", "--options", options];
    asked(data.path(), address, "", &arguments).await;
    let said = asked(data.path(), address, PASSWORD, &["crawl", "clear"]).await;
    assert!(said.contains("sends the password in the clear"), "{said}");
}
