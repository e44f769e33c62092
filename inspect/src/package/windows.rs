//! What a program for Windows claims: the version resource that its maker put in (VERSIONINFO), its machine, and the least
//! Windows by its headers.
//!
//! Read of the inspected file alone, by ranges, so that its size does not matter. Of several languages the first is taken.

use object::LittleEndian as LE;
use object::pe::{IMAGE_DIRECTORY_ENTRY_RESOURCE, ImageNtHeaders32, ImageNtHeaders64, RT_VERSION};
use object::read::pe::{
    ImageNtHeaders, ImageOptionalHeader as _, ResourceDirectory, ResourceDirectoryEntryData,
    ResourceDirectoryTable,
};

use super::{Claims, Format, Platform, machine, shown};
use crate::signature::original::Original;

/// Bytes of the beginning in which the headers lie.
const HEAD: usize = 64 << 10;
/// Bytes of the resources: pictures lie there too.
const LARGEST: usize = 32 << 20;
/// Fields of a version resource; real ones have some ten.
const MOST: usize = 200;

/// The claims of the inspected file, if it is a program for Windows.
pub(super) fn read(original: &Original<'_>) -> Option<Claims> {
    let head = original.part(0, HEAD as u64, HEAD)?;
    if !machine::is_pe(&head) {
        return None;
    }
    let mut claims = Claims::new("", Format::Exe);
    let fields = headers::<ImageNtHeaders64>(&head, original, &mut claims)
        .or_else(|| headers::<ImageNtHeaders32>(&head, original, &mut claims));
    for (name, value) in fields.unwrap_or_default() {
        state(&mut claims, &name, &value);
    }
    Some(claims)
}

fn state(claims: &mut Claims, name: &str, value: &str) {
    let value = shown(value.trim());
    match name {
        _ if value.is_empty() => {}
        "ProductName" => claims.name = Some(value),
        "ProductVersion" => claims.version = Some(value),
        "CompanyName" => claims.vendor = Some(value),
        "FileDescription" => claims.summary = Some(value),
        // The file's own version is the product's where that has none; else it stands beside the description.
        "FileVersion" => match &claims.version {
            None => claims.version = Some(value),
            Some(product) if *product != value => {
                let before = claims.summary.take().map(|said| format!("{said}; ")).unwrap_or_default();
                claims.summary = Some(format!("{before}file version {value}"));
            }
            Some(_) => {}
        },
        _ => {}
    }
}

/// States what the headers say, and reads the fields of the version resource; `None` where they are of another width.
fn headers<Pe: ImageNtHeaders>(
    head: &[u8],
    original: &Original<'_>,
    claims: &mut Claims,
) -> Option<Vec<(String, String)>> {
    let start = head.get(0x3c..0x40).and_then(|field| <[u8; 4]>::try_from(field).ok())?;
    let mut at = u64::from(u32::from_le_bytes(start));
    let (headers, directories) = Pe::parse(head, &mut at).ok()?;
    claims.architecture = match headers.file_header().machine.get(LE).0 {
        0x14c => Some("x86".to_owned()),
        0x8664 => Some("x64".to_owned()),
        0xaa64 => Some("arm64".to_owned()),
        _ => None,
    };
    let optional = headers.optional_header();
    let least = (optional.major_subsystem_version(), optional.minor_subsystem_version());
    if least.0 > 0 {
        claims.least(Platform::System, &format!("windows {}.{}", least.0, least.1), "its header");
    }
    let none = Some(Vec::new());
    let Some(resources) = directories.get(IMAGE_DIRECTORY_ENTRY_RESOURCE) else { return none };
    let Ok(sections) = headers.sections(head, at) else { return none };
    let Ok((from, size)) = resources.file_range(&sections) else { return none };
    let Some(bytes) = original.part(u64::from(from), u64::from(from) + u64::from(size), LARGEST) else {
        return none;
    };
    let fields = resource(&bytes, resources.virtual_address.get(LE)).map(fields);
    Some(fields.unwrap_or_default())
}

/// The version resource: the first one of that sort, in its first language.
fn resource(bytes: &[u8], address: u32) -> Option<&[u8]> {
    let directory = ResourceDirectory::new(bytes);
    let root = directory.root().ok()?;
    let sort = root.entries.iter().find(|entry| entry.name_or_id().id() == Some(RT_VERSION))?;
    let mut table: ResourceDirectoryTable<'_> = sort.data(directory).ok()?.table()?;
    // Below a sort stand names, below a name languages.
    for _ in 0..2 {
        match table.entries.first()?.data(directory).ok()? {
            ResourceDirectoryEntryData::Table(next) => table = next,
            ResourceDirectoryEntryData::Data(entry) => {
                let from = entry.offset_to_data.get(LE).checked_sub(address)? as usize;
                return bytes.get(from..from.checked_add(entry.size.get(LE) as usize)?);
            }
        }
    }
    None
}

