//! In: records with their hits. Out: a [`Tally`]: integers, and a few lines to quote.
//! Promise: it only adds. `merge(a, b) = merge(b, a)` in any grouping, and memory is bounded: where there would be too
//! many of a thing, it is kept coarser, by a rule that depends on what was counted and not on the order.
//! Why no floating point and no "top k" lists: both give other results for another order of the files.

mod about;
pub mod breakdown;
pub mod collect;
pub mod evidence;
mod group;
pub mod moved;
mod open_breakdowns;
mod packed;
mod passed;
pub mod probes;
mod quota;
pub mod quote;
mod scoped;
pub mod series;
pub mod sketch;
mod subject;
pub mod template;
mod unknown;
pub mod vantage;
mod watch;

use crate::detect::layout::Family;
use crate::model::trouble::Trouble;
use crate::parse::Fates;
use evidence::Quotes;
use quota::Quota;
use serde::{Deserialize, Serialize};
use series::Series;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use vantage::{VantageKey, VantageTally};

/// Scopes kept per signature before they are told apart less finely.
const MAX_SCOPES: usize = 400;
/// Seconds kept per signature and scope.
const MAX_HIT_SECONDS: usize = 20_000;
/// Shapes of unknown errors kept per log.
const MAX_SHAPES: usize = 400;

/// What a hit is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The machine.
    pub host: String,
    /// Name of the log, without rotation.
    pub log: String,
    /// Virtual host, backend, frontend.
    pub service: String,
    /// The server behind: address and port, socket, `backend/server`.
    pub upstream: String,
    /// Process, unit, pool, package.
    pub program: String,
    /// What tells lines of one signature apart that have different reasons: which exception, which function.
    pub topic: String,
}

impl Scope {
    /// The scope told apart less finely: level 1 without upstream, 2 without service and program too, 3 without log.
    fn coarser(mut self, level: u8) -> Self {
        if level >= 1 {
            self.topic.clear();
            self.upstream.clear();
        }
        if level >= 2 {
            self.service.clear();
            self.program.clear();
        }
        if level >= 3 {
            self.log.clear();
            self.host.clear();
        }
        self
    }
}

/// Hits of one signature in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitTally {
    /// Records by second.
    pub times: Series,
    /// Lines to quote.
    pub quotes: Quotes,
    /// Records that are themselves a request answered with the status that is looked for.
    pub on_failed: Series,
}

impl HitTally {
    fn new() -> Self {
        Self {
            times: Series::new(1, MAX_HIT_SECONDS),
            quotes: Quotes::default(),
            on_failed: Series::new(1, MAX_HIT_SECONDS),
        }
    }

    fn add(&mut self, other: HitTally) {
        self.times.add(other.times);
        self.quotes.add(other.quotes);
        self.on_failed.add(other.on_failed);
    }
}

/// Hits of one signature.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureTally {
    level: u8,
    /// By scope.
    #[serde(with = "pairs")]
    pub scopes: BTreeMap<Scope, HitTally>,
}

impl SignatureTally {
    fn coarsen(&mut self, level: u8) {
        self.level = level;
        for (scope, hits) in std::mem::take(&mut self.scopes) {
            self.put(scope, hits);
        }
    }

    fn put(&mut self, scope: Scope, hits: HitTally) {
        match self.scopes.entry(scope.coarser(self.level)) {
            std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().add(hits),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(hits);
            }
        }
    }

    fn add(&mut self, mut other: SignatureTally) {
        let level = self.level.max(other.level);
        self.coarsen(level);
        other.coarsen(level);
        for (scope, hits) in other.scopes {
            self.put(scope, hits);
        }
        while self.scopes.len() > MAX_SCOPES && self.level < 3 {
            self.coarsen(self.level + 1);
        }
        limit(Quota::of(self.level, self.scopes.len()), self.scopes.values_mut());
    }
}

/// Error-level records of one log that no signature knows, by shape.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapesTally {
    /// Words of a shape that are told apart: all, then fewer as there are too many.
    level: u8,
    /// By shape.
    pub shapes: BTreeMap<String, HitTally>,
}

impl ShapesTally {
    fn coarsen(&mut self, level: u8) {
        self.level = level;
        for (shape, hits) in std::mem::take(&mut self.shapes) {
            match self.shapes.entry(shorten(&shape, level).into_owned()) {
                std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().add(hits),
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(hits);
                }
            }
        }
        limit(Quota::of(self.level, self.shapes.len()), self.shapes.values_mut());
    }

    fn add(&mut self, mut other: ShapesTally) {
        let level = self.level.max(other.level);
        self.coarsen(level);
        other.coarsen(level);
        for (shape, hits) in other.shapes {
            match self.shapes.entry(shape) {
                std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().add(hits),
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(hits);
                }
            }
        }
        while self.shapes.len() > MAX_SHAPES && self.level < 3 {
            self.coarsen(self.level + 1);
        }
        limit(Quota::of(self.level, self.shapes.len()), self.shapes.values_mut());
    }
}

/// Keeps no more lines to quote than this quota.
fn limit<'h>(quota: Quota, all: impl Iterator<Item = &'h mut HitTally>) {
    if !quota.is_full() {
        all.for_each(|hits| hits.quotes.limit(quota));
    }
}

/// The first words of a shape: all of them at level 0, then 8, 3, none.
fn shorten(shape: &str, level: u8) -> Cow<'_, str> {
    let words = match level {
        0 => return Cow::Borrowed(shape),
        1 => 8,
        2 => 3,
        _ => 0,
    };
    let kept: Vec<&str> = shape.split(' ').take(words).collect();
    if kept.len() == shape.split(' ').count() {
        Cow::Borrowed(shape)
    } else {
        Cow::Owned(format!("{} …", kept.join(" ").trim_end_matches(" …")))
    }
}

