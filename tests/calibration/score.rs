//! How good verdicts are: accuracy, Brier score, false certainty.

use crate::labelled::Expected;
use std::collections::BTreeMap;
use why503::diagnose::verdict::{Confidence, Verdict};

/// A sum over verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Score {
    pub(crate) verdicts: u32,
    pub(crate) right: u32,
    /// Sum of the Brier scores.
    pub(crate) brier: f64,
    /// All *certain* ones, and the wrong ones among them.
    pub(crate) certain: (u32, u32),
    /// All *probable* ones, and the wrong ones among them.
    pub(crate) probable: (u32, u32),
}

impl Score {
    /// Counts a verdict; none where the incident was not found, which is as wrong as can be.
    pub(crate) fn count(&mut self, expected: &Expected, verdict: Option<&Verdict>) {
        self.verdicts += 1;
        let Some(verdict) = verdict else {
            self.brier += 2.0;
            return;
        };
        let right = expected.accepts(verdict.cause_id());
        self.right += u32::from(right);
        self.brier += brier(expected, verdict);
        let of_word = match verdict.confidence {
            Confidence::Certain => &mut self.certain,
            Confidence::Probable => &mut self.probable,
            _ => return,
        };
        of_word.0 += 1;
        of_word.1 += u32::from(!right);
    }

    pub(crate) fn add(&mut self, other: Score) {
        self.verdicts += other.verdicts;
        self.right += other.right;
        self.brier += other.brier;
        for (sum, part) in [(&mut self.certain, other.certain), (&mut self.probable, other.probable)] {
            sum.0 += part.0;
            sum.1 += part.1;
        }
    }

    pub(crate) fn accuracy(&self) -> f64 {
        f64::from(self.right) / f64::from(self.verdicts.max(1))
    }

    pub(crate) fn mean_brier(&self) -> f64 {
        self.brier / f64::from(self.verdicts.max(1))
    }

    /// What a choice of constants costs: wrong verdicts, doubly so where they sound sure, and the Brier score.
    pub(crate) fn loss(&self) -> f64 {
        let sure = f64::from(4 * self.certain.1 + 2 * self.probable.1);
        f64::from(self.verdicts - self.right) + sure + self.brier
    }
}

/// The score of one verdict over the seven causes and *unknown* (G. W. Brier, "Verification of forecasts expressed in
/// terms of probability", 1950): 0 is perfect, 2 is sure and wrong. Causes that are as right count together.
fn brier(expected: &Expected, verdict: &Verdict) -> f64 {
    let mut outcomes: BTreeMap<&str, f64> =
        verdict.causes.iter().map(|cause| (cause.cause.id(), cause.probability)).collect();
    let known: f64 = outcomes.values().sum();
    outcomes.insert("unknown", (1.0 - known).max(0.0));
    let (mut right, mut wrong) = (0.0, 0.0);
    for (outcome, probability) in outcomes {
        if expected.accepts(outcome) {
            right += probability;
        } else {
            wrong += probability * probability;
        }
    }
    (1.0 - right) * (1.0 - right) + wrong
}
