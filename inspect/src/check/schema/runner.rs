//! Code that runs migrations, and what keeps two of it from running at once.
//!
//! Only a runner of the package's own is of interest: one that loads files of migrations, runs them and writes down that it
//! did. What well-known frameworks run, they lock themselves.

use crate::check::place::Language;

/// Words of locks around migrations, lower case.
const LOCKS: [&str; 14] = [
    "get_lock(",
    "advisory_lock",
    "advisory_xact_lock",
    "databasechangeloglock",
    "migrations_lock",
    "migration_lock",
    "create_global_lock",
    "lock table",
    "migrationslock",
    "migrationlock",
    "acquirelock",
    "acquire_lock",
    "lockmigrations",
    "sp_getapplock",
];

/// Runners of a package and locks seen anywhere in it.
#[derive(Debug, Default)]
pub(super) struct Runners {
    runners: Vec<(String, usize, String)>,
    locked: bool,
}

/// Runners that are remembered.
const MOST: usize = 20;

impl Runners {
    /// Looks at one file of code.
    pub(super) fn look(&mut self, path: &str, language: Language, text: &str) {
        let code = matches!(
            language,
            Language::JavaScript | Language::Python | Language::Php | Language::Ruby | Language::Perl
        );
        if !code || !text.contains("igrat") {
            return;
        }
        let lower = text.to_ascii_lowercase();
        self.locked |= LOCKS.iter().any(|lock| lower.contains(lock));
        let has = |all: &[&str]| all.iter().any(|one| lower.contains(one));
        let loads = has(&[
            "import(",
            "require(",
            "importlib",
            "import_module",
            "include ",
            "include(",
            "require_once",
            "load ",
        ]);
        let runs = has(&["up(", ".up(", "->up(", "upgrade("]);
        let lists =
            has(&["readdir", "listdir", "glob(", "scandir", "walk_packages", "iterdir", "dir.glob", "dir["]);
        let records = has(&["insert"])
            && has(&["_migrations", "'migrations'", "\"migrations\"", "`migrations`", "schema_version"]);
        if loads && runs && lists && records && self.runners.len() < MOST {
            let line = lower.lines().position(|line| line.contains("insert")).unwrap_or_default();
            let quote = text.lines().nth(line).unwrap_or_default().to_owned();
            self.runners.push((path.to_owned(), line + 1, quote));
        }
    }

    /// Runners that nothing locks: where, the line that writes down what was run, and its text.
    pub(super) fn finish(self) -> Vec<(String, usize, String)> {
        if self.locked { Vec::new() } else { self.runners }
    }
}

#[cfg(test)]
mod tests {
    use super::Runners;
    use crate::check::place::Language;

    const RUNNER: &str = "const files = await readdir(here);\nconst { up } = await import(file);\nawait up(db);\n\
                          await db.insert({ v }).into('relay_migrations');\n";

    fn check(texts: &[&str], expected: usize) {
        let mut runners = Runners::default();
        texts.iter().for_each(|text| runners.look("run.js", Language::JavaScript, text));
        assert_eq!(runners.finish().len(), expected);
    }

    #[test]
    fn a_runner_without_a_lock_is_told() {
        check(&[RUNNER], 1);
        check(&["const migrations = [];"], 0);
        check(&[], 0);
    }

    #[test]
    fn a_lock_anywhere_in_the_package_is_enough() {
        check(&[RUNNER, "await db.raw('SELECT pg_advisory_lock(1)'); // migrations"], 0);
        check(&["// migrations_lock", RUNNER], 0);
    }
}
