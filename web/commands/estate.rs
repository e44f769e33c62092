//! `forewarn estate`: what is so here, one environment each: imported, collected, listed, compared.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use index::estate::compare::{FACTOR, compare};
use index::estate::facts::Facts;
use index::estate::reading::{Format, Mistake, read};
use index::estate::{Estate, Origin, environment};
use index::knowledge::Knowledge;

use super::terminal::{Emphasis, say};
use super::{End, Usage};
use crate::parts::estate as part;
use crate::schedule;
use crate::words::count;

mod collect;

/// What can be done with environments.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Record what files say: estate files, lists of packages, units, sockets, accounts, lists of parts
    Import {
        /// Which environment they are about
        #[arg(long, value_name = "NAME")]
        environment: String,
        /// What they are, where their content does not tell: toml, yaml, dpkg-l, rpm-qa, unit-files, ss, …
        #[arg(long = "as", value_name = "FORMAT")]
        format: Option<String>,
        /// The files; - is standard input
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Gather the same on this host, from the programs that are there
    Collect {
        /// Which environment this host stands for
        #[arg(long, value_name = "NAME", required_unless_present = "print")]
        environment: Option<String>,
        /// Print an estate file that can be imported elsewhere, and record nothing
        #[arg(long)]
        print: bool,
    },
    /// List environments
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what is known of one
    Show {
        /// The environment
        name: String,
        /// Everything, as JSON
        #[arg(long)]
        json: bool,
    },
    /// What a rehearsal on the second would not show of the first
    Diff {
        /// One environment
        one: String,
        /// The other one
        other: String,
        /// How many times larger a table must be to be told
        #[arg(long, value_name = "TIMES", default_value_t = FACTOR, value_parser = clap::value_parser!(u64).range(2..))]
        factor: u64,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Forget one
    Remove {
        /// The environment
        name: String,
    },
}

/// Runs the command.
pub(super) async fn run(knowledge: &Knowledge, command: Command) -> anyhow::Result<End> {
    match command {
        Command::Import { environment, format, files } => {
            import(knowledge, &environment, format.as_deref(), &files).await
        }
        Command::Collect { environment, print } => {
            collect::run(knowledge, environment.as_deref(), print).await
        }
        Command::List { json } => list(knowledge, json).await,
        Command::Show { name, json } => show(knowledge, &name, json).await,
        Command::Diff { one, other, factor, json } => {
            let (one, other) = (known(knowledge, &one).await?, known(knowledge, &other).await?);
            diff(&one, &other, factor, json)
        }
        Command::Remove { name } => {
            if !knowledge.remove_estate(&name).await? {
                return Err(Usage::because(missing(knowledge, &name).await?));
            }
            writeln!(io::stdout(), "Nothing is known of {name} any more.")?;
            Ok(End::Well)
        }
    }
}

/// The estate of an environment that somebody named.
///
/// # Errors
/// When there is none of this name; the text names those that there are.
pub(super) async fn known(knowledge: &Knowledge, name: &str) -> anyhow::Result<Estate> {
    match knowledge.estate(name).await? {
        Some(estate) => Ok(estate),
        None => Err(Usage::because(missing(knowledge, name).await?)),
    }
}

async fn missing(knowledge: &Knowledge, name: &str) -> anyhow::Result<String> {
    let names = knowledge.environments().await?;
    let known = match names.as_slice() {
        [] => "there is none yet: forewarn estate import records one".to_owned(),
        names => format!("there are: {}", names.join(", ")),
    };
    Ok(format!("find the environment {}; {known}", name.escape_debug()))
}

async fn import(
    knowledge: &Knowledge,
    name: &str,
    format: Option<&str>,
    files: &[PathBuf],
) -> anyhow::Result<End> {
    let wrong = |sentence: String| Usage::because(format!("import: {sentence}"));
    let name = environment(name).map_err(wrong)?;
    let format = format.map(Format::named).transpose().map_err(|mistake| wrong(mistake.to_string()))?;
    let now = schedule::now();
    let mut brought = Vec::new();
    for file in files {
        let from =
            if file.as_os_str() == "-" { "standard input".to_owned() } else { file.display().to_string() };
        let (facts, format) = one(file, format).map_err(|mistake| wrong(format!("{from}, {mistake}")))?;
        say(&format!("{from} ({}): {}", format.called(), part::brought(&facts)));
        let from = file.file_name().map_or(from, |name| name.to_string_lossy().into_owned());
        let from = if from == "-" { "standard input".to_owned() } else { from };
        brought.push((facts, Origin { from, format: format.called().to_owned(), at: now }));
    }
    record(knowledge, &name, brought).await
}

async fn record(knowledge: &Knowledge, name: &str, brought: Vec<(Facts, Origin)>) -> anyhow::Result<End> {
    let taken = knowledge.import_estate(name, brought, schedule::now()).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "Recorded of {name}: {}.", taken.join(", "))?;
    writeln!(out, "Next: forewarn check FILE --environment {name}")?;
    Ok(End::Well)
}

