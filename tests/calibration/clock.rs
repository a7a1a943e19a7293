//! Clocks that are wrong: every stamp of a log set forward or back, whatever its format.

use regex::bytes::{Captures, Regex};
use std::sync::LazyLock;

/// A date as servers write it, then the time; or seconds since 1970 in this century's second quarter.
static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    let date = r"\d{4}[-/]\d\d[-/]\d\d(?:T| {1,2})|\d\d/[A-Z][a-z]{2}/\d{4}[: ]|\d\d[- ][A-Z][a-z]{2}[- ]\d{4} |[A-Z][a-z]{2} [ \d]\d ";
    Regex::new(&format!(r"(?-u)(?P<date>{date})(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)|\b(?P<epoch>1[789]\d{{8}})\b"))
        .unwrap()
});

/// An offset from UTC right behind a time.
static ZONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?-u)\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?[+-]\d\d:?\d\d\b|Z| UTC| GMT)").unwrap());

/// Whether any stamp of a log states its zone, or is in seconds since 1970.
pub(crate) fn states_zone(text: &[u8]) -> bool {
    ZONE.is_match(text) || STAMP.captures_iter(text).take(20).any(|found| found.name("epoch").is_some())
}

/// Every stamp moved by so many seconds. A stamp that would leave its day stays, which no recorded case has.
pub(crate) fn shifted(text: &[u8], seconds: i64) -> Vec<u8> {
    let number =
        |found: &Captures<'_>, name: &str| -> i64 { std::str::from_utf8(&found[name]).unwrap().parse().unwrap() };
    let moved = |found: &Captures<'_>| -> Vec<u8> {
        if found.name("epoch").is_some() {
            return (number(found, "epoch") + seconds).to_string().into_bytes();
        }
        let time = number(found, "h") * 3600 + number(found, "m") * 60 + number(found, "s") + seconds;
        if !(0..86_400).contains(&time) {
            return found[0].to_vec();
        }
        let mut stamp = found["date"].to_vec();
        stamp.extend(format!("{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60).bytes());
        stamp
    };
    STAMP.replace_all(text, moved).into_owned()
}

#[test]
fn stamps_of_all_kinds_are_moved() {
    let stamps = "2026-11-22T10:44:27.110528+00:00 [22/Nov/2026:10:44:27.097] Nov 22 10:43:49 22-Nov-2026 10:51:45 \
                  2026/11/22 07:56:40 Sun Nov 22 10:39:08.180476 2026 \"ts\":1795343344.7 10.31.0.10 (203.0.113.9)";
    let moved = String::from_utf8(shifted(stamps.as_bytes(), 90)).unwrap();
    assert_eq!(
        moved,
        "2026-11-22T10:45:57.110528+00:00 [22/Nov/2026:10:45:57.097] Nov 22 10:45:19 22-Nov-2026 10:53:15 \
         2026/11/22 07:58:10 Sun Nov 22 10:40:38.180476 2026 \"ts\":1795343434.7 10.31.0.10 (203.0.113.9)"
    );
    assert!(states_zone(b"[22/Nov/2026:10:44:27 +0000]") && !states_zone(b"2026/11/22 07:56:40 [error]"));
}
