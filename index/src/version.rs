//! Which of two versions is newer, by the rules of their ecosystem, and whether a version lies in a range.
//!
//! Refuses texts that cannot be a version: empty, longer than 512 bytes, with control characters, or (where the rules ask
//! for one) without a digit. Numbers may have any length; nothing here overflows. The rules are our own: the crates that
//! were looked at refuse what the wild is full of (`1.0` is no `semver`, numbers beyond 64 bits no `pep440_rs`).

pub mod line;
pub mod prose;
pub mod range;
pub mod scheme;

mod alpine;
mod debian;
mod dotted;
mod key;
mod maven;
mod numbers;
mod packagist;
mod pypi;
mod rpm;
mod rubygems;
mod semver;

use std::cmp::Ordering;

pub use self::scheme::Scheme;

/// Bytes of a version that is read; the longest in 78,000 advisories has 93.
const LONGEST: usize = 512;

/// A version, read by the rules of one ecosystem.
#[derive(Clone, Debug)]
pub struct Version {
    scheme: Scheme,
    read: Read,
}

/// What comparing needs of a version: bytes that compare as the versions do, or its parts where no such bytes exist.
#[derive(Clone, Debug)]
enum Read {
    Key(Vec<u8>),
    Alpine(alpine::Alpine),
    Maven(Vec<maven::Token>),
    Packagist(Vec<String>),
}

impl Version {
    /// Reads a version; `None` for what cannot be one.
    #[must_use]
    pub fn read(scheme: Scheme, text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return None;
        }
        let read = match scheme {
            Scheme::Semver => Read::Key(semver::key(text, false, false)),
            Scheme::Pub => Read::Key(semver::key(text, false, true)),
            Scheme::NuGet => Read::Key(semver::key(text, true, false)),
            Scheme::Debian => Read::Key(debian::key(text)),
            Scheme::Rpm => Read::Key(rpm::key(text)),
            Scheme::PyPi => Read::Key(pypi::key(text)),
            Scheme::RubyGems => Read::Key(rubygems::key(text)),
            Scheme::Cran | Scheme::Hackage => Read::Key(numbers::key(text)),
            Scheme::Dotted => Read::Key(dotted::key(text)?),
            Scheme::Alpine => Read::Alpine(alpine::read(text)),
            Scheme::Maven => Read::Maven(maven::read(text)),
            Scheme::Packagist => Read::Packagist(packagist::read(text)),
        };
        Some(Self { scheme, read })
    }

    /// The rules that it was read by.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Which of two is newer; `None` for versions that were read by different rules.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.scheme != other.scheme {
            return None;
        }
        match (&self.read, &other.read) {
            (Read::Key(one), Read::Key(other)) => Some(one.cmp(other)),
            (Read::Alpine(one), Read::Alpine(other)) => Some(alpine::compare(one, other)),
            (Read::Maven(one), Read::Maven(other)) => Some(maven::compare(one, other)),
            (Read::Packagist(one), Read::Packagist(other)) => Some(packagist::compare(one, other)),
            _ => None,
        }
    }
}

/// Which of two versions is newer by these rules; `None` when one cannot be read.
#[must_use]
pub fn compare(scheme: Scheme, one: &str, other: &str) -> Option<Ordering> {
    Version::read(scheme, one)?.compare(&Version::read(scheme, other)?)
}

#[cfg(test)]
mod tests;
