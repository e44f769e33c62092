//! Programs and libraries in the Portable Executable format, by their headers and tables of imports (PE format, "Optional
//! Header Windows-Specific Fields" and "The .idata Section").

use std::collections::BTreeSet;

use object::endian::LittleEndian as LE;
use object::pe::{
    IMAGE_DIRECTORY_ENTRY_SECURITY, IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, IMAGE_DLLCHARACTERISTICS_GUARD_CF,
    IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA, IMAGE_DLLCHARACTERISTICS_NX_COMPAT, ImageNtHeaders32,
    ImageNtHeaders64,
};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader as _, Import, PeFile};

use super::{Facts, Names, Protection, TOLD};

/// Functions of Windows that reach the network, start programs, or reach into other ones, without the letters for the
/// two sorts of texts.
const TOLD_OF_WINDOWS: [&str; 24] = [
    "CreateProcess",
    "CreateProcessAsUser",
    "CreateRemoteThread",
    "CreateService",
    "GetAddrInfo",
    "HttpSendRequest",
    "InternetConnect",
    "InternetOpen",
    "InternetOpenUrl",
    "LoadLibrary",
    "LoadLibraryEx",
    "RegSetValueEx",
    "ShellExecute",
    "ShellExecuteEx",
    "URLDownloadToFile",
    "WSAConnect",
    "WSASocket",
    "WSAStartup",
    "WinExec",
    "WinHttpConnect",
    "WinHttpOpen",
    "WinHttpSendRequest",
    "WriteProcessMemory",
    "SetWindowsHookEx",
];

/// Libraries of the network, whose functions are often imported by their numbers.
const NETWORK: [&str; 5] = ["ws2_32.dll", "wsock32.dll", "wininet.dll", "winhttp.dll", "urlmon.dll"];

/// Libraries that one program imports from; real ones have some hundred.
const MOST_LIBRARIES: usize = 5_000;

/// Reads one file.
pub(super) fn read(bytes: &[u8]) -> Option<Facts> {
    facts::<ImageNtHeaders64>(bytes).or_else(|| facts::<ImageNtHeaders32>(bytes))
}

fn facts<Pe: ImageNtHeaders>(bytes: &[u8]) -> Option<Facts> {
    let file = PeFile::<Pe>::parse(bytes).ok()?;
    let flags = file.nt_headers().optional_header().dll_characteristics().0;
    let known = [
        (IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE.0, Protection::AnyAddress),
        (IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA.0, Protection::HighEntropy),
        (IMAGE_DLLCHARACTERISTICS_NX_COMPAT.0, Protection::NoExecution),
        (IMAGE_DLLCHARACTERISTICS_GUARD_CF.0, Protection::ControlFlow),
    ];
    let mut found: BTreeSet<Protection> =
        known.into_iter().filter(|(flag, _)| flags & flag != 0).map(|(_, protection)| protection).collect();
    if file.data_directory(IMAGE_DIRECTORY_ENTRY_SECURITY).is_some_and(|table| table.size.get(LE) > 8) {
        found.insert(Protection::Signature);
    }
    // What could be read of a broken table of imports counts.
    let mut calls = BTreeSet::new();
    let _ = imports(&file, &mut calls);
    Some((calls, found))
}

fn imports<Pe: ImageNtHeaders>(file: &PeFile<'_, Pe>, calls: &mut BTreeSet<String>) -> Option<()> {
    let table = file.import_table().ok()??;
    let (mut names, mut libraries) = (Names::new(), table.descriptors().ok()?);
    for _ in 0..MOST_LIBRARIES {
        let library = libraries.next().ok()??;
        let name = names.take(table.name(library.name.get(LE)))?;
        let network = NETWORK.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        // Where a loader bound a library beforehand only the first table still has the names.
        let first = library.original_first_thunk.get(LE);
        let first = if first == 0 { library.first_thunk.get(LE) } else { first };
        let mut thunks = table.thunks(first).ok()?;
        while let Some(thunk) = thunks.next::<Pe>().ok()? {
            match table.import::<Pe>(thunk).ok()? {
                Import::Ordinal(_) => {
                    names.take(Ok::<_, ()>(&[]))?;
                    if let Some(network) = network {
                        calls.insert(format!("functions of {network} by number"));
                    }
                }
                Import::Name(_, name) => {
                    let name = names.take(Ok::<_, ()>(name))?;
                    calls.extend(told(name).map(str::to_owned));
                }
            }
        }
    }
    Some(())
}

