//! A line that its carrier cut: container runtimes write at most 16 KiB an entry and say that more follows.

use crate::detect::recognize::Bare;
use std::borrow::Cow;

/// The pieces of a line whose last one has not come yet.
pub(super) struct Joined<'b> {
    bare: Bare<'b>,
    /// Number of the first piece's line.
    pub(super) line: u64,
    /// Where the first piece stands in the block.
    pub(super) start: usize,
}

impl<'b> Joined<'b> {
    /// The first piece of a cut line.
    pub(super) fn new(bare: Bare<'b>, line: u64, start: usize) -> Self {
        Self { bare, line, start }
    }

    /// Puts the next piece behind the others.
    pub(super) fn push(&mut self, piece: &Bare<'_>) {
        let mut text = std::mem::take(&mut self.bare.message).into_owned();
        text.extend_from_slice(&piece.message);
        self.bare.message = Cow::Owned(text);
    }

    /// The whole line.
    pub(super) fn into_bare(self) -> Bare<'b> {
        self.bare
    }
}

/// Whether the carrier cut this line.
pub(super) fn is_cut(bare: &Bare<'_>) -> bool {
    bare.carrier.as_ref().is_some_and(|carrier| carrier.unfinished)
}
