//! A forum as a source, read as its preset says: lists of threads, and each thread with all its posts.
//!
//! A thread whose place in the list is as before costs one conditional request, for its pages in turn, so that an edit
//! is seen as well; anything else is read whole. Refuses more than 500 posts of a thread. A thread that cannot be had is
//! a remark; when none can be read, the forum has changed and the round fails.

use std::collections::{BTreeMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{Errand, Trouble};
use crate::fetch::{Answer, Disappointment, Fetched, Validators, charset};
use crate::formats::Unreadable;
use crate::formats::forum::preset::{Preset, Way};
use crate::formats::forum::{self, Listed, Listing, MAX_POSTS, Page, flarum, html, nodebb};

/// Which preset is meant, and what the source's options change of it.
mod chosen;

/// What is asked for.
const ACCEPT: &str = "text/html, application/xhtml+xml;q=0.9, application/json;q=0.9, */*;q=0.1";
/// What is asked of an interface.
const ACCEPT_JSON: &str = "application/vnd.api+json, application/json";
/// Threads that a person may ask for at most.
const MAX_THREADS: usize = 2000;
/// Pages of one thread.
const MAX_PAGES: usize = 100;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// Name of the preset; recognised where absent.
    preset: Option<String>,
    /// A TOML file with a preset of one's own.
    preset_file: Option<std::path::PathBuf>,
    /// Parts of the preset that are different here, in the same shape.
    selectors: serde_json::Map<String, serde_json::Value>,
    /// Paths of the boards (HTML), categories (NodeBB) or tags (Flarum) that are read; the address itself where empty.
    boards: Vec<String>,
    /// Threads looked at in one round.
    threads: usize,
    /// Pages of each list that are read.
    pages: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            preset: None,
            preset_file: None,
            selectors: serde_json::Map::new(),
            boards: Vec::new(),
            threads: 200,
            pages: 5,
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// The preset that was recognised.
    preset: Option<String>,
    threads: BTreeMap<String, Known>,
}

/// A thread as it was when last read.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Known {
    state: String,
    pages: Vec<KnownPage>,
    /// The page that is looked at next time.
    turn: usize,
}

#[derive(Clone, Serialize, Deserialize)]
struct KnownPage {
    url: Url,
    validators: Validators,
    digest: String,
}

/// A page of a thread, as fetched and as read.
struct Got {
    fetched: Fetched,
    page: Page,
}

/// Reads the forum and brings the threads that have changed.
///
/// # Errors
/// [`Trouble`] when a list cannot be had or read, when no thread can be read, or when the settings do not fit.
pub async fn read(errand: &mut Errand<'_>) -> Result<(), Trouble> {
    let options: Options = super::options(&errand.source.options)?;
    let before: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let mut base = errand.address()?;
    base.set_fragment(None);
    let preset = chosen::preset(errand, &options, before.preset.as_deref()).await?;
    if !matches!(preset.way, Way::Html(_)) && !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    let listed = listed(errand, &base, &options, &preset).await?;
    let threads = threads(errand, &base, &preset, listed, before.threads).await?;
    errand.memory = super::remembered(&Memory { preset: Some(preset.name), threads });
    Ok(())
}

/// Where the lists begin.
fn starts(base: &Url, boards: &[String], way: &Way) -> Result<Vec<Url>, Trouble> {
    let join = |path: &str| {
        base.join(path)
            .map_err(|error| Trouble::Settings(format!("understand the board \"{path}\": {error}")))
    };
    let of = |board: &str| match way {
        Way::Html(_) => join(board),
        Way::Nodebb => join(&format!("api/{}", board.trim_start_matches('/'))),
        Way::Flarum => join("api/discussions").map(|mut url| {
            let mut query = url.query_pairs_mut();
            query.append_pair("sort", "-lastPostedAt").append_pair("page[limit]", "50");
            if !board.is_empty() {
                query.append_pair("filter[tag]", board);
            }
            drop(query);
            url
        }),
    };
    let urls: Vec<Url> = match (boards, way) {
        ([], Way::Html(_)) => vec![base.clone()],
        ([], Way::Nodebb) => vec![of("recent")?],
        ([], Way::Flarum) => vec![of("")?],
        (boards, _) => boards.iter().map(|board| of(board)).collect::<Result<_, _>>()?,
    };
    match urls.iter().find(|url| url.origin() != base.origin()) {
        Some(away) => Err(Trouble::Settings(format!("read the board {away}: it is not on the forum's host"))),
        None => Ok(urls),
    }
}

