//! `forewarn upgrade PRODUCT FROM TO`: what lies between the version that runs and the one that is offered?

use std::io::{self, Write};

use anyhow::Context as _;
use clap::Args;
use index::knowledge::Knowledge;
use index::upgrade::{Section, Upgrade};

use super::End;
use super::terminal::{Emphasis, say};
use crate::parts::upgrade::{day, markdown, nothing_on, summary};

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
        write!(out, "{}", markdown(&upgrade))?;
    } else {
        show(&mut out, &upgrade)?;
    }
    Ok(if upgrade.lines.is_empty() { End::Wanting } else { End::Well })
}

fn show(out: &mut impl Write, upgrade: &Upgrade) -> io::Result<()> {
    let emphasis = Emphasis::of_output();
    writeln!(out, "{}", summary(upgrade))?;
    for section in Section::ALL {
        let mut lines = upgrade.lines.iter().filter(|line| line.section == section).peekable();
        if lines.peek().is_none() {
            continue;
        }
        writeln!(out, "\n{}", emphasis.strong(section.as_str()))?;
        for line in lines {
            let version = line.version.as_ref().map(|version| format!("{version}: ")).unwrap_or_default();
            writeln!(out, "  {version}{}", line.quote)?;
            let said = format!("    {}, {}, {}", line.card.title, line.card.source_name, day(line));
            writeln!(out, "{}", emphasis.quiet(&said))?;
        }
    }
    let nothing = nothing_on(upgrade);
    if !nothing.is_empty() {
        writeln!(out, "\nNothing was found on: {}.", nothing.join(", ").to_lowercase())?;
    }
    Ok(())
}
