//! Requests and 503s by minute, with the cause of the incident that each 503 belongs to.

use super::verdict::{Minute, Verdict};
use crate::segment::Segments;
use std::collections::BTreeMap;

/// The minutes of every service at the edge that has a 503, in order of time and name.
pub(super) fn timeline(segments: &Segments, verdicts: &[Verdict]) -> Vec<Minute> {
    let mut minutes: BTreeMap<(i64, &str), Minute> = BTreeMap::new();
    for (name, service) in &segments.services {
        for (second, count) in service.requests.iter() {
            minute(&mut minutes, second, name).requests += count;
        }
        for (second, count) in service.failed.iter() {
            let row = minute(&mut minutes, second, name);
            row.failed += count;
            let inside = verdicts
                .iter()
                .find(|verdict| (verdict.start..=verdict.end).contains(&second) && verdict.services.contains(name));
            if let Some(cause) = inside.and_then(|verdict| verdict.cause) {
                row.by_cause[cause.index()] += count;
            }
        }
    }
    minutes.into_values().collect()
}

fn minute<'m, 'n>(minutes: &'m mut BTreeMap<(i64, &'n str), Minute>, second: i64, service: &'n str) -> &'m mut Minute {
    let time = second.div_euclid(60) * 60;
    minutes.entry((time, service)).or_insert_with(|| Minute {
        time,
        service: service.to_owned(),
        requests: 0,
        failed: 0,
        by_cause: [0; 7],
    })
}
