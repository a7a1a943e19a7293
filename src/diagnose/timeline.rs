//! Requests and 503s by minute, with the cause of the incident that each 503 belongs to.

use super::verdict::{Minute, Verdict};
use crate::segment::Segments;
use std::sync::Arc;

/// The minutes of every service at the edge that has a 503, in order of time and name.
pub(super) fn timeline(segments: &Segments, verdicts: &[Verdict]) -> Vec<Minute> {
    let mut all = Vec::new();
    for (name, service) in &segments.services {
        let shared: Arc<str> = name.as_str().into();
        let mut minutes: Vec<Minute> = Vec::new();
        for (second, count) in service.requests.iter() {
            minute(&mut minutes, second, &shared).requests += count;
        }
        for (second, count) in service.failed.iter() {
            let row = minute(&mut minutes, second, &shared);
            row.failed += count;
            let inside = verdicts
                .iter()
                .find(|verdict| (verdict.start..=verdict.end).contains(&second) && verdict.services.contains(name));
            if let Some(cause) = inside.and_then(|verdict| verdict.cause) {
                row.by_cause.get_or_insert_default()[cause.index()] += count;
            }
        }
        all.append(&mut minutes);
    }
    all.sort_by(|one, other| (one.time, &one.service).cmp(&(other.time, &other.service)));
    all
}

/// The row of a minute among those of its service, which are in order.
fn minute<'m>(minutes: &'m mut Vec<Minute>, second: i64, service: &Arc<str>) -> &'m mut Minute {
    let time = second.div_euclid(60) * 60;
    // Seconds come in order: mostly it is the last.
    let at = match minutes.last() {
        Some(last) if last.time == time => Ok(minutes.len() - 1),
        _ => minutes.binary_search_by_key(&time, |minute| minute.time),
    };
    let at = at.unwrap_or_else(|at| {
        let row = Minute { time, service: Arc::clone(service), requests: 0, failed: 0, by_cause: None };
        minutes.insert(at, row);
        at
    });
    &mut minutes[at]
}
