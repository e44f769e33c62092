//! An invented vendor's OpenPGP key: made when the world is made, and signing what the vendor publishes.
//!
//! The private half lives in memory only and is worth nothing outside of a demonstration. Times come from the world,
//! never from a clock.

use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use inspect::key::Fingerprint;
use jiff::Timestamp;
use sequoia_openpgp::Cert;
use sequoia_openpgp::armor::Kind;
use sequoia_openpgp::cert::{CertBuilder, CipherSuite};
use sequoia_openpgp::serialize::SerializeInto;
use sequoia_openpgp::serialize::stream::{Armorer, Message, Signer as Stream};
use sequoia_openpgp::types::KeyFlags;

/// A key with its private half.
#[derive(Clone, Debug)]
pub struct Signer {
    cert: Cert,
}

impl Signer {
    /// Makes an Ed25519 key for a name such as `Vendor <mail@vendor.example>`. It never expires.
    #[must_use]
    pub fn generate(name: &str, made: Timestamp) -> Self {
        Self::lasting(name, made, None)
    }

    /// The same for a key that expires so long after it was made, if at all.
    #[must_use]
    pub fn lasting(name: &str, made: Timestamp, lasts: Option<Duration>) -> Self {
        let (cert, _) = CertBuilder::new()
            .set_cipher_suite(CipherSuite::Cv25519)
            .set_creation_time(system_time(made))
            .set_validity_period(lasts)
            .set_primary_key_flags(KeyFlags::empty().set_certification().set_signing())
            .add_userid(name)
            .generate()
            .expect("an Ed25519 key needs only random bytes and a time in OpenPGP's range");
        Self { cert }
    }

    /// The fingerprint of the primary key, which is also the one that signs.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::parse(&self.cert.fingerprint().to_hex()).expect("a new key has 20 bytes of fingerprint")
    }

    /// The public half in ASCII armor (RFC 9580 section 6).
    #[must_use]
    pub fn public_key(&self) -> String {
        let bytes = self.cert.armored().to_vec().expect("memory takes every byte");
        String::from_utf8(bytes).expect("armor is ASCII")
    }

    /// A detached signature over `message` in ASCII armor. Two signatures of one message differ, as they are salted.
    #[must_use]
    pub fn sign(&self, message: &[u8], at: Timestamp) -> String {
        let mut armored = Vec::new();
        self.write(message, system_time(at), &mut armored)
            .expect("memory takes every byte, and the key may sign");
        String::from_utf8(armored).expect("armor is ASCII")
    }

    fn write(&self, message: &[u8], at: SystemTime, into: &mut Vec<u8>) -> sequoia_openpgp::Result<()> {
        let key = self.cert.primary_key().key().clone();
        let pair = key.parts_into_secret()?.into_keypair()?;
        let armor = Armorer::new(Message::new(into)).kind(Kind::Signature).build()?;
        let mut stream = Stream::new(armor, pair)?.detached().creation_time(at).build()?;
        stream.write_all(message)?;
        stream.finalize()
    }
}

/// OpenPGP knows no time before 1970 nor beyond 32 bits of seconds.
fn system_time(at: Timestamp) -> SystemTime {
    let seconds = at.as_second().clamp(0, i64::from(u32::MAX)).unsigned_abs();
    UNIX_EPOCH + Duration::from_secs(seconds)
}
