//! Cleaned text as a page shows it: headings, paragraphs, lists and fenced blocks, with mentions as links.
//!
//! Refuses to make markup: the outcome is typed pieces, and the template writes the elements. The text is a stranger's
//! even when cleaned, and so are the byte ranges that come with it: whatever does not fit is left out, never trusted.

use std::ops::Range;

use index::mention::Mention;

use crate::words::{search_address, search_for};

/// A block of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// A line that began with `## `, or that was underlined.
    Heading(Vec<Run>),
    /// Lines up to an empty one.
    Paragraph(Vec<Run>),
    /// Lines that began with `- ` or `* `, each with what is indented behind it.
    List(Vec<Vec<Run>>),
    /// What stood between two fences, as it was.
    Code(Vec<Run>),
}

/// A stretch of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The words.
    pub(crate) text: String,
    /// The search that these words lead to, and what they are, when they are an identifier.
    pub(crate) link: Option<Link>,
}

/// Where an identifier leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// The address of the search.
    pub(crate) address: String,
    /// What sort of identifier it is.
    pub(crate) kind: &'static str,
}

/// The blocks of `range` of the text; mentions give byte ranges of the whole text.
pub(crate) fn blocks(text: &str, range: Range<usize>, mentions: &[Mention]) -> Vec<Block> {
    let mut marks: Vec<&Mention> = mentions.iter().filter(|mention| mention.start < mention.end).collect();
    marks.sort_by_key(|mention| (mention.start, mention.end));
    let reader = Reader { text, marks };
    let mut blocks = Vec::new();
    let mut open = Open::None;
    for line in lines(text, range) {
        open = reader.read(line, open, &mut blocks);
    }
    reader.close(open, &mut blocks);
    blocks
}

/// The block that is being read, as ranges of bytes.
enum Open {
    None,
    Paragraph(Range<usize>),
    List(Vec<Range<usize>>),
    Code(Option<Range<usize>>),
}

struct Reader<'a> {
    text: &'a str,
    marks: Vec<&'a Mention>,
}

impl Reader<'_> {
    fn read(&self, line: Range<usize>, open: Open, blocks: &mut Vec<Block>) -> Open {
        let words = self.text.get(line.clone()).unwrap_or_default();
        if let Open::Code(held) = open {
            if words.starts_with("```") {
                self.close(Open::Code(held), blocks);
                return Open::None;
            }
            return Open::Code(Some(held.map_or(line.start, |held| held.start)..line.end));
        }
        if words.starts_with("```") {
            self.close(open, blocks);
            return Open::Code(None);
        }
        if let Some(sign) = heading(words) {
            self.close(open, blocks);
            blocks.push(Block::Heading(self.runs(line.start + sign..line.end)));
            return Open::None;
        }
        if is_rule(words) {
            return self.rule(line, open, blocks);
        }
        if words.trim().is_empty() {
            self.close(open, blocks);
            return Open::None;
        }
        if let Some(sign) = bullet(words) {
            let item = line.start + sign..line.end;
            return match open {
                Open::List(mut items) => {
                    items.push(item);
                    Open::List(items)
                }
                open => {
                    self.close(open, blocks);
                    Open::List(vec![item])
                }
            };
        }
        match open {
            Open::Paragraph(held) => Open::Paragraph(held.start..line.end),
            Open::List(mut items) if words.starts_with(' ') => {
                if let Some(last) = items.last_mut() {
                    last.end = line.end;
                }
                Open::List(items)
            }
            open => {
                self.close(open, blocks);
                Open::Paragraph(line)
            }
        }
    }

    /// A line of dashes or equals signs: it makes a short line above it a heading, and says nothing by itself.
    fn rule(&self, line: Range<usize>, open: Open, blocks: &mut Vec<Block>) -> Open {
        match open {
            Open::Paragraph(held) if held.len() <= 100 => {
                let above = self.text.get(held.clone()).unwrap_or_default();
                if above.contains('\n') {
                    return Open::Paragraph(held.start..line.end);
                }
                blocks.push(Block::Heading(self.runs(held)));
            }
            Open::Paragraph(held) => return Open::Paragraph(held.start..line.end),
            open => self.close(open, blocks),
        }
        Open::None
    }

    fn close(&self, open: Open, blocks: &mut Vec<Block>) {
        match open {
            Open::None => {}
            Open::Paragraph(range) => blocks.push(Block::Paragraph(self.runs(range))),
            Open::List(items) => {
                // An empty line between two items does not end their list.
                let mut items: Vec<Vec<Run>> = items.into_iter().map(|item| self.runs(item)).collect();
                if let Some(Block::List(before)) = blocks.last_mut() {
                    before.append(&mut items);
                } else {
                    blocks.push(Block::List(items));
                }
            }
            Open::Code(range) => {
                blocks.push(Block::Code(range.map(|range| self.runs(range)).unwrap_or_default()))
            }
        }
    }

    /// The stretches of a range: plain words and identifiers by turns.
    fn runs(&self, range: Range<usize>) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut at = range.start;
        let first = self.marks.partition_point(|mark| (mark.start as usize) < range.start);
        for mark in self.marks.get(first..).unwrap_or_default() {
            let (start, end) = (mark.start as usize, mark.end as usize);
            if start >= range.end {
                break;
            }
            if start < at || end > range.end {
                continue;
            }
            let (Some(before), Some(words)) = (self.text.get(at..start), self.text.get(start..end)) else {
                continue;
            };
            if !before.is_empty() {
                runs.push(Run { text: before.to_owned(), link: None });
            }
            let address = search_address(&search_for(mark.kind, &mark.value));
            let link = Link { address, kind: crate::parts::identifier::name(mark.kind) };
            runs.push(Run { text: words.to_owned(), link: Some(link) });
            at = end;
        }
        match self.text.get(at..range.end) {
            Some(rest) if !rest.is_empty() => runs.push(Run { text: rest.to_owned(), link: None }),
            _ => {}
        }
        runs
    }
}

