//! A package's report in words, for its page and for the terminal.

use inspect::finding::Finding;
use inspect::inspection::{Inspection, More};
use inspect::package::Claims;
use inspect::signature::Worth;
use inspect::signature::fact::{Scheme, SignatureFact};

use index::package::Attention;

use crate::words::{count, counted};

/// What a report asks for, in one sentence without its full stop.
pub(crate) fn verdict(attention: Attention) -> &'static str {
    match attention {
        Attention::Nothing => "nothing that was looked for asks for attention",
        Attention::Something => "something asks for attention",
        Attention::Stop => "it must not be installed",
    }
}

/// A number of bytes with a unit that keeps it short.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return counted(bytes, "byte", "bytes");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or_default();
    if tenths >= 1000 {
        format!("{} {unit}", tenths / 10)
    } else {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    }
}

/// What a package says of itself, as a heading.
pub(crate) fn claimed(claims: &Claims) -> String {
    let name = claims.name.as_deref().unwrap_or("without a name");
    let version = claims.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let within = if claims.path.is_empty() { String::new() } else { format!(", within as {}", claims.path) };
    format!("{name}{version}, {}{within}", claims.format)
}

/// The other facts that it states, each with its name.
pub(crate) fn facts(claims: &Claims) -> Vec<(&'static str, String)> {
    let one = |name, value: &Option<String>| value.clone().map(|value| (name, value));
    let mut facts: Vec<_> = [
        one("Vendor", &claims.vendor),
        one("Architecture", &claims.architecture),
        one("Licence", &claims.licence),
        one("Summary", &claims.summary),
        one("Home", &claims.homepage),
    ]
    .into_iter()
    .flatten()
    .collect();
    for least in &claims.minimums {
        facts.push(("Needs", format!("{} {} (by {})", least.of.called(), least.version, least.stated_by)));
    }
    if !claims.dependencies.is_empty() {
        facts.push((
            "Relations",
            counted(claims.dependencies.len() as u64, "other package", "other packages"),
        ));
    }
    facts
}

/// A signature in one line.
pub(crate) fn signature(fact: &SignatureFact) -> String {
    let key = match (&fact.signer, &fact.called) {
        (Some(key), Some(called)) if fact.scheme.is_by_certificate() => {
            format!(" by {called}, {}", key.grouped())
        }
        (Some(key), _) => format!(" by {}", key.grouped()),
        (None, Some(called)) => format!(" by {called}"),
        (None, None) => String::new(),
    };
    let file = if fact.path.is_empty() { String::new() } else { format!(" in {}", fact.path) };
    let (scheme, worth_said) = (scheme(fact.scheme), worth(fact.worth));
    let over = if fact.covers.is_empty() { String::new() } else { format!("; over {}", fact.covers) };
    // Of a key that is not at hand nothing more is known.
    let said = if fact.worth == Some(Worth::UnknownKey) || fact.detail.is_empty() {
        worth_said.to_owned()
    } else if fact.detail.starts_with(worth_said) {
        fact.detail.clone()
    } else {
        format!("{worth_said}; {}", fact.detail)
    };
    format!("{scheme}{file}{key}: {said}{over}")
}

/// What else there is to say about a signature, a line each: what it does not cover, when others saw it, what came along.
pub(crate) fn more_of_signature(fact: &SignatureFact) -> Vec<String> {
    let mut lines = Vec::new();
    if !fact.not_covered.is_empty() {
        lines.push(format!("not covered: {}", fact.not_covered.join(", ")));
    }
    if let Some(stamp) = &fact.timestamp {
        let known = match stamp.worth {
            Worth::Fits | Worth::FitsButWeak => "whom the house knows",
            Worth::Bad => "which is not for this signature",
            _ => "who is not known to you",
        };
        lines.push(format!("timestamp: {} by {}, {known}", moment(stamp.time), stamp.by));
    }
    if let Some(made) = fact.made_at {
        lines.push(format!("made at {}, by the signer's own word", moment(made)));
    }
    for link in &fact.brought {
        let validity = format!("{} to {}", moment(link.not_before), moment(link.not_after));
        lines.push(format!("came along: {}, issued by {}, {validity}", link.subject, link.issuer));
    }
    lines
}

/// Seconds since 1970 for people.
fn moment(seconds: i64) -> String {
    let known = jiff::Timestamp::from_second(seconds);
    known.map_or_else(
        |_| "a time out of bounds".to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// How it was made.
pub(crate) fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::OpenPgpDetached => "OpenPGP signature",
        Scheme::OpenPgpInline => "OpenPGP message",
        Scheme::RpmHeader => "RPM header signature",
        Scheme::Debsigs => "debsigs signature",
        Scheme::DpkgSig => "dpkg-sig signature",
        Scheme::Jar => "JAR signature",
        Scheme::Cms => "CMS signature",
        Scheme::Authenticode => "Authenticode signature",
        Scheme::Minisign => "minisign signature",
        Scheme::Ssh => "SSH signature",
        Scheme::Alpine => "Alpine signature",
    }
}

