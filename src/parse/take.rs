//! Who takes the records of a block.

use super::Parsed;
use crate::detect::template::Skim;
use crate::model::stamp::Moment;
use std::ops::Range;

/// A request of which only a few fields were read.
#[derive(Debug)]
pub struct Skimmed<'s, 'a> {
    /// Its fields, as far as they were read.
    pub fields: &'s Skim<'a>,
    /// The machine that its carrier names.
    pub host: Option<&'s [u8]>,
    /// Index of its layout.
    pub layout: usize,
    /// See [`Parsed::end`].
    pub end: Moment,
    /// See [`Parsed::span`].
    pub span: Range<usize>,
    /// The block that it stands in.
    pub block: &'s [u8],
}

/// Takes the records of a block in their order.
pub trait Take {
    /// Whether requests may be skimmed at all.
    const SKIMS: bool;

    /// Takes a request that was skimmed; false asks for the whole record.
    fn skimmed(&mut self, request: &Skimmed<'_, '_>) -> bool;

    /// Whether a record of this layout with this message and this text, which is no request and no error, need only be
    /// counted. The text may stand for the message, which is a part of it.
    fn may_pass(&mut self, layout: usize, message: &[u8], text: &[u8]) -> bool;

    /// Takes a record of this layout that [may pass](Self::may_pass), and its [`Parsed::end`].
    fn pass(&mut self, layout: usize, end: Moment);

    /// Takes a whole record.
    fn record(&mut self, parsed: &Parsed<'_>);
}

/// Hands every record whole to a closure.
pub(super) struct Whole<'e>(pub(super) &'e mut dyn FnMut(&Parsed<'_>));

impl Take for Whole<'_> {
    const SKIMS: bool = false;

    fn skimmed(&mut self, _: &Skimmed<'_, '_>) -> bool {
        false
    }

    fn may_pass(&mut self, _: usize, _: &[u8], _: &[u8]) -> bool {
        false
    }

    fn pass(&mut self, _: usize, _: Moment) {}

    fn record(&mut self, parsed: &Parsed<'_>) {
        (self.0)(parsed);
    }
}
