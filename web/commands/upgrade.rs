//! `forewarn upgrade PRODUCT FROM TO`: what lies between the version that runs and the one that is offered?

use std::io::{self, Write};

use anyhow::Context as _;
use clap::Args;
use index::knowledge::Knowledge;
use index::upgrade::{Line, Section, Upgrade};

use super::End;
use super::terminal::{Emphasis, say};
use crate::parts::upgrade as parts;

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The product, as its vendor writes it
    product: String,
    /// The version that runs
    from: String,
    /// The version that is offered
    to: String,
    /// The answer as JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// The answer as Markdown, for a ticket
    #[arg(long)]
    markdown: bool,
}

/// Runs the command. Nothing found, or a question that cannot be answered, ends with status 1.
pub(super) async fn run(knowledge: &Knowledge, arguments: &Arguments) -> anyhow::Result<End> {
    knowledge.follow().await?;
    let Arguments { product, from, to, .. } = arguments;
    let upgrade = match knowledge.upgrade(product, from, to).await? {
        Ok(upgrade) => upgrade,
        Err(refusal) => {
            say(&format!("forewarn: {}.", refusal.sentence.trim_end_matches(['.', '?'])));
            if !refusal.near.is_empty() {
                say(&format!("Near it: {}", refusal.near.join(", ")));
            }
            return Ok(End::Wanting);
        }
    };
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &upgrade).context("write the answer")?;
        writeln!(out)?;
    } else if arguments.markdown {
        write!(out, "{}", parts::markdown(&upgrade))?;
    } else {
        show(&mut out, &upgrade)?;
    }
    Ok(if upgrade.lines.is_empty() { End::Wanting } else { End::Well })
}

/// Lines of a section that the terminal shows; all of them are in the Markdown and the JSON.
const SHOWN: usize = 25;

fn show(out: &mut impl Write, upgrade: &Upgrade) -> io::Result<()> {
    let emphasis = Emphasis::of_output();
    writeln!(out, "{}", parts::summary(upgrade))?;
    for name in parts::also_known(upgrade) {
        writeln!(out, "{}", emphasis.quiet(&format!("Also looked for: {name}")))?;
    }
    for section in Section::ALL {
        let lines: Vec<&Line> = upgrade.of(section).collect();
        if lines.is_empty() {
            continue;
        }
        let count = parts::counted_in(section, lines.len());
        writeln!(out, "\n{} ({count})", emphasis.strong(section.as_str()))?;
        for line in lines.iter().take(SHOWN) {
            show_line(out, line, emphasis)?;
        }
        if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            writeln!(out, "  and {more} more; --markdown and --json have all")?;
        }
    }
    if !upgrade.releases.is_empty() {
        writeln!(out, "\n{}", emphasis.strong("Releases in between"))?;
        for release in &upgrade.releases {
            let (version, notable) = (&release.version, parts::notable(release));
            writeln!(out, "  {version:<12} {:<10}  {notable}", parts::released(release))?;
        }
    }
    let (gaps, nothing) = (parts::gaps(upgrade), parts::nothing_on(upgrade));
    if !gaps.is_empty() {
        writeln!(out, "\n{gaps}")?;
    }
    for unchecked in parts::not_checked(upgrade) {
        writeln!(out, "\n{} {unchecked}", emphasis.strong("Not checked:"))?;
    }
    if !nothing.is_empty() {
        writeln!(out, "\nNothing was said on: {nothing}.")?;
    }
    Ok(())
}

fn show_line(out: &mut impl Write, line: &Line, emphasis: Emphasis) -> io::Result<()> {
    let card = &line.card;
    let said = format!("{}, {}", card.source_name, parts::day(line));
    if parts::is_flaw(line) {
        let weight = Some(parts::weight(line)).filter(|weight| !weight.is_empty());
        let weight = weight.map(|weight| format!("[{weight}] ")).unwrap_or_default();
        writeln!(out, "  {weight}{}", card.title)?;
        let facts = [line.quote.clone(), card.identifiers.join(", "), parts::voices(line)];
        let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        return writeln!(out, "{}", emphasis.quiet(&format!("    {}; {said}", facts.join("; "))));
    }
    let version = line.version.as_ref().map(|version| format!("{version}: ")).unwrap_or_default();
    let on = line.day.map(|day| format!(" [{day}]")).unwrap_or_default();
    writeln!(out, "  {version}{}{on}", line.quote)?;
    writeln!(out, "{}", emphasis.quiet(&format!("    {}, {said}", card.title)))
}
