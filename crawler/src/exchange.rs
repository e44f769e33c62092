//! Lists of sources that are passed on: TOML with everything, OPML 2.0 with feeds alone.
//!
//! Refuses a list that is too large, OPML with a document type (that is where entities are declared) or nested deeply,
//! and a source whose options its kind does not understand. What OPML cannot express is named, never left out silently.

use index::source::{Kind, Source, Standing};
use index::vendor::{Vendor, slug};
use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{known, sources};

/// Bytes of the largest list that is read.
pub const LARGEST: usize = 4 << 20;
/// Sources in a list at most.
const SOURCES: usize = 10_000;
/// Outlines within each other.
const DEEPEST: usize = 32;

/// Sources and the vendors that speak there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct List {
    /// Vendors, so that a source's vendor is known where the list is read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vendors: Vec<Vendor>,
    /// Sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
}

/// Writes a list as TOML.
///
/// # Errors
/// When an option has no spelling in TOML.
pub fn to_toml(list: &List) -> Result<String, String> {
    toml::to_string_pretty(list).map_err(|error| format!("an option has no spelling in TOML: {error}"))
}

/// Writes the feeds of a list as OPML, and names the sources that it cannot express.
#[must_use]
pub fn to_opml(list: &List) -> (String, Vec<String>) {
    let (feeds, others): (Vec<_>, Vec<_>) = list.sources.iter().partition(|source| source.kind == Kind::Feed);
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head><title>Sources of Forewarn</title></head>\n<body>\n",
    );
    for feed in feeds {
        let vendor = feed.vendor.as_deref().map(|vendor| format!(" category=\"/{}\"", escape(vendor)));
        text.push_str(&format!(
            "<outline type=\"rss\" text=\"{}\" xmlUrl=\"{}\"{}/>\n",
            escape(&feed.name),
            escape(&feed.address),
            vendor.unwrap_or_default()
        ));
    }
    text.push_str("</body>\n</opml>\n");
    (text, others.into_iter().map(|source| source.slug.clone()).collect())
}

/// Reads a list in either format, told apart by how it begins.
///
/// # Errors
/// What is wrong with it, in a fragment that reads after the file's name and a colon.
pub fn read(text: &str) -> Result<List, String> {
    if text.len() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    let text = text.trim_start_matches('\u{feff}');
    let list = if text.trim_start().starts_with('<') { opml(text)? } else { listed(text)? };
    if list.sources.len() > SOURCES {
        return Err(format!("it names more than {SOURCES} sources"));
    }
    for source in &list.sources {
        usable(source).map_err(|why| format!("source \"{}\": {why}", source.slug))?;
    }
    Ok(list)
}

/// Whether a source can be recorded: it has a short name, an address of its kind, and options that its kind knows.
///
/// # Errors
/// What does not fit.
pub fn usable(source: &Source) -> Result<(), String> {
    if source.slug.is_empty() || source.slug != slug(&source.slug) {
        return Err(format!("\"{}\" is no short name", source.slug));
    }
    let elsewhere = source.kind == Kind::Mail
        && (!sources::mail::is_remote(&source.address) || source.address.starts_with("imap"));
    if source.kind != Kind::Folder && !elsewhere {
        let url = Url::parse(&source.address).ok();
        if !url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            return Err(format!(
                "its address \"{}\" has to begin with https:// and name a host",
                source.address
            ));
        }
    }
    sources::check(source).map_err(|trouble| trouble.to_string())
}

fn listed(text: &str) -> Result<List, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    known::refuse_unknown(&table, "", &["vendors", "sources"])?;
    let parts: [(&str, &[&str]); 2] = [
        ("vendors", &["slug", "name", "domains", "contacts"]),
        (
            "sources",
            &[
                "slug",
                "name",
                "vendor",
                "kind",
                "address",
                "standing",
                "every_minutes",
                "private_network",
                "options",
            ],
        ),
    ];
    for (part, keys) in parts {
        let many = table.get(part).and_then(toml::Value::as_array).into_iter().flatten();
        for inner in many.filter_map(toml::Value::as_table) {
            known::refuse_unknown(inner, &format!("{part}."), keys)?;
        }
    }
    table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())
}

