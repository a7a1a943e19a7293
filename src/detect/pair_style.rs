//! The ways in which products write a key and its value.

use crate::model::byte_set::ByteSet;
use crate::model::lanes::first_of;
use std::borrow::Cow;

/// How keys and values stand in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PairStyle {
    /// `key=value key="quoted value"`, between blanks, commas or semicolons.
    Plain,
    /// `key:"value"; key:"value"` (Check Point).
    Colon,
    /// `key=value with blanks key=value` (CEF): a value ends where the next key begins.
    Spaced,
    /// `key=value|key=value`.
    Bar,
    /// `key=value`, between tabs or carets (LEEF).
    Tab,
    /// `Key: value, Key: value` (Cisco security events).
    Comma,
}

impl PairStyle {
    /// The style that layout files call `name`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "plain" => Self::Plain,
            "colon" => Self::Colon,
            "spaced" => Self::Spaced,
            "bar" => Self::Bar,
            "tab" => Self::Tab,
            "comma" => Self::Comma,
            _ => return None,
        })
    }

    /// Hands every key and its value to `each`, in the order of the text.
    pub(super) fn walk<'a>(self, text: &'a [u8], each: &mut dyn FnMut(&'a [u8], Cow<'a, [u8]>)) {
        match self {
            Self::Plain => plain(text, each),
            Self::Colon => colon(text, each),
            Self::Spaced => spaced(text, each),
            Self::Bar => split(text, b"|", each),
            Self::Tab => split(text, b"\t^", each),
            Self::Comma => comma(text, each),
        }
    }
}

/// What keys are made of.
pub(super) const KEY_BYTES: ByteSet = ByteSet::alphanumeric_and(b"_-.");

/// They end a plain value.
const ENDS: [u8; 6] = *b" \t\n\r,;";

/// Whether a plain value goes no further than up to this byte.
#[inline]
pub(super) fn is_value_end(byte: u8) -> bool {
    ENDS.contains(&byte)
}

/// Where the key begins that ends at `end`, not before `from`.
fn key_start(text: &[u8], from: usize, end: usize) -> usize {
    text[from..end].iter().rposition(|&byte| !KEY_BYTES.has(byte)).map_or(from, |at| from + at + 1)
}

fn plain<'a>(text: &'a [u8], each: &mut dyn FnMut(&'a [u8], Cow<'a, [u8]>)) {
    let mut from = 0;
    while let Some(offset) = memchr::memchr(b'=', &text[from..]) {
        let equals = from + offset;
        let start = key_start(text, from, equals);
        let (value, end) = plain_value(text, equals + 1);
        each(&text[start..equals], Cow::Borrowed(value));
        from = end.max(equals + 1);
    }
}

/// The value that stands at `at`, and where it ends with its quotes.
pub(super) fn plain_value(text: &[u8], at: usize) -> (&[u8], usize) {
    if text.get(at) == Some(&b'"') {
        let inside = &text[at + 1..];
        let end = memchr::memchr(b'"', inside).unwrap_or(inside.len());
        return (&inside[..end], (at + 2 + end).min(text.len()));
    }
    let rest = &text[at..];
    let end = first_of(ENDS, rest);
    (&rest[..end], at + end)
}

fn colon<'a>(text: &'a [u8], each: &mut dyn FnMut(&'a [u8], Cow<'a, [u8]>)) {
    let mut from = 0;
    while let Some(offset) = memchr::memmem::find(&text[from..], b":\"") {
        let end = from + offset;
        let inside = &text[end + 2..];
        // A quote inside a value is not escaped, so that only one with its semicolon or bracket ends it.
        let ends = |at: &usize| matches!(inside.get(at + 1), None | Some(b';' | b']'));
        let length = memchr::memchr_iter(b'"', inside).find(ends).unwrap_or(inside.len());
        each(&text[key_start(text, from, end)..end], Cow::Borrowed(&inside[..length]));
        from = (end + 3 + length).min(text.len());
    }
}

fn spaced<'a>(text: &'a [u8], each: &mut dyn FnMut(&'a [u8], Cow<'a, [u8]>)) {
    let mut pending: Option<(&[u8], usize)> = None;
    for equals in memchr::memchr_iter(b'=', text) {
        let start = key_start(text, 0, equals);
        let begins = start == 0 || matches!(text[start - 1], b' ' | b'|' | b'\t');
        if start == equals || !begins {
            continue;
        }
        if let Some((key, at)) = pending {
            if start <= at {
                continue;
            }
            each(key, unescaped(text[at..start].trim_ascii_end()));
        }
        pending = Some((&text[start..equals], equals + 1));
    }
    if let Some((key, at)) = pending {
        each(key, unescaped(text[at..].trim_ascii_end()));
    }
}

/// `\=`, `\|` and `\\` as the characters that they stand for.
fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut plain = Vec::with_capacity(value.len());
    let mut bytes = value.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match bytes.peek() {
            Some(&next @ (b'=' | b'|' | b'\\')) if byte == b'\\' => {
                plain.push(next);
                bytes.next();
            }
            _ => plain.push(byte),
        }
    }
    Cow::Owned(plain)
}

fn split<'a>(text: &'a [u8], separators: &[u8], each: &mut dyn FnMut(&'a [u8], Cow<'a, [u8]>)) {
    for part in text.split(|byte| separators.contains(byte)) {
        let Some(equals) = memchr::memchr(b'=', part) else { continue };
        // The first part has the header in front of its key.
        each(&part[key_start(part, 0, equals)..equals], Cow::Borrowed(part[equals + 1..].trim_ascii()));
    }
}

fn comma<'a>(text: &'a [u8], each: &mut dyn FnMut(&'a [u8], Cow<'a, [u8]>)) {
    let mut from = 0;
    while from < text.len() {
        let end = memchr::memmem::find(&text[from..], b", ").map_or(text.len(), |offset| from + offset);
        let part = &text[from..end];
        if let Some(colon) = memchr::memmem::rfind(part, b": ") {
            each(&part[key_start(part, 0, colon)..colon], Cow::Borrowed(part[colon + 2..].trim_ascii()));
        }
        from = end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(style: &str, text: &str) -> Vec<String> {
        let mut all = Vec::new();
        PairStyle::from_name(style).unwrap().walk(text.as_bytes(), &mut |key, value| {
            all.push(format!("{}>{}", String::from_utf8_lossy(key), String::from_utf8_lossy(&value)));
        });
        all
    }

    #[test]
    fn each_style_reads_its_own() {
        assert_eq!(pairs("plain", r#"IN= a=1,b="x y" c=2; d"#), ["IN>", "a>1", "b>x y", "c>2"]);
        assert_eq!(
            pairs("colon", r#"[action:"Drop"; info:"a "b" c"; src:"10.0.0.1"]"#),
            ["action>Drop", r#"info>a "b" c"#, "src>10.0.0.1"]
        );
        assert_eq!(
            pairs("spaced", r"CEF:0|a|b|src=1.2.3.4 msg=a b\=c x act=deny"),
            ["src>1.2.3.4", "msg>a b=c x", "act>deny"]
        );
        assert_eq!(pairs("bar", "time=1|rule=a b|src=::1"), ["time>1", "rule>a b", "src>::1"]);
        assert_eq!(pairs("tab", "LEEF:1.0|V|P|1|E|src=1.2.3.4\tmsg=a b"), ["src>1.2.3.4", "msg>a b"]);
        assert_eq!(
            pairs("comma", "%FTD-1-430003: Prio: Low, SrcIP: ::1, URL: http://x/"),
            ["Prio>Low", "SrcIP>::1", "URL>http://x/"]
        );
    }
}
