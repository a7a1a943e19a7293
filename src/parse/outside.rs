//! Whether a whole block, or a whole file, lies outside of the window, told by a few of its lines.
//!
//! In a month of logs one night is asked for. A block whose lines are out of the window wherever it is probed is counted
//! and not parsed, which costs a small part of parsing; a file that ends before the window is not read at all. Logs are
//! written in the order of time but for requests that took long and for clocks that were set, so the probes must agree,
//! and must lie an hour further out; what does not is read line by line as ever.
//!
//! Of a large plain file only the stretch is read that can hold the window (`parse/stretch.rs`). Why not of every file: the
//! evidence names line numbers, and those that count from the middle of a log are a nuisance, worth it only where reading
//! takes longer than all the rest; and what is compressed cannot be read from its middle.

use super::{Fates, Parser, Window};
use crate::detect::catalogue::Layouts;
use crate::detect::settle::Reading;
use crate::detect::survey::Survey;
use crate::model::stamp::Moment;
use crate::split::Block;
use memchr::{memchr, memrchr};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// How far out of the order of time a line may stand: longer than requests take, and than a clock is wrong.
pub(super) const SLACK: i64 = 3600 * Moment::SECOND;
/// Places of a block at which is looked, evenly spaced.
const PLACES: usize = 5;
/// Bytes looked at in each; the line that is cut at its beginning does not count.
const PROBE: usize = 4096;
/// Bytes looked at from the end of a file.
const TAIL: u64 = 32 * 1024;
/// What a zone that was only assumed can be wrong by.
pub(super) const ZONES: i64 = 26 * 3600 * Moment::SECOND;

/// Tells what need not be read.
pub struct Outside<'c> {
    pub(super) parser: Parser<'c>,
    pub(super) window: Window,
}

impl<'c> Outside<'c> {
    /// For a member that is read like this; nothing where everything is wanted.
    pub fn new(layouts: &'c Layouts, reading: Arc<Reading>, window: Window) -> Option<Self> {
        let limited = window.since.is_some() || window.until.is_some();
        limited.then(|| Self { parser: Parser::new(layouts, reading, Window::default()), window })
    }

    /// The fates of a block that is not worth parsing: all its lines are outside of the window.
    pub fn block(&mut self, block: &Block) -> Option<Fates> {
        let bytes = &block.bytes;
        // A small block is read faster than probed; lines that stand for others are counted as they are read.
        if bytes.len() < 2 * PLACES * PROBE || !block.marks.is_empty() {
            return None;
        }
        let step = (bytes.len() - PROBE) / (PLACES - 1);
        let (mut earliest, mut latest) = (i64::MAX, i64::MIN);
        for place in 0..PLACES {
            let (first, last) = self.times(whole_lines(bytes, place * step))?;
            (earliest, latest) = (earliest.min(first), latest.max(last));
        }
        let outside = self.before(latest) || self.window.until.is_some_and(|until| earliest - SLACK >= until.0);
        outside.then(|| {
            let lines = block.lines();
            Fates { lines, outside_window: lines, ..Fates::default() }
        })
    }

    /// The time of the last line of a plain file, if the window begins after it. The file is then where it was.
    pub fn file(&mut self, mut file: &File) -> io::Result<Option<Moment>> {
        if self.window.since.is_none() {
            return Ok(None);
        }
        let position = file.stream_position()?;
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut tail = Vec::new();
        let read = file.take(TAIL).read_to_end(&mut tail);
        file.seek(SeekFrom::Start(position))?;
        read?;
        let start = if length > TAIL { memchr(b'\n', &tail).map_or(tail.len(), |at| at + 1) } else { 0 };
        let ends = self.times(&tail[start..]).map(|(_, last)| last);
        Ok(ends.filter(|&last| self.before(last)).map(Moment))
    }

    fn before(&self, latest: i64) -> bool {
        self.window.since.is_some_and(|since| latest + SLACK < since.0)
    }

    /// The earliest and the latest time of some lines.
    fn times(&mut self, bytes: &[u8]) -> Option<(i64, i64)> {
        let mut span: Option<(i64, i64)> = None;
        self.parser.block(bytes, 2, &mut |parsed| {
            let moment = parsed.end.0;
            span = Some(span.map_or((moment, moment), |(first, last)| (first.min(moment), last.max(moment))));
        });
        span
    }
}

/// The lines that lie whole within a probe at `at`.
fn whole_lines(bytes: &[u8], at: usize) -> &[u8] {
    let probe = &bytes[at..(at + PROBE).min(bytes.len())];
    let start = if at == 0 { 0 } else { memchr(b'\n', probe).map_or(probe.len(), |end| end + 1) };
    let end = memrchr(b'\n', probe).map_or(start, |end| end + 1);
    &probe[start..end.max(start)]
}

/// Whether a compressed file was last written before the window: what is no plain file has no last line to look at.
///
/// The time of a file is believed where it fits the times of its first lines: a copy may have any.
pub fn written_before(window: Window, written: Option<i64>, now: i64, survey: &Survey, reading: &Reading) -> bool {
    let (Some(since), Some(written)) = (window.since, written) else { return false };
    let margin = if reading.zone_source == "stated" { SLACK } else { ZONES };
    let latest = written.saturating_mul(Moment::SECOND).saturating_add(margin);
    let sampled = [survey.first, survey.last].map(|stamp| stamp.and_then(|stamp| reading.clock.resolve(stamp)));
    let fits = |moment: Option<(Moment, _)>| moment.is_some_and(|(moment, _)| moment.0 <= latest);
    // Logs of the future are made up, and so is the time of their file.
    latest < since.0 && since.0 <= now.saturating_mul(Moment::SECOND) && sampled.into_iter().all(fits)
}
