//! Times as people read them, in the zone that they asked for.

use crate::model::stamp::Moment;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Prints moments in one zone.
#[derive(Debug, Clone)]
pub(super) struct When {
    zone: TimeZone,
}

impl When {
    /// Times in `zone`.
    pub(super) fn new(zone: TimeZone) -> Self {
        Self { zone }
    }

    fn zoned(&self, second: i64) -> Option<Zoned> {
        Some(Timestamp::from_second(second).ok()?.to_zoned(self.zone.clone()))
    }

    fn print(&self, second: i64, format: &str) -> String {
        // A moment that no calendar of ours can hold still gets a text: a broken clock in one log must not cost the report.
        self.zoned(second).map_or_else(|| utc(second), |zoned| zoned.strftime(format).to_string())
    }

    /// `2026-11-22 08:05:19`, which spreadsheets take as a date.
    pub(super) fn date_time(&self, second: i64) -> String {
        match self.zoned(second) {
            // By its parts: a timeline has thousands, and a pattern takes five times as long.
            Some(at) if at.year() >= 0 => {
                let [year, month, day] = [i64::from(at.year()), at.month().into(), at.day().into()];
                let [hour, minute, second] = [at.hour(), at.minute(), at.second()];
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
            _ => self.print(second, "%Y-%m-%d %H:%M:%S"),
        }
    }

    /// `08:05:19`.
    pub(super) fn time(&self, second: i64) -> String {
        self.print(second, "%H:%M:%S")
    }

    /// `2026-11-22`.
    pub(super) fn day(&self, second: i64) -> String {
        self.print(second, "%Y-%m-%d")
    }

    /// `11-22 08:05`, where there is little room.
    pub(super) fn short_date_time(&self, second: i64) -> String {
        self.print(second, "%m-%d %H:%M")
    }

    /// Seconds that the zone is ahead of UTC at a moment.
    pub(super) fn offset(&self, second: i64) -> i64 {
        self.zoned(second).map_or(0, |zoned| i64::from(zoned.offset().seconds()))
    }

    /// The name of the zone at a moment: `UTC`, `CET`, `+01`.
    pub(super) fn zone_name(&self, second: i64) -> String {
        self.print(second, "%Z")
    }

    /// Whether two moments are on the same day here.
    pub(super) fn same_day(&self, first: i64, second: i64) -> bool {
        self.day(first) == self.day(second)
    }

    /// A stretch of time, with the date where `dated` or where it crosses midnight.
    pub(super) fn range(&self, start: i64, end: i64, dated: bool) -> String {
        let zone = self.zone_name(start);
        if !self.same_day(start, end) {
            format!("{} - {} {zone}", self.date_time(start), self.date_time(end))
        } else if dated {
            format!("{}-{} {zone}", self.date_time(start), self.time(end))
        } else {
            format!("{}-{} {zone}", self.time(start), self.time(end))
        }
    }
}

/// The moment that was printed last, and its text: many rows of a timeline have the same.
#[derive(Default)]
pub(super) struct LastPrinted(Option<(i64, String)>);

impl LastPrinted {
    /// The text of a moment, by `print` where it is another than the last.
    pub(super) fn text(&mut self, second: i64, print: impl FnOnce(i64) -> String) -> &str {
        let known = self.0.take().filter(|(known, _)| *known == second);
        &self.0.insert(known.unwrap_or_else(|| (second, print(second)))).1
    }
}

/// RFC 3339 in UTC: what JSON has, whatever the zone of the reader.
pub(super) fn utc(second: i64) -> String {
    Moment::from_second(second).to_string()
}

/// The second of a moment in microseconds.
pub(super) fn second_of(microseconds: i64) -> i64 {
    Moment(microseconds).second()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_printed_once_in_sequence() {
        let (mut last, printed) = (LastPrinted::default(), std::cell::Cell::new(0));
        for second in [5, 5, 6, 5] {
            let text = last.text(second, |second| {
                printed.set(printed.get() + 1);
                second.to_string()
            });
            assert_eq!(text, second.to_string());
        }
        assert_eq!(printed.get(), 3);
    }

    #[test]
    fn times_follow_the_zone_and_name_it() {
        let utc = When::new(TimeZone::UTC);
        assert_eq!(utc.range(1_795_334_719, 1_795_334_759, false), "08:05:19-08:05:59 UTC");
        assert_eq!(utc.range(1_795_334_719, 1_795_421_119, false), "2026-11-22 08:05:19 - 2026-11-23 08:05:19 UTC");
        let berlin = When::new(TimeZone::get("Europe/Berlin").unwrap());
        assert_eq!(berlin.range(1_795_334_719, 1_795_334_759, true), "2026-11-22 09:05:19-09:05:59 CET");
        assert!(!utc.date_time(i64::MAX / 2_000_000).is_empty());
        for second in [-62_200_000_000, -62_100_000_000, -1, 0, 1_795_334_719, 253_402_000_000] {
            assert_eq!(berlin.date_time(second), berlin.print(second, "%Y-%m-%d %H:%M:%S"));
        }
    }
}
