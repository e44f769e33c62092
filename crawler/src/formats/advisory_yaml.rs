//! Advisory databases kept as text files: YAML of FriendsOfPHP and RubySec, TOML-headed Markdown of RustSec.
//!
//! One file is one advisory. Ranges are taken over only where the file's constraints state them without interpretation;
//! the fixed versions are always listed. Refuses files that carry neither an identifier nor a title.

use index::entry::{Affected, Draft, Evidence, Kind, Range, Reference, Statement, Status};
use index::severity::{Level, Severity};
use serde_json::{Map, Value};

use super::{Origin, Read, Unreadable, date, identifiers, markdown};
use crate::{clean, fetch};

/// Bytes of a file that are read; real ones stay below 64 KiB.
const MAX_BYTES: usize = 4 << 20;

type Fields = Map<String, Value>;

/// Reads one advisory.
///
/// # Errors
/// [`Unreadable`] for malformed YAML or TOML and for what is no advisory of these forms.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::new("too large", format!("more than {MAX_BYTES} bytes")));
    }
    let (text, _) = fetch::charset::decode(bytes, origin.charset);
    let text = text.replace("\r\n", "\n");
    let (mut statement, link, media_type) = match text.strip_prefix("```toml\n") {
        Some(rest) => rustsec(rest).map(|(statement, link)| (statement, link, "text/markdown"))?,
        None => yaml(&text).map(|(statement, link)| (statement, link, "application/yaml"))?,
    };
    let named = identifiers::advisory_ids(identifiers::file_name(origin.path));
    named.into_iter().for_each(|id| {
        if !statement.identifiers.contains(&id) {
            statement.identifiers.push(id)
        }
    });
    if statement.title.is_empty() {
        statement.title = clean::line(statement.identifiers.first().map_or("(no title)", String::as_str));
    }
    let evidence = Evidence { media_type: media_type.to_owned(), bytes: bytes.to_vec() };
    Ok(vec![Draft {
        native_id: markdown::native_id(origin),
        kind: Kind::Advisory,
        link,
        statement,
        evidence,
    }])
}

type Advisory = (Statement, Option<String>);

fn yaml(text: &str) -> Result<Advisory, Unreadable> {
    let fields: Fields =
        serde_norway::from_str(text).map_err(|error| Unreadable::new("malformed YAML", error))?;
    if fields.contains_key("branches") {
        Ok(friends_of_php(&fields))
    } else if ["gem", "library", "engine", "platform"].iter().any(|name| fields.contains_key(*name)) {
        Ok(rubysec(&fields))
    } else {
        Err(Unreadable::new("not an advisory", "neither branches nor a gem, library or engine are named"))
    }
}

