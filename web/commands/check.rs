//! `forewarn check FILE`: what is this file, who signed it, what is in it?
//!
//! Exit status: 0 nothing asks for attention, 1 something does, 2 it must not be installed, 64 and above what was typed
//! is wrong or something of ours broke. Nothing is recorded. Where a record is at hand the brief is shown, else the report
//! alone.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use index::brief::Brief;
use index::collision::{self, Assessment};
use index::knowledge::Knowledge;
use index::package::{Attention, Package, PackageView, Way};
use inspect::finding::Finding;
use inspect::inspection::Inspection;
use inspect::kept::Read;
use inspect::key::carried::Carried;
use inspect::reading::Question;
use inspect::signature::reading::Beside;

mod keys;

use super::terminal::Emphasis;
use super::{End, Usage, brief};
use crate::arrival::beside;
use crate::inspection::{Earlier, Inspector};
use crate::parts::delta;
use crate::parts::estate as estates;
use crate::parts::package as part;
use crate::schedule;
use crate::settings::Settings;
use crate::words::{count, counted};

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A package, an archive, or any other file
    file: PathBuf,
    /// A signature that came beside it
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Keys and certificates that you know: a file of them, or a folder of such files
    #[arg(long, value_name = "FILE-OR-FOLDER")]
    keys: Vec<PathBuf>,
    /// An earlier version of the same product: what differs is told first
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// The environment to hold it against; without it the only one, or the one called production
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// The whole report as JSON
    #[arg(long)]
    json: bool,
    /// List every finding, also those in documentation and tests
    #[arg(long, conflicts_with = "json")]
    all: bool,
}

/// Runs the command.
pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<End> {
    let file = open(&arguments.file)?;
    let signature = arguments.signature.as_deref().map(signature).transpose()?;
    let mut keys = keys::known(&arguments.keys)?;
    let record = super::open_if_there(settings).await?;
    if let Some(knowledge) = &record {
        keys.extend(knowledge.known_keys().await?);
    }
    let (name, at) = (named(&arguments.file), schedule::now().as_second());
    let question = Question { name, signature, keys, at, keep: false };
    let earlier = arguments
        .previous
        .as_deref()
        .map(|path| -> anyhow::Result<Earlier> { Ok(Earlier { file: open(path)?, name: named(path) }) });
    let earlier = earlier.transpose()?;
    let inspector = Inspector::new(Duration::from_secs(settings.packages.patience_seconds.into()));
    let read = move || inspector.keep(file, &question, earlier);
    let read = tokio::task::spawn_blocking(read).await.context("read the file")??;
    let brief = briefed(record.as_ref(), arguments, &read).await?;
    let inspection = &read.inspection;
    let unheld = || collision::of(inspection, None);
    let assessment = brief.as_ref().map_or_else(unheld, |brief| brief.assessment.clone());
    let attention = brief.as_ref().map_or_else(|| Attention::of(inspection), brief::attention);
    let mut out = io::stdout().lock();
    match &brief {
        _ if arguments.json => {
            let answer = serde_json::json!({
                "attention": attention, "assessment": assessment, "inspection": inspection, "keys": carried_as_json(&read.keys)
            });
            serde_json::to_writer_pretty(&mut out, &answer).context("write the report")?;
            writeln!(out)?;
        }
        Some(brief) if !arguments.all => brief::show(&mut out, brief)?,
        _ => {
            show(&mut out, inspection, &assessment, attention, arguments.all)?;
            carried(&mut out, &read.keys)?;
        }
    }
    Ok(brief::end(attention))
}

/// The brief on what was read, where a record is at hand.
async fn briefed(
    record: Option<&Knowledge>,
    arguments: &Arguments,
    read: &Read,
) -> anyhow::Result<Option<Brief>> {
    let Some(knowledge) = record else {
        return match &arguments.environment {
            Some(name) => Err(Usage::because(format!(
                "hold it against {name}: there is no record here yet; forewarn estate import --environment {name} FILE \
                 begins one"
            ))),
            None => Ok(None),
        };
    };
    knowledge.follow().await?;
    let now = schedule::now();
    let package = Package::of(&read.inspection, Way::Command, now);
    let view = PackageView { package, inspection: read.inspection.clone() };
    let answered = knowledge.brief_of(view, read, arguments.environment.as_deref(), now).await?;
    Ok(Some(answered.map_err(|refusal| Usage::because(format!("write a brief: {refusal}")))?))
}

