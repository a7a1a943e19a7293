//! Layouts of JSON and logfmt lines: which members make them, and which members are which field.

use super::json_forms::{KnownForms, Meaning, Met, MetKind};
use super::json_seen::{Seen, Slot, Target};
use super::layout::JsonText;
use super::logfmt::LogfmtPairs;
use super::outline::{self, Outline};
use super::severity::Scale;
use super::template::{Found, Place};
use crate::model::field::Field;
use crate::peel::json::{Members, Value};
use rustc_hash::FxHashMap;

/// How deep a dotted path may reach.
pub(super) const MAX_DEPTH: usize = 4;
/// How many members a layout may require: one bit each.
const MAX_REQUIRED: usize = 32;

/// A compiled `[layout.json]` table.
#[derive(Debug)]
pub(super) struct JsonLayout {
    paths: FxHashMap<Vec<u8>, Member>,
    /// How many sets of members there are, of each of which one must be there.
    required: usize,
    /// The same for a line of a log that other lines told.
    further: usize,
    /// What of each required set an [`Outline`] shows.
    sets: Vec<u128>,
    syntax: Syntax,
}

/// What a member with this path is to a layout.
#[derive(Debug, Default)]
struct Member {
    /// Bit by set of required members.
    require: u32,
    /// The same for a line of a log that other lines told.
    further: u32,
    refused: bool,
    targets: Vec<Target>,
    /// An object that holds a member with a path of its own.
    inner: bool,
}

/// Which of the required members a line must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Require,
    Further,
    Nothing,
}

/// How the members are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// One JSON object.
    Json,
    /// `key=value` pairs.
    Logfmt,
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

