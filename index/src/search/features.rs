//! What the best entries are ranked by in the second look: of each a row of numbers about it and what is asked for.
//!
//! Two sorts: how far the entry has what is asked for (its words, its title, its products), and how it stands among the
//! others (whether another source speaks of the same vulnerability, how often its own source comes before it). Refuses to
//! say what a number is worth; that is [`super::forest`]'s.

use std::collections::HashMap;

use super::collect::Best;
use super::occurrences::{Asked, Occurrences};
use super::sketch::Sketch;

/// The names of the numbers, in the order of a row; rankings name them so.
pub(crate) const NAMES: [&str; 20] = [
    // Terms asked for.
    "asked",
    // Its score by words.
    "points",
    // The same beside the best one's.
    "score",
    // Share of what all terms are worth.
    "found",
    // The same by what tells among the best as well.
    "telling",
    // Score by what tells among the best alone.
    "scarce",
    // Score with lengths counted more, beside the best.
    "strict",
    // Whether it has the rarest term.
    "rarest",
    // Share of the three rarest.
    "rare",
    // Share of the versions asked for.
    "versions",
    // Share of the words with parts, as wholes.
    "wholes",
    // Likeness of its title.
    "title",
    // Share of the terms' worth in its title.
    "titled",
    // Words of its title.
    "words_of_title",
    // How far its products are asked for.
    "products",
    // Entries of its source before it.
    "heard",
    // Best score of another source on its vulnerabilities.
    "company",
    // The same, of the first few that are about few.
    "speakers",
    // Vulnerabilities it is about.
    "vulnerabilities",
    // Logarithm of its length.
    "length",
];

/// One entry's numbers.
pub(crate) type Row = [f32; NAMES.len()];

/// Entries among which it is counted how many have a term.
const AMONG: usize = 100;

/// BM25's `k1`, and its `b` as the first look has it and where the length counts almost fully against a text.
const SATURATION: f32 = 1.2;
const LENGTH: f32 = 0.5;
const STRICT: f32 = 0.75;

/// The best entries that speak for others on the same vulnerability if they are about few.
const SPEAKERS: usize = 10;
const ABOUT_FEW: usize = 3;

/// Terms that are the rarest of a query.
const RAREST: usize = 3;

/// The rows of the best entries, which stand in the order of their scores.
pub(super) fn rows(
    best: &[Best],
    asked: &[Asked],
    occurrences: &Occurrences,
    title_words: &[u32],
) -> Vec<Row> {
    let Some(first) = best.first().map(|best| best.score).filter(|first| *first > 0.0) else {
        return vec![[0.0; NAMES.len()]; best.len()];
    };
    let terms = Terms::of(asked, occurrences);
    let texts: Vec<Text> = occurrences
        .counts
        .iter()
        .zip(&occurrences.lengths)
        .map(|(counts, length)| terms.text(counts, *length))
        .collect();
    let strict = texts.iter().map(|text| text.strict).fold(f32::MIN_POSITIVE, f32::max);
    let company = Company::of(best, |_, entry| {
        let share = if entry.sketch.identifiers.len() <= ABOUT_FEW { 1.0 } else { 0.5 };
        Some(share * entry.score / first)
    });
    let speakers = Company::of(best, |rank, entry| {
        let speaks = rank < SPEAKERS && entry.sketch.identifiers.len() <= ABOUT_FEW;
        speaks.then_some(entry.score / first)
    });
    let mut heard: HashMap<u32, f32> = HashMap::new();
    let lines = best.iter().zip(&texts).zip(&occurrences.lengths);
    lines
        .map(|((entry, text), length)| {
            let sketch = &entry.sketch;
            let before = heard.entry(sketch.source).or_default();
            let (title, titled) = terms.title(sketch, title_words);
            let row = [
                asked.len() as f32,
                entry.score,
                entry.score / first,
                text.found,
                text.telling,
                text.scarce,
                text.strict / strict,
                text.rarest,
                text.rare,
                text.versions,
                text.wholes,
                title,
                titled,
                sketch.title.len() as f32,
                products(sketch, title_words),
                *before,
                company.beside(sketch),
                speakers.beside(sketch),
                sketch.identifiers.len() as f32,
                length.ln_1p(),
            ];
            *before += 1.0;
            row
        })
        .collect()
}

/// The terms that are asked for, with what they are worth among the best entries.
struct Terms<'a> {
    asked: &'a [Asked],
    /// What finding each tells among the best entries: the fewer of them have it, the more.
    local: Vec<f32>,
    /// Places of the rarest terms, rarest first.
    rarest: Vec<usize>,
    /// What each is worth, a part of an identifier or a word alone.
    worth: f32,
    telling: f32,
}

