//! Whose identifiers these are: the databases that publish OSV records, by the prefix they are registered under.
//!
//! Source: the prefix list of the OSV schema (ossf.github.io/osv-schema, "id, modified"). An unknown prefix stays
//! unknown.

/// Prefixes, each with the name of the database that gives them out.
const DATABASES: [(&str, &str); 41] = [
    ("ALBA", "AlmaLinux"),
    ("ALEA", "AlmaLinux"),
    ("ALPINE", "Alpine"),
    ("ALSA", "AlmaLinux"),
    ("ASB", "Android"),
    ("BELL", "BellSoft"),
    ("BIT", "Bitnami"),
    ("CGA", "Chainguard"),
    ("CURL", "curl"),
    ("DEBIAN", "Debian"),
    ("DLA", "Debian"),
    ("DRUPAL", "Drupal"),
    ("DSA", "Debian"),
    ("DTSA", "Debian"),
    ("EEF", "Erlang Ecosystem Foundation"),
    ("GHSA", "GitHub"),
    ("GO", "Go"),
    ("GSD", "Global Security Database"),
    ("HSEC", "Haskell"),
    ("JLSEC", "Julia"),
    ("KUBE", "Kubernetes"),
    ("LBSEC", "LoopBack"),
    ("MAL", "OpenSSF"),
    ("MGASA", "Mageia"),
    ("OESA", "openEuler"),
    ("OSEC", "OCaml"),
    ("OSV", "OSS-Fuzz"),
    ("PHSA", "Photon OS"),
    ("PSF", "Python Software Foundation"),
    ("PUB", "Android"),
    ("PYSEC", "PyPA"),
    ("RHBA", "Red Hat"),
    ("RHEA", "Red Hat"),
    ("RHSA", "Red Hat"),
    ("RLSA", "Rocky Linux"),
    ("RSEC", "R Consortium"),
    ("RUSTSEC", "RustSec"),
    ("RXSA", "Rocky Linux"),
    ("SUSE", "SUSE"),
    ("UBUNTU", "Ubuntu"),
    ("USN", "Ubuntu"),
];

/// The database that gave out an identifier.
pub(super) fn publisher(id: &str) -> Option<&'static str> {
    let prefix = id.split('-').next()?;
    if prefix == "openSUSE" {
        return Some("openSUSE");
    }
    DATABASES.iter().find(|(known, _)| *known == prefix).map(|(_, database)| *database)
}

/// The page on which a database shows one of its records, where its address follows from the identifier.
pub(super) fn page(id: &str) -> Option<String> {
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'.' | b'_')) {
        return None;
    }
    Some(match id.split('-').next()? {
        "GO" => format!("https://pkg.go.dev/vuln/{id}"),
        "RUSTSEC" => format!("https://rustsec.org/advisories/{id}.html"),
        "GHSA" => format!("https://github.com/advisories/{id}"),
        "PYSEC" | "OSV" | "BIT" | "ALSA" | "ALBA" | "ALEA" => format!("https://osv.dev/vulnerability/{id}"),
        _ => return None,
    })
}