/// Threads of all lists, each once.
async fn listed(
    errand: &mut Errand<'_>,
    base: &Url,
    options: &Options,
    preset: &Preset,
) -> Result<Vec<Listed>, Trouble> {
    let limit = options.threads.min(MAX_THREADS);
    let (mut visited, mut seen, mut threads) = (HashSet::new(), HashSet::new(), Vec::new());
    for start in starts(base, &options.boards, &preset.way)? {
        let (mut next, mut pages) = (Some(start), 0);
        while let Some(url) = next
            .take()
            .filter(|url| pages < options.pages && threads.len() < limit && visited.insert(url.clone()))
        {
            pages += 1;
            let read = match errand.fetch_fresh(url, accept(&preset.way)).await {
                Ok(fetched) => list(&fetched, base, &preset.way)
                    .map_err(|why| Trouble::Read { what: fetched.url.to_string(), why }),
                Err(trouble) => Err(trouble),
            };
            match read {
                Ok(listing) => {
                    threads.extend(listing.threads.into_iter().filter(|one| seen.insert(one.id.clone())));
                    next = listing.next;
                }
                Err(trouble) if pages == 1 => return Err(trouble),
                Err(trouble) => errand.remark(format!("the list was not read to its end: {trouble}")),
            }
        }
    }
    threads.truncate(limit);
    Ok(threads)
}

fn accept(way: &Way) -> &'static str {
    if matches!(way, Way::Html(_)) { ACCEPT } else { ACCEPT_JSON }
}

fn list(fetched: &Fetched, base: &Url, way: &Way) -> Result<Listing, Unreadable> {
    match way {
        Way::Html(looks) => {
            let (text, _) = charset::decode(&fetched.bytes, fetched.charset.as_deref());
            html::list(&text, &fetched.url, looks)
        }
        Way::Nodebb => nodebb::list(&fetched.bytes, &fetched.url, base),
        Way::Flarum => flarum::list(&fetched.bytes, base),
    }
}

/// Reads every thread in turn; answers what is to be remembered of each.
async fn threads(
    errand: &mut Errand<'_>,
    base: &Url,
    preset: &Preset,
    listed: Vec<Listed>,
    mut before: BTreeMap<String, Known>,
) -> Result<BTreeMap<String, Known>, Trouble> {
    let mut kept = BTreeMap::new();
    let (mut well, mut first) = (0, None);
    let mut left: VecDeque<Listed> = listed.into();
    while let Some(thread) = left.pop_front() {
        let known = before.remove(&thread.id);
        match visit(errand, base, preset, &thread, known.clone()).await {
            Ok(known) => {
                well += 1;
                kept.insert(thread.id, known);
            }
            Err(Trouble::Stopping) => return Err(Trouble::Stopping),
            Err(trouble) => {
                let resting = matches!(trouble, Trouble::Fetch(Disappointment::Resting { .. }));
                errand.remark(format!("thread {} was not read: {trouble}", thread.id));
                // The old state stays, so that the thread is tried again.
                kept.extend(known.map(|known| (thread.id, known)));
                first.get_or_insert(trouble);
                if resting {
                    left.drain(..)
                        .for_each(|one| kept.extend(before.remove(&one.id).map(|known| (one.id, known))));
                }
            }
        }
    }
    match first {
        Some(trouble) if well == 0 => Err(trouble),
        _ => Ok(kept),
    }
}

