//! A program or library in machine code, as far as two versions of it are compared: what it calls of the network and of
//! other programs, and how it is hardened.
//!
//! ELF is read by its tables; of PE and Mach-O only that they are there is kept. Stack protection shows by the function
//! that it calls, so its absence in a program without any array proves nothing: only its loss between versions is told.

use std::collections::BTreeSet;

use object::elf::{self, FileHeader32, FileHeader64};
use object::endian::Endianness;
use object::read::elf::{Dyn as _, FileHeader, ProgramHeader as _, Sym as _};
use serde::{Deserialize, Serialize};

/// One program or library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Where it is.
    pub path: String,
    /// In which format.
    pub format: Format,
    /// Functions that reach the network or start programs, imported by name; in order, each once.
    pub calls: Vec<String>,
    /// How it is hardened; `None` where that was not read.
    pub hardening: Option<Hardening>,
}

/// A format of programs in machine code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Linux and most other systems.
    Elf,
    /// Windows.
    Pe,
    /// macOS.
    MachO,
}

impl Format {
    /// What people call it.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Format::Elf => "ELF",
            Format::Pe => "PE",
            Format::MachO => "Mach-O",
        }
    }
}

/// Properties that make faults harder to exploit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hardening {
    /// Tables of addresses are read-only after loading (RELRO, at least partial).
    pub relro: bool,
    /// All of them, since every symbol is bound at once (full RELRO).
    pub bound_now: bool,
    /// The stack cannot be executed (NX).
    pub nx: bool,
    /// It can be loaded at any address (PIE, or a library).
    pub pie: bool,
    /// It calls the function that ends it when its stack was overwritten.
    pub stack_protector: bool,
}

impl Hardening {
    /// What `before` had and this has not, in words.
    #[must_use]
    pub fn lost(self, before: Hardening) -> Vec<&'static str> {
        let both = [
            (before.relro, self.relro, "RELRO"),
            (before.bound_now, self.bound_now, "full RELRO (BIND_NOW)"),
            (before.nx, self.nx, "a stack that cannot be executed (NX)"),
            (before.pie, self.pie, "loading at any address (PIE)"),
            (before.stack_protector, self.stack_protector, "the stack protector"),
        ];
        both.into_iter().filter(|(was, is, _)| *was && !*is).map(|(.., name)| name).collect()
    }
}

/// Functions of the C library that reach the network or start programs.
const TOLD: [&str; 25] = [
    "accept",
    "accept4",
    "bind",
    "connect",
    "dlopen",
    "execl",
    "execle",
    "execlp",
    "execv",
    "execve",
    "execvp",
    "execvpe",
    "fexecve",
    "getaddrinfo",
    "gethostbyname",
    "listen",
    "popen",
    "posix_spawn",
    "posix_spawnp",
    "ptrace",
    "recvfrom",
    "res_query",
    "sendto",
    "socket",
    "system",
];

/// Symbols that are looked at of one program; the largest libraries have some tens of thousands of imports.
const MOST_SYMBOLS: usize = 200_000;

/// Reads a file, if it is a program or library. Of one whose end is not at hand only the format is told.
pub(crate) fn read(path: &str, bytes: &[u8], whole: bool) -> Option<Program> {
    let format = format(bytes)?;
    let mut program = Program { path: path.to_owned(), format, calls: Vec::new(), hardening: None };
    if format == Format::Elf && whole {
        let read = match bytes.get(4) {
            Some(1) => FileHeader32::<Endianness>::parse(bytes).ok().and_then(|header| facts(header, bytes)),
            Some(2) => FileHeader64::<Endianness>::parse(bytes).ok().and_then(|header| facts(header, bytes)),
            _ => None,
        };
        if let Some((calls, hardening)) = read {
            program.calls = calls;
            program.hardening = Some(hardening);
        }
    }
    // What is linked later is no program yet.
    let is_relocatable =
        format == Format::Elf && bytes.get(16..18).is_some_and(|kind| kind == [1, 0] || kind == [0, 1]);
    (!is_relocatable).then_some(program)
}

