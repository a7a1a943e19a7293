//! How `summary.json` is laid out.

use crate::report::escape;
use std::io::{self, Write};

/// One row a line, so that the file can be read and compared; and nothing unseen in a text.
#[derive(Default)]
pub(super) struct Lines {
    depth: usize,
    /// Whether the list or object that was begun last has a value.
    filled: bool,
}

/// Down to which depth every value has a line of its own.
const OWN_LINE: usize = 2;

impl Lines {
    /// For a value within so many lists and objects.
    pub(super) fn within(depth: usize) -> Self {
        Self { depth, filled: false }
    }

    fn begin<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        writer.write_all(bracket)
    }

    fn before_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.filled = true;
        match (first, self.depth <= OWN_LINE) {
            (true, false) => return Ok(()),
            (false, false) => return writer.write_all(b", "),
            (true, true) => {}
            (false, true) => writer.write_all(b",")?,
        }
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        // The value that ends here fills the list around it.
        if std::mem::replace(&mut self.filled, true) && self.depth < OWN_LINE {
            write!(writer, "\n{}", "  ".repeat(self.depth))?;
        }
        writer.write_all(bracket)
    }
}

impl serde_json::ser::Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.before_value(writer, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.before_value(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if escape::is_plain(fragment) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, unseen)) = rest.char_indices().find(|&(_, character)| escape::is_unseen(character)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in unseen.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + unseen.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}
