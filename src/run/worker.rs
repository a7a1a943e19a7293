//! One thread's work: to read sources, to parse what it has read, and to help those who have more.

use super::blocks::{Blocks, Next, SharedFile};
use super::left_out::{self, LeftOut};
use super::{Job, Stored};
use crate::detect::headings::Headings;
use crate::detect::settle::Reading;
use crate::detect::survey::{Survey, read_head};
use crate::model::source::Source;
use crate::model::trouble::Trouble;
use crate::open::document::Marks;
use crate::open::{self, Member};
use crate::parse::{Fates, Parser, Passing, Window};
use crate::split::{BLOCK, Block, Splitter};
use crate::tally::Tally;
use crate::tally::collect::{Collector, Knowledge};
use crossbeam_channel::{Receiver, Sender};
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Members that a thread keeps open for counting, beside one for each thread that reads, before it sums the one up that
/// was met longest ago. What is kept to quote of each member is most of the memory of a large run.
const FURTHER_OPEN: usize = 2;
/// How many times smaller a compressed log usually is; only for the progress shown inside a compressed source.
const USUAL_PACKING: u64 = 10;

/// What a thread asks of whoever is free.
pub(super) enum Task<'r> {
    /// To parse this block.
    Parse(Parcel),
    /// To read and parse blocks of this file too.
    Join(Arc<SharedFile<'r>>),
}

/// A block to parse.
pub(super) struct Parcel {
    pub(super) reading: Arc<Reading>,
    pub(super) block: Block,
    pub(super) headings: Option<Arc<Headings>>,
}

/// One thread's work.
pub(super) struct Worker<'r> {
    pub(super) job: &'r Job<'r>,
    open: Vec<(Parser<'r>, Collector<'r>, Arc<Reading>)>,
    /// What was found beside the counts of open members.
    tally: Tally,
}

impl<'r> Worker<'r> {
    pub(super) fn new(job: &'r Job<'r>) -> Self {
        Self { job, open: Vec::new(), tally: Tally::default() }
    }

