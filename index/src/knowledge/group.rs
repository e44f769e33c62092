//! Groups: entries that share an advisory identifier, directly or through a third one.
//!
//! A group is named by the number of one of its entries. When a new entry joins two groups, the younger one moves
//! into the older one, and every entry that moved counts as changed.

use std::collections::{BTreeMap, HashMap};

use crate::store::{self, Connection};

/// The groups that one batch touches.
#[derive(Default)]
pub(super) struct Groups {
    /// Identifiers of the batch with the groups that claim them.
    claims: Vec<(String, i64)>,
    /// A group that was joined, and the older one that it moved into.
    moved: BTreeMap<i64, i64>,
}

impl Groups {
    /// Notes that `entry`, whose group so far is `group`, bears these identifiers.
    pub(super) fn note(&mut self, entry: i64, group: i64, identifiers: &[String]) {
        let group = if group == 0 { entry } else { group };
        self.claims.extend(identifiers.iter().map(|identifier| (identifier.clone(), group)));
    }

    /// The group that `group` belongs to now.
    pub(super) fn of(&self, group: i64) -> i64 {
        let mut group = group;
        while let Some(into) = self.moved.get(&group) {
            group = *into;
        }
        group
    }

    /// Joins whatever shares an identifier, in memory and in the record.
    pub(super) async fn settle(&mut self, connection: &mut Connection) -> sqlx::Result<()> {
        let claims = std::mem::take(&mut self.claims);
        let mut identifiers: Vec<&str> = claims.iter().map(|(identifier, _)| identifier.as_str()).collect();
        identifiers.sort_unstable();
        identifiers.dedup();
        let recorded = store::alias::groups(connection, &identifiers).await?;
        let mut first: HashMap<&str, i64> =
            recorded.iter().map(|(name, group)| (name.as_str(), *group)).collect();
        for (identifier, group) in &claims {
            let other = *first.entry(identifier).or_insert(*group);
            self.join(*group, other);
        }
        for group in recorded_groups(&recorded) {
            if self.moved.contains_key(&group) {
                store::alias::merge(connection, group, self.of(group)).await?;
            }
        }
        let pairs: Vec<(&str, i64)> = identifiers
            .into_iter()
            .filter_map(|identifier| Some((identifier, self.of(*first.get(identifier)?))))
            .filter(|(identifier, group)| recorded.get(*identifier) != Some(group))
            .collect();
        store::alias::assign(connection, &pairs).await
    }

    fn join(&mut self, one: i64, other: i64) {
        let (one, other) = (self.of(one), self.of(other));
        if one != other {
            self.moved.insert(one.max(other), one.min(other));
        }
    }
}

fn recorded_groups(recorded: &HashMap<String, i64>) -> Vec<i64> {
    let mut groups: Vec<i64> = recorded.values().copied().collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}
