//! What `ALTER TABLE` does, one operation an action.

use super::{Column, Kind, Line, Operation};
use crate::sql::words::{Kind as WordKind, Word};

/// Actions of one statement that are read.
const MOST: usize = 500;

/// Reads the actions behind the table's name, which stands at `at`.
pub(super) fn altered(line: &Line<'_>, at: usize) -> Vec<Operation> {
    let at = line.after_if(at);
    let table = line.name(at);
    // The name and its schema, and the star of PostgreSQL.
    let mut from = at + 1;
    while line.word(from) == "." {
        from += 2;
    }
    from += usize::from(line.word(from) == "*");
    let actions = line.0.get(from..).unwrap_or_default();
    let mut found: Vec<Operation> = Vec::new();
    for action in parts(actions).into_iter().take(MOST) {
        let kinds = read(&Line(action));
        found.extend(kinds.into_iter().map(|kind| Operation { kind, table: table.clone() }));
    }
    found
}

/// Parts between commas outside of brackets.
fn parts(words: &[Word]) -> Vec<&[Word]> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_usize, 0);
    for (at, word) in words.iter().enumerate() {
        match (word.kind, word.text.as_str()) {
            (WordKind::Sign, "(") => depth += 1,
            (WordKind::Sign, ")") => depth = depth.saturating_sub(1),
            (WordKind::Sign, ",") if depth == 0 => {
                parts.push(words.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(words.get(from..).unwrap_or_default());
    parts
}

fn read(line: &Line<'_>) -> Vec<Kind> {
    let (first, second) = (line.word(0), line.word(1));
    let one = match (first, second) {
        ("ADD", _) => return added(line),
        ("DROP", "CONSTRAINT" | "FOREIGN" | "CHECK" | "PARTITION") => Kind::Other,
        ("DROP", "INDEX" | "KEY") => Kind::DropIndex(false),
        ("DROP", "PRIMARY") => Kind::DropPrimaryKey,
        ("DROP", _) => Kind::DropColumn,
        ("ALTER", _) => match column_change(line) {
            Some(kind) => kind,
            None => return Vec::new(),
        },
        // MySQL and Oracle state the whole column anew; whether its type differs is not known here.
        ("MODIFY" | "CHANGE", _) => Kind::ChangeType,
        ("RENAME", "COLUMN") => Kind::RenameColumn,
        ("RENAME", "INDEX" | "KEY" | "CONSTRAINT") => Kind::Other,
        ("RENAME", "TO" | "AS" | "=") => Kind::RenameTable,
        ("RENAME", _) if line.word(2) == "TO" => Kind::RenameColumn,
        ("RENAME", _) => Kind::RenameTable,
        ("CONVERT", "TO") => Kind::Convert,
        ("ENGINE", _) | ("TYPE", "=") => Kind::ChangeEngine,
        ("ALGORITHM", _) if line.find(&["COPY"], 4).is_some() => Kind::Asked("ALGORITHM=COPY"),
        ("LOCK", _) if line.find(&["SHARED"], 4).is_some() => Kind::Asked("LOCK=SHARED"),
        ("LOCK", _) if line.find(&["EXCLUSIVE"], 4).is_some() => Kind::Asked("LOCK=EXCLUSIVE"),
        ("ALGORITHM" | "LOCK", _) => return Vec::new(),
        ("DETACH", "PARTITION") => Kind::DetachPartition(line.find(&["CONCURRENTLY"], 8).is_some()),
        ("FORCE", "") => Kind::Rebuild("FORCE"),
        _ => Kind::Other,
    };
    vec![one]
}

fn added(line: &Line<'_>) -> Vec<Kind> {
    let mut at = 1;
    let length = line.0.len();
    if line.word(at) == "CONSTRAINT" {
        // `ADD CONSTRAINT name what`, or without a name.
        at += if matches!(line.word(2), "FOREIGN" | "PRIMARY" | "UNIQUE" | "CHECK") { 1 } else { 2 };
    }
    let unchecked = line.find(&["VALID", "NOVALIDATE"], length).is_some();
    let by_index = line.find(&["USING"], length).is_some_and(|at| line.word(at + 1) == "INDEX");
    let kind = match line.word(at) {
        "FOREIGN" => Kind::AddForeignKey(unchecked),
        "CHECK" => Kind::AddCheck(unchecked),
        "UNIQUE" => Kind::AddUnique(by_index),
        "PRIMARY" => Kind::AddPrimaryKey(by_index),
        "FULLTEXT" | "SPATIAL" => Kind::CreateFullText,
        "INDEX" | "KEY" => Kind::CreateIndex(false),
        "PARTITION" | "PERIOD" | "EXCLUDE" => Kind::Other,
        // Oracle and MySQL add several columns in brackets.
        "(" => {
            let inner = line.0.get(at + 1..length.saturating_sub(1)).unwrap_or_default();
            return parts(inner).into_iter().map(|part| Kind::AddColumn(column(&Line(part)))).collect();
        }
        _ => Kind::AddColumn(column(line)),
    };
    vec![kind]
}

/// What the definition of a column says.
fn column(line: &Line<'_>) -> Column {
    let length = line.0.len();
    let default = line.find(&["DEFAULT"], length);
    let volatile = default.is_some_and(|at| is_volatile(line, at + 1))
        || line.find(&["SERIAL", "BIGSERIAL", "SMALLSERIAL", "AUTO_INCREMENT", "IDENTITY"], length).is_some();
    let not_null = (0..length).any(|at| line.word(at) == "NOT" && line.word(at + 1) == "NULL");
    Column {
        required: not_null && default.is_none() && !volatile,
        default: default.is_some(),
        volatile,
        unique: line.find(&["UNIQUE", "PRIMARY"], length).is_some(),
        refers: line.find(&["REFERENCES"], length).is_some(),
    }
}

/// Whether a default differs from row to row. `now()` does not: it is the time of the transaction.
fn is_volatile(line: &Line<'_>, at: usize) -> bool {
    let functions = [
        "RANDOM",
        "GEN_RANDOM_UUID",
        "UUID_GENERATE_V4",
        "UUID_GENERATE_V1",
        "NEXTVAL",
        "CLOCK_TIMESTAMP",
        "TIMEOFDAY",
        "UUID",
        "RAND",
        "SYS_GUID",
        "NEWID",
    ];
    (at..(at + 4).min(line.0.len())).any(|at| functions.contains(&line.word(at)))
}

/// `ALTER [COLUMN] name what`.
fn column_change(line: &Line<'_>) -> Option<Kind> {
    let at = 1 + usize::from(line.word(1) == "COLUMN") + 1;
    if matches!(line.word(1), "INDEX" | "CONSTRAINT" | "CHECK") {
        return Some(Kind::Other);
    }
    Some(match (line.word(at), line.word(at + 1), line.word(at + 2)) {
        ("TYPE", ..) | ("SET", "DATA", "TYPE") => Kind::ChangeType,
        ("SET", "NOT", "NULL") => Kind::SetNotNull,
        ("DROP", "NOT", "NULL") => Kind::DropNotNull,
        ("SET" | "DROP", "DEFAULT", _) => return None,
        ("SET" | "DROP" | "ADD" | "RESET", ..) => Kind::Other,
        // SQL Server states the type behind the name.
        _ => Kind::ChangeType,
    })
}
