//! Programs and libraries of macOS, by their load commands and symbols; of a file for several machines all are read.

use std::collections::BTreeSet;

use object::endian::Endianness;
use object::macho::{self, FatArch32, MachHeader32, MachHeader64};
use object::read::macho::{FatArch as _, LoadCommandVariant, MachHeader, MachOFatFile32, Nlist as _};

use super::{Facts, MOST_SYMBOLS, Names, Protection, TOLD};

/// Load commands that are read; real programs have some dozens.
const MOST_COMMANDS: usize = 10_000;
/// Machines in one file.
const MOST_MACHINES: usize = 20;

/// What one machine's part tells.
#[derive(Default)]
struct Part {
    calls: BTreeSet<String>,
    protections: BTreeSet<Protection>,
    /// The least macOS, as major and minor.
    least: Option<(u32, u32)>,
}

/// Reads one file: what any of its parts calls, and how all of them are protected.
pub(super) fn read(bytes: &[u8]) -> Option<Facts> {
    let mut parts = parts(bytes).into_iter();
    let first = parts.next()?;
    let together = parts.fold((first.calls, first.protections), |(mut calls, protections), part| {
        calls.extend(part.calls);
        (calls, protections.intersection(&part.protections).copied().collect())
    });
    Some(together)
}

/// The least macOS that a file says to need: the lowest over its parts, since a machine takes its own.
pub(crate) fn least_system(bytes: &[u8]) -> Option<(u32, u32)> {
    parts(bytes).into_iter().filter_map(|part| part.least).min()
}

fn parts(bytes: &[u8]) -> Vec<Part> {
    let Ok(fat) = MachOFatFile32::parse(bytes) else { return part(bytes).into_iter().collect() };
    let machines: &[FatArch32] = fat.arches();
    let of = |machine: &FatArch32| machine.data(bytes).ok().and_then(part);
    machines.iter().take(MOST_MACHINES).filter_map(of).collect()
}

fn part(bytes: &[u8]) -> Option<Part> {
    match bytes.first_chunk::<4>()? {
        [0xce, 0xfa, 0xed, 0xfe] | [0xfe, 0xed, 0xfa, 0xce] => facts::<MachHeader32<Endianness>>(bytes),
        [0xcf, 0xfa, 0xed, 0xfe] | [0xfe, 0xed, 0xfa, 0xcf] => facts::<MachHeader64<Endianness>>(bytes),
        _ => None,
    }
}

fn facts<H: MachHeader<Endian = Endianness>>(bytes: &[u8]) -> Option<Part> {
    let header = H::parse(bytes, 0).ok()?;
    let endian = header.endian().ok()?;
    let (flags, sort) = (header.flags(endian).0, header.filetype(endian));
    let mut part = Part::default();
    if sort != macho::MH_EXECUTE || flags & macho::MH_PIE.0 != 0 {
        part.protections.insert(Protection::AnyAddress);
    }
    if flags & macho::MH_ALLOW_STACK_EXECUTION.0 == 0 {
        part.protections.insert(Protection::NoExecution);
    }
    let mut commands = header.load_commands(endian, bytes, 0).ok()?;
    for _ in 0..MOST_COMMANDS {
        let Ok(Some(command)) = commands.next() else { break };
        if command.cmd() == macho::LC_CODE_SIGNATURE {
            part.protections.insert(Protection::Signature);
        }
        let least = match command.variant() {
            Ok(LoadCommandVariant::BuildVersion(version, _))
                if version.platform.get(endian) == macho::PLATFORM_MACOS =>
            {
                version.minos.get(endian).0
            }
            Ok(LoadCommandVariant::VersionMin(version)) if command.cmd() == macho::LC_VERSION_MIN_MACOSX => {
                version.version.get(endian).0
            }
            Ok(LoadCommandVariant::Symtab(table)) => {
                if let Ok(symbols) = table.symbols::<H, _>(endian, bytes) {
                    let undefined = symbols.iter().take(MOST_SYMBOLS).filter(|symbol| symbol.is_undefined());
                    called(undefined.map(|symbol| symbol.name(endian, symbols.strings())), &mut part);
                }
                continue;
            }
            _ => continue,
        };
        // Sixteen bits of major version, eight of minor, eight of patch.
        part.least = Some((least >> 16, least >> 8 & 0xff));
    }
    Some(part)
}

