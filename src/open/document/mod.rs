//! In: a text that is JSON but not an object a line: objects over many lines, lists of them, exports that hold many
//! records in one object. Out: the same records, one a line, and the [`Mark`]s that say where each of them stands.
//! Promise: every physical line is accounted for by the marks, in order; what is no JSON after all passes as it stands;
//! memory is bounded by [`VALUE_CAP`].
//! Why here and not where lines are parsed: such a record may be cut by no block, needs what stands around it, and may be
//! longer than any line that is kept. Behind this every stage sees lines, as of any other log.

mod grammar;
mod known;
mod marks;
mod members;
mod spread;
#[cfg(test)]
mod tests;

pub use marks::{Mark, Marks};

use grammar::{Broken, Grammar, Step};
use known::Opened;
use marks::Lines;
use std::io::{self, Read};

/// The longest value that is read: its bytes are kept until it ends. A longer one is not read as JSON.
pub const VALUE_CAP: usize = 16 << 20;
/// How deep lists of records may be nested in one another.
const MAX_FRAMES: usize = 8;
/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// Whether a text that begins with `head` is such a document.
pub fn begins(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    match head.first() {
        // Many text logs begin with a bracket; records of a list are objects.
        Some(b'[') if head[1..].trim_ascii_start().first() != Some(&b'{') => return false,
        Some(b'[' | b'{') => {}
        _ => return false,
    }
    let (mut grammar, mut lines) = (Grammar::new(), false);
    for (at, &byte) in head.iter().enumerate() {
        match grammar.step(byte) {
            Err(Broken) => return false,
            Ok(Step::ListOpened) if head[0] == b'{' => {
                let text = &head[..=at];
                if matches!(known::opened(text), Opened::Records(_)) || known::is_batch(text) {
                    return true;
                }
            }
            Ok(Step::Done) => {
                let behind = head[at + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
                // Records that follow each other on a line, as a stream of deliveries leaves them.
                return lines || head[0] == b'[' || matches!(behind, Some(b'{' | b','));
            }
            Ok(_) => lines |= byte == b'\n',
        }
    }
    lines || head[0] == b'['
}

/// The records of a document, one a line.
#[derive(Debug)]
pub struct Document<'a> {
    from: Source<'a>,
    input: Vec<u8>,
    at: usize,
    lines: Lines,
    state: State,
    /// Lists and wrappers around the next record, from the outside in.
    frames: Vec<Frame>,
    value: Value,
    /// The value is whole; its last line is not.
    held: bool,
    /// Values over the cap: how many, and the line of the first.
    overlong: (u64, u64),
    ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a value, or behind one.
    Between,
    /// Within a value that is kept.
    Value,
    /// Within a value that is too long to be kept.
    Overlong,
    /// On a line that is no JSON.
    Foreign,
}

#[derive(Debug)]
enum Frame {
    List,
    /// An object whose list of records this is. Once the list is over, its rest.
    Wrapper {
        grammar: Grammar,
        kept: Vec<u8>,
        over: bool,
    },
}

/// Where the bytes come from.
struct Source<'a>(&'a mut dyn Read);

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Source")
    }
}

/// The value that is being read.
#[derive(Debug)]
struct Value {
    text: Vec<u8>,
    grammar: Grammar,
    line: u64,
    /// Whether another record begins on its first line.
    shares: bool,
    /// It has a list of the name of a wrapper's, and is none.
    own: bool,
}

impl<'a> Document<'a> {
    /// The document that `from` holds, and the marks of its lines: each is there before the line's last byte is.
    pub fn new(from: &'a mut dyn Read) -> (Self, Marks) {
        let (lines, marks) = Lines::new();
        let value = Value { text: Vec::new(), grammar: Grammar::new(), line: 0, shares: false, own: false };
        let document = Self {
            from: Source(from),
            input: Vec::new(),
            at: 0,
            lines,
            state: State::Between,
            frames: Vec::new(),
            value,
            held: false,
            overlong: (0, 0),
            ended: false,
        };
        (document, marks)
    }

    /// What the report says of values over the cap.
    pub fn overlong(&self) -> Option<String> {
        let (count, first) = self.overlong;
        (count > 0).then(|| {
            format!("{count} JSON values are longer than {VALUE_CAP} bytes, the first begins on line {first}: they were not read as records")
        })
    }

