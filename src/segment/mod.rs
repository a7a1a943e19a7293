//! In: the merged tally. Out: [`Incident`]s: bursts of 503s at the edge, of one service or of several together.
//! Promise: every 503 at the edge is in one incident or is scattered; each is counted once.
//! Why at the edge: inner tiers log the same requests again; they are evidence, not more 503s.

pub mod burst;
pub mod edge;
pub mod skew;
pub mod slope;

use crate::spread::spread;
use crate::tally::Tally;
use crate::tally::series::Series;
use crate::tally::vantage::{ServiceTally, VantageKey};
use burst::{BUCKET, Bucket, bursts, normal_rate};
use edge::Place;
use slope::with_slopes;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Bursts of different services that begin this close together may be one incident, in seconds.
pub const SAME_ONSET: i64 = 30;
/// More bursts that begin together than this are joined without asking for the cause of each.
const MANY: usize = 12;
/// 503s this near to a burst belong to it, in seconds.
const TAIL: i64 = 10;

/// Requests and 503s of one service at the edge, over all logs that show it.
#[derive(Debug, Clone)]
pub struct EdgeService {
    /// Requests by second.
    pub requests: Series,
    /// 503s by second.
    pub failed: Series,
    /// Both by minute, in the order of time.
    pub minutes: Vec<Bucket>,
    /// The logs that show it.
    pub vantages: BTreeSet<VantageKey>,
}

/// Width of a minute in seconds.
pub const MINUTE: i64 = 60;

/// A burst of 503s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Second of the first 503.
    pub start: i64,
    /// Second of the last.
    pub end: i64,
    /// Second from which causes are looked for backwards: the first 503, unless a burst that nothing explains was
    /// taken in before it.
    pub onset: i64,
    /// The services whose bursts these are.
    pub services: BTreeSet<String>,
}

/// What segmentation found.
#[derive(Debug)]
pub struct Segments {
    /// The incidents in the order of time. Bursts of several services that begin together are joined when it is known
    /// that one cause explains them.
    pub incidents: Vec<Incident>,
    /// The services at the edge.
    pub services: BTreeMap<String, EdgeService>,
    /// The place of every view of the requests.
    pub places: Vec<(VantageKey, Place)>,
}

/// Finds the incidents. `chosen` are the globs of `--edge`.
pub fn segment(tally: &Tally, chosen: &[String]) -> Segments {
    let places = edge::places(tally, chosen);
    let seen: Vec<(&String, Seen<'_>)> = seen(tally, &places).into_iter().collect();
    let reckoned = spread(&seen, |(_, seen)| edge_service(seen));
    let mut services: BTreeMap<String, EdgeService> = BTreeMap::new();
    let mut found: Vec<Incident> = Vec::new();
    for ((name, _), (service, bursts)) in seen.into_iter().zip(reckoned) {
        let burst = |(start, end)| Incident { start, end, onset: start, services: BTreeSet::from([name.clone()]) };
        found.extend(bursts.into_iter().map(burst));
        services.insert(name.clone(), service);
    }
    let together = joined(found.clone());
    let many = |incident: &&Incident| incident.services.len() > MANY;
    let wide: Vec<Incident> = together.iter().filter(many).cloned().collect();
    let inside = |burst: &Incident| {
        wide.iter()
            .any(|wide| burst.services.is_subset(&wide.services) && (wide.start..=wide.end).contains(&burst.start))
    };
    found.retain(|burst| !inside(burst));
    found.extend(wide);
    found.sort_by(|one, other| (one.start, one.end, &one.services).cmp(&(other.start, other.end, &other.services)));
    Segments { incidents: found, services, places }
}

/// What the logs at the edge show of one service.
struct Seen<'t> {
    first: (&'t VantageKey, &'t ServiceTally),
    further: Vec<(&'t VantageKey, &'t ServiceTally)>,
}