/// What an entry's text has of them.
struct Text {
    /// Share of what all terms are worth.
    found: f32,
    /// The same when terms count by what they tell among the best entries as well.
    telling: f32,
    /// What it would score if terms counted by what they tell among the best entries.
    scarce: f32,
    strict: f32,
    /// Whether it has the rarest term, and the share that it has of the rarest few.
    rarest: f32,
    rare: f32,
    /// Share of the versions, and of the words with parts, a half when none is asked for.
    versions: f32,
    wholes: f32,
}

impl<'a> Terms<'a> {
    fn of(asked: &'a [Asked], occurrences: &Occurrences) -> Self {
        let among = occurrences.counts.len().min(AMONG) as f32;
        let with = |column: usize| {
            let rows = occurrences.counts.iter().take(AMONG);
            rows.filter(|row| row.get(column).is_some_and(|count| *count > 0)).count() as f32
        };
        let local: Vec<f32> =
            (0..asked.len()).map(with).map(|with| (1.0 + (among - with + 0.5) / (with + 0.5)).ln()).collect();
        let mut rarest: Vec<usize> = (0..asked.len()).collect();
        let worth = |at: &usize| asked.get(*at).map_or(0.0, |one| one.worth);
        rarest.sort_by(|one, other| worth(other).total_cmp(&worth(one)));
        rarest.truncate(RAREST);
        let worth = asked.iter().map(|one| one.worth).sum();
        let telling = asked.iter().zip(&local).map(|(one, local)| one.worth * local).sum();
        Self { asked, local, rarest, worth, telling }
    }

    fn text(&self, counts: &[u32], length: f32) -> Text {
        let damping = |b: f32| SATURATION * (1.0 - b + b * length);
        let (usual, strict) = (damping(LENGTH), damping(STRICT));
        let mut text = Text {
            found: 0.0,
            telling: 0.0,
            scarce: 0.0,
            strict: 0.0,
            rarest: 0.0,
            rare: 0.0,
            versions: self.share(counts, |one| one.is_version()),
            wholes: self.share(counts, |one| one.whole),
        };
        for ((one, local), count) in self.asked.iter().zip(&self.local).zip(counts) {
            if *count == 0 {
                continue;
            }
            let count = *count as f32;
            text.found += one.worth;
            text.telling += one.worth * local;
            text.scarce += local * count / (count + usual);
            text.strict += one.worth * count / (count + strict);
        }
        text.found /= self.worth.max(f32::MIN_POSITIVE);
        text.telling /= self.telling.max(f32::MIN_POSITIVE);
        let has = |at: &usize| f32::from(counts.get(*at).is_some_and(|count| *count > 0));
        text.rarest = self.rarest.first().map_or(0.0, has);
        text.rare = self.rarest.iter().map(has).sum::<f32>() / self.rarest.len().max(1) as f32;
        text
    }

    /// The share of some of the terms that is found.
    fn share(&self, counts: &[u32], some: impl Fn(&Asked) -> bool) -> f32 {
        let meant = self.asked.iter().zip(counts).filter(|(one, _)| some(one));
        let (found, all) =
            meant.fold((0.0, 0.0), |(found, all), (_, count)| (found + f32::from(*count > 0), all + 1.0));
        if all > 0.0 { found / all } else { 0.5 }
    }

    /// How alike a title and what is asked for are, as the cosine of the two sets of words, and the share of what the words
    /// asked for are worth that stands in it.
    fn title(&self, sketch: &Sketch, asked: &[u32]) -> (f32, f32) {
        let common = common(&sketch.title, asked);
        let parts = || self.asked.iter().filter(|one| !one.whole);
        let all: f32 = parts().map(|one| one.worth).sum();
        let titled: f32 = parts().filter(|one| sketch.title.contains(&one.hash)).map(|one| one.worth).sum();
        let likeness = common / ((sketch.title.len() * asked.len()).max(1) as f32).sqrt();
        (likeness, titled / all.max(f32::MIN_POSITIVE))
    }
}

/// How far the names of products are asked for on the average.
fn products(sketch: &Sketch, asked: &[u32]) -> f32 {
    let shares = sketch.products.iter().map(|name| common(name, asked) / name.len().max(1) as f32);
    shares.sum::<f32>() / sketch.products.len().max(1) as f32
}

fn common(some: &[u32], others: &[u32]) -> f32 {
    some.iter().filter(|one| others.contains(one)).count() as f32
}

/// What the vulnerabilities are worth that the best entries are about: the best two entries on each, from different sources.
struct Company(HashMap<u32, [(u32, f32); 2]>);

