//! What platform a place runs on: Discourse, another forum, Statuspage; by what a page says of itself or answers.
//!
//! One request more at most, to an address that the platform is known to answer. Refuses to guess from a name alone.

use serde::Deserialize;
use url::Url;

use super::Candidate;
use super::channel::{self, Looks};
use super::eyes::Eyes;
use super::places::{PAGE, page};
use super::seen::{self, Seen};

/// Looks at what may be a forum.
pub(super) async fn forum(eyes: &Eyes<'_>, url: &Url) -> Vec<Candidate> {
    let Some((there, seen)) = page(eyes, url).await else { return Vec::new() };
    recognised(eyes, &there, &seen).await
}

/// The forum that a page is part of, by what it says of itself, or by what it answers.
pub(super) async fn recognised(eyes: &Eyes<'_>, there: &Url, seen: &Seen) -> Vec<Candidate> {
    let root = || there.join("/").unwrap_or_else(|_| there.clone());
    if seen.discourse {
        return vec![Candidate::new(
            "discourse",
            root(),
            "forum",
            format!("{there} says that Discourse made it"),
        )];
    }
    if let Some(make) = &seen.forum {
        let why = format!("{there} is made like a forum of {make}");
        return vec![Candidate::new("forum", there.clone(), "forum", why)];
    }
    let looks_so = channel::of(&seen::Link { url: there.clone(), words: String::new(), declared: false });
    if looks_so != Some(Looks::Forum) {
        return Vec::new();
    }
    let Ok(about) = there.join("/about.json") else { return Vec::new() };
    let Some(fetched) = eyes.find(&about, "application/json", PAGE).await else { return Vec::new() };
    match serde_json::from_slice::<About>(&fetched.bytes) {
        Ok(_) => {
            vec![Candidate::new("discourse", root(), "forum", format!("{about} answers as Discourse does"))]
        }
        Err(_) => Vec::new(),
    }
}

/// What Discourse says of itself under `/about.json`.
#[derive(Deserialize)]
struct About {
    #[serde(rename = "about")]
    _about: AboutStats,
}

#[derive(Deserialize)]
struct AboutStats {
    #[serde(rename = "version")]
    _version: String,
}

/// Looks at what may be a status page in the shape of Statuspage.
pub(super) async fn status(eyes: &Eyes<'_>, url: &Url) -> Result<Candidate, String> {
    let not = || format!("{url} may be a status page, of a shape that is not read here");
    let mut root = url.clone();
    root.set_query(None);
    if channel::is_status_host(url) {
        root.set_path("/");
    } else if !root.path().ends_with('/') {
        root.set_path(&format!("{}/", url.path()));
    }
    let summary = root.join("api/v2/summary.json").map_err(|_| not())?;
    let fetched = eyes.find(&summary, "application/json", PAGE).await.ok_or_else(not)?;
    serde_json::from_slice::<Summary>(&fetched.bytes).map_err(|_| not())?;
    Ok(Candidate::new("status", root, "status", format!("{summary} answers as Statuspage does")))
}

/// What Statuspage answers under `/api/v2/summary.json`.
#[derive(Deserialize)]
struct Summary {
    #[serde(rename = "page")]
    _page: SummaryPage,
    #[serde(rename = "status")]
    _status: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct SummaryPage {
    #[serde(rename = "name")]
    _name: String,
}
