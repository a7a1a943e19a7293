//! In: a stream of bytes. Out: [`Block`]s of whole lines, and [`lines`] to walk one.
//! Promise: the blocks depend on the bytes alone, not on the sizes in which they arrive; every line is counted once;
//! memory is bounded, whatever the length of a line.
//! Why blocks and not lines: a line costs less to parse than to hand to another thread, and a search over a block
//! finds the few lines that matter without looking at the others.

mod bytes;
mod numbering;
#[cfg(test)]
mod tests;

pub use bytes::Bytes;
pub use numbering::{Numbered, Numbering, Numbers};

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use crate::model::trouble::Trouble;
use crate::open::document::{Mark, Marks};

/// How much is read before a block is cut. Large enough that handing it over costs nothing beside parsing it (about a
/// millisecond), small enough that it stays in a core's second-level cache and that a few per thread are no memory.
pub const BLOCK: usize = 512 * 1024;

/// How much is read first where the buffer has not served for a whole block yet: most logs of a directory may be small,
/// and to fill a buffer for a block with NULs takes longer than to read them.
const FIRST: usize = 32 * 1024;

/// The longest line that is kept whole, without its line end. What stands behind is skipped.
pub const LINE_CAP: usize = 1 << 20;

/// How far before the end of a block the start of a record is looked for. The longest stack traces take a third of it.
pub const LOOK_BACK: usize = 64 * 1024;

/// Tells from a line, without its end, whether a record starts there.
pub type RecordStart<'p> = Box<dyn FnMut(&[u8]) -> bool + Send + 'p>;

/// Whole lines that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The lines with their ends. The last line of a stream may lack its own, and so does a line that was cut.
    pub bytes: Bytes,
    /// Number of the first line in the stream, from 1, or what stands for it until the lines before are counted.
    pub first_line: u64,
    /// Where the lines are not counted yet, by what they are to be made known.
    pub numbered: Option<Numbered>,
    /// Where the block begins in the stream.
    pub offset: u64,
    /// For each line the physical lines that it stands for; empty where each stands for itself.
    pub marks: Vec<Mark>,
}

impl Block {
    /// How many lines there are.
    pub fn lines(&self) -> u64 {
        let unfinished = u64::from(self.bytes.last().is_some_and(|last| *last != b'\n'));
        memchr_iter(b'\n', &self.bytes).count() as u64 + unfinished
    }
}

/// Lines that were longer than [`LINE_CAP`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LongLines {
    /// How many.
    pub count: u64,
    /// The number of the first one, or what stands for it; 0 if there is none.
    pub first: u64,
}

impl LongLines {
    /// What the report says of them.
    pub fn trouble(&self, source: &str) -> Option<Trouble> {
        let message = match self.count {
            0 => return None,
            1 => format!("line {} is longer than {LINE_CAP} bytes: what stands behind was left out", self.first),
            count => format!(
                "{count} lines are longer than {LINE_CAP} bytes, the first is line {}: what stands behind was left out",
                self.first
            ),
        };
        Some(Trouble::partial(source, message))
    }
}

/// Cuts a stream into blocks.
pub struct Splitter<'p, R> {
    reader: R,
    record_start: Option<RecordStart<'p>>,
    /// What was read and belongs to the next block.
    carry: Vec<u8>,
    next_line: u64,
    offset: u64,
    long: LongLines,
    marks: Option<Marks>,
    /// Where lines are to be counted by those who parse them, and the block before.
    numbering: Option<(&'p Numbering, Option<Numbered>)>,
}

