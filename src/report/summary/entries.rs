//! The entries of the object that `summary.json` is.

use super::lines::Lines;
use serde::Serialize;
use serde_json::Serializer;
use std::io::{self, Write};

/// Writes one entry after the other. By hand, so that the rows of a table need not come as values that are serialized.
pub(super) struct Entries<'w> {
    out: &'w mut dyn Write,
    first: bool,
}

impl<'w> Entries<'w> {
    /// Begins the object.
    pub(super) fn begin(out: &'w mut dyn Write) -> io::Result<Self> {
        out.write_all(b"{")?;
        Ok(Self { out, first: true })
    }

    /// Writes an entry.
    pub(super) fn put<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> io::Result<()> {
        let out = self.value_of(key)?;
        Ok(value.serialize(&mut Serializer::with_formatter(out, Lines::within(1)))?)
    }

    /// Writes the key of an entry, whose value is to be written next.
    pub(super) fn value_of(&mut self, key: &str) -> io::Result<&mut dyn Write> {
        self.out.write_all(if self.first { b"\n  " } else { b",\n  " })?;
        self.first = false;
        serde_json::to_writer(&mut *self.out, key)?;
        self.out.write_all(b": ")?;
        Ok(&mut *self.out)
    }

    /// Ends the object, which has an entry.
    pub(super) fn end(self) -> io::Result<()> {
        self.out.write_all(b"\n}\n")
    }
}
