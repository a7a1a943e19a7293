//! The timestamps of standards, and of the servers and systems that set them.

use super::cursor::{Cursor, calendar, digit};
use crate::model::stamp::{Stamp, Zone};

impl Cursor<'_> {
    pub(super) fn clf(&mut self) -> Option<Stamp> {
        let day = self.digits(2)?;
        self.expect(b'/')?;
        let month = self.month_name()?;
        self.expect(b'/')?;
        let year = self.digits(4)?;
        // A blank instead of the colon: Django's and Werkzeug's development servers.
        self.expect(b':').or_else(|| self.expect(b' '))?;
        self.time_behind((Some(year), month, day))
    }

    pub(super) fn iso(&mut self) -> Option<Stamp> {
        // Nearly all are written with as many digits as there can be.
        if matches!(self.text.get(self.at + 10), Some(b'T' | b't' | b'_' | b' '))
            && let Some(((year, month, day), time)) = self.date_and_time()
        {
            return Some(self.parts_behind((Some(year), month, day), time));
        }
        let year = self.digits(4)?;
        self.expect(b'-')?;
        let month = self.digits(2)?;
        self.expect(b'-')?;
        let day = self.digits(2)?;
        match self.peek()? {
            b'T' | b't' | b'_' => self.at += 1,
            // Airflow: `2026-11-22, 08:04:28`.
            b',' if self.text.get(self.at + 1) == Some(&b' ') => self.at += 2,
            _ => self.blanks()?,
        }
        self.time_behind((Some(year), month, day))
    }

    pub(super) fn slash(&mut self) -> Option<Stamp> {
        let year = self.digits(4)?;
        self.expect(b'/')?;
        let month = self.digits(2)?;
        self.expect(b'/')?;
        let day = self.digits(2)?;
        self.blanks()?;
        // Gin writes `2026/11/22 - 08:04:28`.
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(b"- ")) {
            self.at += 2;
        }
        let time = self.clock()?;
        let fraction = self.fraction();
        Some(calendar((Some(year), month, day), time, fraction, Zone::Unstated))
    }

    pub(super) fn asctime(&mut self) -> Option<Stamp> {
        if !self.text.get(..3)?.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        self.at = 3;
        self.blanks()?;
        let month = self.month_name()?;
        self.expect(b' ')?;
        let day = self.padded()?;
        self.expect(b' ')?;
        let time = self.clock()?;
        let fraction = self.fraction();
        // `dmesg -T` and `date` may put a zone name before the year.
        let zone = self.zone();
        self.expect(b' ')?;
        let year = self.digits(4)?;
        Some(calendar((Some(year), month, day), time, fraction, zone))
    }

    pub(super) fn syslog(&mut self) -> Option<Stamp> {
        // NX-OS begins with the year.
        if self.peek()?.is_ascii_digit() {
            let year = self.digits(4)?;
            self.expect(b' ')?;
            let month = self.month_name()?;
            self.expect(b' ')?;
            let day = self.padded()?;
            self.expect(b' ')?;
            return self.time_behind((Some(year), month, day));
        }
        let month = self.month_name()?;
        self.expect(b' ')?;
        let day = self.padded()?;
        self.expect(b' ')?;
        // Some devices write the year between the day and the time.
        let start = self.at;
        let early = self.digits(4).filter(|_| self.peek() == Some(b' '));
        match early {
            Some(_) => self.at += 1,
            None => self.at = start,
        }
        let time = self.clock()?;
        let fraction = self.fraction();
        if early.is_some() {
            let zone = self.zone();
            return Some(calendar((early, month, day), time, fraction, zone));
        }
        // Others write it behind the time.
        let start = self.at;
        let late = self
            .expect(b' ')
            .and_then(|()| self.digits(4))
            .filter(|year| (1990..2100).contains(year) && self.peek().is_none_or(|next| next == b' ' || next == b':'))
            // `2001:db8::1` is a host.
            .filter(|_| self.text.get(self.at..self.at + 2).is_none_or(|next| next[0] != b':' || next[1] == b' '));
        if late.is_none() {
            self.at = start;
        }
        let start = self.at;
        let zone = self.zone();
        // A host may begin with a sign and digits; with the name of a zone it does not.
        let named = self.text.get(start + 1).is_some_and(u8::is_ascii_alphabetic);
        if matches!(zone, Zone::Offset(_)) && !named {
            self.at = start;
            return Some(calendar((late, month, day), time, fraction, Zone::Unstated));
        }
        Some(calendar((late, month, day), time, fraction, zone))
    }

    pub(super) fn epoch(&mut self) -> Option<Stamp> {
        let start = self.at;
        let mut whole: i64 = 0;
        while let Some(next) = self.peek().and_then(digit) {
            whole = whole.checked_mul(10)?.checked_add(i64::from(next))?;
            self.at += 1;
        }
        // A comma separates columns here.
        let fraction = if self.peek() == Some(b'.') { i64::from(self.fraction()) } else { 0 };
        // 9 digits of seconds end in 2001; 11 begin in 5138.
        Some(Stamp::Epoch(match (start, self.at, whole) {
            (_, _, 100_000_000..=99_999_999_999) => whole * 1_000_000 + fraction,
            (_, _, 100_000_000_000..=99_999_999_999_999) => whole * 1000 + fraction / 1000,
            (_, _, 100_000_000_000_000..=99_999_999_999_999_999) => whole,
            (_, _, 100_000_000_000_000_000..) => whole / 1000,
            _ => return None,
        }))
    }

    pub(super) fn uptime(&mut self) -> Option<Stamp> {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        let mut whole: i64 = i64::from(digit(self.peek()?)?);
        self.at += 1;
        while let Some(next) = self.peek().and_then(digit) {
            whole = whole.checked_mul(10)?.checked_add(i64::from(next))?;
            self.at += 1;
        }
        if self.peek() != Some(b'.') || self.text.get(self.at + 1).copied().and_then(digit).is_none() {
            return None;
        }
        let fraction = i64::from(self.fraction());
        Some(Stamp::Uptime(whole.checked_mul(1_000_000)?.checked_add(fraction)?))
    }

    /// The time of day, fraction and zone that stand behind a date of year, month and day.
    fn time_behind(&mut self, date: (Option<i32>, i32, i32)) -> Option<Stamp> {
        let time = self.clock()?;
        Some(self.parts_behind(date, time))
    }

    /// The timestamp of a date and a time of day, with the fraction and zone that stand behind them.
    fn parts_behind(&mut self, date: (Option<i32>, i32, i32), time: (i32, i32, i32)) -> Stamp {
        let fraction = self.fraction();
        let zone = self.zone();
        calendar(date, time, fraction, zone)
    }
}