/// Reads one thread, or finds out with one request that it is as it was.
async fn visit(
    errand: &mut Errand<'_>,
    base: &Url,
    preset: &Preset,
    thread: &Listed,
    known: Option<Known>,
) -> Result<Known, Trouble> {
    let mut begun = None;
    if let Some(mut known) = known.filter(|known| known.state == thread.state && !known.pages.is_empty()) {
        let at = known.turn % known.pages.len();
        known.turn = at + 1;
        let Some(page) = known.pages.get_mut(at) else { return Ok(known) };
        let asked = errand.fetch(page.url.clone(), accept(&preset.way), page.validators.clone()).await?;
        let Answer::Fresh(fetched) = asked else { return Ok(known) };
        let got = got(fetched, base, &preset.way)?;
        if digest(&got.page) == page.digest {
            page.validators = got.fetched.validators;
            return Ok(known);
        }
        begun = (at == 0).then_some(got);
    }
    whole(errand, base, preset, thread, begun).await
}

/// Reads all pages of a thread and brings it; the first may be there already.
async fn whole(
    errand: &mut Errand<'_>,
    base: &Url,
    preset: &Preset,
    thread: &Listed,
    begun: Option<Got>,
) -> Result<Known, Trouble> {
    let mut url = beginning(base, thread, &preset.way)?;
    let mut known = Known { state: thread.state.clone(), ..Known::default() };
    let (mut pages, mut bytes, mut visited, mut posts) = (Vec::new(), Vec::new(), HashSet::new(), 0);
    let mut ready = begun;
    while visited.insert(url.clone()) && visited.len() <= MAX_PAGES && posts < MAX_POSTS {
        let got = match ready.take() {
            Some(got) => got,
            None => got(errand.fetch_fresh(url.clone(), accept(&preset.way)).await?, base, &preset.way)?,
        };
        let Got { fetched, page } = got;
        posts += page.posts.len();
        known.pages.push(KnownPage {
            url: url.clone(),
            validators: fetched.validators,
            digest: digest(&page),
        });
        let next = page.next.clone();
        pages.push(page);
        bytes.push(fetched.bytes);
        match next {
            Some(next) => url = next,
            None => break,
        }
    }
    let media_type = if matches!(preset.way, Way::Html(_)) { "text/html" } else { "application/json" };
    errand.bring(forum::draft(thread, pages, media_type, &bytes)).await?;
    Ok(known)
}

/// Where a thread's first page is asked for.
fn beginning(base: &Url, thread: &Listed, way: &Way) -> Result<Url, Trouble> {
    let path = match way {
        Way::Html(_) => return Ok(thread.url.clone()),
        Way::Nodebb => {
            format!("api/topic/{}", thread.url.path().split_once("/topic/").map_or("", |(_, slug)| slug))
        }
        Way::Flarum => "api/posts".to_owned(),
    };
    let mut url = base
        .join(&path)
        .map_err(|error| Trouble::Settings(format!("understand the address \"{base}{path}\": {error}")))?;
    if matches!(way, Way::Flarum) {
        let mut query = url.query_pairs_mut();
        query.append_pair("filter[discussion]", &thread.id).append_pair("sort", "number");
        query.append_pair("page[limit]", "50").append_pair("include", "user,user.groups");
    }
    Ok(url)
}

fn got(fetched: Fetched, base: &Url, way: &Way) -> Result<Got, Trouble> {
    let page = match way {
        Way::Html(looks) => {
            let (text, _) = charset::decode(&fetched.bytes, fetched.charset.as_deref());
            html::thread(&text, &fetched.url, looks)
        }
        Way::Nodebb => nodebb::thread(&fetched.bytes, &fetched.url),
        Way::Flarum => flarum::thread(&fetched.bytes, base),
    };
    match page {
        Ok(page) => Ok(Got { fetched, page }),
        Err(why) => Err(Trouble::Read { what: fetched.url.to_string(), why }),
    }
}

/// Stands for what a page's posts say, and not for the rest of the page, which is new each time.
fn digest(page: &Page) -> String {
    let mut digest = Sha256::new();
    for post in &page.posts {
        let edited = post.edited.map(|at| at.to_string()).unwrap_or_default();
        for part in [&post.native_id, &post.author, post.role.as_str(), &edited, post.text.as_str()] {
            digest.update(part);
            digest.update([0]);
        }
    }
    // A page that gets a successor is another one, even if its own posts stay.
    digest.update(page.next.as_ref().map_or("", Url::as_str));
    hex::encode(digest.finalize().get(..12).unwrap_or_default())
}
