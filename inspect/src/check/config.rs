//! Configuration that is replaced although somebody edited it: files of an RPM package that are not kept, keys of the
//! registry of Windows.
//!
//! Debian's conffiles are asked about and need no line.

use super::schedule::windows;
use super::{Check, Findings, Subject};
use crate::finding::{CheckId, Trigger};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Configuration;

impl Check for Configuration {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        if subject.name == "%config" {
            replaced(subject, found);
        } else if subject.name.to_ascii_lowercase().ends_with(".reg") {
            registry(subject, found);
        }
    }
}

fn replaced(subject: &Subject<'_>, found: &mut Findings) {
    let mut files: Vec<&str> =
        subject.lines().filter_map(|(_, text)| text.strip_prefix("%config ")).collect();
    let Some(first) = files.first().copied() else { return };
    let count = files.len();
    files.truncate(4);
    let more = if count > 4 { format!(" and {} more", count - 4) } else { String::new() };
    let list = files.join(", ");
    let detail = format!("replaced even where it was edited, the old one is kept as .rpmsave: {list}{more}");
    let finding = subject.finding(CheckId::ConfigOverwrite, detail).quoting(&format!("%config {first}"));
    found.add(finding.acting(Some(Trigger::InstallTime)));
}

fn registry(subject: &Subject<'_>, found: &mut Findings) {
    let Some(text) = windows::text(subject).filter(|text| windows::is_registry(text)) else { return };
    let keys: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
        .filter(|(_, line)| line.starts_with('[') && line.ends_with(']'))
        .take(10_000)
        .collect();
    let Some((line, first)) = keys.first() else { return };
    let gone = keys.iter().filter(|(_, key)| key.starts_with("[-")).count();
    let gone = if gone > 0 { format!(", and removes {gone}") } else { String::new() };
    let detail = format!("sets values under {} keys of the registry{gone}", keys.len());
    found.add(subject.finding(CheckId::ConfigEdit, detail).at(*line, first));
}

#[cfg(test)]
mod tests {
    use crate::check::trial;
    use crate::finding::CheckId;

    #[test]
    fn a_registry_file_is_counted() {
        let text = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Orrin]\r\n\"a\"=\"b\"\r\n[-HKEY_CURRENT_USER\\x]\r\n";
        let mut wide = vec![0xff, 0xfe];
        wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        for bytes in [text.as_bytes(), &wide] {
            let found = trial::of_bytes(&[CheckId::ConfigEdit], &[("orrin.reg", bytes)]);
            assert_eq!(
                found,
                ["config.edit active 3: sets values under 2 keys of the registry, and removes 1"]
            );
        }
    }

    #[test]
    fn configuration_that_is_kept_is_quiet() {
        let of = |text: &str| trial::of(&[CheckId::ConfigOverwrite], &[("%config", text)]);
        assert_eq!(of("%config(noreplace) /etc/a\n"), Vec::<String>::new());
        assert_eq!(
            of("%config(noreplace) /etc/a\n%config /etc/b\n"),
            [
                "config.overwrite active: replaced even where it was edited, the old one is kept as .rpmsave: /etc/b"
            ]
        );
    }
}
