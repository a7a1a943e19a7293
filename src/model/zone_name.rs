//! Names of time zones that mean one offset wherever they are written.
//!
//! `CST` and `IST` are left out: each is the time of several countries, hours apart, so that a guess would move a
//! log by half a day; such a log takes its zone like one that states none.

use super::stamp::Civil;
use jiff::tz::TimeZone;

/// The offset in seconds that a region such as ` Europe/Berlin` at the front of `text` has at a local time, and the
/// length of blank and name.
pub(super) fn region(text: &[u8], civil: Civil) -> Option<(i32, usize)> {
    let name = text.strip_prefix(b" ")?;
    let length = name
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+'))
        .count();
    let name = std::str::from_utf8(&name[..length]).ok().filter(|name| name.contains('/'))?;
    let narrow = |value: u8| i8::try_from(value).ok();
    let local = jiff::civil::DateTime::new(
        i16::try_from(civil.year).ok()?,
        narrow(civil.month)?,
        narrow(civil.day)?,
        narrow(civil.hour)?,
        narrow(civil.minute)?,
        narrow(civil.second)?.min(59),
        0,
    );
    let zoned = local.ok()?.to_zoned(TimeZone::get(name).ok()?).ok()?;
    Some((zoned.offset().seconds(), length + 1))
}

/// The names, and how many minutes each is ahead.
const MINUTES: [(&str, i32); 34] = [
    ("WET", 0),
    ("WEST", 60),
    ("BST", 60),
    ("CET", 60),
    ("MET", 60),
    ("MEZ", 60),
    ("CEST", 120),
    ("MEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("SAST", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("JST", 540),
    ("KST", 540),
    ("AWST", 480),
    ("HKT", 480),
    ("ACST", 570),
    ("ACDT", 630),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("NST", -210),
    ("NDT", -150),
    ("BRT", -180),
    ("EST", -300),
    ("EDT", -240),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKDT", -480),
];

/// The offset in seconds that a zone name at the front of `text` means, and the length of the name.
pub(super) fn zone_name(text: &[u8]) -> Option<(i32, usize)> {
    let length = text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    let name = text.get(..length)?;
    // Levels stand where a zone might: `INFO`, `WARN`, `ERROR`.
    if !matches!(name, [_, _, .., b'T' | b'Z' | b'K']) {
        return None;
    }
    // A word that goes on in lower case or digits is no name of a zone.
    if text.get(length).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        return None;
    }
    let (_, minutes) = MINUTES.iter().find(|(known, _)| known.as_bytes() == name)?;
    Some((minutes * 60, length))
}

/// All names that [`zone_name`] knows.
#[cfg(test)]
pub(crate) fn names_of_zones() -> impl Iterator<Item = &'static str> {
    MINUTES.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_and_no_level() {
        for (name, minutes) in MINUTES {
            assert_eq!(zone_name(format!("{name} x").as_bytes()), Some((minutes * 60, name.len())), "{name}");
        }
        for word in ["INFO", "WARN", "ERROR", "", "T", "CETX", "CETx", "CET_"] {
            assert_eq!(zone_name(word.as_bytes()), None, "{word}");
        }
    }
}
