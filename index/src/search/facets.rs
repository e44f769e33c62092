//! Facets: how what was found spreads over vendors, kinds, severities and years, each value with the query that narrows to it.

use std::collections::HashMap;

use super::collect::{Collected, spread};
use crate::answer::{Facet, Facets};
use crate::entry::Kind;
use crate::severity::Level;

/// Values of a facet that are shown.
const FACET_VALUES: usize = 15;

/// How what was found spreads.
pub(crate) fn of(collected: &Collected) -> Facets {
    let mut vendor: Vec<Facet> =
        collected.vendors.iter().map(|(name, count)| vendor_facet(name, *count)).collect();
    vendor.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.label.cmp(&other.label)));
    vendor.truncate(FACET_VALUES);
    let mut years: Vec<(u16, u64)> = spread(&collected.packed, |packed| packed.year).into_iter().collect();
    years.sort_unstable_by(|one, other| other.cmp(one));
    let years = years.into_iter().filter(|(year, _)| *year > 0).take(FACET_VALUES);
    let kinds = spread(&collected.packed, |packed| packed.kind);
    let severities = spread(&collected.packed, |packed| packed.severity);
    Facets {
        vendor,
        kind: counted(
            &kinds,
            Kind::ALL.iter().enumerate().map(|(at, kind)| (at as u8, "kind", kind.as_str())),
        ),
        severity: counted(
            &severities,
            Level::ALL.iter().enumerate().rev().map(|(at, level)| (at as u8 + 1, "severity", level.as_str())),
        ),
        year: years.map(|(year, count)| year_facet(year, count)).collect(),
    }
}

fn vendor_facet(name: &str, count: u64) -> Facet {
    let (slug, label) = name.split_once('\t').unwrap_or((name, name));
    Facet { label: label.to_owned(), query: format!("vendor:{slug}"), count }
}

fn year_facet(year: u16, count: u64) -> Facet {
    let query = format!("after:{year}-01-01 before:{}-01-01", u32::from(year) + 1);
    Facet { label: year.to_string(), query, count }
}

fn counted<'a>(
    counts: &HashMap<u8, u64>,
    values: impl Iterator<Item = (u8, &'a str, &'a str)>,
) -> Vec<Facet> {
    values
        .filter_map(|(at, field, word)| {
            let count = *counts.get(&at)?;
            Some(Facet { label: word.to_owned(), query: format!("{field}:{word}"), count })
        })
        .collect()
}
