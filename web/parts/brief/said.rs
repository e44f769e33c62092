//! What vendors and forums said, as sections of a brief.

use index::brief::Brief;
use index::link::{Link, Reason, Strength};

use super::{Item, Section, folding, section};
use crate::words::counted;

/// Sections with the sorts of reasons that stand in each.
const SECTIONS: [(&str, &str, &[&str]); 4] = [
    ("affected", "Known to be wrong with this version", &["affected"]),
    ("named", "What names this very file or its key", &["hash", "key"]),
    ("said", "What was said about this version", &["release", "spoken", "host", "unit"]),
    ("changelog", "What its changelog names", &["identifier"]),
];

/// Those that have lines.
pub(super) fn sections(brief: &Brief) -> Vec<Section> {
    let mut all: Vec<Section> = SECTIONS
        .iter()
        .map(|(id, title, sorts)| {
            let links = sorts.iter().flat_map(|sort| brief.links.of(sort));
            folding(section(id, *title, links.map(item).collect(), false))
        })
        .filter(|section| !section.items.is_empty())
        .collect();
    let can_be_sought = brief.product.is_some() && brief.version.is_some() && brief.links.searched > 0;
    if all.is_empty() && can_be_sought {
        let mut nothing = section("said", "What was said about this version", Vec::new(), false);
        nothing.intro.push(format!(
            "Nothing that is recorded here speaks of it ({} searched); that does not mean that nothing was said",
            counted(brief.links.searched, "entry", "entries")
        ));
        all.push(nothing);
    }
    all
}

fn item(link: &Link) -> Item {
    let mut tags = Vec::new();
    if link.exploited {
        tags.push("exploited".to_owned());
    }
    if let Some(severity) = link.card.severity.as_ref().filter(|_| link.reason.sort() == "affected") {
        tags.push(severity.level.as_str().to_owned());
    }
    tags.push(link.card.kind.as_str().to_owned());
    let mut facts = vec![reason(&link.reason)];
    if link.strength < Strength::Strong {
        facts.push(link.strength.in_words().to_owned());
    }
    facts.extend(link.also.iter().map(reason));
    facts.extend(Some(link.card.identifiers.join(", ")).filter(|identifiers| !identifiers.is_empty()));
    facts.push(format!("{}, {}", link.card.source_name, link.dated.strftime("%Y-%m-%d")));
    if link.sources > 1 {
        facts.push(counted(link.sources, "source", "sources"));
    }
    let against: Vec<&str> = link.against.iter().map(|voice| voice.source_name.as_str()).collect();
    if !against.is_empty() {
        facts.push(format!("{} says otherwise", against.join(" and ")));
    }
    Item {
        tags,
        text: link.card.title.clone(),
        quote: Some(link.quote.clone()).filter(|quote| *quote != link.card.title),
        facts,
        address: Some(format!("/entries/{}", link.card.id.0)),
        ..Item::default()
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Affected { product, version, path } if path.is_empty() => {
            format!("says that {product} {version} is affected")
        }
        Reason::Affected { product, version, path } => {
            format!("says that {product} {version}, within as {path}, is affected")
        }
        Reason::Hash { path, .. } if path.is_empty() => "names this file by its SHA-256".to_owned(),
        Reason::Hash { path, .. } => format!("names {path} by its SHA-256"),
        Reason::Key { fingerprint } => format!("names the key {fingerprint} that signed"),
        Reason::Release { product, version } => format!("is the release notes of {product} {version}"),
        Reason::Spoken { product, version } => format!("speaks of {product} {version}"),
        Reason::Host { name, place } => format!("names the host {name}, as {place} does"),
        Reason::Unit { name, place } => format!("names the unit {name}, as {place} does"),
        Reason::Identifier { identifier } => format!("is {identifier}, which the changelog names"),
    }
}
