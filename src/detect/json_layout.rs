//! Layouts of JSON lines: which members make them, and which members are which field.

use super::layout::JsonText;
use super::template::{Found, without_port};
use crate::model::field::Field;
use crate::model::stamp_format::read_any;
use crate::peel::json::{Members, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// How deep a dotted path may reach.
const MAX_DEPTH: usize = 4;

/// A compiled `[layout.json]` table.
#[derive(Debug)]
pub(super) struct JsonLayout {
    /// Sets of member paths, of each of which one must be there.
    require: Vec<Vec<Vec<u8>>>,
    /// The same for a line of a log that other lines told.
    further: Vec<Vec<Vec<u8>>>,
    paths: HashMap<Vec<u8>, Vec<Target>>,
    /// Paths that lead to an object that holds one of `paths`.
    inner: HashMap<Vec<u8>, ()>,
}

#[derive(Debug, Clone, Copy)]
struct Target {
    slot: Option<Field>,
    /// Position among the members that may fill the field: the lowest present wins.
    rank: usize,
    unit: i64,
}

impl JsonLayout {
    pub(super) fn compile(text: &JsonText) -> Result<Self, String> {
        let mut paths: HashMap<Vec<u8>, Vec<Target>> = HashMap::new();
        let sets = |list: &[String]| -> Vec<Vec<Vec<u8>>> {
            list.iter().map(|any| any.split('|').map(|path| path.as_bytes().to_vec()).collect()).collect()
        };
        let require = sets(&text.require);
        let further = if text.further.is_empty() { require.clone() } else { sets(&text.further) };
        if require.is_empty() {
            return Err("json.require: name at least one member that tells this layout".into());
        }
        for (name, members) in &text.fields {
            let slot = match name.as_str() {
                "timestamp" => None,
                name => Some(super::layout::field("json.fields", name)?),
            };
            for (rank, member) in members.iter().enumerate() {
                let (path, unit) = match member.split_once(':') {
                    None => (member.as_str(), 0),
                    Some((path, "seconds")) => (path, 1_000_000),
                    Some((path, "milliseconds")) => (path, 1000),
                    Some((path, "microseconds")) => (path, 1),
                    Some((path, "nanoseconds")) => (path, -1000),
                    Some((_, unit)) => return Err(format!("json.fields.{name}: unknown unit `{unit}`")),
                };
                paths.entry(path.as_bytes().to_vec()).or_default().push(Target { slot, rank, unit });
            }
        }
        let mut inner = HashMap::new();
        for path in paths.keys().chain(require.iter().chain(&further).flatten()) {
            for (at, _) in path.iter().enumerate().filter(|&(_, &byte)| byte == b'.') {
                inner.insert(path[..at].to_vec(), ());
            }
        }
        Ok(Self { require, further, paths, inner })
    }

    /// 0 unless the line is an object with the required members; else more, the more are required.
    pub(super) fn fit(&self, line: &[u8]) -> u32 {
        let mut seen = Seen { present: vec![false; self.require.len()], ranks: HashMap::new(), found: None };
        match self.collect(line, &self.require, &mut Vec::new(), 0, &mut seen) {
            Some(()) if seen.present.iter().all(|&present| present) => 20 + 8 * self.require.len() as u32,
            _ => 0,
        }
    }

    pub(super) fn read<'a>(&self, text: &'a [u8]) -> Option<Found<'a>> {
        let mut seen =
            Seen { present: vec![false; self.further.len()], ranks: HashMap::new(), found: Some(Found::default()) };
        self.collect(text, &self.further, &mut Vec::new(), 0, &mut seen)?;
        seen.present.iter().all(|&present| present).then_some(seen.found?)
    }

    /// Fills from an object that stands in a line, whatever members it has.
    pub(super) fn fill<'a>(&self, object: &'a [u8], found: &mut Found<'a>) {
        let outer = std::mem::take(found);
        let mut seen = Seen { present: Vec::new(), ranks: HashMap::new(), found: Some(Found::default()) };
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
        let mut members = Members::of(text)?;
        let base = prefix.len();
        for (key, value) in members.by_ref() {
            prefix.truncate(base);
            if base > 0 {
                prefix.push(b'.');
            }
            prefix.extend_from_slice(key);
            for (slot, paths) in seen.present.iter_mut().zip(require) {
                *slot = *slot || paths.iter().any(|path| path == prefix);
            }
            if let Some(targets) = self.paths.get(prefix.as_slice()) {
                targets.iter().for_each(|target| seen.take(*target, value));
            }
            if let Value::Object(object) = value
                && depth < MAX_DEPTH
                && self.inner.contains_key(prefix.as_slice())
            {
                self.collect(object, require, prefix, depth + 1, seen);
            }
        }
        prefix.truncate(base);
        members.is_sound().then_some(())
    }
}

/// What was met on the walk through a line.
struct Seen<'a> {
    present: Vec<bool>,
    ranks: HashMap<Option<Field>, usize>,
    found: Option<Found<'a>>,
}

impl<'a> Seen<'a> {
    fn take(&mut self, target: Target, value: Value<'a>) {
        let Some(found) = &mut self.found else { return };
        if self.ranks.get(&target.slot).is_some_and(|&rank| rank < target.rank) {
            return;
        }
        let Some(text) = first_text(value).filter(|text| !text.is_empty()) else { return };
        match target.slot {
            None => match read_any(&text) {
                Some(stamp) => found.stamp = Some(stamp),
                None => return,
            },
            Some(Field::Client) => {
                let address = match text {
                    Cow::Borrowed(text) => Cow::Borrowed(without_port(text)),
                    Cow::Owned(text) => Cow::Owned(without_port(&text).to_vec()),
                };
                found.fields.clear(Field::Client);
                found.fields.set(Field::Client, address);
            }
            Some(field) => {
                let text = if target.unit == 0 { text } else { scaled(&text, target.unit) };
                found.fields.clear(field);
                found.fields.set(field, text);
            }
        }
        self.ranks.insert(target.slot, target.rank);
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

/// A number in `unit` microseconds (or in nanoseconds, for a unit of -1000) as whole microseconds.
fn scaled(text: &[u8], unit: i64) -> Cow<'static, [u8]> {
    let number = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.trim_end_matches(['s', 'm']).parse::<f64>().ok())
        .unwrap_or(0.0);
    let micros = if unit < 0 { number / -(unit as f64) } else { number * unit as f64 };
    Cow::Owned((micros.round() as i64).to_string().into_bytes())
}
