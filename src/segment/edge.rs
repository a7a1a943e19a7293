//! Which views of the requests are the edge: every request is counted there, and only there.
//!
//! A request passes several tiers and is logged by each. Adding the logs up would count it several times, and taking
//! the busiest log would lose what the others alone saw. So for each log it is asked whether its requests are those
//! of another log that stands nearer to the clients.

use crate::detect::catalogue::wildcard;
use crate::spread::spread;
use crate::tally::Tally;
use crate::tally::sketch::{Sketch, Times, Walk};
use crate::tally::vantage::{ServiceTally, VantageKey, VantageTally};

/// Two tiers log the same request at most this many seconds apart.
const REACH: i64 = 3;
/// Shifts in seconds at which agreement is chance, and not the same requests.
const SHIFTS: [i64; 8] = [-97, -61, -37, -19, 23, 41, 67, 101];
/// Fewer telling requests prove nothing.
const FEWEST: u64 = 8;
/// Agreement from which on a log holds the requests of another.
const SAME_REQUESTS: f64 = 0.6;
/// All of the time.
const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);
/// A log with this many times the clients of another stands nearer to them.
const MORE_CLIENTS: u64 = 3;

/// The role of a view of the requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Whether its requests are counted.
    pub edge: bool,
    /// Why.
    pub reason: String,
    /// The log that it stands behind, or doubles.
    pub behind: Option<VantageKey>,
}

/// A view of the requests, with what is asked of it for each other one.
struct View<'t> {
    key: &'t VantageKey,
    tally: &'t VantageTally,
    clients: u64,
    requests: u64,
}

impl<'t> View<'t> {
    fn new((key, tally): (&'t VantageKey, &'t VantageTally)) -> Self {
        Self { key, tally, clients: tally.clients.distinct(), requests: tally.requests() }
    }

    /// Whether all clients of the log are a few private addresses: proxies, not users.
    fn has_only_proxies(&self) -> bool {
        self.requests > 0 && self.tally.private_clients >= self.requests && self.clients <= 4
    }
}

/// The place of every vantage point, in the order of the tally. `chosen` are the globs of `--edge`.
pub fn places(tally: &Tally, chosen: &[String]) -> Vec<(VantageKey, Place)> {
    let all: Vec<View<'_>> = tally.vantages.iter().map(View::new).collect();
    spread(&all, |view| {
        let place = match chosen {
            [] => place(view, &all),
            globs => {
                let edge = globs.iter().any(|glob| wildcard(glob, view.key.log.as_bytes()));
                let reason = if edge { "named by --edge" } else { "not named by --edge" };
                Place { edge, reason: reason.to_owned(), behind: None }
            }
        };
        (view.key.clone(), place)
    })
}

fn place(view: &View<'_>, all: &[View<'_>]) -> Place {
    let before: Vec<(&View<'_>, &'static str)> =
        all.iter().filter_map(|other| Some((other, stands_before(other, view)?))).collect();
    let mut best: Option<(f64, &VantageKey, &'static str)> = None;
    for &(other, why) in &before {
        // Where no request is telling, the addresses of the clients are: a log of proxies' requests is behind them.
        let behind = || view.has_only_proxies() && !other.has_only_proxies();
        let agreement = agreement(view.tally, &[other.tally], common(view.tally, other.tally))
            .unwrap_or_else(|| if behind() { SAME_REQUESTS } else { 0.0 });
        if agreement >= SAME_REQUESTS && best.as_ref().is_none_or(|(known, _, _)| agreement > *known) {
            best = Some((agreement, other.key, why));
        }
    }
    if let Some((agreement, other, why)) = best {
        let reason = format!("its requests are those of {} ({:.0} % agree), {why}", other.log, agreement * 100.0);
        return Place { edge: false, reason, behind: Some(other.clone()) };
    }
    // Several logs together may hold what no single one does: a pair of balancers in front of one server.
    if let [(first, _), _, ..] = before[..] {
        let tallies: Vec<&VantageTally> = before.iter().map(|(other, _)| other.tally).collect();
        let together = agreement(view.tally, &tallies, ALWAYS).unwrap_or(0.0);
        if together >= SAME_REQUESTS {
            let reason = format!(
                "its requests are those of {} other logs together ({:.0} % agree)",
                before.len(),
                together * 100.0
            );
            return Place { edge: false, reason, behind: Some(first.key.clone()) };
        }
    }
    Place { edge: true, reason: "no other log holds its requests".to_owned(), behind: None }
}

/// Whether `one` stands nearer to the clients than `other`, and by which sign. Exactly one of two logs of the same
/// requests stands before the other.
fn stands_before(one: &View<'_>, other: &View<'_>) -> Option<&'static str> {
    if one.key == other.key {
        return None;
    }
    if one.clients >= MORE_CLIENTS * other.clients.max(1) {
        return Some("which has many more client addresses");
    }
    if other.clients >= MORE_CLIENTS * one.clients.max(1) {
        return None;
    }
    if one.tally.tier != other.tally.tier {
        return (one.tally.tier < other.tally.tier).then_some("whose product stands nearer to the clients");
    }
    if one.requests != other.requests {
        return (one.requests > other.requests).then_some("which has more of them");
    }
    (one.key < other.key).then_some("the same log written twice")
}

