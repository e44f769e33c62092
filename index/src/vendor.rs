//! Who speaks: a vendor, the domains that are its own, and how to reach it.

use serde::{Deserialize, Serialize};

/// A vendor as recorded here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vendor {
    /// Short lower-case name used in queries and addresses (`vendor:red-hat`).
    pub slug: String,
    /// The name as people write it.
    pub name: String,
    /// Registrable domains that the vendor owns, lower-case.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Ways to reach a person there, each with where it was learnt.
    #[serde(default)]
    pub contacts: Vec<Contact>,
}

impl Vendor {
    /// Adds contacts that are not known. One that is known keeps its place and where it was learnt first.
    ///
    /// ```
    /// # use index::vendor::{Contact, Vendor};
    /// # let contact = Contact { purpose: "security".into(), address: "a@acme.example".into(), learnt_from: "x".into() };
    /// let mut acme = Vendor { slug: "acme".into(), name: "Acme".into(), domains: vec![], contacts: vec![] };
    /// acme.learn(&[contact.clone(), contact]);
    /// assert_eq!(acme.contacts.len(), 1);
    /// ```
    pub fn learn(&mut self, contacts: &[Contact]) {
        for contact in contacts {
            if !self.contacts.iter().any(|known| known.address == contact.address) {
                self.contacts.push(contact.clone());
            }
        }
    }
}

/// A way to reach a vendor, recorded before it is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What it is for, such as "security".
    pub purpose: String,
    /// An address, number or URL.
    pub address: String,
    /// Where this was learnt: a URL or a person's word.
    pub learnt_from: String,
}

/// A contact that was tried, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Try {
    /// The address, number or URL, as it is recorded.
    pub address: String,
    /// When.
    pub at: jiff::Timestamp,
    /// Who tried.
    pub who: String,
    /// What came of it.
    pub outcome: String,
}

/// The short name of a title: lower-case letters and digits, parted by single hyphens.
///
/// ```
/// assert_eq!(index::vendor::slug("Red Hat, Inc."), "red-hat-inc");
/// ```
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}
