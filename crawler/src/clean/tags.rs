//! Markup seen as a row of tags, without building a tree: how deep it nests, and its text when it must not be parsed.
//!
//! A tree builder takes quadratic time over deep nesting (40,000 open `div` take 6 s) and repeats open formatting for
//! every paragraph. One pass over the tags finds both before any tree is built. The depth is an upper estimate by the
//! rules of the HTML standard (section 13.2.6, "scope"); where in doubt it counts too much, never too little.

use std::borrow::Cow;

/// Elements that may be open at once; real pages stay below 60.
const MAX_DEPTH: usize = 200;
/// Nodes that a tree may have, repeated formatting included.
const MAX_NODES: usize = 2_000_000;

/// Elements that never hold others, or that the next one of their kind closes.
const SHALLOW: [&str; 27] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dt", "dd", "option", "optgroup", "tr", "tbody", "thead", "tfoot", "colgroup", "rp",
    "rt",
];
/// Elements whose end tag closes only themselves, and which are opened again after misnesting.
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements that an end tag inside them cannot see past.
const BOUNDARIES: [&str; 8] = ["table", "td", "th", "caption", "marquee", "object", "template", "svg"];
/// Elements whose content is not markup.
const RAW: [&str; 6] = ["script", "style", "textarea", "title", "xmp", "iframe"];

/// Whether a tree can be built of this HTML within bounds of size, depth and repetition.
pub(super) fn may_be_parsed(html: &str, max_bytes: usize) -> bool {
    if html.len() > max_bytes {
        return false;
    }
    let mut open: Vec<Cow<'_, str>> = Vec::new();
    let mut formatting = 0;
    let mut nodes = 0_usize;
    for piece in Pieces::of(html) {
        let Piece::Tag { name, closes, .. } = piece else { continue };
        nodes += 1 + formatting;
        if closes {
            formatting -= usize::from(close(&mut open, &name) && FORMATTING.contains(&&*name));
        } else if !SHALLOW.contains(&&*name) {
            formatting += usize::from(FORMATTING.contains(&&*name));
            open.push(name);
        }
        if open.len() > MAX_DEPTH || nodes > MAX_NODES {
            return false;
        }
    }
    true
}

/// Takes the element that an end tag closes off the open ones; whether there was one.
fn close(open: &mut Vec<Cow<'_, str>>, name: &str) -> bool {
    if open.pop_if(|last| *last == name).is_some() {
        return true;
    }
    let Some(at) = open.iter().rposition(|held| held == name) else { return false };
    let above = open.get(at + 1..).unwrap_or_default();
    // Formatting elements above stay counted: the builder opens them again.
    let sees_past = above.iter().any(|held| BOUNDARIES.contains(&&**held));
    if FORMATTING.contains(&name) || (sees_past && !BOUNDARIES.contains(&name)) {
        if !sees_past {
            open.remove(at);
            return true;
        }
        return false;
    }
    let kept: Vec<Cow<'_, str>> =
        open.split_off(at).into_iter().skip(1).filter(|held| FORMATTING.contains(&&**held)).collect();
    open.extend(kept);
    true
}

/// The text of HTML without its tags, for markup that must not be parsed; scripts and styles are dropped.
pub(super) fn strip(html: &str) -> String {
    let mut out = String::with_capacity(html.len().min(4 << 20));
    for piece in Pieces::of(html) {
        match piece {
            Piece::Text(text) => decode_into(text, &mut out),
            Piece::Tag { name, .. } if FORMATTING.contains(&&*name) || name == "span" => {}
            Piece::Tag { .. } => {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
        }
        if out.len() > 4 << 20 {
            break;
        }
    }
    out
}

/// Resolves the references of XML and of numbers; others stay as written.
fn decode_into(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let named = after.get(..after.floor_char_boundary(12)).and_then(|window| window.split_once(';'));
        let known = named.and_then(|(name, _)| reference(name).map(|character| (character, name.len() + 1)));
        match known {
            Some((character, length)) => {
                out.push(character);
                rest = after.get(length..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => return None,
    })
}

/// One piece of markup.
enum Piece<'a> {
    Text(&'a str),
    Tag { name: Cow<'a, str>, closes: bool },
}

/// Markup as a row of texts and tags; comments, declarations and the content of raw elements are passed over.
struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    fn of(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// Moves on behind `end`, or to the end of the markup where it does not stand.
    fn skip_past(&mut self, end: &str) {
        self.rest = self.rest.split_once(end).map_or("", |(_, after)| after);
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        while !self.rest.is_empty() {
            let at = self.rest.find('<').unwrap_or(self.rest.len());
            if at > 0 {
                let (text, rest) = self.rest.split_at(at);
                self.rest = rest;
                return Some(Piece::Text(text));
            }
            let after = self.rest.get(1..).unwrap_or_default();
            let closes = after.starts_with('/');
            let named = if closes { after.get(1..).unwrap_or_default() } else { after };
            if after.starts_with("!--") {
                self.skip_past("-->");
            } else if after.starts_with(['!', '?']) {
                self.skip_past(">");
            } else if named.starts_with(|first: char| first.is_ascii_alphabetic()) {
                return Some(self.tag(named, closes));
            } else {
                let (text, rest) = self.rest.split_at(1);
                self.rest = rest;
                return Some(Piece::Text(text));
            }
        }
        None
    }
}

impl<'a> Pieces<'a> {
    fn tag(&mut self, named: &'a str, closes: bool) -> Piece<'a> {
        let end = named
            .find(|next: char| next.is_whitespace() || next == '>' || next == '/')
            .unwrap_or(named.len());
        let (name, rest) = named.split_at(end);
        let name = match name.bytes().any(|letter| letter.is_ascii_uppercase()) {
            true => Cow::Owned(name.to_ascii_lowercase()),
            false => Cow::Borrowed(name),
        };
        self.rest = behind_attributes(rest);
        if !closes && RAW.contains(&&*name) {
            self.rest = behind_raw(self.rest, &name);
        }
        Piece::Tag { name, closes }
    }
}

/// What follows the `>` that ends a tag; a `>` inside quotes does not.
fn behind_attributes(rest: &str) -> &str {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in rest.bytes().enumerate() {
        match quote {
            Some(mark) if byte == mark => quote = None,
            Some(_) => {}
            None if byte == b'>' => return rest.get(at + 1..).unwrap_or_default(),
            None if (byte == b'"' || byte == b'\'') && after_equals => quote = Some(byte),
            None => {}
        }
        if !byte.is_ascii_whitespace() {
            after_equals = byte == b'=';
        }
    }
    ""
}

/// What follows a raw element's end tag; the element lasts to the end where it has none.
fn behind_raw<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(found) = rest.get(from..).and_then(|tail| tail.find("</")) {
        let at = from + found;
        let tail = rest.get(at + 2..).unwrap_or_default();
        if tail.as_bytes().get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes())) {
            return behind_attributes(tail);
        }
        from = at + 2;
    }
    ""
}
