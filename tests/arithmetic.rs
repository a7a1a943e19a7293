//! The verdict can be redone from the CSV files alone, as in a spreadsheet: weights from their factors, likelihoods from
//! the weights that count, probabilities from the likelihoods, and the word from the probabilities.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::path::Path;

type Row = BTreeMap<String, String>;

/// Numbers in the files have four digits.
const ROUNDED: f64 = 0.002;

struct Report {
    incidents: Vec<Row>,
    causes: Vec<Row>,
    evidence: Vec<Row>,
}

fn report(case: &str) -> Report {
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(case).join("logs");
    let directory = tempfile::tempdir().unwrap();
    let ran = Command::new(assert_cmd::cargo::cargo_bin!("why503"))
        .current_dir(directory.path())
        .args(["--quiet".as_ref(), logs.as_os_str()])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{case}");
    let rows = |name: &str| {
        let mut reader = csv::Reader::from_path(directory.path().join("why503-report").join(name)).unwrap();
        reader.deserialize().map(Result::unwrap).collect::<Vec<Row>>()
    };
    Report { incidents: rows("incidents.csv"), causes: rows("causes.csv"), evidence: rows("evidence.csv") }
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?} is no number"))
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= ROUNDED
}

/// The rows of an incident; of the evidence one row a piece.
fn of<'r>(rows: &'r [Row], incident: &str) -> Vec<&'r Row> {
    rows.iter().filter(|row| row["incident_id"] == incident).collect()
}

/// The likelihood of each cause from the weights that count, the 503s that say so themselves, and the change that takes
/// the blame.
fn likelihoods(incident: &Row, causes: &[&Row], evidence: &[&Row]) -> BTreeMap<String, f64> {
    let mut weights: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for row in evidence.iter().filter(|row| !row["counts_for"].is_empty()) {
        weights.entry(&row["counts_for"]).or_default().insert(&row["piece"], number(row, "counts"));
    }
    let mut likely: BTreeMap<String, f64> = weights
        .into_iter()
        .map(|(cause, pieces)| (cause.to_owned(), 1.0 - (-pieces.values().sum::<f64>()).exp()))
        .collect();
    for row in causes.iter().filter(|row| number(row, "attributed_503") > 0.0) {
        let share = (number(row, "attributed_503") / number(row, "requests_503")).min(1.0);
        let known = likely.entry(row["cause"].clone()).or_default();
        *known = known.max(share);
        if share >= 0.8 {
            let others = likely.iter_mut().filter(|(cause, _)| **cause != row["cause"]);
            others.for_each(|(_, likelihood)| *likelihood *= 1.0 - share);
        }
    }
    if !incident["mechanism"].is_empty() {
        let mechanism = likely.remove(&incident["mechanism"]).unwrap_or_default();
        let change = likely.entry(incident["cause"].clone()).or_default();
        *change = 1.0 - (1.0 - *change) * (1.0 - mechanism);
    }
    likely
}

fn check(case: &str) {
    let report = report(case);
    for row in &report.evidence {
        let factors = ["base", "lift", "lead", "scope", "presence"];
        let product: f64 = factors.iter().map(|factor| number(row, factor)).product();
        assert!(near(product, number(row, "weight")), "{case}: {row:?}");
    }
    for incident in &report.incidents {
        let id = &incident["incident_id"];
        let (causes, evidence) = (of(&report.causes, id), of(&report.evidence, id));
        let likely = likelihoods(incident, &causes, &evidence);
        for row in &causes {
            let redone = likely.get(&row["cause"]).copied().unwrap_or_default();
            assert!(near(redone, number(row, "likelihood")), "{case} {id}: {redone} for {row:?}");
        }
        // A cause for which little speaks may still be there where it could not be seen.
        let silent: Vec<f64> = causes
            .iter()
            .filter(|row| number(row, "likelihood") < 0.1)
            .map(|row| 1.0 - number(row, "coverage"))
            .collect();
        let unknown = 0.05 + 0.3 * silent.iter().sum::<f64>() / silent.len().max(1) as f64;
        let sum = unknown + causes.iter().map(|row| number(row, "likelihood")).sum::<f64>();
        for row in &causes {
            let redone = number(row, "likelihood") / sum;
            assert!(near(redone, number(row, "probability")), "{case} {id}: {redone} for {row:?}");
            assert!(near(unknown / sum, number(row, "unknown_probability")), "{case} {id}: {}", unknown / sum);
        }
        word(case, incident, &causes);
    }
}

/// What the word promises, by the numbers of the table.
fn word(case: &str, incident: &Row, causes: &[&Row]) {
    let Some(verdict) = causes.iter().find(|row| row["verdict"] == "yes") else {
        assert_eq!((&*incident["cause"], &*incident["confidence"]), ("unknown", "unknown"), "{case}");
        return;
    };
    let probability = number(verdict, "probability");
    let others = causes.iter().filter(|row| row["cause"] != verdict["cause"]).map(|row| number(row, "probability"));
    let second = others.fold(0.0, f64::max);
    assert!(probability + ROUNDED >= second, "{case}");
    let share = number(verdict, "attributed_503") / number(verdict, "requests_503");
    match &*incident["confidence"] {
        "certain" => assert!(share >= 0.8 && incident["mechanism"].is_empty(), "{case}"),
        "probable" => assert!(
            probability + ROUNDED >= 0.7
                && probability - second + ROUNDED >= 0.25
                && number(verdict, "coverage") + ROUNDED >= 0.5,
            "{case}"
        ),
        "possible" => {
            assert!(probability + ROUNDED >= 0.4 && number(verdict, "likelihood") + ROUNDED >= 0.15, "{case}");
        }
        word => panic!("{case}: a cause with the word {word}"),
    }
}

#[test]
fn verdicts_can_be_redone_from_the_csv_files() {
    for case in [
        "automatic-configuration-unattended-upgrade-php",
        "automatic-configuration-puppet-port",
        "connectivity-then-maintenance",
        "firewall-fail2ban-bans-balancer",
        "maintenance-beside-server-problem",
        "overload-nginx-limit-req",
        "overload-two-incidents-haproxy",
        "script-bug-four-tiers",
        "server-problem-haproxy-app-crash",
        "unknown-haproxy-timeout-only",
    ] {
        check(case);
    }
}
