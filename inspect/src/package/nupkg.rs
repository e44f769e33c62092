//! What a NuGet package claims: its `.nuspec`.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::recognise::Told;
use super::{Claims, Platform, shown};
use crate::check::Role;

/// Elements that are read; a specification has some hundreds.
const MOST: usize = 20_000;

/// Takes what one member tells; `name` is its path below the package.
pub(super) fn member(claims: &mut Claims, name: &str, bytes: &[u8]) -> Told {
    if !name.contains('/') && name.ends_with(".nuspec") {
        specification(claims, bytes);
        return Role::Metadata.into();
    }
    let is_script = name.starts_with("tools/") && name.to_ascii_lowercase().ends_with(".ps1");
    if is_script { Role::InstallScript.into() } else { Role::Payload.into() }
}

fn specification(claims: &mut Claims, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(&text);
    let mut element = String::new();
    for _ in 0..MOST {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                element = AsRef::<str>::as_ref(&start.local_name()).to_owned();
                relations(claims, &element, &start);
            }
            Ok(Event::Empty(start)) => {
                let name = AsRef::<str>::as_ref(&start.local_name()).to_owned();
                relations(claims, &name, &start);
            }
            Ok(Event::Text(said)) => {
                field(claims, &element, said.trim());
            }
            Ok(Event::End(_)) => element.clear(),
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
}

fn field(claims: &mut Claims, element: &str, said: &str) {
    let slot = match element {
        "id" => &mut claims.name,
        "version" => &mut claims.version,
        "authors" => &mut claims.vendor,
        "license" => &mut claims.licence,
        "projectUrl" => &mut claims.homepage,
        "description" => &mut claims.summary,
        "releaseNotes" => {
            claims.changelog = Some(super::passage(said));
            return;
        }
        _ => return,
    };
    if slot.is_none() && !said.is_empty() {
        *slot = Some(shown(said));
    }
}

fn relations(claims: &mut Claims, element: &str, start: &quick_xml::events::BytesStart<'_>) {
    let value = |name: &str| {
        let found = start.try_get_attribute(name).ok().flatten()?;
        Some(found.value.into_owned())
    };
    match element {
        "dependency" => {
            let (id, version) = (value("id").unwrap_or_default(), value("version").unwrap_or_default());
            claims.relate("dependency", &format!("{id} {version}"));
        }
        "group" => {
            claims.least(Platform::DotNet, &value("targetFramework").unwrap_or_default(), "targetFramework")
        }
        _ => {}
    }
}
