//! The timestamp of the line before: many requests end in one second, and almost all in the same minute.

use super::kind::Formats;
use crate::model::stamp::{Civil, Stamp};
use crate::model::stamp_format::{place_of_second, plain_second};

/// A timestamp as text and as it was read. One that differs from it in nothing but the digits of the second and of its
/// fraction is read by those alone.
#[derive(Debug, Clone, Copy)]
pub(in crate::detect) struct RecentStamp {
    formats: Formats,
    text: [u8; RecentStamp::LONGEST],
    /// 0 when there is none.
    length: usize,
    /// Where in `text` the two digits of the second stand, and how many digits its fraction has behind them.
    second: Option<(usize, usize)>,
    stamp: Stamp,
    /// Counts the timestamps that were noted.
    number: u32,
}

impl Default for RecentStamp {
    fn default() -> Self {
        Self {
            formats: Formats::default(),
            text: [0; RecentStamp::LONGEST],
            length: 0,
            second: None,
            stamp: Stamp::Epoch(0),
            number: 0,
        }
    }
}

impl RecentStamp {
    const LONGEST: usize = 40;

    /// A number that no timestamp had.
    pub(super) fn next_number(&mut self) -> u32 {
        self.number = self.number.wrapping_add(1);
        self.number
    }

    /// A number that changes whenever another timestamp is read.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// The timestamp that `text` begins with, if it is in the minute of the recent one, and its length.
    pub(super) fn read(&mut self, formats: Formats, text: &[u8]) -> Option<(Stamp, usize)> {
        if self.length == 0 || formats != self.formats {
            return None;
        }
        let text = text.get(..self.length)?;
        if *text != self.text[..self.length] {
            self.read_second(text)?;
        }
        Some((self.stamp, self.length - 1))
    }

    fn read_second(&mut self, text: &[u8]) -> Option<()> {
        let (at, digits) = self.second?;
        let Stamp::Calendar { civil, stated_year, zone, .. } = self.stamp else { return None };
        // The digits of the second, perhaps a point with those of the fraction, and what stands behind.
        let behind = at + 2 + digits + usize::from(digits > 0);
        if text[..at] != self.text[..at] || text[behind..] != self.text[behind..self.length] {
            return None;
        }
        let second = plain_second(&text[at..at + 2])?;
        let fraction = match digits {
            0 => 0,
            _ if text[at + 2] != self.text[at + 2] => return None,
            _ => number(&text[at + 3..behind])? * MICROS[digits],
        };
        self.text[at..behind].copy_from_slice(&text[at..behind]);
        self.next_number();
        let civil = Civil { second, ..civil };
        self.stamp = Stamp::Calendar { civil, fraction, stated_year, zone };
        Some(())
    }

    /// Notes a timestamp that took `taken` bytes of `text`. Kept with the bracket that closes it, as only a byte that
    /// belongs to no timestamp makes sure that the same text is read alike.
    pub(super) fn note(&mut self, formats: Formats, text: &[u8], taken: usize, stamp: Stamp) {
        self.length = 0;
        self.next_number();
        if taken < Self::LONGEST && text.get(taken) == Some(&b']') {
            self.length = taken + 1;
            self.text[..self.length].copy_from_slice(&text[..self.length]);
            self.formats = formats;
            self.stamp = stamp;
            self.second = match stamp {
                Stamp::Calendar { civil, .. } => second(&text[..self.length], civil),
                _ => None,
            };
        }
    }
}

/// Microseconds in the last of this many digits behind a second.
const MICROS: [u32; 7] = [0, 100_000, 10_000, 1000, 100, 10, 1];

/// Where the second of this time of day stands in a text, and how many digits its fraction has.
fn second(text: &[u8], civil: Civil) -> Option<(usize, usize)> {
    let at = place_of_second(text, civil)?;
    let digits = match text.get(at + 2) {
        Some(b'.' | b',') => text[at + 3..].iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    (digits < MICROS.len()).then_some((at, digits))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stamp_format::StampFormat;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn read_as_without_a_line_before(
            format in 0usize..3,
            lines in prop::collection::vec((0u8..3, 0u8..70, "[.,]?[0-9]{0,7}", 0usize..5), 1..8),
        ) {
            let name = ["clf", "iso", "slash"][format];
            let formats = [StampFormat::from_name(name), None, None, None];
            let mut recent = RecentStamp::default();
            for (minute, second, fraction, tail) in lines {
                let date = ["22/Nov/2026:08", "2026-11-22T08", "2026/11/22 08"][format];
                let tail = ["]", " +0100]", "Z]", " ]", ""][tail];
                let text = format!("{date}:{minute:02}:{second:02}{fraction}{tail} x");
                let alone = formats[0].unwrap().read(text.as_bytes());
                let read = recent.read(formats, text.as_bytes());
                if read.is_some() {
                    prop_assert_eq!(read, alone, "{}", text);
                } else if let Some((stamp, taken)) = alone {
                    recent.note(formats, text.as_bytes(), taken, stamp);
                }
            }
        }
    }

    #[test]
    fn the_same_minute_is_known() {
        let formats = [StampFormat::from_name("clf"), None, None, None];
        let mut recent = RecentStamp::default();
        let (first, later) = (b"22/Nov/2026:08:04:28.349]", b"22/Nov/2026:08:04:59.001]");
        let (stamp, taken) = StampFormat::Clf.read(first).unwrap();
        recent.note(formats, first, taken, stamp);
        assert_eq!(recent.read(formats, later), StampFormat::Clf.read(later));
        assert_eq!(recent.read(formats, b"22/Nov/2026:08:05:00.001]"), None);
    }
}
