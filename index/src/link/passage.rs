//! The words around a place in a text: what is quoted of an entry.

/// Characters of a quote.
const LONGEST: usize = 300;

/// The sentence or line that holds the bytes from `start` to `end`, on one line.
pub(crate) fn around(text: &str, start: usize, end: usize) -> String {
    let start = text.floor_char_boundary(start.min(text.len()));
    let end = text.ceil_char_boundary(end.min(text.len()));
    let before = text.get(..start).unwrap_or_default();
    let from = [before.rfind('\n').map(|at| at + 1), before.rfind(". ").map(|at| at + 2)];
    let from = from.into_iter().flatten().max().unwrap_or(0);
    let behind = text.get(end..).unwrap_or_default();
    let to = [behind.find('\n'), behind.find(". ").map(|at| at + 1)];
    let to = end + to.into_iter().flatten().min().unwrap_or(behind.len());
    let before: Vec<char> = text.get(from..start).unwrap_or_default().chars().collect();
    let sentence: String = if before.len() > LONGEST / 2 {
        let cut: String = before.iter().skip(before.len() - LONGEST / 2).collect();
        format!("\u{2026}{cut}{}", text.get(start..to).unwrap_or_default())
    } else {
        text.get(from..to).unwrap_or_default().to_owned()
    };
    one_line(&sentence)
}

/// A text on one line, cut.
pub(crate) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_start_matches(['-', '*', '#', '>', ' ']);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", line.get(..end).unwrap_or(line)),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::around;

    fn check(text: &str, word: &str, expected: &str) {
        let start = text.find(word).unwrap();
        assert_eq!(around(text, start, start + word.len()), expected);
    }

    #[test]
    fn the_sentence_around_a_word_is_quoted() {
        check("One. The host a.example is retired. Three.", "a.example", "The host a.example is retired.");
        check("# Heading\n- the host\ta.example\nmore", "a.example", "the host a.example");
        check("a.example", "a.example", "a.example");
        let long = format!("{}a.example {}", "é ".repeat(400), "x ".repeat(900));
        let start = long.find("a.example").unwrap();
        let quoted = around(&long, start, start + 9);
        assert!(quoted.contains("a.example") && quoted.chars().count() <= 301, "{quoted}");
        assert_eq!(around("aé", 2, 900), "aé", "a place within a letter or beyond the end is moved");
    }
}
