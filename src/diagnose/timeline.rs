//! Requests and 503s by minute, with the cause of the incident that each 503 belongs to.

use super::verdict::{Minute, Verdict};
use crate::model::cause::Cause;
use crate::segment::burst::Bucket;
use crate::segment::{EdgeService, MINUTE, Segments};
use crate::spread::spread;
use std::sync::Arc;

/// The minutes of every service at the edge that has a 503, in order of time and name.
pub(super) fn timeline(segments: &Segments, verdicts: &[Verdict]) -> Vec<Minute> {
    let services: Vec<(&String, &EdgeService)> = segments.services.iter().collect();
    in_order(spread(&services, |(name, service)| of_service(name, service, verdicts)))
}

/// The minutes of one service, in order of time.
fn of_service(name: &str, service: &EdgeService, verdicts: &[Verdict]) -> Vec<Minute> {
    let shared: Arc<str> = name.into();
    let row = |minute: &Bucket| Minute {
        time: minute.start,
        service: Arc::clone(&shared),
        requests: minute.requests,
        failed: minute.failed,
        by_cause: None,
    };
    let mut rows: Vec<Minute> = service.minutes.iter().map(row).collect();
    let own: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.services.iter().any(|own| own == name)).collect();
    let cause = |second: i64| -> Option<Cause> {
        own.iter().find(|verdict| (verdict.start..=verdict.end).contains(&second))?.cause
    };
    let mut ahead = rows.iter_mut().peekable();
    for (second, count) in service.failed.iter() {
        let Some(cause) = cause(second) else { continue };
        while ahead.next_if(|row| row.time + MINUTE <= second).is_some() {}
        if let Some(row) = ahead.peek_mut() {
            row.by_cause.get_or_insert_default()[cause.index()] += count;
        }
    }
    rows
}

/// The rows of all services, each of which has its own in order of time, in order of time and service.
fn in_order(rows: Vec<Vec<Minute>>) -> Vec<Minute> {
    let keys = rows.iter().enumerate().flat_map(|(service, rows)| rows.iter().map(move |row| (row.time, service)));
    let mut order: Vec<(i64, usize)> = keys.collect();
    // As many runs in order as there are services, which a stable sort finds. The rows are three times as large, and
    // would be moved once for each time that the number of services halves.
    order.sort();
    let mut rows: Vec<_> = rows.into_iter().map(Vec::into_iter).collect();
    order.into_iter().filter_map(|(_, service)| rows.get_mut(service)?.next()).collect()
}
