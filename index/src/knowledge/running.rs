//! Which entries concern what runs here: their word on affected versions is held against the products of environments.
//!
//! The rule is the one by which a package is linked to its advisories. What was read from a text's words counts only for a
//! product that it calls by its own name, as many a program is called like a word.

use std::collections::HashMap;

use super::Knowledge;
use super::upgrade::{Stated, says_versions};
use crate::entry::{Affected, Kind};
use crate::link::Strength;
use crate::link::affected::{Judged, Subject};
use crate::link::running::{Running, Runs, names};
use crate::store;
use crate::store::entry::Changed;
use crate::version::prose;

/// Products that are told of one entry.
const MOST: usize = 20;

impl Knowledge {
    /// What runs in every environment that is known.
    pub(super) async fn running(&self) -> anyhow::Result<Running> {
        Ok(Running::of(&store::estate::list(self.store.reader()).await?))
    }

    /// What each of these entries affects of what runs here; those that affect nothing are left out.
    pub(super) async fn concerning(
        &self,
        running: &Running,
        said: &[Changed],
    ) -> anyhow::Result<HashMap<i64, Vec<Runs>>> {
        let mut concerned = HashMap::new();
        if running.is_empty() {
            return Ok(concerned);
        }
        let mut look = Look { knowledge: self, running, aliases: HashMap::new(), subjects: HashMap::new() };
        let spoken = [Kind::Release, Kind::Thread].map(Kind::as_str);
        for entry in said.iter().filter(|entry| !spoken.contains(&entry.kind.as_str())) {
            let runs = look.affected(entry).await?;
            if !runs.is_empty() {
                concerned.insert(entry.id, runs);
            }
        }
        Ok(concerned)
    }

    /// The same for entries that are recorded.
    pub(super) async fn concerned(
        &self,
        running: &Running,
        entries: &[i64],
    ) -> anyhow::Result<HashMap<i64, Vec<Runs>>> {
        if running.is_empty() || entries.is_empty() {
            return Ok(HashMap::new());
        }
        let said = store::entry::said(self.store.reader(), entries).await?;
        self.concerning(running, &said).await
    }
}

/// One look at some entries, with what was asked of the record meanwhile.
struct Look<'k> {
    knowledge: &'k Knowledge,
    running: &'k Running,
    aliases: HashMap<String, Vec<String>>,
    subjects: HashMap<usize, Option<Subject<'k>>>,
}

impl Look<'_> {
    async fn affected(&mut self, entry: &Changed) -> anyhow::Result<Vec<Runs>> {
        // A statement of another release states nothing that can be told.
        let said: Stated = serde_json::from_str(&entry.statement).unwrap_or_default();
        let read = !said.affected.iter().any(says_versions);
        let affected = match read {
            true => prose::read(&format!("{}\n{}", entry.title, entry.body), &entry.title),
            false => said.affected,
        };
        let mut runs = Vec::new();
        for place in self.running.called(self.names(&affected).await?.iter()) {
            let Some(subject) = self.subject(place).await? else { continue };
            let Judged::Affected { strength, .. } = subject.judge(&affected, read) else { continue };
            if !read || strength > Strength::Weak {
                runs.extend(self.running.runs(place));
            }
        }
        runs.sort_unstable();
        runs.dedup();
        runs.truncate(MOST);
        Ok(runs)
    }

    /// Every name of what is stated as affected.
    async fn names(&mut self, affected: &[Affected]) -> anyhow::Result<Vec<String>> {
        let mut all = Vec::new();
        for name in affected.iter().flat_map(names) {
            if let Some(known) = self.aliases.get(&name) {
                all.extend_from_slice(known);
                continue;
            }
            let named = self.knowledge.names_of(&name).await?;
            let known: Vec<String> = named.into_iter().map(|named| named.name).collect();
            all.extend_from_slice(&known);
            self.aliases.insert(name, known);
        }
        Ok(all)
    }

    async fn subject(&mut self, place: usize) -> anyhow::Result<Option<&Subject<'_>>> {
        if !self.subjects.contains_key(&place) {
            let subject = match self.running.claimed(place) {
                Some(claimed) => Subject::of(claimed, self.knowledge.product(&claimed.name).await?),
                None => None,
            };
            self.subjects.insert(place, subject);
        }
        Ok(self.subjects.get(&place).and_then(Option::as_ref))
    }
}
