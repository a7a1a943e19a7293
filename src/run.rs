//! In: the sources. Out: one tally, through all stages from the opening of a file to the counting of its records.
//! Promise: the result does not depend on the number of threads, nor on who read what: what a thread counts of a member
//! is its own until it is done with it, and a tally only adds. No other stage knows threads, but for those that wait for
//! the report's files.
//! Why not one thread a file: a single large file would keep one thread busy. Every thread reads sources of its own and
//! hands blocks to whoever is free, so many small files, one large plain and one large compressed file all use all.

mod left_out;

use crate::detect::catalogue::Layouts;
use crate::detect::headings::Headings;
use crate::detect::settle::{Assumptions, Context, Reading};
use crate::detect::survey::{Front, Survey, read_head, survey};
use crate::model::source::{Origin, Source};
use crate::model::trouble::Trouble;
use crate::open::{self, Member};
use crate::parse::{Fates, Parser, Passing, Window};
use crate::split::{Block, Bytes, Splitter};
use crate::spot::Signatures;
use crate::tally::Tally;
use crate::tally::collect::{Collector, Knowledge, Wanted};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use left_out::{LeftOut, Readings, passed_over};
use rayon::prelude::*;
use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Members that a thread keeps open for counting, beside one for each thread that reads, before it sums the one up that
/// was met longest ago. What is kept to quote of each member is most of the memory of a large run.
const FURTHER_OPEN: usize = 2;
/// How many times smaller a compressed log usually is; only for the progress shown inside a compressed source.
const USUAL_PACKING: u64 = 10;

/// What a run knows and wants.
#[derive(Debug)]
pub struct Plan {
    /// The layouts.
    pub layouts: Layouts,
    /// The signatures.
    pub signatures: Signatures,
    /// What counts as a failed request.
    pub wanted: Wanted,
    /// What the operator said about zones and formats.
    pub assumptions: Assumptions,
    /// `--since` and `--until`.
    pub window: Window,
    /// From how many bytes on a plain log that is in the order of time is read only where the window can lie. Nothing
    /// where every line is to be read and parsed, wherever it lies.
    pub seeks_from: Option<u64>,
    /// `--threads`.
    pub threads: usize,
}

/// How far a run has come; read by whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes parsed, decompressed.
    pub bytes: AtomicU64,
    /// Bytes read as they are stored, for the time that is left. Of a compressed source an estimate until its end.
    pub stored: AtomicU64,
    /// Sources that were read to their end.
    pub sources: AtomicU64,
}

/// Surveys every source that can be read twice; the result is by name of the source, its members in their order.
pub fn survey_all(plan: &Plan, sources: &[Source]) -> Vec<Survey> {
    let each = |front: &mut Front, source: &Source| match source.origin {
        Origin::StandardInput => Vec::new(),
        Origin::File(_) => survey(&plan.layouts, source, front),
    };
    let alone = || {
        let mut front = Front::default();
        sources.iter().flat_map(|source| each(&mut front, source)).collect()
    };
    // For a handful of small files a pool costs more than it saves.
    if plan.threads == 1 || sources.len() < 4 {
        return alone();
    }
    match rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build() {
        Ok(pool) => pool.install(|| {
            let surveys: Vec<Vec<Survey>> = sources.par_iter().map_init(Front::default, each).collect();
            surveys.into_iter().flatten().collect()
        }),
        Err(_) => alone(),
    }
}

/// Whether there is so little to read that another thread takes longer to begin than this one to read it.
fn is_little(sources: &[Source]) -> bool {
    const LITTLE: u64 = 128 * 1024;
    let sizes = sources.iter().map(|source| source.size);
    sizes.sum::<Option<u64>>().is_some_and(|size| size <= LITTLE)
}

/// Reads all sources into one tally.
pub fn read_all(plan: &Plan, sources: &[Source], surveys: &[Survey], progress: &Progress) -> Tally {
    let context = Context::new(&plan.layouts, surveys);
    let readings: Readings<'_> = surveys
        .iter()
        .map(|survey| (survey.name.as_str(), Arc::new(context.reading(survey, &plan.assumptions))))
        .collect();
    let mut order: Vec<&Source> = sources.iter().collect();
    order.sort_by_key(|source| (std::cmp::Reverse(source.size), &source.name));
    let passed = passed_over(plan, surveys, &readings, &mut order);
    let job = Job {
        plan,
        context: &context,
        readings: &readings,
        order: &order,
        next: AtomicUsize::new(0),
        progress,
        buffers: Mutex::default(),
        sum: Mutex::default(),
    };
    let threads = if is_little(sources) { 1 } else { plan.threads.max(1) };
    let mut worker = Worker::new(&job);
    for (source, reading) in passed {
        worker.pass_over(&reading, "it was last written before --since");
        progress.stored.fetch_add(source.size.unwrap_or(0), Ordering::Relaxed);
        progress.sources.fetch_add(1, Ordering::Relaxed);
    }
    let parts = if threads == 1 {
        worker.read_sources(None);
        vec![Ok(worker.finish())]
    } else {
        read_together(worker, threads)
    };
    let mut tally = job.take_sum();
    for part in parts {
        match part {
            Ok(part) => tally.add(part),
            // A thread that panicked is a defect of this program: what it had counted is gone, and that must show.
            Err(_) => {
                tally.troubles.insert(Trouble::partial(
                    "(this run)",
                    "a worker thread failed: some lines are not counted; please report this",
                ));
            }
        }
    }
    tally
}

