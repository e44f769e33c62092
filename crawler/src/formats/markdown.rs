//! A Markdown or plain-text document as one entry: advisories in prose, release notes, news posts.
//!
//! Front matter (YAML between `---`, TOML between `+++`) gives title, date and category where it stands; else the
//! document's own first lines do. The signs of Markdown go from files that say they are Markdown. Refuses to run templates or HTML.

use std::sync::LazyLock;

use index::entry::{Affected, Draft, Evidence, Kind, Range, Statement};
use index::severity::{Level, Severity};
use index::text::Text;
use jiff::Timestamp;
use regex::Regex;

use super::{Origin, Read, Unreadable, advisory_yaml, date, identifiers};
use crate::{clean, fetch};

/// Bytes of front matter that are read.
const MAX_FRONT: usize = 64 << 10;

fn expression(text: &str) -> Regex {
    Regex::new(text).expect("the expressions are literals that the tests compile")
}

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"\b(?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8},? \d{4}|[A-Z][a-z]{2,8} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4}-\d\d-\d\d)\b",
    )
});
static SEVERITY: LazyLock<Regex> = LazyLock::new(|| expression(r"(?mi)^[-* ]*severity: *\**(\w+)"));
static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    expression(r"(?mi)^[-* ]*affected versions: +([\w.+-]+) (\d[\w.]*) to and including (\d[\w.]*)")
});
static FIXED: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?mi)^[-* ]*not affected versions: .*>= *(\d[\w.]*)"));
static RELEASE: LazyLock<Regex> =
    LazyLock::new(|| expression(r"(?i)^(?:[\w .-]{1,40} )?(?:version )?v?\d+\.\d+(?:\.\d+)*\b[^:]{0,40}$"));

/// Reads one document into one draft.
///
/// # Errors
/// [`Unreadable`] for an empty document and for binary bytes.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    if bytes.iter().take(4096).any(|byte| *byte == 0)
        && !bytes.starts_with(&[0xff, 0xfe])
        && !bytes.starts_with(&[0xfe, 0xff])
    {
        return Err(Unreadable::new("not a text", "the document holds zero bytes"));
    }
    let (text, _) = fetch::charset::decode(bytes, origin.charset);
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    if text.trim().is_empty() {
        return Err(Unreadable::new("empty document", "a text was expected and nothing came"));
    }
    if text.starts_with("```toml\n") && text.contains("[advisory]") {
        return advisory_yaml::parse(bytes, origin);
    }
    let (front, body) = split(&text);
    Ok(vec![draft(&front, body, bytes, origin)])
}

/// What front matter says, as far as it concerns an entry.
#[derive(Default)]
struct Front {
    title: Option<String>,
    date: Option<Timestamp>,
    updated: Option<Timestamp>,
    category: String,
    author: Option<String>,
    ids: Vec<String>,
}

/// Parts front matter from the text below it.
fn split(text: &str) -> (Front, &str) {
    for fence in ["---", "+++"] {
        let Some(rest) = text.strip_prefix(fence).and_then(|rest| rest.strip_prefix('\n')) else { continue };
        let Some((front, body)) = rest.split_once(&format!("\n{fence}")) else { continue };
        if front.len() > MAX_FRONT {
            continue;
        }
        let read: Option<serde_json::Value> =
            if fence == "---" { serde_norway::from_str(front).ok() } else { toml::from_str(front).ok() };
        if let Some(serde_json::Value::Object(fields)) = read {
            return (front_of(&fields), body.trim_start_matches(['-', '+']));
        }
    }
    (Front::default(), text)
}

fn front_of(fields: &serde_json::Map<String, serde_json::Value>) -> Front {
    let word = |name: &str| match fields.get(name) {
        Some(serde_json::Value::String(text)) => Some(text.clone()),
        Some(serde_json::Value::Number(number)) => Some(number.to_string()),
        // A TOML date arrives as an object with one text.
        Some(serde_json::Value::Object(inner)) => inner.values().next()?.as_str().map(str::to_owned),
        _ => None,
    };
    let moment = |names: [&str; 3]| names.iter().find_map(|name| date::lenient(&word(name)?));
    let ids = ["id", "cve", "aliases", "cves"].iter().filter_map(|name| fields.get(*name));
    Front {
        title: word("title"),
        date: moment(["date", "published", "publishDate"]),
        updated: moment(["updated", "modified", "lastmod"]),
        category: word("category").unwrap_or_default(),
        author: word("author"),
        ids: ids.flat_map(|value| identifiers::advisory_ids(&value.to_string())).collect(),
    }
}

