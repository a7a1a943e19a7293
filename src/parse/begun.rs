//! What the lines of a block so far have begun and not ended.

use super::date::Dates;
use super::fate::Fate;
use super::joined::{Joined, is_cut};
use super::ledger::{Ledger, Numbers};
use super::pending::Pending;
use crate::detect::recognize::{Bare, unwrap_next, unwrap_plain};
use crate::detect::template::{Found, Skim};
use crate::model::clock::Clock;
use crate::model::stamp::Moment;
use crate::peel::{Envelope, RecentHeader};
use std::borrow::Cow;
use std::ops::Range;

/// A line with its place.
pub(super) struct At<'b> {
    pub(super) bare: Bare<'b>,
    pub(super) line: u64,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) in_later_block: bool,
}

impl<'b> At<'b> {
    /// A line that was held back as one that may need no whole reading.
    pub(super) fn held(envelopes: &[Envelope], held: Held<'b>) -> Self {
        let bare = unwrap_plain(envelopes, Cow::Borrowed(held.line));
        Self { bare, line: held.number, start: held.place.start, end: held.place.end, in_later_block: false }
    }
}

/// A line that is a quiet record, unless the next line goes on with it.
pub(super) struct Held<'b> {
    /// The line without colours, which it has none of.
    pub(super) line: &'b [u8],
    pub(super) number: u64,
    /// Where it stands in the block.
    pub(super) place: Range<usize>,
    /// Index of its layout.
    pub(super) layout: usize,
    /// When the record was over.
    pub(super) end: Moment,
}

/// What the lines so far have begun and not ended.
pub(super) struct Open<'b> {
    pub(super) dates: Dates<'b>,
    pub(super) numbers: Numbers<'b>,
    pub(super) pending: Option<Pending<'b>>,
    /// In the place of `pending`, a record that need not be read whole where it ends with its line.
    pub(super) held: Option<Held<'b>>,
    /// What the first line of `pending` holds.
    pub(super) found: Box<Found<'b>>,
    /// Where the next line is read into. Boxes, as they change places with each record.
    pub(super) next: Box<Found<'b>>,
    pub(super) cut: Option<Joined<'b>>,
    pub(super) skim: Skim<'b>,
    pub(super) header: RecentHeader,
}

impl<'b> Open<'b> {
    pub(super) fn new(clock: &'b Clock, numbers: Numbers<'b>) -> Self {
        Self {
            dates: Dates::new(clock),
            numbers,
            pending: None,
            held: None,
            found: Box::default(),
            next: Box::default(),
            cut: None,
            skim: Skim::default(),
            header: RecentHeader::default(),
        }
    }

    /// Takes the envelopes off a line without colours.
    #[inline(always)]
    pub(super) fn unwrap(&mut self, envelopes: &[Envelope], line: Cow<'b, [u8]>) -> Bare<'b> {
        unwrap_next(&mut self.header, envelopes, line)
    }

    /// Puts a line behind the pieces before it; gives the line once it is whole.
    #[inline(always)]
    pub(super) fn whole(&mut self, bare: Bare<'b>, line: u64, start: usize, ledger: &mut Ledger<'_>) -> Option<At<'b>> {
        let more = is_cut(&bare);
        let Some(cut) = &mut self.cut else {
            if more {
                self.cut = Some(Joined::new(bare, line, start));
                return None;
            }
            return Some(At { bare, line, start, end: start, in_later_block: false });
        };
        cut.push(&bare);
        ledger.count(Fate::Continuation, line);
        if more {
            return None;
        }
        self.cut.take().map(|cut| {
            let (line, start) = (cut.line, cut.start);
            At { bare: cut.into_bare(), line, start, end: start, in_later_block: false }
        })
    }
}
