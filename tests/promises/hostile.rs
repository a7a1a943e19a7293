//! Text that wants to act, in every place that a client or an application can write to: path, referrer, user agent,
//! service, message. A marker beside it proves that it did reach the place where it is looked for.

use crate::case::{Ran, run};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Escape sequences (also the one-character kind), marks that reverse or hide text, a formula, HTML, Markdown, a mention.
const ATTACK: &str = "=cmd|calc\u{1b}[2J\u{1b}]8;;http://e.example\u{7}\u{9b}31m\u{202e}gpj\u{2066}\u{200b}\u{feff}\r\
    <script>alert(1)</script><img/src=x>![i](http://e.example/i)|[a](javascript:x)`|@all**b**";

fn line(name: &str) -> String {
    format!("{name}{ATTACK}")
}

/// Seven minutes of requests to nginx, a failing application behind it, and what both say of it.
pub(crate) fn logs() -> TempDir {
    let logs = tempfile::tempdir().unwrap();
    let (mut access, mut error, mut application) = (String::new(), String::new(), String::new());
    let (path, agent, referrer) = (line("/MPATH/"), line("Agent "), line("Referrer "));
    for second in 0..420_i64 {
        let moment = jiff::Timestamp::from_second(1_795_334_400 + second).unwrap();
        let fails = (200..240).contains(&second);
        let stamp = moment.strftime("%d/%b/%Y:%H:%M:%S +0000");
        let (status, client) = if fails { (503, 7) } else { (200, second % 200) };
        let request = format!("203.0.113.{client} - - [{stamp}] \"GET {path} HTTP/1.1\" {status} 610");
        access.push_str(&format!("{request} \"{referrer}\" \"{agent}\"\n").replace('\r', "\u{85}"));
        if fails {
            let stamp = moment.strftime("%Y/%m/%d %H:%M:%S");
            let (server, message) = (line("=MSERVICE"), line("MMESSAGE "));
            error.push_str(&format!(
                "{stamp} [error] 96#96: *{second} limiting requests, excess: 10.280 by zone \"perip\", client: 203.0.113.7, \
                 server: {server}, request: \"GET {path} HTTP/1.1\", host: \"www.example.org\"\n"
            ));
            let stamp = moment.strftime("%Y-%m-%d %H:%M:%S,123");
            application.push_str(&format!("{stamp} ERROR [shop] {message}\n"));
        }
    }
    for (name, text) in [("nginx/access.log", access), ("nginx/error.log", error), ("shop/error.log", application)] {
        let path = logs.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    logs
}

/// The same time in front of it: a balancer that logs a header of each request, and has no server left for 40 of them.
/// Its access lines are evidence and are quoted whole.
pub(crate) fn logs_with_headers() -> TempDir {
    let logs = tempfile::tempdir().unwrap();
    let agent = line("MAGENT").replace('|', "!");
    let lines: String = (0..420_i64)
        .map(|second| {
            let moment = jiff::Timestamp::from_second(1_795_334_400 + second).unwrap();
            let (stamp, iso) = (moment.strftime("%d/%b/%Y:%H:%M:%S"), moment.strftime("%Y-%m-%dT%H:%M:%S"));
            let fails = (200..240).contains(&second);
            let (server, status, state) = if fails { ("<NOSRV>", 503, "SC--") } else { ("app1", 200, "----") };
            format!(
                "{iso}+00:00 lb1 haproxy[119]: 203.0.113.{}:41816 [{stamp}.212] fe_www bk_shop/{server} 0/0/0/8/9 {status} \
                 812 - - {state} 4/4/0/0/0 0/0 {{{agent}}} \"GET / HTTP/1.1\"\n",
                second % 200
            )
        })
        .collect();
    fs::write(logs.path().join("haproxy.log"), lines).unwrap();
    logs
}

fn report_of(logs: &Path) -> Ran {
    let ran = run([Path::new("--redact"), Path::new("none"), logs]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.summary()["total_503"], 40, "the attack hides no request");
    ran
}

fn is_unseen(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Markdown without what stands in code, where nothing acts: fenced blocks, and spans between runs of backticks of one
/// length.
fn outside_code(markdown: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        let ticks: String = line.trim_start().chars().take_while(|&character| character == '`').collect();
        match &fence {
            Some(open) if line.trim() == ticks && ticks.len() >= open.len() => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && !line.trim_start()[ticks.len()..].contains('`') => fence = Some(ticks),
            None => out.push_str(&format!("{}\n", without_spans(line))),
        }
    }
    out
}

fn without_spans(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let run = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        if at > 0 && rest[..at].ends_with('\\') {
            out.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        out.push_str(&rest[..at]);
        let inside = &rest[at + run..];
        match closing(inside, run) {
            Some(end) => rest = &inside[end..],
            None => {
                out.push_str(&rest[at..at + run]);
                rest = inside;
            }
        }
    }
    out + rest
}

/// Where the span ends that was opened by so many backticks.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let run = text[start..].len() - text[start..].trim_start_matches('`').len();
        if run == ticks {
            return Some(start + run);
        }
        at = start + run;
    }
    None
}

