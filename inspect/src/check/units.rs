//! Units of systemd: which other units they count on, which sockets they listen on, which rights they grant, and what
//! their commands do to the machine.
//!
//! Timers and what starts with the machine are told by the family of schedules.

use std::collections::{BTreeMap, BTreeSet};

use super::schedule::Scripts;
use super::{Check, Findings, Role, Subject, command, folder, words};
use crate::check::listen::address::{Address, reach};
use crate::finding::object::{Object, Protocol};
use crate::finding::{Activation, CheckId, Finding, Trigger};
use crate::unit::{self, Setting, Unit};

/// References that wait for the end.
const MOST: usize = 20_000;

/// What missing means, by the key that names the other unit (systemd.unit(5)).
const STRONG: [(&str, &str); 3] = [
    ("Requires", "it does not start where that is missing"),
    ("Requisite", "it does not start unless that runs already"),
    ("BindsTo", "it does not start where that is missing, and stops with it"),
];

/// Keys that ask for an order or a company, which nothing breaks without.
const WEAK: [&str; 5] = ["After", "Before", "Wants", "Upholds", "OnFailure"];

/// What missing means for those.
const HARMLESS: &str = "an order or a wish, harmless where they are missing";

/// Units with only such references that are told one by one.
const MOST_WEAK: usize = 4;

/// Keys whose effect reaches the other unit or comes from it.
const BOUND: [(&str, &str); 2] =
    [("PartOf", "it is stopped and restarted with that"), ("Conflicts", "starting either stops the other")];

/// Units that systemd itself brings or that every system with it has (systemd.special(7)).
const STANDARD: [&str; 15] = [
    "dbus.service",
    "dbus.socket",
    "dbus-broker.service",
    "syslog.service",
    "syslog.socket",
    "init.scope",
    "-.mount",
    "tmp.mount",
    "display-manager.service",
    "getty@.service",
    "system.slice",
    "user.slice",
    "machine.slice",
    "-.slice",
    "rescue.service",
];

/// The family.
#[derive(Debug, Default)]
pub(super) struct Units {
    packages: BTreeMap<String, Package>,
    waiting: usize,
}

#[derive(Debug, Default)]
struct Package {
    own: BTreeSet<String>,
    references: Vec<Reference>,
    sockets: Vec<(String, Finding)>,
    scripts: Scripts,
}

/// Other units that one key of a unit names.
#[derive(Debug)]
struct Reference {
    finding: Finding,
    /// The key with each name, as written: `After=x.service`.
    named: Vec<(&'static str, String)>,
    meaning: &'static str,
}

impl Check for Units {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        let is_script = subject.role == Role::InstallScript;
        let Some(name) = unit::named(subject.name).filter(|_| !is_script) else {
            if is_script {
                let key = folder::package(subject.path, subject.name);
                self.packages.entry(key).or_default().scripts.read(subject);
            }
            return;
        };
        // Units that are links to other names are the package's own, too.
        let key = folder::package(subject.path, subject.name);
        let package = self.packages.entry(key).or_default();
        self.waiting += 1;
        if self.waiting > MOST {
            return;
        }
        package.own.insert(name.to_owned());
        let unit = Unit::read(subject.text.as_deref().unwrap_or_default());
        if !unit.is_one() {
            return;
        }
        for alias in unit.values("Install", "Alias") {
            package.own.extend(alias.value.split_whitespace().map(str::to_owned));
        }
        package.references.extend(references(subject, &unit, name));
        for (set, text) in unit.commands().take(50) {
            let under = subject.finding(CheckId::UnitControl, String::new());
            let under = under.at(set.line, &format!("{}={}", set.key, set.value)).acting(Some(Trigger::Boot));
            command::look(text, &under, found);
        }
        package.sockets.extend(socket(subject, &unit, name));
        // A pattern for further instances of a service that is told needs no line of its own.
        let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
        let plain = stem.strip_suffix('@').map(|stem| format!("{stem}.{kind}"));
        if plain.is_none_or(|plain| !package.own.contains(&plain)) {
            rights(subject, &unit, name, found);
        }
    }

    fn end(&mut self, found: &mut Findings) {
        for (_, package) in std::mem::take(&mut self.packages) {
            let told = package.references.into_iter().filter_map(|reference| reference.tell(&package.own));
            let (weak, strong): (Vec<Finding>, Vec<Finding>) =
                told.partition(|finding| finding.detail.ends_with(HARMLESS));
            strong.into_iter().for_each(|finding| found.add(finding));
            let what = "units name others in their order, harmless where those are missing";
            folder::together(weak, MOST_WEAK, what, found);
            for (name, mut finding) in package.sockets {
                if finding.activation == Activation::Active && package.scripts.leave_off(&name) {
                    finding.activation = Activation::Guarded;
                    finding.detail.push_str("; no script of the package enables the socket");
                }
                found.add(finding);
            }
        }
    }
}

