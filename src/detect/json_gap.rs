//! What stands between two values of a JSON line: `","status":`.

use crate::model::byte_set::ByteSet;
use crate::peel::json::Value;
use crate::peel::near;

/// The text before a value, and how the value is written. The text is kept as numbers: it is a few bytes long, and a
/// call that compares it takes longer than to do so in place.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    /// Eight bytes each.
    words: Vec<u64>,
    /// What is behind them, and the bytes of it that count.
    tail: u64,
    mask: u64,
    length: usize,
    quoted: bool,
    recent: RecentValue,
}

impl Gap {
    pub(super) fn new(text: &[u8], quoted: bool) -> Self {
        let (words, tail) = text.as_chunks::<8>();
        let mask = (1 << (8 * tail.len())) - 1;
        Self {
            words: words.iter().map(|word| u64::from_le_bytes(*word)).collect(),
            tail: padded(tail),
            mask,
            length: text.len(),
            quoted,
            recent: RecentValue::default(),
        }
    }

    /// The value behind this text, at `at` of the line, and where it ends; nothing unless both are as they were.
    #[inline]
    pub(super) fn value<'a>(&mut self, line: &'a [u8], at: usize) -> Option<(&'a [u8], usize)> {
        let rest = self.behind(line.get(at..)?)?;
        let length = match self.recent.length(rest) {
            Some(length) => length,
            None => {
                let length = if self.quoted { quoted(rest)? } else { plain(rest)? };
                self.recent.note(rest, length);
                length
            }
        };
        Some((rest.get(..length)?, at + self.length + length))
    }

    /// What follows in a text that begins as this does.
    #[inline]
    fn behind<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let mut rest = text;
        for known in &self.words {
            let (word, behind) = rest.split_first_chunk::<8>()?;
            if u64::from_le_bytes(*word) != *known {
                return None;
            }
            rest = behind;
        }
        let word = rest.first_chunk::<8>().map_or_else(|| padded(rest), |word| u64::from_le_bytes(*word));
        if word & self.mask != self.tail {
            return None;
        }
        text.get(self.length..)
    }

    /// What stands behind this text, as the value that it is.
    #[inline]
    pub(super) fn as_written<'a>(&self, value: &'a [u8]) -> Value<'a> {
        if self.quoted { Value::String(value) } else { Value::Plain(value) }
    }
}

/// A value of a line before, with the byte that ended it: half of the members of a log say the same on every line, and to
/// compare them is cheaper than to look where they end.
#[derive(Debug, Clone, Default)]
struct RecentValue {
    words: [u64; RecentValue::WORDS],
    /// The bits of them that count.
    masks: [u64; RecentValue::WORDS],
    length: usize,
    known: bool,
    /// Other values since it was met.
    others: u32,
}

impl RecentValue {
    const WORDS: usize = 3;

    /// The length of the value that `rest` begins with, if it is this one; nothing near the end of a line.
    #[inline]
    fn length(&mut self, rest: &[u8]) -> Option<usize> {
        let text = rest.first_chunk::<{ 8 * Self::WORDS }>()?.as_chunks::<8>().0;
        let differing = std::iter::zip(text, self.words.iter().zip(&self.masks))
            .fold(0, |bits, (word, (known, mask))| bits | ((u64::from_le_bytes(*word) ^ known) & mask));
        if differing != 0 || !self.known {
            return None;
        }
        self.others = 0;
        Some(self.length)
    }

    /// Notes another value, of the first `length` bytes of `rest`: ever more seldom where each is another one.
    #[inline]
    fn note(&mut self, rest: &[u8], length: usize) {
        self.others = self.others.saturating_add(1);
        if !self.others.is_power_of_two() {
            return;
        }
        let Some(text) = rest.first_chunk::<{ 8 * Self::WORDS }>().filter(|text| length < text.len()) else { return };
        let text = text.as_chunks::<8>().0;
        for (index, word) in text.iter().enumerate().take(Self::WORDS) {
            let counts = (length + 1).saturating_sub(8 * index).min(8);
            self.masks[index] = u64::MAX.checked_shr(64 - 8 * counts as u32).unwrap_or(0);
            self.words[index] = u64::from_le_bytes(*word);
        }
        (self.length, self.known) = (length, true);
    }
}

/// Less than eight bytes as a number.
fn padded(text: &[u8]) -> u64 {
    text.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// The length of a string without escapes.
#[inline]
fn quoted(rest: &[u8]) -> Option<usize> {
    let end = near::either(b'"', b'\\', rest)?;
    (rest[end] == b'"').then_some(end)
}

/// What ends a number, or `true` or `false`. A bracket or a quote would change how the object is divided.
const ENDS: ByteSet = ByteSet::of(b",}] \t\r\n{[\"");

/// The length of a number, or of `true` or `false`.
#[inline]
fn plain(rest: &[u8]) -> Option<usize> {
    let end = rest.iter().position(|&byte| ENDS.has(byte))?;
    if matches!(rest[end], b'{' | b'[' | b'"') {
        return None;
    }
    let value = &rest[..end];
    let known = value.first().is_some_and(|&first| first == b'-' || first.is_ascii_digit());
    (known || value == b"true" || value == b"false").then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_behind_texts_of_any_length() {
        for length in 1..40 {
            let text: Vec<u8> = (0..length).map(|at| b'a' + at % 26).collect();
            let line = [b"x", text.as_slice(), b"value\",1"].concat();
            let mut gap = Gap::new(&text, true);
            assert_eq!(gap.value(&line, 1), Some((&b"value"[..], line.len() - 3)));
            for at in 0..text.len() {
                let mut other = line.clone();
                other[at + 1] = b'#';
                assert_eq!(gap.value(&other, 1), None);
            }
            assert_eq!(gap.value(&line[..text.len()], 1), None);
        }
    }

    proptest! {
        #[test]
        fn a_value_is_read_as_without_those_before(
            values in prop::collection::vec("[ab\"]{0,3}(x{20})?[ab\\\\,}]{0,3}", 1..12),
            is_quoted in any::<bool>(),
        ) {
            let mut gap = Gap::new(b":", is_quoted);
            for value in values {
                let line = format!(":{}{value}\",\"status\":200,\"duration_ms\":14}}", if is_quoted { "" } else { "1" });
                let alone = Gap::new(b":", is_quoted).value(line.as_bytes(), 0);
                prop_assert_eq!(gap.value(line.as_bytes(), 0), alone, "{}", line);
            }
        }
    }

    #[test]
    fn values_that_are_none() {
        let (mut string, mut number) = (Gap::new(b":", true), Gap::new(b":", false));
        for text in [&b":a\\\"b\","[..], b":abc", b":"] {
            assert_eq!(string.value(text, 0), None);
        }
        for text in [&b":null,"[..], b":1", b":1{,", b":1\"2,", b":x,", b":,"] {
            assert_eq!(number.value(text, 0), None);
        }
        assert_eq!(number.value(b":-1.5}", 0), Some((&b"-1.5"[..], 5)));
        assert_eq!(number.value(b":true,", 0), Some((&b"true"[..], 5)));
    }
}
