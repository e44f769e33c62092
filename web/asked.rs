//! What stands behind the question mark of an address, read leniently.
//!
//! Refuses to refuse: a parameter that is repeated, unknown or malformed never costs a visitor the page; the first
//! value of a name counts, and what is no number is no number.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The parameters of a request, in the order given.
#[derive(Debug, Default)]
pub(crate) struct Asked(Vec<(String, String)>);

impl Asked {
    /// The parameters that stand in `query`, percent-decoded; what is not UTF-8 is replaced.
    pub(crate) fn read(query: &str) -> Self {
        Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The first value of a name.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name, in the order given.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a name as a number, where it is one.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.first(name)?.trim().parse().ok()
    }
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::Asked;

    #[test]
    fn the_first_value_counts_and_odd_ones_are_no_numbers() {
        let asked = Asked::read("q=a+b%20%C3%A9&q=second&page=-1&before=2&after=99999999999&%ff=x");
        assert_eq!(asked.first("q"), Some("a b é"));
        assert_eq!(asked.number("page"), None);
        assert_eq!(asked.number("before"), Some(2));
        assert_eq!(asked.number("after"), None);
        assert_eq!(asked.first("none"), None);
        assert_eq!(asked.all("q").collect::<Vec<_>>(), ["a b é", "second"]);
    }
}
