//! One file, read into an [`Inspection`]: the walk over its containers, what each package claims, the checks.
//!
//! The file is handed over open; nothing else is read, nothing is written, nothing is run. Every sentence about what
//! could not be read ends up both in the report and, where a person must act on it, as a finding.

mod digests;
mod links;
mod siblings;
#[cfg(test)]
mod tests;
mod trouble;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Seek as _};
use std::ops::ControlFlow;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use self::digests::Digests;
use self::links::Links;
use self::siblings::Siblings;
use crate::check::place::{by_interpreter, language, setting};
use crate::check::{self, Check, Findings, Subject};
use crate::container::attributes::{Attributes, Kind};
use crate::container::event::{Container, Entry, Event};
use crate::container::problem::Problem;
use crate::container::{Complaint, Unreadable, survey, survey_bytes};
use crate::finding::{CheckId, Finding};
use crate::inspection::{Contents, Inspection, Listed, Unread};
use crate::kept::{Keeper, Read};
use crate::limits::Limits;
use crate::package;
use crate::package::recognise::{Excerpt, Packages};
use crate::signature::authenticode;
use crate::signature::fact::{Material, SignatureFact};
use crate::signature::keys::Known;
use crate::signature::original::Original;
use crate::signature::reading::{Beside, facts};

/// What is asked about one file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Question {
    /// What the file is called, without its folder.
    pub name: String,
    /// A signature handed over beside it.
    pub signature: Option<Beside>,
    /// The keys and certificates that the house knows, in the order of its choice.
    #[serde(default)]
    pub keys: Vec<Known>,
    /// The time that decides what has expired, seconds since 1970.
    pub at: i64,
    /// Whether what a comparison needs is kept of the files.
    #[serde(default)]
    pub keep: bool,
}

/// Inspects a file. `late` tells that time is up: what was read until then is the answer, and says so.
///
/// # Errors
/// When the file itself cannot be read; whatever is wrong with its content is part of the answer.
pub fn inspect(
    file: File,
    question: &Question,
    limits: &Limits,
    late: Box<dyn Fn() -> bool>,
) -> Result<Read, Unreadable> {
    let unreadable = |source| Unreadable::Io { name: question.name.clone(), source };
    let (size, sha256) = digests::of_file(&file).map_err(unreadable)?;
    (&file).rewind().map_err(unreadable)?;
    let mut reading = Reading::new(question);
    let late: Rc<dyn Fn() -> bool> = late.into();
    let walks = Rc::clone(&late);
    let walked =
        survey(&file, &question.name, limits, Box::new(move || walks()), &mut |event| reading.meet(event));
    reading.walked(walked)?;
    if let Some(mut siblings) = Siblings::of(&reading.materials) {
        (&file).rewind().map_err(unreadable)?;
        let walks = Rc::clone(&late);
        // What was wrong with the file was told by the first walk.
        let _ = survey(&file, &question.name, limits, Box::new(move || walks()), &mut |event| {
            siblings.meet(event)
        });
        siblings.fill(&mut reading.materials, &reading.contents);
    }
    Ok(reading.finish(question, &Original::file(&file, size, &*late), sha256))
}

/// The same for bytes that are in memory, without what is kept for a comparison.
#[must_use]
pub fn inspect_bytes(bytes: &[u8], question: &Question, limits: &Limits) -> Inspection {
    read_bytes(bytes, question, limits).inspection
}

/// The same for bytes that are in memory.
#[must_use]
pub fn read_bytes(bytes: &[u8], question: &Question, limits: &Limits) -> Read {
    let mut reading = Reading::new(question);
    let walked = survey_bytes(&question.name, bytes, limits, &mut |event| reading.meet(event));
    // Bytes in memory can always be read.
    let _ = reading.walked(walked);
    if let Some(mut siblings) = Siblings::of(&reading.materials) {
        let _ = survey_bytes(&question.name, bytes, limits, &mut |event| siblings.meet(event));
        siblings.fill(&mut reading.materials, &reading.contents);
    }
    reading.finish(question, &Original::memory(bytes), hex::encode(Sha256::digest(bytes)))
}

