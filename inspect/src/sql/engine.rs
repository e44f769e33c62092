//! The engine that a text is written for, told by where it lies and by words that only one engine has.

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// PostgreSQL.
    PostgreSql,
    /// MySQL and MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// Oracle.
    Oracle,
    /// Any: a migration that a framework writes for the engine at hand, or nothing tells.
    Any,
}

impl Engine {
    /// What people call it.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Engine::PostgreSql => "PostgreSQL",
            Engine::MySql => "MySQL or MariaDB",
            Engine::Sqlite => "SQLite",
            Engine::Oracle => "Oracle",
            Engine::Any => "whichever engine is used",
        }
    }

    /// Tells the engine.
    #[must_use]
    pub fn of(path: &str, text: &str) -> Engine {
        by_path(&path.to_ascii_lowercase()).or_else(|| by_text(text)).unwrap_or(Engine::Any)
    }
}

/// Words of a path from its end: the innermost folder knows best.
fn by_path(path: &str) -> Option<Engine> {
    let words = path.rsplit(|c: char| !c.is_ascii_alphanumeric());
    let engine = |word: &str| match word {
        "pgsql" | "postgres" | "postgresql" | "pg" | "psql" | "gpgsql" | "timescaledb" => {
            Some(Engine::PostgreSql)
        }
        "mysql" | "mysqli" | "mariadb" | "gmysql" | "innodb" => Some(Engine::MySql),
        "sqlite" | "sqlite3" | "gsqlite3" => Some(Engine::Sqlite),
        "oracle" | "ora" => Some(Engine::Oracle),
        _ => None,
    };
    words.filter(|word| !word.is_empty()).find_map(engine)
}

/// Bytes of a text in which words are looked for.
const SEARCHED: usize = 256 << 10;

fn by_text(text: &str) -> Option<Engine> {
    let end = (0..=SEARCHED.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let lower = text.get(..end).unwrap_or_default().to_ascii_lowercase();
    let has = |signs: &[&str]| signs.iter().any(|sign| lower.contains(sign));
    if has(&[
        "engine=",
        "engine =",
        "auto_increment",
        "delimiter ",
        "unsigned",
        "sql_mode",
        "`",
        "longtext",
        "convert to character set",
    ]) {
        Some(Engine::MySql)
    } else if has(&["varchar2", "number(", "nocache;", "dbms_"]) {
        Some(Engine::Oracle)
    } else if has(&[
        "$$",
        "bigserial",
        " serial",
        "plpgsql",
        "pg_",
        "timestamptz",
        "::",
        "concurrently",
        "jsonb",
        "alter column",
    ]) {
        Some(Engine::PostgreSql)
    } else if has(&["autoincrement", "pragma "]) {
        Some(Engine::Sqlite)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Engine;

    #[test]
    fn the_place_knows_better_than_the_words() {
        for (path, text, expected) in [
            ("data/relay/upgrade/pgsql/7.2.0", "x `y`", Engine::PostgreSql),
            ("schema/3.x_to_4.0_schema.mysql.sql", "", Engine::MySql),
            ("sql/sqlite/patch-a.sql", "", Engine::Sqlite),
            ("a.sql", "CREATE TABLE a (b int) ENGINE=InnoDB;", Engine::MySql),
            ("a.sql", "DO $$ BEGIN END $$;", Engine::PostgreSql),
            ("a.sql", "CREATE TABLE a (b int);", Engine::Any),
        ] {
            assert_eq!(Engine::of(path, text), expected, "{path}");
        }
    }
}
