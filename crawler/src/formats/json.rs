//! JSON looked at without being parsed: top-level keys, and list items as the bytes they are.
//!
//! Refuses to judge whether it is JSON; what it yields is still to be parsed. Nothing here recurses.

/// The members of an object, one after the other; a value is passed over only when the next member is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Members<'a> {
    text: &'a str,
    at: usize,
}

/// The members of the object that a text begins with; none where it begins with something else.
pub(crate) fn members(text: &str) -> Members<'_> {
    let at = after_spaces(text, 0);
    let at = if text.as_bytes().get(at) == Some(&b'{') { at + 1 } else { text.len() };
    Members { text, at }
}

impl<'a> Iterator for Members<'a> {
    /// A key as written, and the text from its value on.
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let at = after_spaces(self.text, self.at);
        if self.text.as_bytes().get(at) != Some(&b'"') {
            return None;
        }
        let end = value_end(self.text, at);
        let key = self.text.get(at + 1..end.checked_sub(1)?)?;
        let colon = after_spaces(self.text, end);
        if self.text.as_bytes().get(colon) != Some(&b':') {
            return None;
        }
        let value = after_spaces(self.text, colon + 1);
        let rest = self.text.get(value..)?;
        self.at = value;
        Some((key, rest))
    }
}

impl Members<'_> {
    /// Passes over the value of the member yielded last.
    pub(crate) fn pass(&mut self) {
        let end = after_spaces(self.text, value_end(self.text, self.at));
        self.at = if self.text.as_bytes().get(end) == Some(&b',') { end + 1 } else { self.text.len() };
    }
}

/// The items of the list that a text begins with, each as it is written.
pub(crate) fn items(text: &str) -> impl Iterator<Item = &str> {
    let start = after_spaces(text, 0);
    let mut at = if text.as_bytes().get(start) == Some(&b'[') { start + 1 } else { text.len() };
    std::iter::from_fn(move || {
        at = after_spaces(text, at);
        if matches!(text.as_bytes().get(at), None | Some(b']')) {
            return None;
        }
        let end = value_end(text, at);
        let item = text.get(at..end).filter(|item| !item.is_empty())?;
        let next = after_spaces(text, end);
        at = if text.as_bytes().get(next) == Some(&b',') { next + 1 } else { text.len() };
        Some(item)
    })
}

fn after_spaces(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The byte after the value that begins at `at`.
fn value_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (offset, byte) in bytes.get(at..).unwrap_or_default().iter().enumerate() {
        let here = at + offset;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => {
                in_string = !in_string;
                if !in_string && depth == 0 {
                    return here + 1;
                }
            }
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return if depth == 1 { here + 1 } else { here },
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return here,
            _ => {}
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{items, members};

    fn keys(text: &str) -> String {
        let mut members = members(text);
        let mut keys = Vec::new();
        while let Some((key, _)) = members.next() {
            keys.push(key);
            members.pass();
        }
        keys.join(" ")
    }

    #[test]
    fn keys_of_the_first_level_are_told() {
        assert_eq!(keys(r#" {"a": {"x": "}\"]"}, "b":[1,[2]], "c":1.5 ,"d":"e"}"#), "a b c d");
        assert_eq!(keys("[1]"), "");
        assert_eq!(keys(r#"{"a":1 "b":2}"#), "a");
        assert_eq!(keys(r#"{"a"#), "");
        assert_eq!(keys(r#"{"ä":"#), "ä");
        assert_eq!(keys(&format!("{{\"a\":{}", "[".repeat(100_000))), "a");
    }

    #[test]
    fn items_are_yielded_as_written() {
        assert_eq!(
            items(r#"[{"a":"]"}, 2 ,"x,y"] rest"#).collect::<Vec<_>>(),
            [r#"{"a":"]"}"#, "2 ", r#""x,y""#]
        );
        assert_eq!(items("[").count() + items("{}").count() + items("[]").count() + items("[,,").count(), 0);
    }
}
