//! The members of one JSON object on one line, as borrowed pieces.
//!
//! A line is looked through for a few members and thrown away, so no tree is built: `serde_json::Value` would
//! allocate every key and value of every line.

use crate::model::byte_set::ByteSet;
use crate::model::lanes::find;
use std::borrow::Cow;

/// A value as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string, without its quotes, escapes still in it.
    String(&'a [u8]),
    /// A number, `true` or `false`.
    Plain(&'a [u8]),
    /// `null`.
    Null,
    /// An object with its braces.
    Object(&'a [u8]),
    /// An array with its brackets.
    Array(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The value as text: a string unescaped, anything else as it stands; nothing for `null`.
    pub fn text(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Value::String(raw) => Some(unescape(raw)),
            Value::Plain(raw) | Value::Object(raw) | Value::Array(raw) => Some(Cow::Borrowed(raw)),
            Value::Null => None,
        }
    }
}

/// Walks over the members of an object. Ends early, with [`Members::is_sound`] false, where the text is not JSON.
#[derive(Debug)]
pub struct Members<'a> {
    text: &'a [u8],
    at: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    First,
    Later,
    Done,
    Broken,
}

impl<'a> Members<'a> {
    /// The members of the object that `text` begins with, blanks before it allowed; nothing if none begins here.
    pub fn of(text: &'a [u8]) -> Option<Self> {
        let at = skip_blanks(text, 0);
        (text.get(at) == Some(&b'{')).then_some(Self { text, at: at + 1, state: State::First })
    }

    /// Whether the object was closed where the walk ended.
    pub fn is_sound(&self) -> bool {
        self.state == State::Done
    }

    fn member(&mut self) -> Option<(&'a [u8], Value<'a>)> {
        self.at = skip_blanks(self.text, self.at);
        if self.text.get(self.at) == Some(&b'}') {
            self.at += 1;
            self.state = State::Done;
            return None;
        }
        if self.state == State::Later {
            if self.text.get(self.at) != Some(&b',') {
                self.state = State::Broken;
                return None;
            }
            self.at = skip_blanks(self.text, self.at + 1);
        }
        self.state = State::Broken;
        let (key, after) = string(self.text, self.at)?;
        let colon = skip_blanks(self.text, after);
        if self.text.get(colon) != Some(&b':') {
            return None;
        }
        let (value, after) = value(self.text, skip_blanks(self.text, colon + 1))?;
        self.at = after;
        self.state = State::Later;
        Some((key, value))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.state, State::Done | State::Broken) {
            return None;
        }
        self.member()
    }
}

#[inline]
fn skip_blanks(text: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = text.get(at)
        && byte <= b' '
        && matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
    {
        at += 1;
    }
    at
}

/// A string at `at`: its inside, and where it ends.
#[inline]
fn string(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let inside = text.get(at..)?.strip_prefix(b"\"")?;
    let mut length = find(*b"\"\\", inside)?;
    while inside[length] == b'\\' {
        let from = length + 2;
        length = from + find(*b"\"\\", inside.get(from..)?)?;
    }
    Some((&inside[..length], at + length + 2))
}

fn value(text: &[u8], at: usize) -> Option<(Value<'_>, usize)> {
    match text.get(at)? {
        b'"' => string(text, at).map(|(inside, after)| (Value::String(inside), after)),
        b'{' => nested(text, at).map(|after| (Value::Object(&text[at..after]), after)),
        b'[' => nested(text, at).map(|after| (Value::Array(&text[at..after]), after)),
        _ => {
            let rest = &text[at..];
            let length = rest.iter().position(|&byte| ENDS.has(byte)).unwrap_or(rest.len());
            let plain = &rest[..length];
            let value = match plain.first()? {
                b'-' | b'0'..=b'9' => Value::Plain(plain),
                _ if plain == b"true" || plain == b"false" => Value::Plain(plain),
                _ if plain == b"null" => Value::Null,
                _ => return None,
            };
            Some((value, at + length))
        }
    }
}

/// What ends a number, or `true`, `false` or `null`.
const ENDS: ByteSet = ByteSet::of(b",}] \t\r\n");

/// Where the object or array that begins at `at` ends. A counter instead of recursion: the depth is the log's choice.
fn nested(text: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = at;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                at = string(text, at)?.1;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Resolves the escapes of a JSON string. What is no valid escape stays as it stands.
pub fn unescape(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = find(*b"\\", raw) else {
        return Cow::Borrowed(raw);
    };
    let mut out = Vec::with_capacity(raw.len());
    out.extend_from_slice(&raw[..first]);
    let mut at = first;
    while let Some(&byte) = raw.get(at) {
        if byte != b'\\' {
            out.push(byte);
            at += 1;
            continue;
        }
        let simple = match raw.get(at + 1) {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(&other @ (b'"' | b'\\' | b'/')) => other,
            Some(b'u') => {
                at += unescape_unicode(raw, at, &mut out);
                continue;
            }
            _ => b'\\',
        };
        out.push(simple);
        at += if simple == b'\\' && raw.get(at + 1) != Some(&b'\\') { 1 } else { 2 };
    }
    Cow::Owned(out)
}

/// Appends the character of `\uXXXX` (or of a surrogate pair) at `at`; gives the number of bytes it took.
fn unescape_unicode(raw: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let unit = |at: usize| {
        let digits = raw.get(at..at + 6)?;
        digits.starts_with(b"\\u").then_some(())?;
        u32::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
    };
    let (code, taken) = match (unit(at), unit(at + 6)) {
        (Some(high @ 0xD800..0xDC00), Some(low @ 0xDC00..0xE000)) => {
            (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), 12)
        }
        (Some(code), _) => (code, 6),
        (None, _) => {
            out.push(b'\\');
            return 1;
        }
    };
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_a_nested_object() {
        let text = br#" {"a":"x\"y", "b" : {"c":[1,"}"]},"d":-1.5,"e":null,"f":true} tail"#;
        let mut members = Members::of(text).unwrap();
        let all: Vec<_> = members.by_ref().collect();
        assert!(members.is_sound());
        assert_eq!(
            all,
            vec![
                (&b"a"[..], Value::String(br#"x\"y"#)),
                (b"b", Value::Object(br#"{"c":[1,"}"]}"#)),
                (b"d", Value::Plain(b"-1.5")),
                (b"e", Value::Null),
                (b"f", Value::Plain(b"true")),
            ]
        );
    }

    #[test]
    fn broken_text_ends_the_walk() {
        for text in [&br#"{"a":"#[..], br#"{"a" 1}"#, br#"{"a":1 "b":2}"#, br#"{"a":{"b":1}"#, br#"{"a":"x"#, b"{a:1}"]
        {
            let mut members = Members::of(text).unwrap();
            members.by_ref().for_each(drop);
            assert!(!members.is_sound(), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape(br"a\n\u0041\ud83d\ude00\/\x").as_ref(), "a\nA😀/\\x".as_bytes());
        assert_eq!(unescape(br"\ud83d").as_ref(), "\u{fffd}".as_bytes());
        assert!(matches!(unescape(b"plain"), Cow::Borrowed(_)));
    }
}
