//! Mailboxes on the web: a single one, and those of a Pipermail archive (Mailman 2), one for each month.
//!
//! A month grows at its end, and only the newest two are asked again. A thread that began in an earlier month is brought
//! whole: earlier months are read until its beginning is found, two years back at most; what was not found there is
//! remembered and not sought again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};
use url::Url;

use super::pile::Pile;
use super::shelf::Shelf;
use super::{ACCEPT, ACCEPT_PAGE, Options, below, folder, unpacked};
use crate::fetch::{Answer, Fetched, Validators, charset};
use crate::formats::Unreadable;
use crate::sources::{Errand, Trouble, remembered};

/// Months that are asked for changes each round.
const ASKED: usize = 2;
/// Months that are gone back for the beginning of a thread.
const BACK: usize = 24;
/// Months that a person may ask for at most.
const MAX_MONTHS: usize = 240;
/// Messages that were not found anywhere and are remembered.
const MAX_SOUGHT: usize = 1000;
/// Bytes of mailboxes that one round holds.
const MAX_HELD: usize = 256 << 20;

/// A month's file in the list of an archive.
static MONTH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)href\s*=\s*["']?((?:\d{4}-\w+|\d{4}q\d|\d{4}|\w+-of-\w+-\d+|\d{8})\.txt(?:\.gz)?)["'\s>]"#,
    )
    .expect("the expression is a literal that the tests compile")
});

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// What was read of each month, by its name.
    months: BTreeMap<String, Known>,
    /// Messages that replies name and that no month holds.
    sought: BTreeSet<u64>,
}

/// A mailbox as it was when last read.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Known {
    validators: Validators,
    /// Bytes, unpacked.
    length: u64,
    /// Where its last message begins.
    last: u64,
}

/// Whether a page lists months as such an archive does.
pub(super) fn lists_months(html: &str) -> bool {
    MONTH.is_match(html)
}

/// The files of months in a page's order, newest first, each month once.
fn months(html: &str) -> Vec<String> {
    let mut months: Vec<String> = Vec::new();
    for found in MONTH.captures_iter(html).filter_map(|found| found.get(1)) {
        let file = found.as_str();
        if !months.iter().any(|other| stem(other) == stem(file)) {
            months.push(file.to_owned());
        }
    }
    months
}

fn stem(file: &str) -> &str {
    file.split('.').next().unwrap_or(file)
}

/// Reads an archive and brings the threads with something new.
///
/// # Errors
/// [`Trouble`] when the list of months cannot be had or names none, or when none of the months can be read.
pub(super) async fn read(errand: &mut Errand<'_>, url: &Url, options: &Options) -> Result<(), Trouble> {
    let mut memory: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let base = folder(url);
    let page = errand.fetch_fresh(base.clone(), ACCEPT_PAGE).await?;
    let (html, _) = charset::decode(&page.bytes, page.charset.as_deref());
    let listed = months(&html);
    if listed.is_empty() {
        let why =
            Unreadable::new("not a Pipermail archive", "the page lists no month (such as 2024-March.txt)");
        return Err(Trouble::Read { what: page.url.to_string(), why });
    }
    let first = memory.months.is_empty();
    let window = options.months.clamp(1, MAX_MONTHS);
    let mut pile = Pile::default();
    let (mut held, mut at, mut failed) = (0, 0, None);
    for file in &listed {
        let known = memory.months.get(stem(file)).cloned();
        // Of months that are not wanted at first, only those are read that hold the beginning of a thread.
        let wanted = at < window && known.is_none() || at < ASKED;
        let beginning = !first && at < BACK && pile.missing().iter().any(|id| !memory.sought.contains(id));
        at += 1;
        if !wanted && !beginning {
            continue;
        }
        let validators = known.as_ref().filter(|_| !beginning).map(|known| known.validators.clone());
        let month = match month(errand, &base, file, validators.unwrap_or_default(), options).await {
            Ok(Some(month)) => month,
            Ok(None) => continue,
            Err(Trouble::Stopping) => return Err(Trouble::Stopping),
            Err(trouble) => {
                errand.remark(format!("{file} was not read: {trouble}"));
                failed.get_or_insert(trouble);
                continue;
            }
        };
        held += month.1.len();
        if held > MAX_HELD {
            errand.remark(format!("{file} and what is older was not read: more than 256 MiB at once"));
            break;
        }
        let fresh = add(&mut pile, month, known, wanted, link(&base, file))?;
        memory.months.insert(stem(file).to_owned(), fresh);
    }
    if pile.len() == 0 {
        return failed.map_or(Ok(()), Err);
    }
    if !first {
        memory.sought.extend(pile.missing());
        while memory.sought.len() > MAX_SOUGHT {
            memory.sought.pop_first();
        }
    }
    pile.bring_by(errand).await?;
    errand.memory = remembered(&memory);
    Ok(())
}

