//! Files of `Name: value` fields, as Debian, Python and Java describe packages.
//!
//! A line that begins with white space continues the field above. Fields are bounded in number, not in order, and a
//! name may occur more than once.

/// Fields that are read of one file.
const MOST: usize = 10_000;

/// The fields of the first paragraph, in order; names as written.
pub(super) fn fields(text: &str) -> Vec<(&str, String)> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    for line in text.trim_start_matches(['\u{feff}', '\n', '\r']).lines() {
        if line.trim().is_empty() || fields.len() >= MOST {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim(), value.trim().to_owned()));
        }
    }
    fields
}

/// The fields of a JAR's manifest, whose continuation lines are simply the rest of a line of 72 bytes.
pub(super) fn manifest(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.is_empty() || fields.len() >= MOST {
            break;
        }
        if let Some(rest) = line.strip_prefix(' ') {
            if let Some((_, value)) = fields.last_mut() {
                value.push_str(rest);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    fields
}

/// The first line of the first value of a name that is not empty.
pub(super) fn first<N: AsRef<str>>(fields: &[(N, String)], names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let found = fields
            .iter()
            .find(|(given, value)| given.as_ref().eq_ignore_ascii_case(name) && !value.is_empty());
        found.map(|(_, value)| super::shown(value.lines().next().unwrap_or_default()))
    })
}

/// Every value of a name.
pub(super) fn every<'f>(fields: &'f [(&str, String)], name: &'f str) -> impl Iterator<Item = &'f str> {
    fields.iter().filter(move |(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::{every, fields, first, manifest};

    #[test]
    fn fields_continue_and_end_at_an_empty_line() {
        let read = fields("Package: x\nDepends: a,\n b (>= 1)\nTag: 1\nTag: 2\n\nVersion: 9\n");
        assert_eq!(every(&read, "depends").collect::<Vec<_>>(), ["a,\nb (>= 1)"]);
        assert_eq!(first(&read, &["depends"]).unwrap(), "a,");
        assert_eq!(first(&read, &["Version", "Package"]).unwrap(), "x");
        assert_eq!(every(&read, "Tag").collect::<Vec<_>>(), ["1", "2"]);
        assert!(fields(" no field above\n").is_empty());
    }

    #[test]
    fn a_manifest_is_folded_at_seventy_two_bytes() {
        let read = manifest("Implementation-Title: Orr\n in Relay\r\nX: 1\n\nName: y\n");
        assert_eq!(first(&read, &["implementation-title"]).unwrap(), "Orrin Relay");
        assert_eq!(read.len(), 2);
    }
}
