//! Whatever lies under the paths: read what can be read, say what cannot, and tell by number.

use crate::logs::{Logs, SUPERVISOR, argument, gzipped, outage, rows};
use std::collections::BTreeMap;

fn source(logs: &Logs, name: &str) -> BTreeMap<String, String> {
    let all = rows(&logs.text("why503-report/sources.csv"));
    all.into_iter().find(|row| row["source"] == name).unwrap_or_else(|| panic!("no row for {name}"))
}

#[test]
fn an_empty_directory_is_no_error() {
    let logs = Logs::new();
    let ran = logs.run(&["logs"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("No input"), "{}", ran.out);
    assert!(logs.path("why503-report/summary.json").is_file());
}

#[test]
fn a_directory_without_logs_is_no_error() {
    let logs = Logs::new();
    logs.write("logs/readme.txt", b"nothing to see here\nreally nothing\n");
    logs.write("logs/empty", b"");
    let ran = logs.run(&["logs"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("No access log among 2 inputs"), "{}", ran.out);
}

#[test]
fn a_truncated_gzip_file_gives_what_is_left_of_it() {
    let logs = Logs::new();
    let whole = gzipped(&[&outage()]);
    logs.write("logs/haproxy.log.1.gz", &whole[..whole.len() / 2]);
    let ran = logs.run(&["logs"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("haproxy.log.1.gz: the gzip data ends early"), "{}", ran.err);
    let row = source(&logs, "haproxy.log.1.gz");
    assert!(row["records"].parse::<u64>().unwrap() > 100, "{row:?}");
    assert!(row["trouble"].starts_with("partial: "), "{row:?}");
}

#[test]
fn all_members_of_a_gzip_file_are_read() {
    let logs = Logs::new();
    logs.write("logs/haproxy.log.gz", &gzipped(&[&outage(), &outage()]));
    assert_eq!(logs.run(&["logs"]).code, 0);
    assert_eq!(source(&logs, "haproxy.log.gz")["lines"], "2400");
}

#[test]
fn a_binary_file_is_skipped_and_named() {
    let logs = Logs::of_an_outage();
    let noise: Vec<u8> = (0..9000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    logs.write("logs/core", &[b"\x7fELF".as_slice(), &noise].concat());
    let ran = logs.run(&["-v", "logs"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("core: is a program or library and was skipped"), "{}", ran.err);
    assert!(source(&logs, "core")["trouble"].contains("was skipped"));
    assert_eq!(logs.run(&["logs"]).err, "", "only for those who ask");
}

#[test]
fn a_path_that_does_not_exist_beside_one_that_does() {
    let logs = Logs::of_an_outage();
    let ran = logs.run(&["logs", "nowhere"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("nowhere: does not exist"), "{}", ran.err);
    assert!(ran.out.starts_with("503 because: server-problem"), "{}", ran.out);
}

#[test]
fn nothing_that_can_be_read_leaves_an_earlier_report_alone() {
    let logs = Logs::of_an_outage();
    assert_eq!(logs.run(&["logs"]).code, 0);
    let before = logs.files("why503-report");
    let ran = logs.run(&["nowhere"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.contains("nowhere: does not exist") && ran.err.contains("is as it was"), "{}", ran.err);
    assert_eq!(logs.files("why503-report"), before);
    for command in [&["parse", "nowhere"][..], &["sources", "nowhere"], &["scan", "nowhere", "-o", "x"]] {
        assert_eq!(logs.run(command).code, 4, "{command:?}");
    }
    assert!(!logs.path("x").exists());
}

#[test]
#[cfg(unix)]
fn a_file_without_permission_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    let logs = Logs::of_an_outage();
    let secret = logs.write("logs/secret.log", b"x\n");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&secret).is_ok() {
        return; // The superuser may read everything.
    }
    let ran = logs.run(&["logs"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("secret.log: cannot be opened"), "{}", ran.err);
    assert_eq!(logs.run(&["logs/secret.log"]).code, 4);
}

#[test]
#[cfg(unix)]
fn a_fifo_is_not_waited_for() {
    let logs = Logs::of_an_outage();
    let fifo = logs.path("logs/pipe");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let ran = logs.run(&["-v", "logs"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("pipe: is a named pipe and was skipped"), "{}", ran.err);
    assert_eq!(logs.run(&[argument(&fifo)]).code, 4);
}

#[test]
fn invalid_utf_8_is_a_line_like_any_other() {
    let logs = Logs::new();
    let mut bytes = outage().into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'/').unwrap();
    bytes[at + 30] = 0xff;
    logs.write("logs/haproxy.log", &bytes);
    logs.write("logs/noise.log", b"\xc3\x28 \xa0\xa1 one\ntwo \xf0\x28\x8c\xbc\n");
    let ran = logs.run(&["logs"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(source(&logs, "haproxy.log")["lines"], "1200");
    assert_eq!(source(&logs, "noise.log")["unrecognized"], "2");
}

#[test]
fn a_line_over_the_cap_is_counted_and_said() {
    let logs = Logs::new();
    let long = format!("{}{}\n{}", outage(), "x".repeat(3 << 20), outage());
    logs.write("logs/haproxy.log", long.as_bytes());
    let ran = logs.run(&["logs"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("line 1201 is longer than"), "{}", ran.err);
    assert_eq!(source(&logs, "haproxy.log")["lines"], "2401");
}

#[test]
fn standard_input_plain_and_compressed() {
    let logs = Logs::new();
    for input in [outage().into_bytes(), gzipped(&[&outage()])] {
        let ran = logs.run_with(&["-"], &input);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("80 of 80 requests"), "{}", ran.out);
        assert_eq!(source(&logs, "stdin")["format"], "haproxy-http");
        let records = logs.run_with(&["parse", "-"], &input);
        assert_eq!(records.out.lines().count(), 1200);
    }
    logs.write("logs/supervisord.log", SUPERVISOR.as_bytes());
    let both = logs.run_with(&["logs", "-"], outage().as_bytes());
    assert!(both.out.starts_with("503 because: server-problem"), "{}", both.out);
}

#[test]
fn a_file_that_is_called_like_a_command() {
    let logs = Logs::new();
    logs.write("parse", outage().as_bytes());
    for arguments in [&["./parse"][..], &["--", "parse"], &["-q", "parse"]] {
        let ran = logs.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?} {}", ran.err);
        assert_eq!(source(&logs, if arguments.contains(&"./parse") { "./parse" } else { "parse" })["lines"], "1200");
    }
    assert_eq!(logs.run(&["parse"]).code, 2, "the command, and it needs a path");
}

#[test]
fn earlier_reports_are_no_logs() {
    let logs = Logs::of_an_outage();
    assert_eq!(logs.run(&["."]).code, 0);
    let first = logs.files("why503-report");
    assert_eq!(logs.run(&["."]).code, 0);
    assert_eq!(logs.files("why503-report"), first, "the first report is not read by the second run");
    assert_eq!(logs.run(&["scan", "logs", "-o", "logs/part"]).code, 0);
    let ran = logs.run(&["-v", ".", "-o", "elsewhere"]);
    assert!(ran.err.contains("logs/part: was written by why503"), "{}", ran.err);
    assert!(ran.err.contains("why503-report/evidence.csv: was written by why503"), "{}", ran.err);
    assert_eq!(logs.files("elsewhere"), first);
}