fn format(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0x7f, b'E', b'L', b'F', ..] => Some(Format::Elf),
        [b'M', b'Z', ..] if crate::package::is_pe(bytes) => Some(Format::Pe),
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] => Some(Format::MachO),
        // A fat binary begins as a Java class does; it holds a few architectures, a class has a version above 44.
        [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1..=20, ..] => Some(Format::MachO),
        _ => None,
    }
}

fn facts<F: FileHeader<Endian = Endianness>>(header: &F, bytes: &[u8]) -> Option<(Vec<String>, Hardening)> {
    let endian = header.endian().ok()?;
    let mut hardening = Hardening { pie: header.e_type(endian) == elf::ET_DYN, ..Hardening::default() };
    for segment in header.program_headers(endian, bytes).ok()? {
        match segment.p_type(endian) {
            elf::PT_GNU_RELRO => hardening.relro = true,
            elf::PT_GNU_STACK => hardening.nx = segment.p_flags(endian).0 & elf::PF_X.0 == 0,
            _ => {}
        }
        if let Ok(Some(entries)) = segment.dynamic(endian, bytes) {
            hardening.bound_now |= entries.iter().take(MOST_SYMBOLS).any(|entry| {
                let value: u64 = entry.d_val(endian).into();
                binds_now(entry.tag(endian).0, value)
            });
        }
    }
    hardening.bound_now &= hardening.relro;
    let sections = header.sections(endian, bytes).ok()?;
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM).ok()?;
    let mut calls = BTreeSet::new();
    for symbol in symbols.iter().take(MOST_SYMBOLS).filter(|symbol| symbol.is_undefined(endian)) {
        let Ok(name) = symbol.name(endian, symbols.strings()) else { continue };
        hardening.stack_protector |= name.starts_with(b"__stack_chk_fail");
        if let Some(told) = TOLD.iter().find(|told| told.as_bytes() == name) {
            calls.insert((*told).to_owned());
        }
    }
    Some((calls.into_iter().collect(), hardening))
}

/// Whether an entry of the dynamic table says that every symbol is bound at once.
fn binds_now(tag: i64, value: u64) -> bool {
    const BIND_NOW: i64 = 24;
    const FLAGS: i64 = 30;
    const FLAGS_1: i64 = 0x6fff_fffb;
    tag == BIND_NOW || tag == FLAGS && value & 8 != 0 || tag == FLAGS_1 && value & 1 != 0
}

#[cfg(test)]
mod tests {
    use super::{Format, Hardening, read};

    #[test]
    fn this_program_is_read_as_what_it_is() {
        let own = std::fs::read("/proc/self/exe").unwrap();
        let program = read("x", &own, true).unwrap();
        assert_eq!(program.format, Format::Elf);
        // The standard library of Rust looks up hosts only where that is used; it always can start threads' stacks.
        let hardening = program.hardening.unwrap();
        assert!(hardening.nx && hardening.pie && hardening.relro, "{hardening:?}");
        assert_eq!(read("x", &own[..1000], false).unwrap().hardening, None);
    }

    #[test]
    fn a_class_of_java_is_no_program_for_macos() {
        assert!(read("A.class", &[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61], true).is_none());
        assert_eq!(read("x", &[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], true).unwrap().format, Format::MachO);
        assert!(read("x", b"#!/bin/sh\n", true).is_none());
    }

    #[test]
    fn only_what_was_there_can_be_lost() {
        let all = Hardening { relro: true, bound_now: true, nx: true, pie: true, stack_protector: true };
        assert_eq!(Hardening { pie: false, ..all }.lost(all), ["loading at any address (PIE)"]);
        assert!(all.lost(Hardening::default()).is_empty());
    }
}
