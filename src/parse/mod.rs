//! In: blocks of whole lines, and how their source is to be read. Out: [`Record`]s, and the fate of every line.
//! Promise: each physical line has exactly one fate, and the fates add up to the lines; a block gives the same
//! records whichever thread reads it, and whatever was read before.
//! Why whole blocks, and a callback: records borrow from the block, so a line costs no allocation; an iterator that
//! lends its items is not to be had in the language.

mod date;
mod fate;
mod joined;
pub mod outside;
mod pending;
mod plan;

pub use fate::{Fate, Fates};
pub use plan::Plan;

use crate::detect::catalogue::Layouts;
use crate::detect::recognize::{Bare, unwrap};
use crate::detect::settle::Reading;
use crate::model::record::Record;
use crate::model::stamp::Moment;
use crate::peel::Envelope;
use joined::{Joined, is_cut};
use pending::{First, Pending, Undated};
use std::sync::Arc;

/// A record with what the later stages need beside it.
#[derive(Debug)]
pub struct Parsed<'a> {
    /// The record.
    pub record: Record<'a>,
    /// The moment that counts for correlation: for a request, its end.
    pub end: Moment,
}

/// From which moment (inclusive) to which (exclusive) records are wanted, by their [`Parsed::end`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Window {
    /// `--since`.
    pub since: Option<Moment>,
    /// `--until`.
    pub until: Option<Moment>,
}

impl Window {
    /// Whether `moment` lies inside.
    pub fn holds(&self, moment: Moment) -> bool {
        self.since.is_none_or(|since| moment >= since) && self.until.is_none_or(|until| moment < until)
    }
}

/// Reads the blocks of one member. Cloned per thread; holds no state that a block leaves behind.
#[derive(Debug, Clone)]
pub struct Parser<'c> {
    layouts: &'c Layouts,
    reading: Arc<Reading>,
    plan: Plan,
    window: Window,
    keep_undated: bool,
}

impl<'c> Parser<'c> {
    /// A parser for a member that is to be read like this.
    pub fn new(layouts: &'c Layouts, reading: Arc<Reading>, window: Window) -> Self {
        Self {
            layouts,
            plan: Plan::new(layouts, &reading.layouts, &reading.headings),
            reading,
            window,
            keep_undated: false,
        }
    }

    /// Hands on records without a time as well, dated 1970; for checks of pattern files, whose samples may have none.
    pub fn keep_undated(mut self) -> Self {
        self.keep_undated = true;
        self
    }

    /// Whether a line is the first of a record: where blocks may be cut.
    pub fn starts_record(&mut self, line: &[u8]) -> bool {
        let bare = unwrap(&self.reading.envelopes, line);
        self.plan.read(self.layouts, &bare, &bare.message).is_some()
    }

    /// Reads a block whose first line is number `first_line` of the member; hands its records to `each` in order.
    pub fn block(&mut self, bytes: &[u8], first_line: u64, each: &mut dyn FnMut(&Parsed<'_>)) -> Fates {
        self.plan.forget_headings(&self.reading.headings);
        let extended = self.plan.recheck(self.layouts, &self.reading.name, &self.reading.envelopes, bytes);
        let mut plan = extended.unwrap_or_else(|| std::mem::take(&mut self.plan));
        // The probes may have met headings that stand further down.
        plan.forget_headings(&self.reading.headings);
        let fates = self.block_by(&mut plan, bytes, first_line, each);
        if self.plan.is_empty() {
            self.plan = plan;
        }
        fates
    }

    fn block_by(&self, plan: &mut Plan, bytes: &[u8], first_line: u64, each: &mut dyn FnMut(&Parsed<'_>)) -> Fates {
        let mut fates = Fates::default();
        let mut open = Open { pending: None, cut: None };
        let mut number = first_line;
        let mut start = 0;
        while start < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |offset| start + offset);
            let line = bytes[start..end].strip_suffix(b"\r").unwrap_or(&bytes[start..end]);
            fates.lines += 1;
            let bare = unwrap(&self.reading.envelopes, line);
            if is_blank(&bare) || plan.note_heading(self.layouts, &bare.message) {
                fates.count(Fate::Blank);
            } else if let Some(at) = open.whole(bare, number, start, &mut fates) {
                let at = At { end, in_later_block: first_line > 1, ..at };
                self.line(plan, bytes, at, &mut open.pending, &mut fates, each);
            }
            number += 1;
            start = end + 1;
        }
        if let Some(cut) = open.cut.take() {
            let at =
                At { line: cut.line, start: cut.start, end: bytes.len(), in_later_block: false, bare: cut.into_bare() };
            self.line(plan, bytes, at, &mut open.pending, &mut fates, each);
        }
        self.finish(open.pending, bytes, &mut fates, each);
        fates
    }

