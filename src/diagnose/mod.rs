//! In: incidents and the merged tally. Out: a [`Diagnosis`]: for each incident a cause or *unknown*, with the lines
//! that prove it, how sure that is, and what could not be seen.
//! Promise: no random step, no order of a hash map; every number that enters is in the result.
//! Why scoring with roles instead of the most frequent error: loud is not guilty, and a symptom is always aligned with
//! the 503s better than its cause.

mod attribute;
pub mod causes;
mod checklist;
pub mod constants;
pub mod coverage;
mod decide;
mod locate;
mod relate;
mod shape;
mod tell;
mod timeline;
mod unknown;
pub mod verdict;
mod weigh;

use crate::detect::catalogue::Layouts;
use crate::model::cause::{Cause, Role};
use crate::segment::{Incident, Segments};
use crate::spot::Signatures;
use crate::spot::reference::References;
use crate::tally::Tally;
use causes::Causes;
use coverage::Coverage;
use decide::{Deciding, Decision};
use relate::Neighbourhood;
use std::collections::BTreeMap;
use verdict::{CauseAssessment, Diagnosis, Evidence, Status, VantagePoint, Verdict};

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
    let coverage = Coverage::new(tally, knowledge.layouts);
    let diagnosing = Diagnosing { tally, segments, knowledge, coverage: &coverage };
    let mut incidents = segments.incidents.clone();
    let mut verdicts = diagnosing.verdicts(&incidents);
    while let Some((one, other)) = joinable(&incidents, &verdicts, knowledge.gap) {
        let only_later_explained = is_weak(&verdicts[one]) && !is_weak(&verdicts[other]);
        let later = incidents.remove(other);
        let earlier = &mut incidents[one];
        if only_later_explained {
            earlier.onset = later.onset;
        }
        earlier.end = earlier.end.max(later.end);
        earlier.services.extend(later.services);
        verdicts = diagnosing.verdicts(&incidents);
    }
    for (index, verdict) in verdicts.iter_mut().enumerate() {
        verdict.id = format!("I{}", index + 1);
    }
    let edge = |count: fn(&crate::tally::vantage::VantageTally) -> u64| {
        segments
            .places
            .iter()
            .filter(|(_, place)| place.edge)
            .filter_map(|(key, _)| tally.vantages.get(key))
            .map(count)
            .sum::<u64>()
    };
    let total_failed = edge(crate::tally::vantage::VantageTally::failed);
    let inside: u64 = verdicts.iter().map(|verdict| verdict.failed).sum();
    let moments = tally.sources.values().flat_map(|source| [source.fates.first, source.fates.last]).flatten();
    let window = moments.fold(None, |span: Option<(i64, i64)>, moment| {
        let second = moment.div_euclid(1_000_000);
        Some(span.map_or((second, second), |(first, last)| (first.min(second), last.max(second))))
    });
    Diagnosis {
        window,
        total_failed,
        total_requests: edge(crate::tally::vantage::VantageTally::requests),
        scattered: total_failed.saturating_sub(inside),
        timeline: timeline::timeline(segments, &verdicts),
        vantage_points: vantage_points(tally, segments),
        caveats: unknown::caveats(tally),
        incidents: verdicts,
    }
}

/// Two incidents that are one, the earlier first: bursts of different services that begin together, or bursts of one
/// service with a short pause between, when the same cause explains both or the logs tell none for one of them.
fn joinable(incidents: &[Incident], verdicts: &[Verdict], gap: i64) -> Option<(usize, usize)> {
    let pairs = (0..incidents.len()).flat_map(|one| (one + 1..incidents.len()).map(move |other| (one, other)));
    pairs.into_iter().find(|&(one, other)| {
        let (before, after) = (&incidents[one], &incidents[other]);
        let together = after.start - before.start <= crate::segment::SAME_ONSET && after.start <= before.end + 10;
        let paused = after.start - before.end <= gap && !before.services.is_disjoint(&after.services);
        let causes = (verdicts[one].cause, verdicts[other].cause);
        let same = causes.0 == causes.1 || (together && (causes.0.is_none() || causes.1.is_none()));
        let brief = after.start - before.end <= constants::WEAK_GAP && !before.services.is_disjoint(&after.services);
        ((together || paused) && same) || (brief && (is_weak(&verdicts[one]) || is_weak(&verdicts[other])))
    })
}

/// Whether only symptoms speak for a verdict.
fn is_weak(verdict: &Verdict) -> bool {
    !verdict
        .evidence
        .iter()
        .any(|piece| matches!(piece.role, Role::Fault | Role::Trigger) && piece.weight >= constants::EXPLAINS)
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

struct Diagnosing<'d> {
    tally: &'d Tally,
    segments: &'d Segments,
    knowledge: Knowledge<'d>,
    coverage: &'d Coverage,
}

