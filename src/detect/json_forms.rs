//! JSON lines read by the form of the lines before.
//!
//! A program writes the same members in the same order on most lines. So a line is compared with the text that stood
//! between the values of an earlier one; what its members are to a layout was found out then, by the table that reads
//! any line. All layouts that are tried on a line share its form, and those that refuse it are told at once.

use super::catalogue::Layouts;
use super::json_layout::{JsonLayout, MAX_DEPTH, extend_path};
use super::json_quiet::{Glance, Glanced};
use super::json_seen::{Seen, Slot, Target, first_string};
use super::json_text::{FormText, Told};
use super::template::{RecentStamp, Skim};
use crate::model::part::place;
use crate::peel::json::{Members, Value};

/// Forms that are kept at a time.
const MAX_FORMS: usize = 6;
/// Values of a form.
const MAX_VALUES: usize = 64;
/// What it takes to note a form, in lines that were read by one: a log without forms would note one for each line.
const PRICE: u32 = 16;
/// What there is at first, and at most.
const CREDIT: u32 = 8 * PRICE;

/// The forms of the lines before.
#[derive(Debug, Clone)]
pub(crate) struct KnownForms {
    /// The one that fitted last first.
    #[expect(clippy::vec_box, reason = "they change places, where each is many times a pointer")]
    forms: Vec<Box<Form>>,
    /// Where the values of the current line stand, in front of what other lines left there.
    values: [(usize, usize); MAX_VALUES],
    current: Current,
    credit: u32,
    /// The timestamp that was read last.
    stamp: RecentStamp,
}

/// What is known of the line that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Current {
    /// Nothing yet.
    Unseen,
    /// It has the first of the forms.
    First,
    /// It has no form.
    Formless,
}

impl Default for KnownForms {
    fn default() -> Self {
        Self {
            forms: Vec::new(),
            values: [(0, 0); MAX_VALUES],
            current: Current::Unseen,
            credit: CREDIT,
            stamp: RecentStamp::default(),
        }
    }
}

/// The text of a line without its values, and what its members are.
#[derive(Debug, Clone)]
struct Form {
    text: FormText,
    members: Vec<Met>,
    /// By address of a layout; nothing where the layout must read the whole line.
    meanings: Vec<(usize, Option<Meaning>)>,
    /// Told when it is first asked for.
    glance: Option<Option<Glance>>,
}

/// A member of a line whose form was noted.
#[derive(Debug, Clone)]
pub(super) struct Met {
    pub(super) path: Vec<u8>,
    pub(super) kind: MetKind,
}

/// What a member of a form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MetKind {
    /// The value with this number.
    Value(usize),
    /// An array that begins with the value with this number, a string.
    First(usize),
    /// `null`, which is a part of the text.
    Null,
    /// An object whose members are met too.
    Object,
    /// Another array, or an object too far in: a part of the text.
    Opaque,
}

/// What a form is to a layout.
#[derive(Debug, Clone)]
pub(super) enum Meaning {
    /// The layout does not read such lines.
    Refused,
    /// The values that fill something, by number.
    Fills(Vec<(usize, Target)>),
}

impl KnownForms {
    /// Forgets the line that was read last.
    pub(crate) fn next_line(&mut self) {
        self.current = Current::Unseen;
    }

