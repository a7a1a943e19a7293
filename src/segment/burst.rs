//! Where bursts of 503s begin and end: a two-state automaton over buckets of requests and 503s.
//!
//! J. Kleinberg, "Bursty and Hierarchical Structure in Streams" (KDD 2002), section 4, the form for batches of
//! arrivals: each bucket of `d` requests with `r` 503s costs `-ln(p^r (1-p)^(d-r))` in a state with the rate `p`, and
//! entering the burst costs `γ ln N`. The cheapest sequence of states (Viterbi) has hysteresis: a quiet bucket inside a
//! burst does not end it. A threshold on the rate would cut it there.

/// Width of a bucket in seconds.
pub const BUCKET: i64 = 10;
/// The least rate of 503s outside a burst: below, a single one would be a burst.
const FLOOR: f64 = 0.001;
/// The most that is taken for normal: above, a permanent outage would be its own baseline.
const CEILING: f64 = 0.02;
/// How many times the normal rate makes a burst, and at least which rate.
const FACTOR: f64 = 8.0;
const LEAST: f64 = 0.02;
/// Price of entering a burst, in units of `ln N`.
const GAMMA: f64 = 1.0;
/// Fewer 503s are no burst.
pub(super) const FEWEST: u64 = 3;
/// A stretch of this many seconds without a 503 ends a burst, if it is as unlikely within it as `exp(-UNLIKELY)`: where
/// there are few requests, the automaton alone would go over an hour without any.
const QUIET: i64 = 120;
const UNLIKELY: f64 = 6.0;
/// At its very beginning and end so many seconds are enough, where fewer 503s than a burst has lie beyond: a single one
/// of the usual ones may fall shortly before an outage, and the change that began it then came after the "first" 503.
const APART: i64 = 30;

/// Parts of the time of which the quieter ones tell what is normal.
const PARTS: usize = 12;

/// Requests and 503s of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Start in seconds since 1970.
    pub start: i64,
    /// Requests.
    pub requests: u64,
    /// 503s among them.
    pub failed: u64,
}

/// The bursts among buckets that are in order of time (empty ones left out): start of the first bucket and end of the
/// last, in seconds. `normal` is their usual rate of 503s.
pub fn bursts(buckets: &[Bucket], normal: f64) -> Vec<(i64, i64)> {
    if buckets.iter().map(|bucket| bucket.failed).sum::<u64>() < FEWEST {
        return Vec::new();
    }
    let burst = (FACTOR * normal).clamp(LEAST, 0.5);
    let enter = GAMMA * (buckets.len().max(2) as f64).ln();
    let states = cheapest(buckets, normal, burst, enter);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = (from..buckets.len()).find(|&at| states[at]) {
        let end = (start..buckets.len()).find(|&at| !states[at]).unwrap_or(buckets.len());
        split(&buckets[start..end], &mut found);
        from = end;
    }
    found
}

/// Splits a burst where it is quiet for too long to be one; what has too few 503s is left out.
fn split(burst: &[Bucket], found: &mut Vec<(i64, i64)>) {
    let failing: Vec<usize> = (0..burst.len()).filter(|&at| burst[at].failed > 0).collect();
    let (Some(&first), Some(&last)) = (failing.first(), failing.last()) else { return };
    let burst = &burst[first..=last];
    let rate = rate(burst);
    let failed: u64 = burst.iter().map(|bucket| bucket.failed).sum();
    let longest = failing
        .windows(2)
        .map(|pair| (pair[0] + 1 - first, pair[1] - first))
        .filter(|&(from, to)| burst[to].start - burst[from - 1].start - BUCKET >= QUIET)
        .map(|(from, to)| (burst[from..to].iter().map(|bucket| bucket.requests).sum::<u64>(), from, to))
        .max_by_key(|&(passed, from, _)| (passed, std::cmp::Reverse(from)));
    match longest {
        Some((passed, from, to)) if passed as f64 * rate >= UNLIKELY => {
            split(&burst[..from], found);
            split(&burst[to..], found);
        }
        _ if failed >= FEWEST => {
            // These are two 503s at most at each end. A pause without six that would have been likely shows that there are
            // more than these, so that something is left.
            let (before, behind) = (strays(burst.iter(), rate), strays(burst.iter().rev(), rate));
            found.push((burst[before].start, burst[burst.len() - 1 - behind].start + BUCKET));
        }
        _ => {}
    }
}

