//! Findings: one fact about a package each, with its place and the line that shows it.
//!
//! A finding says what the bytes say and when that would act; what it means here, and whether it was known before, is
//! decided elsewhere. Quotes are a stranger's words: bounded, printable, and never more than data.

/// What a finding is about.
pub mod object;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use self::object::Object;

/// One fact about a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked for and found.
    pub check: CheckId,
    /// Where it is: the path through the chain of containers, as [`crate::container::Member::path`]; empty for the
    /// inspected file itself.
    pub path: String,
    /// The line in that file, counted from 1; `None` where lines mean nothing (modes, headers, binaries).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The line itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// Whether it acts at all.
    pub activation: Activation,
    /// When it acts; `None` where nothing says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// How sure the reading is.
    pub confidence: Confidence,
    /// What was found, one plain sentence without its full stop: `cron.d: runs as root every 12 hours`.
    pub detail: String,
    /// The things outside of the package that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<Object>,
}

impl Finding {
    /// A finding without line, quote and trigger, active and sure: the setters below say what is otherwise.
    #[must_use]
    pub fn new(check: CheckId, path: impl Into<String>, detail: impl Into<String>) -> Finding {
        Finding {
            check,
            path: path.into(),
            line: None,
            quote: None,
            activation: Activation::Active,
            trigger: None,
            confidence: Confidence::High,
            detail: detail.into(),
            objects: Vec::new(),
        }
    }

    /// With one thing more that it is about.
    #[must_use]
    pub fn about(mut self, object: Object) -> Finding {
        self.objects.push(object);
        self
    }

    /// With the line that shows it, counted from 1.
    #[must_use]
    pub fn at(self, line: usize, quote: &str) -> Finding {
        Finding { line: u32::try_from(line).ok(), quote: Some(Quote::of(quote)), ..self }
    }

    /// With a quote that is no line of a file: a header's field, a tag's value.
    #[must_use]
    pub fn quoting(self, quote: &str) -> Finding {
        Finding { quote: Some(Quote::of(quote)), ..self }
    }

    /// With another state than active.
    #[must_use]
    pub fn state(self, activation: Activation) -> Finding {
        Finding { activation, ..self }
    }

    /// With when it acts.
    #[must_use]
    pub fn acting(self, trigger: Option<Trigger>) -> Finding {
        Finding { trigger, ..self }
    }

    /// With how sure the reading is.
    #[must_use]
    pub fn sure(self, confidence: Confidence) -> Finding {
        Finding { confidence, ..self }
    }
}

/// Makes an enum whose variants have one written form each, and reads them back.
macro_rules! written {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$about])* $variant,)+ }

        impl $name {
            /// Every one, in the order in which people are shown them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// As it is written in JSON, on pages and in the terminal.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }

            /// Reads what [`Self::as_str`] wrote.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| de::Error::custom(concat!("no known ", stringify!($name))))
            }
        }
    };
}

written! {
    /// What is looked for. The part before the dot names the family.
    CheckId {
        /// The container itself: a name that leads outside, or cannot be used.
        ContainerName = "container.name",
        /// A link whose target lies outside of the tree that is unpacked.
        ContainerLink = "container.link",
        /// A device, pipe or socket among the members.
        ContainerDevice = "container.device",
        /// Two members of one name: which one is unpacked depends on the tool.
        ContainerDuplicate = "container.duplicate",
        /// Bytes before, behind or shared between members.
        ContainerBytes = "container.bytes",
        /// What cannot be seen without a password.
        ContainerEncrypted = "container.encrypted",
        /// A limit that was reached: what is beyond it was not read.
        ContainerLimit = "container.limit",
        /// Bytes that contradict their format, a checksum or a digest, or end too early.
        ContainerCorrupt = "container.corrupt",
        /// A format that is recognised and not read.
        ContainerUnread = "container.unread",
        /// The reading itself broke off: the child process crashed, was killed, or ran out of time.
        InspectionEnded = "inspection.ended",
        /// Something that runs on a clock by cron, at, or a scheduled task.
        ScheduleCron = "schedule.cron",
        /// A systemd timer, launchd calendar or the like.
        ScheduleTimer = "schedule.timer",
        /// Something that starts with the machine or a session.
        ScheduleStartup = "schedule.startup",
        /// An address that is fetched from, posted to or named.
        RemoteUrl = "remote.url",
        /// A host without an address.
        RemoteHost = "remote.host",
        /// FTP, and credentials in plain text.
        RemoteFtp = "remote.ftp",
        /// scp, sftp, rsync, smb, git over ssh.
        RemoteScp = "remote.scp",
        /// A script that installing runs.
        InstallScript = "install-script",
        /// The set-user-id bit, in the archive or set by a script.
        PrivSetuid = "priv.setuid",
        /// The set-group-id bit.
        PrivSetgid = "priv.setgid",
        /// File capabilities.
        PrivCapability = "priv.capability",
        /// sudo is called.
        PrivSudo = "priv.sudo",
        /// su is called.
        PrivSu = "priv.su",
        /// A rule for sudo or polkit is brought along.
        PrivSudoers = "priv.sudoers",
        /// Code asks whether it runs as root.
        PrivRootCheck = "priv.root-check",
        /// A user or group is made.
        AccountCreate = "account.create",
        /// A unit of the system is named.
        UnitReference = "unit.reference",
        /// A unit is enabled, disabled, masked, restarted.
        UnitControl = "unit.control",
        /// A port or socket is listened on.
        NetListen = "net.listen",
        /// Rules of a packet filter.
        NetFirewall = "net.firewall",
        /// Kernel parameters.
        KernelSysctl = "kernel.sysctl",
        /// Kernel modules.
        KernelModule = "kernel.module",
        /// Rules for devices.
        KernelUdev = "kernel.udev",
        /// Configuration of the system is edited.
        ConfigEdit = "config.edit",
        /// Configuration of the system is replaced.
        ConfigOverwrite = "config.overwrite",
        /// Keys or certificates that will be believed, and checks that are switched off.
        TrustAnchor = "trust.anchor",
        /// A private key that parses.
        SecretPrivateKey = "secret.private-key",
        /// Tokens and passwords.
        SecretToken = "secret.token",
        /// Statements that change a schema.
        DbDdl = "db.ddl",
        /// Statements that hold a lock while they rewrite or scan a table.
        DbDdlBlocking = "db.ddl-blocking",
        /// How migrations are kept from running twice at once.
        DbMigrationLock = "db.migration-lock",
        /// Retries, timeouts, back-off, pools.
        DefaultRetry = "default.retry",
        /// Programs and libraries in machine code.
        BinaryNew = "binary.new",
        /// The least runtime, system or dependency that is asked for.
        MinRuntime = "min.runtime",
        /// The least glibc that programs in machine code need.
        MinGlibc = "min.glibc",
        /// The licence as stated.
        Licence = "licence",
        /// A licence that is another one than before.
        LicenceChange = "licence.change",
    }
}

