//! The ledger: keys are seen at places, changes are told from that, people decide, and all of it is asked for here.
//!
//! Nothing here makes a key trusted: a sighting is a sighting, and a pin is a person's. A look at a place is one change of
//! the record: all of it, or none.

mod ask;
mod call;
mod decide;

use std::collections::BTreeMap;

use inspect::key::Fingerprint;
use inspect::key::carried::Carried;
use inspect::key::fact::{Fact, Kind};
use inspect::key::reading::{Found, merged};
use jiff::Timestamp;

use super::Knowledge;
use crate::keys::change::{self, What};
use crate::keys::continuity::Witness;
use crate::keys::sighting::{Key, MISSING, Place, Sighted, Sighting, Way};
use crate::keys::state::{KeyFacts, Succession, between};
use crate::store::{self, Connection};

impl Knowledge {
    /// Records which keys were at a place at `now`. What is there for the first time, differs from what was known, or is
    /// missing for so long that it counts becomes a change; the same look again records nothing.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn sight(&self, place: &Place, found: &[Found], now: Timestamp) -> anyhow::Result<Sighted> {
        let mut transaction = self.store.change().await?;
        let connection = &mut *transaction;
        let before = store::sighting::at_place(connection, &place.place).await?;
        let mut look = Look { place, now, sighted: Sighted::default(), witnesses: BTreeMap::new() };
        let mut facts = Vec::with_capacity(found.len());
        for one in found {
            facts.push(look.key(connection, one).await?);
        }
        look.succession(connection, &before, &facts).await?;
        for fact in &facts {
            store::sighting::note(connection, fact.fingerprint, place, now).await?;
        }
        if place.is_list() {
            let missing =
                before.iter().filter(|one| !facts.iter().any(|fact| fact.fingerprint == one.fingerprint));
            for one in missing {
                store::sighting::miss(connection, one.fingerprint, &place.place, now).await?;
            }
        }
        let sighted = look.sighted;
        transaction.commit().await?;
        Ok(sighted)
    }

    /// Notes which keys a package brings along. That makes none of them anybody's, and none counts for anything by it.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn sight_carried(
        &self,
        digest: &str,
        carried: &[Carried],
        now: Timestamp,
    ) -> anyhow::Result<Sighted> {
        let mut places: BTreeMap<&str, Vec<Found>> = BTreeMap::new();
        for one in carried {
            places.entry(&one.path).or_default().push(one.key.clone());
        }
        let mut sighted = Sighted::default();
        for (path, found) in places {
            sighted += self.sight(&Place::in_package(digest, path), &found, now).await?;
        }
        Ok(sighted)
    }

    /// Notes as gone what has been missing for a day; answers how many changes that is.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn settle_keys(&self, now: Timestamp) -> anyhow::Result<u32> {
        let mut transaction = self.store.change().await?;
        let connection = &mut *transaction;
        let since = now.saturating_sub(MISSING)?;
        let mut changes = 0;
        for gone in store::sighting::overdue(connection, since).await? {
            store::sighting::go(connection, &gone).await?;
            let there =
                store::sighting::at_vendor(connection, gone.fingerprint, gone.vendor.as_deref()).await?;
            if there.0 {
                // It is still at another place of this vendor.
                continue;
            }
            let found = change::Found::new(gone.fingerprint, What::Gone, String::new());
            changes += u32::from(store::key_change::note(connection, &found, &place_of(&gone), now).await?);
        }
        transaction.commit().await?;
        Ok(changes)
    }
}

fn place_of(sighting: &Sighting) -> Place {
    Place {
        way: sighting.way,
        place: sighting.place.clone(),
        source: sighting.source.clone(),
        vendor: sighting.vendor.clone(),
    }
}

/// One look at a place, under way.
struct Look<'a> {
    place: &'a Place,
    now: Timestamp,
    sighted: Sighted,
    /// Keys that can vouch, by their written fingerprints.
    witnesses: BTreeMap<String, Option<Witness>>,
}

