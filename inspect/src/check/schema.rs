//! Changes of database schemas: what an upgrade does to tables that are in use, which of it holds a lock while tables are
//! read or written anew, and whether two upgrades can run at once.
//!
//! An installation that fills an empty database is told as one and blocks nobody. Many files of migrations are one line
//! with their counts, and the blocking statements one each, up to a bound. How large a table is, is not known here.

mod code;
mod liquibase;
mod place;
mod runner;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sha2::{Digest as _, Sha256};

use self::place::{Purpose, looks_like_sql, purpose};
use self::runner::Runners;
use super::place::Language;
use super::{Check, Findings, Subject};
use crate::container::attributes::Kind as EntryKind;
use crate::finding::object::Object;
use crate::finding::{Activation, CheckId, Confidence, Finding};
use crate::sql::engine::Engine;
use crate::sql::lock::{Blocking, blocking, breaking};
use crate::sql::operation::{Kind, Operation};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    groups: BTreeMap<Place, Group>,
    runners: Runners,
}

/// One operation, where it stands.
#[derive(Debug)]
struct Found {
    line: usize,
    quote: String,
    operation: Operation,
}

/// Files that are told together: those of one archive, for one engine and purpose.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    archive: String,
    engine: Engine,
    purpose: Purpose,
    acts: bool,
}

/// What the files of one place do.
#[derive(Debug)]
struct Group {
    files: Vec<String>,
    number: u64,
    setting: Activation,
    /// How often each sort of operation was met.
    counts: BTreeMap<&'static str, u64>,
    breaking: BTreeMap<&'static str, u64>,
    /// Statements that block, in all; those of one rule and file are told together.
    blocking: u64,
    held: Vec<Held>,
    /// Texts that were read already: packages bring the same file at two places.
    seen: HashSet<[u8; 32]>,
    copies: u64,
}

/// Statements of one file that fall under one rule.
#[derive(Debug)]
struct Held {
    rule: &'static str,
    finding: Finding,
    /// The next ones, as they stand.
    also: Vec<String>,
    more: u64,
}

/// Files and rules of a group whose blocking statements are told.
const MOST_HELD: usize = 25;
/// Further statements of the same file and rule that are quoted, and letters of each.
const MOST_ALSO: usize = 4;
/// Tables that one finding is about.
const MOST_TABLES: usize = 100;
const LONGEST_ALSO: usize = 90;
/// Files of a group that are named, and remembered to find the folder that they share.
const MOST_NAMED: usize = 3;
const MOST_FILES: usize = 2_000;
const MOST_FOLDERS: usize = 4;

impl Check for Schemas {
    fn member(&mut self, subject: &Subject<'_>, _: &mut Findings) {
        if subject.attributes.kind != EntryKind::File || subject.lines_before > 0 {
            return;
        }
        let Some(text) = subject.text.as_deref() else { return };
        if let Some(language) = subject.language.filter(|_| subject.setting.acts()) {
            self.runners.look(subject.path, language, text);
        }
        let said = purpose(subject.path);
        let found = match said {
            Purpose::Back => return,
            _ => read(subject, text, said),
        };
        if !found.is_empty() {
            self.take(subject, text, said, &found);
        }
    }

    fn end(&mut self, found: &mut Findings) {
        for (place, group) in std::mem::take(&mut self.groups) {
            group.tell(&place, found);
        }
        for (path, line, quote) in std::mem::take(&mut self.runners).finish() {
            let detail = "runs migrations and writes down which, without a lock: two that start at once run the same ones";
            let finding = Finding::new(CheckId::DbMigrationLock, path, detail).at(line, &quote);
            found.add(finding.sure(Confidence::Medium));
        }
    }
}

/// Reads one file by what it is written in.
fn read(subject: &Subject<'_>, text: &str, said: Purpose) -> Vec<Found> {
    let own = subject.name.rsplit('/').next().unwrap_or(subject.name).to_ascii_lowercase();
    let is_sql = subject.language == Some(Language::Sql)
        || own.ends_with(".ddl")
        || subject.language.is_none() && said != Purpose::Unsaid && looks_like_sql(text);
    let is_log = matches!(own.rsplit('.').next(), Some("xml" | "yml" | "yaml" | "json"))
        && liquibase::is_changelog(text);
    match subject.language {
        _ if is_sql => code::read_sql(text, 0),
        _ if is_log => liquibase::read(text),
        Some(language) if said == Purpose::Upgrade => code::read(language, text),
        _ => Vec::new(),
    }
}