impl Reference {
    /// The finding, if units are left that the package does not bring.
    fn tell(self, own: &BTreeSet<String>) -> Option<Finding> {
        let is_foreign = |name: &str| {
            let pattern =
                name.split_once('@').and_then(|(stem, rest)| Some((stem, rest.rsplit_once('.')?.1)));
            let pattern = pattern.map(|(stem, kind)| format!("{stem}@.{kind}"));
            !own.contains(name)
                && pattern.is_none_or(|pattern| !own.contains(&pattern) && !is_standard(&pattern))
        };
        let mut lists: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (key, name) in self.named.iter().filter(|(_, name)| is_foreign(name) && !is_standard(name)) {
            lists.entry(key).or_default().insert(name);
        }
        if lists.is_empty() {
            return None;
        }
        let said = lists.iter().map(|(key, names)| {
            let names: Vec<&str> = names.iter().copied().take(12).collect();
            format!("{key}={}", names.join(" "))
        });
        let mut finding = self.finding;
        for (key, names) in &lists {
            let required = STRONG.iter().any(|(strong, _)| strong == key);
            for name in names {
                finding = finding.about(Object::Unit { name: (*name).to_owned(), required });
            }
        }
        let said: Vec<String> = said.collect();
        finding.detail.push_str(&format!("{}: {}", said.join(", "), self.meaning));
        Some(finding)
    }
}

fn is_standard(name: &str) -> bool {
    // Targets are what systemd and its guests agree on; those of somebody's own are named in the unit's package.
    // Devices, mounts and slices are the machine's own, and no package's.
    let kind = name.rsplit('.').next().unwrap_or_default();
    STANDARD.contains(&name)
        || name.starts_with("systemd-")
        || matches!(kind, "device" | "mount" | "swap" | "slice" | "scope")
        || is_standard_target(name)
}

fn is_standard_target(name: &str) -> bool {
    const TARGETS: &str = "basic bluetooth cryptsetup cryptsetup-pre default emergency exit final getty getty-pre graphical \
        graphical-session graphical-session-pre halt hibernate initrd initrd-fs initrd-root-fs initrd- \
        switch-root local-fs local-fs-pre multi-user network network-online network-pre nss-lookup nss-user- \
        lookup paths poweroff printer reboot remote-cryptsetup remote-fs remote-fs-pre rescue rpcbind \
        shutdown sigpwr sleep slices smartcard sockets sound suspend swap sysinit time-set time-sync";
    const OTHERS: &str = "timers umount usb-gadget veritysetup first-boot-complete boot-complete machines kexec system-update \
        hybrid-sleep";
    let stem = name.strip_suffix(".target");
    stem.is_some_and(|stem| {
        words::has(TARGETS, stem) || words::has(OTHERS, stem) || stem.starts_with("runlevel")
    })
}

fn references(subject: &Subject<'_>, unit: &Unit, name: &str) -> Vec<Reference> {
    let named = |key: &'static str| {
        let sets = unit.values("Unit", key).into_iter().cloned();
        sets.map(|set| {
            let words = set.value.split_whitespace().map(|word| unit::resolved(word, name));
            let names: Vec<(&'static str, String)> =
                words.filter(|word| unit::is_name(word)).map(|word| (key, word)).take(100).collect();
            (set, names)
        })
        .collect::<Vec<(Setting, Vec<_>)>>()
    };
    let reference = |meaning: &'static str, sets: Vec<(Setting, Vec<_>)>| {
        let foreign = |names: &[(&str, String)]| names.iter().any(|(_, name)| !is_standard(name));
        let first = sets.iter().find(|(_, names)| foreign(names)).map(|(set, _)| set.clone())?;
        let finding = subject.finding(CheckId::UnitReference, format!("{name}: "));
        let finding = finding.at(first.line, &format!("{}={}", first.key, first.value));
        let named = sets.into_iter().flat_map(|(_, names)| names).collect();
        Some(Reference { finding: finding.acting(Some(Trigger::Boot)), named, meaning })
    };
    let strong = STRONG.iter().chain(&BOUND).filter_map(|(key, meaning)| reference(meaning, named(key)));
    let mut all: Vec<Reference> = strong.collect();
    let weak = WEAK.iter().flat_map(|key| named(key)).collect();
    all.extend(reference(HARMLESS, weak));
    all
}