    /// Reads the current line, which is the same for all layouts, as `layout` does: whether it fits. Nothing if it must
    /// be walked over.
    pub(super) fn read<'a>(&mut self, layout: &JsonLayout, line: &'a [u8], seen: &mut Seen<'_, 'a>) -> Option<bool> {
        if self.current == Current::Unseen {
            self.current = self.find(line);
        }
        if self.current != Current::First {
            return None;
        }
        let form = self.forms.first_mut()?;
        let address = std::ptr::from_ref(layout) as usize;
        let at = match form.meanings.iter().position(|(of, _)| *of == address) {
            Some(at) => at,
            None => {
                form.meanings.push((address, layout.meaning(&form.members)));
                form.meanings.len() - 1
            }
        };
        let Meaning::Fills(fills) = form.meanings[at].1.as_ref()? else { return Some(false) };
        seen.has_all();
        for (value, target) in fills {
            let (start, end) = *self.values.get(*value)?;
            let written = form.text.as_written(*value, line.get(start..end)?)?;
            match (target.slot, written) {
                (Slot::Timestamp, Value::String(text)) => {
                    seen.take_stamp(*target, || self.stamp.read_any(&line[start..], text.len()));
                }
                _ => seen.take(*target, written),
            }
        }
        Some(true)
    }

    /// Reads the time of a line on which these layouts are tried one after the other, always the same ones; nothing if it
    /// is to be read whole.
    pub(crate) fn glance<'a>(
        &mut self,
        layouts: &Layouts,
        list: &[usize],
        line: &'a [u8],
        skim: &mut Skim<'a>,
    ) -> Option<Glanced<'a>> {
        self.current = self.find(line);
        if self.current != Current::First {
            return None;
        }
        let Form { members, glance, .. } = self.forms.first_mut()?.as_mut();
        let glance = glance.get_or_insert_with(|| Glance::of(layouts, list, members));
        glance.as_ref()?.skim(layouts, line, &self.values, skim)
    }

    fn find(&mut self, line: &[u8]) -> Current {
        if line.first() != Some(&b'{') {
            return Current::Formless;
        }
        let (forms, values) = (&mut self.forms, &mut self.values);
        let settled = forms.iter_mut().position(|form| form.find_settled_values(line, values));
        if let Some(at) = settled.or_else(|| forms.iter_mut().position(|form| form.find_values(line, values))) {
            if at > 0 {
                forms[..=at].rotate_right(1);
            }
            self.credit = CREDIT.min(self.credit + 1);
            return Current::First;
        }
        if self.credit >= PRICE {
            self.credit -= PRICE;
            if let Some(form) = Form::of(line) {
                self.forms.truncate(MAX_FORMS - 1);
                self.forms.insert(0, Box::new(form));
            }
        }
        Current::Formless
    }
}

impl Form {
    /// The form of a line; nothing if it is no object, or one of too many values.
    fn of(line: &[u8]) -> Option<Self> {
        let mut form = Self { text: FormText::default(), members: Vec::new(), meanings: Vec::new(), glance: None };
        let end = form.add_members(line, line, &mut Vec::new(), 0, 0)?;
        form.text.end(&line[end..]);
        (form.text.values() <= MAX_VALUES).then_some(form)
    }

    /// Adds the members of an object that stands in `line`, of which all up to `end` is noted; gives the end of the
    /// last value.
    fn add_members(
        &mut self,
        line: &[u8],
        object: &[u8],
        path: &mut Vec<u8>,
        depth: usize,
        mut end: usize,
    ) -> Option<usize> {
        let base = path.len();
        let mut members = Members::of(object)?;
        for (key, value) in members.by_ref() {
            extend_path(path, key);
            let at = self.members.len();
            self.members.push(Met { path: path.clone(), kind: MetKind::Opaque });
            self.members[at].kind = match value {
                Value::String(text) => MetKind::Value(self.add_value(line, text, true, &mut end)?),
                Value::Plain(text) => MetKind::Value(self.add_value(line, text, false, &mut end)?),
                Value::Object(inner) if depth < MAX_DEPTH => {
                    end = self.add_members(line, inner, path, depth + 1, end)?;
                    MetKind::Object
                }
                Value::Array(list) => match first_string(list).filter(|text| !text.contains(&b'\\')) {
                    Some(text) => MetKind::First(self.add_value(line, text, true, &mut end)?),
                    None => MetKind::Opaque,
                },
                Value::Null => MetKind::Null,
                Value::Object(_) => MetKind::Opaque,
            };
            path.truncate(base);
        }
        members.is_sound().then_some(end)
    }

    fn add_value(&mut self, line: &[u8], text: &[u8], quoted: bool, end: &mut usize) -> Option<usize> {
        let place = place(line, text)?;
        self.text.push(line.get(*end..place.start)?, quoted);
        *end = place.end;
        Some(self.text.values() - 1)
    }

