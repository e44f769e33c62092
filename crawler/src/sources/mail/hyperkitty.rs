//! A HyperKitty archive (Mailman 3): its interface tells which threads have news, its export gives each as a mailbox.
//!
//! The interface's own messages lack most of their headers; the export has them. Keeps each thread's last state in the
//! source's memory; a thread that has not changed is not fetched again. A thread that cannot be had is a remark.

use std::collections::BTreeMap;

use index::entry::Draft;
use serde::{Deserialize, Serialize};
use url::Url;

use super::pile::contained;
use super::{ACCEPT, MAX_THREADS, Options, below, unpacked};
use crate::fetch::{Disappointment, Fetched};
use crate::formats::Unreadable;
use crate::formats::mail;
use crate::sources::{Errand, Trouble, remembered};

/// What is asked of the interface.
const ACCEPT_JSON: &str = "application/json";

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// State of each thread when it was last read.
    threads: BTreeMap<String, String>,
}

/// A page of the interface's list of threads.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    next: Option<String>,
    results: Vec<Listed>,
}

/// A thread in that list.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    thread_id: String,
    date_active: Option<String>,
    replies_count: Option<u64>,
}

impl Listed {
    /// What changes when somebody writes.
    fn state(&self) -> String {
        format!("{} {}", self.date_active.as_deref().unwrap_or("-"), self.replies_count.unwrap_or(0))
    }

    /// Whether its identifier can be part of an address.
    fn is_fit(&self) -> bool {
        !self.thread_id.is_empty()
            && self.thread_id.len() <= 100
            && self.thread_id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }
}

/// The archive's addresses, from the address of the list's page: `…/list/announce@lists.halvard.example/`.
struct Addresses {
    threads: Url,
    list: Url,
    name: String,
}

impl Addresses {
    fn of(url: &Url) -> Result<Self, Trouble> {
        let path = url.path();
        let parts = path.split_once("/list/").and_then(|(root, rest)| {
            let list = rest.split('/').next().filter(|list| list.contains('@') || list.contains("%40"))?;
            Some((root, list))
        });
        let Some((root, list)) = parts else {
            return Err(Trouble::Settings(format!(
                "understand the address \"{url}\": of a HyperKitty archive it ends in /list/NAME@HOST/"
            )));
        };
        Ok(Self {
            threads: below(url, &format!("{root}/api/list/{list}/threads/?format=json&limit=100"))?,
            list: below(url, &format!("{root}/list/{list}/"))?,
            name: list.split(['@', '%']).next().unwrap_or("list").to_owned(),
        })
    }

    fn export(&self, thread: &str) -> Result<Url, Trouble> {
        below(&self.list, &format!("export/{}.mbox.gz?thread={thread}", self.name))
    }

    fn page(&self, thread: &str) -> Option<String> {
        self.list.join(&format!("thread/{thread}/")).ok().map(Into::into)
    }
}

/// Reads the archive and brings the threads that have changed.
///
/// # Errors
/// [`Trouble`] when the list of threads cannot be had or read, or when no thread can be read.
pub(super) async fn read(errand: &mut Errand<'_>, url: &Url, options: &Options) -> Result<(), Trouble> {
    let mut before: Memory = serde_json::from_value(errand.memory.clone()).unwrap_or_default();
    let addresses = Addresses::of(url)?;
    let mut memory = Memory::default();
    let (mut well, mut first) = (0, None);
    for thread in listed(errand, &addresses, options.threads.min(MAX_THREADS)).await? {
        let (id, state) = (thread.thread_id.clone(), thread.state());
        let known = before.threads.remove(&id);
        let resting = matches!(first, Some(Trouble::Fetch(Disappointment::Resting { .. })));
        if known.as_deref() == Some(state.as_str()) || resting {
            memory.threads.extend(known.map(|known| (id, known)));
            continue;
        }
        let page = addresses.page(&id);
        match bring(errand, addresses.export(&id)?, Some(format!("thread/{id}")), |_| page).await {
            Ok(()) => {
                well += 1;
                memory.threads.insert(id, state);
            }
            Err(Trouble::Stopping) => return Err(Trouble::Stopping),
            Err(trouble) => {
                errand.remark(format!("thread {id} was not read: {trouble}"));
                // The old state stays, so that the thread is tried again.
                memory.threads.extend(known.map(|known| (id, known)));
                first.get_or_insert(trouble);
            }
        }
    }
    match first {
        Some(trouble) if well == 0 && memory.threads.is_empty() => Err(trouble),
        _ => {
            errand.memory = remembered(&memory);
            Ok(())
        }
    }
}

