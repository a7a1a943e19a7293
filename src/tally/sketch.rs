//! A sample of distinct things that stays small, and does not depend on the order in which they came.

use crate::model::sums::sum_equal;
use rapidhash::v3::{DEFAULT_RAPID_SECRETS, rapidhash_v3_nano_inline};
use serde::{Deserialize, Deserializer, Serialize};

/// A sample of hashed keys with counts by second: all whose hash lies under a threshold, which halves whenever there
/// are too many (M. Wegman's adaptive sampling; P. Flajolet, "On Adaptive Sampling", Computing 43, 1990).
///
/// The threshold that the whole needs is never above what a part needs, so merging parts is exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch {
    /// A hash is kept when its highest `halvings` bits are zero.
    halvings: u32,
    cap: usize,
    /// In order, each hash and second once. A list, as a tree took several times as long to fill.
    #[serde(deserialize_with = "in_order")]
    entries: Vec<Entry>,
    /// What was counted last, not yet in `entries`: sorted and put there a few thousand at a time.
    #[serde(skip)]
    recent: Vec<(u64, i64)>,
}

/// Hash and second, and count.
type Entry = ((u64, i64), u32);

/// Counts that are put to the entries at a time.
const RECENT: usize = 4096;

impl Sketch {
    /// An empty sample that keeps at most `cap` entries.
    pub fn new(cap: usize) -> Self {
        Self { halvings: 0, cap, entries: Vec::new(), recent: Vec::new() }
    }

    /// Whether a key with this hash is in the sample: to be asked before anything is computed for it.
    pub fn wants(&self, hash: u64) -> bool {
        hash.leading_zeros() >= self.halvings
    }

    /// Counts a key at a second.
    pub fn count(&mut self, hash: u64, second: i64) {
        if !self.wants(hash) {
            return;
        }
        self.recent.push((hash, second));
        if self.recent.len() >= RECENT {
            self.flush();
        }
    }

    /// Puts the last counts to the entries, before they are read, and gives their memory back.
    pub fn settle(&mut self) {
        self.flush();
        self.recent = Vec::new();
    }

    fn flush(&mut self) {
        let sorted = sorted(&self.recent, self.halvings);
        self.recent.clear();
        let counted = sorted.chunk_by(|one, other| one == other).map(|run| (run[0], run.len() as u32));
        self.put(counted.collect());
    }

    /// Puts further entries to the others, both in order.
    fn put(&mut self, further: Vec<Entry>) {
        if self.entries.is_empty() {
            self.entries = further;
        } else if !further.is_empty() {
            self.entries.reserve_exact(further.len());
            self.entries.extend(further);
            // Two runs in order: a stable sort finds and merges them.
            self.entries.sort_by_key(|&(key, _)| key);
            sum_equal(&mut self.entries);
        }
        while self.entries.len() > self.cap && self.halvings < 63 {
            self.raise(self.halvings + 1);
        }
    }

    /// Leaves out what is above the threshold.
    fn raise(&mut self, halvings: u32) {
        self.halvings = halvings;
        // What is kept are the lowest hashes.
        let kept = self.entries.partition_point(|((hash, _), _)| hash.leading_zeros() >= halvings);
        self.entries.truncate(kept);
    }

    /// Adds another sample.
    pub fn add(&mut self, mut other: Sketch) {
        self.settle();
        other.settle();
        let halvings = self.halvings.max(other.halvings);
        self.raise(halvings);
        other.raise(halvings);
        self.put(other.entries);
    }

    /// Moves all keys in time.
    pub fn move_by(&mut self, seconds: i64) {
        self.entries.iter_mut().for_each(|((_, second), _)| *second += seconds);
    }

    /// The sampled keys with their second and count. As all that follow, only after [`Sketch::settle`].
    pub fn iter(&self) -> impl Iterator<Item = (u64, i64, u32)> {
        self.entries.iter().map(|&((hash, second), count)| (hash, second, count))
    }

