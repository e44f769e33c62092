//! Keys that a vendor publishes: armored or binary keyrings, files with many blocks, certificates, and pages with blocks
//! of keys or links to them. One entry a document, whose text states the facts of every key in it.
//!
//! Refuses to judge: that a key is published somewhere makes nobody trust it, and a name on a key is only a claim. The
//! facts are those that stay the same from day to day; whether a key has expired by now is for the reader to say.

use index::entry::{Draft, Evidence, Kind, Statement};
use index::mention;
use index::text::Text;
use inspect::key::reading::{self, Found};
use inspect::key::{openpgp, x509};
use jiff::Timestamp;
use scraper::{Html, Selector};
use url::Url;

use super::{Origin, Unreadable, article, identifiers};
use crate::{clean, fetch};

/// The facts of a key, in lines.
mod facts;

/// Links to keys that one page may have; more are left.
const MAX_LINKS: usize = 50;
/// Endings of the names of files that hold keys.
const ENDINGS: [&str; 9] = [".asc", ".gpg", ".pgp", ".key", ".pub", ".pem", ".crt", ".cer", ".kbx"];
/// Beginnings of the names of files that hold keys and have no ending.
const BEGINNINGS: [&str; 3] = ["keys", "rpm-gpg-key", "gpg-key"];

/// How a block of armor begins that holds a public or a private key.
const PGP_BLOCK: &str = "-----BEGIN PGP P";

/// What a document of keys holds.
#[derive(Clone, Debug)]
pub struct Document {
    /// The entry that it is.
    pub draft: Draft,
    /// Keys and certificates in it.
    pub keys: Vec<Found>,
    /// Files of keys that it links to, each once; only a page has any.
    pub links: Vec<Url>,
}

/// Reads a page or file with keys; `now` is the moment at which self-signatures are looked at.
///
/// # Errors
/// [`Unreadable`] for an empty document, for broken keys, and for what holds neither a key nor a way to one.
pub fn parse(bytes: &[u8], origin: &Origin<'_>, now: Timestamp) -> Result<Document, Unreadable> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Unreadable::new("empty document", "keys were expected and nothing came"));
    }
    if is_page(bytes, origin) { page(bytes, origin, now) } else { file(bytes, origin, now) }
}

fn is_page(bytes: &[u8], origin: &Origin<'_>) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    // Servers are free with "text/html" for files without an ending they know.
    first == Some(&b'<')
        || (origin.media_type.contains("html") && !has_block(&String::from_utf8_lossy(bytes)))
}

fn has_block(text: &str) -> bool {
    text.contains(PGP_BLOCK) || text.contains("-----BEGIN CERTIFICATE-----")
}

/// A file of keys.
fn file(bytes: &[u8], origin: &Origin<'_>, now: Timestamp) -> Result<Document, Unreadable> {
    let (lines, keys) = found(bytes, now)?;
    let Some(lines) = lines else {
        let why = if String::from_utf8_lossy(bytes).contains("-----BEGIN PUBLIC KEY-----") {
            "a public key that cannot be read"
        } else {
            "neither an OpenPGP key nor a certificate nor another public key"
        };
        return Err(Unreadable::new("no key", why));
    };
    Ok(Document {
        draft: draft(&title(origin), clean::plain(&lines), bytes, origin),
        keys,
        links: Vec::new(),
    })
}

/// The facts of all keys in some bytes, and the keys; no facts where there is none.
fn found(bytes: &[u8], now: Timestamp) -> Result<(Option<String>, Vec<Found>), Unreadable> {
    let broken = |why: String| Unreadable::new("broken key", why);
    let armored = bytes.windows(PGP_BLOCK.len()).any(|window| window == PGP_BLOCK.as_bytes());
    let x509 = x509::read(bytes);
    let certificates = match openpgp::read(bytes) {
        Ok(certificates) => certificates,
        // What is no armor may be anything, and is only then called a key when it can be read.
        Err(openpgp::NoCertificate::Broken(why)) if armored && x509.is_err() => return Err(broken(why)),
        Err(_) => Vec::new(),
    };
    let x509 = match x509 {
        Ok(x509) => x509,
        Err(x509::NoCertificate::Broken(why)) if certificates.is_empty() => return Err(broken(why)),
        Err(_) => Vec::new(),
    };
    let at = now.as_second();
    let read = reading::read(bytes, at);
    let mut parts: Vec<String> =
        certificates.iter().map(|certificate| facts::openpgp(&certificate.facts(at))).collect();
    parts.extend(x509.iter().map(facts::x509));
    let told = |key: &Found| {
        let fingerprint = key.fact.fingerprint;
        certificates.iter().any(|one| one.fingerprint() == fingerprint)
            || x509.iter().any(|one| one.fingerprint == fingerprint)
    };
    parts.extend(read.keys.iter().filter(|key| !told(key)).map(|key| facts::other(&key.fact)));
    Ok(((!parts.is_empty()).then(|| parts.join("\n\n")), read.keys))
}

