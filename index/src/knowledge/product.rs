//! What a product is called: learnt from what was recorded, and asked for. The rule stands in [`crate::product`].

use std::collections::HashMap;

use super::Knowledge;
use crate::prepare::restore;
use crate::product::{
    Because, Listed, NAMES, Named, STEPS, Sought, are_one, evidence, name, sought, widened,
};
use crate::query::Query;
use crate::store;

/// Names of the same letters that are taken.
const SPELLED: i64 = 2;

/// Entries whose evidence is taken in one transaction when all of it is taken anew.
const AT_ONCE: i64 = 2_000;

impl Knowledge {
    /// The same, with what a catalogue lists of products.
    #[must_use]
    pub fn with_products(mut self, listed: Vec<Listed>) -> Self {
        self.listed = listed.into();
        self
    }

    /// Every name of a product, the one asked for first, each with the reason why it is one.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn names_of(&self, spelling: &str) -> anyhow::Result<Vec<Named>> {
        let asked = name(spelling);
        let mut named = vec![Named { name: asked.clone(), because: Because::Asked }];
        if asked.is_empty() {
            return Ok(named);
        }
        self.add_listed(&mut named, &asked);
        for other in store::product::spelled(self.store.reader(), &asked, SPELLED).await? {
            if named.len() < NAMES && named.iter().all(|known| known.name != other) {
                named.push(Named { name: other, because: Because::Spelled { of: asked.clone() } });
            }
        }
        let mut begun = 0;
        for _ in 0..STEPS {
            let ends = named.len();
            let mut next: Vec<(u64, Named)> = Vec::new();
            for known in named.get(begun..ends).unwrap_or_default() {
                next.extend(self.partners(&known.name).await?);
            }
            next.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.name.cmp(&other.1.name)));
            for (_, partner) in next {
                if named.len() < NAMES && named.iter().all(|known| known.name != partner.name) {
                    named.push(partner);
                }
            }
            begun = ends;
        }
        Ok(named)
    }

    /// What a catalogue lists together with a name.
    fn add_listed(&self, named: &mut Vec<Named>, asked: &str) {
        for listed in self.listed.iter() {
            let names: Vec<String> = listed.spellings.iter().map(|spelling| name(spelling)).collect();
            if !names.iter().any(|name| name == asked) {
                continue;
            }
            for name in names {
                if !name.is_empty() && named.len() < NAMES && named.iter().all(|known| known.name != name) {
                    named.push(Named { name, because: Because::Listed { by: listed.by.clone() } });
                }
            }
        }
    }

    /// Names that are one product with this one because advisories name both, with how many do.
    async fn partners(&self, of: &str) -> anyhow::Result<Vec<(u64, Named)>> {
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        let pairs = store::product::pairs(self.store.reader(), of).await?;
        let own = pairs.iter().find(|(other, ..)| other == of).map_or(0, |(_, own, _)| count(*own));
        let partner = |(other, shared, others): (String, i64, i64)| {
            let advisories = count(shared);
            let because = Because::Shared { with: of.to_owned(), advisories };
            (other != of && are_one(advisories, own, count(others)))
                .then_some((advisories, Named { name: other, because }))
        };
        Ok(pairs.into_iter().filter_map(partner).collect())
    }

    /// A product with all of its names, to be compared with what entries state.
    pub(super) async fn product(&self, spelling: &str) -> anyhow::Result<Sought> {
        Ok(Sought::of(self.names_of(spelling).await?))
    }

    /// A query that seeks its products by all of their names.
    pub(super) async fn widen(&self, query: &Query) -> anyhow::Result<Query> {
        let mut names: HashMap<String, Vec<String>> = HashMap::new();
        for typed in sought(query) {
            let named = self.names_of(typed).await?;
            names.insert(typed.to_owned(), named.into_iter().map(|named| named.name).collect());
        }
        if names.is_empty() {
            return Ok(query.clone());
        }
        Ok(widened(query, &|typed| names.get(typed).cloned().unwrap_or_default()))
    }

    /// Counts anew what names have in common, for those that something was recorded on since it was last counted.
    pub(super) async fn learn(&self) -> anyhow::Result<()> {
        let pool = self.store.reader();
        let (last, counted) =
            (store::counter::last(pool, "change").await?, store::counter::last(pool, "product").await?);
        if last <= counted {
            return Ok(());
        }
        let mut change = self.store.change().await?;
        let last = store::counter::last(pool, "change").await?;
        let names = store::product::touched(&mut change, counted).await?;
        store::product::count(&mut change, &names).await?;
        store::product::mark(&mut change, last).await?;
        Ok(change.commit().await?)
    }

    /// Takes all evidence anew from what entries say, and counts it.
    pub(super) async fn learn_anew(&self) -> anyhow::Result<()> {
        let mut after = 0;
        loop {
            let entries = store::entry::stated_after(self.store.reader(), after, AT_ONCE).await?;
            let Some((last, _)) = entries.last() else { break };
            after = *last;
            let mut said = Vec::new();
            for (entry, statement) in &entries {
                let statement = restore(statement, String::new())?;
                let evidence = evidence(&statement.affected).into_iter();
                said.extend(evidence.map(|(name, version)| (*entry, name, version)));
            }
            let ids: Vec<i64> = entries.iter().map(|(entry, _)| *entry).collect();
            let mut change = self.store.change().await?;
            store::product::note(&mut change, &ids, &said).await?;
            change.commit().await?;
        }
        let mut change = self.store.change().await?;
        store::product::mark(&mut change, 0).await?;
        change.commit().await?;
        self.learn().await
    }
}
