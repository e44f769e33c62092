//! One package within a file, as links seek it: what it calls itself, its version, and whose numbers that version is.
//!
//! A name proves nothing about the maker, and one name is many products. So an advisory that names an ecosystem counts
//! only for packages of that ecosystem, and one that names a release of a distribution only for packages that do not say
//! that they are of another.

use inspect::inspection::Inspection;
use inspect::package::{Claims, Format};

use crate::entry::Affected;
use crate::product::words;

/// Packages within a file that are sought; what is in a large web application fits.
const MOST: usize = 60;

/// Ecosystems whose packages are RPMs, as OSV calls them.
const RPM: &[&str] = &[
    "almalinux",
    "rocky linux",
    "red hat",
    "suse",
    "opensuse",
    "openeuler",
    "mageia",
    "azure linux",
    "photon os",
    "fedora",
    "amazon linux",
    "rpm",
    "oracle linux",
];

/// What one package claims to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Its name, with the scope or group where the ecosystem has one.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where in the file it is; empty for the file itself.
    pub path: String,
    /// Ecosystems that it may be of, in small letters as OSV names them; none where that is not known.
    ecosystems: Vec<String>,
    /// The number of the distribution's release, where its version or its ecosystem tells.
    release: Option<String>,
    /// Its version without what a packager adds, where no distribution counts it.
    pub(crate) upstream: Option<String>,
}

impl Claimed {
    /// A package of an ecosystem as OSV names it (`PyPI`, `Debian:12`) or a package address (`pypi`, `deb`); of an unknown
    /// one without.
    #[must_use]
    pub fn new(name: &str, version: &str, ecosystem: Option<&str>) -> Self {
        let base = ecosystem.map(|ecosystem| base(ecosystem).to_lowercase()).unwrap_or_default();
        // The type of a package address stands for ecosystems.
        let also = of_address(&base).iter().map(|name| (*name).to_owned());
        let ecosystems = Some(base.clone()).filter(|base| !base.is_empty()).into_iter().chain(also).collect();
        let stated = ecosystem.and_then(release_of_ecosystem);
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            path: String::new(),
            ecosystems,
            release: stated.or_else(|| release_of_version(version)),
            upstream: None,
        }
    }

    /// What a package says of itself; nothing where it states no name or no version.
    #[must_use]
    pub fn of(claims: &Claims) -> Option<Self> {
        let (name, version) = (claims.name.as_deref()?, claims.version.as_deref()?);
        let vendor = claims.vendor.as_deref().unwrap_or_default().to_lowercase();
        let one = Self::new(name, version, None);
        let own = own_upstream(claims.format, version, &vendor);
        let ecosystems = ecosystems(claims.format, version, &vendor);
        Some(Self { path: claims.path.clone(), ecosystems, upstream: own, ..one })
    }

    /// Every package in a file, the outermost first, each name and version once; and how many were left out.
    #[must_use]
    pub fn all(inspection: &Inspection) -> (Vec<Self>, usize) {
        let mut all: Vec<Self> = Vec::new();
        let mut left_out = 0;
        for one in inspection.claims.iter().filter_map(Self::of) {
            let known = all.iter().any(|known| known.name == one.name && known.version == one.version);
            match known {
                true => {}
                false if all.len() < MOST => all.push(one),
                false => left_out += 1,
            }
        }
        (all, left_out)
    }

    /// Whether what an entry states is about packages of this one's ecosystem: `None` where the entry names none.
    pub(crate) fn is_of(&self, affected: &Affected) -> Option<bool> {
        let Some(ecosystem) = affected.ecosystem.as_deref() else { return self.by_address(affected) };
        let named = base(ecosystem).to_lowercase();
        let own = self.ecosystems.contains(&named);
        let releases = (self.release.as_deref(), release_of_ecosystem(ecosystem));
        let other = matches!(&releases, (Some(own), Some(its)) if !same_release(own, its));
        Some(own && !other)
    }

    /// The same by the package addresses (`pkg:npm/…`) that an entry gives.
    fn by_address(&self, affected: &Affected) -> Option<bool> {
        let kinds = affected.also.iter().filter_map(|also| also.strip_prefix("pkg:")?.split('/').next());
        let mut kinds = kinds.map(str::to_lowercase).peekable();
        kinds.peek()?;
        let own = |kind: String| self.ecosystems.iter().any(|own| of_address(&kind).contains(&own.as_str()));
        Some(kinds.any(own))
    }

    /// Whether a name within its ecosystem is this package's.
    pub(crate) fn is_named(&self, product: &str) -> bool {
        let (own, other) = (self.name.trim(), product.trim());
        let is = |ecosystem: &str| self.ecosystems.iter().any(|one| one == ecosystem);
        // PEP 503 and crates.io take these marks for one.
        if is("pypi") || is("crates.io") {
            return words(own) == words(other);
        }
        let artifact = |name: &str| name.rsplit(':').next().map(str::to_lowercase);
        // Many a JAR does not state its group.
        let bare = is("maven") && !(own.contains(':') && other.contains(':'));
        own.eq_ignore_ascii_case(other) || bare && artifact(own) == artifact(other)
    }
}

