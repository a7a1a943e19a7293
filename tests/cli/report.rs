//! The report directory.

use crate::logs::{Logs, rows};
use std::fs;

const FILES: [&str; 10] = [
    "affected.csv",
    "causes.csv",
    "checklist.csv",
    "evidence.csv",
    "incidents.csv",
    "report.html",
    "report.md",
    "sources.csv",
    "summary.json",
    "timeline.csv",
];

#[test]
fn the_answer_and_the_files() {
    let logs = Logs::of_an_outage();
    let ran = logs.run(&["logs"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let first = ran.out.lines().next().unwrap();
    assert!(first.starts_with("503 because: server-problem"), "{first}");
    assert!(first.contains("80 of 80 requests, 08:05:19-08:05:58 UTC, bk_shop"), "{first}");
    assert!(logs.files("why503-report").keys().eq(FILES), "{:?}", logs.files("why503-report").keys());
    let incidents = rows(&logs.text("why503-report/incidents.csv"));
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0]["cause"], "server-problem");
    assert_eq!(incidents[0]["requests_503"], "80");
}

#[test]
fn same_input_same_bytes_whatever_the_threads_and_the_order() {
    let logs = Logs::of_an_outage();
    // Enough to be read in several blocks, and by several threads.
    let long: String = (0..30_000).map(|second| crate::logs::haproxy(second / 20, 200, "/static/logo.svg")).collect();
    logs.write("logs/lb2/haproxy.log", long.as_bytes());
    logs.write("logs/lb2/haproxy.log.1.gz", &crate::logs::gzipped(&[&crate::logs::outage()]));
    let inputs = ["logs/lb1", "logs/lb2", "logs/app1"];
    let mut backwards = inputs;
    backwards.reverse();
    let mut reports = Vec::new();
    for (order, threads) in [(inputs, "1"), (inputs, "2"), (inputs, "8"), (backwards, "1"), (backwards, "8")] {
        let out = format!("report-{}", reports.len());
        let ran = logs.run(&[&order[..], &["-j", threads, "-o", &out]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        reports.push((logs.files(&out), ran.out.replace(&out, "report")));
    }
    for report in &reports[1..] {
        assert_eq!(report, &reports[0]);
    }
}

#[test]
fn an_earlier_report_is_replaced_and_other_files_stay() {
    let logs = Logs::of_an_outage();
    logs.write("out/notes.txt", b"mine");
    assert_eq!(logs.run(&["-o", "out", "logs"]).code, 0);
    assert_eq!(logs.text("out/notes.txt"), "mine");
    fs::remove_file(logs.path("out/notes.txt")).unwrap();
    assert_eq!(logs.run(&["-o", "out", "--emit", "json", "logs"]).code, 0);
    assert!(logs.files("out").keys().eq(["summary.json"]));
    assert_eq!(logs.run(&["-o", "deep/er/out", "logs"]).code, 0, "directories are made");
}

#[test]
fn the_options_of_the_files() {
    let logs = Logs::of_an_outage();
    assert_eq!(logs.run(&["--csv-excel", "--csv-delimiter", ";", "logs"]).code, 0);
    let excel = logs.text("why503-report/incidents.csv");
    assert!(excel.starts_with("\u{feff}incident_id;start;end;"), "{excel}");
    assert!(excel.contains("\r\n"));
    assert_eq!(logs.run(&["--redact", "all", "logs"]).code, 0);
    for (name, bytes) in logs.files("why503-report") {
        assert!(!String::from_utf8_lossy(&bytes).contains("203.0.113."), "{name}");
    }
    assert_eq!(logs.run(&["--redact", "none", "logs"]).code, 0);
    assert!(logs.text("why503-report/evidence.csv").contains("203.0.113."));
}

#[test]
fn other_answers_can_be_looked_for() {
    let logs = Logs::new();
    let failing: String = (0..400)
        .map(|second| crate::logs::haproxy(second, if (200..240).contains(&second) { 504 } else { 200 }, "/"))
        .collect();
    logs.write("logs/haproxy.log", failing.as_bytes());
    assert!(logs.run(&["logs"]).out.starts_with("No 503 among 400 requests"));
    let ran = logs.run(&["--status", "5xx", "logs"]);
    assert!(ran.out.starts_with("5xx because: "), "{}", ran.out);
    assert!(ran.out.contains("40 of 40 requests"), "{}", ran.out);
}

#[test]
fn the_gap_joins_bursts() {
    let logs = Logs::new();
    let bursts: String = (0..900)
        .map(|second| {
            let fails = (200..230).contains(&second) || (400..430).contains(&second);
            crate::logs::haproxy(second, if fails { 503 } else { 200 }, "/").repeat(8)
        })
        .collect();
    logs.write("logs/haproxy.log", bursts.as_bytes());
    let incidents = |gap: &str| {
        assert_eq!(logs.run(&["--gap", gap, "logs"]).code, 0);
        rows(&logs.text("why503-report/incidents.csv")).len()
    };
    assert_eq!((incidents("60"), incidents("5m")), (2, 1));
}
