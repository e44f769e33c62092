//! The child's side of an inspection: gives up every right, reads the one file, answers, ends.
//!
//! No threads, no files beside the two it was handed, no network. It answers as JSON on its standard output, which is
//! a channel that the question came through.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use inspect::inspection::Inspection;
use inspect::kept::Read;
use inspect::limits::Limits;
use inspect::reading::{self, Question};
use serde::{Deserialize, Serialize};

use super::confinement::confine;

/// Bytes of the longest question: a signature of a megabyte, as numbers, and 24 MB of keys, as text.
const LONGEST_QUESTION: u64 = 44 << 20;

/// What the parent asks.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// About which file.
    pub question: Question,
    /// Seconds that reading may take.
    pub seconds: u64,
}

/// What the child answers: the report with what was kept, or why the file itself cannot be read.
pub type Answer = Result<Read, String>;

/// Runs the child. Standard input must be a file, standard output a channel.
#[must_use]
pub fn run() -> ExitCode {
    let started = Instant::now();
    match answer(started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(70),
    }
}

fn answer(started: Instant) -> io::Result<()> {
    let mut channel = UnixStream::from(io::stdout().as_fd().try_clone_to_owned()?);
    let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut asked = Vec::new();
    (&channel).take(LONGEST_QUESTION).read_to_end(&mut asked)?;
    let asked: Asked = serde_json::from_slice(&asked)?;
    let bounds = confine(asked.seconds);
    let patience = Duration::from_secs(asked.seconds);
    let late = Box::new(move || started.elapsed() > patience);
    let read = reading::inspect(file, &asked.question, &Limits::for_package(), late);
    let answer: Answer = match read {
        Ok(Read { inspection, kept, keys }) => {
            Ok(Read { inspection: Inspection { confinement: bounds, ..inspection }, kept, keys })
        }
        Err(error) => Err(error.to_string()),
    };
    let mut out = io::BufWriter::with_capacity(64 << 10, &mut channel);
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()
}