    /// Reads on.
    fn advance(&mut self) -> io::Result<()> {
        self.input.resize(CHUNK, 0);
        let count = match self.from.0.read(&mut self.input) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            result => result?,
        };
        self.input.truncate(count);
        self.at = 0;
        while let Some(&byte) = self.input.get(self.at) {
            if self.state == State::Value && self.value.grammar.is_in_string() {
                self.skip_string();
            } else {
                self.at += 1;
                self.byte(byte);
            }
        }
        if count == 0 {
            self.finish();
        }
        Ok(())
    }

    /// Takes the inside of a string at once.
    fn skip_string(&mut self) {
        let rest = &self.input[self.at..];
        let length = memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
        self.value.text.extend_from_slice(&rest[..length]);
        self.at += length;
        if let Some(&byte) = self.input.get(self.at) {
            self.at += 1;
            self.inside(byte);
        } else {
            self.limit();
        }
    }

    fn byte(&mut self, byte: u8) {
        match self.state {
            State::Between => self.between(byte),
            State::Value => self.inside(byte),
            State::Foreign => {
                self.lines.push_raw(byte);
                if byte == b'\n' {
                    self.state = State::Between;
                }
            }
            State::Overlong => {
                self.lines.push_raw(byte);
                match self.value.grammar.step(byte) {
                    Ok(Step::Done) => self.state = State::Foreign,
                    Ok(_) => {}
                    Err(Broken) => self.state = if byte == b'\n' { State::Between } else { State::Foreign },
                }
            }
        }
    }

    fn between(&mut self, byte: u8) {
        if let Some(Frame::Wrapper { grammar, over: true, .. }) = self.frames.last_mut() {
            match grammar.step(byte) {
                Ok(Step::Done) => {
                    self.frames.pop();
                }
                Ok(_) => {}
                Err(Broken) => {
                    self.frames.pop();
                    return self.between(byte);
                }
            }
            return self.structure(byte);
        }
        let deep = self.frames.len() >= MAX_FRAMES;
        match (byte, self.frames.last_mut()) {
            (b'\n' | b'\r' | b' ' | b'\t' | b',', _) => {}
            (b'{', _) => return self.begin(byte),
            (b'[', _) if !deep => self.frames.push(Frame::List),
            (b']', Some(Frame::List)) => {
                self.frames.pop();
            }
            (b']', Some(Frame::Wrapper { grammar, over, .. })) => {
                *over = true;
                let _ = grammar.step(byte);
            }
            _ => {
                self.release(true);
                self.lines.begin_raw();
                self.lines.push_raw(byte);
                self.state = State::Foreign;
                return;
            }
        }
        self.structure(byte);
    }

    /// A byte that is no part of a record.
    fn structure(&mut self, byte: u8) {
        if byte == b'\n' {
            self.release(false);
            self.lines.end_line();
        } else {
            self.lines.note_structure();
        }
    }

    fn begin(&mut self, byte: u8) {
        self.release(true);
        self.value.text.clear();
        self.value.grammar = Grammar::new();
        (self.value.line, self.value.shares) = self.lines.claim();
        self.value.own = false;
        self.state = State::Value;
        self.inside(byte);
    }

    fn inside(&mut self, byte: u8) {
        self.value.text.push(byte);
        match self.value.grammar.step(byte) {
            Err(Broken) => return self.broken(),
            Ok(Step::Done) => {
                self.state = State::Between;
                self.held = true;
            }
            Ok(Step::ListOpened) => self.unwrap(),
            Ok(Step::Inside) => {}
        }
        if byte == b'\n' {
            self.lines.next();
        }
        self.limit();
    }

    /// Goes into a list of records.
    fn unwrap(&mut self) {
        let Value { grammar, own, .. } = &self.value;
        if *own || grammar.depth() > 4 || !grammar.is_below_objects() || self.frames.len() >= MAX_FRAMES {
            return;
        }
        match known::opened(&self.value.text) {
            Opened::Other => {}
            Opened::Own => self.value.own = true,
            Opened::Records(kept) => {
                let grammar = std::mem::replace(&mut self.value.grammar, Grammar::new());
                self.frames.push(Frame::Wrapper { grammar, kept, over: false });
                self.lines.blanks(self.value.line, self.value.shares);
                self.state = State::Between;
            }
        }
    }

    /// Gives up keeping a value that grew too long.
    fn limit(&mut self) {
        if self.state != State::Value || self.value.text.len() <= VALUE_CAP {
            return;
        }
        if self.overlong.0 == 0 {
            self.overlong.1 = self.value.line;
        }
        self.overlong.0 += 1;
        self.lines.raw_value(&self.value.text, self.value.line, self.value.shares, true);
        self.value.text = Vec::new();
        self.state = State::Overlong;
    }

    /// What was taken for a value is none: its lines pass as they stand, and the one on which that showed is looked at
    /// anew.
    fn broken(&mut self) {
        let text = std::mem::take(&mut self.value.text);
        let Some(end) = memchr::memrchr(b'\n', &text) else {
            self.lines.raw_value(&text, self.value.line, self.value.shares, true);
            self.state = State::Foreign;
            return;
        };
        if text.ends_with(b"\n") {
            self.lines.next();
        }
        self.lines.raw_value(&text[..=end], self.value.line, self.value.shares, false);
        let again = &text[end + 1..];
        if self.input[..self.at].ends_with(again) {
            self.at -= again.len();
        } else {
            self.input.splice(..self.at, again.iter().copied());
            self.at = 0;
        }
        self.state = State::Between;
    }

    /// Writes the value that is whole. `beset`: something else begins on the present line, which then has that line.
    fn release(&mut self, beset: bool) {
        if !std::mem::take(&mut self.held) {
            return;
        }
        let kept = match self.frames.last() {
            Some(Frame::Wrapper { kept, .. }) => kept.as_slice(),
            _ => b"",
        };
        self.lines.value(&self.value.text, self.value.line, self.value.shares, beset, kept);
    }

    fn finish(&mut self) {
        match self.state {
            State::Between => self.release(false),
            State::Value => {
                let text = std::mem::take(&mut self.value.text);
                self.lines.raw_value(&text, self.value.line, self.value.shares, true);
            }
            State::Overlong | State::Foreign => {}
        }
        self.lines.finish();
        self.ended = true;
    }
}

impl Read for Document<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.lines.is_empty() && !self.ended {
            self.advance()?;
        }
        Ok(self.lines.give(buffer))
    }
}
