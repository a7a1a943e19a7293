//! In: blocks of whole lines, and how their source is to be read. Out: [`Record`]s, and the fate of every line.
//! Promise: each physical line has exactly one fate, and the fates add up to the lines; a block gives the same
//! records whichever thread reads it, and whatever was read before.
//! Why whole blocks, and a callback: records borrow from the block, so a line costs no allocation; an iterator that
//! lends its items is not to be had in the language.

mod begun;
mod carried;
mod date;
mod fate;
mod joined;
mod ledger;
pub mod outside;
mod passing;
mod patience;
mod pending;
mod plan;
mod quiet;
mod quiet_objects;
mod requests;
pub mod stretch;
mod take;

pub use fate::{Fate, Fates};
pub use passing::Passing;
pub use plan::Plan;
pub use take::{Skimmed, Take};

use crate::detect::catalogue::Layouts;
use crate::detect::headings::Headings;
use crate::detect::recognize::{Bare, unwrap};
use crate::detect::settle::Reading;
use crate::detect::template::Found;
use crate::model::field::Field;
use crate::model::record::Record;
use crate::model::severity;
use crate::model::stamp::Moment;
use crate::peel::{Envelope, ansi};
use crate::split::Block;
use begun::{At, Held, Open};
use carried::Carried;
use joined::is_cut;
use ledger::{Ledger, Numbers};
use pending::{First, Pending, Undated};
use quiet::Quiet;
use quiet_objects::{Object, QuietObjects};
use requests::Requests;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use take::Whole;

/// A record with what the later stages need beside it.
#[derive(Debug)]
pub struct Parsed<'a> {
    /// The record.
    pub record: Record<'a>,
    /// The moment that counts for correlation: for a request, its end.
    pub end: Moment,
    /// Where its lines stand in the block.
    pub span: Range<usize>,
    /// The block.
    pub block: &'a [u8],
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
    /// The plan of the block that was read last, where it needed one of its own.
    extended: Option<Plan>,
    window: Window,
    keep_undated: bool,
    /// What headings say where the next block begins, if not what the survey found.
    headings: Option<Arc<Headings>>,
}

impl<'c> Parser<'c> {
    /// A parser for a member that is to be read like this.
    pub fn new(layouts: &'c Layouts, reading: Arc<Reading>, window: Window) -> Self {
        Self {
            layouts,
            plan: Plan::new(layouts, &reading.layouts, &reading.headings),
            reading,
            extended: None,
            window,
            keep_undated: false,
            headings: None,
        }
    }

    /// Hands on records without a time as well, dated 1970; for checks of pattern files, whose samples may have none.
    pub fn keep_undated(mut self) -> Self {
        self.keep_undated = true;
        self
    }

    /// The headings that hold where the next block begins.
    pub fn set_headings(&mut self, headings: Option<Arc<Headings>>) {
        self.headings = headings;
    }

    /// Whether a line is the first of a record: where blocks may be cut.
    pub fn starts_record(&mut self, line: &[u8]) -> bool {
        let bare = unwrap(&self.reading.envelopes, line);
        self.plan.read(self.layouts, &bare, &bare.message, &mut Found::default()).is_some()
    }

