//! How numbers and lengths of time are said in sentences.

/// A number with its thousands parted by commas.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut parted = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

/// A number and what it counts: "1 entry", "2,186 entries".
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A length of time in its largest unit, rounded down; months have 30 days and years 365.
#[must_use]
pub fn lasting(seconds: u64) -> String {
    const UNITS: [(u64, &str, &str); 5] = [
        (31_536_000, "year", "years"),
        (2_592_000, "month", "months"),
        (86_400, "day", "days"),
        (3_600, "hour", "hours"),
        (60, "minute", "minutes"),
    ];
    let unit = UNITS.into_iter().find(|(unit, ..)| seconds >= *unit);
    let (unit, one, many) = unit.unwrap_or((1, "second", "seconds"));
    counted(seconds / unit, one, many)
}

/// A number of bytes in its largest unit, rounded down to a tenth.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    const UNITS: [(u32, &str); 4] = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = UNITS.into_iter().find(|(power, _)| bytes >> power > 0);
    let Some((power, name)) = unit else { return counted(bytes, "byte", "bytes") };
    let tenths = (u128::from(bytes) * 10) >> power;
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{bytes, lasting};

    #[test]
    fn bytes_are_told_in_their_largest_unit() {
        let check = |number, expected: &str| assert_eq!(bytes(number), expected);
        check(0, "0 bytes");
        check(1, "1 byte");
        check(1_023, "1,023 bytes");
        check(1_024, "1.0 KiB");
        check(1_610_612_736, "1.5 GiB");
        check(u64::MAX, "16777215.9 TiB");
    }

    #[test]
    fn a_length_is_told_in_its_largest_unit() {
        let check = |seconds, expected: &str| assert_eq!(lasting(seconds), expected);
        check(1, "1 second");
        check(119, "1 minute");
        check(7_200, "2 hours");
        check(86_400 * 800, "2 years");
    }
}
