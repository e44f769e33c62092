//! `forewarn source add https://vendor.example`: what a site has, numbered, each with a sample; `--take` adds.
//!
//! Adds nothing that was not named by its number or short name, on the command line or in answer to the question.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::Context as _;
use crawler::discover::{self, Bounds, Found, Known, Look, Proposal};
use crawler::exchange;
use crawler::fetch::{Door, Reach};
use index::knowledge::Knowledge;
use index::source::Source;
use index::vendor::slug;
use url::Url;

use super::add::Add;
use crate::commands::terminal::{Emphasis, say};
use crate::commands::{End, Usage};
use crate::moment::Moment;
use crate::schedule;
use crate::settings::Settings;
use crate::words::counted;

/// Looks at a site, says what was found, and adds what is to be taken.
pub(super) async fn run(
    knowledge: &Knowledge,
    settings: &Settings,
    site: &Url,
    arguments: &Add,
) -> anyhow::Result<End> {
    let now = schedule::now();
    let known = Known::of(knowledge).await?;
    let reach = if arguments.private_network { Reach::Private } else { Reach::Public };
    let look = Look { door: Door::new(settings.politeness())?, reach, now, bounds: Bounds::TERMINAL };
    say(&format!("Looking at {site}; one request at a time is sent to each host, for two minutes at most."));
    let mut found = discover::look(&look, site, &known).await.map_err(anyhow::Error::new)?;
    if let Some(only) = arguments.only {
        found.proposals.retain(|proposal| proposal.source.kind == only);
    }
    if let Some(name) = &arguments.vendor {
        (found.vendor.slug, found.vendor.name) = (slug(name), name.clone());
        let vendor = found.vendor.clone();
        found.proposals.iter_mut().for_each(|proposal| proposal.speak_for(&vendor));
    }
    if arguments.json {
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &found).context("write what was found")?;
        writeln!(out)?;
    } else {
        write!(io::stdout().lock(), "{}", told(&found, Emphasis::of_output()))?;
    }
    if found.proposals.is_empty() {
        say("No channel was found there. One that you know of is added by its own address with --kind.");
        return Ok(End::Wanting);
    }
    let wanted = match &arguments.take {
        Some(wanted) => wanted.clone(),
        None if arguments.json => return Ok(End::Well),
        None if io::stdin().is_terminal() && io::stdout().is_terminal() => asked()?,
        None => {
            say(
                "None was added. `--take 1,3` adds some of them, by number or short name; `--take all` adds all.",
            );
            return Ok(End::Well);
        }
    };
    add(knowledge, &found, &wanted, arguments.dry_run).await
}

/// Asks the person which to add.
fn asked() -> anyhow::Result<String> {
    let mut out = io::stdout().lock();
    write!(out, "Add which? Numbers such as 1,3, or all; nothing for none: ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("read the answer")?;
    Ok(answer)
}

async fn add(knowledge: &Knowledge, found: &Found, wanted: &str, dry_run: bool) -> anyhow::Result<End> {
    let sources: Vec<Source> = chosen(&found.proposals, wanted)?.into_iter().cloned().collect();
    for source in &sources {
        exchange::usable(source).map_err(|why| Usage::because(format!("add {}: {why}", source.name)))?;
    }
    let count = counted(sources.len() as u64, "source", "sources");
    let names: Vec<&str> = sources.iter().map(|source| source.slug.as_str()).collect();
    if sources.is_empty() {
        say("None was added.");
    } else if dry_run {
        say(&format!("{count} would be added: {}. Without --dry-run they are.", names.join(", ")));
    } else {
        discover::take(knowledge, &found.vendor, &sources, schedule::now()).await?;
        say(&format!("{count} added: {}. `forewarn crawl` asks what is due now.", names.join(", ")));
    }
    Ok(End::Well)
}

/// The sources that are wanted, by number or short name; one that is recorded already is passed over.
fn chosen<'a>(proposals: &'a [Proposal], wanted: &str) -> anyhow::Result<Vec<&'a Source>> {
    let mut chosen: Vec<&Proposal> = Vec::new();
    for word in
        wanted.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|word| !word.is_empty())
    {
        if word == "all" {
            chosen = proposals.iter().collect();
            break;
        }
        let place = word.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let found = place
            .and_then(|place| proposals.get(place))
            .or_else(|| proposals.iter().find(|proposal| proposal.source.slug == word));
        let Some(proposal) = found else {
            return Err(Usage::because(format!(
                "take \"{word}\": there are the numbers 1 to {}, their short names, and all",
                proposals.len()
            )));
        };
        if !chosen.iter().any(|other| other.source.slug == proposal.source.slug) {
            chosen.push(proposal);
        }
    }
    Ok(chosen
        .into_iter()
        .filter(|proposal| proposal.known.is_none())
        .map(|proposal| &proposal.source)
        .collect())
}

/// What was found, for a person.
fn told(found: &Found, emphasis: Emphasis) -> String {
    let mut text = String::new();
    for (place, proposal) in found.proposals.iter().enumerate() {
        let source = &proposal.source;
        let state = match &proposal.known {
            Some(slug) => format!("is a source already: {slug}"),
            None => proposal.sureness.as_str().to_owned(),
        };
        let (number, name) = (place + 1, emphasis.strong(&source.slug));
        text.push_str(&format!(
            "{number:>2}  {name}  {}  {}  {state}\n",
            source.kind.as_str(),
            source.standing.as_str()
        ));
        text.push_str(&format!("    {}\n    {}\n", source.address, emphasis.quiet(&proposal.why)));
        for entry in &proposal.sample.entries {
            let date = entry.dated.map_or("no date   ".to_owned(), |at| Moment::of(at, at).date);
            text.push_str(&format!("      {date}  {}\n", entry.title));
        }
        if let Some(sentence) = &proposal.sample.sentence {
            text.push_str(&format!("      no sample: {sentence}\n"));
        }
    }
    for contact in &found.vendor.contacts {
        let line = format!("contact  {}: {} ({})\n", contact.purpose, contact.address, contact.learnt_from);
        text.push_str(&line);
    }
    for (head, sentences) in [("seen as well", &found.named), ("not looked at", &found.missed)] {
        for sentence in sentences {
            text.push_str(&format!("{head}: {sentence}\n"));
        }
    }
    text
}
