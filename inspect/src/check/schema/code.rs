//! Changes of schemas in code: calls of the frameworks (alembic, Django, Rails, knex, sequelize, Laravel), SQL in texts, and
//! what shell scripts hand to a database's client.
//!
//! A call is told by its name and by the text that it is given; a framework's own code, whose calls are given variables, says
//! nothing. The way back (`downgrade`, `down`) is passed over.

use super::Found;
use super::place::begins_with;
use crate::check::place::Language;
use crate::sql::operation::{Column, Kind, Operation, operations};
use crate::sql::split::statements;
use crate::tokens::{Dialect, Kind as TokenKind, Token, tokens, written};

/// Tokens of the arguments of a call.
const MOST_ARGUMENTS: usize = 300;

/// Names of calls without their signs, lower case; the first that is part of the name is meant.
const CALLS: &[(&str, Kind)] = &[
    ("createtable", Kind::CreateTable),
    ("createmodel", Kind::CreateTable),
    ("addtable", Kind::CreateTable),
    ("droptable", Kind::DropTable),
    ("deletemodel", Kind::DropTable),
    ("renametable", Kind::RenameTable),
    ("renamemodel", Kind::RenameTable),
    ("changecolumnnull", Kind::SetNotNull),
    ("dropnullable", Kind::SetNotNull),
    ("setnullable", Kind::DropNotNull),
    ("addcolumn", Kind::AddColumn(Column::BARE)),
    ("addfield", Kind::AddColumn(Column::BARE)),
    ("dropcolumn", Kind::DropColumn),
    ("removecolumn", Kind::DropColumn),
    ("removefield", Kind::DropColumn),
    ("renamecolumn", Kind::RenameColumn),
    ("renamefield", Kind::RenameColumn),
    ("altercolumn", Kind::Other),
    ("alterfield", Kind::Other),
    ("changecolumn", Kind::ChangeType),
    ("createindex", Kind::CreateIndex(false)),
    ("addindex", Kind::CreateIndex(false)),
    ("dropindex", Kind::DropIndex(false)),
    ("removeindex", Kind::DropIndex(false)),
    ("createforeignkey", Kind::AddForeignKey(false)),
    ("addforeignkey", Kind::AddForeignKey(false)),
    ("uniqueconstraint", Kind::AddUnique(false)),
    ("checkconstraint", Kind::AddCheck(false)),
    ("createprimarykey", Kind::AddPrimaryKey(false)),
    ("addprimarykey", Kind::AddPrimaryKey(false)),
];

/// Reads a file of code.
pub(super) fn read(language: Language, text: &str) -> Vec<Found> {
    if language == Language::Shell {
        return shell(text);
    }
    let dialect = match language {
        Language::Python | Language::Ruby => Dialect::Python,
        _ => Dialect::JavaScript,
    };
    let tokens = tokens(text, dialect);
    let (mut found, mut back, mut table) = (Vec::new(), false, String::new());
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map_or("", |token| token.text);
        let before = at.checked_sub(1).and_then(|at| tokens.get(at)).map_or("", |token| token.text);
        if let Some(way) = way(token, before, next) {
            back = way == Way::Back;
        }
        if back {
            continue;
        }
        match token.kind {
            TokenKind::Text => found.extend(sql(token)),
            TokenKind::Name if next == "(" && !matches!(before, "def" | "class" | "function") => {
                let given = arguments(tokens.get(at + 2..).unwrap_or_default());
                if let Some(named) = batch(token.text, given) {
                    table = named;
                }
                found.extend(call(token, given, &table, dialect == Dialect::Python));
            }
            // Ruby calls without brackets.
            TokenKind::Name if language == Language::Ruby && token.first.is_some() => {
                let rest = tokens.get(at + 1..).unwrap_or_default();
                let end = rest.iter().position(|token| token.first.is_some()).unwrap_or(rest.len());
                let given = rest.get(..end.min(MOST_ARGUMENTS)).unwrap_or_default();
                found.extend(call(token, given, &table, false));
            }
            _ => {}
        }
    }
    found
}

#[derive(PartialEq, Eq)]
enum Way {
    Up,
    Back,
}

/// Where the way up or back begins: `def upgrade():`, `exports.down =`, `async up(`, `public function down()`.
fn way(token: &Token<'_>, before: &str, next: &str) -> Option<Way> {
    let begins = matches!(before, "def" | "function" | "async" | "}" | "{" | "," | ";")
        && matches!(next, "(" | ":" | "=")
        || before == "." && next == "=";
    match token.text {
        "upgrade" | "up" | "change" if begins || before == "def" => Some(Way::Up),
        "downgrade" | "down" if begins || before == "def" => Some(Way::Back),
        _ => None,
    }
}

/// The tokens up to the bracket that closes the call.
fn arguments<'t, 'a>(rest: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let mut depth = 0_usize;
    for (at, token) in rest.iter().take(MOST_ARGUMENTS).enumerate() {
        match (token.kind, token.text) {
            (TokenKind::Sign, "(" | "[" | "{") => depth += 1,
            (TokenKind::Sign, ")" | "]" | "}") if depth == 0 => return rest.get(..at).unwrap_or_default(),
            (TokenKind::Sign, ")" | "]" | "}") => depth -= 1,
            _ => {}
        }
    }
    rest.get(..rest.len().min(MOST_ARGUMENTS)).unwrap_or_default()
}

