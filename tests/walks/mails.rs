//! What is new is mailed over a real conversation with a mail server: confirmed first, threaded, and ended by one press.

use std::sync::Arc;

use index::subscription::{Recipient, Standing};
use lettre::transport::smtp::client::Certificate;
use web::post::smtp::Smtp;
use web::post::{Memory, Transport};
use web::settings::Tls;

use crate::mailbox::{Mailbox, Step, Taken, Trouble};
use crate::saved::{Office, TOKEN, to, wanted};
use crate::town::day;
use crate::visitor::{self, Reply};

const TEAM: &str = "team@acme.example";

async fn office(mailbox: &Mailbox) -> Office {
    Office::new(to(mailbox, Tls::None, None)).await
}

/// What a stranger without the token of the pages is answered.
async fn stranger(office: &Office, request: &str) -> Reply {
    visitor::ask(office.pages, request, "", "").await
}

/// The path of a link in a mail that begins so.
fn link(mail: &Taken, beginning: &str) -> String {
    let plain = mail.plain();
    let (_, rest) = plain.split_once("https://forewarn.example").expect("the mail has a link");
    let rest = format!("https://forewarn.example{rest}");
    let from = rest.find(&format!("https://forewarn.example{beginning}")).expect("the mail has this link");
    let address = rest.split_at(from).1.split_whitespace().next().unwrap();
    address.strip_prefix("https://forewarn.example").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_confirmed_told_and_let_go() {
    let mailbox = Mailbox::new().await;
    let office = office(&mailbox).await;
    let asked = wanted(".net pump", Recipient::mail(TEAM));
    office.knowledge.subscribe(asked, false, day(0)).await.unwrap().unwrap();
    assert_eq!(office.tells("Pump before").await, (1, 0, 0));
    let ask = mailbox.taken().remove(0);
    assert_eq!(ask.header("subject").unwrap(), "Please confirm: .net pump");
    let confirm = link(&ask, "/confirm/");
    // A program that looks at every link of a mail confirms nothing.
    assert!(stranger(&office, &format!("GET {confirm}")).await.text().contains("Yes, send them"));
    assert_eq!(office.tells("Pump meanwhile").await, (0, 0, 0));
    assert_eq!(stranger(&office, &format!("POST {confirm}")).await.status, 200);

    assert_eq!(office.tells("Pump jams <b>twice</b> at https://evil.example/").await, (1, 0, 0));
    let told = mailbox.taken().pop().unwrap();
    assert_eq!(told.to, TEAM);
    assert_eq!(told.header("subject").unwrap(), ".net pump: 1 new");
    assert_eq!(told.header("list-unsubscribe-post").unwrap(), "List-Unsubscribe=One-Click");
    assert!(told.header("message-id").unwrap().ends_with("@halvard.example>"));
    assert_eq!(told.header("in-reply-to"), told.header("references"));
    let plain = told.plain();
    assert!(plain.contains("\n.net pump: 1 new\n") || plain.starts_with(".net pump: 1 new"), "{plain}");
    assert!(plain.contains("* advisory: Pump jams <b>twice</b> at https[:]//evil.example/\n"), "{plain}");
    assert!(told.html().contains("Pump jams &#60;b&#62;twice&#60;/b&#62;"), "{}", told.html());

    let page = link(&told, "/digests/");
    assert!(stranger(&office, &format!("GET {page}")).await.text().contains("Pump jams"));
    let leave = link(&told, "/unsubscribe/");
    let header = told.header("list-unsubscribe").unwrap();
    assert_eq!(header, format!("<https://forewarn.example{leave}>"));
    assert!(stranger(&office, &format!("GET {leave}")).await.text().contains("Send no more"));
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let press = format!("POST {leave}");
    let left = visitor::ask(office.pages, &press, form, "List-Unsubscribe=One-Click").await;
    assert_eq!(left.status, 200);
    assert_eq!(office.tells("Pump after").await, (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_digests_of_one_subscription_are_one_thread() {
    let mailbox = Mailbox::new().await;
    let office = office(&mailbox).await;
    office.subscribed("pump", Recipient::mail(TEAM)).await;
    office.tells("Pump one").await;
    office.tells("Pump two").await;
    let [one, two] = [0, 1].map(|at| mailbox.taken().remove(at));
    assert_eq!(one.header("references"), two.header("references"));
    assert_ne!(one.header("message-id"), two.header("message-id"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drops_the_connection_after_the_body_gets_it_again_and_the_reader_is_told() {
    let mailbox = Mailbox::new().await;
    let mut office = office(&mailbox).await;
    let id = office.subscribed("pump", Recipient::mail(TEAM)).await;
    mailbox.fails(Step::Body, "", Trouble::Drops);
    assert_eq!(office.tells("Pump").await, (0, 1, 0));
    let sentence = office.sentence(id).await;
    assert!(sentence.contains("it may have been taken all the same"), "{sentence}");
    mailbox.recovers();
    assert_eq!(office.sends().await, (0, 0, 0), "not before its time");
    office.post.clock = || day(1);
    // A day later the daily word that there is nothing new is due as well.
    assert_eq!(office.sends().await.1, 0);
    let taken = mailbox.taken();
    let (first, again) = (&taken[0], taken.iter().skip(1).find(|mail| mail.text.contains("Pump")).unwrap());
    assert_eq!(first.header("message-id"), again.header("message-id"));
    assert_eq!(first.header("subject").unwrap(), "pump: 1 new");
    assert_eq!(again.header("subject").unwrap(), "[possibly repeated] pump: 1 new");
    assert!(again.plain().contains("This mail is possibly repeated"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_address_stops_alone_and_is_shown() {
    let mailbox = Mailbox::new().await;
    let office = office(&mailbox).await;
    let id = office.subscribed("pump", Recipient::mail("gone@acme.example")).await;
    office.subscribed("pump", Recipient::mail(TEAM)).await;
    mailbox.fails(Step::Recipient, "gone@", Trouble::Says("550 no such mailbox"));
    assert_eq!(office.tells("Pump").await, (1, 0, 1));
    assert_eq!(office.tells("Pump again").await, (1, 0, 0));
    let (found, _) = office.knowledge.subscription(id).await.unwrap().unwrap();
    assert_eq!(found.standing, Standing::Refused);
    let token = format!("Cookie: forewarn={TOKEN}\r\n");
    let page = visitor::ask(office.pages, &format!("GET /subscriptions/{}", id.0), &token, "").await;
    assert!(page.text().contains("its address refuses what is sent"), "{}", page.text());
    assert!(page.text().contains("550 no such mailbox"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_for_now_waits_and_is_no_refusal() {
    let mailbox = Mailbox::new().await;
    let mut office = office(&mailbox).await;
    let id = office.subscribed("pump", Recipient::mail(TEAM)).await;
    for (step, answer) in [
        (Step::Greeting, "554 go away"),
        (Step::Sender, "550 not from you"),
        (Step::Recipient, "450 later"),
        (Step::Data, "451 later"),
        (Step::Body, "452 later"),
    ] {
        mailbox.fails(step, "", Trouble::Says(answer));
        office.post.clock = || day(0);
        let told = office.tells(&format!("Pump {answer}")).await;
        assert_eq!((told.0, told.2), (0, 0), "{step:?}");
        let (found, _) = office.knowledge.subscription(id).await.unwrap().unwrap();
        assert_eq!(found.standing, Standing::Active, "{step:?}");
    }
    mailbox.recovers();
    office.post.clock = || day(1);
    office.sends().await;
    let taken = mailbox.taken();
    assert!(taken.iter().filter(|mail| mail.text.contains("Pump")).count() >= 5);
    let repeated = taken.iter().filter(|mail| mail.text.contains("possibly repeated")).count();
    assert_eq!(repeated, 0, "nothing had arrived");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_asked_for_and_a_wrong_one_is_nobodys_refusal() {
    // The base64 of \0ops\0secret.
    let mailbox = Mailbox::signing_in(Some("AG9wcwBzZWNyZXQ=")).await;
    let wrong = Office::new(to(&mailbox, Tls::None, Some(("ops", "wrong")))).await;
    let id = wrong.subscribed("pump", Recipient::mail(TEAM)).await;
    assert_eq!(wrong.tells("Pump").await, (0, 1, 0));
    let sentence = wrong.sentence(id).await;
    assert!(sentence.contains("did not sign us in: 535"), "{sentence}");
    let right = Office::new(to(&mailbox, Tls::None, Some(("ops", "secret")))).await;
    right.subscribed("pump", Recipient::mail(TEAM)).await;
    assert_eq!(right.tells("Pump").await, (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_tls_that_was_asked_for_nothing_is_said() {
    let mailbox = Mailbox::new().await;
    let office = Office::new(to(&mailbox, Tls::Starttls, Some(("ops", "secret")))).await;
    let id = office.subscribed("pump", Recipient::mail(TEAM)).await;
    assert_eq!(office.tells("Pump").await, (0, 1, 0));
    assert!(office.sentence(id).await.contains("offers no STARTTLS"));
    assert!(mailbox.said().iter().all(|line| line.starts_with("EHLO")), "{:?}", mailbox.said());
}

/// Sends through a server that nobody known vouches for, then one that somebody does; gives what the server was told.
async fn a_mail_arrives_if_somebody_known_vouches_for(
    (mailbox, pem): (Mailbox, String),
    tls: Tls,
    refused: &str,
) -> Vec<String> {
    let login = ("ops".to_owned(), "secret".to_owned());
    let port = mailbox.address.port();
    let smtp = || Smtp::new("localhost", port, tls, Some(login.clone()), "forewarn.example");
    let doubting = Office::new(Transport::Smtp(Arc::new(smtp()))).await;
    let id = doubting.subscribed("pump", Recipient::mail(TEAM)).await;
    assert_eq!(doubting.tells("Pump").await, (0, 1, 0));
    let sentence = doubting.sentence(id).await;
    assert!(sentence.contains(refused) && sentence.contains("certificate"), "{sentence}");
    let mut trusting = smtp();
    trusting.authority = Some(Certificate::from_pem(pem.as_bytes()).unwrap());
    let office = Office::new(Transport::Smtp(Arc::new(trusting))).await;
    office.subscribed("pump", Recipient::mail(TEAM)).await;
    assert_eq!(office.tells("Pump").await, (1, 0, 0));
    mailbox.said()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_starttls_a_mail_arrives_if_somebody_known_vouches_for_the_server() {
    let server = Mailbox::behind_starttls("AG9wcwBzZWNyZXQ=").await;
    let said = a_mail_arrives_if_somebody_known_vouches_for(server, Tls::Starttls, "did not begin TLS").await;
    let tls = said.iter().rposition(|line| line == "STARTTLS").unwrap();
    assert!(said.iter().position(|line| line.starts_with("AUTH")).unwrap() > tls, "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_tls_from_the_first_byte_nothing_is_asked_in_the_clear() {
    let server = Mailbox::within_tls("AG9wcwBzZWNyZXQ=").await;
    let said =
        a_mail_arrives_if_somebody_known_vouches_for(server, Tls::Tls, "did not take the connection").await;
    assert!(said.iter().all(|line| line != "STARTTLS"), "{said:?}");
    assert!(said.iter().any(|line| line.starts_with("AUTH")), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_goes_to_memory_and_to_a_folder_as_well() {
    let memory = Memory::default();
    let office = Office::new(Transport::Memory(memory.clone())).await;
    office.subscribed("pump", Recipient::mail(TEAM)).await;
    office.tells("Pump").await;
    assert!(memory.mails()[0].contains("Subject: pump: 1 new"));
    let folder = tempfile::tempdir().unwrap();
    let office = Office::new(Transport::Folder(folder.path().join("mail"))).await;
    office.subscribed("pump", Recipient::mail(TEAM)).await;
    office.tells("Pump").await;
    let files: Vec<_> = std::fs::read_dir(folder.path().join("mail")).unwrap().collect();
    assert_eq!(files.len(), 1);
    assert!(files[0].as_ref().unwrap().path().extension().is_some_and(|ending| ending == "eml"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_opens_what_it_was_made_for_and_nothing_else() {
    let mailbox = Mailbox::new().await;
    let office = office(&mailbox).await;
    let id = office.subscribed("pump", Recipient::mail(TEAM)).await;
    office.tells("Pump").await;
    let (found, posted) = office.knowledge.subscription(id).await.unwrap().unwrap();
    let digest = posted[0].digest.clone().unwrap();
    let check = async |path: String, status| {
        assert_eq!(stranger(&office, &format!("GET {path}")).await.status, status, "{path}");
    };
    let feed = &found.tokens.feed;
    check(format!("/subscriptions/{}/atom?token={feed}", id.0), 200).await;
    check(format!("/subscriptions/{}/atom?token={}", id.0, found.tokens.leave), 404).await;
    check(format!("/subscriptions/{}/atom", id.0), 404).await;
    check(format!("/digests/{digest}"), 200).await;
    check(format!("/digests/{feed}"), 404).await;
    check(format!("/unsubscribe/{feed}"), 404).await;
    check(format!("/confirm/{digest}"), 404).await;
    check(format!("/subscriptions/{}", id.0), 303).await;
    check("/subscriptions".to_owned(), 303).await;
    let gone = stranger(&office, &format!("POST /subscriptions/{}/remove", id.0)).await;
    assert_eq!(gone.status, 303);
    assert!(office.knowledge.subscription(id).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_previews_before_it_saves_and_takes_no_second_header() {
    let mailbox = Mailbox::new().await;
    let office = office(&mailbox).await;
    office.tells("Pump of yesterday").await;
    office.knowledge.follow().await.unwrap();
    let form = async |body: &str| {
        let headers =
            format!("Cookie: forewarn={TOKEN}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
        visitor::ask(office.pages, "POST /subscriptions/new", &headers, body).await
    };
    let preview = form("query=pump&to=team%40acme.example&cadence=day&at=07:00&action=preview").await;
    assert!(preview.text().contains("Pump of yesterday"), "{}", preview.text());
    assert!(office.knowledge.subscriptions().await.unwrap().is_empty());
    for (body, words) in [
        ("query=pump&to=a%40b.example%0D%0ABcc%3A+c%40d.example", "one address alone"),
        ("query=pump&name=a%0D%0ABcc%3A+c%40d.example&to=a%40b.example", "one line"),
        ("query=%28pump&to=a%40b.example", "parenthesis"),
        ("query=pump&to=a%40b.example&zone=Mars%2FOlympus", "no time zone"),
        ("query=&to=a%40b.example", "watches nothing"),
        (&format!("query={}&to=a%40b.example", "pump+".repeat(10_000)), "longer than 1000 characters"),
    ] {
        let refused = form(&format!("{body}&action=save")).await;
        assert_eq!(refused.status, 400, "{words}");
        assert!(refused.text().contains(words), "{words}: {}", refused.text());
    }
    assert!(office.knowledge.subscriptions().await.unwrap().is_empty());
    let saved = form("query=pump&to=team%40acme.example&cadence=week&on=Friday&action=save").await;
    assert_eq!(saved.status, 303);
    assert_eq!(office.knowledge.subscriptions().await.unwrap().len(), 1);
}
