//! A record whose last line has not been seen yet.

use super::Plan;
use crate::detect::catalogue::Layouts;
use crate::detect::columns::Order;
use crate::detect::layout::{Family, Layout};
use crate::detect::recognize::Bare;
use crate::detect::template::Found;
use crate::model::field::Field;
use crate::model::record::Record;
use crate::model::stamp::Stamp;
use crate::peel::{Peeled, ansi};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// A record takes at most this many bytes; what goes on behind is counted but not kept.
const MAX_RECORD: usize = 256 * 1024;

/// What the first line of a record was read as.
pub(super) struct First {
    /// Index of the layout.
    pub(super) layout: usize,
    stamp: Option<Stamp>,
    /// Its level says that it goes on with the record before it.
    further: bool,
    /// The record runs on until its last line is met.
    open: bool,
    /// What headings had said about its columns.
    orders: Vec<Arc<Order>>,
    /// What was read was kept, as the line is a piece of the block: most records are one line, and need no second
    /// reading.
    kept: bool,
}

impl First {
    /// Reads a line; what it holds is put into `found`, as far as it can be kept.
    pub(super) fn read<'b>(plan: &mut Plan, layouts: &Layouts, bare: &Bare<'b>, found: &mut Found<'b>) -> Option<Self> {
        match &bare.message {
            Cow::Borrowed(message) => {
                let layout = plan.read(layouts, bare, message, found)?;
                let further = is_further(layouts.get(layout), found);
                let open = layouts.get(layout).stays_open(message);
                // A record that goes on is read again, as a whole.
                let goes_on = layouts.get(layout).continuation;
                let orders = if goes_on { plan.orders(layout).to_vec() } else { Vec::new() };
                Some(Self { layout, stamp: found.stamp, further, open, orders, kept: true })
            }
            Cow::Owned(message) => {
                let mut found = Found::default();
                let layout = plan.read(layouts, bare, message, &mut found)?;
                let further = is_further(layouts.get(layout), &found);
                let open = layouts.get(layout).stays_open(message);
                let orders = plan.orders(layout).to_vec();
                Some(Self { layout, stamp: found.stamp, further, open, orders, kept: false })
            }
        }
    }
}

/// A record that may go on.
pub(super) struct Pending<'b> {
    first: First,
    bare: Bare<'b>,
    line: u64,
    /// Where it stands in the block; its lines follow each other there.
    start: usize,
    end: usize,
    /// Text of the further lines, where the envelopes keep it from being one piece of the block.
    further: Vec<u8>,
    lines: u32,
    /// A line of it had terminal colours.
    coloured: bool,
    /// A stack trace was begun and not ended.
    trace: Option<Trace>,
}

impl<'b> Pending<'b> {
    #[inline(always)]
    pub(super) fn new(first: First, bare: Bare<'b>, line: u64, start: usize, end: usize) -> Self {
        let trace = Trace::begun_by(&bare.message);
        let coloured = bare.carrier.is_none() && matches!(bare.message, Cow::Owned(_));
        Self { first, bare, line, start, end, further: Vec::new(), lines: 1, coloured, trace }
    }

    pub(super) fn layout(&self) -> usize {
        self.first.layout
    }

    /// Whether it runs on until its last line is met.
    pub(super) fn is_open(&self) -> bool {
        self.first.open
    }

    /// Whether it ends where another line behind a carrier begins that does not [look](may_be_of_trace) like one of it.
    pub(super) fn ends_by_looks(&self) -> bool {
        !self.first.open && self.trace.is_none()
    }

