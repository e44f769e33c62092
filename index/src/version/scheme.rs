//! The rules by which versions are ordered, and which ecosystem has which.

/// How versions of an ecosystem are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Semantic Versioning 2.0, with any count of numbers: npm, Go, crates.io, Hex, Bitnami and others.
    Semver,
    /// Semantic versions whose build part counts (pub.dev).
    Pub,
    /// Semantic versions without regard to case (NuGet).
    NuGet,
    /// `epoch:upstream-revision` as dpkg compares them (Debian Policy 5.6.12).
    Debian,
    /// `epoch:version-release` as `rpmvercmp` compares them.
    Rpm,
    /// As apk-tools compares them.
    Alpine,
    /// PEP 440, and what came before it.
    PyPi,
    /// Maven's `ComparableVersion`.
    Maven,
    /// `Gem::Version`.
    RubyGems,
    /// PHP's `version_compare`, as Composer uses it.
    Packagist,
    /// Numbers between dots and dashes; of equal ones the longer is newer (R).
    Cran,
    /// Numbers between dots; of equal ones the longer is newer (Haskell PVP).
    Hackage,
    /// Everything else: numbers and words in the order that people mean by them.
    Dotted,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 13] = [
        Self::Semver,
        Self::Pub,
        Self::NuGet,
        Self::Debian,
        Self::Rpm,
        Self::Alpine,
        Self::PyPi,
        Self::Maven,
        Self::RubyGems,
        Self::Packagist,
        Self::Cran,
        Self::Hackage,
        Self::Dotted,
    ];

    /// The word shown for this scheme.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Semver => "semver",
            Self::Pub => "pub",
            Self::NuGet => "nuget",
            Self::Debian => "debian",
            Self::Rpm => "rpm",
            Self::Alpine => "alpine",
            Self::PyPi => "pypi",
            Self::Maven => "maven",
            Self::RubyGems => "rubygems",
            Self::Packagist => "packagist",
            Self::Cran => "cran",
            Self::Hackage => "hackage",
            Self::Dotted => "dotted",
        }
    }

    /// The scheme of an ecosystem as sources name it: an OSV ecosystem with or without its suffix (`Debian:12`), a package
    /// URL's type, or a distribution's name. What is not known is read as plain numbers and words.
    #[must_use]
    pub fn of_ecosystem(ecosystem: Option<&str>) -> Self {
        let Some(ecosystem) = ecosystem else { return Self::Dotted };
        let lower = ecosystem.trim().to_ascii_lowercase();
        let name = lower.split(':').next().unwrap_or_default().trim();
        match name {
            "npm" | "go" | "golang" | "crates.io" | "cargo" | "hex" | "bitnami" | "swifturl" | "swift"
            | "semver" | "github actions" | "conancenter" | "bioconductor" | "julia" => Self::Semver,
            "pub" => Self::Pub,
            "nuget" => Self::NuGet,
            "debian" | "ubuntu" | "deb" | "echo" => Self::Debian,
            "alpine"
            | "apk"
            | "wolfi"
            | "chainguard"
            | "alpaquita"
            | "minimos"
            | "bellsoft hardened containers" => Self::Alpine,
            "pypi" => Self::PyPi,
            "maven" => Self::Maven,
            "rubygems" | "gem" => Self::RubyGems,
            "packagist" | "composer" => Self::Packagist,
            "cran" => Self::Cran,
            "hackage" | "ghc" => Self::Hackage,
            _ if is_rpm(name) => Self::Rpm,
            _ => Self::Dotted,
        }
    }
}

/// Distributions whose packages are RPMs, by how their names begin.
fn is_rpm(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "rpm",
        "red hat",
        "redhat",
        "almalinux",
        "rocky linux",
        "centos",
        "fedora",
        "oracle linux",
        "opensuse",
        "suse",
        "mageia",
        "openeuler",
        "photon",
        "azure linux",
        "amazon linux",
        "openela",
    ];
    NAMES.iter().any(|known| name.starts_with(known))
}
