//! Measures how fast packages are inspected, by the process that does it: a large ZIP archive beside `unzip -p | sha256sum`
//! in the same run, a Debian package of a megabyte, and the most memory that the process took.
//!
//! `cargo run --release --example inspect_speed -- [MEGABYTES]`; the archive is made in a temporary
//! folder. The last line is `name=value` pairs: the time of the archive as a part of unzip's, milliseconds, megabytes.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use flate2::{Compression, Crc, write::DeflateEncoder, write::GzEncoder};
use inspect::reading::Question;
use web::inspection::{COMMAND, Inspector};

/// Bytes of each member.
const MEMBER: usize = 256 << 10;
/// How often each is measured; the fastest counts.
const RUNS: u32 = 3;

fn main() -> anyhow::Result<ExitCode> {
    // The process that reads is this example, as it is the program itself there.
    if std::env::args().nth(1).as_deref() == Some(COMMAND) {
        return Ok(web::commands::main());
    }
    let argument = std::env::args().nth(1);
    let megabytes: usize =
        argument.map_or(Ok(300), |text| text.parse()).context("the argument is a number")?;
    let folder = tempfile::tempdir()?;
    let (archive, package) = (folder.path().join("upgrade.zip"), folder.path().join("relay.deb"));
    let members = zip(&archive, megabytes << 20)?;
    deb(&package)?;
    let watch = Watch::start();
    let (ours, theirs) = (fastest(|| inspect(&archive))?, fastest(|| unzip(&archive))?);
    let of_package = fastest(|| inspect(&package))?;
    let peak = watch.end();
    println!(
        "{members} members, {megabytes} MB packed: {ours:.2?} here, {theirs:.2?} by unzip -p | sha256sum"
    );
    println!(
        "zip_ratio={:.2} deb_ms={} peak_memory_mb={}",
        ours.as_secs_f64() / theirs.as_secs_f64(),
        of_package.as_millis(),
        peak >> 10
    );
    Ok(ExitCode::SUCCESS)
}

fn fastest(mut run: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let began = Instant::now();
        run()?;
        best = best.min(began.elapsed());
    }
    Ok(best)
}

/// Inspects a file as the program does: by a process of its own, started anew.
fn inspect(path: &Path) -> anyhow::Result<()> {
    let inspector = Inspector::new(Duration::from_secs(600));
    let question = Question { name: "x".to_owned(), at: 1_700_000_000, ..Question::default() };
    let read = inspector.inspect(File::open(path)?, &question)?;
    anyhow::ensure!(read.contents.files > 1, "it was not read: {:?}", read.unread);
    Ok(())
}

fn unzip(path: &Path) -> anyhow::Result<()> {
    let status =
        Command::new("sh").args(["-c", "unzip -p \"$0\" | sha256sum > /dev/null"]).arg(path).status()?;
    anyhow::ensure!(status.success(), "unzip failed");
    Ok(())
}

/// Bytes that compress about as programs do: words of a small vocabulary and noise.
fn content(seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut bytes = Vec::with_capacity(MEMBER);
    while bytes.len() < MEMBER {
        let drawn = next();
        if drawn % 4 == 0 {
            bytes.extend(drawn.to_le_bytes());
        } else {
            write!(bytes, "relay{} ", drawn % 1000).unwrap_or_default();
        }
    }
    bytes
}

/// A ZIP archive of so many bytes packed, written without an archive's library; answers its members.
fn zip(path: &Path, size: usize) -> anyhow::Result<u64> {
    let mut out = std::io::BufWriter::new(File::create(path)?);
    let (mut at, mut members, mut directory) = (0_usize, 0_u64, Vec::new());
    while at < size {
        let bytes = content(members);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&bytes)?;
        let packed = encoder.finish()?;
        let mut crc = Crc::new();
        crc.update(&bytes);
        let name = format!("usr/lib/relay/{members}.bin");
        let mut fields = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        for number in [crc.sum(), u32::try_from(packed.len())?, u32::try_from(bytes.len())?] {
            fields.extend(number.to_le_bytes());
        }
        fields.extend(u16::try_from(name.len())?.to_le_bytes());
        fields.extend([0, 0]);
        let local = [b"PK\x03\x04".as_slice(), &fields, name.as_bytes(), &packed].concat();
        directory.extend([b"PK\x01\x02\x14\0".as_slice(), &fields, &[0; 10]].concat());
        directory.extend(u32::try_from(at)?.to_le_bytes());
        directory.extend(name.as_bytes());
        out.write_all(&local)?;
        at += local.len();
        members += 1;
    }
    let count = u16::try_from(members)?.to_le_bytes();
    let (length, start) = (u32::try_from(directory.len())?.to_le_bytes(), u32::try_from(at)?.to_le_bytes());
    out.write_all(&directory)?;
    out.write_all(&[b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &length, &start, &[0; 2]].concat())?;
    out.flush()?;
    Ok(members)
}

/// A Debian package of about a megabyte.
fn deb(path: &Path) -> anyhow::Result<()> {
    let packed = |members: Vec<(String, Vec<u8>)>| -> anyhow::Result<Vec<u8>> {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
        for (name, bytes) in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, bytes.as_slice())?;
        }
        Ok(builder.into_inner()?.finish()?)
    };
    let control = "Package: relay\nVersion: 2.1\nArchitecture: all\nMaintainer: Orrin Works <x@orrin.example>\nDescription: x\n";
    let script = "#!/bin/sh\nset -e\nadduser --system relay\nsystemctl restart relay\n";
    let own = [("./control", control), ("./postinst", script)];
    let own = own.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).to_vec();
    let data = (0..9).map(|number| (format!("./usr/lib/relay/{number}"), content(number))).collect();
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", packed(own)?),
        ("data.tar.gz", packed(data)?),
    ] {
        writeln!(bytes, "{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`", 0, 0, 0, 100_644, content.len())?;
        bytes.extend(&content);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    fs::write(path, bytes)?;
    Ok(())
}

/// Looks, all the while, how much memory the processes took that this one started.
struct Watch {
    ended: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
}

impl Watch {
    fn start() -> Watch {
        let watch = Watch { ended: Arc::default(), peak: Arc::default() };
        let (ended, peak) = (Arc::clone(&watch.ended), Arc::clone(&watch.peak));
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                peak.fetch_max(most().unwrap_or(0), Ordering::Relaxed);
                std::thread::park_timeout(Duration::from_millis(2));
            }
        });
        watch
    }

    /// The most KiB that one of them had in memory.
    fn end(self) -> u64 {
        self.ended.store(true, Ordering::Relaxed);
        self.peak.load(Ordering::Relaxed)
    }
}

/// The high-water mark of the inspecting process that runs now.
fn most() -> Option<u64> {
    let own = std::process::id();
    let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).ok()?;
    let mark = |child: &str| {
        let command = fs::read_to_string(format!("/proc/{child}/cmdline")).ok()?;
        if !command.contains(COMMAND) {
            return None;
        }
        let status = fs::read_to_string(format!("/proc/{child}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    children.split_whitespace().filter_map(mark).max()
}