    /// How many distinct keys there are, by the sample: exact until the first halving.
    pub fn distinct(&self) -> u64 {
        (self.keys().count() as u64) << self.halvings
    }

    /// The sampled keys in order, each with its times.
    pub fn keys(&self) -> impl Iterator<Item = (u64, Times<'_>)> {
        let keys = self.entries.chunk_by(|((one, _), _), ((other, _), _)| one == other);
        keys.filter_map(|times| Some((times.first()?.0.0, Times(times))))
    }

    /// To look keys up that come in order.
    pub fn walk(&self) -> Walk<'_> {
        Walk { rest: &self.entries }
    }
}

/// When a key was counted.
#[derive(Debug, Clone, Copy)]
pub struct Times<'s>(&'s [Entry]);

impl<'s> Times<'s> {
    /// At how many different seconds.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether it is not in the sample.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The seconds in order, with the count of each.
    pub fn iter(self) -> impl Iterator<Item = (i64, u32)> + Clone + 's {
        self.0.iter().map(|&((_, second), count)| (second, count))
    }

    /// Whether it was counted at most `reach` seconds before or after `second`.
    pub fn are_around(self, second: i64, reach: i64) -> bool {
        let first = self.0.partition_point(|&((_, at), _)| at < second.saturating_sub(reach));
        let near = self.0[first..].iter().take_while(|((_, at), _)| *at <= second.saturating_add(reach));
        near.into_iter().any(|(_, count)| *count > 0)
    }
}

/// A sample on which keys are looked up that come in order: each goes on from the one before. To search all of the sample
/// for each key of another took most of the time in which logs are compared.
#[derive(Debug, Clone)]
pub struct Walk<'s> {
    rest: &'s [Entry],
}

impl<'s> Walk<'s> {
    /// The times of a key, which is not before those that were asked for.
    pub fn times(&mut self, hash: u64) -> Times<'s> {
        let is_before = |entry: &Entry| entry.0.0 < hash;
        // Twice as far each time: the next key is mostly near, and where one sample is much smaller, far away.
        let mut step = 1;
        while self.rest.get(step - 1).is_some_and(is_before) {
            self.rest = &self.rest[step..];
            step *= 2;
        }
        let near = &self.rest[..step.min(self.rest.len())];
        self.rest = &self.rest[near.partition_point(is_before)..];
        let end = self.rest.iter().take_while(|entry| entry.0.0 == hash).count();
        Times(&self.rest[..end])
    }
}

/// Counts in order, of hashes under a threshold. They are spread evenly there, so that their highest bits nearly tell their
/// places: to compare them all took three times as long.
fn sorted(counts: &[(u64, i64)], halvings: u32) -> Vec<(u64, i64)> {
    let part = |hash: u64| ((hash << halvings) >> (u64::BITS - PARTS.ilog2())) as usize;
    // Where each part begins, then where its next count goes.
    let mut places = [0; PARTS + 1];
    counts.iter().for_each(|(hash, _)| places[part(*hash) + 1] += 1);
    for at in 1..places.len() {
        places[at] += places[at - 1];
    }
    let mut sorted = vec![(0, 0); counts.len()];
    for count in counts {
        let place = &mut places[part(count.0)];
        sorted[*place] = *count;
        *place += 1;
    }
    // Each place is now where its part ends.
    let mut start = 0;
    for end in &places[..PARTS] {
        sorted[start..*end].sort_unstable();
        start = *end;
    }
    sorted
}

/// Parts that counts are put to, so many that a part has a handful.
const PARTS: usize = 1024;

/// Entries of a partial tally, in whatever order somebody put them.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
    let mut entries = Vec::<Entry>::deserialize(deserializer)?;
    entries.sort_by_key(|&(key, _)| key);
    sum_equal(&mut entries);
    Ok(entries)
}

