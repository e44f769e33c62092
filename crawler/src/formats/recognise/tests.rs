//! Beginnings of documents.

use super::{Format, recognise};

fn check(path: &str, bytes: &[u8], expected: Format) {
    assert_eq!(recognise(path, bytes), expected, "{path} {}", String::from_utf8_lossy(bytes));
}

#[test]
fn json_is_told_by_its_keys() {
    check("a", br#"{"document":{}}"#, Format::Csaf);
    check("a", br#"{"$schema":"x","document":{}}"#, Format::Csaf);
    check("a", br#"{"dataType":"CVE_RECORD"}"#, Format::Cve);
    check("a", br#"{"summary":"document","id":"GO-1","modified":"x"}"#, Format::OsvJson);
    check("a", br#"{"version":"https://jsonfeed.org/version/1"}"#, Format::Feed);
    check("a", br#"{"post_stream":{}}"#, Format::DiscourseTopic);
    check("a", br#"{"catalogVersion":"1"}"#, Format::KnownExploited);
    check("a", br#"{"result":[{"name":"x","releases":[]}]}"#, Format::Lifecycle);
    check("a", br#"{"result":{"name":"x","releases":[]}}"#, Format::Lifecycle);
    check("a.json", br#"[{"cycle":"1","eol":false}]"#, Format::Lifecycle);
    check("a", br#"{"result":[{"name":"x"}]}"#, Format::NotADocument("JSON of another kind"));
    check("a", br#"{"id":4,"affected":1}"#, Format::NotADocument("JSON of another kind"));
    check("a", br#"{"x":{"document":1}}"#, Format::NotADocument("JSON of another kind"));
    check("a.json", b"[]", Format::NotADocument("a JSON list"));
    check("a", b"{\"\xff\":1}", Format::NotADocument("JSON that is not UTF-8"));
}

#[test]
fn xml_is_told_by_its_root() {
    check("a", b"<?xml version='1.0'?><!-- x --><rss>", Format::Feed);
    check("a", b"\xef\xbb\xbf <rdf:RDF xmlns='x'>", Format::Feed);
    check("a", b"<!DOCTYPE x [<!ENTITY a \"b\">]><feed>", Format::Feed);
    check("a", b"<!doctype HTML><x>", Format::Page);
    check("a", b"\xff\xfe<\0r\0s\0s\0>\0", Format::Feed);
    check("a", b"<urlset>", Format::NotADocument("a sitemap"));
    check("a", b"<!--", Format::NotADocument("XML whose root is not in sight"));
    check("a", b"<", Format::NotADocument("XML of another kind"));
}

#[test]
fn text_is_told_by_its_first_lines() {
    check("a.mbox", b"From x@y Mon\nFrom: x\nSubject: y\n\nhi", Format::Mail);
    check("a", b"From: x\nDate: y\n\nhi", Format::Mail);
    check("a.md", b"# Title", Format::Markdown);
    check("a.yaml", b"affected:\n- x\nid: PYSEC-1\n", Format::OsvYaml);
    check("a.yml", b"---\ngem: rails\n", Format::AdvisoryYaml);
    check("a.com", b"User-agent: *\nDisallow: /\n", Format::NotADocument("a robots.txt file"));
    check(
        "a.txt",
        b"Acme Security Advisory\nThis one is about it.\nThat one is about it.\nAnd here is more to say.\n",
        Format::Markdown,
    );
    check("a.txt", b"1.0 < 2.0\n", Format::NotADocument("text of another kind"));
}

#[test]
fn what_holds_nothing_says_why() {
    check("a.json.sha512", b"abc", Format::NotADocument("a checksum"));
    check("a.json.ASC", b"abc", Format::NotADocument("a signature or key"));
    check("a", b" \n", Format::NotADocument("empty"));
    check("a", b"", Format::NotADocument("empty"));
    check("a", b"\x7fELF\0\0", Format::NotADocument("binary"));
    check("robots.txt", b"", Format::NotADocument("a robots.txt file"));
}
