//! Where a CSAF provider describes itself, found in the standard's own order (CSAF 2.0, sections 7.1.8 to 7.1.10, 7.3).
//!
//! Refuses to guess beyond that order. Where the source's address is plain HTTP, so are the places that are tried.

use serde::Deserialize;
use url::Url;

use crate::formats::Unreadable;
use crate::formats::lenient::{List, Word};
use crate::formats::phrase::utf8;
use crate::formats::security_txt;
use crate::sources::{Errand, Trouble};

/// Where documents and keys are.
#[derive(Debug, Default)]
pub(super) struct Provider {
    /// Addresses of ROLIE feeds.
    pub(super) feeds: Vec<Url>,
    /// Folders with `changes.csv` or `index.txt`.
    pub(super) directories: Vec<Url>,
    /// Addresses of OpenPGP keys.
    pub(super) keys: Vec<Url>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata<'a> {
    #[serde(borrow)]
    distributions: List<Distribution<'a>>,
    #[serde(borrow)]
    public_openpgp_keys: List<Address<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Distribution<'a> {
    #[serde(borrow)]
    directory_url: Word<'a>,
    #[serde(borrow)]
    rolie: crate::formats::lenient::Loose<Rolie<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rolie<'a> {
    #[serde(borrow)]
    feeds: List<Address<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Address<'a> {
    #[serde(borrow)]
    url: Word<'a>,
}

/// Finds and reads a provider's description.
///
/// # Errors
/// When none of the places holds one; the failure told is that of the first.
pub(super) async fn find(errand: &Errand<'_>) -> Result<Provider, Trouble> {
    let address = errand.address()?;
    if address.path().ends_with(".json") {
        return described(errand, address).await;
    }
    let first = match described(errand, at(&address, "/.well-known/csaf/provider-metadata.json")?).await {
        Ok(provider) => return Ok(provider),
        Err(failure) => failure,
    };
    for place in ["/.well-known/security.txt", "/security.txt"] {
        let Ok(text) = errand.fetch_fresh(at(&address, place)?, "text/plain").await else { continue };
        let named = security_txt::parse(&text.bytes).map(|said| said.csaf).unwrap_or_default();
        for named in named.into_iter().take(5) {
            if let Ok(provider) = described(errand, named).await {
                return Ok(provider);
            }
        }
    }
    if let Some(domain) = address.domain()
        && let Ok(place) = Url::parse(&format!("{}://csaf.data.security.{domain}", address.scheme()))
        && let Ok(provider) = described(errand, place).await
    {
        return Ok(provider);
    }
    Err(first)
}

fn at(address: &Url, path: &str) -> Result<Url, Trouble> {
    address.join(path).map_err(|error| Trouble::Settings(format!("find {path} on {address}: {error}")))
}

/// Reads a provider's description at a place.
///
/// # Errors
/// When there is none, or it names neither a feed nor a directory.
pub(super) async fn described(errand: &Errand<'_>, url: Url) -> Result<Provider, Trouble> {
    let fetched = errand.fetch_fresh(url, "application/json").await?;
    parse(&fetched.bytes, &fetched.url).map_err(|why| Trouble::Read { what: fetched.url.to_string(), why })
}

fn parse(bytes: &[u8], base: &Url) -> Result<Provider, Unreadable> {
    let metadata: Metadata<'_> =
        serde_json::from_str(utf8(bytes)?).map_err(|error| Unreadable::new("malformed JSON", error))?;
    let resolve = |word: &Word<'_>| base.join(word.said()?).ok();
    let distributions = metadata.distributions.iter();
    let feeds = distributions.clone().filter_map(|one| one.rolie.get()).flat_map(|rolie| rolie.feeds.iter());
    let provider = Provider {
        feeds: feeds.filter_map(|feed| resolve(&feed.url)).collect(),
        directories: distributions.filter_map(|one| resolve(&one.directory_url)).collect(),
        keys: metadata.public_openpgp_keys.iter().filter_map(|key| resolve(&key.url)).take(20).collect(),
    };
    if provider.feeds.is_empty() && provider.directories.is_empty() {
        return Err(Unreadable::new(
            "incomplete provider metadata",
            "it names neither a feed nor a directory",
        ));
    }
    Ok(provider)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use url::Url;

    #[test]
    fn a_description_names_feeds_directories_and_keys() {
        let json = br#"{"distributions":[{"rolie":{"feeds":[{"url":"https://acme.example/feed.json"}]}},{"directory_url":"white"}],
            "public_openpgp_keys":[{"url":"https://acme.example/key.asc"}]}"#;
        let provider =
            parse(json, &Url::parse("https://acme.example/csaf/provider-metadata.json").unwrap()).unwrap();
        assert_eq!(provider.feeds.len() + provider.keys.len(), 2);
        assert_eq!(provider.directories[0].as_str(), "https://acme.example/csaf/white");
    }

    #[test]
    fn a_description_of_nothing_says_what_is_missing() {
        let found = parse(b"{}", &Url::parse("https://acme.example/").unwrap()).unwrap_err();
        assert_eq!(found.kind, "incomplete provider metadata");
    }
}
