//! Two revisions of an entry side by side: facts first, then title and text, word by word.

use askama::Template;
use axum::extract::{Path, State as Given};
use index::answer::Comparison as Compared;
use index::entry::EntryId;
use index::revision::{Fate, Piece, Revision};

use crate::asked::Asked;
use crate::failure::{Failure, Page};
use crate::frame::{Frame, Here};
use crate::moment::Moment;
use crate::pages::entry::missing;
use crate::parts::card::CardLine;
use crate::state::State;
use crate::words::counted;

/// Letters of an unchanged stretch that stay visible on either side of a fold.
const AROUND: usize = 240;

/// Letters from which on an unchanged stretch is folded.
const LONG: usize = 900;

/// The page of a comparison.
#[derive(Template)]
#[template(path = "pages/comparison.html")]
pub(crate) struct Comparison {
    frame: Frame,
    card: CardLine,
    before: Side,
    after: Side,
    facts: Vec<(String, String, String)>,
    title: Vec<Stretch>,
    text: Vec<Stretch>,
    title_differs: bool,
    text_differs: bool,
}

/// One of the two revisions.
struct Side {
    number: u32,
    seen: Moment,
    address: String,
}

/// A stretch of compared text.
#[derive(Debug, PartialEq, Eq)]
enum Stretch {
    Kept(String),
    Removed(String),
    Added(String),
    Folded(String, String),
}

/// Shows it.
pub(crate) async fn show(
    Given(state): Given<State>,
    Path(id): Path<String>,
    frame: Frame,
    asked: Asked,
) -> Result<Page<Comparison>, Failure> {
    let frame = frame.at(Here::Search);
    let numbers = (id.parse().ok(), asked.number("before"), asked.number("after"));
    let (Some(id), Some(before), Some(after)) = numbers else { return Err(missing(frame)) };
    match state.knowledge.compare(EntryId(id), before, after).await? {
        Some(compared) => Ok(Page(page(compared, frame))),
        None => Err(missing(frame)),
    }
}

fn page(compared: Compared, frame: Frame) -> Comparison {
    let differs = |pieces: &[Piece]| pieces.iter().any(|piece| piece.fate != Fate::Kept);
    let side = |revision: &Revision| Side {
        number: revision.number,
        seen: Moment::of(revision.seen, frame.now),
        address: format!("/entries/{}?revision={}", compared.card.id.0, revision.number),
    };
    Comparison {
        card: CardLine::of(&compared.card, frame.now),
        before: side(&compared.before),
        after: side(&compared.after),
        title_differs: differs(&compared.title),
        text_differs: differs(&compared.text),
        title: stretches(compared.title),
        text: stretches(compared.text),
        facts: compared.facts,
        frame,
    }
}

/// The pieces, with the middle of long unchanged ones folded away.
fn stretches(pieces: Vec<Piece>) -> Vec<Stretch> {
    let last = pieces.len().saturating_sub(1);
    let mut stretches = Vec::with_capacity(pieces.len());
    for (place, piece) in pieces.into_iter().enumerate() {
        match piece.fate {
            Fate::Removed => stretches.push(Stretch::Removed(piece.text)),
            Fate::Added => stretches.push(Stretch::Added(piece.text)),
            Fate::Kept if piece.text.len() < LONG => stretches.push(Stretch::Kept(piece.text)),
            Fate::Kept => fold(&piece.text, place > 0, place < last, &mut stretches),
        }
    }
    stretches
}

fn fold(text: &str, change_before: bool, change_behind: bool, stretches: &mut Vec<Stretch>) {
    let first = if change_before { at_space(text, AROUND) } else { 0 };
    let second = if change_behind { at_space(text, text.len() - AROUND) } else { text.len() };
    let part = |from, to| text.get(from..to).unwrap_or_default().to_owned();
    if first > 0 {
        stretches.push(Stretch::Kept(part(0, first)));
    }
    let middle = part(first, second);
    let lines = middle.lines().filter(|line| !line.trim().is_empty()).count() as u64;
    stretches.push(Stretch::Folded(format!("{} unchanged", counted(lines, "line", "lines")), middle));
    if second < text.len() {
        stretches.push(Stretch::Kept(part(second, text.len())));
    }
}

/// The first space at or behind a byte, or the next whole letter.
fn at_space(text: &str, from: usize) -> usize {
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let rest = text.get(from..).unwrap_or_default();
    rest.find(char::is_whitespace).filter(|length| *length < AROUND).map_or(from, |length| from + length)
}

#[cfg(test)]
mod tests {
    use index::revision::{Fate, Piece};

    use super::{Stretch, stretches};

    fn kept(text: &str) -> Piece {
        Piece { fate: Fate::Kept, text: text.into() }
    }

    #[test]
    fn short_stretches_stay_whole() {
        assert_eq!(stretches(vec![kept("a b")]), [Stretch::Kept("a b".into())]);
    }

    #[test]
    fn long_unchanged_text_folds_and_nothing_is_lost() {
        let long = "ééé wörter\n".repeat(300);
        let change = Piece { fate: Fate::Added, text: "new".into() };
        for pieces in [
            vec![kept(&long)],
            vec![kept(&long), change.clone()],
            vec![change.clone(), kept(&long)],
            vec![change.clone(), kept(&long), change],
        ] {
            let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
            let found = stretches(pieces);
            assert!(found.iter().any(|stretch| matches!(stretch, Stretch::Folded(..))));
            let text = |stretch: &Stretch| match stretch {
                Stretch::Kept(text)
                | Stretch::Removed(text)
                | Stretch::Added(text)
                | Stretch::Folded(_, text) => text.clone(),
            };
            assert_eq!(found.iter().map(text).collect::<String>(), whole);
        }
    }
}
