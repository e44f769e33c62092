//! Version ranges that people write: `< 1.2`, `>= 1.0, < 2.0`, `vers:npm/>=1.0|<2.0`, `1.2 and prior`, `All versions`.
//!
//! Refuses to guess: what follows none of these forms stays a version's wording, as it was written.

use index::entry::Range;

/// What a wording says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// Ranges.
    pub(crate) ranges: Vec<Range>,
    /// Single versions.
    pub(crate) versions: Vec<String>,
}

/// Bytes of a wording that is looked at.
const LONGEST: usize = 300;

/// Reads a wording; `None` where it follows no known form.
pub(crate) fn read(wording: &str) -> Option<Spoken> {
    if wording.len() > LONGEST {
        return None;
    }
    let constraints = without_scheme(wording.trim());
    let mut plain = unescape(constraints);
    if constraints.len() < wording.trim().len()
        && plain.starts_with(|first: char| first.is_ascii_alphanumeric())
    {
        // In a `vers:` range a bare version is an equality.
        plain.insert(0, '=');
    }
    let wording = plain.trim();
    if is_everything(wording) {
        return Some(Spoken { ranges: vec![Range::default()], versions: Vec::new() });
    }
    if wording.contains(['<', '>']) || wording.starts_with('=') {
        return compared(wording);
    }
    spoken(wording).map(|range| Spoken { ranges: vec![range], versions: Vec::new() })
}

/// Whether the wording means every version there is.
pub(crate) fn is_everything(wording: &str) -> bool {
    matches!(wording.to_ascii_lowercase().as_str(), "*" | "all" | "all versions" | "all version" | "any")
}

/// A `vers:` range without its scheme and kind (package-url, "vers" specification).
fn without_scheme(wording: &str) -> &str {
    wording
        .strip_prefix("vers:")
        .and_then(|rest| rest.split_once('/'))
        .map_or(wording, |(_, constraints)| constraints)
}