impl Seen<'_> {
    /// What all logs have counted together.
    fn sum(&self, of: fn(&ServiceTally) -> &Series) -> Series {
        let mut sum = of(self.first.1).clone();
        self.further.iter().for_each(|(_, service)| sum.add(of(service).clone()));
        sum
    }

    fn vantages(&self) -> BTreeSet<VantageKey> {
        std::iter::once(&self.first).chain(&self.further).map(|&(key, _)| key.clone()).collect()
    }
}

/// What the logs at the edge show, by service.
fn seen<'t>(tally: &'t Tally, places: &[(VantageKey, Place)]) -> BTreeMap<&'t String, Seen<'t>> {
    let mut seen: BTreeMap<&String, Seen<'_>> = BTreeMap::new();
    for (key, _) in places.iter().filter(|(_, place)| place.edge) {
        let Some((key, vantage)) = tally.vantages.get_key_value(key) else { continue };
        for (name, service) in &vantage.services {
            match seen.entry(name) {
                Entry::Occupied(known) => known.into_mut().further.push((key, service)),
                Entry::Vacant(free) => {
                    free.insert(Seen { first: (key, service), further: Vec::new() });
                }
            }
        }
    }
    seen
}

/// A service, and its bursts to the second: first and last 503.
fn edge_service(seen: &Seen<'_>) -> (EdgeService, Vec<(i64, i64)>) {
    let (requests, failed) = (seen.sum(|service| &service.requests), seen.sum(|service| &service.failed));
    // Most services have no 503, and need no finer buckets.
    let may_burst = failed.total() >= burst::FEWEST;
    let buckets = buckets(&requests, &failed, if may_burst { BUCKET } else { MINUTE });
    let bursts = if may_burst { exact_bursts(&buckets, &failed) } else { Vec::new() };
    (EdgeService { requests, failed, minutes: minutes(buckets), vantages: seen.vantages() }, bursts)
}

/// The bursts of a service, to the second: first and last 503.
fn exact_bursts(buckets: &[Bucket], failed: &Series) -> Vec<(i64, i64)> {
    let mut exact: Vec<(i64, i64)> = Vec::new();
    let normal = normal_rate(buckets);
    for (from, to) in with_slopes(buckets, &bursts(buckets, normal), normal) {
        let (from, to) = widened(failed, from, to);
        let mut inside = failed.range(from, to).filter(|(_, count)| *count > 0).map(|(second, _)| second);
        let Some(first) = inside.next() else { continue };
        let last = inside.last().unwrap_or(first);
        match exact.last_mut() {
            // Two bursts whose tails meet are one.
            Some((_, end)) if *end >= first => *end = last,
            _ => exact.push((first, last)),
        }
    }
    exact
}

/// Requests and 503s of a service in buckets of so many seconds, in the order of time.
fn buckets(requests: &Series, failed: &Series, width: i64) -> Vec<Bucket> {
    let span =
        requests.span().map_or(0, |(first, last)| usize::try_from(last.saturating_sub(first) / width).unwrap_or(0));
    let mut buckets: Vec<Bucket> = Vec::with_capacity(span.saturating_add(1).min(requests.len()));
    for (second, requests) in requests.iter() {
        match buckets.last_mut() {
            Some(last) if second < last.start + width => last.requests += requests,
            _ => buckets.push(Bucket { start: second.div_euclid(width) * width, requests, failed: 0 }),
        }
    }
    // The 503s apart, of which there are few: to go along both side by side takes longer.
    let mut without: Vec<Bucket> = Vec::new();
    let mut ahead = buckets.iter_mut().peekable();
    for (second, count) in failed.iter() {
        while ahead.next_if(|bucket| bucket.start + width <= second).is_some() {}
        match (ahead.peek_mut(), without.last_mut()) {
            (Some(bucket), _) if bucket.start <= second => bucket.failed += count,
            (_, Some(last)) if second < last.start + width => last.failed += count,
            _ => without.push(Bucket { start: second.div_euclid(width) * width, requests: 0, failed: count }),
        }
    }
    if !without.is_empty() {
        buckets.extend(without);
        buckets.sort_by_key(|bucket| bucket.start);
    }
    buckets
}

