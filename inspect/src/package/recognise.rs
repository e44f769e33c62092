//! Which packages are in a file, which member tells what of them, and what a member is for.
//!
//! A package is recognised by the members that its format demands, in the kind of archive that it demands, wherever
//! in the chain of containers that is. Names of files on disk are never looked at.

use std::collections::BTreeMap;

use super::digests::Digests;
use super::{Claims, Format, archives, deb, gem, image, machine, npm, nupkg, python, rpm, signed};
use crate::check::Role;
use crate::container::attributes::Kind;
use crate::container::event::{Container, Entry};
use crate::container::rpm::header::Header;
use crate::signature::fact::Material;
use crate::signature::hash::Algorithm;

/// Packages that are described; an archive of a whole repository has more, whose contents are read all the same.
const MOST: usize = 1_000;
/// Members in front of a manifest whose digests are kept: the manifest is to be the first or second.
const MOST_EARLY: usize = 50;
/// Parts of signatures that wait for the end of a package.
const MOST_SIGNED: usize = 40;

/// What a member is for, and the commands that stand in it.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) role: Role,
    pub(crate) excerpts: Vec<Excerpt>,
}

impl From<Role> for Told {
    fn from(role: Role) -> Told {
        Told { role, excerpts: Vec::new() }
    }
}

/// A command that stands in a field of a file: an npm script, what an image runs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) lines_before: usize,
    pub(crate) role: Role,
}

/// The packages met so far, by what stands before their members' names.
#[derive(Default)]
pub(crate) struct Packages {
    open: BTreeMap<String, Package>,
    /// Members of ZIP archives that came before a manifest could.
    early: BTreeMap<String, Vec<(String, [u8; 32])>>,
}

struct Package {
    claims: Claims,
    needs: machine::Needs,
    /// Members of a Debian package with where they lie, and parts of signatures.
    parts: Vec<(String, u64, u64)>,
    signed: Vec<(String, Vec<u8>)>,
    java: Option<Digests>,
}

