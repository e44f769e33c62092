//! Programs and libraries in the Executable and Linkable Format, by their segments and dynamic symbols.

use std::collections::BTreeSet;

use object::elf::{self, FileHeader32, FileHeader64};
use object::endian::Endianness;
use object::read::elf::{Dyn as _, FileHeader, ProgramHeader as _, Sym as _};

use super::{Facts, MOST_SYMBOLS, Names, Protection, TOLD};

/// Reads one file.
pub(super) fn read(bytes: &[u8]) -> Option<Facts> {
    match bytes.get(4) {
        Some(1) => facts(FileHeader32::<Endianness>::parse(bytes).ok()?, bytes),
        Some(2) => facts(FileHeader64::<Endianness>::parse(bytes).ok()?, bytes),
        _ => None,
    }
}

fn facts<F: FileHeader<Endian = Endianness>>(header: &F, bytes: &[u8]) -> Option<Facts> {
    let endian = header.endian().ok()?;
    let mut found = BTreeSet::new();
    let mut bound_now = false;
    if header.e_type(endian) == elf::ET_DYN {
        found.insert(Protection::AnyAddress);
    }
    for segment in header.program_headers(endian, bytes).ok()? {
        match segment.p_type(endian) {
            elf::PT_GNU_RELRO => {
                found.insert(Protection::Relro);
            }
            elf::PT_GNU_STACK if segment.p_flags(endian).0 & elf::PF_X.0 == 0 => {
                found.insert(Protection::NoExecution);
            }
            _ => {}
        }
        if let Ok(Some(entries)) = segment.dynamic(endian, bytes) {
            bound_now |= entries.iter().take(MOST_SYMBOLS).any(|entry| {
                let value: u64 = entry.d_val(endian).into();
                binds_now(entry.tag(endian).0, value)
            });
        }
    }
    if bound_now && found.contains(&Protection::Relro) {
        found.insert(Protection::BoundNow);
    }
    let sections = header.sections(endian, bytes).ok()?;
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM).ok()?;
    let (mut calls, mut names) = (BTreeSet::new(), Names::new());
    for symbol in symbols.iter().take(MOST_SYMBOLS).filter(|symbol| symbol.is_undefined(endian)) {
        let Some(name) = names.take(symbol.name(endian, symbols.strings())) else { break };
        if name.starts_with(b"__stack_chk_fail") {
            found.insert(Protection::StackProtector);
        }
        if let Some(told) = TOLD.iter().find(|told| told.as_bytes() == name) {
            calls.insert((*told).to_owned());
        }
    }
    Some((calls, found))
}

/// Whether an entry of the dynamic table says that every symbol is bound at once.
fn binds_now(tag: i64, value: u64) -> bool {
    const BIND_NOW: i64 = 24;
    const FLAGS: i64 = 30;
    const FLAGS_1: i64 = 0x6fff_fffb;
    tag == BIND_NOW || tag == FLAGS && value & 8 != 0 || tag == FLAGS_1 && value & 1 != 0
}
