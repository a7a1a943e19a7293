//! The ways in which logs write a timestamp, by name, each read from the front of a byte string.
//!
//! Written by hand instead of with a format-string library: a line is read in some tens of nanoseconds,
//! no allocation, and a field that is out of range is a refusal, which recognition needs.

mod devices;

use super::stamp::{Civil, Stamp, Zone};

/// A way to write a timestamp. The names are those that layout files use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StampFormat {
    /// `22/Nov/2026:14:19:51 +0530` (Common Log Format); zone and fraction may be missing (HAProxy).
    Clf,
    /// `2026-11-22T08:04:28.222304+00:00` and kin: `T` or blanks between, `.` or `,` before the fraction,
    /// zone as `Z`, `UTC`, `GMT`, `+hh:mm`, `+hhmm`, `+hh`, or none.
    Iso,
    /// `2026/11/22 08:47:48` (nginx error log, Go).
    Slash,
    /// `Sun Nov 22 08:39:33.293755 2026` (Apache error log, `ctime`).
    Asctime,
    /// `Nov 22 08:04:28`, perhaps with a year or a fraction (RFC 3164 and its variants).
    Syslog,
    /// `22-Nov-2026 08:39:32` with perhaps a fraction and a zone (PHP, Tomcat).
    DayMonthYear,
    /// `22 Nov 2026 08:00:00.123` (Redis).
    DaySpaceMonth,
    /// `261122  8:04:28` (old MySQL).
    Compact,
    /// `20261122 08:04:28` or `20261122T080428`.
    CompactLong,
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size; may have a fraction.
    Epoch,
    /// `12345.678901`: seconds since the system started.
    Uptime,
    /// `Nov 22, 2026 8:04:28 AM` (java.util.logging).
    MonthDayComma,
    /// `11/22/2026 8:04:28 AM`, `22.11.2026 08:04:28`, `11/22/2026, 8:04:28 AM` (Windows, JavaScript): the order of
    /// day and month follows the separator, AM or PM, or a number over 12; else the month stands first.
    Locale,
    /// `22-Nov 08:04` (Bacula): neither year nor seconds.
    DayMonth,
    /// `1122 08:04:28.123456` (glog, klog after the level letter).
    Glog,
    /// `11/22/2026-08:04:28.503456`, the year perhaps missing (Suricata, Snort).
    Alert,
    /// `2026:11:22-08:04:28` (Sophos UTM).
    Colons,
    /// `nov/22/2026 08:04:28`, the year perhaps missing (RouterOS).
    MonthSlashDay,
    /// `22/11/2026 -- 08:04:28` (Suricata's own log).
    DaySlashDashes,
}

impl StampFormat {
    /// The format that layout files call `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "clf" => Self::Clf,
            "iso" => Self::Iso,
            "slash" => Self::Slash,
            "asctime" => Self::Asctime,
            "syslog" => Self::Syslog,
            "day-month-year" => Self::DayMonthYear,
            "day-space-month" => Self::DaySpaceMonth,
            "compact" => Self::Compact,
            "compact-long" => Self::CompactLong,
            "epoch" => Self::Epoch,
            "uptime" => Self::Uptime,
            "month-day-comma" => Self::MonthDayComma,
            "glog" => Self::Glog,
            "locale" => Self::Locale,
            "day-month" => Self::DayMonth,
            "alert" => Self::Alert,
            "colons" => Self::Colons,
            "month-slash-day" => Self::MonthSlashDay,
            "day-slash-dashes" => Self::DaySlashDashes,
            _ => return None,
        })
    }

    /// Reads a timestamp from the front of `text`; gives it and the number of bytes it took.
    pub fn read(self, text: &[u8]) -> Option<(Stamp, usize)> {
        let mut cursor = Cursor { text, at: 0 };
        let stamp = match self {
            Self::Clf => cursor.clf(),
            Self::Iso => cursor.iso(),
            Self::Slash => cursor.slash(),
            Self::Asctime => cursor.asctime(),
            Self::Syslog => cursor.syslog(),
            Self::DayMonthYear => cursor.day_month_year(b'-'),
            Self::DaySpaceMonth => cursor.day_month_year(b' '),
            Self::Compact => cursor.compact(2),
            Self::CompactLong => cursor.compact(4),
            Self::Epoch => cursor.epoch(),
            Self::Uptime => cursor.uptime(),
            Self::MonthDayComma => cursor.month_day_comma(),
            Self::Glog => cursor.glog(),
            Self::Locale => cursor.locale(),
            Self::DayMonth => cursor.day_month(),
            Self::Alert => cursor.alert(),
            Self::Colons => cursor.colons(),
            Self::MonthSlashDay => cursor.month_slash_day(),
            Self::DaySlashDashes => cursor.day_slash_dashes(),
        }?;
        if let Stamp::Calendar { civil, .. } = stamp
            && !civil.is_valid()
        {
            return None;
        }
        Some((stamp, cursor.at))
    }
}

