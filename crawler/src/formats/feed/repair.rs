//! XML of a feed as it should have been written: one pass that mends what stops a strict reader.
//!
//! Bare `&` become `&amp;`, HTML's named references become their letters, references to no character go, declarations
//! and document types go (so no entity that a document defines is ever expanded), unknown RSS versions become 2.0.
//! Refuses documents that nest too deeply.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::clean;
use crate::formats::Unreadable;

/// Elements that may be open at once.
const MAX_DEPTH: i32 = 500;

/// The document, mended.
pub(super) fn repaired(xml: &str) -> Result<String, Unreadable> {
    let mut out = String::with_capacity(xml.len() + xml.len() / 16);
    let mut known = HashMap::new();
    let mut depth = 0;
    let mut rest = xml;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        rest = match tail.as_bytes() {
            [b'&', ..] => reference(tail, &mut out, &mut known),
            _ => markup(tail, &mut out, &mut depth),
        };
        if depth > MAX_DEPTH {
            return Err(Unreadable::new(
                "nested too deeply",
                format!("more than {MAX_DEPTH} elements are open at once"),
            ));
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// Copies a mended reference; answers what follows it.
fn reference<'a>(tail: &'a str, out: &mut String, known: &mut HashMap<String, String>) -> &'a str {
    let after = tail.get(1..).unwrap_or_default();
    let window = after.get(..after.floor_char_boundary(34)).unwrap_or(after);
    let name = window.split_once(';').map(|(name, _)| name).filter(|name| {
        let bare = name.strip_prefix('#').unwrap_or(name);
        !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let Some(name) = name else {
        out.push_str("&amp;");
        return after;
    };
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => number.parse().ok(),
        };
        if let Some(letter) = code.and_then(char::from_u32).filter(|letter| *letter != '\0') {
            escape(letter, out);
        }
    } else if matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
        out.push_str(&format!("&{name};"));
    } else {
        let letters =
            known.entry(name.to_owned()).or_insert_with(|| clean::html(&format!("x&{name};x")).into_string());
        let letters = letters.strip_prefix('x').and_then(|letters| letters.strip_suffix('x')).unwrap_or(" ");
        if letters.starts_with('&') && letters.len() > 1 {
            out.push_str(&format!("&amp;{name};"));
        } else {
            letters.chars().for_each(|letter| escape(letter, out));
        }
    }
    after.get(name.len() + 1..).unwrap_or_default()
}

fn escape(letter: char, out: &mut String) {
    match letter {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '"' => out.push_str("&quot;"),
        other => out.push(other),
    }
}

/// Copies what may stay of the markup that begins here; answers what follows it.
fn markup<'a>(tail: &'a str, out: &mut String, depth: &mut i32) -> &'a str {
    let past = |end: &str| tail.split_once(end).map_or("", |(_, after)| after);
    if tail.starts_with("<![CDATA[") {
        let after = past("]]>");
        out.push_str(tail.get(..tail.len() - after.len()).unwrap_or_default());
        if after.is_empty() && !tail.ends_with("]]>") {
            out.push_str("]]>");
        }
        after
    } else if tail.starts_with("<!--") {
        past("-->")
    } else if tail.starts_with("<?") {
        past("?>")
    } else if tail.starts_with("<!") {
        behind_document_type(tail)
    } else {
        tag(tail, out, depth)
    }
}

/// What follows a document type, its internal subset included.
fn behind_document_type(tail: &str) -> &str {
    let close = tail.find('>').unwrap_or(tail.len());
    let subset = tail.get(..close).and_then(|head| head.find('['));
    match subset {
        Some(open) => {
            let inner = tail.get(open..).unwrap_or_default();
            let end = inner.find("]>").map(|at| at + 2).or_else(|| {
                let end = inner.find(']')?;
                inner.get(end..)?.find('>').map(|more| end + more + 1)
            });
            end.and_then(|end| inner.get(end..)).unwrap_or_default()
        }
        None => tail.get(close + 1..).unwrap_or_default(),
    }
}

fn tag<'a>(tail: &'a str, out: &mut String, depth: &mut i32) -> &'a str {
    let after = tail.get(1..).unwrap_or_default();
    let closes = after.starts_with('/');
    if !closes && !after.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        out.push_str("&lt;");
        return after;
    }
    let end = after.find(['>', '<']).unwrap_or(after.len());
    let selfless = after.get(..end).is_some_and(|tag| tag.ends_with('/'));
    *depth += if closes { -1 } else { i32::from(!selfless) };
    out.push('<');
    if after.starts_with("rss") && *depth == 1 {
        out.push_str(&version(after.get(..end).unwrap_or_default()));
        return after.get(end..).unwrap_or_default();
    }
    after
}

/// The opening of an `rss` element with a version that readers know.
fn version(tag: &str) -> Cow<'_, str> {
    let known = ["\"2.0\"", "'2.0'", "\"0.91\"", "'0.91'", "\"0.92\"", "'0.92'"];
    let Some(at) = tag.find("version=") else {
        return Cow::Owned(format!("{tag} version=\"2.0\""));
    };
    let (before, value) = tag.split_at(at + "version=".len());
    if known.iter().any(|known| value.starts_with(known)) {
        return Cow::Borrowed(tag);
    }
    let quote = value.chars().next().unwrap_or('"');
    let after = value.splitn(3, quote).nth(2).unwrap_or_default();
    Cow::Owned(format!("{before}\"2.0\"{after}"))
}
