//! In: records. Out: [`Hit`]s: the signatures that a record shows, with what the line says it is about.
//! Promise: only the signatures of the record's layout are tried, in an order that does not matter; a record that is
//! none of them costs one pass of a literal searcher over its message.
//! Why not one set of all regular expressions: it is slower by an order of magnitude, and would let one product's
//! wording match in another's log.

mod anchors;
pub mod condition;
mod hit;
pub mod reference;
mod refusal;
pub mod signature;
mod title;

pub use hit::Hit;
pub use title::{fill, placeholders, unfilled};

use crate::detect::catalogue::Layouts;
use crate::detect::template::Skim;
use crate::embedded::Entry;
use crate::model::field::Field;
use crate::model::lossy::lossy;
use crate::model::record::Record;
use anchors::Anchors;
use condition::{Condition, Reaches};
use refusal::Refusal;
use rustc_hash::FxHashMap;
use signature::{Signature, SignatureText};
use std::borrow::Cow;
use std::sync::OnceLock;

/// All signatures of a run.
#[derive(Debug)]
pub struct Signatures {
    list: Vec<Slot>,
    /// Position in `list` by id.
    by_id: FxHashMap<Cow<'static, str>, usize>,
    /// What is searched in records of each layout, built when the layout is first met.
    matchers: Vec<OnceLock<Matcher>>,
    /// The signatures of each layout.
    by_layout: Vec<Vec<usize>>,
}

/// What to search in the records of one layout.
#[derive(Debug)]
struct Matcher {
    anchors: Option<Anchors>,
    /// Signatures without an anchor, by the status that they ask for.
    by_status: FxHashMap<i64, Vec<usize>>,
    /// Signatures without an anchor and without a status.
    any_status: Vec<usize>,
    /// For each of them, the conditions that can be told from a request that is skimmed, and what settles most.
    told: Vec<(Option<Refusal>, Vec<Condition>)>,
    /// Bit by status: one of `by_status` asks for it. A number that is no status is asked for by none.
    asked: [u64; ASKED.div_ceil(64)],
}

/// Statuses that [`Matcher::asked`] has a bit for.
const ASKED: usize = 1024;

impl Matcher {
    fn asks_for(&self, status: i64) -> bool {
        match usize::try_from(status) {
            Ok(status) if status < ASKED => self.asked[status / 64] >> (status % 64) & 1 == 1,
            _ => self.by_status.contains_key(&status),
        }
    }
}

/// A signature, compiled when a record of its layouts is first met.
#[derive(Debug)]
struct Slot {
    /// Names of the layouts and families that it may be met in, with commas.
    layouts: Cow<'static, str>,
    text: Entry<SignatureText>,
    compiled: OnceLock<Box<Signature>>,
}

impl Signatures {
    /// The signatures that are part of the program.
    pub fn embedded(layouts: &Layouts) -> anyhow::Result<Self> {
        Self::embedded_with(Vec::new(), layouts).map_err(anyhow::Error::msg)
    }

    /// The signatures that are part of the program, and others; one of these replaces the one of the same id.
    pub fn embedded_with(others: Vec<SignatureText>, layouts: &Layouts) -> Result<Self, String> {
        let texts = include_str!(concat!(env!("OUT_DIR"), "/signatures.txt"));
        let mut building = Building::default();
        let count = memchr::memchr_iter(b'\n', texts.as_bytes()).count();
        building.list.reserve_exact(count);
        building.by_id.reserve(count);
        // Nothing is copied, and nothing of a signature is read.
        for line in texts.lines() {
            let mut parts = line.splitn(3, '\t');
            if let (Some(id), Some(names), Some(text)) = (parts.next(), parts.next(), parts.next()) {
                let text = Entry::embedded(text);
                building.add(id.into(), Slot { layouts: names.into(), text, compiled: OnceLock::new() });
            }
        }
        building.add_all(others)?;
        Ok(building.finish(layouts))
    }