    /// What a line is: the first of a record, a further one, or neither.
    fn line<'b>(
        &self,
        plan: &mut Plan,
        bytes: &'b [u8],
        at: At<'b>,
        pending: &mut Option<Pending<'b>>,
        fates: &mut Fates,
        each: &mut dyn FnMut(&Parsed<'_>),
    ) {
        let first = First::read(plan, self.layouts, &at.bare);
        let goes_on = pending.as_mut().is_some_and(|open| open.goes_on(self.layouts, first.as_ref(), &at.bare));
        match (first, &mut *pending) {
            (_, Some(open)) if goes_on => {
                open.append(bytes, at.start, at.end, at.bare);
                fates.count(Fate::Continuation);
            }
            (Some(first), _) => {
                self.finish(pending.take(), bytes, fates, each);
                *pending = Some(Pending::new(first, at.bare, at.line, at.start, at.end));
            }
            // The head of a record that the block before holds.
            (None, None) if at.in_later_block && self.is_continued(plan) => fates.count(Fate::Continuation),
            (None, _) => fates.count(Fate::Unrecognized),
        }
    }

    fn is_continued(&self, plan: &Plan) -> bool {
        plan.first().is_some_and(|layout| self.layouts.get(layout).continuation)
    }

    /// Dates a record that is complete and hands it on.
    fn finish(&self, pending: Option<Pending<'_>>, bytes: &[u8], fates: &mut Fates, each: &mut dyn FnMut(&Parsed<'_>)) {
        let Some(pending) = pending else { return };
        let layout = self.layouts.get(pending.layout());
        pending.with_record(layout, bytes, &mut |Undated { mut record, carrier, stamp }| {
            let dated = date::date(&self.reading.clock, layout, &record.fields, stamp, carrier);
            let Some(dated) = dated else {
                fates.count(Fate::Undated);
                if self.keep_undated {
                    each(&Parsed { record, end: Moment(0) });
                }
                return;
            };
            if !self.window.holds(dated.end) {
                fates.count(Fate::OutsideWindow);
                return;
            }
            fates.count(Fate::Record);
            fates.saw(dated.end);
            record.moment = Some((dated.stated, dated.certainty));
            each(&Parsed { record, end: dated.end });
        });
    }
}

/// Whether a line holds nothing: white space, or a container's empty line. A program that sends an empty message to
/// syslog has still said something.
fn is_blank(bare: &Bare<'_>) -> bool {
    let by = bare.carrier.as_ref().map(|carrier| carrier.by);
    !matches!(by, Some(Envelope::Syslog | Envelope::JournalJson)) && bare.message.iter().all(u8::is_ascii_whitespace)
}

/// A line with its place.
struct At<'b> {
    bare: Bare<'b>,
    line: u64,
    start: usize,
    end: usize,
    in_later_block: bool,
}

/// What the lines so far have begun and not ended.
struct Open<'b> {
    pending: Option<Pending<'b>>,
    cut: Option<Joined<'b>>,
}

impl<'b> Open<'b> {
    /// Puts a line behind the pieces before it; gives the line once it is whole.
    fn whole(&mut self, bare: Bare<'b>, line: u64, start: usize, fates: &mut Fates) -> Option<At<'b>> {
        let more = is_cut(&bare);
        let Some(cut) = &mut self.cut else {
            if more {
                self.cut = Some(Joined::new(bare, line, start));
                return None;
            }
            return Some(At { bare, line, start, end: start, in_later_block: false });
        };
        cut.push(&bare);
        fates.count(Fate::Continuation);
        if more {
            return None;
        }
        self.cut.take().map(|cut| {
            let (line, start) = (cut.line, cut.start);
            At { bare: cut.into_bare(), line, start, end: start, in_later_block: false }
        })
    }
}

/// A line that no layout of the plan reads.
pub(crate) fn is_unread(plan: &mut Plan, layouts: &Layouts, bare: &Bare<'_>) -> bool {
    !plan.note_heading(layouts, &bare.message) && plan.read(layouts, bare, &bare.message).is_none()
}

#[cfg(test)]
mod tests;
