//! A member's name, judged before anything is done with it.
//!
//! Names are shown and compared, never used as a path. What comes out has forward slashes, no empty or `.`
//! parts, no control characters, and cannot be mistaken for a place inside a nested archive.

use crate::container::problem::Problem;

/// Longest name that is read: Linux's `PATH_MAX`.
const LONGEST: usize = 4096;

/// A name that can be shown, and what was odd about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// The cleaned name.
    pub(crate) text: String,
    /// [`Problem::NameUnprintable`] if cleaning changed more than redundant slashes and dots, or
    /// [`Problem::NameElsewhere`].
    pub(crate) problem: Option<Problem>,
}

/// Judges the bytes of a name. A refusal carries the name as far as it can be shown.
pub(crate) fn judge(bytes: &[u8]) -> Result<Name, (String, Problem)> {
    if bytes.len() > LONGEST {
        let start = bytes.get(..80).unwrap_or(bytes);
        return Err((format!("{}…", shown(&String::from_utf8_lossy(start))), Problem::NameTooLong));
    }
    let raw = String::from_utf8_lossy(bytes);
    let clean = shown(&raw);
    if escapes(&raw) {
        return Err((clean, Problem::NameEscapes));
    }
    let parts: Vec<&str> = clean.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.is_empty() {
        return Err((clean, Problem::NameEmpty));
    }
    let unprintable = clean.as_bytes() != bytes;
    let text = parts.join("/").replace("!/", "%21/");
    let elsewhere = || parts.iter().any(|part| is_another(part)).then_some(Problem::NameElsewhere);
    Ok(Name { text, problem: unprintable.then_some(Problem::NameUnprintable).or_else(elsewhere) })
}

/// Whether some system takes a part of a name for another one, or not at all. Devices are meant with any ending on
/// Windows; only bare ones are told, since `aux.h` and its like are ordinary elsewhere.
fn is_another(part: &str) -> bool {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let lower = part.to_ascii_lowercase();
    let port = lower.strip_prefix("com").or_else(|| lower.strip_prefix("lpt"));
    let is_port =
        port.is_some_and(|digit| digit.len() == 1 && digit.bytes().all(|byte| byte.is_ascii_digit()));
    let dropped = part.ends_with(' ') || (part.ends_with('.') && !part.trim_end_matches('.').is_empty());
    part.len() > 255 || is_port || dropped || DEVICES.contains(&lower.as_str())
}

/// The text with everything that could disturb a terminal or a line of a log replaced.
pub(crate) fn shown(text: &str) -> String {
    let hidden = |c: char| {
        // Direction overrides and isolates make a name read differently from what it is.
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}

/// Whether a link in the folder of `name` to `target` leads out of the tree; in a package that is unpacked at the
/// root of a system (`rooted`) an absolute target does not.
pub(crate) fn leads_out(name: &str, target: &str, rooted: bool) -> bool {
    let drive = matches!(target.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let absolute = target.starts_with(['/', '\\']);
    if drive || (absolute && !rooted) {
        return true;
    }
    let mut depth = if absolute { 0 } else { name.split('/').count().saturating_sub(1) };
    for part in target.split(['/', '\\']) {
        match part {
            "" | "." => {}
            // Above the root of a system is the root again.
            ".." if depth == 0 => return !(absolute && rooted),
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    false
}

fn escapes(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    drive || name.starts_with(['/', '\\']) || name.split(['/', '\\']).any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::{Name, judge, leads_out};
    use crate::container::problem::Problem;

    fn check(input: &[u8], expected: &str) {
        assert_eq!(judge(input), Ok(Name { text: expected.to_owned(), problem: None }));
    }

    fn check_cleaned(input: &[u8], expected: &str) {
        let problem = Some(Problem::NameUnprintable);
        assert_eq!(judge(input), Ok(Name { text: expected.to_owned(), problem }));
    }

    fn check_refused(input: &[u8], expected: Problem) {
        assert_eq!(judge(input).unwrap_err().1, expected);
    }

    #[test]
    fn redundant_slashes_and_dots_disappear() {
        check(b"./a//b/./c.json", "a/b/c.json");
        check(b"dir/", "dir");
        check(b"a..b/...", "a..b/...");
    }

    #[test]
    fn a_name_cannot_forge_a_place_in_a_nested_archive() {
        check(b"outer.zip!/x", "outer.zip%21/x");
    }

    #[test]
    fn names_that_lead_outside_are_refused() {
        for name in
            ["/etc/passwd", "../x", "a/../../x", "..\\x", "a\\..\\x", "C:\\x", "c:x", "\\\\host\\x", ".."]
        {
            check_refused(name.as_bytes(), Problem::NameEscapes);
        }
    }

    #[test]
    fn names_that_are_others_elsewhere_are_told() {
        let long = "a".repeat(256);
        for name in ["x/con", "NUL", "lpt1", "moo ", "moo.", long.as_str()] {
            assert_eq!(judge(name.as_bytes()).unwrap().problem, Some(Problem::NameElsewhere), "{name}");
        }
        check(b"aux.h", "aux.h");
        check(b"com10", "com10");
    }

    #[test]
    fn names_without_a_letter_are_refused() {
        for name in ["", ".", "./", "././"] {
            check_refused(name.as_bytes(), Problem::NameEmpty);
        }
    }

    #[test]
    fn names_that_are_not_text_are_cleaned() {
        check_cleaned(b"caf\xe9.txt", "caf\u{fffd}.txt");
        check_cleaned(b"a\x1b[31m\nb", "a\u{fffd}[31m\u{fffd}b");
        check_cleaned("a\u{202e}gpj.exe".as_bytes(), "a\u{fffd}gpj.exe");
    }

    #[test]
    fn a_link_is_held_against_the_tree_that_it_lies_in() {
        for (name, target, rooted, out) in [
            ("usr/lib/a.so", "a.so.1", false, false),
            ("usr/lib/a.so", "../../etc/x", false, false),
            ("usr/lib/a.so", "../../../etc/x", false, true),
            ("usr/lib/a.so", "../../../etc/x", true, true),
            ("a", "/etc/passwd", false, true),
            ("a", "/etc/passwd", true, false),
            ("a", "C:\\x", true, true),
            ("a/b", "c/../../../x", true, true),
        ] {
            assert_eq!(leads_out(name, target, rooted), out, "{name} -> {target}");
        }
    }

    #[test]
    fn names_beyond_any_file_system_are_refused() {
        check_refused(&[b'a'; 4097], Problem::NameTooLong);
    }
}
