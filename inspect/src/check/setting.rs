//! Settings in configuration of no particular grammar: `key = value`, `key: value`, `key value;`, in sections or not.
//!
//! A line that is switched off by a comment is read all the same and says so; whoever asks decides by the value whether
//! it is one or prose.

use super::{Subject, folder, words};

/// One line that sets something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// The section it stands in, as written, without its brackets; empty before the first.
    pub(super) section: &'a str,
    /// What is set, as written.
    pub(super) key: &'a str,
    /// To what, without quotation marks, a closing semicolon and a comment behind it.
    pub(super) value: &'a str,
    /// The line, counted from 1.
    pub(super) line: usize,
    /// The whole line.
    pub(super) quote: &'a str,
    /// Whether it is switched off by a comment.
    pub(super) is_off: bool,
}

/// Lines that are read of one file.
const MOST: usize = 50_000;
/// Bytes of a line beyond which it is no setting that a person wrote.
const LONGEST: usize = 2_000;

/// Whether a file is configuration, by its place and its name.
pub(super) fn is_configuration(subject: &Subject<'_>) -> bool {
    const SUFFIXES: &str = "conf cnf ini cfg cf toml yaml yml properties list sources repo config settings defaults dist default \
        sample";
    let (name, suffix) = (subject.name, folder::suffix(subject.name));
    if subject.text.is_none() || subject.language.is_some() {
        return false;
    }
    let own = folder::own(name);
    // Pages, styles and pictures lie in `etc`, too, and folders with a full stop are somebody's workshop.
    let is_page =
        matches!(suffix.as_str(), "css" | "html" | "htm" | "svg" | "js" | "xml" | "tmpl" | "md" | "po");
    if is_page || name.split('/').any(|part| part.starts_with('.') && part.len() > 1) {
        return false;
    }
    let in_etc = folder::below(name, "etc").is_some_and(|rest| {
        // Programs that happen to be configuration, and lists of everything.
        !["init.d/", "ssl/", "fonts/", "alternatives/", "apparmor.d/", "magic"]
            .iter()
            .any(|start| rest.starts_with(start))
            && !matches!(rest, "services" | "protocols" | "mime.types")
    });
    let is_rc = own.ends_with("_config") && suffix.is_empty()
        || own.ends_with("rc") && own.len() > 4 && suffix.is_empty();
    in_etc || is_rc || words::has(SUFFIXES, suffix.as_str())
}

/// The settings of a file.
pub(super) fn entries<'a>(subject: &'a Subject<'_>) -> Vec<Entry<'a>> {
    let (mut section, mut found) = ("", Vec::new());
    for (line, quote) in subject.lines().take(MOST).filter(|(_, quote)| quote.len() < LONGEST) {
        let said = quote.trim();
        if let Some(name) = heading(said) {
            section = name;
            continue;
        }
        let (said, is_off) = match said.strip_prefix(['#', ';']) {
            Some(rest) => (rest.trim_start_matches(['#', ';', ' ', '\t']), true),
            None => (said.strip_prefix("export ").unwrap_or(said), said.starts_with("//")),
        };
        if let Some((key, value)) = pair(said) {
            found.push(Entry { section, key, value, line, quote, is_off });
        }
    }
    found
}

/// The name of the section that a line opens.
fn heading(line: &str) -> Option<&str> {
    let name = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))?;
    (!name.contains(['[', '"', ':'])).then_some(name)
}

fn pair(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("- ").unwrap_or(line);
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    let end = line.find(|c| !is_key(c)).unwrap_or(line.len());
    let (key, rest) = line.split_at_checked(end)?;
    let after = rest.trim_start();
    let value =
        after.strip_prefix(['=', ':']).map(|rest| rest.trim_start_matches(['=', '>'])).unwrap_or(after);
    // `x::y` and `x://y` are no pairs, and a key without white space or a sign before the value is a word.
    if key.is_empty() || rest.starts_with("://") || rest.starts_with("::") || rest.len() == value.len() {
        return None;
    }
    Some((key, clean(value)))
}

/// A value without what only marks its ends.
fn clean(value: &str) -> &str {
    let value = value.trim();
    for mark in ['"', '\''] {
        if let Some((inner, _)) = value.strip_prefix(mark).and_then(|rest| rest.split_once(mark)) {
            return inner.trim();
        }
    }
    let value = value.split_once(" #").map_or(value, |(value, _)| value);
    value
        .split_once("\t#")
        .map_or(value, |(value, _)| value)
        .trim_end()
        .trim_end_matches([';', ','])
        .trim_end()
}

#[cfg(test)]
mod tests {
    use super::{heading, pair};

    fn check(line: &str, expected: Option<(&str, &str)>) {
        assert_eq!(pair(line), expected, "{line}");
    }

    #[test]
    fn settings_of_every_habit_are_read() {
        check("port = 99", Some(("port", "99")));
        check("port: 99", Some(("port", "99")));
        check("listen 80 default_server;", Some(("listen", "80 default_server")));
        check("bind 127.0.0.1 -::1", Some(("bind", "127.0.0.1 -::1")));
        check("CMD=\"sudo -E\" # why", Some(("CMD", "sudo -E")));
        check("url = http://a/b # c", Some(("url", "http://a/b")));
        check("http.port=1", Some(("http.port", "1")));
        check("-l 127.0.0.1", Some(("-l", "127.0.0.1")));
        check("  ", None);
        check("http://x", None);
        check("word", None);
    }

    #[test]
    fn headings_open_sections() {
        assert_eq!(heading("[mysqld]"), Some("mysqld"));
        assert_eq!(heading("[::1]"), None);
        assert_eq!(heading("listen = [::]"), None);
    }
}