/// Undoes percent-encoding, which `vers:` ranges use for reserved characters.
fn unescape(wording: &str) -> String {
    if !wording.contains('%') {
        return wording.to_owned();
    }
    let mut bytes = Vec::with_capacity(wording.len());
    let mut rest = wording.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let decoded = (*first == b'%')
            .then(|| after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Comparators with their operands, one after the other.
fn compared(wording: &str) -> Option<Spoken> {
    let start = wording.find(['<', '>', '='])?;
    let (lead, mut rest) = wording.split_at_checked(start)?;
    let lead = lead.trim().to_ascii_lowercase();
    if !lead.is_empty() && !lead.starts_with("all ") && !matches!(lead.as_str(), "version" | "versions") {
        return None;
    }
    let mut spoken = Spoken::default();
    let mut lower: Option<String> = None;
    while !rest.is_empty() {
        let operator_end = rest.find(|character| !matches!(character, '<' | '>' | '=' | '!' | ' '))?;
        let (operator, after) = rest.split_at_checked(operator_end)?;
        let operand_end = after.find(['<', '>', '=', '!']).unwrap_or(after.len());
        let (operand, next) = after.split_at_checked(operand_end)?;
        rest = next;
        let mut parts = operand.split(['|', ',', ';']).map(without_joint).filter(|part| !part.is_empty());
        let first = parts.next()?.to_owned();
        match operator.trim() {
            ">=" | ">" => spoken.ranges.extend(
                lower.replace(first).map(|from| Range { introduced: Some(from), ..Range::default() }),
            ),
            "<" => spoken.ranges.push(Range {
                introduced: lower.take(),
                fixed: Some(first),
                last_affected: None,
            }),
            "<=" => spoken.ranges.push(Range {
                introduced: lower.take(),
                fixed: None,
                last_affected: Some(first),
            }),
            "=" | "==" => spoken.versions.push(first),
            "!=" => {}
            _ => return None,
        }
        spoken.versions.extend(parts.map(str::to_owned));
    }
    spoken.ranges.extend(lower.map(|from| Range { introduced: Some(from), ..Range::default() }));
    Some(spoken)
}

/// An operand without the words that join it to the next.
fn without_joint(operand: &str) -> &str {
    let operand = operand.trim_matches([' ', '&', '|', ',']);
    [" and", " AND", " but", " &&"]
        .iter()
        .find_map(|joint| operand.strip_suffix(joint))
        .unwrap_or(operand)
        .trim()
}

/// Ranges in words.
fn spoken(wording: &str) -> Option<Range> {
    let lower = wording.to_ascii_lowercase();
    for prefix in ["before ", "prior to ", "versions before ", "versions prior to "] {
        if lower.starts_with(prefix) {
            let fixed = version(wording.get(prefix.len()..)?)?;
            return Some(Range { fixed: Some(fixed), ..Range::default() });
        }
    }
    for suffix in
        [" and prior", " and earlier", " and below", " and older", " or earlier", " and previous versions"]
    {
        if lower.ends_with(suffix) {
            let last = version(wording.get(..wording.len() - suffix.len())?)?;
            return Some(Range { last_affected: Some(last), ..Range::default() });
        }
    }
    for joint in [" to ", " through ", " - "] {
        if let Some((from, to)) = wording.split_once(joint) {
            let (introduced, last_affected) = (Some(version(from)?), Some(version(to)?));
            return Some(Range { introduced, fixed: None, last_affected });
        }
    }
    None
}

/// One word that begins like a version.
fn version(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.trim_start_matches(['v', 'V']);
    (digits.starts_with(|first: char| first.is_ascii_digit()) && !text.contains(' ')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::read;

    fn check(wording: &str, expected: &str) {
        let Some(spoken) = read(wording) else {
            assert_eq!("none", expected, "{wording}");
            return;
        };
        let end = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let mut said: Vec<String> = spoken
            .ranges
            .iter()
            .map(|range| {
                format!("{}..{}..{}", end(&range.introduced), end(&range.fixed), end(&range.last_affected))
            })
            .collect();
        said.extend(spoken.versions);
        assert_eq!(said.join(" "), expected, "{wording}");
    }

    #[test]
    fn comparators_become_ranges() {
        check("< V1.2", "-..V1.2..-");
        check("<= 3.1", "-..-..3.1");
        check(">= 1.0, < 2.0", "1.0..2.0..-");
        check(">=1.0|<=1.4", "1.0..-..1.4");
        check(">= V1.0 and < V2.0", "V1.0..V2.0..-");
        check("= 1.5", "1.5");
        check("All versions < V2.0", "-..V2.0..-");
        check("< 1.2 || >= 2.0, < 2.3", "-..1.2..- 2.0..2.3..-");
        check("<= 9.9 | 10.1 | 10.2", "-..-..9.9 10.1 10.2");
        check(">= 4", "4..-..-");
    }

    #[test]
    fn vers_ranges_are_unpacked() {
        check("vers:all/*", "-..-..-");
        check("vers:npm/1.2.3|>=2.0.0|<5.0.1", "2.0.0..5.0.1..- 1.2.3");
        check("vers:npm/>=2.0.0|<5.0.1", "2.0.0..5.0.1..-");
        check("vers:deb/<1%3A1.2%2Bb1", "-..1:1.2+b1..-");
        check("vers:all/>=V1.0<V2.0", "V1.0..V2.0..-");
    }

    #[test]
    fn words_become_ranges() {
        check("1.2.3 and prior", "-..-..1.2.3");
        check("before 2.0", "-..2.0..-");
        check("1.0 to 1.9", "1.0..-..1.9");
        check("All versions", "-..-..-");
    }

    #[test]
    fn anything_else_stays_as_it_is_written() {
        check("1.2.3", "none");
        check("NMC2 <= 6.9.8", "none");
        check("Snapdragon 8 to go", "none");
        check("<", "none");
        check("<<>>", "none");
        check("%%%<ä%f", "none");
        check("<ä%f", "-..ä%f..-");
        check(&"<1".repeat(200), "none");
    }
}
