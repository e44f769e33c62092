//! Recognises text by its first lines, and files by what they are called.

use crate::formats::recognise::Format;

/// What files with these endings are, whatever they hold.
const SUFFIXES: [(&str, &[&str]); 6] = [
    ("a checksum", &[".sha256", ".sha512", ".sha1", ".md5", ".sums"]),
    ("a signature or key", &[".asc", ".sig", ".minisig", ".pgp", ".gpg", ".pem", ".crt", ".key", ".pub"]),
    ("an image", &[".png", ".jpg", ".jpeg", ".gif", ".ico", ".svg", ".webp"]),
    ("a script or style", &[".js", ".css", ".py", ".sh", ".woff", ".woff2", ".mjs"]),
    ("a table", &[".csv", ".tsv"]),
    ("a schema", &[".xsd", ".dtd", "_schema.json", ".schema.json"]),
];

/// Why a file of this name holds nothing to read.
pub(super) fn suffix_reason(path: &str) -> Option<&'static str> {
    let file = path.rsplit('/').next().unwrap_or(path);
    if file.eq_ignore_ascii_case("robots.txt") {
        return Some("a robots.txt file");
    }
    if file.contains(".sig.") {
        return Some("a signature or key");
    }
    SUFFIXES.iter().find(|(_, suffixes)| has_suffix(path, suffixes)).map(|(reason, _)| *reason)
}

/// Whether a name ends in one of these, in any case.
pub(super) fn has_suffix(path: &str, suffixes: &[&str]) -> bool {
    suffixes.iter().any(|suffix| {
        let start = path.len().checked_sub(suffix.len());
        start.and_then(|start| path.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    })
}

/// Recognises text that is neither JSON nor XML by its first 4 KiB.
pub(super) fn recognise(path: &str, head: &str) -> Format {
    if head.starts_with("-----BEGIN PGP SIGNATURE") || head.starts_with("-----BEGIN PGP PUBLIC") {
        return Format::NotADocument("a signature or key");
    }
    if is_mail(head) {
        return Format::Mail;
    }
    if has_suffix(path, &[".md", ".mdx", ".markdown"]) {
        return Format::Markdown;
    }
    if has_suffix(path, &[".yaml", ".yml"]) {
        return yaml(head);
    }
    if head.lines().any(|line| line.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("user-agent:")))
    {
        return Format::NotADocument("a robots.txt file");
    }
    if head.starts_with("---\n") && head.contains("\n---") {
        return Format::Markdown;
    }
    prose(head)
}

/// Text without a telling name: an advisory says what it is within its first lines.
fn prose(head: &str) -> Format {
    let lower = head.to_ascii_lowercase();
    let telling =
        ["advisory", "vulnerab", "security", "bulletin", "cve-"].iter().any(|word| lower.contains(word));
    let sentences = head.lines().filter(|line| line.split_whitespace().count() >= 4).count();
    if telling && sentences >= 3 { Format::Markdown } else { Format::NotADocument("text of another kind") }
}

/// A mailbox line, or at least two of the header lines that every mail has (RFC 5322).
fn is_mail(head: &str) -> bool {
    const HEADERS: [&str; 8] =
        ["from:", "date:", "subject:", "message-id:", "to:", "received:", "return-path:", "mime-version:"];
    if head.starts_with("From ") && head.lines().take(40).any(|line| line.starts_with("From:")) {
        return true;
    }
    let header = head.lines().take_while(|line| !line.trim().is_empty());
    let mut found = [false; HEADERS.len()];
    for line in header {
        let lower = line.get(..line.floor_char_boundary(14)).unwrap_or_default().to_ascii_lowercase();
        match HEADERS.iter().position(|name| lower.starts_with(name)) {
            Some(at) => found.get_mut(at).into_iter().for_each(|found| *found = true),
            None if line.starts_with([' ', '\t']) || line.contains(':') => {}
            None => return false,
        }
    }
    found.iter().filter(|found| **found).count() >= 2 && found.first() == Some(&true)
}

/// YAML by its unindented keys.
fn yaml(head: &str) -> Format {
    let has =
        |key: &str| head.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    // A long description may push `id` out of sight; no other advisory has `affected` or `schema_version`.
    if has("schema_version") || has("affected") || (has("id") && (has("modified") || has("aliases"))) {
        Format::OsvYaml
    } else if has("gem") || has("reference") || has("branches") || has("composer-repository") || has("title")
    {
        Format::AdvisoryYaml
    } else {
        Format::NotADocument("YAML of another kind")
    }
}