impl JsonLayout {
    pub(super) fn compile(text: &JsonText, syntax: Syntax) -> Result<Self, String> {
        let mut paths: FxHashMap<Vec<u8>, Member> = FxHashMap::default();
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
                        paths.entry(path.as_bytes().to_vec()).or_default().targets.push(target);
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
                let target = Target { slot, scale, rank, unit };
                paths.entry(path.as_bytes().to_vec()).or_default().targets.push(target);
            }
        }
        for (rank, path) in (0..u8::MAX).zip(&text.joins) {
            let target = Target { slot: Slot::Further, scale: None, rank, unit: 0 };
            paths.entry(path.as_bytes().to_vec()).or_default().targets.push(target);
        }
        for (at, set) in require.iter().enumerate() {
            set.iter().for_each(|path| paths.entry(path.clone()).or_default().require |= 1 << at);
        }
        for (at, set) in further.iter().enumerate() {
            set.iter().for_each(|path| paths.entry(path.clone()).or_default().further |= 1 << at);
        }
        let outer: Vec<Vec<u8>> = paths
            .keys()
            .flat_map(|path| {
                let points = path.iter().enumerate().filter(|&(_, &byte)| byte == b'.');
                points.map(|(at, _)| path[..at].to_vec())
            })
            .collect();
        outer.into_iter().for_each(|path| paths.entry(path).or_default().inner = true);
        for path in &text.refuse {
            paths.entry(path.as_bytes().to_vec()).or_default().refused = true;
        }
        let sets = require.iter().map(|set| set.iter().fold(0, |bits, path| bits | outline::key_bit(path))).collect();
        Ok(Self { paths, required: require.len(), further: further.len(), sets, syntax })
    }

    /// 0 unless the line is an object with the required members; else more, the more are required.
    pub(super) fn fit(&self, line: &[u8]) -> u32 {
        let mut seen = Seen::new(self.required, None);
        match self.collect(line, Asked::Require, &mut Vec::new(), 0, &mut seen) {
            Some(()) if seen.fits() => 20 + 8 * self.required as u32,
            _ => 0,
        }
    }

    /// Whether a line with these members may fit; false only for one that does not.
    pub(super) fn may_fit(&self, outline: &Outline) -> bool {
        self.syntax != Syntax::Json || self.sets.iter().all(|set| outline.has_one_of(*set))
    }

    /// Reads a line into `found`, which is empty before, and after a refusal; by the form of a line before where `forms`
    /// are kept and it has one.
    pub(super) fn read_into<'a>(&self, text: &'a [u8], forms: Option<&mut KnownForms>, found: &mut Found<'a>) -> bool {
        let mut seen = Seen::new(self.further, Some(found));
        let known = match (forms, self.syntax) {
            (Some(forms), Syntax::Json) => forms.read(self, text, &mut seen),
            _ => None,
        };
        let fits = known.unwrap_or_else(|| {
            self.collect(text, Asked::Further, &mut Vec::new(), 0, &mut seen).is_some() && seen.fits()
        });
        if fits {
            seen.settle();
        } else {
            found.reset();
        }
        fits
    }

    /// What lines with these members are to this layout; nothing if it needs more of them than plain values.
    pub(super) fn meaning(&self, members: &[Met]) -> Option<Meaning> {
        let mut seen = Seen::new(self.further, None);
        let mut fills = Vec::new();
        for member in members {
            let inner = self.meet(&member.path, Value::Null, Asked::Further, &mut seen);
            let targets = self.targets(&member.path);
            match member.kind {
                MetKind::Value(at) => fills.extend(targets.iter().map(|target| (at, *target))),
                MetKind::First(at) if !inner && targets.iter().all(|target| target.slot != Slot::Further) => {
                    fills.extend(targets.iter().map(|target| (at, *target)));
                }
                MetKind::Null => {}
                MetKind::Object if targets.is_empty() => {}
                MetKind::Opaque if targets.is_empty() && !inner => {}
                _ => return None,
            }
        }
        Some(if seen.fits() { Meaning::Fills(fills) } else { Meaning::Refused })
    }

    /// Whether a line of a log that other lines told has this layout.
    pub(super) fn reads(&self, line: &[u8]) -> bool {
        let mut seen = Seen::new(self.further, None);
        self.syntax == Syntax::Json
            && self.collect(line, Asked::Further, &mut Vec::new(), 0, &mut seen).is_some()
            && seen.fits()
    }

    fn targets(&self, path: &[u8]) -> &[Target] {
        self.paths.get(path).map(|member| member.targets.as_slice()).unwrap_or_default()
    }

    /// What a member means for a request that is skimmed; nothing if that does not show in its value alone.
    pub(super) fn uses(&self, path: &[u8]) -> Option<Vec<Use>> {
        let used = self.targets(path).iter().filter_map(|&Target { slot, scale, rank, unit }| match slot {
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
        self.paths.get(path).is_some_and(|member| member.inner)
    }

    /// Fills from an object that stands in a line, whatever members it has.
    pub(super) fn fill<'a>(&self, object: &'a [u8], found: &mut Found<'a>) {
        let outer = std::mem::take(found);
        let mut inner = Found::default();
        let mut seen = Seen::new(0, Some(&mut inner));
        // An object that was cut still says what stands before the cut.
        self.collect(object, Asked::Nothing, &mut Vec::new(), 0, &mut seen);
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
        asked: Asked,
        prefix: &mut Vec<u8>,
        depth: usize,
        seen: &mut Seen<'_, 'a>,
    ) -> Option<()> {
        if self.syntax == Syntax::Logfmt {
            for (key, value) in LogfmtPairs::of(text)? {
                self.meet(key, value, asked, seen);
            }
            return Some(());
        }
        let mut members = Members::of(text)?;
        let base = prefix.len();
        for (key, value) in members.by_ref() {
            extend_path(prefix, key);
            let goes_into = self.meet(prefix, value, asked, seen);
            let inner = match value {
                Value::Object(object) => Some(object),
                // Of a list of objects the first counts: OTLP wraps its records in three such lists.
                Value::Array(list) => Some(list.get(1..).unwrap_or_default().trim_ascii_start()),
                _ => None,
            };
            if let Some(object) = inner
                && goes_into
                && depth < MAX_DEPTH
            {
                self.collect(object, asked, prefix, depth + 1, seen);
            }
            prefix.truncate(base);
        }
        members.is_sound().then_some(())
    }

    /// Notes a member; tells whether it is an object of which members are looked at.
    fn meet<'a>(&self, path: &[u8], value: Value<'a>, asked: Asked, seen: &mut Seen<'_, 'a>) -> bool {
        let Some(member) = self.paths.get(path) else { return false };
        seen.present |= match asked {
            Asked::Require => member.require,
            Asked::Further => member.further,
            Asked::Nothing => 0,
        };
        seen.refused |= member.refused;
        member.targets.iter().for_each(|target| seen.take(*target, value));
        member.inner
    }
}

/// Adds a key to the path of an object.
pub(super) fn extend_path(path: &mut Vec<u8>, key: &[u8]) {
    if !path.is_empty() {
        path.push(b'.');
    }
    path.extend_from_slice(key);
}