/// Threads of the list, the most active first.
async fn listed(errand: &Errand<'_>, addresses: &Addresses, limit: usize) -> Result<Vec<Listed>, Trouble> {
    let mut threads: Vec<Listed> = Vec::new();
    let mut next = Some(addresses.threads.clone());
    let mut visited = Vec::new();
    while let Some(url) = next.take().filter(|url| threads.len() < limit && !visited.contains(url)) {
        let fetched = errand.fetch_fresh(url.clone(), ACCEPT_JSON).await?;
        visited.push(url);
        let page = page(&fetched)?;
        threads.extend(page.results.into_iter().filter(Listed::is_fit));
        // Behind a proxy the interface may write http where it is asked by https.
        next = page.next.and_then(|next| Url::parse(&next).ok()).and_then(|next| {
            let mut own = addresses.threads.clone();
            own.set_query(next.query());
            (own.path() == next.path()).then_some(own)
        });
    }
    threads.truncate(limit);
    Ok(threads)
}

fn page(fetched: &Fetched) -> Result<Page, Trouble> {
    // Older releases answer with the list alone.
    let read = serde_json::from_slice(&fetched.bytes)
        .or_else(|_| serde_json::from_slice(&fetched.bytes).map(|results| Page { next: None, results }));
    read.map_err(|error| Trouble::Read {
        what: fetched.url.to_string(),
        why: Unreadable::new("not a list of threads", error),
    })
}

/// Fetches one thread as a mailbox and brings it: under `native_id`, or under the name of its first message, of whose
/// identifier `link` makes the address where people read it.
pub(super) async fn bring(
    errand: &mut Errand<'_>,
    url: Url,
    native_id: Option<String>,
    link: impl FnOnce(&str) -> Option<String>,
) -> Result<(), Trouble> {
    let fetched = errand.fetch_fresh(url, ACCEPT).await?;
    let what = fetched.url.to_string();
    let read = tokio::task::spawn_blocking(move || thread(&fetched));
    let read = read.await.unwrap_or_else(|error| Err(Unreadable::new("reader failed", error)));
    let (draft, remark) = read.map_err(|why| Trouble::Read { what, why })?;
    remark.into_iter().for_each(|remark| errand.remark(remark));
    let link = link(draft.native_id.trim_start_matches("thread/"));
    let native_id = native_id.unwrap_or_else(|| draft.native_id.clone());
    errand.bring(Draft { native_id, link, ..draft }).await
}

fn thread(fetched: &Fetched) -> Result<(Draft, Option<String>), Unreadable> {
    let bytes = unpacked("thread", &fetched.bytes)?;
    let pieces = mail::pieces(&bytes);
    let messages: Vec<_> =
        pieces.into_iter().map(|(before, message)| (before.to_vec(), message.to_vec())).collect();
    contained(&messages, None)
        .ok_or_else(|| Unreadable::new("not a mailbox", "no message with a header was found"))
}

#[cfg(test)]
mod tests {
    use super::Addresses;
    use url::Url;

    #[test]
    fn addresses_are_told_from_the_page_of_the_list() {
        let url =
            Url::parse("https://lists.halvard.example/archives/list/announce@lists.halvard.example/latest")
                .unwrap();
        let addresses = Addresses::of(&url).unwrap();
        assert_eq!(
            addresses.threads.as_str(),
            "https://lists.halvard.example/archives/api/list/announce@lists.halvard.example/threads/?format=json&limit=100"
        );
        assert_eq!(
            addresses.export("ABC").unwrap().as_str(),
            "https://lists.halvard.example/archives/list/announce@lists.halvard.example/export/announce.mbox.gz?thread=ABC"
        );
        let wrong = Url::parse("https://lists.halvard.example/").unwrap();
        assert!(Addresses::of(&wrong).err().unwrap().to_string().contains("/list/NAME@HOST/"));
    }
}
