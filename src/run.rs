//! In: the sources. Out: one tally, through all stages from the opening of a file to the counting of its records.
//! Promise: the result does not depend on the number of threads, nor on who read what: what a thread counts of a member
//! is its own until it is done with it, and a tally only adds. No other stage knows how many threads there are, but the
//! one that writes the report's files.
//! Why not one thread a file: a single large file would keep one thread busy. Every thread reads sources of its own, and
//! who is free helps: takes turns at the blocks of a plain file, or parses blocks that another thread has decompressed. So
//! many small files, one large plain and one large compressed file all use all.

mod blocks;
mod left_out;
mod worker;

use crate::detect::catalogue::Layouts;
use crate::detect::settle::{Assumptions, Context};
use crate::detect::survey::{Front, Survey, survey};
use crate::model::source::{Origin, Source};
use crate::model::trouble::Trouble;
use crate::parse::{Fates, Window};
use crate::split::{Block, Bytes, LongLines, Numbering};
use crate::spot::Signatures;
use crate::tally::Tally;
use crate::tally::collect::Wanted;
use crossbeam_channel::bounded;
use left_out::{Readings, passed_over};
use rayon::prelude::*;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use worker::Worker;

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
        numbering: Numbering::default(),
        long_lines: Mutex::default(),
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
    job.number_lines(&mut tally);
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
    /// How many lines the blocks have.
    numbering: Numbering,
    /// Lines that were too long, by what the lines of their member are cited by.
    long_lines: Mutex<Vec<(String, LongLines)>>,
}

impl Job<'_> {
    fn buffer(&self) -> Bytes {
        self.buffers.lock().ok().and_then(|mut buffers| buffers.pop()).unwrap_or_default()
    }

    /// Takes the memory of a block whose lines were counted, for another one.
    fn done_with(&self, block: Block, fates: &Fates) {
        if let Some(numbered) = block.numbered {
            self.numbering.count(numbered, fates.lines);
        }
        if let Ok(mut buffers) = self.buffers.lock() {
            buffers.push(block.bytes);
        }
    }

    fn note_long_lines(&self, cited: &str, long_lines: LongLines) {
        if long_lines.count > 0 {
            let mut noted = self.long_lines.lock().unwrap_or_else(PoisonError::into_inner);
            noted.push((cited.to_owned(), long_lines));
        }
    }

    /// Gives lines their numbers, when all were read.
    fn number_lines(&self, tally: &mut Tally) {
        let numbers = self.numbering.numbers();
        tally.number_lines(|line| numbers.of(line));
        for (cited, mut long_lines) in self.long_lines.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            long_lines.first = numbers.of(long_lines.first);
            tally.troubles.extend(long_lines.trouble(&cited));
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
#[derive(Clone)]
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

#[cfg(test)]
mod tests;