/// A hash of bytes that is the same on every machine and in every version, because partial tallies hold it: rapidhash,
/// version 3, in its form for short texts (N. De Carli, github.com/Nicoshev/rapidhash).
#[inline]
pub fn hash(text: &[u8]) -> u64 {
    rapidhash_v3_nano_inline::<true, false>(text, &DEFAULT_RAPID_SECRETS)
}

/// The hash of a pair, from those of its two halves. Its high bits can serve as a sample, as theirs can: the halves of a
/// product of 128 bits, one on the other, with two odd numbers of SplitMix64 to tell the halves apart.
#[inline]
pub fn pair(one: u64, other: u64) -> u64 {
    let product = u128::from(one ^ 0x9E37_79B9_7F4A_7C15) * u128::from(other ^ 0xBF58_476D_1CE4_E5B9);
    (product as u64) ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(keys: &[u16]) -> Sketch {
        let mut sketch = Sketch::new(30);
        for &key in keys {
            sketch.count(hash(&key.to_le_bytes()), i64::from(key % 3));
        }
        sketch.settle();
        sketch
    }

    proptest! {
        #[test]
        fn keys_are_found_in_their_order(keys in prop::collection::vec(0u16..400, 0..300), asked in prop::collection::vec(0u16..400, 0..60)) {
            let sketch = of(&keys);
            let all: Vec<_> = sketch.keys().flat_map(|(key, times)| times.iter().map(move |(second, count)| (key, second, count))).collect();
            prop_assert_eq!(&all, &sketch.iter().collect::<Vec<_>>());
            let mut asked: Vec<u64> = asked.into_iter().map(|key| hash(&key.to_le_bytes())).collect();
            asked.sort_unstable();
            let mut walk = sketch.walk();
            for key in asked {
                let times = walk.times(key);
                let expected: Vec<_> = all.iter().filter(|entry| entry.0 == key).map(|entry| (entry.1, entry.2)).collect();
                prop_assert_eq!(times.iter().collect::<Vec<_>>(), expected.clone());
                for second in -3..6 {
                    let near = expected.iter().any(|(at, _)| (at - second).abs() <= 1);
                    prop_assert_eq!(times.are_around(second, 1), near);
                }
            }
        }

        #[test]
        fn merging_parts_equals_sampling_the_whole(keys in prop::collection::vec(0u16..400, 0..300), cut in 0usize..300) {
            let cut = cut.min(keys.len());
            let mut left = of(&keys[..cut]);
            left.add(of(&keys[cut..]));
            prop_assert_eq!(&left, &of(&keys));
        }

        #[test]
        fn sorted_by_parts(
            counts in prop::collection::vec((prop_oneof![0u64..9, any::<u64>()], -3i64..3), 0..3000),
            halvings in 0u32..64,
        ) {
            let mut counts: Vec<_> = counts.into_iter().map(|(hash, second)| (hash >> halvings, second)).collect();
            let sorted = sorted(&counts, halvings);
            counts.sort();
            prop_assert_eq!(sorted, counts);
        }
    }

    #[test]
    fn the_hash_is_what_it_always_was() {
        let (get, path) = (hash(b"GET"), hash(b"/category/shoes?page=2"));
        let kept = [0x4256_FF3B_1BD7_ACEE, 0xF075_4425_FE9A_5140, 0xCD04_BC9F_61E7_486B];
        assert_eq!([get, path, pair(path, get)], kept);
        assert_ne!(pair(path, get), pair(get, path));
    }

    #[test]
    fn distinct_is_exact_while_small_and_near_when_large() {
        assert_eq!(of(&[1, 2, 2, 3]).distinct(), 3);
        let mut sketch = Sketch::new(1024);
        for key in 0..100_000_u32 {
            sketch.count(hash(&key.to_le_bytes()), 0);
        }
        sketch.settle();
        assert!((80_000..120_000).contains(&sketch.distinct()), "{}", sketch.distinct());
    }
}
