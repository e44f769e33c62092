//! A statement cut into words, without comments.

/// One word, name, text, number or sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it stands; a quoted name without its quotes.
    pub(super) text: String,
    /// In upper case, for comparison; empty for texts and quoted names, which are no words of the language.
    pub(super) upper: String,
    /// What it is.
    pub(super) kind: Kind,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Name,
    Text,
    Sign,
}

/// Words of one statement that are read.
const MOST: usize = 20_000;

/// Cuts a statement.
pub(super) fn words(text: &str) -> Vec<Word> {
    let bytes = text.as_bytes();
    let (mut at, mut words) = (0, Vec::new());
    while let (Some(byte), true) = (bytes.get(at).copied(), words.len() < MOST) {
        let rest = bytes.get(at..).unwrap_or_default();
        let from = at;
        let kind = match byte {
            _ if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if rest.starts_with(b"--") => {
                at += until(rest, b"\n");
                continue;
            }
            // What MySQL runs by its version is code.
            b'/' if rest.starts_with(b"/*!") => {
                at += 3 + rest.iter().skip(3).take_while(|byte| byte.is_ascii_digit()).count();
                continue;
            }
            b'*' if rest.starts_with(b"*/") => {
                at += 2;
                continue;
            }
            b'/' if rest.starts_with(b"/*") => {
                at += (until(rest.get(2..).unwrap_or_default(), b"*/") + 4).min(rest.len());
                continue;
            }
            b'\'' => {
                at += quoted(rest, byte);
                Kind::Text
            }
            b'"' | b'`' | b'[' => {
                at += quoted(rest, if byte == b'[' { b']' } else { byte });
                Kind::Name
            }
            b'$' if dollar(rest).is_some() => {
                let tag = dollar(rest).unwrap_or_default();
                at += tag.len() + until(rest.get(tag.len()..).unwrap_or_default(), tag) + tag.len();
                at = at.min(bytes.len());
                Kind::Text
            }
            _ if is_word(byte) => {
                at += rest.iter().take_while(|byte| is_word(**byte)).count();
                Kind::Word
            }
            _ => {
                at += 1;
                Kind::Sign
            }
        };
        let text = text.get(from..at).unwrap_or_default();
        let upper =
            if matches!(kind, Kind::Word | Kind::Sign) { text.to_ascii_uppercase() } else { String::new() };
        let text = if kind == Kind::Name { text.trim_matches(['"', '`', '[', ']']) } else { text };
        words.push(Word { text: text.to_owned(), upper, kind });
    }
    words
}

/// Letters of names, and the signs of placeholders: `{prefix}relay`, `$table`, `%s`, `#__relay`.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'_' | b'$' | b'{' | b'}' | b'%' | b'#' | b'@' | b':' | b'?')
        || !byte.is_ascii()
}

/// Bytes before `end`, or all.
pub(super) fn until(bytes: &[u8], end: &[u8]) -> usize {
    bytes.windows(end.len().max(1)).position(|window| window == end).unwrap_or(bytes.len())
}

/// The length of a quoted text; a doubled quote and one behind a backslash do not end it.
pub(super) fn quoted(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at).copied() {
        at += 1;
        if byte == b'\\' && quote != b']' {
            at += 1;
        } else if byte == quote {
            if bytes.get(at) != Some(&quote) {
                return at;
            }
            at += 1;
        }
    }
    bytes.len()
}

/// The tag that opens a text in dollars: `$$`, `$body$`.
pub(super) fn dollar(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"$")?;
    let length =
        rest.iter().take(40).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let closes = rest.get(length) == Some(&b'$') && !rest.first().is_some_and(u8::is_ascii_digit);
    closes.then(|| bytes.get(..length + 2)).flatten()
}