/// What a socket listens on, other than paths of the file system.
fn socket(subject: &Subject<'_>, unit: &Unit, name: &str) -> Option<(String, Finding)> {
    let kinds = [("ListenStream", "tcp"), ("ListenDatagram", "udp"), ("ListenSequentialPacket", "sctp")];
    let sets = kinds.iter().flat_map(|(key, kind)| {
        unit.values("Socket", key)
            .into_iter()
            .filter_map(|set| Some((set, Address::read(&set.value)?, *kind)))
    });
    let all: Vec<(&Setting, Address, &str)> = sets.take(50).collect();
    let (first, ..) = all.first()?;
    let said: Vec<String> = all.iter().map(|(_, address, kind)| format!("{address} ({kind})")).collect();
    let reach = reach(all.iter().map(|(_, address, _)| address));
    let detail = format!("{name}: systemd listens on {}: {reach}", said.join(", "));
    let finding = subject.finding(CheckId::NetListen, detail);
    let mut finding = finding.at(first.line, &format!("{}={}", first.key, first.value));
    for (_, address, kind) in &all {
        let protocol = if *kind == "udp" { Protocol::Udp } else { Protocol::Tcp };
        finding = finding.about(address.object(protocol));
    }
    Some((name.to_owned(), finding.acting(Some(Trigger::Boot))))
}

/// Capabilities that a service keeps although it is not root.
fn rights(subject: &Subject<'_>, unit: &Unit, name: &str, found: &mut Findings) {
    let Some(first) = unit.last("Service", "AmbientCapabilities").filter(|set| !set.value.starts_with('~'))
    else {
        return;
    };
    let user = unit.last("Service", "User").map_or("root", |set| set.value.as_str());
    if user == "root" {
        return;
    }
    let detail = format!("{name}: runs as {user} with these rights of root");
    let finding = subject.finding(CheckId::PrivCapability, detail).at(first.line, &first.value);
    found.add(finding.acting(Some(Trigger::Boot)));
}

#[cfg(test)]
mod tests {
    use crate::check::trial;
    use crate::finding::CheckId;

    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let checks = [CheckId::UnitReference, CheckId::NetListen, CheckId::PrivCapability];
        assert_eq!(trial::of(&checks, files), expected);
    }

    #[test]
    fn what_breaks_when_missing_is_told_apart_from_what_does_not() {
        let unit = "[Unit]\nAfter=network.target wire.service relay.socket\nRequires=relay.socket wire.service\n\
                    Wants=net.service\nPartOf=firewall.service\n[Service]\nExecStart=/usr/bin/relay\n";
        check(
            &[
                ("usr/lib/systemd/system/relay.service", unit),
                ("usr/lib/systemd/system/relay.socket", "[Socket]\n"),
            ],
            &[
                "unit.reference active 3: relay.service: Requires=wire.service: it does not start where that is missing",
                "unit.reference active 5: relay.service: PartOf=firewall.service: it is stopped and restarted with that",
                "unit.reference active 2: relay.service: After=wire.service, Wants=net.service: an order or a wish, \
                 harmless where they are missing",
            ],
        );
    }

    #[test]
    fn own_and_standard_units_are_no_news() {
        let unit = "[Unit]\nAfter=network-online.target systemd-journald.socket getty@tty1.service a@x.service\n\
                    Requires=%N.socket\n[Install]\nAlias=old.service\n";
        check(
            &[
                ("lib/systemd/system/a@.service", unit),
                ("lib/systemd/system/b.service", "[Unit]\nAfter=old.service\nWants=a@3.service\n"),
                ("lib/systemd/system/a@.socket", "[Unit]\nBefore=b.service\n"),
            ],
            &[],
        );
    }

    #[test]
    fn a_socket_tells_how_far_it_is_reached() {
        check(
            &[(
                "lib/systemd/system/relay.socket",
                "[Socket]\nListenStream=/run/x\nListenStream=0.0.0.0:4111\nListenDatagram=4111\n",
            )],
            &[
                "net.listen active 3: relay.socket: systemd listens on 0.0.0.0:4111 (tcp), port 4111 (udp): on all addresses",
            ],
        );
        check(
            &[("lib/systemd/system/relay.socket", "[Socket]\nListenStream=127.0.0.1:4111\n")],
            &["net.listen active 2: relay.socket: systemd listens on 127.0.0.1:4111 (tcp): on loopback only"],
        );
    }

    #[test]
    fn a_right_of_root_without_root_is_told() {
        check(
            &[("lib/systemd/system/a.service", "[Service]\nUser=relay\nAmbientCapabilities=CAP_NET_ADMIN\n")],
            &["priv.capability active 3: a.service: runs as relay with these rights of root"],
        );
    }
}
