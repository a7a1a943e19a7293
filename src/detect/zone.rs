//! The zone of a log that states none, told from its requests: a balancer in another zone than its servers logs the
//! same requests a whole number of quarter hours away from them.

use super::survey::Survey;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Zone offsets are multiples of a quarter of an hour, from -12:00 to +14:00.
const QUARTER: i64 = 900;
const FARTHEST: i64 = 14 * 3600;
/// Two tiers log a request at most this many seconds apart.
const NEAR: i64 = 5;
/// Requests that must agree on an offset.
const FEWEST: u32 = 8;

/// A request of a survey's sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampledRequest {
    /// Hash of method and path.
    pub key: u64,
    /// Second as logged: in UTC where the log states its zone, else local.
    pub second: i64,
    /// Whether the log states the zone.
    pub stated: bool,
}

/// The requests of the logs that state their zone.
#[derive(Debug)]
pub(super) struct Stated<'s> {
    /// For each log its name, and by request the seconds in which it had it.
    logs: Vec<(&'s str, FxHashMap<u64, Vec<i64>>)>,
}

impl<'s> Stated<'s> {
    pub(super) fn of(surveys: &'s [Survey]) -> Self {
        // Where no log wants to know, nothing is put in order.
        let wanted = surveys.iter().any(states_none);
        let logs = surveys.iter().filter(|_| wanted).map(|survey| {
            let mut seconds: FxHashMap<u64, Vec<i64>> = FxHashMap::default();
            for request in survey.requests.iter().filter(|request| request.stated) {
                seconds.entry(request.key).or_default().push(request.second);
            }
            (survey.name.as_str(), seconds)
        });
        Self { logs: logs.filter(|(_, seconds)| !seconds.is_empty()).collect() }
    }

    /// The offset in seconds of a log that states none, and the log that told it; nothing if no log has its requests.
    pub(super) fn offset(&self, survey: &Survey) -> Option<(i32, &'s str)> {
        if !states_none(survey) {
            return None;
        }
        let mut best: Option<(u32, i32, &str)> = None;
        for (name, seconds) in self.logs.iter().filter(|(name, _)| *name != survey.name) {
            let Some((count, offset)) = agreeing(survey, seconds) else { continue };
            if best.as_ref().is_none_or(|(known, _, _)| count > *known) {
                best = Some((count, offset, name));
            }
        }
        best.map(|(_, offset, name)| (offset, name))
    }
}

/// Whether a log has requests, and states the zone of none.
fn states_none(survey: &Survey) -> bool {
    !survey.requests.is_empty() && !survey.requests.iter().any(|request| request.stated)
}

/// The offset at which most requests of a log agree with those of another, and how many do: clearly more than at any
/// other.
fn agreeing(survey: &Survey, seconds: &FxHashMap<u64, Vec<i64>>) -> Option<(u32, i32)> {
    let mut votes: BTreeMap<i64, u32> = BTreeMap::new();
    for request in &survey.requests {
        let mut offsets: Vec<i64> = Vec::new();
        for second in seconds.get(&request.key).into_iter().flatten() {
            let difference = request.second - second;
            let offset = (difference + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
            if (difference - offset).abs() <= NEAR && offset.abs() <= FARTHEST && !offsets.contains(&offset) {
                offsets.push(offset);
            }
        }
        for offset in offsets {
            *votes.entry(offset).or_default() += 1;
        }
    }
    let mut ranked: Vec<(u32, i64)> = votes.into_iter().map(|(offset, count)| (count, offset)).collect();
    ranked.sort_by_key(|&(count, offset)| (std::cmp::Reverse(count), offset));
    let (count, offset) = *ranked.first()?;
    let second = ranked.get(1).map_or(0, |(count, _)| *count);
    (count >= FEWEST && count >= 2 * second).then(|| (count, i32::try_from(offset).unwrap_or(0)))
}