    /// Compiles signatures; a later one replaces an earlier one with the same id.
    pub fn compile(texts: Vec<SignatureText>, layouts: &Layouts) -> Result<Self, String> {
        let mut building = Building::default();
        building.add_all(texts)?;
        Ok(building.finish(layouts))
    }

    /// Says anew which signatures each layout has; for layouts that came later than the signatures.
    pub fn cover(&mut self, layouts: &Layouts) {
        let mut by_layout = vec![Vec::new(); layouts.iter().count()];
        // A few names, each used by hundreds of signatures.
        let mut resolved: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (index, slot) in self.list.iter().enumerate() {
            for name in slot.layouts.split(',') {
                for &layout in resolved.entry(name).or_insert_with(|| layouts.resolve(name)).iter() {
                    let members: &mut Vec<usize> = &mut by_layout[layout];
                    if members.last() != Some(&index) {
                        members.push(index);
                    }
                }
            }
        }
        self.matchers = by_layout.iter().map(|_| OnceLock::new()).collect();
        self.by_layout = by_layout;
    }

    /// The signature at `index`.
    pub fn get(&self, index: usize) -> &Signature {
        let slot = &self.list[index];
        slot.compiled.get_or_init(|| Box::new(embedded(slot.text.get())))
    }

    /// All signatures.
    pub fn iter(&self) -> impl Iterator<Item = &Signature> {
        (0..self.list.len()).map(|index| self.get(index))
    }

    /// The index of the signature called `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The signatures that a record shows, in the order of the catalogue. `hits` is cleared first.
    pub fn spot(&self, record: &Record<'_>, hits: &mut Vec<Hit>) {
        hits.clear();
        if self.by_layout[record.layout].is_empty() {
            return;
        }
        let matcher = self.matchers[record.layout].get_or_init(|| self.matcher(record.layout));
        if let Some(anchors) = &matcher.anchors {
            anchors.find(record.message(), |owner| {
                if !hits.iter().any(|hit| hit.signature == owner) {
                    hits.push(Hit::candidate(owner));
                }
            });
            hits.sort_unstable_by_key(|hit| hit.signature);
        }
        if !matcher.by_status.is_empty()
            && let Some(status) = record.fields.number(Field::Status)
            && let Some(candidates) = matcher.by_status.get(&status)
        {
            hits.extend(candidates.iter().copied().map(Hit::candidate));
        }
        hits.extend(matcher.any_status.iter().copied().map(Hit::candidate));
        let mut reaches = Reaches::default();
        hits.retain_mut(|hit| self.prove(hit, record, &mut reaches));
        if hits.len() < 2 {
            return;
        }
        // A wording that is nobody's own counts where nothing better does, and then once.
        if hits.iter().any(|hit| !self.get(hit.signature).text.generic) {
            hits.retain(|hit| !self.get(hit.signature).text.generic);
        } else {
            hits.truncate(1);
        }
    }

    /// Whether a request with this status shows no signature, whatever else it says. False where that does not show in
    /// what was skimmed.
    pub fn are_quiet(&self, layout: usize, status: i64, fields: &Skim<'_>) -> bool {
        if self.by_layout[layout].is_empty() {
            return true;
        }
        let matcher = self.matchers[layout].get_or_init(|| self.matcher(layout));
        matcher.anchors.is_none()
            && !matcher.asks_for(status)
            && matcher.told.iter().all(|(refusal, conditions)| {
                refusal.as_ref().is_some_and(|refusal| refusal.refuses(|field| fields.get(field)))
                    || conditions.iter().any(|condition| !condition.holds_for(fields.get(condition.field())))
            })
    }