/// What one member was, and how its lines fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTally {
    /// The machine; empty when unknown.
    pub host: String,
    /// Name of the log, without rotation.
    pub log: String,
    /// Whether it is the file that was still being written.
    pub live: bool,
    /// Id of the layout that most lines had; empty for none.
    pub format: String,
    /// Ids of all layouts it was read by, most lines first, then those met on the way.
    pub formats: BTreeSet<String>,
    /// Kind of log of `format`.
    pub family: Option<Family>,
    /// Share of the sampled lines that had a layout, in thousandths.
    pub score: u32,
    /// The layout that came second, and why.
    pub runner_up: String,
    /// Envelopes from the outside in.
    pub envelopes: Vec<String>,
    /// Where the zone comes from.
    pub zone: String,
    /// Where the year comes from.
    pub year: String,
    /// Whether it was not read, because it ends before the window.
    #[serde(default)]
    pub passed_over: bool,
    /// The byte of the file, counted from 0, at which reading began and from which its lines are numbered; see
    /// [`file`](Self::file).
    #[serde(default)]
    pub from: u64,
    /// How its lines fared.
    pub fates: Fates,
    /// Requests answered with the status that is looked for.
    pub failed: u64,
    /// Records by layout, in buckets of a minute: what the log was able to show when.
    pub coverage: BTreeMap<String, Series>,
}

/// Everything that the later stages know. See the module's promise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// By what the lines of a member are cited by: its name, and where it was not read from its first byte, that byte.
    pub sources: BTreeMap<String, SourceTally>,
    /// By vantage point.
    #[serde(with = "pairs")]
    pub vantages: BTreeMap<VantageKey, VantageTally>,
    /// By signature id.
    pub hits: BTreeMap<String, SignatureTally>,
    /// Unknown errors, by host and log.
    #[serde(with = "pairs")]
    pub unknown: BTreeMap<(String, String), ShapesTally>,
    /// What went wrong with the inputs.
    pub troubles: BTreeSet<Trouble>,
    /// Machines whose times were moved; no part of what is counted.
    #[serde(skip)]
    pub clocks: BTreeMap<String, moved::ClockShift>,
}

impl Tally {
    /// The names of the members, once for each part of one that was read.
    pub fn files(&self) -> impl Iterator<Item = &str> + Clone {
        self.sources.iter().map(|(name, source)| source.file(name))
    }

    /// Adds another tally.
    pub fn add(&mut self, other: Tally) {
        for (name, source) in other.sources {
            match self.sources.get_mut(&name) {
                Some(known) => known.add(source),
                None => {
                    self.sources.insert(name, source);
                }
            }
        }
        for (key, vantage) in other.vantages {
            match self.vantages.get_mut(&key) {
                Some(known) => known.add(vantage),
                None => {
                    self.vantages.insert(key, vantage);
                }
            }
        }
        for (id, signature) in other.hits {
            self.hits.entry(id).or_default().add(signature);
        }
        for (key, shapes) in other.unknown {
            self.unknown.entry(key).or_default().add(shapes);
        }
        self.troubles.extend(other.troubles);
    }

    /// Gives the lines to quote their numbers, of what stood for these and had the same order.
    pub fn number_lines(&mut self, number: impl Fn(u64) -> u64) {
        self.all_hits().for_each(|hits| hits.quotes.number_lines(&number));
    }

    fn all_hits(&mut self) -> impl Iterator<Item = &mut HitTally> {
        let hits = self.hits.values_mut().flat_map(|signature| signature.scopes.values_mut());
        hits.chain(self.unknown.values_mut().flat_map(|shapes| shapes.shapes.values_mut()))
    }

    /// Completes the counts, before they are read or written.
    pub fn settle(&mut self) {
        self.vantages.values_mut().for_each(VantageTally::settle);
        for hits in self.all_hits() {
            hits.times.settle();
            hits.quotes.settle();
            hits.on_failed.settle();
        }
        self.sources.values_mut().flat_map(|source| source.coverage.values_mut()).for_each(Series::settle);
    }
}

impl SourceTally {
    /// The name of the file itself, where `name` is what its lines are cited by.
    pub fn file<'n>(&self, name: &'n str) -> &'n str {
        match self.from {
            0 => name,
            from => name.strip_suffix(&format!("+{from}")).unwrap_or(name),
        }
    }

    fn add(&mut self, mut other: SourceTally) {
        // What a log is shows only in a part that has lines of it; the choice must not depend on the order of the parts.
        if other.rank() < self.rank() {
            std::mem::swap(self, &mut other);
        }
        self.fates.add(&other.fates);
        self.passed_over &= other.passed_over;
        self.failed += other.failed;
        self.formats.extend(other.formats);
        for (format, series) in other.coverage {
            match self.coverage.get_mut(&format) {
                Some(known) => known.add(series),
                None => {
                    self.coverage.insert(format, series);
                }
            }
        }
    }

    /// Of two parts of a log, the one of the lower rank says what the log is.
    fn rank(&self) -> impl Ord + '_ {
        let about = (&self.host, &self.log, self.live, &self.runner_up, &self.envelopes, &self.zone, &self.year);
        (self.format.is_empty(), &self.format, std::cmp::Reverse(self.score), about)
    }
}

/// Maps with keys that are no text, as lists of pairs.
mod pairs {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<K, V>, D::Error> {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}