/// Puts a month on the pile; what of it is new is told from what was known of it.
fn add(
    pile: &mut Pile,
    (validators, bytes): (Validators, Vec<u8>),
    known: Option<Known>,
    wanted: bool,
    link: Option<String>,
) -> Result<Known, Trouble> {
    let length = bytes.len() as u64;
    let new_from = match &known {
        Some(known) if known.length <= length => known.last,
        // A month that became shorter was made anew; one that is read for a beginning alone has nothing new.
        Some(_) => 0,
        None if wanted => 0,
        None => u64::MAX,
    };
    let unchanged = known.as_ref().is_some_and(|known| known.length == length);
    let new_from = if unchanged { u64::MAX } else { new_from };
    let failed = |error: std::io::Error| Trouble::Settings(format!("read a mailbox: {error}"));
    pile.add(Shelf::Memory(bytes), new_from, link).map_err(failed)?;
    Ok(Known { validators, length, last: pile.last() })
}

/// Fetches a month; nothing where it is as it was.
async fn month(
    errand: &Errand<'_>,
    base: &Url,
    file: &str,
    validators: Validators,
    options: &Options,
) -> Result<Option<(Validators, Vec<u8>)>, Trouble> {
    let largest = options.largest_mib.map(|mebibytes| u64::from(mebibytes) << 20);
    match errand.fetch_at_most(largest, below(base, file)?, ACCEPT, validators).await? {
        Answer::Fresh(fetched) => opened(&fetched).map(Some),
        Answer::Unchanged => Ok(None),
    }
}

fn opened(fetched: &Fetched) -> Result<(Validators, Vec<u8>), Trouble> {
    let bytes = unpacked("mailbox", &fetched.bytes)
        .map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })?;
    Ok((fetched.validators.clone(), bytes))
}

/// Where a month is read by people.
fn link(base: &Url, file: &str) -> Option<String> {
    base.join(&format!("{}/thread.html", stem(file))).ok().map(Into::into)
}

/// Reads a single mailbox at an address.
///
/// # Errors
/// [`Trouble`] when it cannot be had, or holds no message.
pub(super) async fn mailbox(errand: &mut Errand<'_>, url: Url, options: &Options) -> Result<(), Trouble> {
    let known: Known = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let largest = options.largest_mib.map(|mebibytes| u64::from(mebibytes) << 20);
    let asked = errand.fetch_at_most(largest, url, ACCEPT, known.validators.clone()).await?;
    let Answer::Fresh(fetched) = asked else { return Ok(()) };
    let mailbox = opened(&fetched)?;
    let before = (known.length > 0).then_some(known);
    let mut pile = Pile::default();
    let fresh = add(&mut pile, mailbox, before, true, Some(fetched.url.to_string()))?;
    if pile.len() == 0 && fresh.length > 0 {
        let why = Unreadable::new("not a mailbox", "no message with a header was found");
        return Err(Trouble::Read { what: fetched.url.to_string(), why });
    }
    pile.bring_by(errand).await?;
    errand.memory = remembered(&fresh);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::months;

    #[test]
    fn months_are_listed_once_and_in_their_order() {
        let html = "<td><A href=\"2024-March/thread.html\">[ Thread ]</a></td><td><A href=\"2024-March.txt.gz\">[ Gzip'd Text 2 KB ]</a></td>\
            <a href='2024-February.txt'>[ Text ]</a><a href=2024q1.txt>x</a><a href=\"Week-of-Mon-20240304.txt.gz\">x</a>\
            <a href=\"2024-February.txt.gz\">x</a><a href=\"/notes.txt\">x</a>";
        assert_eq!(
            months(html),
            ["2024-March.txt.gz", "2024-February.txt", "2024q1.txt", "Week-of-Mon-20240304.txt.gz"]
        );
    }
}
