//! The hosts of the world, and the addresses they have while they are served.

/// One host; each has a listener of its own, so that none waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// Halvard's site: release notes and advisories.
    Halvard,
    /// Halvard's forum, run for it by a forum company.
    Community,
    /// Orrin's site: notices and a CSAF provider.
    Orrin,
}

/// Beginnings of addresses, without a slash at the end, such as `http://127.0.0.1:4711`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bases {
    pub(super) halvard: String,
    pub(super) community: String,
    pub(super) orrin: String,
}

impl Bases {
    pub(super) fn of(&self, host: Host) -> &str {
        match host {
            Host::Halvard => &self.halvard,
            Host::Community => &self.community,
            Host::Orrin => &self.orrin,
        }
    }
}
