//! Counts the lines that a brief shows of an upgrade by itself, and of what is new since the version before.
//!
//! `cargo run --release --example upgrade_noise -- RELEASES [FOLDER]`; `RELEASES` holds a line for each release: ecosystem
//! (`pypi`, `npm`), name, the version before, the version. A line is a finding that acts; with the version before only those
//! that are new or changed. Into every npm release one hazard of each kind is put, which must then be among what is new. The
//! last line is `name=value` pairs.

#[path = "measure/registry.rs"]
mod registry;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use inspect::comparison::{Delta, Outcome, compare};
use inspect::finding::CheckId;
use inspect::kept::Read;
use inspect::limits::Limits;
use inspect::reading::{Question, read_bytes};

/// Files that each bring one hazard, and the check that must find it.
const HAZARDS: [(CheckId, &str, &str); 6] = [
    (CheckId::ScheduleCron, "package/etc/cron.d/hazard", "0 3 * * * root /usr/bin/true\n"),
    (
        CheckId::RemoteScp,
        "package/hazard-fetch.sh",
        "#!/bin/sh\nscp depot@drop.plant.internal:/in/a /srv/a\n",
    ),
    (CheckId::PrivSudo, "package/hazard-sudo.sh", "#!/bin/sh\nsudo systemctl restart pump.service\n"),
    (CheckId::UnitControl, "package/hazard-unit.sh", "#!/bin/sh\nsystemctl mask valve.service\n"),
    (
        CheckId::DbDdlBlocking,
        "package/migrations/99-hazard.sql",
        "ALTER TABLE meters ALTER COLUMN reading TYPE bigint;\n",
    ),
    (
        CheckId::TrustAnchor,
        "package/hazard-trust.sh",
        "#!/bin/sh\ncurl --insecure https://depot.plant.internal/a\n",
    ),
];

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let releases = arguments.next().context("the first argument is a list of releases")?;
    let temporary = tempfile::tempdir().context("make a folder for packages")?;
    let folder = arguments.next().map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let folder = std::path::absolute(folder).context("name the folder of packages")?;
    let text = std::fs::read_to_string(&releases).with_context(|| format!("read {releases}"))?;
    let (mut read, mut alone, mut with_previous, mut hazards, mut found) = (0, 0, 0, 0, 0);
    for line in text.lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [ecosystem, name, before, version] = parts.as_slice() else { continue };
        let earlier = registry::fetched(&folder, ecosystem, name, before)?;
        let own = registry::fetched(&folder, ecosystem, name, version)?;
        let (Some(earlier), Some(own)) = (earlier, own) else {
            println!("gone: {line}");
            continue;
        };
        let (earlier, bytes) = (inspected(&std::fs::read(&earlier)?, &earlier), std::fs::read(&own)?);
        let now = inspected(&bytes, &own);
        let own_lines = now.inspection.findings.iter().filter(|finding| finding.activation.acts()).count();
        let delta = delta(&now, &earlier).with_context(|| format!("compare {line}"))?;
        let new_lines = lines(&delta);
        println!("{line:<50} {own_lines:>4} {new_lines:>4}");
        read += 1;
        alone += own_lines;
        with_previous += new_lines;
        if *ecosystem == "npm" {
            let delta = self::delta(&inspected(&injected(&bytes)?, &own), &earlier)
                .context("compare the injected")?;
            for (check, path, _) in HAZARDS {
                hazards += 1;
                let is_told =
                    delta.new.iter().any(|finding| finding.check == check && finding.path.contains(path));
                found += u32::from(is_told);
                if !is_told {
                    println!("  missed: {check} in {path}");
                }
            }
        }
    }
    println!(
        "releases={read} lines_alone={alone} lines_with_previous={with_previous} hazards={hazards} found={found}"
    );
    Ok(())
}

fn inspected(bytes: &[u8], path: &Path) -> Read {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    read_bytes(bytes, &Question { name, keep: true, ..Question::default() }, &Limits::for_package())
}

fn delta(now: &Read, before: &Read) -> Option<Delta> {
    match compare(now, before).outcome {
        Outcome::Delta(delta) => Some(*delta),
        Outcome::Refused(_) => None,
    }
}

/// Lines on what is new or changed.
fn lines(delta: &Delta) -> usize {
    let acting = delta.new.iter().filter(|finding| finding.activation.acts()).count();
    acting + delta.changes.len()
}

/// The same archive with the hazards in it.
fn injected(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for entry in tar::Archive::new(GzDecoder::new(bytes)).entries()? {
        let mut entry = entry?;
        let (mut header, path) = (entry.header().clone(), entry.path()?.into_owned());
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        builder.append_data(&mut header, path, content.as_slice())?;
    }
    for (_, path, text) in HAZARDS {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o755);
        builder.append_data(&mut header, path, text.as_bytes())?;
    }
    Ok(builder.into_inner()?.finish()?)
}
