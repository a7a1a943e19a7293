//! What stands behind a value.

use crate::detect::scan::word;
use crate::detect::template::literal::Literal;

/// The literal text behind a value; empty where something else follows. Up to eight bytes are compared as a number,
/// without a branch.
#[derive(Debug, Clone)]
pub(super) struct Then {
    word: u64,
    mask: u64,
    pub(super) length: usize,
    /// The text, where it is longer, or has a byte that is zero as those behind the end of a line are.
    other: Option<Box<Literal>>,
}

impl Then {
    pub(super) const NOTHING: Self = Self { word: 0, mask: 0, length: 0, other: None };

    pub(super) fn of(literal: &Literal) -> Self {
        let (word, mask) = literal.word();
        let is_word = literal.len() <= 8 && !literal.bytes().contains(&0);
        Self { word, mask, length: literal.len(), other: (!is_word).then(|| Box::new(literal.clone())) }
    }

    pub(super) fn byte(&self) -> Option<u8> {
        (self.length == 1).then_some(self.word as u8)
    }

    /// Whether it stands at `at`.
    // Always: a call takes longer than the comparison, of which there is one for each value.
    #[inline(always)]
    pub(super) fn stands(&self, text: &[u8], at: usize) -> bool {
        word(text, at) & self.mask == self.word && (self.other.is_none() || self.stands_long(text, at))
    }

    #[cold]
    fn stands_long(&self, text: &[u8], at: usize) -> bool {
        self.other.as_ref().is_none_or(|literal| text.get(at..).is_some_and(|rest| literal.begins(rest)))
    }
}
