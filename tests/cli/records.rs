//! The contract of `parse`.

use crate::logs::{Logs, haproxy, outage, rows};
use serde_json::{Value, json};

fn records(logs: &Logs, arguments: &[&str]) -> Vec<Value> {
    let ran = logs.run(&[&["parse"], arguments].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn one_object_a_record_with_the_standard_names() {
    let logs = Logs::new();
    logs.write("logs/haproxy.log", haproxy(0, 503, "/cart?x=1").as_bytes());
    logs.write(
        "logs/ufw.log",
        b"Nov 22 08:05:58 lb1 kernel: [ 1234.567890] [UFW BLOCK] IN=eth0 OUT= SRC=198.51.100.44 DST=10.77.0.10 LEN=60 \
          PROTO=TCP SPT=50901 DPT=445 WINDOW=64240 SYN URGP=0\n",
    );
    let records = records(&logs, &["logs"]);
    let request = &records[0];
    for (name, expected) in [
        ("source", json!("haproxy.log")),
        ("line", json!(1)),
        ("timestamp", json!("2026-11-22T08:00:00.212Z")),
        ("format", json!("haproxy-http")),
        ("family", json!("access")),
        ("status", json!(503)),
        ("method", json!("GET")),
        ("path", json!("/cart?x=1")),
        ("client", json!("203.0.113.0")),
        ("host", json!("lb1")),
        ("service", json!("bk_shop")),
        ("reason", json!("SC--")),
        ("duration_us", json!(9000)),
        ("message", Value::Null),
    ] {
        assert_eq!(request[name], expected, "{name} of {request}");
    }
    assert!(request["signatures"].as_array().is_some_and(|ids| !ids.is_empty()), "{request}");
    let packet = &records[1];
    for (name, expected) in [
        ("family", json!("firewall")),
        ("src", json!("198.51.100.44")),
        ("dst", json!("10.77.0.10")),
        ("src_port", json!(50_901)),
        ("dst_port", json!(445)),
        ("host", json!("lb1")),
        ("status", Value::Null),
    ] {
        assert_eq!(packet[name], expected, "{name} of {packet}");
    }
}

#[test]
fn in_the_order_of_source_and_line() {
    let logs = Logs::of_an_outage();
    let long: String = (0..9000).map(|second| haproxy(second / 20, 200, "/")).collect();
    logs.write("logs/a/haproxy.log", long.as_bytes());
    let order: Vec<(String, u64)> = records(&logs, &["logs"])
        .iter()
        .map(|record| (record["source"].as_str().unwrap().to_owned(), record["line"].as_u64().unwrap()))
        .collect();
    assert!(order.is_sorted(), "by source, then line");
    assert_eq!(order.len(), 9000 + 1200 + 4 + 1);
}

#[test]
fn a_record_of_several_lines_is_one_object() {
    let logs = Logs::new();
    logs.write(
        "logs/app.log",
        b"2026-11-22 08:00:00,123 ERROR [shop] Exception on /cart [GET]\nTraceback (most recent call last):\n  File \
          \"app.py\", line 26, in cart\nKeyError: 'total'\n2026-11-22 08:00:01,000 INFO [shop] fine\n",
    );
    let records = records(&logs, &["logs"]);
    assert_eq!(records.len(), 2, "{records:?}");
    assert_eq!((&records[0]["line"], &records[1]["line"]), (&json!(1), &json!(5)));
    assert!(records[0]["message"].as_str().unwrap().ends_with("KeyError: 'total'"), "{}", records[0]);
}

#[test]
fn the_window_applies() {
    let logs = Logs::new();
    logs.write("logs/haproxy.log", outage().as_bytes());
    let some = records(&logs, &["--since", "2026-11-22T08:05:19Z", "--until", "2026-11-22T08:05:20Z", "logs"]);
    assert_eq!(some.len(), 2);
    assert_eq!(some[0]["line"], json!(639));
}

#[test]
fn invalid_utf_8_becomes_a_replacement_character() {
    let logs = Logs::new();
    let line = haproxy(0, 200, "/caf?").into_bytes();
    let line: Vec<u8> = line.into_iter().map(|byte| if byte == b'?' { 0xe9 } else { byte }).collect();
    logs.write("logs/haproxy.log", &line);
    assert_eq!(records(&logs, &["logs"])[0]["path"], json!("/caf\u{fffd}"));
}

#[test]
fn csv_has_the_same_columns() {
    let logs = Logs::new();
    logs.write("logs/haproxy.log", outage().as_bytes());
    let ran = logs.run(&["parse", "--output", "csv", "logs"]);
    let rows = rows(&ran.out);
    assert_eq!(rows.len(), 1200);
    let first = &rows[0];
    assert_eq!((first["line"].as_str(), first["status"].as_str(), first["dst_port"].as_str()), ("1", "200", ""));
    assert_eq!(ran.out.lines().count(), 1201, "one physical line a row");
}
