//! What packages themselves state that must hold before they are installed: what installing runs, the least runtime.

use super::{Check, Findings, Role, Subject};
use crate::finding::{Activation, CheckId, Finding};
use crate::package::{Claims, Platform};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Stated;

impl Check for Stated {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if !matches!(subject.role, Role::InstallScript | Role::Entrypoint) {
            return;
        }
        let what = match subject.role {
            Role::Entrypoint => "the image runs this",
            _ => "installing, upgrading or removing the package runs this",
        };
        let by = match (&subject.attributes.interpreter, subject.language) {
            (Some(program), _) => format!(", by {program}"),
            (None, Some(language)) => format!(" ({language:?})"),
            (None, None) => String::new(),
        };
        let mut finding =
            subject.finding(CheckId::InstallScript, format!("{}: {what}{by}", last(subject.name)));
        finding.activation = Activation::Active;
        let is_comment = |line: &str| line.is_empty() || line.starts_with('#') || line.starts_with("set ");
        if let Some((line, text)) = subject.lines().find(|(_, text)| !is_comment(text.trim())) {
            finding = finding.at(line, text);
        }
        found.add(finding);
    }

    fn package(&mut self, claims: &Claims, found: &mut Findings) {
        for least in &claims.minimums {
            let check = if least.of == Platform::Glibc { CheckId::MinGlibc } else { CheckId::MinRuntime };
            let detail = format!("needs {} {}, by {}", least.of.called(), least.version, least.stated_by);
            found.add(Finding::new(check, claims.path.clone(), detail));
        }
    }
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