    /// Reads a block whose first line is number `first_line` of the member; hands its records to `each` in order.
    pub fn block(&mut self, bytes: &[u8], first_line: u64, each: &mut dyn FnMut(&Parsed<'_>)) -> Fates {
        self.block_to(bytes, first_line, &mut Whole(each))
    }

    /// The same, to one who may do with less than whole records.
    pub fn block_to(&mut self, bytes: &[u8], first_line: u64, take: &mut impl Take) -> Fates {
        self.numbered(bytes, Numbers::From(first_line), take)
    }

    /// Reads a block, whose lines may stand for others; hands its records to `each` in order.
    pub fn each(&mut self, block: &Block, each: &mut dyn FnMut(&Parsed<'_>)) -> Fates {
        self.block_of(block, &mut Whole(each))
    }

    /// The same, to one who may do with less than whole records.
    pub fn block_of(&mut self, block: &Block, take: &mut impl Take) -> Fates {
        self.numbered(&block.bytes, Numbers::of(block), take)
    }

    fn numbered(&mut self, bytes: &[u8], numbers: Numbers<'_>, take: &mut impl Take) -> Fates {
        // The one or the other is of the member; what was read before counts not.
        let (reading, passed) = (Arc::clone(&self.reading), self.headings.clone());
        let headings = passed.as_deref().unwrap_or(&reading.headings);
        self.plan.forget_headings(headings);
        self.extended = self.plan.recheck(self.layouts, &self.reading.name, &self.reading.envelopes, bytes);
        // The probes may have met headings that stand further down.
        self.plan_of_block().forget_headings(headings);
        self.with_plan(|parser, plan| parser.block_by(plan, bytes, numbers, take))
    }

    /// Reads records of the block that was read last once more, by where they stand there.
    pub fn again(&mut self, bytes: &[u8], spans: &[Range<usize>], take: &mut impl Take) {
        self.with_plan(|parser, plan| {
            for span in spans {
                parser.block_by(plan, &bytes[span.clone()], Numbers::From(1), take);
            }
        });
    }

    fn plan_of_block(&mut self) -> &mut Plan {
        self.extended.as_mut().unwrap_or(&mut self.plan)
    }

    /// Runs with the plan of the block taken out, so that the rest of the parser can be read meanwhile.
    fn with_plan<T>(&mut self, run: impl FnOnce(&Self, &mut Plan) -> T) -> T {
        let mut plan = std::mem::take(self.plan_of_block());
        let result = run(self, &mut plan);
        *self.plan_of_block() = plan;
        result
    }

    fn block_by<T: Take>(&self, plan: &mut Plan, bytes: &[u8], numbers: Numbers<'_>, take: &mut T) -> Fates {
        let mut ledger = Ledger::new(numbers);
        let mut open = Open::new(&self.reading.clock, numbers);
        let first_line = numbers.first();
        let mut number = first_line;
        let mut start = 0;
        // One search settles for most blocks what would be one for each line.
        let coloured = ansi::is_in(bytes);
        let mut requests = if T::SKIMS && !coloured { Requests::of(self, plan) } else { None };
        let mut quiet = if T::SKIMS && !coloured { Quiet::of(self, plan) } else { None };
        let mut objects = if T::SKIMS && !coloured { QuietObjects::of(self, plan) } else { None };
        let carried = if T::SKIMS && !coloured { Carried::of(self, plan) } else { None };
        while start < bytes.len() {
            if let Some(requests) = &mut requests
                && quiet.is_none()
                && !open.pending.as_ref().is_some_and(Pending::is_open)
                && let Some(next) = requests.count_at_once((number, start, bytes), &mut open.header, &mut ledger, take)
            {
                ledger.begin();
                self.finish(&mut open, bytes, &mut ledger, take);
                (number, start) = (number + 1, next);
                continue;
            }
            let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |offset| start + offset);
            let line = bytes[start..end].strip_suffix(b"\r").unwrap_or(&bytes[start..end]);
            ledger.begin();
            // What stands before goes on with no line that begins a record with a time of its own.
            if let Some(quiet) = &mut quiet
                && !open.pending.as_ref().is_some_and(Pending::is_open)
                && let Some((layout, moment)) = quiet.reads(line, take)
            {
                let held = Held { line, number, place: start..end, layout, end: moment };
                self.hold(held, bytes, &mut open, &mut ledger, take);
                number += 1;
                start = end + 1;
                continue;
            }
            // A request with a time of its own goes on with no record but one that waits for its last line.
            if let Some(requests) = &mut requests
                && !open.pending.as_ref().is_some_and(Pending::is_open)
                && let Some(bare) = requests.strip(line, &mut open.header)
                && requests.count(bare, (number, start..end, bytes), &mut ledger, take)
            {
                self.finish(&mut open, bytes, &mut ledger, take);
                number += 1;
                start = end + 1;
                continue;
            }
            if let Some(objects) = &mut objects
                && !open.pending.as_ref().is_some_and(Pending::is_open)
                && let Some(object) = objects.reads(plan, line, take)
            {
                // Quiet or not, it does not go on with what stands before.
                self.finish(&mut open, bytes, &mut ledger, take);
                if let Object::Quiet(layout, moment) = object {
                    open.held = Some(Held { line, number, place: start..end, layout, end: moment });
                    number += 1;
                    start = end + 1;
                    continue;
                }
            }
            let plain = if coloured { ansi::strip(line) } else { Cow::Borrowed(line) };
            let bare = open.unwrap(&self.reading.envelopes, plain);
            let passing = carried.as_ref().and_then(|carried| carried.reads(plan, &bare, &mut open, take));
            if let Some((layout, moment)) = passing {
                let held = Held { line, number, place: start..end, layout, end: moment };
                self.hold(held, bytes, &mut open, &mut ledger, take);
            } else if is_blank(&bare) || plan.note_heading(self.layouts, &bare.message) {
                ledger.count(Fate::Blank, number);
            } else if requests.as_ref().is_none_or(Requests::are_carried)
                && let Some(index) = self.skim(plan, bytes, &bare, (number, start..end), &mut open, &mut ledger, take)
            {
                if let Some(requests) = &mut requests {
                    requests.learn(self, index, &bare, &open.header);
                }
            } else if open.cut.is_none() && !is_cut(&bare) {
                let at = At { bare, line: number, start, end, in_later_block: first_line > 1 };
                self.line(plan, bytes, at, &mut open, &mut ledger, take);
            } else if let Some(at) = open.whole(bare, number, start, &mut ledger) {
                let at = At { end, in_later_block: first_line > 1, ..at };
                self.line(plan, bytes, at, &mut open, &mut ledger, take);
            }
            number += 1;
            start = end + 1;
        }
        if let Some(cut) = open.cut.take() {
            let at =
                At { line: cut.line, start: cut.start, end: bytes.len(), in_later_block: false, bare: cut.into_bare() };
            self.line(plan, bytes, at, &mut open, &mut ledger, take);
        }
        self.finish(&mut open, bytes, &mut ledger, take);
        ledger.finish()
    }

    /// What a line is: the first of a record, a further one, or neither.
    fn line<'b>(
        &self,
        plan: &mut Plan,
        bytes: &'b [u8],
        at: At<'b>,
        open: &mut Open<'b>,
        ledger: &mut Ledger<'_>,
        take: &mut impl Take,
    ) {
        if open.held.is_some()
            && carried::may_go_on(plan, self.layouts, &at.bare)
            && let Some(held) = open.held.take()
        {
            self.line(plan, bytes, At::held(&self.reading.envelopes, held), open, ledger, take);
        }
        let first = First::read(plan, self.layouts, &at.bare, &mut open.next);
        let pending = open.pending.as_mut();
        let goes_on = pending.is_some_and(|pending| pending.goes_on(self.layouts, first.as_ref(), &at.bare));
        match (first, &mut open.pending) {
            (_, Some(pending)) if goes_on => {
                pending.append(bytes, at.start, at.end, at.bare);
                ledger.count(Fate::Continuation, at.line);
            }
            (Some(first), _) => {
                self.finish(open, bytes, ledger, take);
                std::mem::swap(&mut open.found, &mut open.next);
                open.pending = Some(Pending::new(first, at.bare, at.line, at.start, at.end));
            }
            // The head of a record that the block before holds.
            (None, None) if at.in_later_block && self.is_continued(plan) => {
                ledger.count(Fate::Continuation, at.line);
            }
            (None, _) => ledger.count(Fate::Unrecognized, at.line),
        }
    }