    fn matcher(&self, layout: usize) -> Matcher {
        let mut anchors: Vec<(&[u8], usize)> = Vec::new();
        let (mut by_status, mut any_status): (FxHashMap<i64, Vec<usize>>, Vec<usize>) =
            (FxHashMap::default(), Vec::new());
        for &index in &self.by_layout[layout] {
            let signature = self.get(index);
            for anchor in &signature.anchors {
                anchors.push((anchor.as_bytes(), index));
            }
            if signature.anchors.is_empty() {
                match signature.conditions.iter().find_map(condition::Condition::statuses) {
                    Some(statuses) => {
                        statuses.into_iter().for_each(|status| by_status.entry(status).or_default().push(index))
                    }
                    None => any_status.push(index),
                }
            }
        }
        let anchors = (!anchors.is_empty()).then(|| Anchors::new(anchors.into_iter()));
        let mut asked = [0; ASKED.div_ceil(64)];
        for status in by_status.keys().filter_map(|&status| usize::try_from(status).ok()).filter(|&at| at < ASKED) {
            asked[status / 64] |= 1 << (status % 64);
        }
        // What stands behind may be shaped once it is read whole.
        let told = |condition: &&Condition| {
            Skim::holds(condition.field()) && !matches!(condition.field(), Field::Upstream | Field::Duration)
        };
        let told = any_status.iter().map(|&index| {
            let conditions: Vec<Condition> = self.get(index).conditions.iter().filter(told).cloned().collect();
            (Refusal::of(&conditions), conditions)
        });
        Matcher { anchors, by_status, told: told.collect(), any_status, asked }
    }

    /// Whether the record fulfils all of a signature whose anchor it has.
    fn prove(&self, hit: &mut Hit, record: &Record<'_>, reaches: &mut Reaches) -> bool {
        let signature = self.get(hit.signature);
        signature.holds(record.fields, reaches) && (signature.text.regex.is_none() || hit.matches(signature, record))
    }

    /// What the line says by a capture of this name.
    pub fn capture<'r>(&self, hit: &Hit, record: &'r Record<'_>, name: &str) -> Option<&'r [u8]> {
        hit.capture(self.get(hit.signature), record, name)
    }

    /// All that the line says by captures, with their names.
    pub fn captures<'r>(&'r self, hit: &'r Hit, record: &'r Record<'_>) -> impl Iterator<Item = (&'r str, &'r [u8])> {
        let signature = self.get(hit.signature);
        let names = signature.names();
        hit.groups(signature, record)
            .iter()
            .filter_map(|(place, range)| Some((names.get(*place)?.1.as_str(), record.text.get(range.clone())?)))
    }

    /// The title of a hit with its captures and the record's fields put in.
    pub fn title(&self, hit: &Hit, record: &Record<'_>) -> String {
        let signature = self.get(hit.signature);
        signature.title().fill(|place, out| {
            let captured = hit.capture(signature, record, &place.name);
            let value = captured.or_else(|| place.field.and_then(|field| record.fields.get(field)));
            value.map(|value| out.push_str(&lossy(value))).is_some()
        })
    }
}

/// Signatures on their way into a catalogue.
#[derive(Default)]
struct Building {
    list: Vec<Slot>,
    by_id: FxHashMap<Cow<'static, str>, usize>,
}

impl Building {
    fn add(&mut self, id: Cow<'static, str>, slot: Slot) {
        match self.by_id.get(&id) {
            Some(&index) => self.list[index] = slot,
            None => {
                self.by_id.insert(id, self.list.len());
                self.list.push(slot);
            }
        }
    }

    fn add_all(&mut self, texts: Vec<SignatureText>) -> Result<(), String> {
        for text in texts {
            let (id, layouts) = (text.id.clone(), text.layouts.join(","));
            let compiled = Signature::compile(text.clone()).map_err(|error| format!("signature `{id}`: {error}"))?;
            let compiled = OnceLock::from(Box::new(compiled));
            self.add(id.into(), Slot { layouts: layouts.into(), text: Entry::ready(text), compiled });
        }
        Ok(())
    }

    fn finish(self, layouts: &Layouts) -> Signatures {
        let mut signatures =
            Signatures { list: self.list, by_id: self.by_id, matchers: Vec::new(), by_layout: Vec::new() };
        signatures.cover(layouts);
        signatures
    }
}

#[expect(clippy::expect_used, reason = "a part of the program; a test compiles each")]
fn embedded(text: &SignatureText) -> Signature {
    Signature::compile(text.clone()).expect("an embedded signature")
}