impl Company {
    fn of(best: &[Best], worth: impl Fn(usize, &Best) -> Option<f32>) -> Self {
        let mut known: HashMap<u32, [(u32, f32); 2]> = HashMap::new();
        for (rank, entry) in best.iter().enumerate() {
            let Some(worth) = worth(rank, entry) else { continue };
            let source = entry.sketch.source;
            for identifier in &entry.sketch.identifiers {
                let [one, other] = known.entry(*identifier).or_insert([(source, 0.0); 2]);
                if one.0 == source {
                    one.1 = one.1.max(worth);
                } else if worth > one.1 {
                    (*other, *one) = (*one, (source, worth));
                } else if worth > other.1 {
                    *other = (source, worth);
                }
            }
        }
        Self(known)
    }

    /// The best that another source's entry on one of its vulnerabilities is worth.
    fn beside(&self, sketch: &Sketch) -> f32 {
        let on = sketch.identifiers.iter().filter_map(|identifier| self.0.get(identifier)).flatten();
        on.filter(|(source, _)| *source != sketch.source).map(|(_, worth)| *worth).fold(0.0, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use tantivy::DocAddress;

    use super::{NAMES, rows};
    use crate::search::collect::Best;
    use crate::search::occurrences::{Asked, Occurrences};
    use crate::search::sketch::Sketch;

    fn best(score: f32, source: u32, identifiers: &[u32]) -> Best {
        let mut sketch = Sketch::of_text("");
        (sketch.source, sketch.identifiers) = (source, identifiers.to_vec());
        Best { entry: 1, group: 1, score, dated: 0, place: DocAddress::new(0, 0), sketch }
    }

    fn asked(terms: &[(&str, f32)]) -> Vec<Asked> {
        let one = |(at, (term, worth)): (u32, &(&str, f32))| Asked {
            term: (*term).to_owned(),
            hash: at,
            worth: *worth,
            whole: false,
        };
        (0..).zip(terms).map(one).collect()
    }

    /// One number of every entry.
    fn numbers(name: &str, best: &[Best], asked: &[Asked], counts: Vec<Vec<u32>>) -> Vec<f32> {
        let at = NAMES.iter().position(|known| *known == name).unwrap();
        let occurrences = Occurrences { lengths: vec![1.0; counts.len()], counts };
        rows(best, asked, &occurrences, &[]).into_iter().map(|row| row[at]).collect()
    }

    #[test]
    fn company_is_another_source_on_the_same_vulnerability() {
        let entries =
            [best(8.0, 1, &[10]), best(6.0, 1, &[10, 11]), best(4.0, 2, &[10]), best(2.0, 3, &[12])];
        let check = |name: &str, expected: [f32; 4]| {
            let terms = asked(&[("relay", 3.0)]);
            assert_eq!(numbers(name, &entries, &terms, vec![vec![1]; 4]), expected, "{name}");
        };
        check("company", [0.5, 0.5, 1.0, 0.0]);
        check("heard", [0.0, 1.0, 0.0, 0.0]);
        check("vulnerabilities", [1.0, 2.0, 1.0, 1.0]);
    }

    #[test]
    fn a_list_of_many_vulnerabilities_speaks_for_none() {
        let many: Vec<u32> = (1..40).collect();
        let entries = [best(8.0, 1, &many), best(4.0, 2, &[5])];
        let check = |name: &str, expected: [f32; 2]| {
            let terms = asked(&[("relay", 3.0)]);
            assert_eq!(numbers(name, &entries, &terms, vec![vec![1]; 2]), expected, "{name}");
        };
        check("company", [0.5, 0.5]);
        check("speakers", [0.5, 0.0]);
    }

    #[test]
    fn what_few_of_the_best_have_tells_more_than_what_all_have() {
        let entries = [best(8.0, 1, &[]), best(8.0, 2, &[]), best(8.0, 3, &[])];
        let terms = asked(&[("relay", 3.0), ("overflow", 3.0)]);
        let counts = vec![vec![1, 0], vec![1, 1], vec![0, 1]];
        assert_eq!(numbers("found", &entries, &terms, counts), [0.5, 1.0, 0.5]);
        let counts = vec![vec![1, 1], vec![1, 0], vec![1, 0]];
        let told = numbers("telling", &entries, &terms, counts);
        assert_eq!(told.first(), Some(&1.0));
        assert!(told.get(1).is_some_and(|share| *share < 0.2), "{told:?}");
    }

    #[test]
    fn a_version_is_a_number_with_a_dot_in_it() {
        let check = |term: &str, expected: [f32; 1]| {
            let terms = asked(&[(term, 1.0)]);
            assert_eq!(numbers("versions", &[best(1.0, 1, &[])], &terms, vec![vec![0]]), expected, "{term}");
        };
        check("6.4.12", [0.0]);
        check("1.1.1k", [0.0]);
        check("6", [0.5]);
        check("6.x", [0.5]);
        check("relay", [0.5]);
    }
}
