//! What a product is called: one identity under many spellings.
//!
//! A spelling is what somebody types or a source states: a plain name, a package URL, a CPE, the address of a repository.
//! Each is read down to a *name*: its words in small letters, without a version. Names are one product for these reasons,
//! and each can be told:
//!
//! 1. a vendor of the catalogue lists them together;
//! 2. they are spellings of one name (`pkg:deb/debian/openssl` and `cpe:2.3:a:openssl:openssl` are both `openssl`), or the
//!    same letters with the words parted otherwise (`nodejs` and `node js`);
//! 3. advisories name both. Evidence is only what speaks of one product: an entry whose affected products all have one
//!    name, with the identifiers that it gives for it. A distribution's advisory that lists forty products is evidence
//!    for nothing. Two names are one product when at least three advisories (groups of entries that share an
//!    identifier) name both and give a version in common as a bound, and those are at least half of the advisories of
//!    either name that another source or name speaks of. A library and what it is built into share advisories, but not
//!    versions; two products that now and then have the same hole never share half of both sides.
//!
//! Names are followed for two steps at most, the best supported first, and not beyond eight. Refuses to guess from
//! how names look: `libfoo` is not `foo` until advisories say so.

use serde::Serialize;

use crate::entry::Affected;
use crate::query::Query;

/// Advisories that must name both for two names to be one product: fewer are chance.
pub(crate) const SUPPORT: u64 = 3;

/// Names that one product has at most, the one asked for included.
pub(crate) const NAMES: usize = 8;

/// Steps from the name asked for.
pub(crate) const STEPS: usize = 2;

/// Spellings kept of one entry as evidence.
const SPELLINGS: usize = 6;

/// Versions kept of one entry as evidence.
const BOUNDS: usize = 12;

/// A product as a list of the catalogue has it: every spelling of it.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Who lists it.
    pub by: String,
    /// Its spellings, the vendor's own first.
    pub spellings: Vec<String>,
}

/// Why a name counts as one of a product's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Because {
    /// It was asked for.
    Asked,
    /// The catalogue lists it together with the name asked for.
    Listed {
        /// The vendor that lists it.
        by: String,
    },
    /// It is the same letters, parted otherwise: `nodejs` and `node js`.
    Spelled {
        /// The name that it is spelled as.
        #[serde(rename = "as")]
        of: String,
    },
    /// Advisories name both.
    Shared {
        /// The name that it stands beside.
        with: String,
        /// How many advisories.
        advisories: u64,
    },
}

/// A name of a product, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The name: words in small letters.
    pub name: String,
    /// Why it is one.
    #[serde(flatten)]
    pub because: Because,
}

impl Named {
    /// The reason in words, to be read after "also known as NAME, because"; nothing for the name asked for.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match &self.because {
            Because::Asked => None,
            Because::Listed { by } => Some(format!("the catalogue lists it so for {by}")),
            Because::Spelled { of } => Some(format!("it is {of} with its words parted otherwise")),
            Because::Shared { with, advisories } => {
                Some(format!("{advisories} advisories name both it and {with}"))
            }
        }
    }
}

/// The words of a text, lower-case.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The name that a spelling comes down to; empty for a text without a letter or digit.
#[must_use]
pub fn name(spelling: &str) -> String {
    let spelling = spelling.trim();
    let lower = spelling.to_ascii_lowercase();
    let bare = if lower.starts_with("pkg:") {
        of_package_url(spelling)
    } else if lower.starts_with("cpe:") {
        of_cpe(&lower)
    } else if let Some((_, rest)) = spelling.split_once("://") {
        // An address without a path names a host, and no product.
        Some(of_repository(rest).unwrap_or_default())
    } else if is_repository(spelling) {
        of_repository(spelling)
    } else {
        None
    };
    words(bare.as_deref().unwrap_or(spelling)).join(" ")
}

/// `pkg:type/namespace/name@version?qualifiers#subpath` (the package-url specification). The namespace is part of the name
/// where packages are called by both.
fn of_package_url(spelling: &str) -> Option<String> {
    let rest = spelling.get(4..)?.trim_start_matches('/').split(['?', '#']).next()?;
    let (kind, path) = rest.split_once('/')?;
    // A version follows the last "@"; a scope begins with one, or with "%40".
    let path = match path.rfind('@') {
        Some(at) if at > 0 => path.get(..at)?,
        _ => path,
    };
    let path = path.replace("%40", "@").replace("%2F", "/").replace("%2f", "/");
    let whole =
        matches!(kind.to_ascii_lowercase().as_str(), "npm" | "golang" | "maven" | "composer" | "swift");
    if whole { Some(path) } else { path.rsplit('/').next().map(str::to_owned) }
}

/// `cpe:2.3:a:vendor:product:version…` or `cpe:/a:vendor:product:version…` (NISTIR 7695).
fn of_cpe(spelling: &str) -> Option<String> {
    let rest = spelling.strip_prefix("cpe:2.3:").or_else(|| spelling.strip_prefix("cpe:/"))?;
    let product = rest.split(':').nth(2)?;
    Some(product.replace('\\', "").replace('_', " "))
}

/// `host/owner/name(.git)` or `owner/name`: the name.
fn of_repository(path: &str) -> Option<String> {
    let path = path.split(['?', '#']).next()?.trim_end_matches('/');
    let (_, last) = path.rsplit_once('/')?;
    Some(last.strip_suffix(".git").unwrap_or(last).to_owned())
}

