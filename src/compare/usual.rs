//! The usual number of 503s of an hour of the week, and the hours that had more.

use super::{Date, Digest};

/// An hour of the week, in the zone of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hour {
    /// 0 for Monday.
    pub weekday: i8,
    /// 0 to 23.
    pub hour: i8,
}

/// An hour with more 503s than is usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusualHour {
    /// The hour.
    pub hour: Hour,
    /// Its 503s.
    pub failed: u64,
    /// The fewest that the hour had before.
    pub low: u64,
    /// The most.
    pub high: u64,
    /// Nights that the range is taken from.
    pub nights: usize,
    /// Whether they are of the same day of the week; otherwise of any.
    pub same_weekday: bool,
}

/// With fewer nights than this an hour has no usual range.
const ENOUGH: usize = 3;

/// The hours of a night with more 503s than usual, and how many have some and are as usual. `before` is in the order of
/// time; the range is that of the same hour of the same day of the week, or where there are too few, that of the same
/// hour of the latest `recent` nights.
///
/// More than usual is more than three standard deviations above the most of before, if 503s came singly (Poisson): a
/// count of `n` varies by its square root.
pub(super) fn hours(night: &Digest, before: &[(Date, &Digest)], recent: usize) -> (Vec<UnusualHour>, usize) {
    let (mut unusual, mut usual) = (Vec::new(), 0);
    for (&hour, &failed) in &night.hours {
        let of = |digest: &Digest, hour: Hour| digest.hours.get(&hour).copied().unwrap_or(0);
        let weekday = |day: Date| day.weekday().to_monday_zero_offset();
        let same: Vec<u64> = before
            .iter()
            .filter(|(day, _)| weekday(*day) == hour.weekday)
            .map(|(_, digest)| of(digest, hour))
            .collect();
        let same_weekday = same.len() >= ENOUGH;
        let counts = if same_weekday {
            same
        } else {
            let latest = &before[before.len().saturating_sub(recent)..];
            latest.iter().map(|(day, digest)| of(digest, Hour { weekday: weekday(*day), ..hour })).collect()
        };
        let (Some(&low), Some(&high), true) = (counts.iter().min(), counts.iter().max(), counts.len() >= ENOUGH) else {
            continue;
        };
        if failed > high + 3 * high.isqrt() + 3 {
            unusual.push(UnusualHour { hour, failed, low, high, nights: counts.len(), same_weekday });
        } else {
            usual += 1;
        }
    }
    (unusual, usual)
}
