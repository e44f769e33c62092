//! Defaults that decide how long a program waits and how hard it insists: timeouts, retries, back-off, pools, batches,
//! lifetimes. Read from sources and configuration of one version, and held against those of another.
//!
//! Sources are read by their syntax trees, never run: constants, attributes, parameters with defaults, members of objects,
//! fallbacks (`x or 30`, `x ?? 30`, `get("timeout", 30)`). A name decides whether a value is of interest; what is computed
//! at run time is not known here and is left out. The same symbol is compared with itself: a file that moved, or a
//! parameter that is called otherwise with the same value, is no change.

mod changes;
mod constant;
mod javascript;
mod keys;
mod latency;
mod python;
mod relevant;
mod syntax;

use serde::{Deserialize, Serialize};

pub(crate) use self::changes::changes;
use self::syntax::Grammar;
use crate::check::place::Language;

/// One default value, and what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// In which file.
    pub path: String,
    /// On which line, counted from 1.
    pub line: u32,
    /// Class and function, or the sections around a key, joined by dots; empty at the top of a file.
    pub owner: String,
    /// The parameter, constant or key.
    pub name: String,
    /// What it is.
    pub sort: Sort,
    /// The value as it is written, with single spaces; empty where a parameter has none.
    pub value: String,
}

/// What a setting is in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// A parameter of a function.
    Parameter,
    /// A constant, variable or attribute.
    Constant,
    /// An argument of a call, or a member of an object that is handed over.
    Argument,
    /// A value that is taken where none is given.
    Fallback,
    /// A key of a configuration file.
    Key,
}

/// Characters of a value that are kept.
const LONGEST_VALUE: usize = 160;

/// Reads what is of interest of one file. What is no source and no configuration gives nothing; `None` is a source that
/// was too large or took too long to parse.
pub(crate) fn read(path: &str, language: Option<Language>, text: &str) -> Option<Vec<Setting>> {
    let own = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    // Names mean nothing in what was made smaller, and types have no values.
    let is_made = own.contains(".min.") || own.ends_with(".d.ts") || own.ends_with(".map") || is_packed(text);
    if is_made || !relevant::may_be_in(text) {
        return Some(Vec::new());
    }
    let mut found = match language {
        Some(Language::Python) => python::read(&syntax::parse(text, Grammar::Python)?, text),
        Some(Language::JavaScript) if own.ends_with(".ts") => {
            javascript::read(&syntax::parse(text, Grammar::TypeScript)?, text)
        }
        Some(Language::JavaScript) => javascript::read(&syntax::parse(text, Grammar::JavaScript)?, text),
        _ => keys::read(&own, text),
    };
    for setting in &mut found {
        setting.path = path.to_owned();
    }
    Some(found)
}

/// Whether lines are so long that nobody wrote them.
fn is_packed(text: &str) -> bool {
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    text.len() > 20_000 && text.len() / lines > 300
}

impl Setting {
    fn new(line: u32, owner: &str, name: &str, sort: Sort, value: &str) -> Setting {
        let short = |text: &str| crate::package::shown(&text.chars().take(LONGEST_VALUE).collect::<String>());
        let (owner, name, value) = (short(owner), short(name), short(value));
        Setting { path: String::new(), line, owner, name, sort, value }
    }

    /// Owner and name, as people write them: `Redis.__init__(retry)`, `limits.TIMEOUT`.
    #[must_use]
    pub fn symbol(&self) -> String {
        match (self.sort, self.owner.as_str()) {
            (Sort::Parameter, owner) => format!("{owner}({})", self.name),
            (_, "") => self.name.clone(),
            (_, owner) => format!("{owner}.{}", self.name),
        }
    }
}
