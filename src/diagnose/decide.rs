//! From weighed evidence to a cause: combine per cause, let faults and triggers explain symptoms, judge how sure it is.

use super::constants::{Constants, Factor};
use super::verdict::{Confidence, Evidence};
use crate::model::cause::{Cause, Role, Strength};
use crate::spot::Signatures;
use std::collections::BTreeMap;

/// What the shape of the requests can stand for beside its cause: a limit, a missing server, a bug.
const SHAPE_ALTERNATIVES: usize = 3;

/// Evidence below this weight is in the report, and decides nothing.
const LEAST: f64 = 0.1;

/// A contributing symptom that this many other causes make as well does not decide: that no server was left to ask says
/// that one was missing, and not why (`unknown-alb-no-targets`).
const VAGUE: usize = 4;

/// Families of what a person does to a service: stop it, and change its configuration.
const STOPPED: &str = "service-command.stop";
const CHANGED: &str = "by-hand.config";
/// A stop this soon after an edit of the configuration, in seconds, is part of a restart.
const EDITED: i64 = 60;

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
    /// The same before it is divided by the sum.
    pub(super) likelihoods: BTreeMap<Cause, f64>,
    /// For each piece of evidence, what it counts for and how much.
    pub(super) counts: Vec<Option<(Cause, f64)>>,
}

/// Whether a piece is a reason that some 503s state themselves, while more of them state another.
pub(super) fn is_minority(piece: &Evidence, evidence: &[Evidence]) -> bool {
    // Only what stands in the 503s' own lines is as near as that.
    let stated = |piece: &Evidence| piece.scope >= 1.0 && piece.attributed > 0;
    let more = |other: &Evidence| stated(other) && other.cause != piece.cause && other.presence > piece.presence;
    stated(piece) && piece.presence < 0.5 && evidence.iter().any(more)
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
    pub(super) constants: &'d Constants,
}

