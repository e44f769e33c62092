//! What says which licence applies, beside the field that a format has for it: classifiers of Python packages, and the
//! texts of well-known licences in the files where people put them.
//!
//! A text is told by sentences that only that licence has; one that is not known says nothing.

/// Bytes of a text that are searched; the longest licence, GPL-3.0, has 35,000.
const LONGEST: usize = 64 << 10;

/// Licences by words that stand in each one's text; the first that fits is meant.
const TEXTS: &[(&str, &[&str])] = &[
    ("AGPL-3.0", &["gnu affero general public license", "version 3"]),
    ("LGPL-3.0", &["gnu lesser general public license", "version 3, 29 june 2007"]),
    ("LGPL-2.1", &["gnu lesser general public license", "version 2.1"]),
    ("LGPL-2.0", &["gnu library general public license", "version 2"]),
    ("GPL-3.0", &["gnu general public license", "version 3, 29 june 2007"]),
    ("GPL-2.0", &["gnu general public license", "version 2, june 1991"]),
    ("Apache-2.0", &["apache license", "version 2.0"]),
    ("MPL-2.0", &["mozilla public license", "version 2.0"]),
    ("EPL-2.0", &["eclipse public license - v 2.0"]),
    ("BUSL-1.1", &["business source license 1.1"]),
    ("SSPL-1.0", &["server side public license", "version 1"]),
    ("Elastic-2.0", &["elastic license 2.0"]),
    ("BSL-1.0", &["boost software license - version 1.0"]),
    ("Unlicense", &["this is free and unencumbered software released into the public domain"]),
    ("CC0-1.0", &["cc0 1.0 universal"]),
    ("0BSD", &["permission to use, copy, modify, and/or distribute", "zero-clause bsd"]),
    ("ISC", &["permission to use, copy, modify, and", "provided that the above copyright notice"]),
    ("0BSD", &["permission to use, copy, modify, and", "with or without fee is hereby granted."]),
    ("BSD-3-Clause", &["redistribution and use in source and binary forms", "neither the name"]),
    ("BSD-2-Clause", &["redistribution and use in source and binary forms"]),
    ("MIT", &["permission is hereby granted, free of charge", "without restriction"]),
];

/// What a file of this name and text says, if it is one that says it.
pub(super) fn stated(name: &str, text: &str) -> Vec<String> {
    let own = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    if matches!(own.as_str(), "metadata" | "pkg-info") {
        let head = text.split("\n\n").next().unwrap_or(text);
        let classes = head.lines().filter_map(|line| line.strip_prefix("Classifier: License :: "));
        return classes.take(20).map(crate::package::shown).collect();
    }
    let is_licence =
        ["license", "licence", "copying", "unlicense"].iter().any(|start| own.starts_with(start));
    let is_code = [".py", ".js", ".ts", ".rb", ".html"].iter().any(|end| own.ends_with(end));
    // A licence further down is somebody else's, of something that is brought along.
    let is_own = is_licence && !is_code && name.split('/').count() <= 4 && !name.contains("vendor");
    if is_own { recognised(text).map(str::to_owned).into_iter().collect() } else { Vec::new() }
}

fn recognised(text: &str) -> Option<&'static str> {
    let end = (0..=LONGEST.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let lower = text.get(..end).unwrap_or_default().to_ascii_lowercase();
    let words = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    TEXTS.iter().find(|(_, all)| all.iter().all(|one| words.contains(one))).map(|(id, _)| *id)
}

#[cfg(test)]
mod tests {
    use super::stated;

    fn check(name: &str, text: &str, expected: &[&str]) {
        assert_eq!(stated(name, text), expected, "{name}");
    }

    #[test]
    fn texts_are_told_by_their_own_sentences() {
        check(
            "package/LICENSE",
            "Permission is hereby granted, free of charge, to deal\nwithout restriction",
            &["MIT"],
        );
        check("relay-1.0/COPYING", "GNU GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007", &["GPL-3.0"]);
        check("package/LICENSE.md", "Orrin's own terms", &[]);
        check("package/license.js", "GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007", &[]);
    }

    #[test]
    fn classifiers_are_those_of_the_head() {
        let text =
            "Name: relay\nClassifier: License :: OSI Approved :: MIT License\n\nClassifier: License :: X\n";
        check("relay-1.0.dist-info/METADATA", text, &["OSI Approved :: MIT License"]);
    }
}
