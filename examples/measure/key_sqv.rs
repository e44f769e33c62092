//! Which files are keyrings to sqv: each is handed to it beside a signature by a key that nobody has, so that it has to read
//! the whole of it and then says either that the key is missing or what it could not read.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;
use inspect::key::fact::Kind;
use inspect::key::reading::Read;
use sequoia_openpgp::cert::CertBuilder;
use sequoia_openpgp::packet::signature::SignatureBuilder;
use sequoia_openpgp::serialize::MarshalInto as _;
use sequoia_openpgp::types::SignatureType;
use sequoia_openpgp::{Packet, armor};

/// sqv, with a signature by nobody.
pub(crate) struct Sqv {
    message: PathBuf,
    signature: PathBuf,
}

impl Sqv {
    /// sqv, where it is installed; its files are made in `folder`.
    pub(crate) fn found(folder: &Path) -> anyhow::Result<Option<Sqv>> {
        if Command::new("sqv").arg("--version").stdout(Stdio::null()).status().is_err() {
            return Ok(None);
        }
        let (cert, _) = CertBuilder::general_purpose(Some("Nobody")).generate()?;
        let key = cert.primary_key().key().clone().parts_into_secret()?;
        let mut pair = key.into_keypair()?;
        let signature = SignatureBuilder::new(SignatureType::Binary).sign_message(&mut pair, b"nothing")?;
        let mut writer = armor::Writer::new(Vec::new(), armor::Kind::Signature)?;
        std::io::Write::write_all(&mut writer, &Packet::from(signature).to_vec()?)?;
        let sqv = Sqv { message: folder.join("nothing"), signature: folder.join("nothing.asc") };
        std::fs::write(&sqv.message, b"nothing")?;
        std::fs::write(&sqv.signature, writer.finalize()?)?;
        Ok(Some(sqv))
    }

    /// Whether it reads a file as a keyring.
    pub(crate) fn reads(&self, file: &Path) -> anyhow::Result<bool> {
        let mut command = Command::new("sqv");
        command.arg("--keyring").arg(file).arg(&self.signature).arg(&self.message);
        let output = command.output().context("run sqv")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(!said.contains("Failed to parse keyring") && !said.contains("Malformed certificate"))
    }
}

/// Why sqv and this program differ about a file.
pub(crate) fn why(ours: &Read, sqv: bool) -> Option<&'static str> {
    let mine = ours.keys.iter().any(|one| one.fact.kind == Kind::OpenPgp);
    let said = |words: &str| ours.remarks.iter().any(|remark| remark.contains(words));
    match (mine, sqv) {
        (true, false) => Some(
            "sqv gives a whole keyring up for one thing that it cannot place; here what is whole is read",
        ),
        (false, true) if said("version 3") || said("MD5") => {
            Some("sqv passes over a version 3 key in silence; here it is told and not kept")
        }
        (false, true) if said("cut off") => {
            Some("the armor is cut off; here a key that may lack its own signatures is not kept")
        }
        (false, true) if ours.remarks.is_empty() => {
            Some("sqv takes a file without any certificate for an empty keyring")
        }
        (false, true) => Some("sqv passes over in silence what is said here"),
        _ => None,
    }
}
