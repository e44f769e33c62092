//! Lists of releases with their ends of support, as endoflife.date states them: one entry for each product.
//!
//! Read are its API's answers for all products and for one (`/api/v1/products/full`, `/api/v1/products/NAME`) and the
//! older list of cycles (`/api/NAME.json`), where the product is what the file is called. Refuses to say whether a day
//! has passed: every date stands in the text, a line for each cycle, and is compared where it is read.

use index::entry::{Draft, Evidence, Kind, Reference, Statement};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::clean;
use crate::formats::lenient::{List, Loose, Word, Words};
use crate::formats::phrase::{moment, name, utf8};
use crate::formats::{Origin, Read, Unreadable, json};

/// Cycles kept of one product; the largest real one has about 200.
const CYCLES: usize = 500;

/// Who says it.
const PUBLISHER: &str = "endoflife.date";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Product<'a> {
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow)]
    label: Word<'a>,
    #[serde(borrow)]
    aliases: Words<'a>,
    #[serde(borrow)]
    identifiers: List<Identifier<'a>>,
    #[serde(borrow)]
    links: Loose<Links<'a>>,
    #[serde(borrow)]
    releases: List<Cycle<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Identifier<'a> {
    #[serde(borrow)]
    id: Word<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Links<'a> {
    #[serde(borrow)]
    html: Word<'a>,
    #[serde(borrow)]
    release_policy: Word<'a>,
}

/// A cycle of either shape; the older one calls some things otherwise.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cycle<'a> {
    #[serde(borrow, alias = "cycle")]
    name: Word<'a>,
    #[serde(borrow)]
    codename: Word<'a>,
    #[serde(borrow)]
    release_date: Word<'a>,
    #[serde(borrow, alias = "lts")]
    lts_from: Word<'a>,
    #[serde(borrow, alias = "support")]
    eoas_from: Word<'a>,
    #[serde(borrow, alias = "eol")]
    eol_from: Word<'a>,
    #[serde(borrow, alias = "extendedSupport")]
    eoes_from: Word<'a>,
    #[serde(borrow)]
    is_eol: Word<'a>,
    #[serde(borrow)]
    latest: Latest<'a>,
    #[serde(borrow)]
    latest_release_date: Word<'a>,
}

/// The newest release of a cycle: by its name alone in the older shape.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Latest<'a> {
    #[serde(borrow)]
    Release(Release<'a>),
    #[serde(borrow)]
    Name(Word<'a>),
}

impl Default for Latest<'_> {
    fn default() -> Self {
        Self::Name(Word::default())
    }
}

#[derive(Debug, Deserialize)]
struct Release<'a> {
    #[serde(borrow)]
    name: Word<'a>,
    #[serde(borrow, default)]
    date: Word<'a>,
}

/// Whether the first product of what an API's `result` holds has releases.
pub(super) fn looks_like_products(result: &str) -> bool {
    has_keys(json::items(result).next().unwrap_or(result), &["releases"])
}

/// Whether a JSON list is one of cycles.
pub(super) fn looks_like_cycles(list: &str) -> bool {
    json::items(list).next().is_some_and(|first| has_keys(first, &["cycle", "eol"]))
}

fn has_keys(object: &str, wanted: &[&str]) -> bool {
    let mut members = json::members(object);
    let mut found = 0;
    while let Some((key, _)) = members.next() {
        found += usize::from(wanted.contains(&key));
        members.pass();
    }
    found == wanted.len()
}

/// Reads an answer of the API, or a list of cycles. The evidence of each draft is its own part.
///
/// # Errors
/// When it is not UTF-8 or malformed, or tells of no product.
pub fn parse(bytes: &[u8], origin: &Origin<'_>) -> Read {
    let text = utf8(bytes)?;
    let mut drafts = Vec::new();
    if text.trim_start().starts_with('[') {
        drafts.extend(cycles(text, origin)?);
    } else {
        let mut members = json::members(text);
        while let Some((key, value)) = members.next() {
            if key == "result" && value.starts_with('[') {
                for item in json::items(value) {
                    drafts.extend(product(item, origin)?);
                }
            } else if key == "result" {
                let mut single = serde_json::Deserializer::from_str(value).into_iter::<IgnoredAny>();
                single.next();
                drafts.extend(product(value.get(..single.byte_offset()).unwrap_or_default(), origin)?);
            }
            members.pass();
        }
    }
    if drafts.is_empty() {
        return Err(Unreadable::new("incomplete list of releases", "it tells of no product"));
    }
    Ok(drafts)
}

