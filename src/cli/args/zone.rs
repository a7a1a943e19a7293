//! Time zones as operators name them.

use jiff::tz::{Offset, TimeZone};

/// `--tz`, `--log-tz`: an IANA name, `UTC`, an offset, or `system`.
pub(crate) fn zone(text: &str) -> Result<TimeZone, String> {
    if text.eq_ignore_ascii_case("utc") || text.eq_ignore_ascii_case("z") {
        return Ok(TimeZone::UTC);
    }
    if text.eq_ignore_ascii_case("system") {
        return system()
            .map_err(|error| format!("this system does not tell its zone ({error}): name it, as in Europe/Berlin"));
    }
    if text.starts_with(['+', '-']) {
        return offset(text).ok_or_else(|| "write an offset as +hh:mm or -hh:mm, up to 25 hours".to_owned());
    }
    by_name(text).map_err(|_| {
        "no zone has this name: write an IANA name (Europe/Berlin), UTC, an offset (+02:00) or `system`".to_owned()
    })
}

/// `+hh`, `+hhmm`, `+hh:mm`.
fn offset(text: &str) -> Option<TimeZone> {
    let (sign, digits) = text.split_at_checked(1)?;
    let digits = digits.replacen(':', "", 1);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        2 => (digits.as_str(), "0"),
        4 => digits.split_at_checked(2)?,
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = hours * 3600 + minutes * 60;
    if minutes >= 60 {
        return None;
    }
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok().map(TimeZone::fixed)
}

/// The zone of this machine; UTC where it tells none.
pub(crate) fn of_this_system() -> TimeZone {
    system().unwrap_or(TimeZone::UTC)
}

/// A zone by its name in the database that comes along, which says the same on every machine; one that is newer than the
/// program is looked for on the machine.
fn by_name(name: &str) -> Result<TimeZone, jiff::Error> {
    jiff::tz::TimeZoneDatabase::bundled().get(name).or_else(|_| TimeZone::get(name))
}

/// The zone of this machine. Its name is looked for in the database that comes along first: to list the machine's own
/// takes longer than to read a small log.
fn system() -> Result<TimeZone, jiff::Error> {
    let name = match std::env::var("TZ") {
        Ok(name) => Some(name),
        Err(_) => std::fs::read_link("/etc/localtime").ok().and_then(|path| {
            let path = path.to_string_lossy().into_owned();
            path.split_once("zoneinfo/").map(|(_, name)| name.to_owned())
        }),
    };
    let bundled = name.and_then(|name| jiff::tz::TimeZoneDatabase::bundled().get(&name).ok());
    bundled.map_or_else(TimeZone::try_system, Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones() {
        let offset_of = |text: &str| zone(text).unwrap().to_offset(jiff::Timestamp::UNIX_EPOCH).seconds();
        for (text, expected) in
            [("UTC", 0), ("utc", 0), ("+02:00", 7200), ("-0530", -19_800), ("+01", 3600), ("Europe/Berlin", 3600)]
        {
            assert_eq!(offset_of(text), expected, "{text}");
        }
        for text in ["", "Mars/Olympus", "+2", "+99:00", "+01:60", "+aa:bb", "02:00"] {
            assert!(zone(text).is_err(), "{text}");
        }
    }
}
