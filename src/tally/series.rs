//! Counts over time, in buckets that grow when there would be too many.

use super::packed::Packed;
use serde::{Deserialize, Serialize};

/// Bucket widths in seconds, each a multiple of the one before.
const STEPS: [i64; 6] = [1, 10, 60, 600, 3600, 86_400];

/// Runs of buckets beside the first that are kept at a time. Lines that are a little out of order take one, and each day
/// of days one behind the other that are not in order takes one more.
const RUNS: usize = 6;
/// Buckets of these that are always kept.
const LATE: usize = 4096;

/// Counts by time.
///
/// The width of the buckets is the smallest at which there are no more than the cap. That depends only on which
/// seconds were counted, never on the order, and a part of the data never needs wider buckets than the whole: so
/// merging parts gives exactly what counting the whole would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Index into [`STEPS`].
    step: u8,
    cap: usize,
    /// A list, as logs are mostly in order: a tree took several times as long to fill, to copy and to add to another.
    #[serde(with = "as_map")]
    buckets: Packed,
    /// The bucket that was counted last, not yet in `buckets`.
    #[serde(skip)]
    recent: Option<(i64, u64)>,
    /// Buckets that came when there were later ones, not yet in `buckets`: each in the first of these whose last is not
    /// later. To put a few thousand of them to `buckets` at a time copied the whole each time.
    #[serde(skip)]
    late: Vec<Packed>,
    /// The sum of all counts: asked for far more often than it is a sum.
    total: u64,
}

impl Series {
    /// An empty series that keeps at most `cap` buckets of at least `step` seconds (one of the widths; 1 or 10).
    pub fn new(step: i64, cap: usize) -> Self {
        let step = STEPS.iter().position(|&width| width >= step).unwrap_or(0) as u8;
        Self { step, cap, buckets: Packed::default(), recent: None, late: Vec::new(), total: 0 }
    }

    /// Counts `count` at `second`.
    #[inline(always)]
    pub fn count(&mut self, second: i64, count: u64) {
        self.total += count;
        match &mut self.recent {
            // Compared, not divided: this is once for each request.
            Some((recent, sum)) if (*recent..*recent + STEPS[usize::from(self.step)]).contains(&second) => {
                *sum += count;
            }
            _ => self.begin(second, count),
        }
    }

    /// Another bucket than that before.
    #[inline(never)]
    fn begin(&mut self, second: i64, count: u64) {
        if let Some(recent) = self.recent.take() {
            self.push(recent);
        }
        // To make room may have made the buckets wider.
        self.recent = Some((self.floor(second), count));
    }

    fn push(&mut self, (bucket, count): (i64, u64)) {
        let fits = |run: &Packed| run.last().is_none_or(|(last, _)| last <= bucket);
        if fits(&self.buckets) {
            self.buckets.push(bucket, count);
        } else if let Some(run) = self.late.iter_mut().find(|run| fits(run)) {
            run.push(bucket, count);
        } else if self.late.len() < RUNS {
            self.late.push([(bucket, count)].into_iter().collect());
        } else {
            self.order();
            // That may have made the buckets wider.
            return self.push((self.floor(bucket), count));
        }
        let late: usize = self.late.iter().map(Packed::len).sum();
        if self.buckets.len() > self.cap || late > LATE.max(self.buckets.len()) {
            self.order();
        }
    }

    /// Puts the late buckets to the others, and widens the buckets if there are too many.
    fn order(&mut self) {
        for run in std::mem::take(&mut self.late) {
            self.buckets.merge(run);
        }
        while self.buckets.len() > self.cap && usize::from(self.step) + 1 < STEPS.len() {
            self.widen(self.step + 1);
        }
    }

    /// Puts all to the buckets, before they are read, and gives spare memory back.
    pub fn settle(&mut self) {
        self.complete();
        self.buckets.shrink();
    }

    fn complete(&mut self) {
        if let Some(recent) = self.recent.take() {
            self.push(recent);
        }
        self.order();
    }

    fn widen(&mut self, step: u8) {
        self.step = step;
        let width = self.step();
        self.buckets = self.buckets.placed(|bucket| bucket.div_euclid(width) * width);
    }

    /// Adds another series of the same kind.
    pub fn add(&mut self, mut other: Series) {
        self.complete();
        other.complete();
        self.total += other.total;
        let step = self.step.max(other.step);
        for series in [&mut *self, &mut other] {
            if series.step < step {
                series.widen(step);
            }
        }
        self.buckets.merge(other.buckets);
        self.order();
    }

    /// Moves all buckets in time.
    pub fn move_by(&mut self, seconds: i64) {
        self.settle();
        let step = self.step();
        self.buckets = self.buckets.placed(|bucket| (bucket + seconds).div_euclid(step) * step);
    }

