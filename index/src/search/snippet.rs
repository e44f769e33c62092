//! Snippets: the stretch of a text where most of what was sought stands together, with the matches marked.
//!
//! Texts are not tokenized again as a whole: candidates are found by their first letters in one pass, and only those
//! are reduced to terms and compared.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::token::Terms;
use crate::answer::Marked;
use crate::query::Query;

/// Bytes of text that a snippet shows, about two lines.
const WIDTH: usize = 260;

/// Matches looked at in one text; a text full of them is cut short.
const MATCHES: usize = 400;

/// The terms sought, ready to be found in texts.
pub(super) struct Sought {
    terms: Vec<String>,
    finder: Option<AhoCorasick>,
}

impl Sought {
    /// What a query seeks in texts; what it excludes, and its fields, are left out.
    pub(super) fn of(query: &Query) -> Self {
        let mut words = Vec::new();
        gather(query, &mut words);
        let mut terms: Vec<String> = words
            .iter()
            .flat_map(|word| Terms::of(word).iter().map(|(term, _)| term.to_owned()).collect::<Vec<_>>())
            .collect();
        terms.sort_unstable();
        terms.dedup();
        // A stem may end in another letter than the word (`happi`, happy), so candidates need not share the last one.
        let beginnings = terms.iter().map(|term| match term.char_indices().next_back() {
            Some((last, 'i' | 'e')) if last > 2 => term.get(..last).unwrap_or(term),
            _ => term.as_str(),
        });
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(beginnings)
            .ok()
            .filter(|_| !terms.is_empty());
        Self { terms, finder }
    }

    /// The words of a text that were sought, as they stand there and in their order, each once.
    pub(super) fn found_in(&self, text: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (range, _) in self.matches(text) {
            let word = text.get(range).unwrap_or_default();
            if !found.iter().any(|other| other.eq_ignore_ascii_case(word)) {
                found.push(word.to_owned());
            }
        }
        found
    }

    /// Matches in a text, each with the place of its term in `terms`.
    fn matches(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let Some(finder) = &self.finder else { return Vec::new() };
        let mut matches: Vec<(Range<usize>, usize)> = Vec::new();
        for found in finder.find_iter(text) {
            if matches.len() >= MATCHES {
                break;
            }
            let before = text.get(..found.start()).and_then(|before| before.chars().next_back());
            if before.is_some_and(char::is_alphanumeric) {
                continue;
            }
            let Some(rest) = text.get(found.start()..) else { continue };
            let beyond = rest.get(found.len()..).unwrap_or_default();
            let length =
                found.len() + beyond.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(beyond.len());
            let Some(word) = rest.get(..length.min(100)) else { continue };
            let terms = Terms::of(word);
            let term = terms
                .iter()
                .find_map(|(term, _)| self.terms.binary_search_by(|other| other.as_str().cmp(term)).ok());
            if let Some(term) = term {
                matches.push((found.start()..found.start() + word.len(), term));
            }
        }
        matches
    }

    /// The best stretch of a text.
    pub(super) fn snippet(&self, text: &str) -> Vec<Marked> {
        let matches = self.matches(text);
        let window = best_window(text, &matches);
        let mut pieces: Vec<Marked> = Vec::new();
        let mut push = |marked: bool, text: &str| {
            let text = text.replace(['\n', '\t'], " ");
            if !text.is_empty() {
                pieces.push(Marked { marked, text });
            }
        };
        if window.start > 0 {
            push(false, "… ");
        }
        let mut at = window.start;
        for (range, _) in
            matches.iter().filter(|(range, _)| range.start >= window.start && range.end <= window.end)
        {
            push(false, text.get(at..range.start).unwrap_or_default());
            push(true, text.get(range.clone()).unwrap_or_default());
            at = range.end;
        }
        push(false, text.get(at..window.end).unwrap_or_default());
        if window.end < text.len() {
            push(false, " …");
        }
        pieces
    }
}

fn gather(query: &Query, words: &mut Vec<String>) {
    match query {
        Query::Word(word)
        | Query::Phrase(word)
        | Query::Prefix(word)
        | Query::Advisory(word)
        | Query::Id(word) => {
            words.push(word.clone());
        }
        Query::Key(key) => {
            words.push(key.clone());
            let groups = key.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
            words.extend(groups.filter(|_| key.len() % 4 == 0 && !key.contains(':')));
        }
        Query::And(all) | Query::Or(all) | Query::Words(all) => all.iter().for_each(|one| gather(one, words)),
        _ => {}
    }
}

/// The window with the most different terms; the earliest of equals. It begins and ends between words.
fn best_window(text: &str, matches: &[(Range<usize>, usize)]) -> Range<usize> {
    let mut best = (0, 0);
    for (at, (range, _)) in matches.iter().enumerate() {
        let within = matches.iter().skip(at).take_while(|(other, _)| other.end <= range.start + WIDTH - 60);
        let mut terms: Vec<usize> = within.map(|(_, term)| *term).collect();
        terms.sort_unstable();
        terms.dedup();
        if terms.len() > best.0 {
            best = (terms.len(), range.start);
        }
    }
    let start = text.floor_char_boundary(best.1.saturating_sub(60));
    let start = if start == 0 { 0 } else { after_space(text, start, best.1) };
    let end = text.floor_char_boundary((start + WIDTH).min(text.len()));
    let end = if end == text.len() { end } else { before_space(text, start, end) };
    start..end
}

fn after_space(text: &str, start: usize, limit: usize) -> usize {
    let room = text.get(start..limit).unwrap_or_default();
    room.find(char::is_whitespace).map_or(start, |at| start + at + 1)
}

fn before_space(text: &str, start: usize, end: usize) -> usize {
    let room = text.get(start..end).unwrap_or_default();
    room.rfind(char::is_whitespace).filter(|at| *at > WIDTH / 2).map_or(end, |at| start + at)
}

#[cfg(test)]
mod tests {
    use super::Sought;
    use crate::query::Query;

    fn check(words: &[&str], text: &str, expected: &str) {
        let query = Query::Words(words.iter().map(|word| Query::Word((*word).into())).collect());
        let shown: String = Sought::of(&query)
            .snippet(text)
            .into_iter()
            .map(|piece| if piece.marked { format!("[{}]", piece.text) } else { piece.text })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn stems_are_marked_as_whole_words() {
        check(
            &["changed", "certificate"],
            "Our certificates change today.",
            "Our [certificates] [change] today.",
        );
    }

    #[test]
    fn what_was_found_reads_as_it_stands_in_the_text() {
        let query = Query::Words(vec![Query::Word("certificate".into()), Query::Word("changed".into())]);
        let found = Sought::of(&query).found_in("Changes to the Certificates: what changes");
        assert_eq!(found, ["Changes", "Certificates"]);
    }

    #[test]
    fn parts_of_words_are_not_marked_within_other_words() {
        check(&["cat"], "concatenate the cat", "concatenate the [cat]");
    }

    #[test]
    fn the_window_moves_to_where_the_words_stand_together() {
        let text = format!("{} alpha and beta end", "filler words ".repeat(80));
        let query = Query::Words(vec![Query::Word("alpha".into()), Query::Word("beta".into())]);
        let pieces = Sought::of(&query).snippet(&text);
        assert!(pieces.first().is_some_and(|piece| piece.text.starts_with('…')));
        assert_eq!(pieces.iter().filter(|piece| piece.marked).count(), 2);
    }

    #[test]
    fn text_beyond_ascii_is_cut_between_characters() {
        check(&["ende"], &"ü".repeat(500), &format!("{} …", "ü".repeat(130)));
    }
}
