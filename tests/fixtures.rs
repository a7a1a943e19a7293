//! Every folder of `fixtures/` is a labelled case: logs, and what is known to be true of them (`case.toml`). Adding one
//! needs no Rust.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use why503::diagnose::causes::Causes;
use why503::diagnose::verdict::{Confidence, Diagnosis, Verdict};
use why503::diagnose::{Knowledge, constants, diagnose};
use why503::run::{Plan, Progress, read_all, survey_all};

#[derive(Debug, Deserialize)]
struct Case {
    total_503: u64,
    total_requests: u64,
    #[serde(default)]
    incident: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
struct Expected {
    start: String,
    end: String,
    cause: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    n503: u64,
}

fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = std::fs::read_dir(root).expect("fixtures/ is there");
    let mut cases: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.join("case.toml").is_file()).collect();
    cases.sort();
    cases
}

fn run(directory: &Path) -> Diagnosis {
    let layouts = why503::detect::catalogue::Layouts::embedded().unwrap();
    let signatures = why503::spot::Signatures::embedded(&layouts).unwrap();
    let assumptions = why503::detect::settle::Assumptions {
        log_zone: None,
        system_zone: jiff::tz::TimeZone::UTC,
        formats: Vec::new(),
        now: 1_795_335_814,
    };
    let wanted = why503::tally::collect::Wanted {
        statuses: vec![(503, 503)],
        probes: why503::tally::probes::Probes::new(Vec::new()),
    };
    let plan = Plan { layouts, signatures, wanted, assumptions, window: Default::default(), threads: 2 };
    let found = why503::find::find(&[directory.join("logs").into()]);
    let surveys = survey_all(&plan, &found.sources);
    let mut tally = read_all(&plan, &found.sources, &surveys, &Progress::default());
    tally.settle();
    let segments = why503::segment::segment(&tally, &[]);
    let references = why503::spot::reference::References::embedded();
    let causes = Causes::embedded(&plan.layouts).unwrap();
    let knowledge = Knowledge {
        layouts: &plan.layouts,
        signatures: &plan.signatures,
        references: &references,
        causes: &causes,
        gap: constants::GAP,
    };
    diagnose(&tally, &segments, knowledge)
}

fn second(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_second()
}

/// What is wrong with a verdict.
fn faults(expected: &Expected, verdict: &Verdict) -> Vec<String> {
    let mut faults = Vec::new();
    for (what, wanted, got) in [("start", &expected.start, verdict.start), ("end", &expected.end, verdict.end)] {
        if (second(wanted) - got).abs() > 10 {
            faults.push(format!("{what} {wanted}, got {}", jiff::Timestamp::from_second(got).unwrap()));
        }
    }
    let right = match &expected.cause {
        None => verdict.cause.is_none() || expected.also.iter().any(|also| also == verdict.cause_id()),
        Some(cause) => verdict.cause_id() == cause || expected.also.iter().any(|also| also == verdict.cause_id()),
    };
    if !right {
        faults.push(format!(
            "cause {:?} {:?}, got {} ({} {:.2})",
            expected.cause,
            expected.also,
            verdict.cause_id(),
            verdict.confidence.word(),
            verdict.probability
        ));
    }
    if verdict.failed.abs_diff(expected.n503) * 50 > expected.n503 {
        faults.push(format!("n503 {}, got {}", expected.n503, verdict.failed));
    }
    faults
}

#[test]
fn every_case_gets_its_counts_incidents_and_causes() {
    let only = std::env::var("CASE").unwrap_or_default();
    let mut wrong = 0;
    let (mut right, mut total) = (0, 0);
    let mut by_confidence: BTreeMap<Confidence, (u32, u32)> = BTreeMap::new();
    for directory in fixtures() {
        let name = directory.file_name().unwrap().to_string_lossy().into_owned();
        if !name.contains(&only) {
            continue;
        }
        let case: Case = toml::from_str(&std::fs::read_to_string(directory.join("case.toml")).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let diagnosis = run(&directory);
        let mut faults = Vec::new();
        // The client counts requests that never reached a log: a connection that was refused, one still open at the end.
        if diagnosis.total_failed != case.total_503
            || diagnosis.total_requests.abs_diff(case.total_requests) * 100 > case.total_requests
        {
            faults.push(format!(
                "503s and requests {:?}, got {:?}",
                (case.total_503, case.total_requests),
                (diagnosis.total_failed, diagnosis.total_requests)
            ));
        }
        if diagnosis.incidents.len() != case.incident.len() {
            let spans: Vec<String> = diagnosis
                .incidents
                .iter()
                .map(|verdict| {
                    format!(
                        "{}..{} {:?} {} {}",
                        jiff::Timestamp::from_second(verdict.start).unwrap(),
                        jiff::Timestamp::from_second(verdict.end).unwrap(),
                        verdict.services,
                        verdict.failed,
                        verdict.cause_id()
                    )
                })
                .collect();
            faults.push(format!("{} incidents, got {}: {spans:?}", case.incident.len(), diagnosis.incidents.len()));
        }
        for (expected, verdict) in case.incident.iter().zip(&diagnosis.incidents) {
            let found = self::faults(expected, verdict);
            total += 1;
            let cause_right = !found.iter().any(|fault| fault.starts_with("cause"));
            right += u32::from(cause_right);
            let entry = by_confidence.entry(verdict.confidence).or_default();
            entry.0 += u32::from(cause_right);
            entry.1 += 1;
            faults.extend(found);
        }
        println!("{} {name}", if faults.is_empty() { "ok  " } else { "FAIL" });
        for fault in &faults {
            println!("       {fault}");
        }
        let show = std::env::var("SHOW").is_ok() || !only.is_empty();
        for verdict in diagnosis.incidents.iter().filter(|_| show) {
            println!(
                "     {} {} {:.2} expl {:.2} {:?} | {}",
                verdict.cause_id(),
                verdict.confidence.word(),
                verdict.probability,
                verdict.explained_share,
                verdict.runner_up,
                verdict.summary
            );
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
                println!(
                    "        {} {:?} p={:.2} cov={:.2} attr={}",
                    cause.cause.id(),
                    cause.status,
                    cause.probability,
                    cause.coverage,
                    cause.attributed
                );
            }
        }
        wrong += usize::from(!faults.is_empty());
    }
    println!("{right} of {total} causes right; right and all by confidence: {by_confidence:?}");
    assert_eq!(wrong, 0, "cases are wrong; run with --nocapture, CASE=name for one");
}
