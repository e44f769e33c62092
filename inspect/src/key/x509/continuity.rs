//! Whether one certificate continues another: the continuity that arithmetic can show.
//!
//! A certificate that issues others may be issued by the one that is known (a cross-certificate), or the same name and public
//! key may stand under another issuer. That a known authority issued somebody's certificate shows no continuity: it does so
//! for everybody who pays. Refused is whatever the old certificate restricts, and signatures by SHA-1.

use crate::signature::x509::Certificate;

/// What ties a certificate to one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// The old one issued the new one, which issues others itself.
    Issued,
    /// The same name and the same public key, under another issuer or for another time.
    SameKey,
}

impl Tie {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Tie::Issued => "the old authority issued a certificate for the new one, which was verified",
            Tie::SameKey => "the same name and public key, in another certificate",
        }
    }
}

/// What ties the certificate `new` to `old`, both as DER; nothing where nothing is proven.
#[must_use]
pub fn tie(old: &[u8], new: &[u8]) -> Option<Tie> {
    let (old, new) = (Certificate::read(old)?, Certificate::read(new)?);
    if old.der == new.der {
        return None;
    }
    if old.subject == new.subject && old.key == new.key && old.key().is_some() {
        return Some(Tie::SameKey);
    }
    let then = (old.not_before..=old.not_after).contains(&new.not_before);
    let issued = then && old.may_issue_an_issuer() && new.issues() && new.was_issued_by(&old);
    issued.then_some(Tie::Issued)
}

#[cfg(test)]
mod tests {
    use super::{Tie, tie};
    use crate::signature::tests::made::{VALID, party};

    fn check(old: &[u8], new: &[u8], expected: Option<Tie>) {
        assert_eq!(tie(old, new), expected);
    }

    #[test]
    fn an_authority_that_another_one_certifies_continues_it() {
        let (old, new, stranger) = (party("Orrin Root", 1), party("Orrin Root 2", 2), party("Orrin Root", 3));
        let anchor = old.certified(&old, VALID, None);
        let itself = new.certified(&new, VALID, None);
        let crossed = new.certified(&old, VALID, None);
        check(&anchor, &crossed, Some(Tie::Issued));
        // The cross-certificate is about the same key as the new root, by whose own word nothing was proven.
        check(&crossed, &itself, Some(Tie::SameKey));
        check(&anchor, &itself, None);
        check(&crossed, &anchor, None);
        check(&anchor, &anchor, None);
        // Somebody else of the same name certified it.
        check(&anchor, &new.certified(&stranger, VALID, None), None);
        // It certified it after its own end.
        check(&old.certified(&old, ("100101000000Z", "150101000000Z"), None), &crossed, None);
        check(&[0x30, 0x03, 1], &crossed, None);
    }

    #[test]
    fn a_key_that_an_authority_certifies_for_somebody_is_no_successor() {
        let (root, leaf, other) =
            (party("Orrin Root", 1), party("Orrin Releases", 2), party("Other Root", 4));
        let code = Some(crate::signature::tests::made::CODE);
        let anchor = root.certified(&root, VALID, None);
        let own = leaf.certified(&root, VALID, code);
        check(&anchor, &own, None);
        check(&own, &leaf.certified(&other, VALID, code), Some(Tie::SameKey));
        check(&own, &party("Orrin Releases", 5).certified(&root, VALID, code), None);
    }
}
