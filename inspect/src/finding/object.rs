//! Things outside of a package that a finding is about: a unit, a host, a port, an account, a table.
//!
//! By them a finding is held against what is so in an environment; the sentence of a finding is for people alone.

use serde::{Deserialize, Serialize};

/// One thing outside of the package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Object {
    /// A unit of systemd, with its suffix: `nginx.service`.
    Unit {
        /// Its name.
        name: String,
        /// Whether something fails where it is absent: `Requires=`, or a start in a script that stops at errors.
        required: bool,
    },
    /// A host, by its name or its address, lower-case, without a port.
    Host {
        /// Its name.
        name: String,
    },
    /// A port that is listened on.
    Port {
        /// Its number.
        number: u16,
        /// `tcp` or `udp`.
        protocol: Protocol,
        /// Whether on the machine's own addresses alone.
        loopback: bool,
    },
    /// An account that is made or needed.
    Account {
        /// Its name.
        name: String,
        /// Its number, where one is asked for.
        id: Option<u32>,
    },
    /// A group that is made or needed.
    Group {
        /// Its name.
        name: String,
        /// Its number, where one is asked for.
        id: Option<u32>,
    },
    /// What sudo is asked to run.
    Sudo {
        /// The program, as it is called.
        command: String,
    },
    /// A table whose schema is changed.
    Table {
        /// Its name, without quotes, in lower case, with its schema where one is given.
        name: String,
        /// The engine that the statement is for, lower-case: `postgresql`, `mysql`; `None` where nothing tells.
        engine: Option<String>,
        /// Whether the script bounds how long it waits for the lock.
        bounded: bool,
    },
}

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}
