//! The time around one incident, of one series after the other.

use super::background::bucket;
use crate::tally::series::Series;

/// The buckets of a series around an incident. They are read once and asked for several times: each reading begins at
/// most some hundred buckets before what it is for.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// Start and count, in order.
    times: Vec<(i64, u64)>,
    /// Width of a bucket in seconds.
    step: i64,
}

impl Window {
    /// Reads the buckets of a series that overlap `from..to` (seconds; `to` excluded), in the room of those before.
    pub(super) fn read(&mut self, times: &Series, from: i64, to: i64) {
        self.step = times.step();
        self.times.clear();
        self.times.extend(times.range(from, to));
    }

    /// Of the buckets that were read, those that overlap `from..to`.
    pub(super) fn within(&self, from: i64, to: i64) -> &[(i64, u64)] {
        let from = from.div_euclid(self.step) * self.step;
        let behind = &self.times[self.times.partition_point(|(second, _)| *second < from)..];
        &behind[..behind.partition_point(|(second, _)| *second < to)]
    }
}

/// The numbers of the diagnosis' buckets that hold one of these, in order, each once.
pub(super) fn buckets(times: &[(i64, u64)]) -> impl Iterator<Item = i64> {
    let mut before = None;
    times.iter().map(|(second, _)| bucket(*second)).filter(move |bucket| before.replace(*bucket) != Some(*bucket))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_series_has_it() {
        let mut window = Window::default();
        for step in [1, 10] {
            let mut series = Series::new(step, 100);
            (0..70).for_each(|at| series.count(100 + at * at, 1 + at as u64));
            series.settle();
            window.read(&series, 113, 3000);
            for (from, to) in [(113, 3000), (113, 113), (500, 777), (509, 510), (2990, 3000), (2000, 1000)] {
                assert_eq!(window.within(from, to), series.range(from, to).collect::<Vec<_>>(), "{from} {to} {step}");
            }
        }
        assert_eq!(buckets(&[(9, 1), (10, 1), (19, 3), (30, 1)]).collect::<Vec<_>>(), [0, 1, 3]);
    }
}
