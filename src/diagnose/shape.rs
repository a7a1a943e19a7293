//! What the requests themselves show: a maintenance page leaves no error line, but it has a shape.

use super::verdict::Evidence;
use crate::model::cause::{Cause, Role, Strength};
use crate::segment::{Incident, Segments};
use crate::tally::Tally;
use crate::tally::breakdown::Dimension;

/// Share of the requests that must get 503, and of these that must have one size and be over within a second.
const NEARLY_ALL: f64 = 0.95;
/// Kinds of URL that must be hit.
const URLS: usize = 3;
/// Larger pages are no constant page.
const LARGEST: u64 = 64 * 1024;

/// Every URL answered 503 at once with one small body, and no server behind asked: `return 503`, a maintenance page.
/// It argues for maintenance, but does not prove it: a limit or a missing server may look the same.
pub(super) fn constant_body(tally: &Tally, segments: &Segments, incident: &Incident) -> Option<Evidence> {
    let (from, to) = (incident.start, incident.end + 1);
    let (requests, failed) = segments.counts(incident);
    let (mut instant, mut urls, mut relayed, mut coded) = (0, 0, 0, 0);
    let mut sizes: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for name in &incident.services {
        for key in segments.services.get(name).into_iter().flat_map(|service| &service.vantages) {
            let Some(seen) = tally.vantages.get(key).and_then(|vantage| vantage.services.get(name)) else { continue };
            instant += seen.instant.sum(from, to);
            let values = |dimension: Dimension| {
                seen.breakdowns
                    .get(&dimension)
                    .into_iter()
                    .flat_map(|breakdown| breakdown.iter())
                    .map(|(value, counts)| (value.to_owned(), counts.failed.sum(from, to)))
            };
            urls += values(Dimension::Url).filter(|(_, count)| *count > 0).count();
            relayed += values(Dimension::Origin)
                .filter(|(origin, _)| origin == "relayed")
                .map(|(_, count)| count)
                .sum::<u64>();
            coded += values(Dimension::Origin)
                .filter(|(origin, _)| origin == "made here")
                .map(|(_, count)| count)
                .sum::<u64>();
            for (size, count) in values(Dimension::Size) {
                *sizes.entry(size).or_default() += count;
            }
        }
    }
    let (size, same) = sizes.into_iter().max_by(|one, other| one.1.cmp(&other.1).then_with(|| other.0.cmp(&one.0)))?;
    let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    let small = size.parse::<u64>().is_ok_and(|bytes| bytes > 0 && bytes <= LARGEST);
    let fits = share(failed, requests) >= NEARLY_ALL
        && share(same, failed) >= NEARLY_ALL
        && share(instant, failed) >= NEARLY_ALL;
    if !fits || !small || urls < URLS || relayed + coded > 0 {
        return None;
    }
    Some(Evidence {
        signature: "shape.constant-page".to_owned(),
        family: "shape.constant-page".to_owned(),
        cause: Some(Cause::Maintenance),
        role: Role::Symptom,
        strength: Strength::Contributing,
        title: format!("Every URL got the same page of {size} bytes at once, as a maintenance switch answers"),
        host: String::new(),
        about: incident.services.iter().next().cloned().unwrap_or_default(),
        topic: String::new(),
        count: failed,
        first: incident.start,
        last: incident.end,
        weight: 0.35,
        base: 0.7,
        lift: 0.5,
        lead: 1.0,
        scope: 1.0,
        presence: 1.0,
        attributed: 0,
        quotes: Vec::new(),
        fix: vec![
            "Look for a `return 503`, an error_page or a flag file in the web server's configuration.".to_owned(),
        ],
    })
}
