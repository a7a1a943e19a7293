//! What is normal: the time outside of every incident, and what was logged in it. It is the same for all incidents, so
//! it is reckoned once; for each incident anew it would cost their number times all that was ever logged.

use super::constants::BUCKET;
use crate::segment::Incident;
use crate::spread::spread;
use crate::tally::Tally;
use crate::tally::series::Series;
use std::collections::BTreeMap;

/// How long before an incident an error may already be part of it, in seconds.
const EARLY: i64 = 120;
/// A 503 and the line that belongs to it are stamped at most this many seconds apart.
const APART: i64 = 2;

/// The stretches that incidents take, in order of time, none touching another.
#[derive(Debug)]
struct Calendar {
    stretches: Vec<(i64, i64)>,
    /// Buckets in the stretches before each, and in all.
    buckets: Vec<i64>,
}

impl Calendar {
    fn new(incidents: &[Incident]) -> Self {
        let mut all: Vec<(i64, i64)> = incidents.iter().map(|incident| (incident.start, incident.end)).collect();
        all.sort_unstable();
        let mut stretches: Vec<(i64, i64)> = Vec::new();
        for (start, end) in all {
            match stretches.last_mut() {
                Some((_, known)) if start <= *known => *known = end.max(*known),
                _ => stretches.push((start, end)),
            }
        }
        let mut buckets = vec![0];
        for &(start, end) in &stretches {
            buckets.push(buckets[buckets.len() - 1] + bucket(end) - bucket(start) + 1);
        }
        Self { stretches, buckets }
    }

    /// Whether a second lies in no incident, nor at most so many seconds before or after one; to be asked of seconds in
    /// their order. To search the stretch for each second took longer than to read them.
    fn is_free(&self, before: i64, after: i64) -> impl FnMut(i64) -> bool {
        let mut ahead = self.stretches.iter().map(move |(start, end)| (start - before, end + after));
        // The last stretch that began, of which only the end counts, and the next one.
        let (mut taken_to, mut next) = (i64::MIN, ahead.next());
        move |second| {
            while let Some((start, end)) = next
                && start <= second
            {
                (taken_to, next) = (end, ahead.next());
            }
            second > taken_to
        }
    }

    /// Buckets of `from..=to` that incidents take.
    fn taken(&self, from: i64, to: i64) -> i64 {
        let first = self.stretches.partition_point(|(_, end)| *end < from);
        let next = self.stretches.partition_point(|(start, _)| *start <= to);
        if first >= next {
            return 0;
        }
        let cut = (bucket(from) - bucket(self.stretches[first].0)).max(0)
            + (bucket(self.stretches[next - 1].1) - bucket(to)).max(0);
        self.buckets[next] - self.buckets[first] - cut
    }
}

/// What is normal in this run.
#[derive(Debug)]
pub(super) struct Background {
    calendar: Calendar,
    /// By signature, and by scope in the order of the tally: buckets outside of every incident, in order.
    normal: BTreeMap<String, Vec<Vec<i64>>>,
    /// By host and log, and by shape in the order of the tally: unknown errors outside of every incident.
    errors: BTreeMap<(String, String), Vec<u64>>,
}

impl Background {
    /// Reckons what lies outside of `incidents`.
    pub(super) fn new(tally: &Tally, incidents: &[Incident]) -> Self {
        let calendar = Calendar::new(incidents);
        let normal = |times: &Series| {
            let mut is_free = calendar.is_free(APART, APART);
            let mut buckets: Vec<i64> = Vec::new();
            // Where the bucket ends that was met last.
            let mut end = i64::MIN;
            for (second, _) in times.iter() {
                if second >= end && is_free(second) {
                    let bucket = bucket(second);
                    buckets.push(bucket);
                    end = (bucket + 1) * BUCKET;
                }
            }
            buckets
        };
        let errors = |times: &Series| {
            let mut is_free = calendar.is_free(EARLY, 0);
            times.iter().filter(|(second, _)| is_free(*second)).map(|(_, count)| count).sum()
        };
        let times: Vec<&Series> =
            tally.hits.values().flat_map(|hits| hits.scopes.values()).map(|hits| &hits.times).collect();
        let mut reckoned = spread(&times, |times| normal(times)).into_iter();
        Self {
            normal: tally
                .hits
                .iter()
                .map(|(id, hits)| (id.clone(), reckoned.by_ref().take(hits.scopes.len()).collect()))
                .collect(),
            errors: tally
                .unknown
                .iter()
                .map(|(key, shapes)| (key.clone(), shapes.shapes.values().map(|hits| errors(&hits.times)).collect()))
                .collect(),
            calendar,
        }
    }

    /// By scope in the order of the tally: the buckets outside of every incident in which a signature occurs.
    pub(super) fn normal(&self, signature: &str) -> &[Vec<i64>] {
        self.normal.get(signature).map_or(&[], Vec::as_slice)
    }

    /// By shape in the order of the tally: how often it occurs outside of every incident.
    pub(super) fn errors(&self, log: &(String, String)) -> &[u64] {
        self.errors.get(log).map_or(&[], Vec::as_slice)
    }

    /// Buckets of `from..=to` (seconds) that lie outside of every incident.
    pub(super) fn free(&self, from: i64, to: i64) -> i64 {
        (bucket(to) - bucket(from) + 1).max(0) - self.calendar.taken(from, to)
    }
}

/// The number of the bucket that holds a second.
pub(super) fn bucket(second: i64) -> i64 {
    second.div_euclid(BUCKET)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn incident(start: i64, end: i64) -> Incident {
        Incident { start, end, onset: start, services: BTreeSet::new() }
    }

    #[test]
    fn the_calendar_knows_what_incidents_take() {
        let calendar = Calendar::new(&[incident(100, 129), incident(115, 149), incident(300, 309)]);
        assert_eq!(calendar.stretches, [(100, 149), (300, 309)]);
        let mut is_free = calendar.is_free(APART, APART);
        let free: Vec<i64> =
            [97, 98, 100, 149, 151, 152, 299, 400].into_iter().filter(|&second| is_free(second)).collect();
        assert_eq!(free, [97, 152, 400]);
        assert_eq!(calendar.taken(0, 1000), 6);
        assert_eq!(calendar.taken(120, 304), 4);
        assert_eq!(calendar.taken(150, 299), 0);
    }
}
