//! A repository on GitHub as a source: its releases, issues and discussions.
//!
//! Releases and tags come as Atom without a token, and from the REST interface with one; issues come from REST, with
//! each author's association; discussions come as Atom, which states no association. The token is read from the
//! environment, goes to the interface alone, and is kept nowhere. A limit reached halfway ends the round early: what was
//! read stays read, and the rest follows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Errand, Trouble};
use crate::fetch::{Answer, Disappointment, Fetched, Validators};
use crate::formats::github::{self, Issue, MAX_MESSAGES};
use crate::formats::{Origin, Unreadable, feed};

use place::Place;

/// Where a repository is asked, and with which token.
mod place;

/// What is asked of the REST interface.
const ACCEPT: &str = "application/vnd.github+json, application/json;q=0.9";
/// What is asked of the site.
const ACCEPT_FEED: &str = "application/atom+xml, */*;q=0.1";
/// Items of one page; the platform gives no more.
const PAGE: usize = 100;
/// Pages of releases and of comments that are read at most.
const MAX_PAGES: usize = 10;
/// Where issues are listed, and the name of the list's validators.
const ISSUES: &str = "issues";
/// Issues whose state is remembered.
const MAX_REMEMBERED: usize = 5000;

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Channel {
    Releases,
    Tags,
    Issues,
    Discussions,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// What is read.
    channels: Vec<Channel>,
    /// Base of the REST interface; of an Enterprise server `https://HOST/api/v3`.
    api: Option<Url>,
    /// Name of the environment variable that holds the token.
    token_variable: Option<String>,
    /// Issues whose messages are read in one round.
    issues: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            channels: vec![Channel::Releases, Channel::Issues],
            api: None,
            token_variable: None,
            issues: 50,
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    validators: BTreeMap<String, Validators>,
    /// When each issue was last changed, as of its last reading.
    issues: BTreeMap<u64, String>,
    /// Whether changed issues were left to be read.
    behind: bool,
}

/// Reads the repository and brings what has changed.
///
/// # Errors
/// [`Trouble`] when a list cannot be had or read, or the settings do not fit.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = super::options(&errand.source.options)?;
    let place = place::of(errand, &options)?;
    let mut memory: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    for channel in &options.channels {
        match channel {
            Channel::Releases if place.token.is_some() => releases(errand, &place, &mut memory).await?,
            Channel::Releases => atom(errand, &place, "releases.atom", &mut memory).await?,
            Channel::Tags => atom(errand, &place, "tags.atom", &mut memory).await?,
            Channel::Discussions => atom(errand, &place, "discussions.atom", &mut memory).await?,
            Channel::Issues => issues(errand, &place, options.issues, &mut memory).await?,
        }
    }
    errand.memory = super::remembered(&memory);
    Ok(())
}

fn joined(base: &Url, path: &str) -> Result<Url, Trouble> {
    base.join(path)
        .map_err(|error| Trouble::Settings(format!("understand the address \"{base}{path}\": {error}")))
}

fn trouble(fetched: &Fetched, why: Unreadable) -> Trouble {
    Trouble::Read { what: fetched.url.to_string(), why }
}

/// Reads one of the site's feeds unless it is unchanged.
async fn atom(
    errand: &mut Errand<'_>,
    place: &Place,
    name: &str,
    memory: &mut Memory,
) -> Result<(), Trouble> {
    let url = joined(&place.site, name)?;
    let known = memory.validators.get(url.as_str()).cloned().unwrap_or_default();
    let Answer::Fresh(fetched) = errand.fetch(url.clone(), ACCEPT_FEED, known).await? else { return Ok(()) };
    let origin = Origin {
        url: Some(fetched.url.clone()),
        media_type: &fetched.media_type,
        charset: fetched.charset.as_deref(),
        ..Origin::default()
    };
    let drafts = feed::parse(&fetched.bytes, &origin).map_err(|why| trouble(&fetched, why))?;
    let kind =
        if name == "discussions.atom" { index::entry::Kind::Thread } else { index::entry::Kind::Release };
    for mut draft in drafts {
        draft.kind = kind;
        // A release has one identity, whether it comes as Atom or from the interface.
        let tag =
            draft.link.as_deref().and_then(|link| link.split_once("/releases/tag/")).map(|(_, tag)| tag);
        if let Some(tag) = tag.map(decoded) {
            draft.native_id =
                if name == "tags.atom" { format!("tag/{tag}") } else { format!("release/{tag}") };
        }
        errand.bring(draft).await?;
    }
    memory.validators.insert(url.into(), fetched.validators);
    Ok(())
}

/// A tag as it stands in an address, without its percent signs.
fn decoded(tag: &str) -> String {
    // The form decoder takes a plus sign for a space; in a path it is itself.
    let form = format!("t={}", tag.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, tag)| tag.into_owned()).unwrap_or_default()
}

/// A page of a list of the interface.
async fn page(
    errand: &Errand<'_>,
    place: &Place,
    path: &str,
    query: &str,
    known: Validators,
) -> Result<Answer, Trouble> {
    let url = joined(&place.api, &format!("{path}?per_page={PAGE}{query}"))?;
    errand.fetch_as(url, ACCEPT, known, place.token.clone()).await
}

