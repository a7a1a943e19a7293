//! Layouts of JSON and logfmt lines: which members make them, and which members are which field.

use super::layout::JsonText;
use super::logfmt::LogfmtPairs;
use super::severity::Scale;
use super::template::{Found, Place, without_port};
use crate::model::field::{FIELD_COUNT, Field};
use crate::model::stamp_format::read_any;
use crate::peel::json::{Members, Value};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// How deep a dotted path may reach.
pub(super) const MAX_DEPTH: usize = 4;
/// How many members a layout may require: one bit each.
const MAX_REQUIRED: usize = 32;
/// What a member can fill.
const SLOTS: usize = FIELD_COUNT + 4;

/// A compiled `[layout.json]` table.
#[derive(Debug)]
pub(super) struct JsonLayout {
    /// Sets of member paths, of each of which one must be there.
    require: Vec<Vec<Vec<u8>>>,
    /// The same for a line of a log that other lines told.
    further: Vec<Vec<Vec<u8>>>,
    refuse: Vec<Vec<u8>>,
    paths: FxHashMap<Vec<u8>, Vec<Target>>,
    /// Paths that lead to an object that holds one of `paths`.
    inner: FxHashMap<Vec<u8>, ()>,
    syntax: Syntax,
}

/// How the members are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// One JSON object.
    Json,
    /// `key=value` pairs.
    Logfmt,
}

/// What a member fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Slot {
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

/// What a member means for a request that is skimmed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Use {
    /// A timestamp of this rank.
    Stamp(u8),
    /// A field of this rank.
    Field(Place, u8),
    /// A duration, in units as [`scaled`] has them; 0 for microseconds.
    Duration { unit: i64, rank: u8 },
    /// A severity.
    Level(Option<Scale>),
}

#[derive(Debug, Clone, Copy)]
struct Target {
    slot: Slot,
    scale: Option<Scale>,
    /// Position among the members that may fill the field: the lowest present wins.
    rank: u8,
    unit: i64,
}

impl JsonLayout {
    pub(super) fn compile(text: &JsonText, syntax: Syntax) -> Result<Self, String> {
        let mut paths: FxHashMap<Vec<u8>, Vec<Target>> = FxHashMap::default();
        let sets = |list: &[String]| -> Vec<Vec<Vec<u8>>> {
            list.iter().map(|any| any.split('|').map(|path| path.as_bytes().to_vec()).collect()).collect()
        };
        let require = sets(&text.require);
        let further = if text.further.is_empty() { require.clone() } else { sets(&text.further) };
        if require.is_empty() {
            return Err("json.require: name at least one member that tells this layout".into());
        }
        if require.len().max(further.len()) > MAX_REQUIRED {
            return Err(format!("json.require: more than {MAX_REQUIRED} members"));
        }
        for (name, members) in &text.fields {
            let slot = match name.as_str() {
                "timestamp" => Slot::Timestamp,
                name => Slot::Field(super::layout::field("json.fields", name)?),
            };
            for (rank, member) in (0..u8::MAX).zip(members) {
                if let (Slot::Timestamp, Some((date, time))) = (slot, member.split_once(" + ")) {
                    for (slot, path) in [(Slot::Date, date), (Slot::Time, time)] {
                        let target = Target { slot, scale: None, rank, unit: 0 };
                        paths.entry(path.as_bytes().to_vec()).or_default().push(target);
                    }
                    continue;
                }
                let (path, named) = member.split_once(':').unwrap_or((member, ""));
                let scale = Scale::from_name(named);
                let (path, unit) = match member.split_once(':') {
                    None => (member.as_str(), 0),
                    Some(_) if scale.is_some() => (path, 0),
                    Some((path, "seconds")) => (path, 1_000_000),
                    Some((path, "milliseconds")) => (path, 1000),
                    Some((path, "microseconds")) => (path, 1),
                    Some((path, "nanoseconds")) => (path, -1000),
                    Some((_, unit)) => return Err(format!("json.fields.{name}: unknown unit `{unit}`")),
                };
                paths.entry(path.as_bytes().to_vec()).or_default().push(Target { slot, scale, rank, unit });
            }
        }
        for (rank, path) in (0..u8::MAX).zip(&text.joins) {
            let target = Target { slot: Slot::Further, scale: None, rank, unit: 0 };
            paths.entry(path.as_bytes().to_vec()).or_default().push(target);
        }
        let mut inner = FxHashMap::default();
        for path in paths.keys().chain(require.iter().chain(&further).flatten()) {
            for (at, _) in path.iter().enumerate().filter(|&(_, &byte)| byte == b'.') {
                inner.insert(path[..at].to_vec(), ());
            }
        }
        let refuse = text.refuse.iter().map(|path| path.as_bytes().to_vec()).collect();
        Ok(Self { require, further, refuse, paths, inner, syntax })
    }

