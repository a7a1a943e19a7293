//! In: incidents and the merged tally. Out: a [`Diagnosis`]: for each incident a cause or *unknown*, with the lines
//! that prove it, how sure that is, and what could not be seen.
//! Promise: no random step, no order of a hash map; every number that enters is in the result.
//! Why scoring with roles instead of the most frequent error: loud is not guilty, and a symptom is always aligned with
//! the 503s better than its cause.

mod assess;
mod attribute;
mod background;
pub mod causes;
mod checklist;
pub mod constants;
pub mod coverage;
mod decide;
mod join;
mod judge;
mod locate;
mod relate;
mod shape;
mod tell;
mod timeline;
mod unknown;
pub mod verdict;
mod weigh;
mod window;

use crate::detect::catalogue::Layouts;
use crate::segment::Segments;
use crate::spot::Signatures;
use crate::spot::reference::References;
use crate::tally::Tally;
use crate::tally::vantage::VantageTally;
use causes::Causes;
use constants::Constants;
use coverage::Coverage;
use judge::Judge;
use verdict::{Diagnosis, VantagePoint};

/// What a diagnosis needs beside the tally.
#[derive(Debug, Clone, Copy)]
pub struct Knowledge<'d> {
    /// The layouts.
    pub layouts: &'d Layouts,
    /// The signatures.
    pub signatures: &'d Signatures,
    /// What people read of them.
    pub references: &'d References,
    /// The causes.
    pub causes: &'d Causes,
    /// Pause over which two bursts with one cause are one incident, in seconds.
    pub gap: i64,
}

/// Diagnoses what was counted.
pub fn diagnose(tally: &Tally, segments: &Segments, knowledge: Knowledge<'_>) -> Diagnosis {
    diagnose_with(tally, segments, knowledge, &Constants::default())
}

/// Diagnoses what was counted, with other constants than the program's own: to measure what they are worth.
pub fn diagnose_with(tally: &Tally, segments: &Segments, knowledge: Knowledge<'_>, constants: &Constants) -> Diagnosis {
    let coverage = Coverage::new(tally, knowledge.layouts);
    let judge = Judge { tally, segments, knowledge, coverage: &coverage, constants };
    let mut verdicts = join::joined(&judge);
    for (index, verdict) in verdicts.iter_mut().enumerate() {
        verdict.id = format!("I{}", index + 1);
    }
    let edge = |count: fn(&VantageTally) -> u64| {
        let places = segments.places.iter().filter(|(_, place)| place.edge);
        places.filter_map(|(key, _)| tally.vantages.get(key)).map(count).sum::<u64>()
    };
    let total_failed = edge(VantageTally::failed);
    let inside: u64 = verdicts.iter().map(|verdict| verdict.failed).sum();
    Diagnosis {
        window: window(tally),
        total_failed,
        total_requests: edge(VantageTally::requests),
        scattered: total_failed.saturating_sub(inside),
        timeline: timeline::timeline(segments, &verdicts),
        vantage_points: vantage_points(tally, segments),
        caveats: unknown::caveats(tally),
        incidents: verdicts,
    }
}

/// First and last dated record, in seconds.
fn window(tally: &Tally) -> Option<(i64, i64)> {
    let moments = tally.sources.values().flat_map(|source| [source.fates.first, source.fates.last]).flatten();
    let seconds = moments.map(|moment| moment.div_euclid(1_000_000));
    seconds.fold(None, |span, second| {
        Some(span.map_or((second, second), |(first, last): (i64, i64)| (first.min(second), last.max(second))))
    })
}

fn vantage_points(tally: &Tally, segments: &Segments) -> Vec<VantagePoint> {
    let point = |(key, place): &(crate::tally::vantage::VantageKey, crate::segment::edge::Place)| {
        let vantage = tally.vantages.get(key)?;
        Some(VantagePoint {
            host: key.host.clone(),
            log: key.log.clone(),
            format: key.format.clone(),
            edge: place.edge,
            reason: place.reason.clone(),
            requests: vantage.requests(),
            failed: vantage.failed(),
        })
    };
    segments.places.iter().filter_map(point).collect()
}
