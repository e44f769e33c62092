//! The system itself: `/etc/os-release`, `df -P`, `ss`.

use inspect::finding::object::Protocol;

use super::{Mistake, bounded, lines, shown};
use crate::estate::facts::{Disk, Facts, Listener, Os, Partial};

/// Reads os-release(5).
pub(super) fn os_release(text: &str) -> Result<Facts, Mistake> {
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
        line.map(|value| shown(value.trim().trim_matches(['"', '\'']))).filter(|value| !value.is_empty())
    };
    let missing = || Mistake::whole("it has no line ID=, by which os-release names the system");
    let os =
        Os { id: value("ID").ok_or_else(missing)?, version: value("VERSION_ID"), name: value("PRETTY_NAME") };
    Ok(Facts { os: Some(os), ..Facts::default() })
}

/// File systems that hold nothing that is installed.
const IN_MEMORY: [&str; 8] = ["tmpfs", "devtmpfs", "udev", "none", "shm", "efivarfs", "proc", "sysfs"];

/// Reads `df -P`: sizes in blocks whose size the heading says.
pub(super) fn disks(text: &str) -> Result<Facts, Mistake> {
    let mut rows = lines(text);
    let (_, heading) = rows.next().unwrap_or_default();
    let block = heading.split_whitespace().nth(1).and_then(block);
    let block =
        block.ok_or_else(|| Mistake::at(1, "its sizes are rounded or in no known unit; run df -P"))?;
    let mut disks = Vec::new();
    for (number, line) in rows {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [device, size, _, free, _, mount @ ..] = words.as_slice() else {
            return Err(Mistake::at(number, "it is no row of df -P, which has six columns"));
        };
        let bytes = |blocks: &str| blocks.parse::<u64>().ok().and_then(|blocks| blocks.checked_mul(block));
        if IN_MEMORY.contains(device) || mount.is_empty() {
            continue;
        }
        let Some(free) = bytes(free) else {
            return Err(Mistake::at(number, format!("\"{}\" is no count of blocks; run df -P", shown(free))));
        };
        disks.push(Disk { mount: shown(&mount.join(" ")), size: bytes(size), free });
    }
    if disks.is_empty() {
        return Err(Mistake::whole("no disk is in it"));
    }
    Ok(Facts { disks: Some(bounded(disks, "disks")?), ..Facts::default() })
}

/// Bytes of a block: `1024-blocks`, `1K-blocks`, `512-blocks`, `1-blocks`.
fn block(heading: &str) -> Option<u64> {
    let word = heading.strip_suffix("-blocks")?;
    match word {
        "1K" => Some(1024),
        "1M" => Some(1 << 20),
        "1B" => Some(1),
        number => number.parse().ok().filter(|bytes| *bytes > 0),
    }
}

/// Reads `ss -lnt`, with `u` for UDP and `p` for programs.
pub(super) fn sockets(text: &str) -> Result<Facts, Mistake> {
    let mut listeners = Vec::new();
    let mut both = false;
    for (number, line) in lines(text) {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let heading = matches!(words.first(), Some(&("Netid" | "State")));
        let is_state = |word: Option<&&str>| matches!(word, Some(&("LISTEN" | "UNCONN")));
        if heading {
            both |= words.first() == Some(&"Netid");
            continue;
        }
        let protocol = match words.first().copied() {
            Some("LISTEN") => Protocol::Tcp,
            Some("UNCONN") => Protocol::Udp,
            Some(netid) if is_state(words.get(1)) => {
                both = true;
                words.remove(0);
                match netid {
                    "tcp" => Protocol::Tcp,
                    "udp" => Protocol::Udp,
                    // Sockets of the machine itself have no port.
                    _ => continue,
                }
            }
            _ => return Err(Mistake::at(number, "it is no row of ss; run ss -lntup")),
        };
        listeners.push(listener(number, &words, protocol)?);
    }
    let only = match listeners.first().map(|one: &Listener| one.protocol) {
        _ if both => None,
        Some(Protocol::Udp) => Some("only UDP was listed; run ss -lntup"),
        _ => Some("only TCP was listed; run ss -lntup"),
    };
    listeners.sort();
    listeners.dedup();
    let partial = Partial { listeners: only.map(str::to_owned), ..Partial::default() };
    Ok(Facts { listeners: Some(bounded(listeners, "listeners")?), partial, ..Facts::default() })
}

fn listener(number: usize, words: &[&str], protocol: Protocol) -> Result<Listener, Mistake> {
    let [_, _, _, local, ..] = words else {
        return Err(Mistake::at(number, "it is no row of ss: the local address is missing"));
    };
    let Some((address, port)) = local.rsplit_once(':') else {
        return Err(Mistake::at(number, format!("\"{}\" is no address with a port", shown(local))));
    };
    let Ok(port) = port.parse() else {
        return Err(Mistake::at(number, format!("the port \"{}\" is no number; run ss -lntup", shown(port))));
    };
    // users:(("nginx",pid=712,fd=6))
    let users = words.iter().find_map(|word| word.strip_prefix("users:((\""));
    let program = users.and_then(|rest| rest.split('"').next()).map(shown);
    Ok(Listener { address: shown(address), port, protocol, program })
}
