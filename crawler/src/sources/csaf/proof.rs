//! Hashes and OpenPGP signatures beside a CSAF document (CSAF 2.0, sections 7.1.18 to 7.1.20), as checks of its statement.
//!
//! Refuses to judge: a failure is shown beside the document. What is missing is "not checked", never fine.

use index::entry::{Check, Outcome};
use index::keys::sighting::Way;
use inspect::digest::{Digest, read_sums};
use inspect::key::openpgp::{self, Certificate};
use inspect::key::reading;
use inspect::signature::openpgp::verify_detached;
use inspect::signature::{Signature, Worth};
use url::Url;

use crate::sources::Errand;
use crate::sources::csaf::Listed;
use crate::sources::csaf::provider::Provider;

/// The provider's keys; one that cannot be had or read is a remark.
pub(super) async fn certificates(errand: &mut Errand<'_>, provider: &Provider) -> Vec<Certificate> {
    let mut all = Vec::new();
    for url in &provider.keys {
        match errand.fetch_fresh(url.clone(), "application/pgp-keys, */*;q=0.5").await {
            Ok(fetched) => match openpgp::read(&fetched.bytes) {
                Ok(certificates) => {
                    let found = reading::read(&fetched.bytes, errand.now.as_second()).keys;
                    errand.sight(Way::Provider, url, found);
                    all.extend(certificates);
                }
                Err(error) => errand.remark(format!("failed to read the key at {url}: {error}")),
            },
            Err(error) => errand.remark(format!("failed to {error}")),
        }
    }
    all
}

/// What came of the hashes and the signature of one document.
pub(super) async fn checks(
    errand: &Errand<'_>,
    document: &Listed,
    bytes: &[u8],
    certificates: &[Certificate],
) -> Vec<Check> {
    let mut checks = Vec::new();
    let hashes = if document.hashes.is_empty() {
        [".sha512", ".sha256"].iter().filter_map(|suffix| beside(&document.url, suffix)).collect()
    } else {
        document.hashes.clone()
    };
    for url in &hashes {
        let fetched = errand.fetch_fresh(url.clone(), "text/plain, */*;q=0.5").await.ok();
        checks.extend(fetched.map(|fetched| hash(&String::from_utf8_lossy(&fetched.bytes), bytes)));
    }
    if checks.is_empty() {
        checks.push(unchecked("hash", "no hash could be fetched beside the document"));
    }
    let signature = document.signature.clone().or_else(|| beside(&document.url, ".asc"));
    let fetched = match signature {
        Some(url) => errand.fetch_fresh(url, "application/pgp-signature, */*;q=0.5").await.ok(),
        None => None,
    };
    match fetched {
        Some(fetched) => {
            let found = verify_detached(bytes, &fetched.bytes, certificates, errand.now.as_second());
            checks.extend(found.iter().map(signed));
        }
        None => {
            checks.push(unchecked("OpenPGP signature", "no signature could be fetched beside the document"))
        }
    }
    checks
}

fn beside(document: &Url, suffix: &str) -> Option<Url> {
    let mut url = document.clone();
    url.set_path(&format!("{}{suffix}", document.path()));
    (url != *document).then_some(url)
}

fn unchecked(subject: &str, sentence: &str) -> Check {
    Check {
        subject: subject.to_owned(),
        outcome: Outcome::NotChecked,
        signer: None,
        sentence: sentence.to_owned(),
    }
}

fn hash(text: &str, bytes: &[u8]) -> Check {
    let Some(sum) = read_sums(text).into_iter().next() else {
        return unchecked("hash", "the file beside the document holds no hash");
    };
    let subject = match sum.digest {
        Digest::Sha256(_) => "SHA-256",
        Digest::Sha512(_) => "SHA-512",
    };
    let (outcome, sentence) = if sum.digest.matches(bytes) {
        (Outcome::Fits, "the provider's hash fits the document")
    } else {
        (Outcome::Fails, "the provider's hash is of other bytes than these")
    };
    Check { subject: subject.to_owned(), outcome, signer: None, sentence: sentence.to_owned() }
}

fn signed(signature: &Signature) -> Check {
    let outcome = match signature.worth {
        Worth::Fits => Outcome::Fits,
        Worth::UnknownKey | Worth::Unsupported | Worth::Unreadable => Outcome::NotChecked,
        _ => Outcome::Fails,
    };
    Check {
        subject: "OpenPGP signature".to_owned(),
        outcome,
        signer: signature.certificate.or(signature.issuer),
        sentence: signature.detail.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{hash, signed};
    use index::entry::Outcome;
    use inspect::digest::Digest;
    use inspect::signature::openpgp::verify_detached;

    #[test]
    fn a_hash_fits_fails_or_is_not_there() {
        let right = format!("{}  a.json\n", Digest::sha512(b"x"));
        assert_eq!(hash(&right, b"x").outcome, Outcome::Fits);
        assert_eq!(hash(&right, b"y").outcome, Outcome::Fails);
        assert_eq!(hash("", b"x").outcome, Outcome::NotChecked);
    }

    #[test]
    fn what_is_no_signature_is_not_checked() {
        let checks: Vec<_> = verify_detached(b"x", b"nonsense", &[], 0).iter().map(signed).collect();
        assert_eq!(checks[0].outcome, Outcome::NotChecked);
    }
}
