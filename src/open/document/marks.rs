//! The lines that a document is read as, and the physical lines that they stand for.

use super::spread::{Event, events, on_one_line};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much longer than a record what its wrapper adds to it may be.
const MAX_AROUND: usize = 64;

/// Which physical lines a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The physical line that it begins on, from 1.
    pub line: u64,
    /// Physical lines behind it that are its own too.
    pub further: u32,
    /// Whether the line before begins on the same physical line.
    pub shares: bool,
}

/// The marks of lines that were given out, in order; taken away by who makes blocks of the lines.
#[derive(Debug, Clone, Default)]
pub struct Marks(Arc<Mutex<VecDeque<Mark>>>);

impl Marks {
    /// Takes away the marks of the next lines, at most so many.
    pub fn take(&self, lines: u64) -> Vec<Mark> {
        let mut marks = self.kept();
        let count = marks.len().min(usize::try_from(lines).unwrap_or(usize::MAX));
        marks.drain(..count).collect()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Mark>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lines on their way out.
#[derive(Debug)]
pub(super) struct Lines {
    out: Vec<u8>,
    given: usize,
    marks: Marks,
    /// Number of the physical line that is being read.
    line: u64,
    /// Whether a line that was given out stands for it.
    taken: bool,
    /// Whether there is anything on it.
    begun: bool,
    /// Within a line that passes as it stands.
    raw: bool,
}

impl Lines {
    pub(super) fn new() -> (Self, Marks) {
        let marks = Marks::default();
        let lines =
            Self { out: Vec::new(), given: 0, marks: marks.clone(), line: 1, taken: false, begun: false, raw: false };
        (lines, marks)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.given == self.out.len()
    }

    pub(super) fn give(&mut self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.out.len() - self.given);
        buffer[..count].copy_from_slice(&self.out[self.given..self.given + count]);
        self.given += count;
        if self.is_empty() {
            self.out.clear();
            self.given = 0;
        }
        count
    }

    /// A value begins on the present line: its number, and whether the line was another's before.
    pub(super) fn claim(&mut self) -> (u64, bool) {
        self.begun = true;
        (self.line, std::mem::replace(&mut self.taken, true))
    }

    /// The present line goes on; there is something on it that is no record.
    pub(super) fn note_structure(&mut self) {
        self.begun = true;
    }

    /// The present line ends within a value.
    pub(super) fn next(&mut self) {
        self.line += 1;
        self.taken = false;
        self.begun = false;
    }

    /// The present line ends outside of all values.
    pub(super) fn end_line(&mut self) {
        if !self.taken {
            self.blank(self.line);
        }
        self.next();
    }

    /// The lines from `from` up to the present one hold no record, the present one not yet. `shared`: the first of them
    /// is another's.
    pub(super) fn blanks(&mut self, from: u64, shared: bool) {
        for line in from + u64::from(shared)..self.line {
            self.blank(line);
        }
        self.taken = shared && from == self.line;
    }

    fn blank(&mut self, line: u64) {
        self.mark(Mark { line, further: 0, shares: false });
        self.out.push(b'\n');
    }

    fn mark(&mut self, mark: Mark) {
        self.marks.kept().push_back(mark);
    }

    /// From here to its end the present line passes as it stands.
    pub(super) fn begin_raw(&mut self) {
        let shares = std::mem::replace(&mut self.taken, true);
        self.mark(Mark { line: self.line, further: 0, shares });
        self.raw = true;
        self.begun = true;
    }

    /// A byte of such a line; its end takes the next line up in the same way.
    pub(super) fn push_raw(&mut self, byte: u8) {
        if !self.raw {
            self.begin_raw();
        }
        self.out.push(byte);
        if byte == b'\n' {
            self.raw = false;
            self.next();
        }
    }

    /// What was taken for a value passes as it stands; it began on the line `from`. `open`: its last line goes on.
    pub(super) fn raw_value(&mut self, text: &[u8], from: u64, shares: bool, open: bool) {
        let mut shares = shares;
        for (line, piece) in (from..).zip(text.split_inclusive(|&byte| byte == b'\n')) {
            self.mark(Mark { line, further: 0, shares });
            self.out.extend_from_slice(piece);
            shares = false;
        }
        self.raw = open && !text.ends_with(b"\n") && !text.is_empty();
        self.taken = self.raw;
    }

    /// Writes a value that began on the line `from` and ended on the present one. `beset`: what comes next begins on the
    /// present line too.
    pub(super) fn value(&mut self, text: &[u8], from: u64, shares: bool, beset: bool, kept: &[u8]) {
        let last = if beset && self.line > from { self.line - 1 } else { self.line };
        let mut place = Place { text, at: 0, line: from, free: from + u64::from(shares), end: None };
        events(text, &mut |event| {
            let begin = place.line_of(event.at.start);
            let end = place.line_of(event.at.end);
            place.cover(self, begin.saturating_sub(1));
            for line in place.free..begin {
                self.blank(line);
            }
            let shares = begin < place.free;
            place.free = place.free.max(begin);
            self.mark(Mark { line: begin, further: 0, shares });
            place.free = place.free.max(begin + 1);
            place.end = Some(end);
            self.event(event, text, kept);
        });
        place.cover(self, last);
        for line in place.free..=last {
            self.blank(line);
        }
        self.taken = place.free.max(last + 1) > self.line;
    }

    fn event(&mut self, event: &Event<'_>, text: &[u8], kept: &[u8]) {
        let own = &text[event.at.clone()];
        self.out.extend_from_slice(event.before);
        let inside = own.strip_prefix(b"{").map(|inside| inside.trim_ascii_start()).filter(|_| event.before.is_empty());
        match inside {
            Some(inside) if !inside.starts_with(b"}") && kept.len() <= MAX_AROUND * own.len() => {
                self.out.push(b'{');
                self.out.extend_from_slice(kept);
                on_one_line(inside, &mut self.out);
            }
            _ => on_one_line(own, &mut self.out),
        }
        self.out.extend(std::iter::repeat_n(b'}', event.after));
        self.out.push(b'\n');
    }

    /// The document is over.
    pub(super) fn finish(&mut self) {
        if self.raw {
            self.out.push(b'\n');
        } else if self.begun && !self.taken {
            self.blank(self.line);
        }
    }
}

/// A place in the text of a value.
struct Place<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
    /// The first line of the value that no line stands for yet.
    free: u64,
    /// The last line of the event before.
    end: Option<u64>,
}

impl Place<'_> {
    /// The physical line of an offset, not before the one asked for last.
    fn line_of(&mut self, offset: usize) -> u64 {
        // Events come in their order, but what ends one may stand behind where the next begins.
        let offset = offset.max(self.at);
        self.line += memchr::memchr_iter(b'\n', &self.text[self.at..offset]).count() as u64;
        self.at = offset;
        self.line
    }

    /// The event before stands for its further lines too, as far as `last`.
    fn cover(&mut self, lines: &mut Lines, last: u64) {
        let Some(end) = self.end.take() else { return };
        let last = end.min(last);
        if last >= self.free {
            if let Some(mark) = lines.marks.kept().back_mut() {
                mark.further += u32::try_from(last - self.free + 1).unwrap_or(u32::MAX);
            }
            self.free = last + 1;
        }
    }
}
