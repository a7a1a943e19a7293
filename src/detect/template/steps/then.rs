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

    pub(super) fn byte(&self) -> Option<u8> {
        (self.length == 1).then_some(self.word as u8)
    }

    /// Whether it stands at the front of `rest`.
    // Always: a call takes longer than the comparison, of which there is one for each value.
    #[inline(always)]
    pub(super) fn begins(&self, rest: &[u8]) -> bool {
        match rest.first_chunk::<8>() {
            Some(first) if u64::from_le_bytes(*first) & self.mask != self.word => false,
            Some(_) if self.long.is_none() => true,
            _ => self.begins_slowly(rest),
        }
    }

    /// The same near the end of a line, and for longer text.
    #[cold]
    fn begins_slowly(&self, rest: &[u8]) -> bool {
        match &self.long {
            Some(long) => long.begins(rest),
            None if self.length == 1 => rest.first() == Some(&(self.word as u8)),
            None => rest.starts_with(&self.word.to_le_bytes()[..self.length]),
        }
    }
}
