//! An RPM package: lead, signature header, header, and a compressed cpio as payload, read front to back.
//!
//! The header's own digests and that of the payload are held against the bytes: a changed payload keeps a good header
//! signature. Scriptlets become members of `header!/`, as does the list of
//! configuration files, and files become those of `payload!/`. Format: rpm's manual,
//! "Package format", V4.

/// The header's tags.
pub mod header;
mod scriptlet;

use std::io::{self, Read};
use std::ops::ControlFlow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use self::header::{Header, tag};
use crate::container::attributes::{Attributes, Kind};
use crate::container::budget::{Counted, Exact, Intake, Metered};
use crate::container::cpio::{self, Listing};
use crate::container::event::{Container, Event};
use crate::container::format::Format;
use crate::container::hashed::Hashed;
use crate::container::place::Place;
use crate::container::problem::Problem;
use crate::container::stream;
use crate::container::walker::{Flow, Found, Opened, Walker, peek};
use crate::signature::fact::{Material, Over, Payload, Scheme};

/// The lead: a fixed block whose fields nobody relies on any more.
const LEAD: u64 = 96;
/// Bytes of the signature header's data; 16 MiB hold a signature for each of ten thousand files.
const LARGEST_SIGNATURES: u32 = 16 << 20;
/// Signatures of one kind that are read.
const MOST_SIGNATURES: usize = 20;
/// Bytes of the header's data: the largest seen, with 60,000 files, takes 9 MB.
const LARGEST_HEADER: u32 = 32 << 20;

/// Walks the RPM package that `input` is.
pub(crate) fn walk(walker: &mut Walker<'_>, place: &Place, input: &mut dyn Read) -> Opened {
    let problem = |walker: &Walker<'_>, error: &io::Error| walker.budget.reason(error, false);
    if let ControlFlow::Break(stop) = walker.opened(place, Container::Rpm) {
        return Ok(ControlFlow::Break(stop));
    }
    let read = (|| {
        io::copy(&mut Exact::new(&mut *input, LEAD, &walker.budget), &mut io::sink())?;
        let signatures = Header::read(input, LARGEST_SIGNATURES)?;
        let padding = (8 - signatures.raw.len() as u64 % 8) % 8;
        io::copy(&mut Exact::new(&mut *input, padding, &walker.budget), &mut io::sink())?;
        let header = Header::read(input, LARGEST_HEADER)?;
        Ok((signatures, header))
    })();
    let (signatures, header) = match read {
        Ok(headers) => headers,
        Err(error) => return Err(problem(walker, &error)),
    };
    Ok(body(walker, place, &signatures, &header, input))
}

fn body(
    walker: &mut Walker<'_>,
    place: &Place,
    signatures: &Header,
    header: &Header,
    input: &mut dyn Read,
) -> Flow {
    if let Some(stated) = signatures.text(tag::SIG_SHA256) {
        let found = hex::encode(Sha256::digest(&header.raw));
        if !stated.eq_ignore_ascii_case(&found) {
            walker
                .complain(place.archive(), Problem::DigestDisagrees { stated: stated.to_owned(), found })?;
        }
    }
    let mut payload = Payload::NotRead;
    let flow = content(walker, place, header, input, &mut payload);
    // Told whatever ended the reading, since a package whose signatures are missing looks like one that has none.
    for material in carried(place, signatures, header, payload) {
        walker.tell(Event::Signature(material))?;
    }
    flow
}

/// The signatures in the signature header.
fn carried(place: &Place, signatures: &Header, header: &Header, payload: Payload) -> Vec<Material> {
    let over_header = |name: &str, signature: Vec<u8>| Material {
        scheme: Scheme::RpmHeader,
        path: format!("{}header!/{name}", place.prefix),
        signature,
        over: Over::Header(header.raw.clone(), payload),
        not_covered: Vec::new(),
    };
    let mut all = Vec::new();
    for (tag, name) in [(tag::SIG_RSA, "RSAHEADER"), (tag::SIG_DSA, "DSAHEADER")] {
        all.extend(signatures.binary(tag).map(|signature| over_header(name, signature.to_vec())));
    }
    // The newest kind, of which there may be several, each as text.
    for text in signatures.strings(tag::SIG_OPENPGP).iter().take(MOST_SIGNATURES) {
        let bytes = STANDARD.decode(text.trim()).unwrap_or_default();
        all.push(over_header("OPENPGP", bytes));
    }
    for (tag, name) in [(tag::SIG_PGP, "SIGPGP"), (tag::SIG_GPG, "SIGGPG")] {
        let old = signatures.binary(tag);
        all.extend(old.map(|signature| both(place, signatures, header, name, signature)));
    }
    all
}

/// What the package states and holds; `read` becomes what the digest of its payload is worth.
fn content(
    walker: &mut Walker<'_>,
    place: &Place,
    header: &Header,
    input: &mut dyn Read,
    read: &mut Payload,
) -> Flow {
    walker.tell(Event::Header { path: place.archive(), header })?;
    let own = place.part("header");
    for script in scriptlet::all(header) {
        walker.count(&own)?;
        let attributes = Attributes { interpreter: Some(script.interpreter), ..Attributes::default() };
        let size = script.text.len() as u64;
        let found = Found { name: &script.name, attributes, size, at: None };
        // Text of a header is no archive, whatever it begins with.
        walker.text(&own, &found, script.text.into_bytes())?;
    }
    let configuration = configuration(header);
    if !configuration.is_empty() {
        walker.count(&own)?;
        walker.text(&own, &Found::named("%config"), configuration.into_bytes())?;
    }
    payload(walker, place, header, input, read)
}

