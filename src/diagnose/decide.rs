//! From weighed evidence to a cause: combine per cause, let faults and triggers explain symptoms, judge how sure it is.

use super::constants::{EVIDENT, EXPLAINS, INTENT, POSSIBLE, PROBABLE, SETTLED, TAKES_OVER, UNKNOWN};
use super::verdict::{Confidence, Evidence};
use crate::model::cause::{Cause, Role, Strength};
use crate::spot::Signatures;
use std::collections::BTreeMap;

/// What the shape of the requests can stand for beside its cause: a limit, a missing server, a bug.
const SHAPE_ALTERNATIVES: usize = 3;

/// What was decided.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decision {
    pub(super) cause: Option<Cause>,
    pub(super) confidence: Confidence,
    pub(super) probability: f64,
    pub(super) runner_up: Option<(Cause, f64)>,
    pub(super) mechanism: Option<Cause>,
    /// Probability by cause; with that of *unknown* they add up to 1.
    pub(super) probabilities: BTreeMap<Cause, f64>,
}

/// What a decision is made from.
#[derive(Debug)]
pub(super) struct Deciding<'d> {
    pub(super) evidence: &'d [Evidence],
    pub(super) signatures: &'d Signatures,
    /// 503s settled by cause.
    pub(super) settled: &'d BTreeMap<Cause, u64>,
    /// 503s of the incident.
    pub(super) failed: u64,
    /// How far each cause could be seen.
    pub(super) coverage: &'d BTreeMap<Cause, f64>,
}

