//! JSON that is no object a line, lines that a shipper wrapped, and headings in the middle of a log.

use crate::logs::{Logs, gzipped, rows};
use serde_json::Value;
use std::fmt::Write;

/// A flow log of two groups: three flows, of which the second stands behind the first on its line where it is pretty.
const FLOWS: &str = r#"{
  "records": [
    {
      "time": "2026-11-22T08:14:58.1234567Z",
      "category": "NetworkSecurityGroupFlowEvent",
      "properties": {
        "Version": 2,
        "flows": [
          {"rule": "DenyAll", "flows": [{"mac": "M", "flowTuples": [
            "1795335242,10.0.2.1,10.0.4.11,33038,8000,T,I,D,B,,,,", "1795335243,10.0.2.2,10.0.4.11,33039,8000,T,I,D,B,,,,"
          ]}]},
          {"rule": "Allow", "flows": [{"mac": "M", "flowTuples": [
            "1795335244,2001:db8::1,2001:db8::2,33040,443,U,O,A,E,1,60,2,120"
          ]}]}
        ]
      }
    }
  ]
}
"#;

fn parsed(logs: &Logs, arguments: &[&str]) -> Vec<Value> {
    let ran = logs.run(&[&["parse", "--output", "ndjson"], arguments].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Lines, records, further records, of the one input; what its fates add up to must be its lines.
fn counts(logs: &Logs, arguments: &[&str]) -> [u64; 3] {
    let ran = logs.run(&[&["sources", "--output", "csv"], arguments].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = rows(&ran.out);
    let [row] = rows.as_slice() else { panic!("one input: {rows:?}") };
    let count = |name: &str| row[name].parse::<u64>().unwrap();
    let fates = ["records", "continuation", "blank", "unrecognized", "undated", "outside_window"];
    assert_eq!(fates.map(count).iter().sum::<u64>(), count("lines"), "{row:?}");
    ["lines", "records", "further_records"].map(count)
}

#[test]
fn every_flow_of_a_flow_log_is_a_record() {
    let logs = Logs::new();
    let single = serde_json::from_str::<Value>(FLOWS).unwrap().to_string();
    logs.write("pretty/PT1H.json", FLOWS.as_bytes());
    logs.write("single/PT1H.json", single.as_bytes());
    logs.write("packed/PT1H.json.gz", &gzipped(&[FLOWS]));
    let utf16: Vec<u8> = FLOWS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    logs.write("windows/PT1H.json", &[&[0xff, 0xfe][..], &utf16].concat());
    for (name, lines, expected) in [
        ("pretty", [10, 10, 13], [19, 2, 1]),
        ("packed", [10, 10, 13], [19, 2, 1]),
        ("windows", [10, 10, 13], [19, 2, 1]),
        ("single", [1, 1, 1], [1, 1, 2]),
    ] {
        let records = parsed(&logs, &[name]);
        let told: Vec<_> = records.iter().map(|record| record["line"].as_u64().unwrap()).collect();
        assert_eq!(told, lines, "{name}");
        let values = |key: &str| records.iter().map(|record| record[key].to_string()).collect::<Vec<_>>().join(" ");
        assert_eq!(values("action"), r#""deny" "deny" "allow""#);
        assert_eq!(values("rule"), r#""DenyAll" "DenyAll" "Allow""#);
        assert_eq!(values("src"), r#""10.0.2.1" "10.0.2.2" "2001:db8::1""#);
        assert_eq!(values("timestamp"), r#""2026-11-22T08:14:02Z" "2026-11-22T08:14:03Z" "2026-11-22T08:14:04Z""#);
        assert_eq!(counts(&logs, &[name]), expected, "{name}");
    }
    let input = logs.run_with(&["parse", "--output", "ndjson", "-"], FLOWS.as_bytes());
    assert_eq!(input.out.lines().count(), 3, "{}", input.err);
}

#[test]
fn a_document_larger_than_a_block_is_counted_once_at_any_number_of_threads() {
    let logs = Logs::new();
    let mut text = String::from("[\n");
    for number in 0..9000 {
        let (comma, status) = (if number > 0 { ",\n" } else { "" }, if number % 9 == 0 { 503 } else { 200 });
        write!(
            text,
            "{comma}  {{\n    \"httpRequest\": {{\n      \"requestMethod\": \"GET\",\n      \"requestUrl\": \"/{number}\",\n      \
             \"status\": {status}\n    }},\n    \"timestamp\": \"2026-11-22T08:{:02}:{:02}Z\",\n    \"resource\": \
             {{\"type\": \"http_load_balancer\"}}\n  }}",
            number / 60 % 60,
            number % 60
        )
        .unwrap();
    }
    text.push_str("\n]\n");
    logs.write("logs/lb.json", text.as_bytes());
    for threads in ["1", "4"] {
        assert_eq!(counts(&logs, &["-j", threads, "logs"]), [9000 * 9 + 2, 9000, 0]);
    }
    let records = parsed(&logs, &["logs"]);
    assert_eq!(records[8999]["line"], 2 + 9 * 8999);
    assert_eq!(records.iter().filter(|record| record["status"] == 503).count(), 1000);
}

#[test]
fn columns_that_change_in_the_middle_hold_to_the_end() {
    let logs = Logs::new();
    let mut text = String::new();
    for (order, hour) in [(0, 8), (1, 9), (0, 10)] {
        text.push_str(match order {
            0 => "#Fields: date time cs-method cs-uri-stem c-ip sc-status sc-win32-status time-taken\n",
            _ => "#Fields: date time c-ip cs-method cs-uri-stem time-taken sc-status sc-win32-status\n",
        });
        for number in 0..12_000 {
            write!(text, "2026-11-22 {hour:02}:{:02}:{:02} ", number / 60 % 60, number % 60).unwrap();
            text.push_str(if order == 0 { "GET /a 203.0.113.9 503 0 200\n" } else { "203.0.113.9 GET /a 200 503 0\n" });
        }
    }
    logs.write("logs/u_ex261122.log", text.as_bytes());
    for threads in ["1", "4"] {
        assert_eq!(counts(&logs, &["-j", threads, "logs"]), [36_003, 36_000, 0]);
    }
    for record in parsed(&logs, &["logs"]) {
        assert_eq!((&record["status"], &record["duration_us"]), (&503.into(), &200_000.into()), "{record}");
    }
}

#[test]
fn lines_of_known_programs_are_taken_out_of_what_a_shipper_sent() {
    let logs = Logs::new();
    let request = r#"203.0.113.9 - - [22/Nov/2026:08:04:28 +0000] \"GET /a HTTP/1.1\" 503 190 \"-\" \"curl/8\""#;
    let shipped = |text: &str| {
        format!(
            r#"{{"@timestamp":"2026-11-22T08:04:29.000Z","message":"{text}","log":{{"offset":7}},"input":{{"type":"log"}},"host":{{"name":"web1"}}}}"#
        )
    };
    logs.write("access/x.json", format!("{0}\n{0}\n", shipped(request)).as_bytes());
    logs.write("text/x.json", format!("{0}\n{0}\n", shipped("order 7 was refused")).as_bytes());
    let event = format!(r#"{{"id":"1","timestamp":1795334669000,"message":"{request}"}}"#);
    let delivery =
        format!(r#"{{"messageType":"DATA_MESSAGE","logGroup":"g","logStream":"s","logEvents":[{event},{event}]}}"#);
    logs.write("firehose/x", format!("{delivery}{delivery}").as_bytes());
    for (name, count, family) in [("access", 2, "access"), ("text", 2, "application"), ("firehose", 4, "access")] {
        let records = parsed(&logs, &[name]);
        assert_eq!(records.len(), count, "{name}");
        for record in records {
            assert_eq!(record["family"], family, "{record}");
            assert_eq!(record["status"], if family == "access" { Value::from(503) } else { Value::Null }, "{record}");
        }
    }
}
