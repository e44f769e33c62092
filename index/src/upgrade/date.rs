//! Days in sentences: `2025-04-30`, `30 April 2025`, `April 30th, 2025`, `April 2025` (its last day).
//!
//! Refuses dates of numbers alone in another order, as day and month cannot be told apart.

use jiff::civil::Date;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The days that a text names, each with the byte where it begins, in their order.
pub(crate) fn all(text: &str) -> Vec<(usize, Date)> {
    let words: Vec<(usize, &str)> = words(text).collect();
    let mut days = Vec::new();
    let mut at = 0;
    while let Some((start, word)) = words.get(at) {
        let next = |step: usize| words.get(at + step).map(|(_, word)| *word);
        let before = |at: usize| words.get(at.checked_sub(1)?).map(|(_, word)| *word);
        let found = if let Ok(day) = word.parse::<Date>() {
            Some((1, day))
        } else if let (Some(day), Some(month), Some(year)) =
            (number(word), next(1).and_then(month), next(2).and_then(year))
        {
            Date::new(year, month, day).ok().map(|day| (3, day))
        } else if let (Some(month), Some(day), Some(year)) =
            (month(word), next(1).and_then(number), next(2).and_then(year))
        {
            Date::new(year, month, day).ok().map(|day| (3, day))
        } else if let (Some(month), Some(year), None) =
            (month(word), next(1).and_then(year), before(at).and_then(number))
        {
            Date::new(year, month, 1).ok().map(|first| (2, first.last_of_month()))
        } else {
            None
        };
        if let Some((taken, day)) = found {
            days.push((*start, day));
            at += taken;
        } else {
            at += 1;
        }
    }
    days
}

/// Words without the signs around them, with where each begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | '(' | ')' | ';')).filter_map(
        move |word| {
            let start = at;
            at += word.len() + text.get(at + word.len()..)?.chars().next().map_or(0, char::len_utf8);
            let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            (!word.is_empty() && word != "of").then_some((start, word))
        },
    )
}

fn month(word: &str) -> Option<i8> {
    let lower = word.to_ascii_lowercase();
    let place = MONTHS.iter().position(|month| lower.starts_with(month))?;
    let full = lower.len() == 3
        || ["uary", "ruary", "ch", "il", "e", "y", "ust", "tember", "t", "ober", "ember"]
            .contains(&lower.get(3..)?);
    full.then(|| i8::try_from(place + 1).ok())?
}

/// A day of a month, also as "30th".
fn number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let ending = word.get(digits.len()..)?;
    if !matches!(ending, "" | "st" | "nd" | "rd" | "th") || digits.len() > 2 {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn year(word: &str) -> Option<i16> {
    (word.len() == 4).then(|| word.parse().ok())?.filter(|year| (1990..2100).contains(year))
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn days_are_read_in_the_forms_that_people_write() {
        let check = |text: &str, expected: &str| {
            let days: Vec<String> = all(text).iter().map(|(_, day)| day.to_string()).collect();
            assert_eq!(days.join(" "), expected, "{text}");
        };
        check("ends on 2025-04-30.", "2025-04-30");
        check("until 30 April 2025, or April 30th, 2026", "2025-04-30 2026-04-30");
        check("in September of 2023 and Feb 2024", "2023-09-30 2024-02-29");
        check("on the 1st of May 2024", "2024-05-01");
        check("03/04/2025, version 18.12, May be, marching 2024, 2024", "");
        check("31 February 2024", "");
        assert!(all(&"ä 30 April ".repeat(50_000)).is_empty());
    }

    #[test]
    fn a_day_stands_where_it_begins() {
        let text = "äö (30 April 2025)";
        let (at, _) = all(text)[0];
        assert!(text.get(at..).is_some_and(|rest| rest.starts_with("30")));
    }
}
