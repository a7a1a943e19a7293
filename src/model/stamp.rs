//! A point in time: as a log wrote it ([`Stamp`]), and as the rest of the program reckons ([`Moment`]).

use std::fmt;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Moment(pub i64);

impl Moment {
    /// Microseconds in a second.
    pub const SECOND: i64 = 1_000_000;

    /// The moment at a whole second since 1970-01-01T00:00:00Z.
    pub fn from_second(second: i64) -> Self {
        Self(second.saturating_mul(Self::SECOND))
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub fn second(self) -> i64 {
        self.0.div_euclid(Self::SECOND)
    }

    /// The moment `microseconds` later.
    pub fn plus(self, microseconds: i64) -> Self {
        Self(self.0.saturating_add(microseconds))
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC, with as many fraction digits (0, 3 or 6) as the value needs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = Civil::from_second(self.second());
        write!(formatter, "{civil}")?;
        let fraction = self.0.rem_euclid(Self::SECOND);
        if fraction % 1000 != 0 {
            write!(formatter, ".{fraction:06}")?;
        } else if fraction != 0 {
            write!(formatter, ".{:03}", fraction / 1000)?;
        }
        formatter.write_str("Z")
    }
}

/// What a timestamp says about its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Nothing: local time of whoever wrote it.
    Unstated,
    /// An offset in seconds east of UTC.
    Offset(i32),
    /// `Z`, `UTC` or `GMT`. Kept apart from `+00:00`: programs that always write UTC say nothing about the
    /// zone of the logs beside them.
    Utc,
}

/// A calendar date and time of day, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// Proleptic Gregorian year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 24 (`24:00` is the next midnight).
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 60 (a leap second counts as the first second of the next minute).
    pub second: u8,
}

impl Civil {
    /// Seconds since 1970-01-01T00:00:00 on this calendar.
    ///
    /// Days are counted in years that begin in March, so that the leap day is the last of its year
    /// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
    pub fn to_second(self) -> i64 {
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468;
        days * 86_400 + i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second)
    }

    /// The calendar time at `second` (same source, `civil_from_days`).
    pub fn from_second(second: i64) -> Self {
        let days = second.div_euclid(86_400) + 719_468;
        let rest = second.rem_euclid(86_400);
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self {
            year: year as i32,
            month: month as u8,
            day: day as u8,
            hour: (rest / 3600) as u8,
            minute: (rest / 60 % 60) as u8,
            second: (rest % 60) as u8,
        }
    }

    /// Whether every part is in its range; the day is checked against its month, and 29 February is allowed
    /// in any year (a year-less date may belong to a leap year).
    pub fn is_valid(self) -> bool {
        const DAYS: [u8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let month = usize::from(self.month);
        (1..=12).contains(&month)
            && (1..=DAYS[month - 1]).contains(&self.day)
            && self.hour <= 24
            && (self.hour < 24 || (self.minute == 0 && self.second == 0))
            && self.minute <= 59
            && self.second <= 60
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second } = self;
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// A timestamp as it stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// A calendar date; `stated_year` is false when the line has none, and `civil.year` is then meaningless.
    Calendar {
        /// Date and time of day.
        civil: Civil,
        /// Microseconds after the second.
        fraction: u32,
        /// Whether the line states the year.
        stated_year: bool,
        /// What the line says about the zone.
        zone: Zone,
    },
    /// Microseconds since 1970-01-01T00:00:00Z.
    Epoch(i64),
    /// Microseconds since the system started (`[12345.678901]` of kernel lines): no date by itself.
    Uptime(i64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_and_seconds_are_inverse_over_four_centuries() {
        for day in (-100_000..60_000).step_by(13) {
            let second = day * 86_400 + 3661;
            assert_eq!(Civil::from_second(second).to_second(), second);
        }
        let leap = Civil { year: 2024, month: 2, day: 29, hour: 24, minute: 0, second: 0 };
        assert_eq!(Moment::from_second(leap.to_second()).to_string(), "2024-03-01T00:00:00Z");
    }

    #[test]
    fn a_moment_prints_the_fraction_it_has() {
        assert_eq!(Moment(1_795_335_814_785_260).to_string(), "2026-11-22T08:23:34.785260Z");
        assert_eq!(Moment(-1_000).to_string(), "1969-12-31T23:59:59.999Z");
    }
}
