//! One event of a log, with its parts by name.

use super::clock::Certainty;
use super::field::{FIELD_COUNT, Field};
use super::stamp::Moment;
use std::borrow::Cow;

/// The parts of a record by name. Borrowed from the line wherever the line holds them as they are.
///
/// Most lines fill a few fields, and most lines are looked at once and forgotten. So what is set stands in a bit mask
/// that alone is cleared; a list of `Option<Cow>` cost more to make and to drop than the line to read.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    /// Bit by field: it is set.
    set: u32,
    /// Bit by field: its value stands in `owned`.
    owning: u32,
    values: [&'a [u8]; FIELD_COUNT],
    owned: Vec<(Field, Vec<u8>)>,
}

const _: () = assert!(FIELD_COUNT <= 32, "a bit mask of 32 bits has a bit for each field");

impl Default for Fields<'_> {
    fn default() -> Self {
        Self { set: 0, owning: 0, values: [b""; FIELD_COUNT], owned: Vec::new() }
    }
}

impl<'a> Fields<'a> {
    /// What the record says for `field`; nothing when it says nothing (`-` counts as nothing).
    pub fn get(&self, field: Field) -> Option<&[u8]> {
        let bit = 1 << field as u32;
        if self.set & bit == 0 {
            None
        } else if self.owning & bit == 0 {
            Some(self.values[field as usize])
        } else {
            self.owned.iter().find(|(of, _)| *of == field).map(|(_, value)| value.as_slice())
        }
    }

    /// Whether all fields of a set are set, see [`Field::bit`].
    pub fn has_all(&self, bits: u32) -> bool {
        self.set & bits == bits
    }

    /// The value as a number, when it is one.
    pub fn number(&self, field: Field) -> Option<i64> {
        parse_number(self.get(field)?)
    }

    /// Sets a field; an empty value or `-` leaves it as it is.
    #[inline]
    pub fn set(&mut self, field: Field, value: impl Into<Cow<'a, [u8]>>) {
        match value.into() {
            Cow::Borrowed(value) => self.set_borrowed(field, value),
            Cow::Owned(value) => self.set_owned(field, value),
        }
    }

    fn set_borrowed(&mut self, field: Field, value: &'a [u8]) {
        if !says_nothing(value) {
            self.release(field);
            self.set |= field.bit();
            self.values[field as usize] = value;
        }
    }

    fn set_owned(&mut self, field: Field, value: Vec<u8>) {
        if !says_nothing(&value) {
            self.release(field);
            self.set |= field.bit();
            self.owning |= field.bit();
            self.owned.push((field, value));
        }
    }

    /// Forgets the value that a field owns.
    #[inline]
    fn release(&mut self, field: Field) {
        if self.owning & field.bit() != 0 {
            self.clear(field);
        }
    }

    /// Sets a field that is not set yet.
    #[inline]
    pub fn set_default(&mut self, field: Field, value: impl Into<Cow<'a, [u8]>>) {
        if self.set & (1 << field as u32) == 0 {
            self.set(field, value);
        }
    }

    /// Sets the fields that are not set yet from those of `others`.
    pub fn fill(&mut self, others: Fields<'a>) {
        for &field in Field::ALL.iter().filter(|&&field| others.set & (1 << field as u32) != 0) {
            if others.owning & (1 << field as u32) == 0 {
                self.set_default(field, others.values[field as usize]);
            }
        }
        for (field, value) in others.owned {
            self.set_default(field, value);
        }
    }

    /// Removes a field.
    pub fn clear(&mut self, field: Field) {
        let bit = 1 << field as u32;
        self.set &= !bit;
        if self.owning & bit != 0 {
            self.owning &= !bit;
            self.owned.retain(|(of, _)| *of != field);
        }
    }

    /// What is set now, for [`Fields::undo`].
    pub fn mark(&self) -> FieldsMark {
        FieldsMark { set: self.set, owning: self.owning, owned: self.owned.len() }
    }

    /// Forgets what was set since `mark`, by [`Fields::set_default`] alone: a value that was replaced is gone.
    pub fn undo(&mut self, mark: &FieldsMark) {
        self.set = mark.set;
        self.owning = mark.owning;
        self.owned.truncate(mark.owned);
    }

    /// Removes all fields.
    pub fn reset(&mut self) {
        self.set = 0;
        if self.owning != 0 {
            self.owning = 0;
            self.owned.clear();
        }
    }
}

/// Whether a value is none.
#[inline]
fn says_nothing(value: &[u8]) -> bool {
    matches!(value, [] | [b'-'])
}

/// See [`Fields::mark`].
#[derive(Debug, Clone, Copy)]
pub struct FieldsMark {
    set: u32,
    owning: u32,
    owned: usize,
}

/// One event of a log: a line, or several that belong together.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// Number of its first physical line in the source, from 1.
    pub line: u64,
    /// When it happened, by the clock of its source. For a request that states its start and its duration, the start.
    pub moment: Option<(Moment, Certainty)>,
    /// Index of its layout in the catalogue.
    pub layout: usize,
    /// Its parts.
    pub fields: &'a Fields<'a>,
    /// The whole text without the envelope; several lines are joined by line feeds.
    pub text: Cow<'a, [u8]>,
}

impl Record<'_> {
    /// What signatures search: the message, or the whole text where the layout names none.
    pub fn message(&self) -> &[u8] {
        self.fields.get(Field::Message).unwrap_or(&self.text)
    }
}

/// Reads a decimal number that fills `text`; a fraction is cut off.
pub fn parse_number(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix(b"-") {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix(b"+").unwrap_or(text)),
    };
    let whole = digits.split(|&byte| byte == b'.').next()?;
    if whole.is_empty() || whole.len() > 18 {
        return None;
    }
    let mut value = 0_i64;
    for &byte in whole {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(sign * value)
}

/// The number of a status: as [`parse_number`], which almost always reads three digits.
#[inline]
pub fn parse_status(text: &[u8]) -> Option<i64> {
    match *text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] => {
            Some(i64::from(a - b'0') * 100 + i64::from(b - b'0') * 10 + i64::from(c - b'0'))
        }
        _ => parse_number(text),
    }
}

/// Path without scheme and host, as a cache logs them.
#[inline]
pub fn bare_path(path: &[u8]) -> &[u8] {
    // A scheme further on is part of a query: `/login?next=https://…`.
    if path.first() == Some(&b'/') { path } else { behind_scheme(path) }
}

fn behind_scheme(path: &[u8]) -> &[u8] {
    let Some(scheme) = memchr::memmem::find(path, b"://") else { return path };
    let rest = &path[scheme + 3..];
    memchr::memchr(b'/', rest).map_or(b"/", |slash| &rest[slash..])
}
