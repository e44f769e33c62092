//! The family over invented files.

use super::Schemas;
use crate::check::place::{Language, language, setting};
use crate::check::{Check, Findings, Role, Subject};
use crate::container::attributes::Attributes;
use crate::finding::{CheckId, Finding};

fn found(files: &[(&str, &str)]) -> Vec<Finding> {
    let (mut schemas, mut findings) = (Schemas::default(), Findings::default());
    for (name, text) in files {
        let attributes = Attributes::default();
        let subject = Subject {
            path: name,
            name,
            attributes: &attributes,
            bytes: text.as_bytes(),
            size: text.len() as u64,
            text: Some((*text).into()),
            role: Role::Payload,
            language: language(name, text.as_bytes()),
            setting: setting(name),
            lines_before: 0,
            commands: std::cell::OnceCell::new(),
        };
        schemas.member(&subject, &mut findings);
    }
    schemas.end(&mut findings);
    findings.finish().0
}

/// The blocking rules with their lines.
fn check(files: &[(&str, &str)], expected: &[(&str, u32)]) {
    let found = found(files);
    let blocking = found.iter().filter(|one| one.check == CheckId::DbDdlBlocking);
    let said: Vec<_> = blocking
        .map(|one| (one.detail.split([' ', ':']).next().unwrap_or_default(), one.line.unwrap_or_default()))
        .collect();
    assert_eq!(said, expected, "{found:?}");
}

#[test]
fn an_upgrade_without_a_suffix_is_read_and_an_installation_is_told_as_one() {
    let upgrade = (
        "data/relay/upgrade/pgsql/7.2.0",
        "-- to 7.2\nALTER TABLE relay ADD hops bigint DEFAULT 0;\nALTER TABLE relay ALTER ttl TYPE bigint;\n",
    );
    let install = (
        "data/relay/install/pgsql",
        "CREATE TABLE relay (ttl int);\nCREATE INDEX i ON relay (ttl);\nALTER TABLE relay ALTER ttl TYPE bigint;\n",
    );
    check(&[upgrade, install], &[("changing-column-type", 3)]);
    let said = found(&[upgrade, install]);
    let details: Vec<&str> =
        said.iter().filter(|one| one.check == CheckId::DbDdl).map(|one| one.detail.as_str()).collect();
    assert!(
        details[0].starts_with(
            "an upgrade changes the schema (PostgreSQL): columns added 1, columns changed 1; statements that block others: 1"
        ),
        "{details:?}"
    );
    assert!(details[1].starts_with("an installation makes the schema on an empty database"), "{details:?}");
    assert!(
        said.iter().any(|one| one.detail.contains("no lock_timeout is set") && one.quote.is_some()),
        "{said:?}"
    );
}

#[test]
fn many_files_are_one_line() {
    let files: Vec<(String, String)> = (0..300)
        .map(|number| {
            (
                format!("relay/migrations/{number:04}_hops.sql"),
                format!("ALTER TABLE relay ADD c{number} int;"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let found = found(&files);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, "relay/migrations");
    assert!(
        found[0].detail.starts_with("300 files (0000_hops.sql, 0001_hops.sql, 0002_hops.sql, …): "),
        "{}",
        found[0].detail
    );
}

#[test]
fn the_tables_that_a_file_makes_are_empty() {
    check(
        &[(
            "upgrade/pgsql/2",
            "CREATE TABLE wire (x int);\nCREATE INDEX i ON wire (x);\nCREATE INDEX j ON relay (x);",
        )],
        &[("require-concurrent-index-creation", 3)],
    );
}

#[test]
fn frameworks_are_read_and_the_way_back_is_not() {
    let alembic = "from alembic import op\n\ndef upgrade():\n    with op.batch_alter_table('relay') as batch:\n        batch.alter_column('ttl', type_=Integer)\n    op.create_index('i', 'relay', ['ttl'])\n    op.execute('ALTER TABLE wire ALTER x TYPE text')\n\ndef downgrade():\n    op.alter_column('relay', 'ttl', type_=Text)\n";
    check(
        &[("relay/migrations/versions/0002_ttl.py", alembic)],
        &[("changing-column-type", 5), ("require-concurrent-index-creation", 6)],
    );
    let knex = "exports.up = (knex) => knex.schema.alterTable('relay', (t) => {\n  t.string('x', 10).alter();\n});\nexports.down = (knex) =>\n  knex.schema.alterTable('relay', (t) => { t.text('x').alter(); });\n";
    check(&[("db/migrations/1-ttl.js", knex)], &[("changing-column-type", 2)]);
    let rails = "class Hops < ActiveRecord::Migration[7.0]\n  def change\n    add_index :relay, :ttl\n    change_column :relay, :ttl, :bigint\n  end\nend\n";
    check(
        &[("db/migrate/20240101_hops.rb", rails)],
        &[("require-concurrent-index-creation", 3), ("changing-column-type", 4)],
    );
    // A framework's own code gives variables.
    check(&[("orm/migrations/fields.py", "schema_editor.alter_column(model, type_=kind)\n")], &[]);
}

#[test]
fn the_same_file_at_two_places_is_read_once_and_one_rule_is_one_line_a_file() {
    let text = "ALTER TABLE relay ALTER ttl TYPE bigint;\nALTER TABLE wire ALTER hops TYPE bigint;\n";
    let found = found(&[("a/upgrade/pgsql/2", text), ("b/upgrade/postgres/2.sql", text)]);
    let blocking: Vec<_> = found.iter().filter(|one| one.check == CheckId::DbDdlBlocking).collect();
    assert_eq!(blocking.len(), 1);
    assert!(
        blocking[0].detail.ends_with("; so does ALTER TABLE wire ALTER hops TYPE bigint"),
        "{}",
        blocking[0].detail
    );
    let said = found[0].detail.as_str();
    assert!(said.starts_with("2 files (2, 2.sql) in upgrade/pgsql, upgrade/postgres: "), "{said}");
    assert!(
        said.contains("1 of the files are copies of others") && said.contains("block others: 2"),
        "{said}"
    );
}

#[test]
fn prose_that_begins_like_a_statement_is_none() {
    check(&[("relay/migrations/names.py", "x = 'Create index %s on %s of model %s'\n")], &[]);
}

#[test]
fn a_shell_script_hands_statements_to_a_client() {
    let text = "#!/bin/sh\npsql relay <<END\nALTER TABLE relay ALTER ttl TYPE bigint;\nEND\n";
    check(&[("usr/bin/update_postgresql_tables", text)], &[("changing-column-type", 3)]);
}

#[test]
fn code_that_is_no_migration_is_passed_over() {
    assert!(found(&[("relay/db.py", "op.create_index('i', 'relay', ['x'])\n")]).is_empty());
    assert!(found(&[("relay/migrations/down/1.sql", "DROP TABLE relay;")]).is_empty());
    assert_eq!(language("x.py", b""), Some(Language::Python));
}