fn one(file: &Path, format: Option<Format>) -> Result<(Facts, Format), Mistake> {
    if file.as_os_str() == "-" {
        return read(io::stdin().lock(), format);
    }
    let unread = |error: io::Error| Mistake { line: None, sentence: format!("it cannot be read: {error}") };
    read(File::open(file).map_err(unread)?, format)
}

async fn list(knowledge: &Knowledge, json: bool) -> anyhow::Result<End> {
    let estates = knowledge.estates().await?;
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &estates).context("write the estates")?;
        writeln!(out)?;
        return Ok(End::Well);
    }
    if estates.is_empty() {
        say(
            "Nothing is known of any environment. forewarn estate import and forewarn estate collect record one.",
        );
        return Ok(End::Wanting);
    }
    for estate in estates {
        let origins = estate.origins();
        let known: Vec<&str> =
            origins.iter().filter(|(_, origin)| origin.is_some()).map(|(name, _)| *name).collect();
        let day = estate.updated.strftime("%Y-%m-%d");
        writeln!(out, "{:<16} {day}  {}", estate.environment, known.join(", "))?;
    }
    Ok(End::Well)
}

/// Lines of a section that the terminal shows.
const LINES: usize = 10;

async fn show(knowledge: &Knowledge, name: &str, json: bool) -> anyhow::Result<End> {
    let estate = known(knowledge, name).await?;
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &estate).context("write the estate")?;
        writeln!(out)?;
        return Ok(End::Well);
    }
    let emphasis = Emphasis::of_output();
    for section in part::sections(&estate) {
        let origin = section.origin.map(|origin| format!("; {origin}")).unwrap_or_default();
        writeln!(out, "{}: {}{}", emphasis.strong(section.name), section.said, emphasis.quiet(&origin))?;
        for line in section.lines.iter().take(LINES) {
            writeln!(out, "  {line}")?;
        }
        if section.lines.len() > LINES {
            writeln!(out, "  and more; --json has all")?;
        }
    }
    Ok(End::Well)
}

fn diff(one: &Estate, other: &Estate, factor: u64, json: bool) -> anyhow::Result<End> {
    let found = compare(one, other, factor);
    let mut out = io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &found).context("write the comparison")?;
        writeln!(out)?;
    } else {
        let emphasis = Emphasis::of_output();
        writeln!(out, "What a rehearsal on {} would not show of {}:", found.other, found.one)?;
        if found.parts.is_empty() {
            writeln!(out, "  nothing of what was compared")?;
        }
        for part in &found.parts {
            let number = count(part.differences.len() as u64);
            writeln!(out, "\n{} ({number})", emphasis.strong(&part.section))?;
            for difference in &part.differences {
                writeln!(out, "  {}", part::difference(difference, &found))?;
            }
        }
        if !found.not_compared.is_empty() {
            writeln!(out, "\n{}", emphasis.strong("Not compared"))?;
        }
        for sentence in &found.not_compared {
            writeln!(out, "  {sentence}")?;
        }
        writeln!(out, "\nSizes of tables are told from {} times on.", found.factor)?;
    }
    Ok(if found.is_empty() { End::Well } else { End::Wanting })
}
