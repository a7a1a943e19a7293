//! Runs that nobody watches: one line for a journal, and metrics.

use crate::logs::{Logs, haproxy};
use std::collections::BTreeSet;

#[test]
fn one_line_for_a_journal() {
    let logs = Logs::of_an_outage();
    let ran = logs.run(&["logs", "--summary"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    assert!(ran.out.starts_with("503 because: server-problem"), "{}", ran.out);
    assert_eq!(logs.run(&["logs", "--summary", "--quiet"]).code, 2);
    assert_eq!(logs.run(&["logs", "--summary", "--fail-on-incident"]).code, 1);
}

/// Reads the text format as its definition has it; fails on anything else.
fn samples(text: &str) -> Vec<(String, f64)> {
    assert!(text.ends_with('\n'));
    let name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !text.is_empty();
    let (mut typed, mut helped, mut seen, mut current) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), String::new());
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (family, help) = help.split_once(' ').unwrap();
            assert!(helped.insert(family.to_owned()) && !help.is_empty(), "{line}");
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (family, kind) = kind.split_once(' ').unwrap();
            assert!(typed.insert(family.to_owned()) && kind == "gauge", "{line}");
            current = family.to_owned();
            continue;
        }
        let (key, value) = line.rsplit_once(' ').unwrap();
        let (family, labels) =
            key.split_once('{').map_or((key, ""), |(family, labels)| (family, labels.strip_suffix('}').unwrap()));
        assert!(name(family) && family == current, "{line}: samples of a family stand behind its type");
        assert!(seen.insert(key.to_owned()), "{line} is there twice");
        let mut rest = labels;
        while !rest.is_empty() {
            let (label, quoted) = rest.split_once("=\"").unwrap();
            assert!(name(label), "{line}");
            let mut characters = quoted.char_indices();
            let end = loop {
                match characters.next() {
                    Some((_, '\\')) => assert!(matches!(characters.next(), Some((_, '\\' | '"' | 'n'))), "{line}"),
                    Some((at, '"')) => break at,
                    Some(_) => {}
                    None => panic!("{line}: a label does not end"),
                }
            };
            rest = quoted[end + 1..].strip_prefix(',').unwrap_or(&quoted[end + 1..]);
        }
        found.push((key.to_owned(), value.parse().unwrap()));
    }
    assert_eq!(typed, helped);
    found
}

#[test]
fn metrics_are_what_prometheus_reads() {
    let logs = Logs::of_an_outage();
    logs.write("logs/broken.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x02");
    let ran = logs.run(&["logs", "--quiet", "--metrics", "why503.prom"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let found = samples(&logs.text("why503.prom"));
    let value =
        |name: &str| found.iter().find(|(key, _)| key == name).unwrap_or_else(|| panic!("{name} in {found:?}")).1;
    assert_eq!(value("why503_failed_requests{status=\"503\"}"), 80.0);
    assert_eq!(value("why503_incidents{cause=\"server-problem\",service=\"bk_shop\"}"), 1.0);
    assert_eq!(value("why503_unreadable_inputs"), 1.0);
    assert!(value("why503_last_success_timestamp_seconds") > 1.7e9 && value("why503_run_duration_seconds") > 0.0);
    // A quiet day has the same families, without incidents.
    logs.write("quiet/haproxy.log", haproxy(0, 200, "/").as_bytes());
    assert_eq!(logs.run(&["quiet", "--metrics", "why503.prom", "-o", "quiet-report"]).code, 0);
    assert!(!samples(&logs.text("why503.prom")).iter().any(|(key, _)| key.starts_with("why503_incidents")));
    // What cannot be written is told before the work, and nothing is left beside.
    assert_eq!(logs.run(&["logs", "--metrics", "nowhere/x.prom"]).code, 2);
    let names: Vec<String> = logs.files(".").into_keys().filter(|name| name.contains(".prom")).collect();
    assert_eq!(names, ["why503.prom"]);
}

#[test]
fn pseudonyms_with_a_key_are_the_same_every_night() {
    let logs = Logs::of_an_outage();
    logs.write("key", b"0123456789abcdef0123456789abcdef\n");
    logs.write("short", b"secret\n");
    let options = ["--redact", "all", "--redact-key", "key"];
    assert_eq!(logs.run(&[&["logs", "-o", "one"], &options[..]].concat()).code, 0);
    // Another client comes first, and would be number one.
    let other: String = (0..300).map(|second| haproxy(second, 200, "/").replace("203.0.113.", "198.51.100.")).collect();
    logs.write("logs/lb0/haproxy.log", other.as_bytes());
    assert_eq!(logs.run(&[&["logs", "-o", "other"], &options[..]].concat()).code, 0);
    let first = |report: &str| {
        let text = logs.text(&format!("{report}/evidence.csv"));
        let at = text.find("client-").unwrap_or_else(|| panic!("{text}"));
        text[at..at + 17].to_owned()
    };
    assert_eq!(first("one"), first("other"));
    for (name, bytes) in logs.files("one") {
        assert!(!String::from_utf8_lossy(&bytes).contains("203.0.113."), "{name}");
    }
    for (options, expected) in [
        (&["--redact-key", "key"][..], "with --redact all only"),
        (&["--redact", "all", "--redact-key", "short"], "at least 16 characters"),
        (&["--redact", "all", "--redact-key", "nowhere"], "nowhere"),
    ] {
        let ran = logs.run(&[&["logs"], options].concat());
        assert_eq!(ran.code, 2, "{options:?}");
        assert!(ran.err.contains(expected), "{}", ran.err);
    }
}
