//! Windows and kept nights: what is read of them, and what is said of what cannot be.

use crate::logs::{Logs, START, gzipped, haproxy, outage, rows};
use std::fs::File;
use std::time::{Duration, SystemTime};

const DAY: i64 = 86_400;

/// A request every two seconds for so many hours before and after 08:00 of the 22nd, with an outage at 08:05.
fn long(hours: i64) -> String {
    let quiet = |from: i64, to: i64| (from..to).step_by(2).map(|second| haproxy(second, 200, "/")).collect::<String>();
    format!("{}{}{}", quiet(-hours * 3600, 0), outage(), quiet(600, hours * 3600))
}

fn written_at(logs: &Logs, name: &str, second: i64) {
    let file = File::options().write(true).open(logs.path(name)).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(second as u64)).unwrap();
}

fn source(logs: &Logs, report: &str, name: &str) -> std::collections::BTreeMap<String, String> {
    let sources = rows(&logs.text(&format!("{report}/sources.csv")));
    sources.into_iter().find(|row| row["source"] == name).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn a_window_in_a_long_log_gives_what_the_lines_in_it_give() {
    let logs = Logs::new();
    let text = long(30);
    logs.write("logs/haproxy.log", text.as_bytes());
    let window = ["--since", "2026-11-22T06:00:00Z", "--until", "2026-11-22T10:00:00Z"];
    assert_eq!(logs.run(&[&["logs", "-o", "part"], &window[..]].concat()).code, 0);
    let inside: String = text
        .lines()
        .filter(|line| ("2026-11-22T06".."2026-11-22T10").contains(&&line[..13]))
        .map(|line| format!("{line}\n"))
        .collect();
    logs.write("logs/haproxy.log", inside.as_bytes());
    assert_eq!(logs.run(&["logs", "-o", "only"]).code, 0);
    for table in ["timeline.csv", "affected.csv", "causes.csv"] {
        assert_eq!(logs.text(&format!("part/{table}")), logs.text(&format!("only/{table}")), "{table}");
    }
    let row = source(&logs, "part", "haproxy.log");
    assert_eq!(row["lines"], text.lines().count().to_string(), "every line is accounted for");
    assert_eq!(row["records"], inside.lines().count().to_string());
    // The evidence names the lines as they are numbered in the whole file.
    let evidence = rows(&logs.text("part/evidence.csv"));
    let quoted = evidence.iter().find(|row| !row["line"].is_empty()).unwrap();
    let number: usize = quoted["line"].parse().unwrap();
    assert!(text.lines().nth(number - 1).unwrap().contains(&quoted["text"][quoted["text"].len() - 40..]), "{quoted:?}");
}

#[test]
fn what_ends_before_the_window_is_not_read() {
    let logs = Logs::of_an_outage();
    let old: String = (0..3000).map(|second| haproxy(second - 3 * DAY, 200, "/")).collect();
    logs.write("logs/lb1/haproxy.log.3", old.as_bytes());
    logs.write("logs/lb1/haproxy.log.4.gz", &gzipped(&[&old]));
    written_at(&logs, "logs/lb1/haproxy.log.4.gz", START - 3 * DAY + 3000);
    // The time of this one is that of a copy: it cannot have been written before its lines.
    logs.write("logs/lb1/haproxy.log.5.gz", &gzipped(&[&outage()]));
    written_at(&logs, "logs/lb1/haproxy.log.5.gz", START - 9 * DAY);
    assert_eq!(logs.run(&["logs", "--since", "2026-11-22", "-v"]).code, 0);
    for (name, why) in [("lb1/haproxy.log.3", "its last line is from"), ("lb1/haproxy.log.4.gz", "last written before")]
    {
        let row = source(&logs, "why503-report", name);
        assert_eq!(row["lines"], "0");
        assert!(row["trouble"].contains(why), "{row:?}");
    }
    assert_eq!(source(&logs, "why503-report", "lb1/haproxy.log.5.gz")["records"], "1200");
    let ran = logs.run(&["logs/lb1/haproxy.log.3", "--since", "2026-11-22"]);
    assert!(ran.out.starts_with("No record between --since and --until: 1 input ends before it"), "{}", ran.out);
}

#[test]
fn a_log_out_of_order_is_read_whole() {
    let logs = Logs::new();
    let (late, early) = (long(5), (-90_000..-60_000).map(|second| haproxy(second, 200, "/")).collect::<String>());
    logs.write("logs/haproxy.log", format!("{late}{early}").as_bytes());
    assert_eq!(logs.run(&["logs", "--since", "2026-11-22T07:00:00Z"]).code, 0);
    // The file ends with old lines, and is not taken for one that ends before the window only where they all are old.
    logs.write("other/haproxy.log", format!("{early}{late}").as_bytes());
    assert_eq!(logs.run(&["other", "--since", "2026-11-22T07:00:00Z", "-o", "other-report"]).code, 0);
    assert!(
        logs.text("other-report/incidents.csv").contains("server-problem")
            || logs.text("other-report/incidents.csv").contains("I1,")
    );
}

fn night(logs: &Logs, arguments: &[&str]) -> crate::logs::Ran {
    logs.run(&[&["logs", "--history", "nights"], arguments].concat())
}

/// The outage, moved to a day that is over wherever the test runs.
fn past_outage(logs: &Logs) {
    let moved = outage().replace("2026-11-22", "2025-11-22").replace("22/Nov/2026", "22/Nov/2025");
    logs.write("logs/haproxy.log", moved.as_bytes());
}

const THE_NIGHT: [&str; 4] = ["--since", "2025-11-22", "--until", "2025-11-23"];

#[test]
fn a_night_is_kept_and_read_again() {
    let logs = Logs::new();
    past_outage(&logs);
    let ran = night(&logs, &THE_NIGHT);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("0 of 14 nights: too few nights"), "{}", ran.out);
    let kept = std::fs::read(logs.path("nights/2025-11-22.why503")).unwrap();
    assert_eq!(night(&logs, &THE_NIGHT).code, 0);
    assert_eq!(std::fs::read(logs.path("nights/2025-11-22.why503")).unwrap(), kept);
    // The logs are gone, what was kept is not.
    let report = logs.text("why503-report/incidents.csv");
    logs.write("logs/haproxy.log", haproxy(0, 200, "/").as_bytes());
    let ran = night(&logs, &THE_NIGHT);
    assert!(ran.err.contains("the logs no longer have it, so what was kept of it stays"), "{}", ran.err);
    assert_eq!(logs.text("why503-report/incidents.csv"), report);
    assert_eq!(std::fs::read(logs.path("nights/2025-11-22.why503")).unwrap(), kept);
}