fn opml(text: &str) -> Result<List, String> {
    let mut reader = Reader::from_str(text);
    let (mut list, mut depth, mut rooted) = (List::default(), 0_usize, false);
    loop {
        let event = reader.read_event().map_err(|error| format!("malformed XML: {error}"))?;
        match &event {
            Event::DocType(_) => {
                return Err("it declares a document type, which OPML has no use for".to_owned());
            }
            Event::Start(tag) | Event::Empty(tag) => {
                if !rooted && tag.local_name().as_ref() != "opml" {
                    return Err("it is XML, and not OPML".to_owned());
                }
                rooted = true;
                if matches!(event, Event::Start(_)) {
                    depth += 1;
                }
                if depth > DEEPEST {
                    return Err(format!("its outlines lie more than {DEEPEST} deep"));
                }
                if tag.local_name().as_ref() == "outline" && list.sources.len() <= SOURCES {
                    list.sources.extend(outline(tag)?);
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof if depth > 0 || !rooted => return Err("it ends too early".to_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(apart(list))
}

/// The feed that an outline names; an outline without an address is a heading.
fn outline(tag: &BytesStart<'_>) -> Result<Option<Source>, String> {
    let (mut address, mut title, mut category) = (None, None, None);
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| format!("malformed XML: {error}"))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| format!("malformed XML: {error}"))?
            .into_owned();
        match attribute.key.as_ref() {
            "xmlUrl" => address = Some(value),
            "text" => title = Some(value),
            "title" if title.is_none() => title = Some(value),
            "category" => category = Some(value),
            _ => {}
        }
    }
    let Some(address) = address.filter(|address| !address.is_empty()) else { return Ok(None) };
    let host = Url::parse(&address).ok().and_then(|url| url.host_str().map(str::to_owned));
    let name = title.filter(|title| !slug(title).is_empty()).or(host).unwrap_or_else(|| "feed".to_owned());
    let vendor = category.and_then(|word| word.strip_prefix('/').map(slug)).filter(|slug| !slug.is_empty());
    Ok(Some(Source {
        slug: slug(&name),
        name,
        vendor,
        kind: Kind::Feed,
        address,
        standing: Standing::ThirdParty,
        every_minutes: 60,
        private_network: false,
        options: serde_json::Value::Null,
    }))
}

/// The list with short names told apart by a number where two feeds are called the same.
fn apart(mut list: List) -> List {
    let mut taken = std::collections::HashMap::new();
    for source in &mut list.sources {
        let times: &mut u32 = taken.entry(source.slug.clone()).or_default();
        *times += 1;
        if *times > 1 {
            source.slug = format!("{}-{times}", source.slug);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use index::source::{Kind, Source, Standing};
    use index::vendor::Vendor;

    use super::{List, read, to_opml, to_toml};

    fn source(slug: &str, kind: Kind, options: serde_json::Value) -> Source {
        Source {
            slug: slug.to_owned(),
            name: format!("Halvard <{slug}> & \"more\""),
            vendor: Some("halvard".to_owned()),
            kind,
            address: "https://halvard.example/?a=1&b=2".to_owned(),
            standing: Standing::Vendor,
            every_minutes: 30,
            private_network: false,
            options,
        }
    }

    fn list() -> List {
        List {
            vendors: vec![Vendor {
                slug: "halvard".to_owned(),
                name: "Halvard Systems".to_owned(),
                domains: vec!["halvard.example".to_owned()],
                contacts: Vec::new(),
            }],
            sources: vec![
                source("news", Kind::Feed, serde_json::json!({"follow": true})),
                source("csaf", Kind::Csaf, serde_json::Value::Null),
            ],
        }
    }

    #[test]
    fn toml_holds_everything() {
        assert_eq!(read(&to_toml(&list()).unwrap()), Ok(list()));
    }

    #[test]
    fn opml_holds_feeds_and_the_others_are_named() {
        let (text, others) = to_opml(&list());
        assert_eq!(others, ["csaf"]);
        let back = read(&text).unwrap();
        let (feed, known) = (&back.sources[0], &list().sources[0]);
        assert_eq!(back.sources.len(), 1);
        assert_eq!(
            (&feed.name, &feed.address, &feed.vendor, feed.kind),
            (&known.name, &known.address, &known.vendor, Kind::Feed)
        );
    }

    #[test]
    fn headings_are_passed_over_and_equal_names_told_apart() {
        let text = "<opml version='1.0'><body><outline text='Vendors'><outline text='News' xmlUrl='https://a.example/'/>\
            <outline title='News' xmlUrl='https://b.example/'/><outline xmlUrl='https://c.example/f'/></outline></body></opml>";
        let slugs: Vec<_> = read(text).unwrap().sources.into_iter().map(|source| source.slug).collect();
        assert_eq!(slugs, ["news", "news-2", "c-example"]);
    }

    fn refused(text: &str, expected: &str) {
        let said = read(text).unwrap_err();
        assert!(said.contains(expected), "{said}");
    }

    #[test]
    fn a_hostile_or_mistaken_list_is_refused_in_a_sentence() {
        refused("<!DOCTYPE opml [<!ENTITY a \"aa\">]><opml><body/></opml>", "declares a document type");
        refused(
            "<opml><body><outline text='&a;' xmlUrl='https://a.example/'/></body></opml>",
            "malformed XML",
        );
        refused(&format!("<opml>{}", "<outline text='x'>".repeat(100)), "more than 32 deep");
        refused("<opml><body>", "ends too early");
        refused("<rss/>", "not OPML");
        refused("<opml><outline text='a' xmlUrl='file:///etc/passwd'/></opml>", "has to begin with https://");
        refused(&" ".repeat(5 << 20), "larger than 4 MiB");
        refused("[[source]]\n", "no key \"source\"; did you mean \"sources\"?");
        refused("[[sources]]\nslg = \"a\"\n", "no key \"sources.slg\"; did you mean \"slug\"?");
        let folow = to_toml(&list()).unwrap().replace("follow", "folow");
        refused(&folow, "no option \"folow\"; did you mean \"follow\"?");
    }
}
