//! Durations of JSON lines in microseconds, whatever unit they are written in.

use crate::model::record::parse_number;

/// A number in `unit` microseconds (or in nanoseconds, for a unit of -1000) as whole microseconds.
pub(super) fn scaled(text: &[u8], unit: i64) -> i64 {
    // As by the fraction below, which is exact up to 2^53.
    if (0..=1_000_000).contains(&unit) && text.len() < 10 && text.iter().all(u8::is_ascii_digit) {
        return parse_number(text).unwrap_or(0) * unit;
    }
    if let Some(micros) = decimal(text, unit) {
        return micros;
    }
    let number = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.trim_end_matches(['s', 'm']).parse::<f64>().ok())
        .unwrap_or(0.0);
    let micros = if unit < 0 { number / -(unit as f64) } else { number * unit as f64 };
    micros.round() as i64
}

/// The same for up to six digits, a point and further digits, by whole numbers: to read a fraction takes several times as
/// long. Nothing where what is behind the microseconds is so near to a half that the fraction's own error may count, which
/// is less than a thousandth of so few digits.
fn decimal(text: &[u8], unit: i64) -> Option<i64> {
    const POWERS: [i64; 10] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
    // Down to a thousandth of a microsecond.
    let places = match unit {
        1 => 3,
        1000 => 6,
        1_000_000 => 9,
        _ => return None,
    };
    let mut digits = text.iter().map(|byte| (byte ^ b'0', *byte));
    let (mut number, mut whole) = (0, 0);
    for (digit, byte) in digits.by_ref() {
        match digit {
            0..=9 => (number, whole) = (10 * number + i64::from(digit), whole + 1),
            _ if byte == b'.' => break,
            _ => return None,
        }
        if whole > 6 {
            return None;
        }
    }
    let mut behind = 0;
    for (digit, _) in digits.by_ref() {
        match digit {
            0..=9 if behind < places => (number, behind) = (10 * number + i64::from(digit), behind + 1),
            0..=9 => {}
            _ => return None,
        }
    }
    if whole == 0 || behind == 0 {
        return None;
    }
    let number = number * POWERS.get(places - behind)?;
    let (micros, further) = (number / 1000, number % 1000);
    match further {
        ..499 => Some(micros),
        499..=500 => None,
        _ => Some(micros + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whole_numbers_are_scaled_as_fractions_are(
            text in "[0-9]{1,11}",
            unit in prop::sample::select(vec![-1000, 1, 1000, 1_000_000]),
        ) {
            prop_assert_eq!(scaled(text.as_bytes(), unit), scaled(format!("{text}.0").as_bytes(), unit));
        }

        #[test]
        fn decimals_are_scaled_as_fractions_are(
            text in "[0-9]{0,8}[.][0-9]{0,4}([0-9]{0,3}|499|500|0000|9999)[0-9]{0,12}[s.]?",
            unit in prop::sample::select(vec![1, 1000, 1_000_000]),
        ) {
            let fraction = (text.trim_end_matches('s').parse::<f64>().unwrap_or(0.0) * unit as f64).round() as i64;
            prop_assert_eq!(scaled(text.as_bytes(), unit), fraction, "{}", text);
        }
    }

    #[test]
    fn what_is_no_number_takes_no_time() {
        for (text, unit, micros) in [("", 1, 0), ("x", 1000, 0), ("1.5s", 1_000_000, 1_500_000), ("2500", -1000, 3)] {
            assert_eq!(scaled(text.as_bytes(), unit), micros, "{text}");
        }
    }
}
