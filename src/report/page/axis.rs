//! The time below a drawing: where its ticks stand, and what they are called.

use crate::report::when::When;

/// Distances of ticks in seconds.
const STEPS: [i64; 21] = [
    1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    2_592_000,
];
/// Ticks of a drawing, at most.
const MAX_TICKS: i64 = 8;

/// The ticks between two moments: each with the text at it. Round times of the reader's zone.
pub(super) fn ticks(when: &When, start: i64, end: i64) -> Vec<(i64, String)> {
    let length = (end - start).max(1);
    let step = STEPS.into_iter().find(|step| length / step < MAX_TICKS).unwrap_or(length);
    let offset = when.offset(start);
    let first = (start + offset + step - 1).div_euclid(step) * step - offset;
    let name = |moment: i64| match step {
        86_400.. => when.day(moment),
        _ if when.same_day(start, end) => when.time(moment),
        _ => when.short_date_time(moment),
    };
    (0..=MAX_TICKS)
        .map(|tick| first + tick * step)
        .take_while(|&tick| tick <= end)
        .map(|tick| (tick, name(tick)))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn ticks_are_round_times_of_the_zone() {
        let utc = When::new(TimeZone::UTC);
        // 2026-11-22 08:05:07 and 48 seconds more.
        let ticks_of_a_minute = ticks(&utc, 1_795_334_707, 1_795_334_755);
        let names: Vec<&str> = ticks_of_a_minute.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["08:05:10", "08:05:20", "08:05:30", "08:05:40", "08:05:50"]);
        let kathmandu = When::new(TimeZone::get("Asia/Kathmandu").unwrap());
        let days = ticks(&kathmandu, 1_795_334_707, 1_795_334_707 + 5 * 86_400);
        assert_eq!(days[0], (1_795_371_300, "2026-11-23".to_owned()), "midnight there is 18:15 UTC");
        assert!(ticks(&utc, 0, i64::from(u32::MAX)).len() <= 9);
    }
}
