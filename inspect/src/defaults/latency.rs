//! How much longer a call may take by its retries, where that can be told from the values: with its arithmetic.
//!
//! An upper bound by the words in the source: doubled waits up to a cap. Libraries differ in whether the first wait is
//! doubled already, and most draw each wait at random below the bound, so it is a bound and said as one.

/// Retries beyond which a sum is not written out.
const MOST_WRITTEN: u32 = 6;

/// What retries of these values cost, in a sentence without its full stop. The value is a call such as
/// `Retry(Backoff(base=1, cap=10), retries=3)`.
pub(super) fn of_call(value: &str) -> Option<String> {
    let retries = argument(
        value,
        &["retries", "max_attempts", "attempts", "max_retries", "maxRetries", "total", "tries"],
    )?;
    let base = argument(value, &["base", "backoff_factor", "initial", "min", "base_delay", "delay"])?;
    let cap = argument(value, &["cap", "max", "backoff_max", "max_delay", "maximum"]);
    let retries = count(retries)?;
    Some(exponential(retries, base, cap))
}

/// The sum of waits that double from `base` up to `cap`.
fn exponential(retries: u32, base: f64, cap: Option<f64>) -> String {
    let waits = |first: i32| -> Vec<f64> {
        let steps =
            (0..i32::try_from(retries).unwrap_or(i32::MAX)).map(|step| base * 2_f64.powi(first + step));
        steps.map(|wait| cap.map_or(wait, |cap| wait.min(cap))).collect()
    };
    let sum = |waits: &[f64]| number(waits.iter().sum());
    let (lower, upper) = (waits(0), waits(1));
    let written: Vec<String> = lower.iter().map(|wait| number(*wait)).collect();
    let each = cap.map(|cap| format!(", no wait above {}", number(cap))).unwrap_or_default();
    let arithmetic = if retries <= MOST_WRITTEN {
        format!("{} = {}", written.join(" + "), sum(&lower))
    } else {
        sum(&lower)
    };
    format!(
        "{retries} retries wait {arithmetic} s at most where the first wait is {} s and each doubles{each}; {} s where the first is doubled already",
        number(base),
        sum(&upper)
    )
}

/// What retries cost where each may take a timeout again.
pub(super) fn of_timeout(retries: &str, timeout: &str) -> Option<String> {
    let (retries, timeout) = (count(value(retries)?)?, value(timeout).filter(|timeout| *timeout > 0.0)?);
    (retries > 0).then(|| {
        format!(
            "each retry may take the timeout again: {retries} × {} = {} more in the timeout's own unit",
            number(timeout),
            number(f64::from(retries) * timeout)
        )
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and within 0 and 1000, as is asked before"
)]
fn count(retries: f64) -> Option<u32> {
    (retries.fract() == 0.0 && (0.0..=1000.0).contains(&retries)).then_some(retries as u32)
}

/// The number of the first argument of one of these names.
fn argument(text: &str, names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(name) {
            let is_whole = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if let (true, Some(given)) = (is_whole, after.trim_start().strip_prefix('=')) {
                let end = given.find([',', ')']).unwrap_or(given.len());
                return value(given.get(..end)?);
            }
            rest = after;
        }
        None
    })
}

/// A number, or numbers multiplied.
fn value(text: &str) -> Option<f64> {
    let factors: Option<Vec<f64>> =
        text.split('*').map(|factor| factor.trim().replace('_', "").parse::<f64>().ok()).collect();
    factors.map(|factors| factors.iter().product()).filter(|product: &f64| product.is_finite())
}

fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    format!("{rounded}")
}

#[cfg(test)]
mod tests {
    use super::{of_call, of_timeout};

    #[test]
    fn waits_double_up_to_the_cap() {
        let said = of_call("Retry(ExponentialBackoff(base=1, cap=10), retries=3)").unwrap();
        assert!(
            said.contains("1 + 2 + 4 = 7 s") && said.contains("14 s where") && said.contains("above 10"),
            "{said}"
        );
        let said = of_call("Retry(total=5, backoff_factor=0.5)").unwrap();
        assert!(said.contains("0.5 + 1 + 2 + 4 + 8 = 15.5 s"), "{said}");
        assert_eq!(of_call("Retry(total=5)"), None);
        assert_eq!(of_call("Retry(retries=many, base=1)"), None);
    }

    #[test]
    fn a_retry_takes_the_timeout_again() {
        assert!(of_timeout("1", "80 * 1000").unwrap().contains("1 × 80000 = 80000"));
        assert_eq!(of_timeout("0", "80"), None);
        assert_eq!(of_timeout("x", "80"), None);
    }
}
