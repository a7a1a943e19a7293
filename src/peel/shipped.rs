//! What shippers and log services make of a line: one JSON object with the line as it was written, and where it is from.
//!
//! Filebeat, Logstash, Fluent Bit, Vector, Promtail, Google Cloud Logging (`textPayload`), the OpenTelemetry collector.
//! An application that logs JSON of its own writes its level or logger too; that is read as it stands.

use super::json::{Members, Value};
use super::{Envelope, Peeled};
use crate::model::stamp::Stamp;
use crate::model::stamp_format::read_any;
use std::borrow::Cow;

/// Takes the line out of what a shipper wrote.
pub(super) fn line(line: &[u8]) -> Option<Peeled<'_>> {
    let mut members = Members::of(line)?;
    let (mut text, mut stamp, mut host, mut level, mut told) = (None, None, None, None, false);
    for (key, value) in members.by_ref() {
        match (key, value) {
            (b"resourceLogs", Value::Object(object)) => return collected(object),
            (b"message", Value::String(_)) => text = text.or(Some(value)),
            (b"log" | b"textPayload" | b"line", Value::String(_)) => {
                text = Some(value);
                told = true;
            }
            (b"@timestamp" | b"timestamp" | b"time" | b"date" | b"ts", Value::String(_) | Value::Plain(_)) => {
                stamp = stamp.or_else(|| read_any(&value.text()?));
            }
            (b"host" | b"hostname", Value::String(_)) => host = value.text(),
            (b"host", Value::Object(object)) => host = member(object, b"name").and_then(Value::text),
            (b"severity", Value::String(word)) => level = known(word),
            // What only shippers add.
            (
                b"@metadata" | b"@version" | b"agent" | b"beat" | b"input" | b"prospector" | b"kubernetes"
                | b"source_type" | b"file" | b"stream" | b"logName",
                _,
            ) => told = true,
            (b"log", Value::Object(object)) if member(object, b"level").is_some() => return None,
            // What only a program knows of itself.
            (
                b"level" | b"lvl" | b"log.level" | b"loglevel" | b"logger" | b"logger_name" | b"thread_name" | b"msg"
                | b"stack_trace" | b"status" | b"jsonPayload" | b"httpRequest" | b"short_message" | b"MESSAGE",
                _,
            ) => return None,
            _ => {}
        }
    }
    if !members.is_sound() || !told {
        return None;
    }
    let peeled = Peeled { host, level, ..Peeled::of(Envelope::Shipped, b"", stamp?) };
    Some(peeled.with_message(without_end(text?.text()?)))
}

/// A record of the OpenTelemetry collector whose body is a line, and which says nothing of its severity.
fn collected(resource: &[u8]) -> Option<Peeled<'_>> {
    let Value::Object(scope) = member(resource, b"scopeLogs")? else { return None };
    let Value::Object(record) = member(scope, b"logRecords")? else { return None };
    let Value::Object(body) = member(record, b"body")? else { return None };
    let text = member(body, b"stringValue")?;
    let stated = |key: &[u8]| member(record, key).and_then(Value::text).filter(|text| !matches!(&**text, b"" | b"0"));
    if stated(b"severityText").is_some() || stated(b"severityNumber").is_some() {
        return None;
    }
    let stamp: Stamp =
        [&b"timeUnixNano"[..], b"observedTimeUnixNano"].into_iter().find_map(|key| read_any(&stated(key)?))?;
    Some(Peeled::of(Envelope::Shipped, b"", stamp).with_message(without_end(text.text()?)))
}

fn member<'a>(object: &'a [u8], name: &[u8]) -> Option<Value<'a>> {
    Members::of(object)?.find_map(|(key, value)| (key == name).then_some(value))
}

/// Google Cloud's word for a severity. The one that it gives to all that is written to standard output says nothing.
fn known(word: &[u8]) -> Option<&'static str> {
    Some(match word {
        b"NOTICE" => "notice",
        b"WARNING" => "warning",
        b"ERROR" => "error",
        b"CRITICAL" => "crit",
        b"ALERT" => "alert",
        b"EMERGENCY" => "emerg",
        _ => return None,
    })
}

fn without_end(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii_end()),
        Cow::Owned(mut text) => {
            text.truncate(text.trim_ascii_end().len());
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_shippers() {
        for (text, expected) in [
            (
                r#"{"@timestamp":"2026-11-22T08:04:28.500Z","message":"GET / 503","log":{"offset":1,"file":{"path":"/a"}},"input":{"type":"log"},"host":{"name":"web1"}}"#,
                Some(("web1", "GET / 503")),
            ),
            (
                r#"{"log":"a\n","stream":"stdout","time":"2026-11-22T08:04:28.5Z","kubernetes":{"pod_name":"web-1"}}"#,
                Some(("", "a")),
            ),
            (r#"{"date":1795334668.5,"log":"a"}"#, Some(("", "a"))),
            (
                r#"{"textPayload":"a","severity":"ERROR","timestamp":"2026-11-22T08:04:28Z","logName":"l"}"#,
                Some(("", "a")),
            ),
            (r#"{"labels":{"job":"x"},"line":"a","timestamp":"2026-11-22T08:04:28Z"}"#, Some(("", "a"))),
            (
                r#"{"resourceLogs":{"scopeLogs":{"logRecords":{"observedTimeUnixNano":"1795334668500000000","body":{"stringValue":"a"}}}}}"#,
                Some(("", "a")),
            ),
            (r#"{"@timestamp":"2026-11-22T08:04:28Z","message":"a"}"#, None),
            (r#"{"@timestamp":"2026-11-22T08:04:28Z","@version":"1","message":"a","level":"INFO"}"#, None),
            (r#"{"@version":"1","message":"a"}"#, None),
            (r#"{"textPayload":"a","timestamp":"2026-11-22T08:04:28Z""#, None),
        ] {
            let found = line(text.as_bytes());
            let parts = found.as_ref().map(|peeled| {
                let host = peeled.host.as_deref().unwrap_or_default();
                (std::str::from_utf8(host).unwrap(), std::str::from_utf8(&peeled.message).unwrap())
            });
            assert_eq!(parts, expected, "{text}");
        }
    }
}
