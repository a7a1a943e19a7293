//! The few fields of a request that decide whether more need be read.

use super::sink::{RecentStamp, Sink};
use crate::model::field::{FIELD_COUNT, Field};
use crate::model::record::parse_number;
use crate::model::stamp::Stamp;
use std::borrow::Cow;

/// The fields that are skimmed; `duration` is kept as a number beside them.
const SKIMMED: [Field; 9] = [
    Field::Host,
    Field::Service,
    Field::Client,
    Field::Method,
    Field::Path,
    Field::Status,
    Field::Upstream,
    Field::Reason,
    Field::UserAgent,
];
const _: () = assert!(SKIMMED.len() < 16, "a bit for each place");
/// Place of each field in [`SKIMMED`], or one behind it.
const PLACES: [u8; FIELD_COUNT] = {
    let mut places = [SKIMMED.len() as u8; FIELD_COUNT];
    let mut at = 0;
    while at < SKIMMED.len() {
        places[SKIMMED[at] as usize] = at as u8;
        at += 1;
    }
    places
};

/// A request as it is skimmed. Of a hundred requests ninety-nine are only counted; to fill a whole record for them
/// took longer than to find their end.
#[derive(Debug, Default)]
pub struct Skim<'a> {
    stamp: Option<Stamp>,
    /// Bit by place: there is a value.
    filled: u16,
    values: [&'a [u8]; SKIMMED.len()],
    duration: Option<i64>,
    cut: bool,
    /// A value had to be made and could not be kept: the record must be read whole.
    partial: bool,
    recent: RecentStamp,
}

impl<'a> Skim<'a> {
    /// Whether a field is one of those that are skimmed.
    pub fn holds(field: Field) -> bool {
        field == Field::Duration || usize::from(PLACES[field as usize]) < SKIMMED.len()
    }

    /// What the line says for a field of [`Skim::holds`]; nothing when it says nothing.
    pub fn get(&self, field: Field) -> Option<&'a [u8]> {
        let place = PLACES[field as usize];
        if self.filled & (1 << place) == 0 { None } else { Some(self.values[usize::from(place)]) }
    }

    /// The timestamp.
    pub fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// Duration in microseconds, where the line states one.
    pub fn duration(&self) -> Option<i64> {
        self.duration
    }

    /// Whether all that is skimmed was kept.
    pub(in crate::detect) fn is_whole(&self) -> bool {
        !self.partial
    }

    /// Replaces the timestamp.
    pub(in crate::detect) fn set_stamp(&mut self, stamp: Stamp) {
        self.stamp = Some(stamp);
    }

    /// Sets a field that is not set yet.
    pub(in crate::detect) fn fill(&mut self, field: Field, value: &'a [u8]) {
        self.set_default(field, Cow::Borrowed(value));
    }

    /// Forgets the line.
    pub(in crate::detect) fn reset(&mut self) {
        self.stamp = None;
        self.filled = 0;
        self.duration = None;
        self.cut = false;
        self.partial = false;
    }
}

impl<'a> Sink<'a> for Skim<'a> {
    const KEEPS: bool = true;

    type Mark = (u16, Option<i64>, bool);

    fn wants(&self, field: Field) -> bool {
        Self::holds(field)
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.stamp = Some(stamp);
    }

    fn set(&mut self, field: Field, value: Cow<'a, [u8]>) {
        if value.is_empty() || value.as_ref() == b"-" {
            return;
        }
        if field == Field::Duration {
            self.duration = parse_number(&value);
            return;
        }
        let place = PLACES[field as usize];
        if let Some(slot) = self.values.get_mut(usize::from(place)) {
            match value {
                Cow::Borrowed(value) => *slot = value,
                Cow::Owned(_) => self.partial = true,
            }
            self.filled |= 1 << place;
        }
    }

    fn set_default(&mut self, field: Field, value: Cow<'a, [u8]>) {
        let free = match field {
            Field::Duration => self.duration.is_none(),
            _ => self.filled & (1 << PLACES[field as usize]) == 0,
        };
        if free {
            self.set(field, value);
        }
    }

    fn set_default_number(&mut self, field: Field, value: i64) {
        match field {
            Field::Duration => self.duration = self.duration.or(Some(value)),
            _ => self.set_default(field, Cow::Owned(value.to_string().into_bytes())),
        }
    }

    fn members(&mut self, _: &'a [u8]) {
        self.partial = true;
    }

    fn cut(&mut self) -> &mut bool {
        &mut self.cut
    }

    fn mark(&self) -> Self::Mark {
        (self.filled, self.duration, self.partial)
    }

    fn undo(&mut self, (filled, duration, partial): Self::Mark) {
        self.filled = filled;
        self.duration = duration;
        self.partial = partial;
    }

    fn recent(&mut self) -> Option<&mut RecentStamp> {
        Some(&mut self.recent)
    }
}