/// The minutes of shorter buckets, in their room.
fn minutes(mut buckets: Vec<Bucket>) -> Vec<Bucket> {
    buckets.iter_mut().for_each(|bucket| bucket.start = bucket.start.div_euclid(MINUTE) * MINUTE);
    buckets.dedup_by(|bucket, sum| {
        let same = bucket.start == sum.start;
        if same {
            sum.requests += bucket.requests;
            sum.failed += bucket.failed;
        }
        same
    });
    buckets.shrink_to_fit();
    buckets
}

/// Takes in the 503s just before and after a burst, and those just before and after these.
fn widened(failed: &Series, mut from: i64, mut to: i64) -> (i64, i64) {
    while let Some((second, _)) = failed.range(from - TAIL, from).next() {
        from = second;
    }
    while let Some((second, _)) = failed.last_in(to, to + TAIL) {
        to = second + failed.step();
    }
    (from, to)
}

/// Puts bursts of different services together that begin together and overlap.
fn joined(mut found: Vec<Incident>) -> Vec<Incident> {
    found.sort_by(|one, other| (one.start, one.end, &one.services).cmp(&(other.start, other.end, &other.services)));
    let mut incidents: Vec<Incident> = Vec::new();
    for burst in found {
        let same = incidents.iter_mut().rev().find(|known| {
            burst.start - known.start <= SAME_ONSET
                && burst.start <= known.end + TAIL
                && known.services.is_disjoint(&burst.services)
        });
        match same {
            Some(known) => {
                known.end = known.end.max(burst.end);
                known.services.extend(burst.services);
            }
            None => incidents.push(burst),
        }
    }
    incidents
}

impl Segments {
    /// Requests and 503s of an incident's services from its first to its last 503.
    pub fn counts(&self, incident: &Incident) -> (u64, u64) {
        let services = incident.services.iter().filter_map(|name| self.services.get(name));
        services.fold((0, 0), |(requests, failed), service| {
            (
                requests + service.requests.sum(incident.start, incident.end + 1),
                failed + service.failed.sum(incident.start, incident.end + 1),
            )
        })
    }

    /// 503s at the edge by second, over the services of an incident.
    pub fn failed_seconds(&self, incident: &Incident) -> BTreeMap<i64, u64> {
        let mut seconds = BTreeMap::new();
        for service in incident.services.iter().filter_map(|name| self.services.get(name)) {
            for (second, count) in service.failed.range(incident.start, incident.end + 1) {
                *seconds.entry(second).or_default() += count;
            }
        }
        seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn buckets_have_all_requests_and_503s(
            requests in prop::collection::vec((-200i64..900, 1u64..4), 0..80),
            failed in prop::collection::vec((-200i64..900, 1u64..4), 0..80),
            cap in 5usize..90,
        ) {
            let series = |counts: &[(i64, u64)]| {
                let mut series = Series::new(1, cap);
                counts.iter().for_each(|&(second, count)| series.count(second, count));
                series.settle();
                series
            };
            let (requests, failed) = (series(&requests), series(&failed));
            for width in [BUCKET, MINUTE] {
                let mut expected: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
                let start = |second: i64| second.div_euclid(width) * width;
                requests.iter().for_each(|(second, count)| expected.entry(start(second)).or_default().0 += count);
                failed.iter().for_each(|(second, count)| expected.entry(start(second)).or_default().1 += count);
                let expected: Vec<Bucket> =
                    expected.into_iter().map(|(start, (requests, failed))| Bucket { start, requests, failed }).collect();
                prop_assert_eq!(&buckets(&requests, &failed, width), &expected);
                if width == MINUTE {
                    prop_assert_eq!(minutes(buckets(&requests, &failed, BUCKET)), expected);
                }
            }
        }
    }
}
