//! Two packages of Halvard's gateway: the version that runs, and the upgrade that arrives on a Friday.
//!
//! The upgrade is signed by the certificate of a new authority, which was announced in the forum only. It brings a job at night to a retired host,
//! sudo, a unit that is not there, a lock on a large table, and another retry policy.

use jiff::Timestamp;

use super::{Halvard, NAME};
use crate::world::moment;

/// A package as it is sent, with the signature beside it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The file's name.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// The signature's file name.
    pub signature_name: String,
    /// The detached signature: OpenPGP in ASCII armor, or CMS as DER.
    pub signature: Vec<u8>,
}

/// What is so at the plant that runs the gateway, as an estate file.
pub const ESTATE: &str = r#"
[[units]]
name = "nginx.service"
state = "enabled"

[[sudo]]
who = "deploy"
command = "/usr/bin/rsync"
as = "root"
without_password = true

[[retired]]
name = "drop.halvard.example"
since = "2025-11"
why = "the vendor closed its drop box"

[[databases]]
name = "shop"
engine = "postgresql"
version = "15"

[[databases.tables]]
name = "orders"
rows = 80000000
"#;

const CLIENT: &str =
    "class Client {\n  constructor({ retries = RETRIES } = {}) {\n    this.retries = retries;\n  }\n}\n";

impl Halvard {
    /// The version that runs, signed with the former key.
    #[must_use]
    pub fn running(&self, now: Timestamp) -> Sent {
        let members = gateway("5.2.1", "0", &[("package/upgrade.sh", "#!/bin/sh\nset -e\n")]);
        let at = moment::days_before(now, 200);
        let (name, bytes) = packed("5.2.1", &members, at);
        let signature = self.former_key.sign(&bytes, at).into_bytes();
        Sent { signature_name: format!("{name}.asc"), name, bytes, signature }
    }

    /// The upgrade, signed by the new authority's certificate.
    #[must_use]
    pub fn upgrade(&self, now: Timestamp) -> Sent {
        let more = [
            ("package/upgrade.sh", "#!/bin/sh\nset -e\nsudo systemctl restart halvard-spool.service\n"),
            (
                "package/etc/cron.d/gateway",
                "# nightly\n0 3 * * * root sftp -b /etc/gateway/batch batch@drop.halvard.example:/out\n",
            ),
            (
                "package/migrations/6.0.0.sql",
                "-- orders get a region\nALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);\n",
            ),
        ];
        let at = moment::days_before(now, 1);
        let (name, bytes) = packed("6.0.0", &gateway("6.0.0", "3", &more), at);
        let signature = self.authority.sign(&bytes, at);
        Sent { signature_name: format!("{name}.p7s"), name, bytes, signature }
    }
}

fn gateway(version: &str, retries: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let json = format!(
        "{{\n\"name\": \"@halvard/gateway\",\n\"version\": \"{version}\",\n\"author\": \"{NAME}\",\n\
         \"scripts\": {{\"postinstall\": \"sh upgrade.sh\"}}\n}}\n"
    );
    let own = [("package/package.json", json), ("package/lib/client.js", CLIENT.replace("RETRIES", retries))];
    let more = more.iter().map(|(name, text)| (*name, (*text).to_owned()));
    own.into_iter().chain(more).map(|(name, text)| (name.to_owned(), text)).collect()
}

/// The archive's name and bytes.
fn packed(version: &str, members: &[(String, String)], at: Timestamp) -> (String, Vec<u8>) {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(at.as_second().unsigned_abs());
        builder
            .append_data(&mut header, name, text.as_bytes())
            .expect("memory takes every byte, and the names are short");
    }
    (format!("gateway-{version}.tgz"), builder.into_inner().expect("memory takes every byte"))
}