impl Deciding<'_> {
    pub(super) fn decide(&self) -> Decision {
        let explained = self
            .evidence
            .iter()
            .any(|piece| matches!(piece.role, Role::Fault | Role::Trigger) && piece.weight >= EXPLAINS);
        let raw = self.combine(explained);
        let takeover = self.takeover(&raw);
        let mut weights = raw.clone();
        let mut mechanism = None;
        if let Some((change, fault)) = takeover {
            // The change is what has to be mended: it takes the fault's weight, and the fault is how.
            let both = 1.0
                - (1.0 - raw.get(&change).copied().unwrap_or(0.0))
                    * (1.0 - fault.map_or(0.0, |fault| raw.get(&fault).copied().unwrap_or(0.0)));
            weights.insert(change, both);
            if let Some(fault) = fault.filter(|fault| *fault != change) {
                weights.remove(&fault);
                mechanism = Some(fault);
            }
        }
        let unseen = self.unseen(&weights);
        let unknown = UNKNOWN.0 + UNKNOWN.1 * unseen;
        let sum = unknown + weights.values().sum::<f64>();
        let probabilities: BTreeMap<Cause, f64> =
            weights.iter().map(|(cause, weight)| (*cause, weight / sum)).collect();
        let mut ranked: Vec<(Cause, f64)> =
            probabilities.iter().map(|(cause, probability)| (*cause, *probability)).collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        let best = ranked.first().copied();
        let runner_up = ranked.get(1).copied().filter(|(_, probability)| *probability >= 0.01);
        let (cause, confidence) = self.confidence(&weights, best, runner_up, explained, mechanism.is_some());
        let probability = match cause {
            Some(cause) => probabilities.get(&cause).copied().unwrap_or(0.0),
            None => unknown / sum,
        };
        Decision {
            cause,
            confidence,
            probability,
            runner_up: if cause.is_some() { runner_up } else { best },
            mechanism,
            probabilities,
        }
    }

    /// Noisy-OR per cause over `p(e) = 1 - exp(-weight)`; of one family the strongest counts fully, the k-th by 1/k²
    /// (J. Pearl, "Probabilistic Reasoning in Intelligent Systems", 1988, section 4.3).
    fn combine(&self, explained: bool) -> BTreeMap<Cause, f64> {
        let mut families: BTreeMap<(Cause, &str), Vec<f64>> = BTreeMap::new();
        for piece in self.evidence {
            let Some(cause) = piece.cause else { continue };
            let counts = piece.strength > Strength::Context
                && match piece.role {
                    Role::Fault | Role::Trigger => true,
                    Role::Symptom => !explained,
                    Role::Recovery | Role::Backup => false,
                };
            if !counts {
                continue;
            }
            let cause = self.pointed_at(piece, cause);
            families
                .entry((cause, &piece.family))
                .or_default()
                .push(piece.weight * self.pointedness(piece) * self.intent(piece));
        }
        let mut missed: BTreeMap<Cause, f64> = BTreeMap::new();
        for ((cause, _), mut weights) in families {
            weights.sort_by(|one, other| other.total_cmp(one));
            let weight: f64 =
                weights.iter().enumerate().map(|(index, weight)| weight / ((index + 1) * (index + 1)) as f64).sum();
            *missed.entry(cause).or_insert(1.0) *= (-weight).exp();
        }
        let mut raw: BTreeMap<Cause, f64> = missed.into_iter().map(|(cause, missed)| (cause, 1.0 - missed)).collect();
        // What the 503s say themselves outweighs every circumstance, in proportion to how many say it.
        for (cause, count) in self.settled {
            let share = *count as f64 / self.failed.max(1) as f64;
            let known = raw.entry(*cause).or_insert(0.0);
            *known = known.max(share.min(1.0));
            if share >= SETTLED {
                for (other, weight) in &mut raw {
                    if other != cause {
                        *weight *= 1.0 - share.min(1.0);
                    }
                }
            }
        }
        raw
    }

    /// How far a line points at its cause: one that can stand for others as well says less, the more there are. The
    /// others get nothing from it: it does not argue for them, it only fails to exclude them.
    fn pointedness(&self, piece: &Evidence) -> f64 {
        let others = self.alternatives(piece);
        let each = match piece.role {
            Role::Symptom => 0.5,
            Role::Trigger => 0.5,
            _ => 0.1,
        };
        1.0 / (1.0 + each * others as f64)
    }

    /// What a fault stands for that has several reasons, when one of these shows itself: a program that ended with an
    /// error status, beside the exception that ended it, is the exception's.
    fn pointed_at(&self, piece: &Evidence, cause: Cause) -> Cause {
        if piece.role != Role::Fault {
            return cause;
        }
        let Some(index) = self.signatures.find(&piece.signature) else { return cause };
        let may_be = &self.signatures.get(index).text.may_be;
        let shows = |other: &Evidence| {
            other.role == Role::Fault
                && other.weight >= EXPLAINS
                && other.cause.is_some_and(|cause| may_be.contains(&cause))
                && self.alternatives(other) == 0
        };
        self.evidence.iter().find(|other| shows(other)).and_then(|other| other.cause).unwrap_or(cause)
    }

    /// Somebody who stops a service to change it means to start it again: when it then fails to start, and says so, the
    /// stop is no maintenance.
    fn intent(&self, piece: &Evidence) -> f64 {
        let breaks = |other: &Evidence| {
            other.role == Role::Fault
                && other.strength >= Strength::Strong
                && other.weight >= EXPLAINS
                && other.first >= piece.first
                && self.alternatives(other) == 0
        };
        let on_purpose = piece.cause == Some(Cause::Maintenance) && piece.role == Role::Trigger;
        if on_purpose && self.evidence.iter().any(breaks) { INTENT } else { 1.0 }
    }

    fn alternatives(&self, piece: &Evidence) -> usize {
        if piece.signature.starts_with("shape.") {
            return SHAPE_ALTERNATIVES;
        }
        self.signatures.find(&piece.signature).map_or(0, |index| self.signatures.get(index).text.may_be.len())
    }

    /// The change that takes the blame for a fault, and the fault's cause: the change comes first, and the fault is of
    /// the kind that such a change makes. What the code does wrong after a deploy stays the code's.
    fn takeover(&self, raw: &BTreeMap<Cause, f64>) -> Option<(Cause, Option<Cause>)> {
        let least = if self.has_fault() { TAKES_OVER.0 } else { TAKES_OVER.1 };
        let trigger = self
            .evidence
            .iter()
            .filter(|piece| piece.role == Role::Trigger && piece.strength >= Strength::Contributing)
            .filter(|piece| piece.weight >= least)
            .filter(|piece| matches!(piece.cause, Some(Cause::Maintenance | Cause::AutomaticConfiguration)))
            .max_by(|one, other| one.weight.total_cmp(&other.weight))?;
        let change = trigger.cause?;
        let fault = raw
            .iter()
            .filter(|(cause, _)| **cause != change)
            .max_by(|one, other| one.1.total_cmp(other.1))
            .map(|(cause, _)| *cause);
        match fault {
            None => Some((change, None)),
            Some(fault @ (Cause::ServerProblem | Cause::Connectivity)) => {
                let first = self
                    .evidence
                    .iter()
                    .filter(|piece| piece.cause == Some(fault) && piece.role == Role::Fault)
                    .map(|piece| piece.first)
                    .min();
                // Who stops a service on purpose does not break it: a fault that says so itself stays the server's.
                let on_purpose = change != Cause::Maintenance || first.is_none();
                (on_purpose && first.is_none_or(|first| trigger.first <= first + 2)).then_some((change, Some(fault)))
            }
            Some(_) => None,
        }
    }

    /// Whether a fault, and not only what other tiers noticed of it, speaks for any cause.
    fn has_fault(&self) -> bool {
        self.evidence
            .iter()
            .any(|piece| piece.role == Role::Fault && piece.strength > Strength::Context && piece.weight >= EXPLAINS)
    }

    /// How much of what would speak for another cause could not be seen, 0 to 1.
    fn unseen(&self, weights: &BTreeMap<Cause, f64>) -> f64 {
        let hidden: Vec<f64> = Cause::ALL
            .iter()
            .filter(|cause| weights.get(cause).is_none_or(|weight| *weight < 0.1))
            .map(|cause| 1.0 - self.coverage.get(cause).copied().unwrap_or(0.0))
            .collect();
        if hidden.is_empty() { 0.0 } else { hidden.iter().sum::<f64>() / hidden.len() as f64 }
    }

    fn confidence(
        &self,
        weights: &BTreeMap<Cause, f64>,
        best: Option<(Cause, f64)>,
        runner_up: Option<(Cause, f64)>,
        explained: bool,
        taken_over: bool,
    ) -> (Option<Cause>, Confidence) {
        let Some((cause, probability)) = best else { return (None, Confidence::Unknown) };
        let share = self.settled.get(&cause).copied().unwrap_or(0) as f64 / self.failed.max(1) as f64;
        if share >= SETTLED && !taken_over {
            return (Some(cause), Confidence::Certain);
        }
        let ahead = probability - runner_up.map_or(0.0, |(_, probability)| probability);
        let seen = self.coverage.get(&cause).copied().unwrap_or(0.0);
        // What can stand for several causes never decides alone.
        let plain = self.evidence.iter().any(|piece| {
            piece.cause == Some(cause)
                && piece.role != Role::Symptom
                && piece.weight >= 0.25
                && self.alternatives(piece) == 0
        });
        if explained && plain && probability >= PROBABLE.0 && ahead >= PROBABLE.1 && seen >= PROBABLE.2 {
            return (Some(cause), Confidence::Probable);
        }
        let evident = weights.get(&cause).copied().unwrap_or(0.0) >= EVIDENT;
        if evident && probability >= POSSIBLE {
            (Some(cause), Confidence::Possible)
        } else {
            (None, Confidence::Unknown)
        }
    }
}