/// Reads the releases, newest first; the first page is asked for conditionally, as a new release is always there.
async fn releases(errand: &mut Errand<'_>, place: &Place, memory: &mut Memory) -> Result<(), Trouble> {
    const PATH: &str = "releases";
    let known = memory.validators.get(PATH).cloned().unwrap_or_default();
    let first_time = known == Validators::default();
    let mut next = known;
    for number in 1..=MAX_PAGES {
        let answer = page(errand, place, PATH, &format!("&page={number}"), std::mem::take(&mut next)).await?;
        let Answer::Fresh(fetched) = answer else { return Ok(()) };
        let drafts = github::releases(&fetched.bytes).map_err(|why| trouble(&fetched, why))?;
        let full = drafts.len() == PAGE;
        for draft in drafts {
            errand.bring(draft).await?;
        }
        if number == 1 {
            memory.validators.insert(PATH.to_owned(), fetched.validators);
        }
        if !full || !first_time {
            break;
        }
    }
    Ok(())
}

/// Reads the issues that changed since they were last read, the ones that changed last first.
async fn issues(
    errand: &mut Errand<'_>,
    place: &Place,
    room: usize,
    memory: &mut Memory,
) -> Result<(), Trouble> {
    let mut read = 0;
    let mut known = memory.validators.remove(ISSUES).unwrap_or_default();
    let mut newest = Validators::default();
    let mut end = End::All;
    for number in 1..=MAX_PAGES {
        let query = format!("&state=all&sort=updated&direction=desc&page={number}");
        let known = std::mem::take(&mut known);
        let fetched = match page(errand, place, ISSUES, &query, known.clone()).await {
            Ok(Answer::Fresh(fetched)) => fetched,
            Ok(Answer::Unchanged) => {
                newest = known;
                break;
            }
            Err(trouble) if read == 0 => return Err(trouble),
            Err(trouble) => {
                errand.remark(format!("the list of issues was not read to its end: {trouble}"));
                end = End::Left;
                break;
            }
        };
        let (mut found, held) = github::issues(&fetched.bytes).map_err(|why| trouble(&fetched, why))?;
        if number == 1 {
            newest = fetched.validators;
        }
        found.retain(|issue| memory.issues.get(&issue.number) != Some(&issue.updated));
        // What changed last stands first: behind a page without news there is none, unless some was left before.
        let last = held < PAGE || (found.is_empty() && !memory.behind);
        match several(errand, place, found, room, &mut read, memory).await? {
            End::All => {}
            other => end = other,
        }
        if last || matches!(end, End::Left) {
            break;
        }
    }
    memory.behind = matches!(end, End::Left);
    // Without validators the list comes whole next time, and what is left is read then.
    if matches!(end, End::All) {
        memory.validators.insert(ISSUES.to_owned(), newest);
    }
    Ok(())
}

/// Whether a list was read to its end.
enum End {
    /// Everything.
    All,
    /// All but a few that could not be read.
    Torn,
    /// The rest was left for the next round.
    Left,
}

/// Reads changed issues while there is room and the host lets us; what was read stays read.
async fn several(
    errand: &mut Errand<'_>,
    place: &Place,
    issues: Vec<Issue>,
    room: usize,
    read: &mut usize,
    memory: &mut Memory,
) -> Result<End, Trouble> {
    let mut end = End::All;
    for issue in issues {
        if *read == room {
            errand.remark(format!("more than {room} issues changed; the rest follows in the next rounds"));
            return Ok(End::Left);
        }
        let (number, updated) = (issue.number, issue.updated.clone());
        match thread(errand, place, issue).await {
            Ok(()) => remember(memory, number, updated),
            Err(trouble @ (Trouble::Stopping | Trouble::Fetch(Disappointment::TokenRefused { .. }))) => {
                return Err(trouble);
            }
            Err(trouble @ Trouble::Fetch(Disappointment::Resting { .. })) if *read > 0 => {
                errand.remark(format!("{read} issues were read, and the rest follows: failed to {trouble}"));
                return Ok(End::Left);
            }
            Err(trouble @ Trouble::Fetch(Disappointment::Resting { .. })) => return Err(trouble),
            Err(trouble) => {
                errand.remark(format!("issue {number} was not read: {trouble}"));
                end = End::Torn;
            }
        }
        *read += 1;
    }
    Ok(end)
}

fn remember(memory: &mut Memory, number: u64, updated: String) {
    memory.issues.insert(number, updated);
    // The oldest numbers go first; should one of them speak again, it is read again and found known.
    while memory.issues.len() > MAX_REMEMBERED {
        memory.issues.pop_first();
    }
}

/// Reads an issue's comments and brings it.
async fn thread(errand: &mut Errand<'_>, place: &Place, issue: Issue) -> Result<(), Trouble> {
    let (mut comments, mut pages) = (Vec::new(), Vec::new());
    let path = format!("issues/{}/comments", issue.number);
    let wanted = issue.comments.min(MAX_MESSAGES).div_ceil(PAGE);
    for number in 1..=wanted {
        let query = format!("&page={number}");
        let Answer::Fresh(fetched) = page(errand, place, &path, &query, Validators::default()).await? else {
            break;
        };
        comments.append(&mut github::comments(&fetched.bytes).map_err(|why| trouble(&fetched, why))?);
        pages.push(fetched.bytes);
    }
    errand.bring(github::thread(issue, comments, &pages)).await
}

#[cfg(test)]
mod tests {
    use super::{Options, decoded};

    #[test]
    fn a_tag_is_read_from_its_address() {
        assert_eq!(decoded("v1.0%2Fa+b"), "v1.0/a+b");
        assert!(serde_json::from_str::<Options>(r#"{"chanels": []}"#).is_err());
    }
}
