//! The text of a script with its lines and positions: parsed positions are characters, quotes are lines.

use brush_parser::SourceSpan;

/// Characters of a condition or of a quoted line that are kept.
const LONGEST: usize = 300;
/// Lines that are joined where one continues the other.
const MOST_JOINED: usize = 6;

/// The whole script as its lines; what is nested in it quotes from here.
#[derive(Debug)]
pub(super) struct Lines<'a>(Vec<&'a str>);

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Lines<'a> {
        Lines(text.lines().collect())
    }

    /// The line of that number, counted from 1, joined with those that continue it.
    pub(super) fn quote(&self, line: usize) -> String {
        let mut joined = String::new();
        for at in (line.saturating_sub(1)..self.0.len()).take(MOST_JOINED) {
            let text = self.0.get(at).copied().unwrap_or_default();
            let continued = text.strip_suffix('\\');
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.extend(continued.unwrap_or(text).trim().chars().take(LONGEST));
            if continued.is_none() || joined.len() > LONGEST {
                break;
            }
        }
        joined
    }
}

/// The text that is being parsed: the script, or a command that stands in it.
#[derive(Debug)]
pub(super) struct Source<'a> {
    text: &'a str,
    /// Where every 64th character begins.
    marks: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(super) fn of(text: &'a str) -> Source<'a> {
        Source { text, marks: text.char_indices().step_by(64).map(|(at, _)| at).collect() }
    }

    fn byte(&self, character: usize) -> usize {
        let mark = self.marks.get(character / 64).copied().unwrap_or(self.text.len());
        let rest = self.text.get(mark..).unwrap_or_default();
        rest.char_indices().nth(character % 64).map_or(self.text.len(), |(at, _)| mark + at)
    }

    /// What stands there, on one line and shortened.
    pub(super) fn shown(&self, span: &SourceSpan) -> String {
        let text = self.text.get(self.byte(span.start.index)..self.byte(span.end.index)).unwrap_or_default();
        shortened(text)
    }

    /// What stands there.
    pub(super) fn slice(&self, span: &SourceSpan) -> &'a str {
        self.text.get(self.byte(span.start.index)..self.byte(span.end.index)).unwrap_or_default()
    }
}

/// A text on one line, shortened.
pub(super) fn shortened(text: &str) -> String {
    let mut shown = String::new();
    for word in text.split(|c: char| c.is_whitespace()).filter(|word| !word.is_empty() && *word != "\\") {
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push_str(word);
        if shown.len() > LONGEST {
            break;
        }
    }
    match shown.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", shown.get(..at).unwrap_or_default()),
        None => shown,
    }
}
