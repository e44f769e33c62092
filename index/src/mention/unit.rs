//! Names of systemd units.
//!
//! Refuses names that programs use for other things ("os.path", "event.target") unless something says unit.

use super::surroundings::{lower, words_back};
use super::{Found, Kind};

/// Kinds of unit (systemd.unit(5)) that hardly any other name ends in.
const CERTAIN: &[&str] = &["service", "automount", "mount"];
/// Kinds of unit whose name is also an attribute in many a program.
const DOUBTFUL: &[&str] = &["socket", "timer", "target", "path", "slice", "device", "swap", "scope"];
/// Units that every system has, without a dash in their names.
const FAMILIAR: &[&str] = &[
    "basic",
    "bluetooth",
    "default",
    "dbus",
    "docker",
    "emergency",
    "exit",
    "getty",
    "graphical",
    "halt",
    "hibernate",
    "kexec",
    "machine",
    "network",
    "paths",
    "podman",
    "poweroff",
    "printer",
    "reboot",
    "rescue",
    "shutdown",
    "slices",
    "sleep",
    "snapd",
    "sockets",
    "sound",
    "ssh",
    "sshd",
    "suspend",
    "swap",
    "sysinit",
    "system",
    "timers",
    "umount",
    "user",
    "cups",
    "init",
    "logrotate",
    "fstrim",
    "certbot",
];

/// The unit that fills the word from `start` to `end`.
pub(super) fn at(bytes: &[u8], start: usize, end: usize) -> Option<Found> {
    let dot = start + bytes[start..end].iter().rposition(|&b| b == b'.')?;
    let (stem, kind) = (&bytes[start..dot], &bytes[dot + 1..end]);
    let is = |names: &[&str]| names.iter().any(|name| name.as_bytes() == kind);
    let valid = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'.' | b'-' | b'@');
    // 255 bytes: systemd.unit(5).
    if !(is(CERTAIN) || is(DOUBTFUL))
        || stem.is_empty()
        || end - start > 255
        || !stem.iter().all(valid)
        || matches!(stem, b"this" | b"self")
        || stem.starts_with(b"iqn.")
    {
        return None;
    }
    let continues = matches!(bytes.get(end), Some(b'(' | b'[' | b'=')) && !is(CERTAIN);
    let called = bytes.get(end) == Some(&b'(') && bytes.get(end + 1) == Some(&b')');
    let told = stem.iter().any(|b| matches!(b, b'-' | b'@')) || FAMILIAR.iter().any(|n| n.as_bytes() == stem);
    if called || !(is(CERTAIN) || !continues && (told || said(bytes, start))) {
        return None;
    }
    let value = String::from_utf8(bytes[start..end].to_vec()).ok()?;
    Some(Found { kind: Kind::Unit, value, start, end })
}

/// Whether the words before speak of units.
fn said(bytes: &[u8], start: usize) -> bool {
    words_back(bytes, start)
        .take(6)
        .filter_map(lower)
        .any(|word| matches!(&*word, b"systemctl" | b"systemd" | b"unit" | b"units" | b"journalctl"))
}
