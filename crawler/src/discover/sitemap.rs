//! Sitemaps (sitemaps.org): which pages a site has, of which those that speak of security, releases and the like are kept.
//!
//! XML, plain text, and either compressed with gzip, unpacked up to a bound. Entities of a document type are not
//! expanded. Refuses to look at more than 50,000 addresses of a file, the number that the protocol allows.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use url::Url;

use super::{channel, seen};

/// Addresses of one file that are looked at.
const MAX_ADDRESSES: usize = 50_000;
/// Bytes of a file after unpacking.
const MAX_BYTES: u64 = 16 << 20;
/// Sitemaps of an index that are kept.
const MAX_MAPS: usize = 50;
/// Pages that are kept of one file.
const MAX_PAGES: usize = 200;

/// What a sitemap lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listed {
    /// Further sitemaps, if it is an index.
    pub(super) maps: Vec<Url>,
    /// Pages with a topic worth reading.
    pub(super) pages: Vec<Url>,
}

/// Reads a sitemap that lies at `base`.
///
/// # Errors
/// When it is none.
pub(super) fn read(bytes: &[u8], base: &Url) -> Result<Listed, &'static str> {
    let unpacked;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        // What was unpacked before a fault is still a list of addresses.
        let _ = MultiGzDecoder::new(bytes).take(MAX_BYTES).read_to_end(&mut plain);
        unpacked = plain;
        &unpacked
    } else {
        bytes
    };
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') { xml(text, base) } else { lines(text, base) }
}

fn xml(text: &str, base: &Url) -> Result<Listed, &'static str> {
    let mut reader = Reader::from_str(text);
    let (mut listed, mut index, mut count) = (Listed::default(), None, 0);
    let (mut within, mut said) = (false, String::new());
    // A file that breaks off is taken as far as it goes.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) | Event::Empty(tag) if index.is_none() => match tag.local_name().as_ref() {
                "sitemapindex" => index = Some(true),
                "urlset" => index = Some(false),
                _ => return Err("it is no sitemap"),
            },
            Event::Start(tag) => {
                within = tag.local_name().as_ref() == "loc";
                said.clear();
            }
            Event::Text(part) if within => said.push_str(&part),
            Event::CData(part) if within => said.push_str(&part),
            Event::GeneralRef(entity) if within && &*entity == "amp" => said.push('&'),
            Event::End(tag) if tag.local_name().as_ref() == "loc" => {
                within = false;
                count += 1;
                keep(&mut listed, index == Some(true), &said, base);
            }
            Event::Eof => break,
            _ => {}
        }
        if count >= MAX_ADDRESSES {
            break;
        }
    }
    index.map(|_| listed).ok_or("it is no sitemap")
}

fn lines(text: &str, base: &Url) -> Result<Listed, &'static str> {
    let mut listed = Listed::default();
    let mut addresses =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_ADDRESSES).peekable();
    if !addresses.peek().is_some_and(|first| first.starts_with("http://") || first.starts_with("https://")) {
        return Err("it is no sitemap");
    }
    addresses.for_each(|line| keep(&mut listed, false, line, base));
    Ok(listed)
}

fn keep(listed: &mut Listed, map: bool, said: &str, base: &Url) {
    let Some(url) = seen::address(base, said) else { return };
    if map && listed.maps.len() < MAX_MAPS && !listed.maps.contains(&url) {
        listed.maps.push(url);
    } else if !map && listed.pages.len() < MAX_PAGES && channel::topic(&url).is_some() {
        listed.pages.push(url);
    }
}

/// Addresses after `Sitemap:` in a `robots.txt`.
pub(super) fn named(robots: &str, base: &Url) -> Vec<Url> {
    let value = |line: &str| {
        let (field, value) = line.split_once(':')?;
        field.trim().eq_ignore_ascii_case("sitemap").then(|| seen::address(base, value))?
    };
    robots.lines().filter_map(value).take(MAX_MAPS).collect()
}

/// Sitemaps in the order in which they are worth reading: those whose names speak of pages like ours, then short names.
pub(super) fn ordered(mut maps: Vec<Url>) -> Vec<Url> {
    let speaks = |url: &Url| {
        let path = url.path().to_ascii_lowercase();
        ["security", "advisor", "page", "release", "doc"].iter().any(|word| path.contains(word))
    };
    maps.sort_by_key(|url| (!speaks(url), url.as_str().len()));
    maps
}

/// Of pages with the same last part (a site in many languages), the one with the shortest address; the shortest first.
pub(super) fn distinct(mut pages: Vec<Url>) -> Vec<Url> {
    pages.sort_by_key(|url| (url.path().matches('/').count(), url.as_str().len()));
    let mut parts = std::collections::HashSet::new();
    pages.retain(|url| {
        let last = url.path_segments().and_then(|mut parts| parts.rfind(|part| !part.is_empty()));
        parts.insert(last.unwrap_or_default().to_ascii_lowercase())
    });
    pages
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use url::Url;

    use super::{Listed, MAX_MAPS, distinct, named, ordered, read};

    fn base() -> Url {
        Url::parse("https://acme.example/sitemap.xml").unwrap()
    }

    fn paths(urls: &[Url]) -> Vec<&str> {
        urls.iter().map(Url::path).collect()
    }

    const PAGES: &str = "<?xml version='1.0'?><!DOCTYPE urlset [<!ENTITY a 'x'>]><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
        <url><loc> https://acme.example/de/security </loc><lastmod>2026-01-01</lastmod></url>\
        <url><loc><![CDATA[https://acme.example/security]]></loc></url><url><loc>https://acme.example/about</loc></url>\
        <url><loc>https://acme.example/docs/changelog?a=1&amp;b=2</loc></url></urlset>";

    #[test]
    fn pages_with_a_topic_are_kept_in_whatever_form() {
        let check = |bytes: &[u8]| {
            let listed = read(bytes, &base()).unwrap();
            assert_eq!(paths(&distinct(listed.pages)), ["/security", "/docs/changelog"]);
        };
        check(PAGES.as_bytes());
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(PAGES.as_bytes()).unwrap();
        check(&packed.finish().unwrap());
        check(b"\xef\xbb\xbfhttps://acme.example/security\nhttps://acme.example/docs/changelog\n");
        check(PAGES.trim_end_matches("</urlset>").as_bytes());
    }

    #[test]
    fn an_index_without_end_and_what_is_no_sitemap_stay_within_bounds() {
        let mut index = "<sitemapindex>".to_owned();
        (0..10_000)
            .for_each(|number| index.push_str(&format!("<sitemap><loc>/{number}.xml</loc></sitemap>")));
        let listed = read(index.as_bytes(), &base()).unwrap();
        assert_eq!((listed.maps.len(), listed.pages.len()), (MAX_MAPS, 0));
        for text in ["<html><loc>https://acme.example/security</loc></html>", "nothing", "", "<"] {
            assert!(read(text.as_bytes(), &base()).is_err(), "{text}");
        }
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        bomb.write_all(b"<urlset>").unwrap();
        (0..64).for_each(|_| bomb.write_all(&vec![b' '; 1 << 20]).unwrap());
        assert_eq!(read(&bomb.finish().unwrap(), &base()), Ok(Listed::default()));
    }

    #[test]
    fn robots_name_sitemaps_and_the_telling_ones_come_first() {
        let robots = "User-agent: *\nDisallow:\nsitemap: /posts.xml\nSitemap:https://acme.example/pages.xml\nSitemap: data:x\n";
        let maps = ordered(named(robots, &base()));
        assert_eq!(paths(&maps), ["/pages.xml", "/posts.xml"]);
    }
}
