//! JSON requests skimmed by the form of the lines before.
//!
//! A program writes the same members in the same order on almost every line, so a line is compared with the text that
//! stood between the values of an earlier one, and only the values are looked at. What a member means is found out
//! once for a form, by the same table that reads whole lines. A line of another form is read whole, and its form noted.

use super::json_layout::{JsonLayout, MAX_DEPTH, Use};
use super::json_seen::first_string;
use super::json_text::{FormText, Told};
use super::scaled::scaled;
use super::severity::Scale;
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
    #[expect(clippy::vec_box, reason = "they change places, where each is many times a pointer")]
    forms: Vec<Box<Form>>,
    noted: usize,
    /// Address of the layout whose forms these are.
    layout: usize,
}

/// The text of a line without its values, and what each of these is used for.
#[derive(Debug, Default)]
struct Form {
    text: FormText,
    uses: Vec<Uses>,
}

/// What a value is used for: mostly one thing or none.
#[derive(Debug)]
struct Uses {
    first: Option<Use>,
    further: Vec<Use>,
}

impl Uses {
    fn of(uses: Vec<Use>) -> Self {
        let mut uses = uses.into_iter();
        Self { first: uses.next(), further: uses.collect() }
    }

    /// Whether a line is read otherwise for having this value.
    fn count(&self, value: &[u8]) -> bool {
        let counts = |used: &Use| match used {
            Use::Level(scale) => !is_sound_level(value, *scale),
            _ => true,
        };
        !value.is_empty() && self.first.iter().chain(&self.further).any(counts)
    }
}

impl RecentForms {
    /// Skims a line that `layout` reads; false when it is to be read whole.
    pub(super) fn skim<'a>(&mut self, layout: &JsonLayout, line: &'a [u8], skim: &mut Skim<'a>) -> bool {
        let address = std::ptr::from_ref(layout) as usize;
        if self.layout != address {
            *self = Self { layout: address, ..Self::default() };
        }
        let settled = |form: &mut Box<Form>| form.skim_settled(line, skim);
        let found = first_of(&mut self.forms, settled);
        if let Some((at, sound)) = found.or_else(|| first_of(&mut self.forms, |form| form.skim(line, skim))) {
            if at > 0 {
                self.forms[..=at].rotate_right(1);
            }
            return sound;
        }
        if self.noted < MAX_NOTED {
            self.noted += 1;
            if let Some(form) = Form::of(layout, line) {
                self.forms.truncate(MAX_FORMS - 1);
                self.forms.insert(0, Box::new(form));
            }
        }
        false
    }
}

/// The first of the forms that a line has, with what is told by it.
#[inline(always)]
fn first_of(forms: &mut [Box<Form>], mut tells: impl FnMut(&mut Box<Form>) -> Option<bool>) -> Option<(usize, bool)> {
    forms.iter_mut().enumerate().find_map(|(at, form)| Some((at, tells(form)?)))
}

impl Form {
    /// The form of a line; nothing if `layout` does not read it, or needs more of it than plain values.
    fn of(layout: &JsonLayout, line: &[u8]) -> Option<Self> {
        if !layout.reads(line) {
            return None;
        }
        let mut form = Form::default();
        let end = form.add_members(layout, line, line, &mut Vec::new(), 0)?;
        form.text.end(&line[end..]);
        (form.uses.len() <= MAX_VALUES).then_some(form)
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
            self.text.push(line.get(end..start)?, quoted);
            self.uses.push(Uses::of(uses));
            end = start + text.len();
        }
        prefix.truncate(base);
        members.is_sound().then_some(end)
    }

    /// Whether the line, which has this form, holds what is skimmed and nothing that must be read whole; nothing if it
    /// has another form.
    #[inline(never)]
    fn skim<'a>(&mut self, line: &'a [u8], skim: &mut Skim<'a>) -> Option<bool> {
        let Self { text, uses } = self;
        let mut taking = Taking::new(uses, skim);
        if !text.fits(line, &mut taking) {
            return None;
        }
        let sound = taking.sound;
        text.note(line, |value, same| uses.get(value).is_some_and(|uses| uses.count(same)));
        Some(sound)
    }

    /// The same for a line in which all values stayed the same that mostly do.
    #[inline(never)]
    fn skim_settled<'a>(&mut self, line: &'a [u8], skim: &mut Skim<'a>) -> Option<bool> {
        let Self { text, uses } = self;
        let mut taking = Taking::new(uses, skim);
        text.fits_settled(line, &mut taking).then_some(taking.sound)
    }
}

/// Takes the values of a line.
struct Taking<'f, 's, 'a> {
    uses: &'f [Uses],
    skim: &'s mut Skim<'a>,
    ranks: Ranks,
    /// Nothing so far must be read whole.
    sound: bool,
}

impl<'f, 's, 'a> Taking<'f, 's, 'a> {
    fn new(uses: &'f [Uses], skim: &'s mut Skim<'a>) -> Self {
        skim.reset();
        Self { uses, skim, ranks: Ranks::default(), sound: true }
    }
}

impl<'a> Told<'a> for Taking<'_, '_, 'a> {
    #[inline(always)]
    fn varies(&mut self, number: usize, from: &'a [u8], length: usize) {
        let Some(Uses { first: Some(first), further }) = self.uses.get(number) else { return };
        let Some(value) = from.get(..length).filter(|value| !value.is_empty()) else { return };
        self.sound &= take(first, value, from, self.skim, &mut self.ranks);
        for used in further {
            self.sound &= take_more(used, value, from, self.skim, &mut self.ranks);
        }
    }

    /// Not in place: there are two where one is told, and few such values.
    #[inline(never)]
    fn stays(&mut self, number: usize, from: &'a [u8], length: usize) {
        self.varies(number, from, length);
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

/// [Takes](take) a value for another of its uses, of which most have one.
#[inline(never)]
fn take_more<'a>(used: &Use, value: &'a [u8], rest: &[u8], skim: &mut Skim<'a>, ranks: &mut Ranks) -> bool {
    take(used, value, rest, skim, ranks)
}

/// Takes a value, with which `rest` begins, as reading the whole line would; false when that needs more than a look.
// Always: where its uses are looked for takes as long as to take it.
#[inline(always)]
fn take<'a>(used: &Use, value: &'a [u8], rest: &[u8], skim: &mut Skim<'a>, ranks: &mut Ranks) -> bool {
    match *used {
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
        Use::Level(scale) => is_sound_level(value, scale),
    }
}

/// Whether a level is not that of an error.
fn is_sound_level(value: &[u8], scale: Option<Scale>) -> bool {
    // No scale has one of the frequent words.
    is_frequent(value) || {
        let word = scale.and_then(|scale| scale.word(value));
        !is_error(word.map_or(value, str::as_bytes))
    }
}
