//! What a CSAF provider lists: ROLIE feeds (RFC 8322) and directories (CSAF 2.0, sections 7.1.11 to 7.1.16).
//!
//! Refuses to fetch documents. A list that cannot be had is a remark as long as another one can.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use crate::formats::Unreadable;
use crate::formats::lenient::{List, Loose, Word};
use crate::formats::phrase::{moment, utf8};
use crate::sources::csaf::Listed;
use crate::sources::csaf::provider::Provider;
use crate::sources::{Errand, Trouble};

/// Lists read of one provider.
const LISTS: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    feed: Loose<Feed<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Feed<'a> {
    #[serde(borrow)]
    entry: List<Entry<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry<'a> {
    #[serde(borrow)]
    updated: Word<'a>,
    #[serde(borrow)]
    link: List<Link<'a>>,
    #[serde(borrow)]
    content: Loose<Content<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link<'a> {
    #[serde(borrow)]
    rel: Word<'a>,
    #[serde(borrow)]
    href: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content<'a> {
    #[serde(borrow)]
    src: Word<'a>,
}

/// Every document that a provider lists, each once.
///
/// # Errors
/// The last list's failure, when no list could be had.
pub(super) async fn all(errand: &mut Errand<'_>, provider: &Provider) -> Result<Vec<Listed>, Trouble> {
    let mut found: BTreeMap<Url, Listed> = BTreeMap::new();
    let mut failure = None;
    let mut answered = false;
    let feeds = provider.feeds.iter().map(|url| (url, true));
    let directories = provider.directories.iter().map(|url| (url, false));
    for (url, is_feed) in feeds.chain(directories).take(LISTS) {
        let listed = if is_feed { feed(errand, url).await } else { directory(errand, url).await };
        match listed {
            Ok(listed) => {
                answered = true;
                for document in listed {
                    found.entry(document.url.clone()).or_insert(document);
                }
            }
            Err(error) => {
                errand.remark(format!("failed to {error}"));
                failure = Some(error);
            }
        }
    }
    match failure {
        Some(failure) if !answered => Err(failure),
        _ => Ok(found.into_values().collect()),
    }
}

async fn feed(errand: &Errand<'_>, url: &Url) -> Result<Vec<Listed>, Trouble> {
    let fetched = errand.fetch_fresh(url.clone(), "application/json").await?;
    parse_feed(&fetched.bytes, &fetched.url)
        .map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })
}

fn parse_feed(bytes: &[u8], base: &Url) -> Result<Vec<Listed>, Unreadable> {
    let document: Document<'_> =
        serde_json::from_str(utf8(bytes)?).map_err(|error| Unreadable::new("malformed JSON", error))?;
    let feed =
        document.feed.get().ok_or_else(|| Unreadable::new("incomplete ROLIE feed", "it has no feed"))?;
    Ok(feed.entry.iter().filter_map(|entry| listed(entry, base)).collect())
}

fn listed(entry: &Entry<'_>, base: &Url) -> Option<Listed> {
    let resolve = |word: &Word<'_>| base.join(word.said()?).ok();
    let links = |rel: &'static str| {
        entry.link.iter().filter(move |link| &*link.rel == rel).filter_map(move |link| resolve(&link.href))
    };
    let url =
        entry.content.get().and_then(|content| resolve(&content.src)).or_else(|| links("self").next())?;
    Some(Listed {
        url,
        updated: moment(&entry.updated),
        hashes: links("hash").take(4).collect(),
        signature: links("signature").next(),
    })
}

async fn directory(errand: &Errand<'_>, folder: &Url) -> Result<Vec<Listed>, Trouble> {
    let mut base = folder.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", folder.path()));
    }
    let beside = |name: &str| {
        base.join(name).map_err(|error| Trouble::Settings(format!("find {name} in {folder}: {error}")))
    };
    if let Ok(changes) = errand.fetch_fresh(beside("changes.csv")?, "text/csv, */*;q=0.5").await {
        return Ok(parse_lines(&String::from_utf8_lossy(&changes.bytes), &base));
    }
    let index = errand.fetch_fresh(beside("index.txt")?, "text/plain, */*;q=0.5").await?;
    Ok(parse_lines(&String::from_utf8_lossy(&index.bytes), &base))
}

/// Lines of `changes.csv` (`"2024/a.json","2024-01-01T00:00:00Z"`) or `index.txt` (`2024/a.json`).
fn parse_lines(text: &str, base: &Url) -> Vec<Listed> {
    let document = |line: &str| {
        let (path, updated) = line.split_once(',').unwrap_or((line, ""));
        let path = path.trim().trim_matches('"');
        // A directory lists its own documents only; "./" keeps a name with a colon a name.
        let url = path.ends_with(".json").then(|| base.join(&format!("./{path}")).ok())??;
        let is_within = url.origin() == base.origin() && url.path().starts_with(base.path());
        let updated = moment(updated.trim().trim_matches('"'));
        is_within.then_some(Listed { url, updated, hashes: Vec::new(), signature: None })
    };
    text.lines().filter_map(document).collect()
}

#[cfg(test)]
mod tests {
    use super::{parse_feed, parse_lines};
    use url::Url;

    #[test]
    fn a_feed_lists_documents_with_their_proofs() {
        let json = br#"{"feed":{"entry":[{"updated":"2024-01-01T00:00:00Z","link":[{"rel":"self","href":"a.json"},
            {"rel":"hash","href":"a.json.sha512"},{"rel":"signature","href":"a.json.asc"}],"content":{"src":"a.json"}},{"link":7}]}}"#;
        let listed = parse_feed(json, &Url::parse("https://acme.example/f/feed.json").unwrap()).unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].url.as_str(), "https://acme.example/f/a.json");
        assert_eq!((listed[0].hashes.len(), listed[0].signature.is_some()), (1, true));
    }

    #[test]
    fn a_directory_lists_only_what_lies_in_it() {
        let base = Url::parse("https://acme.example/white/").unwrap();
        let text = "\"2024/a.json\",\"2024-01-01T00:00:00Z\"\n2024/b.json\n../../c.json\nhttps://evil.example/d.json\nreadme.txt\n";
        let listed: Vec<String> =
            parse_lines(text, &base).into_iter().map(|one| one.url.to_string()).collect();
        assert_eq!(
            listed,
            [
                "https://acme.example/white/2024/a.json",
                "https://acme.example/white/2024/b.json",
                "https://acme.example/white/https://evil.example/d.json",
            ]
        );
    }
}