/// Reads a timestamp of the kind that JSON members and free-form columns hold: ISO, CLF, epoch and the rest, tried
/// in turn over the whole of `text`.
pub fn read_any(text: &[u8]) -> Option<Stamp> {
    use StampFormat::{Asctime, Clf, DayMonthYear, Epoch, Iso, Locale, Slash, Syslog};
    [Iso, Epoch, Clf, Slash, Asctime, DayMonthYear, Locale, Syslog].into_iter().find_map(|format| {
        let (stamp, taken) = format.read(text)?;
        (text.len() - taken <= 1).then_some(stamp)
    })
}

/// The month 1 to 12 that a three-letter English name (or a name that syslog writes in another locale) means.
pub fn month_number(name: &[u8]) -> Option<u8> {
    let lower =
        [name.first()?.to_ascii_lowercase(), name.get(1)?.to_ascii_lowercase(), name.get(2)?.to_ascii_lowercase()];
    Some(match &lower {
        b"jan" | b"ene" | b"gen" => 1,
        b"feb" | b"fev" => 2,
        b"mar" | b"mrz" => 3,
        b"apr" | b"avr" | b"abr" => 4,
        b"may" | b"mai" | b"mei" | b"mag" => 5,
        b"jun" | b"giu" => 6,
        b"jul" | b"lug" => 7,
        b"aug" | b"ago" => 8,
        b"sep" | b"set" => 9,
        b"oct" | b"okt" | b"ott" | b"out" => 10,
        b"nov" => 11,
        b"dec" | b"dez" | b"dic" => 12,
        _ => return None,
    })
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn blanks(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// Exactly `count` digits.
    fn digits(&mut self, count: usize) -> Option<i32> {
        let mut value = 0;
        for &byte in self.text.get(self.at..self.at + count)? {
            value = value * 10 + i32::from(digit(byte)?);
        }
        self.at += count;
        Some(value)
    }

    /// One or two digits, perhaps after a blank that pads them.
    fn padded(&mut self) -> Option<i32> {
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

    fn month_name(&mut self) -> Option<i32> {
        let month = month_number(self.text.get(self.at..self.at + 3)?)?;
        self.at += 3;
        Some(i32::from(month))
    }

    /// `HH:MM:SS`, the hour perhaps with one digit.
    fn clock(&mut self) -> Option<(i32, i32, i32)> {
        let hour = self.padded()?;
        self.expect(b':')?;
        let minute = self.digits(2)?;
        self.expect(b':')?;
        Some((hour, minute, self.digits(2)?))
    }

    /// `.123`, `,123` or nothing: microseconds.
    fn fraction(&mut self) -> u32 {
        if !matches!(self.peek(), Some(b'.' | b',')) || !self.text.get(self.at + 1).is_some_and(u8::is_ascii_digit) {
            return 0;
        }
        self.at += 1;
        let mut value = 0;
        let mut scale = 100_000;
        while let Some(next) = self.peek().and_then(digit) {
            value += u32::from(next) * scale;
            scale /= 10;
            self.at += 1;
        }
        value
    }

    /// A zone directly here or after one blank; stays where it is when there is none.
    fn zone(&mut self) -> Zone {
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
        for name in [&b"UTC"[..], b"GMT", b"Z"] {
            if rest.starts_with(name) && !rest.get(name.len()).is_some_and(u8::is_ascii_alphanumeric) {
                self.at += name.len();
                return Some(Zone::Utc);
            }
        }
        if let Some((seconds, taken)) = super::zone_name::zone_name(rest) {
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

    fn clf(&mut self) -> Option<Stamp> {
        let day = self.digits(2)?;
        self.expect(b'/')?;
        let month = self.month_name()?;
        self.expect(b'/')?;
        let year = self.digits(4)?;
        // A blank instead of the colon: Django's and Werkzeug's development servers.
        self.expect(b':').or_else(|| self.expect(b' '))?;
        let time = self.clock()?;
        let fraction = self.fraction();
        let zone = self.zone();
        Some(calendar(Some(year), month, day, time, fraction, zone))
    }

    fn iso(&mut self) -> Option<Stamp> {
        let year = self.digits(4)?;
        self.expect(b'-')?;
        let month = self.digits(2)?;
        self.expect(b'-')?;
        let day = self.digits(2)?;
        match self.peek()? {
            b'T' | b't' | b'_' => self.at += 1,
            _ => self.blanks()?,
        }
        let time = self.clock()?;
        let fraction = self.fraction();
        let zone = self.zone();
        Some(calendar(Some(year), month, day, time, fraction, zone))
    }

    fn slash(&mut self) -> Option<Stamp> {
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
        Some(calendar(Some(year), month, day, time, fraction, Zone::Unstated))
    }

    fn asctime(&mut self) -> Option<Stamp> {
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
        Some(calendar(Some(year), month, day, time, fraction, zone))
    }

    fn syslog(&mut self) -> Option<Stamp> {
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
            return Some(calendar(early, month, day, time, fraction, zone));
        }
        // Others write it behind the time.
        let start = self.at;
        let late = self
            .expect(b' ')
            .and_then(|()| self.digits(4))
            .filter(|year| (1990..2100).contains(year) && self.peek().is_none_or(|next| next == b' ' || next == b':'));
        if late.is_none() {
            self.at = start;
        }
        let start = self.at;
        let zone = self.zone();
        // A host may begin with a sign and digits; with the name of a zone it does not.
        let named = self.text.get(start + 1).is_some_and(u8::is_ascii_alphabetic);
        if matches!(zone, Zone::Offset(_)) && !named {
            self.at = start;
            return Some(calendar(late, month, day, time, fraction, Zone::Unstated));
        }
        Some(calendar(late, month, day, time, fraction, zone))
    }

    fn day_month_year(&mut self, separator: u8) -> Option<Stamp> {
        let day = self.padded()?;
        self.expect(separator)?;
        let month = self.month_name()?;
        self.expect(separator)?;
        let year = self.digits(4)?;
        // Erlang puts two colons between date and time.
        self.expect(b' ').or_else(|| self.expect(b':').and_then(|()| self.expect(b':')))?;
        let time = self.clock()?;
        let fraction = self.fraction();
        let zone = self.zone();
        let stamp = calendar(Some(year), month, day, time, fraction, zone);
        // PHP writes the region: `Europe/Berlin`.
        if let Stamp::Calendar { civil, zone: Zone::Unstated, .. } = stamp
            && let Some((offset, taken)) = super::zone_name::region(self.text.get(self.at..)?, civil)
        {
            self.at += taken;
            return Some(calendar(Some(year), month, day, time, fraction, Zone::Offset(offset)));
        }
        Some(stamp)
    }

    fn compact(&mut self, year_digits: usize) -> Option<Stamp> {
        let year = self.digits(year_digits)?;
        let year = if year_digits == 2 { 2000 + year } else { year };
        let month = self.digits(2)?;
        let day = self.digits(2)?;
        if self.peek() == Some(b'T') {
            self.at += 1;
            let time = (self.digits(2)?, self.digits(2)?, self.digits(2)?);
            let fraction = self.fraction();
            let zone = self.zone();
            return Some(calendar(Some(year), month, day, time, fraction, zone));
        }
        self.expect(b' ')?;
        let time = self.clock()?;
        let fraction = self.fraction();
        Some(calendar(Some(year), month, day, time, fraction, Zone::Unstated))
    }

    fn epoch(&mut self) -> Option<Stamp> {
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

    fn uptime(&mut self) -> Option<Stamp> {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        let mut whole: i64 = i64::from(digit(self.peek()?)?);
        self.at += 1;
        while let Some(next) = self.peek().and_then(digit) {
            whole = whole.checked_mul(10)?.checked_add(i64::from(next))?;
            self.at += 1;
        }
        if self.peek() != Some(b'.') {
            return None;
        }
        let fraction = i64::from(self.fraction());
        Some(Stamp::Uptime(whole.checked_mul(1_000_000)? + fraction))
    }

    fn month_day_comma(&mut self) -> Option<Stamp> {
        let month = self.month_name()?;
        self.expect(b' ')?;
        let day = self.padded()?;
        self.expect(b',')?;
        self.expect(b' ')?;
        let year = self.digits(4)?;
        self.blanks()?;
        let (mut hour, minute, second) = self.clock()?;
        let fraction = self.fraction();
        self.blanks();
        let half = self.text.get(self.at..self.at + 2).map(<[u8]>::to_ascii_uppercase);
        match half.as_deref() {
            Some(b"AM") => hour %= 12,
            Some(b"PM") => hour = hour % 12 + 12,
            _ => return Some(calendar(Some(year), month, day, (hour, minute, second), fraction, Zone::Unstated)),
        }
        self.at += 2;
        Some(calendar(Some(year), month, day, (hour, minute, second), fraction, Zone::Unstated))
    }

    fn day_month(&mut self) -> Option<Stamp> {
        let day = self.padded()?;
        self.expect(b'-')?;
        let month = self.month_name()?;
        self.expect(b' ')?;
        let hour = self.digits(2)?;
        self.expect(b':')?;
        let minute = self.digits(2)?;
        Some(calendar(None, month, day, (hour, minute, 0), 0, Zone::Unstated))
    }

    fn locale(&mut self) -> Option<Stamp> {
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
        let half = self.text.get(self.at..self.at + 2).map(<[u8]>::to_ascii_uppercase);
        let halved = match half.as_deref() {
            Some(b"AM") => Some(hour % 12),
            Some(b"PM") => Some(hour % 12 + 12),
            _ => None,
        };
        match halved {
            Some(value) => {
                hour = value;
                self.at += 2;
            }
            None => self.at = start,
        }
        let day_first = first > 12 || (separator == b'.' && second <= 12);
        let (day, month) = if day_first { (first, second) } else { (second, first) };
        let time = (hour, minute, second_of_minute);
        let zone = self.zone();
        Some(calendar(Some(year), month, day, time, fraction, zone))
    }

    fn glog(&mut self) -> Option<Stamp> {
        let month = self.digits(2)?;
        let day = self.digits(2)?;
        self.expect(b' ')?;
        let time = self.clock()?;
        let fraction = self.fraction();
        Some(calendar(None, month, day, time, fraction, Zone::Unstated))
    }
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

fn calendar(year: Option<i32>, month: i32, day: i32, time: (i32, i32, i32), fraction: u32, zone: Zone) -> Stamp {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(format: StampFormat, text: &str) -> (i64, usize) {
        let (stamp, taken) = format.read(text.as_bytes()).unwrap_or_else(|| panic!("{text} is not {format:?}"));
        let second = match stamp {
            Stamp::Calendar { civil, zone, .. } => {
                let offset = if let Zone::Offset(offset) = zone { offset } else { 0 };
                civil.to_second() - i64::from(offset)
            }
            Stamp::Epoch(micros) | Stamp::Uptime(micros) => micros / 1_000_000,
        };
        (second, taken)
    }

    #[test]
    fn one_moment_in_all_spellings() {
        let moment = 1_795_335_814;
        for (format, text) in [
            (StampFormat::Clf, "22/Nov/2026:13:53:34 +0530"),
            (StampFormat::Clf, "22/Nov/2026:08:23:34.785"),
            (StampFormat::Iso, "2026-11-22T08:23:34Z"),
            (StampFormat::Iso, "2026-11-22 08:23:34,785"),
            (StampFormat::Iso, "2026-11-22  08:23:34"),
            (StampFormat::Iso, "2026-11-22T09:23:34.785260+01:00"),
            (StampFormat::Iso, "2026-11-22 07:23:34 -0100"),
            (StampFormat::Slash, "2026/11/22 08:23:34"),
            (StampFormat::Asctime, "Sun Nov 22 08:23:34.293755 2026"),
            (StampFormat::Syslog, "Nov 22 2026 08:23:34"),
            (StampFormat::Syslog, "Nov 22 08:23:34 2026"),
            (StampFormat::DayMonthYear, "22-Nov-2026 08:23:34 UTC"),
            (StampFormat::DaySpaceMonth, "22 Nov 2026 08:23:34.123"),
            (StampFormat::Compact, "261122  8:23:34"),
            (StampFormat::CompactLong, "20261122T082334Z"),
            (StampFormat::Epoch, "1795335814.785"),
            (StampFormat::Epoch, "1795335814785"),
            (StampFormat::Epoch, "1795335814785260"),
            (StampFormat::Epoch, "1795335814785260123"),
            (StampFormat::MonthDayComma, "Nov 22, 2026 8:23:34 AM"),
            (StampFormat::Clf, "22/Nov/2026 08:23:34"),
            (StampFormat::Iso, "2026-11-22 03:23:34.785 EST"),
            (StampFormat::Iso, "2026-11-22 09:23:34.785 CET"),
            (StampFormat::Locale, "11/22/2026 8:23:34 AM"),
            (StampFormat::Locale, "11/22/2026, 8:23:34 AM"),
            (StampFormat::Locale, "22.11.2026 08:23:34"),
            (StampFormat::Locale, "22/11/2026 08:23:34"),
            (StampFormat::DayMonthYear, "22-Nov-2026::08:23:34"),
        ] {
            assert_eq!(seconds(format, text), (moment, text.len()), "{text}");
        }
    }

    #[test]
    fn a_zone_is_not_taken_from_what_follows() {
        assert_eq!(seconds(StampFormat::Iso, "2026-11-22 08:23:34 -").1, 19);
        assert_eq!(seconds(StampFormat::Iso, "2026-11-22 08:23:34 Zebra").1, 19);
        assert_eq!(seconds(StampFormat::Syslog, "Nov 22 08:23:34 2026x").1, 15);
    }

    #[test]
    fn out_of_range_is_no_timestamp() {
        for text in ["2026-13-22T08:23:34", "2026-02-30T08:23:34", "2026-11-22T25:00:00", "2026-11-22T24:00:01"] {
            assert_eq!(StampFormat::Iso.read(text.as_bytes()), None, "{text}");
        }
    }
}
