//! Text that stands in a line as it is.

use crate::model::scan::first_of;

/// Literal text of a template. Its first bytes are kept as a number, so that the usual one, of a few bytes, is compared
/// in one step instead of by a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Literal {
    bytes: Vec<u8>,
    /// The first eight bytes, as a little-endian number.
    word: u64,
    /// The bytes of `word` that count.
    mask: u64,
}

impl Literal {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let mut first = [0; 8];
        let length = bytes.len().min(8);
        first[..length].copy_from_slice(&bytes[..length]);
        let mask = if length == 8 { u64::MAX } else { (1 << (8 * length)) - 1 };
        Self { bytes, word: u64::from_le_bytes(first), mask }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The first eight bytes as a number, and the bits of it that count.
    pub(super) fn word(&self) -> (u64, u64) {
        (self.word, self.mask)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether `text` begins with it.
    #[inline]
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        match text.first_chunk::<8>() {
            Some(first) => {
                u64::from_le_bytes(*first) & self.mask == self.word
                    && (self.bytes.len() <= 8 || text.starts_with(&self.bytes))
            }
            None => text.starts_with(&self.bytes),
        }
    }

    /// Where it stands first in `text`. Not by a prepared searcher: these are a few bytes, mostly near.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        let &first = self.bytes.first()?;
        let mut from = 0;
        loop {
            let at = from + near(first, &text[from..])?;
            if self.begins(&text[at..]) {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

/// Where `byte` stands first, which is mostly near: the start of the wide search takes as long as to look at the first
/// bytes in place.
#[inline]
pub(in crate::detect) fn near(byte: u8, text: &[u8]) -> Option<usize> {
    const NEAR: usize = 16;
    let head = text.len().min(NEAR);
    match first_of([byte], &text[..head]) {
        at if at < head => Some(at),
        _ => memchr::memchr(byte, &text[head..]).map(|at| head + at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_where_the_text_is() {
        for literal in ["]", "] \"", "12345678", "123456789"] {
            let literal = Literal::new(literal.as_bytes().to_vec());
            for before in [0, 1, 11, 12, 13, 40] {
                for behind in [0, 1, 9] {
                    let mut text = vec![b'1'; before];
                    text.extend(literal.bytes());
                    text.extend(vec![b'x'; behind]);
                    let expected = text.windows(literal.len()).position(|window| window == literal.bytes());
                    assert_eq!(literal.find(&text), expected);
                    assert!(literal.begins(&text[before..]));
                }
            }
        }
        assert_eq!(Literal::new(b"ab".to_vec()).find(b"aaaaaaaaaaaaaaaaaa"), None);
    }
}
