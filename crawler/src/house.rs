//! What people here say themselves: a decision or an observation, read from what they typed and made an entry.
//!
//! Their words are cleaned like any stranger's. Each mistake is one sentence; nothing is guessed for what is missing.

use index::decision::{About, Deciding, Mistake, Observing, Outcome};
use index::entry::{Draft, Evidence, Kind, Statement};
use index::text::Text;
use index::version::range::Asked;
use jiff::Timestamp;

use crate::clean;

/// Letters of a name.
const NAME: usize = 100;
/// Letters of a reason or of an observation.
const REASON: usize = 4_000;

/// A decision from what was typed.
///
/// # Errors
/// The first [`Mistake`].
pub fn deciding(outcome: &str, by: &str, reason: &str) -> Result<Deciding, Mistake> {
    let known = Outcome::from_word(outcome).ok_or_else(|| {
        let words = Outcome::ALL.map(Outcome::as_str).join(", ");
        mistake(
            "outcome",
            format!("\u{201c}{}\u{201d} is no decision: type one of {words}", clean::line(outcome)),
        )
    })?;
    let reason = said("reason", reason, "why? Give a reason that somebody else can follow later")?;
    Ok(Deciding { outcome: known, by: name(by)?, reason })
}

/// An observation from what was typed.
///
/// # Errors
/// The first [`Mistake`].
pub fn observing(product: &str, version: &str, text: &str, by: &str) -> Result<Observing, Mistake> {
    let product = clean::line(product);
    if index::product::name(product.as_str()).is_empty() {
        return Err(mistake("product", "which product? Type its name, as its packages call it"));
    }
    let version = clean::line(version);
    if Asked::read(version.as_str()).is_none() {
        let sentence =
            format!("\u{201c}{version}\u{201d} is no version: type the one that runs, such as 6.0.0");
        return Err(mistake("version", sentence));
    }
    let said = said("text", text, "what was seen? Type it in a sentence or two")?;
    Ok(Observing { product, version, said, by: name(by)? })
}

fn name(typed: &str) -> Result<Text, Mistake> {
    let name = clean::line(typed);
    match name.as_str().chars().count() {
        0 => Err(mistake("by", "who says so? Type your name")),
        1..=NAME => Ok(name),
        _ => Err(mistake("by", format!("a name has at most {NAME} letters"))),
    }
}

fn said(field: &'static str, typed: &str, missing: &str) -> Result<Text, Mistake> {
    let text = clean::plain(typed.trim());
    match text.as_str().chars().count() {
        0 => Err(mistake(field, missing)),
        1..=REASON => Ok(text),
        _ => {
            Err(mistake(field, format!("it is longer than {REASON} letters: keep to what others must know")))
        }
    }
}

fn mistake(field: &'static str, sentence: impl Into<String>) -> Mistake {
    Mistake { field, sentence: sentence.into() }
}

/// How a decision reads as an entry.
#[must_use]
pub fn decision(about: &About, deciding: &Deciding, now: Timestamp) -> Draft {
    let claimed: Vec<&str> =
        [&about.product, &about.version].into_iter().flatten().map(String::as_str).collect();
    let what = if claimed.is_empty() { about.name.clone() } else { claimed.join(" ") };
    let title = format!("{}: {what}", deciding.outcome.past());
    let text = format!(
        "{} by {} on {}.\n\n{}\n\nFile: {}\nSHA-256: {}\n",
        deciding.outcome.past(),
        deciding.by,
        now.strftime("%Y-%m-%d"),
        deciding.reason,
        about.name,
        about.digest,
    );
    draft(&title, &text, Some(format!("/packages/{}", about.digest)), now)
}

/// How an observation reads as an entry.
#[must_use]
pub fn observation(observing: &Observing, now: Timestamp) -> Draft {
    let Observing { product, version, said, by } = observing;
    let title = format!("Observed: {product} {version}");
    let text = format!(
        "{said}\n\nSeen with {product} {version}, written down by {by} on {}.\n",
        now.strftime("%Y-%m-%d")
    );
    draft(&title, &text, None, now)
}

fn draft(title: &str, text: &str, link: Option<String>, now: Timestamp) -> Draft {
    let statement = Statement {
        title: clean::line(title),
        text: clean::plain(text),
        published: Some(now),
        ..Statement::default()
    };
    let bytes = statement.text.as_str().as_bytes().to_vec();
    let evidence = Evidence { media_type: "text/plain".to_owned(), bytes };
    Draft { native_id: String::new(), kind: Kind::Notice, link, statement, evidence }
}

#[cfg(test)]
mod tests {
    use super::{deciding, observing};

    fn check<T>(read: Result<T, index::decision::Mistake>, expected: Option<&str>) {
        assert_eq!(read.err().map(|mistake| mistake.field), expected);
    }

    #[test]
    fn what_is_missing_is_named() {
        check(deciding("accept", "Ada", "rehearsed on staging"), None);
        check(deciding(" HOLD ", "Ada", "waits for the vendor"), None);
        check(deciding("maybe", "Ada", "x"), Some("outcome"));
        check(deciding("accept", " \u{200b}", "x"), Some("by"));
        check(deciding("accept", &"a".repeat(101), "x"), Some("by"));
        check(deciding("accept", "Ada", " \n"), Some("reason"));
        check(deciding("accept", "Ada", &"x".repeat(4_001)), Some("reason"));
        check(observing("relay", "6.0.0", "p99 up 40 ms", "Ada"), None);
        check(observing("-", "6.0.0", "x", "Ada"), Some("product"));
        check(observing("relay", "newest", "x", "Ada"), Some("version"));
        check(observing("relay", "6.0.0", "", "Ada"), Some("text"));
    }
}
