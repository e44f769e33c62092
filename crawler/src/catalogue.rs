//! Real vendors and their channels, built in: one TOML file each in `crawler/catalogue/`.
//!
//! Addresses were taken from where they are published, and `confirmed` says where and when; none was fetched. Refuses a
//! file with an unknown key, a word that names no kind, and a standing that does not fit the vendor's domains.

mod files;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use index::source::{Kind, Source, Standing};
use index::vendor::{Contact, Vendor, slug};
use serde::{Deserialize, Serialize};
use url::Url;

use files::FILES;

use crate::known;

/// A vendor of the catalogue.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Listed {
    /// Short name.
    pub slug: String,
    /// Name as people write it.
    pub name: String,
    /// Registrable domains that the vendor owns.
    pub domains: Vec<String>,
    /// The page that tells whom to tell about a vulnerability, where one is known.
    #[serde(default)]
    pub security_contact: Option<String>,
    /// Where this was learnt, and when.
    pub confirmed: Confirmed,
    /// Where the vendor speaks.
    pub channels: Vec<Channel>,
    /// What the vendor makes, under its many spellings.
    #[serde(default)]
    pub products: Vec<Product>,
}

/// Where something was learnt, and when.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Confirmed {
    /// By what.
    pub by: String,
    /// The day, as `2026-11-24`.
    pub when: jiff::civil::Date,
}

/// One channel of a vendor.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Channel {
    /// What it holds, such as "package key"; with the vendor's name it names the source.
    pub name: String,
    /// The word of its kind.
    pub kind: String,
    /// Where it is.
    pub address: String,
    /// On whose ground it speaks.
    pub standing: Standing,
    /// Minutes between two rounds.
    pub every_minutes: u32,
    /// Settings of its kind.
    #[serde(default)]
    pub options: serde_json::Value,
}

/// A product and how others spell it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Product {
    /// Name as the vendor writes it.
    pub name: String,
    /// Package URL without a version.
    #[serde(default)]
    pub purl: Option<String>,
    /// CPE 2.3 up to the product.
    #[serde(default)]
    pub cpe: Option<String>,
    /// Where its source is.
    #[serde(default)]
    pub repository: Option<String>,
    /// Other spellings.
    #[serde(default)]
    pub aliases: Vec<String>,
}

static ALL: LazyLock<Vec<Listed>> = LazyLock::new(|| {
    let read = |(file, text): &(&str, &str)| {
        parse(text).map_err(|why| format!("{file}: {why}")).expect("a test reads every file of the catalogue")
    };
    FILES.iter().map(read).collect()
});

/// Products of vendors without a channel in the catalogue: who makes each, and its spellings.
static FURTHER: LazyLock<Vec<(String, Product)>> = LazyLock::new(|| {
    let table: BTreeMap<String, Vec<Product>> = toml::from_str(include_str!("catalogue/products.toml"))
        .expect("a test reads the products of the catalogue");
    table
        .into_iter()
        .flat_map(|(by, products)| products.into_iter().map(move |one| (by.clone(), one)))
        .collect()
});

/// Every vendor, by short name.
#[must_use]
pub fn all() -> &'static [Listed] {
    &ALL
}

/// Every product of the catalogue with its spellings, those whose vendors have no channel in it included.
#[must_use]
pub fn products() -> Vec<index::product::Listed> {
    let of_vendors =
        all().iter().flat_map(|listed| listed.products.iter().map(|product| product.spellings(&listed.name)));
    of_vendors.chain(FURTHER.iter().map(|(by, product)| product.spellings(by))).collect()
}

impl Product {
    fn spellings(&self, by: &str) -> index::product::Listed {
        let stated = [Some(&self.name), self.purl.as_ref(), self.cpe.as_ref(), self.repository.as_ref()];
        let spellings = stated.into_iter().flatten().chain(&self.aliases).cloned().collect();
        index::product::Listed { by: by.to_owned(), spellings }
    }
}

/// The vendor that a short name, or the name as people write it, names.
#[must_use]
pub fn find(name: &str) -> Option<&'static Listed> {
    let name = slug(name);
    all().iter().find(|listed| listed.slug == name || slug(&listed.name) == name)
}