#[test]
fn nights_of_another_version_status_or_zone_are_not_compared() {
    let logs = Logs::new();
    past_outage(&logs);
    assert_eq!(night(&logs, &THE_NIGHT).code, 0);
    let kept = std::fs::read(logs.path("nights/2025-11-22.why503")).unwrap();
    let line = kept.iter().position(|byte| *byte == b'\n').unwrap();
    let next = ["--since", "2025-11-23", "--until", "2025-11-24"];
    for (change, options, expected) in [
        (Some([b"why503-partial 99".as_slice(), &kept[line..]].concat()), &[][..], "format version 99"),
        (Some(kept[..kept.len() / 2].to_vec()), &[], "cut off or damaged"),
        (None, &["--status", "5xx"], "it counted status 503"),
        (None, &["--tz", "Asia/Tokyo"], "it was cut in another --tz"),
    ] {
        logs.write("nights/2025-11-22.why503", &change.unwrap_or_else(|| kept.clone()));
        let ran = night(&logs, &[&next[..], options].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains(expected) && ran.err.contains("read it again with --since 2025-11-22"), "{}", ran.err);
        let nights = rows(&logs.text("why503-report/nights.csv"));
        assert!(nights[13]["trouble"].contains(expected), "{:?}", nights[13]);
    }
    assert_eq!(night(&logs, &THE_NIGHT).code, 0, "reading it again mends it");
    assert!(!logs.text("why503-report/report.md").contains("Each night was read by itself"));
    assert_eq!(night(&logs, &["--since", "2025-11-21", "--until", "2025-11-23"]).code, 0);
    assert!(logs.text("why503-report/report.md").contains("Each night was read by itself"), "lines are counted twice");
    assert_eq!(std::fs::read(logs.path("nights/2025-11-22.why503")).unwrap(), kept);
}

#[test]
fn only_whole_days_that_are_over_are_kept() {
    let logs = Logs::new();
    past_outage(&logs);
    for (options, expected) in [
        (&["--since", "24h"][..], "is not the beginning of a day"),
        (&["--since", "2025-11-22T08:00:00Z", "--until", "2025-11-23"], "is not the beginning of a day"),
        (&["--since", "2025-11-22", "--until", "2199-01-01"], "not yet over"),
        (&["--since", "2020-01-01", "--until", "2025-01-01"], "more than 400 days"),
    ] {
        let ran = night(&logs, options);
        assert_eq!(ran.code, 2, "{options:?}");
        assert!(ran.err.contains(expected), "{options:?}: {}", ran.err);
    }
    assert!(!logs.path("nights").exists());
}

#[test]
fn two_runs_do_not_meet_and_old_nights_go() {
    let logs = Logs::new();
    past_outage(&logs);
    logs.write("nights/2025-10-01.why503", b"old");
    logs.write("nights/2025-11-01.why503", b"not so old");
    logs.write("nights/notes.txt", b"mine");
    let lock = File::create(logs.path("nights/lock")).unwrap();
    lock.lock().unwrap();
    let ran = night(&logs, &THE_NIGHT);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("another why503 is at work there"), "{}", ran.err);
    drop(lock);
    assert_eq!(night(&logs, &[&THE_NIGHT[..], &["--keep-nights", "30"]].concat()).code, 0);
    let names: Vec<String> = logs.files("nights").into_keys().collect();
    assert_eq!(names, ["2025-11-01.why503", "2025-11-22.why503", "lock", "notes.txt"]);
}

#[test]
fn without_a_window_yesterday_and_what_was_missed_is_read() {
    let logs = Logs::new();
    let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date();
    let ago = |days: i32| today.checked_sub(jiff::ToSpan::days(days)).unwrap();
    let line = |days: i32| {
        let noon = ago(days).at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
        haproxy(noon - START, 200, "/")
    };
    let text: String = (0..6).rev().map(line).collect();
    logs.write("logs/haproxy.log", text.as_bytes());
    let (since, until) = (ago(4).to_string(), ago(3).to_string());
    assert_eq!(night(&logs, &["--since", &since, "--until", &until]).code, 0);
    assert_eq!(night(&logs, &[]).code, 0);
    let names: Vec<String> = logs.files("nights").into_keys().filter(|name| name != "lock").collect();
    assert_eq!(names, [4, 3, 2, 1].map(|days| format!("{}.why503", ago(days))));
    let summary: serde_json::Value = serde_json::from_str(&logs.text("why503-report/summary.json")).unwrap();
    assert_eq!(summary["total_requests"], 1, "the report is of yesterday");
    assert_eq!(summary["comparison"]["compared_nights"], 3);
}
