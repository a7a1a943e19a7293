//! JSON requests skimmed by the form of the lines before.
//!
//! A program writes the same members in the same order on almost every line, so a line is compared with the text that
//! stood between the values of an earlier one, and only the values are looked at. What a member means is found out
//! once for a form, by the same table that reads whole lines. A line of another form is read whole, and its form noted.

use super::json_gap::Gap;
use super::json_layout::{JsonLayout, MAX_DEPTH, Use};
use super::json_seen::first_string;
use super::scaled::scaled;
use super::template::{Place, Skim, without_port};
use crate::model::part::place;
use crate::model::record::parse_number;
use crate::model::severity::{is_error, is_frequent};
use crate::peel::json::{Members, Value};

/// Forms that are kept at a time: the members that a request has may depend on how it went.
const MAX_FORMS: usize = 4;
/// Lines whose form is noted before no more are: a log without a form would note one for each line.
const MAX_NOTED: usize = 32;
/// Values of a form.
const MAX_VALUES: usize = 64;

/// The forms of the lines before.
#[derive(Debug, Default)]
pub(super) struct RecentForms {
    /// The one that fitted last first.
    forms: Vec<Form>,
    noted: usize,
    /// Address of the layout whose forms these are.
    layout: usize,
}

/// The text of a line without its values.
#[derive(Debug)]
struct Form {
    values: Vec<Leaf>,
    /// Behind the last value.
    tail: Vec<u8>,
}

#[derive(Debug)]
struct Leaf {
    gap: Gap,
    uses: Vec<Use>,
}

impl RecentForms {
    /// Skims a line that `layout` reads; false when it is to be read whole.
    pub(super) fn skim<'a>(&mut self, layout: &JsonLayout, line: &'a [u8], skim: &mut Skim<'a>) -> bool {
        let address = std::ptr::from_ref(layout) as usize;
        if self.layout != address {
            *self = Self { layout: address, ..Self::default() };
        }
        for at in 0..self.forms.len() {
            skim.reset();
            if let Some(sound) = self.forms[at].skim(line, skim) {
                self.forms[..=at].rotate_right(1);
                return sound;
            }
        }
        if self.noted < MAX_NOTED {
            self.noted += 1;
            if let Some(form) = Form::of(layout, line) {
                self.forms.truncate(MAX_FORMS - 1);
                self.forms.insert(0, form);
            }
        }
        false
    }
}

impl Form {
    /// The form of a line; nothing if `layout` does not read it, or needs more of it than plain values.
    fn of(layout: &JsonLayout, line: &[u8]) -> Option<Self> {
        if !layout.reads(line) {
            return None;
        }
        let mut form = Form { values: Vec::new(), tail: Vec::new() };
        let end = form.add_members(layout, line, line, &mut Vec::new(), 0)?;
        form.tail = line[end..].to_vec();
        (form.values.len() <= MAX_VALUES).then_some(form)
    }

    /// Adds the values of an object that stands in `line`, of which all up to `end` is noted; gives the end of the last.
    fn add_members(
        &mut self,
        layout: &JsonLayout,
        line: &[u8],
        object: &[u8],
        prefix: &mut Vec<u8>,
        mut end: usize,
    ) -> Option<usize> {
        let base = prefix.len();
        let depth = prefix.iter().filter(|&&byte| byte == b'.').count() + usize::from(base > 0);
        let mut members = Members::of(object)?;
        for (key, value) in members.by_ref() {
            // A key with a point would be taken for a path.
            if key.contains(&b'.') && depth > 0 {
                return None;
            }
            prefix.truncate(base);
            if base > 0 {
                prefix.push(b'.');
            }
            prefix.extend_from_slice(key);
            let uses = layout.uses(prefix)?;
            let (text, quoted) = match value {
                Value::String(text) => (text, true),
                Value::Plain(text) => (text, false),
                Value::Object(inner) if uses.is_empty() && depth < MAX_DEPTH => {
                    end = self.add_members(layout, line, inner, prefix, end)?;
                    continue;
                }
                // Part of the text between the values.
                Value::Null => continue,
                Value::Array(list) if !layout.goes_into(prefix) => match first_string(list) {
                    // Where an escape ends, the string may.
                    Some(text) if !uses.is_empty() && text.contains(&b'\\') => return None,
                    Some(text) if !uses.is_empty() => (text, true),
                    _ => continue,
                },
                _ => return None,
            };
            let start = place(line, text)?.start;
            self.values.push(Leaf { gap: Gap::new(line.get(end..start)?, quoted), uses });
            end = start + text.len();
        }
        prefix.truncate(base);
        members.is_sound().then_some(end)
    }

    /// Whether the line, which has this form, holds what is skimmed and nothing that must be read whole; nothing if it
    /// has another form.
    fn skim<'a>(&self, line: &'a [u8], skim: &mut Skim<'a>) -> Option<bool> {
        let mut rest = line;
        let mut sound = true;
        let mut ranks = Ranks::default();
        for leaf in &self.values {
            let (from, length) = leaf.gap.value(rest)?;
            let value = &from[..length];
            rest = &from[length..];
            if !value.is_empty() {
                for used in &leaf.uses {
                    sound &= take(*used, value, from, skim, &mut ranks);
                }
            }
        }
        (rest == self.tail).then_some(sound)
    }
}

/// Ranks of the members that filled a timestamp or a place so far.
#[derive(Debug)]
struct Ranks {
    stamp: u8,
    duration: u8,
    places: [u8; Skim::PLACES],
}

impl Default for Ranks {
    fn default() -> Self {
        Self { stamp: u8::MAX, duration: u8::MAX, places: [u8::MAX; Skim::PLACES] }
    }
}

/// Takes a value, with which `rest` begins, as reading the whole line would; false when that needs more than a look.
fn take<'a>(used: Use, value: &'a [u8], rest: &[u8], skim: &mut Skim<'a>, ranks: &mut Ranks) -> bool {
    match used {
        Use::Stamp(rank) => {
            if rank <= ranks.stamp && skim.read_stamp(rest, value.len()) {
                ranks.stamp = rank;
            }
            true
        }
        Use::Field(place, rank) => {
            if let Some(slot) = ranks.places.get_mut(place.index())
                && rank <= *slot
            {
                *slot = rank;
                skim.replace(place, if place == Place::CLIENT { without_port(value) } else { value });
            }
            true
        }
        Use::Duration { unit, rank } => {
            if rank <= ranks.duration {
                ranks.duration = rank;
                let micros = match unit {
                    0 => parse_number(value),
                    // What has more digits is no number to a record.
                    unit => Some(scaled(value, unit)).filter(|micros| micros.unsigned_abs() < 10_u64.pow(18)),
                };
                skim.replace_duration(micros);
            }
            true
        }
        Use::Level(scale) => {
            // No scale has one of the frequent words.
            is_frequent(value) || {
                let word = scale.and_then(|scale| scale.word(value));
                !is_error(word.map_or(value, str::as_bytes))
            }
        }
    }
}
