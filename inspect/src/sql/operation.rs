//! A statement read into operations on a schema.

mod table;

use super::words::{Kind as WordKind, Word, words};

/// One operation on a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What is done.
    pub kind: Kind,
    /// The table that it is done to, without the quotes; empty where there is none, or it is not known.
    pub table: String,
}

/// What is done to a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A table is made.
    CreateTable,
    /// A table is removed.
    DropTable,
    /// A table is called otherwise.
    RenameTable,
    /// A column is added.
    AddColumn(Column),
    /// A column is removed.
    DropColumn,
    /// A column is called otherwise.
    RenameColumn,
    /// A column's type is changed.
    ChangeType,
    /// A column may not be empty any more.
    SetNotNull,
    /// A column may be empty.
    DropNotNull,
    /// A foreign key is added; `true` if its rows are not checked yet.
    AddForeignKey(bool),
    /// A check is added; `true` if its rows are not checked yet.
    AddCheck(bool),
    /// A unique constraint is added; `true` if its index is there already.
    AddUnique(bool),
    /// A primary key is added; `true` if its index is there already.
    AddPrimaryKey(bool),
    /// A primary key is removed.
    DropPrimaryKey,
    /// An index is made; `true` if the table can be written meanwhile, as is asked for.
    CreateIndex(bool),
    /// An index for full texts or places is made.
    CreateFullText,
    /// An index is removed; `true` if the table can be written meanwhile, as is asked for.
    DropIndex(bool),
    /// A table is converted to another character set.
    Convert,
    /// A table gets another storage engine.
    ChangeEngine,
    /// A table or its indexes are written anew: by which command.
    Rebuild(&'static str),
    /// A table is emptied; `true` with what refers to it.
    Truncate(bool),
    /// A partition is taken off; `true` if the table can be used meanwhile.
    DetachPartition(bool),
    /// A table is locked by its own statement.
    LockTable,
    /// The statement asks for a copy of the table, or for a lock: how.
    Asked(&'static str),
    /// Every row is changed or removed: no condition.
    Backfill,
    /// A transaction begins.
    Begin,
    /// A transaction ends.
    Commit,
    /// Another change of a schema: views, functions, triggers, sequences, rights, comments.
    Other,
}

/// What a new column brings along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// It may not be empty, and has no default.
    pub required: bool,
    /// It has a default.
    pub default: bool,
    /// Its value differs from row to row: a sequence, a random value.
    pub volatile: bool,
    /// It is unique.
    pub unique: bool,
    /// It refers to another table.
    pub refers: bool,
}

impl Column {
    /// One that brings nothing along.
    pub const BARE: Self =
        Self { required: false, default: false, volatile: false, unique: false, refers: false };
}

/// Statements within a statement (`DO $$ … $$`, a text that is executed) that are opened.
const DEEPEST: u8 = 2;

/// Reads a statement. What changes no schema gives nothing.
#[must_use]
pub fn operations(statement: &str) -> Vec<Operation> {
    read(statement, DEEPEST)
}

fn read(statement: &str, deep: u8) -> Vec<Operation> {
    let words = words(statement);
    let line = Line(&words);
    let one = |kind, table: String| vec![Operation { kind, table }];
    match (line.word(0), line.word(1)) {
        ("ALTER", _) => match line.find(&["TABLE"], 4) {
            Some(at) => table::altered(&line, at + 1),
            None if line.find(&["INDEX", "SYSTEM", "SESSION", "USER", "ROLE"], 3).is_some() => Vec::new(),
            None => one(Kind::Other, String::new()),
        },
        ("CREATE", _) => created(&line, statement, deep),
        ("DROP", "TABLE") => one(Kind::DropTable, line.name(line.after_if(2))),
        ("DROP", "INDEX") => {
            let online = line.find(&["CONCURRENTLY", "ONLINE"], 6).is_some();
            let on = line.find(&["ON"], 12).map(|at| line.name(at + 1)).unwrap_or_default();
            one(Kind::DropIndex(online), on)
        }
        ("DROP", what) if !matches!(what, "DATABASE" | "USER" | "ROLE" | "PREPARE") => {
            one(Kind::Other, String::new())
        }
        ("TRUNCATE" | "RENAME" | "REINDEX" | "CLUSTER" | "VACUUM" | "OPTIMIZE" | "LOCK", _) => kept_up(&line),
        ("UPDATE", _)
            if line.find(&["WHERE"], words.len()).is_none() && line.find(&["SET"], 12).is_some() =>
        {
            one(Kind::Backfill, line.name(1))
        }
        ("DELETE", "FROM") if line.find(&["WHERE"], words.len()).is_none() => {
            one(Kind::Backfill, line.name(2))
        }
        ("BEGIN" | "START", "" | "TRANSACTION" | "WORK" | "IMMEDIATE" | "EXCLUSIVE") => {
            one(Kind::Begin, String::new())
        }
        ("COMMIT" | "ROLLBACK", _) | ("END", "") => one(Kind::Commit, String::new()),
        ("DO", _) | ("EXECUTE" | "SET" | "PREPARE", _) => within(&words, deep),
        // Bodies of procedures that stand without a delimiter.
        ("BEGIN" | "IF" | "ELSE" | "THEN" | "DECLARE" | "LOOP", _) => {
            match line.find(&["ALTER", "CREATE", "DROP"], 60) {
                Some(at) if deep > 0 => read(&joined(words.get(at..).unwrap_or_default()), deep - 1),
                _ => within(&words, deep),
            }
        }
        _ => Vec::new(),
    }
}

