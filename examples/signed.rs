//! Holds what is said about signed files against what tools printed about the same files.
//!
//! `cargo run --example signed -- FOLDER`; the folder holds the tools' output in `*.txt`, a `$ command` line before each, and the
//! files in `fixtures/`. A command is repeated here when its files are at hand; what the tool means is read off its own lines,
//! and its exit status where there is nothing else. The last line is `name=value` pairs.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use inspect::inspection::Inspection;
use inspect::limits::Limits;
use inspect::reading::{Question, inspect_bytes};
use inspect::signature::Worth;
use inspect::signature::keys::Known;
use inspect::signature::reading::Beside;

/// 2026-11-24, the day after the outputs were captured.
const AT: i64 = 1_795_478_400;

/// What somebody says about a file, as far as both can say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// It fits, and its signer is known by the keys that were given.
    Fits,
    /// It fits, and whose it is is not known.
    SignerUnknown,
    /// Its key is not at hand.
    KeyMissing,
    /// It does not fit.
    Bad,
    /// It is not signed.
    Unsigned,
    /// A part of it is not signed.
    PartUnsigned,
    /// The tool takes its answer from something else than the signature.
    Refused,
}

impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Says::Fits => "fits",
            Says::SignerUnknown => "fits, signer not known",
            Says::KeyMissing => "key not at hand",
            Says::Bad => "bad",
            Says::Unsigned => "not signed",
            Says::PartUnsigned => "fits, a part is not covered",
            Says::Refused => "refused",
        })
    }
}

/// One thing that a tool was asked, and what it answered.
struct Asked {
    tool: &'static str,
    file: PathBuf,
    signature: Option<PathBuf>,
    keys: Vec<PathBuf>,
    answer: String,
}

fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).context("the first argument is a folder of outputs")?);
    let (mut files, mut agree, mut differ, mut disagree) = (0, 0, 0, 0);
    for asked in asked(&folder)? {
        let (theirs, ours) = (tool(&asked), own(&asked)?);
        files += 1;
        let name = asked.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        print!("{:<14} {name:<12} tool: {theirs:<28} here: {ours:<28}", asked.tool);
        match reason(&asked, theirs, ours) {
            _ if theirs == ours => {
                agree += 1;
                println!();
            }
            Some(why) => {
                differ += 1;
                println!(" because {why}");
            }
            None => {
                disagree += 1;
                println!(" DISAGREE");
            }
        }
    }
    println!("files={files} agree={agree} differ_with_reason={differ} disagree={disagree}");
    Ok(())
}

/// Why a tool says something else than is said here, where that is the tool's own way of looking.
fn reason(asked: &Asked, theirs: Says, ours: Says) -> Option<&'static str> {
    let silent = asked.answer.contains("-noverify");
    match (asked.tool, theirs, ours) {
        ("jarsigner", Says::SignerUnknown, Says::PartUnsigned)
        | ("jarsigner", Says::PartUnsigned, Says::SignerUnknown) => {
            Some("it warns of both, and here the uncovered part is told first")
        }
        ("openssl", Says::Fits, Says::SignerUnknown) if silent => {
            Some("it was told not to look at the certificate and calls that successful")
        }
        ("openssl", Says::Refused, Says::Fits) => Some(
            "without a purpose it asks for a certificate for mail, and here one for signing code is asked for",
        ),
        ("rpm", Says::Fits, Says::Unsigned) => {
            Some("it calls the digests of an unsigned package OK and ends with 0")
        }
        _ => None,
    }
}

/// What is said here.
fn own(asked: &Asked) -> anyhow::Result<Says> {
    let read = |path: &Path| fs::read(path).with_context(|| format!("read {}", path.display()));
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let signature = asked.signature.as_deref();
    let signature =
        signature.map(|path| anyhow::Ok(Beside { name: name(path), bytes: read(path)? })).transpose()?;
    let keys: anyhow::Result<Vec<Known>> =
        asked.keys.iter().map(|path| Ok(Known { origin: name(path), bytes: read(path)? })).collect();
    let question = Question { name: name(&asked.file), signature, keys: keys?, at: AT, keep: false };
    Ok(summed(&inspect_bytes(&read(&asked.file)?, &question, &Limits::for_package())))
}

