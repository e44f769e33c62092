//! Whether release notes, a thread or a notice speak of a version of a package.
//!
//! A version alone says little: the product must be named in the title, by the source, or in the very sentence.

use std::cmp::Ordering;

use super::affected::Subject;
use super::{Link, Reason, Strength};
use crate::answer::Card;
use crate::entry::{Kind, Status};
use crate::upgrade::said::{self, Sentences};
use crate::version::{Scheme, compare};

/// The link of an entry that is no advisory, if it speaks of this version.
pub(crate) fn link(subject: &Subject<'_>, card: &Card, body: &str) -> Option<Link> {
    if card.status == Status::Withdrawn {
        return None;
    }
    let product = subject.claimed.name.clone();
    let named = |text: &str| subject.product.is_named_in(text);
    let by_source = named(&card.source_name) || card.vendor_name.as_deref().is_some_and(named);
    let titled = named(&card.title) || by_source;
    let sentences = Sentences::of(&format!("{}\n\n{body}", card.title));
    for version in subject.versions().filter(|version| version.contains('.')) {
        let (product, version) = (product.clone(), version.to_owned());
        let is_this = |other: &str| compare(Scheme::Dotted, other, &version) == Some(Ordering::Equal);
        if card.kind == Kind::Release && titled && said::version_of(&card.title).is_some_and(is_this) {
            let quote = said::notable(&Sentences::of(body)).into_iter().next();
            let quote = quote.map_or_else(|| card.title.clone(), |(_, quote)| quote);
            let reason = Reason::Release { product, version };
            return Some(Link::new(reason, Strength::Strong, quote, card.clone()));
        }
        let speaks = |sentence: &str| said::names_version(sentence, &version) && (titled || named(sentence));
        if let Some(quote) = sentences.first(speaks) {
            let strength = if named(&card.title) { Strength::Strong } else { Strength::Fair };
            return Some(Link::new(Reason::Spoken { product, version }, strength, quote, card.clone()));
        }
    }
    None
}