/// The files that the package counts as configuration, a line each, as a spec file would name them: whether one that
/// was edited is kept (`%config(noreplace)`) or replaced.
fn configuration(header: &Header) -> String {
    /// Bits of a file's flags (`rpmfileAttrs`).
    const CONFIG: u64 = 1;
    const NO_REPLACE: u64 = 1 << 4;
    let flagged = header.numbers(tag::FILE_FLAGS).iter().enumerate();
    let lines = flagged.filter(|(_, flags)| **flags & CONFIG != 0).filter_map(|(at, flags)| {
        let word = if flags & NO_REPLACE != 0 { "%config(noreplace)" } else { "%config" };
        Some(format!("{word} {}\n", header.path(at)?))
    });
    lines.collect()
}

/// An old signature, over the header and the payload behind it.
fn both(place: &Place, signatures: &Header, header: &Header, name: &str, signature: &[u8]) -> Material {
    let start = (LEAD + signatures.raw.len() as u64).next_multiple_of(8);
    let over = if place.is_outermost() {
        Over::File(vec![
            (start, start + header.raw.len() as u64),
            (start + header.raw.len() as u64, u64::MAX),
        ])
    } else {
        Over::Unavailable("it covers the payload of a package within another file, which is not kept")
    };
    let path = format!("{}header!/{name}", place.prefix);
    Material { scheme: Scheme::RpmHeader, path, signature: signature.to_vec(), over, not_covered: Vec::new() }
}

fn payload(
    walker: &mut Walker<'_>,
    place: &Place,
    header: &Header,
    input: &mut dyn Read,
    read: &mut Payload,
) -> Flow {
    let mut hashed = Hashed::new(input);
    let flow = unpacked(walker, place, header, &mut hashed);
    let found = hashed.finish().1.map(hex::encode);
    let is_sha256 = header.number(tag::PAYLOAD_DIGEST_ALGORITHM) == Some(8);
    let stated = header.text(tag::PAYLOAD_DIGEST).filter(|_| is_sha256);
    let differing = match (stated, found) {
        (None, _) => {
            *read = Payload::NotStated;
            None
        }
        (Some(stated), Some(found)) if stated.eq_ignore_ascii_case(&found) => {
            *read = Payload::Fits;
            None
        }
        (Some(stated), Some(found)) => {
            *read = Payload::Differs;
            Some(Problem::DigestDisagrees { stated: stated.to_owned(), found })
        }
        (Some(_), None) => None,
    };
    flow?;
    match differing {
        Some(problem) => walker.complain(place.part("payload").archive(), problem),
        None => ControlFlow::Continue(()),
    }
}

fn unpacked(walker: &mut Walker<'_>, place: &Place, header: &Header, input: &mut dyn Read) -> Flow {
    let within = place.part("payload");
    let mut input = input;
    let head = match peek(&mut input) {
        Ok(head) => head,
        Err(error) => {
            let problem = walker.budget.reason(&error, false);
            return walker.complain(within.archive(), problem);
        }
    };
    let format = Format::of(&head);
    let mut whole = io::Cursor::new(head).chain(input);
    let files = Files(header);
    let codec = match format {
        Some(Format::Stream(codec)) => codec,
        Some(Format::Cpio) => return cpio::walk(walker, &within, &mut whole, Some(&files)),
        // A package without files may have no payload at all.
        None if header.strings(tag::BASE_NAMES).is_empty() => return ControlFlow::Continue(()),
        _ => {
            let problem = Problem::UnsupportedMethod("a payload that is no cpio archive".to_owned());
            return walker.complain(within.archive(), problem);
        }
    };
    let intake = Intake::default();
    let decoder = stream::decoder(codec, Counted::new(whole, &intake), &walker.budget);
    match decoder {
        Ok(decoder) => {
            let mut output = Metered::new(decoder, Some(&intake), &walker.budget);
            cpio::walk(walker, &within, &mut output, Some(&files))
        }
        Err(error) => {
            let problem = walker.budget.reason(&error, intake.ended());
            walker.complain(within.archive(), problem)
        }
    }
}

/// The files of a header, for its payload.
struct Files<'h>(&'h Header);

impl Listing for Files<'_> {
    fn numbered(&self, number: u64) -> Option<(Vec<u8>, u64)> {
        let at = usize::try_from(number).ok()?;
        let path = self.0.path(at)?;
        let size = self.0.numbers(tag::LONG_FILE_SIZES).get(at).copied();
        Some((path.into_bytes(), size.or_else(|| self.0.numbers(tag::FILE_SIZES).get(at).copied())?))
    }

    fn attributes(&self, name: &[u8]) -> Option<Attributes> {
        let at = self.0.position(name)?;
        let owner = |tag| self.0.strings(tag).get(at).cloned().filter(|text| !text.is_empty());
        let mode = u32::try_from(*self.0.numbers(tag::FILE_MODES).get(at)?).ok()?;
        let kind = match mode & 0o170_000 {
            0o040_000 => Kind::Directory,
            0o120_000 => Kind::Symlink { target: owner(tag::FILE_LINKS).unwrap_or_default() },
            0o100_000 | 0 => Kind::File,
            _ => Kind::Device,
        };
        Some(Attributes {
            kind,
            mode: Some(mode & 0o7777),
            user: owner(tag::FILE_USERS),
            group: owner(tag::FILE_GROUPS),
            capabilities: owner(tag::FILE_CAPABILITIES),
            interpreter: None,
        })
    }
}
