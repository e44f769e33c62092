//! Checks that are switched off: unsigned sources of packages, certificates that are not looked at.

use std::sync::LazyLock;

use regex::Regex;

use super::state;
use crate::check::code::Source;
use crate::check::place::Language;
use crate::check::setting;
use crate::check::{Findings, Subject};
use crate::finding::{CheckId, Confidence, Finding, Trigger};

/// Settings that switch a check off, whatever program reads them: keys in lower case, values, what follows.
const SETTINGS: [(&str, &[&str], &str); 10] = [
    ("gpgcheck", &["0", "no", "false"], "packages of this repository are taken without a signature"),
    ("repo_gpgcheck", &["0", "no", "false"], "the list of this repository is taken without a signature"),
    ("sslverify", &["0", "no", "false"], "the server's certificate is not checked"),
    ("ssl_verify", &["0", "no", "false", "none"], "the server's certificate is not checked"),
    ("verify_ssl", &["0", "no", "false"], "the server's certificate is not checked"),
    ("insecure_skip_verify", &["true", "yes", "1"], "the server's certificate is not checked"),
    ("insecureskipverify", &["true", "yes", "1"], "the server's certificate is not checked"),
    ("strict-ssl", &["false"], "the server's certificate is not checked"),
    ("stricthostkeychecking", &["no", "off", "accept-new"], "ssh takes any key for the host's own"),
    ("trusted", &["yes"], "packages of this source are taken without a signature"),
];

/// Looks at one file of configuration.
pub(super) fn look(subject: &Subject<'_>, found: &mut Findings) {
    if !setting::is_configuration(subject) {
        return;
    }
    for entry in setting::entries(subject) {
        let key = entry.key.to_ascii_lowercase();
        // `deb [trusted=yes] http://…` and `Acquire::AllowInsecureRepositories "true";` are no pairs of their own.
        let lower = entry.quote.to_ascii_lowercase();
        let is_source = matches!(key.as_str(), "deb" | "deb-src") && lower.contains("trusted=yes");
        let value = entry.value.to_ascii_lowercase();
        let known =
            SETTINGS.iter().find(|(known, values, _)| key == *known && values.contains(&value.as_str()));
        let said = match known {
            Some((.., said)) => *said,
            None if is_source => "packages of this source are taken without a signature",
            None => continue,
        };
        let finding = subject.finding(CheckId::TrustAnchor, said).at(entry.line, entry.quote);
        found.add(finding.state(state(subject, entry.is_off)));
    }
    apt(subject, found);
}

/// Checks of apt that its own configuration switches off (apt.conf(5)).
fn apt(subject: &Subject<'_>, found: &mut Findings) {
    for (line, text) in subject.lines() {
        let lower = text.trim().to_ascii_lowercase();
        let is_apt = [
            "acquire::allowinsecurerepositories",
            "apt::get::allowunauthenticated",
            "acquire::check-valid-until",
            "acquire::https::verify-peer",
        ];
        let Some(key) = is_apt.iter().find(|key| lower.trim_start_matches(['/', '#', ' ']).starts_with(*key))
        else {
            continue;
        };
        let is_on = lower.contains("\"true\"") || lower.contains("\"1\"");
        if is_on != key.contains("::allow") {
            continue;
        }
        let is_off = lower.starts_with('#') || lower.starts_with("//");
        let finding =
            subject.finding(CheckId::TrustAnchor, "apt's check of what it downloads is switched off");
        found.add(finding.at(line, text).state(state(subject, is_off)));
    }
}

/// Looks at one file of code.
pub(super) fn in_code(subject: &Subject<'_>, source: &Source<'_>, found: &mut Vec<Finding>) {
    static PYTHON: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\bverify\s*=\s*False\b|_create_unverified_context\(|(?:verify_mode|cert_reqs)\s*=\s*(?:ssl\.)?CERT_NONE\b").ok()
    });
    static OTHERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r#"\brejectUnauthorized\s*:\s*(?:false|!1)\b|\bVERIFY_NONE\b|CURLOPT_SSL_VERIFYPEER\s*(?:,|=>)\s*(?:false|0)\b|SSL_VERIFY_NONE\b|verify_hostname\s*=>\s*0\b"#,
        )
        .ok()
    });
    let pattern = if source.language == Language::Python { &PYTHON } else { &OTHERS };
    let Some(pattern) = pattern.as_ref() else { return };
    let is_call = |at: usize| {
        // In a list of parameters it is a default that somebody must ask for; `verify` means much else, too.
        let line = source.line(at).1.trim_start();
        let callee = source.callee(at).unwrap_or_default().to_ascii_lowercase();
        let asks = [
            "get", "post", "put", "delete", "head", "patch", "request", "session", "client", "fetch", "send",
            "open",
        ];
        let is_plain = source.mask.get(at..).is_some_and(|rest| rest.starts_with("verify"));
        !line.starts_with("def ")
            && (!is_plain || line.contains("verify_mode") || asks.iter().any(|word| callee.ends_with(word)))
    };
    let mut all = pattern.find_iter(&source.mask).take(200).filter(|found| is_call(found.start()));
    let Some(first) = all.next() else { return };
    let (line, quote) = source.quote(first.start());
    let finding = subject.finding(CheckId::TrustAnchor, "code that does not check the server's certificate");
    found.push(finding.at(line, quote).acting(Some(Trigger::RunTime)).sure(Confidence::Medium));
}
