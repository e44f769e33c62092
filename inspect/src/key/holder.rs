//! What holds certificates without being one: Java key stores, PKCS#12, GnuPG's keybox.
//!
//! No password is ever asked for: what is encrypted is told and left. Lengths are a stranger's word and never believed
//! beyond the bytes that are there; nesting is followed as far as the formats have it.

/// Certificates taken from one file; the largest store in use (a system's roots) has about 150.
const MOST: usize = 2_000;

/// A Java key store (JKS and JCEKS): the certificates in it as DER; `None` for what is none.
pub(super) fn java(bytes: &[u8], remarks: &mut Vec<String>) -> Option<Vec<Vec<u8>>> {
    let mut rest = Rest(bytes);
    let magic = rest.u32()?;
    if !matches!(magic, 0xfeed_feed | 0xcece_cece) || !matches!(rest.u32()?, 1 | 2) {
        return None;
    }
    let count = rest.u32()?;
    let mut found = Vec::new();
    for _ in 0..count {
        if found.len() >= MOST {
            remarks.push(format!("more than {MOST} certificates: the others were not read"));
            break;
        }
        if entry(&mut rest, &mut found).is_none() {
            remarks
                .push("the key store is cut off, or holds a secret key that hides what follows".to_owned());
            break;
        }
    }
    Some(found)
}

fn entry(rest: &mut Rest<'_>, found: &mut Vec<Vec<u8>>) -> Option<()> {
    let tag = rest.u32()?;
    rest.short()?;
    rest.take(8)?;
    let certificates = match tag {
        1 => {
            let length = rest.u32()?;
            rest.take(length as usize)?;
            rest.u32()?
        }
        2 => 1,
        _ => return None,
    };
    for _ in 0..certificates.min(u32::try_from(MOST).unwrap_or(u32::MAX)) {
        rest.short()?;
        let length = rest.u32()?;
        found.push(rest.take(length as usize)?.to_vec());
    }
    Some(())
}

/// A GnuPG keybox: the OpenPGP keys in it, one after the other; `None` for what is none.
pub(super) fn keybox(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.get(8..12) != Some(b"KBXf") {
        return None;
    }
    let (mut rest, mut keys) = (bytes, Vec::new());
    while let Some(length) = Rest(rest).u32() {
        let Some((blob, more)) = rest.split_at_checked(length as usize).filter(|_| length >= 5) else {
            break;
        };
        rest = more;
        let mut place = Rest(blob.get(8..).unwrap_or_default());
        // Type 2 is OpenPGP; where its key lies within the blob, and how long it is.
        if let (Some(2), Some(at), Some(size)) = (blob.get(4), place.u32(), place.u32())
            && let Some(key) = blob.get(at as usize..).and_then(|key| key.get(..size as usize))
        {
            keys.extend_from_slice(key);
        }
    }
    Some(keys)
}

/// PKCS#12 (RFC 7292): the certificates that are not encrypted, as DER; `None` for what is none.
pub(super) fn pkcs12(bytes: &[u8], remarks: &mut Vec<String>) -> Option<Vec<Vec<u8>>> {
    const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let mut pfx = Rest(Rest(bytes).value(0x30)?);
    if pfx.value(2)? != [3] {
        return None;
    }
    let mut content = Rest(pfx.value(0x30)?);
    if content.value(6)? != DATA {
        return None;
    }
    let safe = Rest(content.value(0xa0)?).value(4)?;
    let mut parts = Rest(Rest(safe).value(0x30)?);
    let mut found = Vec::new();
    while let Some(part) = parts.value(0x30) {
        let mut part = Rest(part);
        if part.value(6)? == DATA {
            bags(Rest(part.value(0xa0)?).value(4)?, &mut found);
        } else {
            remarks.push("a part of it is encrypted, and was not read".to_owned());
        }
    }
    Some(found)
}

fn bags(safe: &[u8], found: &mut Vec<Vec<u8>>) {
    const CERTIFICATES: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3];
    let Some(bags) = Rest(safe).value(0x30) else { return };
    let mut bags = Rest(bags);
    while let Some(bag) = bags.value(0x30) {
        if found.len() >= MOST {
            return;
        }
        let mut bag = Rest(bag);
        let held = (bag.value(6) == Some(CERTIFICATES)).then(|| bag.value(0xa0)).flatten();
        let Some(mut held) = held.and_then(|held| Rest(held).value(0x30)).map(Rest) else { continue };
        held.value(6);
        found.extend(held.value(0xa0).and_then(|value| Rest(value).value(4)).map(<[u8]>::to_vec));
    }
}

/// Bytes that are left to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A string that states its length in two bytes.
    fn short(&mut self) -> Option<&'a [u8]> {
        let length = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        self.take(length.into())
    }

    /// The value of the next DER element if it has this tag (X.690 section 8.1); what follows stays.
    fn value(&mut self, tag: u8) -> Option<&'a [u8]> {
        let before = self.0;
        let value = self.element(tag);
        if value.is_none() {
            self.0 = before;
        }
        value
    }

    fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        if self.take(1)? != [tag] {
            return None;
        }
        let first = *self.take(1)?.first()?;
        let length = match first {
            0..=127 => usize::from(first),
            0x81..=0x84 => {
                let digits = self.take(usize::from(first & 0x7f))?;
                digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))
            }
            _ => return None,
        };
        self.take(length)
    }
}