/// The worst that is said about a file's signatures.
fn summed(inspection: &Inspection) -> Says {
    let facts = &inspection.signatures;
    let any = |worth: Worth| facts.iter().any(|fact| fact.worth == Some(worth));
    if facts.is_empty() {
        Says::Unsigned
    } else if any(Worth::Bad) {
        Says::Bad
    } else if facts.iter().any(|fact| !fact.not_covered.is_empty()) {
        Says::PartUnsigned
    } else if any(Worth::UnknownKey) {
        Says::KeyMissing
    } else if any(Worth::FitsButSignerUnknown) {
        Says::SignerUnknown
    } else if facts.iter().all(|fact| fact.worth == Some(Worth::Fits)) {
        Says::Fits
    } else {
        Says::Refused
    }
}

/// What the tool's lines mean.
fn tool(asked: &Asked) -> Says {
    let has = |text: &str| asked.answer.contains(text);
    match asked.tool {
        "jarsigner" if has("jar is unsigned") => Says::Unsigned,
        "jarsigner" if has("digest error") => Says::Bad,
        "jarsigner" if has("contains unsigned entries") => Says::PartUnsigned,
        "jarsigner" if has("certificate chain is invalid") || has("rc=4") => Says::SignerUnknown,
        "openssl" if has("verification failure:") => Says::Bad,
        "openssl" if has("self-signed certificate in certificate chain") => Says::SignerUnknown,
        "openssl" if has("unsuitable certificate purpose") => Says::Refused,
        "osslsigncode" if has("No signature found") => Says::Unsigned,
        "osslsigncode" if has("MISMATCH") => Says::Bad,
        "osslsigncode" if has("Signature verification: ok") => Says::Fits,
        "osslsigncode" if has("Certificate not found in local repository") => Says::SignerUnknown,
        "rpm" if has(": BAD") => Says::Bad,
        "rpm" if has("NOKEY") => Says::KeyMissing,
        _ if has("rc=0") || has("successful") => Says::Fits,
        _ => Says::Refused,
    }
}

/// Everything that the tools were asked whose files are at hand. Commands are told by their line's words; which keys were at
/// hand stands in the line.
fn asked(folder: &Path) -> anyhow::Result<Vec<Asked>> {
    let mut all = Vec::new();
    let fixtures = folder.join("fixtures");
    println!("{:<14} passed over, its files are not at hand: openpgp.txt", "gpg, sqv");
    for (file, tool) in [
        ("jarsigner.txt", "jarsigner"),
        ("openssl_cms.txt", "openssl"),
        ("osslsigncode.txt", "osslsigncode"),
        ("rpm.txt", "rpm"),
    ] {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let mark = if tool == "openssl" { "# " } else { "$ " };
        for block in format!("\n{text}").split(&format!("\n{mark}")).skip(1) {
            let line = block.lines().next().unwrap_or_default();
            match one(tool, line, block, &fixtures) {
                Some(asked) => all.push(asked),
                None => {
                    println!("{tool:<14} passed over, no question about a signature of a file here: {line}")
                }
            }
        }
    }
    Ok(all)
}

fn one(tool: &'static str, line: &str, answer: &str, fixtures: &Path) -> Option<Asked> {
    let at = |name: &str| Some(fixtures.join(name)).filter(|path| path.is_file());
    let certificate = |old: &str, new: &str| {
        let line = line.to_lowercase();
        if line.contains(old) {
            at("old.crt")
        } else if line.contains(new) {
            at("new.crt")
        } else {
            None
        }
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    let named = |end: &str| words.iter().find(|word| word.ends_with(end)).and_then(|word| at(word));
    let (file, signature, keys) = match tool {
        "jarsigner" => (named(".jar")?, None, None),
        "openssl" => {
            let file = if line.contains("tampered") { at("bad.txt")? } else { at("upgrade.txt")? };
            let signature = if line.contains("cross-certificate") { at("upx.p7s")? } else { at("up.p7s")? };
            (file, Some(signature), certificate("old root", "new root"))
        }
        "osslsigncode" if line.contains("tampered") => (at("t.exe")?, None, None),
        "osslsigncode" => (named(".exe")?, None, certificate("old.crt", "new.crt")),
        "rpm" if line.starts_with("rpm -K") => {
            let file = if line.contains("tampered") { at("tam.rpm")? } else { named(".rpm")? };
            let has_key = !line.contains("not imported") && !file.ends_with("unsigned.rpm");
            (file, None, at("acme.asc").filter(|_| has_key))
        }
        _ => return None,
    };
    let keys = keys.into_iter().collect();
    Some(Asked { tool, file, signature, keys, answer: answer.to_owned() })
}
