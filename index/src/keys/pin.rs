//! A pin: what a person decided a key counts for. By name, with a reason, over a channel; reversible; nothing pins by itself.
//!
//! A pin that wants a second person counts only when another one has confirmed it. Undoing is written beside it, so that all
//! pins that ever were are the trail.

use std::fmt;

use inspect::key::Fingerprint;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

/// What a key signs. Vendors use different keys for different things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Packages and releases.
    #[default]
    Package,
    /// The metadata of a repository.
    Repository,
    /// Mail and advisories.
    Mail,
    /// Commits and tags.
    Commit,
    /// Time stamps.
    Timestamp,
}

impl Purpose {
    /// Every one.
    pub const ALL: [Purpose; 5] =
        [Purpose::Package, Purpose::Repository, Purpose::Mail, Purpose::Commit, Purpose::Timestamp];

    /// As it is typed and recorded.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Package => "package",
            Purpose::Repository => "repository",
            Purpose::Mail => "mail",
            Purpose::Commit => "commit",
            Purpose::Timestamp => "timestamp",
        }
    }
}

/// What a key counts for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The vendor, by its short name.
    pub vendor: String,
    /// The product, as its vendor writes it; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// What it signs.
    #[serde(default)]
    pub purpose: Purpose,
    /// The first version that it counts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_version: Option<String>,
    /// The last version that it counts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_version: Option<String>,
    /// The last day on which it counts without being looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<civil::Date>,
}

impl Bound {
    /// Whether it covers a version of a product of a vendor for a purpose at `now`. What is not known is not covered where
    /// the pin is narrow.
    #[must_use]
    pub fn covers(&self, asked: &Wanted<'_>, now: Timestamp) -> bool {
        let product = self.product.as_deref().is_none_or(|product| {
            asked.product.is_some_and(|asked| asked.to_lowercase() == product.to_lowercase())
        });
        let order = |one: &Option<String>, wanted: fn(std::cmp::Ordering) -> bool| match (one, asked.version)
        {
            (None, _) => true,
            (Some(limit), Some(version)) => {
                crate::version::compare(crate::version::Scheme::Dotted, version, limit).is_some_and(wanted)
            }
            (Some(_), None) => false,
        };
        let today = jiff::tz::TimeZone::UTC.to_datetime(now).date();
        asked.vendor == Some(self.vendor.as_str())
            && product
            && asked.purpose == self.purpose
            && order(&self.from_version, std::cmp::Ordering::is_ge)
            && order(&self.to_version, std::cmp::Ordering::is_le)
            && self.review.is_none_or(|last| today <= last)
    }
}

/// In words: `acme, product relay, versions 5 to 6, packages`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vendor {}, purpose {}", self.vendor, self.purpose.as_str())?;
        if let Some(product) = &self.product {
            write!(f, ", product {product}")?;
        }
        if let Some(from) = &self.from_version {
            write!(f, ", from version {from}")?;
        }
        if let Some(to) = &self.to_version {
            write!(f, ", to version {to}")?;
        }
        if let Some(review) = self.review {
            write!(f, ", to be looked at again by {review}")?;
        }
        Ok(())
    }
}

/// What a key is asked to count for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The vendor, by its short name.
    pub vendor: Option<&'a str>,
    /// The product.
    pub product: Option<&'a str>,
    /// Its version.
    pub version: Option<&'a str>,
    /// What is signed.
    pub purpose: Purpose,
}

/// A pin that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The key.
    pub fingerprint: Fingerprint,
    /// What it counts for.
    pub bound: Bound,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Over which channel it was confirmed.
    pub channel: String,
    /// Whether it counts only with a second person.
    pub two: bool,
}

impl Draft {
    /// What is missing, in a fragment that reads after "failed to".
    ///
    /// # Errors
    /// For a pin without a person, a reason, a channel or a vendor.
    pub fn check(&self) -> Result<(), String> {
        let wanted = [
            (&self.by, "say who decides: --by NAME"),
            (&self.reason, "say why: --reason TEXT"),
            (&self.channel, "say over which channel it was confirmed: --channel TEXT"),
            (&self.bound.vendor, "say whose key it is: --vendor NAME"),
        ];
        match wanted.iter().find(|(value, _)| value.trim().is_empty()) {
            Some((_, sentence)) => Err((*sentence).to_owned()),
            None => Ok(()),
        }
    }
}

/// A pin as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// Its number.
    pub id: i64,
    /// The key.
    pub fingerprint: Fingerprint,
    /// What it counts for.
    pub bound: Bound,
    /// When it was made.
    pub made: Timestamp,
    /// Who decided.
    pub made_by: String,
    /// Why.
    pub reason: String,
    /// Over which channel it was confirmed.
    pub channel: String,
    /// Whether it counts only with a second person.
    pub two: bool,
    /// The second person.
    pub second_by: Option<String>,
    /// When that person confirmed it.
    pub second_at: Option<Timestamp>,
    /// When it was undone.
    pub undone: Option<Timestamp>,
    /// Who undid it.
    pub undone_by: Option<String>,
    /// Why it was undone.
    pub undone_why: Option<String>,
}

impl Pin {
    /// Whether it counts: it was not undone, and a second person confirmed it where that is wanted.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.undone.is_none() && (!self.two || self.second_by.is_some())
    }

    /// How it stands, in words.
    #[must_use]
    pub fn standing(&self) -> &'static str {
        match (self.undone.is_some(), self.counts()) {
            (true, _) => "undone",
            (false, true) => "counts",
            (false, false) => "waits for a second person",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, Purpose, Wanted};

    fn check(bound: &Bound, vendor: &str, product: &str, version: &str, covers: bool) {
        let some = |text| (!str::is_empty(text)).then_some(text);
        let wanted = Wanted {
            vendor: some(vendor),
            product: some(product),
            version: some(version),
            purpose: Purpose::Package,
        };
        let now = "2026-11-25T08:00:00Z".parse().unwrap();
        assert_eq!(bound.covers(&wanted, now), covers, "{bound}: {wanted:?}");
    }

    #[test]
    fn a_pin_covers_what_it_says_and_nothing_else() {
        let any = Bound { vendor: "halvard".to_owned(), ..Bound::default() };
        check(&any, "halvard", "", "", true);
        check(&any, "halvard", "Relay", "5.1", true);
        check(&any, "orrin", "Relay", "5.1", false);
        check(&any, "", "Relay", "5.1", false);
        let narrow = Bound {
            product: Some("relay".to_owned()),
            from_version: Some("5.0".to_owned()),
            to_version: Some("5.10".to_owned()),
            ..any.clone()
        };
        check(&narrow, "halvard", "Relay", "5.9", true);
        check(&narrow, "halvard", "Relay", "5.10", true);
        check(&narrow, "halvard", "Relay", "5.11", false);
        check(&narrow, "halvard", "Relay", "4.9", false);
        check(&narrow, "halvard", "Relay", "", false);
        check(&narrow, "halvard", "Depot", "5.9", false);
        let mail = Bound { purpose: Purpose::Mail, ..any.clone() };
        check(&mail, "halvard", "", "", false);
        let over = Bound { review: Some("2026-11-24".parse().unwrap()), ..any };
        check(&over, "halvard", "", "", false);
    }
}
