//! Questions about keys: whose is this, since when, where was it seen, what was said of it.

use std::collections::BTreeSet;

use inspect::key::Fingerprint;
use inspect::key::fact::Fact;
use inspect::key::openpgp::Revocation;
use inspect::key::reading::{self, again};
use inspect::signature::keys::Known;
use jiff::Timestamp;

use crate::evidence::assessment::Asked;
use crate::evidence::identifier::Identifier;
use crate::evidence::{Grade, near};
use crate::keys::change::{Change, What};
use crate::keys::forecast;
use crate::keys::pin::Pin;
use crate::keys::sighting::{Key, Sighting, Way};
use crate::keys::view::{KeyLine, KeyView};
use crate::knowledge::Knowledge;
use crate::source::Standing;
use crate::store;

/// Fingerprints of the ledger among which near ones are looked for.
const COMPARED: i64 = 20_000;
/// Bytes of keys that are handed to the reading of a package.
const HANDED_OVER: usize = 3 << 20;
/// Near ones that are answered.
const NEAR: usize = 8;
/// Keys of which it is foreseen what will become.
const FORESEEN: i64 = 2_000;

/// What somebody typed or pasted, understood.
struct Question {
    /// As it is shown.
    asked: String,
    /// Whether it names exactly one key.
    exact: bool,
    /// A key that was handed over itself.
    given: Option<Key>,
    /// Names of the key, the best first.
    identifiers: Vec<Identifier>,
}

/// What the record holds of one key.
#[derive(Default)]
struct Recorded {
    sightings: Vec<Sighting>,
    changes: Vec<Change>,
    pins: Vec<Pin>,
}

impl Knowledge {
    /// All that is known of what somebody typed or pasted: a fingerprint in any spelling, an error text, a key, a
    /// certificate. `None` where there is no name of a key in it.
    ///
    /// # Errors
    /// When the record or the index cannot be read.
    pub async fn key(&self, pasted: &[u8], now: Timestamp) -> anyhow::Result<Option<KeyView>> {
        let Some(question) = question(pasted, now) else { return Ok(None) };
        let mut keys = Vec::new();
        for name in &question.identifiers {
            keys = store::key::named(self.store.reader(), name.as_str()).await?;
            if keys.is_empty() && name.as_str().len() == 8 {
                keys = store::key::ending(self.store.reader(), name.as_str()).await?;
            }
            if !keys.is_empty() {
                break;
            }
        }
        let others: Vec<Fingerprint> = keys.iter().skip(1).map(|key| key.facts.fingerprint).collect();
        // One of several that bear a short name is not the one that was meant.
        let known = keys.into_iter().next().filter(|_| question.exact || others.is_empty());
        Ok(Some(self.key_view(question, known, others, now).await?))
    }

    async fn key_view(
        &self,
        question: Question,
        known: Option<Key>,
        others: Vec<Fingerprint>,
        now: Timestamp,
    ) -> anyhow::Result<KeyView> {
        let pool = self.store.reader();
        let key = known.or(question.given).map(|key| at(key, now));
        let Recorded { sightings, changes, pins } = self.recorded(key.as_ref()).await?;
        let names = key.as_ref().map_or_else(|| signed_as(&question.identifiers), |key| names(&key.facts));
        let packages = store::verdict::packages_of(pool, &names).await?;
        let mut vendors: BTreeSet<String> = sightings.iter().filter_map(|one| one.vendor.clone()).collect();
        vendors.extend(pins.iter().filter(|pin| pin.counts()).map(|pin| pin.bound.vendor.clone()));
        let vendors: Vec<String> = vendors.into_iter().collect();
        let asked = self.asked(&key, question.identifiers, &vendors, &sightings, &changes).await?;
        let mut evidence = self.evidence(&asked, now).await?;
        self.near_in_the_ledger(&asked, &mut evidence.near).await?;
        let foreseen = key.as_ref().map(|key| forecast::of(&key.facts, now)).unwrap_or_default();
        let mut view = KeyView {
            asked: question.asked,
            exact: question.exact,
            key,
            others,
            vendors,
            sightings,
            changes,
            pins,
            packages,
            evidence,
            foreseen,
            unknown: Vec::new(),
            at: now,
        };
        view.unknown = unknown(&view);
        Ok(view)
    }

    async fn recorded(&self, key: Option<&Key>) -> anyhow::Result<Recorded> {
        let Some(key) = key else { return Ok(Recorded::default()) };
        let (pool, fingerprint) = (self.store.reader(), key.facts.fingerprint);
        Ok(Recorded {
            sightings: store::sighting::of_key(pool, fingerprint).await?,
            changes: store::key_change::of_key(pool, fingerprint).await?,
            pins: store::pin::list(pool, Some(fingerprint), None).await?,
        })
    }

