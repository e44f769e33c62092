//! Which format a text has, by its beginning.

use super::{Format, Mistake};

/// Lines of the beginning that are looked at.
const LOOKED_AT: usize = 200;

/// Tells the format.
pub(super) fn format(beginning: &str) -> Result<Format, Mistake> {
    let text = beginning.trim_start_matches('\u{feff}').trim_start();
    if let Some(format) = json(text)? {
        return Ok(format);
    }
    if text.starts_with('<') {
        return Err(Mistake::whole(
            "it is XML, which is not read here; have the list of parts written as JSON",
        ));
    }
    if text.starts_with("SPDXVersion:") {
        return Err(Mistake::whole(
            "it is SPDX as tags and values, which is not read here; have it written as JSON",
        ));
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    by_lines(&lines).ok_or_else(|| {
        let words: Vec<&str> = Format::ALL.iter().map(|one| one.as_str()).collect();
        Mistake::whole(format!(
            "it is in no format that is known by its look; say which it is (--as): {}",
            words.join(", ")
        ))
    })
}

fn json(text: &str) -> Result<Option<Format>, Mistake> {
    let rest = text.strip_prefix('[').map(str::trim_start);
    if rest.is_some_and(|rest| rest.starts_with('{') || rest.starts_with(']')) {
        return Ok(Some(Format::Osquery));
    }
    if !text.starts_with('{') {
        return Ok(None);
    }
    // Which JSON it is stands at its end in some files; the reader decides by what it met.
    let has = |key: &str| text.contains(key);
    Ok(Some(if has("\"spdxVersion\"") || has("\"SPDXID\"") || has("\"@graph\"") {
        Format::Spdx
    } else if has("\"bomFormat\"") || has("cyclonedx") {
        Format::CycloneDx
    } else {
        Format::Osquery
    }))
}

fn by_lines(lines: &[&str]) -> Option<Format> {
    let any = |is: &dyn Fn(&str) -> bool| lines.iter().any(|line| is(line));
    let all = |is: &dyn Fn(&str) -> bool| !lines.is_empty() && lines.iter().all(|line| is(line));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let first = words(lines.first()?);
    let starts = |beginning: &[&str]| {
        first.iter().map(String::as_str).take(beginning.len()).eq(beginning.iter().copied())
    };
    if any(&|line| line.starts_with("||/ ") || line.starts_with("Desired=")) || all(&is_dpkg_row) {
        return Some(Format::DpkgList);
    }
    if starts(&["UNIT", "FILE"]) {
        return Some(Format::UnitFiles);
    }
    if starts(&["UNIT", "LOAD"]) {
        return Some(Format::Units);
    }
    if starts(&["Netid", "State"]) || starts(&["State", "Recv-Q"]) || all(&is_socket_row) {
        return Some(Format::Sockets);
    }
    if first.first().is_some_and(|word| word == "Filesystem") {
        return Some(Format::Disks);
    }
    if any(&is_sudo) {
        return Some(Format::Sudo);
    }
    let fields = |line: &str| line.split(':').count();
    if all(&|line| fields(line) == 7 && !line.contains(' ') || fields(line) == 7 && has_number(line, 2)) {
        return Some(Format::Passwd);
    }
    if all(&|line| fields(line) == 4 && has_number(line, 2)) {
        return Some(Format::Group);
    }
    if any(&|line| line.starts_with("ID=")) && all(&|line| line.starts_with('#') || line.contains('=')) {
        return Some(Format::OsRelease);
    }
    if all(&|line| line.split('\t').count() == 2) {
        return Some(Format::DpkgQuery);
    }
    if let Some(format) = units(lines) {
        return Some(format);
    }
    if all(&|line| !line.contains(char::is_whitespace) && line.matches('-').count() >= 2) {
        return Some(Format::RpmQuery);
    }
    estate_file(lines)
}

fn has_number(line: &str, at: usize) -> bool {
    line.split(':').nth(at).is_some_and(|field| field.parse::<u32>().is_ok())
}

fn is_dpkg_row(line: &str) -> bool {
    let mut letters = line.chars();
    let (wanted, state) = (letters.next(), letters.next());
    let fits = wanted.is_some_and(|letter| "uihrp".contains(letter));
    fits && state.is_some_and(|letter| "ncHUFWti".contains(letter))
        && line.split_whitespace().count() >= 4
        && {
            let blank = letters.next();
            blank.is_some_and(|letter| matches!(letter, ' ' | 'R'))
        }
}

fn is_socket_row(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().take(2).collect();
    let is_state = |word: &&str| matches!(*word, "LISTEN" | "UNCONN");
    words.first().is_some_and(is_state) || words.get(1).is_some_and(is_state)
}

fn is_sudo(line: &str) -> bool {
    line.starts_with("Matching Defaults entries for ")
        || line.contains(" may run the following commands on ")
        || line.contains(" may not run sudo on ")
        || line.contains(" is not allowed to run sudo on ")
        || ["sudo: a password", "sudo: a terminal", "sudo: unable"]
            .iter()
            .any(|start| line.starts_with(start))
}

/// Lists of units without their heading.
fn units(lines: &[&str]) -> Option<Format> {
    const SUFFIXES: [&str; 11] = [
        ".service",
        ".socket",
        ".target",
        ".timer",
        ".mount",
        ".path",
        ".slice",
        ".scope",
        ".swap",
        ".device",
        ".automount",
    ];
    let rows: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| line.trim_start_matches(['●', '○', '×', '*', ' ']).split_whitespace().collect())
        .collect();
    let is_unit =
        |row: &Vec<&str>| row.first().is_some_and(|name| SUFFIXES.iter().any(|end| name.ends_with(end)));
    if !rows.iter().all(is_unit) {
        return None;
    }
    let is_loaded = |row: &Vec<&str>| {
        row.get(1).is_some_and(|word| matches!(*word, "loaded" | "not-found" | "masked" | "error"))
    };
    let long = |row: &Vec<&str>| row.len() >= 4;
    Some(if rows.iter().all(is_loaded) && rows.iter().all(long) { Format::Units } else { Format::UnitFiles })
}

fn estate_file(lines: &[&str]) -> Option<Format> {
    let said = lines.iter().map(|line| line.trim()).filter(|line| !line.starts_with('#'));
    let first = said.clone().find(|line| *line != "---")?;
    if first.starts_with('[') && !first.contains(": ") {
        return Some(Format::Toml);
    }
    let key = first.split(['=', ':']).next().unwrap_or_default().trim();
    let is_key = !key.is_empty()
        && key.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '"'));
    if !is_key {
        return None;
    }
    let after = first.split_at(first.find(['=', ':'])?).1;
    match after.chars().next() {
        Some('=') => Some(Format::Toml),
        Some(':') if after.len() == 1 || after.starts_with(": ") => Some(Format::Yaml),
        _ => None,
    }
}
