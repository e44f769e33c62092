//! Lists of parts: CycloneDX (components within components) and SPDX (2 as packages, 3 as a graph).

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{Met, Word};
use super::{MOST, purl};
use crate::estate::facts::{Facts, Os, Product};

/// The components of a CycloneDX document or component.
pub(super) struct Components<'a>(pub(super) &'a mut Facts);
/// The packages of an SPDX 2 document.
pub(super) struct Packages<'a>(pub(super) &'a mut Facts);
/// The elements of an SPDX 3 document.
pub(super) struct Graph<'a>(pub(super) &'a mut Met);

struct Component<'a>(&'a mut Facts);

macro_rules! a_list {
    ($name:ident, $what:literal, $self:ident, $list:ident, $body:block) => {
        impl<'de> DeserializeSeed<'de> for $name<'_> {
            type Value = ();

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
                deserializer.deserialize_seq(self)
            }
        }

        impl<'de> Visitor<'de> for $name<'_> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($what)
            }

            fn visit_seq<A: SeqAccess<'de>>($self, mut $list: A) -> Result<(), A::Error> {
                $body
                Ok(())
            }
        }
    };
}

a_list!(Components, "a list of components", self, list, {
    self.0.products.get_or_insert_default();
    while list.next_element_seed(Component(self.0))?.is_some() {}
});

a_list!(Packages, "a list of packages", self, list, {
    self.0.products.get_or_insert_default();
    while let Some(package) = list.next_element::<Package>()? {
        let urls = package.external_refs.into_iter().flatten();
        let url = urls.filter(|one| one.kind.0.as_deref() == Some("purl")).find_map(|one| one.locator.0);
        add(self.0, url, package.name, package.version).map_err(A::Error::custom)?;
    }
});

a_list!(Graph, "a list of elements", self, list, {
    while let Some(element) = list.next_element::<Element>()? {
        self.0.spdx = true;
        if element.kind.0.as_deref() == Some("software_Package") {
            add(&mut self.0.facts, element.url.0, element.name, element.version).map_err(A::Error::custom)?;
        }
    }
});

/// A package of SPDX 2 (specification 2.3, clause 7).
#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    name: Word,
    #[serde(default, rename = "versionInfo")]
    version: Word,
    #[serde(default, rename = "externalRefs")]
    external_refs: Option<Vec<Reference>>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default, rename = "referenceType")]
    kind: Word,
    #[serde(default, rename = "referenceLocator")]
    locator: Word,
}

/// An element of SPDX 3.
#[derive(Deserialize)]
struct Element {
    #[serde(default, rename = "type")]
    kind: Word,
    #[serde(default)]
    name: Word,
    #[serde(default, rename = "software_packageVersion")]
    version: Word,
    #[serde(default, rename = "software_packageUrl")]
    url: Word,
}

impl<'de> DeserializeSeed<'de> for Component<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Component<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a component")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut kind, mut group, mut name, mut version, mut url) =
            <(Word, Word, Word, Word, Word)>::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => kind = map.next_value()?,
                "group" => group = map.next_value()?,
                "name" => name = map.next_value()?,
                "version" => version = map.next_value()?,
                "purl" => url = map.next_value()?,
                // Depth is bounded by the parser.
                "components" => map.next_value_seed(Components(self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match kind.0.as_deref() {
            // Files are parts of products, and no products.
            Some("file" | "data" | "cryptographic-asset") => {}
            Some("operating-system") => {
                let id = name.0.unwrap_or_default().to_lowercase();
                if !id.is_empty() {
                    self.0.os = Some(Os { id, version: version.0, name: None });
                }
            }
            _ => {
                let whole = match (group.0, name.0) {
                    (Some(group), Some(name)) => Some(format!("{group}/{name}")),
                    (_, name) => name,
                };
                add(self.0, url.0, Word(whole), version).map_err(A::Error::custom)?;
            }
        }
        Ok(())
    }
}

fn add(facts: &mut Facts, url: Option<String>, name: Word, version: Word) -> Result<(), String> {
    let products = facts.products.get_or_insert_default();
    if products.len() >= MOST {
        return Err(format!("it lists more than {MOST} products, as no environment has"));
    }
    let known = url.as_deref().and_then(purl::product);
    let stated = || name.0.map(|name| Product { name, version: None, ecosystem: None });
    if let Some(mut product) = known.or_else(stated) {
        product.version = product.version.or(version.0).filter(|version| version != "NOASSERTION");
        products.push(product);
    }
    Ok(())
}
