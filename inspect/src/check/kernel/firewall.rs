//! Rules of packet filters: nftables, iptables, ufw, firewalld, and units that change them.

use std::collections::BTreeMap;

use crate::check::{Findings, Subject, folder};
use crate::finding::{Activation, CheckId, Finding, Trigger};
use crate::unit::{self, Unit};

/// Definitions of services in one folder that are told one by one; a firewall's own package brings hundreds.
const MOST: usize = 4;

/// Looks at one file.
pub(super) fn look(subject: &Subject<'_>, found: &mut Findings) {
    let Some(text) = subject.text.as_deref() else { return };
    let name = subject.name;
    if folder::is(name, "etc/nftables.conf")
        || folder::suffix(name) == "nft"
        || folder::below(name, "etc/nftables").is_some()
    {
        rules(subject, "nftables", &["table ", "flush ", "add ", "include "], found);
    } else if text.contains("\n*filter") || text.starts_with("*filter") || text.contains("\n*nat\n") {
        rules(subject, "iptables", &["-A ", ":INPUT", ":FORWARD", ":OUTPUT"], found);
    } else if folder::is(name, "etc/ufw/ufw.conf") {
        if let Some((line, text)) = subject.lines().find(|(_, text)| text.starts_with("ENABLED=")) {
            let is_on = text.ends_with("yes");
            let detail = if is_on {
                "ufw filters packets from the start"
            } else {
                "ufw filters nothing until it is switched on"
            };
            found.add(
                subject.finding(CheckId::NetFirewall, detail).at(line, text).acting(Some(Trigger::Boot)),
            );
        }
    } else if unit::named(name).is_some() {
        commands(subject, &Unit::read(text), found);
    }
}

fn rules(subject: &Subject<'_>, by: &str, starts: &[&str], found: &mut Findings) {
    let is_rule = |text: &str| starts.iter().any(|start| text.trim_start().starts_with(start));
    let lines: Vec<(usize, &str)> = subject.lines().filter(|(_, text)| is_rule(text)).take(10_000).collect();
    let flush = lines.iter().find(|(_, text)| text.trim_start().starts_with("flush ruleset"));
    let Some((line, text)) = flush.or(lines.first()) else { return };
    let first = if flush.is_some() { ", after all others are dropped" } else { "" };
    let detail = format!("{}: rules for packets, for {by}{first}", folder::own(subject.name));
    found.add(subject.finding(CheckId::NetFirewall, detail).at(*line, text));
}

/// Units that change rules when they start or stop.
fn commands(subject: &Subject<'_>, unit: &Unit, found: &mut Findings) {
    let name = unit::named(subject.name).unwrap_or_default();
    for (set, command) in unit.commands() {
        let program = command.split_whitespace().next().map(folder::own).unwrap_or_default();
        let is_filter = matches!(
            program,
            "nft"
                | "iptables"
                | "ip6tables"
                | "iptables-restore"
                | "ip6tables-restore"
                | "ebtables"
                | "ufw"
                | "firewall-cmd"
        );
        let drops = is_filter
            && (command.contains("flush ruleset") || command.contains(" -F") || command.contains("--flush"));
        if is_filter {
            let what = if drops {
                "drops all rules of the packet filter"
            } else {
                "changes rules of the packet filter"
            };
            let when = if set.key.starts_with("ExecStop") {
                "when it stops"
            } else if set.key == "ExecReload" {
                "when it is reloaded"
            } else {
                "when it starts"
            };
            let finding = subject.finding(CheckId::NetFirewall, format!("{name}: {what} {when}"));
            found
                .add(finding.at(set.line, &format!("{}={}", set.key, set.value)).acting(Some(Trigger::Boot)));
        }
    }
}

/// Ports that packages describe for a firewall, which opens none until it is told.
#[derive(Debug, Default)]
pub(super) struct Services {
    found: BTreeMap<&'static str, (Vec<Finding>, usize)>,
}

impl Services {
    /// Looks at one file.
    pub(super) fn look(&mut self, subject: &Subject<'_>) {
        const FOLDERS: [(&str, &str); 3] = [
            ("etc/ufw/applications.d", "ufw"),
            ("usr/lib/firewalld/services", "firewalld"),
            ("etc/firewalld/services", "firewalld"),
        ];
        let Some((_, by)) =
            FOLDERS.iter().find(|(place, _)| folder::directly(subject.name, &[place]).is_some())
        else {
            return;
        };
        let is_port = |text: &str| text.starts_with("ports=") || text.contains("<port ");
        let ports: Vec<(usize, &str)> =
            subject.lines().filter(|(_, text)| is_port(text.trim())).take(50).collect();
        let Some((line, text)) = ports.first() else { return };
        let said: Vec<String> = ports.iter().map(|(_, text)| port(text.trim())).collect();
        let detail = format!(
            "{}: ports described for {by}, opened when somebody says so: {}",
            folder::own(subject.name),
            said.join(", ")
        );
        let (findings, count) = self.found.entry(by).or_default();
        *count += 1;
        if findings.len() < MOST {
            findings.push(
                subject
                    .finding(CheckId::NetFirewall, detail)
                    .at(*line, text)
                    .state(Activation::Documentation),
            );
        }
    }

    /// Tells what was seen.
    pub(super) fn tell(&mut self, found: &mut Findings) {
        for (by, (findings, count)) in std::mem::take(&mut self.found) {
            if count <= MOST {
                findings.into_iter().for_each(|finding| found.add(finding));
            } else if let Some(first) = findings.into_iter().next() {
                found.add(Finding { detail: format!("{count} descriptions of services for {by}"), ..first });
            }
        }
    }
}

/// `80,443/tcp` of either way of writing it.
fn port(text: &str) -> String {
    if let Some(ports) = text.strip_prefix("ports=") {
        return ports.to_owned();
    }
    let value = |key: &str| {
        text.split_once(&format!("{key}=\"")).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default()
    };
    format!("{}/{}", value("port"), value("protocol"))
}