    /// Adds the keys of the ledger that nearly are the one asked for.
    async fn near_in_the_ledger(&self, asked: &Asked, found: &mut Vec<near::Near>) -> anyhow::Result<()> {
        let Some(first) = asked.identifiers.first().filter(|one| one.is_full()) else { return Ok(()) };
        for digits in store::key::digits(self.store.reader(), COMPARED).await? {
            let is_new = found.iter().all(|one| one.fingerprint != digits);
            found.extend(near::compare(first.as_str(), &digits).filter(|_| is_new));
        }
        found.truncate(NEAR);
        Ok(())
    }

    /// What is asked of the texts about a key.
    pub(in crate::knowledge) async fn asked(
        &self,
        key: &Option<Key>,
        identifiers: Vec<Identifier>,
        vendors: &[String],
        sightings: &[Sighting],
        changes: &[Change],
    ) -> anyhow::Result<Asked> {
        let own: Vec<String> = store::source::states(self.store.reader())
            .await?
            .into_iter()
            .filter(|one| one.source.standing == Standing::Vendor)
            .map(|one| one.source.slug)
            .collect();
        let key_file = sightings.iter().any(|one| {
            matches!(one.way, Way::Source | Way::Provider)
                && one.missing_since.is_none()
                && one.source.as_ref().is_some_and(|source| own.contains(source))
        });
        let created = key.as_ref().and_then(|key| key.facts.created);
        Ok(Asked {
            identifiers: key.as_ref().map_or(identifiers, |key| identifiers_of(&key.facts)),
            vendor: vendors.first().filter(|_| vendors.len() == 1).cloned(),
            created: created.and_then(|at| Timestamp::from_second(at).ok()),
            key_file,
            continuity: changes.iter().any(|one| one.what == What::CrossSigned),
            package: None,
        })
    }

    /// One key of the ledger by its fingerprint.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn key_of(&self, fingerprint: Fingerprint) -> anyhow::Result<Option<Key>> {
        Ok(store::key::read(self.store.reader(), fingerprint).await?)
    }

    /// Keys in use, those seen last first; of one vendor, if it is given.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn keys(
        &self,
        vendor: Option<&str>,
        most: u32,
        now: Timestamp,
    ) -> anyhow::Result<Vec<KeyLine>> {
        let pool = self.store.reader();
        let mut lines = Vec::new();
        for key in store::key::in_use(pool, vendor, i64::from(most)).await? {
            let vendors = store::sighting::vendors(pool, key.facts.fingerprint).await?;
            let key = at(key, now);
            lines.push(KeyLine { foreseen: forecast::of(&key.facts, now), vendors, key });
        }
        Ok(lines)
    }

    /// Keys in use of which something is foreseen, the worst first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn key_forecast(&self, now: Timestamp) -> anyhow::Result<Vec<KeyLine>> {
        let mut lines = self.keys(None, u32::try_from(FORESEEN).unwrap_or(u32::MAX), now).await?;
        lines.retain(|line| !line.foreseen.is_empty());
        lines.sort_by_key(|line| line.foreseen.first().map(|one| (one.outlook, one.at)));
        Ok(lines)
    }

    /// What changed about keys, the newest first; of one vendor, if it is given.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn key_changes(&self, vendor: Option<&str>, most: u32) -> anyhow::Result<Vec<Change>> {
        Ok(store::key_change::newest(self.store.reader(), vendor, most).await?)
    }

    /// The keys that a package brings along, in the order in which they were noted.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn keys_within(&self, digest: &str) -> anyhow::Result<Vec<Sighting>> {
        Ok(store::sighting::in_package(self.store.reader(), digest).await?)
    }

    /// What was seen at the places of a vendor, the oldest first.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn sightings_of(&self, vendor: &str) -> anyhow::Result<Vec<Sighting>> {
        Ok(store::sighting::of_vendor(self.store.reader(), vendor).await?)
    }

    /// The keys by which signatures of packages are judged: those that people pinned, and no others. A report asks nobody to
    /// look when a signature fits a key that was handed over, and a sighting alone must never bring that about.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn known_keys(&self) -> anyhow::Result<Vec<Known>> {
        let pool = self.store.reader();
        let pinned: BTreeSet<Fingerprint> = store::pin::list(pool, None, None)
            .await?
            .iter()
            .filter(|pin| pin.counts())
            .map(|pin| pin.fingerprint)
            .collect();
        let mut room = HANDED_OVER;
        let mut known = Vec::new();
        for fingerprint in pinned {
            let Some(key) = store::key::read(pool, fingerprint).await? else { continue };
            if key.bytes.len() > room {
                continue;
            }
            room -= key.bytes.len();
            known.push(Known { origin: "the ledger".to_owned(), bytes: key.material() });
        }
        Ok(known)
    }

    /// How many keys the ledger knows.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn key_count(&self) -> anyhow::Result<u64> {
        Ok(store::key::count(self.store.reader()).await?)
    }
}

