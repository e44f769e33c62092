//! The program is killed between finding something new and having sent it: nothing is lost, and what arrives more than
//! once says that it may.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Child;

use index::knowledge::Knowledge;
use index::source::Kind;
use index::subscription::Recipient;

use crate::mailbox::{Mailbox, Step, Taken, Trouble};
use crate::process::{check, forewarn};
use crate::saved::{record, wanted};
use crate::town::{day, source};

/// How often the program is killed before its end.
const DEATHS: usize = 100;

/// Who is told.
const TEAM: [&str; 3] = ["a@acme.example", "b@acme.example", "c@acme.example"];

const STEPS: [Step; 7] =
    [Step::Greeting, Step::Hello, Step::Sender, Step::Recipient, Step::Data, Step::Body, Step::Taken];

/// Something that is said each time.
fn title(turn: usize) -> String {
    format!("Pump number {turn:03} jams")
}

/// Kills the program when its mail server hangs; answers whether it was killed before its end.
async fn at_a_step(mailbox: &Mailbox, mut child: Child) -> bool {
    let mut output = child.stdout.take().unwrap();
    let ended = tokio::task::spawn_blocking(move || drop(output.read_to_end(&mut Vec::new())));
    tokio::select! {
        () = mailbox.reached() => {}
        _ = ended => {}
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// Kills the program when the record's log of changes has grown by so many bytes.
fn after_growth(data: &Path, bytes: u64, mut child: Child) -> bool {
    let size = || fs::metadata(data.join("record.sqlite-wal")).map_or(0, |file| file.len());
    let (mut last, mut grown) = (size(), 0);
    while grown < bytes && child.try_wait().unwrap().is_none() {
        let now = size();
        grown += now.saturating_sub(last);
        last = now;
        std::thread::yield_now();
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

/// Writes down what is new, beside the program.
async fn something_new(data: &Path, turn: usize) {
    let knowledge = Knowledge::open(data).await.unwrap();
    if turn == 0 {
        knowledge.add_source(&source("walk", Kind::Feed, "http://127.0.0.1:9/"), day(0)).await.unwrap();
        for address in TEAM {
            let wanted = wanted("pump", Recipient::mail(address));
            knowledge.subscribe(wanted, true, day(0)).await.unwrap().unwrap();
        }
    }
    record(&knowledge, &title(turn)).await;
    knowledge.close().await;
}

/// Every mail that was taken, looked through: nothing is missing, nothing is in two digests, and what came again says
/// so. Answers how many came again.
fn looked_through(taken: &[Taken], turns: usize) -> usize {
    let mut copies: BTreeMap<(String, String), Vec<&Taken>> = BTreeMap::new();
    for mail in taken {
        copies.entry((mail.to.clone(), mail.header("message-id").unwrap())).or_default().push(mail);
    }
    for address in TEAM {
        for turn in 0..turns {
            let telling: Vec<_> = copies
                .iter()
                .filter(|((to, _), mails)| to == address && mails[0].plain().contains(&title(turn)))
                .collect();
            assert_eq!(telling.len(), 1, "{address} is told of {} in one digest", title(turn));
        }
    }
    let mut repeated = 0;
    for mails in copies.values() {
        for again in mails.iter().skip(1) {
            let subject = again.header("subject").unwrap();
            assert!(subject.starts_with("[possibly repeated] "), "{subject}");
            assert_eq!(again.header("x-forewarn-repeated").as_deref(), Some("possibly"));
            repeated += 1;
        }
    }
    repeated
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_it_is_killed_everything_is_told_and_repetitions_are_marked() {
    let mailbox = Mailbox::new().await;
    let data = tempfile::tempdir().unwrap();
    let settings = format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"forewarn@halvard.example\"\n",
        mailbox.address.port()
    );
    fs::write(data.path().join("forewarn.toml"), settings).unwrap();
    let (mut turn, mut deaths) = (0, 0);
    while deaths < DEATHS {
        something_new(data.path(), turn).await;
        let spawned = || forewarn(data.path(), &["digest", "--send"]).spawn().unwrap();
        let killed = if turn % 2 == 0 {
            let step = STEPS[turn / 2 % STEPS.len()];
            mailbox.fails(step, if step == Step::Sender { "" } else { TEAM[turn % 3] }, Trouble::Hangs);
            if matches!(step, Step::Greeting | Step::Hello) {
                mailbox.fails(step, "", Trouble::Hangs);
            }
            at_a_step(&mailbox, spawned()).await
        } else {
            after_growth(data.path(), 15_013 * turn as u64 % 500_000, spawned())
        };
        mailbox.recovers();
        deaths += usize::from(killed);
        turn += 1;
        assert!(turn < 3 * DEATHS, "only {deaths} of {turn} were killed in time");
    }
    check(data.path(), &["digest", "--send"], 0, &["0 to be tried again, 0 refused for good"]);
    check(data.path(), &["digest", "--send"], 0, &["0 digests made; 0 sent"]);
    let taken = mailbox.taken();
    let repeated = looked_through(&taken, turn);
    println!("{deaths} deaths in {turn} turns: {} mails taken, {repeated} of them again", taken.len());
    assert!(repeated > 0, "some deaths lie between the server's taking a mail and our knowing it");
}
