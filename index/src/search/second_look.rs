//! The second look: the best entries by their words are weighed again by what their sketches tell, and put in an order in
//! which different voices come first.
//!
//! Four things raise an entry: words of its title that are asked for, products whose whole name is asked for, and being
//! about a vulnerability that another of the best entries is about as well. Then, place by place, a source that was already
//! heard counts less, so that five releases of one advisory do not hide what others say. All of it concerns the first
//! [`LOOKED_AT`] entries only; what each part brought is in BENCHMARKS.md.

use std::collections::HashMap;

use super::collect::Best;
use super::sketch::words;
use crate::query::Query;

/// Entries that are weighed again.
pub(super) const LOOKED_AT: usize = 120;

/// What a title that is wholly asked for, a product that is, all products that are, and another entry on the same
/// vulnerability add, as shares of the best score.
const TITLE: f32 = 0.1;
const PRODUCT: f32 = 0.1;
const PRODUCTS: f32 = 0.1;
const COMPANY: f32 = 0.2;

/// The best entries that speak for others on the same vulnerability, if they are about few.
const SPEAKERS: usize = 10;
const ABOUT_FEW: usize = 3;

/// How much less an entry counts for each time that its source was heard before, and how many times that is done.
const HEARD: f32 = 0.3;
const TIMES: u8 = 2;

/// Words of a query that are weighed.
const WORDS: usize = 96;

/// Weighs the best entries of a query with words again and reorders them; the others stay behind them as they are.
pub(super) fn reorder(query: &Query, best: &mut [Best]) {
    let mut typed = String::new();
    gather(query, &mut typed);
    let asked = words(&typed, WORDS);
    let looked_at = best.len().min(LOOKED_AT);
    let (Some(first), Some(looked_at)) = (best.first().map(|best| best.score), best.get_mut(..looked_at))
    else {
        return;
    };
    if asked.is_empty() || first <= 0.0 {
        return;
    }
    let company = company(looked_at, first);
    for entry in &mut *looked_at {
        let accompanied = entry.sketch.identifiers.iter().filter_map(|one| company.get(one)).copied();
        let share = TITLE * title(&entry.sketch.title, &asked)
            + products(&entry.sketch.products, &asked)
            + COMPANY * accompanied.fold(0.0, f32::max);
        entry.score += first * share;
    }
    by_voice(looked_at);
}

/// What the vulnerabilities are worth that the best few entries are about.
fn company(best: &[Best], first: f32) -> HashMap<u32, f32> {
    let mut worth: HashMap<u32, f32> = HashMap::new();
    for entry in best.iter().take(SPEAKERS).filter(|entry| entry.sketch.identifiers.len() <= ABOUT_FEW) {
        for identifier in &entry.sketch.identifiers {
            let known = worth.entry(*identifier).or_default();
            *known = known.max(entry.score / first);
        }
    }
    worth
}

/// How alike a title and what is asked for are, from 0 to 1: the cosine of the two sets of words.
fn title(title: &[u32], asked: &[u32]) -> f32 {
    common(title, asked) / ((title.len() * asked.len()).max(1) as f32).sqrt()
}

/// How far the names of products are asked for.
fn products(products: &[Vec<u32>], asked: &[u32]) -> f32 {
    if products.is_empty() {
        return 0.0;
    }
    let shares = products.iter().map(|name| common(name, asked) / name.len().max(1) as f32);
    let (most, sum) = shares.fold((0.0_f32, 0.0), |(most, sum), share| (most.max(share), sum + share));
    PRODUCT * most + PRODUCTS * sum / products.len() as f32
}

fn common(some: &[u32], others: &[u32]) -> f32 {
    some.iter().filter(|one| others.contains(one)).count() as f32
}

/// Puts at each place the entry that counts most when sources heard before count less. Its score becomes what it counted.
fn by_voice(best: &mut [Best]) {
    let mut heard: HashMap<u32, u8> = HashMap::new();
    for place in 0..best.len() {
        let counts = |entry: &Best| {
            let times = heard.get(&entry.sketch.source).copied().unwrap_or(0).min(TIMES);
            entry.score * (1.0 - HEARD * f32::from(times))
        };
        let rest = best.iter().enumerate().skip(place);
        // The first of equals: they stand in the order of their words.
        let chosen = rest
            .map(|(at, entry)| (at, counts(entry)))
            .reduce(|one, other| if other.1 > one.1 { other } else { one });
        let Some((at, score)) = chosen else { return };
        if let Some(between) = best.get_mut(place..=at) {
            between.rotate_right(1);
        }
        if let Some(entry) = best.get_mut(place) {
            entry.score = score;
            *heard.entry(entry.sketch.source).or_default() += 1;
        }
    }
}

/// The words that a query asks for, without those that it excludes and without its fields.
fn gather(query: &Query, typed: &mut String) {
    match query {
        Query::Word(word) | Query::Phrase(word) | Query::Prefix(word) => {
            typed.push_str(word);
            typed.push('\n');
        }
        Query::And(all) | Query::Or(all) | Query::Words(all) => all.iter().for_each(|one| gather(one, typed)),
        _ => {}
    }
}
