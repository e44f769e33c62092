//! Who may ask: everybody on this machine, whoever has the token, or whoever the proxy in front let through.
//!
//! Refuses to keep a token: only its digest is held, and compared in a time that tells nothing.

use std::fmt;

use axum::http::HeaderName;
use sha2::{Digest as _, Sha256};

/// Who may ask.
#[derive(Clone, Debug)]
pub enum Access {
    /// Everybody, because the program listens on the loopback interface alone.
    Loopback,
    /// Whoever brings the token, as a bearer token or in the cookie that the sign-in page sets.
    Token(TokenDigest),
    /// Whoever a proxy in front has let through, which it says in this header. The proxy must strip the header from
    /// what strangers send, and nothing else may reach the program.
    ProxyHeader(HeaderName),
}

/// The SHA-256 digest of a token.
#[derive(Clone, Copy)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The digest of this token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// The digest that is written as 64 hexadecimal digits, as settings hold it.
    #[must_use]
    pub fn from_hex(digits: &str) -> Option<Self> {
        hex::decode(digits).ok()?.try_into().ok().map(Self)
    }

    /// Whether a token is the one that this is the digest of. Takes the same time wherever the two differ.
    #[must_use]
    pub fn is_of(&self, token: &str) -> bool {
        let given = Self::of(token);
        let difference = self
            .0
            .iter()
            .zip(given.0)
            .fold(0, |difference, (held, given)| std::hint::black_box(difference | (held ^ given)));
        difference == 0
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenDigest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::TokenDigest;

    fn check(held: &str, given: &str, expected: bool) {
        assert_eq!(TokenDigest::of(held).is_of(given), expected, "{held:?} {given:?}");
    }

    #[test]
    fn only_the_same_token_is_taken() {
        check("correct horse", "correct horse", true);
        check("correct horse", "correct hors", false);
        check("correct horse", "Correct horse", false);
        check("correct horse", "", false);
        check("", "", true);
    }

    #[test]
    fn a_digest_is_read_from_settings_and_never_printed() {
        let digits = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
        assert!(TokenDigest::from_hex(digits).unwrap().is_of("foo"));
        assert!(TokenDigest::from_hex("2c26").is_none());
        assert!(TokenDigest::from_hex("zz").is_none());
        assert_eq!(format!("{:?}", TokenDigest::of("foo")), "TokenDigest(…)");
    }
}
