//! How many fetches ended how, since the program started. Counts only; what happened stays with each source.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Answer, Disappointment};

/// How a fetch ended, in one word.
const OUTCOMES: [&str; 10] = [
    "fresh",
    "unchanged",
    "robots",
    "missing",
    "refused",
    "throttled",
    "fault",
    "unreachable",
    "late",
    "other",
];

/// Counts by outcome.
#[derive(Default)]
pub(super) struct Tally([AtomicU64; OUTCOMES.len()]);

impl Tally {
    /// Counts the end of a fetch.
    pub(super) fn count(&self, ended: &Result<Answer, Disappointment>) {
        let word = match ended {
            Ok(Answer::Fresh(_)) => "fresh",
            Ok(Answer::Unchanged) => "unchanged",
            Err(why) => outcome(why),
        };
        let counted = OUTCOMES.iter().zip(&self.0).find(|(outcome, _)| **outcome == word);
        if let Some((_, counted)) = counted {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Every outcome with its count.
    pub(super) fn read(&self) -> Vec<(&'static str, u64)> {
        OUTCOMES.iter().zip(&self.0).map(|(word, count)| (*word, count.load(Ordering::Relaxed))).collect()
    }
}

fn outcome(why: &Disappointment) -> &'static str {
    use Disappointment as Why;
    match why {
        Why::RobotsDisallow { .. } | Why::RobotsUnreadable { .. } => "robots",
        Why::RobotsUnreachable { cause, .. } => outcome(cause),
        Why::NotFound { .. } | Why::Gone { .. } => "missing",
        Why::Unauthorized { .. } | Why::Forbidden { .. } | Why::TokenRefused { .. } => "refused",
        Why::Resting { .. } | Why::TooManyRequests { .. } => "throttled",
        Why::ServerFault { .. } => "fault",
        Why::Timeout { .. } | Why::ConnectTimeout { .. } => "late",
        Why::Unresolved { .. }
        | Why::ConnectionRefused { .. }
        | Why::Unreachable { .. }
        | Why::CertificateExpired { .. }
        | Why::CertificateNotYetValid { .. }
        | Why::CertificateIssuer { .. }
        | Why::CertificateName { .. }
        | Why::CertificateRevoked { .. }
        | Why::CertificateUnsound { .. }
        | Why::Tls { .. } => "unreachable",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Disappointment, Tally};

    #[test]
    fn every_end_is_counted_once() {
        let tally = Tally::default();
        let url = || "https://vendor.example/".to_owned();
        let gone = Disappointment::Gone { url: url() };
        let unknown = Disappointment::RobotsUnreachable { host: url(), cause: Box::new(gone.clone()) };
        let circle = Disappointment::RedirectLoop { url: url() };
        for ended in [Ok(Answer::Unchanged), Err(gone), Err(unknown), Err(circle)] {
            tally.count(&ended);
        }
        let counted: Vec<_> = tally.read().into_iter().filter(|(_, count)| *count > 0).collect();
        assert_eq!(counted, [("unchanged", 1), ("missing", 2), ("other", 1)]);
    }
}
