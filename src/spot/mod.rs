//! In: records. Out: [`Hit`]s: the signatures that a record shows, with what the line says it is about.
//! Promise: only the signatures of the record's layout are tried, in an order that does not matter; a record that is
//! none of them costs one pass of a literal searcher over its message.
//! Why not one set of all regular expressions: it is slower by an order of magnitude, and would let one product's
//! wording match in another's log.

mod anchors;
pub mod condition;
mod hit;
mod recalled;
pub mod reference;
mod refusal;
pub mod signature;
mod store;
mod title;

pub use hit::Hit;
pub use recalled::Recalled;
pub use title::{fill, placeholders, unfilled};

use crate::detect::catalogue::Layouts;
use crate::detect::template::Skim;
use crate::model::field::Field;
use crate::model::lossy::lossy;
use crate::model::record::Record;
use anchors::Anchors;
use condition::{Condition, Reaches};
use refusal::Refusal;
use rustc_hash::FxHashMap;
use signature::{Signature, SignatureText};
use std::sync::OnceLock;
use store::Store;

/// All signatures of a run.
#[derive(Debug)]
pub struct Signatures {
    store: Store,
    /// What is searched in records of each layout, built when the layout is first met.
    matchers: Vec<OnceLock<Matcher>>,
}

/// What captures say that a hit is about, in the place of the fields of these names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Subject<'r> {
    /// The machine.
    pub host: Option<&'r [u8]>,
    /// Virtual host, backend, frontend.
    pub service: Option<&'r [u8]>,
    /// The server behind.
    pub upstream: Option<&'r [u8]>,
    /// Process, unit, pool, package.
    pub program: Option<&'r [u8]>,
}

/// What to search in the records of one layout.
#[derive(Debug)]
struct Matcher {
    anchors: Option<Anchors>,
    /// Signatures without an anchor, by the status that they ask for.
    by_status: FxHashMap<i64, Vec<usize>>,
    /// Signatures without an anchor and without a status.
    any_status: Vec<usize>,
    /// What can be told of each of these two from a request that is skimmed.
    told_by_status: FxHashMap<i64, Vec<Told>>,
    told: Vec<Told>,
    /// Bit by status: one of `by_status` asks for it. A number that is no status is asked for by none.
    asked: [u64; ASKED.div_ceil(64)],
}

/// The conditions of a signature that can be told from a request that is skimmed.
#[derive(Debug)]
struct Told {
    /// What settles most.
    refusal: Option<Refusal>,
    conditions: Vec<Condition>,
}

impl Told {
    fn of(signature: &Signature) -> Self {
        // What stands behind may be shaped once it is read whole.
        let told = |condition: &&Condition| {
            Skim::holds(condition.field()) && !matches!(condition.field(), Field::Upstream | Field::Duration)
        };
        let conditions: Vec<Condition> = signature.conditions.iter().filter(told).cloned().collect();
        Self { refusal: Refusal::of(&conditions), conditions }
    }

    /// Whether a request with these fields is known not to show the signature.
    #[inline]
    fn refuses(&self, fields: &Skim<'_>) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| refusal.refuses(|field| fields.get(field)))
            || self.conditions.iter().any(|condition| !condition.holds_for(fields.get(condition.field())))
    }
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

impl Signatures {
    /// The signatures that are part of the program.
    pub fn embedded(layouts: &Layouts) -> anyhow::Result<Self> {
        Self::embedded_with(Vec::new(), layouts).map_err(anyhow::Error::msg)
    }

    /// The signatures that are part of the program, and others; one of these replaces the one of the same id.
    pub fn embedded_with(others: Vec<SignatureText>, layouts: &Layouts) -> Result<Self, String> {
        Self::of(Store::embedded(), others, layouts)
    }

    /// Compiles signatures; a later one replaces an earlier one with the same id.
    pub fn compile(texts: Vec<SignatureText>, layouts: &Layouts) -> Result<Self, String> {
        Self::of(Store::default(), texts, layouts)
    }

    fn of(mut store: Store, others: Vec<SignatureText>, layouts: &Layouts) -> Result<Self, String> {
        store.add(others)?;
        let mut signatures = Self { store, matchers: Vec::new() };
        signatures.cover(layouts);
        Ok(signatures)
    }

    /// Says anew which layouts there are; for layouts that came later than the signatures.
    pub fn cover(&mut self, layouts: &Layouts) {
        self.store.cover(layouts);
        self.matchers = (0..self.store.layouts()).map(|_| OnceLock::new()).collect();
    }

    /// The signature at `index`.
    pub fn get(&self, index: usize) -> &Signature {
        self.store.get(index)
    }

    /// All signatures.
    pub fn iter(&self) -> impl Iterator<Item = &Signature> {
        (0..self.store.len()).map(|index| self.get(index))
    }

    /// The index of the signature called `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.store.find(id)
    }

