//! Requests around failed ones by what tells them apart, while lines are read.

use super::breakdown::{Breakdown, Counts, Dimension, MAX_VALUES};
use super::group::{key, name};
use super::sketch::pair;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Keys that are kept at a time. Each has one place, which the next key of that place takes.
const KEYS: usize = 8192;

/// Where the groups of values stand that were met last, of all services of a watch.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// Empty until there is something to keep: most logs have no failed request.
    known: Vec<(u64, usize)>,
    /// How many tellings apart there were so far, each of which makes other keys of the same values.
    salts: u64,
}

impl Met {
    fn salt(&mut self) -> u64 {
        self.salts += 1;
        self.salts
    }

    fn find(&self, key: u64) -> Option<usize> {
        self.known.get(key as usize % KEYS).filter(|(known, _)| *known == key).map(|&(_, place)| place)
    }

    fn keep(&mut self, key: u64, place: usize) {
        if self.known.is_empty() {
            self.known.resize(KEYS, (0, usize::MAX));
        }
        self.known[key as usize % KEYS] = (key, place);
    }
}

/// The breakdowns of one service.
#[derive(Debug, Default)]
pub(super) struct OpenBreakdowns(Vec<OpenBreakdown>);

/// The same as [`Breakdown`] keeps, found by keys.
#[derive(Debug)]
struct OpenBreakdown {
    dimension: Dimension,
    level: u8,
    salt: u64,
    places: FxHashMap<String, usize>,
    #[expect(clippy::vec_box, reason = "they are handed on to a breakdown, which moves them")]
    counts: Vec<Box<Counts>>,
}

impl OpenBreakdowns {
    /// Counts a request by the group of its value.
    #[inline]
    pub(super) fn count(&mut self, dimension: Dimension, value: &[u8], second: i64, failed: bool, met: &mut Met) {
        // There are six at most.
        let at = self.0.iter().position(|open| open.dimension == dimension).unwrap_or_else(|| {
            self.0.push(OpenBreakdown::of(Breakdown::of(dimension, 0, Vec::new()), met));
            self.0.len() - 1
        });
        self.0[at].count(value, second, failed, met);
    }

    /// What was counted.
    pub(super) fn finish(self) -> BTreeMap<Dimension, Breakdown> {
        self.0.into_iter().map(|mut open| (open.dimension, open.take())).collect()
    }
}

impl OpenBreakdown {
    fn of(breakdown: Breakdown, met: &mut Met) -> Self {
        let (dimension, level) = (breakdown.dimension, breakdown.level);
        let (names, counts): (Vec<String>, Vec<Box<Counts>>) = breakdown.into_values().into_iter().unzip();
        Self { dimension, level, salt: met.salt(), places: names.into_iter().zip(0..).collect(), counts }
    }

    #[inline]
    fn count(&mut self, value: &[u8], second: i64, failed: bool, met: &mut Met) {
        let key = pair(key(self.dimension, self.level, value), self.salt);
        match met.find(key).and_then(|place| self.counts.get_mut(place)) {
            Some(counts) => counts.count(second, failed),
            None => {
                let place = self.meet(value, met);
                self.counts[place].count(second, failed);
                // What was met may have made the groups coarser.
                met.keep(pair(super::group::key(self.dimension, self.level, value), self.salt), place);
            }
        }
    }

    /// The place of a group by its name.
    #[cold]
    fn meet(&mut self, value: &[u8], met: &mut Met) -> usize {
        loop {
            let name = name(self.dimension, self.level, value);
            if let Some(&place) = self.places.get(&name) {
                return place;
            }
            if self.counts.len() < MAX_VALUES {
                self.places.insert(name, self.counts.len());
                self.counts.push(Box::new(Counts::new()));
                return self.counts.len() - 1;
            }
            let mut breakdown = self.take();
            breakdown.coarsen();
            *self = Self::of(breakdown, met);
        }
    }

    /// What was counted, which is counted here no more.
    fn take(&mut self) -> Breakdown {
        let mut names: Vec<(usize, String)> = self.places.drain().map(|(name, place)| (place, name)).collect();
        names.sort_unstable_by_key(|(place, _)| *place);
        let values = names.into_iter().map(|(_, name)| name).zip(self.counts.drain(..)).collect();
        Breakdown::of(self.dimension, self.level, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(dimension: Dimension, values: &[String]) -> Breakdown {
        let (mut open, mut met) = (OpenBreakdowns::default(), Met::default());
        values.iter().for_each(|value| open.count(dimension, value.as_bytes(), 0, true, &mut met));
        let mut breakdown = open.finish().remove(&dimension).unwrap_or(Breakdown::of(dimension, 0, Vec::new()));
        breakdown.settle();
        breakdown
    }

    #[test]
    fn too_many_values_become_coarser_the_same_way_in_any_order() {
        let shops = ["a", "b", "c", "d", "e", "f", "g"];
        let values: Vec<String> =
            (0..3000).map(|index| format!("/{}/coat-in-all-sizes-{index}", shops[index % 7])).collect();
        let whole = of(Dimension::Url, &values);
        let mut parts = of(Dimension::Url, &values[1000..]);
        parts.add(of(Dimension::Url, &values[..1000]));
        parts.settle();
        assert_eq!(whole, parts);
        assert_eq!(whole.iter().map(|(value, _)| value).collect::<Vec<_>>(), shops.map(|shop| format!("/{shop}/")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn counted_in_parts_and_whole(numbers in prop::collection::vec((0u8..30, any::<u8>(), 0u8..4), 0..6000), cut in 0usize..6000) {
            let values: Vec<String> = numbers.iter().map(|(a, b, c)| format!("203.{a}.{b}.{c}")).collect();
            let cut = cut.min(values.len());
            let mut parts = of(Dimension::Client, &values[..cut]);
            parts.add(of(Dimension::Client, &values[cut..]));
            parts.settle();
            let counted: u64 = parts.iter().map(|(_, counts)| counts.failed.total()).sum();
            prop_assert_eq!(parts, of(Dimension::Client, &values));
            prop_assert_eq!(counted, values.len() as u64);
        }
    }
}
