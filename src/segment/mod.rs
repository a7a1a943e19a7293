//! In: the merged tally. Out: [`Incident`]s: bursts of 503s at the edge, of one service or of several together.
//! Promise: every 503 at the edge is in one incident or is scattered; each is counted once.
//! Why at the edge: inner tiers log the same requests again; they are evidence, not more 503s.

pub mod burst;
pub mod edge;
pub mod skew;
pub mod slope;

use crate::tally::Tally;
use crate::tally::series::Series;
use crate::tally::vantage::VantageKey;
use burst::{BUCKET, Bucket, bursts, normal_rate};
use edge::Place;
use slope::with_slopes;
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
    /// The logs that show it.
    pub vantages: BTreeSet<VantageKey>,
}

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
    let services = edge_services(tally, &places);
    let mut found: Vec<Incident> = Vec::new();
    for (name, service) in &services {
        for (start, end) in service_bursts(service) {
            found.push(Incident { start, end, onset: start, services: BTreeSet::from([name.clone()]) });
        }
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

fn edge_services(tally: &Tally, places: &[(VantageKey, Place)]) -> BTreeMap<String, EdgeService> {
    let mut services: BTreeMap<String, EdgeService> = BTreeMap::new();
    for (key, _) in places.iter().filter(|(_, place)| place.edge) {
        let Some(vantage) = tally.vantages.get(key) else { continue };
        for (name, seen) in &vantage.services {
            match services.get_mut(name) {
                Some(service) => {
                    service.requests.add(seen.requests.clone());
                    service.failed.add(seen.failed.clone());
                    service.vantages.insert(key.clone());
                }
                None => {
                    let service = EdgeService {
                        requests: seen.requests.clone(),
                        failed: seen.failed.clone(),
                        vantages: BTreeSet::from([key.clone()]),
                    };
                    services.insert(name.clone(), service);
                }
            }
        }
    }
    services
}

/// The bursts of a service, to the second: first and last 503.
fn service_bursts(service: &EdgeService) -> Vec<(i64, i64)> {
    let buckets = buckets(service);
    let mut exact: Vec<(i64, i64)> = Vec::new();
    let normal = normal_rate(&buckets);
    for (from, to) in with_slopes(&buckets, &bursts(&buckets, normal), normal) {
        let (from, to) = widened(&service.failed, from, to);
        let mut inside = service.failed.range(from, to).filter(|(_, count)| *count > 0).map(|(second, _)| second);
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

/// Requests and 503s of a service in buckets, in the order of time.
fn buckets(service: &EdgeService) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = Vec::new();
    let mut failed = service.failed.iter().peekable();
    let start = |second: i64| second.div_euclid(BUCKET) * BUCKET;
    let mut add = |start: i64, requests: u64, failed: u64| match buckets.last_mut() {
        Some(last) if last.start == start => {
            last.requests += requests;
            last.failed += failed;
        }
        _ => buckets.push(Bucket { start, requests, failed }),
    };
    for (second, requests) in service.requests.iter() {
        let start_of_both = start(second);
        while let Some((second, count)) = failed.next_if(|&(second, _)| start(second) < start_of_both) {
            add(start(second), 0, count);
        }
        add(start_of_both, requests, 0);
        while let Some((_, count)) = failed.next_if(|&(second, _)| start(second) == start_of_both) {
            add(start_of_both, 0, count);
        }
    }
    failed.for_each(|(second, count)| add(start(second), 0, count));
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