/// The function, if it is one that is told.
fn told(name: &[u8]) -> Option<&'static str> {
    let bare = name.strip_suffix(b"A").or_else(|| name.strip_suffix(b"W")).unwrap_or(name);
    let told = TOLD_OF_WINDOWS.iter().find(|told| told.as_bytes() == bare || told.as_bytes() == name);
    told.or_else(|| TOLD.iter().find(|told| told.as_bytes() == name)).copied()
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::kept::program::{Format, Protection, read};

    /// A program of 64 bits with one section at address 0x1000, which holds `section`; directories by number, address, size.
    pub(crate) fn program(flags: u16, directories: &[(usize, u32, u32)], section: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 0x200];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        let length = u32::try_from(section.len()).unwrap().to_le_bytes();
        put(0, b"MZ");
        put(0x3c, &[0x40]);
        put(0x40, b"PE\0\0");
        put(0x44, &[0x64, 0x86, 1, 0]);
        // The optional header with sixteen directories is 240 bytes long.
        put(0x54, &[240, 0]);
        put(0x58, &[0x0b, 2]);
        put(0x58 + 48, &[6, 0, 1, 0]);
        put(0x58 + 70, &flags.to_le_bytes());
        put(0x58 + 108, &[16]);
        for (number, address, size) in directories {
            put(0x58 + 112 + number * 8, &address.to_le_bytes());
            put(0x58 + 116 + number * 8, &size.to_le_bytes());
        }
        put(0x148, b".all");
        put(0x148 + 8, &length);
        put(0x148 + 12, &0x1000_u32.to_le_bytes());
        put(0x148 + 16, &length);
        put(0x148 + 20, &0x200_u32.to_le_bytes());
        bytes.extend_from_slice(section);
        bytes
    }

    /// A table of imports of one library with the functions of these names.
    fn imported(library: &str, functions: &[&str]) -> Vec<u8> {
        let mut section = vec![0; 0x400];
        let mut put = |at: usize, value: &[u8]| section[at..at + value.len()].copy_from_slice(value);
        put(0, &0x1100_u32.to_le_bytes());
        put(12, &0x1080_u32.to_le_bytes());
        put(16, &0x1100_u32.to_le_bytes());
        put(0x80, library.as_bytes());
        for (at, function) in functions.iter().enumerate() {
            let name = 0x200 + at * 0x20;
            put(0x100 + at * 8, &(0x1000 + u64::try_from(name).unwrap()).to_le_bytes());
            put(name + 2, function.as_bytes());
        }
        section
    }

    #[test]
    fn protections_and_calls_are_read() {
        let section = imported("KERNEL32.dll", &["CreateProcessW", "ExitProcess", "LoadLibraryExA"]);
        let bytes = program(0x4140, &[(1, 0x1000, 40)], &section);
        let read = read("x.exe", &bytes, true).unwrap();
        assert_eq!(read.format, Format::Pe);
        assert_eq!(read.calls, ["CreateProcess", "LoadLibraryEx"]);
        let protections = [Protection::NoExecution, Protection::AnyAddress, Protection::ControlFlow];
        assert_eq!(read.protections.unwrap(), protections);
    }

    #[test]
    fn a_broken_table_of_imports_is_no_fault() {
        for at in 0..0x60 {
            for value in [0, 0x7f, 0xff] {
                let mut bytes = program(0x40, &[(1, 0x1000, 40)], &imported("a.dll", &["connect"]));
                bytes[0x200 + at] = value;
                assert!(read("x.exe", &bytes, true).is_some());
            }
        }
    }
}