/// A field as a word; numbers as they are written.
fn word(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A field as a list of words; a single word is a list of one.
fn words(fields: &Fields, name: &str) -> Vec<String> {
    match fields.get(name) {
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).map(str::to_owned).take(1000).collect()
        }
        Some(Value::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

fn friends_of_php(fields: &Fields) -> Advisory {
    let title = word(fields, "title").unwrap_or_default();
    let link = word(fields, "link");
    let reference = word(fields, "reference").unwrap_or_default();
    let mut affected = Affected {
        product: reference.trim_start_matches("composer://").to_owned(),
        ecosystem: Some("Packagist".to_owned()),
        ..Affected::default()
    };
    let mut statement = Statement::default();
    let branches = fields.get("branches").and_then(Value::as_object);
    for branch in
        branches.into_iter().flat_map(|branches| branches.values()).filter_map(Value::as_object).take(500)
    {
        let range = range(&words(branch, "versions"));
        affected.fixed.extend(range.fixed.clone());
        affected.ranges.push(range);
        let time = word(branch, "time").and_then(|time| date::lenient(&time));
        statement.published = [statement.published, time].into_iter().flatten().min();
    }
    statement.affected = vec![affected];
    let mut ids: Vec<String> =
        word(fields, "cve").iter().flat_map(|cve| identifiers::advisory_ids(cve)).collect();
    ids.extend(link.iter().flat_map(|link| identifiers::advisory_ids(link)));
    identifiers::assign(ids, &mut statement);
    statement.text = clean::plain(&title);
    statement.title = clean::line(&title);
    statement.references = link.iter().map(|url| reference_to(url)).collect();
    (statement, link)
}

fn rubysec(fields: &Fields) -> Advisory {
    let product = ["gem", "library", "engine", "platform"].iter().find_map(|name| word(fields, name));
    let link = word(fields, "url");
    let prefixed = |name: &str, prefix: &str| {
        word(fields, name)
            .map(|id| identifiers::canonical(&format!("{prefix}{}", id.trim_start_matches(prefix))))
    };
    let score =
        ["cvss_v4", "cvss_v3", "cvss_v2"].iter().find_map(|name| word(fields, name)?.parse::<f32>().ok());
    let mut statement = Statement {
        title: clean::line(&word(fields, "title").unwrap_or_default()),
        text: clean::plain(&word(fields, "description").unwrap_or_default()),
        published: word(fields, "date").and_then(|date| date::lenient(&date)),
        identifiers: [prefixed("cve", "CVE-"), prefixed("ghsa", "GHSA-")].into_iter().flatten().collect(),
        severity: score.map(|score| Severity {
            level: Level::from_score(score),
            score: Some(score),
            vector: None,
        }),
        references: link.iter().map(|url| reference_to(url)).collect(),
        ..Statement::default()
    };
    if let Some(related) = fields.get("related").and_then(Value::as_object) {
        statement.related = words(related, "cve").iter().map(|id| format!("CVE-{id}")).collect();
        statement.references.extend(words(related, "url").iter().map(|url| reference_to(url)));
    }
    let ecosystem = fields.contains_key("gem").then(|| "RubyGems".to_owned());
    let fixes = (words(fields, "patched_versions"), words(fields, "unaffected_versions"));
    statement.affected = vec![affected(product.unwrap_or_default(), ecosystem, &fixes.0, &fixes.1)];
    (statement, link)
}

fn rustsec(rest: &str) -> Result<Advisory, Unreadable> {
    let (front, body) = rest
        .split_once("\n```")
        .ok_or_else(|| Unreadable::new("not an advisory", "the front matter has no end"))?;
    let fields: Fields =
        toml::from_str(front).map_err(|error| Unreadable::new("malformed TOML", error.message()))?;
    let empty = Fields::new();
    let table = |name: &str| fields.get(name).and_then(Value::as_object).unwrap_or(&empty);
    let (advisory, versions) = (table("advisory"), table("versions"));
    let id =
        word(advisory, "id").ok_or_else(|| Unreadable::new("not an advisory", "it has no identifier"))?;
    let body = body.trim();
    let title = body.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
    let text = body.strip_prefix("# ").and_then(|rest| rest.split_once('\n')).map_or(body, |(_, text)| text);
    let link = word(advisory, "url");
    let canonical = |ids: Vec<String>| ids.iter().map(|id| identifiers::canonical(id)).collect::<Vec<_>>();
    let mut own = vec![identifiers::canonical(&id)];
    own.extend(canonical(words(advisory, "aliases")));
    let withdrawn = advisory.contains_key("withdrawn");
    let references =
        link.iter().cloned().chain(words(advisory, "references")).map(|url| reference_to(&url)).collect();
    let fixes = (words(versions, "patched"), words(versions, "unaffected"));
    let package = word(advisory, "package").unwrap_or_default();
    let statement = Statement {
        title: clean::line(title),
        text: clean::plain(text),
        published: word(advisory, "date").and_then(|date| date::lenient(&date)),
        status: if withdrawn { Status::Withdrawn } else { Status::InForce },
        identifiers: own,
        related: canonical(words(advisory, "related")),
        affected: vec![affected(package, Some("crates.io".to_owned()), &fixes.0, &fixes.1)],
        references,
        ..Statement::default()
    };
    Ok((statement, link))
}

fn reference_to(url: &str) -> Reference {
    Reference { url: clean::line(url).into_string(), label: None }
}

/// A range from constraints such as `>=2.2.0` and `<2.36.0`.
fn range(constraints: &[String]) -> Range {
    let mut range = Range::default();
    for constraint in constraints.iter().map(|constraint| constraint.trim()) {
        if let Some(version) = constraint.strip_prefix("<=") {
            range.last_affected = Some(version.trim().to_owned());
        } else if let Some(version) = constraint.strip_prefix('<') {
            range.fixed = Some(version.trim().to_owned());
        } else if let Some(version) = constraint.strip_prefix(">=").or_else(|| constraint.strip_prefix('>')) {
            range.introduced = Some(version.trim().to_owned());
        }
    }
    range
}

/// What patched and unaffected constraints say: every fixed version; a range only where there is one fix.
fn affected(
    product: String,
    ecosystem: Option<String>,
    patched: &[String],
    unaffected: &[String],
) -> Affected {
    // The last part of a constraint names the first fixed version of its branch ("~> 2.0.9, >= 2.0.9.1").
    let fixed: Vec<String> = patched
        .iter()
        .filter_map(|constraint| {
            let mut parts = constraint.split(',').map(str::trim).filter(|part| !part.starts_with('<'));
            let version = parts.next_back()?.trim_start_matches(['~', '>', '=', '^', ' ']);
            (!version.is_empty()).then(|| version.to_owned())
        })
        .collect();
    let introduced = match unaffected {
        [only] => only.strip_prefix('<').filter(|rest| !rest.starts_with('=') && !rest.contains(',')),
        _ => None,
    };
    let introduced = introduced.map(|version| version.trim().to_owned());
    let stated = unaffected.is_empty() || introduced.is_some();
    let ranges = match (patched, fixed.as_slice()) {
        ([], _) if stated => vec![Range { introduced, ..Range::default() }],
        ([only], [first]) if stated && only.starts_with(">=") && !only.contains(',') => {
            vec![Range { introduced, fixed: Some(first.clone()), last_affected: None }]
        }
        _ => Vec::new(),
    };
    Affected { product, ecosystem, ranges, fixed, ..Affected::default() }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::formats::Origin;
    use index::entry::{Draft, Range};

    fn read(text: &str) -> Draft {
        parse(text.as_bytes(), &Origin { path: "acme/x.yml", ..Origin::default() }).unwrap().remove(0)
    }

    fn range(introduced: &str, fixed: &str) -> Range {
        Range { introduced: Some(introduced.to_owned()), fixed: Some(fixed.to_owned()), last_affected: None }
    }

    #[test]
    fn branches_become_ranges() {
        let draft = read(
            "title: Anvil falls\nlink: https://acme.example/a\ncve: CVE-2024-12345\nbranches:\n  2.x:\n    time: 2024-03-01 08:00:00\n    versions: ['>=2.2.0', '<2.36.0']\nreference: composer://acme/anvil\n",
        );
        let affected = draft.statement.affected.first().unwrap();
        assert_eq!(
            (affected.product.as_str(), &affected.ranges),
            ("acme/anvil", &vec![range("2.2.0", "2.36.0")])
        );
        assert_eq!(draft.statement.published.unwrap().to_string(), "2024-03-01T08:00:00Z");
    }

    #[test]
    fn patched_versions_become_fixes() {
        let draft = read(
            "---\ngem: anvil\ncve: 2024-12345\nghsa: mwqm-4fw3-cjvr\ntitle: t\ndate: 2024-03-01\ncvss_v3: 9.8\npatched_versions:\n  - '~> 2.0.9, >= 2.0.9.1'\n  - '>= 2.2.3'\n",
        );
        assert_eq!(draft.statement.identifiers, ["CVE-2024-12345", "GHSA-mwqm-4fw3-cjvr"]);
        assert_eq!(draft.statement.affected.first().unwrap().fixed, ["2.0.9.1", "2.2.3"]);
        assert_eq!(draft.statement.severity.unwrap().score, Some(9.8));
    }

    #[test]
    fn a_toml_head_is_read() {
        let draft = read(
            "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"anvil\"\ndate = \"2024-03-01\"\naliases = [\"CVE-2024-12345\"]\n[versions]\npatched = [\">= 1.2.0\"]\nunaffected = [\"< 1.0.0\"]\n```\n\n# Anvil falls\n\nText.\n",
        );
        assert_eq!(draft.statement.title.as_str(), "Anvil falls");
        assert_eq!(draft.statement.text.as_str(), "Text.");
        assert_eq!(draft.statement.affected.first().unwrap().ranges, [range("1.0.0", "1.2.0")]);
    }

    #[test]
    fn what_is_no_advisory_is_refused() {
        let kind = |text: &str| parse(text.as_bytes(), &Origin::default()).unwrap_err().kind;
        assert_eq!(kind("a: 1"), "not an advisory");
        assert_eq!(kind("a: [}"), "malformed YAML");
        assert_eq!(kind(&"[".repeat(100_000)), "malformed YAML");
        assert_eq!(kind("```toml\n[advisory\n```"), "malformed TOML");
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let mut bomb = "gem: x\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..10 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        assert_eq!(parse(bomb.as_bytes(), &Origin::default()).unwrap_err().kind, "malformed YAML");
    }
}