impl Schemas {
    fn take(&mut self, subject: &Subject<'_>, text: &str, said: Purpose, found: &[Found]) {
        let engine = Engine::of(
            subject.path,
            if subject.language == Some(Language::Sql) || subject.language.is_none() { text } else { "" },
        );
        let made: BTreeSet<String> = found
            .iter()
            .filter(|one| one.operation.kind == Kind::CreateTable)
            .map(|one| one.operation.table.to_lowercase())
            .collect();
        let is_new = |one: &Found| made.contains(&one.operation.table.to_lowercase());
        // What changes tables that it did not make is no installation, whatever its folder is called.
        let changes = |one: &Found| {
            !is_new(one)
                && !matches!(
                    one.operation.kind,
                    Kind::CreateTable
                        | Kind::DropTable
                        | Kind::Other
                        | Kind::Begin
                        | Kind::Commit
                        | Kind::CreateIndex(_)
                        | Kind::Backfill
                        | Kind::DropIndex(_)
                        | Kind::LockTable
                )
        };
        let purpose = match said {
            Purpose::Unsaid if found.iter().any(changes) => Purpose::Upgrade,
            Purpose::Unsaid => Purpose::Install,
            said => said,
        };
        let archive = subject.path.strip_suffix(subject.name).unwrap_or_default().to_owned();
        let place = Place { archive, engine, purpose, acts: subject.setting.acts() };
        let group = self.groups.entry(place).or_insert_with(|| Group::new(subject.setting));
        group.file(subject.path);
        if !group.seen.insert(Sha256::digest(subject.bytes).into()) {
            group.copies += 1;
            return;
        }
        let waits = text.to_ascii_lowercase().contains("lock_timeout");
        let in_transaction = found.iter().any(|one| one.operation.kind == Kind::Begin);
        for one in found {
            group.count(one.operation.kind);
            if purpose != Purpose::Upgrade || is_new(one) {
                continue;
            }
            if let Some(rule) = breaking(one.operation.kind) {
                *group.breaking.entry(rule).or_default() += 1;
            }
            let held = blocking(one.operation.kind, engine)
                .or_else(|| in_a_transaction(one.operation.kind, engine, in_transaction));
            if let Some(held) = held {
                group.block(subject, one, held, engine, waits);
            }
        }
    }
}

/// An index that is built beside a table's use cannot be, within a transaction.
fn in_a_transaction(kind: Kind, engine: Engine, within: bool) -> Option<Blocking> {
    let fails = within && engine == Engine::PostgreSql && kind == Kind::CreateIndex(true);
    fails.then_some(Blocking {
        rule: "ban-concurrent-index-creation-in-transaction",
        lock: "none",
        why: "CONCURRENTLY fails within a transaction",
    })
}

impl Group {
    fn new(setting: Activation) -> Group {
        Group {
            files: Vec::new(),
            number: 0,
            setting,
            counts: BTreeMap::new(),
            breaking: BTreeMap::new(),
            blocking: 0,
            held: Vec::new(),
            seen: HashSet::new(),
            copies: 0,
        }
    }

    fn file(&mut self, path: &str) {
        self.number += 1;
        if self.files.len() < MOST_FILES {
            self.files.push(path.to_owned());
        }
    }

    fn count(&mut self, kind: Kind) {
        let called = match kind {
            Kind::CreateTable => "tables made",
            Kind::DropTable => "tables removed",
            Kind::RenameTable => "tables renamed",
            Kind::AddColumn(_) => "columns added",
            Kind::DropColumn => "columns removed",
            Kind::RenameColumn => "columns renamed",
            Kind::ChangeType | Kind::SetNotNull | Kind::DropNotNull => "columns changed",
            Kind::AddForeignKey(_)
            | Kind::AddCheck(_)
            | Kind::AddUnique(_)
            | Kind::AddPrimaryKey(_)
            | Kind::DropPrimaryKey => "constraints changed",
            Kind::CreateIndex(_) | Kind::CreateFullText => "indexes made",
            Kind::DropIndex(_) => "indexes removed",
            Kind::Backfill => "tables filled without a condition",
            Kind::Begin | Kind::Commit => return,
            _ => "other changes",
        };
        *self.counts.entry(called).or_default() += 1;
    }

