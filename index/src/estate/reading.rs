//! What an import is read from: estate files, outputs of programs, lists of parts. The format is told by the content.
//!
//! Bad input is refused with one sentence that names the line; nothing is guessed of what is cut or missing. Outputs of
//! programs are read whole up to a bound; JSON is read as a stream, whatever its size.

mod accounts;
mod bom;
mod file;
mod json;
mod osquery;
mod packages;
mod purl;
mod recognise;
mod sudo;
mod system;
mod units;

use std::fmt;
use std::io::{BufRead, BufReader, Read};

use super::facts::{Facts, Machine};

/// Bytes of the largest text that is read whole; the units, packages and accounts of a machine take far less than one
/// of them.
pub const LARGEST: u64 = 32 << 20;
/// Bytes of the largest JSON that is read as a stream: five times the largest list of parts that was met.
pub const LARGEST_JSON: u64 = 1 << 30;
/// Things of one kind in one environment; a large list of parts has some ten thousand.
pub(crate) const MOST: usize = 500_000;
/// Bytes of the beginning by which the format is told.
const BEGINNING: usize = 64 << 10;
/// Letters of a text that are kept.
const LONGEST: usize = 500;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An estate file in TOML.
    Toml,
    /// An estate file in YAML.
    Yaml,
    /// `dpkg -l`.
    DpkgList,
    /// `dpkg-query -W`.
    DpkgQuery,
    /// `rpm -qa`.
    RpmQuery,
    /// `systemctl list-unit-files`.
    UnitFiles,
    /// `systemctl list-units`.
    Units,
    /// `ss -lntup`.
    Sockets,
    /// `getent passwd`.
    Passwd,
    /// `getent group`.
    Group,
    /// `sudo -l`.
    Sudo,
    /// `/etc/os-release`.
    OsRelease,
    /// `df -P`.
    Disks,
    /// CycloneDX as JSON.
    CycloneDx,
    /// SPDX as JSON.
    Spdx,
    /// Rows of osquery as JSON.
    Osquery,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 16] = [
        Self::Toml,
        Self::Yaml,
        Self::DpkgList,
        Self::DpkgQuery,
        Self::RpmQuery,
        Self::UnitFiles,
        Self::Units,
        Self::Sockets,
        Self::Passwd,
        Self::Group,
        Self::Sudo,
        Self::OsRelease,
        Self::Disks,
        Self::CycloneDx,
        Self::Spdx,
        Self::Osquery,
    ];

    /// The word typed for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Yaml => "yaml",
            Self::DpkgList => "dpkg-l",
            Self::DpkgQuery => "dpkg-query",
            Self::RpmQuery => "rpm-qa",
            Self::UnitFiles => "unit-files",
            Self::Units => "units",
            Self::Sockets => "ss",
            Self::Passwd => "passwd",
            Self::Group => "group",
            Self::Sudo => "sudo-l",
            Self::OsRelease => "os-release",
            Self::Disks => "df",
            Self::CycloneDx => "cyclonedx",
            Self::Spdx => "spdx",
            Self::Osquery => "osquery",
        }
    }

    /// What it is, in words: the program and its options.
    #[must_use]
    pub const fn called(self) -> &'static str {
        match self {
            Self::Toml | Self::Yaml => "an estate file",
            Self::DpkgList => "dpkg -l",
            Self::DpkgQuery => "dpkg-query -W",
            Self::RpmQuery => "rpm -qa",
            Self::UnitFiles => "systemctl list-unit-files",
            Self::Units => "systemctl list-units",
            Self::Sockets => "ss",
            Self::Passwd => "getent passwd",
            Self::Group => "getent group",
            Self::Sudo => "sudo -l",
            Self::OsRelease => "os-release",
            Self::Disks => "df -P",
            Self::CycloneDx => "CycloneDX",
            Self::Spdx => "SPDX",
            Self::Osquery => "osquery",
        }
    }

    /// The format that a word names, or a sentence with the words that there are.
    ///
    /// # Errors
    /// When there is no such word.
    pub fn named(word: &str) -> Result<Self, Mistake> {
        let words: Vec<&str> = Self::ALL.iter().map(|one| one.as_str()).collect();
        let found = Self::ALL.into_iter().find(|one| one.as_str() == word.trim());
        found.ok_or_else(|| {
            Mistake::whole(format!("there is no format \"{word}\"; there are {}", words.join(", ")))
        })
    }
}

