//! What will be believed once the package is installed: keyrings, certificates, known hosts, sources of packages that
//! are not checked, and code that switches checks off.
//!
//! Keys are counted and named; whether they were known before is decided elsewhere.

mod unchecked;

use std::collections::BTreeMap;

use super::code::Source;
use super::{Check, Findings, Subject, folder};
use crate::finding::{Activation, CheckId, Finding};
use crate::key;

/// Folders whose keys are believed, and by whom.
const KEYRINGS: [(&str, &str); 6] = [
    ("etc/apt/trusted.gpg.d", "apt believes them for every source"),
    ("etc/apt/keyrings", "apt believes them where a source names the file"),
    ("usr/share/keyrings", "believed where something names the file"),
    ("etc/pki/rpm-gpg", "rpm takes them where a repository names the file"),
    ("usr/share/distribution-gpg-keys", "rpm takes them where a repository names the file"),
    ("usr/lib/rpm/gnupg/keys", "rpm believes them"),
];

/// Folders whose certificates become anchors of the system.
const ANCHORS: [&str; 5] = [
    "usr/share/ca-certificates",
    "usr/local/share/ca-certificates",
    "etc/pki/ca-trust/source/anchors",
    "usr/share/pki/ca-trust-source/anchors",
    "etc/ssl/certs",
];

/// Certificates from which on a file is a bundle of anchors and not somebody's chain.
const BUNDLE: usize = 10;

/// Anchors in files of their own that are told one by one; more are counted.
const MOST: usize = 5;

/// The family.
#[derive(Debug, Default)]
pub(super) struct Trust {
    anchors: BTreeMap<&'static str, (Vec<Finding>, usize)>,
}

impl Check for Trust {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if subject.bytes.is_empty() {
            return;
        }
        if let Some((place, by)) =
            KEYRINGS.iter().find(|(place, _)| folder::below(subject.name, place).is_some())
        {
            keyring(subject, place, by, found);
        } else if folder::is(subject.name, "etc/apt/trusted.gpg") {
            keyring(subject, "etc/apt/trusted.gpg", "apt believes them for every source", found);
        } else if let Some(place) =
            ANCHORS.into_iter().find(|place| folder::below(subject.name, place).is_some())
        {
            self.anchor(subject, place);
        } else {
            bundle(subject, found);
        }
        known_hosts(subject, found);
        unchecked::look(subject, found);
    }

    fn end(&mut self, found: &mut Findings) {
        for (place, (findings, count)) in std::mem::take(&mut self.anchors) {
            if count <= MOST {
                findings.into_iter().for_each(|finding| found.add(finding));
            } else if let Some(first) = findings.into_iter().next() {
                let detail =
                    format!("{count} files of certificates for {place}: anchors of the whole system");
                found.add(Finding { detail, ..first });
            }
        }
    }
}

/// What code says; the source is read once for all families.
pub(super) fn in_code(subject: &Subject<'_>, source: &Source<'_>, found: &mut Vec<Finding>) {
    unchecked::in_code(subject, source, found);
}

fn keyring(subject: &Subject<'_>, place: &str, by: &str, found: &mut Findings) {
    let Ok(certificates) = key::openpgp::read(subject.bytes) else { return };
    let named: Vec<String> = certificates.iter().take(3).map(|one| one.fingerprint().grouped()).collect();
    let more = certificates.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let count = certificates.len();
    let keys = if count == 1 { "key" } else { "keys" };
    let own = folder::own(subject.name);
    let detail = format!("{count} {keys} in {place}/{own}, {by}: {}{more}", named.join(", "));
    found.add(subject.finding(CheckId::TrustAnchor, detail));
}

impl Trust {
    /// A certificate of its own that becomes an anchor.
    fn anchor(&mut self, subject: &Subject<'_>, place: &'static str) {
        let Ok(certificates) = key::x509::read(subject.bytes) else { return };
        let Some(first) = certificates.first() else { return };
        let detail = format!("{} in {place}: an anchor of the whole system", count_of(certificates.len()));
        let finding = subject.finding(CheckId::TrustAnchor, detail).quoting(&first.subject);
        let (findings, count) = self.anchors.entry(place).or_default();
        *count += 1;
        if findings.len() <= MOST {
            findings.push(finding);
        }
    }
}

fn count_of(count: usize) -> String {
    if count == 1 { "1 certificate".to_owned() } else { format!("{count} certificates") }
}

/// A file of many certificates, wherever it lies: what a program believes by itself.
fn bundle(subject: &Subject<'_>, found: &mut Findings) {
    const MARK: &str = "-----BEGIN CERTIFICATE-----";
    let suffix = folder::suffix(subject.name);
    let Some(text) =
        subject.text.as_deref().filter(|_| matches!(suffix.as_str(), "pem" | "crt" | "cer" | "bundle" | ""))
    else {
        return;
    };
    let count = text.matches(MARK).take(10_000).count();
    let own = folder::own(subject.name).to_ascii_lowercase();
    let is_named = ["cacert", "ca-bundle", "ca_bundle", "cacerts", "roots", "ca-certificates"]
        .iter()
        .any(|word| own.contains(word));
    if count == 0 || count < BUNDLE && !is_named || text.contains("PRIVATE KEY-----") {
        return;
    }
    let detail = format!("{own}: a bundle of {}, believed by what reads it", count_of(count));
    let line = subject.lines().find(|(_, line)| line.starts_with(MARK));
    let finding = subject.finding(CheckId::TrustAnchor, detail);
    found.add(match line {
        Some((line, text)) => finding.at(line, text),
        None => finding,
    });
}

/// Hosts whose keys ssh takes for theirs.
fn known_hosts(subject: &Subject<'_>, found: &mut Findings) {
    if !matches!(folder::own(subject.name), "known_hosts" | "ssh_known_hosts" | "ssh_known_hosts2") {
        return;
    }
    let is_key = |text: &str| {
        text.split_whitespace().any(|word| word.starts_with("ssh-") || word.starts_with("ecdsa-sha2-"))
    };
    let hosts: Vec<(usize, &str)> =
        subject.lines().filter(|(_, text)| !text.starts_with('#') && is_key(text)).take(1000).collect();
    let Some((line, text)) = hosts.first() else { return };
    let detail = format!("ssh takes these keys for the hosts' own: {} lines", hosts.len());
    found.add(subject.finding(CheckId::TrustAnchor, detail).at(*line, text));
}

/// What the place of a finding makes of a line that is switched off.
fn state(subject: &Subject<'_>, is_off: bool) -> Activation {
    if is_off { Activation::Commented } else { subject.setting }
}

#[cfg(test)]
mod tests;