/// Vendors with `word` in their names, domains or products; all of them for an empty word.
#[must_use]
pub fn matching(word: &str) -> Vec<&'static Listed> {
    let word = word.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&word);
    let product = |product: &Product| has(&product.name) || product.aliases.iter().any(|alias| has(alias));
    all()
        .iter()
        .filter(|listed| {
            has(&listed.slug)
                || has(&listed.name)
                || listed.domains.iter().any(|domain| has(domain))
                || listed.products.iter().any(product)
        })
        .collect()
}

/// The vendor's name that is nearest to one that is not there.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    known::nearest(name, all().iter().map(|listed| listed.slug.as_str()))
}

impl Listed {
    /// The vendor, to be recorded.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        let contact = |address: &String| Contact {
            purpose: "security".to_owned(),
            address: address.clone(),
            learnt_from: format!("{} ({})", self.confirmed.by, self.confirmed.when),
        };
        Vendor {
            slug: self.slug.clone(),
            name: self.name.clone(),
            domains: self.domains.clone(),
            contacts: self.security_contact.iter().map(contact).collect(),
        }
    }

    /// A channel as a source; nothing where its kind is no word, which no file of the catalogue says.
    #[must_use]
    pub fn source(&self, channel: &Channel) -> Option<Source> {
        let name = format!("{} {}", self.name, channel.name);
        Some(Source {
            slug: slug(&format!("{} {}", self.slug, channel.name)),
            name,
            vendor: Some(self.slug.clone()),
            kind: Kind::from_word(&channel.kind)?,
            address: channel.address.clone(),
            standing: channel.standing,
            every_minutes: channel.every_minutes,
            private_network: false,
            options: channel.options.clone(),
        })
    }
}

/// Reads one file.
fn parse(text: &str) -> Result<Listed, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    refuse_unknown(&table)?;
    let listed: Listed = table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
    if listed.slug != slug(&listed.slug) || listed.slug.is_empty() {
        return Err(format!("\"{}\" is no short name", listed.slug));
    }
    for channel in &listed.channels {
        fitting(channel, &listed.domains).map_err(|why| format!("channel \"{}\": {why}", channel.name))?;
    }
    Ok(listed)
}

fn refuse_unknown(table: &toml::Table) -> Result<(), String> {
    let file = ["slug", "name", "domains", "security_contact", "confirmed", "channels", "products"];
    known::refuse_unknown(table, "", &file)?;
    let parts: [(&str, &[&str]); 3] = [
        ("confirmed", &["by", "when"]),
        ("channels", &["name", "kind", "address", "standing", "every_minutes", "options"]),
        ("products", &["name", "purl", "cpe", "repository", "aliases"]),
    ];
    for (part, keys) in parts {
        let many = table.get(part).and_then(toml::Value::as_array).into_iter().flatten();
        for inner in many.chain(table.get(part)).filter_map(toml::Value::as_table) {
            known::refuse_unknown(inner, &format!("{part}."), keys)?;
        }
    }
    Ok(())
}

/// Whether a channel's kind is a word, its address a web address, and its standing what the domains say.
fn fitting(channel: &Channel, domains: &[String]) -> Result<(), String> {
    let kinds = Kind::ALL.map(Kind::as_str);
    if !kinds.contains(&channel.kind.as_str()) {
        let meant = known::meant(&channel.kind, kinds);
        return Err(format!("there is no kind \"{}\"{meant}", channel.kind));
    }
    let url = Url::parse(&channel.address).map_err(|error| format!("its address: {error}"))?;
    let host = url.host_str().unwrap_or_default();
    match (owns(domains, host), channel.standing) {
        (true, Standing::Vendor) => Ok(()),
        (false, Standing::Platform | Standing::Partner | Standing::ThirdParty) => Ok(()),
        (_, Standing::House) => Err("the standing \"house\" is for what is decided here".to_owned()),
        (true, _) => Err(format!("{host} is the vendor's own; its standing is \"vendor\"")),
        (false, _) => Err(format!("{host} is not on a domain of the vendor; it has no standing \"vendor\"")),
    }
}

