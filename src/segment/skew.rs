//! Clocks that differ: two machines that log the same requests show by how much.
//!
//! For each request that two logs hold, every pair of times is a vote for one difference. Requests that are not the
//! same scatter their votes, so a difference that most requests agree on, and no other comes near, is that of the
//! clocks. Nothing is shifted on less: without common requests no clock is doubted.

use crate::model::sums::sum_equal;
use crate::spread::spread;
use crate::tally::Tally;
use crate::tally::moved::ClockShift;
use crate::tally::sketch::{Sketch, Times};
use crate::tally::vantage::{VantageKey, VantageTally};
use std::collections::{BTreeMap, BTreeSet};

/// Differences up to this are the time that a request takes from tier to tier, in seconds.
const USUAL: i64 = 3;
/// Larger differences are not looked for: no zone is further away.
const LARGEST: i64 = 15 * 3600;
/// How often at most a log may hold a request that tells something: rare ones are asked first, and common ones only
/// where these do not tell.
const OFTEN: [usize; 3] = [3, 12, 40];
/// Votes that are needed.
const FEWEST: u32 = 12;
/// Share of the common requests that must agree, and how many times the votes of any other difference they must be.
const AGREE: (f64, u32) = (0.5, 3);
/// Votes this near to the best are for the same difference, in seconds.
const BLUR: i64 = 5;
/// Zones differ by multiples of this, in seconds.
const ZONE: i64 = 900;
/// More logs of requests than this are not compared one by one.
const MANY: usize = 200;

/// Two machines whose clocks were compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link<'t> {
    hosts: (&'t str, &'t str),
    /// By how much the first is ahead of the second, in seconds.
    ahead: i64,
    votes: u32,
}

/// Sets the clocks of all machines to that of the machine nearest to the clients, as far as common requests tell. What
/// was done is in [`Tally::clocks`].
pub fn align(tally: &mut Tally) {
    let shifts = shifts(tally);
    tally.move_clocks(shifts);
}

fn shifts(tally: &Tally) -> BTreeMap<String, ClockShift> {
    let mut links = links(tally);
    if links.iter().all(|link| link.ahead.abs() <= USUAL) {
        return BTreeMap::new();
    }
    links.sort_by_key(|link| (std::cmp::Reverse(link.votes), link.hosts));
    let mut found: BTreeMap<&str, ClockShift> = BTreeMap::new();
    for reference in by_nearness(tally) {
        if found.contains_key(reference) {
            continue;
        }
        let mut group = from(reference, &links);
        let base = zone_of(tally, reference, &group);
        group.values_mut().for_each(|shift| shift.seconds += base);
        found.extend(group);
    }
    found.extend(others(tally, &found));
    let moved = found.into_iter().filter(|(_, shift)| shift.seconds.abs() > USUAL);
    moved.map(|(host, shift)| (host.to_owned(), shift)).collect()
}

fn links(tally: &Tally) -> Vec<Link<'_>> {
    let all: Vec<(&VantageKey, &VantageTally)> = tally.vantages.iter().collect();
    if all.len() > MANY {
        return Vec::new();
    }
    let pairs = all.iter().enumerate().flat_map(|(at, one)| all[at + 1..].iter().map(move |other| (one, other)));
    let pairs: Vec<_> = pairs.filter(|((one, _), (other, _))| one.host != other.host).collect();
    let links = spread(&pairs, |&(&(one_key, one), &(other_key, other))| {
        let told = difference(&one.client_fingerprints, &other.client_fingerprints)
            .or_else(|| difference(&one.fingerprints, &other.fingerprints));
        told.map(|(ahead, votes)| Link { hosts: (&*one_key.host, &*other_key.host), ahead, votes })
    });
    links.into_iter().flatten().collect()
}

/// By how much the clock of one log is ahead of the other's, and how many requests say so.
fn difference(one: &Sketch, other: &Sketch) -> Option<(i64, u32)> {
    let common = common(one, other);
    OFTEN.iter().find_map(|&often| agreed(&common, often))
}

/// The times of each request that both logs hold. Both are in the order of their hashes, so that one walk along the two
/// finds them: a map of each log for every pair of logs took a minute where there were two hundred.
fn common<'s>(one: &'s Sketch, other: &'s Sketch) -> Vec<(Times<'s>, Times<'s>)> {
    let mut others = other.walk();
    let both = one.keys().map(|(hash, times)| (times, others.times(hash)));
    both.filter(|(_, of_other)| !of_other.is_empty()).collect()
}

/// The difference that most requests agree on which neither log holds more than `often` times.
fn agreed(requests: &[(Times<'_>, Times<'_>)], often: usize) -> Option<(i64, u32)> {
    let mut votes: Vec<(i64, u32)> = Vec::new();
    let mut common = 0;
    for &(left, right) in requests.iter().filter(|(left, right)| right.len().max(left.len()) <= often) {
        let sum = |times: Times<'_>| times.iter().map(|(_, count)| count).sum::<u32>();
        common += sum(left).min(sum(right));
        for (second, count) in left.iter() {
            let near = right.iter().filter(|(at, _)| (second - at).abs() <= LARGEST);
            votes.extend(near.map(|(at, others)| (second - at, count.min(others))));
        }
    }
    // A list that is sorted once: a tree took several times as long, and most votes are for a difference of their own.
    votes.sort_unstable_by_key(|(ahead, _)| *ahead);
    sum_equal(&mut votes);
    let around = |at: usize| {
        let near = &votes[at.saturating_sub(1)..votes.len().min(at + 2)];
        let counts = near.iter().filter(|(ahead, _)| (ahead - votes[at].0).abs() <= 1).map(|(_, count)| count);
        (votes[at].0, counts.sum::<u32>())
    };
    let all = || (0..votes.len()).map(around);
    let (best, count) = all().max_by_key(|&(ahead, count)| (count, std::cmp::Reverse(ahead.abs()), ahead))?;
    let rival = all().filter(|(ahead, _)| (ahead - best).abs() > BLUR).map(|(_, count)| count).max();
    let clear = count >= FEWEST
        && f64::from(count) >= AGREE.0 * f64::from(common)
        && rival.is_none_or(|rival| count >= AGREE.1 * rival);
    clear.then_some((best, count))
}

