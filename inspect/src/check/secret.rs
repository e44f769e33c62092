//! Secrets that are handed out with a package: private keys that can be read as such, tokens, passwords.
//!
//! A marker without a key behind it (a library that looks for one, a text that explains one) is none.

mod key;
mod token;

use super::{Check, Findings, Subject};
use crate::finding::{CheckId, Confidence, Trigger};

/// The family.
#[derive(Debug, Default)]
pub(super) struct Secrets;

/// Keys of one file that are told one by one.
const MOST: usize = 10;

impl Check for Secrets {
    fn member(&mut self, subject: &Subject<'_>, found: &mut Findings) {
        for key in key::find(subject.bytes, subject.text.as_deref(), subject.name).into_iter().take(MOST) {
            let shared = "everybody who has this package has it";
            let detail = format!("a private key, {}{}; {shared}", key.kind, key.public());
            let mut finding = subject.finding(CheckId::SecretPrivateKey, detail);
            if let Some((line, quote)) = key.line.and_then(|line| subject.lines().nth(line)) {
                finding = finding.at(line, quote.get(..80).unwrap_or(quote));
            }
            found.add(finding.acting(Some(Trigger::RunTime)));
        }
        if let Some(text) = subject.text.as_deref() {
            for token in token::find(subject.name, text).into_iter().take(MOST) {
                // A secret is not spread further by quoting it.
                let finding =
                    subject.finding(CheckId::SecretToken, token.detail).at(token.line, &token.quote);
                found.add(finding.sure(Confidence::Medium));
            }
        }
    }
}

#[cfg(test)]
mod tests;
