//! Leave one family out: constants are chosen anew on all cases but one family's, and judged on that family alone. So
//! no case is judged by numbers that it had a part in.
//!
//! The search goes over the constants one after the other, from starting values that are not the program's, twice,
//! and keeps a value when it lowers the loss over the other families.

use crate::labelled::{Bench, Case};
use crate::score::Score;
use rayon::prelude::*;
use std::collections::BTreeMap;
use why503::diagnose::constants::Constants;
use why503::segment::Segments;
use why503::tally::Tally;

/// What was counted of a case.
pub(crate) type Counted = (Tally, Segments);

/// A constant: where the search begins, and what it tries.
struct Knob {
    name: &'static str,
    values: [f64; 3],
    set: fn(&mut Constants, f64),
}

const fn knob(name: &'static str, values: [f64; 3], set: fn(&mut Constants, f64)) -> Knob {
    Knob { name, values, set }
}

/// The first value is where the search begins.
const KNOBS: [Knob; 16] = [
    knob("lift_scale", [2.5, 1.5, 0.8], |constants, value| constants.lift_scale = value),
    knob("novel_baseline", [20.0, 10.0, 4.0], |constants, value| constants.novel_baseline = value),
    knob("no_baseline", [0.7, 0.5, 0.3], |constants, value| constants.no_baseline = value),
    knob("lag", [30.0, 12.0, 6.0], |constants, value| constants.lag = value),
    knob("spent", [0.6, 0.3, 0.15], |constants, value| constants.spent = value),
    knob("unnamed", [0.35, 0.6, 0.8], |constants, value| constants.unnamed.1 = value),
    knob("explains", [0.5, 0.35, 0.2], |constants, value| constants.explains = value),
    knob("takes_over", [0.5, 0.3, 0.15], |constants, value| constants.takes_over.0 = value),
    knob("takes_over, no fault", [0.5, 0.35, 0.2], |constants, value| constants.takes_over.1 = value),
    knob("doubt of a symptom", [0.25, 0.5, 1.0], |constants, value| constants.doubt.0 = value),
    knob("doubt of a fault", [0.02, 0.1, 0.25], |constants, value| constants.doubt.1 = value),
    knob("evident", [0.3, 0.15, 0.08], |constants, value| constants.evident = value),
    knob("aligned", [0.9, 0.6, 0.4], |constants, value| constants.aligned.0 = value),
    knob("intent", [0.8, 0.5, 0.3], |constants, value| constants.intent = value),
    knob("unknown", [0.6, 0.3, 0.15], |constants, value| constants.unknown.1 = value),
    knob("probable", [0.6, 0.7, 0.8], |constants, value| constants.probable.0 = value),
];

/// Times that the search goes over all constants.
const ROUNDS: usize = 2;

/// Which value each knob has.
type Setting = [usize; KNOBS.len()];

fn constants(setting: Setting) -> Constants {
    let mut constants = Constants::default();
    for (knob, at) in KNOBS.iter().zip(setting) {
        (knob.set)(&mut constants, knob.values[at]);
    }
    constants
}

/// The score of every case with these constants.
pub(crate) fn scores(bench: &Bench, cases: &[(Case, Counted)], constants: &Constants) -> Vec<Score> {
    let of_case = |(case, counted): &(Case, Counted)| {
        let diagnosis = bench.judge(counted, constants);
        let mut score = Score::default();
        for (at, expected) in case.label.incident.iter().enumerate() {
            score.count(expected, diagnosis.incidents.get(at));
        }
        score
    };
    cases.par_iter().map(of_case).collect()
}

/// What the name of a case begins with.
pub(crate) fn family(case: &Case) -> &'static str {
    let causes = why503::model::cause::Cause::ALL.iter().map(|cause| cause.id());
    causes.chain(["unknown"]).find(|id| case.name.starts_with(id)).unwrap_or("none")
}

/// Refits for each family, and prints how the family then fares; the sum over all families.
pub(crate) fn leave_one_family_out(bench: &Bench, cases: &[(Case, Counted)]) -> Score {
    let mut known: BTreeMap<Setting, Vec<Score>> = BTreeMap::new();
    let families: Vec<&str> = cases.iter().map(|(case, _)| family(case)).collect();
    let mut names = families.clone();
    names.dedup();
    names.retain(|name| *name != "none");
    let mut all = Score::default();
    println!("{:<26} {:>8} {:>6} {:>6}  chosen without it", "family left out", "verdicts", "right", "Brier");
    for left_out in names {
        let mut sum = |setting: Setting, inside: bool| {
            let scores = known.entry(setting).or_insert_with(|| scores(bench, cases, &constants(setting)));
            let mut sum = Score::default();
            let chosen = scores.iter().zip(&families).filter(|(_, family)| (**family == left_out) == inside);
            chosen.for_each(|(score, _)| sum.add(*score));
            sum
        };
        let mut best = [0; KNOBS.len()];
        let mut least = sum(best, false).loss();
        for knob in (0..KNOBS.len()).cycle().take(ROUNDS * KNOBS.len()) {
            for value in 0..KNOBS[knob].values.len() {
                let mut tried = best;
                tried[knob] = value;
                let loss = sum(tried, false).loss();
                if loss < least - 1e-9 {
                    (best, least) = (tried, loss);
                }
            }
        }
        let score = sum(best, true);
        let moved = KNOBS.iter().zip(best).filter(|(_, at)| *at > 0);
        let chosen: Vec<String> = moved.map(|(knob, at)| format!("{} {}", knob.name, knob.values[at])).collect();
        println!(
            "{left_out:<26} {:>8} {:>6} {:>6.3}  {}",
            score.verdicts,
            score.right,
            score.mean_brier(),
            chosen.join(", ")
        );
        all.add(score);
    }
    all
}
