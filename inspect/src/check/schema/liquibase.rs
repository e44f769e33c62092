//! Changes of schemas as Liquibase states them, in XML, YAML or JSON: a change's name, and its table soon behind it.

use super::Found;
use super::code::read_sql;
use crate::sql::operation::{Column, Kind, Operation};

/// Changes by their names.
const CHANGES: &[(&str, Kind)] = &[
    ("createTable", Kind::CreateTable),
    ("dropTable", Kind::DropTable),
    ("renameTable", Kind::RenameTable),
    ("addColumn", Kind::AddColumn(Column::BARE)),
    ("dropColumn", Kind::DropColumn),
    ("renameColumn", Kind::RenameColumn),
    ("modifyDataType", Kind::ChangeType),
    ("addNotNullConstraint", Kind::SetNotNull),
    ("dropNotNullConstraint", Kind::DropNotNull),
    ("addForeignKeyConstraint", Kind::AddForeignKey(false)),
    ("addUniqueConstraint", Kind::AddUnique(false)),
    ("addPrimaryKey", Kind::AddPrimaryKey(false)),
    ("createIndex", Kind::CreateIndex(false)),
    ("dropIndex", Kind::DropIndex(false)),
];

/// Lines behind a change's name in which its table is looked for.
const NEAR: usize = 6;

/// Whether a text is a change log.
pub(super) fn is_changelog(text: &str) -> bool {
    text.contains("databaseChangeLog")
}

/// Reads a change log.
pub(super) fn read(text: &str) -> Vec<Found> {
    let lines: Vec<&str> = text.lines().collect();
    let (mut found, mut back) = (Vec::new(), false);
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim_start_matches([' ', '\t', '-', '<', '"', '{']);
        let name = bare.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        // What takes a change back stands within `rollback`.
        if line.contains("<rollback") || line.contains("</rollback") || name == "rollback" {
            back = !line.contains("</rollback") && !line.contains("/>");
        } else if matches!(name, "changeSet") {
            back = false;
        }
        if back {
            continue;
        }
        if let Some((_, kind)) = CHANGES.iter().find(|(change, _)| *change == name) {
            let near = lines.get(at..lines.len().min(at + NEAR)).unwrap_or_default();
            let table = near.iter().find_map(|line| table(line)).unwrap_or_default();
            let operation = Operation { kind: *kind, table: crate::package::shown(table) };
            found.push(Found { line: at + 1, quote: line.trim().to_owned(), operation });
        } else if name == "sql" {
            let text = bare
                .split_once(['>', ':'])
                .map_or("", |(_, rest)| rest)
                .split("</")
                .next()
                .unwrap_or_default();
            found.extend(read_sql(text, at));
        }
    }
    found
}

/// What `tableName` or `baseTableName` says.
fn table(line: &str) -> Option<&str> {
    let lower = line.find("ableName")?;
    let rest = line.get(lower + "ableName".len()..)?.trim_start_matches(['"', '\'', '=', ':', ' ']);
    rest.split(['"', '\'', ' ', ',', '>']).next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::sql::operation::Kind;

    #[test]
    fn changes_are_read_in_either_form_and_the_way_back_is_not() {
        let xml = "<databaseChangeLog>\n<changeSet>\n<modifyDataType tableName=\"relay\" columnName=\"x\"/>\n<rollback>\n\
                   <dropColumn tableName=\"relay\"/>\n</rollback>\n<sql>ALTER TABLE wire ALTER x TYPE text</sql>\n</changeSet>";
        let read_back: Vec<_> =
            read(xml).into_iter().map(|one| (one.line, one.operation.kind, one.operation.table)).collect();
        assert_eq!(
            read_back,
            [(3, Kind::ChangeType, "relay".to_owned()), (7, Kind::ChangeType, "wire".to_owned())]
        );
        let yaml =
            "databaseChangeLog:\n- changeSet:\n    changes:\n    - createIndex:\n        tableName: relay\n";
        assert_eq!((read(yaml)[0].line, read(yaml)[0].operation.table.as_str()), (4, "relay"));
    }
}
