//! The same requests in other files: rotated, copied, logged by a tier in front, stamped in another zone.

use crate::clock::shifted;
use crate::tree::{Tree, log_name};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// A line that begins with its stamp, so that no record is cut before it.
static BEGINS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:\[?\d{4}[-/]\d\d[-/]\d\d|\[?\d\d-[A-Z][a-z]{2}-\d{4} |[A-Z][a-z]{2} [ \d]\d \d\d:|\d{1,3}\.\d+\.\d+\.\d+ \S+ \S+ \[)").unwrap()
});

/// A line of an access log in the common form: client, time with zone, request, status.
static COMMON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^(?:\S+:\d+ )?(?P<client>\d+\.\d+\.\d+\.\d+) \S+ \S+ \[(?P<time>[^\]]+ [+-]\d{4})\] "(?P<method>[A-Z]+) (?:http://[^/ ]+)?(?P<path>\S+) [^"]*" (?P<status>\d{3}) (?P<bytes>\d+|-)"#).unwrap()
});

/// Every log that can be cut at a record is rotated, and its older part compressed.
pub(crate) fn rotated(tree: &Tree) -> Tree {
    let mut rotated = Tree::default();
    for (name, text) in &tree.files {
        let taken = tree.files.keys().any(|other| other != name && log_name(other) == name);
        let middle = text.len() / 2;
        let starts = text.iter().enumerate().skip(middle).filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        let cut = starts.into_iter().find(|&at| BEGINS.is_match(&text[at..]));
        match cut {
            Some(at) if !taken && log_name(name) == name => {
                rotated.files.insert(format!("{name}.1.gz"), text[..at].to_vec());
                rotated.files.insert(name.clone(), text[at..].to_vec());
            }
            _ => {
                rotated.files.insert(name.clone(), text.clone());
            }
        }
    }
    rotated
}

/// Every fifth line stands three lines later, as processes that write one log at a time do it.
pub(crate) fn jittered(text: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let whole = lines.len().saturating_sub(4);
    for at in (0..whole).step_by(5) {
        lines[at..=at + 3].rotate_left(1);
    }
    lines.concat()
}

/// The edge's logs are there a second time, under another name.
pub(crate) fn doubled(tree: &Tree, edge: impl Fn(&str) -> bool) -> Tree {
    let mut doubled = tree.clone();
    for (name, text) in tree.files.iter().filter(|(name, _)| edge(name)) {
        let (directory, file) = name.rsplit_once('/').unwrap_or(("", name));
        let copy = if directory.is_empty() { format!("all-{file}") } else { format!("{directory}/all-{file}") };
        let mut text = text.clone();
        text.push(b'\n');
        doubled.files.insert(copy, text);
    }
    doubled
}

/// A tier in front has logged the requests of the edge with the clients' addresses, and the edge has only its own.
/// Nothing where the edge's log is in no common form.
pub(crate) fn in_front(tree: &Tree, edge: impl Fn(&str) -> bool) -> Option<Tree> {
    let mut fronted = tree.clone();
    let mut front: Vec<u8> = Vec::new();
    for (name, text) in tree.files.iter().filter(|(name, _)| edge(name)) {
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        if COMMON.find_iter(text).count() * 10 < lines * 9 {
            return None;
        }
        let mut behind = Vec::new();
        let mut done = 0;
        for (at, found) in COMMON.captures_iter(text).enumerate() {
            front.extend([&found["client"], b" - - [", &found["time"], b"] \"", &found["method"], b" "].concat());
            front.extend(
                [&found["path"], b" HTTP/2.0\" ", &found["status"], b" ", &found["bytes"], b" \"-\" \"-\"\n"].concat(),
            );
            let client = found.name("client")?;
            behind.extend(&text[done..client.start()]);
            behind.extend(format!("192.0.2.{}", 201 + at % 3).bytes());
            done = client.end();
        }
        behind.extend(&text[done..]);
        fronted.files.insert(name.clone(), behind);
    }
    fronted.files.insert("cdn1/nginx/access.log".into(), front);
    Some(fronted)
}

/// A tree that is in UTC, as a machine one hour east of it would have written it. Nothing where it is not in UTC, or
/// some stamps are in UTC whatever the machine's zone.
pub(crate) fn moved_zone(tree: &Tree) -> Option<Tree> {
    let fixed =
        Regex::new(r"\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| UTC| GMT)|\b1795\d{6}\b|[+-](?:0[1-9]|1\d):?[0-5]0\b").unwrap();
    if tree.files.values().any(|text| fixed.is_match(text)) {
        return None;
    }
    let zone = Regex::new(r"(\d\d:\d\d:\d\d(?:[.,]\d+)? ?)\+00(:?)00").unwrap();
    let moved = |text: &[u8]| zone.replace_all(&shifted(text, 3600), &b"${1}+01${2}00"[..]).into_owned();
    Some(tree.map(|_| true, moved))
}