/// The report on a file that could not be read to an end, for the reason given in a sentence without its full stop:
/// only what can be said without opening it.
///
/// # Errors
/// When the file itself cannot be read.
pub fn broken_off(file: File, question: &Question, why: &str) -> io::Result<Inspection> {
    let (size, sha256) = digests::of_file(&file)?;
    let question = Question { signature: None, keys: Vec::new(), keep: false, ..question.clone() };
    let mut reading = Reading::new(&question);
    reading.unread("", why.to_owned());
    reading.findings.add(Finding::new(CheckId::InspectionEnded, "", why));
    Ok(reading.finish(&question, &Original::file(&file, size, &|| false), sha256).inspection)
}

/// One inspection under way.
struct Reading {
    checks: Vec<Box<dyn Check>>,
    findings: Findings,
    packages: Packages,
    containers: HashMap<String, Container>,
    outermost: Option<Container>,
    contents: Contents,
    links: Links,
    materials: Vec<Material>,
    unread: Vec<Unread>,
    more_unread: u64,
    limits: Vec<String>,
    kind: &'static str,
    keeper: Option<Keeper>,
}

impl Reading {
    /// What was not read is listed up to here, and counted beyond.
    const MOST_UNREAD: usize = 200;
    /// Archives whose kind is remembered; deeper or later ones are walked all the same.
    const MOST_CONTAINERS: usize = 10_000;
    /// Signatures that are laid ready.
    const MOST_MATERIALS: usize = 100;
    /// Bytes of a large file that are read after its beginning at a time.
    const STEP: usize = 128 << 10;

    fn new(question: &Question) -> Reading {
        Reading {
            checks: check::all(),
            findings: Findings::default(),
            packages: Packages::default(),
            containers: HashMap::new(),
            outermost: None,
            contents: Contents::default(),
            links: Links::default(),
            materials: Vec::new(),
            unread: Vec::new(),
            more_unread: 0,
            limits: Vec::new(),
            kind: "a file",
            keeper: question.keep.then(|| Keeper::new(question.at)),
        }
    }

