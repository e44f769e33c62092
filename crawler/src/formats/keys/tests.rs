//! Documents of keys as vendors publish them; the keys are an invented vendor's.

use jiff::Timestamp;
use url::Url;

use super::{Document, parse};
use crate::formats::{Origin, Unreadable};
use index::mention;

/// A certificate authority of an invented vendor.
const CERTIFICATE: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBxDCCAWmgAwIBAgIUakbXyeFteG9ANJCw5jKd//s+uhEwCgYIKoZIzj0EAwIw\n\
NzEYMBYGA1UECgwPSGFsdmFyZCBTeXN0ZW1zMRswGQYDVQQDDBJIYWx2YXJkIFBh\n\
Y2thZ2UgQ0EwHhcNMjYxMTI0MDYxODIzWhcNMzExMTI0MDYxODIzWjA3MRgwFgYD\n\
VQQKDA9IYWx2YXJkIFN5c3RlbXMxGzAZBgNVBAMMEkhhbHZhcmQgUGFja2FnZSBD\n\
QTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMbMww526sYAZ+ie+4ggy9f+S2o5\n\
8bBJrjhaOGv/sbiSS7nqAiLQ/aiVoRfXnIPCtZWgqNUwg5SLjnNvBof1T5+jUzBR\n\
MB0GA1UdDgQWBBToh0Qup4UTDjVxrqtTy5WvD4heITAfBgNVHSMEGDAWgBToh0Qu\n\
p4UTDjVxrqtTy5WvD4heITAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kA\n\
MEYCIQCOFU0089ofavGo2oPK5rXXYvrrdF2OSkJjf657i7RBoQIhANBGDuH/qc9I\n\
I/PMOTx1cG6lmnK/vHndF1COsK6slY7U\n\
-----END CERTIFICATE-----\n";
/// Its SHA-256, as openssl prints it.
const DIGITS: &str = "785856613CCE0CC91F09F2AE560C9A4CB70C3916F7BB36560D0374060BB34A1E";

fn read(document: &str, media_type: &str) -> Result<Document, Unreadable> {
    let url = Url::parse("https://halvard.example/security/keys").ok();
    let now: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
    parse(document.as_bytes(), &Origin { url, media_type, ..Origin::default() }, now)
}

fn keys_of(document: &Document) -> Vec<String> {
    let text = document.draft.statement.text.as_str();
    let found = mention::find(text).into_iter().filter(|found| found.kind == mention::Kind::Fingerprint);
    found.map(|found| found.value).collect()
}

#[test]
fn a_certificate_is_stated_with_its_facts_and_found_by_its_fingerprint() {
    for media_type in ["application/x-pem-file", "text/html", ""] {
        let document = read(CERTIFICATE, media_type).unwrap();
        assert_eq!((document.keys.len(), keys_of(&document)), (1, vec![DIGITS.to_owned()]));
        let text = document.draft.statement.text.as_str();
        for words in
            ["## CN=Halvard Package CA", "Issued by: itself", "NIST P-256", "Valid until: 2031-11-24"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(document.draft.statement.title.as_str(), "Keys at halvard.example/security/keys");
    }
}

#[test]
fn a_page_gives_its_blocks_its_words_and_its_links() {
    let block = CERTIFICATE.replace('\n', "<br>\n      ");
    let page = format!(
        "<html><head><title>Keys</title></head><body><nav><a href='/'>Home</a></nav><main><h1>Keys</h1>\
         <p>Packages are signed with 0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567.</p><div>{block}</div>\
         <a href='/keys/packages.asc#x'>Key</a> <a href='/keys/packages.asc'>again</a> \
         <a href='https://dl.halvard.example/KEYS'>all</a> <a href='/relay-5.1.tar.gz.asc'>signature</a> \
         <a href='mailto:keys@halvard.example'>mail</a></main></body></html>"
    );
    let document = read(&page, "text/html").unwrap();
    let links: Vec<&str> = document.links.iter().map(Url::as_str).collect();
    assert_eq!(links, ["https://halvard.example/keys/packages.asc", "https://dl.halvard.example/KEYS"]);
    assert_eq!(document.keys.len(), 1);
    assert_eq!(keys_of(&document), [DIGITS, "0123456789ABCDEF0123456789ABCDEF01234567"]);
    let text = document.draft.statement.text.as_str();
    assert!(text.contains("Packages are signed with") && !text.contains("MIIB"), "{text}");
    assert_eq!(document.draft.statement.title.as_str(), "Keys");
}

#[test]
fn what_holds_no_key_says_so() {
    let check = |document: &str, media_type: &str, sentence: &str| {
        let told = read(document, media_type).unwrap_err().sentence;
        assert!(told.contains(sentence), "{told}");
    };
    check("  \n", "", "nothing came");
    check("Not here", "text/plain", "neither an OpenPGP key nor a certificate nor");
    check("<html><p>We have moved.</p></html>", "text/html", "has it moved?");
    check("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "text/plain", "cannot be read");
    check("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n", "text/plain", "broken key");
}
