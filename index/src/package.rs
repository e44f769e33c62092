//! A package: a file that arrived to be installed, and whether its report asks somebody to look.
//!
//! What the report's facts mean here (the estate, an earlier version, what was said) is not decided in this file; it
//! only tells facts that never need a person from those that always do.

use std::fmt;

use inspect::finding::{CheckId, Finding};
use inspect::inspection::Inspection;
use inspect::package::Claims;
use inspect::signature::Worth;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::collision::Assessment;

/// One file that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Package {
    /// SHA-256 of the file, lower-case digits: its identity.
    pub digest: String,
    /// What the file was called when it last arrived.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// What its bytes are, with its article.
    pub kind: String,
    /// The name that the outermost package states.
    pub claimed_name: Option<String>,
    /// The version that it states.
    pub claimed_version: Option<String>,
    /// Whom it states as its maker.
    pub claimed_vendor: Option<String>,
    /// Whether somebody must look.
    pub attention: Attention,
    /// How it last arrived.
    pub way: Way,
    /// When it first arrived here.
    pub first_seen: Timestamp,
    /// When it last arrived here.
    pub last_seen: Timestamp,
}

/// A package with the last report on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageView {
    /// The package.
    pub package: Package,
    /// The report.
    pub inspection: Inspection,
}

impl Package {
    /// What a report makes of a file that arrived now.
    #[must_use]
    pub fn of(inspection: &Inspection, way: Way, now: Timestamp) -> Package {
        let claims = principal(inspection);
        Package {
            digest: inspection.sha256.clone(),
            name: inspection.name.clone(),
            size: inspection.size,
            kind: inspection.kind.clone(),
            claimed_name: claims.and_then(|claims| claims.name.clone()),
            claimed_version: claims.and_then(|claims| claims.version.clone()),
            claimed_vendor: claims.and_then(|claims| claims.vendor.clone()),
            attention: Attention::of(inspection),
            way,
            first_seen: now,
            last_seen: now,
        }
    }
}

/// The package that a file is about: the file itself, else the only one in it that does not lie within another.
#[must_use]
pub fn principal(inspection: &Inspection) -> Option<&Claims> {
    let within = |claims: &Claims, other: &Claims| {
        claims.path != other.path && claims.path.starts_with(&format!("{}!/", other.path))
    };
    let all = &inspection.claims;
    let mut top = all.iter().filter(|claims| all.iter().all(|other| !within(claims, other)));
    let first = top.next();
    inspection.outermost().or(first.filter(|_| top.next().is_none()))
}

/// How a package arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Through the form on the page.
    Page,
    /// Through the interface for programs.
    Api,
    /// Through the drop folder.
    Inbox,
    /// Through the command.
    Command,
}

impl Way {
    /// Every one.
    pub const ALL: [Way; 4] = [Way::Page, Way::Api, Way::Inbox, Way::Command];

    /// As it is recorded.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Page => "page",
            Way::Api => "api",
            Way::Inbox => "inbox",
            Way::Command => "command",
        }
    }
}

/// Whether somebody must look at a package before it is installed. Never says that it is fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attention {
    /// Nothing that was looked for asks for it.
    Nothing,
    /// Something does; a signature that was not checked is one such thing.
    Something,
    /// It must not be installed: a signature that does not fit, a key that was revoked or had
    /// expired when it signed, or a file that could not be read.
    Stop,
}

impl Attention {
    /// Every one, from quiet to loud.
    pub const ALL: [Attention; 3] = [Attention::Nothing, Attention::Something, Attention::Stop];

    /// As it is recorded.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Attention::Nothing => "nothing",
            Attention::Something => "something",
            Attention::Stop => "stop",
        }
    }

    /// What a report asks for.
    #[must_use]
    pub fn of(inspection: &Inspection) -> Attention {
        let is_bad = inspection.signatures.iter().any(|fact| {
            matches!(
                fact.worth,
                Some(
                    Worth::Bad
                        | Worth::FitsButKeyRevoked { .. }
                        | Worth::FitsButExpiredAtSigning
                        | Worth::Unreadable
                )
            )
        });
        let nothing_read = inspection.contents.files == 0 && !inspection.unread.is_empty();
        if is_bad || nothing_read || inspection.findings.iter().any(is_unreadable) {
            return Attention::Stop;
        }
        let unchecked = inspection.signatures.iter().any(|fact| {
            // A signature that leaves a part of the package out says nothing about that part.
            fact.worth != Some(Worth::Fits) || !fact.not_covered.is_empty()
        });
        let asks = unchecked || !inspection.is_complete() || inspection.findings.iter().any(asks);
        if asks { Attention::Something } else { Attention::Nothing }
    }

    /// The same once it was held against an environment: what collides asks for somebody. What was not checked against one
    /// does not by itself, as nobody may have recorded any.
    #[must_use]
    pub fn with(self, assessment: &Assessment) -> Attention {
        if assessment.collisions.is_empty() { self } else { self.max(Attention::Something) }
    }
}