    fn block(&mut self, subject: &Subject<'_>, one: &Found, held: Blocking, engine: Engine, waits: bool) {
        self.blocking += 1;
        let named = match engine {
            Engine::PostgreSql => Some("postgresql"),
            Engine::MySql => Some("mysql"),
            Engine::Sqlite => Some("sqlite"),
            Engine::Oracle => Some("oracle"),
            Engine::Any => None,
        };
        let table = Object::Table {
            name: one.operation.table.to_lowercase(),
            engine: named.map(str::to_owned),
            bounded: waits,
        };
        let is_named = !one.operation.table.is_empty();
        let same = |other: &&mut Held| other.rule == held.rule && other.finding.path == subject.path;
        if let Some(known) = self.held.iter_mut().rev().find(same) {
            let short: String = one.quote.chars().take(LONGEST_ALSO).collect();
            if known.also.len() < MOST_ALSO && !known.also.contains(&short) {
                known.also.push(crate::package::shown(&short));
            } else {
                known.more += 1;
            }
            if is_named
                && known.finding.objects.len() < MOST_TABLES
                && !known.finding.objects.contains(&table)
            {
                known.finding.objects.push(table);
            }
            return;
        }
        if self.held.len() >= MOST_HELD {
            return;
        }
        let on = match one.operation.table.as_str() {
            "" => String::new(),
            table => format!(" on {table}"),
        };
        let timeout = if engine == Engine::PostgreSql && !waits { "; no lock_timeout is set" } else { "" };
        let detail = format!("{}{on}: lock {}: {}{timeout}", held.rule, held.lock, held.why);
        // What states a column anew may leave its type as it was.
        let is_sure = match engine {
            Engine::Any => false,
            Engine::MySql | Engine::Oracle => one.operation.kind != Kind::ChangeType,
            _ => true,
        };
        let sure = if is_sure { Confidence::High } else { Confidence::Medium };
        let finding = subject.finding(CheckId::DbDdlBlocking, detail).at(one.line, &one.quote).sure(sure);
        let finding = if is_named { finding.about(table) } else { finding };
        self.held.push(Held { rule: held.rule, finding, also: Vec::new(), more: 0 });
    }

    fn tell(self, place: &Place, found: &mut Findings) {
        if self.counts.is_empty() {
            return;
        }
        found.add(Finding::new(CheckId::DbDdl, self.folder(), self.summary(place)).state(self.setting));
        let told: u64 = self.held.iter().map(|held| 1 + held.also.len() as u64 + held.more).sum();
        let (more, folder, setting) = (self.blocking.saturating_sub(told), self.folder(), self.setting);
        for Held { finding, also, more, .. } in self.held {
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let also =
                if also.is_empty() { String::new() } else { format!("; so does {}{more}", also.join(" | ")) };
            found.add(Finding { detail: format!("{}{also}", finding.detail), ..finding });
        }
        if more > 0 {
            let detail = format!("{more} statements more block others in the same files");
            found.add(Finding::new(CheckId::DbDdlBlocking, folder, detail).state(setting));
        }
    }

    /// What all files of the group do together.
    fn summary(&self, place: &Place) -> String {
        let counts: Vec<String> =
            self.counts.iter().map(|(called, number)| format!("{called} {number}")).collect();
        let what = match place.purpose {
            Purpose::Upgrade => "an upgrade changes the schema",
            _ => "an installation makes the schema on an empty database; no migration",
        };
        let mut said = format!("{}{what} ({}): {}", self.named(), place.engine.called(), counts.join(", "));
        if self.copies > 0 {
            said.push_str(&format!("; {} of the files are copies of others", self.copies));
        }
        if place.purpose != Purpose::Upgrade {
            return said;
        }
        if self.blocking > 0 {
            said.push_str(&format!("; statements that block others: {}", self.blocking));
        }
        if !self.breaking.is_empty() {
            let rules: Vec<String> =
                self.breaking.iter().map(|(rule, number)| format!("{rule} {number}")).collect();
            said.push_str(&format!("; also {}", rules.join(", ")));
        }
        if place.engine == Engine::MySql {
            said.push_str("; each statement commits by itself, so a failure in between leaves half of it");
        }
        said
    }

    /// How many files, the first ones by their own names, and where they lie.
    fn named(&self) -> String {
        if self.number == 1 {
            return String::new();
        }
        let names: Vec<&str> =
            self.files.iter().take(MOST_NAMED).map(|path| path.rsplit('/').next().unwrap_or(path)).collect();
        let more = if self.number > MOST_NAMED as u64 { ", …" } else { "" };
        let mut folders: Vec<String> = Vec::new();
        for path in &self.files {
            let mut parts = path.rsplit('/').skip(1);
            let (own, above) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let folder = format!("{above}/{own}");
            if folders.len() <= MOST_FOLDERS && !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        let beyond = if folders.len() > MOST_FOLDERS { ", …" } else { "" };
        folders.truncate(MOST_FOLDERS);
        let within =
            if folders.len() > 1 { format!(" in {}{beyond}", folders.join(", ")) } else { String::new() };
        format!("{} files ({}{more}){within}: ", self.number, names.join(", "))
    }

    /// The one file, or the folder that all share.
    fn folder(&self) -> String {
        let Some(first) = self.files.first() else { return String::new() };
        if self.files.len() == 1 {
            return first.clone();
        }
        let mut shared: Vec<&str> = first.split('/').collect();
        shared.pop();
        for path in &self.files {
            let same = shared.iter().zip(path.split('/')).take_while(|(one, other)| **one == *other).count();
            shared.truncate(same);
        }
        shared.join("/")
    }
}