impl CheckId {
    /// The family: what stands before the dot.
    #[must_use]
    pub fn family(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

written! {
    /// Whether what was found acts.
    Activation {
        /// It acts as it stands.
        Active = "active",
        /// It acts under a condition, which the detail quotes.
        Guarded = "guarded",
        /// It is a pattern that something fills in first.
        Template = "template",
        /// It is switched off by a comment.
        Commented = "commented",
        /// It is told to the person who runs it, and not done.
        PrintedOnly = "printed-only",
        /// It stands in documentation or an example.
        Documentation = "documentation",
        /// It stands in tests.
        Test = "test",
    }
}

impl Activation {
    /// Whether it can act at all: the rest is counted on a page, not listed, unless asked for.
    #[must_use]
    pub fn acts(self) -> bool {
        matches!(self, Activation::Active | Activation::Guarded | Activation::Template)
    }
}

written! {
    /// When what was found acts.
    Trigger {
        /// While the package is installed, upgraded or removed.
        InstallTime = "install-time",
        /// When the machine or a session starts.
        Boot = "boot",
        /// On a clock.
        Schedule = "schedule",
        /// When somebody runs the program.
        RunTime = "run-time",
    }
}

written! {
    /// How sure a reading is.
    Confidence {
        /// Parsed: a mode bit, a unit's key, a command in command position.
        High = "high",
        /// Read by a line's shape, or through one variable.
        Medium = "medium",
        /// A string in a binary, an unresolved variable.
        Low = "low",
    }
}

/// A stranger's line, as it may be shown: at most [`Quote::LONGEST`] characters, none of which disturbs a terminal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Quote(String);

impl Quote {
    /// Characters that are kept; one more than that many, and the last becomes `…`.
    pub const LONGEST: usize = 200;

    /// Quotes a line: without the white space around it, tabs as spaces, cut after [`Quote::LONGEST`] characters.
    #[must_use]
    pub fn of(line: &str) -> Quote {
        let spaced = line.trim().replace('\t', " ");
        // What is cut is never looked at, however long the line is.
        let end = spaced.char_indices().nth(Self::LONGEST + 1).map_or(spaced.len(), |(at, _)| at);
        let clean = crate::container::name::shown(spaced.get(..end).unwrap_or_default());
        if clean.chars().count() <= Self::LONGEST {
            return Quote(clean);
        }
        Quote(clean.chars().take(Self::LONGEST - 1).chain(['…']).collect())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Quote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Quote::of(&<std::borrow::Cow<'de, str>>::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Activation, CheckId, Finding, Quote, Trigger};

    #[test]
    fn every_check_has_a_name_of_its_own_and_is_read_back() {
        for (at, check) in CheckId::ALL.iter().enumerate() {
            assert_eq!(CheckId::ALL.iter().position(|other| other.as_str() == check.as_str()), Some(at));
            assert_eq!(CheckId::parse(check.as_str()), Some(*check));
        }
        assert_eq!(CheckId::parse("schedule.crone"), None);
        assert_eq!((CheckId::PrivSetuid.family(), CheckId::Licence.family()), ("priv", "licence"));
    }

    #[test]
    fn a_quote_is_bounded_and_printable() {
        assert_eq!(Quote::of("\t0 4 * * *\troot  x \r\n").as_str(), "0 4 * * * root  x");
        assert_eq!(Quote::of("a\x1b[31mb").as_str(), "a\u{fffd}[31mb");
        let long = Quote::of(&"é".repeat(100_000));
        assert_eq!((long.as_str().chars().count(), long.as_str().ends_with("é…")), (200, true));
        assert_eq!(Quote::of(&"é".repeat(200)).as_str(), "é".repeat(200));
    }

    #[test]
    fn a_finding_survives_json() {
        let found = Finding::new(CheckId::ScheduleCron, "data.tar.xz!/etc/cron.d/x", "one job")
            .at(4, "0 4 * * * root x")
            .state(Activation::Commented)
            .acting(Some(Trigger::Schedule));
        let json = serde_json::to_string(&found).unwrap();
        assert!(
            json.contains(r#""check":"schedule.cron""#) && json.contains(r#""activation":"commented""#),
            "{json}"
        );
        assert_eq!(serde_json::from_str::<Finding>(&json).unwrap(), found);
    }
}
