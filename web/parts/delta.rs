//! What differs from an earlier version, in words, for a package's page and for the terminal.

use inspect::comparison::files::{Change, Files};
use inspect::comparison::{Comparison, Delta, Outcome, Signers};
use inspect::finding::Finding;
use inspect::inspection::Inspection;

use crate::words::{count, counted};

/// With what it was compared, as a heading: `Since wire 1.2 (wire-1.2.tgz)`.
pub(crate) fn heading(comparison: &Comparison) -> String {
    let previous = &comparison.previous;
    match &previous.claimed {
        Some(claimed) => format!("Since {claimed} ({})", previous.name),
        None => format!("Since {}", previous.name),
    }
}

/// The sentences that stand before any list, each without its full stop.
pub(crate) fn sentences(comparison: &Comparison) -> Vec<String> {
    let delta = match &comparison.outcome {
        Outcome::Refused(why) => return vec![why.clone()],
        Outcome::Delta(delta) => delta,
    };
    let mut sentences = vec![files(&delta.files)];
    if let Some(signers) = &delta.signers {
        sentences.push(self::signers(signers));
    }
    if delta.changes.is_empty() && delta.new.is_empty() && delta.gone.is_empty() {
        sentences.push("nothing else that is compared differs".to_owned());
    }
    if delta.more_changes > 0 {
        sentences.push(format!("{} changes more are not listed", count(delta.more_changes)));
    }
    sentences.extend(delta.incomplete.iter().cloned());
    sentences
}

/// Who signed before and now, in one sentence.
pub(crate) fn signers(signers: &Signers) -> String {
    let named = |all: &[String]| if all.is_empty() { "nobody".to_owned() } else { all.join(" and ") };
    format!("signed by others: was {}, is {}", named(&signers.were), named(&signers.are))
}

/// How many files differ, in one sentence.
pub(crate) fn files(files: &Files) -> String {
    if files.added + files.removed + files.changed == 0 {
        return format!("all {} are the same", counted(files.unchanged, "file", "files"));
    }
    format!(
        "files: {} added, {} removed, {} changed, {} the same",
        count(files.added),
        count(files.removed),
        count(files.changed),
        count(files.unchanged)
    )
}

/// A file that differs, with a sign in front: `+`, `-`, `~`.
pub(crate) fn listed(files: &Files) -> impl Iterator<Item = String> {
    files.listed.iter().map(|file| {
        let sign = match file.change {
            Change::Added => '+',
            Change::Removed => '-',
            Change::Changed => '~',
        };
        format!("{sign} {}", file.path)
    })
}

/// What differs, if anything was compared.
pub(crate) fn delta(inspection: &Inspection) -> Option<&Delta> {
    match inspection.comparison.as_ref().map(|comparison| &comparison.outcome) {
        Some(Outcome::Delta(delta)) => Some(delta),
        _ => None,
    }
}

/// The findings on the file as it is: those that the comparison told first are not told again.
pub(crate) fn absolute(inspection: &Inspection) -> Vec<Finding> {
    let Some(delta) = delta(inspection) else { return inspection.findings.clone() };
    // They were put in front, in this order.
    let told = inspection.findings.iter().zip(&delta.changes).take_while(|(one, other)| one == other).count();
    inspection.findings.iter().skip(told).cloned().collect()
}

#[cfg(test)]
mod tests {
    use inspect::comparison::{Comparison, Delta, Outcome, Previous};
    use inspect::finding::{CheckId, Finding};
    use inspect::limits::Limits;
    use inspect::reading::{Question, inspect_bytes};

    use super::{absolute, heading, sentences};

    fn comparison(outcome: Outcome) -> Comparison {
        let claimed = Some("wire 1.2".to_owned());
        Comparison { previous: Previous { name: "wire.tgz".into(), sha256: String::new(), claimed }, outcome }
    }

    #[test]
    fn what_was_not_compared_is_said_in_one_sentence() {
        let refused = comparison(Outcome::Refused("another product".to_owned()));
        assert_eq!(
            (heading(&refused).as_str(), sentences(&refused)),
            ("Since wire 1.2 (wire.tgz)", vec!["another product".to_owned()])
        );
    }

    #[test]
    fn what_was_told_first_is_not_told_again() {
        let mut inspection = inspect_bytes(b"text", &Question::default(), &Limits::for_package());
        let (new, old) =
            (Finding::new(CheckId::LicenceChange, "", "x"), Finding::new(CheckId::Licence, "", "y"));
        inspection.findings = vec![new.clone(), old.clone()];
        assert_eq!(absolute(&inspection).len(), 2);
        let delta = Delta { changes: vec![new], ..Delta::default() };
        inspection.comparison = Some(comparison(Outcome::Delta(Box::new(delta))));
        assert_eq!(absolute(&inspection), [old]);
    }
}
