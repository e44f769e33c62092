//! EPSS scores as CSV (FIRST): how likely each vulnerability is to be exploited within 30 days.
//!
//! A comment names the model and the day, a heading the columns. A line that cannot be read is counted and the first is
//! named; the others are kept. Refuses a list of more lines than CVE numbers will be given for long.

use index::enrichment::{Chance, Fact, Said};
use jiff::Timestamp;

use super::Unreadable;
use super::phrase::{identifier, moment, utf8};

/// Lines of a list; about 300,000 vulnerabilities were scored in 2026.
const MAX_LINES: usize = 1_000_000;

/// What a list of scores says.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    /// The scores.
    pub facts: Vec<Fact>,
    /// The day of all of them, where the list states it.
    pub of: Option<Timestamp>,
    /// What was wrong with lines that were not read, in one sentence.
    pub remark: Option<String>,
}

/// Reads a list of scores.
///
/// # Errors
/// When it is not UTF-8, has no heading with the columns `cve` and `epss`, holds no score, or is too long.
pub fn parse(bytes: &[u8]) -> Result<Scores, Unreadable> {
    let mut scores = Scores::default();
    let mut lines = (1..).zip(utf8(bytes)?.lines());
    let columns = loop {
        let Some((_, line)) = lines.next() else {
            return Err(Unreadable::new("not a list of EPSS scores", "it has no heading with cve and epss"));
        };
        if let Some(comment) = line.strip_prefix('#') {
            scores.of = scores.of.or_else(|| day(comment));
        } else if !line.trim().is_empty() {
            break Columns::of(line)?;
        }
    };
    let (mut unread, mut first) = (0_u32, 0);
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        if number > MAX_LINES {
            return Err(Unreadable::new("too many scores", format!("more than {MAX_LINES} lines")));
        }
        match columns.fact(line, scores.of) {
            Some(fact) => scores.facts.push(fact),
            None => {
                first = if unread == 0 { number } else { first };
                unread = unread.saturating_add(1);
            }
        }
    }
    if scores.facts.is_empty() {
        return Err(Unreadable::new("not a list of EPSS scores", "it holds no score"));
    }
    scores.remark = (unread > 0).then(|| match unread {
        1 => format!("line {first} of the scores was not read: it is not a CVE number with a score from 0 to 1"),
        _ => format!(
            "{unread} lines of the scores were not read, the first is line {first}: they are not CVE numbers with a \
             score from 0 to 1"
        ),
    });
    Ok(scores)
}

/// The day in a comment such as `model_version:v2025.03.14,score_date:2026-11-23T12:00:00Z`.
fn day(comment: &str) -> Option<Timestamp> {
    comment.split(',').find_map(|part| part.trim().strip_prefix("score_date:")).and_then(moment)
}

/// Where each part of a line stands.
struct Columns {
    cve: usize,
    epss: usize,
    percentile: Option<usize>,
}

impl Columns {
    fn of(heading: &str) -> Result<Self, Unreadable> {
        let place =
            |name: &str| heading.split(',').position(|column| column.trim().eq_ignore_ascii_case(name));
        match (place("cve"), place("epss")) {
            (Some(cve), Some(epss)) => Ok(Self { cve, epss, percentile: place("percentile") }),
            _ => Err(Unreadable::new("not a list of EPSS scores", "its heading does not name cve and epss")),
        }
    }

    fn fact(&self, line: &str, of: Option<Timestamp>) -> Option<Fact> {
        let part = |at: usize| line.split(',').nth(at).map(str::trim);
        let identifier = part(self.cve).and_then(identifier).filter(|id| id.starts_with("CVE-"))?;
        let chance = Chance::read(part(self.epss)?)?;
        let percentile = self.percentile.and_then(part).and_then(Chance::read);
        Some(Fact { identifier, said: Said::Epss { chance, percentile, of } })
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use index::enrichment::Said;

    #[test]
    fn scores_are_read_with_their_day() {
        let csv = "#model_version:v2025.03.14,score_date:2026-11-23T12:55:00+0000\ncve,epss,percentile\nCVE-2026-90001,0.97042,0.99881\ncve-2026-90002,0.00043,0.07\n";
        let scores = parse(csv.as_bytes()).unwrap();
        assert_eq!(scores.of.map(|of| of.to_string()).as_deref(), Some("2026-11-23T12:55:00Z"));
        let read: Vec<_> = scores
            .facts
            .iter()
            .map(|fact| match fact.said {
                Said::Epss { chance, percentile, .. } => {
                    (fact.identifier.as_str(), chance.parts(), percentile.map(|part| part.parts()))
                }
                Said::Exploited { .. } => panic!("{fact:?}"),
            })
            .collect();
        assert_eq!(read, [("CVE-2026-90001", 97_042, Some(99_881)), ("CVE-2026-90002", 43, Some(7_000))]);
        assert_eq!(scores.remark, None);
    }

    #[test]
    fn lines_that_cannot_be_read_are_counted_and_the_others_kept() {
        let csv = "cve,epss\nCVE-2026-90001,0.5\nCVE-2026-90002,high\n\nnothing\nCVE-2026-90003,1.2\n";
        let scores = parse(csv.as_bytes()).unwrap();
        assert_eq!(scores.facts.len(), 1);
        let remark = scores.remark.unwrap();
        assert!(remark.starts_with("3 lines of the scores were not read, the first is line 3"), "{remark}");
    }

    #[test]
    fn what_is_no_list_of_scores_is_refused() {
        let said = |text: &str| parse(text.as_bytes()).unwrap_err().sentence;
        assert!(said("<html><body>Moved</body></html>").contains("does not name cve and epss"));
        assert!(said("#only a comment\n").contains("no heading"));
        assert!(said("cve,epss\n").contains("holds no score"));
        assert_eq!(parse(&[0xff, 0xfe, 0]).unwrap_err().kind, "not UTF-8");
    }
}
