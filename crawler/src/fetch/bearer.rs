//! A secret that opens a door elsewhere: sent to the origin it is meant for, and shown to nobody.

use std::fmt;

use reqwest::header::HeaderValue;

/// A bearer token (RFC 6750). It has no text form, so that it reaches no log and no page.
#[derive(Clone)]
pub struct Bearer(HeaderValue);

impl Bearer {
    /// Takes a token; none if it is empty or cannot be a header's text.
    #[must_use]
    pub fn new(token: &str) -> Option<Self> {
        let token = token.trim();
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        value.set_sensitive(true);
        (!token.is_empty()).then_some(Self(value))
    }

    /// The header's value.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Bearer;

    #[test]
    fn a_token_is_not_shown_and_an_unfit_one_not_taken() {
        let token = Bearer::new(" hunter2 \n").unwrap();
        assert_eq!(format!("{token:?} {:?}", token.header()), "Bearer(…) Sensitive");
        assert!(Bearer::new(" ").is_none() && Bearer::new("a\nb").is_none());
    }
}
