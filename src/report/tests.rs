//! The report as its readers see it.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::escape::is_unseen;
use super::sample::{ATTACK, none, said_everywhere, server_problem, unknown};
use super::*;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

type Sample = (Diagnosis, Tally);

fn view((diagnosis, tally): &Sample, options: &ReportOptions) -> View {
    View::new(&Findings { diagnosis, tally, comparison: None }, options)
}

fn show(sample: &Sample, options: ReportOptions) -> String {
    let directory = Some(PathBuf::from("why503-report"));
    terminal(&view(sample, &options), &TerminalOptions { color: false, width: 80, directory })
}

/// The files of a report by name.
fn written(sample: &Sample, options: &ReportOptions) -> BTreeMap<String, String> {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("report");
    let written = write(&directory, &view(sample, options), 2).unwrap();
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing is left beside");
    assert_eq!(written.left_behind, None);
    written
        .files
        .iter()
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn rows(text: &str, delimiter: u8) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_first_line_is_the_answer() {
    let first = |sample: &Sample| show(sample, ReportOptions::default()).lines().next().unwrap().to_owned();
    assert_eq!(
        first(&server_problem()),
        "503 because: server-problem (probable) - shop was killed by SIGSEGV at 08:05:16; \
         517 of 1,447 requests, 08:05:19-08:05:59 UTC, bk_shop"
    );
    assert_eq!(
        first(&unknown()),
        "503 because: unknown - no log of the servers behind covers it; \
         517 of 1,447 requests, 08:05:19-08:05:59 UTC, bk_shop"
    );
    assert_eq!(first(&none()), "No 503 among 1,137 requests, 2026-11-22 07:05:19-09:05:19 UTC");
    let (mut diagnosis, tally) = none();
    diagnosis.total_requests = 0;
    diagnosis.vantage_points.clear();
    assert!(first(&(diagnosis, tally)).starts_with("No access log among 4 inputs: nothing counts requests"));
    let (mut diagnosis, tally) = server_problem();
    let mut second = diagnosis.incidents[0].clone();
    (second.id, second.start, second.end, second.failed) = ("I2".into(), second.start + 86_400, second.end + 86_400, 3);
    second.cause = None;
    diagnosis.incidents.push(second);
    let text = show(&(diagnosis, tally), ReportOptions::default());
    assert!(
        text.starts_with("503 because: server-problem (probable), unknown - 2 incidents; 520 of 12,345 requests"),
        "{text}"
    );
    assert!(text.contains("\nI2  unknown  3 of 1,447 requests"), "{text}");
}

#[test]
fn the_terminal_text_is_short_and_complete() {
    let sample = server_problem();
    insta::assert_snapshot!("terminal", show(&sample, ReportOptions::default()));
    for sample in [sample, unknown(), none(), said_everywhere(ATTACK), said_everywhere(&"long ".repeat(300))] {
        let text = show(&sample, ReportOptions::default());
        let lines: usize = text.lines().map(|line| line.chars().count().div_ceil(80).max(1)).sum();
        assert!(lines < 25, "{lines} lines:\n{text}");
        assert!(text.lines().skip(1).all(|line| line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn colours_are_the_only_control_characters() {
    let options = TerminalOptions { color: true, width: 80, directory: None };
    let text = terminal(&view(&said_everywhere(ATTACK), &ReportOptions::default()), &options);
    assert!(text.starts_with("\u{1b}[1m503 because: "));
    let plain = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m", "\n"].iter().fold(text, |text, ours| text.replace(ours, ""));
    assert!(!plain.chars().any(is_unseen), "{plain}");
}

#[test]
fn the_markdown_tells_the_story() {
    insta::assert_snapshot!("report", written(&server_problem(), &ReportOptions::default())["report.md"]);
}

#[test]
fn columns_are_the_contract() {
    let files = written(&server_problem(), &ReportOptions::default());
    for (file, columns) in [
        (
            "incidents.csv",
            "incident_id,start,end,duration_s,service,requests,requests_503,share_503,cause,confidence,probability,explained_share,runner_up,trigger,first_evidence,summary",
        ),
        ("causes.csv", "incident_id,cause,status,probability,attributed_503,coverage,evidence_count,top_signature"),
        ("evidence.csv", "incident_id,cause,role,strength,weight,signature,time,host,source,line,count,text"),
        ("checklist.csv", "incident_id,step,check,status,detail,next_action"),
        (
            "timeline.csv",
            "time,service,requests,requests_503,maintenance,overload,server-problem,automatic-configuration,connectivity,firewall,script-bug",
        ),
        ("affected.csv", "incident_id,dimension,value,requests,requests_503,share_of_incident,excess"),
        (
            "sources.csv",
            "source,host,format,family,score,lines,records,continuation,blank,unrecognized,undated,outside_window,first,last,requests_503,trouble",
        ),
    ] {
        let head = files[file].lines().next().unwrap();
        assert!(head == columns || head.starts_with(&format!("{columns},")), "{file}: {head}");
    }
    assert!(files["incidents.csv"].contains(
        "I1,2026-11-22 08:05:19,2026-11-22 08:05:59,41,bk_shop,1447,517,0.3573,server-problem,probable,0.8300,0.9950,\
         connectivity,,app1/syslog:2213,shop was killed by SIGSEGV at 08:05:16.,"
    ));
    assert_eq!(rows(&files["causes.csv"], b',').len(), 7);
    assert_eq!(rows(&files["checklist.csv"], b',').len(), 9);
    let timeline = &rows(&files["timeline.csv"], b',')[0];
    assert_eq!((timeline["server-problem"].as_str(), timeline["unknown"].as_str()), ("515", "2"));
    let sources = rows(&files["sources.csv"], b',');
    assert_eq!(sources.len(), 4, "an input that was not read has a row");
    for source in &sources {
        let count = |column: &str| source[column].parse::<u64>().unwrap();
        let fates = ["records", "continuation", "blank", "unrecognized", "undated", "outside_window"];
        assert_eq!(count("lines"), fates.map(count).iter().sum::<u64>());
    }
    let evidence = rows(&files["evidence.csv"], b',');
    for row in &evidence {
        let number = |column: &str| row[column].parse::<f64>().unwrap();
        let product: f64 = ["base", "lift", "lead", "scope", "presence"].map(number).iter().product();
        assert!((product - number("weight")).abs() < 1e-3, "a reader can redo the arithmetic");
    }
    assert_eq!((evidence[2]["line"].as_str(), evidence[2]["text"].as_str()), ("", ""), "unknown is not zero");
}

#[test]
fn hostile_text_is_inert_in_every_file() {
    let sample = said_everywhere(ATTACK);
    let text = show(&sample, ReportOptions::default());
    assert!(text.chars().all(|character| character == '\n' || !is_unseen(character)), "{text}");
    for excel in [false, true] {
        let options = ReportOptions { excel, ..ReportOptions::default() };
        for (name, text) in written(&sample, &options) {
            let text = text.strip_prefix('\u{feff}').filter(|_| excel).unwrap_or(&text);
            let ends = |character| character == '\n' || excel && name.ends_with(".csv") && character == '\r';
            assert!(text.chars().all(|character| ends(character) || !is_unseen(character)), "{name}");
            if name.ends_with(".csv") {
                assert_eq!(text.lines().count(), rows(text, b',').len() + 1, "{name}: one line a row");
                let formula = |value: &String| value.starts_with(['=', '+', '-', '@']) && value.parse::<f64>().is_err();
                assert!(!rows(text, b',').iter().any(|row| row.values().any(formula)), "{name}");
            }
        }
    }
    let files = written(&sample, &ReportOptions::default());
    let summary: serde_json::Value = serde_json::from_str(&files["summary.json"]).unwrap();
    assert_eq!(summary["incidents"][0]["summary"], ATTACK, "programs get the exact text");
}

/// What CommonMark makes of the page cannot be run here; this takes away what stands in code and looks at the rest.
#[test]
fn hostile_text_is_inert_in_markdown() {
    let page = &written(&said_everywhere(ATTACK), &ReportOptions::default())["report.md"];
    let columns = |line: &str| line.matches('|').count();
    let mut table = None;
    for line in page.lines().filter(|line| !line.starts_with("```")) {
        let bare = without_code(line);
        for bad in ["<", "http:", "https:", "www.", "@", "](http", "![", "**b**", "~~", "$x"] {
            assert!(!bare.contains(bad), "{bad} in {bare}");
        }
        let heading = line.starts_with('#');
        assert!(!heading || page.starts_with(line) || !bare.trim_start_matches('#').contains(" #"), "{bare}");
        // In a table, every row has the columns of its head: no pipe from outside.
        if line.starts_with("| ") {
            assert_eq!(columns(line), *table.get_or_insert(columns(line)), "{line}");
        } else {
            table = None;
        }
    }
}

fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if before.ends_with('\\') {
            out.push('`');
            rest = &from[1..];
            continue;
        }
        let fence = &from[..from.len() - from.trim_start_matches('`').len()];
        let inside = &from[fence.len()..];
        let mut from = 0;
        let close = loop {
            let Some(at) = inside[from..].find('`').map(|at| from + at) else { panic!("open code in {line}") };
            let run = inside[at..].len() - inside[at..].trim_start_matches('`').len();
            if run == fence.len() {
                break at;
            }
            from = at + run;
        };
        rest = &inside[close + fence.len()..];
    }
    out + rest
}

#[test]
fn secrets_are_in_no_output() {
    let planted = "login password=hunter2x of alice, Authorization: Bearer abc.d3f, Cookie: sid=c00kie1; a=b, \
        https://bob:pw123@db/ ?token=t0ken77&x eyJhbGci0.eyJzdWI1.c2lnbmF AKIAIOSFODNN7EXAMPLE 203.0.113.77 user=alice \
        carol@example.org [2001:db8::77]:443";
    let secrets = ["hunter2x", "abc.d3f", "c00kie1", "pw123", "t0ken77", "eyJ", "AKIA"];
    let people = ["203.0.113.77", "user=alice", "carol@", "2001:db8::77"];
    let sample = said_everywhere(planted);
    for (redact, hidden, open) in [
        (Redaction::None, &[][..], [&secrets[..], &people].concat()),
        (Redaction::Secrets, &secrets[..], people.to_vec()),
        (Redaction::All, &[&secrets[..], &people].concat(), Vec::new()),
    ] {
        let options = ReportOptions { redact, ..ReportOptions::default() };
        let mut outputs = written(&sample, &options);
        outputs.insert("terminal".to_owned(), show(&sample, options));
        for (name, text) in &outputs {
            for secret in hidden {
                assert!(!text.contains(secret), "{secret} in {name} at {redact:?}");
            }
        }
        let all: String = outputs.values().map(String::as_str).collect();
        assert!(open.iter().all(|text| all.contains(text)), "{redact:?} masks too much");
        if redact == Redaction::All {
            assert!(all.contains("user=user-1") && all.contains("addr-1") && all.contains("mail-1"));
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let options = ReportOptions { redact: Redaction::All, ..ReportOptions::default() };
    assert_eq!(written(&server_problem(), &options), written(&server_problem(), &options));
}

#[test]
fn options_change_what_they_say() {
    let options = ReportOptions {
        time_zone: TimeZone::get("Europe/Berlin").unwrap(),
        excel: true,
        delimiter: b';',
        emit: Emit { csv: true, ..Emit::NONE },
        status_label: "5xx".to_owned(),
        statuses: "500-599".to_owned(),
        ..ReportOptions::default()
    };
    let files = written(&server_problem(), &options);
    assert!(files.len() == 7 && files.keys().all(|name| name.ends_with(".csv")));
    let incidents = &files["incidents.csv"];
    assert!(incidents.starts_with("\u{feff}incident_id;start;") && incidents.ends_with("\r\n"));
    assert!(incidents.contains("I1;2026-11-22 09:05:19;"));
    let text = show(&server_problem(), options.clone());
    assert!(text.starts_with("5xx because: server-problem") && text.contains("09:05:19-09:05:59 CET"), "{text}");
    let page = &written(&server_problem(), &ReportOptions { emit: Emit::USUAL, ..options })["report.md"];
    assert!(page.contains("were answered 500-599") && !page.contains("503s"), "{page}");
}

#[test]
fn the_summary_has_everything_in_a_fixed_order() {
    let text = &written(&server_problem(), &ReportOptions::default())["summary.json"];
    let summary: serde_json::Value = serde_json::from_str(text).unwrap();
    let at = |key: &str| text.find(&format!("\n  \"{key}\": ")).unwrap_or_else(|| panic!("{key}"));
    let keys = [
        "schema_version",
        "tool_version",
        "window",
        "total_503",
        "total_requests",
        "scattered_503",
        "incidents",
        "causes",
        "evidence",
        "checklist",
        "timeline",
        "affected",
        "sources",
        "vantage_points",
        "caveats",
        "troubles",
    ];
    assert!(keys.windows(2).all(|pair| at(pair[0]) < at(pair[1])));
    assert_eq!(summary["schema_version"], 1);
    assert_eq!((&summary["total_503"], &summary["total_requests"]), (&520.into(), &12_345.into()));
    assert_eq!(summary["window"]["start"], "2026-11-22T07:05:19Z");
    let incident = &summary["incidents"][0];
    assert_eq!(incident["share_503"], 0.3573);
    assert_eq!(incident["trigger"], serde_json::Value::Null);
    assert_eq!(incident["chain"][0]["lines"][0]["line"], 2213);
    assert_eq!(incident["changes"][0]["title"], "libssl3 was upgraded");
    assert_eq!(summary["evidence"][0]["weight"], 1.7123);
}
