//! Which format some bytes are in: by what they say, and only then by what their file is called.
//!
//! Refuses to parse: JSON is asked for its top-level keys, XML for its root, text for its first lines. What holds
//! nothing to read is named by a reason that can be counted.

use crate::formats::{
    Origin, Read, Unreadable, advisory_yaml, csaf, cve, discourse, feed, json, known_exploited, lifecycle,
    mail, markdown, osv, page,
};

/// Text that is neither JSON nor XML, and names of files.
mod words;

/// A format, or why there is nothing to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// CSAF 2.0 or 2.1.
    Csaf,
    /// An OSV record as JSON.
    OsvJson,
    /// An OSV record as YAML.
    OsvYaml,
    /// A CVE record, JSON 5.
    Cve,
    /// RSS, Atom, RDF or JSON Feed.
    Feed,
    /// A topic of a Discourse forum as JSON.
    DiscourseTopic,
    /// An HTML page.
    Page,
    /// Markdown or plain text.
    Markdown,
    /// An advisory as YAML of FriendsOfPHP or RubySec.
    AdvisoryYaml,
    /// A mail or a mailbox.
    Mail,
    /// A catalogue of known exploited vulnerabilities.
    KnownExploited,
    /// Releases of products and their ends of support.
    Lifecycle,
    /// Nothing to read, for a reason.
    NotADocument(&'static str),
}

impl Format {
    /// Reads bytes as this format.
    ///
    /// # Errors
    /// What the format's reader says; for what is no document, its reason.
    pub fn parse(self, bytes: &[u8], origin: &Origin<'_>) -> Read {
        match self {
            Self::Csaf => csaf::parse(bytes, origin),
            Self::OsvJson => osv::parse_json(bytes, origin),
            Self::OsvYaml => osv::parse_yaml(bytes, origin),
            Self::Cve => cve::parse(bytes, origin),
            Self::Feed => feed::parse(bytes, origin),
            Self::DiscourseTopic => discourse::parse_topic(bytes, origin),
            Self::Page => page::parse(bytes, origin),
            Self::Markdown => markdown::parse(bytes, origin),
            Self::AdvisoryYaml => advisory_yaml::parse(bytes, origin),
            Self::Mail => mail::parse(bytes, origin),
            Self::KnownExploited => known_exploited::parse(bytes, origin),
            Self::Lifecycle => lifecycle::parse(bytes, origin),
            Self::NotADocument(reason) => Err(Unreadable::new("no document", reason)),
        }
    }
}

/// Bytes of a text that are looked at.
const PEEK: usize = 4096;

/// Recognises the format of a document that is called `path`.
#[must_use]
pub fn recognise(path: &str, bytes: &[u8]) -> Format {
    if let Some(reason) = words::suffix_reason(path) {
        return Format::NotADocument(reason);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..PEEK).unwrap_or(bytes);
    let head = match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..] => {
            head.iter().copied().filter(|byte| (1..0x80).contains(byte)).collect()
        }
        _ => head.to_vec(),
    };
    let first = head.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    match first {
        None => Format::NotADocument("empty"),
        Some(b'{') => json_object(bytes),
        Some(b'[') if std::str::from_utf8(bytes).is_ok_and(lifecycle::looks_like_cycles) => Format::Lifecycle,
        Some(b'[') if words::has_suffix(path, &[".json"]) => Format::NotADocument("a JSON list"),
        Some(b'<') if words::has_suffix(path, &[".md", ".mdx", ".markdown"]) => Format::Markdown,
        Some(b'<') => xml(&String::from_utf8_lossy(&head)),
        Some(_) if head.contains(&0) => Format::NotADocument("binary"),
        Some(_) => words::recognise(path, &String::from_utf8_lossy(&head)),
    }
}

fn json_object(bytes: &[u8]) -> Format {
    let Ok(text) = std::str::from_utf8(bytes) else { return Format::NotADocument("JSON that is not UTF-8") };
    let mut members = json::members(text);
    let (mut has_id, mut looks_osv, mut listed) = (false, false, false);
    while let Some((key, value)) = members.next() {
        let said = |wanted: &str| value.strip_prefix('"').is_some_and(|value| value.starts_with(wanted));
        match key {
            "document" => return Format::Csaf,
            "containers" | "cveMetadata" => return Format::Cve,
            "dataType" if said("CVE_RECORD") => return Format::Cve,
            "post_stream" => return Format::DiscourseTopic,
            "version" if said("https://jsonfeed.org") => return Format::Feed,
            "catalogVersion" => return Format::KnownExploited,
            "result" if lifecycle::looks_like_products(value) => return Format::Lifecycle,
            "feed" => return Format::NotADocument("a ROLIE feed, an index of documents"),
            "canonical_url" | "public_openpgp_keys" | "metadata_version" => {
                return Format::NotADocument("a CSAF provider's description of itself");
            }
            "bomFormat" | "spdxVersion" => return Format::NotADocument("a bill of materials"),
            "data_format" | "data_type" | "CVE_data_meta" | "CVE_Items" | "resultsPerPage" => {
                return Format::NotADocument("an NVD or CVE 4 record, not read yet");
            }
            "statements" => return Format::NotADocument("OpenVEX, not read yet"),
            "definitions" | "properties" | "$defs" => return Format::NotADocument("a schema"),
            "id" => has_id = value.starts_with('"'),
            "modified" | "affected" | "schema_version" | "aliases" | "withdrawn" => looks_osv = true,
            "vulnerabilities" => listed = true,
            _ => {}
        }
        if has_id && looks_osv {
            return Format::OsvJson;
        }
        members.pass();
    }
    Format::NotADocument(if listed {
        "a list of vulnerabilities, not read yet"
    } else {
        "JSON of another kind"
    })
}

/// XML and HTML by the root element.
fn xml(head: &str) -> Format {
    let mut rest = head.trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
            let kind = rest.get(9..).unwrap_or_default().trim_start();
            if kind.get(..4).is_some_and(|kind| kind.eq_ignore_ascii_case("html")) {
                return Format::Page;
            }
            if kind.split('>').next().is_some_and(|declared| declared.contains('[')) { "]>" } else { ">" }
        } else {
            break;
        };
        match rest.split_once(end) {
            Some((_, after)) => rest = after.trim_start(),
            None => return Format::NotADocument("XML whose root is not in sight"),
        }
    }
    let root = rest.trim_start_matches('<');
    let root = root
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '_' | '-')))
        .next()
        .unwrap_or_default();
    match root.rsplit(':').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "rss" | "feed" | "rdf" | "channel" => Format::Feed,
        "html" | "head" | "body" | "div" | "p" | "article" | "main" | "section" => Format::Page,
        "cvrfdoc" => Format::NotADocument("CVRF, not read yet"),
        "oval_definitions" => Format::NotADocument("OVAL definitions, not read yet"),
        "urlset" | "sitemapindex" => Format::NotADocument("a sitemap"),
        "svg" => Format::NotADocument("an image"),
        _ => Format::NotADocument("XML of another kind"),
    }
}

#[cfg(test)]
mod tests;