/// Whether a text without a scheme is `owner/name`, as the hosts of repositories write it. `TCP/IP` and `@scope/name` are not.
fn is_repository(text: &str) -> bool {
    let mut parts = text.split('/');
    let (Some(owner), Some(name), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    let fits = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    fits(owner) && fits(name) && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// What an entry is evidence for: the names of the one product that it speaks of, each with every version that it names as a
/// bound (an empty one where it names none); nothing where it speaks of several products.
#[must_use]
pub(crate) fn evidence(affected: &[Affected]) -> Vec<(String, String)> {
    let Some(first) = affected.first().map(|one| name(&one.product)) else { return Vec::new() };
    if first.is_empty() || affected.iter().any(|other| name(&other.product) != first) {
        return Vec::new();
    }
    let mut names = vec![first];
    for spelling in affected.iter().flat_map(|one| &one.also) {
        let other = name(spelling);
        if names.len() < SPELLINGS && !other.is_empty() && !names.contains(&other) {
            names.push(other);
        }
    }
    let mut versions: Vec<&str> = Vec::new();
    for one in affected {
        let ends =
            one.ranges.iter().flat_map(|range| [range.fixed.as_deref(), range.last_affected.as_deref()]);
        for version in ends.flatten().chain(one.fixed.iter().map(String::as_str)) {
            if versions.len() < BOUNDS && version.contains('.') && !versions.contains(&version) {
                versions.push(version);
            }
        }
    }
    if versions.is_empty() {
        versions.push("");
    }
    let with_versions = |name: &String| {
        let name = name.clone();
        versions.iter().map(move |version| (name.clone(), (*version).to_owned())).collect::<Vec<_>>()
    };
    names.iter().flat_map(with_versions).collect()
}

/// Whether advisories that name both make two names one product: how many do, and how many of each name several
/// sources speak of.
pub(crate) fn are_one(both: u64, of_one: u64, of_other: u64) -> bool {
    both >= SUPPORT && both * 2 >= of_one && both * 2 >= of_other
}

/// A product that is asked for, with everything that it is called.
#[derive(Clone, Debug)]
pub(crate) struct Sought {
    /// Its names, the one asked for first.
    pub(crate) named: Vec<Named>,
    words: Vec<Vec<String>>,
    /// Its names that mean it in a text: what is asked for, and what is not a mere part of another name, as "node" is of
    /// "node js".
    telling: Vec<String>,
}

impl Sought {
    /// A product with these names.
    pub(crate) fn of(named: Vec<Named>) -> Self {
        let words: Vec<Vec<String>> =
            named.iter().map(|one| words(&one.name)).filter(|words| !words.is_empty()).collect();
        let part = |name: &[String]| {
            words
                .iter()
                .any(|other| other.len() > name.len() && other.windows(name.len()).any(|some| some == name))
        };
        let telling = words.iter().enumerate().filter(|(place, name)| *place == 0 || !part(name));
        let telling = telling.map(|(_, name)| name.join(" ")).collect();
        Self { named, telling, words }
    }

    /// Its names that mean it in a text.
    pub(crate) fn telling(&self) -> impl Iterator<Item = &str> {
        self.telling.iter().map(String::as_str)
    }

    /// Its names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(|named| named.name.as_str())
    }

    /// Which of its names is what an entry states as affected, by its place: the product's name alone, or behind its vendor's.
    pub(crate) fn place(&self, affected: &Affected) -> Option<usize> {
        let product = words(&affected.product);
        let vendor = affected.vendor.as_deref().map(words).unwrap_or_default();
        self.words.iter().position(|name| {
            let rest = name.strip_prefix(vendor.as_slice());
            *name == product
                || rest.is_some_and(|rest| !rest.is_empty() && rest == product)
                || product.strip_prefix(vendor.as_slice()) == Some(name.as_slice())
        })
    }

    /// Whether that is what an entry states as affected.
    #[cfg(test)]
    fn is(&self, affected: &Affected) -> bool {
        self.place(affected).is_some()
    }

    /// Whether a text names it.
    pub(crate) fn is_named_in(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        let text: Vec<&str> =
            lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        self.telling.iter().any(|name| {
            let name: Vec<&str> = name.split(' ').collect();
            text.windows(name.len()).any(|some| some == name)
        })
    }
}

/// A query with every product in it sought by all of its names, as `names` tells them.
pub(crate) fn widened(query: &Query, names: &impl Fn(&str) -> Vec<String>) -> Query {
    let all = |list: &[Query]| list.iter().map(|one| widened(one, names)).collect();
    match query {
        Query::Product(typed) => {
            let mut any: Vec<Query> = names(typed).into_iter().map(Query::Product).collect();
            if any.len() > 1 { Query::Or(any) } else { any.pop().unwrap_or_else(|| query.clone()) }
        }
        Query::And(list) => Query::And(all(list)),
        Query::Or(list) => Query::Or(all(list)),
        Query::Words(list) => Query::Words(all(list)),
        Query::Not(inner) => Query::Not(Box::new(widened(inner, names))),
        other => other.clone(),
    }
}

/// The products that a query seeks, as typed.
pub(crate) fn sought(query: &Query) -> Vec<&str> {
    match query {
        Query::Product(typed) => vec![typed.as_str()],
        Query::And(list) | Query::Or(list) | Query::Words(list) => list.iter().flat_map(sought).collect(),
        Query::Not(inner) => sought(inner),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