/// Statements that empty, rename, rebuild or lock a whole table.
fn kept_up(line: &Line<'_>) -> Vec<Operation> {
    let one = |kind, table: String| vec![Operation { kind, table }];
    match (line.word(0), line.word(1)) {
        ("TRUNCATE", next) => one(
            Kind::Truncate(line.find(&["CASCADE"], 60).is_some()),
            line.name(1 + usize::from(next == "TABLE")),
        ),
        ("RENAME", "TABLE") => one(Kind::RenameTable, line.name(line.after_if(2))),
        ("REINDEX", _) if line.find(&["CONCURRENTLY"], 8).is_none() => {
            one(Kind::Rebuild("REINDEX"), line.last_name())
        }
        ("CLUSTER", _) => one(Kind::Rebuild("CLUSTER"), line.name(1)),
        ("VACUUM", _) if line.find(&["FULL"], 6).is_some() => {
            one(Kind::Rebuild("VACUUM FULL"), line.last_name())
        }
        ("OPTIMIZE", _) => {
            one(Kind::Rebuild("OPTIMIZE TABLE"), line.name(line.find(&["TABLE"], 4).unwrap_or(1) + 1))
        }
        ("LOCK", "TABLE" | "TABLES") => one(Kind::LockTable, line.name(2)),
        _ => Vec::new(),
    }
}

fn created(line: &Line<'_>, statement: &str, deep: u8) -> Vec<Operation> {
    let what = ["TABLE", "INDEX", "FUNCTION", "PROCEDURE", "TRIGGER", "DATABASE", "USER", "ROLE", "VIEW"];
    let Some(at) = line.find(&what, 7) else {
        return vec![Operation { kind: Kind::Other, table: String::new() }];
    };
    let one = |kind, table: String| vec![Operation { kind, table }];
    match line.word(at) {
        // A table for the time of a session is nobody else's.
        "TABLE" if line.find(&["TEMP", "TEMPORARY"], at).is_some() => Vec::new(),
        "TABLE" => one(Kind::CreateTable, line.name(line.after_if(at + 1))),
        "INDEX" => {
            let online = line.find(&["CONCURRENTLY", "ONLINE"], line.0.len().min(200)).is_some();
            let table = line
                .find(&["ON"], at + 12)
                .map_or(String::new(), |on| line.name(on + 1 + usize::from(line.word(on + 1) == "ONLY")));
            let full = line.find(&["FULLTEXT", "SPATIAL"], at).is_some();
            one(if full { Kind::CreateFullText } else { Kind::CreateIndex(online) }, table)
        }
        "DATABASE" | "USER" | "ROLE" => Vec::new(),
        // What a function does, it does when it is called; that it changes schemas is worth reading all the same.
        "FUNCTION" | "PROCEDURE" if deep > 0 => {
            let mut found = one(Kind::Other, String::new());
            let body = statement.to_ascii_uppercase().find("BEGIN").and_then(|at| statement.get(at..));
            for part in super::split::statements(body.unwrap_or_default()) {
                found.extend(
                    read(part.text, deep - 1)
                        .into_iter()
                        .filter(|one| one.kind > Kind::CreateTable && one.kind < Kind::Begin),
                );
            }
            found
        }
        _ => one(Kind::Other, String::new()),
    }
}

/// Statements within the texts of a statement: bodies in dollars, and texts that are put together and executed.
fn within(words: &[Word], deep: u8) -> Vec<Operation> {
    let mut found = Vec::new();
    if deep == 0 {
        return found;
    }
    let texts: Vec<&str> =
        words.iter().filter(|word| word.kind == WordKind::Text).map(|word| bare(&word.text)).collect();
    let glued = texts.join(" ? ");
    let is_body = texts.first().is_some_and(|text| text.contains(';'));
    if is_body {
        for text in texts {
            for part in super::split::statements(text) {
                found.extend(read(part.text, deep - 1));
            }
        }
    } else {
        found.extend(read(&glued, deep - 1));
    }
    found
}

/// A text without its quotes or dollars.
fn bare(text: &str) -> &str {
    if let Some(tag) = super::words::dollar(text.as_bytes()).map(<[u8]>::len) {
        return text.get(tag..text.len().saturating_sub(tag)).unwrap_or_default();
    }
    text.trim_matches('\'')
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The words of a statement, asked by their places.
struct Line<'a>(&'a [Word]);

impl Line<'_> {
    /// The word in upper case; empty for texts, quoted names and behind the end.
    fn word(&self, at: usize) -> &str {
        self.0.get(at).map_or("", |word| word.upper.as_str())
    }

    /// Where the first of some words stands among the first `most`.
    fn find(&self, wanted: &[&str], most: usize) -> Option<usize> {
        self.0.iter().take(most).position(|word| wanted.contains(&word.upper.as_str()))
    }

    /// The place behind `IF NOT EXISTS`, `IF EXISTS`, `ONLY`.
    fn after_if(&self, at: usize) -> usize {
        let mut at = at;
        while matches!(self.word(at), "IF" | "NOT" | "EXISTS" | "ONLY") {
            at += 1;
        }
        at
    }

    /// The name at a place, with its schema.
    fn name(&self, at: usize) -> String {
        let part = |at: usize| {
            let word = self.0.get(at).filter(|word| matches!(word.kind, WordKind::Word | WordKind::Name))?;
            Some(word.text.clone())
        };
        let Some(mut name) = part(at) else { return String::new() };
        let mut at = at;
        while self.word(at + 1) == "."
            && let Some(next) = part(at + 2)
        {
            name = format!("{name}.{next}");
            at += 2;
        }
        crate::package::shown(&name)
    }

    fn last_name(&self) -> String {
        self.name(self.0.len().saturating_sub(1))
    }
}
