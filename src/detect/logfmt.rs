//! `key=value key="quoted value" flag`: the pairs of a logfmt line, as borrowed pieces.
//!
//! The same shape as [`crate::peel::json::Members`], so that one table of fields serves both.

use crate::peel::json::Value;

/// Walks over the pairs of a line.
#[derive(Debug)]
pub(super) struct LogfmtPairs<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> LogfmtPairs<'a> {
    /// The pairs of `text`; nothing unless it begins with one.
    pub(super) fn of(text: &'a [u8]) -> Option<Self> {
        let key = text.iter().take_while(|&&byte| is_key_byte(byte)).count();
        (key > 0 && text.get(key) == Some(&b'=')).then_some(Self { text, at: 0 })
    }
}

impl<'a> Iterator for LogfmtPairs<'a> {
    type Item = (&'a [u8], Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = rest.iter().position(|byte| *byte == b'=' || byte.is_ascii_whitespace()).unwrap_or(rest.len());
        let key = &rest[..end];
        if rest.get(end) != Some(&b'=') {
            self.at += end;
            return Some((key, Value::Plain(b"true")));
        }
        let value = &rest[end + 1..];
        if let Some(inside) = value.strip_prefix(b"\"") {
            let length = quoted(inside);
            self.at += end + 1 + (length + 2).min(value.len());
            return Some((key, Value::String(&inside[..length])));
        }
        let length = value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len());
        self.at += end + 1 + length;
        Some((key, Value::Plain(&value[..length])))
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'/' | b'@')
}

/// Length of the inside of a quoted value; a line that was cut ends it too.
fn quoted(inside: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = inside.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    inside.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_quotes_and_flags() {
        let text = br#"level=error msg="no \"x\"" flag err="cut here"#;
        let pairs: Vec<_> = LogfmtPairs::of(text).unwrap().collect();
        assert_eq!(
            pairs,
            [
                (&b"level"[..], Value::Plain(b"error")),
                (b"msg", Value::String(br#"no \"x\""#)),
                (b"flag", Value::Plain(b"true")),
                (b"err", Value::String(b"cut here")),
            ]
        );
        assert!(LogfmtPairs::of(b"a sentence with a=1").is_none());
        assert_eq!(LogfmtPairs::of(b"a=\"x\\").unwrap().count(), 1);
    }
}
