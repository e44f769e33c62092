//! Other machines that are named where something would connect to them: in configuration, units, crontabs and code.
//!
//! An address in a comment, in documentation, in what is printed or among what a package says of itself connects to
//! nobody and is not told. The same host in many files is one finding.

mod address;
mod code;
mod role;

use std::collections::BTreeMap;

use super::code::Source;
use super::setting::{self, Entry};
use super::{Findings, Subject, folder, words};
use crate::finding::object::Object;
use crate::finding::{Activation, CheckId, Confidence, Finding, Trigger};
use crate::unit::{self, Unit};
use address::{Address, find, is_machine};
use role::role;

/// Hosts that are told one by one, of those in configuration and of those in code; further ones are listed in one line.
const MOST_EACH: usize = 10;
/// Places that are kept.
const MOST: usize = 20_000;

/// What was met in one inspected file.
#[derive(Debug, Default)]
pub(super) struct Places {
    seen: BTreeMap<(CheckId, String, bool), Place>,
}

#[derive(Debug)]
struct Place {
    finding: Finding,
    /// Better evidence comes first.
    rank: u8,
    /// Further files that name the same host.
    more: usize,
}

/// How sure a place is that something connects there.
const CONFIGURED: u8 = 0;
const CALLED: u8 = 1;
const NAMED: u8 = 2;

impl Places {
    /// Looks at one file of configuration.
    pub(super) fn in_configuration(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if unit::named(subject.name).is_some() {
            return self.in_unit(subject);
        }
        if !setting::is_configuration(subject) || describes(subject.name) {
            return;
        }
        let entries = setting::entries(subject);
        for entry in &entries {
            self.setting(subject, entry, &entries, found);
        }
        // Lines that are an address and nothing else.
        for (line, text) in subject.lines().take(50_000).filter(|(_, text)| text.trim_start().contains("://"))
        {
            let whole = text.trim();
            let Some((0, address)) = find(whole).next() else { continue };
            if address.told().len() == whole.len() && !address.is_reference() {
                let finding = told(subject, &address, "", line, text);
                self.keep(&address, finding, CONFIGURED);
            }
        }
    }

    fn in_unit(&mut self, subject: &Subject<'_>) {
        let unit = Unit::read(subject.text.as_deref().unwrap_or_default());
        let environment =
            unit.values("Service", "Environment").into_iter().map(|set| (set, set.value.as_str()));
        for (set, text) in unit.commands().chain(environment) {
            for (_, address) in find(text).filter(|(_, address)| !address.is_reference()).take(5) {
                let finding =
                    told(subject, &address, &set.key, set.line, &format!("{}={}", set.key, set.value));
                self.keep(&address, finding.acting(Some(Trigger::Boot)), CONFIGURED);
            }
        }
    }

