//! Text that stands in a line as it is.

use crate::model::lanes::{find, find_pair};

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
        let (pair, further) = match *self.bytes.as_slice() {
            [] => return None,
            [byte] => return find([byte], text),
            [first, second, ref further @ ..] => ([first, second], further),
        };
        let mut from = 0;
        loop {
            let at = from + find_pair(pair, &text[from..])?;
            if further.is_empty() || self.begins(&text[at..]) {
                return Some(at);
            }
            from = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn found_where_a_searcher_finds_it(text in "[] ab]{0,80}", literal in "[] ab]{1,3}") {
            let found = Literal::new(literal.as_bytes().to_vec()).find(text.as_bytes());
            prop_assert_eq!(found, text.find(&literal));
        }
    }

    #[test]
    fn found_where_the_text_is() {
        for literal in ["]", "] ", "] \"", "]] ", "12345678", "123456789"] {
            let literal = Literal::new(literal.as_bytes().to_vec());
            for before in [0, 1, 7, 8, 9, 30, 31, 32, 33, 40] {
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
