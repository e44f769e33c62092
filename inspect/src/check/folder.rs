//! Where a file would lie once it is installed, as far as its name in the package says.
//!
//! Archives of an upgrade, wheels with `data/` and container layers put a whole tree below some folder of their own, so
//! a system's folder counts wherever it stands in a name.

use super::Findings;
use crate::finding::Finding;

/// What stands below a folder of the system: `x` of `etc/cron.d/x` and of `rootfs/etc/cron.d/x` for `etc/cron.d`.
#[must_use]
pub(super) fn below<'a>(name: &'a str, folder: &str) -> Option<&'a str> {
    for (at, _) in name.match_indices(folder) {
        let begins = at == 0 || name.get(..at).is_some_and(|before| before.ends_with('/'));
        let rest = name.get(at + folder.len()..).and_then(|rest| rest.strip_prefix('/'));
        if let (true, Some(rest)) = (begins, rest.filter(|rest| !rest.is_empty())) {
            return Some(rest);
        }
    }
    None
}

/// A file that lies directly in one of these folders.
#[must_use]
pub(super) fn directly<'a>(name: &'a str, folders: &[&str]) -> Option<&'a str> {
    folders.iter().find_map(|folder| below(name, folder).filter(|rest| !rest.contains('/')))
}

/// Whether a file is this one of the system.
#[must_use]
pub(super) fn is(name: &str, file: &str) -> bool {
    name == file || name.strip_suffix(file).is_some_and(|before| before.ends_with('/'))
}

/// The last part of a name.
#[must_use]
pub(super) fn own(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The suffix of a name, in lower case, without its full stop.
#[must_use]
pub(super) fn suffix(name: &str) -> String {
    own(name).rsplit_once('.').map_or_else(String::new, |(_, suffix)| suffix.to_ascii_lowercase())
}

/// What stands before a member's own name: the chain of containers that it is in.
#[must_use]
pub(super) fn around<'a>(path: &'a str, name: &str) -> &'a str {
    path.strip_suffix(name).unwrap_or(path)
}

/// Adds findings of one kind: one by one if they are few, else as one that names where they are.
pub(super) fn together(findings: Vec<Finding>, few: usize, what: &str, found: &mut Findings) {
    if findings.len() <= few {
        findings.into_iter().for_each(|finding| found.add(finding));
        return;
    }
    let count = findings.len();
    let names: Vec<String> = findings.iter().map(|finding| own(&finding.path).to_owned()).take(12).collect();
    let objects = findings.iter().flat_map(|finding| finding.objects.iter().cloned()).take(100).collect();
    let more = if count > names.len() { ", …" } else { "" };
    if let Some(first) = findings.into_iter().next() {
        let detail = format!("{count} {what}: {}{more}", names.join(", "));
        found.add(Finding { detail, objects, ..first });
    }
}

/// The package that a member belongs to: what stands before the innermost archive, so that a package's scripts and its
/// files, which lie in two archives side by side, meet.
#[must_use]
pub(super) fn package(path: &str, name: &str) -> String {
    let inner = around(path, name).strip_suffix("!/").unwrap_or_default();
    inner.rfind("!/").and_then(|at| inner.get(..at + 2)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{below, directly, is};

    #[test]
    fn a_folder_of_the_system_counts_wherever_it_stands() {
        assert_eq!(below("etc/cron.d/x", "etc/cron.d"), Some("x"));
        assert_eq!(below("p-1.data/data/etc/cron.d/x", "etc/cron.d"), Some("x"));
        assert_eq!(below("petc/cron.d/x", "etc/cron.d"), None);
        assert_eq!(below("etc/cron.daily/x", "etc/cron.d"), None);
        assert_eq!(below("etc/cron.d/", "etc/cron.d"), None);
        assert_eq!(directly("etc/cron.d/a/x", &["etc/cron.d"]), None);
        assert!(is("root/etc/crontab", "etc/crontab") && !is("setc/crontab", "etc/crontab"));
    }
}
