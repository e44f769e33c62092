//! Shell scripts, read into plain facts: which commands stand in them, with what words, under which conditions.
//!
//! A script is parsed, never run and never searched for words: what stands in a comment, in a list of names or in a
//! text that is only printed is no command. Variables are resolved from assignments in the same script; what cannot be
//! resolved stays as written and says so. A script that cannot be parsed is scanned line by line, which is less sure.
//! Everything is bounded: [`LONGEST`], [`MOST`], and the nesting that `depth` allows.

mod calls;
mod depth;
mod lines;
mod printed;
mod reading;
mod redirect;
mod source;
mod variables;
mod walk;
mod words;
mod wrapper;

#[cfg(test)]
mod tests;

use crate::finding::Confidence;

/// Bytes of a script that are read; the longest maintainer script seen has some 100,000.
pub const LONGEST: usize = 1 << 20;
/// Commands that are kept of one script.
pub const MOST: usize = 20_000;

/// What one script says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// Its commands, in the order in which they are written.
    pub commands: Vec<Command>,
    /// Whether it could be parsed; where not, its commands were told from the shape of its lines.
    pub parsed: bool,
    /// Whether all of it was read: nothing was too long, too many or too deep.
    pub whole: bool,
}

/// One simple command, as it would be run: what stands around it (`sudo`, `env`, `sh -c`) was looked through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments, without quotes; never empty. A bare redirection is of the program `:`.
    pub words: Vec<Word>,
    /// The line of the text where it stands, counted from 1.
    pub line: usize,
    /// The line itself, joined with the lines that continue it.
    pub quote: String,
    /// Programs that were looked through to reach it, the outermost first.
    pub via: Vec<Via>,
    /// Files that its output is written to, by redirections or `tee`.
    pub writes: Vec<Write>,
    /// What is fed to it where that is known: a here-document, the text of an `echo` before it.
    pub input: Option<String>,
    /// Conditions that must hold for it to run, the outermost first.
    pub guards: Vec<Guard>,
    /// The function that it stands in.
    pub function: Option<String>,
    /// Whether it stands in a function that nothing in the script calls.
    pub uncalled: bool,
    /// Whether it is only text that is printed for a person to read.
    pub printed: bool,
}

/// One word of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// Its text without quotes, variables replaced by their values where those are known, else as written.
    pub text: String,
    /// How its text is known.
    pub known: Known,
}

/// How the text of a word is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// It is written like that.
    #[default]
    Literal,
    /// A variable stands there whose value the same script assigns.
    Assigned,
    /// It has parts that only running would tell.
    Unresolved,
}

/// A program that runs another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// Its name: `sudo`, `su`, `chroot`, `xargs`.
    pub program: String,
    /// The user on whose behalf, where it changes that and says so.
    pub user: Option<String>,
}

/// A file that output goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// Its path.
    pub path: Word,
    /// Whether what was in it stays.
    pub append: bool,
    /// What is written, where that is known.
    pub text: Option<String>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The condition as written, on one line and shortened.
    pub text: String,
    /// Whether it only asks for the arguments that the script was given: in a maintainer script, what is being done.
    pub phase: bool,
}

/// Reads a script.
#[must_use]
pub fn commands(text: &str) -> Script {
    reading::script(text)
}

impl Command {
    /// The program's name without its folder; empty where the first word is not known.
    #[must_use]
    pub fn program(&self) -> &str {
        let first = self.words.first().map_or("", |word| word.text.as_str());
        first.rsplit('/').next().unwrap_or(first)
    }

    /// Its arguments.
    #[must_use]
    pub fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Whether one of these options is given, alone, with `=`, or among short ones: `-f` in `-rf`.
    #[must_use]
    pub fn has(&self, options: &[&str]) -> bool {
        let is = |word: &Word, option: &str| {
            let text = word.text.as_str();
            let short = option.strip_prefix('-').filter(|rest| rest.chars().count() == 1);
            let among = short.is_some_and(|letter| {
                text.strip_prefix('-').is_some_and(|rest| !rest.starts_with('-') && rest.contains(letter))
            });
            text == option || text.strip_prefix(option).is_some_and(|rest| rest.starts_with('=')) || among
        };
        self.arguments().iter().any(|word| options.iter().any(|option| is(word, option)))
    }

    /// The value of the first of these options: the next word, or what stands behind `=`.
    #[must_use]
    pub fn value(&self, options: &[&str]) -> Option<Word> {
        let mut words = self.arguments().iter();
        while let Some(word) = words.next() {
            for option in options {
                if word.text == *option {
                    return words.next().cloned();
                }
                let behind = word.text.strip_prefix(option).and_then(|rest| rest.strip_prefix('='));
                if let Some(text) = behind {
                    return Some(Word { text: text.to_owned(), known: word.known });
                }
            }
        }
        None
    }

    /// Arguments that are no options; `valued` names options whose value is the next word.
    #[must_use]
    pub fn operands(&self, valued: &[&str]) -> Vec<&Word> {
        let mut found = Vec::new();
        let mut words = self.arguments().iter();
        while let Some(word) = words.next() {
            if word.text == "--" {
                found.extend(words.by_ref());
            } else if valued.contains(&word.text.as_str()) || ends_valued(&word.text, valued) {
                words.next();
            } else if !word.text.starts_with('-') || word.text == "-" {
                found.push(word);
            }
        }
        found
    }

    /// Whether a program of this name was looked through to reach it.
    #[must_use]
    pub fn through(&self, program: &str) -> Option<&Via> {
        self.via.iter().find(|via| via.program == program)
    }

    /// The conditions that are not merely what the script was asked to do.
    pub fn conditions(&self) -> impl Iterator<Item = &Guard> {
        self.guards.iter().filter(|guard| !guard.phase)
    }

    /// How sure the reading of these words is.
    #[must_use]
    pub fn sure(words: &[&Word], parsed: bool) -> Confidence {
        match words.iter().map(|word| word.known).max().unwrap_or_default() {
            Known::Unresolved => Confidence::Low,
            Known::Assigned => Confidence::Medium,
            Known::Literal if parsed => Confidence::High,
            Known::Literal => Confidence::Medium,
        }
    }
}

/// Whether short options written as one word end with one whose value is the next word: `-fsSLo`.
fn ends_valued(text: &str, valued: &[&str]) -> bool {
    let letters = text.strip_prefix('-').filter(|letters| letters.chars().all(|c| c.is_ascii_alphabetic()));
    let last = letters.filter(|letters| letters.len() > 1).and_then(|letters| letters.chars().last());
    last.is_some_and(|last| {
        valued.iter().any(|option| option.strip_prefix('-').is_some_and(|own| own.chars().eq([last])))
    })
}

impl Word {
    /// A word as it is written.
    #[must_use]
    pub fn literal(text: impl Into<String>) -> Word {
        Word { text: text.into(), known: Known::Literal }
    }

    /// Whether its whole text is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known != Known::Unresolved
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.text
    }
}
