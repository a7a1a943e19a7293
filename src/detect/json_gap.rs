//! What stands between two values of a JSON line: `","status":`.

use crate::model::byte_set::ByteSet;
use crate::model::lanes::{LANES, alike, find, head};
use crate::model::scan::few_digits;

/// The text before a value, and how the value is written. Most of it is a few bytes long, and a call that compares them
/// takes longer than to do so in place.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    first: Head,
    /// What follows, where the text is longer.
    second: Option<Head>,
    length: usize,
    /// All of it, where it is longer than both.
    long: Option<Box<[u8]>>,
    quoted: bool,
}

/// The first bytes of a text.
#[derive(Debug, Clone)]
struct Head {
    bytes: [u8; LANES],
    /// A bit for each of them that counts.
    counts: u32,
}

impl Head {
    fn new(text: &[u8]) -> Self {
        Self { bytes: head(text), counts: (1 << text.len().min(LANES)) - 1 }
    }

    /// Whether a text begins so.
    #[inline(always)]
    fn begins(&self, text: &[u8]) -> bool {
        // Zeros end no text of a line.
        !alike(&self.bytes, &head(text)) & self.counts == 0
    }
}

impl Gap {
    pub(super) fn new(text: &[u8], quoted: bool) -> Self {
        Self {
            first: Head::new(text),
            second: text.get(LANES..).filter(|second| !second.is_empty()).map(Head::new),
            length: text.len(),
            long: (text.len() > 2 * LANES).then(|| text.into()),
            quoted,
        }
    }

    /// What follows in a line whose rest begins with this text, and the length of the value that it begins with; nothing
    /// unless both are as they were.
    // Always: a call takes longer than to read most values.
    #[inline(always)]
    pub(super) fn value<'a>(&self, rest: &'a [u8]) -> Option<(&'a [u8], usize)> {
        let from = self.behind(rest)?;
        let length = if self.quoted { quoted(from)? } else { plain(from)? };
        Some((from, length))
    }

    /// What follows in a text that begins as this does.
    #[inline(always)]
    fn behind<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let begins = self.first.begins(text)
            && self.second.as_ref().is_none_or(|second| second.begins(text.get(LANES..).unwrap_or_default()))
            && self.long.as_ref().is_none_or(|long| text.starts_with(long));
        if begins { text.get(self.length..) } else { None }
    }
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
        for length in 1..50 {
            let text: Vec<u8> = (0..length).map(|at| b'a' + at % 26).collect();
            let line = [text.as_slice(), b"value\",1"].concat();
            let gap = Gap::new(&text, true);
            assert_eq!(gap.value(&line), Some((&b"value\",1"[..], 5)));
            for at in 0..text.len() {
                let mut other = line.clone();
                other[at] = b'#';
                assert_eq!(gap.value(&other), None);
            }
            assert_eq!(gap.value(&line[..text.len()]), None);
        }
    }

    #[test]
    fn values_that_are_none() {
        let (string, number) = (Gap::new(b":", true), Gap::new(b":", false));
        for text in [&b":a\\\"b\","[..], b":abc", b":"] {
            assert_eq!(string.value(text), None);
        }
        for text in [&b":null,"[..], b":1", b":1{,", b":1\"2,", b":x,", b":,"] {
            assert_eq!(number.value(text), None);
        }
        assert_eq!(number.value(b":-1.5}"), Some((&b"-1.5}"[..], 4)));
        assert_eq!(number.value(b":true,"), Some((&b"true,"[..], 4)));
    }
}
