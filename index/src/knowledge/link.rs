//! Gathering what concerns a package: the index is asked for each thing that the package gives to seek by.
//!
//! What is asked is bounded, and what a bound leaves out is said. What was written down here by the house itself is no link:
//! it is shown as what it is.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Context as _;

use super::Knowledge;
use super::upgrade::{Stated, any, says_versions};
use crate::answer::Card;
use crate::entry::{Kind, Status};
use crate::link::affected::{Judged, Subject};
use crate::link::claimed::Claimed;
use crate::link::seek::Seek;
use crate::link::{Link, Links, Reason, Strength, in_order, passage, spoken};
use crate::mention;
use crate::prepare::restore_mentions;
use crate::query::Query;
use crate::source;
use crate::store;
use crate::upgrade::flaw::{self, Verdict};
use crate::upgrade::{Section, line};
use crate::version::prose;

/// Advisories on one package that are judged; more say something of one version of hardly anything.
const JUDGED: usize = 2_000;
/// Entries that speak of a version which are read, the newest first.
const READ: usize = 120;
/// Entries that name one host, unit, hash or key which are listed.
const NAMING: usize = 12;
/// Entries that name a host or unit from which on everybody does, so that it tells nothing of this package.
const EVERYBODY: u64 = 40;
/// Entries read by one statement.
const AT_ONCE: usize = 200;

impl Knowledge {
    /// The entries that concern a package, each with its reason, what would hurt most first.
    ///
    /// # Errors
    /// When the index or the record cannot be read.
    pub async fn links(&self, seek: &Seek) -> anyhow::Result<Links> {
        let mut remarks = seek.remarks.clone();
        let mut found = Vec::new();
        for (at, claimed) in seek.claims.iter().enumerate() {
            found.extend(self.links_of_claimed(claimed, at == 0, &mut remarks).await?);
        }
        found.extend(self.naming_identifiers(&seek.identifiers).await?);
        found.extend(self.naming_hashes(&seek.hashes).await?);
        for key in &seek.keys {
            found.extend(self.naming_key(key).await?);
        }
        for (name, place) in &seek.hosts {
            let reason = Reason::Host { name: name.clone(), place: place.clone() };
            found.extend(self.naming_thing(mention::Kind::Host, name, reason, &mut remarks).await?);
        }
        for (name, place) in &seek.units {
            let reason = Reason::Unit { name: name.clone(), place: place.clone() };
            found.extend(self.naming_thing(mention::Kind::Unit, name, reason, &mut remarks).await?);
        }
        let searched = store::entry::count(self.store.reader(), None).await?;
        Ok(Links { links: in_order(found, &mut remarks), remarks, searched })
    }

    async fn links_of_claimed(
        &self,
        claimed: &Claimed,
        outermost: bool,
        remarks: &mut Vec<String>,
    ) -> anyhow::Result<Vec<Link>> {
        let Some(subject) = Subject::of(claimed, self.product(&claimed.name).await?) else {
            remarks.push(format!(
                "{} of {} is no version that can be compared: what affects it was not looked up",
                claimed.version, claimed.name
            ));
            return Ok(Vec::new());
        };
        let mut links = self.affecting(&subject).await?;
        // What is within another package is seldom spoken of by itself.
        if outermost {
            links.extend(self.speaking(&subject).await?);
        }
        Ok(links)
    }