/// A page: the keys that stand on it, its own words, and the links to keys.
fn page(bytes: &[u8], origin: &Origin<'_>, now: Timestamp) -> Result<Document, Unreadable> {
    let (html, _) = fetch::charset::decode(bytes, origin.charset);
    if !clean::may_be_parsed(&html) {
        return Err(Unreadable::new("nested too deeply", "the page is too deep or too large to be parsed"));
    }
    let (text, links) = {
        let tree = Html::parse_document(&html.replace("<br", "\n<br"));
        let text: String = tree.root_element().text().collect();
        (text.lines().map(str::trim).collect::<Vec<_>>().join("\n"), links(&tree, origin))
    };
    let (lines, keys) = if has_block(&text) { found(text.as_bytes(), now)? } else { (None, Vec::new()) };
    let article = article::read(&html, origin.url.as_ref());
    let words = without_blocks(article.text.as_str());
    let stated = mention::find(&words).iter().any(|found| found.kind == mention::Kind::Fingerprint);
    if keys.is_empty() && links.is_empty() && !stated {
        let why = "there is no key on the page, no link to one and no fingerprint; has it moved?";
        return Err(Unreadable::new("no key", why));
    }
    let mut parts: Vec<String> = lines.into_iter().collect();
    parts.push(format!("## What the page says\n\n{words}"));
    if !links.is_empty() {
        let listed: Vec<String> = links.iter().map(|url| format!("- {url}")).collect();
        parts.push(format!("## Files it links to\n\n{}", listed.join("\n")));
    }
    let called = Some(article.title.as_str()).filter(|title| !title.is_empty());
    let called = called.map_or_else(|| title(origin), str::to_owned);
    Ok(Document { draft: draft(&called, clean::plain(&parts.join("\n\n")), bytes, origin), keys, links })
}

/// The addresses of files of keys that a page links to.
fn links(page: &Html, origin: &Origin<'_>) -> Vec<Url> {
    let (Ok(anchors), Some(base)) = (Selector::parse("a[href]"), origin.url.as_ref()) else {
        return Vec::new();
    };
    let mut links: Vec<Url> = Vec::new();
    for href in page.select(&anchors).filter_map(|anchor| anchor.value().attr("href")) {
        let Ok(mut url) = base.join(href.trim()) else { continue };
        url.set_fragment(None);
        let fits = matches!(url.scheme(), "http" | "https") && names_keys(url.path()) && url != *base;
        if fits && links.len() < MAX_LINKS && !links.contains(&url) {
            links.push(url);
        }
    }
    links
}

fn names_keys(path: &str) -> bool {
    let name = identifiers::file_name(path).to_ascii_lowercase();
    // A signature beside a download has the ending of a key; what it signs gives it away.
    let signs = [".tar", ".zip", ".gz", ".xz", ".deb", ".rpm", ".exe", ".msi", ".jar", ".iso", ".txt"];
    let ends = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    match ends {
        Some(stem) => !stem.is_empty() && !signs.iter().any(|sign| stem.ends_with(sign)),
        None => BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) && !name.contains('.'),
    }
}

/// A text without what stands between the first and last line of armored blocks.
fn without_blocks(text: &str) -> String {
    let mut kept = Vec::new();
    let mut within = false;
    for line in text.lines() {
        let (begins, ends) = (line.contains("-----BEGIN "), line.contains("-----END "));
        if begins && !ends {
            within = true;
        } else if ends {
            within = false;
        } else if !within && !begins {
            kept.push(line);
        }
    }
    kept.join("\n")
}

fn title(origin: &Origin<'_>) -> String {
    match &origin.url {
        Some(url) => format!("Keys at {}{}", url.host_str().unwrap_or_default(), url.path()),
        None => format!("Keys in {}", identifiers::file_name(origin.path)),
    }
}

fn draft(title: &str, text: Text, bytes: &[u8], origin: &Origin<'_>) -> Draft {
    let link = origin.url.as_ref().map(Url::to_string);
    Draft {
        native_id: link.clone().unwrap_or_else(|| origin.path.to_owned()),
        kind: Kind::Notice,
        link,
        statement: Statement { title: clean::line(title), text, ..Statement::default() },
        evidence: Evidence { media_type: origin.media_type.to_owned(), bytes: bytes.to_vec() },
    }
}

#[cfg(test)]
mod tests;
