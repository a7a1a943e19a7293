//! Columns of a line, each of which a blank ends, told from 64 bytes at a time.
//!
//! A few numbers of 64 bits say of what kind each of the bytes is. Whether columns are written as expected is then told
//! from these alone, with one bit for the place that was come to.

use std::ops::Range;
use wide::u8x16;

const LANES: usize = 16;
/// How many bytes are looked at at a time.
const SEEN: usize = 4 * LANES;

/// Columns of a text, from the front on.
#[derive(Debug)]
pub struct Columns<'a> {
    text: &'a [u8],
    /// Where the bytes begin that are looked at.
    base: usize,
    /// The bit of that of them with which the next column begins; none where it stands behind them.
    start: u64,
    kinds: Kinds,
}

/// A bit for each of the bytes that are looked at, the first one's the lowest.
#[derive(Debug)]
struct Kinds {
    no_digits: u64,
    slashes: u64,
    blanks: u64,
    /// Tabs, ends of lines, and what else stands before the blank.
    controls: u64,
}

impl Kinds {
    #[inline(always)]
    fn of(text: &[u8; SEEN]) -> Self {
        let (mut digits, mut slashes, mut blanks, mut controls) = (0, 0, 0, 0);
        for (index, chunk) in text.as_chunks::<LANES>().0.iter().enumerate() {
            let bytes = u8x16::new(*chunk);
            let up_to = |bytes: u8x16, last: u8| bytes.min(u8x16::splat(last)).simd_eq(bytes);
            let bits = |lanes: u8x16| u64::from(lanes.to_bitmask()) << (LANES * index);
            digits |= bits(up_to(bytes - u8x16::splat(b'0'), 9));
            slashes |= bits(bytes.simd_eq(u8x16::splat(b'/')));
            blanks |= bits(bytes.simd_eq(u8x16::splat(b' ')));
            controls |= bits(up_to(bytes, b' ' - 1));
        }
        Self { no_digits: !digits, slashes, blanks, controls }
    }
}

impl<'a> Columns<'a> {
    /// Those of a text; nothing where it ends soon.
    #[inline(always)]
    pub fn of(text: &'a [u8]) -> Option<Self> {
        Some(Self { text, base: 0, start: 1, kinds: Kinds::of(text.first_chunk()?) })
    }

    /// Where the next column begins.
    #[inline(always)]
    pub fn at(&self) -> usize {
        self.place(self.start)
    }

    /// Goes behind a word, which is not empty, and gives its place. Nothing where a tab stands in it, or it is long.
    #[inline(always)]
    pub fn word(&mut self) -> Option<Range<usize>> {
        self.word_seen().or_else(|| self.behind_what_was_seen(Self::word_seen))
    }

    /// Goes behind so many numbers (at least one), of digits alone, with slashes between, and gives the place of the last.
    #[inline(always)]
    pub fn numbers<const COUNT: usize>(&mut self) -> Option<Range<usize>> {
        self.numbers_seen::<COUNT>().or_else(|| self.behind_what_was_seen(Self::numbers_seen::<COUNT>))
    }

    #[inline(always)]
    fn word_seen(&mut self) -> Option<Range<usize>> {
        let start = self.start;
        let ends = self.kinds.blanks & start.wrapping_neg();
        let end = lowest(ends);
        if end == 0 || end == start || self.kinds.controls & (end - start) != 0 {
            return None;
        }
        self.start = end << 1;
        Some(self.place(start)..self.place(end))
    }

    #[inline(always)]
    fn numbers_seen<const COUNT: usize>(&mut self) -> Option<Range<usize>> {
        let no_digits = self.kinds.no_digits & self.start.wrapping_neg();
        let mut behind = no_digits;
        for _ in 1..COUNT {
            behind &= behind.wrapping_sub(1);
        }
        let (between, end) = (no_digits ^ behind, lowest(behind));
        // Where each number begins.
        let starts = between << 1 | self.start;
        if between & !self.kinds.slashes | starts & no_digits != 0 || end & self.kinds.blanks == 0 {
            return None;
        }
        self.start = end << 1;
        let last = self.base + (u64::BITS - 1 - starts.leading_zeros()) as usize;
        Some(last..self.place(end))
    }

    /// Reads a column once more, with what stands behind the bytes that were looked at. Not in place: it is needed for few.
    #[cold]
    #[inline(never)]
    fn behind_what_was_seen(&mut self, read: fn(&mut Self) -> Option<Range<usize>>) -> Option<Range<usize>> {
        let at = self.at();
        if at == self.base {
            return None;
        }
        *self = Self { base: at, start: 1, kinds: Kinds::of(self.text.get(at..)?.first_chunk()?), ..*self };
        read(self)
    }

    #[inline(always)]
    fn place(&self, bit: u64) -> usize {
        self.base + bit.trailing_zeros() as usize
    }
}

#[inline(always)]
fn lowest(bits: u64) -> u64 {
    bits & bits.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn each_is_what_stands_before_its_blank(
            columns in prop::collection::vec("[0-9]{1,6}(/[0-9]{1,4}){0,4}|[-+/0-9]{0,9}|[!~a-z\\x80/]{1,40}|[a\\t\\n]{1,4}", 1..9),
            asked in prop::collection::vec(0usize..8, 9),
            as_written in any::<bool>(),
        ) {
            let text = format!("{} {}", columns.join(" "), "x".repeat(SEEN));
            let text = text.as_bytes();
            let mut found = Columns::of(text).unwrap();
            let mut at = 0;
            for (column, asked) in columns.iter().zip(asked) {
                prop_assert_eq!(found.at(), at);
                let parts: Vec<&str> = column.split('/').collect();
                let numbers = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
                let asked = if as_written && numbers { parts.len() } else { asked };
                let read = match asked {
                    1 => found.numbers::<1>(),
                    2 => found.numbers::<2>(),
                    3 => found.numbers::<3>(),
                    5 => found.numbers::<5>(),
                    _ => found.word(),
                };
                let end = at + column.len();
                let expected = match asked {
                    1 | 2 | 3 | 5 => (numbers && parts.len() == asked).then(|| end - parts[asked - 1].len()..end),
                    _ => (!column.is_empty() && column.bytes().all(|byte| byte > b' ')).then_some(at..end),
                };
                prop_assert_eq!(read.clone(), expected, "{} {}", column, asked);
                if read.is_none() {
                    break;
                }
                at = end + 1;
            }
        }
    }

    #[test]
    fn what_is_long_or_near_the_end_is_left() {
        let (long, most) = ("a".repeat(SEEN), "a".repeat(SEEN - 1));
        assert!(Columns::of(format!("{long} b").as_bytes()).is_some_and(|mut columns| columns.word().is_none()));
        assert!(Columns::of(most.as_bytes()).is_none());
        let text = format!("{most} 1/2 {most}");
        let mut columns = Columns::of(text.as_bytes()).unwrap();
        assert_eq!((columns.word(), columns.numbers::<2>()), (Some(0..63), Some(66..67)));
        assert_eq!((columns.at(), columns.word()), (68, None));
    }
}