    /// The signatures that a record shows, in the order of the catalogue. `hits` is cleared first. What was found in
    /// earlier records may be `recalled`; it tells nothing but what the text says.
    pub fn spot(&self, record: &Record<'_>, recalled: &mut Recalled, hits: &mut Vec<Hit>) {
        hits.clear();
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
        hits.retain_mut(|hit| self.prove(hit, record, recalled, &mut reaches));
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

    /// What tells which requests of a layout show no signature.
    pub fn of_requests(&self, layout: usize) -> OfRequests<'_> {
        OfRequests(self.matchers[layout].get_or_init(|| self.matcher(layout)))
    }

    /// Whether no record of a layout with this message and this text shows a signature, whatever its other fields are. The
    /// message may be more than that of the record. False where that does not show in them.
    pub fn show_nothing(&self, layout: usize, message: &[u8], text: &[u8], recalled: &mut Recalled) -> bool {
        let matcher = self.matchers[layout].get_or_init(|| self.matcher(layout));
        let mut any = !matcher.by_status.is_empty() || !matcher.any_status.is_empty();
        if let Some(anchors) = matcher.anchors.as_ref().filter(|_| !any) {
            anchors.find(message, |owner| any = any || self.may_show(owner, text, recalled));
        }
        !any
    }

    /// Whether a text with an anchor of a signature may show it.
    fn may_show(&self, owner: usize, text: &[u8], recalled: &mut Recalled) -> bool {
        let signature = self.get(owner);
        match signature.text.regex {
            None => true,
            Some(_) if signature.names_subject() => recalled.groups(owner, signature, text).is_some(),
            Some(_) => signature.has_regex(text),
        }
    }

    fn matcher(&self, layout: usize) -> Matcher {
        let mut anchors: Vec<(&[u8], usize)> = Vec::new();
        let (mut by_status, mut any_status): (FxHashMap<i64, Vec<usize>>, Vec<usize>) =
            (FxHashMap::default(), Vec::new());
        for index in self.store.of_layout(layout) {
            let before = anchors.len();
            anchors.extend(self.store.anchors(index).map(|anchor| (anchor, index)));
            if anchors.len() == before {
                match self.get(index).conditions.iter().find_map(condition::Condition::statuses) {
                    Some(statuses) => {
                        statuses.into_iter().for_each(|status| by_status.entry(status).or_default().push(index))
                    }
                    None => any_status.push(index),
                }
            }
        }
        let anchors = (!anchors.is_empty()).then(|| Anchors::new(&anchors));
        let mut asked = [0; ASKED.div_ceil(64)];
        for status in by_status.keys().filter_map(|&status| usize::try_from(status).ok()).filter(|&at| at < ASKED) {
            asked[status / 64] |= 1 << (status % 64);
        }
        let told = |indices: &[usize]| indices.iter().map(|&index| Told::of(self.get(index))).collect();
        let told_by_status = by_status.iter().map(|(&status, indices)| (status, told(indices))).collect();
        Matcher { anchors, told_by_status, by_status, told: told(&any_status), any_status, asked }
    }

    /// Whether the record fulfils all of a signature whose anchor it has.
    fn prove(&self, hit: &mut Hit, record: &Record<'_>, recalled: &mut Recalled, reaches: &mut Reaches) -> bool {
        let signature = self.get(hit.signature);
        signature.holds(record.fields, reaches)
            && (signature.text.regex.is_none() || hit.matches(signature, record, recalled))
    }

    /// What the line says by captures about what the hit is about.
    pub fn subject<'r>(&self, hit: &Hit, record: &'r Record<'_>) -> Subject<'r> {
        let signature = self.get(hit.signature);
        let of = |group: Option<usize>| group.and_then(|group| hit.group(signature, record, group));
        let [host, service, upstream, program] = signature.subject_groups().map(of);
        Subject { host, service, upstream, program }
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
        let mut title = String::new();
        self.title_into(hit, record, &mut title);
        title
    }

    /// The same, put to what stands in `out`.
    pub fn title_into(&self, hit: &Hit, record: &Record<'_>, out: &mut String) {
        let signature = self.get(hit.signature);
        signature.title().fill(out, |place, out| {
            let captured = place.group.and_then(|group| hit.group(signature, record, group));
            let value = captured.or_else(|| place.field.and_then(|field| record.fields.get(field)));
            value.map(|value| out.push_str(&lossy(value))).is_some()
        });
    }
}

/// The signatures of a layout, as far as they ask for what is skimmed of a request.
#[derive(Debug, Clone, Copy)]
pub struct OfRequests<'s>(&'s Matcher);

impl OfRequests<'_> {
    /// Whether a request with this status shows none of them, whatever else it says. False where that does not show in
    /// what was skimmed.
    #[inline]
    pub fn leave_out(self, status: i64, fields: &Skim<'_>) -> bool {
        let Matcher { anchors, told, .. } = self.0;
        anchors.is_none()
            && (!self.0.asks_for(status) || self.refuses(status, fields))
            && told.iter().all(|told| told.refuses(fields))
    }

    /// Whether all signatures that ask for a status refuse a request that has it.
    #[cold]
    fn refuses(self, status: i64, fields: &Skim<'_>) -> bool {
        self.0.told_by_status.get(&status).is_some_and(|told| told.iter().all(|told| told.refuses(fields)))
    }
}

#[cfg(test)]
mod tests;