/// What it is worth.
pub(crate) fn worth(worth: Option<Worth>) -> &'static str {
    match worth {
        None => "not checked",
        Some(Worth::Fits) => "it fits",
        Some(Worth::FitsButWeak) => "it fits, by rules that are no longer safe",
        Some(Worth::FitsButKeyExpired) => "it fits, but its key has expired",
        Some(Worth::FitsButOutOfTime) => "it fits, but its time is out of order",
        Some(Worth::FitsButUnbound) => "it fits, but its certificate does not vouch for the key",
        Some(Worth::FitsButSignerUnknown) => "the signature fits the file; the signer is not known to you",
        Some(Worth::FitsButExpiredAtSigning) => "it fits, but its key had expired when it was made",
        Some(Worth::FitsButKeyRevoked { .. }) => "it fits, but its key was revoked",
        Some(Worth::UnknownKey) => "not checked: its key is not at hand",
        Some(Worth::Unsupported) => "not checked: it cannot be computed here",
        Some(Worth::Unreadable) => "it cannot be read",
        Some(Worth::Bad) => "it does not fit these bytes",
    }
}

/// Findings of one family: those that can act, and those that only stand there.
pub(crate) struct Family {
    pub(crate) title: String,
    pub(crate) listed: Vec<Finding>,
    pub(crate) folded: Vec<Finding>,
    /// Further ones that were only counted.
    pub(crate) more: u64,
}

/// Families in the order in which people are shown them, and what is in each.
const FAMILIES: [(&str, &str); 19] = [
    ("inspection", "The reading itself"),
    ("container", "The container"),
    ("schedule", "Schedules"),
    ("remote", "Remote places"),
    ("install-script", "What installing runs"),
    ("priv", "Privileges"),
    ("account", "Accounts"),
    ("unit", "Units"),
    ("net", "Network"),
    ("kernel", "Kernel"),
    ("config", "Configuration of the system"),
    ("trust", "What will be believed"),
    ("secret", "Secrets"),
    ("db", "Databases"),
    ("default", "Defaults"),
    ("binary", "Programs in machine code"),
    ("min", "Least versions"),
    ("licence", "Licences"),
    ("", "Others"),
];

/// Sorts findings into their families; those without any are left out.
pub(crate) fn families(findings: &[Finding], more: &[More]) -> Vec<Family> {
    let is_of = |family: &str, known: &str| {
        family == known || known.is_empty() && FAMILIES.iter().all(|(name, _)| *name != family)
    };
    let family = |(name, title): &(&str, &str)| {
        let own = findings.iter().filter(|finding| is_of(finding.check.family(), name)).cloned();
        let (listed, folded): (Vec<_>, Vec<_>) = own.partition(|finding| finding.activation.acts());
        let more = more.iter().filter(|more| is_of(more.check.family(), name)).map(|more| more.count).sum();
        Family { title: (*title).to_owned(), listed, folded, more }
    };
    let families = FAMILIES.iter().map(family);
    families.filter(|family| !family.listed.is_empty() || !family.folded.is_empty()).collect()
}

/// Names of the bounds that did not hold while it was read.
pub(crate) fn unbounded(inspection: &Inspection) -> Vec<&str> {
    inspection.confinement.iter().filter(|bound| !bound.held).map(|bound| bound.name.as_str()).collect()
}

/// How many files of which size are in it.
pub(crate) fn held(inspection: &Inspection) -> String {
    let contents = &inspection.contents;
    let left_out = match contents.left_out {
        0 => String::new(),
        number => format!("; {} entries more are not listed", count(number)),
    };
    format!("{}, {} unpacked{left_out}", counted(contents.files, "file", "files"), size(contents.bytes))
}

#[cfg(test)]
mod tests {
    use inspect::finding::{Activation, CheckId, Finding};

    use super::{families, size};

    #[test]
    fn sizes_are_short() {
        let said = [0, 1, 999, 1000, 1_050_000, 123_456_789, 5_000_000_000_000].map(size);
        assert_eq!(said, ["0 bytes", "1 byte", "999 bytes", "1.0 KB", "1.0 MB", "123 MB", "5.0 TB"]);
    }

    #[test]
    fn every_check_has_a_family_with_a_title() {
        for check in CheckId::ALL {
            let found = Finding::new(*check, "x", "y");
            let titles = families(&[found.clone(), found.state(Activation::Test)], &[]);
            assert_eq!((titles.len(), titles[0].listed.len(), titles[0].folded.len()), (1, 1, 1), "{check}");
            assert_ne!(titles[0].title, "Others", "{check}");
        }
    }
}