    /// Reads sources until none is left.
    pub(super) fn read_sources(&mut self, sender: Option<Sender<Task<'r>>>) {
        while let Some(source) = self.job.order.get(self.job.next.fetch_add(1, Ordering::Relaxed)) {
            let mut stored = Stored { of: source.size.unwrap_or(0), counted: 0, total: &self.job.progress.stored };
            let opened = open::open(source, &mut |member| self.member(source, member, sender.as_ref(), &mut stored));
            stored.finish();
            self.tally.troubles.extend(opened.troubles);
            if let Some(error) = opened.stopped {
                self.tally.troubles.insert(Trouble::partial(&source.name, format!("reading stopped: {error}")));
            }
            self.job.progress.sources.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Reads what is left to read, then parses what others read.
    pub(super) fn work(mut self, sender: Sender<Task<'r>>, receiver: &Receiver<Task<'r>>) -> Tally {
        self.read_sources(Some(sender));
        self.help(receiver);
        self.finish()
    }

    /// Does what other threads ask for.
    fn help(&mut self, receiver: &Receiver<Task<'r>>) {
        while let Ok(task) = receiver.recv() {
            match task {
                Task::Parse(parcel) => self.parse(parcel),
                Task::Join(shared) => {
                    self.note_member(&shared.reading);
                    if let Err(error) = self.take_turns(&shared, None) {
                        let message = format!("reading stopped: {error}");
                        self.tally.troubles.insert(Trouble::partial(&shared.reading.cited, message));
                    }
                }
            }
        }
    }

    fn member(
        &mut self,
        source: &Source,
        member: Member<'_>,
        sender: Option<&Sender<Task<'r>>>,
        stored: &mut Stored<'r>,
    ) -> io::Result<()> {
        let packing = if member.plain_file.is_some() { 1 } else { USUAL_PACKING };
        let mut head = Vec::new();
        let reading = match self.job.readings.get(member.name.as_str()) {
            Some(reading) => Arc::clone(reading),
            // Standard input is surveyed here, after all others: it cannot be read twice.
            None => {
                head = read_head(member.reader)?;
                let modified = member.modified.or(source.modified);
                let survey = Survey::of(&self.job.plan.layouts, member.name.clone(), modified, &head, b"");
                Arc::new(self.job.context.reading(&survey, &self.job.plan.assumptions))
            }
        };
        if reading.configuration {
            return Ok(());
        }
        let mut outside = left_out::outside(self.job.plan, &reading);
        // What was read of a member to survey it is not read again.
        let left_out = match head.is_empty() {
            true => left_out::look(&mut outside, &member, self.job.readings, self.job.plan)?,
            false => LeftOut::Nothing,
        };
        let (mut reading, mut length) = (reading, u64::MAX);
        match left_out {
            LeftOut::Nothing => {}
            LeftOut::All(why) => {
                self.pass_over(&reading, &why);
                return Ok(());
            }
            LeftOut::AllBut(stretch) => {
                (reading, length) = (Arc::new(stretch.reading(&reading)), stretch.length());
                self.tally.troubles.insert(Trouble::note(&reading.cited, stretch.told()));
                stored.advance(stretch.from);
            }
        }
        self.note_member(&reading);
        let long_lines = match (sender, member.plain_file) {
            (Some(sender), Some(file)) if head.is_empty() => {
                let shared = self.blocks(&reading, file.clone().take(length), None, stored.clone(), packing);
                let shared = Arc::new(SharedFile::new(shared));
                let taken = self.take_turns(&shared, Some(sender));
                let Some(blocks) = shared.close() else { return taken };
                *stored = blocks.stored;
                taken?;
                blocks.splitter.long_lines()
            }
            _ => {
                let reader = head.as_slice().chain(member.reader.take(length));
                let mut blocks = self.blocks(&reading, reader, member.marks, stored.clone(), packing);
                while let Some(next) = blocks.next(self.job.buffer())? {
                    if let Some(parcel) = self.worth_parsing(&reading, next) {
                        self.hand_on(parcel, sender);
                    }
                }
                *stored = blocks.stored;
                blocks.splitter.long_lines()
            }
        };
        self.job.note_long_lines(&reading.cited, long_lines);
        Ok(())
    }

    /// The blocks of a member that is read like this.
    fn blocks<R: Read>(
        &self,
        reading: &Arc<Reading>,
        reader: R,
        marks: Option<Marks>,
        stored: Stored<'r>,
        packing: u64,
    ) -> Blocks<'r, R> {
        let plan = self.job.plan;
        let mut starts = Parser::new(&plan.layouts, Arc::clone(reading), Window::default());
        let mut splitter = Splitter::new(reader).with_marks(marks).numbered_by(&self.job.numbering);
        splitter.set_record_start(Some(Box::new(move |line| starts.starts_record(line))));
        Blocks {
            reading: Arc::clone(reading),
            splitter,
            passing: Passing::new(&plan.layouts, reading),
            outside: left_out::outside(plan, reading),
            stored,
            packing,
        }
    }

    /// Reads and parses blocks of a file, together with those who were asked to through `sender`, until all were read.
    fn take_turns(&mut self, shared: &Arc<SharedFile<'r>>, sender: Option<&Sender<Task<'r>>>) -> io::Result<()> {
        let mut to_ask = self.job.plan.threads.saturating_sub(1);
        while let Some(next) = shared.next(self.job.buffer())? {
            let Some(parcel) = self.worth_parsing(&shared.reading, next) else { continue };
            // Not for the last block of a file, which for many files is the only one.
            if let Some(sender) = sender
                && to_ask > 0
                && parcel.block.bytes.len() >= BLOCK / 2
                && sender.try_send(Task::Join(Arc::clone(shared))).is_ok()
            {
                to_ask -= 1;
            }
            self.parse(parcel);
        }
        Ok(())
    }

    /// The block, unless it is out of the window: then its lines are counted here.
    fn worth_parsing(&mut self, reading: &Arc<Reading>, next: Next) -> Option<Parcel> {
        match next {
            Next::Block(parcel) => Some(parcel),
            Next::Outside(fates, block) => {
                self.job.progress.bytes.fetch_add(block.bytes.len() as u64, Ordering::Relaxed);
                self.count_outside(reading, &fates);
                self.job.done_with(block, &fates);
                None
            }
        }
    }

    /// Has a block parsed by whoever is free.
    fn hand_on(&mut self, parcel: Parcel, sender: Option<&Sender<Task<'r>>>) {
        let Some(sender) = sender else { return self.parse(parcel) };
        if let Err(refused) = sender.try_send(Task::Parse(parcel))
            && let Task::Parse(parcel) = refused.into_inner()
        {
            self.parse(parcel);
        }
    }

    /// Makes the member known even if it has no line.
    fn note_member(&mut self, reading: &Arc<Reading>) {
        let collector = Collector::new(self.knowledge(), Arc::clone(reading));
        self.tally.add(collector.finish());
    }

    /// Makes known that a member is not read, and why.
    pub(super) fn pass_over(&mut self, reading: &Arc<Reading>, why: &str) {
        self.note_member(reading);
        if let Some(source) = self.tally.sources.get_mut(&reading.cited) {
            source.passed_over = true;
        }
        self.tally.troubles.insert(Trouble::note(&reading.cited, format!("was not read: {why}")));
    }

    fn count_outside(&mut self, reading: &Arc<Reading>, fates: &Fates) {
        if let Some(source) = self.tally.sources.get_mut(&reading.cited) {
            source.fates.add(fates);
        }
    }

    fn knowledge(&self) -> Knowledge<'r> {
        let plan = self.job.plan;
        Knowledge { layouts: &plan.layouts, signatures: &plan.signatures, wanted: &plan.wanted }
    }

    fn parse(&mut self, parcel: Parcel) {
        let Parcel { reading, block, headings } = parcel;
        self.job.progress.bytes.fetch_add(block.bytes.len() as u64, Ordering::Relaxed);
        let at = match self.open.iter().position(|(_, _, open)| Arc::ptr_eq(open, &reading)) {
            Some(at) => {
                // The one that was met last is the last.
                self.open[at..].rotate_left(1);
                self.open.len() - 1
            }
            None => {
                if self.open.len() >= self.job.plan.threads.max(1) + FURTHER_OPEN {
                    let (_, oldest, _) = self.open.remove(0);
                    self.job.add(oldest.finish());
                }
                let parser = Parser::new(&self.job.plan.layouts, Arc::clone(&reading), self.job.plan.window);
                self.open.push((parser, Collector::new(self.knowledge(), Arc::clone(&reading)), reading));
                self.open.len() - 1
            }
        };
        let (parser, collector, _) = &mut self.open[at];
        parser.set_headings(headings);
        let fates = parser.block_of(&block, collector);
        collector.end_block(&fates, &block.bytes, |spans, around| parser.again(&block.bytes, spans, around));
        self.job.done_with(block, &fates);
    }

    /// Puts what was counted to the sum; gives what was found beside it.
    pub(super) fn finish(self) -> Tally {
        for (_, collector, _) in self.open {
            self.job.add(collector.finish());
        }
        self.tally
    }
}
