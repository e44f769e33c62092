//! The address of a page of results, and those of its neighbours: other page, other order, one facet more or less.

use index::answer::Order;
use index::query::Query;

use crate::asked::Asked;
use crate::words;

/// Pages that can be turned to; whoever is still looking there should refine instead.
pub(super) const LAST_PAGE: u32 = 100;

/// What the address of a search says.
pub(super) struct Address {
    /// What was typed.
    pub(super) typed: String,
    /// Counted from 1.
    pub(super) page: u32,
    /// Order of results.
    pub(super) order: Order,
    /// Whether entries that share an identifier are one result.
    pub(super) grouped: bool,
}

impl Address {
    /// Reads `q`, `page`, `order` and `each`; anything odd counts as not given.
    pub(super) fn read(asked: &Asked) -> Self {
        Self {
            typed: asked.first("q").unwrap_or_default().to_owned(),
            page: asked.number("page").unwrap_or(1).clamp(1, LAST_PAGE),
            order: match asked.first("order") {
                Some("newest") => Order::Newest,
                Some("oldest") => Order::Oldest,
                _ => Order::Relevance,
            },
            grouped: asked.first("each") != Some("entry"),
        }
    }

    /// The same results on another page.
    pub(super) fn on_page(&self, page: u32) -> String {
        self.write(&self.typed, page, self.order, self.grouped)
    }

    /// The same results in another order, from the first page.
    pub(super) fn ordered(&self, order: Order) -> String {
        self.write(&self.typed, 1, order, self.grouped)
    }

    /// The same results joined where they were not, or the other way round.
    pub(super) fn regrouped(&self) -> String {
        self.write(&self.typed, 1, self.order, !self.grouped)
    }

    /// The search with `part` added, or, where it is there already, without it; and whether it is there.
    pub(super) fn refined(&self, part: &str, query: &Query) -> (String, bool) {
        let there = place(&self.typed, part);
        let typed = match there {
            Some(at) => {
                let before = self.typed.get(..at).unwrap_or_default().trim_end();
                let after = self.typed.get(at + part.len()..).unwrap_or_default().trim_start();
                format!("{before} {after}").trim().to_owned()
            }
            // What is added must hold for all alternatives, not for the last one alone.
            None if matches!(query, Query::Or(_)) => format!("({}) {part}", self.typed.trim()),
            None => format!("{} {part}", self.typed.trim()),
        };
        (self.write(&typed, 1, self.order, self.grouped), there.is_some())
    }

    fn write(&self, typed: &str, page: u32, order: Order, grouped: bool) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let order = match order {
            Order::Relevance => "",
            Order::Newest => "newest",
            Order::Oldest => "oldest",
        };
        let each = if grouped { "" } else { "entry" };
        words::address("/search", &[("q", typed), ("page", &page), ("order", order), ("each", each)])
    }
}

/// Where `part` stands as a word of its own.
fn place(typed: &str, part: &str) -> Option<usize> {
    let alone = |at: &usize| {
        let before =
            typed.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace));
        let after = typed.get(at + part.len()..);
        before && after.is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
    };
    typed.match_indices(part).map(|(at, _)| at).find(alone)
}

#[cfg(test)]
mod tests {
    use index::answer::Order;

    use super::Address;
    use crate::asked::Asked;

    fn check(typed: &str, part: &str, expected: &str, chosen: bool) {
        let address = Address::read(&Asked::read(""));
        let address = Address { typed: typed.to_owned(), ..address };
        let query = index::query::parse(typed).unwrap();
        let (refined, there) = address.refined(part, &query);
        let q = Asked::read(refined.split_once('?').unwrap().1).first("q").unwrap_or_default().to_owned();
        assert_eq!((q.as_str(), there), (expected, chosen));
    }

    #[test]
    fn a_facet_is_added_once_and_removed_again() {
        check("proxy", "vendor:acme", "proxy vendor:acme", false);
        check("proxy vendor:acme", "vendor:acme", "proxy", true);
        check("vendor:acme proxy", "vendor:acme", "proxy", true);
        check("vendor:acme-labs", "vendor:acme", "vendor:acme-labs vendor:acme", false);
    }

    #[test]
    fn alternatives_are_held_together() {
        check("proxy OR relay", "kind:thread", "(proxy OR relay) kind:thread", false);
    }

    #[test]
    fn odd_parameters_count_as_not_given() {
        let address = Address::read(&Asked::read("q=a&page=0&order=sideways&each=x"));
        assert_eq!((address.page, address.order, address.grouped), (1, Order::Relevance, true));
        assert_eq!(address.on_page(2), "/search?q=a&page=2");
        assert_eq!(address.ordered(Order::Newest), "/search?q=a&order=newest");
        assert_eq!(address.regrouped(), "/search?q=a&each=entry");
    }
}