/// The table whose operations follow: `batch_alter_table("relay")`, `alterTable('relay', …)`, `Schema::table('relay', …)`.
fn batch(name: &str, given: &[Token<'_>]) -> Option<String> {
    let is_batch =
        matches!(name, "batch_alter_table" | "alterTable" | "table" | "change_table" | "alter_table");
    given
        .first()
        .filter(|first| is_batch && first.kind == TokenKind::Text)
        .map(|first| bare(first.text).to_owned())
}

fn call(token: &Token<'_>, given: &[Token<'_>], around: &str, is_python: bool) -> Option<Found> {
    let name: String =
        token.text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let found = |kind, table: String| {
        let of = if given.is_empty() { format!("{around}: ") } else { String::new() };
        let quote =
            format!("{of}{}({})", token.text, written(given.get(..given.len().min(40)).unwrap_or(given)));
        Some(Found { line: token.line as usize, quote, operation: Operation { kind, table } })
    };
    // knex and Laravel change a column's type behind its definition.
    if matches!(token.text, "alter" | "change") && given.is_empty() && !around.is_empty() && !is_python {
        return found(Kind::ChangeType, around.to_owned());
    }
    let (_, kind) = CALLS.iter().find(|(call, _)| name.contains(call))?;
    let texts: Vec<&str> =
        given.iter().filter(|token| token.kind == TokenKind::Text).map(|token| bare(token.text)).collect();
    let symbol = || {
        given.windows(2).find(|two| two.first().is_some_and(|sign| sign.text == ":")).map(|two| two.last())
    };
    let first = texts.first().copied().or_else(|| symbol().flatten().map(|token| token.text))?;
    let says = |wanted: &str, value: &str| {
        given.windows(3).any(|three| {
            matches!(three, [name, _, given] if name.text.trim_matches(['\'', '"']) == wanted && given.text == value)
        })
    };
    let has = |wanted: &str| given.iter().any(|token| token.text.trim_matches(['\'', '"']) == wanted);
    let not_null = says("nullable", "False")
        || says("allowNull", "false")
        || says("null", "false")
        || has("notNullable");
    let default = has("server_default") || has("default") || has("defaultValue") || has("defaultTo");
    let kind = match kind {
        Kind::AddColumn(column) => {
            let refers = has("ForeignKey") || has("references");
            Kind::AddColumn(Column { required: not_null && !default, default, refers, ..*column })
        }
        Kind::Other if has("type_") => Kind::ChangeType,
        Kind::Other if has("new_column_name") => Kind::RenameColumn,
        Kind::Other if says("nullable", "False") => Kind::SetNotNull,
        Kind::CreateIndex(_) => Kind::CreateIndex(
            name.contains("concurrently") || says("postgresql_concurrently", "True") || has("concurrently"),
        ),
        other => *other,
    };
    // alembic names the index or constraint first and the table behind it.
    let is_second = matches!(
        token.text,
        "create_index"
            | "create_foreign_key"
            | "create_unique_constraint"
            | "create_check_constraint"
            | "create_primary_key"
    );
    let table = match (around.is_empty() || !is_python, is_second) {
        (false, _) => around,
        (true, true) => texts.get(1).copied().unwrap_or_default(),
        (true, false) => first,
    };
    found(kind, crate::package::shown(table))
}

/// SQL in one text.
fn sql(token: &Token<'_>) -> Vec<Found> {
    let text = bare(token.text);
    let head: String = text.trim_start().chars().take(40).collect();
    // Statements are written in one case; prose begins with a capital letter.
    let verb = head.split_whitespace().next().unwrap_or_default();
    let is_prose = verb.chars().any(char::is_uppercase) && verb.chars().any(char::is_lowercase);
    let head = if is_prose { String::new() } else { head.to_ascii_uppercase() };
    const STARTS: [&str; 12] = [
        "ALTER TABLE",
        "CREATE INDEX",
        "CREATE UNIQUE INDEX",
        "CREATE TABLE",
        "DROP TABLE",
        "DROP INDEX",
        "TRUNCATE",
        "UPDATE",
        "RENAME TABLE",
        "OPTIMIZE TABLE",
        "DO $",
        "REINDEX",
    ];
    if !STARTS.iter().any(|start| begins_with(&head, start)) {
        return Vec::new();
    }
    read_sql(text, token.line as usize - 1)
}

/// Operations of a text of SQL, whose first line comes after so many lines of the file.
pub(super) fn read_sql(text: &str, lines_before: usize) -> Vec<Found> {
    let mut found = Vec::new();
    for statement in statements(text) {
        let quote = statement.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let quote =
            if statement.text.len() <= 400 { statement.text.replace('\n', " ") } else { quote.to_owned() };
        let quote = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        let read = operations(statement.text).into_iter();
        let one = |operation| Found { line: lines_before + statement.line, quote: quote.clone(), operation };
        found.extend(read.map(one));
    }
    found
}

/// What stands between `<<END` and `END` in a shell script, if it is SQL.
fn shell(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut body: Option<(String, usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut body {
            Some((end, from, gathered)) => {
                if line.trim() == end {
                    found.extend(read_sql(gathered, *from));
                    body = None;
                } else if gathered.len() < 4 << 20 {
                    gathered.push_str(line);
                    gathered.push('\n');
                }
            }
            None => {
                let end = line
                    .split_once("<<")
                    .map(|(_, rest)| rest.trim_start_matches(['-', ' ', '\\', '\'', '"']));
                let end: String = end
                    .unwrap_or_default()
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if !end.is_empty() && !line.trim_start().starts_with('#') {
                    body = Some((end, number + 1, String::new()));
                }
            }
        }
    }
    found
}

fn bare(text: &str) -> &str {
    let from = text.find(['"', '\'', '`']).filter(|at| *at <= 2).unwrap_or_default();
    text.get(from..).unwrap_or_default().trim_matches(['"', '\'', '`'])
}
