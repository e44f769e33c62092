//! Defaults in configuration files: keys of properties, INI, TOML, YAML and JSON, with the sections around them.
//!
//! Lines are read as lines; only JSON is parsed, whose parser bounds its depth. Lists of what a project's tools use are
//! passed over, since nothing of them is in force where a package is installed.

use serde_json::Value;

use super::constant::is_length;
use super::relevant::is_relevant;
use super::{Setting, Sort};

/// Bytes of a file; larger ones are data.
const LONGEST: usize = 1 << 20;

/// Reads one file by its name, lower case.
pub(super) fn read(own: &str, text: &str) -> Vec<Setting> {
    let suffix = own.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let is_tool = matches!(
        own,
        "package.json"
            | "package-lock.json"
            | "tsconfig.json"
            | "pyproject.toml"
            | "setup.cfg"
            | "tox.ini"
            | "cargo.toml"
            | "composer.json"
            | "cargo.lock"
            | "pnpm-lock.yaml"
            | "record"
            | "metadata"
    );
    if is_tool || text.len() > LONGEST {
        return Vec::new();
    }
    match suffix {
        "properties" | "ini" | "conf" | "cfg" | "toml" | "cnf" | "env" | "defaults" => lines(text),
        "yml" | "yaml" => yaml(text),
        "json" => json(text),
        _ => Vec::new(),
    }
}

/// `key = value`, `key: value`, `key value` (one number behind it), within `[sections]`.
fn lines(text: &str) -> Vec<Setting> {
    let (mut found, mut section) = (Vec::new(), String::new());
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if let Some(name) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim_matches(['[', ']', ' ']).to_owned();
            continue;
        }
        if text.starts_with(['#', ';', '!']) {
            continue;
        }
        let parted = text.split_once(['=', ':']).or_else(|| text.split_once(char::is_whitespace));
        if let Some((key, value)) = parted {
            keep(&mut found, line, &section, key.trim(), value.split(" #").next().unwrap_or(value));
        }
    }
    found
}

/// Keys within the keys that are indented less.
fn yaml(text: &str) -> Vec<Setting> {
    let (mut found, mut around): (Vec<Setting>, Vec<(usize, &str)>) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.lines()) {
        let bare = text.trim_start_matches([' ', '-']);
        let indent = text.len() - bare.len();
        let Some((key, value)) = bare.split_once(':').filter(|_| !bare.starts_with('#')) else { continue };
        around.retain(|(at, _)| *at < indent);
        let key = key.trim_matches(['"', '\'', ' ']);
        let value = value.split(" #").next().unwrap_or(value).trim();
        if value.is_empty() && around.len() < 50 {
            around.push((indent, key));
        } else {
            let owner = around.iter().map(|(_, key)| *key).collect::<Vec<_>>().join(".");
            keep(&mut found, line, &owner, key, value);
        }
    }
    found
}

fn json(text: &str) -> Vec<Setting> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut found = Vec::new();
    let mut left: Vec<(String, &Value)> = vec![(String::new(), &value)];
    while let Some((owner, value)) = left.pop() {
        let Some(members) = value.as_object() else { continue };
        for (key, value) in members {
            match value {
                Value::Object(_) if owner.len() < 200 => {
                    let within = if owner.is_empty() { key.clone() } else { format!("{owner}.{key}") };
                    left.push((within, value));
                }
                Value::Number(_) | Value::Bool(_) => keep(&mut found, 0, &owner, key, &value.to_string()),
                Value::String(text) => keep(&mut found, 0, &owner, key, text),
                _ => {}
            }
        }
    }
    found
}

fn keep(found: &mut Vec<Setting>, line: u32, owner: &str, key: &str, value: &str) {
    let value = value.trim().trim_matches(['"', '\'']).trim_end_matches(';');
    let is_value =
        is_length(value) || matches!(value, "true" | "false" | "on" | "off" | "yes" | "no" | "null" | "none");
    let last = key.rsplit('.').next().unwrap_or(key);
    let around = owner.rsplit('.').next().unwrap_or(owner);
    if is_value
        && key.len() < 120
        && !key.contains(' ')
        && (is_relevant(last) || is_relevant(key) || is_relevant(around))
    {
        found.push(Setting::new(line, owner, key, Sort::Key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    fn check(own: &str, text: &str, expected: &[&str]) {
        let mut said: Vec<String> =
            read(own, text).iter().map(|one| format!("{} = {}", one.symbol(), one.value)).collect();
        said.sort();
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn keys_have_the_sections_around_them() {
        check(
            "a.ini",
            "[wire]\n# timeout = 3\ntimeout = 30s ; x\nname = timeout\nretries=3\n",
            &["wire.retries = 3"],
        );
        check("a.properties", "relay.pool.size: 10\nrelay.title=4\n", &["relay.pool.size = 10"]);
        check(
            "a.yml",
            "relay:\n  retry:\n    max: 3 # few\n    text: a b\n  ttl: 5m\n",
            &["relay.retry.max = 3", "relay.ttl = 5m"],
        );
        check(
            "a.json",
            r#"{"wire": {"timeout": 3, "x": 4, "retry": {"max": 2}}}"#,
            &["wire.retry.max = 2", "wire.timeout = 3"],
        );
        check("package.json", r#"{"config": {"timeout": 3}}"#, &[]);
    }
}
