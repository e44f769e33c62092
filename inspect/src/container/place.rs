//! Where a walk is: the chain of archives around a member, as it is written in paths.
//!
//! An archive within contributes its name and `!/`; no member's own name can forge that.

/// Where a walk is: inside which archives.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// What stands before a member's own name.
    pub(crate) prefix: String,
    /// Archives around the current one.
    pub(crate) depth: u8,
}

impl Place {
    pub(crate) fn outermost() -> Place {
        Place { prefix: String::new(), depth: 0 }
    }

    /// The archive of that name, which lies here.
    pub(crate) fn inside(&self, name: &str) -> Place {
        Place { prefix: format!("{}{name}!/", self.prefix), depth: self.depth.saturating_add(1) }
    }

    /// A part of this archive that is no archive of its own: the payload of an RPM package.
    pub(crate) fn part(&self, name: &str) -> Place {
        Place { prefix: format!("{}{name}!/", self.prefix), depth: self.depth }
    }

    /// The archive itself, for a complaint about it: its path, or nothing for the walked file.
    pub(crate) fn archive(&self) -> &str {
        self.prefix.strip_suffix("!/").unwrap_or(&self.prefix)
    }

    pub(crate) fn is_outermost(&self) -> bool {
        self.prefix.is_empty()
    }
}
