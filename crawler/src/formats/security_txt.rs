//! `security.txt`: how a vendor says whom to tell about a vulnerability (RFC 9116).
//!
//! Takes the signed form as well and does not check its signature: what it says is what its address says. Refuses web
//! pages and texts without any of its fields; unknown fields are passed over (section 2.4), long lists are cut.

use jiff::Timestamp;
use url::Url;

use crate::formats::Unreadable;
use crate::formats::phrase::{moment, name};

/// Values of one field that are kept.
const MAX_EACH: usize = 10;
/// Lines that are looked at.
const MAX_LINES: usize = 2000;

/// What a `security.txt` says, in its own order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityTxt {
    /// Addresses to write, call or go to, the preferred one first (section 2.5.3).
    pub contacts: Vec<String>,
    /// Where keys to encrypt with are (section 2.5.4); addresses of the web, of DNS, or a fingerprint.
    pub encryption: Vec<String>,
    /// Where the vendor describes itself as a CSAF provider (CSAF 2.0, section 7.1.8).
    pub csaf: Vec<Url>,
    /// What the vendor does with what it is told (section 2.5.7).
    pub policy: Vec<String>,
    /// Where those who told it something are thanked (section 2.5.1).
    pub acknowledgments: Vec<String>,
    /// When this ends to be true (section 2.5.5).
    pub expires: Option<Timestamp>,
    /// Whether it came in the signed form (section 2.3).
    pub signed: bool,
}

/// Reads a `security.txt`.
///
/// # Errors
/// When the text is a web page, or has none of the fields.
pub fn parse(bytes: &[u8]) -> Result<SecurityTxt, Unreadable> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        return Err(Unreadable::new("no security.txt", "a web page stands there"));
    }
    let mut read = SecurityTxt { signed: text.starts_with(BEGIN), ..SecurityTxt::default() };
    let mut lines = text.lines().take(MAX_LINES);
    if read.signed {
        // Armour headers end with an empty line (RFC 9580, section 7).
        lines.by_ref().find(|line| line.trim().is_empty());
    }
    for line in lines {
        if line.starts_with("-----BEGIN PGP SIGNATURE") {
            break;
        }
        let line = line.strip_prefix("- ").filter(|_| read.signed).unwrap_or(line);
        read.take(line);
    }
    if read == (SecurityTxt { signed: read.signed, ..SecurityTxt::default() }) {
        return Err(Unreadable::new("no security.txt", "it has none of the fields of RFC 9116"));
    }
    Ok(read)
}

/// How the signed form begins.
const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE";

impl SecurityTxt {
    fn take(&mut self, line: &str) {
        let line = line.trim_start();
        let Some((field, value)) = line.split_once(':').filter(|_| !line.starts_with('#')) else { return };
        let value = name(value);
        if value.is_empty() {
            return;
        }
        let list = match field.trim().to_ascii_lowercase().as_str() {
            "contact" => &mut self.contacts,
            "encryption" => &mut self.encryption,
            "policy" => &mut self.policy,
            "acknowledgments" | "acknowledgements" => &mut self.acknowledgments,
            "expires" => {
                self.expires = self.expires.or_else(|| moment(&value));
                return;
            }
            "csaf" => {
                let url = Url::parse(&value).ok().filter(|_| self.csaf.len() < MAX_EACH);
                self.csaf.extend(url.filter(|url| matches!(url.scheme(), "http" | "https")));
                return;
            }
            _ => return,
        };
        if list.len() < MAX_EACH && !list.contains(&value) {
            list.push(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn every_field_is_read_and_unknown_ones_are_passed_over() {
        let text = "# Our policy\r\nContact: mailto:security@acme.example\r\ncontact:https://acme.example/report\r\n\
            Contact: mailto:security@acme.example\nEncryption: https://acme.example/key.asc\nEncryption: openpgp4fpr:5f2d\n\
            CSAF: https://acme.example/.well-known/csaf/provider-metadata.json\nCSAF: nonsense\nPolicy: https://acme.example/policy\n\
            Acknowledgments: https://acme.example/thanks\nExpires: 2027-01-01T00:00:00z\nColour: blue\nContact:\n";
        let read = parse(text.as_bytes()).unwrap();
        assert_eq!(read.contacts, ["mailto:security@acme.example", "https://acme.example/report"]);
        assert_eq!((read.encryption.len(), read.csaf.len(), read.signed), (2, 1, false));
        assert_eq!(read.policy, ["https://acme.example/policy"]);
        assert_eq!(read.acknowledgments, ["https://acme.example/thanks"]);
        assert_eq!(read.expires.unwrap().to_string(), "2027-01-01T00:00:00Z");
    }

    #[test]
    fn the_signed_form_is_taken_without_its_armour() {
        let text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\nContact: tel:+1-201-555-0100\n\n\
            Contact: mailto:a@acme.example\n- Policy: https://acme.example/policy\n-----BEGIN PGP SIGNATURE-----\n\
            Contact: mailto:b@acme.example\n-----END PGP SIGNATURE-----\n";
        let read = parse(text.as_bytes()).unwrap();
        assert!(read.signed);
        assert_eq!(read.contacts, ["mailto:a@acme.example"]);
        assert_eq!(read.policy.len(), 1);
    }

    #[test]
    fn what_is_none_is_refused_and_what_never_ends_is_cut() {
        let check = |text: &str, expected: &str| {
            assert!(parse(text.as_bytes()).unwrap_err().to_string().contains(expected), "{text}");
        };
        check("<!doctype html><p>Contact: us", "a web page stands there");
        check("Hello\nthere: nothing", "none of the fields");
        check("", "none of the fields");
        let many: String =
            (0..5_000).map(|number| format!("Contact: mailto:{number}@acme.example\n")).collect();
        assert_eq!(parse(many.as_bytes()).unwrap().contacts.len(), super::MAX_EACH);
    }
}
