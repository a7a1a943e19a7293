//! Numbers for people: thousands, percentages, durations; and the rounding that keeps bytes stable.

/// Digits after the point of every fraction in the report.
const DIGITS: i32 = 4;

/// A fraction as the report states it. Rounded once, so that CSV and JSON show the same; no negative zero.
pub(super) fn rounded(value: f64) -> f64 {
    let scale = 10_f64.powi(DIGITS);
    let rounded = (value * scale).round() / scale;
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// A rounded fraction with all its digits; empty for what is no number, because unknown is not zero.
pub(super) fn fraction(value: f64) -> String {
    if value.is_finite() { format!("{:.4}", rounded(value)) } else { String::new() }
}

/// A part of a whole; nothing when there is no whole.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// `1,447`.
pub(super) fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 request`, `1,447 requests`.
pub(super) fn count(value: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", thousands(value), if value == 1 { singular } else { plural })
}

/// A share as a percentage. What is not quite all or not quite nothing is never printed as 100 % or 0 %.
pub(super) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if !value.is_finite() {
        "unknown".to_owned()
    } else if value > 99.0 && value < 100.0 {
        "over 99 %".to_owned()
    } else if value > 0.0 && value < 1.0 {
        "under 1 %".to_owned()
    } else {
        format!("{value:.0} %")
    }
}

/// A length of time in its two largest units: `40 s`, `12 min 5 s`, `3 h 20 min`.
pub(super) fn duration(seconds: i64) -> String {
    let parts = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds.max(0);
    let mut out = Vec::new();
    for (size, unit) in parts {
        if rest >= size {
            out.push(format!("{} {unit}", rest / size));
            rest %= size;
        } else if !out.is_empty() {
            break;
        }
        if out.len() == 2 {
            break;
        }
    }
    if out.is_empty() { "0 s".to_owned() } else { out.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([0, 999, 1447, 1_234_567].map(thousands), ["0", "999", "1,447", "1,234,567"]);
        assert_eq!([0, 40, 725, 12_000, 90_000].map(duration), ["0 s", "40 s", "12 min 5 s", "3 h 20 min", "1 d 1 h"]);
        assert_eq!([0.0, 0.004, 0.5, 0.995, 1.0].map(percent), ["0 %", "under 1 %", "50 %", "over 99 %", "100 %"]);
        assert_eq!(fraction(-0.000_01), "0.0000");
        assert_eq!(fraction(f64::NAN), "");
        assert_eq!(count(1, "request", "requests"), "1 request");
    }
}
