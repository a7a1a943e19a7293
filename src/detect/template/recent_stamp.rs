//! The timestamp of the line before: many requests end in one second, and almost all in the same minute.

use super::kind::{Formats, MAX_FORMATS};
use crate::model::scan::{few_digits, micros};
use crate::model::stamp::{Civil, Stamp};
use crate::model::stamp_format::{StampFormat, place_of_second, plain_second, read_any};

/// A timestamp as text and as it was read. One that differs from it in nothing but the digits of the second and of its
/// fraction is read by those alone.
#[derive(Debug, Clone, Copy)]
pub(in crate::detect) struct RecentStamp {
    formats: Formats,
    /// 0 when there is none.
    length: usize,
    /// The text, by eight of its bytes.
    words: [u64; RecentStamp::LONGEST / 8],
    /// The bits of these that are alike in the whole minute.
    same_minute: [u64; RecentStamp::LONGEST / 8],
    /// Where in it the two digits of the second stand, and how many digits its fraction has behind them.
    second: Option<(usize, usize)>,
    /// A blank ends it, so that a zone may stand behind.
    before_blank: bool,
    stamp: Stamp,
    minute: Minute,
    /// Counts the minutes that were noted.
    number: u32,
}

/// When in its minute a timestamp is. Those with the same number are in the same minute, and as far apart as their
/// microseconds say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Minute {
    /// Number of the minute, or of a timestamp that stands alone.
    pub number: u32,
    /// Microseconds since its start.
    pub micros: i64,
}

impl Default for RecentStamp {
    fn default() -> Self {
        Self {
            formats: Formats::default(),
            length: 0,
            words: Default::default(),
            same_minute: Default::default(),
            second: None,
            before_blank: false,
            stamp: Stamp::Epoch(0),
            minute: Minute::default(),
            number: 0,
        }
    }
}

impl RecentStamp {
    const LONGEST: usize = 40;

    /// A number that no timestamp had.
    fn next_number(&mut self) -> u32 {
        self.number = self.number.wrapping_add(1);
        self.number
    }

    /// When the timestamp is that was read last.
    pub(super) fn minute(&self) -> Minute {
        self.minute
    }

    /// The timestamp that was read or noted last.
    #[inline]
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The length of the timestamp that `text` begins with, if it is in the minute of the recent one; it is the recent one
    /// then. Not where the text ends soon behind it, which a request's does not. The length alone, because a timestamp
    /// that is handed on in a pair is written by its parts and read as a whole, for which processors wait.
    #[inline]
    pub(super) fn read(&mut self, formats: Formats, text: &[u8]) -> Option<usize> {
        if self.length == 0 || formats != self.formats { None } else { self.read_known(text) }
    }

    /// The same where there is a recent one, of these formats.
    #[inline(always)]
    fn read_known(&mut self, text: &[u8]) -> Option<usize> {
        let text = text.first_chunk::<{ Self::LONGEST }>()?;
        let (words, _) = text.as_chunks::<8>();
        let mut differ = 0;
        for (at, word) in words.iter().enumerate() {
            differ |= (self.words[at] ^ u64::from_le_bytes(*word)) & self.same_minute[at];
        }
        if differ != 0 || (self.before_blank && !is_no_zone(&text[self.length..])) {
            return None;
        }
        if let Some((at, digits)) = self.second {
            self.read_second(text, at, digits)?;
        }
        Some(self.length - 1)
    }

    /// The timestamp that the first `length` bytes of `text` are, in whatever form, and its minute that of the recent one.
    pub(in crate::detect) fn read_any(&mut self, text: &[u8], length: usize) -> Option<Stamp> {
        self.reads_any(text, length).then_some(self.stamp)
    }

    /// Whether the first `length` bytes of `text` are a timestamp, in whatever form; it is the recent one then.
    #[inline]
    pub(super) fn reads_any(&mut self, text: &[u8], length: usize) -> bool {
        // No template asks for no format.
        const ANY: Formats = [None; MAX_FORMATS];
        if self.length > 0 && self.formats[0].is_none() && self.read_known(text) == Some(length) {
            return true;
        }
        let Some(stamp) = read_any(&text[..length]) else { return false };
        self.note(ANY, text, length, stamp);
        true
    }

