//! What the verdict does not rest on: errors that no signature knows, and the limits of what was seen.

use super::background::Background;
use super::constants::NO_DATA;
use super::decide::Decision;
use super::verdict::UnknownError;
use crate::model::cause::Cause;
use crate::segment::Incident;
use crate::tally::Tally;
use std::collections::BTreeMap;

/// Unknown errors listed per incident.
const LISTED: usize = 10;

/// Errors of the incident that no signature knows, the newest kind first.
pub(super) fn unknown_errors(tally: &Tally, incident: &Incident, background: &Background) -> Vec<UnknownError> {
    let (from, to) = (incident.start - 120, incident.end + 1);
    let mut errors = Vec::new();
    for (key, shapes) in &tally.unknown {
        for ((shape, hits), &before) in shapes.shapes.iter().zip(background.errors(key)) {
            let count = hits.times.sum(from, to);
            if count == 0 {
                continue;
            }
            // Rates by length of the stretch would flatter short incidents; what never happens elsewhere is new.
            let novelty = count as f64 / (count + 4 * before) as f64;
            let quote = hits.quotes.range(from * 1_000_000, to * 1_000_000).next().cloned();
            errors.push(UnknownError {
                host: key.0.clone(),
                log: key.1.clone(),
                shape: shape.clone(),
                count,
                before,
                novelty,
                quote,
            });
        }
    }
    errors.sort_by(|one, other| {
        other
            .novelty
            .total_cmp(&one.novelty)
            .then(other.count.cmp(&one.count))
            .then_with(|| (&one.host, &one.log, &one.shape).cmp(&(&other.host, &other.log, &other.shape)))
    });
    errors.truncate(LISTED);
    errors
}

/// What limits the verdict on one incident.
pub(super) fn notes(
    decision: &Decision,
    coverage: &BTreeMap<Cause, f64>,
    tally: &Tally,
    incident: &Incident,
) -> Vec<String> {
    let mut notes = Vec::new();
    let hidden: Vec<&str> = Cause::ALL
        .iter()
        .filter(|cause| coverage.get(cause).is_none_or(|seen| *seen < NO_DATA))
        .map(|cause| cause.id())
        .collect();
    if !hidden.is_empty() {
        notes.push(format!("not visible in these logs: {}", hidden.join(", ")));
    }
    let first = tally.sources.values().filter_map(|source| source.fates.first).min().unwrap_or(0).div_euclid(1_000_000);
    let last = tally.sources.values().filter_map(|source| source.fates.last).max().unwrap_or(0).div_euclid(1_000_000);
    let length = incident.end - incident.start + 1;
    if last - first + 1 - length < 3 * length {
        notes.push(
            "little or no time without 503s to compare with: what is new in the incident is told less surely"
                .to_owned(),
        );
    }
    if let Some(mechanism) = decision.mechanism {
        notes.push(format!("the change took effect as {}", mechanism.id()));
    }
    notes
}

/// What the reader of the whole report must know.
pub(super) fn caveats(tally: &Tally) -> Vec<String> {
    let mut caveats = Vec::new();
    let assumed = |wanted: fn(&crate::tally::SourceTally) -> bool| {
        tally
            .sources
            .iter()
            .filter(|(_, source)| source.fates.records > 0 && wanted(source))
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>()
    };
    let listed = |names: &[&str]| {
        let shown = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        if names.len() > 5 { format!("{shown} and {} more", names.len() - 5) } else { shown }
    };
    let system = assumed(|source| source.zone == "this system's");
    if !system.is_empty() {
        caveats.push(format!(
            "no log states the time zone of {}: this system's was taken; --log-tz sets it",
            listed(&system)
        ));
    }
    let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in assumed(|source| source.zone.starts_with("told as ")) {
        told.entry(&tally.sources[name].zone).or_default().push(name);
    }
    caveats.extend(told.into_iter().map(|(zone, names)| {
        format!("no line states the time zone of {}: it was {zone}; --log-tz sets another", listed(&names))
    }));
    let years = assumed(|source| source.year == "file time");
    if !years.is_empty() {
        caveats.push(format!("no log states the year of {}: it was taken from the time of the file", listed(&years)));
    }
    caveats.extend(tally.clocks.iter().map(|(host, shift)| {
        let (way, seconds) = if shift.seconds < 0 { ("ahead of", -shift.seconds) } else { ("behind", shift.seconds) };
        let told = match shift.requests {
            0 => "as those of the other machines".to_owned(),
            requests => format!("by {requests} requests that both have logged"),
        };
        format!(
            "the clock of {host} is {seconds} s {way} that of {}, {told}: its times are set right here, and not in the \
             text of its lines",
            shift.reference
        )
    }));
    let parts: Vec<&str> =
        tally.sources.iter().filter(|(_, source)| source.from > 0).map(|(name, _)| name.as_str()).collect();
    if !parts.is_empty() {
        caveats.push(format!(
            "the lines of {} are counted from the byte that stands behind the + in the name: what stands before it lies \
             before the window and was not read; --read-all reads every line, and counts from the first",
            listed(&parts)
        ));
    }
    let unread: Vec<&str> = tally
        .sources
        .iter()
        .filter(|(_, source)| {
            source.fates.lines >= 20 && (source.fates.unrecognized + source.fates.undated) * 10 > source.fates.lines
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if !unread.is_empty() {
        caveats
            .push(format!("more than a tenth of the lines could not be read in {}; see sources.csv", listed(&unread)));
    }
    caveats
}