fn base(ecosystem: &str) -> &str {
    ecosystem.split(':').next().unwrap_or_default().trim()
}

/// Ecosystems that packages of a format are of.
fn ecosystems(format: Format, version: &str, vendor: &str) -> Vec<String> {
    let version = version.to_lowercase();
    let told = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match format {
        Format::Deb if version.contains("ubuntu") || vendor.contains("ubuntu") => told(&["ubuntu", "deb"]),
        Format::Deb if version.contains("deb") || vendor.contains("debian") => told(&["debian", "deb"]),
        Format::Deb => told(&["debian", "ubuntu", "deb"]),
        Format::Rpm => {
            let named = RPM.iter().filter(|name| vendor.contains(*name)).copied().collect::<Vec<_>>();
            told(if named.is_empty() { RPM } else { &named })
        }
        Format::Npm => told(&["npm"]),
        Format::Wheel | Format::Sdist => told(&["pypi"]),
        Format::Jar | Format::War => told(&["maven"]),
        Format::Gem => told(&["rubygems"]),
        Format::NuPkg => told(&["nuget"]),
        Format::AlpineApk => told(&["alpine", "wolfi", "chainguard", "alpaquita", "minimos", "apk"]),
        Format::OciImage | Format::DockerImage | Format::Msi | Format::Exe => Vec::new(),
    }
}

/// Ecosystems that a type of package address stands for.
fn of_address(kind: &str) -> &'static [&'static str] {
    match kind {
        "npm" => &["npm"],
        "pypi" => &["pypi"],
        "maven" => &["maven"],
        "gem" => &["rubygems"],
        "nuget" => &["nuget"],
        "cargo" => &["crates.io"],
        "golang" => &["go"],
        "composer" => &["packagist"],
        "deb" => &["debian", "ubuntu"],
        "rpm" => RPM,
        "apk" => &["alpine", "wolfi", "chainguard"],
        _ => &[],
    }
}

/// The version that a vendor counts, within one that only a packager's revision or epoch was added to: no distribution made
/// the package.
fn own_upstream(format: Format, version: &str, vendor: &str) -> Option<String> {
    const DISTRIBUTIONS: &[&str] =
        &["debian", "ubuntu", "canonical", "fedora", "red hat", "suse", "centos", "rocky", "alma", "oracle"];
    if !matches!(format, Format::Deb | Format::Rpm) || release_of_version(version).is_some() {
        return None;
    }
    if DISTRIBUTIONS.iter().any(|name| vendor.contains(name)) || version.contains("+dfsg") {
        return None;
    }
    let bare = version.split_once(':').filter(|(epoch, _)| epoch.bytes().all(|byte| byte.is_ascii_digit()));
    let bare = bare.map_or(version, |(_, rest)| rest);
    let bare = bare.rsplit_once('-').map_or(bare, |(upstream, _)| upstream);
    (bare != version && !bare.is_empty()).then(|| bare.to_owned())
}

