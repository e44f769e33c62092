//! What a link looks like before anything is fetched: a feed, a file of keys, a repository, a page that speaks of security.
//!
//! A guess by address and words alone, made to be checked by reading. Refuses to propose what is certainly none, such as
//! the detached signature of a download.

use url::Url;

use super::seen::Link;

/// What a link looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A page or file of keys.
    Keys,
    /// A repository on GitHub, as `owner/name`.
    Repository(String),
    /// An organisation or person on GitHub.
    Organisation(String),
    /// An archive of a mailing list.
    Mail,
    /// A status page.
    Status,
    /// A forum.
    Forum,
    /// A page that speaks of security, releases or the like.
    Page,
}

/// Paths of GitHub that are nobody's account.
const GITHUB_ITSELF: [&str; 30] = [
    "about",
    "advisories",
    "apps",
    "codespaces",
    "collections",
    "contact",
    "customer-stories",
    "enterprise",
    "events",
    "explore",
    "features",
    "issues",
    "join",
    "login",
    "marketplace",
    "new",
    "notifications",
    "pricing",
    "pulls",
    "readme",
    "resources",
    "search",
    "security",
    "settings",
    "signup",
    "site",
    "solutions",
    "sponsors",
    "topics",
    "trending",
];

/// Names of files and folders that are feeds.
const FEEDS: [&str; 10] = [
    "feed",
    "feeds",
    "rss",
    "atom",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "feed.json",
    "index.rdf",
    "index.atom",
];

/// Endings of names that are downloads, whose `.asc` is a signature and no key.
const DOWNLOADS: [&str; 16] = [
    ".gz", ".xz", ".bz2", ".zst", ".zip", ".tgz", ".tar", ".exe", ".msi", ".deb", ".rpm", ".jar", ".whl",
    ".dmg", ".iso", ".txt",
];

/// Words that name a page worth reading, as they stand in addresses.
const WORDS: [&str; 19] = [
    "security",
    "advisory",
    "advisories",
    "vulnerability",
    "vulnerabilities",
    "psirt",
    "cve",
    "cves",
    "bulletin",
    "bulletins",
    "changelog",
    "changelogs",
    "changes",
    "releasenotes",
    "release-notes",
    "releases",
    "whats-new",
    "status",
    "forum",
];

/// Words of a page whose own links are worth a look.
const SECURITY: [&str; 8] = [
    "security",
    "advisory",
    "advisories",
    "vulnerability",
    "vulnerabilities",
    "psirt",
    "bulletin",
    "bulletins",
];

/// What a link looks like; nothing where it looks like none of these.
pub(super) fn of(link: &Link) -> Option<Looks> {
    let host = link.url.host_str()?.trim_start_matches("www.");
    if link.declared {
        return Some(Looks::Feed);
    }
    if host == "github.com" {
        return github(&link.url);
    }
    if is_feed(&link.url) {
        return Some(Looks::Feed);
    }
    let path = link.url.path();
    if ["/pipermail/", "/hyperkitty/", "/mailman/listinfo", "/mailman3/lists/"]
        .iter()
        .any(|part| path.contains(part))
        || host == "lore.kernel.org"
    {
        return Some(Looks::Mail);
    }
    if is_keys(link) {
        return Some(Looks::Keys);
    }
    let label = host.split('.').next().unwrap_or_default();
    let words = link.words.to_lowercase();
    if is_status_host(&link.url)
        || matches!(words.as_str(), "status" | "status page" | "system status" | "service status")
    {
        return Some(Looks::Status);
    }
    let section = link.url.path_segments()?.next().unwrap_or_default();
    if matches!(label, "forum" | "forums" | "community" | "discuss" | "discourse" | "talk" | "boards" | "bbs")
        || matches!(section, "forum" | "forums" | "board" | "boards" | "discuss" | "discussions" | "phpbb")
        || matches!(words.as_str(), "forum" | "forums" | "community" | "community forum" | "discussion forum")
    {
        return Some(Looks::Forum);
    }
    topic(&link.url).or_else(|| topic_of_words(&link.words)).map(|_| Looks::Page)
}

fn github(url: &Url) -> Option<Looks> {
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let mut owner = parts.next()?;
    if owner == "orgs" {
        return parts.next().map(|name| Looks::Organisation(name.to_owned()));
    }
    if GITHUB_ITSELF.contains(&owner) {
        return None;
    }
    owner = owner.trim_start_matches('@');
    Some(match parts.next() {
        Some(name) => Looks::Repository(format!("{owner}/{}", name.trim_end_matches(".git"))),
        None => Looks::Organisation(owner.to_owned()),
    })
}

/// Whether a host is named as one that holds a status page and nothing else.
pub(super) fn is_status_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.starts_with("status.") || host.ends_with(".statuspage.io"))
}

fn is_feed(url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let last = path.rsplit('/').next().unwrap_or_default();
    // A blog of WordPress also has a feed of its readers' comments.
    !path.contains("/comments/")
        && (FEEDS.contains(&last) || [".rss", ".atom", ".rdf"].iter().any(|ending| last.ends_with(ending)))
}

fn is_keys(link: &Link) -> bool {
    let path = link.url.path();
    let last = path.rsplit('/').next().unwrap_or_default();
    let lower = last.to_ascii_lowercase();
    if let Some(stem) = [".asc", ".gpg", ".pgp"].iter().find_map(|ending| lower.strip_suffix(ending)) {
        return !DOWNLOADS.iter().any(|ending| stem.ends_with(ending));
    }
    let elsewhere = lower.ends_with(".sig")
        || DOWNLOADS.iter().any(|ending| *ending != ".txt" && lower.ends_with(ending));
    last == "KEYS" || (speaks_of_keys(&link.words) && !elsewhere)
}

