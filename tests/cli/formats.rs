//! Logs whose format the server's own format string tells: typed, or read from a configuration among the inputs.

use crate::logs::{Logs, rows};
use std::collections::BTreeMap;

/// A log that no layout of the catalogue reads: the parts of a request in an order of their own.
fn odd(minute: u32, status: u16) -> String {
    format!("{status};2026-11-22T08:{minute:02}:00+00:00;www.example.org;GET;/a b;0.250;10.0.0.7:80;203.0.113.9\n")
}

const STRING: &str =
    "$status;$time_iso8601;$host;$request_method;$request_uri;$request_time;$upstream_addr;$remote_addr";

fn sources(logs: &Logs, arguments: &[&str]) -> Vec<BTreeMap<String, String>> {
    let ran = logs.run(&[&["sources", "--output", "csv"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    rows(&ran.out)
}

fn source<'r>(rows: &'r [BTreeMap<String, String>], name: &str) -> &'r BTreeMap<String, String> {
    rows.iter().find(|row| row["source"] == name).unwrap_or_else(|| panic!("no row for {name}: {rows:?}"))
}

fn configuration() -> String {
    format!(
        "events {{ }}\nhttp {{\n  log_format odd '{STRING}';\n  log_format glued '$status$request';\n  server {{\n    \
         listen 80;\n    access_log /var/log/nginx/shop.log odd buffer=16k;\n  }}\n}}\n"
    )
}

#[test]
fn without_the_string_such_a_log_is_not_recognized() {
    let logs = Logs::new();
    logs.write("logs/shop.log", (odd(1, 200) + &odd(2, 503)).as_bytes());
    assert_eq!(source(&sources(&logs, &["logs"]), "shop.log")["unrecognized"], "2");
}

#[test]
fn a_string_on_the_command_line_is_used_by_every_command() {
    let logs = Logs::new();
    let text: String = (0..60).map(|minute| odd(minute, if minute > 50 { 503 } else { 200 })).collect();
    logs.write("logs/shop.log", text.as_bytes());
    let option = format!("*shop*={STRING}");
    let given = ["--log-format", &option, "logs"];
    let parsed = logs.run(&[&["parse"], &given[..]].concat());
    assert_eq!((parsed.code, parsed.err.as_str()), (0, ""));
    let first: serde_json::Value = serde_json::from_str(parsed.out.lines().next().unwrap()).unwrap();
    for (name, expected) in [
        ("timestamp", "2026-11-22T08:00:00Z"),
        ("family", "access"),
        ("method", "GET"),
        ("path", "/a b"),
        ("service", "www.example.org"),
        ("upstream", "10.0.0.7:80"),
        ("client", "203.0.113.9"),
    ] {
        assert_eq!(first[name], expected, "{name} in {first}");
    }
    assert_eq!((&first["status"], &first["duration_us"]), (&200.into(), &250_000.into()));
    let rows = sources(&logs, &given);
    assert_eq!((&*source(&rows, "shop.log")["records"], &*source(&rows, "shop.log")["requests_503"]), ("60", "9"));
    assert_eq!(logs.run(&given).code, 0);
    let summary: serde_json::Value = serde_json::from_str(&logs.text("why503-report/summary.json")).unwrap();
    assert_eq!(summary["total_503"], 9, "the main job");
    assert_eq!(logs.run(&[&["scan", "-o", "part"], &given[..]].concat()).code, 0);
    assert_eq!(logs.run(&["merge", "part", "-o", "merged"]).code, 0);
    assert_eq!(logs.text("merged/incidents.csv"), logs.text("why503-report/incidents.csv"));
    assert_eq!(logs.text("merged/checklist.csv"), logs.text("why503-report/checklist.csv"));
}

#[test]
fn each_server_is_told_by_its_specifiers() {
    let logs = Logs::new();
    for (name, string, line) in [
        (
            "apache",
            "%D|%>s|%h|%{%Y-%m-%d %H:%M:%S}t|\"%r\"",
            "1500|503|203.0.113.9|2026-11-22 08:00:00|\"GET /a HTTP/1.1\"",
        ),
        ("haproxy", "%ST|%ci|%tr|%b/%s|%HM|%HU|%tsc", "503|203.0.113.9|22/Nov/2026:08:00:00.000|bk/app1|GET|/a|sQ--"),
        (
            "envoy",
            "%RESPONSE_CODE%|%START_TIME%|%REQ(:METHOD)%|%REQ(:PATH)%|%RESPONSE_FLAGS%",
            "503|2026-11-22T08:00:00.000Z|GET|/a|UH",
        ),
    ] {
        logs.write(&format!("logs/{name}.txt"), format!("{line}\n").as_bytes());
        let ran = logs.run(&["parse", "--log-format", &format!("*{name}*={string}"), &format!("logs/{name}.txt")]);
        let record: serde_json::Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{name}: {}", ran.err));
        assert_eq!((&record["status"], &record["path"]), (&503.into(), &"/a".into()), "{record}");
        assert!(record["format"].as_str().unwrap().starts_with(name), "{record}");
    }
}

#[test]
fn what_is_wrong_with_a_string_is_said() {
    let logs = Logs::new();
    logs.write("logs/shop.log", odd(1, 503).as_bytes());
    for (option, part) in [
        ("*=%h %Z %s", "`%Z` is not understood"),
        ("*=$status$request", "`$status`"),
        ("*=words", "put it in front"),
        ("*", "GLOB=STRING"),
    ] {
        let ran = logs.run(&["--log-format", option, "logs"]);
        assert_eq!(ran.code, 2, "{option}");
        assert!(ran.err.contains(part), "{option}: {}", ran.err);
    }
    let other = logs.run(&["sources", "--log-format", "shop.log=%h %l %u %t \"%r\" %>s %b", "logs"]);
    assert_eq!(other.code, 3);
    assert!(other.out.contains("--log-format fits 0 of 1 lines"), "{}", other.out);
    let unused = logs.run(&["sources", "--log-format", &format!("nowhere={STRING}"), "logs"]);
    assert!(unused.err.contains("fits the name of no input"), "{}", unused.err);
}

#[test]
fn a_configuration_among_the_inputs_tells_the_format() {
    let logs = Logs::new();
    logs.write("logs/log/shop.log.1", (odd(1, 200) + &odd(2, 503)).as_bytes());
    logs.write("logs/etc/nginx.conf", configuration().as_bytes());
    let rows = sources(&logs, &["logs"]);
    let log = source(&rows, "log/shop.log.1");
    assert_eq!((&*log["format"], &*log["records"], &*log["requests_503"]), ("nginx-access", "2", "1"));
    let conf = source(&rows, "etc/nginx.conf");
    assert_eq!((&*conf["lines"], &*conf["format"]), ("", ""));
    for part in ["configuration of nginx", "used: `odd`", "`glued` is not used: nothing stands between `$status`"] {
        assert!(conf["trouble"].contains(part), "{conf:?}");
    }
    let ran = logs.run(&["logs"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(logs.run(&["parse", "logs"]).out.lines().count(), 2);
}

#[test]
fn a_bundle_brings_its_own_configuration() {
    let logs = Logs::new();
    let mut tar = tar::Builder::new(Vec::new());
    let (log, conf) = (odd(2, 503), configuration());
    for (name, text) in [("var/log/nginx/shop.log", &log), ("etc/nginx/nginx.conf", &conf)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    logs.write("logs/bundle.tar", &tar.into_inner().unwrap());
    let rows = sources(&logs, &["logs"]);
    assert_eq!(source(&rows, "bundle.tar!/var/log/nginx/shop.log")["records"], "1");
}

#[test]
fn members_that_envoy_was_told_to_write() {
    let logs = Logs::new();
    let yaml = "static_resources:\n  listeners:\n  - access_log:\n    - typed_config:\n        path: /var/log/edge.json\n        log_format:\n          json_format: { when: \"%START_TIME%\", c: \"%RESPONSE_CODE%\", why: \"%RESPONSE_FLAGS%\", p: \"%REQ(:PATH)%\" }\n";
    logs.write("logs/envoy.yaml", yaml.as_bytes());
    logs.write("logs/edge.json", br#"{"c":503,"p":"/a","when":"2026-11-22T08:00:00.000Z","why":"UH"}"#);
    let ran = logs.run(&["parse", "logs"]);
    let record: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    assert_eq!((&record["format"], &record["status"]), (&"envoy-access".into(), &503.into()), "{record}");
    assert_eq!((&record["path"], &record["reason"]), (&"/a".into(), &"UH".into()), "{record}");
    assert!(record["signatures"][0].as_str().unwrap().starts_with("envoy."), "{record}");
}

#[test]
fn a_configuration_that_is_broken_ends_nothing() {
    let logs = Logs::of_an_outage();
    logs.write("logs/nginx.conf", b"http { log_format x '$status \xff ${'; log_format y \"");
    logs.write("logs/haproxy.cfg", b"global\ndefaults\n  log-format %ci:%cp\\ %XY\n");
    logs.write("logs/envoy.yaml", b"static_resources: [[[{\n\tadmin: *nothing %START_TIME%");
    let ran = logs.run(&["logs"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("503 because: server-problem"), "{}", ran.out);
    let rows = rows(&logs.text("why503-report/sources.csv"));
    assert!(source(&rows, "haproxy.cfg")["trouble"].contains("`%XY` is not understood"), "{rows:?}");
}
