//! The pieces of which timestamps are made.

use super::month_number;
use crate::model::scan::{Form, few_digits, micros};
use crate::model::stamp::{Civil, Stamp, Zone};
use crate::model::zone_name::zone_name;

/// Year, month and day, or hour, minute and second.
type Numbers = (i32, i32, i32);

/// A place in a text; what cannot be read gives nothing, and may leave the place anywhere.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

impl Cursor<'_> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(super) fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    pub(super) fn blanks(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// Exactly `count` digits.
    pub(super) fn digits(&mut self, count: usize) -> Option<i32> {
        let mut value = 0;
        for &byte in self.text.get(self.at..self.at + count)? {
            value = value * 10 + i32::from(digit(byte)?);
        }
        self.at += count;
        Some(value)
    }

    /// One or two digits, perhaps after a blank that pads them.
    pub(super) fn padded(&mut self) -> Option<i32> {
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        let first = i32::from(digit(self.peek()?)?);
        self.at += 1;
        Some(match self.peek().and_then(digit) {
            Some(second) => {
                self.at += 1;
                first * 10 + i32::from(second)
            }
            None => first,
        })
    }

    pub(super) fn month_name(&mut self) -> Option<i32> {
        // The accents of German and French take two bytes.
        const ACCENTED: [(&str, i32); 8] =
            [("Mär", 3), ("mär", 3), ("févr", 2), ("fév", 2), ("Fév", 2), ("août", 8), ("déc", 12), ("Déc", 12)];
        let rest = self.text.get(self.at..)?;
        if !rest.get(1)?.is_ascii() || !rest.get(2)?.is_ascii() {
            let (name, month) = ACCENTED.iter().find(|(name, _)| rest.starts_with(name.as_bytes()))?;
            self.at += name.len() + usize::from(rest.get(name.len()) == Some(&b'.'));
            return Some(*month);
        }
        let month = month_number(self.text.get(self.at..self.at + 3)?)?;
        self.at += 3;
        Some(i32::from(month))
    }

    /// `HH:MM:SS`, the hour perhaps with one digit.
    pub(super) fn clock(&mut self) -> Option<(i32, i32, i32)> {
        if let Some(text) = self.text.get(self.at..)?.first_chunk::<8>()
            && TIME.fits(text)
        {
            self.at += text.len();
            return Some((two_digits(text, 0), two_digits(text, 3), two_digits(text, 6)));
        }
        let hour = self.padded()?;
        self.expect(b':')?;
        let minute = self.digits(2)?;
        self.expect(b':')?;
        Some((hour, minute, self.digits(2)?))
    }

    /// `2026-11-22 08:04:28`, with any one byte between date and time: year, month and day, hour, minute and second.
    /// Stays where it is when they are written otherwise.
    pub(super) fn date_and_time(&mut self) -> Option<(Numbers, Numbers)> {
        const DATE: Form = Form::of(b"0000-00-");
        const BETWEEN: Form = Form::of(b"00?00:00");
        let text: &[u8; 19] = self.text.get(self.at..)?.first_chunk()?;
        let (date, rest) = text.split_first_chunk::<8>()?;
        let fits = DATE.fits(date) && BETWEEN.fits(rest.first_chunk()?) && TIME.fits(text.last_chunk()?);
        if !fits {
            return None;
        }
        self.at += text.len();
        let number = |at| two_digits(text, at);
        Some(((number(0) * 100 + number(2), number(5), number(8)), (number(11), number(14), number(17))))
    }

    /// `.123`, `,123` or nothing: microseconds.
    pub(super) fn fraction(&mut self) -> u32 {
        if !matches!(self.peek(), Some(b'.' | b',')) || !self.text.get(self.at + 1).is_some_and(u8::is_ascii_digit) {
            return 0;
        }
        self.at += 1;
        if let Some(behind) = self.text.get(self.at..).and_then(<[u8]>::first_chunk::<8>)
            && let Some(digits @ ..=6) = few_digits(behind)
        {
            self.at += digits;
            return micros(behind, digits);
        }
        let mut value = 0;
        let mut scale = 100_000;
        while let Some(next) = self.peek().and_then(digit) {
            value += u32::from(next) * scale;
            scale /= 10;
            self.at += 1;
        }
        value
    }

    /// `AM` or `PM` here, behind an `hour` from 1 to 12: the hour of the day.
    pub(super) fn half_day(&mut self, hour: i32) -> Option<i32> {
        let half = self.text.get(self.at..self.at + 2)?;
        let hour = match &half.to_ascii_uppercase()[..] {
            b"AM" => hour % 12,
            b"PM" => hour % 12 + 12,
            _ => return None,
        };
        self.at += 2;
        Some(hour)
    }

    /// A zone directly here or after one blank; stays where it is when there is none.
    pub(super) fn zone(&mut self) -> Zone {
        let start = self.at;
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        if let Some(zone) = self.zone_here() {
            return zone;
        }
        self.at = start;
        Zone::Unstated
    }

    fn zone_here(&mut self) -> Option<Zone> {
        let rest = self.text.get(self.at..)?;
        if !matches!(rest.first()?, b'A'..=b'Z' | b'+' | b'-') {
            return None;
        }
        for name in [&b"UTC"[..], b"GMT", b"Z"] {
            if rest.starts_with(name) && !rest.get(name.len()).is_some_and(u8::is_ascii_alphanumeric) {
                self.at += name.len();
                return Some(Zone::Utc);
            }
        }
        if let Some((seconds, taken)) = zone_name(rest) {
            self.at += taken;
            return Some(Zone::Offset(seconds));
        }
        let sign = match rest.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let start = self.at;
        self.at += 1;
        let offset = self.offset_digits();
        match offset {
            Some(seconds) if seconds <= 15 * 3600 => Some(Zone::Offset(sign * seconds)),
            _ => {
                self.at = start;
                None
            }
        }
    }

    fn offset_digits(&mut self) -> Option<i32> {
        let hours = self.digits(2)?;
        if self.peek() == Some(b':') {
            self.at += 1;
            return Some(hours * 3600 + self.digits(2)? * 60);
        }
        let minutes = self.digits(2).unwrap_or(0);
        Some(hours * 3600 + minutes * 60)
    }
}

/// A time of day with as many digits as there can be.
const TIME: Form = Form::of(b"00:00:00");

/// The number that the digits at a place and behind it say.
#[inline]
fn two_digits(text: &[u8], at: usize) -> i32 {
    i32::from(text[at] & 15) * 10 + i32::from(text[at + 1] & 15)
}

pub(super) fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

/// A timestamp of year (where it is stated), month and day, and hour, minute and second.
pub(super) fn calendar(date: (Option<i32>, i32, i32), time: (i32, i32, i32), fraction: u32, zone: Zone) -> Stamp {
    let (year, month, day) = date;
    let (hour, minute, second) = time;
    // Every part was read from at most four digits, so the narrowing keeps the value or leaves it out of range.
    let narrow = |value: i32| u8::try_from(value).unwrap_or(u8::MAX);
    let civil = Civil {
        year: year.unwrap_or(0),
        month: narrow(month),
        day: narrow(day),
        hour: narrow(hour),
        minute: narrow(minute),
        second: narrow(second),
    };
    Stamp::Calendar { civil, fraction, stated_year: year.is_some(), zone }
}
