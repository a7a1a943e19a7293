//! Direct attribution: 503s that say themselves why, or whose error line says it.

use super::constants::{Constants, Factor};
use super::verdict::Evidence;
use crate::model::cause::{Cause, Role, Strength};
use crate::model::sums::sum_equal;
use crate::tally::Tally;
use std::collections::BTreeMap;

/// Ends of the families of what failed health checks write.
const CHECKS: [&str; 5] = [".probe", ".health", ".check", ".hcheck", ".check-failed"];
/// Fewer failed checks than this prove nothing.
const FEWEST_CHECKS: usize = 5;

/// Fills in how many 503s each piece of evidence accounts for directly.
///
/// A cause code stands in the 503's own access line and is counted with it. An error line is matched to the 503s by
/// counting: in each second the smaller of both, then what is left over to one second away. No request is stored, and
/// the result does not depend on the order of the lines.
///
/// An error that is written at the second of nearly every failed health check is why the check fails, and so why no
/// request gets through: it is as good as one for every 503.
pub(super) fn attribute(evidence: &mut [Evidence], tally: &Tally, failed: &BTreeMap<i64, u64>, constants: &Constants) {
    let checks = failed_checks(evidence, tally);
    let failed: Times = failed.iter().map(|(&second, &count)| (second, count)).collect();
    let all: u64 = failed.iter().map(|(_, count)| count).sum();
    for piece in evidence.iter_mut() {
        let wanted = piece.strength >= Strength::Contributing
            && matches!(piece.role, Role::Fault | Role::Symptom | Role::Trigger);
        if piece.attributed > 0 || !wanted {
            continue;
        }
        let Some(signature) = tally.hits.get(&piece.signature) else { continue };
        let own = signature.scopes.iter().filter(|(scope, _)| {
            scope.host == piece.host
                && scope.topic == piece.topic
                && (piece.about.is_empty() || [&scope.upstream, &scope.service, &scope.program].contains(&&piece.about))
        });
        let lines = summed(own.flat_map(|(_, hits)| hits.times.range(piece.first, piece.last + 1)));
        piece.attributed = matched(&lines, &failed);
        let of_503s = piece.attributed as f64 / all.max(1) as f64;
        let share = of_503s.max(checks.iter().map(|check| share_of(&lines, check)).fold(0.0, f64::max));
        let mild = piece.role == Role::Fault && piece.strength == Strength::Contributing;
        if mild && constants.uses(Factor::Alignment) {
            align(piece, share, constants);
        }
    }
}

/// Seconds in order, each once, with the count of each.
type Times = Vec<(i64, u64)>;

/// Seconds of several series as one.
fn summed(times: impl Iterator<Item = (i64, u64)>) -> Times {
    let mut times: Times = times.collect();
    // Each series is in order: a stable sort sees that.
    times.sort_by_key(|(second, _)| *second);
    sum_equal(&mut times);
    times
}

/// The seconds of failed health checks, by piece of evidence. A few prove nothing.
fn failed_checks(evidence: &[Evidence], tally: &Tally) -> Vec<Times> {
    let checks = evidence
        .iter()
        .filter(|piece| piece.role == Role::Symptom && CHECKS.iter().any(|end| piece.family.ends_with(end)));
    let seconds = |piece: &Evidence| {
        let scopes = tally.hits.get(&piece.signature).into_iter().flat_map(|hits| &hits.scopes);
        let own = scopes.filter(|(scope, _)| scope.host == piece.host && scope.topic == piece.topic);
        summed(own.flat_map(|(_, hits)| hits.times.range(piece.first, piece.last + 1)))
    };
    checks.map(seconds).filter(|seconds| seconds.len() >= FEWEST_CHECKS).collect()
}

/// How many of the checks have a line at their second.
fn share_of(lines: &[(i64, u64)], check: &[(i64, u64)]) -> f64 {
    matched(lines, check) as f64 / check.iter().map(|(_, count)| count).sum::<u64>().max(1) as f64
}

/// A mild error is as strong as a fault when it is written for nearly every 503, and not otherwise; when it goes with
/// next to none of them, it is an error of other requests.
fn align(piece: &mut Evidence, share: f64, constants: &Constants) {
    if share >= constants.aligned.0 && piece.lift >= constants.aligned.1 {
        let stronger = share * constants.base(Strength::Strong);
        piece.weight *= stronger / piece.base;
        piece.base = stronger;
    } else if share < constants.unaligned.0 && piece.cause == Some(Cause::ScriptBug) {
        piece.presence *= constants.unaligned.1;
        piece.weight *= constants.unaligned.1;
    }
}

/// How many lines find a 503 of their own at most one second away, nearest first.
fn matched(lines: &[(i64, u64)], failed: &[(i64, u64)]) -> u64 {
    let (mut lines, mut failed) = (lines.to_vec(), failed.to_vec());
    let mut sum = 0;
    for shift in [0, 1, -1] {
        let mut ahead = failed.iter_mut().peekable();
        for (second, left) in &mut lines {
            let wanted = *second + shift;
            while ahead.next_if(|(failed, _)| *failed < wanted).is_some() {}
            if let Some((_, open)) = ahead.peek_mut().filter(|(failed, _)| *failed == wanted) {
                let both = (*left).min(*open);
                *left -= both;
                *open -= both;
                sum += both;
            }
        }
    }
    sum
}

/// 503s that are settled by cause: those attributed to a direct fault or trigger that stands for one cause alone.
/// Families may tell of the same requests, so the largest of a cause counts, not their sum.
pub(super) fn settled(evidence: &[Evidence], ambiguous: impl Fn(&str) -> bool) -> BTreeMap<Cause, u64> {
    let mut families: BTreeMap<(Cause, &str), u64> = BTreeMap::new();
    for piece in evidence {
        let (Some(cause), Strength::Direct, Role::Fault | Role::Trigger) = (piece.cause, piece.strength, piece.role)
        else {
            continue;
        };
        if !ambiguous(&piece.signature) {
            *families.entry((cause, &piece.family)).or_default() += piece.attributed;
        }
    }
    let mut causes: BTreeMap<Cause, u64> = BTreeMap::new();
    for ((cause, _), count) in families {
        let known = causes.entry(cause).or_default();
        *known = (*known).max(count);
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_503s_are_matched_once_and_nearest_first() {
        let lines = summed([(10, 1), (20, 5), (10, 2), (11, 1)].into_iter());
        assert_eq!(lines, [(10, 3), (11, 1), (20, 5)]);
        let failed = [(10, 2), (11, 2), (12, 1), (30, 9)];
        assert_eq!(matched(&lines, &failed), 4);
        assert_eq!(matched(&[], &failed), 0);
    }
}