    /// Whether a line, read as `first` or not at all, belongs to this record.
    pub(super) fn goes_on(&mut self, layouts: &Layouts, first: Option<&First>, bare: &Bare<'_>) -> bool {
        let own = layouts.get(self.first.layout);
        let is_own = first.is_some_and(|first| first.layout == self.first.layout);
        if self.first.open && !(is_own && own.stays_open(&bare.message)) {
            self.first.open = !own.closes(&bare.message);
            return true;
        }
        let Some(first) = first else { return own.continuation };
        let layout = layouts.get(first.layout);
        if first.further && is_own {
            return bare.carrier.is_none() || self.same_carrier(bare);
        }
        if bare.carrier.is_none() {
            // In a log whose records are dated, what has no time of its own goes on with the record before it.
            let undated = first.stamp.is_none() && layout.text.family != Family::Access;
            return undated && own.continuation && self.bare.carrier.is_none() && self.first.stamp.is_some();
        }
        // A layout of its own may take the first line of a trace; an indented line of it is no trace (sudo).
        let any = layout.reads_anything() && layout.text.generic;
        (any || (first.stamp.is_none() && is_trace_start(&bare.message)))
            && self.same_carrier(bare)
            && self.is_trace_line(&bare.message)
    }

    /// Behind a carrier every line reads as a message, so that only its look tells the rest of a stack trace.
    fn is_trace_line(&mut self, message: &[u8]) -> bool {
        if is_trace_start(message) {
            self.trace = Trace::begun_by(message).or(self.trace);
            return true;
        }
        if message.starts_with(b"\t") || message.starts_with(b"  ") {
            return true;
        }
        match self.trace {
            None => false,
            Some(Trace::Indented) => {
                self.trace = None;
                message.first().is_some_and(u8::is_ascii_alphabetic)
            }
            Some(Trace::Go) => is_go_frame(message),
        }
    }

    fn same_carrier(&self, bare: &Bare<'_>) -> bool {
        match (&self.bare.carrier, &bare.carrier) {
            (Some(one), Some(other)) => one.program == other.program && one.pid == other.pid && one.host == other.host,
            _ => false,
        }
    }

    /// Adds a line that stands at `start..end` of the block.
    pub(super) fn append(&mut self, bytes: &[u8], start: usize, end: usize, bare: Bare<'_>) {
        self.lines += 1;
        if self.is_one_piece() && bare.carrier.is_none() {
            self.coloured |= matches!(bare.message, Cow::Owned(_));
            if end - self.start <= MAX_RECORD {
                self.end = end;
            }
            return;
        }
        if !self.is_one_piece() {
            self.end = end;
        }
        let room = MAX_RECORD.saturating_sub(self.further.len());
        let text: &[u8] = if bare.carrier.is_some() { &bare.message } else { &bytes[start..end] };
        if text.len() < room {
            self.further.push(b'\n');
            self.further.extend_from_slice(text);
        }
    }

    /// Whether the record's text is a piece of the block as it stands there.
    fn is_one_piece(&self) -> bool {
        self.bare.carrier.is_none()
    }

    /// Reads the whole record and hands it on.
    /// `found` holds what its first line was read as.
    pub(super) fn with_record(
        &self,
        layout: &Layout,
        bytes: &'b [u8],
        found: &mut Found<'b>,
        each: &mut dyn FnMut(Undated<'_, '_>),
    ) {
        if self.lines == 1 && self.first.kept {
            let text: &[u8] = match &self.bare.message {
                Cow::Borrowed(message) => message,
                Cow::Owned(message) => message,
            };
            return self.complete(text, found, each);
        }
        let text: Cow<'_, [u8]> = if self.is_one_piece() {
            let piece = &bytes[self.start..self.end];
            let piece = piece.strip_suffix(b"\r").unwrap_or(piece);
            if self.coloured { ansi::strip(piece) } else { Cow::Borrowed(piece) }
        } else if self.further.is_empty() {
            Cow::Borrowed(&self.bare.message)
        } else {
            let mut text = self.bare.message.to_vec();
            text.extend_from_slice(&self.further);
            Cow::Owned(text)
        };
        // The whole reads as its first line did; should it not, the first line alone is the record.
        let read = |text| layout.read_under(0, &self.first.orders, text);
        let mut found = read(&text).or_else(|| read(first_line(&text))).unwrap_or_default();
        self.complete(&text, &mut found, each);
    }

    /// Adds what the carrier says, and hands the record on.
    fn complete<'f>(&self, text: &[u8], found: &mut Found<'f>, each: &mut dyn FnMut(Undated<'_, '_>))
    where
        'b: 'f,
    {
        if let Some(carrier) = &self.bare.carrier {
            for (field, value) in
                [(Field::Host, &carrier.host), (Field::Program, &carrier.program), (Field::Pid, &carrier.pid)]
            {
                match value {
                    Some(Cow::Borrowed(value)) => found.fields.set_default(field, *value),
                    Some(Cow::Owned(value)) => found.fields.set_default(field, value.clone()),
                    None => {}
                }
            }
            if let Some(level) = carrier.level {
                found.fields.set_default(Field::Level, level.as_bytes());
            }
        }
        let record = Record {
            line: self.line,
            moment: None,
            layout: self.first.layout,
            fields: &found.fields,
            text: Cow::Borrowed(text),
        };
        let stamp = found.stamp.or(self.first.stamp);
        let span = self.start..self.end;
        each(Undated { record, carrier: self.bare.carrier.as_ref(), stamp, span });
    }
}

