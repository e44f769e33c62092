//! Licences as two versions state them, by what the statements mean.
//!
//! Where a field says nothing that is known, classifiers and then the licence's own text are asked.

use std::collections::BTreeSet;

use super::side::Side;
use crate::finding::{CheckId, Finding};
use crate::licence::{is_known, meant, same};
use crate::package::Claims;

/// What one package states, in the order in which it is believed, each with where it stands.
fn stated(side: &Side<'_>, claims: &Claims) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    if let Some(licence) = &claims.licence {
        all.push((licence.clone(), "the package's own field".to_owned()));
    }
    let prefix = if claims.path.is_empty() { String::new() } else { format!("{}!/", claims.path) };
    let within = side.kept.licences.iter().filter(|one| {
        one.path.strip_prefix(&prefix).is_some_and(|rest| !rest.contains("!/") || prefix.is_empty())
    });
    all.extend(within.map(|one| (one.stated.clone(), one.path.clone())));
    all
}

/// The licences that are other ones than before.
pub(super) fn changes(now: &Side<'_>, before: &Side<'_>) -> Vec<Finding> {
    let pairs = super::side::pairs(now, before);
    let change = |(is, was): (&Claims, &Claims)| {
        let (are, were) = (stated(now, is), stated(before, was));
        // Each side speaks by the first place that says something short enough to be read.
        let first =
            |all: &[(String, String)]| all.iter().find_map(|(text, at)| Some((meant(text)?, at.clone())));
        let ((new, at), (old, _)) = (first(&are)?, first(&were)?);
        let agrees_elsewhere = |one: &BTreeSet<String>, all: &[(String, String)]| {
            all.iter().skip(1).filter_map(|(text, _)| meant(text)).any(|other| same(one, &other))
        };
        // Another field that both have, and that says the same on both sides, outweighs a spelling that is not known.
        let unknown = !is_known(&new) || !is_known(&old);
        if same(&new, &old) || unknown && (agrees_elsewhere(&old, &are) || agrees_elsewhere(&new, &were)) {
            return None;
        }
        let written = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" and ");
        let detail = format!("licence: was {}, is {} (by {at})", written(&old), written(&new));
        let quote = are.first().map(|(text, _)| text.clone()).unwrap_or_default();
        Some(Finding::new(CheckId::LicenceChange, is.path.clone(), detail).quoting(&quote))
    };
    pairs.into_iter().filter_map(change).collect()
}