fn draft(front: &Front, body: &str, bytes: &[u8], origin: &Origin<'_>) -> Draft {
    let text = clean::plain(body);
    let title = front.title.as_deref().map(clean::line).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| first_words(text.as_str(), origin.path));
    let mut statement = Statement {
        publisher: front.author.as_deref().map(|author| clean::line(author).into_string()),
        published: front.date.or_else(|| first_date(text.as_str())),
        updated: front.updated,
        ..Statement::default()
    };
    let mut ids = front.ids.clone();
    ids.extend(identifiers::advisory_ids(title.as_str()));
    ids.extend(identifiers::advisory_ids(identifiers::file_name(origin.path)));
    ids.extend(bulletin_number(origin.path));
    let kind = kind(&front.category, title.as_str(), !ids.is_empty());
    if kind == Kind::Advisory {
        identifiers::assign(ids, &mut statement);
        statement.severity = severity(text.as_str());
        statement.affected = affected(text.as_str());
    } else {
        statement.related = ids;
    }
    statement.title = title;
    statement.text = if is_markdown(origin) { clean::markdown(body) } else { text };
    let media_type = if origin.media_type.is_empty() { "text/markdown" } else { origin.media_type };
    Draft {
        native_id: native_id(origin),
        kind,
        link: origin.url.as_ref().map(|url| url.to_string()),
        statement,
        evidence: Evidence { media_type: media_type.to_owned(), bytes: bytes.to_vec() },
    }
}

/// The document's path, or its address where it was fetched.
pub(super) fn native_id(origin: &Origin<'_>) -> String {
    if origin.path.is_empty() {
        origin.url.as_ref().map(|url| url.to_string()).unwrap_or_default()
    } else {
        origin.path.to_owned()
    }
}

/// Whether the name or the media type says Markdown; a plain text may use the same signs for something else.
fn is_markdown(origin: &Origin<'_>) -> bool {
    let path = origin.path.to_ascii_lowercase();
    path.ends_with(".md") || path.ends_with(".markdown") || origin.media_type == "text/markdown"
}

/// The number of a bulletin whose file name carries more behind it (`qsb-092-2023.txt`).
fn bulletin_number(path: &str) -> Option<String> {
    let name = identifiers::file_name(path).to_ascii_uppercase();
    let number = name.strip_prefix("QSB-")?.get(..3)?.to_owned();
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| format!("QSB-{number}"))
}

/// The first heading or line; a subject line; a line in a frame together with what it is about.
fn first_words(text: &str, path: &str) -> Text {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_armor(line)).take(40);
    let subject = text.lines().take(40).find_map(|line| line.strip_prefix("Subject:"));
    let first = subject.or_else(|| lines.next()).unwrap_or_default();
    let framed = |c: char| matches!(c, '-' | '=' | '[' | ']' | '*' | '#' | ' ' | '_' | '~' | '`');
    let bare = first.trim_start_matches(['#', ' ']);
    if let Some(inner) = first.strip_prefix("---").filter(|_| first.contains('[')) {
        let inner = inner.trim_matches(framed);
        let about = lines.find(|line| date::lenient(line).is_none()).unwrap_or_default();
        return clean::line(&format!("{inner}: {about}"));
    }
    let title = clean::line(bare);
    if title.is_empty() || bare.chars().all(framed) {
        clean::line(identifiers::file_name(path))
    } else {
        title
    }
}

/// Lines around a signed text.
fn is_armor(line: &str) -> bool {
    line.starts_with("-----BEGIN PGP") || line.starts_with("Hash: ")
}

/// A date within the first lines.
fn first_date(text: &str) -> Option<Timestamp> {
    let head = text.get(..text.floor_char_boundary(800)).unwrap_or(text);
    DATE.find_iter(head).find_map(|found| date::lenient(found.as_str()))
}

fn kind(category: &str, title: &str, has_id: bool) -> Kind {
    let lower = title.to_lowercase();
    let says_so = ["advisory", "vulnerabilit", "security bulletin"].iter().any(|word| lower.contains(word));
    match category {
        "vulnerability" | "advisory" | "security" => Kind::Advisory,
        "release" => Kind::Release,
        _ if has_id || says_so => Kind::Advisory,
        _ if RELEASE.is_match(title) => Kind::Release,
        _ => Kind::Notice,
    }
}