    /// Whether the line has this form, and the values that stay the same; where all stand, then.
    #[inline(never)]
    fn find_settled_values(&mut self, line: &[u8], values: &mut [(usize, usize); MAX_VALUES]) -> bool {
        self.text.fits_settled(line, &mut Placed { line, values })
    }

    /// The same whatever its values are.
    #[inline(never)]
    fn find_values(&mut self, line: &[u8], values: &mut [(usize, usize); MAX_VALUES]) -> bool {
        let fits = self.text.fits(line, &mut Placed { line, values });
        if fits {
            self.text.note(line, |_, _| true);
        }
        fits
    }
}

/// Notes where the values of a line stand.
struct Placed<'v, 'a> {
    line: &'a [u8],
    values: &'v mut [(usize, usize); MAX_VALUES],
}

impl<'a> Told<'a> for Placed<'_, 'a> {
    #[inline(always)]
    fn varies(&mut self, number: usize, from: &'a [u8], length: usize) {
        let start = self.line.len() - from.len();
        self.values[number % MAX_VALUES] = (start, start + length);
    }

    #[inline(always)]
    fn stays(&mut self, number: usize, from: &'a [u8], length: usize) {
        self.varies(number, from, length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalogue::Layouts;
    use crate::detect::template::Found;
    use crate::model::field::Field;
    use proptest::prelude::*;

    fn said(found: &Found<'_>) -> String {
        let values = Field::ALL.iter().map(|field| found.fields.get(*field).map(String::from_utf8_lossy));
        format!("{:?} {:?}", found.stamp, values.collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Samples of all JSON layouts, read by all of them, each once as it is and once changed: what is read by a form
        /// is what is read from the whole line.
        #[test]
        fn what_is_read_by_a_form_is_what_is_read(
            edits in prop::collection::vec((0usize..500, 0usize..3, prop::sample::select(&b" \"\\-[]{}:,./09nZ"[..])), 0..3),
            from in 0usize..1000,
        ) {
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let all: Vec<_> = layouts.iter().map(|(_, layout)| layout).collect();
                let samples: Vec<&[u8]> = all.iter().flat_map(|layout| &layout.proof().samples)
                    .map(|sample| sample.as_bytes()).filter(|sample| sample.starts_with(b"{")).collect();
                let mut forms = KnownForms::default();
                for sample in samples.iter().cycle().skip(from % samples.len()).take(12) {
                    let mut changed = sample.to_vec();
                    for &(at, edit, byte) in &edits {
                        let at = at % (changed.len() + 1);
                        let taken = at..(at + usize::from(edit > 0)).min(changed.len());
                        changed.splice(taken, (edit != 1).then_some(byte));
                    }
                    for line in [sample, sample, changed.as_slice()] {
                        forms.next_line();
                        forms.credit = CREDIT;
                        for layout in &all {
                            let (mut quick, mut whole) = (Found::default(), Found::default());
                            let fits = layout.read_by(0, &[], line, Some(&mut forms), &mut quick);
                            prop_assert_eq!(fits, layout.read_into(0, &[], line, &mut whole));
                            prop_assert_eq!(said(&quick), said(&whole), "{}: {}", layout.text.id, String::from_utf8_lossy(line));
                        }
                        prop_assert!(line == changed.as_slice() || forms.current != Current::Unseen);
                    }
                }
                Ok(())
            })?;
        }
    }

    #[test]
    fn a_log_without_forms_stops_noting_them() {
        let mut forms = KnownForms::default();
        for number in 0..100 {
            forms.next_line();
            forms.current = forms.find(format!("{{\"k{number}\":1}}").as_bytes());
            assert_eq!(forms.current, Current::Formless);
        }
        assert_eq!((forms.forms.len(), forms.credit), (MAX_FORMS, 0));
        assert_eq!(forms.find(b"{\"k7\":503}"), Current::First);
        assert_eq!(forms.values[0], (6, 9));
    }
}