    /// Reads the second, which stands at this place of a text, and the fraction of so many digits behind it.
    #[inline(always)]
    fn read_second(&mut self, text: &[u8; Self::LONGEST], at: usize, digits: usize) -> Option<()> {
        let Stamp::Calendar { civil, fraction: known, stated_year, .. } = &mut self.stamp else { return None };
        let second = plain_second(text.get(at..at + 2)?)?;
        let fraction = match digits {
            0 => 0,
            _ => {
                let behind = text.get(at + 3..)?;
                few_digits(behind).filter(|found| *found == digits)?;
                micros(behind.first_chunk()?, digits)
            }
        };
        let stated_year = *stated_year;
        let same = (civil.second, *known) == (second, fraction);
        (civil.second, *known) = (second, fraction);
        if stated_year {
            self.minute.micros = in_minute(second, fraction);
        } else if !same {
            // The year of a date that states none may change between two seconds.
            self.minute = Minute { number: self.next_number(), micros: 0 };
        }
        Some(())
    }

    /// Notes a timestamp that took `taken` bytes of `text`. Kept with the bracket or quote that closes it, as only a byte
    /// that belongs to no timestamp makes sure that the same text is read alike; or with a blank, where what stands
    /// behind is seen to be no zone.
    pub(super) fn note(&mut self, formats: Formats, text: &[u8], taken: usize, stamp: Stamp) {
        self.length = 0;
        self.stamp = stamp;
        self.minute = Minute { number: self.next_number(), micros: 0 };
        self.before_blank = text.get(taken) == Some(&b' ');
        let closes = match text.get(taken) {
            Some(b']' | b'"') => true,
            Some(b' ') => ends_in_zone(formats) && is_no_zone(&text[taken + 1..]),
            _ => false,
        };
        if taken >= Self::LONGEST || !closes {
            return;
        }
        self.length = taken + 1;
        self.formats = formats;
        self.second = match stamp {
            Stamp::Calendar { civil, .. } if civil.second < 60 => second(&text[..self.length], civil),
            _ => None,
        };
        let mut varies = 0..0;
        if let (Some((at, digits)), Stamp::Calendar { civil, fraction, stated_year, .. }) = (self.second, stamp) {
            // The point in front of the fraction stays.
            varies = at..at + 3 + digits;
            if stated_year {
                self.minute.micros = in_minute(civil.second, fraction);
            }
        }
        let mut bytes = [0; Self::LONGEST];
        bytes[..self.length].copy_from_slice(&text[..self.length]);
        let point = varies.start + 2;
        for (index, word) in bytes.as_chunks::<8>().0.iter().enumerate() {
            let between = |range: std::ops::Range<usize>| before(range.end, index) & !before(range.start, index);
            let counts = before(self.length, index);
            self.words[index] = u64::from_le_bytes(*word);
            self.same_minute[index] = counts & (!between(varies.clone()) | between(point..point + 1));
        }
    }
}

/// The bits of those of eight bytes that stand before `end` of a text, of which they are the ones with this index.
fn before(end: usize, index: usize) -> u64 {
    let bytes = end.saturating_sub(8 * index).min(8);
    u64::MAX.checked_shr(64 - 8 * bytes as u32).unwrap_or(0)
}

/// Whether these formats take nothing behind the time of day but a fraction and a zone.
fn ends_in_zone(formats: Formats) -> bool {
    let plain = |format: &StampFormat| matches!(format, StampFormat::Clf | StampFormat::Iso | StampFormat::Slash);
    formats[0].is_some() && formats.iter().flatten().all(plain)
}

/// Whether what stands behind a time and a blank is certainly no zone: it does not begin as one, or is a level.
#[inline]
fn is_no_zone(text: &[u8]) -> bool {
    match text {
        [b'A'..=b'Z', ..] => {
            let level = text.first_chunk::<3>();
            level.is_some_and(|level| matches!(level, b"INF" | b"WAR" | b"ERR" | b"DEB" | b"TRA" | b"FAT"))
        }
        [b'+' | b'-', ..] | [] => false,
        _ => true,
    }
}