impl Look<'_> {
    /// Records a key, merged with what is known of it, and how it differs; answers what is known now.
    async fn key(&mut self, connection: &mut Connection, found: &Found) -> anyhow::Result<Fact> {
        self.sighted.keys += 1;
        let at = self.now.as_second();
        let known = store::key::known(connection, found.fact.fingerprint).await?;
        let Some(Key { facts: before, bytes, .. }) = known else {
            self.sighted.new += 1;
            store::key::upsert(connection, &found.fact, &found.bytes, self.now).await?;
            return Ok(found.fact.clone());
        };
        let whole = if found.fact.kind != Kind::OpenPgp && self.place.way == Way::Package {
            // Beside an OpenPGP key nothing that a copy says is proven by the key, and a package may say anything.
            Found { fact: before.clone(), bytes: bytes.clone() }
        } else if bytes == found.bytes && found.fact.kind != Kind::OpenPgp {
            found.clone()
        } else {
            merged(&bytes, found, at)
        };
        if whole.bytes == bytes && whole.fact == before {
            store::key::seen(connection, before.fingerprint, self.now).await?;
            return Ok(before);
        }
        store::key::upsert(connection, &whole.fact, &whole.bytes, self.now).await?;
        for one in change::changes(&before, &whole.fact) {
            self.note(connection, &one).await?;
        }
        Ok(whole.fact)
    }

    /// Which keys are new at this vendor's places, and whether they follow those that were at this place.
    async fn succession(
        &mut self,
        connection: &mut Connection,
        before: &[Sighting],
        after: &[Fact],
    ) -> anyhow::Result<()> {
        let mut old = Vec::new();
        for sighting in before.iter().filter(|one| !one.gone) {
            if let Some(key) = store::key::known(connection, sighting.fingerprint).await? {
                self.witness(&key.facts, &key.bytes);
                old.push(change::compared(&key.facts));
            }
        }
        let mut new = Vec::new();
        for fact in after {
            let vendor = self.place.vendor.as_deref();
            if !store::sighting::at_vendor(connection, fact.fingerprint, vendor).await?.1 {
                new.push(fact.fingerprint);
            }
            if let Some(key) = store::key::known(connection, fact.fingerprint).await? {
                self.witness(&key.facts, &key.bytes);
            }
        }
        let compared: Vec<_> = after.iter().map(change::compared).collect();
        let successions = between(&old, &compared, |one, other| self.vouches(one, other).is_some());
        for (fingerprint, succession) in successions.into_iter().filter(|(one, _)| new.contains(one)) {
            let one = self.followed(fingerprint, succession, &old);
            // What a place of nobody's holds at the first look is not news.
            if one.what == What::Appeared && self.place.vendor.is_none() && before.is_empty() {
                continue;
            }
            self.note(connection, &one).await?;
        }
        Ok(())
    }

    /// The change that a key is which is new here and follows those of before in some way.
    fn followed(&self, fingerprint: Fingerprint, succession: Succession, old: &[KeyFacts]) -> change::Found {
        let old = old.iter().map(|key| key.fingerprint);
        let (what, related): (What, Vec<Fingerprint>) = match succession {
            Succession::CrossSigned => {
                (What::CrossSigned, old.filter(|key| self.vouches(*key, fingerprint).is_some()).collect())
            }
            Succession::Replaced => (What::Replaced, old.collect()),
            _ => (What::Appeared, Vec::new()),
        };
        let vouched = related.first().filter(|_| what == What::CrossSigned);
        let detail = vouched.and_then(|one| self.vouches(*one, fingerprint)).unwrap_or_default().to_owned();
        change::Found { fingerprint, what, detail, related }
    }

    async fn note(&mut self, connection: &mut Connection, found: &change::Found) -> anyhow::Result<()> {
        let new = store::key_change::note(connection, found, self.place, self.now).await?;
        self.sighted.changes += u32::from(new);
        Ok(())
    }

    fn witness(&mut self, facts: &Fact, bytes: &[u8]) {
        self.witnesses.entry(facts.fingerprint.written()).or_insert_with(|| Witness::of(facts, bytes));
    }

    /// How one key verifiably vouches for another, in words.
    fn vouches(&self, one: Fingerprint, other: Fingerprint) -> Option<&'static str> {
        let witness = |key: Fingerprint| self.witnesses.get(&key.written()).and_then(Option::as_ref);
        witness(one)?.vouches(witness(other)?)
    }
}

#[cfg(test)]
mod tests;