impl<'p, R: Read> Splitter<'p, R> {
    /// A splitter over `reader`, from its present position.
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            record_start: None,
            carry: Vec::new(),
            next_line: 1,
            offset: 0,
            long: LongLines::default(),
            marks: None,
            numbering: None,
        }
    }

    /// The same without counting lines, which whoever parses a block does. Lines that stand for others are counted here.
    pub fn numbered_by(mut self, numbering: &'p Numbering) -> Self {
        self.numbering = self.marks.is_none().then_some((numbering, None));
        self
    }

    /// The same for lines that stand for other physical ones than themselves.
    pub fn with_marks(mut self, marks: Option<Marks>) -> Self {
        self.marks = marks;
        self
    }

    /// From the next block on, cut before the last line that `starts` a record, if there is one within [`LOOK_BACK`]
    /// bytes of the end. Without it, and by `None`, cut behind any line.
    pub fn set_record_start(&mut self, starts: Option<RecordStart<'p>>) {
        self.record_start = starts;
    }

    /// How many lines were longer than [`LINE_CAP`] so far.
    pub fn long_lines(&self) -> LongLines {
        self.long
    }

    /// The next block, or `None` at the end. The memory of `buffer` is used for it, its content is not.
    ///
    /// After an error the bytes read so far are kept, and the next call goes on from there; only a line over the cap
    /// that was being skipped is given up.
    pub fn next_block(&mut self, buffer: Bytes) -> io::Result<Option<Block>> {
        let mut buffer = buffer.into_room();
        let mut filled = self.carry.len();
        let (mut wanted, mut searched) = (if buffer.len() > FIRST || filled > 0 { BLOCK } else { FIRST }, 0);
        grow(&mut buffer, filled.max(wanted));
        buffer[..filled].copy_from_slice(&self.carry);
        loop {
            // Not cleared and filled with NULs again: that would cost as much as reading.
            grow(&mut buffer, wanted);
            let ended = match fill(&mut self.reader, &mut buffer[..wanted], &mut filled) {
                Ok(ended) => ended,
                Err(error) => {
                    self.keep(&buffer[..filled]);
                    return Err(error);
                }
            };
            if !ended && wanted == FIRST {
                wanted = BLOCK;
                continue;
            }
            if let Some(at) = memrchr(b'\n', &buffer[searched..filled]) {
                let end = if ended { filled } else { self.cut(&buffer[..searched + at + 1]) };
                return Ok(self.block(buffer, end, filled));
            }
            if filled > LINE_CAP {
                return self.long_line(buffer);
            }
            if ended {
                return Ok(if filled == 0 { None } else { self.block(buffer, filled, filled) });
            }
            searched = filled;
            wanted = (wanted * 2).min(LINE_CAP + 1);
        }
    }

    /// Where to end a block that could end behind its last line.
    fn cut(&mut self, whole: &[u8]) -> usize {
        let Some(starts) = &mut self.record_start else { return whole.len() };
        let floor = whole.len().saturating_sub(LOOK_BACK).max(1);
        let mut end = whole.len();
        while end > floor {
            let start = memrchr(b'\n', &whole[..end - 1]).map_or(0, |at| at + 1);
            if start < floor {
                break;
            }
            if starts(without_end(&whole[start..end])) {
                return start;
            }
            end = start;
        }
        whole.len()
    }

    /// Makes a block of the first `end` bytes, and keeps the others for the next one.
    fn block(&mut self, buffer: Vec<u8>, end: usize, filled: usize) -> Option<Block> {
        self.keep(&buffer[end..filled]);
        let block = self.numbered(Bytes::front(buffer, end));
        self.offset += end as u64;
        Some(block)
    }

    /// A block of these lines, the next ones.
    fn numbered(&mut self, bytes: Bytes) -> Block {
        let mut block =
            Block { first_line: self.next_line, numbered: None, offset: self.offset, bytes, marks: Vec::new() };
        match &mut self.numbering {
            Some((numbering, before)) => {
                let (numbered, first_line) = numbering.block(*before);
                (block.first_line, block.numbered, *before) = (first_line, Some(numbered), Some(numbered));
            }
            None => {
                let lines = block.lines();
                block.marks = self.marks.as_ref().map(|marks| marks.take(lines)).unwrap_or_default();
                self.next_line += lines;
            }
        }
        block
    }

    /// A block of one line, cut at the cap. `buffer` holds one byte more, which is no line end.
    fn long_line(&mut self, buffer: Vec<u8>) -> io::Result<Option<Block>> {
        let block = self.numbered(Bytes::front(buffer, LINE_CAP));
        if self.long.count == 0 {
            self.long.first = block.marks.first().map_or(block.first_line, |mark| mark.line);
        }
        self.long.count += 1;
        self.offset += LINE_CAP as u64 + 1 + self.skip_line()?;
        Ok(Some(block))
    }

    /// Skips to behind the next line end, and says how many bytes that was.
    fn skip_line(&mut self) -> io::Result<u64> {
        let mut skipped = 0;
        let mut chunk = std::mem::take(&mut self.carry);
        chunk.resize(LOOK_BACK, 0);
        loop {
            let mut filled = 0;
            let ended = fill(&mut self.reader, &mut chunk, &mut filled)?;
            if let Some(at) = memchr(b'\n', &chunk[..filled]) {
                chunk.truncate(filled);
                chunk.drain(..=at);
                self.carry = chunk;
                return Ok(skipped + at as u64 + 1);
            }
            skipped += filled as u64;
            if ended {
                return Ok(skipped);
            }
        }
    }

    fn keep(&mut self, rest: &[u8]) {
        self.carry.clear();
        self.carry.extend_from_slice(rest);
    }
}

fn grow(buffer: &mut Vec<u8>, wanted: usize) {
    if buffer.len() < wanted {
        buffer.resize(wanted, 0);
    }
}

/// Reads until `buffer` is full, and says whether the stream ended before. `filled` counts along, also before an error.
fn fill(reader: &mut impl Read, buffer: &mut [u8], filled: &mut usize) -> io::Result<bool> {
    while *filled < buffer.len() {
        match reader.read(&mut buffer[*filled..]) {
            Ok(0) => return Ok(true),
            Ok(count) => *filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// The lines of a block without their ends (LF or CRLF). An empty line is a line; there is none behind the last end.
pub fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, behind) = rest.split_at(end);
        rest = behind;
        Some(without_end(line))
    })
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
