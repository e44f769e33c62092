//! Problems of a container as findings: which check each belongs to, and what it means for how much was read.

use super::Reading;
use crate::container::problem::Problem;
use crate::container::{Complaint, Stop, Unreadable};
use crate::finding::{CheckId, Finding};
use crate::inspection::Unread;

/// The finding that says so. A complaint without a path is about the inspected file itself.
pub(super) fn finding(path: &str, problem: &Problem) -> Finding {
    Finding::new(check(problem), path, problem.to_string())
}

fn check(problem: &Problem) -> CheckId {
    match problem {
        Problem::Truncated
        | Problem::Corrupt(_)
        | Problem::Unavailable(_)
        | Problem::CountDisagrees { .. }
        | Problem::DigestDisagrees { .. } => CheckId::ContainerCorrupt,
        Problem::Encrypted => CheckId::ContainerEncrypted,
        Problem::UnsupportedMethod(_) | Problem::NotRead(_) => CheckId::ContainerUnread,
        Problem::NameEscapes
        | Problem::NameEmpty
        | Problem::NameTooLong
        | Problem::NameUnprintable
        | Problem::NameElsewhere
        | Problem::NameDisagrees(_) => CheckId::ContainerName,
        Problem::NameRepeated => CheckId::ContainerDuplicate,
        Problem::Link => CheckId::ContainerLink,
        Problem::SpecialFile => CheckId::ContainerDevice,
        Problem::TooLarge { .. }
        | Problem::TooManyMembers { .. }
        | Problem::TooManyBytes { .. }
        | Problem::Ratio { .. }
        | Problem::TooDeep { .. }
        | Problem::TooLate
        | Problem::Memory => CheckId::ContainerLimit,
        Problem::Overlaps | Problem::Trailing | Problem::Prefixed => CheckId::ContainerBytes,
    }
}

/// Whether a limit of ours was reached.
pub(super) fn is_limit(problem: &Problem) -> bool {
    check(problem) == CheckId::ContainerLimit
}

/// Whether something was not read because of it. Odd names and repeated ones are read all the same.
pub(super) fn is_unread(problem: &Problem) -> bool {
    !matches!(
        problem,
        Problem::NameUnprintable
            | Problem::NameElsewhere
            | Problem::NameRepeated
            | Problem::NameDisagrees(_)
            | Problem::CountDisagrees { .. }
            | Problem::DigestDisagrees { .. }
            | Problem::Link
            | Problem::SpecialFile
    )
}

impl Reading {
    pub(super) fn unread(&mut self, path: &str, why: String) {
        if self.unread.len() < Self::MOST_UNREAD {
            self.unread.push(Unread { path: path.to_owned(), why });
        } else {
            self.more_unread += 1;
        }
    }

    pub(super) fn complain(&mut self, complaint: &Complaint) {
        let Complaint { path, problem } = complaint;
        let sentence = problem.to_string();
        if is_limit(problem) && !self.limits.contains(&sentence) {
            self.limits.push(sentence.clone());
        }
        if is_unread(problem) {
            self.unread(path, sentence.clone());
        }
        self.findings.add(finding(path, problem));
    }

    /// How the walk ended. A file that is an archive and could not be opened at all is still a file.
    pub(super) fn walked(&mut self, walked: Result<Option<Stop>, Unreadable>) -> Result<(), Unreadable> {
        match walked {
            Ok(_) => Ok(()),
            Err(Unreadable::Refused { problem, .. }) => {
                if let Problem::NotRead(kind) = problem {
                    self.kind = kind;
                }
                self.complain(&Complaint { path: String::new(), problem });
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