fn product(item: &str, origin: &Origin<'_>) -> Result<Option<Draft>, Unreadable> {
    let read: Product<'_> =
        serde_json::from_str(item).map_err(|error| Unreadable::new("malformed JSON", error))?;
    Ok(draft(&read.name, &read, item, origin))
}

/// The older list: the product is what its file is called.
fn cycles(text: &str, origin: &Origin<'_>) -> Result<Option<Draft>, Unreadable> {
    let releases = serde_json::from_str(text).map_err(|error| Unreadable::new("malformed JSON", error))?;
    let address = origin.url.as_ref().map(|url| url.path().to_owned());
    let path = address.as_deref().unwrap_or(origin.path);
    let file = path.rsplit('/').next().unwrap_or_default();
    let called = file.strip_suffix(".json").unwrap_or(file);
    Ok(draft(called, &Product { releases, ..Product::default() }, text, origin))
}

fn draft(key: &str, product: &Product<'_>, evidence: &str, origin: &Origin<'_>) -> Option<Draft> {
    let key = Some(name(key)).filter(|key| !key.is_empty())?;
    let called = product.label.said().map_or_else(|| key.clone(), name);
    let lines: Vec<String> =
        product.releases.iter().take(CYCLES).filter_map(|cycle| line(&called, cycle)).collect();
    if lines.is_empty() {
        return None;
    }
    let text = text(&key, &called, product, &lines);
    let links = product.links.get();
    let policy = links.and_then(|links| links.release_policy.said()).map(name);
    let reference = |url| Reference { url, label: Some("release policy".to_owned()) };
    Some(Draft {
        native_id: if origin.path.is_empty() { key.clone() } else { format!("{}#{key}", origin.path) },
        kind: Kind::Bulletin,
        link: links
            .and_then(|links| links.html.said())
            .map_or_else(|| Some(format!("https://endoflife.date/{key}")), |html| Some(name(html))),
        statement: Statement {
            title: clean::line(&format!("{called}: releases and ends of support")),
            text: clean::plain(&text),
            publisher: Some(PUBLISHER.to_owned()),
            references: policy.into_iter().map(reference).collect(),
            ..Statement::default()
        },
        evidence: Evidence { media_type: "application/json".to_owned(), bytes: evidence.as_bytes().to_vec() },
    })
}

/// A line for each cycle, and what else the product is called.
fn text(key: &str, called: &str, product: &Product<'_>, lines: &[String]) -> String {
    let mut text = lines.join("\n");
    let own = std::iter::once(key).filter(|key| *key != called);
    let also: Vec<String> = own.chain(product.aliases.iter()).map(name).collect();
    if !also.is_empty() {
        text.push_str(&format!("\n{called} is also called {}.", also.join(", ")));
    }
    let identifiers: Vec<String> =
        product.identifiers.iter().filter_map(|it| it.id.said().map(name)).collect();
    if !identifiers.is_empty() {
        text.push_str(&format!("\nIdentifiers: {}", identifiers.join(" ")));
    }
    text
}

