//! What is known of each cause: found, ruled out, or out of sight.

use super::constants::{Constants, NO_DATA, RULED_OUT};
use super::decide::{Decision, is_minority};
use super::verdict::{CauseAssessment, Confidence, Evidence, Status};
use crate::model::cause::{Cause, Role, Strength};
use crate::spot::Signatures;
use std::collections::{BTreeMap, BTreeSet};

/// Least weight of evidence that counts as found.
const LEAST: f64 = 0.25;

/// Causes that nothing argues for and that cannot be ruled out all the same: all of them while no fault or change
/// explains the 503s, for then one of them does so unseen; else those that the evidence for the verdict can stand for.
pub(super) fn open(
    evidence: &[Evidence],
    decision: &Decision,
    signatures: &Signatures,
    constants: &Constants,
) -> BTreeSet<Cause> {
    let mut open = BTreeSet::new();
    let mut explained = decision.confidence == Confidence::Certain;
    for piece in evidence.iter().filter(|piece| piece.cause.is_some() && piece.weight >= LEAST) {
        if piece.cause != decision.cause && piece.cause != decision.mechanism {
            continue;
        }
        let fits = matches!(piece.role, Role::Fault | Role::Trigger) && !is_minority(piece, evidence);
        explained |= fits && piece.weight >= constants.explains;
        if let Some(index) = signatures.find(&piece.signature) {
            open.extend(signatures.get(index).text.may_be.iter().filter(|_| fits));
        }
    }
    if explained { open } else { Cause::ALL.into_iter().collect() }
}

/// What is known of each cause. Those in `open` are not ruled out.
pub(super) fn assess(
    evidence: &[Evidence],
    decision: &Decision,
    settled: &BTreeMap<Cause, u64>,
    coverage: &BTreeMap<Cause, f64>,
    open: &BTreeSet<Cause>,
) -> Vec<CauseAssessment> {
    let assess = |cause: &Cause| {
        let pieces = || {
            evidence
                .iter()
                .filter(|piece| piece.cause == Some(*cause) && !matches!(piece.role, Role::Recovery | Role::Backup))
        };
        let counts = pieces().filter(|piece| piece.weight >= LEAST && piece.strength >= Strength::Contributing).count();
        let seen = coverage.get(cause).copied().unwrap_or(0.0);
        let status = if counts > 0 || decision.cause == Some(*cause) {
            Status::Found
        } else if seen >= RULED_OUT && !open.contains(cause) {
            Status::RuledOut
        } else if seen < NO_DATA {
            Status::NoData
        } else {
            Status::PartlyCovered
        };
        CauseAssessment {
            cause: *cause,
            status,
            probability: decision.probabilities.get(cause).copied().unwrap_or(0.0),
            likelihood: decision.likelihoods.get(cause).copied().unwrap_or(0.0),
            attributed: settled.get(cause).copied().unwrap_or(0),
            coverage: seen,
            evidence_count: pieces().count(),
            top_signature: pieces().next().map(|piece| piece.signature.clone()),
        }
    };
    Cause::ALL.iter().map(assess).collect()
}