/// A record that was read, with all that can date it.
pub(super) struct Undated<'r, 'b> {
    pub(super) record: Record<'r>,
    /// What the envelope of its first line said.
    pub(super) carrier: Option<&'r Peeled<'b>>,
    /// The line's own timestamp.
    pub(super) stamp: Option<Stamp>,
    /// Where its lines stand in the block.
    pub(super) span: Range<usize>,
}

/// How the lines of a stack trace are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trace {
    /// By their indentation, and one line without it that ends the trace (Python; Java's causes).
    Indented,
    /// Go: a function's line without indentation, then its place with it.
    Go,
}

impl Trace {
    // By the first byte first, here and below: this is asked of every line, and nearly none begins so.
    fn begun_by(message: &[u8]) -> Option<Self> {
        let (start, trace): (&[u8], _) = match message.first()? {
            b'T' => (b"Traceback ", Trace::Indented),
            b'p' => (b"panic: ", Trace::Go),
            b'f' => (b"fatal error: ", Trace::Go),
            b'g' => (b"goroutine ", Trace::Go),
            _ => return None,
        };
        message.starts_with(start).then_some(trace)
    }
}

/// Whether a line behind a carrier may begin a stack trace or go on with the record before it, whatever that is.
pub(super) fn may_be_of_trace(message: &[u8]) -> bool {
    match message.first() {
        Some(b'\t') => true,
        Some(b' ') => message.get(1) == Some(&b' '),
        _ => is_trace_start(message) || Trace::begun_by(message).is_some(),
    }
}

/// Whether a line is the start of a trace that belongs to the record before it.
fn is_trace_start(message: &[u8]) -> bool {
    let start: &[u8] = match message.first() {
        Some(b'T') => b"Traceback ",
        Some(b'C') => b"Caused by: ",
        Some(b'g') => b"goroutine ",
        _ => return false,
    };
    message.starts_with(start)
}

fn is_go_frame(message: &[u8]) -> bool {
    let call = message.ends_with(b")") && message.contains(&b'.') && !message.contains(&b' ');
    call || [&b"created by "[..], b"exit status ", b"[signal ", b"runtime stack:", b"main."]
        .iter()
        .any(|start| message.starts_with(start))
}

/// Whether a line's level is one of those that go on with the record before.
fn is_further(layout: &Layout, found: &Found<'_>) -> bool {
    !layout.text.continued_by.is_empty()
        && found.fields.get(Field::Level).is_some_and(|level| {
            layout.text.continued_by.iter().any(|name| level.eq_ignore_ascii_case(name.as_bytes()))
        })
}

fn first_line(text: &[u8]) -> &[u8] {
    memchr::memchr(b'\n', text).map_or(text, |end| &text[..end])
}
