//! The ways in which logs write a timestamp, by name, each read from the front of a byte string.
//!
//! Written by hand instead of with a format-string library: a line is read in some tens of nanoseconds,
//! no allocation, and a field that is out of range is a refusal, which recognition needs.

mod cursor;
mod devices;
mod products;
mod second;
mod standard;

pub use second::{place_of_second, plain_second};

use super::stamp::Stamp;
use cursor::Cursor;

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
    /// `22 Nov 2026 08:00:00.123`, the year perhaps missing (Redis).
    DaySpaceMonth,
    /// `261122  8:04:28` (old MySQL), `261122 080428` (HDFS).
    Compact,
    /// `26/11/22 08:04:28`, the year first (Spark, Hadoop).
    ShortSlash,
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
    /// `22Nov2026  8:04:28` (Check Point).
    Glued,
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
            "short-slash" => Self::ShortSlash,
            "compact-long" => Self::CompactLong,
            "epoch" => Self::Epoch,
            "uptime" => Self::Uptime,
            "month-day-comma" => Self::MonthDayComma,
            "glog" => Self::Glog,
            "locale" => Self::Locale,
            "day-month" => Self::DayMonth,
            "alert" => Self::Alert,
            "colons" => Self::Colons,
            "glued" => Self::Glued,
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
            Self::ShortSlash => cursor.short_slash(),
            Self::CompactLong => cursor.compact(4),
            Self::Epoch => cursor.epoch(),
            Self::Uptime => cursor.uptime(),
            Self::MonthDayComma => cursor.month_day_comma(),
            Self::Glog => cursor.glog(),
            Self::Locale => cursor.locale(),
            Self::DayMonth => cursor.day_month(),
            Self::Alert => cursor.alert(),
            Self::Colons => cursor.colons(),
            Self::Glued => cursor.glued(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stamp::{Civil, Zone};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn dates_and_times_are_what_their_digits_say(
            text in "[0-9]{3}[0-9]-[012][0-9]-[0-3][0-9][T_ ][0-2][0-9]:[0-6][0-9]:[0-6][0-9]",
            fraction in "([.,][0-9]{1,9})?",
            behind in "[ xZ]?",
        ) {
            let number = |at: usize| text[at..at + 2].parse::<u8>().unwrap();
            let civil = Civil {
                year: text[..4].parse().unwrap(),
                month: number(5),
                day: number(8),
                hour: number(11),
                minute: number(14),
                second: number(17),
            };
            let digits = format!("{:0<6}", fraction.get(1..).unwrap_or_default());
            let zone = if behind == "Z" { Zone::Utc } else { Zone::Unstated };
            let stamp = Stamp::Calendar { civil, fraction: digits[..6].parse().unwrap(), stated_year: true, zone };
            let taken = text.len() + fraction.len() + usize::from(behind == "Z");
            let read = StampFormat::Iso.read(format!("{text}{fraction}{behind}").as_bytes());
            prop_assert_eq!(read, civil.is_valid().then_some((stamp, taken)));
        }
    }

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
            (StampFormat::Syslog, "2026 Nov 22 08:23:34"),
            (StampFormat::Iso, "2026-11-22, 08:23:34 UTC"),
            (StampFormat::DayMonthYear, "22-Nov-2026 08:23:34 UTC"),
            (StampFormat::DaySpaceMonth, "22 Nov 2026 08:23:34.123"),
            (StampFormat::Compact, "261122  8:23:34"),
            (StampFormat::ShortSlash, "26/11/22 08:23:34"),
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
    fn numbers_that_no_clock_shows() {
        for text in ["9223372036854.999999", "99999999999999999999.1", "2.x", "."] {
            assert_eq!(StampFormat::Uptime.read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn months_in_other_locales() {
        for (name, expected) in
            [("Mär", 3), ("févr.", 2), ("août", 8), ("déc.", 12), ("Dez", 12), ("ott", 10), ("ene", 1), ("Okt", 10)]
        {
            let text = format!("{name} 22 08:23:34 web1");
            let Some((Stamp::Calendar { civil, .. }, taken)) = StampFormat::Syslog.read(text.as_bytes()) else {
                panic!("{text}");
            };
            assert_eq!((civil.month, taken), (expected, text.len() - 5), "{text}");
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