/// The share of 503s in a burst.
fn rate(burst: &[Bucket]) -> f64 {
    let (requests, failed) = burst.iter().fold((0, 0), |(requests, failed), bucket| {
        (requests + bucket.requests.max(bucket.failed), failed + bucket.failed)
    });
    failed as f64 / requests as f64
}

/// How many of the first buckets of a burst are not yet part of it: those up to a pause that is unlikely within it, if
/// they have too few 503s for a burst of their own. `burst` begins with a bucket that has a 503, from either end.
fn strays<'b>(burst: impl Iterator<Item = &'b Bucket>, rate: f64) -> usize {
    let (mut failed, mut passed, mut strays) = (0, 0, 0);
    let mut last: Option<i64> = None;
    for (at, bucket) in burst.enumerate() {
        if bucket.failed == 0 {
            passed += bucket.requests;
            continue;
        }
        let pause = last.map_or(0, |last| (bucket.start - last).abs() - BUCKET);
        if pause >= APART && passed as f64 * rate >= UNLIKELY {
            strays = at;
        }
        failed += bucket.failed;
        if failed >= FEWEST {
            break;
        }
        (passed, last) = (0, Some(bucket.start));
    }
    strays
}

/// The usual share of 503s, within bounds: the median, so that an outage does not raise it, and no more than in the quieter
/// part of the time.
pub(super) fn normal_rate(buckets: &[Bucket]) -> f64 {
    let median = median_share(buckets);
    // The lesser of the two is no larger, and most services have no 503 most of the time.
    if median <= FLOOR { FLOOR } else { median.min(quiet_rate(buckets)).clamp(FLOOR, CEILING) }
}

/// The share of 503s of which half of the buckets have no larger one.
fn median_share(buckets: &[Bucket]) -> f64 {
    let middle = buckets.len() / 2;
    if buckets.iter().filter(|bucket| bucket.failed == 0).count() > middle {
        return 0.0;
    }
    let mut shares: Vec<f64> =
        buckets.iter().map(|bucket| bucket.failed as f64 / bucket.requests.max(1) as f64).collect();
    if shares.is_empty() { 0.0 } else { *shares.select_nth_unstable_by(middle, f64::total_cmp).1 }
}

/// The share of 503s in the quieter part of the time: an outage that grows over most of the data raises the median, and
/// would be its own baseline.
fn quiet_rate(buckets: &[Bucket]) -> f64 {
    let mut parts: Vec<f64> = buckets
        .chunks(buckets.len().div_ceil(PARTS).max(1))
        .map(|part| {
            let (requests, failed) = part.iter().fold((0, 0), |(requests, failed), bucket| {
                (requests + bucket.requests.max(bucket.failed), failed + bucket.failed)
            });
            failed as f64 / requests.max(1) as f64
        })
        .collect();
    parts.sort_by(f64::total_cmp);
    parts.get(parts.len() / 6).copied().unwrap_or(0.0)
}

