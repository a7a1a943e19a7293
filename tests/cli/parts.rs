//! `scan` and `merge`: the same bytes as one run.

use crate::logs::{Logs, gzipped, outage};

#[test]
fn parts_give_the_same_report_as_one_run() {
    let logs = Logs::of_an_outage();
    assert_eq!(logs.run(&["logs", "-o", "whole"]).code, 0);
    let ran = logs.run(&["scan", "logs", "-o", "all.part"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let merged = logs.run(&["merge", "all.part", "-o", "merged"]);
    assert_eq!(merged.code, 0, "{}", merged.err);
    assert!(merged.out.starts_with("503 because: server-problem"), "{}", merged.out);
    assert_eq!(logs.files("merged"), logs.files("whole"));
}

#[test]
fn the_order_of_parts_does_not_matter() {
    let logs = Logs::of_an_outage();
    for (path, part) in [("logs/lb1", "lb1.part"), ("logs/app1", "app1.part")] {
        assert_eq!(logs.run(&["scan", path, "-o", part]).code, 0);
    }
    assert_eq!(logs.run(&["merge", "lb1.part", "app1.part", "-o", "one"]).code, 0);
    assert_eq!(logs.run(&["merge", "app1.part", "lb1.part", "-o", "other"]).code, 0);
    assert_eq!(logs.files("one"), logs.files("other"));
    assert!(logs.text("one/incidents.csv").contains("server-problem"));
}

#[test]
fn troubles_of_a_scan_are_told_by_the_merge() {
    let logs = Logs::new();
    let whole = gzipped(&[&outage()]);
    logs.write("logs/haproxy.log.gz", &whole[..whole.len() / 2]);
    assert_eq!(logs.run(&["scan", "logs", "-o", "part"]).code, 3);
    let merged = logs.run(&["merge", "part"]);
    assert_eq!(merged.code, 3);
    assert!(merged.err.contains("ends early"), "{}", merged.err);
}

#[test]
fn what_cannot_be_merged() {
    let logs = Logs::of_an_outage();
    assert_eq!(logs.run(&["scan", "logs/lb1", "-o", "503.part"]).code, 0);
    assert_eq!(logs.run(&["scan", "logs/app1", "--status", "5xx", "-o", "5xx.part"]).code, 0);
    let part = std::fs::read(logs.path("503.part")).unwrap();
    logs.write("short.part", &part[..part.len() - 40]);
    let line = part.iter().position(|byte| *byte == b'\n').unwrap();
    logs.write("later.part", &[b"why503-partial 99".as_slice(), &part[line..]].concat());
    for (files, expected) in [
        (&["503.part", "503.part"][..], "given twice"),
        (&["503.part", "./503.part"], "given twice"),
        (&["503.part", "5xx.part"], "with the same --status"),
        (&["logs/lb1/haproxy.log"], "no file that `why503 scan` wrote"),
        (&["short.part"], "cut off or damaged"),
        (&["later.part"], "format version 99"),
        (&["nowhere"], "nowhere"),
    ] {
        let ran = logs.run(&[&["merge"], files].concat());
        assert_eq!(ran.code, 2, "{files:?} {}", ran.err);
        assert!(ran.err.contains(expected), "{files:?} {}", ran.err);
    }
    assert!(!logs.path("why503-report").exists());
}

#[test]
fn the_same_log_in_two_parts_is_told() {
    let logs = Logs::of_an_outage();
    logs.write("other/haproxy.log", outage().as_bytes());
    assert_eq!(logs.run(&["scan", "logs/lb1", "-o", "one.part"]).code, 0);
    assert_eq!(logs.run(&["scan", "other", "-o", "other.part"]).code, 0);
    let ran = logs.run(&["merge", "one.part", "other.part"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("haproxy.log is in other.part and in an earlier part"), "{}", ran.err);
}
