//! What packages themselves state that must hold before they are installed: the least runtime.

use super::{Check, Findings};
use crate::finding::{CheckId, Finding};
use crate::package::{Claims, Platform};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Stated;

impl Check for Stated {
    fn package(&mut self, claims: &Claims, found: &mut Findings) {
        for least in &claims.minimums {
            let check = if least.of == Platform::Glibc { CheckId::MinGlibc } else { CheckId::MinRuntime };
            let detail = format!("needs {} {}, by {}", least.of.called(), least.version, least.stated_by);
            found.add(Finding::new(check, claims.path.clone(), detail));
        }
    }
}