/// The release of a distribution that a version tells: `12` of `~deb12u2`, `22.04` of `ubuntu0.22.04.1`, `9` of `.el9_2`.
fn release_of_version(version: &str) -> Option<String> {
    let lower = version.to_lowercase();
    let behind = |sign: &str| {
        let (_, rest) = lower.split_once(sign)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    if let Some((_, rest)) = lower.split_once("ubuntu") {
        let numbers: Vec<&str> = rest.split(['.', '~', '-', '+']).collect();
        let is_release = |pair: &&[&str]| {
            pair.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        return numbers.windows(2).find(is_release).map(|pair| pair.join("."));
    }
    ["~deb", "+deb", ".el", ".fc", ".amzn"].iter().find_map(|sign| behind(sign))
}

/// The release that an ecosystem names behind its colon: `12` of `Debian:12`, `3.18` of `Alpine:v3.18`.
fn release_of_ecosystem(ecosystem: &str) -> Option<String> {
    let (_, suffix) = ecosystem.split_once(':')?;
    let rest = suffix.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let number: String =
        rest.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
    let number = number.trim_end_matches('.');
    (!number.is_empty()).then(|| number.to_owned())
}

/// Whether two numbers name one release: `8` and `8.6` do, `22.04` and `22.10` do not.
fn same_release(one: &str, other: impl AsRef<str>) -> bool {
    let other = other.as_ref();
    let first = |number: &str| number.split('.').next().map(str::to_owned);
    one == other || (!one.contains('.') || !other.contains('.')) && first(one) == first(other)
}

#[cfg(test)]
mod tests {
    use inspect::package::{Claims, Format};

    use super::Claimed;
    use crate::entry::Affected;

    fn claimed(format: Format, name: &str, version: &str, vendor: &str) -> Claimed {
        let mut claims = Claims::new("", format);
        (claims.name, claims.version) = (Some(name.into()), Some(version.into()));
        claims.vendor = Some(vendor.into());
        Claimed::of(&claims).unwrap()
    }

    fn check(one: &Claimed, ecosystem: &str, also: &str, expected: Option<bool>) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let affected = Affected {
            ecosystem: some(ecosystem),
            also: some(also).into_iter().collect(),
            ..Affected::default()
        };
        assert_eq!(one.is_of(&affected), expected, "{one:?} {ecosystem} {also}");
    }

    #[test]
    fn a_package_is_of_its_ecosystem_and_of_its_release() {
        let wheel = claimed(Format::Wheel, "Pillow", "9.0", "");
        check(&wheel, "PyPI", "", Some(true));
        check(&wheel, "npm", "", Some(false));
        check(&wheel, "", "", None);
        check(&wheel, "", "pkg:pypi/pillow", Some(true));
        check(&wheel, "", "pkg:npm/pillow", Some(false));
        check(&wheel, "", "cpe:2.3:a:x:pillow", None);
        let deb = claimed(Format::Deb, "press", "1.1.1n-0+deb11u3", "Debian Press Team");
        check(&deb, "Debian:11", "", Some(true));
        check(&deb, "Debian:12", "", Some(false));
        check(&deb, "Ubuntu:22.04:LTS", "", Some(false));
        let ubuntu = claimed(Format::Deb, "press", "1.2-3ubuntu0.22.04.1", "");
        check(&ubuntu, "Ubuntu:22.04:LTS", "", Some(true));
        check(&ubuntu, "Ubuntu:24.04:LTS", "", Some(false));
        let rpm = claimed(Format::Rpm, "press", "3.0-1.el9_2", "AlmaLinux");
        check(&rpm, "AlmaLinux:9", "", Some(true));
        check(&rpm, "AlmaLinux:8", "", Some(false));
        check(&rpm, "Rocky Linux:9", "", Some(false));
    }

    #[test]
    fn names_are_compared_as_their_ecosystem_does() {
        let is = |format, own: &str, other: &str| claimed(format, own, "1.0", "").is_named(other);
        assert!(is(Format::Wheel, "Foo.Bar", "foo-bar"));
        assert!(!is(Format::Npm, "@foo/bar", "foo-bar"));
        assert!(is(Format::Jar, "press-core", "example.press:press-core"));
        assert!(!is(Format::Jar, "example.other:press-core", "example.press:press-core"));
    }

    #[test]
    fn what_a_vendor_packs_itself_has_the_vendors_own_version() {
        let own = |version: &str, vendor: &str| claimed(Format::Deb, "x", version, vendor).upstream;
        assert_eq!(own("1:7.50.0-1", "Halvard").as_deref(), Some("7.50.0"));
        assert_eq!(own("7.50.0", "Halvard"), None);
        assert_eq!(own("7.50.0-1", "Debian X Team"), None);
        assert_eq!(own("7.50.0-1~deb12u1", ""), None);
    }
}
