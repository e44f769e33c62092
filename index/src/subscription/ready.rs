//! Ready-made things to watch, for people who do not want to write a query.

use super::{Mistake, Watch};
use crate::{canary, query};

/// A ready-made thing to watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    /// One vendor.
    Vendor,
    /// One product, from the version on that runs here.
    Product,
    /// Sources that fall silent.
    Silent,
    /// What whoever runs this installation must know: the sources, and the canary.
    Operator,
    /// What affects the products of one environment, or of any.
    Estate,
    /// Changes of keys.
    Keys,
    /// Packages that wait for a decision.
    Packages,
}

impl Ready {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Vendor, Self::Product, Self::Silent, Self::Operator, Self::Estate, Self::Keys, Self::Packages];

    /// The word typed for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Product => "product",
            Self::Silent => "silent-sources",
            Self::Operator => "operator",
            Self::Estate => "estate",
            Self::Keys => "keys",
            Self::Packages => "packages",
        }
    }

    /// What it watches: `subject` is the vendor, product or environment, `version` the one that runs.
    ///
    /// # Errors
    /// When a subject is missing; the sentence says what to do.
    pub fn watch(self, subject: &str, version: &str) -> Result<Watch, Mistake> {
        let typed = match self {
            Self::Silent => return Ok(Watch { sources: true, ..Watch::default() }),
            Self::Operator => {
                return Ok(Watch { sources: true, ..Watch::entries(&canary::query()) });
            }
            Self::Estate => {
                return Ok(Watch { estate: Some(subject.trim().to_owned()), ..Watch::default() });
            }
            Self::Packages => return Ok(Watch { packages: true, ..Watch::default() }),
            Self::Keys if subject.trim().is_empty() => return Ok(Watch::entries(&house())),
            Self::Keys => format!("{} vendor:{}", house(), quoted(subject)),
            Self::Vendor => format!("vendor:{}", quoted(subject)),
            // What an earlier or this version mends does not concern whoever runs it.
            _ if !version.trim().is_empty() => {
                format!("product:{} -fixed:{}", quoted(subject), quoted(version))
            }
            _ => format!("product:{}", quoted(subject)),
        };
        if subject.trim().is_empty() {
            let sentence = format!("which {}? Type its name", self.as_str());
            return Err(Mistake::new("query", sentence));
        }
        query::parse(&typed).map_err(|mistake| Mistake::new("query", mistake.sentence))?;
        Ok(Watch::entries(&typed))
    }
}

/// What the house itself says of keys.
fn house() -> String {
    format!("source:{}", crate::keys::HOUSE)
}

fn quoted(name: &str) -> String {
    let name = name.trim().replace('"', "");
    if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name }
}

#[cfg(test)]
mod tests {
    use super::Ready;

    fn check(ready: Ready, subject: &str, version: &str, expected: &str) {
        let watch = ready.watch(subject, version).unwrap();
        assert_eq!(watch.query.as_deref().unwrap_or_default(), expected);
    }

    #[test]
    fn each_is_a_query_of_the_language() {
        check(Ready::Vendor, "red-hat", "", "vendor:red-hat");
        check(Ready::Vendor, " Red Hat ", "", "vendor:\"Red Hat\"");
        check(Ready::Product, "openssl", "3.0.5", "product:openssl -fixed:3.0.5");
        check(Ready::Product, "openssl", "", "product:openssl");
        check(Ready::Keys, "", "", "source:ledger");
        check(Ready::Keys, "Red Hat", "", "source:ledger vendor:\"Red Hat\"");
        check(Ready::Operator, "", "", "source:canary");
        assert!(Ready::Silent.watch("", "").unwrap().sources);
        assert!(Ready::Packages.watch("", "").unwrap().packages);
        assert_eq!(Ready::Estate.watch(" production ", "").unwrap().estate.as_deref(), Some("production"));
        assert_eq!(Ready::Estate.watch("", "").unwrap().estate.as_deref(), Some(""));
    }

    #[test]
    fn what_is_missing_is_said() {
        assert!(Ready::Vendor.watch(" ", "").is_err());
        assert!(Ready::Product.watch("openssl", "latest").is_err());
    }
}
