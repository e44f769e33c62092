//! Disks without room for what the package unpacks.
//!
//! For a package of the system the files are counted where they will lie; what unpacks to a place that is not known
//! collides only where no disk has room. What an upgrade replaces is not taken off: it goes when the new files are there.

use std::collections::BTreeMap;

use inspect::package::{Claims, Format};

use super::{Assessment, Case, Collision, Kind};
use crate::estate::facts::Disk;

pub(super) fn look(case: &Case<'_>, told: &mut Assessment) {
    let unpacked = unpacked(case);
    if unpacked == 0 {
        return;
    }
    let Some(disks) = case.known(&case.estate.disks, Kind::Disk, "disks", told) else { return };
    let environment = &case.estate.environment;
    let mut full = |needed: u64, disk: &Disk, which: &str| {
        let estate = format!("{environment} has {} free{which}", size(disk.free));
        let sentence = format!("the package unpacks {}, but {estate}", size(needed));
        let origin = disks.origin.clone();
        told.collisions.push(Collision { kind: Kind::Disk, finding: None, estate, origin, sentence });
    };
    let placed = case.claims.iter().find(|claims| claims.path.is_empty()).filter(|one| is_of_system(one));
    match placed.and_then(|_| by_mount(case, &disks.facts)) {
        Some(needed) => {
            // What the package states counts where all of it goes to one disk.
            let only = needed.len() == 1;
            for (disk, bytes) in needed {
                let bytes = if only { bytes.max(unpacked) } else { bytes };
                if bytes > disk.free {
                    full(bytes, disk, &format!(" on {}", disk.mount));
                }
            }
        }
        None => match disks.facts.iter().max_by_key(|disk| disk.free) {
            Some(widest) if unpacked > widest.free => full(unpacked, widest, " on the emptiest disk"),
            _ => {}
        },
    }
}

/// Bytes that installing takes: what the package states, else what is in it.
fn unpacked(case: &Case<'_>) -> u64 {
    let stated = case.claims.iter().find(|claims| claims.path.is_empty()).and_then(|claims| claims.installed);
    stated.unwrap_or(case.contents.bytes)
}

fn is_of_system(claims: &Claims) -> bool {
    matches!(claims.format, Format::Deb | Format::Rpm | Format::AlpineApk)
}

/// Bytes of the package's files on each disk; `None` where a file lies on none that is known.
fn by_mount<'a>(case: &Case<'_>, disks: &'a [Disk]) -> Option<Vec<(&'a Disk, u64)>> {
    let mut needed: BTreeMap<usize, u64> = BTreeMap::new();
    for listed in case.contents.listed.iter().filter(|listed| listed.size > 0) {
        // `data.tar.xz!/usr/bin/x`; what lies in an archive within is counted with that archive.
        let mut parts = listed.path.split("!/");
        let (first, second, more) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let path = match (second, more) {
            (Some(_), Some(_)) => continue,
            (Some(path), None) if first.starts_with("data.tar") => path,
            (Some(_), None) => continue,
            (None, _) if first.contains('/') => first,
            (None, _) => continue,
        };
        let holds = |disk: &Disk| {
            let mount = disk.mount.trim_matches('/');
            mount.is_empty() || path.strip_prefix(mount).is_some_and(|rest| rest.starts_with('/'))
        };
        let place = (0..disks.len()).filter(|at| disks.get(*at).is_some_and(holds));
        let place =
            place.max_by_key(|at| disks.get(*at).map_or(0, |disk| disk.mount.trim_matches('/').len()))?;
        let bytes = needed.entry(place).or_default();
        *bytes = bytes.saturating_add(listed.size);
    }
    let found = needed
        .into_iter()
        .filter_map(|(at, bytes)| disks.get(at).map(|disk| (disk, bytes)))
        .collect::<Vec<_>>();
    (!found.is_empty()).then_some(found)
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        1_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}
