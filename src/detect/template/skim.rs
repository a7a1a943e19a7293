//! The few fields of a request that decide whether more need be read.

use super::recent_stamp::{Minute, RecentStamp};
use super::sink::Sink;
use crate::detect::json_recent::RecentForms;
use crate::model::field::{FIELD_COUNT, Field};
use crate::model::record::parse_number;
use crate::model::severity;
use crate::model::stamp::Stamp;
use std::borrow::Cow;

/// The fields that are skimmed; `duration` is kept as a number beside them.
pub(in crate::detect) const SKIMMED: [Field; 9] = [
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
/// Room for their values, and for one that goes nowhere.
const ROOM: usize = 16;
/// The bits of the places.
const BITS: u16 = (1 << SKIMMED.len()) - 1;
const _: () = assert!(SKIMMED.len() < ROOM, "a bit for each place");
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
    /// Bit by place: the value was derived from another one.
    derived: u16,
    values: [&'a [u8]; ROOM],
    duration: Option<i64>,
    cut: bool,
    /// Whether the line states a level, and that is one of an error.
    error: Option<bool>,
    /// A value had to be made and could not be kept: the record must be read whole.
    partial: bool,
    pub(super) recent: RecentStamp,
    /// See [`Skim::minute`].
    minute: Minute,
    /// The forms of the JSON lines before.
    pub(in crate::detect) forms: Option<Box<RecentForms>>,
}

/// Where a field is kept in a [`Skim`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) struct Place(u8);

impl Place {
    /// That of a field which is not skimmed.
    pub(in crate::detect) const NONE: Self = Self(SKIMMED.len() as u8);
    pub(in crate::detect) const CLIENT: Self = Self(PLACES[Field::Client as usize]);
    pub(super) const METHOD: Self = Self(PLACES[Field::Method as usize]);
    pub(super) const PATH: Self = Self(PLACES[Field::Path as usize]);
    pub(super) const STATUS: Self = Self(PLACES[Field::Status as usize]);
    pub(super) const USER_AGENT: Self = Self(PLACES[Field::UserAgent as usize]);

    /// That of `field`. A duration has none: it is kept as a number.
    pub(in crate::detect) fn of(field: Field) -> Self {
        Self(PLACES[field as usize])
    }

    /// Its number, below [`Skim::PLACES`] unless it is [`Place::NONE`].
    pub(in crate::detect) fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl<'a> Skim<'a> {
    /// How many places there are.
    pub(in crate::detect) const PLACES: usize = SKIMMED.len();

    /// Whether a field is one of those that are skimmed.
    pub fn holds(field: Field) -> bool {
        field == Field::Duration || usize::from(PLACES[field as usize]) < SKIMMED.len()
    }

    /// What the line says for a field of [`Skim::holds`]; nothing when it says nothing.
    #[inline]
    pub fn get(&self, field: Field) -> Option<&'a [u8]> {
        let place = PLACES[field as usize];
        if self.filled & (1 << place) == 0 { None } else { Some(self.values[usize::from(place) % ROOM]) }
    }

    /// Whether there is a timestamp.
    #[inline]
    pub fn is_stamped(&self) -> bool {
        self.stamp.is_some()
    }

    /// The timestamp.
    pub fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// When in its minute the timestamp is, if there is one.
    pub fn minute(&self) -> Minute {
        self.minute
    }

    /// Duration in microseconds, where the line states one.
    pub fn duration(&self) -> Option<i64> {
        self.duration
    }

    /// Whether all that is skimmed was kept.
    pub(in crate::detect) fn is_whole(&self) -> bool {
        !self.partial
    }

    /// Whether the line's level is that of an error.
    pub fn is_error(&self) -> bool {
        self.error == Some(true)
    }

    /// Replaces the timestamp.
    pub(in crate::detect) fn set_stamp(&mut self, stamp: Stamp) {
        self.stamp = Some(stamp);
    }

    /// Sets the timestamp to what the first `length` bytes of `rest` say, in whatever form; false if that is none.
    pub(in crate::detect) fn read_stamp(&mut self, rest: &[u8], length: usize) -> bool {
        let reads = self.recent.reads_any(rest, length);
        if reads {
            self.stamp_recent();
        }
        reads
    }

    /// Sets a place to what a line says, which may be nothing, whatever stood there.
    #[inline]
    pub(in crate::detect) fn replace(&mut self, place: Place, value: &'a [u8]) {
        self.filled &= !(1 << place.0);
        self.set_place(place, value);
    }

    /// Sets the duration in microseconds, whatever it was.
    pub(in crate::detect) fn replace_duration(&mut self, micros: Option<i64>) {
        self.duration = micros;
    }

    /// Sets a field that is not set yet to what follows from another one.
    #[inline]
    pub(in crate::detect) fn derive(&mut self, field: Field, value: &'a [u8]) {
        match field {
            Field::Duration | Field::Level => self.set_default(field, Cow::Borrowed(value)),
            _ => {
                let stated = self.filled;
                self.put(Place::of(field), value);
                self.derived |= self.filled & !stated;
            }
        }
    }

    /// Whether the line itself has a value for a field of [`SKIMMED`], which was not derived from another one.
    #[inline]
    pub(in crate::detect) fn states(&self, field: Field) -> bool {
        self.filled & !self.derived & (1 << PLACES[field as usize]) != 0
    }

    /// Sets a place that is not set yet to what a line says, unless that is nothing.
    #[inline]
    pub(super) fn put(&mut self, place: Place, value: &'a [u8]) {
        if self.filled & (1 << place.0) == 0 {
            self.set_place(place, value);
        }
    }

    /// The same for a value that may have had to be made.
    pub(super) fn put_value(&mut self, place: Place, value: Cow<'a, [u8]>) {
        match value {
            Cow::Borrowed(value) => self.put(place, value),
            Cow::Owned(value) if matches!(&*value, b"" | b"-") => {}
            Cow::Owned(_) => {
                if place != Place::NONE && self.filled & (1 << place.0) == 0 {
                    self.partial = true;
                    self.filled |= 1 << place.0;
                }
            }
        }
    }

    /// Sets the level that is not set yet: whether it is that of an error.
    #[inline]
    pub(super) fn put_level(&mut self, error: bool) {
        self.error = self.error.or(Some(error));
    }

    /// Sets a place, unless the line says nothing.
    #[inline]
    pub(super) fn set_place(&mut self, place: Place, value: &'a [u8]) {
        if !matches!(value, b"" | b"-") {
            self.values[usize::from(place.0) % ROOM] = value;
            self.filled |= (1 << place.0) & BITS;
        }
    }

    /// Sets the timestamp to the recent one.
    #[inline]
    pub(super) fn stamp_recent(&mut self) {
        self.stamp = Some(self.recent.stamp());
        self.minute = self.recent.minute();
    }

    /// Forgets what was there, and sets what a request always says, no dash, and the user agent; its timestamp is the
    /// recent one.
    #[inline(always)]
    pub(super) fn set_request(&mut self, client: &'a [u8], status: &'a [u8], agent: &'a [u8]) {
        self.reset();
        self.stamp_recent();
        self.values[Place::CLIENT.index()] = client;
        self.values[Place::STATUS.index()] = status;
        self.filled = 1 << Place::CLIENT.0 | 1 << Place::STATUS.0;
        self.set_place(Place::USER_AGENT, agent);
    }

    /// Forgets the line.
    #[inline]
    pub(in crate::detect) fn reset(&mut self) {
        self.stamp = None;
        self.filled = 0;
        self.derived = 0;
        self.duration = None;
        self.cut = false;
        self.error = None;
        self.partial = false;
    }
}

impl<'a> Sink<'a> for Skim<'a> {
    const KEEPS: bool = true;

    type Mark = (u16, Option<i64>, bool, Option<bool>);

    fn wants(&self, field: Field) -> bool {
        Self::holds(field) || field == Field::Level
    }

    fn stamp(&mut self, stamp: Stamp) {
        self.stamp = Some(stamp);
        self.minute = self.recent.minute();
    }

    fn set(&mut self, field: Field, value: Cow<'a, [u8]>) {
        if value.is_empty() || value.as_ref() == b"-" {
            return;
        }
        if field == Field::Duration {
            self.duration = parse_number(&value);
            return;
        }
        if field == Field::Level {
            self.error = Some(severity::is_error(&value));
            return;
        }
        let place = Place::of(field);
        match value {
            Cow::Borrowed(value) => self.set_place(place, value),
            Cow::Owned(_) if place == Place::NONE => {}
            Cow::Owned(_) => {
                self.partial = true;
                self.filled |= 1 << place.0;
            }
        }
    }

    fn set_default(&mut self, field: Field, value: Cow<'a, [u8]>) {
        let free = match field {
            Field::Duration => self.duration.is_none(),
            Field::Level => self.error.is_none(),
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
        (self.filled, self.duration, self.partial, self.error)
    }

    fn undo(&mut self, (filled, duration, partial, error): Self::Mark) {
        self.filled = filled;
        self.duration = duration;
        self.partial = partial;
        self.error = error;
    }

    fn recent(&mut self) -> Option<&mut RecentStamp> {
        Some(&mut self.recent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stamp_format::read_any;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_stamp_is_read_as_without_one_before(
            lines in prop::collection::vec((0usize..6, 0u8..3, 0u8..70, "[.,]?[0-9]{0,7}", 0usize..5, 0usize..3), 1..12),
        ) {
            let mut skim = Skim::default();
            let mut minutes: Vec<(Minute, Stamp)> = Vec::new();
            for (form, minute, second, fraction, zone, close) in lines {
                let zone = ["", "Z", "+01:00", " +0100", " UTC"][zone];
                let stamp = match form {
                    0 => format!("2026-11-22T08:{minute:02}:{second:02}{fraction}{zone}"),
                    1 => format!("2026-11-22 08:{minute:02}:{second:02}{fraction}{zone}"),
                    2 => format!("22/Nov/2026:08:{minute:02}:{second:02}{zone}"),
                    3 => format!("Nov 22 08:{minute:02}:{second:02}"),
                    4 => format!("17953358{second:02}{fraction}"),
                    _ => format!("{minute}{fraction}"),
                };
                let line = format!("{stamp}{},\"message\":\"x\",\"status\":200,\"at\":\"08:04:28\"", ["\"", "", "]"][close]);
                skim.reset();
                let read = skim.read_stamp(line.as_bytes(), stamp.len());
                prop_assert_eq!(skim.stamp(), read_any(stamp.as_bytes()), "{}", line);
                prop_assert_eq!(read, skim.stamp().is_some());
                let Some(Stamp::Calendar { civil, fraction, zone, stated_year }) = skim.stamp() else { continue };
                let (found, start) = (skim.minute(), |micros| civil.to_second() * 1_000_000 + i64::from(fraction) - micros);
                for (other, known) in minutes.iter().filter(|(other, _)| other.number == found.number) {
                    let Stamp::Calendar { civil, fraction, zone: same, .. } = *known else { unreachable!() };
                    prop_assert_eq!(civil.to_second() * 1_000_000 + i64::from(fraction) - other.micros, start(found.micros));
                    prop_assert_eq!((same, stated_year || found == *other), (zone, true));
                }
                minutes.push((found, Stamp::Calendar { civil, fraction, zone, stated_year }));
            }
        }
    }
}
