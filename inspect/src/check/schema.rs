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

use std::collections::{BTreeMap, BTreeSet};

use self::place::{Purpose, looks_like_sql, purpose};
use self::runner::Runners;
use super::place::Language;
use super::{Check, Findings, Subject};
use crate::container::attributes::Kind as EntryKind;
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
    blocking: Vec<Finding>,
    more_blocking: u64,
}

/// Blocking statements of a group that are told one by one.
const MOST_BLOCKING: usize = 25;
/// Files of a group that are named, and remembered to find the folder that they share.
const MOST_NAMED: usize = 3;
const MOST_FILES: usize = 2_000;

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
        let (counts, breaking) = (BTreeMap::new(), BTreeMap::new());
        Group {
            files: Vec::new(),
            number: 0,
            setting,
            counts,
            breaking,
            blocking: Vec::new(),
            more_blocking: 0,
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
            _ => "others",
        };
        *self.counts.entry(called).or_default() += 1;
    }

    fn block(&mut self, subject: &Subject<'_>, one: &Found, held: Blocking, engine: Engine, waits: bool) {
        if self.blocking.len() >= MOST_BLOCKING {
            self.more_blocking += 1;
            return;
        }
        let on = match one.operation.table.as_str() {
            "" => String::new(),
            table => format!(" on {table}"),
        };
        let timeout = if engine == Engine::PostgreSql && !waits { "; no lock_timeout is set" } else { "" };
        let detail = format!("{}{on}: lock {}: {}{timeout}", held.rule, held.lock, held.why);
        let finding = subject.finding(CheckId::DbDdlBlocking, detail).at(one.line, &one.quote);
        let sure = if engine == Engine::Any { Confidence::Medium } else { Confidence::High };
        self.blocking.push(finding.sure(sure));
    }

    fn tell(self, place: &Place, found: &mut Findings) {
        let nothing = self.counts.is_empty();
        if nothing {
            return;
        }
        let counts: Vec<String> =
            self.counts.iter().map(|(called, number)| format!("{number} {called}")).collect();
        let what = match place.purpose {
            Purpose::Upgrade => "an upgrade changes the schema",
            _ => "an installation makes the schema on an empty database; no migration",
        };
        let files = if self.number == 1 {
            String::new()
        } else {
            format!("{} files, {}: ", self.number, self.named())
        };
        let mut detail = format!("{files}{what} ({}): {}", place.engine.called(), counts.join(", "));
        if place.purpose == Purpose::Upgrade {
            let blocking = self.blocking.len() as u64 + self.more_blocking;
            if blocking > 0 {
                detail.push_str(&format!("; {blocking} of it block others"));
            }
            if !self.breaking.is_empty() {
                let rules: Vec<String> =
                    self.breaking.iter().map(|(rule, number)| format!("{rule} {number}")).collect();
                detail.push_str(&format!("; breaks what still uses it: {}", rules.join(", ")));
            }
            if place.engine == Engine::MySql {
                detail.push_str(
                    "; each statement commits by itself, so that a failure in between leaves half of it",
                );
            }
        }
        found.add(Finding::new(CheckId::DbDdl, self.folder(), detail).state(self.setting));
        let more = self.more_blocking;
        let folder = self.folder();
        for finding in self.blocking {
            found.add(finding);
        }
        if more > 0 {
            let detail = format!("{more} statements more block others in the same files");
            found.add(Finding::new(CheckId::DbDdlBlocking, folder, detail).state(self.setting));
        }
    }

    /// The first files by their own names.
    fn named(&self) -> String {
        let names: Vec<&str> =
            self.files.iter().take(MOST_NAMED).map(|path| path.rsplit('/').next().unwrap_or(path)).collect();
        let more = if self.number > MOST_NAMED as u64 { ", …" } else { "" };
        format!("{}{more}", names.join(", "))
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
