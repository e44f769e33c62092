//! Lists of words, written as people read them: with blanks between.

/// Whether a list has a word, whatever the case of its letters.
#[must_use]
pub(super) fn has(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split(' ').any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn a_word_is_whole() {
        assert!(has("listen bind", "Bind"));
        assert!(!has("listen bind", "bin") && !has("listen bind", "") && !has("a  b", ""));
    }
}