/// Opens what was named, if it is a file.
pub(super) fn open(path: &Path) -> anyhow::Result<File> {
    let wrong = |why: String| Usage::because(format!("read {}: {why}", path.display()));
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    let is_file = file.metadata().map_err(|error| wrong(error.to_string()))?.is_file();
    if is_file { Ok(file) } else { Err(wrong("it is no file; name one file at a time".to_owned())) }
}

pub(super) fn named(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Reads a signature that lies beside a file.
pub(super) fn signature(path: &Path) -> anyhow::Result<Beside> {
    beside(path).map_err(|error| Usage::because(format!("{error:#}")))
}

fn show(
    out: &mut impl Write,
    inspection: &Inspection,
    assessment: &Assessment,
    attention: Attention,
    all: bool,
) -> io::Result<()> {
    let emphasis = Emphasis::of_output();
    writeln!(out, "{}: {}", emphasis.strong(&inspection.name), part::verdict(attention))?;
    writeln!(out, "  {}, {}", inspection.kind, part::size(inspection.size))?;
    writeln!(out, "  SHA-256 {}", inspection.sha256)?;
    let contents = &inspection.contents;
    if contents.files > 1 || contents.entries > 1 {
        let (files, unpacked) = (counted(contents.files, "file", "files"), part::size(contents.bytes));
        writeln!(out, "  holds {files}, {unpacked} unpacked")?;
    }
    collisions(out, assessment, &emphasis)?;
    delta(out, inspection, all, &emphasis)?;
    for claims in inspection.claims.iter().take(10) {
        writeln!(out, "\n{}", emphasis.strong(&part::claimed(claims)))?;
        for (name, value) in part::facts(claims) {
            writeln!(out, "  {name:<14} {value}")?;
        }
    }
    writeln!(out, "\n{}", emphasis.strong("Signatures"))?;
    if inspection.signatures.is_empty() {
        writeln!(out, "  none was found")?;
    }
    for fact in &inspection.signatures {
        writeln!(out, "  {}", part::signature(fact))?;
        for line in part::more_of_signature(fact) {
            writeln!(out, "    {line}")?;
        }
    }
    findings(out, inspection, all, &emphasis)?;
    unread(out, inspection, assessment, &emphasis)
}

fn carried_as_json(keys: &[Carried]) -> Vec<serde_json::Value> {
    let one = |one: &Carried| serde_json::json!({ "fingerprint": one.key.fact.fingerprint, "path": one.path, "how": one.how });
    keys.iter().map(one).collect()
}

/// Keys that lie in it. They count for nothing by that.
fn carried(out: &mut impl Write, keys: &[Carried]) -> io::Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{}",
        Emphasis::of_output().strong("Keys that it brings along, which count for nothing by that")
    )?;
    for one in keys.iter().take(LINES) {
        writeln!(out, "  {} {}", one.key.fact.fingerprint.grouped(), one.path)?;
    }
    if keys.len() > LINES {
        writeln!(out, "  and {} more; --json lists them", count((keys.len() - LINES) as u64))?;
    }
    Ok(())
}

/// What collides with the environment, before anything else; what was compared and does not is one line.
fn collisions(out: &mut impl Write, assessment: &Assessment, emphasis: &Emphasis) -> io::Result<()> {
    let Some(environment) = &assessment.environment else { return Ok(()) };
    writeln!(out, "\n{}", emphasis.strong(&format!("Collisions with {environment}")))?;
    for collision in &assessment.collisions {
        writeln!(out, "  {}", collision.sentence)?;
        if let Some(quote) = collision.finding.as_ref().and_then(|finding| finding.quote.as_ref()) {
            writeln!(out, "{}", emphasis.quiet(&format!("    {quote}")))?;
        }
        writeln!(out, "{}", emphasis.quiet(&format!("    known from {}", collision.origin)))?;
    }
    if let Some(kinds) = estates::quiet(assessment) {
        writeln!(out, "  nothing contradicts {environment} in: {kinds}")?;
    }
    Ok(())
}