/// Whether a link says that it leads to keys: in a few words, and not as the title of something that is about them.
fn speaks_of_keys(words: &str) -> bool {
    let words = words.to_lowercase();
    let parts: Vec<&str> =
        words.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let has = |wanted: &[&str]| parts.iter().any(|part| wanted.contains(part));
    let scheme = has(&["pgp", "gpg", "openpgp", "gnupg"]);
    let key = has(&["key", "keys", "keyring", "fingerprint", "fingerprints"]);
    let purpose = has(&["signing", "release", "package", "packages", "repository"]);
    parts.len() <= 6 && ((key && (scheme || purpose)) || (scheme && parts.len() == 1))
}

/// The word by which the last part of an address names a topic worth reading, where it is short and undated.
pub(super) fn topic(url: &Url) -> Option<&'static str> {
    let last = url.path_segments()?.rfind(|part| !part.is_empty())?.to_ascii_lowercase();
    let stem = last.rsplit_once('.').map_or(last.as_str(), |(stem, _)| stem);
    let words: Vec<&str> = stem.split(['-', '_', '+', '.']).filter(|word| !word.is_empty()).collect();
    let dated = words.iter().any(|word| word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_digit()));
    if dated || words.len() > 3 {
        return None;
    }
    let spelled = words.join("-");
    WORDS.into_iter().find(|word| words.contains(word) || (word.contains('-') && spelled.contains(word)))
}

/// The same for what a link says.
fn topic_of_words(words: &str) -> Option<&'static str> {
    let words = words.to_lowercase();
    let parts: Vec<&str> =
        words.split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    if parts.len() > 4 {
        return None;
    }
    ["advisories", "changelog", "psirt"].into_iter().find(|word| parts.contains(word)).or_else(|| {
        let pair = |one: &str, other: &str| parts.windows(2).any(|two| two == [one, other]);
        (pair("release", "notes") || pair("security", "updates") || pair("security", "bulletins"))
            .then_some("release-notes")
    })
}

/// Whether the links of this page are worth a look of their own.
pub(super) fn leads_on(url: &Url) -> bool {
    topic(url).is_some_and(|word| SECURITY.contains(&word))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Link, Looks, leads_on, of};

    fn check(url: &str, words: &str, expected: Option<Looks>) {
        let url = Url::parse(url).unwrap();
        assert_eq!(
            of(&Link { url: url.clone(), words: words.to_owned(), declared: false }),
            expected,
            "{url}"
        );
    }

    #[test]
    fn channels_are_told_by_their_addresses() {
        for url in
            ["https://acme.example/feed/", "https://acme.example/news/rss.xml", "https://acme.example/a.atom"]
        {
            check(url, "", Some(Looks::Feed));
        }
        check("https://acme.example/comments/feed/", "", None);
        check("https://acme.example/keys/release.asc", "", Some(Looks::Keys));
        check("https://acme.example/dist/KEYS", "", Some(Looks::Keys));
        check("https://acme.example/verify", "Our PGP key", Some(Looks::Keys));
        check("https://acme.example/verify", "GPG", Some(Looks::Keys));
        check("https://acme.example/2024-0447", "ACME-2024-0447: Vulnerability in pgp", None);
        check("https://acme.example/anvil-1.2.tar.gz.asc", "PGP", None);
        check("https://status.acme.example/", "", Some(Looks::Status));
        check("https://acme.statuspage.io/", "", Some(Looks::Status));
        check("https://acme.example/up", "System status", Some(Looks::Status));
        check("https://acme.example/talk-to-us", "Community forum", Some(Looks::Forum));
        check("https://forum.acme.example/c/news", "", Some(Looks::Forum));
        check("https://www.acme.example/forums/", "", Some(Looks::Forum));
        check("https://lists.acme.example/pipermail/announce/", "", Some(Looks::Mail));
    }

    #[test]
    fn repositories_are_told_from_accounts_and_from_the_site_itself() {
        let repository = Some(Looks::Repository("acme/anvil".to_owned()));
        check("https://github.com/acme/anvil.git", "", repository.clone());
        check("https://www.github.com/acme/anvil/releases", "", repository);
        check("https://github.com/acme/", "", Some(Looks::Organisation("acme".to_owned())));
        check("https://github.com/orgs/acme/repositories", "", Some(Looks::Organisation("acme".to_owned())));
        check("https://github.com/features/actions", "", None);
        check("https://github.com/advisories?query=acme", "", None);
        check("https://github.com/", "", None);
    }

    #[test]
    fn pages_are_told_by_a_short_last_part() {
        check("https://acme.example/en/security-advisories.html", "", Some(Looks::Page));
        check("https://acme.example/docs/release_notes/", "", Some(Looks::Page));
        check("https://acme.example/changelog", "", Some(Looks::Page));
        check("https://acme.example/notes", "Release notes", Some(Looks::Page));
        check("https://acme.example/blog/security-update-2024", "", None);
        check("https://acme.example/blog/why-security-matters-to-us", "", None);
        check("https://acme.example/insecurity", "", None);
        let leads = |url| leads_on(&Url::parse(url).unwrap());
        assert!(leads("https://acme.example/security/") && !leads("https://acme.example/changelog"));
    }
}
