//! Lists of installed packages: `dpkg -l`, `dpkg-query -W`, `rpm -qa`.

use super::{Mistake, bounded, lines, shown};
use crate::estate::facts::{Facts, Product};

/// Architectures that end a package's name in `rpm -qa`.
const ARCHITECTURES: [&str; 16] = [
    "noarch",
    "x86_64",
    "i386",
    "i486",
    "i586",
    "i686",
    "aarch64",
    "armv7hl",
    "armv6hl",
    "ppc64",
    "ppc64le",
    "s390x",
    "riscv64",
    "loongarch64",
    "src",
    "(none)",
];

/// Reads `dpkg -l`. dpkg cuts names and versions to the width of a terminal; what was cut is refused.
pub(super) fn dpkg_list(text: &str) -> Result<Facts, Mistake> {
    let ruler = text.lines().find(|line| line.starts_with("+++-")).ok_or_else(|| {
        Mistake::whole(
            "the heading of dpkg -l is missing, by which it can be told whether names were cut; \
             run dpkg-query -W and import what it prints",
        )
    })?;
    let widths: Vec<usize> = ruler.split('-').skip(1).map(str::len).collect();
    if widths.len() < 3 {
        return Err(Mistake::whole(
            "the lines of dpkg -l were cut before the end of the versions; run dpkg-query -W and import what it prints",
        ));
    }
    let mut products = Vec::new();
    for (number, line) in lines(text) {
        if line.starts_with(['|', '+']) || line.starts_with("Desired=") {
            continue;
        }
        let mut letters = line.chars().skip(1);
        let state = letters.next().unwrap_or_default();
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, name, version, ..] = fields.as_slice() else {
            return Err(Mistake::at(
                number,
                "it is no row of dpkg -l: a package and its version are missing",
            ));
        };
        if !is_cut_free(&widths, name, version) {
            let columns = ruler.len();
            let sentence = format!(
                "dpkg -l cut its table at the width of a terminal ({columns} columns), so that {name} {version} may \
                 not be whole; run dpkg-query -W and import what it prints"
            );
            return Err(Mistake::at(number, sentence));
        }
        if is_installed(state) {
            products.push(product(name, version, "deb"));
        }
    }
    some(products, "dpkg-query -W")
}

/// Whether neither was cut. At a terminal dpkg makes its columns 14, 12 and 12 wide plus the same for each, and cuts; else
/// as wide as the longest (list_format_init in dpkg's querycmd.c). Before version 1.16.2 they were 14 and 14.
fn is_cut_free(widths: &[usize], name: &str, version: &str) -> bool {
    let (Some(names), Some(versions)) = (widths.first(), widths.get(1)) else { return false };
    let at_terminal = match widths.get(2) {
        Some(architectures) if widths.len() > 3 => {
            *names >= 14 && *versions + 2 == *names && architectures == versions
        }
        _ => names == versions,
    };
    !at_terminal || name.chars().count() < *names && version.chars().count() < *versions
}

/// States in which the files of a package are there: not `n` (not installed) and not `c` (only its settings).
fn is_installed(state: char) -> bool {
    matches!(state, 'i' | 'H' | 'U' | 'F' | 'W' | 't')
}

/// Reads `dpkg-query -W`: a name, a tab, a version; of what is not installed the version is empty.
pub(super) fn dpkg_query(text: &str) -> Result<Facts, Mistake> {
    let mut products = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Some((name, version)) = line.split_once('\t') else {
            return Err(Mistake::at(
                number + 1,
                "it is no row of dpkg-query -W: a tab stands between name and version",
            ));
        };
        if version.contains('\t') || name.trim().contains(' ') {
            let sentence =
                "it is no row of dpkg-query -W, which prints a name and a version unless told otherwise";
            return Err(Mistake::at(number + 1, sentence));
        }
        if !version.trim().is_empty() {
            products.push(product(name, version, "deb"));
        }
    }
    some(products, "dpkg-query -W")
}

/// Reads `rpm -qa`: name, version, release and architecture in one word.
pub(super) fn rpm_query(text: &str) -> Result<Facts, Mistake> {
    let mut products = Vec::new();
    for (number, line) in lines(text) {
        let word = line.trim();
        // Keys lie among the packages and are none.
        if word.starts_with("gpg-pubkey-") {
            continue;
        }
        let whole = match word.rsplit_once('.') {
            Some((whole, architecture)) if ARCHITECTURES.contains(&architecture) => whole,
            _ => word,
        };
        let parts: Vec<&str> = whole.rsplitn(3, '-').collect();
        let ([release, version, name], false) = (parts.as_slice(), word.contains(char::is_whitespace)) else {
            return Err(Mistake::at(
                number,
                "it is no row of rpm -qa, which prints name-version-release.architecture",
            ));
        };
        products.push(product(name, &format!("{version}-{release}"), "rpm"));
    }
    some(products, "rpm -qa")
}

fn product(name: &str, version: &str, ecosystem: &str) -> Product {
    // `libc6:amd64` is libc6 for one architecture.
    let name = name.split(':').next().unwrap_or_default();
    Product { name: shown(name), version: Some(shown(version)), ecosystem: Some(ecosystem.to_owned()) }
}

fn some(mut products: Vec<Product>, program: &str) -> Result<Facts, Mistake> {
    if products.is_empty() {
        return Err(Mistake::whole(format!(
            "no installed package is in it; run {program} on the machine that is meant"
        )));
    }
    products.sort();
    products.dedup();
    Ok(Facts { products: Some(bounded(products, "packages")?), ..Facts::default() })
}