/// Why something cannot be imported: a fragment without a full stop, with the line where there is one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Mistake {
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// What is wrong, and what to do instead.
    pub sentence: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.sentence),
            None => f.write_str(&self.sentence),
        }
    }
}

impl Mistake {
    pub(crate) fn at(line: usize, sentence: impl Into<String>) -> Self {
        Self { line: Some(line), sentence: sentence.into() }
    }

    pub(crate) fn whole(sentence: impl Into<String>) -> Self {
        Self { line: None, sentence: sentence.into() }
    }
}

/// Reads what an import brings, in the format that is said or that the content tells.
///
/// # Errors
/// When it is in no format that is known, or not as that format is; the text names the line.
pub fn read(source: impl Read, format: Option<Format>) -> Result<(Facts, Format), Mistake> {
    let mut source = BufReader::with_capacity(BEGINNING, source);
    let beginning = beginning(&mut source)?;
    let format = match format {
        Some(format) => format,
        None => recognise::format(&String::from_utf8_lossy(&beginning))?,
    };
    let source = beginning.as_slice().chain(source);
    if matches!(format, Format::CycloneDx | Format::Spdx | Format::Osquery) {
        return json::read(source.take(LARGEST_JSON), format);
    }
    let mut bytes = Vec::new();
    let unread = |error: std::io::Error| Mistake::whole(format!("it cannot be read: {error}"));
    source.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Mistake::whole(format!(
            "it is larger than {} MiB, as no output of its kind is",
            LARGEST >> 20
        )));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count() + 1;
        Mistake::at(line, "it is no text in UTF-8")
    })?;
    text_of(format, &text).map(|facts| (facts, format))
}

/// What `uname -srm` and `getconf GNU_LIBC_VERSION` print, either of which may be missing.
#[must_use]
pub fn machine(uname: Option<&str>, libc: Option<&str>) -> Facts {
    let words: Vec<&str> = uname.unwrap_or_default().split_whitespace().collect();
    let machine = Machine {
        kernel: words.get(1).map(|word| shown(word)),
        architecture: words.get(2).map(|word| shown(word)),
        glibc: libc.and_then(|libc| libc.trim().strip_prefix("glibc ")).map(shown),
    };
    let known = machine != Machine::default();
    Facts { machine: known.then_some(machine), ..Facts::default() }
}

fn beginning(source: &mut impl BufRead) -> Result<Vec<u8>, Mistake> {
    let mut beginning = Vec::new();
    let unread = |error: std::io::Error| Mistake::whole(format!("it cannot be read: {error}"));
    source.take(BEGINNING as u64).read_to_end(&mut beginning).map_err(unread)?;
    if beginning.iter().all(u8::is_ascii_whitespace) {
        return Err(Mistake::whole("it is empty: the program that wrote it had nothing to say or failed"));
    }
    Ok(beginning)
}

fn text_of(format: Format, text: &str) -> Result<Facts, Mistake> {
    match format {
        Format::Toml => file::toml(text),
        Format::Yaml => file::yaml(text),
        Format::DpkgList => packages::dpkg_list(text),
        Format::DpkgQuery => packages::dpkg_query(text),
        Format::RpmQuery => packages::rpm_query(text),
        Format::UnitFiles => units::files(text),
        Format::Units => units::loaded(text),
        Format::Sockets => system::sockets(text),
        Format::Passwd => accounts::passwd(text),
        Format::Group => accounts::group(text),
        Format::Sudo => sudo::read(text),
        Format::OsRelease => system::os_release(text),
        Format::Disks => system::disks(text),
        Format::CycloneDx | Format::Spdx | Format::Osquery => {
            json::read(text.as_bytes(), format).map(|(facts, _)| facts)
        }
    }
}

/// Lines that say something, each with its number, counted from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end()));
    numbered.filter(|(_, line)| !line.trim().is_empty())
}

/// A stranger's word as it may be shown: printable, and not endless.
pub(crate) fn shown(word: &str) -> String {
    let printable = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    word.trim().chars().take(LONGEST).map(printable).collect()
}

/// A list that is not beyond all bounds.
fn bounded<T>(list: Vec<T>, what: &str) -> Result<Vec<T>, Mistake> {
    if list.len() > MOST {
        return Err(Mistake::whole(format!("it lists more than {MOST} {what}, as no environment has")));
    }
    Ok(list)
}

#[cfg(test)]
mod tests;