    /// 0 unless the line is an object with the required members; else more, the more are required.
    pub(super) fn fit(&self, line: &[u8]) -> u32 {
        let mut seen = Seen::new(self.require.len(), None);
        match self.collect(line, &self.require, &mut Vec::new(), 0, &mut seen) {
            Some(()) if seen.fits() => 20 + 8 * self.require.len() as u32,
            _ => 0,
        }
    }

    pub(super) fn read<'a>(&self, text: &'a [u8]) -> Option<Found<'a>> {
        let mut seen = Seen::new(self.further.len(), Some(Found::default()));
        self.collect(text, &self.further, &mut Vec::new(), 0, &mut seen)?;
        if !seen.fits() {
            return None;
        }
        let halves = std::mem::take(&mut seen.halves);
        let mut found = seen.found?;
        if let ([date, time], None) = (&halves, found.stamp) {
            found.stamp = read_any(&[date, b" ".as_slice(), time].concat());
        }
        join(&mut found, &seen.further);
        Some(found)
    }

    /// Whether a line of a log that other lines told has this layout.
    pub(super) fn reads(&self, line: &[u8]) -> bool {
        let mut seen = Seen::new(self.further.len(), None);
        self.syntax == Syntax::Json
            && self.collect(line, &self.further, &mut Vec::new(), 0, &mut seen).is_some()
            && seen.fits()
    }

    /// What a member means for a request that is skimmed; nothing if that does not show in its value alone.
    pub(super) fn uses(&self, path: &[u8]) -> Option<Vec<Use>> {
        let targets = self.paths.get(path).map(Vec::as_slice).unwrap_or_default();
        let used = targets.iter().filter_map(|&Target { slot, scale, rank, unit }| match slot {
            Slot::Timestamp => Some(Some(Use::Stamp(rank))),
            Slot::Date | Slot::Time => Some(None),
            Slot::Further => None,
            Slot::Field(Field::Level) => Some(Some(Use::Level(scale))),
            Slot::Field(Field::Duration) => Some(Some(Use::Duration { unit, rank })),
            Slot::Field(field) if Place::of(field) == Place::NONE => None,
            Slot::Field(field) => Some((unit == 0 && scale.is_none()).then_some(Use::Field(Place::of(field), rank))),
        });
        used.collect()
    }

    /// Whether a member is an object of which members are looked at.
    pub(super) fn goes_into(&self, path: &[u8]) -> bool {
        self.inner.contains_key(path)
    }

    /// Fills from an object that stands in a line, whatever members it has.
    pub(super) fn fill<'a>(&self, object: &'a [u8], found: &mut Found<'a>) {
        let outer = std::mem::take(found);
        let mut seen = Seen::new(0, Some(Found::default()));
        // An object that was cut still says what stands before the cut.
        self.collect(object, &[], &mut Vec::new(), 0, &mut seen);
        let mut inner = seen.found.unwrap_or_default();
        for field in Field::ALL {
            if let Some(value) = outer.fields.get(*field) {
                inner.fields.clear(*field);
                inner.fields.set(*field, value.to_vec());
            }
        }
        inner.stamp = outer.stamp.or(inner.stamp);
        *found = inner;
    }

    fn collect<'a>(
        &self,
        text: &'a [u8],
        require: &[Vec<Vec<u8>>],
        prefix: &mut Vec<u8>,
        depth: usize,
        seen: &mut Seen<'a>,
    ) -> Option<()> {
        if self.syntax == Syntax::Logfmt {
            LogfmtPairs::of(text)?.for_each(|(key, value)| self.meet(key, value, require, seen));
            return Some(());
        }
        let mut members = Members::of(text)?;
        let base = prefix.len();
        for (key, value) in members.by_ref() {
            prefix.truncate(base);
            if base > 0 {
                prefix.push(b'.');
            }
            prefix.extend_from_slice(key);
            self.meet(prefix, value, require, seen);
            let inner = match value {
                Value::Object(object) => Some(object),
                // Of a list of objects the first counts: OTLP wraps its records in three such lists.
                Value::Array(list) => Some(list.get(1..).unwrap_or_default().trim_ascii_start()),
                _ => None,
            };
            if let Some(object) = inner
                && depth < MAX_DEPTH
                && self.inner.contains_key(prefix.as_slice())
            {
                self.collect(object, require, prefix, depth + 1, seen);
            }
        }
        prefix.truncate(base);
        members.is_sound().then_some(())
    }

    fn meet<'a>(&self, path: &[u8], value: Value<'a>, require: &[Vec<Vec<u8>>], seen: &mut Seen<'a>) {
        for (at, paths) in require.iter().enumerate() {
            if seen.present & (1 << at) == 0 && paths.iter().any(|any| any == path) {
                seen.present |= 1 << at;
            }
        }
        seen.refused |= self.refuse.iter().any(|refused| refused == path);
        if let Some(targets) = self.paths.get(path) {
            targets.iter().for_each(|target| seen.take(*target, value));
        }
    }
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
struct Seen<'a> {
    /// Bit by required set: one of its members was met.
    present: u32,
    required: u32,
    refused: bool,
    /// Rank of the member that filled a slot, by [`Slot::index`].
    ranks: [u8; SLOTS],
    found: Option<Found<'a>>,
    /// Date and time of a timestamp in two members.
    halves: [Vec<u8>; 2],
    further: Vec<(u8, Cow<'a, [u8]>)>,
}

