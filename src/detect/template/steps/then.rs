//! What stands behind a value.

use crate::detect::template::literal::Literal;

/// The literal text behind a value; empty where something else follows. Up to eight bytes are compared as a number,
/// without a branch.
#[derive(Debug, Clone)]
pub(super) struct Then {
    word: u64,
    mask: u64,
    pub(super) length: usize,
    /// The text, where it is longer.
    long: Option<Box<Literal>>,
}

impl Then {
    pub(super) const NOTHING: Self = Self { word: 0, mask: 0, length: 0, long: None };

    pub(super) fn of(literal: &Literal) -> Self {
        let (word, mask) = literal.word();
        Self { word, mask, length: literal.len(), long: (literal.len() > 8).then(|| Box::new(literal.clone())) }
    }

    /// Whether this is the text.
    pub(super) fn is(&self, text: &[u8]) -> bool {
        let (word, _) = Literal::new(text.to_vec()).word();
        self.length == text.len() && text.len() <= 8 && self.word == word
    }

    pub(super) fn byte(&self) -> Option<u8> {
        (self.length == 1).then_some(self.word as u8)
    }

    /// What stands behind it, if `rest` begins with it.
    // Always: a call takes longer than the comparison, of which there is one for each value.
    #[inline(always)]
    pub(super) fn behind<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        match rest.first_chunk::<8>() {
            Some(first) if u64::from_le_bytes(*first) & self.mask != self.word => None,
            Some(_) if self.long.is_none() => rest.get(self.length..),
            _ => self.behind_slowly(rest),
        }
    }

    /// The same near the end of a line, and for longer text.
    fn behind_slowly<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        match (&self.long, self.length) {
            (Some(long), _) => rest.strip_prefix(long.bytes()),
            (None, 0) => Some(rest),
            (None, 1) => rest.split_first().filter(|(first, _)| **first == self.word as u8).map(|(_, rest)| rest),
            (None, length) => rest.strip_prefix(&self.word.to_le_bytes()[..length]),
        }
    }
}
