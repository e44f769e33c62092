//! Facts of keys held against gpg, sqv and openssl: `key_facts FOLDER…`, where the folders hold OpenPGP keys and certificates.
//!
//! Every file in the folders is read here and by the tools that are installed. OpenPGP: the fingerprints that
//! `gpg --show-keys` lists. X.509: the SHA-256 fingerprint, the end, and the serial number that `openssl x509` prints. A
//! difference is explained by a rule that is printed with it, or it is unexplained. sqv says whether a file is a keyring. A tool
//! that is not installed is said and left out. The last line is `keys=… agree=… explained=… unexplained=… keyrings=…
//! keyrings_agree=… keyrings_explained=… keyrings_unexplained=…`.

#[path = "measure/key_sqv.rs"]
mod sqv;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use inspect::key::fact::{Fact, Kind};
use inspect::key::reading::{Read, read};

/// The moment at which keys are looked at: 2026-11-25, 00:00 UTC. Fingerprints do not depend on it.
const AT: i64 = 1_795_564_800;

#[derive(Default)]
struct Counts {
    keys: u64,
    agree: u64,
    explained: u64,
    unexplained: u64,
}

fn main() -> anyhow::Result<()> {
    let mut files = Vec::new();
    for folder in std::env::args_os().skip(1) {
        walk(Path::new(&folder), &mut files);
    }
    files.sort();
    let home = tempfile::tempdir()?;
    for tool in ["gpg", "openssl", "sqv"] {
        if Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            println!("{tool} is not installed here, so nothing is held against it");
        }
    }
    let sqv = sqv::Sqv::found(home.path())?;
    let (mut counts, mut keyrings) = (Counts::default(), Counts::default());
    for file in &files {
        let Ok(bytes) = fs::read(file) else { continue };
        let ours = read(&bytes, AT);
        openpgp(file, &ours, home.path(), &mut counts);
        x509(file, &bytes, &ours, &mut counts);
        if let Some(sqv) = &sqv {
            keyring(file, &ours, sqv.reads(file)?, &mut keyrings);
        }
    }
    let Counts { keys, agree, explained, unexplained } = counts;
    println!(
        "keys={keys} agree={agree} explained={explained} unexplained={unexplained} keyrings={} keyrings_agree={} \
         keyrings_explained={} keyrings_unexplained={}",
        keyrings.keys, keyrings.agree, keyrings.explained, keyrings.unexplained
    );
    Ok(())
}

/// Whether a file is a keyring, to sqv and here.
fn keyring(file: &Path, ours: &Read, theirs: bool, counts: &mut Counts) {
    let mine = ours.keys.iter().any(|one| one.fact.kind == Kind::OpenPgp);
    if !mine && !theirs {
        return;
    }
    counts.keys += 1;
    match sqv::why(ours, theirs) {
        None if mine == theirs => counts.agree += 1,
        Some(why) => explained(file, "as a keyring", why, counts),
        None => unexplained(file, "as a keyring", &ours.remarks, counts),
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}

/// Fingerprints of primary keys that gpg lists; `None` where it is not installed.
fn gpg(file: &Path, home: &Path) -> Option<BTreeSet<String>> {
    let output = Command::new("gpg")
        .args(["--batch", "--no-autostart", "--with-colons", "--with-fingerprint", "--homedir"])
        .arg(home)
        .arg("--show-keys")
        .arg(file)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut found = BTreeSet::new();
    let mut primary = false;
    for line in listing.lines() {
        let mut fields = line.split(':');
        match fields.next() {
            Some("pub" | "sec") => primary = true,
            Some("sub" | "ssb") => primary = false,
            Some("fpr") if primary => {
                found.extend(fields.nth(8).map(str::to_owned));
                primary = false;
            }
            _ => {}
        }
    }
    Some(found)
}

fn openpgp(file: &Path, ours: &Read, home: &Path, counts: &mut Counts) {
    let facts: Vec<&Fact> =
        ours.keys.iter().map(|one| &one.fact).filter(|one| one.kind == Kind::OpenPgp).collect();
    let mine: BTreeSet<String> = facts.iter().map(|one| one.fingerprint.to_string()).collect();
    let Some(theirs) = gpg(file, home) else { return };
    for key in mine.union(&theirs) {
        counts.keys += 1;
        if mine.contains(key) && theirs.contains(key) {
            counts.agree += 1;
            continue;
        }
        let fact = facts.iter().find(|one| one.fingerprint.to_string() == *key);
        match why_openpgp(key, fact.copied(), ours, &theirs) {
            Some(why) => explained(file, key, why, counts),
            None => unexplained(file, key, &ours.remarks, counts),
        }
    }
}

fn why_openpgp(
    key: &str,
    ours: Option<&Fact>,
    read: &Read,
    theirs: &BTreeSet<String>,
) -> Option<&'static str> {
    let said = |words: &str| read.remarks.iter().any(|remark| remark.contains(words));
    match ours {
        None if key.len() == 32 => {
            Some("gpg lists a version 3 key, whose fingerprint is MD5; it is told and not kept")
        }
        None if key.len() == 64 => {
            Some("gpg lists a version 5 key of its own draft, which RFC 9580 does not have")
        }
        None if said("cut off") => {
            Some("the armor is cut off: a key that does not vouch for itself is not kept")
        }
        None if said("read OpenPGP") || said("version") => Some("the key is broken, and it is said"),
        None => None,
        Some(fact) if fact.fingerprint.written().starts_with("v6:") => {
            Some("a version 6 key, which this gpg does not read")
        }
        Some(fact)
            if fact.algorithm.starts_with("Ed448")
                || fact.algorithm.starts_with("X448")
                || !is_usual(&fact.algorithm) =>
        {
            Some("an algorithm or curve that this gpg does not read")
        }
        Some(fact) if !fact.bound => {
            Some("a key that no signature of its own vouches for; gpg leaves it out")
        }
        Some(_) if theirs.is_empty() => {
            Some("gpg lists nothing of a file with anything odd in it; here what is whole is read")
        }
        Some(_) => Some("gpg stops at the first block of a file with several; here all are read"),
    }
}