impl Deciding<'_> {
    pub(super) fn decide(&self) -> Decision {
        let explained = self
            .evidence
            .iter()
            .any(|piece| matches!(piece.role, Role::Fault | Role::Trigger) && piece.weight >= self.constants.explains);
        let counts = self.counts(explained);
        let raw = self.combine(&counts);
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
        let unknown = self.constants.unknown.0 + self.constants.unknown.1 * unseen;
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
            likelihoods: weights,
            counts,
        }
    }

    /// What each piece counts for, and how much: of one family the heaviest counts fully, the k-th by 1/k².
    fn counts(&self, explained: bool) -> Vec<Option<(Cause, f64)>> {
        let mut counts = vec![None; self.evidence.len()];
        let mut families: BTreeMap<(Cause, &str), Vec<(f64, usize)>> = BTreeMap::new();
        for (index, piece) in self.evidence.iter().enumerate() {
            let Some(cause) = piece.cause else { continue };
            let counted = piece.strength > Strength::Context
                && match piece.role {
                    Role::Fault | Role::Trigger => true,
                    Role::Symptom => !explained || !self.constants.uses(Factor::Roles),
                    Role::Recovery | Role::Backup => false,
                };
            if counted {
                let weight = piece.weight * self.pointedness(piece) * self.intent(piece);
                families.entry((self.pointed_at(piece, cause), &piece.family)).or_default().push((weight, index));
            }
        }
        for ((cause, _), mut pieces) in families {
            pieces.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
            for (rank, (weight, index)) in pieces.into_iter().enumerate() {
                counts[index] = Some((cause, weight / ((rank + 1) * (rank + 1)) as f64));
            }
        }
        counts
    }

    /// Noisy-OR per cause over `p(e) = 1 - exp(-weight)` (J. Pearl, "Probabilistic Reasoning in Intelligent Systems",
    /// 1988, section 4.3).
    fn combine(&self, counts: &[Option<(Cause, f64)>]) -> BTreeMap<Cause, f64> {
        let mut missed: BTreeMap<Cause, f64> = BTreeMap::new();
        for (cause, weight) in counts.iter().flatten() {
            *missed.entry(*cause).or_insert(1.0) *= (-weight).exp();
        }
        let mut raw: BTreeMap<Cause, f64> = missed.into_iter().map(|(cause, missed)| (cause, 1.0 - missed)).collect();
        // What the 503s say themselves outweighs every circumstance, in proportion to how many say it.
        for (cause, count) in self.settled {
            let share = *count as f64 / self.failed.max(1) as f64;
            let known = raw.entry(*cause).or_insert(0.0);
            *known = known.max(share.min(1.0));
            if share >= self.constants.settled {
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
        if !self.constants.uses(Factor::Doubt) {
            return 1.0;
        }
        1.0 / (1.0 + self.constants.doubt(piece.role) * self.alternatives(piece) as f64)
    }

    /// What a fault stands for that has several reasons, when one of these shows itself: a program that ended with an
    /// error status, beside the exception that ended it, is the exception's.
    fn pointed_at(&self, piece: &Evidence, cause: Cause) -> Cause {
        if piece.role != Role::Fault || !self.constants.uses(Factor::Doubt) {
            return cause;
        }
        let Some(index) = self.signatures.find(&piece.signature) else { return cause };
        let may_be = &self.signatures.get(index).text.may_be;
        let shows = |other: &Evidence| {
            other.role == Role::Fault
                && other.weight >= self.constants.explains
                && other.cause.is_some_and(|cause| may_be.contains(&cause))
                && self.alternatives(other) == 0
        };
        self.evidence.iter().find(|other| shows(other)).and_then(|other| other.cause).unwrap_or(cause)
    }

    /// Somebody who stops a service to change it means to start it again: when it then fails to start, and says so, or
    /// its configuration was edited just before, the stop is no maintenance.
    fn intent(&self, piece: &Evidence) -> f64 {
        if piece.cause != Some(Cause::Maintenance) || piece.role != Role::Trigger {
            return 1.0;
        }
        let breaks = |other: &Evidence| {
            other.role == Role::Fault
                && other.strength >= Strength::Strong
                && other.weight >= self.constants.explains
                && other.first >= piece.first
                && self.alternatives(other) == 0
        };
        let stops = piece.family == STOPPED;
        let edits = |other: &Evidence| {
            let changed = other.family == CHANGED || other.cause == Some(Cause::ServerProblem);
            stops
                && other.role == Role::Trigger
                && changed
                && (piece.first - EDITED..=piece.first).contains(&other.first)
        };
        let means_otherwise = self.evidence.iter().any(|other| breaks(other) || edits(other));
        if means_otherwise && self.constants.uses(Factor::Intent) { self.constants.intent } else { 1.0 }
    }

    fn alternatives(&self, piece: &Evidence) -> usize {
        if piece.signature == "shape.constant-page" {
            return SHAPE_ALTERNATIVES;
        }
        self.signatures.find(&piece.signature).map_or(0, |index| self.signatures.get(index).text.may_be.len())
    }

    /// The change that takes the blame for a fault, and the fault's cause: the change comes first, and the fault is of
    /// the kind that such a change makes. What the code does wrong after a deploy stays the code's.
    fn takeover(&self, raw: &BTreeMap<Cause, f64>) -> Option<(Cause, Option<Cause>)> {
        if !self.constants.uses(Factor::Takeover) {
            return None;
        }
        let least = if self.has_fault() { self.constants.takes_over.0 } else { self.constants.takes_over.1 };
        let trigger = self
            .evidence
            .iter()
            .filter(|piece| piece.role == Role::Trigger && piece.strength >= Strength::Contributing)
            .filter(|piece| piece.weight * self.intent(piece) >= least)
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
        self.evidence.iter().any(|piece| {
            piece.role == Role::Fault && piece.strength > Strength::Context && piece.weight >= self.constants.explains
        })
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
        if share >= self.constants.settled && !taken_over {
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
                && !is_minority(piece, self.evidence)
        });
        let (likely, lead, sight) = self.constants.probable;
        if explained && plain && probability >= likely && ahead >= lead && seen >= sight {
            return (Some(cause), Confidence::Probable);
        }
        let evident = weights.get(&cause).copied().unwrap_or(0.0) >= self.constants.evident;
        // What most causes would have made says that something failed, and not what; so does what few 503s say.
        let telling = self.evidence.iter().any(|piece| {
            piece.cause == Some(cause)
                && piece.weight >= LEAST
                && (piece.role != Role::Symptom
                    || self.alternatives(piece) < VAGUE
                    || piece.strength > Strength::Contributing)
                && !is_minority(piece, self.evidence)
        });
        let telling = telling || taken_over || !self.constants.uses(Factor::Doubt);
        if evident && telling && probability >= self.constants.possible {
            (Some(cause), Confidence::Possible)
        } else {
            (None, Confidence::Unknown)
        }
    }
}
