//! `forewarn estate collect`: what the programs of this host say of it. Runs nothing but programs of the system, each with
//! fixed arguments, and says of each that is absent or fails.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use index::estate::facts::Facts;
use index::estate::reading::{Format, LARGEST, machine, read};
use index::estate::{Estate, Origin, environment};
use index::knowledge::Knowledge;

use super::super::terminal::say;
use super::super::{End, Usage};
use super::record;
use crate::parts::estate as part;
use crate::schedule;

/// Seconds that one program may take; a directory service that does not answer takes for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a system says what it is (os-release(5)).
const OS_RELEASE: &str = "/etc/os-release";

/// Programs whose output is read, and what it is.
const PROGRAMS: [(Format, &[&str]); 8] = [
    (Format::Disks, &["df", "-P"]),
    (Format::DpkgQuery, &["dpkg-query", "-W"]),
    (Format::RpmQuery, &["rpm", "-qa"]),
    (Format::UnitFiles, &["systemctl", "list-unit-files", "--full", "--no-pager"]),
    (Format::Sockets, &["ss", "-lntup"]),
    (Format::Passwd, &["getent", "passwd"]),
    (Format::Group, &["getent", "group"]),
    (Format::Sudo, &["sudo", "-n", "-l"]),
];

/// Runs the command.
pub(super) async fn run(knowledge: &Knowledge, name: Option<&str>, print: bool) -> anyhow::Result<End> {
    let name = name
        .map(environment)
        .transpose()
        .map_err(|sentence| Usage::because(format!("collect: {sentence}")))?;
    let Gathered { brought, silent, .. } =
        tokio::task::spawn_blocking(gather).await.context("ask the programs of this host")?;
    for sentence in &silent {
        say(&format!("not collected: {sentence}"));
    }
    if brought.is_empty() {
        say("forewarn: no program of this host said anything that can be read.");
        return Ok(End::Wanting);
    }
    match name {
        Some(name) if !print => record(knowledge, &name, brought).await,
        _ => {
            let mut estate = Estate::new("this host", schedule::now());
            estate.take(brought);
            let text = toml::to_string_pretty(&estate.facts()).context("write an estate file")?;
            let mut out = io::stdout().lock();
            writeln!(out, "# Collected by forewarn estate collect on {}, {}.", host(), schedule::now())?;
            write!(out, "{text}")?;
            Ok(End::Well)
        }
    }
}

/// What was gathered, and a sentence for each program that said nothing.
struct Gathered {
    host: String,
    brought: Vec<(Facts, Origin)>,
    silent: Vec<String>,
}

impl Gathered {
    fn take(&mut self, facts: Facts, asked: &str) {
        say(&format!("{asked}: {}", part::brought(&facts)));
        let (from, format) = (self.host.clone(), asked.to_owned());
        self.brought.push((facts, Origin { from, format, at: schedule::now() }));
    }

    fn ask(&mut self, words: &[&str]) -> Option<String> {
        output(words).map_err(|why| self.silent.push(format!("{}: {why}", words.join(" ")))).ok()
    }

    fn read(&mut self, source: impl Read, format: Format, asked: &str) {
        match read(source, Some(format)) {
            Ok((facts, _)) => self.take(facts, asked),
            Err(mistake) => self.silent.push(format!("{asked}: {mistake}")),
        }
    }
}

fn gather() -> Gathered {
    let mut gathered = Gathered { host: host(), brought: Vec::new(), silent: Vec::new() };
    match File::open(OS_RELEASE) {
        Ok(file) => gathered.read(file, Format::OsRelease, OS_RELEASE),
        Err(error) => gathered.silent.push(format!("{OS_RELEASE}: {error}")),
    }
    let (uname, libc) = (gathered.ask(&["uname", "-srm"]), gathered.ask(&["getconf", "GNU_LIBC_VERSION"]));
    let known = machine(uname.as_deref(), libc.as_deref());
    if known != Facts::default() {
        gathered.take(known, "uname, getconf");
    }
    for (format, words) in PROGRAMS {
        if let Some(text) = gathered.ask(words) {
            gathered.read(text.as_bytes(), format, &words.join(" "));
        }
    }
    gathered
}

/// What this host calls itself.
fn host() -> String {
    let said = output(&["uname", "-n"]).unwrap_or_default();
    let name: String = said.trim().chars().filter(|letter| !letter.is_control()).take(255).collect();
    if name.is_empty() { "this host".to_owned() } else { name }
}

/// What a program prints; what it complains of, where it prints nothing.
///
/// # Errors
/// When it is not there, fails without a word, prints without end, or does not come to its end.
fn output(words: &[&str]) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("there is no program")?;
    let mut child = Command::new(program)
        .args(arguments)
        // Their words are read: they must be those that are known.
        .env("LC_ALL", "C")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => "there is no such program here".to_owned(),
            _ => error.to_string(),
        })?;
    let (said, complained) = both(&mut child);
    let status = child.wait().map_err(|error| error.to_string())?;
    let said = said?;
    match (said.trim().is_empty(), status.success()) {
        (false, _) => Ok(said),
        (true, _) if !complained.trim().is_empty() => Ok(complained),
        (true, true) => Err("it printed nothing".to_owned()),
        (true, false) => Err(format!("it failed ({status})")),
    }
}

/// Reads both outputs of a program, and ends it when it takes too long or prints too much.
fn both(child: &mut Child) -> (Result<String, String>, String) {
    fn text(stream: Option<impl Read>) -> String {
        let mut bytes = Vec::new();
        let read = stream.map(|stream| stream.take(LARGEST + 1).read_to_end(&mut bytes));
        // What broke off is read as far as it came.
        drop(read);
        String::from_utf8_lossy(&bytes).into_owned()
    }
    let (out, error) = (child.stdout.take(), child.stderr.take());
    let (sender, receiver) = channel();
    let complaining = thread::spawn(move || text(error));
    thread::spawn(move || sender.send(text(out)));
    let said = match receiver.recv_timeout(PATIENCE) {
        Ok(text) if text.len() as u64 <= LARGEST => Ok(text),
        Ok(_) => Err(format!("it printed more than {} MiB", LARGEST >> 20)),
        Err(RecvTimeoutError::Timeout) => Err(format!("it took longer than {} seconds", PATIENCE.as_secs())),
        Err(RecvTimeoutError::Disconnected) => Err("its output could not be read".to_owned()),
    };
    if said.is_err() {
        // One that has ended already is no trouble.
        let _ = child.kill();
    }
    (said, complaining.join().unwrap_or_default())
}
