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
        }
    }

    /// The value behind this text, at `at` of the line, and where it ends; nothing unless both are as they were.
    #[inline]
    pub(super) fn value<'a>(&self, line: &'a [u8], at: usize) -> Option<(&'a [u8], usize)> {
        let rest = self.behind(line.get(at..)?)?;
        let length = if self.quoted { quoted(rest)? } else { plain(rest)? };
        Some((&rest[..length], at + self.length + length))
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

    #[test]
    fn values_behind_texts_of_any_length() {
        for length in 1..40 {
            let text: Vec<u8> = (0..length).map(|at| b'a' + at % 26).collect();
            let line = [b"x", text.as_slice(), b"value\",1"].concat();
            let gap = Gap::new(&text, true);
            assert_eq!(gap.value(&line, 1), Some((&b"value"[..], line.len() - 3)));
            for at in 0..text.len() {
                let mut other = line.clone();
                other[at + 1] = b'#';
                assert_eq!(gap.value(&other, 1), None);
            }
            assert_eq!(gap.value(&line[..text.len()], 1), None);
        }
    }

    #[test]
    fn values_that_are_none() {
        let (string, number) = (Gap::new(b":", true), Gap::new(b":", false));
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