/// The length of the sign that makes a line a heading.
fn heading(line: &str) -> Option<usize> {
    let signs = line.bytes().take_while(|byte| *byte == b'#').count();
    let fits = (1..=6).contains(&signs) && line.as_bytes().get(signs) == Some(&b' ');
    fits.then_some(signs + 1)
}

/// Whether a line is only drawn: `===`, `-----`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
}

/// The length of the sign that makes a line an item of a list, with what it is indented by.
fn bullet(line: &str) -> Option<usize> {
    let indent = line.bytes().take_while(|byte| *byte == b' ').count();
    let rest = line.get(indent..)?;
    (indent <= 6 && (rest.starts_with("- ") || rest.starts_with("* "))).then_some(indent + 2)
}

/// The lines of a range as ranges of bytes, without their ends.
fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let part = text.get(range.clone()).unwrap_or_default();
    let mut at = range.start;
    part.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches('\n').len()
    })
}

#[cfg(test)]
mod tests {
    use index::mention::{Kind, Mention};

    use super::{Block, Run, blocks};

    /// Blocks as short marks: `h`, `p`, `l`, `c`, with identifiers between brackets.
    fn drawn(text: &str, mentions: &[Mention]) -> String {
        let words = |runs: &[Run]| {
            let each = runs.iter().map(|run| match run.link {
                Some(_) => format!("[{}]", run.text),
                None => run.text.clone(),
            });
            each.collect::<String>()
        };
        let each = blocks(text, 0..text.len(), mentions).into_iter().map(|block| match block {
            Block::Heading(runs) => format!("h({})", words(&runs)),
            Block::Paragraph(runs) => format!("p({})", words(&runs)),
            Block::List(items) => {
                format!("l({})", items.iter().map(|item| words(item)).collect::<Vec<_>>().join("|"))
            }
            Block::Code(runs) => format!("c({})", words(&runs)),
        });
        each.collect::<Vec<_>>().join(" ")
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(drawn(text, &[]), expected);
    }

    fn marked(start: u32, end: u32) -> Mention {
        Mention { kind: Kind::Advisory, value: "CVE-2026-1".into(), start, end }
    }

    #[test]
    fn light_structure_becomes_blocks() {
        check("", "");
        check("a\nb\n\nc", "p(a\nb) p(c)");
        check("## Fix\nnow", "h(Fix) p(now)");
        check("so:\n- a\n- b\n  more\nthen", "p(so:) l(a|b\n  more) p(then)");
        check("- a\n\n- b", "l(a|b)");
        check("```sh\n- x\n\n## y\n```\nz", "c(- x\n\n## y) p(z)");
    }

    #[test]
    fn plain_texts_have_headings_and_lists_of_their_own() {
        check("Description\n===========\n\nIt falls.", "h(Description) p(It falls.)");
        check("User action\n-----------\nWait.", "h(User action) p(Wait.)");
        check("### Fixes", "h(Fixes)");
        check("Fixes:\n\n  * one\n  * two\n    more", "p(Fixes:) l(one|two\n    more)");
        check("a\n\n-----\n\nb", "p(a) p(b)");
        check("one\ntwo\n---\nthree", "p(one\ntwo\n---\nthree)");
        check("#1 and **", "p(#1 and **)");
    }

    #[test]
    fn a_fence_that_is_never_closed_holds_the_rest() {
        check("```\nx\n", "c(x)");
        check("```", "c()");
    }

    #[test]
    fn mentions_become_links_wherever_they_stand() {
        let text = "see CVE-2026-1.\n\n- CVE-2026-1\n\n```\nCVE-2026-1\n```";
        let marks: Vec<Mention> =
            text.match_indices("CVE-2026-1").map(|(at, _)| marked(at as u32, at as u32 + 10)).collect();
        assert_eq!(drawn(text, &marks), "p(see [CVE-2026-1].) l([CVE-2026-1]) c([CVE-2026-1])");
    }

    #[test]
    fn ranges_that_do_not_fit_are_left_out() {
        assert_eq!(drawn("é ab", &[marked(1, 2)]), "p(é ab)");
        assert_eq!(drawn("ab", &[marked(1, 90)]), "p(ab)");
        assert_eq!(drawn("ab", &[marked(2, 1), marked(u32::MAX, u32::MAX)]), "p(ab)");
        assert_eq!(drawn("abcd", &[marked(0, 3), marked(1, 4)]), "p([abc]d)");
        assert_eq!(drawn("ab\n\ncd", &[marked(1, 5)]), "p(ab) p(cd)");
    }

    #[test]
    fn a_part_of_the_text_keeps_the_places_of_the_whole() {
        let text = "one CVE-2026-1\ntwo CVE-2026-1";
        let found = blocks(text, 15..text.len(), &[marked(4, 14), marked(19, 29)]);
        let [Block::Paragraph(runs)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(runs.len(), 2);
        assert_eq!(runs[1].text, "CVE-2026-1");
        assert_eq!(runs[1].link.as_ref().unwrap().address, "/search?q=CVE-2026-1");
    }

    #[test]
    fn a_range_outside_the_text_shows_nothing() {
        assert_eq!(blocks("é", 1..90, &[]), []);
    }
}