impl fmt::Display for Attention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a finding says that the file as a whole could not be read, or is not what it states to be.
fn is_unreadable(finding: &Finding) -> bool {
    let whole = matches!(
        finding.check,
        CheckId::ContainerCorrupt
            | CheckId::ContainerEncrypted
            | CheckId::ContainerUnread
            | CheckId::ContainerLimit
    );
    finding.check == CheckId::InspectionEnded
        || whole && finding.path.is_empty()
        || finding.check == CheckId::ContainerCorrupt
            && finding.detail.contains("is not what its header states")
}

/// Whether a finding by itself asks somebody to look. What every package has (a licence, the runtime it needs, scripts
/// that installing runs) is told and asks nobody; what those scripts do is told by findings of their own.
#[must_use]
pub fn asks(finding: &Finding) -> bool {
    let told = matches!(
        finding.check,
        CheckId::Licence
            | CheckId::MinRuntime
            | CheckId::MinGlibc
            | CheckId::InstallScript
            | CheckId::BinaryNew
            | CheckId::RemoteUrl
            | CheckId::RemoteHost
            | CheckId::UnitReference
    );
    finding.activation.acts() && !told
}

#[cfg(test)]
mod tests {
    use inspect::finding::{Activation, CheckId, Finding};
    use inspect::limits::Limits;
    use inspect::reading::{Question, inspect_bytes};
    use inspect::signature::Worth;

    use super::Attention;

    fn check(bytes: &[u8], findings: &[Finding], expected: Attention) {
        let question = Question { name: "x".into(), ..Question::default() };
        let mut inspection = inspect_bytes(bytes, &question, &Limits::for_package());
        inspection.findings.extend_from_slice(findings);
        assert_eq!(Attention::of(&inspection), expected, "{:?}", inspection.findings);
    }

    #[test]
    fn what_acts_asks_for_somebody_and_what_only_stands_there_does_not() {
        let found = Finding::new(CheckId::PrivSetuid, "x", "mode 4755");
        check(b"text", &[], Attention::Nothing);
        check(b"text", std::slice::from_ref(&found), Attention::Something);
        check(b"text", &[found.state(Activation::Documentation)], Attention::Nothing);
        check(b"text", &[Finding::new(CheckId::Licence, "x", "MIT")], Attention::Nothing);
    }

    #[test]
    fn a_signature_that_was_not_checked_asks_for_somebody_and_one_that_cannot_be_read_stops() {
        let question = Question { name: "x".into(), ..Question::default() };
        let mut inspection = inspect_bytes(b"text", &question, &Limits::for_package());
        for (worth, expected) in [
            (Some(Worth::Fits), Attention::Nothing),
            (None, Attention::Something),
            (Some(Worth::UnknownKey), Attention::Something),
            (Some(Worth::FitsButSignerUnknown), Attention::Something),
            (Some(Worth::FitsButExpiredAtSigning), Attention::Stop),
            (Some(Worth::FitsButKeyRevoked { hard: true }), Attention::Stop),
            (Some(Worth::Bad), Attention::Stop),
        ] {
            let fact = serde_json::json!({
                "scheme": "ssh", "path": "x.sig", "worth": worth, "signer": null, "certificate": null, "called": null,
                "made_at": null, "covers": "the whole file", "not_covered": [], "detail": ""
            });
            inspection.signatures = vec![serde_json::from_value(fact).unwrap()];
            assert_eq!(Attention::of(&inspection), expected, "{worth:?}");
        }
        check(b"-----BEGIN SSH SIGNATURE-----\n", &[], Attention::Stop);
    }

    #[test]
    fn what_cannot_be_read_must_not_be_installed() {
        check(b"Rar!\x1a\x07\x01\0", &[], Attention::Stop);
        check(b"PK\x03\x04 and nothing else", &[], Attention::Stop);
        check(b"text", &[Finding::new(CheckId::InspectionEnded, "", "it crashed")], Attention::Stop);
    }
}
