//! The bytes that a line of a template can begin with.

use super::Op;
use super::kind::Kind;

/// A set of bytes. Most layouts refuse a line by its first byte, before anything is read.
#[derive(Debug, Clone)]
pub(super) struct Starts {
    bytes: [u64; 4],
}

impl Starts {
    /// The bytes that what these steps fit can begin with; all where they can fit nothing at all.
    pub(super) fn of(ops: &[Op]) -> Self {
        let mut starts = Self { bytes: [0; 4] };
        if !starts.add(ops) {
            starts.bytes = [u64::MAX; 4];
        }
        starts
    }

    /// Whether a text can begin so. An empty one may be anything.
    #[inline]
    pub(super) fn may_begin(&self, text: &[u8]) -> bool {
        text.first().is_none_or(|&byte| self.bytes[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1)
    }

    /// Adds what the steps can begin with; tells whether they take at least a byte.
    fn add(&mut self, ops: &[Op]) -> bool {
        for op in ops {
            match op {
                Op::Literal(text) | Op::Ahead(text) => {
                    self.insert_if(|byte| text.bytes().first() == Some(&byte));
                    return true;
                }
                Op::Blanks => {
                    self.insert_if(|byte| matches!(byte, b' ' | b'\t'));
                    return true;
                }
                Op::Optional { ops, .. } => {
                    if !self.add(ops) {
                        return false;
                    }
                }
                Op::Value { kind, .. } => {
                    let Some(may_begin) = first_of(*kind) else { return false };
                    self.insert_if(may_begin);
                    return true;
                }
            }
        }
        false
    }

    fn insert_if(&mut self, holds: impl Fn(u8) -> bool) {
        for byte in (0..=u8::MAX).filter(|&byte| holds(byte)) {
            self.bytes[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }
}

/// What a value that is never empty begins with; nothing for one that can be, or that begins with anything.
fn first_of(kind: Kind) -> Option<fn(u8) -> bool> {
    Some(match kind {
        Kind::Int | Kind::Number | Kind::Duration(_) => |byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+'),
        Kind::Status => |byte| byte.is_ascii_digit() || byte == b'-',
        Kind::Name => |byte| byte.is_ascii_alphabetic(),
        Kind::Json => |byte| byte == b'{',
        Kind::Word | Kind::Address => |byte| !matches!(byte, b' ' | b'\t'),
        // None of the formats has a mark like these in front.
        Kind::Time(_) => |byte| !matches!(byte, b'{' | b'[' | b'(' | b'<' | b'"' | b'\'' | b'=' | b'#'),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::detect::template::Template;

    #[test]
    fn what_may_be_missing_is_looked_past() {
        let template = Template::compile("[[<:int>]]x<:word>").unwrap();
        for (text, expected) in [("7xa", true), ("xa", true), ("a", false), ("{", false), ("", true)] {
            assert_eq!(template.starts.may_begin(text.as_bytes()), expected, "{text}");
        }
        assert!(Template::compile("<:text>x").unwrap().starts.may_begin(b"{"));
        assert!(Template::compile("[[a]]").unwrap().starts.may_begin(b"z"));
    }
}