#[test]
fn it_is_inert_in_every_cell() {
    let mut unseen_places = vec!["MPATH", "MSERVICE", "MMESSAGE", "MAGENT"];
    for logs in [logs(), logs_with_headers()] {
        let ran = report_of(logs.path());
        for (name, bytes) in ran.report() {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.chars().any(is_unseen), "{name}");
            if name.ends_with(".csv") {
                unseen_places.retain(|marker| !text.contains(marker));
                assert_cells_are_inert(&name, &text, &ran.rows(&name));
            }
        }
    }
    assert!(unseen_places.is_empty(), "nothing was proven of {unseen_places:?}");
}

fn assert_cells_are_inert(name: &str, text: &str, rows: &[BTreeMap<String, String>]) {
    assert_eq!(text.lines().count(), rows.len() + 1, "{name}: one physical line a row");
    for cell in rows.iter().flat_map(BTreeMap::values) {
        let number = cell.parse::<f64>().is_ok();
        assert!(number || !cell.trim_start().starts_with(['=', '+', '-', '@']), "{name}: {cell}");
    }
}

#[test]
fn it_is_inert_in_the_story() {
    let (logs, with_headers) = (logs(), logs_with_headers());
    let report = [logs.path(), with_headers.path()].map(|logs| report_of(logs).text("report.md")).concat();
    assert!(["MSERVICE", "MMESSAGE", "MAGENT"].iter().all(|marker| report.contains(marker)), "{report}");
    let page = outside_code(&report);
    for active in ["<script", "<img", "](http", "](java", "http://e.", "@all", "**b**"] {
        assert!(!page.contains(active), "{active} in {page}");
    }
    // A pipe divides cells even within code, so every row of a table must have as many as its heading.
    let mut width = None;
    for line in report.lines() {
        let pipes = line.replace("\\|", "").matches('|').count();
        width = line.starts_with('|').then(|| width.unwrap_or(pipes));
        assert!(width.is_none_or(|width| width == pipes), "{line}");
    }
}

#[test]
fn it_is_inert_on_the_terminal() {
    let logs = logs();
    for options in [&[][..], &["-v"], &["sources"], &["sources", "--output", "csv"], &["parse", "--output", "csv"]] {
        let ran = run(options.iter().map(Path::new).chain([logs.path()]));
        assert_eq!(ran.code, 0, "{options:?}: {}", ran.err);
        for text in [&ran.out, &ran.err] {
            let unseen: Vec<char> = text.chars().filter(|&character| is_unseen(character)).collect();
            assert!(unseen.is_empty(), "{options:?}: {unseen:?} in {text:.600}");
        }
    }
}

#[test]
fn code_is_told_from_the_rest() {
    assert_eq!(without_spans("a `b` ``c`d`` e"), "a   e");
    assert_eq!(without_spans("a \\` <b> `c"), "a \\` <b> `c");
    assert_eq!(outside_code("a\n```text\n<b>\n```\nc\n"), "a\nc\n");
}