/// Whether a host lies on one of the domains.
#[must_use]
pub fn owns(domains: &[String], host: &str) -> bool {
    let below = |domain: &String| host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.ends_with('.'));
    domains.iter().any(|domain| host == domain || below(domain))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FILES, all, find, matching, nearest, owns, parse};
    use crate::sources;

    #[test]
    fn every_file_of_the_folder_is_read_and_says_what_fits() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/catalogue");
        let there: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        let built_in: BTreeSet<String> = FILES.iter().map(|(file, _)| (*file).to_owned()).collect();
        assert_eq!(there, built_in);
        assert!(FILES.len() >= 45, "{}", FILES.len());
        let mut slugs = BTreeSet::new();
        for (file, text) in FILES {
            let listed = parse(text).unwrap_or_else(|why| panic!("{file}: {why}"));
            assert_eq!(*file, format!("{}.toml", listed.slug));
            assert!(!listed.channels.is_empty() && !listed.domains.is_empty(), "{file}");
            for source in listed.channels.iter().filter_map(|channel| listed.source(channel)) {
                sources::check(&source).unwrap_or_else(|why| panic!("{file}: {why}"));
                assert!(slugs.insert(source.slug.clone()), "{} stands twice", source.slug);
            }
        }
    }

    fn refused(from: &str, to: &str, expected: &str) {
        let text = "slug = \"halvard\"\nname = \"Halvard Systems\"\ndomains = [\"halvard.example\"]\n\
            [confirmed]\nby = \"a test\"\nwhen = \"2026-11-24\"\n\
            [[channels]]\nname = \"news\"\nkind = \"feed\"\naddress = \"https://www.halvard.example/feed\"\n\
            standing = \"vendor\"\nevery_minutes = 60\n";
        assert!(parse(text).is_ok());
        let said = parse(&text.replacen(from, to, 1)).unwrap_err();
        assert!(said.contains(expected), "{said}");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        refused("domains", "domians", "there is no key \"domians\"; did you mean \"domains\"?");
        refused("standing", "standng", "there is no key \"channels.standng\"; did you mean \"standing\"?");
        refused("when", "wehn", "there is no key \"confirmed.wehn\"; did you mean \"when\"?");
        refused("\"feed\"", "\"fed\"", "there is no kind \"fed\"; did you mean \"feed\"?");
        refused("https://www.halvard.example/feed", "nonsense", "channel \"news\": its address");
        refused("https://www.halvard", "https://www.orrin", "has no standing \"vendor\"");
        refused("standing = \"vendor\"", "standing = \"platform\"", "is the vendor's own");
        refused("slug = \"halvard\"", "slug = \"Hal Vard\"", "is no short name");
    }

    #[test]
    fn products_have_their_spellings_from_vendors_and_from_the_further_list() {
        let spelled = |name: &str| {
            let all = super::products();
            all.into_iter()
                .find(|product| product.spellings.first().is_some_and(|first| first == name))
                .unwrap()
        };
        assert!(spelled("GitLab").spellings.contains(&"gitlab-ee".to_owned()));
        assert_eq!(spelled("Node.js").by, "OpenJS Foundation");
    }

    #[test]
    fn vendors_are_found_by_their_names_and_products() {
        assert_eq!(find("Red Hat").map(|listed| listed.slug.as_str()), Some("red-hat"));
        assert!(find("halvard").is_none());
        assert_eq!(nearest("elastc"), Some("elastic"));
        assert!(matching("k8s").iter().any(|listed| listed.slug == "kubernetes"));
        assert_eq!(matching("").len(), all().len());
    }

    #[test]
    fn a_domain_is_owned_with_what_lies_below_it() {
        let check = |host, expected| assert_eq!(owns(&["acme.example".to_owned()], host), expected, "{host}");
        check("acme.example", true);
        check("www.acme.example", true);
        check("notacme.example", false);
        check("acme.example.evil.example", false);
    }
}
