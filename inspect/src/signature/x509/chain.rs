//! Whether a certificate leads to one that the house knows, and at which time.
//!
//! A certificate of the house that is the signer's own counts as it is; one that issues others is an anchor. Whether a
//! path may be used for signing code is asked apart from whether there is one, so that each is told by itself.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage};

use super::{Certificate, Usage, certified};
use crate::key::Fingerprint;

/// Certificates brought along that are tried; the longest real chains have five.
const MOST_BROUGHT: usize = 40;

/// Why a certificate does not lead to the house at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Astray {
    /// No certificate of the house issued any of it.
    Unknown,
    /// One of the path's certificates is no longer valid.
    Expired,
    /// One of them is not valid yet.
    Early,
    /// There may be a path, but it cannot be accepted: why.
    Refused(String),
}

/// The certificates of a signature, and of the house.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    /// Those that came with it.
    pub(crate) brought: &'a [Certificate],
    /// Those of the house.
    pub(crate) house: &'a [Certificate],
}

/// Takes any use: that is asked apart.
struct AnyUse;

impl ExtendedKeyUsageValidator for AnyUse {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

impl Around<'_> {
    /// The certificate of the house to which `leaf` leads at `time`, seconds since 1970.
    pub(crate) fn leads(&self, leaf: &Certificate, time: i64) -> Result<Fingerprint, Astray> {
        if let Some(own) = self.house.iter().find(|own| own.der == leaf.der) {
            return own.is_valid(time).map(|()| own.fingerprint());
        }
        let anchor = self.path(leaf, time, &AnyUse)?;
        anchor.is_valid(time).map(|()| anchor.fingerprint())
    }

    /// Whether the issuers on the path allow that use too.
    pub(crate) fn allows(&self, leaf: &Certificate, time: i64, usage: Usage) -> bool {
        if self.house.iter().any(|own| own.der == leaf.der) {
            return true;
        }
        // The contents of the object identifiers 1.3.6.1.5.5.7.3.3 and .8.
        let oid: &'static [u8] = match usage {
            Usage::Code => &[0x2b, 6, 1, 5, 5, 7, 3, 3],
            Usage::Timestamp => &[0x2b, 6, 1, 5, 5, 7, 3, 8],
        };
        self.path(leaf, time, &KeyUsage::required_if_present(oid)).is_ok()
    }

    fn path(
        &self,
        leaf: &Certificate,
        time: i64,
        usage: &impl ExtendedKeyUsageValidator,
    ) -> Result<&Certificate, Astray> {
        let ours: Vec<CertificateDer<'_>> =
            self.house.iter().map(|own| CertificateDer::from(own.der.as_slice())).collect();
        let issuers = self.house.iter().zip(&ours).filter(|(own, _)| own.issues());
        let anchors: Vec<_> = issuers
            .filter_map(|(own, der)| Some((own, webpki::anchor_from_trusted_cert(der).ok()?)))
            .collect();
        let found: Vec<_> = anchors.iter().map(|(_, anchor)| anchor.clone()).collect();
        let between: Vec<CertificateDer<'_>> = (self.brought.iter().take(MOST_BROUGHT))
            .chain(self.house.iter().take(MOST_BROUGHT))
            .map(|own| CertificateDer::from(own.der.as_slice()))
            .collect();
        let der = CertificateDer::from(leaf.der.as_slice());
        let entity = EndEntityCert::try_from(&der).map_err(refused)?;
        let time = UnixTime::since_unix_epoch(Duration::from_secs(time.max(0).unsigned_abs()));
        let algorithms = certified::all();
        let path = entity
            .verify_for_usage(&algorithms, &found, &between, time, usage, None, None)
            .map_err(refused)?;
        let end = path.anchor();
        let own = anchors.iter().find(|(_, anchor)| {
            anchor.subject == end.subject && anchor.subject_public_key_info == end.subject_public_key_info
        });
        own.map(|(own, _)| *own).ok_or(Astray::Unknown)
    }
}

impl Certificate {
    /// Whether a time lies within its validity.
    pub(crate) fn is_valid(&self, time: i64) -> Result<(), Astray> {
        if time < self.not_before {
            Err(Astray::Early)
        } else if time > self.not_after {
            Err(Astray::Expired)
        } else {
            Ok(())
        }
    }
}

fn refused(error: Error) -> Astray {
    match error {
        Error::UnknownIssuer => Astray::Unknown,
        Error::CertExpired { .. } => Astray::Expired,
        Error::CertNotValidYet { .. } => Astray::Early,
        Error::CaUsedAsEndEntity => Astray::Refused(
            "its certificate is one that issues others and is none that signs files".to_owned(),
        ),
        Error::NameConstraintViolation => {
            Astray::Refused("an issuer on its path may not issue certificates for that name".to_owned())
        }
        Error::PathLenConstraintViolated | Error::EndEntityUsedAsCa => {
            Astray::Refused("a certificate on its path may not issue that one".to_owned())
        }
        Error::UnsupportedCriticalExtension => {
            Astray::Refused("a certificate on its path demands something that is not known here".to_owned())
        }
        other => Astray::Refused(format!("its path cannot be accepted ({other:?})")),
    }
}
