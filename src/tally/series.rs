//! Counts over time, in buckets that grow when there would be too many.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bucket widths in seconds, each a multiple of the one before.
const STEPS: [i64; 6] = [1, 10, 60, 600, 3600, 86_400];

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
    /// Start of the bucket in seconds since 1970, and its count.
    buckets: BTreeMap<i64, u64>,
    /// The bucket that was counted last, not yet in `buckets`: logs are mostly in order.
    #[serde(skip)]
    recent: Option<(i64, u64)>,
    /// The sum of all counts: asked for far more often than it is a sum.
    total: u64,
}

impl Series {
    /// An empty series that keeps at most `cap` buckets of at least `step` seconds (one of the widths; 1 or 10).
    pub fn new(step: i64, cap: usize) -> Self {
        let step = STEPS.iter().position(|&width| width >= step).unwrap_or(0) as u8;
        Self { step, cap, buckets: BTreeMap::new(), recent: None, total: 0 }
    }

    /// Counts `count` at `second`.
    pub fn count(&mut self, second: i64, count: u64) {
        let width = self.step();
        self.total += count;
        match &mut self.recent {
            // Compared, not divided: this is once for each request.
            Some((recent, sum)) if (*recent..*recent + width).contains(&second) => *sum += count,
            _ => {
                self.settle();
                // Settling may have made the buckets wider.
                self.recent = Some((second.div_euclid(self.step()) * self.step(), count));
            }
        }
    }

    /// Puts the last bucket to the others, and widens the buckets if there are too many.
    pub fn settle(&mut self) {
        if let Some((bucket, count)) = self.recent.take() {
            *self.buckets.entry(bucket).or_default() += count;
        }
        while self.buckets.len() > self.cap && usize::from(self.step) + 1 < STEPS.len() {
            self.widen(self.step + 1);
        }
    }

    fn widen(&mut self, step: u8) {
        self.step = step;
        let width = self.step();
        let mut wider = BTreeMap::new();
        for (bucket, count) in std::mem::take(&mut self.buckets) {
            *wider.entry(bucket.div_euclid(width) * width).or_default() += count;
        }
        self.buckets = wider;
    }

    /// Adds another series of the same kind.
    pub fn add(&mut self, mut other: Series) {
        self.settle();
        other.settle();
        self.total += other.total;
        let step = self.step.max(other.step);
        for series in [&mut *self, &mut other] {
            if series.step < step {
                series.widen(step);
            }
        }
        if self.buckets.is_empty() {
            self.buckets = other.buckets;
        } else {
            for (bucket, count) in other.buckets {
                *self.buckets.entry(bucket).or_default() += count;
            }
        }
        self.settle();
    }

    /// Moves all buckets in time.
    pub fn move_by(&mut self, seconds: i64) {
        self.settle();
        let step = self.step();
        let mut moved = BTreeMap::new();
        for (bucket, count) in std::mem::take(&mut self.buckets) {
            *moved.entry((bucket + seconds).div_euclid(step) * step).or_default() += count;
        }
        self.buckets = moved;
    }

    /// Width of a bucket in seconds.
    pub fn step(&self) -> i64 {
        STEPS[usize::from(self.step)]
    }

    /// The buckets in order: start in seconds since 1970, and count. Only after [`Series::settle`].
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, u64)> {
        self.buckets.iter().map(|(&bucket, &count)| (bucket, count))
    }

    /// The buckets that overlap `from..to` (seconds; `to` excluded).
    pub fn range(&self, from: i64, to: i64) -> impl DoubleEndedIterator<Item = (i64, u64)> {
        let from = from.div_euclid(self.step()) * self.step();
        self.buckets.range(from..to.max(from)).map(|(&bucket, &count)| (bucket, count))
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
        Some((*self.buckets.first_key_value()?.0, *self.buckets.last_key_value()?.0))
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty() && self.recent.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
