//! Characters that have no place in an entry's text: controls, overrides of direction, and what nobody can see.
//!
//! Text that has none of them is copied as it is, found by one scan over its bytes. Refuses to normalise: what a vendor
//! wrote stays comparable with what a vendor wrote elsewhere. The sets follow Unicode Standard Annex 9 (bidirectional
//! formatting) and Technical Report 36 (invisible letters).

/// Text without controls other than line feed and tab, without overrides and invisible letters, with `\n` as line end,
/// with at most two blank lines in a row, and without blank lines at either end.
pub(super) fn clean(text: &str) -> String {
    let text = text.trim_matches(['\n', '\r', '\u{feff}']);
    let text = text.trim_end();
    if is_clean(text) { text.to_owned() } else { rewritten(text) }
}

/// Whether no byte of the text needs a second look. May say no to text that turns out clean.
fn is_clean(text: &str) -> bool {
    let chunks = text.as_bytes().chunks(256);
    for chunk in chunks {
        let odd = chunk.iter().fold(false, |odd, &byte| {
            odd | ((byte < 0x20) & (byte != b'\n') & (byte != b'\t')) | (byte >= 0x7f)
        });
        if odd && chunk.iter().any(|&byte| may_begin_unwanted(byte)) {
            return false;
        }
    }
    !text.contains("\n\n\n\n")
}

/// Whether a byte is, or begins in UTF-8, a character that may have to go.
fn may_begin_unwanted(byte: u8) -> bool {
    match byte {
        b'\n' | b'\t' => false,
        // C1 controls and the soft hyphen; U+034F; U+061C; U+115F, U+180E, U+2000 to U+2FFF; U+3164; U+FE00 and
        // the byte order mark; the planes of tags and private variation selectors.
        0xC2 | 0xCD | 0xD8 | 0xE1 | 0xE2 | 0xE3 | 0xEF | 0xF3 => true,
        _ => byte < 0x20 || byte == 0x7F,
    }
}

fn rewritten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut line_feeds = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let character = match character {
            '\r' if characters.peek() == Some(&'\n') => continue,
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => '\n',
            '\u{200c}' | '\u{200d}' if joins(&out, characters.peek()) => character,
            other if is_unwanted(other) => continue,
            other => other,
        };
        line_feeds = if character == '\n' { line_feeds + 1 } else { 0 };
        if line_feeds <= 3 {
            out.push(character);
        }
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out
}

/// Whether a joiner stands between letters of scripts that need it (Arabic, Indic and South-East Asian scripts).
fn joins(before: &str, after: Option<&char>) -> bool {
    let needs = |letter: char| matches!(letter, '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1800}'..='\u{18af}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}');
    before.chars().next_back().is_some_and(needs) && after.is_some_and(|&letter| needs(letter))
}

fn is_unwanted(character: char) -> bool {
    (character.is_control() && character != '\n' && character != '\t')
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(clean(input), expected);
    }

    #[test]
    fn clean_text_stays_as_it_is() {
        check("  a\tb\n\nc – “d” é 日本", "  a\tb\n\nc – “d” é 日本");
    }

    #[test]
    fn line_ends_become_line_feeds() {
        check("a\r\nb\rc\u{2028}d", "a\nb\nc\nd");
        check("\n\na\n\n\n\n\n\nb\n\n", "a\n\n\nb");
    }

    #[test]
    fn controls_and_overrides_go() {
        check("a\u{0}\u{1b}[31mb\u{7f}\u{9b}", "a[31mb");
        check("safe\u{202e}gpj.exe\u{2066}x\u{61c}", "safegpj.exex");
        check("\u{feff}a\u{feff}b\u{200b}c\u{e0041}", "abc");
    }

    #[test]
    fn a_joiner_stays_only_where_a_script_needs_it() {
        check("\u{645}\u{6cc}\u{200c}\u{62e}", "\u{645}\u{6cc}\u{200c}\u{62e}");
        check("pay\u{200d}pal", "paypal");
    }
}