/// Has a worker and others of its kind read all, each on a thread; gives what each found beside the sum.
fn read_together(worker: Worker<'_>, threads: usize) -> Vec<std::thread::Result<Tally>> {
    let job = worker.job;
    let (sender, receiver) = bounded(2 * threads);
    std::thread::scope(|scope| {
        let handles: Vec<_> = (1..threads)
            .map(|_| {
                let (sender, receiver) = (sender.clone(), receiver.clone());
                scope.spawn(move || Worker::new(job).work(sender, &receiver))
            })
            .collect();
        // This thread takes part too, as each has a heap of its own.
        let own = std::panic::catch_unwind(AssertUnwindSafe(|| worker.work(sender, &receiver)));
        let others = handles.into_iter().map(std::thread::ScopedJoinHandle::join);
        std::iter::once(own).chain(others).collect()
    })
}

/// What all threads share.
struct Job<'r> {
    plan: &'r Plan,
    context: &'r Context<'r>,
    readings: &'r Readings<'r>,
    order: &'r [&'r Source],
    next: AtomicUsize,
    progress: &'r Progress,
    /// Memory of blocks that were parsed, for the next ones: fresh pages cost as much as what is read into them.
    buffers: Mutex<Vec<Bytes>>,
    /// What was counted of members that a thread is done with. Put together at once: two threads that read the same
    /// members keep the same lines to quote of them.
    sum: Mutex<Tally>,
}

impl Job<'_> {
    fn buffer(&self) -> Bytes {
        self.buffers.lock().ok().and_then(|mut buffers| buffers.pop()).unwrap_or_default()
    }

    fn give_back(&self, buffer: Bytes) {
        if let Ok(mut buffers) = self.buffers.lock() {
            buffers.push(buffer);
        }
    }

    fn add(&self, part: Tally) {
        self.sum.lock().unwrap_or_else(PoisonError::into_inner).add(part);
    }

    fn take_sum(&self) -> Tally {
        std::mem::take(&mut *self.sum.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How much of one source, as it is stored, was shown as read.
struct Stored<'r> {
    of: u64,
    counted: u64,
    total: &'r AtomicU64,
}

impl Stored<'_> {
    fn advance(&mut self, bytes: u64) {
        let bytes = bytes.min(self.of - self.counted);
        self.counted += bytes;
        self.total.fetch_add(bytes, Ordering::Relaxed);
    }

    fn finish(mut self) {
        self.advance(self.of);
    }
}

/// A block on its way to whoever is free.
struct Parcel {
    reading: Arc<Reading>,
    block: Block,
    headings: Option<Arc<Headings>>,
}

/// One thread's work.
struct Worker<'r> {
    job: &'r Job<'r>,
    open: Vec<(Parser<'r>, Collector<'r>, Arc<Reading>)>,
    /// What was found beside the counts of open members.
    tally: Tally,
}

impl<'r> Worker<'r> {
    fn new(job: &'r Job<'r>) -> Self {
        Self { job, open: Vec::new(), tally: Tally::default() }
    }

    /// Reads sources until none is left.
    fn read_sources(&mut self, sender: Option<Sender<Parcel>>) {
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
    fn work(mut self, sender: Sender<Parcel>, receiver: &Receiver<Parcel>) -> Tally {
        self.read_sources(Some(sender));
        self.help(receiver);
        self.finish()
    }

    /// Parses what other threads have read.
    fn help(&mut self, receiver: &Receiver<Parcel>) {
        while let Ok(parcel) = receiver.recv() {
            self.parse(parcel);
        }
    }

    fn member(
        &mut self,
        source: &Source,
        member: Member<'_>,
        sender: Option<&Sender<Parcel>>,
        stored: &mut Stored<'_>,
    ) -> std::io::Result<()> {
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
        let starts =
            std::cell::RefCell::new(Parser::new(&self.job.plan.layouts, Arc::clone(&reading), Window::default()));
        let mut splitter = Splitter::new(head.as_slice().chain(member.reader.take(length))).with_marks(member.marks);
        splitter.set_record_start(Some(Box::new(|line| starts.borrow_mut().starts_record(line))));
        self.note_member(&reading);
        let mut passing = Passing::new(&self.job.plan.layouts, &reading);
        while let Some(block) = splitter.next_block(self.job.buffer())? {
            stored.advance(block.bytes.len() as u64 / packing);
            let headings = passing.as_mut().map(|passing| passing.pass(&block.bytes));
            if let Some(fates) = outside.as_mut().and_then(|outside| outside.block(&block)) {
                self.job.progress.bytes.fetch_add(block.bytes.len() as u64, Ordering::Relaxed);
                self.count_outside(&reading, &fates);
                self.job.give_back(block.bytes);
                continue;
            }
            let parcel = Parcel { reading: Arc::clone(&reading), block, headings };
            let Some(sender) = sender else {
                self.parse(parcel);
                continue;
            };
            if let Err(TrySendError::Full(parcel) | TrySendError::Disconnected(parcel)) = sender.try_send(parcel) {
                self.parse(parcel);
            }
        }
        self.tally.troubles.extend(splitter.long_lines().trouble(&reading.cited));
        Ok(())
    }

    /// Makes the member known even if it has no line.
    fn note_member(&mut self, reading: &Arc<Reading>) {
        let collector = Collector::new(self.knowledge(), Arc::clone(reading));
        self.tally.add(collector.finish());
    }

    /// Makes known that a member is not read, and why.
    fn pass_over(&mut self, reading: &Arc<Reading>, why: &str) {
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
        self.job.give_back(block.bytes);
    }

    /// Puts what was counted to the sum; gives what was found beside it.
    fn finish(self) -> Tally {
        for (_, collector, _) in self.open {
            self.job.add(collector.finish());
        }
        self.tally
    }
}

#[cfg(test)]
mod tests;
