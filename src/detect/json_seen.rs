//! What is met on the walk through a JSON line.

use super::scaled::scaled;
use super::severity::Scale;
use super::template::{Found, without_port};
use crate::model::field::{FIELD_COUNT, Field};
use crate::model::stamp::Stamp;
use crate::model::stamp_format::read_any;
use crate::peel::json::Value;
use std::borrow::Cow;

/// What a member can fill.
const SLOTS: usize = FIELD_COUNT + 4;

/// What a member fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    Timestamp,
    /// Of a timestamp in two members the date.
    Date,
    /// And the time.
    Time,
    Field(Field),
    /// Text that goes behind the message: a stack trace, the error's own text.
    Further,
}

impl Slot {
    fn index(self) -> usize {
        match self {
            Slot::Field(field) => field as usize,
            Slot::Timestamp => FIELD_COUNT,
            Slot::Further => FIELD_COUNT + 1,
            Slot::Date => FIELD_COUNT + 2,
            Slot::Time => FIELD_COUNT + 3,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) slot: Slot,
    pub(super) scale: Option<Scale>,
    /// Position among the members that may fill the field: the lowest present wins.
    pub(super) rank: u8,
    pub(super) unit: i64,
}

/// Puts further text behind the message, so that what a stack trace says is searched like the lines of one.
fn join(found: &mut Found<'_>, further: &[(u8, Cow<'_, [u8]>)]) {
    let mut parts: Vec<&(u8, Cow<'_, [u8]>)> = further.iter().collect();
    parts.sort_by_key(|(rank, _)| *rank);
    let mut message = found.fields.get(Field::Message).unwrap_or_default().to_vec();
    let before = message.len();
    for (_, part) in parts {
        // Many encoders repeat the error's text in the trace, or the trace in the message.
        if memchr::memmem::find(&message, part).is_none() {
            if !message.is_empty() {
                message.push(b'\n');
            }
            message.extend_from_slice(part);
        }
    }
    if message.len() > before {
        found.fields.set(Field::Message, message);
    }
}

/// What was met on the walk through a line.
pub(super) struct Seen<'s, 'a> {
    /// Bit by required set: one of its members was met.
    pub(super) present: u32,
    required: u32,
    pub(super) refused: bool,
    /// Rank of the member that filled a slot, by [`Slot::index`].
    ranks: [u8; SLOTS],
    /// What is filled; nothing where it is only asked whether the line fits.
    found: Option<&'s mut Found<'a>>,
    /// Date and time of a timestamp in two members.
    halves: [Vec<u8>; 2],
    further: Vec<(u8, Cow<'a, [u8]>)>,
}

impl<'s, 'a> Seen<'s, 'a> {
    pub(super) fn new(required: usize, found: Option<&'s mut Found<'a>>) -> Self {
        Self {
            present: 0,
            required: 1_u32.unbounded_shl(required as u32).wrapping_sub(1),
            refused: false,
            ranks: [u8::MAX; SLOTS],
            found,
            halves: Default::default(),
            further: Vec::new(),
        }
    }

    /// Whether all was there that must be, and nothing that must not.
    pub(super) fn fits(&self) -> bool {
        !self.refused && self.present == self.required
    }

    /// Notes that all is there that must be.
    pub(super) fn has_all(&mut self) {
        self.present = self.required;
    }

    /// Fills what several members make together, once all are met.
    pub(super) fn settle(self) {
        let Some(found) = self.found else { return };
        if let ([date, time], None) = (&self.halves, found.stamp)
            && !(date.is_empty() && time.is_empty())
        {
            found.stamp = read_any(&[date, b" ".as_slice(), time].concat());
        }
        if !self.further.is_empty() {
            join(found, &self.further);
        }
    }

    /// Takes a timestamp that is read in another way, where it counts.
    pub(super) fn take_stamp(&mut self, target: Target, read: impl FnOnce() -> Option<Stamp>) {
        let rank = &mut self.ranks[target.slot.index()];
        if let Some(found) = self.found.as_mut().filter(|_| target.rank <= *rank)
            && let Some(stamp) = read()
        {
            found.stamp = Some(stamp);
            *rank = target.rank;
        }
    }

    pub(super) fn take(&mut self, target: Target, value: Value<'a>) {
        let Some(found) = &mut self.found else { return };
        if self.ranks[target.slot.index()] < target.rank {
            return;
        }
        if target.slot == Slot::Further {
            let text = all_texts(value).filter(|text| !text.is_empty());
            self.further.extend(text.map(|text| (target.rank, text)));
            return;
        }
        let Some(text) = first_text(value).filter(|text| !text.is_empty()) else { return };
        match target.slot {
            Slot::Further => {}
            Slot::Date => self.halves[0] = text.into_owned(),
            Slot::Time => self.halves[1] = text.into_owned(),
            Slot::Timestamp => match read_any(&text) {
                Some(stamp) => found.stamp = Some(stamp),
                None => return,
            },
            Slot::Field(Field::Client) => {
                let address = match text {
                    Cow::Borrowed(text) => Cow::Borrowed(without_port(text)),
                    Cow::Owned(text) => Cow::Owned(without_port(&text).to_vec()),
                };
                found.fields.clear(Field::Client);
                found.fields.set(Field::Client, address);
            }
            Slot::Field(field) => {
                let text = match target.unit {
                    0 => text,
                    unit => Cow::Owned(scaled(&text, unit).to_string().into_bytes()),
                };
                let word = target.scale.and_then(|scale| scale.word(&text));
                let text = word.map_or(text, |word| Cow::Borrowed(word.as_bytes()));
                found.fields.clear(field);
                found.fields.set(field, text);
            }
        }
        self.ranks[target.slot.index()] = target.rank;
    }
}

/// The text of a value; of an array, that of its first element (headers come as lists).
fn first_text(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    if let Value::Array(list) = value { first_string(list).map(Cow::Borrowed) } else { value.text() }
}

/// The first element of an array, if that is a string.
pub(super) fn first_string(list: &[u8]) -> Option<&[u8]> {
    let inside = list.strip_prefix(b"[")?.trim_ascii_start();
    let text = inside.strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', text)?;
    Some(&text[..end])
}

/// The text of a string, or of all strings of a list (traces come as lists of lines); nothing for an object.
fn all_texts(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    let Value::Array(list) = value else {
        return if matches!(value, Value::String(_)) { value.text() } else { None };
    };
    let strings: Vec<Vec<u8>> = serde_json::from_slice::<Vec<String>>(list).ok()?.into_iter().map(Into::into).collect();
    Some(Cow::Owned(strings.join(&b'\n')))
}
