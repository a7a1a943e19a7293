//! The bytes that a line of a template can begin with.

use super::Op;
use super::kind::Kind;

/// A set of bytes. Most layouts refuse a line by its first byte, before anything is read.
#[derive(Debug, Clone, Default)]
pub(in crate::detect) struct Starts {
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
    pub(in crate::detect) fn may_begin(&self, text: &[u8]) -> bool {
        text.first().is_none_or(|&byte| self.bytes[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1)
    }

    /// The same where this text stands in front of the steps.
    pub(super) fn behind(text: &[u8], ops: &[Op]) -> Self {
        match text.first() {
            Some(&byte) => Self { bytes: of_byte(Some(byte)) },
            None => Self::of(ops),
        }
    }

    /// Whether no text begins as both say.
    pub(super) fn are_apart(&self, others: &Self) -> bool {
        self.bytes.iter().zip(&others.bytes).all(|(bytes, others)| bytes & others == 0)
    }

    /// Adds what the steps can begin with; tells whether they take at least a byte.
    fn add(&mut self, ops: &[Op]) -> bool {
        for op in ops {
            match op {
                Op::Literal(text) | Op::Ahead(text) => {
                    self.insert(&of_byte(text.bytes().first().copied()));
                    return true;
                }
                Op::Blanks => {
                    self.insert(&BLANKS);
                    return true;
                }
                Op::Optional { ops, .. } => {
                    if !self.add(ops) {
                        return false;
                    }
                }
                // It takes nothing: what follows begins where it does.
                Op::Value { kind: Kind::Rest, .. } => {}
                Op::Value { kind, .. } => {
                    let Some(first) = first_of(*kind) else { return false };
                    self.insert(first);
                    return true;
                }
            }
        }
        false
    }

    /// Adds those of other steps.
    pub(in crate::detect) fn join(&mut self, others: &Self) {
        self.insert(&others.bytes);
    }

    /// Adds these bytes.
    pub(in crate::detect) fn join_bytes(&mut self, bytes: &[u8]) {
        self.insert(&of_list(bytes));
    }

    fn insert(&mut self, others: &Bytes) {
        for (bytes, others) in self.bytes.iter_mut().zip(others) {
            *bytes |= others;
        }
    }
}

/// A set of bytes, a bit each.
type Bytes = [u64; 4];

const fn of_list(list: &[u8]) -> Bytes {
    let mut bytes = [0; 4];
    let mut at = 0;
    while at < list.len() {
        bytes[(list[at] >> 6) as usize] |= 1 << (list[at] & 63);
        at += 1;
    }
    bytes
}

const fn without(bytes: Bytes) -> Bytes {
    [!bytes[0], !bytes[1], !bytes[2], !bytes[3]]
}

fn of_byte(byte: Option<u8>) -> Bytes {
    of_list(byte.as_slice())
}

const BLANKS: Bytes = of_list(b" \t");
const NUMBERS: Bytes = of_list(b"0123456789+-");
const STATUSES: Bytes = of_list(b"0123456789-");
const NAMES: Bytes = of_list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
/// Names of levels begin with a letter, of whatever alphabet.
const LEVELS: Bytes = [NAMES[0], NAMES[1], u64::MAX, u64::MAX];
const OBJECTS: Bytes = of_list(b"{");
const WORDS: Bytes = without(BLANKS);
/// The formats begin with a number or the name of a month or day, perhaps with blanks in front.
const TIMES: Bytes = of_list(b" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

/// What a value that is never empty begins with; nothing for one that can be, or that begins with anything.
fn first_of(kind: Kind) -> Option<&'static Bytes> {
    Some(match kind {
        Kind::Int | Kind::Number | Kind::Duration(_) => &NUMBERS,
        Kind::Status => &STATUSES,
        Kind::Name => &NAMES,
        Kind::Json => &OBJECTS,
        Kind::Word | Kind::Address => &WORDS,
        Kind::Level => &LEVELS,
        Kind::Time(_) => &TIMES,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{LEVELS, TIMES, of_byte};
    use crate::detect::template::Template;
    use crate::model::severity;
    use crate::model::stamp_format::StampFormat;

    #[test]
    fn what_times_begin_with() {
        const NAMES: [&str; 21] = [
            "clf",
            "iso",
            "slash",
            "asctime",
            "syslog",
            "day-month-year",
            "day-space-month",
            "compact",
            "short-slash",
            "compact-long",
            "epoch",
            "uptime",
            "month-day-comma",
            "glog",
            "locale",
            "day-month",
            "alert",
            "colons",
            "glued",
            "month-slash-day",
            "day-slash-dashes",
        ];
        const TAILS: [&str; 21] = [
            "2/Nov/2026:08:04:28",
            "026-11-22 08:04:28",
            "026/11/22 08:04:28",
            "un Nov 22 08:04:28 2026",
            "ov 22 08:04:28",
            "2-Nov-2026 08:04:28",
            "2 Nov 2026 08:04:28",
            "61122 08:04:28",
            "6/11/22 08:04:28",
            "0261122 08:04:28",
            "795335814.5",
            "12.5",
            "ov 22, 2026 8:04:28 AM",
            "122 08:04:28.123456",
            "1/22/2026 8:04:28 AM",
            "2-Nov 08:04",
            "1/22/2026-08:04:28.503456",
            "2Nov2026  8:04:28",
            "026:11:22-08:04:28",
            "ov/22/2026 08:04:28",
            "2/11/2026 -- 08:04:28",
        ];
        for format in NAMES.map(|name| StampFormat::from_name(name).unwrap()) {
            for byte in 0..=255 {
                let begins = of_byte(Some(byte)).iter().zip(TIMES).any(|(one, all)| one & all != 0);
                for tail in TAILS {
                    let text = [&[byte], tail.as_bytes()].concat();
                    assert!(begins || format.read(&text).is_none(), "{format:?} {byte} {tail}");
                }
            }
        }
    }

    #[test]
    fn what_levels_begin_with() {
        for byte in 0..=255_u8 {
            let begins = of_byte(Some(byte)).iter().zip(LEVELS).any(|(one, all)| one & all != 0);
            assert_eq!(begins, byte.is_ascii_alphabetic() || !byte.is_ascii(), "{byte}");
        }
        assert!(
            severity::names_of_levels()
                .all(|name| !name.starts_with(|first: char| first.is_ascii() && !first.is_ascii_alphabetic()))
        );
    }

    #[test]
    fn what_may_be_missing_is_looked_past() {
        let template = Template::compile("[[<:int>]]x<:word>").unwrap();
        for (text, expected) in [("7xa", true), ("xa", true), ("a", false), ("{", false), ("", true)] {
            assert_eq!(template.starts.may_begin(text.as_bytes()), expected, "{text}");
        }
        let behind_rest = Template::compile("<message:rest>panic: <:text>").unwrap();
        assert_eq!(
            [&b"panic: x"[..], b"no panic: x", b""].map(|text| behind_rest.starts.may_begin(text)),
            [true, false, true]
        );
        assert!(Template::compile("<message:rest>").unwrap().starts.may_begin(b"{"));
        assert!(Template::compile("<:text>x").unwrap().starts.may_begin(b"{"));
        assert!(Template::compile("[[a]]").unwrap().starts.may_begin(b"z"));
    }
}
