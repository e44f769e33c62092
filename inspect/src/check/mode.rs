//! Rights that the archive itself states: set-user-id and set-group-id bits, file capabilities.
//!
//! What maintainer scripts set is another family's: this one reads headers, never scripts.

use super::{Check, Findings, Subject};
use crate::container::attributes::Kind;
use crate::finding::{CheckId, Trigger};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Modes;

impl Check for Modes {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        let attributes = subject.attributes;
        let owner =
            |name: &Option<String>| name.clone().unwrap_or_else(|| "an owner that is not stated".into());
        let mode = attributes.mode.unwrap_or_default();
        // On a directory the bit only says which group new files get.
        if attributes.kind == Kind::File && attributes.is_setuid() {
            let detail = format!("mode {mode:04o}: whoever runs it acts as {}", owner(&attributes.user));
            found.add(subject.finding(CheckId::PrivSetuid, detail).acting(Some(Trigger::RunTime)));
        }
        if attributes.kind == Kind::File && attributes.is_setgid() && mode & 0o010 != 0 {
            let detail =
                format!("mode {mode:04o}: whoever runs it acts for the group {}", owner(&attributes.group));
            found.add(subject.finding(CheckId::PrivSetgid, detail).acting(Some(Trigger::RunTime)));
        }
        if let Some(capabilities) = &attributes.capabilities {
            let detail = "file capabilities: whoever runs it has these rights of root";
            let finding = subject.finding(CheckId::PrivCapability, detail).quoting(capabilities);
            found.add(finding.acting(Some(Trigger::RunTime)));
        }
        if attributes.kind == Kind::Device {
            found.add(subject.finding(CheckId::ContainerDevice, "a device, pipe or socket, not a file"));
        }
    }
}
