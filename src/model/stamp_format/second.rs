//! Where the second of a timestamp stands: most lines of a log differ from the one before in nothing else of it.

use crate::model::stamp::Civil;

/// Where in a text the two digits of the second stand of a time that was read from it. Nothing unless exactly one
/// `:mm:ss` says that time, or where only one second is valid, in the hour 24.
pub fn place_of_second(text: &[u8], civil: Civil) -> Option<usize> {
    let said = |window: &[u8]| match window {
        [b':', minute @ .., b':', tens, ones] => {
            two_digits(minute) == Some(civil.minute) && two_digits(&[*tens, *ones]) == Some(civil.second)
        }
        _ => false,
    };
    let mut places = text.windows(6).enumerate().filter(|(_, window)| said(window)).map(|(at, _)| at + 4);
    match (places.next(), places.next()) {
        (Some(at), None) if civil.hour < 24 => Some(at),
        _ => None,
    }
}

/// The second that these two digits say, unless it is a leap second.
pub fn plain_second(digits: &[u8]) -> Option<u8> {
    two_digits(digits).filter(|second| *second < 60)
}

fn two_digits(text: &[u8]) -> Option<u8> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_it_is_the_only_one() {
        let civil = |hour| Civil { year: 2026, month: 11, day: 22, hour, minute: 4, second: 28 };
        assert_eq!(place_of_second(b"22/Nov/2026:08:04:28 +0100", civil(8)), Some(18));
        assert_eq!(place_of_second(b"08:04:28 relay 08:04:27", civil(8)), Some(6));
        assert_eq!(place_of_second(b"08:04:28 relay 08:04:28", civil(8)), None);
        assert_eq!(place_of_second(b"080428", civil(8)), None);
        assert_eq!(place_of_second(b"24:04:28", civil(24)), None);
        assert_eq!(["59", "60", "5x", "5"].map(|text| plain_second(text.as_bytes())), [Some(59), None, None, None]);
    }
}