    /// Advisories that say that a package is affected, one link for each vulnerability.
    async fn affecting(&self, subject: &Subject<'_>) -> anyhow::Result<Vec<Link>> {
        let products = any(subject.product.names().map(|name| Query::Product(name.to_owned())));
        let versions = Query::Or(subject.versions().map(|text| Query::Version(text.to_owned())).collect());
        let not = |kind: Kind| Query::Not(Box::new(Query::KindIs(kind.as_str().to_owned())));
        let query = Query::And(vec![products, versions, not(Kind::Release), not(Kind::Thread)]);
        let ids: Vec<i64> =
            self.found(query, JUDGED).await?.best.iter().map(|best| best.entry as i64).collect();
        let mut judged = self.judged_advisories(subject, &ids).await?;
        // Others of a group may speak for the package's own ecosystem, and say otherwise.
        let by_name: Vec<i64> = judged
            .iter()
            .filter(|one| one.strength() != Some(Strength::Strong))
            .map(|one| one.card.id.0)
            .collect();
        let known: HashSet<i64> = ids.iter().copied().collect();
        let mates = store::card::in_groups_of(self.store.reader(), &by_name).await?;
        let mates: Vec<i64> =
            mates.into_iter().map(|(card, _)| card.id.0).filter(|id| !known.contains(id)).collect();
        judged.extend(self.judged_advisories(subject, &mates).await?);
        let exploited = store::entry::exploited(self.store.reader()).await?;
        Ok(collapsed(subject.claimed, judged, &exploited))
    }

    async fn judged_advisories(&self, subject: &Subject<'_>, ids: &[i64]) -> anyhow::Result<Vec<One>> {
        let mut judged = Vec::with_capacity(ids.len());
        for some in ids.chunks(AT_ONCE) {
            let (mut stated, mut from_words) = (Vec::new(), Vec::new());
            for (card, group, statement) in store::card::stated(self.store.reader(), some).await? {
                let said: Stated = serde_json::from_str(&statement).context("read a recorded statement")?;
                let is_stated = said.affected.iter().any(says_versions);
                let list = if is_stated { &mut stated } else { &mut from_words };
                list.push((card, group, said));
            }
            let ids: Vec<i64> = from_words.iter().map(|(card, ..)| card.id.0).collect();
            let bodies = if ids.is_empty() { HashMap::new() } else { self.bodies(&ids).await? };
            for (card, group, said) in stated {
                let says = subject.judge(&said.affected, false);
                judged.push(One { card, group, related: said.related, says });
            }
            for (card, group, said) in from_words {
                let body = bodies.get(&card.id.0).map(String::as_str).unwrap_or_default();
                let read = prose::read(&format!("{}\n{body}", card.title), &card.title);
                let says = subject.judge(&read, true);
                judged.push(One { card, group, related: said.related, says });
            }
        }
        judged.retain(|one| one.card.status != Status::Withdrawn);
        Ok(judged)
    }

    /// Release notes, threads and notices that speak of the version.
    async fn speaking(&self, subject: &Subject<'_>) -> anyhow::Result<Vec<Link>> {
        let versions: Vec<Query> = subject
            .versions()
            .filter(|version| version.contains('.'))
            .map(|version| Query::Phrase(version.to_owned()))
            .collect();
        if versions.is_empty() {
            return Ok(Vec::new());
        }
        let mut naming: Vec<Query> =
            subject.product.telling().map(|name| Query::Phrase(name.to_owned())).collect();
        let sources = store::source::list(self.store.reader()).await?;
        let called = sources.iter().filter(|leased| subject.product.is_named_in(&leased.source.name));
        naming.extend(called.map(|leased| Query::Source(leased.source.slug.clone())));
        let no_advisory = Query::Not(Box::new(Query::KindIs(Kind::Advisory.as_str().to_owned())));
        let query = Query::And(vec![
            any(naming.into_iter()),
            any(versions.into_iter()),
            no_advisory,
            not_of_the_house(),
        ]);
        let found = self.found(query, READ).await?;
        let ids: Vec<i64> = found.best.iter().map(|best| best.entry as i64).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let bodies = self.bodies(&ids).await?;
        let cards = store::card::heads(self.store.reader(), &ids).await?;
        let body = |card: &Card| bodies.get(&card.id.0).map(String::as_str).unwrap_or_default();
        Ok(cards.iter().filter_map(|card| spoken::link(subject, card, body(card))).collect())
    }

