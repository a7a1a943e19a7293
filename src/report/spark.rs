//! The shape of an incident: 503s over time, as one line of blocks.

use crate::diagnose::verdict::{Diagnosis, Verdict};
use crate::tally::Tally;
use crate::tally::vantage::VantageKey;
use std::collections::BTreeMap;

/// Widths of a block in seconds.
const WIDTHS: [i64; 5] = [10, 60, 600, 3600, 86_400];
/// Blocks of the incident itself, at most: a line of it fits beside its times in a page.
const MAX_BLOCKS: i64 = 60;
/// Blocks shown before and after.
const MARGIN: i64 = 3;
/// From least to most.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// 503s by block of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spark {
    /// Seconds of a block.
    pub(super) width: i64,
    /// Start of the first block, in seconds since 1970.
    pub(super) start: i64,
    /// 503s by block.
    pub(super) counts: Vec<u64>,
}

impl Spark {
    /// The shape of an incident; nothing when its 503s are not counted over time.
    pub(super) fn of(verdict: &Verdict, diagnosis: &Diagnosis, tally: &Tally) -> Option<Self> {
        let (seconds, step) = seconds_at_the_edge(verdict, diagnosis, tally);
        let (seconds, step) = if seconds.is_empty() { (minutes(verdict, diagnosis), 60) } else { (seconds, step) };
        let length = (verdict.end - verdict.start).max(0);
        let width = WIDTHS.into_iter().find(|&width| width >= step && length / width < MAX_BLOCKS).unwrap_or(86_400);
        let start = (verdict.start.div_euclid(width) - MARGIN) * width;
        let blocks = (verdict.end.div_euclid(width) + MARGIN + 1) * width - start;
        // A verdict over decades can only come from a broken clock.
        let blocks = usize::try_from(blocks / width).ok().filter(|&blocks| blocks < 10_000)?;
        let mut counts = vec![0; blocks];
        for (&second, &count) in &seconds {
            let block = usize::try_from((second - start).div_euclid(width)).ok();
            if let Some(block) = block.and_then(|block| counts.get_mut(block)) {
                *block += count;
            }
        }
        counts.iter().any(|&count| count > 0).then_some(Self { width, start, counts })
    }

    /// The end of the last block.
    pub(super) fn end(&self) -> i64 {
        self.start + self.width * self.counts.len() as i64
    }

    /// The most 503s of a block.
    pub(super) fn most(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or(0)
    }

    /// The line of blocks; a dot where there was no 503.
    pub(super) fn blocks(&self) -> String {
        blocks(self.counts.iter().copied().map(Some))
    }
}

/// Counts as a line of blocks; a dot for none, a question mark for what is not known.
pub(super) fn blocks(counts: impl Iterator<Item = Option<u64>> + Clone) -> String {
    let most = counts.clone().flatten().max().unwrap_or(0).max(1);
    let level = |count: Option<u64>| match count {
        None => '?',
        Some(0) => '·',
        Some(count) => LEVELS[((count * LEVELS.len() as u64).div_ceil(most) as usize).clamp(1, LEVELS.len()) - 1],
    };
    counts.map(level).collect()
}

/// 503s of the incident's services by bucket of the edge, and the width of its buckets.
fn seconds_at_the_edge(verdict: &Verdict, diagnosis: &Diagnosis, tally: &Tally) -> (BTreeMap<i64, u64>, i64) {
    let (mut counts, mut step) = (BTreeMap::new(), 1);
    for point in diagnosis.vantage_points.iter().filter(|point| point.edge) {
        let key = VantageKey { host: point.host.clone(), log: point.log.clone(), format: point.format.clone() };
        let Some(vantage) = tally.vantages.get(&key) else { continue };
        for service in verdict.services.iter().filter_map(|service| vantage.services.get(service)) {
            step = step.max(service.failed.step());
            for (second, count) in service.failed.iter() {
                *counts.entry(second).or_default() += count;
            }
        }
    }
    (counts, step)
}

fn minutes(verdict: &Verdict, diagnosis: &Diagnosis) -> BTreeMap<i64, u64> {
    let mut counts = BTreeMap::new();
    let affected = |service: &str| verdict.services.iter().any(|name| name == service);
    for minute in diagnosis.timeline.iter().filter(|minute| affected(&minute.service)) {
        *counts.entry(minute.time).or_default() += minute.failed;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_503_is_told_from_none() {
        let spark = Spark { width: 10, start: 0, counts: vec![0, 1, 50, 100, 1000] };
        assert_eq!(spark.blocks(), "·▁▁▁█");
        assert_eq!((spark.end(), spark.most()), (50, 1000));
    }
}
