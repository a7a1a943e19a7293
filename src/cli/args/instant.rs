//! Points in time as operators type them.

use super::span::with_units;
use crate::model::stamp::Moment;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::str::FromStr;

/// `--since`, `--until`: what was typed. Which moment it means depends on the zone and on the time of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Instant {
    /// RFC 3339: a moment by itself.
    Exact(Timestamp),
    /// A date, with or without a time of day; without, the beginning of the day.
    Local(DateTime),
    /// A time of day: today's.
    OfToday(Time),
    /// `today`, `yesterday`: the beginning of the day, so many days ago.
    DaysAgo(i32),
    /// `monday`, `mon`: the beginning of the latest such day before today.
    Weekday(Weekday),
    /// `24h`: so many seconds before now.
    SecondsAgo(i64),
}

const FORMS: &str = "write a moment (2026-11-22T08:00:00Z), a date with or without time (2026-11-22, \
                     \"2026-11-22 08:00\"), a time of today (08:00), `now`, `today`, `yesterday`, the last `monday` before today, or \
                     how long ago (24h, 90m, 7d)";

impl FromStr for Instant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "now" => return Ok(Instant::SecondsAgo(0)),
            "today" => return Ok(Instant::DaysAgo(0)),
            "yesterday" => return Ok(Instant::DaysAgo(1)),
            _ => {}
        }
        if let Some(weekday) = weekday(&text.to_ascii_lowercase()) {
            return Ok(Instant::Weekday(weekday));
        }
        if let Some(seconds) = with_units(text) {
            return Ok(Instant::SecondsAgo(seconds));
        }
        if let Ok(exact) = text.parse::<Timestamp>() {
            return Ok(Instant::Exact(exact));
        }
        // A date that states an offset is read above; what is left after it must not pass for local time.
        let (date, time) = text.split_once(['T', 't', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
        let day = || Some(strict_date(date)?.to_datetime(time.map_or(Some(Time::midnight()), strict_time)?));
        day().map(Instant::Local).or_else(|| strict_time(text).map(Instant::OfToday)).ok_or_else(|| FORMS.to_owned())
    }
}

/// `2026-11-22`; the week and short forms that a parser of ISO 8601 takes as well are more likely a slip.
fn strict_date(text: &str) -> Option<Date> {
    (text.len() == 10 && text.as_bytes().get(4) == Some(&b'-')).then(|| text.parse().ok())?
}

/// The day of the week, in English, whole or by its first three letters.
fn weekday(name: &str) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    DAYS.iter().find(|(day, _)| *day == name || day[..3] == *name).map(|(_, weekday)| *weekday)
}

/// `08:05`, `08:05:19`, with a fraction or without.
fn strict_time(text: &str) -> Option<Time> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    (plain && text.as_bytes().get(2) == Some(&b':')).then(|| text.parse().ok())?
}

impl Instant {
    /// The moment that is meant, in `zone`, at `now`.
    pub(crate) fn resolve(&self, zone: &TimeZone, now: Timestamp) -> Result<Moment, jiff::Error> {
        let today = now.to_zoned(zone.clone()).date();
        let local = |datetime: DateTime| datetime.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
        let timestamp = match *self {
            Instant::Exact(exact) => exact,
            Instant::Local(datetime) => local(datetime)?,
            Instant::OfToday(time) => local(today.to_datetime(time))?,
            Instant::DaysAgo(days) => local(today.checked_sub(days.days())?.to_datetime(Time::midnight()))?,
            Instant::Weekday(day) => local(today.nth_weekday(-1, day)?.to_datetime(Time::midnight()))?,
            Instant::SecondsAgo(seconds) => now.checked_sub(jiff::SignedDuration::from_secs(seconds))?,
        };
        Ok(Moment(timestamp.as_microsecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str, zone: &str) -> String {
        let now: Timestamp = "2026-11-22T00:30:00Z".parse().unwrap();
        let zone = TimeZone::get(zone).unwrap();
        text.parse::<Instant>().unwrap().resolve(&zone, now).unwrap().to_string()
    }

    #[test]
    fn what_operators_type() {
        for (text, expected) in [
            ("2026-11-22T08:00:00Z", "2026-11-22T08:00:00Z"),
            ("2026-11-22T08:00:00+01:00", "2026-11-22T07:00:00Z"),
            ("2026-11-22 08:00:00.5Z", "2026-11-22T08:00:00.500Z"),
            ("2026-11-22", "2026-11-22T00:00:00Z"),
            ("2026-11-22 08:05", "2026-11-22T08:05:00Z"),
            ("2026-11-22T08:05:19", "2026-11-22T08:05:19Z"),
            ("08:05", "2026-11-22T08:05:00Z"),
            ("now", "2026-11-22T00:30:00Z"),
            ("Today", "2026-11-22T00:00:00Z"),
            ("yesterday", "2026-11-21T00:00:00Z"),
            // The 22nd is a Sunday.
            ("saturday", "2026-11-21T00:00:00Z"),
            ("Mon", "2026-11-16T00:00:00Z"),
            ("sunday", "2026-11-15T00:00:00Z"),
            ("24h", "2026-11-21T00:30:00Z"),
            ("90m", "2026-11-21T23:00:00Z"),
        ] {
            assert_eq!(meant(text, "UTC"), expected, "{text}");
        }
    }

    #[test]
    fn days_are_those_of_the_zone() {
        assert_eq!(meant("today", "America/New_York"), "2026-11-21T05:00:00Z");
        assert_eq!(meant("yesterday", "Europe/Berlin"), "2026-11-20T23:00:00Z");
        assert_eq!(meant("2026-07-01", "Europe/Berlin"), "2026-06-30T22:00:00Z");
        assert_eq!(meant("2026-07-01T00:00:00Z", "Europe/Berlin"), "2026-07-01T00:00:00Z");
    }

    #[test]
    fn days_around_a_change_of_the_clocks_are_whole() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let resolved = |text: &str, now: &str| {
            let now: Timestamp = now.parse().unwrap();
            text.parse::<Instant>().unwrap().resolve(&berlin, now).unwrap().0 / Moment::SECOND
        };
        // 25 hours back to winter time, 23 ahead to summer time.
        for (now, hours) in [("2026-10-26T12:00:00Z", 25), ("2026-03-30T12:00:00Z", 23), ("2026-06-02T12:00:00Z", 24)] {
            assert_eq!(resolved("today", now) - resolved("yesterday", now), hours * 3600, "{now}");
        }
        assert_eq!(resolved("sunday", "2026-10-26T12:00:00Z"), resolved("2026-10-25", "2026-01-01T00:00:00Z"));
        // There are 02:30s twice in the one night and none in the other; the first, and the one after the gap.
        assert_eq!(resolved("2026-10-25 02:30", "2026-01-01T00:00:00Z"), 1_792_888_200);
        assert_eq!(resolved("2026-03-29 02:30", "2026-01-01T00:00:00Z"), 1_774_747_800);
    }

    #[test]
    fn slips_are_refused() {
        for text in
            ["", "24", "tomorow", "2026-13-01", "2026-11-22 25:00", "20261122", "8:05", "2026-11-22T08:00:00+99:00"]
        {
            assert!(text.parse::<Instant>().is_err(), "{text}");
        }
        let far: Instant = "99999999w".parse().unwrap();
        assert!(far.resolve(&TimeZone::UTC, Timestamp::UNIX_EPOCH).is_err());
    }
}