/// One block of a version resource: a name, a value, and blocks within.
struct Block<'b> {
    name: String,
    value: &'b [u8],
    within: &'b [u8],
}

/// The texts of a version resource, by their names (VS_VERSIONINFO, StringFileInfo, StringTable, String).
fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let named = |within: &[u8], name: &str| -> Option<Vec<u8>> {
        blocks(within).find(|block| name.is_empty() || block.name == name).map(|block| block.within.to_vec())
    };
    let table = named(bytes, "VS_VERSION_INFO")
        .and_then(|info| named(&info, "StringFileInfo"))
        .and_then(|info| named(&info, ""))
        .unwrap_or_default();
    let mut fields: Vec<(String, String)> =
        blocks(&table).map(|block| (block.name, wide(block.value))).take(MOST).collect();
    // The product's version before the file's, which is held against it.
    fields.sort_by_key(|(name, _)| name == "FileVersion");
    fields
}

/// Blocks one behind the other, each at a multiple of four.
fn blocks(bytes: &[u8]) -> impl Iterator<Item = Block<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let half = |at: usize| {
            rest.get(at..at + 2)
                .and_then(|two| two.try_into().ok())
                .map(|two| usize::from(u16::from_le_bytes(two)))
        };
        let (length, words, is_text) = (half(0)?, half(2)?, half(4)? == 1);
        let whole = rest.get(..length).filter(|whole| whole.len() > 6)?;
        let name = wide(whole.get(6..)?);
        let value_at = (6 + (name.encode_utf16().count() + 1) * 2).next_multiple_of(4);
        let size = if is_text { words * 2 } else { words };
        let value_end = (value_at + size).min(whole.len());
        let value = whole.get(value_at..value_end).unwrap_or_default();
        let within = whole.get(value_end.next_multiple_of(4)..).unwrap_or_default();
        at += length.next_multiple_of(4);
        Some(Block { name, value, within })
    })
    .take(MOST)
}

/// A text of sixteen bits a letter, up to its end.
fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|two| two.try_into().ok()).map(u16::from_le_bytes);
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).take(1_000).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::kept::program::pe::tests::program;
    use crate::signature::original::Original;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
    }

    fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn block(name: &str, text: Option<&str>, within: &[Vec<u8>]) -> Vec<u8> {
        let half = |value: usize| u16::try_from(value).unwrap().to_le_bytes();
        let value = text.map(wide).unwrap_or_default();
        let body = padded([vec![0; 6], wide(name)].concat());
        let bytes = padded([body, value.clone(), within.concat()].concat());
        let head = [half(bytes.len()), half(value.len() / 2), half(usize::from(text.is_some()))].concat();
        [head.as_slice(), &bytes[6..]].concat()
    }

    /// The resources of a program: one version resource under one name in one language.
    fn resources(fields: &[(&str, &str)]) -> Vec<u8> {
        let texts: Vec<Vec<u8>> = fields.iter().map(|(name, value)| block(name, Some(value), &[])).collect();
        let table = block("StringFileInfo", None, &[block("040904b0", None, &texts)]);
        let info = block("VS_VERSION_INFO", None, &[table]);
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        let directory = |id: u32, at: u32| words(&[0, 0, 0, 1 << 16, id, at]);
        let size = u32::try_from(info.len()).unwrap();
        let head = [directory(16, 24 | 1 << 31), directory(1, 48 | 1 << 31), directory(1033, 72)].concat();
        [head, words(&[0x1000 + 88, size, 0, 0]), info].concat()
    }

    #[test]
    fn the_version_resource_and_the_headers_are_claims() {
        let section = resources(&[
            ("CompanyName", "Plant Works"),
            ("FileDescription", "Pump control"),
            ("FileVersion", "4.2.0.17"),
            ("ProductName", "Pump"),
            ("ProductVersion", "4.2"),
        ]);
        let size = u32::try_from(section.len()).unwrap();
        let bytes = program(0, &[(2, 0x1000, size)], &section);
        let claims = read(&Original::memory(&bytes)).unwrap();
        let said = |field: &Option<String>| field.clone().unwrap_or_default();
        assert_eq!(
            [&claims.name, &claims.version, &claims.vendor, &claims.summary, &claims.architecture].map(said),
            ["Pump", "4.2", "Plant Works", "Pump control; file version 4.2.0.17", "x64"]
        );
        assert_eq!(claims.minimums[0].version, "windows 6.1");
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 0xff;
            let _ = read(&Original::memory(&broken));
            let _ = read(&Original::memory(&bytes[..at]));
        }
    }

    #[test]
    fn a_program_without_resources_claims_what_it_is() {
        let claims = read(&Original::memory(&program(0, &[], &[]))).unwrap();
        assert_eq!((claims.name, claims.version), (None, None));
        assert!(read(&Original::memory(b"#!/bin/sh\n")).is_none());
    }
}
