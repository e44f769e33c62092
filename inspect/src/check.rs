//! Checks: what is looked for in a package, one file a family, behind one interface.
//!
//! A family is shown every member once, in the order of the archives, then what each package claims, then the end. It
//! answers findings and nothing else: it opens nothing, runs nothing, and knows nothing of the machine it runs on.
//! A new family is a file below this module and a line in [`all`].

mod account;
mod claims;
mod code;
mod command;
mod config;
mod folder;
mod kernel;
mod licence;
mod listen;
mod mode;
/// What a member's place in a package says about it.
pub mod place;
mod privilege;
mod remote;
mod schedule;
mod schema;
mod scripted;
mod secret;
mod setting;
#[cfg(test)]
mod trial;
mod trust;
mod units;
mod words;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::check::place::Language;
use crate::container::attributes::Attributes;
use crate::finding::{Activation, CheckId, Finding, Trigger};
use crate::inspection::More;
use crate::package::Claims;
use crate::shell::{self, Script};

/// One family of checks over one inspected file. It may remember what it has seen.
pub trait Check {
    /// Looks at one entry. Called for files, directories, links and devices alike, each once.
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        let _ = (subject, found);
    }

    /// Looks at what one package claims to be; called after every entry was shown, once a package.
    fn package(&mut self, claims: &Claims, found: &mut Findings) {
        let _ = (claims, found);
    }

    /// Says what only all entries together show. Called last.
    fn end(&mut self, found: &mut Findings) {
        let _ = found;
    }
}

/// Every family, in no particular order.
#[must_use]
pub fn all() -> Vec<Box<dyn Check>> {
    let mut all: Vec<Box<dyn Check>> = vec![
        Box::new(mode::Modes),
        Box::new(claims::Stated),
        Box::new(licence::Licences::default()),
        Box::new(schedule::Schedule::default()),
        Box::new(units::Units::default()),
        Box::new(schema::Schemas::default()),
        Box::new(listen::Listening),
        Box::new(privilege::Privileges),
        Box::new(account::Accounts::default()),
        Box::new(kernel::Kernel::default()),
        Box::new(config::Configuration),
        Box::new(trust::Trust::default()),
        Box::new(secret::Secrets),
        Box::new(code::Code::default()),
    ];
    all.extend(scripted::families());
    all
}

/// What a check is shown of one entry.
#[derive(Debug)]
pub struct Subject<'a> {
    /// Where it is, through the chain of containers: what a finding's path must be.
    pub path: &'a str,
    /// Its name within the innermost archive, with forward slashes and without a leading one: `etc/cron.d/x`.
    pub name: &'a str,
    /// What the archive states about it.
    pub attributes: &'a Attributes,
    /// Its bytes, or the beginning of them: see [`Subject::is_whole`]. Empty for what is no file, and for an archive that
    /// was opened, whose members are shown by themselves.
    pub bytes: &'a [u8],
    /// How many bytes it has.
    pub size: u64,
    /// Its bytes as text; `None` for what is no text (bytes of zero) and for what is no file.
    pub text: Option<Cow<'a, str>>,
    /// What it is for, as the package's format says.
    pub role: Role,
    /// What it is written in, where its first line, its suffix or the format says so.
    pub language: Option<Language>,
    /// What its place makes of a finding in it: documentation, a test, a template; else active.
    pub setting: Activation,
    /// Lines of the file before the first line of `text`: not 0 where the text is a field of a larger file, as the
    /// commands in a `package.json` are.
    pub lines_before: usize,
    /// Its commands, once a family has asked for them: see [`Subject::script`].
    pub commands: OnceCell<Script>,
}

impl Subject<'_> {
    /// Whether all of its bytes are here. Where not, a check that found nothing has not seen everything.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.size
    }

    /// The lines of the text, each with its number in the file, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let text = self.text.as_deref().unwrap_or_default();
        text.lines().enumerate().map(|(at, line)| (self.lines_before + at + 1, line))
    }

    /// Its commands, where it is a shell script; read once, for whichever families ask. Lines count from the text's
    /// beginning: see [`Subject::lines_before`].
    #[must_use]
    pub fn script(&self) -> Option<&Script> {
        let text = self.text.as_deref().filter(|_| self.language == Some(Language::Shell))?;
        Some(self.commands.get_or_init(|| shell::commands(text)))
    }

    /// When it acts by itself, as far as its role says; units and crontabs are told by their families.
    #[must_use]
    pub fn trigger(&self) -> Option<Trigger> {
        match self.role {
            Role::InstallScript => Some(Trigger::InstallTime),
            Role::Entrypoint => Some(Trigger::RunTime),
            Role::Metadata | Role::Payload => None,
        }
    }

    /// A finding in this file, with what its place and role say about it.
    #[must_use]
    pub fn finding(&self, check: CheckId, detail: impl Into<String>) -> Finding {
        Finding::new(check, self.path, detail).state(self.setting).acting(self.trigger())
    }
}

/// What an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A script that installing, upgrading or removing runs: a maintainer script, a scriptlet, an npm script.
    InstallScript,
    /// What a container image runs.
    Entrypoint,
    /// A file by which the package describes itself.
    Metadata,
    /// What the package brings.
    Payload,
}

/// Collects what checks find, within bounds.
#[derive(Debug, Default)]
pub struct Findings {
    found: Vec<Finding>,
    counts: BTreeMap<(CheckId, bool), usize>,
}

impl Findings {
    /// Findings that are kept of one check: so many of those that can act, and so many of those that cannot, so that
    /// documentation never crowds out what is done.
    pub const MOST_EACH: usize = 500;

    /// Takes one finding; beyond [`Findings::MOST_EACH`] it is only counted.
    pub fn add(&mut self, finding: Finding) {
        let count = self.counts.entry((finding.check, finding.activation.acts())).or_default();
        *count += 1;
        if *count <= Self::MOST_EACH {
            self.found.push(finding);
        }
    }

    /// What was found, and how much more of each check there was.
    #[must_use]
    pub fn finish(self) -> (Vec<Finding>, Vec<More>) {
        let mut more: BTreeMap<CheckId, u64> = BTreeMap::new();
        for ((check, _), count) in self.counts {
            let over = count.saturating_sub(Self::MOST_EACH) as u64;
            if over > 0 {
                *more.entry(check).or_default() += over;
            }
        }
        let more = more.into_iter().map(|(check, count)| More { check, count }).collect();
        (self.found, more)
    }
}

#[cfg(test)]
mod tests {
    use super::Findings;
    use crate::finding::{Activation, CheckId, Finding};

    #[test]
    fn documentation_never_crowds_out_what_acts() {
        let mut findings = Findings::default();
        let one = Finding::new(CheckId::RemoteUrl, "x", "an address");
        for _ in 0..600 {
            findings.add(one.clone().state(Activation::Documentation));
        }
        findings.add(one);
        let (found, more) = findings.finish();
        assert_eq!(found.iter().filter(|finding| finding.activation.acts()).count(), 1);
        assert_eq!((more.len(), more[0].count), (1, 100));
    }
}