impl Packages {
    /// Takes what the header of an RPM package states.
    pub(crate) fn header(&mut self, path: &str, header: &Header) {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}!/") };
        if let Some(package) = self.enter(&prefix, Format::Rpm) {
            rpm::read(&mut package.claims, header);
        }
    }

    /// Takes what a member tells, and tells what it is for.
    pub(crate) fn member(
        &mut self,
        prefix: &str,
        container: Option<Container>,
        entry: &Entry<'_>,
        bytes: &[u8],
    ) -> Told {
        if let Some(format) = container.and_then(|container| format(container, entry.name, bytes)) {
            self.enter(prefix, format);
        }
        let Some((prefix, package)) = self.nearest(prefix) else { return Role::Payload.into() };
        let name = entry.path.get(prefix.len()..).unwrap_or(entry.name);
        package.needs.look(entry.path, bytes);
        if let (Format::Deb, Some(at)) = (package.claims.format, entry.at) {
            package.parts.push((entry.name.to_owned(), at, at.saturating_add(entry.size)));
        }
        if entry.attributes.kind != Kind::File {
            return Role::Payload.into();
        }
        let claims = &mut package.claims;
        match claims.format {
            Format::Deb => deb::member(claims, name, bytes),
            Format::Rpm if name == "header!/%config" => Role::Metadata.into(),
            Format::Rpm if name.starts_with("header!/") => Role::InstallScript.into(),
            Format::Rpm => Role::Payload.into(),
            Format::Npm => npm::member(claims, name, bytes),
            Format::Wheel | Format::Sdist => python::member(claims, name, bytes),
            Format::Jar | Format::War => archives::jar(claims, name, bytes),
            Format::AlpineApk => archives::apk(claims, name, bytes),
            Format::Gem => gem::member(claims, name, bytes),
            Format::NuPkg => nupkg::member(claims, name, bytes),
            // Installers are not opened, so that they have no members; what a program carries is none of its claims.
            Format::Msi | Format::Exe => Role::Payload.into(),
            Format::OciImage | Format::DockerImage => image::member(claims, name, bytes),
        }
    }

    /// Signatures that a member is; those over several members wait for the end.
    pub(crate) fn signature(
        &mut self,
        entry: &Entry<'_>,
        bytes: &[u8],
        is_walked_file: bool,
    ) -> Option<Material> {
        let prefix = entry.path.strip_suffix(entry.name).unwrap_or_default();
        let package = self.open.get_mut(prefix);
        if let Some(package) = package.filter(|package| package.signed.len() < MOST_SIGNED)
            && signed::waits(package.claims.format, entry.name)
            && bytes.len() < signed::LARGEST
        {
            package.signed.push((entry.path.to_owned(), bytes.to_vec()));
            return None;
        }
        signed::alone(entry, bytes, is_walked_file)
    }

    /// The digests beside SHA-256 that are wanted of a member of this archive.
    pub(crate) fn wanted(&self, prefix: &str) -> Vec<Algorithm> {
        let java = self.open.get(prefix).and_then(|package| package.java.as_ref());
        java.into_iter().flat_map(Digests::wanted).filter(|own| *own != Algorithm::Sha256).collect()
    }

    /// Takes the digests of a member of a ZIP archive, which may be a signed Java archive.
    pub(crate) fn digested(
        &mut self,
        entry: &Entry<'_>,
        bytes: &[u8],
        sha256: [u8; 32],
        more: Vec<(Algorithm, Vec<u8>)>,
    ) {
        let prefix = entry.path.strip_suffix(entry.name).unwrap_or_default();
        let with = |sha256: [u8; 32], more| [vec![(Algorithm::Sha256, sha256.to_vec())], more].concat();
        if let Some(package) = self.open.get_mut(prefix).filter(|package| package.claims.format.is_java()) {
            if package.java.is_none() && entry.name == "META-INF/MANIFEST.MF" {
                let mut java = Digests::of(bytes);
                for (name, sha256) in self.early.remove(prefix).unwrap_or_default() {
                    java.take(&name, with(sha256, Vec::new()));
                }
                package.java = Some(java);
            } else if let Some(java) = package.java.as_mut().filter(|java| java.wanted().next().is_some()) {
                java.take(entry.name, with(sha256, more));
            }
            return;
        }
        if self.early.len() < MOST || self.early.contains_key(prefix) {
            let early = self.early.entry(prefix.to_owned()).or_default();
            if early.len() < MOST_EARLY {
                early.push((entry.name.to_owned(), sha256));
            }
        }
    }

    /// What each package claims, the outermost first, and the signatures that were over several members.
    pub(crate) fn finish(&mut self) -> (Vec<Claims>, Vec<Material>) {
        let mut materials = Vec::new();
        let mut all = Vec::new();
        for (_, mut package) in std::mem::take(&mut self.open) {
            package.needs.state(&mut package.claims);
            materials.extend(signed::together(
                package.claims.format,
                &package.parts,
                package.signed,
                package.java,
            ));
            all.push(package.claims);
        }
        (all, materials)
    }

    /// The package at that place, made if need be.
    fn enter(&mut self, prefix: &str, format: Format) -> Option<&mut Package> {
        if self.open.len() >= MOST && !self.open.contains_key(prefix) {
            return None;
        }
        let package = self.open.entry(prefix.to_owned()).or_insert_with(|| {
            let path = prefix.strip_suffix("!/").unwrap_or(prefix);
            let claims = Claims::new(path, format);
            Package {
                claims,
                needs: machine::Needs::default(),
                parts: Vec::new(),
                signed: Vec::new(),
                java: None,
            }
        });
        // A web application is a Java archive with more in it; an image may be in both layouts.
        if matches!((package.claims.format, format), (Format::Jar, Format::War)) {
            package.claims.format = format;
        }
        Some(package)
    }

    /// The innermost package around a place.
    fn nearest(&mut self, prefix: &str) -> Option<(String, &mut Package)> {
        let mut place = prefix;
        loop {
            if self.open.contains_key(place) {
                let found = place.to_owned();
                return self.open.get_mut(place).map(|package| (found, package));
            }
            let inner = place.strip_suffix("!/")?;
            place = inner.rfind("!/").and_then(|at| inner.get(..at + 2)).unwrap_or_default();
        }
    }
}

/// The package that an archive with this member is, if the member decides it.
fn format(container: Container, name: &str, bytes: &[u8]) -> Option<Format> {
    let (folder, own) = name.rsplit_once('/').unwrap_or(("", name));
    let is_second = !folder.is_empty() && !folder.contains('/');
    match (container, folder, own) {
        (Container::Ar, "", "debian-binary") => Some(Format::Deb),
        (Container::Zip, "META-INF", "MANIFEST.MF") => Some(Format::Jar),
        (Container::Zip, "WEB-INF", "web.xml") => Some(Format::War),
        (Container::Zip, folder, "METADATA") if is_second && folder.ends_with(".dist-info") => {
            Some(Format::Wheel)
        }
        (Container::Zip, "", own) if own.ends_with(".nuspec") => Some(Format::NuPkg),
        (Container::Tar, _, "PKG-INFO") if is_second => Some(Format::Sdist),
        (Container::Tar, _, "package.json") if is_second => Some(Format::Npm),
        (Container::Tar, "", "metadata.gz") => Some(Format::Gem),
        (Container::Tar, "", ".PKGINFO") => Some(Format::AlpineApk),
        (Container::Tar, "", "oci-layout") => Some(Format::OciImage),
        (Container::Tar, "", "manifest.json") if image::is_manifest(bytes) => Some(Format::DockerImage),
        _ => None,
    }
}

/// What a single file is, with its article.
pub(crate) fn file_kind(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x7f, b'E', b'L', b'F', ..] => "a program or library for Linux (ELF)",
        [b'M', b'Z', ..] if machine::is_pe(bytes) => "a program or library for Windows (PE)",
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] => "a program or library for macOS (Mach-O)",
        [b'#', b'!', ..] => "a script",
        [] => "an empty file",
        _ if bytes.get(..8192).unwrap_or(bytes).contains(&0) => "a file",
        _ => "a text file",
    }
}
