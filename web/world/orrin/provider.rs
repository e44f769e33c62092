//! Orrin as a CSAF trusted provider (CSAF 2.0 section 7.2.3): metadata, a ROLIE feed, a directory, hashes, signatures.

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use crate::world::answer::{Body, CSV, JSON, KEY, TEXT};
use crate::world::moment;
use crate::world::orrin::csaf::Advisory;
use crate::world::orrin::{NAME, Orrin};

const WELL_KNOWN: &str = "/.well-known/csaf/";
const DIRECTORY: &str = "/.well-known/csaf/white/";
const FEED: &str = "/.well-known/csaf/white/csaf-feed-tlp-white.json";

/// What a broken hash or signature is over, besides the document.
const OTHER: &[u8] = b"not what was published";

impl Orrin {
    /// What lies below the well-known places.
    pub(super) fn provided(&mut self, path: &str, base: &str, still: Timestamp) -> Option<Body> {
        let newest = self.advisories.iter().map(Advisory::updated).max().unwrap_or(still);
        let sent = |value: Value| Some(Body::new(JSON, format!("{value:#}\n"), newest));
        if path == "/.well-known/security.txt" {
            let text = format!(
                "Contact: mailto:psirt@orrin.example\nPreferred-Languages: en\nCSAF: {base}{WELL_KNOWN}provider-metadata.json\n"
            );
            return Some(Body::new(TEXT, text, still));
        }
        if path == FEED {
            return sent(self.feed(base, newest));
        }
        if let Some(file) = path.strip_prefix(DIRECTORY) {
            return match file {
                "index.txt" => Some(Body::new(TEXT, self.index(), newest)),
                "changes.csv" => Some(Body::new(CSV, self.changes(), newest)),
                _ => self.file(file, base),
            };
        }
        if path.strip_prefix(WELL_KNOWN)? == "provider-metadata.json" {
            return sent(self.metadata(base, newest));
        }
        (path == self.key_path()).then(|| Body::new(KEY, self.key.public_key(), still))
    }

    fn key_path(&self) -> String {
        format!("{WELL_KNOWN}openpgp/{}.asc", self.hex_fingerprint())
    }

    fn hex_fingerprint(&self) -> String {
        hex::encode_upper(self.key.fingerprint().as_bytes())
    }

    fn metadata(&self, base: &str, newest: Timestamp) -> Value {
        json!({
            "canonical_url": format!("{base}{WELL_KNOWN}provider-metadata.json"),
            "distributions": [
                {"rolie": {"feeds": [{"summary": "All advisories", "tlp_label": "WHITE", "url": format!("{base}{FEED}")}]}},
                {"directory_url": format!("{base}{DIRECTORY}")},
            ],
            "last_updated": moment::of_machines(newest),
            "list_on_CSAF_aggregators": false,
            "metadata_version": "2.0",
            "mirror_on_CSAF_aggregators": false,
            "public_openpgp_keys": [
                {"fingerprint": self.hex_fingerprint(), "url": format!("{base}{}", self.key_path())},
            ],
            "publisher": {"category": "vendor", "name": NAME, "namespace": "https://orrin.example",
                "contact_details": "psirt@orrin.example"},
            "role": "csaf_trusted_provider",
        })
    }

    /// The feed (RFC 8322, CSAF 2.0 section 7.1.15).
    fn feed(&self, base: &str, newest: Timestamp) -> Value {
        let entries: Vec<Value> = self.advisories.iter().map(|advisory| entry(advisory, base)).collect();
        json!({"feed": {
            "id": "csaf-feed-tlp-white",
            "title": "Orrin Works advisories (TLP:WHITE)",
            "link": [{"rel": "self", "href": format!("{base}{FEED}")}],
            "category": [{"scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf"}],
            "updated": moment::of_machines(newest),
            "entry": entries,
        }})
    }

    fn index(&self) -> String {
        self.advisories.iter().map(|advisory| format!("{}\n", advisory.file())).collect()
    }

    /// The newest change first (CSAF 2.0 section 7.1.13).
    fn changes(&self) -> String {
        let mut advisories: Vec<&Advisory> = self.advisories.iter().collect();
        advisories.sort_by_key(|advisory| std::cmp::Reverse(advisory.updated()));
        let line = |advisory: &Advisory| {
            format!("\"{}\",\"{}\"\n", advisory.file(), moment::of_machines(advisory.updated()))
        };
        advisories.into_iter().map(line).collect()
    }

    /// A document, or what belongs to it.
    fn file(&mut self, file: &str, base: &str) -> Option<Body> {
        let advisory = self.advisories.iter().find(|advisory| file.starts_with(&advisory.file()))?;
        let (id, own, at) = (advisory.id.clone(), advisory.file(), advisory.updated());
        let document = advisory.document(&format!("{base}{DIRECTORY}{own}"));
        let mut hashed = document.clone().into_bytes();
        if self.broken_hashes.contains(&id) {
            hashed.extend(OTHER);
        }
        let name = own.rsplit('/').next().unwrap_or(&own);
        let listed = |hash: String| Some(Body::new(TEXT, format!("{hash}  {name}\n"), at));
        match file.strip_prefix(own.as_str())? {
            "" => Some(Body::new(JSON, document, at)),
            ".sha256" => listed(hex::encode(Sha256::digest(&hashed))),
            ".sha512" => listed(hex::encode(Sha512::digest(&hashed))),
            ".asc" => {
                let mut signed = document.into_bytes();
                if self.broken_signatures.contains(&id) {
                    signed.extend(OTHER);
                }
                Some(Body::new(TEXT, self.signature(&signed, at), at))
            }
            _ => None,
        }
    }

    fn signature(&mut self, signed: &[u8], at: Timestamp) -> String {
        let key = &self.key;
        self.signatures.entry(Sha256::digest(signed).to_vec()).or_insert_with(|| key.sign(signed, at)).clone()
    }
}

fn entry(advisory: &Advisory, base: &str) -> Value {
    let url = format!("{base}{DIRECTORY}{}", advisory.file());
    json!({
        "id": advisory.id,
        "title": advisory.title,
        "link": [
            {"rel": "self", "href": url},
            {"rel": "hash", "href": format!("{url}.sha256")},
            {"rel": "hash", "href": format!("{url}.sha512")},
            {"rel": "signature", "href": format!("{url}.asc")},
        ],
        "published": moment::of_machines(advisory.published()),
        "updated": moment::of_machines(advisory.updated()),
        "content": {"type": "application/json", "src": url},
        "format": {"schema": "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json", "version": "2.0"},
        "summary": {"content": advisory.text},
    })
}
