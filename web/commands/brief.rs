//! `forewarn brief PACKAGE`: everything that must be read before this package is installed.
//!
//! PACKAGE is a file, which is read and recorded, or the digest of one that arrived, or its beginning. Exit status: 0 nothing
//! asks for attention, 1 something does, 2 it must not be installed, 64 and above as everywhere.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use index::brief::Brief;
use index::brief::verdict::Weight;
use index::knowledge::{Knowledge, Named};
use index::package::{Attention, Way};
use inspect::reading::Question;

use super::check::{named, open, signature};
use super::terminal::Emphasis;
use super::{End, Usage};
use crate::arrival::Packages;
use crate::parts::brief::{self as parts, Item, Section};
use crate::parts::package::size;
use crate::schedule;
use crate::settings::Settings;
use crate::words::count;

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A file, or the digest of a package that arrived, or at least six digits of its beginning
    package: String,
    /// A signature that came beside the file
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// The environment to hold it against; without it the only one, or the one called production
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// The brief as Markdown, for a ticket
    #[arg(long)]
    markdown: bool,
    /// The brief as JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
}

/// Runs the command.
pub(super) async fn run(
    knowledge: &Knowledge,
    settings: &Settings,
    arguments: &Arguments,
) -> anyhow::Result<End> {
    knowledge.follow().await?;
    let digest = found(knowledge, settings, &arguments.package, arguments.signature.as_deref()).await?;
    let answered = knowledge.brief(&digest, arguments.environment.as_deref(), schedule::now()).await?;
    let brief = answered.map_err(|refusal| Usage::because(format!("write a brief: {refusal}")))?;
    let brief = brief.context("find the package that was just there")?;
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &brief).context("write the brief")?;
        writeln!(out)?;
    } else if arguments.markdown {
        write!(out, "{}", parts::markdown(&brief, ""))?;
    } else {
        show(&mut out, &brief)?;
    }
    Ok(end(attention(&brief)))
}

/// The digest of what was named; a file is read and recorded first, with the signature that came beside it.
pub(super) async fn found(
    knowledge: &Knowledge,
    settings: &Settings,
    typed: &str,
    beside: Option<&Path>,
) -> anyhow::Result<String> {
    let path = Path::new(typed);
    if path.exists() {
        let (file, now) = (open(path)?, schedule::now());
        let signature = beside.map(signature).transpose()?;
        let question = Question { name: named(path), signature, at: now.as_second(), ..Question::default() };
        let packages = Packages::new(&settings.packages);
        return Ok(packages.inspect(knowledge, file, question, None, Way::Command, now).await?.digest);
    }
    if let Some(beside) = beside {
        return Err(Usage::because(format!(
            "hold {} against {typed}: name the file that it signs; of a package that arrived the file is not kept",
            beside.display()
        )));
    }
    match knowledge.package_named(typed).await? {
        Named::One(digest) => Ok(digest),
        Named::Several => Err(Usage::because(format!(
            "find the package {typed}: several begin so; type more of its digest"
        ))),
        Named::None => Err(Usage::because(format!(
            "find the package \u{201c}{typed}\u{201d}: it is no file, and no package that arrived has a digest that begins so"
        ))),
    }
}

/// Whether somebody must look: by the report, by what was held against it or said about it, by who signed.
pub(super) fn attention(brief: &Brief) -> Attention {
    let reported = brief.package.attention.with(&brief.assessment);
    let said = ["affected", "hash", "key"].iter().any(|sort| brief.links.of(sort).next().is_some());
    let asked = if said { Attention::Something } else { Attention::Nothing };
    reported.max(asked).max(match brief.verdict.weight() {
        Weight::Note => Attention::Nothing,
        Weight::Attention => Attention::Something,
        Weight::Stop => Attention::Stop,
    })
}

/// How a program ends that asked.
pub(super) fn end(attention: Attention) -> End {
    match attention {
        Attention::Nothing => End::Well,
        Attention::Something => End::Wanting,
        Attention::Stop => End::Refused,
    }
}

/// Prints a brief.
pub(super) fn show(out: &mut impl Write, brief: &Brief) -> io::Result<()> {
    let emphasis = Emphasis::of_output();
    let package = &brief.package;
    writeln!(out, "{}", emphasis.strong(&package.name))?;
    writeln!(out, "  {}, {}", parts::claimed(brief), size(package.size))?;
    writeln!(out, "  SHA-256 {}", package.digest)?;
    for (name, field) in brief.verdict.all() {
        writeln!(out, "  {name:<10} {:<10} {}", parts::weight(field), field.in_words())?;
    }
    for section in parts::sections(brief) {
        part(out, &section, emphasis)?;
    }
    Ok(())
}

fn part(out: &mut impl Write, section: &Section, emphasis: Emphasis) -> io::Result<()> {
    writeln!(out, "\n{}", emphasis.strong(&section.title))?;
    for sentence in &section.intro {
        writeln!(out, "  {sentence}.")?;
    }
    for (at, item) in section.items.iter().enumerate() {
        let mark = if section.ordered { format!("{}. ", at + 1) } else { String::new() };
        line(out, item, &mark, emphasis)?;
    }
    if !section.folded.is_empty() {
        writeln!(out, "  and {} more; --markdown and --json have all", count(section.folded.len() as u64))?;
    }
    Ok(())
}

fn line(out: &mut impl Write, item: &Item, mark: &str, emphasis: Emphasis) -> io::Result<()> {
    let tags = if item.tags.is_empty() { String::new() } else { format!("[{}] ", item.tags.join(", ")) };
    writeln!(out, "  {mark}{tags}{}", item.text)?;
    if let Some(place) = &item.place {
        writeln!(out, "    {place}")?;
    }
    if let Some(quote) = &item.quote {
        writeln!(out, "{}", emphasis.quiet(&format!("    \u{201c}{quote}\u{201d}")))?;
    }
    if !item.facts.is_empty() {
        writeln!(out, "{}", emphasis.quiet(&format!("    {}", item.facts.join("; "))))?;
    }
    for one in &item.list {
        writeln!(out, "     - {one}")?;
    }
    Ok(())
}
