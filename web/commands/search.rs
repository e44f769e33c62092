//! `forewarn search`: what has anyone said about this?

use std::ffi::OsString;
use std::io::{self, Write};

use anyhow::Context as _;
use clap::Args;
use index::answer::{Answer, Hit, Order, Window};
use index::knowledge::Knowledge;
use index::query;
use jiff::Timestamp;

use super::End;
use super::terminal::{Emphasis, say};
use crate::moment::ago;
use crate::parts::affected::AffectedLine;
use crate::schedule;
use crate::words::{counted, unmarked};

/// What can be asked.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The query; several words need no quotes, and -word leaves out what has it
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// Results to show, at most 100
    #[arg(long, default_value_t = 10, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=100))]
    limit: u8,
    /// Newest first instead of best first
    #[arg(long)]
    newest: bool,
    /// The answer as JSON
    #[arg(long)]
    json: bool,
}

/// The arguments of the program, where a word to leave out (`-beta`) is not mistaken for an option: it becomes
/// `NOT beta`. Options of one letter, and `-vv`, stay what they are.
pub(super) fn spelled_out(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut searching = false;
    let spelled = arguments.map(|argument| {
        let word = argument.to_str().filter(|_| searching).and_then(|text| text.strip_prefix('-'));
        let excluded = word.filter(|word| {
            let mut letters = word.chars();
            letters.next().is_some_and(char::is_alphanumeric) && letters.any(|letter| letter != 'v')
        });
        match excluded {
            Some(word) => format!("NOT {word}").into(),
            None => {
                searching |= argument == "search";
                argument
            }
        }
    });
    spelled.collect()
}

/// Runs the command. Nothing found ends with status 1.
pub(super) async fn run(knowledge: &Knowledge, arguments: &Arguments) -> anyhow::Result<End> {
    let typed = arguments.query.join(" ");
    let query = match query::parse(&typed) {
        Ok(query) => query,
        Err(mistake) => {
            let before = typed.get(..mistake.start).unwrap_or_default().chars().count();
            let width = typed.get(mistake.start..mistake.end).unwrap_or_default().chars().count().max(1);
            say(&format!("{typed}\n{}{}\n{}", " ".repeat(before), "^".repeat(width), mistake.sentence));
            return Ok(End::Mistaken);
        }
    };
    knowledge.follow().await?;
    let order = if arguments.newest { Order::Newest } else { Order::Relevance };
    let window = Window { size: usize::from(arguments.limit), order, ..Window::default() };
    let answer = knowledge.search(&query, &window).await?;
    let mut out = io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &answer).context("write the answer")?;
        writeln!(out)?;
    } else {
        show(&mut out, &answer, schedule::now())?;
    }
    Ok(if answer.entries == 0 { End::Wanting } else { End::Well })
}

fn show(out: &mut impl Write, answer: &Answer, now: Timestamp) -> io::Result<()> {
    let emphasis = Emphasis::of_output();
    if answer.entries == 0 {
        writeln!(out, "Nothing was found for: {}.", answer.understood)?;
        return writeln!(
            out,
            "Fewer words find more, and migrat* any ending; `forewarn source list` shows where things come from."
        );
    }
    for hit in &answer.hits {
        show_hit(out, hit, now, emphasis)?;
    }
    let groups = counted(answer.groups, "result", "results");
    let entries = counted(answer.entries, "entry", "entries");
    let relaxed = if answer.relaxed { ", most words of it" } else { "" };
    writeln!(out, "{groups} from {entries} for: {}{relaxed}", answer.understood)
}

fn show_hit(out: &mut impl Write, hit: &Hit, now: Timestamp, emphasis: Emphasis) -> io::Result<()> {
    let card = &hit.card;
    let mut head = vec![card.kind.as_str().to_owned()];
    head.push(card.vendor_name.clone().unwrap_or_else(|| card.source_name.clone()));
    if let Some(severity) = &card.severity {
        let score = severity.score.map(|score| format!(" {score:.1}")).unwrap_or_default();
        head.push(format!("{}{score}", severity.level.as_str()));
    }
    if card.exploited.is_some() {
        head.push("exploited".to_owned());
    }
    if let Some(epss) = &card.epss {
        head.push(format!("EPSS {}", epss.chance.shown()));
    }
    if !card.status.is_in_force() {
        head.push(card.status.as_str().to_owned());
    }
    let at = card.published.unwrap_or(card.first_seen);
    head.push(format!("{} ({})", at.strftime("%Y-%m-%d"), ago(at, now)));
    if hit.sources > 1 {
        head.push(counted(hit.sources, "source", "sources"));
    }
    writeln!(out, "{}", emphasis.quiet(&head.join(" · ")))?;
    writeln!(out, "{}", emphasis.strong(&card.title))?;
    let snippet: String = hit
        .snippet
        .iter()
        .map(|piece| if piece.marked { emphasis.strong(&piece.text) } else { unmarked(&piece.text) })
        .collect();
    let snippet = snippet.split_whitespace().collect::<Vec<_>>().join(" ");
    if !snippet.is_empty() {
        writeln!(out, "  {snippet}")?;
    }
    if !card.identifiers.is_empty() {
        writeln!(out, "  {}", card.identifiers.join("  "))?;
    }
    for line in AffectedLine::heads(&card.affected).iter().take(2) {
        let fixed =
            if line.fixed.is_empty() { String::new() } else { format!(" → fixed in {}", line.fixed) };
        writeln!(out, "  {} {}{fixed}", line.product, line.affected)?;
    }
    let mut last = card.link.clone().unwrap_or_else(|| card.source_name.clone());
    if !hit.why.is_empty() {
        last.push_str(&format!(" · matched: {}", hit.why.join("; ")));
    }
    writeln!(out, "  {}\n", emphasis.quiet(&last))
}

#[cfg(test)]
mod tests {
    use super::spelled_out;

    fn check(typed: &str, expected: &str) {
        let spelled = spelled_out(typed.split(' ').map(Into::into));
        let spelled: Vec<&str> = spelled.iter().filter_map(|argument| argument.to_str()).collect();
        assert_eq!(spelled.join("|"), expected);
    }

    #[test]
    fn words_to_leave_out_are_no_options() {
        check("forewarn search relay -beta --json -v", "forewarn|search|relay|NOT beta|--json|-v");
        check("forewarn search relay -vv -vendor:acme", "forewarn|search|relay|-vv|NOT vendor:acme");
        check("forewarn -vv crawl -abc", "forewarn|-vv|crawl|-abc");
    }
}