/// The worst of the levels that lines such as "Severity: High" state.
fn severity(text: &str) -> Option<Severity> {
    let words = SEVERITY.captures_iter(text).filter_map(|found| found.get(1));
    let level = words.filter_map(|word| Level::from_word(word.as_str())).max()?;
    Some(Severity { level, score: None, vector: None })
}

/// Ranges from lines such as "Affected versions: anvil 1.0 to and including 1.4".
fn affected(text: &str) -> Vec<Affected> {
    let fixed = FIXED.captures(text).and_then(|found| Some(found.get(1)?.as_str().to_owned()));
    let read = |found: regex::Captures<'_>| {
        let part = |number| found.get(number).map(|part| part.as_str().to_owned());
        let last_affected = if fixed.is_some() { None } else { part(3) };
        Some(Affected {
            product: part(1)?,
            ranges: vec![Range { introduced: part(2), fixed: fixed.clone(), last_affected }],
            fixed: fixed.clone().into_iter().collect(),
            ..Affected::default()
        })
    };
    RANGE.captures_iter(text).take(50).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::formats::Origin;
    use index::entry::{Draft, Kind};
    use index::severity::Level;

    fn read(text: &str, path: &str) -> Draft {
        parse(text.as_bytes(), &Origin { path, ..Origin::default() }).unwrap().remove(0)
    }

    #[test]
    fn front_matter_names_and_dates_the_document() {
        let draft = read(
            "---\ntitle: Anvil 2.0.1 (LTS)\ndate: '2024-03-01T12:00:00.000Z'\ncategory: release\n---\n\n## Notes\n",
            "a/v2.md",
        );
        assert_eq!((draft.kind, draft.native_id.as_str()), (Kind::Release, "a/v2.md"));
        assert_eq!(draft.statement.title.as_str(), "Anvil 2.0.1 (LTS)");
        assert_eq!(draft.statement.text.as_str(), "## Notes");
        assert_eq!(draft.statement.published.unwrap().to_string(), "2024-03-01T12:00:00Z");
        let draft = read("+++\ntitle = \"New key\"\ndate = 2024-03-01\n+++\nText", "n.md");
        assert_eq!(draft.statement.published.unwrap().to_string(), "2024-03-01T00:00:00Z");
    }

    #[test]
    fn signs_of_markdown_go_from_markdown_only() {
        assert_eq!(read("Notes\n\n### **Fixes**\n", "v1.md").statement.text.as_str(), "Notes\n\n## Fixes");
        assert_eq!(read("Notes\n\n**Fixes**\n", "v1.txt").statement.text.as_str(), "Notes\n\n**Fixes**");
    }

    #[test]
    fn an_advisory_in_prose_states_its_facts() {
        let draft = read(
            "anvil falls\n===========\n\nAcme Advisory, April 3 2017\n\nSeverity: Medium\n\n- Affected versions: anvil 6.5 to and including 7.53.1\n- Not affected versions: anvil < 6.5 and >= 7.54.0\n",
            "CVE-2017-12345.md",
        );
        assert_eq!(draft.kind, Kind::Advisory);
        assert_eq!(draft.statement.identifiers, ["CVE-2017-12345"]);
        assert_eq!(draft.statement.severity.unwrap().level, Level::Medium);
        assert_eq!(draft.statement.affected.first().unwrap().fixed, ["7.54.0"]);
        assert_eq!(draft.statement.published.unwrap().to_string(), "2017-04-03T00:00:00Z");
    }

    #[test]
    fn a_framed_title_is_joined_with_what_it_is_about() {
        let draft = read(
            "\n   ---===[ Acme Security Bulletin 092 ]===---\n\n   2023-08-08\n\n   Anvils fall (XSA-432)\n",
            "qsb-092-2023.txt",
        );
        assert_eq!(draft.statement.title.as_str(), "Acme Security Bulletin 092: Anvils fall (XSA-432)");
        assert!(draft.statement.identifiers.contains(&"QSB-092".to_owned()));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(parse(b"\0\0", &Origin::default()).unwrap_err().kind, "not a text");
        assert_eq!(parse(b" \n", &Origin::default()).unwrap_err().kind, "empty document");
    }
}
