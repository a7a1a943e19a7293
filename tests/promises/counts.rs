//! Every line has one fate, and every 503 is counted once.

use crate::case::{Case, files, run};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::Path;

/// What can become of a line.
const FATES: [&str; 6] = ["records", "continuation", "blank", "unrecognized", "undated", "outside_window"];

/// The text of a log, or none where it is packed with something that this test cannot undo.
fn text(path: &Path) -> Option<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    match bytes.get(..2) {
        Some(b"\x1f\x8b") => {
            let mut text = Vec::new();
            MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut text).unwrap();
            Some(text)
        }
        Some(b"\xfd7") => None,
        _ => Some(bytes),
    }
}

fn lines_of(text: &[u8]) -> u64 {
    let ends = text.iter().filter(|&&byte| byte == b'\n').count() as u64;
    ends + u64::from(text.last().is_some_and(|&byte| byte != b'\n'))
}

#[test]
fn every_line_of_every_source_has_one_fate() {
    for case in Case::all() {
        let logs = case.logs();
        let ran = run([Path::new("sources"), Path::new("--output"), Path::new("json"), &logs]);
        assert_eq!(ran.code, 0, "{}: {}", case.name, ran.err);
        let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        let files = files(&logs);
        assert_eq!(rows.len(), files.len(), "{}: a row for every file", case.name);
        for row in &rows {
            // A file that was left out (a copy of another, a journal) has a reason and no counts.
            let Some(lines) = row["lines"].as_u64() else {
                assert!(row["trouble"].is_string(), "{}: {row}", case.name);
                continue;
            };
            let told: u64 = FATES.iter().map(|fate| row[fate].as_u64().unwrap()).sum();
            assert_eq!(lines, told, "{}: {row}", case.name);
            if let Some(text) = text(&files[row["source"].as_str().unwrap()]) {
                assert_eq!(lines, lines_of(&text), "{}: {row}", case.name);
            }
        }
    }
}

#[test]
fn totals_are_those_of_the_edge_and_quiet_cases_stay_quiet() {
    for case in Case::all() {
        let ran = run([case.logs()]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", case.name);
        let summary = ran.summary();
        let points = summary["vantage_points"].as_array().unwrap();
        let at_the_edge = |key: &str| -> u64 {
            points.iter().filter(|point| point["edge"] == true).map(|point| point[key].as_u64().unwrap()).sum()
        };
        assert_eq!(summary["total_503"], at_the_edge("requests_503"), "{}", case.name);
        assert_eq!(summary["total_requests"], at_the_edge("requests"), "{}", case.name);
        assert_eq!(summary["total_503"], case.number("total_503"), "{}", case.name);
        let incidents = ran.rows("incidents.csv");
        let told: u64 = incidents.iter().map(|row| row["requests_503"].parse::<u64>().unwrap()).sum();
        let scattered = summary["scattered_503"].as_u64().unwrap();
        assert_eq!(summary["total_503"], told + scattered, "{}: in incidents or scattered", case.name);
        if case.name.starts_with("none-") {
            assert!(incidents.is_empty() && ran.out.starts_with("No 503 among "), "{}: {}", case.name, ran.out);
        }
    }
}

/// The status of an access line in HAProxy's HTTP format: what follows the five timers.
fn haproxy_status(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split(' ').collect();
    let timers = words.iter().position(|word| word.split('/').count() == 5 && word.as_bytes()[0].is_ascii_digit())?;
    words.get(timers + 1).copied()
}

/// The status of an access line in the combined format: what follows the quoted request. No client of these cases sends
/// a quote in its request.
fn combined_status(line: &str) -> Option<&str> {
    line.split('"').nth(2)?.split_whitespace().next()
}

/// Counted here by hand, so that no mistake of the parsers can hide behind another.
#[test]
fn another_way_of_counting_gives_the_same_503s() {
    for (name, log, status) in [
        ("server-problem-haproxy-app-crash", "haproxy.log", haproxy_status as fn(&str) -> Option<&str>),
        ("overload-nginx-limit-req", "nginx/access.log", combined_status),
        ("unknown-access-log-only", "nginx/access.log", combined_status),
        ("unknown-apache-access-only", "apache2/access.log", combined_status),
    ] {
        let case = Case::named(name);
        let logs = files(&case.logs()).into_iter().filter(|(name, _)| name.starts_with(log));
        let counted: usize = logs
            .map(|(_, path)| String::from_utf8(text(&path).unwrap()).unwrap())
            .map(|text| text.lines().filter(|line| status(line) == Some("503")).count())
            .sum();
        assert!(counted > 100, "{name}: {counted}");
        let ran = run([case.logs()]);
        assert_eq!(ran.summary()["total_503"], counted, "{name}");
    }
}