    /// Width of a bucket in seconds.
    pub fn step(&self) -> i64 {
        STEPS[usize::from(self.step)]
    }

    /// The buckets in order: start in seconds since 1970, and count. Only after [`Series::settle`].
    pub fn iter(&self) -> impl Iterator<Item = (i64, u64)> {
        self.buckets.iter()
    }

    /// The buckets that overlap `from..to` (seconds; `to` excluded).
    pub fn range(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, u64)> {
        self.buckets.range(self.floor(from), to)
    }

    /// The last bucket that overlaps `from..to`.
    pub fn last_in(&self, from: i64, to: i64) -> Option<(i64, u64)> {
        self.buckets.last_in(self.floor(from), to)
    }

    fn floor(&self, second: i64) -> i64 {
        // Of the first two, which nearly all series have, without a division by a width that is not known here.
        match self.step {
            0 => second.div_euclid(STEPS[0]) * STEPS[0],
            1 => second.div_euclid(STEPS[1]) * STEPS[1],
            _ => second.div_euclid(self.step()) * self.step(),
        }
    }

    /// The count in `from..to`.
    pub fn sum(&self, from: i64, to: i64) -> u64 {
        self.range(from, to).map(|(_, count)| count).sum()
    }

    /// The count of all.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The first and the last bucket.
    pub fn span(&self) -> Option<(i64, i64)> {
        Some((self.buckets.first()?.0, self.buckets.last()?.0))
    }

    /// How many buckets there are. Only after [`Series::settle`].
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.buckets.len() == 0 && self.recent.is_none() && self.late.is_empty()
    }
}

/// Buckets as they stand in partial tallies: an object with the start of each for its key.
mod as_map {
    use super::Packed;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::collections::BTreeMap;

    pub(super) fn serialize<S: Serializer>(buckets: &Packed, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(buckets.iter())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Packed, D::Error> {
        Ok(BTreeMap::<i64, u64>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn of(seconds: &[i64]) -> Series {
        let mut series = Series::new(1, 20);
        for &second in seconds {
            series.count(second, 1);
        }
        series.settle();
        series
    }

    proptest! {
        #[test]
        fn counts_are_kept_in_order(seconds in prop::collection::vec(-50i64..3000, 0..300), cap in 1usize..400) {
            let mut series = Series::new(1, cap);
            seconds.iter().for_each(|&second| series.count(second, 2));
            series.settle();
            let width = series.step();
            let mut expected = BTreeMap::new();
            seconds.iter().for_each(|second| *expected.entry(second.div_euclid(width) * width).or_default() += 2);
            prop_assert_eq!(series.iter().collect::<Vec<_>>(), expected.clone().into_iter().collect::<Vec<_>>());
            prop_assert_eq!(series.range(100, 900).collect::<Vec<_>>(), expected.range(100_i64.div_euclid(width) * width..900).map(|(&bucket, &count)| (bucket, count)).collect::<Vec<_>>());
            let written = serde_json::to_string(&series).unwrap();
            prop_assert_eq!(serde_json::from_str::<Series>(&written).unwrap(), series);
        }

        #[test]
        fn days_in_any_order_are_kept_in_order(
            days in prop::collection::vec((0i64..12, prop::collection::vec(-4i64..40, 0..40)), 0..30),
            cap in 1usize..400,
        ) {
            let mut seconds = Vec::new();
            for (day, steps) in days {
                let mut second = day * 500;
                seconds.extend(steps.iter().map(|step| {
                    second += step;
                    second
                }));
            }
            let series = |seconds: &[i64]| {
                let mut series = Series::new(1, cap);
                seconds.iter().for_each(|&second| series.count(second, 1));
                series.settle();
                series
            };
            let counted = series(&seconds);
            seconds.sort_unstable();
            prop_assert_eq!(counted, series(&seconds));
        }

        #[test]
        fn merging_parts_equals_counting_the_whole(seconds in prop::collection::vec(0i64..5000, 0..200), cut in 0usize..200) {
            let cut = cut.min(seconds.len());
            let (mut left, mut right) = (of(&seconds[..cut]), of(&seconds[cut..]));
            let mirrored = { let mut mirrored = right.clone(); mirrored.add(left.clone()); mirrored };
            left.add(std::mem::replace(&mut right, Series::new(1, 20)));
            prop_assert_eq!(&left, &of(&seconds));
            prop_assert_eq!(&left, &mirrored);
            prop_assert!(left.iter().count() <= 20);
            prop_assert_eq!(left.total(), seconds.len() as u64);
        }
    }
}