/// One cycle as one sentence, so that it is found and quoted whole.
fn line(product: &str, cycle: &Cycle<'_>) -> Option<String> {
    let version = cycle.name.said().map(name)?;
    let codename = cycle.codename.said().map(|codename| format!(" ({})", name(codename)));
    let mut facts = Vec::new();
    let mut dated = |before: &str, word: &Word<'_>| {
        if let Some(day) = day(word) {
            facts.push(format!("{before} {day}"));
        }
    };
    dated("released on", &cycle.release_date);
    dated("long-term support from", &cycle.lts_from);
    dated("active support until", &cycle.eoas_from);
    facts.push(match (day(&cycle.eol_from), &*cycle.eol_from, &*cycle.is_eol) {
        (Some(day), ..) => format!("end of life on {day}"),
        (None, "true", _) | (None, _, "true") => "end of life reached, the day is not stated".to_owned(),
        (None, "false", _) | (None, _, "false") => "end of life not announced".to_owned(),
        _ => "end of life not stated".to_owned(),
    });
    if let Some(day) = day(&cycle.eoes_from) {
        facts.push(format!("extended support until {day}"));
    }
    let (latest, of) = match &cycle.latest {
        Latest::Release(release) => (release.name.said(), day(&release.date)),
        Latest::Name(latest) => (latest.said(), day(&cycle.latest_release_date)),
    };
    if let Some(latest) = latest {
        let of = of.map(|day| format!(" of {day}")).unwrap_or_default();
        facts.push(format!("latest {}{of}", name(latest)));
    }
    Some(format!("{product} {version}{}: {}", codename.unwrap_or_default(), facts.join(", ")))
}

/// A date as it is stated; `true`, `false` and anything else are none.
fn day<'w>(word: &'w Word<'_>) -> Option<&'w str> {
    word.said().filter(|text| text.len() == 10 && moment(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::formats::Origin;

    fn check(path: &str, json: &str, expected: &str) {
        let drafts = parse(json.as_bytes(), &Origin { path, ..Origin::default() }).unwrap();
        let said: Vec<String> = drafts
            .iter()
            .map(|draft| format!("{}\n{}", draft.native_id, draft.statement.text.as_str()))
            .collect();
        assert_eq!(said.join("\n\n"), expected);
    }

    #[test]
    fn every_product_is_an_entry_with_a_line_for_each_cycle() {
        check(
            "full.json",
            r#"{"schema_version":"1.2.0","total":2,"result":[{"name":"relay","label":"Halvard Relay","aliases":["hrelay"],
              "identifiers":[{"type":"purl","id":"pkg:docker/halvard/relay"}],
              "releases":[{"name":"5","codename":"Brine","releaseDate":"2026-01-02","ltsFrom":"2026-06-01","eoasFrom":null,
                "isEol":false,"eolFrom":"2027-05-01","latest":{"name":"5.1.3","date":"2026-10-01","link":null}},
                {"name":"4.2","isEol":true,"eolFrom":null,"latest":null}]},
              {"name":"empty","releases":[]}]}"#,
            "full.json#relay\nHalvard Relay 5 (Brine): released on 2026-01-02, long-term support from 2026-06-01, \
             end of life on 2027-05-01, latest 5.1.3 of 2026-10-01\n\
             Halvard Relay 4.2: end of life reached, the day is not stated\n\
             Halvard Relay is also called relay, hrelay.\nIdentifiers: pkg:docker/halvard/relay",
        );
    }

    #[test]
    fn one_product_and_the_older_list_are_read_as_well() {
        check(
            "",
            r#"{"result":{"name":"relay","releases":[{"name":"5","eolFrom":"2027-05-01"}]},"schema_version":"1"}"#,
            "relay\nrelay 5: end of life on 2027-05-01",
        );
        check(
            "api/relay.json",
            r#"[{"cycle":"5","eol":false,"lts":true,"latest":"5.1.3","latestReleaseDate":"2026-10-01"},{"cycle":4.2,"eol":true}]"#,
            "api/relay.json#relay\nrelay 5: end of life not announced, latest 5.1.3 of 2026-10-01\n\
             relay 4.2: end of life reached, the day is not stated",
        );
    }

    #[test]
    fn what_tells_of_no_product_says_so() {
        for json in ["{}", "[]", r#"{"result":[]}"#, r#"{"result":{}}"#, r#"{"result":[{"name":"x"}]}"#] {
            assert_eq!(
                parse(json.as_bytes(), &Origin::default()).unwrap_err().kind,
                "incomplete list of releases",
                "{json}"
            );
        }
        let cut = parse(br#"{"result":[{"name":"x""#, &Origin::default());
        assert_eq!(cut.unwrap_err().kind, "malformed JSON");
    }
}
