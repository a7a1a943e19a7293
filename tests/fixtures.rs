//! Every folder of `fixtures/` is a labelled case: logs, and what is known to be true of them (`case.toml`). Adding one
//! needs no Rust.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod labelled;

use labelled::{Bench, Case, Expected, incidents, time_faults, told};
use std::collections::BTreeMap;
use why503::diagnose::verdict::{Confidence, Diagnosis, Verdict};

/// What is wrong with a verdict.
fn faults(expected: &Expected, verdict: &Verdict) -> Vec<String> {
    let mut faults = time_faults(expected, verdict, 0);
    if !expected.accepts(verdict.cause_id()) {
        faults.push(format!("cause {} {:?}, got {}", expected.cause(), expected.also, told(verdict)));
    }
    if verdict.failed.abs_diff(expected.n503) * 50 > expected.n503 {
        faults.push(format!("n503 {}, got {}", expected.n503, verdict.failed));
    }
    faults
}

/// What is wrong with the counts and the number of incidents.
fn count_faults(case: &Case, diagnosis: &Diagnosis) -> Vec<String> {
    let mut faults = Vec::new();
    let (wanted, got) = (&case.label, (diagnosis.total_failed, diagnosis.total_requests));
    // The client counts requests that never reached a log: a connection that was refused, one still open at the end.
    if got.0 != wanted.total_503 || got.1.abs_diff(wanted.total_requests) * 100 > wanted.total_requests {
        faults.push(format!("503s and requests {:?}, got {got:?}", (wanted.total_503, wanted.total_requests)));
    }
    if diagnosis.incidents.len() != wanted.incident.len() {
        faults.push(format!("{} incidents, got {:?}", wanted.incident.len(), incidents(diagnosis)));
    }
    faults
}

/// All evidence with its weights, for whoever works on a case.
fn show(verdict: &Verdict) {
    println!("     {} expl {:.2} {:?}", told(verdict), verdict.explained_share, verdict.runner_up);
    println!("     {}", verdict.summary);
    for piece in verdict.evidence.iter().take(14) {
        println!(
            "        {:.2}={:.2}*{:.2}*{:.2}*{:.2}*{:.2} n={} attr={} {:?} {:?} {} [{} {}] {}",
            piece.weight,
            piece.base,
            piece.lift,
            piece.lead,
            piece.scope,
            piece.presence,
            piece.count,
            piece.attributed,
            piece.role,
            piece.cause.map(|cause| cause.id()),
            piece.signature,
            piece.host,
            piece.about,
            piece.title
        );
    }
    for cause in &verdict.causes {
        let (id, status) = (cause.cause.id(), cause.status);
        println!(
            "        {id} {status:?} p={:.2} cov={:.2} attr={}",
            cause.probability, cause.coverage, cause.attributed
        );
    }
}

#[test]
fn every_case_gets_its_counts_incidents_and_causes() {
    let bench = Bench::new();
    let cases = Case::all();
    let detailed = std::env::var("SHOW").is_ok() || cases.len() < 4;
    let (mut wrong, mut right, mut total) = (0, 0, 0);
    let mut by_confidence: BTreeMap<Confidence, (u32, u32)> = BTreeMap::new();
    for case in &cases {
        let diagnosis = bench.run(&case.logs());
        let mut faults = count_faults(case, &diagnosis);
        for (expected, verdict) in case.label.incident.iter().zip(&diagnosis.incidents) {
            let found = self::faults(expected, verdict);
            let accepted = expected.accepts(verdict.cause_id());
            total += 1;
            right += u32::from(accepted);
            let entry = by_confidence.entry(verdict.confidence).or_default();
            entry.0 += u32::from(accepted);
            entry.1 += 1;
            faults.extend(found);
        }
        println!("{} {}", if faults.is_empty() { "ok  " } else { "FAIL" }, case.name);
        for fault in &faults {
            println!("       {fault}");
        }
        diagnosis.incidents.iter().filter(|_| detailed).for_each(show);
        wrong += usize::from(!faults.is_empty());
    }
    println!("{right} of {total} causes right; right and all by confidence: {by_confidence:?}");
    assert_eq!(wrong, 0, "cases are wrong; run with --nocapture, CASE=name for one");
}