/// The cheapest states: `true` in a burst.
fn cheapest(buckets: &[Bucket], normal: f64, burst: f64, enter: f64) -> Vec<bool> {
    let logs = |rate: f64| (rate.ln(), (1.0 - rate).ln());
    let (normal, burst) = (logs(normal), logs(burst));
    let cost = |bucket: &Bucket, (fails, passes): (f64, f64)| {
        let failed = bucket.failed as f64;
        let passed = bucket.requests.max(bucket.failed) as f64 - failed;
        -(failed * fails + passed * passes)
    };
    let (mut quiet, mut loud) = (0.0, enter);
    // For each bucket, whether the cheapest way to each state came from the burst.
    let mut from: Vec<(bool, bool)> = Vec::with_capacity(buckets.len());
    for bucket in buckets {
        let (to_quiet, to_loud) = (loud < quiet, loud <= quiet + enter);
        let next_quiet = if to_quiet { loud } else { quiet } + cost(bucket, normal);
        let next_loud = if to_loud { loud } else { quiet + enter } + cost(bucket, burst);
        from.push((to_quiet, to_loud));
        (quiet, loud) = (next_quiet, next_loud);
    }
    let mut state = loud < quiet;
    let mut states = vec![false; buckets.len()];
    for index in (0..buckets.len()).rev() {
        states[index] = state;
        state = if state { from[index].1 } else { from[index].0 };
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: &[(u64, u64)]) -> Vec<(i64, i64)> {
        let buckets: Vec<Bucket> = counts
            .iter()
            .enumerate()
            .map(|(index, &(requests, failed))| Bucket { start: index as i64 * BUCKET, requests, failed })
            .collect();
        bursts(&buckets, normal_rate(&buckets))
    }

    #[test]
    fn the_usual_share_is_that_of_the_middle_within_bounds() {
        let of = |shares: &[u64]| {
            let bucket = |(at, &failed): (usize, &u64)| Bucket { start: at as i64 * BUCKET, requests: 1000, failed };
            let buckets: Vec<Bucket> = shares.iter().enumerate().map(bucket).collect();
            (median_share(&buckets), normal_rate(&buckets))
        };
        assert_eq!(of(&[]), (0.0, FLOOR));
        assert_eq!(of(&[0, 0, 500]), (0.0, FLOOR));
        assert_eq!(of(&[0, 500]), (0.5, FLOOR));
        assert_eq!(of(&[12, 10, 500, 11, 12]), (0.012, 0.01));
        assert_eq!(of(&[500; 5]), (0.5, CEILING));
    }

    #[test]
    fn a_burst_with_a_quiet_bucket_is_one() {
        let mut counts = vec![(100, 0); 12];
        counts.extend([(100, 30), (100, 90), (20, 0), (100, 80)]);
        counts.extend(vec![(100, 0); 12]);
        assert_eq!(of(&counts), [(120, 160)]);
    }

    #[test]
    fn noise_is_no_burst() {
        assert!(of(&vec![(100, 0); 50]).is_empty());
        let mut counts = vec![(1000, 1); 50];
        assert!(of(&counts).is_empty());
        counts[3].1 = 3;
        assert!(of(&counts).is_empty());
    }

    #[test]
    fn an_hour_without_a_503_is_between_two_bursts() {
        let mut counts = vec![(2, 0); 30];
        counts.extend([(2, 2); 4]);
        counts.extend(vec![(2, 0); 180]);
        counts.extend([(2, 2); 4]);
        counts.extend(vec![(2, 0); 30]);
        assert_eq!(of(&counts), [(300, 340), (2140, 2180)]);
    }

    #[test]
    fn a_503_of_the_usual_ones_does_not_begin_or_end_a_burst() {
        let mut counts = vec![(12, 0); 200];
        counts[100..110].fill((12, 12));
        (counts[89].1, counts[114].1) = (1, 1);
        assert_eq!(of(&counts), [(1000, 1100)]);
        // Near to it, or many, they do.
        (counts[97].1, counts[114].1) = (1, 0);
        assert_eq!(of(&counts), [(970, 1100)]);
        counts[89].1 = 3;
        assert_eq!(of(&counts), [(890, 1100)]);
    }

    #[test]
    fn a_slow_trickle_is_one_burst() {
        let counts: Vec<(u64, u64)> = (0..180).map(|at| (1, u64::from(at % 15 == 0))).collect();
        assert_eq!(of(&counts).len(), 1);
    }

    #[test]
    fn a_permanent_outage_is_a_burst() {
        assert_eq!(of(&vec![(50, 50); 20]), [(0, 200)]);
        assert_eq!(of(&[(3, 3)]), [(0, 10)]);
    }
}