impl Diagnosing<'_> {
    fn verdicts(&self, incidents: &[Incident]) -> Vec<Verdict> {
        incidents.iter().map(|incident| self.verdict(incident, incidents)).collect()
    }

    fn verdict(&self, incident: &Incident, incidents: &[Incident]) -> Verdict {
        let failed_seconds = self.segments.failed_seconds(incident);
        let near = Neighbourhood::new(self.tally, self.segments, incident);
        let weighing = weigh::Weighing {
            tally: self.tally,
            signatures: self.knowledge.signatures,
            references: self.knowledge.references,
            coverage: self.coverage,
            near: &near,
            incident,
            incidents,
            failed: &failed_seconds,
        };
        let mut evidence = weighing.evidence();
        evidence.extend(shape::constant_body(self.tally, self.segments, incident));
        weigh::sort(&mut evidence);
        attribute::attribute(&mut evidence, self.tally, &failed_seconds);
        weigh::sort(&mut evidence);
        let signatures = self.knowledge.signatures;
        let ambiguous =
            |id: &str| signatures.find(id).is_none_or(|index| !signatures.get(index).text.may_be.is_empty());
        let settled = attribute::settled(&evidence, ambiguous);
        let (requests, failed) = self.segments.counts(incident);
        let coverage = self.sight(incident);
        let decision =
            Deciding { evidence: &evidence, signatures, settled: &settled, failed, coverage: &coverage }.decide();
        let chain = tell::chain(&evidence, &decision);
        let unknown_errors = unknown::unknown_errors(self.tally, incident, incidents);
        let causes = assess(&evidence, &decision, &settled, &coverage);
        let checking = checklist::Checking {
            tally: self.tally,
            signatures,
            texts: self.knowledge.causes,
            coverage: self.coverage,
            causes: &causes,
            evidence: &evidence,
            unknown: &unknown_errors,
            start: incident.start,
            end: incident.end,
        };
        let (affected, located) = locate::locate(self.tally, self.segments, incident);
        let mut changes: Vec<Evidence> =
            evidence.iter().filter(|piece| checklist::is_recent_change(piece, incident.start)).cloned().collect();
        changes.sort_by(|one, other| other.first.cmp(&one.first).then_with(|| one.signature.cmp(&other.signature)));
        Verdict {
            id: String::new(),
            start: incident.start,
            end: incident.end,
            services: self.services_by_failed(incident),
            requests,
            failed,
            cause: decision.cause,
            confidence: decision.confidence,
            probability: decision.probability,
            explained_share: tell::explained(&evidence, &decision, &settled, &failed_seconds, incident),
            runner_up: decision.runner_up,
            mechanism: decision.mechanism,
            summary: tell::summary(&evidence, &chain, &decision, self.knowledge.causes),
            checklist: checking.steps(),
            notes: unknown::notes(&decision, &coverage, self.tally, incident),
            chain,
            causes,
            affected,
            located,
            changes,
            unknown_errors,
            evidence,
        }
    }

    /// How far each cause could be seen. What breaks behind the edge shows only in logs from there.
    fn sight(&self, incident: &Incident) -> BTreeMap<Cause, f64> {
        let vantages = || {
            incident
                .services
                .iter()
                .filter_map(|name| self.segments.services.get(name))
                .flat_map(|service| &service.vantages)
        };
        let hosts = vantages().map(|key| key.host.clone()).collect();
        let logs = vantages().map(|key| key.log.clone()).collect();
        let behind = self.coverage.sees_behind(self.knowledge.layouts, &hosts, &logs, incident.start, incident.end);
        let seen = |cause: Cause| {
            let coverage = self.coverage.of(self.knowledge.causes, cause, incident.start, incident.end);
            // What is switched at the edge shows at the edge.
            if behind || cause == Cause::Maintenance { coverage } else { coverage.min(constants::BLIND) }
        };
        Cause::ALL.iter().map(|cause| (*cause, seen(*cause))).collect()
    }

    fn services_by_failed(&self, incident: &Incident) -> Vec<String> {
        let failed = |name: &String| {
            self.segments.services.get(name).map_or(0, |service| service.failed.sum(incident.start, incident.end + 1))
        };
        let mut services: Vec<(std::cmp::Reverse<u64>, String)> =
            incident.services.iter().map(|name| (std::cmp::Reverse(failed(name)), name.clone())).collect();
        services.sort();
        services.into_iter().map(|(_, name)| name).collect()
    }
}

/// What is known of each cause.
fn assess(
    evidence: &[Evidence],
    decision: &Decision,
    settled: &BTreeMap<Cause, u64>,
    coverage: &BTreeMap<Cause, f64>,
) -> Vec<CauseAssessment> {
    let assess = |cause: &Cause| {
        let pieces = || {
            evidence
                .iter()
                .filter(|piece| piece.cause == Some(*cause) && !matches!(piece.role, Role::Recovery | Role::Backup))
        };
        let counts = pieces()
            .filter(|piece| piece.weight >= 0.25 && piece.strength >= crate::model::cause::Strength::Contributing)
            .count();
        let seen = coverage.get(cause).copied().unwrap_or(0.0);
        let status = if counts > 0 || decision.cause == Some(*cause) {
            Status::Found
        } else if seen >= constants::RULED_OUT {
            Status::RuledOut
        } else if seen < constants::NO_DATA {
            Status::NoData
        } else {
            Status::PartlyCovered
        };
        CauseAssessment {
            cause: *cause,
            status,
            probability: decision.probabilities.get(cause).copied().unwrap_or(0.0),
            attributed: settled.get(cause).copied().unwrap_or(0),
            coverage: seen,
            evidence_count: pieces().count(),
            top_signature: pieces().next().map(|piece| piece.signature.clone()),
        }
    };
    Cause::ALL.iter().map(assess).collect()
}
