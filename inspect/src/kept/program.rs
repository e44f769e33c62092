//! A program or library in machine code, as far as two versions of it are compared: what it calls of the network and of
//! other programs, and how it is hardened.
//!
//! Read by their tables, one file a format. Stack protection shows by the function that it calls, so its absence in a
//! program without any array proves nothing: only its loss between versions is told.

mod elf;
pub(crate) mod macho;
pub(crate) mod pe;

use std::collections::BTreeSet;

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
    /// How it is protected, in order; `None` where that was not read.
    pub protections: Option<Vec<Protection>>,
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

/// What makes faults harder to exploit, or a change of the file visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Tables of addresses are read-only after loading, at least in part (ELF).
    Relro,
    /// All of them, since every symbol is bound at once (ELF).
    BoundNow,
    /// The stack, for Windows all data, cannot be executed.
    NoExecution,
    /// It can be loaded at any address, or is a library.
    AnyAddress,
    /// It is loaded anywhere in 64 bits of addresses (PE).
    HighEntropy,
    /// Indirect calls only reach what is meant to be called so (PE, Control Flow Guard).
    ControlFlow,
    /// It calls the function that ends it when its stack was overwritten.
    StackProtector,
    /// It carries a signature of its code. Whether that fits is not known here.
    Signature,
}

impl Protection {
    /// What people call it.
    #[must_use]
    pub fn called(self) -> &'static str {
        match self {
            Protection::Relro => "RELRO",
            Protection::BoundNow => "full RELRO (BIND_NOW)",
            Protection::NoExecution => "a stack that cannot be executed (NX, DEP)",
            Protection::AnyAddress => "loading at any address (PIE, ASLR)",
            Protection::HighEntropy => "addresses of 64 bits drawn at random (HIGHENTROPYVA)",
            Protection::ControlFlow => "guarded indirect calls (CFG)",
            Protection::StackProtector => "the stack protector",
            Protection::Signature => "a signature of its code",
        }
    }
}

/// What a program calls and how it is protected, as far as its tables tell.
type Facts = (BTreeSet<String>, BTreeSet<Protection>);

/// Names that are read of one program, in bytes: a hostile one has the same long name many times.
struct Names {
    left: usize,
    count: usize,
}

impl Names {
    fn new() -> Names {
        Names { left: 32 << 20, count: MOST_SYMBOLS }
    }

    /// Counts a name; `None` once there were too many. A name without an end was searched for in all that follows.
    fn take<'n, E>(&mut self, name: Result<&'n [u8], E>) -> Option<&'n [u8]> {
        let name = name.ok()?;
        self.count = self.count.checked_sub(1)?;
        self.left = self.left.checked_sub(name.len())?;
        Some(name)
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
    let mut program = Program { path: path.to_owned(), format, calls: Vec::new(), protections: None };
    let read = match format {
        _ if !whole => None,
        Format::Elf => elf::read(bytes),
        Format::Pe => pe::read(bytes),
        Format::MachO => macho::read(bytes),
    };
    if let Some((calls, protections)) = read {
        program.calls = calls.into_iter().collect();
        program.protections = Some(protections.into_iter().collect());
    }
    // What is linked later is no program yet.
    let is_relocatable =
        format == Format::Elf && bytes.get(16..18).is_some_and(|kind| kind == [1, 0] || kind == [0, 1]);
    (!is_relocatable).then_some(program)
}

/// What `before` had and `now` has not, in words.
pub(crate) fn lost(now: &[Protection], before: &[Protection]) -> Vec<&'static str> {
    before.iter().filter(|one| !now.contains(one)).map(|one| one.called()).collect()
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

#[cfg(test)]
mod tests {
    use super::{Format, Protection, lost, read};

    #[test]
    fn this_program_is_read_as_what_it_is() {
        let own = std::fs::read("/proc/self/exe").unwrap();
        let program = read("x", &own, true).unwrap();
        assert_eq!(program.format, Format::Elf);
        // The standard library of Rust looks up hosts only where that is used; it always can start threads' stacks.
        let protections = program.protections.unwrap();
        for wanted in [Protection::NoExecution, Protection::AnyAddress, Protection::Relro] {
            assert!(protections.contains(&wanted), "{protections:?}");
        }
        assert_eq!(read("x", &own[..1000], false).unwrap().protections, None);
    }

    #[test]
    fn a_class_of_java_is_no_program_for_macos() {
        assert!(read("A.class", &[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61], true).is_none());
        assert_eq!(read("x", &[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], true).unwrap().format, Format::MachO);
        assert!(read("x", b"#!/bin/sh\n", true).is_none());
    }

    #[test]
    fn only_what_was_there_can_be_lost() {
        let all = [Protection::Relro, Protection::AnyAddress];
        assert_eq!(lost(&[Protection::Relro], &all), ["loading at any address (PIE, ASLR)"]);
        assert!(lost(&all, &[]).is_empty());
    }
}