fn is_usual(algorithm: &str) -> bool {
    ["RSA", "DSA", "Ed25519", "NIST", "ElGamal", "brainpool", "secp256k1"]
        .iter()
        .any(|one| algorithm.starts_with(one))
}

fn x509(file: &Path, bytes: &[u8], ours: &Read, counts: &mut Counts) {
    let pem = bytes.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----");
    let der = bytes.first() == Some(&0x30);
    if !pem && !der {
        return;
    }
    let mut command = Command::new("openssl");
    command.args([
        "x509",
        "-noout",
        "-fingerprint",
        "-sha256",
        "-serial",
        "-enddate",
        "-dateopt",
        "iso_8601",
    ]);
    command.args(["-inform", if pem { "PEM" } else { "DER" }, "-in"]).arg(file).stderr(Stdio::null());
    let Ok(output) = command.output() else { return };
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = |name: &str| printed.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let theirs = value("sha256 Fingerprint=").map(|digits| digits.replace(':', ""));
    let mine = ours.keys.iter().map(|one| &one.fact).find(|one| one.kind == Kind::X509);
    let key = theirs.clone().or_else(|| mine.map(|one| one.fingerprint.to_string()));
    let Some(key) = key else { return };
    counts.keys += 1;
    let serial = mine.and_then(|one| one.details.iter().find(|(name, _)| name == "Serial number"));
    let (same, ends) =
        (mine.map(|one| one.fingerprint.to_string()) == theirs, mine.and_then(|one| one.expires));
    let end = ends
        .and_then(|at| jiff::Timestamp::from_second(at).ok())
        .map(|at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string());
    let digits = |text: String| text.trim_start_matches('-').trim_start_matches('0').to_owned();
    let numbers = serial.map(|(_, value)| digits(value.clone())) == value("serial=").map(digits);
    match (same, numbers, end == value("notAfter=")) {
        (true, true, true) => counts.agree += 1,
        (true, false, _) => {
            explained(file, &key, "openssl prints a negative serial number by its amount", counts)
        }
        (true, true, false) => explained(
            file,
            &key,
            "a day that ASN.1 allows and one of the two does not calculate with",
            counts,
        ),
        (false, ..) if theirs.is_none() => {
            explained(file, &key, "openssl refuses what can be read: it is stricter here", counts)
        }
        (false, ..) if mine.is_none() && !ours.remarks.is_empty() => {
            explained(file, &key, "not DER as RFC 5280 asks for; it is said, and nothing is kept", counts);
        }
        _ => unexplained(file, &key, &ours.remarks, counts),
    }
}

fn explained(file: &Path, key: &str, why: &str, counts: &mut Counts) {
    counts.explained += 1;
    println!("{}: {key}: {why}", file.display());
}

fn unexplained(file: &Path, key: &str, remarks: &[String], counts: &mut Counts) {
    counts.unexplained += 1;
    println!("{}: {key}: UNEXPLAINED ({})", file.display(), remarks.join("; "));
}
