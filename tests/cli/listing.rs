//! The contract of `sources`.

use crate::logs::{Logs, rows};

#[test]
fn every_line_is_accounted_for() {
    let logs = Logs::of_an_outage();
    logs.write("logs/odd.log", b"what is this\n\n2026-11-22 08:00:00 maybe\n   \n\x00\x01\x02\n");
    logs.write(
        "logs/app.log",
        b"2026-11-22 08:00:00,123 ERROR [shop] Exception\nTraceback (most recent call last):\n  File \"a.py\"\nKeyError\n\n\
          2026-11-22 09:00:01,000 INFO [shop] fine\n",
    );
    for window in [&[][..], &["--since", "2026-11-22T08:05:00Z", "--until", "2026-11-22T08:06:00Z"]] {
        let ran = logs.run(&[&["sources", "--output", "csv", "logs"], window].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let rows = rows(&ran.out);
        assert_eq!(rows.len(), 5);
        for row in rows {
            let number = |name: &str| row[name].parse::<u64>().unwrap();
            let fates = ["records", "continuation", "blank", "unrecognized", "undated", "outside_window"];
            assert_eq!(number("lines"), fates.iter().map(|name| number(name)).sum::<u64>(), "{row:?}");
            let bytes = std::fs::read(logs.path("logs").join(&row["source"])).unwrap();
            assert_eq!(number("lines"), bytes.iter().filter(|byte| **byte == b'\n').count() as u64, "{row:?}");
            if window.is_empty() {
                assert_eq!(number("outside_window"), 0, "{row:?}");
            } else if row["source"] == "lb1/haproxy.log" {
                assert_eq!(number("records"), 120, "{row:?}");
            }
        }
    }
}

#[test]
fn the_table_tells_format_reason_and_totals() {
    let logs = Logs::of_an_outage();
    let ran = logs.run(&["sources", "logs", "nowhere"]);
    assert_eq!(ran.code, 3);
    let of = |name: &str| {
        ran.out.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {}", ran.out))
    };
    let haproxy: Vec<&str> = of("lb1/haproxy.log").split_whitespace().collect();
    assert_eq!(haproxy[1..6], ["lb1", "haproxy-http", "access", "100", "%"], "{}", ran.out);
    assert_eq!(haproxy.last(), Some(&"80"), "{}", ran.out);
    assert!(of("total").contains("4 inputs") && of("total").ends_with("80"), "{}", ran.out);
    assert!(ran.out.contains("lost: does not exist"), "{}", ran.out);
    assert!(ran.out.contains("in syslog · zone stated"), "{}", ran.out);
}

#[test]
fn rows_for_programs() {
    let logs = Logs::of_an_outage();
    let ran = logs.run(&["sources", "--output", "json", "logs"]);
    let rows: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let haproxy = rows.as_array().unwrap().iter().find(|row| row["source"] == "lb1/haproxy.log").unwrap();
    assert_eq!((&haproxy["lines"], &haproxy["requests_503"]), (&1200.into(), &80.into()));
    assert_eq!(haproxy["first"], "2026-11-22T08:00:00.221Z");
    assert_eq!(haproxy["trouble"], serde_json::Value::Null);
    let ndjson = logs.run(&["sources", "--output", "ndjson", "logs"]).out;
    assert_eq!(ndjson.lines().count(), 3);
}

#[test]
fn a_format_can_be_forced() {
    let logs = Logs::new();
    let line = b"203.0.113.7 - - [22/Nov/2026:08:00:00 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"curl/8\"\n";
    logs.write("logs/web1/access.log", line);
    let format = |arguments: &[&str]| {
        let ran = logs.run(&[&["sources", "--output", "csv", "logs"], arguments].concat());
        rows(&ran.out)[0]["format"].clone()
    };
    assert_ne!(format(&[]), "gunicorn-access");
    assert_eq!(format(&["--format", "*/access.log=gunicorn-access"]), "gunicorn-access");
}

#[test]
fn the_formats_are_listed() {
    let logs = Logs::new();
    let listed = rows(&logs.run(&["sources", "--list", "--output", "csv"]).out);
    let haproxy = listed.iter().find(|row| row["id"] == "haproxy-http").unwrap();
    assert_eq!((haproxy["product"].as_str(), haproxy["family"].as_str()), ("haproxy", "access"));
    assert!(logs.run(&["sources", "--list"]).out.starts_with("id "));
    assert_eq!(logs.run(&["sources"]).code, 2);
}
