//! What stands between two values of a JSON line: `","status":`.

use crate::model::byte_set::ByteSet;
use crate::model::lanes::find;
use crate::model::scan::few_digits;
use crate::peel::json::Value;

/// Numbers of a gap that are compared at once.
const WORDS: usize = 3;

/// The text before a value, and how the value is written. The text is kept as numbers: it is a few bytes long, and a
/// call that compares it takes longer than to do so in place.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    /// The first bytes, eight each, and the bits of them that count.
    words: [(u64, u64); WORDS],
    length: usize,
    /// All of it, where it is longer than these.
    long: Option<Box<[u8]>>,
    quoted: bool,
}

impl Gap {
    pub(super) fn new(text: &[u8], quoted: bool) -> Self {
        let words = std::array::from_fn(|index| {
            let (mut word, mut mask) = ([0; 8], [0; 8]);
            for (at, &byte) in text.iter().skip(8 * index).take(8).enumerate() {
                (word[at], mask[at]) = (byte, 0xFF);
            }
            (u64::from_le_bytes(word), u64::from_le_bytes(mask))
        });
        let long = (text.len() > 8 * WORDS).then(|| text.into());
        Self { words, length: text.len(), long, quoted }
    }

    /// The value behind this text, at `at` of the line, and where it ends; nothing unless both are as they were.
    // Always: a call takes longer than to read most values.
    #[inline(always)]
    pub(super) fn value<'a>(&self, line: &'a [u8], at: usize) -> Option<(&'a [u8], usize)> {
        let rest = self.behind(line.get(at..)?)?;
        let length = if self.quoted { quoted(rest)? } else { plain(rest)? };
        Some((&rest[..length], at + self.length + length))
    }

    /// What follows in a text that begins as this does.
    #[inline(always)]
    fn behind<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let room;
        let bytes = match text.first_chunk::<{ 8 * WORDS }>() {
            Some(bytes) => bytes,
            None => {
                room = padded(text);
                &room
            }
        };
        let words = self.words.iter().zip(bytes.as_chunks::<8>().0);
        let differ = words.fold(0, |differ, ((known, mask), word)| differ | (u64::from_le_bytes(*word) & mask) ^ known);
        let differs = differ != 0 || self.long.as_ref().is_some_and(|long| !text.starts_with(long));
        if differs { None } else { text.get(self.length..) }
    }

    /// What stands behind this text, as the value that it is.
    #[inline]
    pub(super) fn as_written<'a>(&self, value: &'a [u8]) -> Value<'a> {
        if self.quoted { Value::String(value) } else { Value::Plain(value) }
    }
}

/// A short text with zeros behind it, which end no text of a line.
#[cold]
fn padded(text: &[u8]) -> [u8; 8 * WORDS] {
    std::array::from_fn(|at| text.get(at).copied().unwrap_or(0))
}

/// The length of a string without escapes.
#[inline]
fn quoted(rest: &[u8]) -> Option<usize> {
    let end = find(*b"\"\\", rest)?;
    (rest[end] == b'"').then_some(end)
}

/// What ends a number, or `true` or `false`. A bracket or a quote would change how the object is divided.
const ENDS: ByteSet = ByteSet::of(b",}] \t\r\n{[\"");

/// The length of a number, or of `true` or `false`.
#[inline]
fn plain(rest: &[u8]) -> Option<usize> {
    // Most are short.
    if let Some(digits @ 1..) = few_digits(rest)
        && matches!(rest[digits], b',' | b'}')
    {
        return Some(digits);
    }
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
