//! What an npm package claims: its `package.json`, and the commands that installing runs.
//!
//! `prepare` is no such command: it does not run for a package from a registry.

use serde_json::Value;

use super::recognise::{Excerpt, Told};
use super::{Claims, Platform, shown};
use crate::check::Role;

/// Commands that `npm install` runs for a dependency.
const RUN: [&str; 3] = ["preinstall", "install", "postinstall"];
const RELATIONS: [&str; 4] =
    ["dependencies", "peerDependencies", "optionalDependencies", "bundleDependencies"];

/// Takes what one member tells; `name` is its path below the package.
pub(super) fn member(claims: &mut Claims, name: &str, bytes: &[u8]) -> Told {
    let is_own = name.split_once('/').is_some_and(|(_, own)| own == "package.json");
    if !is_own || claims.name.is_some() {
        return Role::Payload.into();
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Role::Metadata.into() };
    let text = |value: &Value| value.as_str().map(shown);
    claims.name = value.get("name").and_then(text);
    claims.version = value.get("version").and_then(text);
    claims.summary = value.get("description").and_then(text);
    claims.homepage = value.get("homepage").and_then(text);
    let named = |value: &Value| text(value).or_else(|| value.get("name").and_then(text));
    claims.vendor = value.get("author").and_then(named);
    claims.licence = value
        .get("license")
        .and_then(|value| text(value).or_else(|| value.get("type").and_then(text)))
        .or_else(|| value.pointer("/licenses/0/type").and_then(text));
    for relation in RELATIONS {
        let listed = value.get(relation).and_then(Value::as_object);
        for (name, range) in listed.into_iter().flatten() {
            claims.relate(relation, &format!("{name} {}", range.as_str().unwrap_or_default()));
        }
    }
    if let Some(range) = value.pointer("/engines/node").and_then(Value::as_str) {
        claims.least(Platform::Node, range, "engines.node");
    }
    let listed = |name: &str| {
        let values = value.get(name).and_then(Value::as_array)?;
        Some(values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
    };
    let machines = [listed("os"), listed("cpu")].into_iter().flatten().collect::<Vec<_>>().join("; ");
    claims.architecture = Some(machines).filter(|machines| !machines.is_empty()).map(|text| shown(&text));
    Told { role: Role::Metadata, excerpts: commands(&value, &String::from_utf8_lossy(bytes)) }
}

fn commands(value: &Value, text: &str) -> Vec<Excerpt> {
    let Some(scripts) = value.get("scripts").and_then(Value::as_object) else { return Vec::new() };
    let found = RUN.iter().filter_map(|name| {
        let command = scripts.get(*name)?.as_str().filter(|command| !command.trim().is_empty())?;
        let key = format!("\"{name}\"");
        let lines_before = text.lines().position(|line| line.contains(&key)).unwrap_or_default();
        let (name, text) = ((*name).to_owned(), command.to_owned());
        Some(Excerpt { name, text, lines_before, role: Role::InstallScript })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::member;
    use crate::package::{Claims, Format};

    #[test]
    fn what_installing_runs_is_told_with_its_line_and_prepare_is_not() {
        let text = "{\n\"name\": \"@orrin/relay\", \"version\": \"2.0.0\",\n\"engines\": {\"node\": \">=18\"},\n\
                    \"scripts\": {\"prepare\": \"husky\",\n\"postinstall\": \"node get.js\"}}";
        let mut claims = Claims::new("", Format::Npm);
        let told = member(&mut claims, "package/package.json", text.as_bytes());
        assert_eq!(claims.name.as_deref(), Some("@orrin/relay"));
        assert_eq!(claims.minimums[0].version, ">=18");
        assert_eq!(told.excerpts.len(), 1);
        assert_eq!((told.excerpts[0].text.as_str(), told.excerpts[0].lines_before), ("node get.js", 4));
    }
}
