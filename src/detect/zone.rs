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
/// Requests that must agree on an offset, and how many more for each that agrees on the offset which comes next. Of
/// unrelated logs of the same paths some requests always agree, on several offsets alike, and every log is compared with
/// every other: with twice as many as the next, one in some thousand pairs was believed to be half an hour away.
const FEWEST: u32 = 8;
const FOR_EACH_OTHER: u32 = 4;

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
            let Some((count, offset)) = agreeing(&survey.requests, seconds) else { continue };
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
fn agreeing(requests: &[SampledRequest], seconds: &FxHashMap<u64, Vec<i64>>) -> Option<(u32, i32)> {
    let mut votes: BTreeMap<i64, u32> = BTreeMap::new();
    for request in requests {
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
    (count >= FEWEST + FOR_EACH_OTHER * second).then(|| (count, i32::try_from(offset).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What requests of two logs say, each a path and a second.
    fn told(unstated: &[(u64, i64)], stated: &[(u64, i64)]) -> Option<i32> {
        let requests = |requests: &[(u64, i64)], stated| {
            requests.iter().map(move |&(key, second)| SampledRequest { key, second, stated }).collect::<Vec<_>>()
        };
        let mut seconds: FxHashMap<u64, Vec<i64>> = FxHashMap::default();
        stated.iter().for_each(|&(key, second)| seconds.entry(key).or_default().push(second));
        agreeing(&requests(unstated, false), &seconds).map(|(_, offset)| offset)
    }

    /// Requests for `paths` paths in turn, `step` seconds apart.
    fn log(paths: u64, step: i64, ahead: i64) -> Vec<(u64, i64)> {
        (0..200).map(|at| (at as u64 * 7919 % paths, 1_000_000 + at * step + ahead)).collect()
    }

    #[test]
    fn the_same_requests_tell_the_offset() {
        assert_eq!(told(&log(150, 9, 3601), &log(150, 9, 0)), Some(3600));
        assert_eq!(told(&log(10, 11, -19800), &log(10, 11, 0)), Some(-19800));
        assert_eq!(told(&log(10, 11, 0), &log(10, 11, 0)), Some(0));
    }

    #[test]
    fn other_requests_of_the_same_paths_tell_none() {
        // Two sites' logs: half of the requests are for three paths, and come at no steady pace.
        let mut state = 1_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut log = || {
            let mut second = 1_000_000_i64;
            let mut request = |_| {
                second += 1 + next(20) as i64;
                (if next(2) == 0 { next(3) } else { next(300) }, second)
            };
            (0..400).map(&mut request).collect::<Vec<(u64, i64)>>()
        };
        let logs: Vec<Vec<(u64, i64)>> = (0..40).map(|_| log()).collect();
        for (at, one) in logs.iter().enumerate() {
            for other in &logs[at + 1..] {
                assert_eq!(told(one, other), None);
            }
        }
    }
}