    /// Reads no more of a line than it takes to count it, if it is a request that asks for no more. Gives its layout;
    /// nothing when it is to be read whole.
    #[expect(clippy::too_many_arguments, reason = "the state of a block, each part of which is borrowed on its own")]
    fn skim<'b, T: Take>(
        &self,
        plan: &mut Plan,
        bytes: &'b [u8],
        bare: &Bare<'b>,
        (number, span): (u64, Range<usize>),
        open: &mut Open<'b>,
        ledger: &mut Ledger<'_>,
        take: &mut T,
    ) -> Option<usize> {
        if !T::SKIMS || open.cut.is_some() || is_cut(bare) {
            return None;
        }
        let Cow::Borrowed(message) = bare.message else { return None };
        let index = plan.skim(self.layouts, bare, message, &mut open.skim)?;
        let (layout, skim) = (self.layouts.get(index), &open.skim);
        let carrier = bare.carrier.as_ref();
        // What the carrier calls an error is looked at as one.
        if carrier.and_then(|carrier| carrier.level).is_some_and(|level| severity::is_error(level.as_bytes())) {
            return None;
        }
        let dated = open.dates.date(layout, skim.duration(), skim.stamp(), carrier);
        let end = dated.map(|dated| dated.end)?;
        // A request with a time of its own goes on with no record but one that waits for its last line.
        if skim.stamp().is_none() || layout.text.generic || open.pending.as_ref().is_some_and(Pending::is_open) {
            return None;
        }
        if !self.window.holds(end) {
            self.finish(open, bytes, ledger, take);
            ledger.count(Fate::OutsideWindow, number);
            return Some(index);
        }
        let host = skim.get(Field::Host).or_else(|| carrier.and_then(|carrier| carrier.host.as_deref()));
        let taken = take.skimmed(&Skimmed { fields: skim, host, layout: index, end, span, block: bytes });
        if taken {
            self.finish(open, bytes, ledger, take);
            ledger.count(Fate::Record, number);
            ledger.fates.saw(end);
        }
        taken.then_some(index)
    }

    fn is_continued(&self, plan: &Plan) -> bool {
        plan.first().is_some_and(|layout| self.layouts.get(layout).continuation)
    }

    /// Holds back a quiet record, which shows that the one before it is complete.
    #[inline]
    fn hold<'b>(
        &self,
        held: Held<'b>,
        bytes: &'b [u8],
        open: &mut Open<'b>,
        ledger: &mut Ledger<'_>,
        take: &mut impl Take,
    ) {
        self.finish(open, bytes, ledger, take);
        open.held = Some(held);
    }

    /// Hands on the record that is complete, if there is one.
    #[inline(always)]
    fn finish<'b>(&self, open: &mut Open<'b>, bytes: &'b [u8], ledger: &mut Ledger<'_>, take: &mut impl Take) {
        // Mostly not, where requests follow each other.
        if open.held.is_some() || open.pending.is_some() {
            self.finish_open(open, bytes, ledger, take);
        }
    }

    #[inline(never)]
    fn finish_open<'b>(&self, open: &mut Open<'b>, bytes: &'b [u8], ledger: &mut Ledger<'_>, take: &mut impl Take) {
        if let Some(held) = open.held.take() {
            take.pass(held.layout, held.end);
            ledger.count(Fate::Record, held.number);
            ledger.fates.saw(held.end);
        } else if open.pending.is_some() {
            self.finish_whole(open, bytes, ledger, take);
        }
    }

    /// Dates a record that was read whole and hands it on.
    fn finish_whole<'b>(&self, open: &mut Open<'b>, bytes: &'b [u8], ledger: &mut Ledger<'_>, take: &mut impl Take) {
        let Open { pending: slot, found, dates, numbers, .. } = open;
        let Some(pending) = slot else { return };
        let layout = self.layouts.get(pending.layout());
        pending.with_record(layout, bytes, found, &mut |Undated { mut record, carrier, stamp, span }| {
            let number = record.line;
            record.line = numbers.physical(number);
            let dated = dates.date(layout, record.fields.number(Field::Duration), stamp, carrier);
            let Some(dated) = dated else {
                ledger.count(Fate::Undated, number);
                if self.keep_undated {
                    take.record(&Parsed { record, end: Moment(0), span, block: bytes });
                }
                return;
            };
            if !self.window.holds(dated.end) {
                ledger.count(Fate::OutsideWindow, number);
                return;
            }
            ledger.count(Fate::Record, number);
            ledger.fates.saw(dated.end);
            record.moment = Some((dated.stated, dated.certainty));
            take.record(&Parsed { record, end: dated.end, span, block: bytes });
        });
        *slot = None;
    }
}

/// Whether a line holds nothing: white space, or a container's empty line. A program that sends an empty message to
/// syslog has still said something.
fn is_blank(bare: &Bare<'_>) -> bool {
    let by = bare.carrier.as_ref().map(|carrier| carrier.by);
    !matches!(by, Some(Envelope::Syslog | Envelope::JournalJson)) && bare.message.iter().all(u8::is_ascii_whitespace)
}

/// A line that no layout of the plan reads.
pub(crate) fn is_unread(plan: &mut Plan, layouts: &Layouts, bare: &Bare<'_>) -> bool {
    !plan.note_heading(layouts, &bare.message)
        && plan.read(layouts, bare, &bare.message, &mut Found::default()).is_none()
}

#[cfg(test)]
mod tests;
