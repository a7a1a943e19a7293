//! The same input gives the same bytes, in every file of the report and on the terminal.

use crate::case::{Case, Ran, files, run};
use std::ffi::OsString;

/// Several hosts and tiers, rotated and packed logs, several incidents, one cause of each kind.
const CASES: [&str; 6] = [
    "automatic-configuration-unattended-upgrade-php",
    "connectivity-then-maintenance",
    "overload-then-firewall",
    "script-bug-four-tiers",
    "server-problem-session-disk-full",
    "unknown-access-log-only",
];

fn run_with(threads: &str, paths: &[OsString]) -> Ran {
    let ran = run(["-j".into(), threads.into()].iter().chain(paths));
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran
}

fn assert_same(one: &Ran, other: &Ran, what: &str) {
    assert_eq!(one.out, other.out, "{what}: terminal");
    let (one, other) = (one.report(), other.report());
    assert!(one.keys().eq(other.keys()), "{what}: files");
    for (name, bytes) in &one {
        let texts = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&other[name]));
        let differing = texts.0.lines().zip(texts.1.lines()).find(|(one, other)| one != other);
        assert!(*bytes == other[name], "{what}: {name} differs, first in {differing:?}");
    }
}

#[test]
fn whatever_the_threads() {
    for name in CASES {
        let logs = [Case::named(name).logs().into_os_string()];
        let first = run_with("1", &logs);
        for threads in ["2", "8"] {
            assert_same(&first, &run_with(threads, &logs), &format!("{name} -j {threads}"));
        }
    }
}

#[test]
fn whatever_the_order_of_separate_files() {
    for name in CASES {
        let mut paths: Vec<OsString> = files(&Case::named(name).logs()).into_values().map(Into::into).collect();
        let first = run_with("2", &paths);
        paths.reverse();
        assert_same(&first, &run_with("2", &paths), &format!("{name} reversed"));
        let middle = paths.len() / 2;
        paths.rotate_left(middle);
        assert_same(&first, &run_with("8", &paths), &format!("{name} rotated"));
    }
}
