//! Lengths of time as operators type them: `90`, `2m`, `1h30m`, `7d`.

/// Seconds of each unit.
const UNITS: [(char, i64); 5] = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400), ('w', 604_800)];

/// Seconds of a length whose every number has a unit; nothing for any other text.
pub(super) fn with_units(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut number: Option<i64> = None;
    for character in text.chars() {
        match character.to_digit(10) {
            Some(digit) => number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(i64::from(digit))?),
            None => {
                let (_, seconds) = UNITS.iter().find(|(unit, _)| *unit == character)?;
                total = total.checked_add(number.take()?.checked_mul(*seconds)?)?;
            }
        }
    }
    (number.is_none() && !text.is_empty()).then_some(total)
}

/// `--gap`: seconds, or a length with units.
pub(crate) fn seconds(text: &str) -> Result<i64, String> {
    let plain = || text.parse::<u32>().ok().map(i64::from);
    plain()
        .or_else(|| with_units(text))
        .ok_or_else(|| "write seconds, or a number with a unit: 120, 90s, 2m, 1h30m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (text, expected) in
            [("120", Some(120)), ("2m", Some(120)), ("1h30m", Some(5400)), ("1w", Some(604_800)), ("0", Some(0))]
        {
            assert_eq!(seconds(text).ok(), expected, "{text}");
        }
        for text in ["", "m", "-1", "2x", "2m3", "1.5h", "99999999999999999999d", "9223372036854775807w"] {
            assert!(seconds(text).is_err(), "{text}");
        }
        assert_eq!(with_units("24"), None);
    }
}
