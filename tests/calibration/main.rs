//! How far the verdicts can be trusted: on the labelled cases, and on variants of them in which logs are missing, clocks
//! are wrong, tiers are doubled.
//!
//! A part of it runs with the other tests. All of it, with the tables of the README:
//! `cargo test --release --test calibration -- --ignored --nocapture`; `CASE=name` takes the cases that have it in their
//! name.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod clock;
#[path = "../labelled/mod.rs"]
mod labelled;
mod noise;
mod promise;
mod refit;
mod score;
mod tiers;
mod tree;
mod variant;

use labelled::{Bench, Case};
use promise::Breach;
use rayon::prelude::*;
use refit::Counted;
use score::Score;
use std::collections::BTreeMap;
use variant::{Kind, Maker, Variant};
use why503::diagnose::constants::{Constants, Factor};

/// Cases whose variants are part of every test run: several hosts and tiers, two incidents, none.
const EVERY_TIME: [&str; 5] = [
    "firewall-db-port-dropped",
    "maintenance-nginx-reload",
    "none-one-of-two-down",
    "overload-then-firewall",
    "script-bug-four-tiers",
];

/// What came out of one variant.
struct Outcome {
    case: String,
    kind: Kind,
    what: String,
    score: Score,
    breaches: Vec<(Breach, String)>,
}

fn outcomes(bench: &Bench, cases: &[(Case, Counted)]) -> Vec<Outcome> {
    let of_case = |(case, counted): &(Case, Counted)| {
        let whole = bench.judge(counted, &Constants::default());
        let variants = Maker::new(case, &counted.0, &whole).variants();
        variants.iter().map(|variant| outcome(bench, case, variant)).collect::<Vec<_>>()
    };
    cases.par_iter().flat_map_iter(of_case).collect()
}

fn outcome(bench: &Bench, case: &Case, variant: &Variant) -> Outcome {
    let diagnosis = promise::diagnosis(bench, variant);
    let mut score = Score::default();
    for (at, expected) in case.label.incident.iter().enumerate() {
        score.count(expected, diagnosis.incidents.get(at));
    }
    let breaches = promise::breaches(case, variant, &diagnosis);
    Outcome { case: case.name.clone(), kind: variant.kind, what: variant.what.clone(), score, breaches }
}

fn counted(bench: &Bench, cases: Vec<Case>) -> Vec<(Case, Counted)> {
    let read = |case: Case| {
        let counted = bench.read(&[case.logs()]);
        (case, counted)
    };
    cases.into_par_iter().map(read).collect()
}

fn print_breaches(outcomes: &[Outcome]) {
    for outcome in outcomes {
        for (breach, message) in &outcome.breaches {
            println!("{breach:?}: {} [{:?} {}] {message}", outcome.case, outcome.kind, outcome.what);
        }
    }
}

#[test]
fn variants_of_some_cases_keep_their_promises() {
    let bench = Bench::new();
    let cases: Vec<Case> = Case::all().into_iter().filter(|case| EVERY_TIME.contains(&case.name.as_str())).collect();
    let outcomes = outcomes(&bench, &counted(&bench, cases));
    print_breaches(&outcomes);
    let broken = outcomes.iter().flat_map(|outcome| &outcome.breaches).filter(|(breach, _)| *breach != Breach::Guess);
    assert_eq!(broken.count(), 0, "promises are broken; they are listed above");
}

#[test]
#[ignore = "some minutes; prints the tables of the README"]
fn calibration() {
    let bench = Bench::new();
    let cases = counted(&bench, Case::all());
    print_by_cause(&bench, &cases);
    print_ablation(&bench, &cases);
    println!("\n# Constants refitted without the family that is judged");
    print_score("all families", &refit::leave_one_family_out(&bench, &cases));
    print_variants(&outcomes(&bench, &cases));
}

fn print_score(name: &str, score: &Score) {
    println!(
        "{name:<26} {:>8} {:>6} {:>7.1} % {:>6.3} {:>5} of {:<4} {:>3} of {:<4}",
        score.verdicts,
        score.right,
        score.accuracy() * 100.0,
        score.mean_brier(),
        score.certain.1,
        score.certain.0,
        score.probable.1,
        score.probable.0
    );
}

fn print_head(title: &str, first: &str) {
    println!("\n# {title}");
    println!(
        "{first:<26} {:>8} {:>6} {:>9} {:>6} {:>13} {:>11}",
        "verdicts", "right", "accuracy", "Brier", "certain:wrong", "probable:w."
    );
}

fn print_by_cause(bench: &Bench, cases: &[(Case, Counted)]) {
    let mut causes: BTreeMap<String, Score> = BTreeMap::new();
    for (case, counted) in cases {
        let diagnosis = bench.judge(counted, &Constants::default());
        for (at, expected) in case.label.incident.iter().enumerate() {
            causes.entry(expected.cause().to_owned()).or_default().count(expected, diagnosis.incidents.get(at));
        }
    }
    print_head("The cases as recorded", "cause");
    let mut all = Score::default();
    for (cause, score) in &causes {
        print_score(cause, score);
        all.add(*score);
    }
    print_score("all", &all);
}

fn print_ablation(bench: &Bench, cases: &[(Case, Counted)]) {
    let sum = |constants: &Constants| {
        let mut sum = Score::default();
        refit::scores(bench, cases, constants).into_iter().for_each(|score| sum.add(score));
        sum
    };
    print_head("Each step of the weighing left out", "without");
    print_score("nothing", &sum(&Constants::default()));
    for factor in Factor::ALL {
        print_score(&format!("{factor:?}"), &sum(&Constants { without: Some(factor), ..Constants::default() }));
    }
}

fn print_variants(outcomes: &[Outcome]) {
    let mut kinds: BTreeMap<Kind, (u32, Score, BTreeMap<Breach, u32>)> = BTreeMap::new();
    for outcome in outcomes {
        let (variants, score, breaches) = kinds.entry(outcome.kind).or_default();
        *variants += 1;
        score.add(outcome.score);
        for (breach, _) in &outcome.breaches {
            *breaches.entry(*breach).or_default() += 1;
        }
    }
    print_head("Variants", "kind");
    for (kind, (variants, score, breaches)) in &kinds {
        print_score(&format!("{kind:?} ({variants})"), score);
        if !breaches.is_empty() {
            println!("{:>30} {breaches:?}", "broken:");
        }
    }
    println!();
    print_breaches(outcomes);
}
