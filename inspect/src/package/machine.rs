//! What programs in machine code need: the highest version of glibc's symbols over all of them, the highest macOS, and
//! Java's over all classes.
//!
//! Dynamic symbols are read by their version tables, so that a version that merely stands in a text does not count.
//! A program of which only the beginning is at hand is searched for the names of versions instead.

use object::elf::{FileHeader32, FileHeader64};
use object::endian::Endianness;
use object::read::elf::FileHeader;

use super::{Claims, Platform};
use crate::kept::program::macho::least_system;

/// A version in numbers.
pub(super) type Version = Vec<u32>;

/// The highest of each that was met, and where.
#[derive(Default)]
pub(super) struct Needs {
    glibc: Option<(Version, String)>,
    java: Option<(u32, String)>,
    macos: Option<((u32, u32), String)>,
}

impl Needs {
    /// Looks at one file.
    pub(super) fn look(&mut self, path: &str, bytes: &[u8]) {
        if bytes.starts_with(b"\x7fELF") {
            let needed = glibc(bytes).or_else(|| strings(bytes));
            if let Some(version) =
                needed.filter(|version| self.glibc.as_ref().is_none_or(|(most, _)| version > most))
            {
                self.glibc = Some((version, path.to_owned()));
            }
        }
        let macos = least_system(bytes);
        if let Some(version) =
            macos.filter(|version| self.macos.as_ref().is_none_or(|(most, _)| version > most))
        {
            self.macos = Some((version, path.to_owned()));
        }
        // Classes for later versions beside the usual ones are used only where those run.
        let is_class = bytes.starts_with(&[0xca, 0xfe, 0xba, 0xbe])
            && path.ends_with(".class")
            && !path.contains("META-INF/versions/")
            && !path.ends_with("module-info.class");
        if let (true, Some([high, low])) = (is_class, bytes.get(6..8)) {
            // Java SE 1.1 has major version 45 (Java Virtual Machine Specification, table 4.1-A).
            let version = u32::from(u16::from_be_bytes([*high, *low])).saturating_sub(44);
            if version > 0 && self.java.as_ref().is_none_or(|(most, _)| version > *most) {
                self.java = Some((version, path.to_owned()));
            }
        }
    }

    /// States what was found.
    pub(super) fn state(&mut self, claims: &mut Claims) {
        if let Some((version, path)) = self.glibc.take() {
            claims.least(Platform::Glibc, &written(&version), path);
        }
        if let Some(((major, minor), path)) = self.macos.take() {
            claims.least(Platform::System, &format!("macos {major}.{minor}"), path);
        }
        if let Some((version, path)) = self.java.take() {
            claims.least(Platform::Java, &version.to_string(), path);
        }
    }
}

/// Whether a program for Windows is one in the Portable Executable format.
pub(super) fn is_pe(bytes: &[u8]) -> bool {
    let at = bytes.get(0x3c..0x40).and_then(|field| <[u8; 4]>::try_from(field).ok()).map(u32::from_le_bytes);
    at.and_then(|at| bytes.get(at as usize..)).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

/// A version in writing: `2.34`.
pub(super) fn version(text: &str) -> Option<Version> {
    let parts: Option<Version> = text.split('.').take(4).map(|part| part.parse().ok()).collect();
    parts.filter(|parts| !parts.is_empty())
}

/// The same as text.
pub(super) fn written(version: &[u32]) -> String {
    version.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

fn glibc(bytes: &[u8]) -> Option<Version> {
    match bytes.get(4) {
        Some(1) => needed(FileHeader32::<Endianness>::parse(bytes).ok()?, bytes),
        Some(2) => needed(FileHeader64::<Endianness>::parse(bytes).ok()?, bytes),
        _ => None,
    }
}

/// Versions that are read of one program; real ones need some dozens.
const MOST: usize = 10_000;

fn needed<F: FileHeader<Endian = Endianness>>(header: &F, bytes: &[u8]) -> Option<Version> {
    let endian = header.endian().ok()?;
    let sections = header.sections(endian, bytes).ok()?;
    let (mut needs, link) = sections.gnu_verneed(endian, bytes).ok()??;
    let strings = sections.strings(endian, bytes, link).ok()?;
    let (mut most, mut read) = (None, 0);
    while let Ok(Some((_, mut names))) = needs.next() {
        while let Ok(Some(name)) = names.next() {
            read += 1;
            if read > MOST {
                return most;
            }
            let name = name.name(endian, strings).ok().and_then(|name| std::str::from_utf8(name).ok());
            most = most.max(name.and_then(|name| version(name.strip_prefix("GLIBC_")?)));
        }
    }
    most
}

/// Names of versions in the bytes, where the tables are not at hand.
fn strings(bytes: &[u8]) -> Option<Version> {
    const START: &[u8] = b"GLIBC_2.";
    let mut most = None;
    let mut rest = bytes;
    while let Some(at) = rest.windows(START.len()).position(|window| window == START) {
        rest = rest.get(at + START.len()..).unwrap_or_default();
        let digits: String = rest
            .iter()
            .take(6)
            .map(|byte| char::from(*byte))
            .take_while(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        most = most.max(version(&format!("2.{digits}")));
    }
    most
}

#[cfg(test)]
mod tests {
    use super::{Needs, is_pe, strings, version, written};
    use crate::kept::program::macho::tests::program;
    use crate::package::{Claims, Format, Platform};

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("2.34") > version("2.4"));
        assert_eq!(version("PRIVATE"), None);
        assert_eq!(
            strings(b"\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.14\0").map(|read| written(&read)).as_deref(),
            Some("2.34")
        );
    }

    #[test]
    fn the_newest_class_tells_the_least_java() {
        let class = |major: u8| [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, major];
        let mut needs = Needs::default();
        needs.look("a/A.class", &class(52));
        needs.look("a/B.class", &class(61));
        needs.look("META-INF/versions/21/a/B.class", &class(65));
        let mut claims = Claims::new("", Format::Jar);
        needs.state(&mut claims);
        assert_eq!(
            (claims.minimums[0].version.as_str(), claims.minimums[0].stated_by.as_str()),
            ("17", "a/B.class")
        );
    }

    #[test]
    fn the_newest_system_that_a_program_needs_is_stated() {
        let mut needs = Needs::default();
        needs.look("a.dylib", &program(0, (10, 9), false, "_bind"));
        needs.look("b.dylib", &program(0, (11, 0), false, "_bind"));
        let mut claims = Claims::new("", Format::Wheel);
        needs.state(&mut claims);
        let least = &claims.minimums[0];
        assert_eq!((least.of, least.version.as_str()), (Platform::System, "macos 11.0"));
        assert_eq!(least.stated_by, "b.dylib");
    }

    #[test]
    fn a_dos_program_is_no_windows_program() {
        let mut bytes = vec![0; 0x80];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3c] = 0x40;
        assert!(!is_pe(&bytes));
        bytes[0x40..0x44].copy_from_slice(b"PE\0\0");
        assert!(is_pe(&bytes));
    }
}
