//! Large logs in the order of time, of which only what the window can lie in is read.

use crate::logs::{Logs, haproxy, rows};
use std::collections::BTreeMap;

const WINDOW: [&str; 4] = ["--since", "2026-11-22T08:00:00Z", "--until", "2026-11-22T09:00:00Z"];

/// Some 70 MB over eight days, with an outage at 08:05 of the 22nd. Few lines, as long ones are read sooner.
fn large() -> Logs {
    let logs = Logs::new();
    let pad = "x".repeat(1800);
    let mut text = String::new();
    for line in -18_000..18_000_i64 {
        let second = line * 20;
        text.push_str(&haproxy(second, 200, &format!("/{pad}")));
        if (319..359).contains(&second) {
            (0..20).for_each(|_| text.push_str(&haproxy(second, 503, "/product")));
        }
    }
    assert!(text.len() > 64 << 20);
    logs.write("logs/lb1/haproxy.log", text.as_bytes());
    logs.write("logs/app1/supervisord.log", crate::logs::SUPERVISOR.as_bytes());
    logs
}

fn table(logs: &Logs, report: &str, name: &str) -> Vec<BTreeMap<String, String>> {
    rows(&logs.text(&format!("{report}/{name}.csv")))
}

fn balancer(logs: &Logs, report: &str) -> BTreeMap<String, String> {
    table(logs, report, "sources").into_iter().find(|row| row["source"].contains("haproxy")).unwrap()
}

#[test]
fn a_part_of_a_large_log_gives_the_report_of_all_of_it() {
    let logs = large();
    let run = |more: &[&str]| {
        let ran = logs.run(&[&["logs"], &WINDOW[..], more].concat());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{more:?}");
        ran
    };
    // Globs go by the name of the file.
    run(&["-o", "part", "--edge", "lb1/haproxy.log", "--format", "lb1/haproxy.log=haproxy-http"]);
    run(&["-o", "whole", "--edge", "lb1/haproxy.log", "--format", "lb1/haproxy.log=haproxy-http", "--read-all"]);
    for name in ["timeline", "affected", "causes", "checklist"] {
        assert_eq!(logs.text(&format!("part/{name}.csv")), logs.text(&format!("whole/{name}.csv")), "{name}");
    }
    let (part, whole) = (balancer(&logs, "part"), balancer(&logs, "whole"));
    assert_eq!(whole["source"], "lb1/haproxy.log");
    let (file, from) = part["source"].split_once('+').unwrap();
    assert_eq!(file, "lb1/haproxy.log");
    for column in ["host", "format", "log", "records", "first", "last", "requests_503", "live"] {
        assert_eq!(part[column], whole[column], "{column}");
    }
    let sum: u64 = ["records", "continuation", "blank", "unrecognized", "undated", "outside_window"]
        .map(|column| part[column].parse::<u64>().unwrap())
        .iter()
        .sum();
    assert_eq!(part["lines"], sum.to_string());
    assert!(sum < 1500, "{sum}");
    assert!(part["trouble"].contains(&format!("those from {from} up to")), "{}", part["trouble"]);
    assert!(part["trouble"].ends_with("--read-all reads everything") && whole["trouble"].is_empty());
    // The evidence is the same, and stands where it is cited from.
    let text = logs.text("logs/lb1/haproxy.log");
    let behind = &text[from.parse::<usize>().unwrap()..];
    let (mut part, mut whole) = (table(&logs, "part", "evidence"), table(&logs, "whole", "evidence"));
    let mut cited = 0;
    for (row, other) in part.iter_mut().zip(&mut whole) {
        let lines = if row["source"].starts_with("lb1/haproxy.log+") { behind } else { "" };
        let line = |row: &BTreeMap<String, String>, text: &str| {
            row["line"].parse().ok().and_then(|line: usize| text.lines().nth(line - 1).map(str::to_owned))
        };
        if let Some(cites) = line(row, lines) {
            assert_eq!(Some(cites), line(other, &text));
            cited += 1;
            for row in [&mut *row, &mut *other] {
                row.remove("source");
                row.remove("line");
            }
        }
        assert_eq!(row, other);
    }
    assert!(cited > 0 && part.len() == whole.len());
    for page in ["part/report.md", "part/report.html"] {
        let page = logs.text(page);
        assert!(page.contains(&format!("lb1/haproxy.log+{from}")) && page.contains("counted from the byte"), "{page}");
    }
    parts_and_nights(&logs);
}

/// The same on any number of threads, through a file between, and for a night that is kept.
fn parts_and_nights(logs: &Logs) {
    let report = |arguments: &[&str]| {
        let ran = logs.run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
        logs.files(arguments[arguments.len() - 1])
    };
    let one = report(&[&["logs", "-j", "1"], &WINDOW[..], &["-o", "one"]].concat());
    assert_eq!(report(&[&["logs", "-j", "2"], &WINDOW[..], &["-o", "two"]].concat()), one);
    report(&[&["scan", "logs"], &WINDOW[..], &["-o", "both.part"]].concat());
    assert_eq!(report(&["merge", "both.part", "-o", "merged"]), one);
    // Two hours of one log are two parts of it, however they are called.
    for (since, until, part) in [("08:00", "08:05:30", "early.part"), ("08:05:30", "09:00", "late.part")] {
        let at = |clock: &str| format!("2026-11-22 {clock}");
        report(&["scan", "logs/lb1", "--since", &at(since), "--until", &at(until), "-o", part]);
    }
    let ran = logs.run(&["merge", "early.part", "late.part", "-o", "sum"]);
    assert!(ran.err.contains("haproxy.log is in late.part and in an earlier part"), "{}", ran.err);
    // Without the application's log no cause is seen.
    let counts = |report: &str| {
        let rows = table(logs, report, "timeline");
        rows.iter()
            .map(|row| [&row["time"], &row["requests"], &row["requests_503"]].map(String::clone))
            .collect::<Vec<_>>()
    };
    assert_eq!(counts("sum"), counts("one"));
    let night = ["--history", "nights", "--since", "2026-11-22", "--until", "2026-11-23", "-o", "night"];
    report(&[&["logs"], &night[..]].concat());
    let row = balancer(logs, "night");
    assert!(row["source"].starts_with("lb1/haproxy.log+"), "{row:?}");
    assert_eq!(row["records"], (86_400 / 20 + 40).to_string());
}

#[test]
fn a_window_beside_a_large_log_is_told() {
    let logs = large();
    let ran = logs.run(&["logs/lb1", "--until", "2026-11-01"]);
    assert!(ran.out.starts_with("No record between --since and --until: "), "{}", ran.out);
    assert!(ran.out.contains("dated lines were read, before or after it"), "{}", ran.out);
    let row = balancer(&logs, "why503-report");
    assert_eq!(row["source"], "haproxy.log", "it is read from its first line on");
    assert!(row["trouble"].contains("those up to "), "{}", row["trouble"]);
}
