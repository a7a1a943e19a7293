//! One incident to its verdict: weigh, attribute, decide, tell.

use super::background::Background;
use super::constants::{Constants, Factor};
use super::coverage::Coverage;
use super::decide::{Deciding, Decision};
use super::relate::Neighbourhood;
use super::verdict::{CauseAssessment, CheckStep, Evidence, UnknownError, Verdict};
use super::{Knowledge, assess, attribute, checklist, shape, tell, unknown, weigh};
use crate::model::cause::{Cause, Role, Strength};
use crate::segment::{Incident, Segments};
use crate::tally::Tally;
use std::collections::BTreeMap;

/// What automation changes takes effect within this many seconds.
const JUST_BEFORE: i64 = 60;
const CHANGE: Cause = Cause::AutomaticConfiguration;

/// What every verdict is made from.
#[derive(Debug)]
pub(super) struct Judge<'d> {
    pub(super) tally: &'d Tally,
    pub(super) segments: &'d Segments,
    pub(super) knowledge: Knowledge<'d>,
    pub(super) coverage: &'d Coverage,
    pub(super) constants: &'d Constants,
}

impl Judge<'_> {
    /// The verdict on `incident`. `background` is what lies outside of all incidents, `earlier` the end of the last one
    /// of the same service before it. Where it is, is left to [`locate`](super::locate).
    pub(super) fn verdict(&self, incident: &Incident, background: &Background, earlier: Option<i64>) -> Verdict {
        let failed_seconds = self.segments.failed_seconds(incident);
        let mut evidence = self.evidence(incident, background, earlier, &failed_seconds);
        let settled = self.settled(&evidence);
        let (requests, failed) = self.segments.counts(incident);
        let coverage = self.sight(incident);
        let decision = self.decide(&evidence, &settled, failed, &coverage);
        for (piece, counts) in evidence.iter_mut().zip(&decision.counts) {
            piece.counts_for = counts.map(|(cause, _)| cause);
            piece.counts = counts.map_or(0.0, |(_, weight)| weight);
        }
        let chain = tell::chain(&evidence, &decision, self.constants);
        let unknown_errors = unknown::unknown_errors(self.tally, incident, background);
        let open = assess::open(&evidence, &decision, self.knowledge.signatures, self.constants);
        let causes = assess::assess(&evidence, &decision, &settled, &coverage, &open);
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
            checklist: self.checklist(incident, &causes, &evidence, (&unknown_errors, &decision)),
            notes: unknown::notes(&decision, &coverage, self.tally, incident),
            changes: changes(&evidence, incident),
            chain,
            causes,
            affected: Vec::new(),
            located: Vec::new(),
            unknown_errors,
            evidence,
        }
    }

    fn evidence(
        &self,
        incident: &Incident,
        background: &Background,
        earlier: Option<i64>,
        failed: &BTreeMap<i64, u64>,
    ) -> Vec<Evidence> {
        let near = Neighbourhood::new(self.tally, self.segments, incident);
        let weighing = weigh::Weighing {
            tally: self.tally,
            signatures: self.knowledge.signatures,
            references: self.knowledge.references,
            coverage: self.coverage,
            near: &near,
            incident,
            background,
            earlier,
            constants: self.constants,
            changed: self.changed(incident),
            failed,
        };
        let mut evidence = weighing.evidence();
        if self.constants.uses(Factor::Shape) {
            let known = (&evidence[..], self.knowledge.signatures, self.constants);
            let shapes = shape::shapes(self.tally, self.segments, incident, known);
            evidence.extend(shapes);
        }
        weigh::sort(&mut evidence);
        attribute::attribute(&mut evidence, self.tally, failed, self.constants);
        weigh::sort(&mut evidence);
        evidence
    }

    /// When something was last changed that may have begun the incident.
    fn changed(&self, incident: &Incident) -> Option<i64> {
        let signatures = self.knowledge.signatures;
        let of = |id: &String| {
            signatures.find(id).map(|index| &signatures.get(index).text).filter(|text| {
                text.role == Role::Trigger && text.strength >= Strength::Contributing && text.cause == Some(CHANGE)
            })
        };
        let hits = self.tally.hits.iter().filter(|(id, _)| of(id).is_some()).flat_map(|(_, hits)| hits.scopes.values());
        hits.flat_map(|hits| hits.times.range(incident.onset - JUST_BEFORE, incident.onset + 2))
            .map(|(second, _)| second)
            .max()
    }

    fn settled(&self, evidence: &[Evidence]) -> BTreeMap<Cause, u64> {
        if !self.constants.uses(Factor::Direct) {
            return BTreeMap::new();
        }
        let signatures = self.knowledge.signatures;
        attribute::settled(evidence, |id: &str| {
            signatures.find(id).is_none_or(|index| !signatures.get(index).text.may_be.is_empty())
        })
    }

    fn decide(
        &self,
        evidence: &[Evidence],
        settled: &BTreeMap<Cause, u64>,
        failed: u64,
        coverage: &BTreeMap<Cause, f64>,
    ) -> Decision {
        let all = Cause::ALL.iter().map(|cause| (*cause, 1.0)).collect();
        let coverage = if self.constants.uses(Factor::Coverage) { coverage } else { &all };
        let signatures = self.knowledge.signatures;
        Deciding { evidence, signatures, settled, failed, coverage, constants: self.constants }.decide()
    }

    fn checklist(
        &self,
        incident: &Incident,
        causes: &[CauseAssessment],
        evidence: &[Evidence],
        (unknown, decision): (&[UnknownError], &Decision),
    ) -> Vec<CheckStep> {
        let checking = checklist::Checking {
            tally: self.tally,
            signatures: self.knowledge.signatures,
            texts: self.knowledge.causes,
            coverage: self.coverage,
            causes,
            evidence,
            unknown,
            verdict: decision.cause,
            mechanism: decision.mechanism,
            start: incident.start,
            end: incident.end,
        };
        checking.steps()
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
            if behind || cause == Cause::Maintenance { coverage } else { coverage.min(self.constants.blind) }
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

/// What changed in the half hour before, latest first.
fn changes(evidence: &[Evidence], incident: &Incident) -> Vec<Evidence> {
    let mut changes: Vec<Evidence> =
        evidence.iter().filter(|piece| checklist::is_recent_change(piece, incident.start)).cloned().collect();
    changes.sort_by(|one, other| other.first.cmp(&one.first).then_with(|| one.signature.cmp(&other.signature)));
    changes
}
