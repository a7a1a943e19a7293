//! One event of a log, with its parts by name.

use super::clock::Certainty;
use super::field::{FIELD_COUNT, Field};
use super::stamp::Moment;
use std::borrow::Cow;

/// The parts of a record by name. Borrowed from the line wherever the line holds them as they are.
#[derive(Debug, Clone, Default)]
pub struct Fields<'a> {
    values: [Option<Cow<'a, [u8]>>; FIELD_COUNT],
}

impl<'a> Fields<'a> {
    /// What the record says for `field`; nothing when it says nothing (`-` counts as nothing).
    pub fn get(&self, field: Field) -> Option<&[u8]> {
        self.values[field as usize].as_deref()
    }

    /// The value as a number, when it is one.
    pub fn number(&self, field: Field) -> Option<i64> {
        parse_number(self.get(field)?)
    }

    /// Sets a field; an empty value or `-` leaves it as it is.
    pub fn set(&mut self, field: Field, value: impl Into<Cow<'a, [u8]>>) {
        let value = value.into();
        if !value.is_empty() && value.as_ref() != b"-" {
            self.values[field as usize] = Some(value);
        }
    }

    /// Sets a field that is not set yet.
    pub fn set_default(&mut self, field: Field, value: impl Into<Cow<'a, [u8]>>) {
        if self.values[field as usize].is_none() {
            self.set(field, value);
        }
    }

    /// Sets the fields that are not set yet from those of `others`.
    pub fn fill(&mut self, others: Fields<'a>) {
        for (own, other) in self.values.iter_mut().zip(others.values) {
            if own.is_none() {
                *own = other;
            }
        }
    }

    /// Removes a field.
    pub fn clear(&mut self, field: Field) {
        self.values[field as usize] = None;
    }
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
    pub fields: Fields<'a>,
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

/// Path without scheme and host, as a cache logs them.
pub fn bare_path(path: &[u8]) -> &[u8] {
    let Some(scheme) = memchr::memmem::find(path, b"://") else { return path };
    let rest = &path[scheme + 3..];
    memchr::memchr(b'/', rest).map_or(b"/", |slash| &rest[slash..])
}
