#![allow(clippy::unwrap_used)]

use super::*;

/// The lines that a document is read as, each with its mark as `line+further` and `*` where it shares the line.
fn lines(text: &str) -> Vec<(String, String)> {
    assert!(begins(text.as_bytes()), "{text}");
    let mut bytes = text.as_bytes();
    let (mut document, marks) = Document::new(&mut bytes);
    let mut out = String::new();
    document.read_to_string(&mut out).unwrap();
    let marks = marks.take(u64::MAX);
    assert_eq!(out.lines().count(), marks.len(), "{out}");
    let told = marks.iter().map(|mark| format!("{}+{}{}", mark.line, mark.further, if mark.shares { "*" } else { "" }));
    out.lines().map(str::to_owned).zip(told).collect()
}

fn check(text: &str, expected: &[(&str, &str)]) {
    let found = lines(text);
    let found: Vec<(&str, &str)> = found.iter().map(|(line, mark)| (line.as_str(), mark.as_str())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn objects_over_many_lines() {
    check("{\n  \"a\": 1,\r\n  \"b\": [\n    2\n  ]\n}\n{\n}\n", &[(r#"{"a": 1,"b": [2]}"#, "1+5"), ("{}", "7+1")]);
    check("{\"a\":1}{\"a\":2} {\"a\":3}\n", &[(r#"{"a":1}"#, "1+0"), (r#"{"a":2}"#, "1+0*"), (r#"{"a":3}"#, "1+0*")]);
}

#[test]
fn lists_and_what_stands_around_them() {
    check(
        "[\n  {\n \"a\": \"[{\"\n  },\n  {\"a\": 2}\n]\n",
        &[("", "1+0"), (r#"{"a": "[{"}"#, "2+2"), (r#"{"a": 2}"#, "5+0"), ("", "6+0")],
    );
    check("[{\n\"a\":1\n},{\n\"a\":2\n},{}]", &[(r#"{"a":1}"#, "1+1"), (r#"{"a":2}"#, "3+1"), ("{}", "5+0")]);
    check(
        "{\n\"kind\":\"List\",\n\"items\":[\n{\"a\":1},\n{\"a\":2}],\n\"metadata\":{\n\"x\":\"]}\"}\n}\n",
        &[
            ("", "1+0"),
            ("", "2+0"),
            ("", "3+0"),
            (r#"{"a":1}"#, "4+0"),
            (r#"{"a":2}"#, "5+0"),
            ("", "6+0"),
            ("", "7+0"),
            ("", "8+0"),
        ],
    );
}

#[test]
fn elements_get_what_tells_where_they_are_from() {
    check(
        r#"{"messageType":"DATA_MESSAGE","logGroup":"g","logEvents":[{"id":"1","message":"x"},{}]}"#,
        &[(r#"{"logGroup":"g","id":"1","message":"x"}"#, "1+0"), ("{}", "1+0*")],
    );
}

#[test]
fn events_of_a_batch_stand_where_they_are_written() {
    let text = "{\"records\":[{\"time\":\"T\",\"properties\":{\"flows\":[\n{\"rule\":\"R\",\"flows\":[{\"flowTuples\":[\n\"1\",\n\"2\",\"3\"\n]}]}]}},\n{\"time\":\"U\"}]}\n";
    let one = |tuple: &str| {
        format!(r#"{{"time":"T","properties":{{"flows":{{"rule":"R","flows":{{"flowTuples":"{tuple}"}}}}}}}}"#)
    };
    check(
        text,
        &[
            ("", "1+0"),
            ("", "2+0"),
            (&one("1"), "3+0"),
            (&one("2"), "4+0"),
            (&one("3"), "4+0*"),
            ("", "5+0"),
            (r#"{"time":"U"}"#, "6+0"),
        ],
    );
}

#[test]
fn what_is_no_json_passes_as_it_stands() {
    check(
        "{\n\"a\":1}\nplain } text\n{\n\"cut\": \"x\n{\"a\":2} tail\n{\"a\":\n",
        &[
            (r#"{"a":1}"#, "1+1"),
            ("plain } text", "3+0"),
            ("{", "4+0"),
            ("\"cut\": \"x", "5+0"),
            (r#"{"a":2}"#, "6+0"),
            ("tail", "6+0*"),
            (r#"{"a":"#, "7+0"),
        ],
    );
    // A record that was cut, and the next one.
    check(
        "{\n}\n{\n\"a\": {\n{\n\"a\":2\n}\n",
        &[("{}", "1+1"), ("{", "3+0"), ("\"a\": {", "4+0"), (r#"{"a":2}"#, "5+2")],
    );
}

#[test]
fn a_value_over_the_cap_is_not_kept() {
    let text = format!("[{{\"a\":1}},\n{{\"a\":[\n{}0]}},\n{{\"a\":2}}]\n", "1,\n".repeat(VALUE_CAP / 3));
    let mut bytes = text.as_bytes();
    let (mut document, marks) = Document::new(&mut bytes);
    let mut out = String::new();
    document.read_to_string(&mut out).unwrap();
    assert!(document.overlong().unwrap().contains("on line 2"));
    let out: Vec<&str> = out.lines().collect();
    assert_eq!((out[0], out[1], out[2], out[out.len() - 1]), (r#"{"a":1}"#, r#"{"a":["#, "1,", r#"{"a":2}"#));
    assert_eq!(marks.take(u64::MAX).last().unwrap().line as usize, text.lines().count());
}

#[test]
fn logs_are_no_documents() {
    for text in [
        "",
        "{\"a\":1}\n{\"a\":2}\n",
        "{\"level\":\"info\",\"records\":[{\"id\":1}]}\n",
        "[2026-11-22 08:14:02] x\n",
        "[error] x\n",
        "[{error,x},\n",
        "{time} x\n",
        "{\"a\":1} text\n",
        "{\"cut\n",
    ] {
        assert!(!begins(text.as_bytes()), "{text}");
    }
}