    fn meet(&mut self, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Opened { path, container } => self.opened(path, container),
            Event::Header { path, header } => self.packages.header(path, header),
            Event::Signature(material) => self.material(material),
            Event::File { entry, bytes, closed } => self.file(&entry, &bytes, closed),
            Event::Large { entry, start, rest, closed } => self.large(&entry, &start, rest, closed),
            Event::Archive { entry, sha256 } => {
                self.digested(&entry, sha256);
                self.list(&entry, entry.size, sha256.map(hex::encode));
                self.subject(&entry, &[], entry.size);
            }
            Event::Other(entry) => {
                self.links.other(&entry);
                self.list(&entry, 0, None);
                self.subject(&entry, &[], 0);
            }
            Event::Complaint(complaint) => self.complain(&complaint),
        }
        ControlFlow::Continue(())
    }

    fn opened(&mut self, path: &str, container: Container) {
        if path.is_empty() {
            self.outermost = Some(container);
        }
        if container != Container::Compressed && self.containers.len() < Self::MOST_CONTAINERS {
            let prefix = if path.is_empty() { String::new() } else { format!("{path}!/") };
            self.containers.insert(prefix, container);
        }
    }

    /// An archive within an archive of Java is one of its members too.
    fn digested(&mut self, entry: &Entry<'_>, sha256: Option<[u8; 32]>) {
        let prefix = entry.path.strip_suffix(entry.name).unwrap_or_default();
        if let Some(sha256) = sha256.filter(|_| self.containers.get(prefix) == Some(&Container::Zip)) {
            self.packages.digested(entry, &[], sha256, Vec::new());
        }
    }

    fn material(&mut self, material: Material) {
        if self.materials.len() < Self::MOST_MATERIALS {
            self.materials.push(material);
        }
    }

    fn file(&mut self, entry: &Entry<'_>, bytes: &[u8], closed: Option<Problem>) {
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        self.list(entry, entry.size, Some(hex::encode(sha256)));
        self.told_as_file(entry, bytes);
        self.subject(entry, bytes, entry.size);
        let prefix = entry.path.strip_suffix(entry.name).unwrap_or_default();
        if self.containers.get(prefix) == Some(&Container::Zip) {
            let more = self.packages.wanted(prefix).into_iter().map(|wanted| (wanted, wanted.of(bytes)));
            self.packages.digested(entry, bytes, sha256, more.collect());
        }
        if let Some(problem) = closed {
            self.complain(&Complaint { path: entry.path.to_owned(), problem });
        }
    }

    fn large(&mut self, entry: &Entry<'_>, start: &[u8], rest: &mut dyn io::Read, closed: Option<Problem>) {
        let prefix = entry.path.strip_suffix(entry.name).unwrap_or_default();
        let mut digests = Digests::new(self.packages.wanted(prefix));
        digests.take(start);
        let (mut size, mut buffer) = (start.len() as u64, vec![0; Self::STEP]);
        let whole = loop {
            match rest.read(&mut buffer) {
                Ok(0) => break true,
                Ok(count) => {
                    size += count as u64;
                    digests.take(buffer.get(..count).unwrap_or_default());
                }
                Err(_) => break false,
            }
        };
        let (sha256, more) = digests.finish();
        let sha256 = whole.then_some(sha256);
        if let Some(sha256) = sha256.filter(|_| self.containers.get(prefix) == Some(&Container::Zip)) {
            self.packages.digested(entry, &[], sha256, more);
        }
        let sha256 = sha256.map(hex::encode);
        let size = if whole { size } else { size.max(entry.size) };
        self.list(entry, size, sha256);
        self.told_as_file(entry, start);
        self.subject(entry, start, size);
        match closed {
            // Why it could be read only in part is told by the walk, which knows.
            _ if !whole => {}
            Some(problem) => self.complain(&Complaint { path: entry.path.to_owned(), problem }),
            None => {
                let shown = start.len() >> 20;
                self.unread(entry.path, format!("it is large: only its first {shown} MiB were searched"));
            }
        }
    }

    /// What only files tell: signatures of the package's own, and files that lie behind links.
    fn told_as_file(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        self.links.file(entry);
        if entry.path == entry.name && self.outermost.is_none() {
            self.kind = package::recognise::file_kind(bytes);
        }
        let is_walked_file = self.outermost.is_none_or(|outermost| outermost == Container::Compressed);
        if let Some(material) = self.packages.signature(entry, bytes, is_walked_file) {
            self.material(material);
        }
    }

    fn list(&mut self, entry: &Entry<'_>, size: u64, sha256: Option<String>) {
        self.contents.entries += 1;
        if entry.attributes.kind == Kind::File {
            self.contents.files += 1;
            self.contents.bytes = self.contents.bytes.saturating_add(size);
        }
        if self.contents.listed.len() < Contents::MOST_LISTED {
            self.contents.listed.push(Listed::new(entry.path, entry.attributes, size, sha256));
        } else {
            self.contents.left_out += 1;
        }
    }

    /// Shows one entry to the packages and to every check.
    fn subject(&mut self, entry: &Entry<'_>, bytes: &[u8], size: u64) {
        let prefix = entry.path.strip_suffix(entry.name).unwrap_or_default();
        let container = self.containers.get(prefix).copied();
        let told = self.packages.member(prefix, container, entry, bytes);
        let interpreter = entry.attributes.interpreter.as_deref();
        let written = match interpreter {
            Some(program) => by_interpreter(program),
            None => language(entry.name, bytes),
        };
        let subject = Subject {
            path: entry.path,
            name: entry.name,
            attributes: entry.attributes,
            bytes,
            size,
            text: text(bytes),
            role: told.role,
            language: written,
            setting: setting(&entry.path.replace("!/", "/")),
            lines_before: 0,
            commands: OnceCell::new(),
        };
        show(&mut self.checks, &subject, &mut self.findings);
        if let Some(keeper) = &mut self.keeper {
            keeper.member(&subject);
        }
        for excerpt in told.excerpts {
            self.excerpt(entry, &excerpt);
        }
    }

    /// Shows a command that stands in a field of a larger file.
    fn excerpt(&mut self, entry: &Entry<'_>, excerpt: &Excerpt) {
        let attributes = Attributes::default();
        let subject = Subject {
            path: entry.path,
            name: &excerpt.name,
            attributes: &attributes,
            bytes: excerpt.text.as_bytes(),
            size: excerpt.text.len() as u64,
            text: Some(excerpt.text.as_str().into()),
            role: excerpt.role,
            language: Some(check::place::Language::Shell),
            setting: crate::finding::Activation::Active,
            lines_before: excerpt.lines_before,
            commands: OnceCell::new(),
        };
        show(&mut self.checks, &subject, &mut self.findings);
    }

    fn finish(mut self, question: &Question, original: &Original<'_>, sha256: String) -> Read {
        let (mut claims, materials) = self.packages.finish();
        for material in materials {
            self.material(material);
        }
        let unopened = self.contents.entries == 0;
        self.materials.extend(authenticode::unopened(original).filter(|_| unopened));
        let rooted = |path: &str| claims.iter().any(|claims| links::is_rooted(claims, path));
        for finding in self.links.finish(&rooted) {
            self.findings.add(finding);
        }
        for check in &mut self.checks {
            for claims in &claims {
                check.package(claims, &mut self.findings);
            }
            check.end(&mut self.findings);
        }
        claims.extend(package::installer(original).filter(|_| unopened));
        if !claims.iter().any(|claims| claims.path.is_empty()) {
            claims.extend(package::program(original));
        }
        let own = claims.iter().find(|claims| claims.path.is_empty()).map(|claims| claims.format.called());
        let kind = own.or(self.outermost.map(Container::called)).unwrap_or(self.kind);
        let (findings, more_findings) = self.findings.finish();
        let inspection = Inspection {
            layout: Inspection::LAYOUT,
            name: question.name.clone(),
            size: original.length,
            sha256,
            kind: kind.to_owned(),
            signatures: signatures(&self.materials, question, original, self.keeper.as_mut()),
            claims,
            contents: self.contents,
            findings,
            more_findings,
            limits: self.limits,
            unread: self.unread,
            more_unread: self.more_unread,
            comparison: None,
            confinement: Vec::new(),
        };
        let (kept, keys) = self.keeper.map(Keeper::finish).unzip();
        Read { inspection, kept, keys: keys.unwrap_or_default() }
    }
}

/// The facts about the signatures; the bytes of certificates in them go to who keeps keys.
fn signatures(
    materials: &[Material],
    question: &Question,
    original: &Original<'_>,
    keeper: Option<&mut Keeper>,
) -> Vec<SignatureFact> {
    let mut facts = facts(materials, question, original);
    if let Some(keeper) = keeper {
        facts.iter().for_each(|fact| keeper.signature(fact));
    }
    facts.iter_mut().flat_map(|fact| &mut fact.brought).for_each(|link| link.der = Vec::new());
    facts
}

fn show(checks: &mut [Box<dyn Check>], subject: &Subject<'_>, findings: &mut Findings) {
    for check in checks {
        check.member(subject, findings);
    }
}

/// The bytes as text, unless they are none: a byte of zero in the first few thousand says so.
fn text(bytes: &[u8]) -> Option<std::borrow::Cow<'_, str>> {
    let head = bytes.get(..8192).unwrap_or(bytes);
    (!bytes.is_empty() && !head.contains(&0)).then(|| String::from_utf8_lossy(bytes))
}