/// Takes the names of symbols that others define, which begin with an underscore here.
fn called<'n, E>(symbols: impl Iterator<Item = Result<&'n [u8], E>>, part: &mut Part) {
    let mut names = Names::new();
    for symbol in symbols {
        let Some(name) = names.take(symbol) else { return };
        let name = name.strip_prefix(b"_").unwrap_or(name);
        if name == b"__stack_chk_fail" {
            part.protections.insert(Protection::StackProtector);
        }
        if let Some(told) = TOLD.iter().find(|told| told.as_bytes() == name) {
            part.calls.insert((*told).to_owned());
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::least_system;
    use crate::kept::program::{Format, Protection, read};

    /// A program of 64 bits that needs macOS of this version, with one undefined symbol.
    pub(crate) fn program(flags: u32, least: (u8, u8), signed: bool, symbol: &str) -> Vec<u8> {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        let version = u32::from(least.0) << 16 | u32::from(least.1) << 8;
        let build = words(&[0x32, 24, 1, version, version, 0]);
        let signature = if signed { words(&[0x1d, 16, 0, 0]) } else { Vec::new() };
        let size = build.len() + signature.len() + 24;
        let at = u32::try_from(32 + size).unwrap();
        let strings = [b"\0", symbol.as_bytes(), b"\0"].concat();
        let table = words(&[2, 24, at, 1, at + 16, u32::try_from(strings.len()).unwrap()]);
        let count = if signed { 3 } else { 2 };
        let header = words(&[0xfeed_facf, 0x0100_000c, 0, 2, count, u32::try_from(size).unwrap(), flags, 0]);
        let undefined = [words(&[1]), vec![1, 0, 0, 0], vec![0; 8]].concat();
        [header, build, signature, table, undefined, strings].concat()
    }

    fn fat(parts: &[Vec<u8>]) -> Vec<u8> {
        let word = |value: usize| u32::try_from(value).unwrap().to_be_bytes();
        let mut bytes = [[0xca, 0xfe, 0xba, 0xbe], word(parts.len())].concat();
        let mut at = 8 + parts.len() * 20;
        for part in parts {
            bytes.extend([word(7), word(3), word(at), word(part.len()), word(0)].concat());
            at += part.len();
        }
        [bytes, parts.concat()].concat()
    }

    #[test]
    fn protections_calls_and_the_least_system_are_read() {
        let bytes = program(0x20_0000, (11, 3), true, "_connect");
        let read = read("x", &bytes, true).unwrap();
        assert_eq!((read.format, read.calls), (Format::MachO, vec!["connect".to_owned()]));
        let all = [Protection::NoExecution, Protection::AnyAddress, Protection::Signature];
        assert_eq!(read.protections.unwrap(), all);
        assert_eq!(least_system(&bytes), Some((11, 3)));
    }

    #[test]
    fn a_file_for_several_machines_is_as_protected_as_its_weakest_part() {
        let parts = [program(0x20_0000, (10, 9), true, "_system"), program(0, (11, 0), false, "_bind")];
        let bytes = fat(&parts);
        let read = read("x", &bytes, true).unwrap();
        assert_eq!(read.calls, ["bind", "system"]);
        assert_eq!(read.protections.unwrap(), [Protection::NoExecution]);
        assert_eq!(least_system(&bytes), Some((10, 9)));
    }

    #[test]
    fn broken_tables_are_no_fault() {
        let whole = program(0, (11, 0), true, "_bind");
        for at in 12..whole.len() {
            for value in [0, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = read("x", &bytes, true);
                let _ = read("x", &whole[..at], true);
            }
        }
    }
}