impl<'a> Seen<'a> {
    fn new(required: usize, found: Option<Found<'a>>) -> Self {
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
    fn fits(&self) -> bool {
        !self.refused && self.present == self.required
    }

    fn take(&mut self, target: Target, value: Value<'a>) {
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
                let text = if target.unit == 0 { text } else { scaled(&text, target.unit) };
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
    if let Value::Array(list) = value {
        let inside = list.strip_prefix(b"[")?.trim_ascii_start();
        let text = inside.strip_prefix(b"\"")?;
        let end = memchr::memchr(b'"', text)?;
        return Some(Cow::Borrowed(&text[..end]));
    }
    value.text()
}

/// The text of a string, or of all strings of a list (traces come as lists of lines); nothing for an object.
fn all_texts(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    let Value::Array(list) = value else {
        return if matches!(value, Value::String(_)) { value.text() } else { None };
    };
    let strings: Vec<Vec<u8>> = serde_json::from_slice::<Vec<String>>(list).ok()?.into_iter().map(Into::into).collect();
    Some(Cow::Owned(strings.join(&b'\n')))
}

/// A number in `unit` microseconds (or in nanoseconds, for a unit of -1000) as whole microseconds.
pub(super) fn scaled(text: &[u8], unit: i64) -> Cow<'static, [u8]> {
    let number = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.trim_end_matches(['s', 'm']).parse::<f64>().ok())
        .unwrap_or(0.0);
    let micros = if unit < 0 { number / -(unit as f64) } else { number * unit as f64 };
    Cow::Owned((micros.round() as i64).to_string().into_bytes())
}
