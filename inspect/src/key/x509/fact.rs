//! A certificate's facts in the shape that all kinds of keys share.
//!
//! A certificate cannot say that it was revoked: its issuer says so elsewhere, which is not asked here.

use super::Facts;
use crate::key::fact::{Alias, Fact, Kind, Name, bare, weakness};

/// Seconds of the longest validity that is told without a remark: thirty years, as roots have.
const LONGEST: i64 = 40 * 366 * 86_400;

impl Facts {
    /// Everything that the certificate says.
    #[must_use]
    pub fn fact(&self) -> Fact {
        let mut fact = bare(self.fingerprint, Kind::X509, self.algorithm.clone());
        fact.created = Some(self.not_before);
        fact.expires = Some(self.not_after);
        fact.names = vec![Name { text: self.subject.clone(), bound: true, revoked: false }];
        let itself = self.subject == self.issuer;
        fact.signed_by = vec![if itself { "itself".to_owned() } else { self.issuer.clone() }];
        fact.weak.extend(weakness(&self.algorithm));
        // What a root says of itself is not what it is believed for.
        if !itself && ["MD2", "MD5", "SHA-1"].iter().any(|hash| self.signed_with.ends_with(hash)) {
            fact.weak.push(format!("its issuer signed it by {}", self.signed_with));
        }
        fact.aliases = vec![
            Alias::new(self.public_key.to_string(), "public key SHA-256"),
            Alias::new(self.sha1.clone(), "certificate SHA-1"),
        ];
        fact.details = vec![
            ("Serial number".to_owned(), self.serial.clone()),
            ("Signed with".to_owned(), self.signed_with.clone()),
        ];
        fact.details.extend(self.extensions.iter().cloned());
        if let Some(odd) = self.odd_dates() {
            fact.details.push(("Dates".to_owned(), odd));
        }
        fact
    }

    fn odd_dates(&self) -> Option<String> {
        let span = self.not_after.saturating_sub(self.not_before);
        if span < 0 {
            return Some("it ends before it begins: it is never valid".to_owned());
        }
        (span > LONGEST).then(|| format!("it states to be valid for {} years", span / (366 * 86_400)))
    }
}
