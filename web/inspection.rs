//! The parent of the process that reads packages: it starts that process, waits, and answers with a report whatever
//! happens to it.
//!
//! The program starts itself with a hidden command: the file on standard input, one channel for the question and the
//! answer, an empty environment. A crash, a kill or a late answer is a finding on the package, never an outage here.

/// The child's side: what it may still do, and doing it.
pub mod child;
mod confinement;

use std::fs::File;
use std::io::{self, Read as _, Seek, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use inspect::comparison;
use inspect::inspection::Inspection;
use inspect::kept::Read;
use inspect::reading::Question;

/// The command by which the program starts itself.
pub const COMMAND: &str = "inspect-worker";

/// Bytes of the largest answer that is taken; a report on a hundred thousand members takes some 30 MB.
const LARGEST_ANSWER: u64 = 256 << 20;

/// Looks for the end of a child whose channel is closed before it is killed, and the pause between two of them: a second.
const LOOKS: u32 = 200;
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How much longer than its own time the child is waited for, to say what it has read until then.
const GRACE: Duration = Duration::from_secs(10);

/// An earlier version that a file is compared with.
#[derive(Debug)]
pub struct Earlier {
    /// It, open.
    pub file: File,
    /// What it was called, without its folder.
    pub name: String,
}

/// Starts the process that reads packages.
#[derive(Clone, Debug)]
pub struct Inspector {
    /// The program to start: this one.
    pub program: PathBuf,
    /// How long reading one file may take.
    pub patience: Duration,
}

impl Inspector {
    /// One that starts the running program itself, also where its file was replaced meanwhile.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self { program: "/proc/self/exe".into(), patience }
    }

    /// Inspects a file; blocks until that is done.
    ///
    /// # Errors
    /// When the child cannot be started or the file not be read; whatever is wrong with the file's content, or happens
    /// while it is read, is part of the answer.
    pub fn inspect(&self, file: File, question: &Question) -> anyhow::Result<Inspection> {
        Ok(self.read(file, question)?.inspection)
    }

    /// Inspects a file and keeps what a later version will be compared with; beside an earlier one it is compared as well.
    ///
    /// # Errors
    /// As [`Inspector::inspect`], for either file.
    pub fn keep(&self, file: File, question: &Question, earlier: Option<Earlier>) -> anyhow::Result<Read> {
        let now = self.read(file, &Question { keep: true, ..question.clone() })?;
        let Some(earlier) = earlier else { return Ok(now) };
        let asked = Question { name: earlier.name, signature: None, keep: true, ..question.clone() };
        let before = self.read(earlier.file, &asked).context("read the previous file")?;
        let (kept, keys) = (now.kept.clone(), now.keys.clone());
        Ok(Read { inspection: comparison::compared(now, &before), kept, keys })
    }

    fn read(&self, file: File, question: &Question) -> anyhow::Result<Read> {
        let whole = file.try_clone().context("hold the file open")?;
        let (ours, theirs) = UnixStream::pair().context("open a channel to the reading process")?;
        let mut child = Command::new(&self.program)
            .arg(COMMAND)
            .env_clear()
            // The allocator would reserve a gigabyte at once, and the bound on address space be without meaning.
            .env("MIMALLOC_ARENA_RESERVE", "0")
            .current_dir("/")
            .stdin(Stdio::from(file))
            .stdout(Stdio::from(OwnedFd::from(theirs)))
            .stderr(Stdio::null())
            .spawn()
            .context("start the reading process")?;
        let answered = self.ask(&ours, question);
        drop(ours);
        let ended = end(&mut child);
        match (answered, ended) {
            (Ok(Ok(read)), _) => Ok(read),
            // What the child itself says it could not do: the file is no file that can be read.
            (Ok(Err(sentence)), _) => Err(anyhow::anyhow!(sentence)),
            (Err(failure), ended) => {
                let why = failure.why(ended.as_ref().ok(), self.patience);
                Ok(Read { inspection: broken_off(whole, question, &why)?, kept: None, keys: Vec::new() })
            }
        }
    }

    fn ask(&self, channel: &UnixStream, question: &Question) -> Result<child::Answer, Failure> {
        let asked = child::Asked { question: question.clone(), seconds: self.patience.as_secs() };
        let mut channel = channel;
        // A child that is gone already is told by its silence below.
        let written = serde_json::to_vec(&asked).map_err(io::Error::from);
        let _ = channel.set_write_timeout(Some(self.patience.max(GRACE)));
        let _ = written
            .and_then(|asked| channel.write_all(&asked))
            .and_then(|()| channel.shutdown(Shutdown::Write));
        let deadline = Instant::now() + self.patience + GRACE;
        let mut answer = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::Late);
            }
            channel.set_read_timeout(Some(left)).map_err(|_| Failure::Silent)?;
            match channel.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => answer.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Failure::Silent),
            }
            if answer.len() as u64 > LARGEST_ANSWER {
                return Err(Failure::TooMuch);
            }
        }
        serde_json::from_slice(&answer).map_err(|_| Failure::Silent)
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The child ended, or its answer, too early.
    Silent,
    /// Time is up.
    Late,
    /// It answered more than any report is long.
    TooMuch,
}

impl Failure {
    /// In a sentence without its full stop.
    fn why(self, ended: Option<&ExitStatus>, patience: Duration) -> String {
        match (self, ended.and_then(ExitStatusExt::signal), ended.and_then(ExitStatus::code)) {
            (Failure::Late, ..) => {
                format!("reading it took longer than {} seconds and was ended", patience.as_secs())
            }
            (Failure::TooMuch, ..) => "reading it gave an answer beyond every bound and was ended".to_owned(),
            (Failure::Silent, Some(24), _) => {
                "reading it took more computing time than is granted".to_owned()
            }
            (Failure::Silent, Some(signal), _) => {
                format!(
                    "the process that read it was ended by signal {signal}: out of memory, or a fault that its content caused"
                )
            }
            (Failure::Silent, None, Some(code)) => {
                format!("the process that read it ended with status {code} and without an answer")
            }
            (Failure::Silent, None, None) => "the process that read it ended without an answer".to_owned(),
        }
    }
}

/// Ends the child if it has not ended by itself. Its channel is closed by now, which happens a moment before a process is
/// over; only one that stays longer is killed, so that its own end is told and not ours.
#[expect(
    clippy::disallowed_methods,
    reason = "the standard library has no wait for a process with a deadline"
)]
fn end(child: &mut Child) -> io::Result<ExitStatus> {
    for _ in 0..LOOKS {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        std::thread::sleep(LOOK_EVERY);
    }
    child.kill()?;
    child.wait()
}

/// The report on a file whose reading broke off: only what can be said without opening it.
fn broken_off(mut file: File, question: &Question, why: &str) -> anyhow::Result<Inspection> {
    file.rewind().context("read the file again")?;
    inspect::reading::broken_off(file, question, why).context("read the file again")
}

#[cfg(test)]
mod tests;
