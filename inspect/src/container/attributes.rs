//! What an archive states about a member beside its bytes: what it is, who owns it, who may do what.
//!
//! Stated, not proven: a ZIP made on Windows has no modes, a tar may name owners that exist nowhere.

use serde::{Deserialize, Serialize};

/// What an archive states about one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// What it is.
    pub kind: Kind,
    /// Permission bits with set-user-id, set-group-id and sticky (`0o6755`), without the kind's bits; `None` where the
    /// archive has none.
    pub mode: Option<u32>,
    /// The owner, by name where there is one, else by number.
    pub user: Option<String>,
    /// The group, by name where there is one, else by number.
    pub group: Option<String>,
    /// File capabilities as stated (`cap_net_raw+ep`), by RPM's tag or an extended attribute.
    pub capabilities: Option<String>,
    /// What runs it, where the container says so: `/bin/sh` or `<lua>` for a scriptlet of an RPM package.
    pub interpreter: Option<String>,
}

/// What an entry is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Kind {
    /// A file with bytes.
    #[default]
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink {
        /// What it points to, as written, made printable.
        target: String,
    },
    /// A second name of another member.
    Hardlink {
        /// The other member's name, as written, made printable.
        target: String,
    },
    /// A device, pipe or socket.
    Device,
}

impl Attributes {
    /// A file of the given mode.
    #[must_use]
    pub fn file(mode: u32) -> Attributes {
        Attributes { mode: Some(mode & 0o7777), ..Attributes::default() }
    }

    /// Whether the set-user-id bit is stated.
    #[must_use]
    pub fn is_setuid(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o4000 != 0)
    }

    /// Whether the set-group-id bit is stated.
    #[must_use]
    pub fn is_setgid(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o2000 != 0)
    }

    /// Whether anybody may execute it.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o111 != 0)
    }
}