/// The time in which the requests of two logs are compared: that of the outer log, where a part of it is missing and
/// nothing would be lost by not counting what only the inner one has: no 503 lies outside.
fn common(inner: &VantageTally, outer: &VantageTally) -> (i64, i64) {
    let spans = outer.services.values().filter_map(|service| service.requests.span());
    let Some((from, to)) = spans.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1))) else { return ALWAYS };
    let outside = |service: &ServiceTally| service.failed.iter().any(|(second, _)| !(from..=to).contains(&second));
    if inner.services.values().any(outside) { ALWAYS } else { (from - REACH, to + REACH) }
}

/// How far the requests of `inner` are those of `outer`: the share of its telling requests that `outer` has at the same
/// time. Nothing when no request is telling.
///
/// Two sites of one host may get the same paths at the same time. So where both logs know the same clients, the
/// client's address must agree too; where `inner` sees a proxy's address instead, method and path are all there is.
fn agreement(inner: &VantageTally, outer: &[&VantageTally], within: (i64, i64)) -> Option<f64> {
    let mut others: Vec<Walk<'_>> = outer.iter().map(|outer| outer.clients.walk()).collect();
    let (mut known, mut shared) = (0, 0);
    for (client, times) in inner.clients.keys() {
        known += times.len();
        let is_known = others.iter_mut().any(|other| other.times(client).are_around(0, 0));
        shared += if is_known { times.len() } else { 0 };
    }
    if shared * 2 > known {
        same_share(inner, outer, within, |vantage| &vantage.client_fingerprints)
    } else {
        same_share(inner, outer, within, |vantage| &vantage.fingerprints)
    }
}

/// Telling is a request that `outer` does not have at other times as well, so that agreement is no chance.
fn same_share(
    inner: &VantageTally,
    outer: &[&VantageTally],
    (from, to): (i64, i64),
    of: fn(&VantageTally) -> &Sketch,
) -> Option<f64> {
    let mut others: Vec<Walk<'_>> = outer.iter().map(|outer| of(outer).walk()).collect();
    let (mut telling, mut same) = (0_u64, 0_u64);
    for (hash, times) in of(inner).keys() {
        if !outer.iter().all(|outer| of(outer).wants(hash)) {
            // What follows has a higher hash.
            break;
        }
        let found: Vec<Times<'_>> =
            others.iter_mut().map(|other| other.times(hash)).filter(|times| !times.is_empty()).collect();
        if found.is_empty() {
            continue;
        }
        for (second, count) in times.iter().filter(|(second, _)| (from..=to).contains(second)) {
            let at = |shift: i64| found.iter().any(|times| times.are_around(second + shift, REACH));
            if SHIFTS.iter().filter(|&&shift| at(shift)).count() * 4 <= SHIFTS.len() {
                telling += u64::from(count);
                same += if at(0) { u64::from(count) } else { 0 };
            }
        }
    }
    (telling >= FEWEST).then(|| same as f64 / telling as f64)
}
