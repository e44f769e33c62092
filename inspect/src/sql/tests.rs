//! Statements of many dialects, split, read and judged.

use super::engine::Engine::{self, MySql, Oracle, PostgreSql};
use super::lock::blocking;
use super::operation::{Kind, operations};
use super::split::statements;

fn split(text: &str, expected: &[(&str, usize)]) {
    let found: Vec<(&str, usize)> = statements(text).iter().map(|one| (one.text, one.line)).collect();
    assert_eq!(found, expected);
}

#[test]
fn statements_end_where_their_client_ends_them() {
    split("-- a;\nSELECT 1; /* ; */ SELECT ';'\n;", &[("SELECT 1", 2), ("SELECT ';'", 2)]);
    split(
        "DELIMITER //\nCREATE TRIGGER a BEGIN b; END //\nDELIMITER ;\nSELECT 1;",
        &[("CREATE TRIGGER a BEGIN b; END", 2), ("SELECT 1", 4)],
    );
    split("COPY a FROM stdin;\n1;2\n\\.\nSELECT 1;\n", &[("COPY a FROM stdin", 1), ("SELECT 1", 4)]);
    split(
        "DO $x$ BEGIN a; END $x$;\n\\connect y\nSELECT 1",
        &[("DO $x$ BEGIN a; END $x$", 1), ("SELECT 1", 3)],
    );
    split("CREATE TABLE a (b int)\n/\nSELECT 1\nGO\n", &[("CREATE TABLE a (b int)", 1), ("SELECT 1", 3)]);
}

#[test]
fn hostile_texts_are_cut_and_bounded() {
    split("'never closed; x", &[("'never closed; x", 1)]);
    split("$a$ never closed; x", &[("$a$ never closed; x", 1)]);
    split("/* never closed", &[]);
    let long = format!("INSERT INTO a VALUES ('{}')", "é".repeat(100_000));
    let found = statements(&long);
    assert_eq!((found.len(), found[0].whole), (1, false));
    assert!(operations(&"ALTER TABLE a ADD (".repeat(5_000)).len() < 10_000);
    assert!(operations("ALTER TABLE").is_empty() || operations("ALTER").len() < 2);
}

/// The rules that block, in the order of the actions, for a table that was there before.
fn check(engine: Engine, text: &str, expected: &[&str]) {
    let rules: Vec<&str> = operations(text)
        .into_iter()
        .filter_map(|operation| blocking(operation.kind, engine))
        .map(|blocking| blocking.rule)
        .collect();
    assert_eq!(rules, expected, "{text}");
}

#[test]
fn postgresql() {
    check(PostgreSql, "ALTER TABLE relay ALTER COLUMN hops TYPE bigint", &["changing-column-type"]);
    check(PostgreSql, "ALTER TABLE Relay ALTER Hops TYPE BIGINT", &["changing-column-type"]);
    check(
        PostgreSql,
        "ALTER TABLE ONLY a.relay ADD COLUMN x int DEFAULT 0, ALTER y SET NOT NULL",
        &["adding-not-nullable-field"],
    );
    check(
        PostgreSql,
        "alter table relay add x uuid default gen_random_uuid()",
        &["adding-field-with-default"],
    );
    check(PostgreSql, "ALTER TABLE relay ADD x timestamptz NOT NULL DEFAULT now()", &[]);
    check(PostgreSql, "ALTER TABLE relay ADD x int NOT NULL", &["adding-required-field"]);
    check(
        PostgreSql,
        "ALTER TABLE relay ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES y",
        &["adding-foreign-key-constraint"],
    );
    check(PostgreSql, "ALTER TABLE relay ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES y NOT VALID", &[]);
    check(PostgreSql, "ALTER TABLE relay ADD CONSTRAINT c CHECK (x > 0)", &["constraint-missing-not-valid"]);
    check(PostgreSql, "ALTER TABLE relay ADD CONSTRAINT u UNIQUE USING INDEX i", &[]);
    check(PostgreSql, "CREATE UNIQUE INDEX i ON relay (x, y)", &["require-concurrent-index-creation"]);
    check(PostgreSql, "CREATE INDEX CONCURRENTLY i ON relay (x)", &[]);
    check(PostgreSql, "CLUSTER relay USING i", &["rewriting-table"]);
    check(PostgreSql, "REINDEX TABLE relay", &["require-concurrent-reindex"]);
    check(PostgreSql, "DO $$ BEGIN ALTER TABLE relay ALTER x TYPE text; END $$", &["changing-column-type"]);
    check(PostgreSql, "ALTER TABLE relay DROP COLUMN x", &[]);
    check(PostgreSql, "ALTER TABLE relay DETACH PARTITION old", &["require-concurrent-partition-detach"]);
}

#[test]
fn mysql() {
    check(MySql, "ALTER TABLE `relay` MODIFY `x` bigint, ADD KEY k (x)", &["changing-column-type"]);
    check(MySql, "ALTER TABLE /*_*/relay CHANGE COLUMN a b int", &["changing-column-type"]);
    check(MySql, "ALTER TABLE relay CONVERT TO CHARACTER SET utf8mb4", &["converting-character-set"]);
    check(MySql, "ALTER TABLE relay ENGINE=InnoDB", &["changing-engine"]);
    check(
        MySql,
        "ALTER TABLE relay ADD x int, ALGORITHM=COPY, LOCK=SHARED",
        &["algorithm-copy", "lock-clause"],
    );
    check(MySql, "OPTIMIZE TABLE relay", &["rewriting-table"]);
    check(MySql, "ALTER TABLE relay ADD x int NOT NULL DEFAULT 0", &[]);
    check(MySql, "SET @sql = CONCAT('ALTER TABLE ', t, ' MODIFY x bigint')", &["changing-column-type"]);
}

#[test]
fn oracle() {
    check(Oracle, "CREATE INDEX i ON relay (x)", &["require-concurrent-index-creation"]);
    check(Oracle, "CREATE INDEX i ON relay (x) ONLINE", &[]);
    check(Oracle, "ALTER TABLE relay MODIFY (x varchar2(40))", &["changing-column-type"]);
}

#[test]
fn what_changes_no_schema_is_no_operation() {
    for text in [
        "SELECT 1",
        "INSERT INTO a VALUES (1)",
        "SET x = 1",
        "UPDATE a SET b = 1 WHERE c",
        "CREATE TEMPORARY TABLE a (b int)",
        "GRANT x",
    ] {
        assert!(operations(text).is_empty(), "{text}");
    }
    assert_eq!(operations("UPDATE a.relay SET b = 1")[0].kind, Kind::Backfill);
    assert_eq!(operations("CREATE TABLE IF NOT EXISTS `a`.`relay` (x int)")[0].table, "a.relay");
}