fn in_minute(second: u8, fraction: u32) -> i64 {
    i64::from(second) * 1_000_000 + i64::from(fraction)
}

/// Where the second of this time of day stands in a text, and how many digits its fraction has.
fn second(text: &[u8], civil: Civil) -> Option<(usize, usize)> {
    let at = place_of_second(text, civil)?;
    let digits = match text.get(at + 2) {
        Some(b'.' | b',') => text[at + 3..].iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    (digits <= 6).then_some((at, digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names_of_zones;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn read_as_without_a_line_before(
            format in 0usize..3,
            lines in prop::collection::vec((0u8..3, 0u8..70, "[.,]?[0-9]{0,7}", 0usize..17), 1..8),
        ) {
            let name = ["clf", "iso", "slash"][format];
            let formats = [StampFormat::from_name(name), None, None, None];
            let mut recent = RecentStamp::default();
            for (minute, second, fraction, tail) in lines {
                let date = ["22/Nov/2026:08", "2026-11-22T08", "2026/11/22 08"][format];
                let tail = [
                    "]", " +0100]", "Z]", " ]", "", "\"", "  INFO", " INFO", " ERROR", " EST", " EDT", " -", " +02", " WARN",
                    " WET", " UTC", " [1]",
                ][tail];
                let text = format!("{date}:{minute:02}:{second:02}{fraction}{tail} \"GET / HTTP/1.1\" 200 or more than that");
                let alone = formats[0].unwrap().read(text.as_bytes());
                let read = recent.read(formats, text.as_bytes()).map(|taken| (recent.stamp(), taken));
                if read.is_some() {
                    prop_assert_eq!(read, alone, "{}", text);
                } else if let Some((stamp, taken)) = alone {
                    recent.note(formats, text.as_bytes(), taken, stamp);
                }
            }
        }
    }

    #[test]
    fn what_begins_like_a_level_is_no_zone() {
        for level in ["INF", "WAR", "ERR", "DEB", "TRA", "FAT"] {
            for zone in ["UTC", "GMT", "Z"].into_iter().chain(names_of_zones()) {
                assert!(!zone.starts_with(level) && !level.starts_with(zone), "{level} {zone}");
            }
        }
        for name in ["clf", "iso", "slash"] {
            let formats = [StampFormat::from_name(name), None, None, None];
            let date = ["22/Nov/2026:08", "2026-11-22 08", "2026/11/22 08"]
                [["clf", "iso", "slash"].iter().position(|one| *one == name).unwrap()];
            let mut recent = RecentStamp::default();
            let line = |second: u8, tail: &str| format!("{date}:04:{second:02}.123{tail} --- [main] c.s.Shop : sold");
            let first = line(1, "  INFO");
            let (stamp, taken) = formats[0].unwrap().read(first.as_bytes()).unwrap();
            recent.note(formats, first.as_bytes(), taken, stamp);
            for tail in ["  INFO", " ERROR", " [x]"] {
                let later = line(2, tail);
                let read = recent.read(formats, later.as_bytes()).map(|taken| (recent.stamp(), taken));
                assert_eq!(read, formats[0].unwrap().read(later.as_bytes()), "{later}");
                assert!(recent.read(formats, later.as_bytes()).is_some());
            }
            assert_eq!(recent.read(formats, line(2, " EST").as_bytes()), None);
        }
    }

    #[test]
    fn the_same_minute_is_known() {
        let formats = [StampFormat::from_name("clf"), None, None, None];
        let mut recent = RecentStamp::default();
        let (first, later) =
            (b"22/Nov/2026:08:04:28.349] www app/s1 0/0/0", b"22/Nov/2026:08:04:59.001] www app/s1 0/0/0");
        let (stamp, taken) = StampFormat::Clf.read(first).unwrap();
        recent.note(formats, first, taken, stamp);
        let read = recent.read(formats, later).map(|taken| (recent.stamp(), taken));
        assert_eq!(read, StampFormat::Clf.read(later));
        assert_eq!(recent.read(formats, b"22/Nov/2026:08:05:00.001] www app/s1 0/0/0"), None);
    }
}
