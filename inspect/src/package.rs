//! What a package claims to be, in its own words.
//!
//! Everything here was written by whoever made the file: a name proves nothing about the maker. Fields that a format
//! does not have, or a package leaves out, are `None`: not stated, which is not the same as none.

mod archives;
mod deb;
mod digests;
mod fields;
mod gem;
mod image;
mod installer;
mod machine;
mod npm;
mod nupkg;
mod python;
/// Which packages are in a file, and which member tells what of them.
pub(crate) mod recognise;
mod rpm;
mod signed;
mod windows;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::signature::original::Original;

/// A kind of package, told by what is in the file, never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Debian binary package (deb(5)).
    Deb,
    /// RPM package.
    Rpm,
    /// npm package: a compressed tar of `package/`.
    Npm,
    /// Python wheel (PEP 427).
    Wheel,
    /// Python source distribution.
    Sdist,
    /// Java archive.
    Jar,
    /// Java web application.
    War,
    /// Ruby gem.
    Gem,
    /// NuGet package.
    NuPkg,
    /// Alpine package: concatenated compressed tars.
    AlpineApk,
    /// Image in the layout of the Open Container Initiative.
    OciImage,
    /// Image as `docker save` writes it.
    DockerImage,
    /// Windows installer (`.msi`).
    Msi,
    /// Program or library for Windows (Portable Executable), which may be an installer.
    Exe,
}

impl Format {
    /// Whether it is an archive of Java, which is signed by digests of its members.
    pub(crate) fn is_java(self) -> bool {
        matches!(self, Format::Jar | Format::War)
    }

    /// What people call it, with its article.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Format::Deb => "a Debian package",
            Format::Rpm => "an RPM package",
            Format::Npm => "an npm package",
            Format::Wheel => "a Python wheel",
            Format::Sdist => "a Python source distribution",
            Format::Jar => "a Java archive",
            Format::War => "a Java web application",
            Format::Gem => "a Ruby gem",
            Format::NuPkg => "a NuGet package",
            Format::AlpineApk => "an Alpine package",
            Format::OciImage => "an OCI image",
            Format::DockerImage => "a Docker image",
            Format::Msi => "a Windows installer",
            Format::Exe => "a program or library for Windows (PE)",
        }
    }
}

/// As [`Format::called`].
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.called())
    }
}

/// What one package says of itself. A file may hold several, one within the other or side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The package's place in the chain of containers; empty for the inspected file itself.
    pub path: String,
    /// What kind of package it is.
    pub format: Format,
    /// Its name, with the scope or group where the ecosystem has one (`@scope/name`, `group:artifact`).
    pub name: Option<String>,
    /// Its version, with epoch and release where the ecosystem has them, as that ecosystem writes it.
    pub version: Option<String>,
    /// Who says to have made it: vendor, maintainer, author.
    pub vendor: Option<String>,
    /// For which machine.
    pub architecture: Option<String>,
    /// Its licence as stated; not normalised.
    pub licence: Option<String>,
    /// One line on what it is.
    pub summary: Option<String>,
    /// Its home, as stated.
    pub homepage: Option<String>,
    /// What it needs, conflicts with, replaces.
    pub dependencies: Vec<Dependency>,
    /// The least system, C library and runtime.
    pub minimums: Vec<Minimum>,
    /// Bytes that it says to take when installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<u64>,
    /// What its changelog says of this version, at most [`Claims::LONGEST_CHANGELOG`] characters.
    pub changelog: Option<String>,
}

impl Claims {
    /// Characters of a changelog that are kept.
    pub const LONGEST_CHANGELOG: usize = 20_000;
    /// Dependencies that are kept; the most seen in Debian 12 is below a thousand.
    pub const MOST_DEPENDENCIES: usize = 5_000;

    /// Nothing but what it is and where.
    #[must_use]
    pub fn new(path: impl Into<String>, format: Format) -> Claims {
        Claims {
            path: path.into(),
            format,
            name: None,
            version: None,
            vendor: None,
            architecture: None,
            licence: None,
            summary: None,
            homepage: None,
            dependencies: Vec::new(),
            minimums: Vec::new(),
            installed: None,
            changelog: None,
        }
    }

    /// Adds what it depends on, within [`Claims::MOST_DEPENDENCIES`].
    pub fn relate(&mut self, relation: &str, target: &str) {
        let target = target.trim();
        if !target.is_empty() && self.dependencies.len() < Self::MOST_DEPENDENCIES {
            let (relation, target) = (shown(relation), shown(target));
            self.dependencies.push(Dependency { relation, target });
        }
    }

    /// Adds a least version; one that is stated twice is kept once, by whoever stated it first.
    pub fn least(&mut self, of: Platform, version: &str, stated_by: impl Into<String>) {
        let version = shown(version.trim());
        if !version.is_empty()
            && !self.minimums.iter().any(|known| known.of == of && known.version == version)
        {
            self.minimums.push(Minimum { of, version, stated_by: stated_by.into() });
        }
    }
}

/// Whether a program for Windows is one in the Portable Executable format.
pub(crate) fn is_pe(bytes: &[u8]) -> bool {
    machine::is_pe(bytes)
}

/// What an inspected file claims that is a Windows installer.
pub(crate) fn installer(original: &Original<'_>) -> Option<Claims> {
    installer::read(original)
}

/// What an inspected file claims that is a program for Windows.
pub(crate) fn program(original: &Original<'_>) -> Option<Claims> {
    windows::read(original)
}

/// A stranger's field as it may be shown: printable, at most a thousand characters.
pub(crate) fn shown(text: &str) -> String {
    crate::container::name::shown(&text.chars().take(1000).collect::<String>())
}

/// A stranger's passage as it may be shown: its lines stay lines, everything else is printable, and it ends at
/// [`Claims::LONGEST_CHANGELOG`].
pub(crate) fn passage(text: &str) -> String {
    let start: String = text.chars().take(Claims::LONGEST_CHANGELOG).collect();
    start.lines().map(crate::container::name::shown).collect::<Vec<_>>().join("\n")
}

/// One relation to another package, in the format's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// `Depends`, `Requires`, `peerDependencies`: as the format calls it.
    pub relation: String,
    /// What is meant, with its range: `libc6 (>= 2.34)`.
    pub target: String,
}

/// What a least version can be asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// An operating system, named in the version: `macos 11.0`, `windows 6.1`.
    System,
    /// The kernel.
    Kernel,
    /// The GNU C library.
    Glibc,
    /// The musl C library.
    Musl,
    /// Python.
    Python,
    /// Node.js.
    Node,
    /// Java, by its own version (not the class file's).
    Java,
    /// Ruby.
    Ruby,
    /// .NET, by its target framework.
    DotNet,
}

impl Platform {
    /// What people call it.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Platform::System => "System",
            Platform::Kernel => "Kernel",
            Platform::Glibc => "glibc",
            Platform::Musl => "musl",
            Platform::Python => "Python",
            Platform::Node => "Node.js",
            Platform::Java => "Java",
            Platform::Ruby => "Ruby",
            Platform::DotNet => ".NET",
        }
    }
}

/// The least version of something that a package needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minimum {
    /// Of what.
    pub of: Platform,
    /// The version or range, as stated: `2.34`, `>=3.8`.
    pub version: String,
    /// Where that was read: a field's name, or the path of the file that needs it.
    pub stated_by: String,
}