/// The key with its facts as they stand at `now`.
fn at(mut key: Key, now: Timestamp) -> Key {
    if let Some(facts) = again(key.facts.kind, &key.bytes, now.as_second()) {
        key.facts = facts;
    }
    key
}

fn question(pasted: &[u8], now: Timestamp) -> Option<Question> {
    let text = String::from_utf8_lossy(pasted);
    let looks_like_a_key = text.contains("-----BEGIN ") || text.contains('\u{fffd}') || text.contains('\0');
    let found = if looks_like_a_key { reading::read(pasted, now.as_second()).keys } else { Vec::new() };
    if let Some(one) = found.into_iter().next() {
        return Some(Question {
            asked: one.fact.fingerprint.to_string(),
            exact: true,
            identifiers: identifiers_of(&one.fact),
            given: Some(Key { facts: one.fact, first_seen: now, last_seen: now, bytes: one.bytes }),
        });
    }
    let identifiers = match Fingerprint::parse(&text) {
        Ok(fingerprint) => Identifier::all_in(&fingerprint.to_string()),
        Err(_) => Identifier::all_in(&text),
    };
    let first = identifiers.first()?;
    Some(Question { asked: first.as_str().to_owned(), exact: first.is_full(), given: None, identifiers })
}

/// Other names that are computed from a key and no shorter than a fingerprint: texts name keys by them too.
const SPELLED: [&str; 4] =
    ["certificate SHA-1", "public key SHA-256", "OpenSSH fingerprint", "minisign public key"];

/// The names of a key: its own fingerprint first, then those of the sub-keys that it vouches for and its other spellings.
pub(in crate::knowledge) fn identifiers_of(fact: &Fact) -> Vec<Identifier> {
    let subkeys = fact.subkeys.iter().filter(|one| one.bound).map(|one| one.fingerprint);
    let all = std::iter::once(fact.fingerprint).chain(subkeys).map(|one| one.to_string());
    let spelled = fact.aliases.iter().filter(|alias| SPELLED.contains(&alias.what.as_str()));
    let all = all.chain(spelled.map(|alias| alias.value.clone()));
    all.flat_map(|one| Identifier::all_in(&one)).collect()
}

/// Every way in which a signature names a key.
pub(in crate::knowledge) fn names(fact: &Fact) -> Vec<String> {
    let mut names = vec![fact.fingerprint.written()];
    names.extend(fact.subkeys.iter().filter(|one| one.bound).map(|one| one.fingerprint.written()));
    names.extend(fact.aliases.iter().filter(|one| one.value.len() >= 16).map(|one| one.value.clone()));
    names
}

/// The ways in which a signature may name a key of which no copy is known: as it was asked for, and by its key id.
fn signed_as(identifiers: &[Identifier]) -> Vec<String> {
    let mut names = Vec::new();
    for one in identifiers.iter().filter(|one| one.bits() >= 64) {
        names.push(one.as_str().to_owned());
        if let Ok(key) = Fingerprint::parse(one.as_str()) {
            names.push(key.written());
            names.extend(key.key_id());
        }
    }
    names
}

fn unknown(view: &KeyView) -> Vec<String> {
    let mut unknown = Vec::new();
    let mut say = |sentence: &str| unknown.push(sentence.to_owned());
    match (&view.key, view.exact) {
        (None, true) => {
            say("no key with this fingerprint was seen here, so nothing is known of what it says of itself")
        }
        (None, false) if view.others.is_empty() => {
            say("a short name is no identity: many keys can bear it, and none that does was seen here");
        }
        (None, false) => say("a short name is no identity: several keys that were seen here bear it"),
        (Some(_), false) => {
            say("what was asked for is only compatible with this key: a short name is no identity")
        }
        (Some(_), true) => {}
    }
    if view.vendors.is_empty() {
        say("it was not seen at a place of any vendor that is recorded here");
    } else if view.vendors.len() > 1 {
        say("it was seen at places of more than one vendor");
    }
    if !view.sightings.is_empty() && view.sightings.iter().all(|one| one.way == Way::Package) {
        say("it was seen nowhere but within packages, and who makes a package chooses what lies in it");
    }
    if view.evidence.best == Grade::E {
        say("nobody said anything of it in what was collected");
    }
    if !view.pins.iter().any(Pin::counts) {
        say("nobody here has decided what it counts for");
    }
    if view.key.as_ref().is_some_and(|key| key.facts.revoked == Revocation::Claimed) {
        say("somebody else says that it is revoked, which could not be checked");
    }
    unknown
}