/// Lines of a list that are shown unless all are asked for.
const LINES: usize = 20;

/// What differs from an earlier version.
fn delta(out: &mut impl Write, inspection: &Inspection, all: bool, emphasis: &Emphasis) -> io::Result<()> {
    let Some(comparison) = &inspection.comparison else { return Ok(()) };
    writeln!(out, "\n{}", emphasis.strong(&delta::heading(comparison)))?;
    for sentence in delta::sentences(comparison) {
        writeln!(out, "  {sentence}")?;
    }
    let Some(found) = delta::delta(inspection) else { return Ok(()) };
    let shown = if all { usize::MAX } else { LINES };
    let lists = [
        ("", &found.changes),
        ("Found now and not before", &found.new),
        ("Found before and not now", &found.gone),
    ];
    for (title, findings) in lists {
        if !title.is_empty() && !findings.is_empty() {
            writeln!(out, "\n{}", emphasis.strong(title))?;
        }
        for finding in findings.iter().take(shown) {
            line(out, finding, emphasis)?;
        }
        if findings.len() > shown {
            writeln!(out, "  and {} more; --all lists them", count((findings.len() - shown) as u64))?;
        }
    }
    if all {
        for file in delta::listed(&found.files) {
            writeln!(out, "  {file}")?;
        }
    }
    Ok(())
}

/// One finding, with its quote below.
fn line(out: &mut impl Write, finding: &Finding, emphasis: &Emphasis) -> io::Result<()> {
    let place = match finding.line {
        Some(line) => format!(" {}:{line}", finding.path),
        None if finding.path.is_empty() => String::new(),
        None => format!(" {}", finding.path),
    };
    writeln!(out, "  {}{place}: {}", finding.check, finding.detail)?;
    match &finding.quote {
        Some(quote) => writeln!(out, "{}", emphasis.quiet(&format!("    {quote}"))),
        None => Ok(()),
    }
}

fn findings(out: &mut impl Write, inspection: &Inspection, all: bool, emphasis: &Emphasis) -> io::Result<()> {
    let families = part::families(&delta::absolute(inspection), &inspection.more_findings);
    let mut hidden = 0;
    for family in &families {
        writeln!(out, "\n{}", emphasis.strong(&family.title))?;
        for finding in family.listed.iter().chain(family.folded.iter().filter(|_| all)) {
            line(out, finding, emphasis)?;
        }
        hidden += family.folded.len() as u64 * u64::from(!all) + family.more;
    }
    if hidden > 0 {
        writeln!(
            out,
            "\n{} more stand in documentation, tests and comments; --all lists them",
            count(hidden)
        )?;
    }
    Ok(())
}

fn unread(
    out: &mut impl Write,
    inspection: &Inspection,
    assessment: &Assessment,
    emphasis: &Emphasis,
) -> io::Result<()> {
    let missing: Vec<&str> = part::unbounded(inspection);
    let unheld = estates::not_checked(assessment);
    if inspection.unread.is_empty() && missing.is_empty() && unheld.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", emphasis.strong("Not checked"))?;
    for sentence in unheld {
        writeln!(out, "  {sentence}")?;
    }
    if assessment.environment.is_none() {
        writeln!(out, "  --environment NAME holds it against one that forewarn estate import recorded")?;
    }
    for unread in inspection.unread.iter().take(20) {
        let path = if unread.path.is_empty() { &inspection.name } else { &unread.path };
        writeln!(out, "  {path}: {}", unread.why)?;
    }
    let more = (inspection.unread.len().saturating_sub(20)) as u64 + inspection.more_unread;
    if more > 0 {
        writeln!(out, "  and {} more", count(more))?;
    }
    for name in missing {
        writeln!(out, "  it was read without the bound {name}, which this system does not have")?;
    }
    Ok(())
}