/// The machines that log requests, nearest to the clients first.
fn by_nearness(tally: &Tally) -> Vec<&str> {
    let mut hosts: BTreeMap<&str, (u8, std::cmp::Reverse<u64>)> = BTreeMap::new();
    for (key, vantage) in &tally.vantages {
        let place = (vantage.tier, std::cmp::Reverse(vantage.clients.distinct()));
        let known = hosts.entry(&key.host).or_insert(place);
        *known = (*known).min(place);
    }
    let mut order: Vec<_> = hosts.into_iter().map(|(host, place)| (place, host)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, host)| host).collect()
}

/// The machines whose clocks can be set to that of `reference`, with what is to be added to their times.
fn from<'t>(reference: &'t str, links: &[Link<'t>]) -> BTreeMap<&'t str, ClockShift> {
    let none = ClockShift { seconds: 0, reference: reference.to_owned(), requests: 0 };
    let mut known = BTreeMap::from([(reference, none)]);
    loop {
        let next = links.iter().find_map(|link| match (known.get(link.hosts.0), known.get(link.hosts.1)) {
            (Some(one), None) => Some((link.hosts.1, one.seconds + link.ahead, link.votes)),
            (None, Some(other)) => Some((link.hosts.0, other.seconds - link.ahead, link.votes)),
            _ => None,
        });
        let Some((host, seconds, requests)) = next else { return known };
        // The way from tier to tier is no difference of clocks, and must not add up.
        let seconds = if seconds.abs() <= USUAL { 0 } else { seconds };
        known.insert(host, ClockShift { seconds, reference: reference.to_owned(), requests });
    }
}

/// What is to be added to all times of a group because the zone of its reference is only assumed, and another machine
/// that states its own tells better.
fn zone_of(tally: &Tally, reference: &str, group: &BTreeMap<&str, ClockShift>) -> i64 {
    let states = |host: &str| {
        let logs = tally.vantages.keys().filter(|key| key.host == host).map(|key| &key.log);
        let logs: BTreeSet<&String> = logs.collect();
        tally.sources.values().any(|source| {
            logs.contains(&source.log) && (source.zone.starts_with("stated") || source.zone.starts_with("--"))
        })
    };
    if states(reference) {
        return 0;
    }
    let teller = group.iter().find(|(host, _)| states(host));
    teller.map_or(0, |(_, shift)| -((shift.seconds + ZONE / 2).div_euclid(ZONE) * ZONE))
}

/// Machines without a log of requests: when at least two others agree that the clock of the reference is the one that
/// differs, these differ from it too.
fn others<'t>(tally: &'t Tally, found: &BTreeMap<&str, ClockShift>) -> BTreeMap<&'t str, ClockShift> {
    let mut compared = found.values().filter(|shift| shift.requests > 0);
    let Some(first) = compared.next() else { return BTreeMap::new() };
    let rest: Vec<&ClockShift> = compared.collect();
    let agree = !rest.is_empty()
        && rest
            .iter()
            .all(|shift| shift.reference == first.reference && (shift.seconds - first.seconds).abs() <= USUAL);
    let hosts = tally.sources.values().map(|source| source.host.as_str());
    let unknown = hosts.filter(|host| agree && !host.is_empty() && !found.contains_key(host));
    unknown.map(|host| (host, ClockShift { requests: 0, ..first.clone() })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::sketch::hash;

    fn log(shift: i64, every: i64) -> Sketch {
        let mut sketch = Sketch::new(4096);
        for second in (1000..1200_i64).step_by(usize::try_from(every).unwrap()) {
            sketch.count(hash(&second.to_le_bytes()), second + shift);
            sketch.count(hash(b"/health"), second + shift);
        }
        sketch.settle();
        sketch
    }

    #[test]
    fn common_requests_tell_the_difference_of_two_clocks() {
        assert_eq!(difference(&log(90, 1), &log(0, 1)).map(|(ahead, _)| ahead), Some(90));
        assert_eq!(difference(&log(0, 1), &log(300, 2)).map(|(ahead, _)| ahead), Some(-300));
        assert_eq!(difference(&log(0, 1), &log(1, 1)).map(|(ahead, _)| ahead), Some(-1));
    }

    #[test]
    fn other_requests_tell_none() {
        let mut other = Sketch::new(4096);
        let path = |at: i64| hash(&(1000 + at * 31 % 197).to_le_bytes());
        (0..200).for_each(|at| other.count(path(at), 1000 + at * 17 % 211));
        other.settle();
        assert_eq!(difference(&log(0, 1), &other), None);
    }
}