    /// Entries that are called by identifiers of the changelog, one link for each group.
    async fn naming_identifiers(&self, identifiers: &[String]) -> anyhow::Result<Vec<Link>> {
        if identifiers.is_empty() {
            return Ok(Vec::new());
        }
        let query = any(identifiers.iter().map(|identifier| Query::Id(identifier.clone())));
        let found = self.found(query, JUDGED).await?;
        let mut groups = HashSet::new();
        let ids: Vec<i64> = found
            .best
            .iter()
            .filter(|best| groups.insert(best.group))
            .map(|best| best.entry as i64)
            .collect();
        let mut links = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            for card in store::card::heads(self.store.reader(), some).await? {
                let named = identifiers.iter().find(|one| card.identifiers.contains(one));
                let Some(identifier) = named.or(identifiers.first()).cloned() else { continue };
                let quote = card.title.clone();
                links.push(Link::new(Reason::Identifier { identifier }, Strength::Strong, quote, card));
            }
        }
        Ok(links)
    }

    /// Entries that state the hash of the file or of one in it.
    async fn naming_hashes(&self, hashes: &[(String, String)]) -> anyhow::Result<Vec<Link>> {
        let (search, sought) = (self.search.clone(), hashes.to_vec());
        let known = tokio::task::spawn_blocking(move || search.knows(sought)).await??;
        let mut links = Vec::new();
        for (sha256, path) in known.into_iter().take(NAMING * 4) {
            let reason = Reason::Hash { sha256: sha256.clone(), path };
            let value = format!("sha256:{sha256}");
            links.extend(self.naming_word(&sha256, mention::Kind::FileHash, &value, &reason).await?);
        }
        Ok(links)
    }

    /// Entries that name a key: by its whole fingerprint, or by what may be short for it.
    async fn naming_key(&self, key: &str) -> anyhow::Result<Vec<Link>> {
        let query = Query::And(vec![Query::Key(key.to_owned()), not_of_the_house()]);
        let found = self.found(query, NAMING).await?;
        let ids: Vec<i64> = found.best.iter().map(|best| best.entry as i64).collect();
        let reason = Reason::Key { fingerprint: key.to_owned() };
        let whole = |one: &mention::Mention| one.kind == mention::Kind::Fingerprint && one.value == key;
        let part = |one: &mention::Mention| {
            one.kind == mention::Kind::KeyId && one.value.len() >= 16 && key.ends_with(&one.value)
        };
        self.quoted(&ids, &reason, &|mentions| {
            let strong = mentions.iter().find(|one| whole(one)).map(|one| (one.clone(), Strength::Strong));
            strong.or_else(|| mentions.iter().find(|one| part(one)).map(|one| (one.clone(), Strength::Weak)))
        })
        .await
    }

    /// Entries that name a host or a unit; none where everybody names it.
    async fn naming_thing(
        &self,
        kind: mention::Kind,
        name: &str,
        reason: Reason,
        remarks: &mut Vec<String>,
    ) -> anyhow::Result<Vec<Link>> {
        let entries = self.found(Query::Phrase(name.to_owned()), 0).await?.entries;
        if entries > EVERYBODY {
            remarks.push(format!("{entries} entries name {name}, so they are not listed"));
            return Ok(Vec::new());
        }
        if entries == 0 {
            return Ok(Vec::new());
        }
        self.naming_word(name, kind, name, &reason).await
    }

    /// Entries with a word that they mention as what it is.
    async fn naming_word(
        &self,
        word: &str,
        kind: mention::Kind,
        value: &str,
        reason: &Reason,
    ) -> anyhow::Result<Vec<Link>> {
        let query = Query::And(vec![Query::Phrase(word.to_owned()), not_of_the_house()]);
        let found = self.found(query, EVERYBODY as usize).await?;
        let ids: Vec<i64> = found.best.iter().map(|best| best.entry as i64).collect();
        let is_it = |one: &&mention::Mention| one.kind == kind && one.value.eq_ignore_ascii_case(value);
        let mut links = self
            .quoted(&ids, reason, &|mentions| {
                mentions.iter().find(is_it).map(|one| (one.clone(), Strength::Strong))
            })
            .await?;
        links.truncate(NAMING);
        Ok(links)
    }

    /// Links of these entries, each quoting the words around the mention that is chosen.
    async fn quoted(&self, ids: &[i64], reason: &Reason, choose: &Choose<'_>) -> anyhow::Result<Vec<Link>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let said = store::entry::said(self.store.reader(), ids).await?;
        let cards = store::card::heads(self.store.reader(), ids).await?;
        let mut cards: BTreeMap<i64, Card> = cards.into_iter().map(|card| (card.id.0, card)).collect();
        let mut links = Vec::new();
        for one in said {
            let Some((chosen, strength)) = choose(&restore_mentions(&one.mentions)?) else { continue };
            let Some(card) = cards.remove(&one.id).filter(|card| card.status != Status::Withdrawn) else {
                continue;
            };
            let quote = passage::around(&one.body, chosen.start as usize, chosen.end as usize);
            links.push(Link::new(reason.clone(), strength, quote, card));
        }
        Ok(links)
    }
}

