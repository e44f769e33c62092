//! Ports that the package listens on and that another program listens on already.
//!
//! All addresses overlap with every address, loopback only with loopback and with all. The program that the package itself
//! brings is no other: an upgrade takes over its own port.

use inspect::finding::CheckId;
use inspect::finding::object::{Object, Protocol};

use super::{Assessment, Case, Kind, is_acting};
use crate::estate::facts::Listener;

/// Bytes of a program's name that the kernel keeps (`TASK_COMM_LEN` in sched.h, without its zero).
const NAME_KEPT: usize = 15;

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    let named = case.objects().any(|(_, object)| matches!(object, Object::Port { .. }));
    if !named && !case.findings.iter().any(|finding| is_acting(finding, &[CheckId::NetListen])) {
        return;
    }
    let Some(listeners) = case.known(&case.estate.listeners, Kind::Port, "listeners", told) else { return };
    let environment = &case.estate.environment;
    for (finding, object) in case.objects() {
        let Object::Port { number, protocol, loopback } = object else { continue };
        let word = word(*protocol);
        if let Some(why) = &listeners.partial
            && !listeners.facts.iter().any(|one| one.protocol == *protocol)
        {
            told.miss(Kind::Port, format!("who listens on {word} {number} in {environment}: {why}"));
        }
        let taken = listeners.facts.iter().find(|one| {
            one.port == *number && one.protocol == *protocol && overlaps(one, *loopback) && !is_own(case, one)
        });
        if let Some(by) = taken {
            let program = by.program.as_deref().unwrap_or("a program that is not named");
            let estate = format!("in {environment} {program} listens on {} port {number}", by.address);
            let does = format!("it listens on {word} port {number}");
            told.collide(Kind::Port, finding, &does, estate, &listeners.origin);
        }
    }
}

fn word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
    }
}

fn overlaps(listener: &Listener, loopback: bool) -> bool {
    // An address may name its interface: `127.0.0.53%lo`, `fe80::1%eth0`.
    let address = listener.address.trim_matches(['[', ']']);
    let address = address.split('%').next().unwrap_or_default();
    let everywhere = matches!(address, "*" | "0.0.0.0" | "::" | "");
    let here = matches!(address, "127.0.0.1" | "::1" | "localhost" | "::ffff:127.0.0.1");
    !loopback || everywhere || here
}

/// Whether the program that listens is one that the package brings.
fn is_own(case: &Case<'_>, listener: &Listener) -> bool {
    let Some(program) = listener.program.as_deref() else { return false };
    let is = |name: &str| {
        name == program
            || program.len() == NAME_KEPT && name.as_bytes().get(..NAME_KEPT) == Some(program.as_bytes())
    };
    let last = |path: &str| path.rsplit('/').next().map(str::to_owned).unwrap_or_default();
    case.claims.iter().filter_map(|claims| claims.name.as_deref()).any(is)
        || case.contents.listed.iter().any(|listed| listed.path.contains("bin/") && is(&last(&listed.path)))
}
