//! Words that are known, and the one that somebody who typed another may have meant.
//!
//! Refuses to correct anything: it only names the nearest, for a sentence.

/// The known word that is nearest to `typed`, where there is any.
pub(crate) fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known.into_iter().min_by_key(|word| strsim::damerau_levenshtein(&typed, &word.to_lowercase()))
}

/// The end of a sentence that offers the nearest known word, or nothing.
pub(crate) fn meant<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(typed, known).map(|word| format!("; did you mean \"{word}\"?")).unwrap_or_default()
}

/// Refuses a table with a key that is not among `known`, naming the nearest one.
pub(crate) fn refuse_unknown(table: &toml::Table, within: &str, known: &[&str]) -> Result<(), String> {
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("there is no key \"{within}{key}\"{}", meant(key, known.iter().copied()))),
        None => Ok(()),
    }
}