/// An entry with what it says of a package.
struct One {
    card: Card,
    group: i64,
    related: Vec<String>,
    says: Judged,
}

impl One {
    fn strength(&self) -> Option<Strength> {
        match self.says {
            Judged::Affected { strength, .. } => Some(strength),
            _ => None,
        }
    }
}

/// One link for each group that says so, unless the package's own ecosystem says otherwise.
fn collapsed(claimed: &Claimed, judged: Vec<One>, exploited: &HashSet<i64>) -> Vec<Link> {
    let mut best: HashMap<i64, Strength> = HashMap::new();
    let mut mended: HashSet<i64> = HashSet::new();
    for one in &judged {
        match &one.says {
            Judged::Affected { strength, .. } => {
                let known = best.entry(one.group).or_insert(*strength);
                *known = (*known).max(*strength);
            }
            Judged::Mended => drop(mended.insert(one.group)),
            Judged::Nothing => {}
        }
    }
    let mut strengths: HashMap<i64, Strength> = HashMap::new();
    let mut verdicts = Vec::new();
    for one in judged {
        let strength = best.get(&one.group).copied();
        let settled = mended.contains(&one.group) && strength != Some(Strength::Strong);
        let Judged::Affected { strength: own, quote } = one.says else { continue };
        if settled {
            continue;
        }
        strengths.insert(one.card.id.0, own);
        let line = line(Section::Wrong, &one.card, quote);
        let place = Strength::Strong as usize - own as usize;
        let said = flaw::Said { line, place, related: one.related };
        verdicts.push((one.group, Verdict::Wrong(Box::new(said))));
    }
    let lines = flaw::merged(verdicts, exploited);
    let link = |line: crate::upgrade::Line| {
        let strength = strengths.get(&line.card.id.0).copied().unwrap_or(Strength::Weak);
        let reason = Reason::Affected {
            product: claimed.name.clone(),
            version: claimed.version.clone(),
            path: claimed.path.clone(),
        };
        let (exploited, others, sources) = (line.exploited, line.others, line.sources);
        Link { exploited, others, sources, ..Link::new(reason, strength, line.quote, line.card) }
    };
    lines.into_iter().map(link).collect()
}

/// Which mention of an entry is meant, and how well it holds.
type Choose<'a> = dyn Fn(&[mention::Mention]) -> Option<(mention::Mention, Strength)> + Sync + 'a;

/// Everything but what was written down here by the house itself.
fn not_of_the_house() -> Query {
    Query::Not(Box::new(Query::Source(source::HOUSE.to_owned())))
}
