//! The timestamps of languages, databases and desktop systems.

use super::cursor::{Cursor, calendar};
use crate::model::stamp::{Stamp, Zone};
use crate::model::zone_name::region;

impl Cursor<'_> {
    pub(super) fn day_month_year(&mut self, separator: u8) -> Option<Stamp> {
        let day = self.padded()?;
        self.expect(separator)?;
        let month = self.month_name()?;
        self.expect(separator)?;
        // Redis stated no year before version 4.
        let year = if separator == b' ' && self.text.get(self.at + 2) == Some(&b':') {
            let time = self.clock()?;
            let fraction = self.fraction();
            return Some(calendar((None, month, day), time, fraction, Zone::Unstated));
        } else {
            self.digits(4)?
        };
        // Erlang puts two colons between date and time.
        self.expect(b' ').or_else(|| self.expect(b':').and_then(|()| self.expect(b':')))?;
        let time = self.clock()?;
        let fraction = self.fraction();
        let zone = self.zone();
        let stamp = calendar((Some(year), month, day), time, fraction, zone);
        // PHP writes the region: `Europe/Berlin`.
        if let Stamp::Calendar { civil, zone: Zone::Unstated, .. } = stamp
            && let Some((offset, taken)) = region(self.text.get(self.at..)?, civil)
        {
            self.at += taken;
            return Some(calendar((Some(year), month, day), time, fraction, Zone::Offset(offset)));
        }
        Some(stamp)
    }

    pub(super) fn compact(&mut self, year_digits: usize) -> Option<Stamp> {
        let year = self.digits(year_digits)?;
        let year = if year_digits == 2 { 2000 + year } else { year };
        let month = self.digits(2)?;
        let day = self.digits(2)?;
        if self.peek() == Some(b'T') {
            self.at += 1;
            let time = (self.digits(2)?, self.digits(2)?, self.digits(2)?);
            let fraction = self.fraction();
            let zone = self.zone();
            return Some(calendar((Some(year), month, day), time, fraction, zone));
        }
        self.expect(b' ')?;
        // Hadoop's file system writes no colons either: `081109 203615`.
        let time = match self.text.get(self.at..self.at + 7) {
            Some([digits @ .., b' ']) if year_digits == 2 && digits.iter().all(u8::is_ascii_digit) => {
                (self.digits(2)?, self.digits(2)?, self.digits(2)?)
            }
            _ => self.clock()?,
        };
        let fraction = self.fraction();
        Some(calendar((Some(year), month, day), time, fraction, Zone::Unstated))
    }

    /// `26/11/22 08:04:28`, the year first (Spark, Hadoop).
    pub(super) fn short_slash(&mut self) -> Option<Stamp> {
        let year = 2000 + self.digits(2)?;
        self.expect(b'/')?;
        let month = self.digits(2)?;
        self.expect(b'/')?;
        let day = self.digits(2)?;
        self.expect(b' ')?;
        let time = self.clock()?;
        Some(calendar((Some(year), month, day), time, 0, Zone::Unstated))
    }

    pub(super) fn month_day_comma(&mut self) -> Option<Stamp> {
        let month = self.month_name()?;
        self.expect(b' ')?;
        let day = self.padded()?;
        self.expect(b',')?;
        self.expect(b' ')?;
        let year = self.digits(4)?;
        self.blanks()?;
        let (hour, minute, second) = self.clock()?;
        let fraction = self.fraction();
        self.blanks();
        let hour = self.half_day(hour).unwrap_or(hour);
        Some(calendar((Some(year), month, day), (hour, minute, second), fraction, Zone::Unstated))
    }

    pub(super) fn day_month(&mut self) -> Option<Stamp> {
        let day = self.padded()?;
        self.expect(b'-')?;
        let month = self.month_name()?;
        self.expect(b' ')?;
        let hour = self.digits(2)?;
        self.expect(b':')?;
        let minute = self.digits(2)?;
        Some(calendar((None, month, day), (hour, minute, 0), 0, Zone::Unstated))
    }

    pub(super) fn locale(&mut self) -> Option<Stamp> {
        let first = self.padded()?;
        let separator = self.peek().filter(|byte| matches!(byte, b'/' | b'.' | b'-'))?;
        self.at += 1;
        let second = self.padded()?;
        self.expect(separator)?;
        let year = self.digits(4).or_else(|| self.digits(2).map(|short| 2000 + short))?;
        let _ = self.expect(b',');
        self.blanks()?;
        let (mut hour, minute, second_of_minute) = self.clock()?;
        let fraction = self.fraction();
        let start = self.at;
        let _ = self.blanks();
        match self.half_day(hour) {
            Some(of_day) => hour = of_day,
            None => self.at = start,
        }
        let day_first = first > 12 || (separator == b'.' && second <= 12);
        let (day, month) = if day_first { (first, second) } else { (second, first) };
        let time = (hour, minute, second_of_minute);
        let zone = self.zone();
        Some(calendar((Some(year), month, day), time, fraction, zone))
    }

    pub(super) fn glog(&mut self) -> Option<Stamp> {
        let month = self.digits(2)?;
        let day = self.digits(2)?;
        self.expect(b' ')?;
        let time = self.clock()?;
        let fraction = self.fraction();
        Some(calendar((None, month, day), time, fraction, Zone::Unstated))
    }
}