    fn setting(&mut self, subject: &Subject<'_>, entry: &Entry<'_>, all: &[Entry<'_>], found: &mut Findings) {
        let key = entry.key.to_ascii_lowercase();
        let mut any = false;
        for (at, address) in find(entry.quote).take(5) {
            any = true;
            if role::is_about(&key) || !is_value(entry, at, &address) {
                continue;
            }
            // Elsewhere than in the system's configuration a front page is somebody's home.
            if folder::below(subject.name, "etc").is_none() && address.is_front_page() {
                continue;
            }
            // A repository or a mirror is what its key says, whatever its path looks like.
            if address.is_reference() && role(&key, "", address.path) == role::NAMED {
                continue;
            }
            let mut finding = told(subject, &address, &key, entry.line, entry.quote);
            if entry.is_off {
                finding.activation = Activation::Commented;
            }
            if address.has_password && !entry.is_off {
                let secret = subject.finding(
                    CheckId::SecretToken,
                    format!("a password for {} stands in an address", address.host),
                );
                found.add(secret.at(entry.line, entry.quote).sure(Confidence::Medium));
            }
            self.keep(&address, finding, CONFIGURED);
        }
        if !any {
            self.host(subject, entry, &key, all);
        }
    }

    /// A host under a key for hosts, with the protocol that its section names.
    fn host(&mut self, subject: &Subject<'_>, entry: &Entry<'_>, key: &str, all: &[Entry<'_>]) {
        const KEYS: &str = "server host hostname fqdn pool smarthost relayhost mirror nameserver dns fallbackdns ntp \
            fallbackntp remote peer remote_host remotehost serveractive keyserver databasemirror";
        let is_key = words::has(KEYS, key)
            || key.ends_with("_host")
            || key.ends_with("_server")
            || key.ends_with("mirror");
        if !is_key {
            return;
        }
        let method = method(entry, all);
        for word in entry.value.split([' ', ',', '\t']).filter(|word| is_machine(word)).take(8) {
            let (check, by) = match method.as_deref() {
                Some("ftp" | "ftps") => (CheckId::RemoteFtp, " by FTP"),
                Some("scp" | "sftp" | "rsync" | "ssh") => (CheckId::RemoteScp, " over SSH or rsync"),
                _ => (CheckId::RemoteHost, ""),
            };
            let detail = format!("{}: {word}{by}", entry.key);
            let mut finding = subject.finding(check, detail).at(entry.line, entry.quote);
            finding = finding.about(Object::Host { name: word.to_ascii_lowercase() });
            if entry.is_off {
                finding.activation = Activation::Commented;
            }
            self.add(check, word, finding.sure(Confidence::Medium), CONFIGURED);
        }
    }

    /// Looks at one file of code.
    pub(super) fn in_code(&mut self, subject: &Subject<'_>, source: &Source<'_>) {
        code::look(self, subject, source);
    }

    fn keep(&mut self, address: &Address<'_>, finding: Finding, rank: u8) {
        self.add(address.check(), address.host, finding, rank);
    }

    fn add(&mut self, check: CheckId, host: &str, finding: Finding, rank: u8) {
        // `0.pool`, `1.pool` and so on are one service under several names.
        let host = host.to_ascii_lowercase();
        let numbered = host.split_once('.').filter(|(first, rest)| {
            first.bytes().all(|byte| byte.is_ascii_digit())
                && rest.contains(|c: char| c.is_ascii_alphabetic())
        });
        let host = numbered.map_or(host.as_str(), |(_, rest)| rest);
        let key = (check, host.to_owned(), finding.activation.acts());
        let is_full = self.seen.len() >= MOST;
        match self.seen.get_mut(&key) {
            Some(place) => {
                place.more += usize::from(place.finding.path != finding.path);
                let objects = finding.objects.iter().filter(|object| !place.finding.objects.contains(object));
                let objects: Vec<Object> = objects.take(20).cloned().collect();
                if rank < place.rank {
                    (place.finding, place.rank) = (finding, rank);
                }
                if place.finding.objects.len() < 20 {
                    place.finding.objects.extend(objects);
                }
            }
            None if is_full => {}
            None => drop(self.seen.insert(key, Place { finding, rank, more: 0 })),
        }
    }

    /// Tells what was met.
    pub(super) fn tell(&mut self, found: &mut Findings) {
        let mut places: Vec<((CheckId, String, bool), Place)> =
            std::mem::take(&mut self.seen).into_iter().collect();
        places.sort_by_key(|(_, place)| place.rank);
        let (mut configured, mut in_code, mut rest): (usize, usize, Vec<(String, Finding)>) =
            (0, 0, Vec::new());
        for ((_, host, acts), mut place) in places {
            if place.more > 0 {
                let files = if place.more == 1 { "file" } else { "files" };
                place.finding.detail.push_str(&format!("; {} more {files} name this host", place.more));
            }
            if acts {
                let count = if place.rank > CONFIGURED { &mut in_code } else { &mut configured };
                *count += 1;
                if *count > MOST_EACH {
                    rest.push((host, place.finding));
                    continue;
                }
            }
            found.add(place.finding);
        }
        let hosts: Vec<&str> = rest.iter().map(|(host, _)| host.as_str()).take(20).collect();
        if let Some((_, first)) = rest.first() {
            let detail = format!("{} further hosts are named: {}", rest.len(), hosts.join(", "));
            let objects =
                rest.iter().flat_map(|(_, finding)| finding.objects.iter().cloned()).take(200).collect();
            found.add(Finding { detail, objects, ..first.clone() });
        }
    }
}

/// The protocol that an entry's section names, or the one that all sections share.
fn method(entry: &Entry<'_>, all: &[Entry<'_>]) -> Option<String> {
    let of = |section: &str| {
        let mut own = all.iter().filter(|other| !other.is_off && other.section.eq_ignore_ascii_case(section));
        own.rfind(|other| words::has("method protocol transport", other.key))
    };
    of(entry.section).or_else(|| of("DEFAULT")).map(|entry| entry.value.to_ascii_lowercase())
}

/// Whether an address is what a line sets or what a command in it connects to, and not part of some prose.
fn is_value(entry: &Entry<'_>, at: usize, address: &Address<'_>) -> bool {
    const COMMANDS: [&str; 8] =
        ["curl ", "wget ", "rsync ", "deb ", "deb-src ", "git clone", "lftp ", "fetch "];
    let before = entry.quote.get(..at).unwrap_or_default();
    let starts = entry.value.trim_start_matches(['[', '(', '"', '\'']).starts_with(address.scheme);
    if entry.is_off {
        return starts && entry.quote.contains('=') && entry.value.split_whitespace().count() == 1;
    }
    // Several addresses follow each other in a list.
    let in_list = entry.value.starts_with("http") || entry.value.starts_with("ftp");
    !before.contains(" #") && (starts || in_list || COMMANDS.iter().any(|command| before.contains(command)))
}

/// The finding for an address under a key or among the arguments of a call.
fn told(subject: &Subject<'_>, address: &Address<'_>, key: &str, line: usize, quote: &str) -> Finding {
    let role = role(key, quote, address.path);
    let plain = if matches!(address.scheme, "http" | "ws" | "ftp" | "tftp") { ", unencrypted" } else { "" };
    let detail = format!("{role}: {}{plain}", address.told());
    let finding = subject.finding(address.check(), detail).at(line, quote).sure(Confidence::Medium);
    finding.about(Object::Host { name: address.host.to_ascii_lowercase() })
}

/// Files in which a package describes itself or how it is built.
fn describes(name: &str) -> bool {
    const FILES: [&str; 12] = [
        "pyproject.toml",
        "setup.cfg",
        "tox.ini",
        "cargo.toml",
        "mkdocs.yml",
        "composer.yml",
        "pubspec.yaml",
        "codecov.yml",
        "appveyor.yml",
        "conda.yaml",
        "meta.yaml",
        "metadata.yaml",
    ];
    FILES.contains(&folder::own(name).to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests;
