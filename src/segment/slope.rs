//! Slow beginnings and ends: 503s that grow over hours from one in a hundred, or fade away so. They lie beside a burst,
//! and are too few to be one.
//!
//! From each end of a burst outwards the evidence is summed up, bucket by bucket, that 503s are as frequent as on a slope
//! rather than as usual (E. S. Page, "Continuous inspection schemes", Biometrika 1954). The burst reaches to where the
//! sum is largest, if that is large enough. A fixed pause would either cut a slope or take in what is usual.

use super::burst::{BUCKET, Bucket};

/// The least rate of 503s on a slope, and how many times the usual rate it is.
const LEAST: f64 = 0.01;
const FACTOR: f64 = 4.0;
/// Log likelihood ratio from which what lies between two bursts is part of both: twenty to one.
const BETWEEN: f64 = 3.0;

/// The bursts (start of the first bucket, end of the last; in order) with their slopes. Those whose slopes meet are one.
/// `normal` is the usual rate of 503s.
pub fn with_slopes(buckets: &[Bucket], bursts: &[(i64, i64)], normal: f64) -> Vec<(i64, i64)> {
    let slope = (FACTOR * normal).clamp(LEAST, 0.5);
    let score = |bucket: &Bucket| {
        let failed = bucket.failed as f64;
        let passed = bucket.requests.max(bucket.failed) as f64 - failed;
        failed * (slope / normal).ln() + passed * ((1.0 - slope) / (1.0 - normal)).ln()
    };
    // Only what many agree on moves an end that nothing else bounds.
    let outside = (buckets.len().max(2) as f64).ln();
    let range = |from: i64, to: i64| {
        let first = buckets.partition_point(|bucket| bucket.start < from);
        &buckets[first..buckets.partition_point(|bucket| bucket.start < to).max(first)]
    };
    let mut found: Vec<(i64, i64)> = Vec::new();
    for (at, &(start, end)) in bursts.iter().enumerate() {
        let before = if at == 0 { i64::MIN } else { bursts[at - 1].1 };
        let after = bursts.get(at + 1).map_or(i64::MAX, |next| next.0);
        let least = |neighbour: bool| if neighbour { BETWEEN } else { outside };
        let begun = reach(range(before, start).iter().rev(), score, least(at > 0)).map_or(start, |bucket| bucket.start);
        let ended = reach(range(end, after).iter(), score, least(at + 1 < bursts.len()))
            .map_or(end, |bucket| bucket.start + BUCKET);
        match found.last_mut() {
            Some((_, known)) if *known >= begun => *known = ended.max(*known),
            _ => found.push((begun, ended)),
        }
    }
    found
}

/// The bucket at which the sum of the scores is largest, if it is at least `least`.
fn reach<'b>(
    buckets: impl Iterator<Item = &'b Bucket>,
    score: impl Fn(&Bucket) -> f64,
    least: f64,
) -> Option<&'b Bucket> {
    let (mut sum, mut best) = (0.0, None);
    for bucket in buckets {
        sum += score(bucket);
        if sum >= least && best.is_none_or(|(known, _)| sum > known) {
            best = Some((sum, bucket));
        }
    }
    best.map(|(_, bucket)| bucket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: &[(u64, u64)], bursts: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let bucket =
            |(index, &(requests, failed)): (usize, &(u64, u64))| Bucket { start: index as i64 * 10, requests, failed };
        with_slopes(&counts.iter().enumerate().map(bucket).collect::<Vec<_>>(), bursts, 0.001)
    }

    #[test]
    fn what_grows_slowly_begins_at_its_first_503s() {
        let mut counts = vec![(50, 0); 20];
        counts.extend((0..30).map(|at| (50, u64::from(at % 2 == 0))));
        counts.extend([(50, 20); 10]);
        counts.extend(vec![(50, 0); 20]);
        assert_eq!(of(&counts, &[(500, 600)]), [(200, 600)]);
    }

    #[test]
    fn bursts_with_a_trickle_between_are_one() {
        let mut counts = vec![(50, 20); 10];
        counts.extend((0..30).map(|at| (50, u64::from(at % 2 == 0))));
        counts.extend([(50, 20); 10]);
        assert_eq!(of(&counts, &[(0, 100), (400, 500)]), [(0, 500)]);
        counts[10..40].fill((50, 0));
        assert_eq!(of(&counts, &[(0, 100), (400, 500)]), [(0, 100), (400, 500)]);
    }

    #[test]
    fn single_503s_before_a_burst_are_scattered() {
        let mut counts = vec![(50, 0); 40];
        counts[5].1 = 1;
        counts[30].1 = 1;
        counts.extend([(50, 20); 10]);
        assert_eq!(of(&counts, &[(400, 500)]), [(400, 500)]);
    }
}
