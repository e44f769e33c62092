//! What a Windows installer claims: the properties in its database.
//!
//! Its files and custom actions are not read; that the file was not opened is told by the walk.

use msi::{Package, Select, Value};

use super::{Claims, Format, shown};
use crate::signature::original::{Original, Seeking};

/// Properties that are read; real installers have some hundred.
const MOST: usize = 10_000;

/// The claims of the inspected file, if it is an installer.
pub(super) fn read(original: &Original<'_>) -> Option<Claims> {
    let is_compound = original.part(0, 8, 8)?.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    if !is_compound {
        return None;
    }
    let mut package = Package::open(Seeking { original, at: 0 }).ok()?;
    let mut claims = Claims::new("", Format::Msi);
    claims.summary = package.summary_info().subject().map(shown);
    claims.architecture = package.summary_info().arch().map(shown);
    let rows = package.select_rows(Select::table("Property")).ok()?;
    for row in rows.take(MOST) {
        if row.len() < 2 {
            continue;
        }
        let (Value::Str(name), Value::Str(value)) = (&row[0], &row[1]) else { continue };
        match name.as_str() {
            "ProductName" => claims.name = Some(shown(value)),
            "ProductVersion" => claims.version = Some(shown(value)),
            "Manufacturer" => claims.vendor = Some(shown(value)),
            "ARPURLINFOABOUT" => claims.homepage = Some(shown(value)),
            _ => {}
        }
    }
    Some(claims)
}
