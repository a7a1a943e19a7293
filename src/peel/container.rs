//! What container runtimes, journald and log services wrap around a line: Docker JSON, CRI, journald JSON, CloudWatch.

use super::json::{Members, Value};
use super::{Envelope, Peeled};
use crate::model::stamp::Stamp;
use crate::model::stamp_format::StampFormat;
use std::borrow::Cow;

/// Docker's `json-file` driver: `{"log":"…\n","stream":"stdout","time":"…Z"}`.
pub(super) fn docker(line: &[u8]) -> Option<Peeled<'_>> {
    let mut members = Members::of(line)?;
    let (mut log, mut time, mut stream) = (None, None, false);
    for (key, value) in members.by_ref() {
        match (key, value) {
            (b"log", Value::String(_)) => log = value.text(),
            (b"time", Value::String(text)) => time = StampFormat::Iso.read(text).map(|(stamp, _)| stamp),
            (b"stream", Value::String(_)) => stream = true,
            (b"attrs", Value::Object(_)) => {}
            _ => return None,
        }
    }
    if !members.is_sound() || !stream {
        return None;
    }
    let (log, unfinished) = without_line_feed(log?);
    Some(Peeled { unfinished, ..Peeled::of(Envelope::DockerJson, b"", time?) }.with_message(log))
}

/// A record that Docker cut at 16 KiB has no line feed at its end; the next entry goes on with it.
fn without_line_feed(log: Cow<'_, [u8]>) -> (Cow<'_, [u8]>, bool) {
    match log {
        Cow::Borrowed(text) => match text.strip_suffix(b"\n") {
            Some(line) => (Cow::Borrowed(line), false),
            None => (Cow::Borrowed(text), true),
        },
        Cow::Owned(mut text) => {
            let finished = text.last() == Some(&b'\n');
            while matches!(text.last(), Some(b'\n' | b'\r')) {
                text.pop();
            }
            (Cow::Owned(text), !finished)
        }
    }
}

/// The Kubernetes container runtime interface: `2026-11-22T08:04:28.222304000Z stdout F message`.
pub(super) fn cri(line: &[u8]) -> Option<Peeled<'_>> {
    let (stamp, taken) = StampFormat::Iso.read(line)?;
    let rest = line.get(taken..)?.strip_prefix(b" std")?;
    let rest = rest.strip_prefix(b"out ").or_else(|| rest.strip_prefix(b"err "))?;
    let unfinished = match rest.first()? {
        b'F' => false,
        b'P' => true,
        _ => return None,
    };
    // Tags may follow the flag behind colons.
    let blank = rest.iter().take(32).position(|&byte| byte == b' ').unwrap_or(rest.len());
    Some(Peeled { unfinished, ..Peeled::of(Envelope::Cri, rest.get(blank + 1..).unwrap_or_default(), stamp) })
}

/// `journalctl -o json`: one object a line, fields in capitals.
pub(super) fn journal(line: &[u8]) -> Option<Peeled<'_>> {
    let mut members = Members::of(line)?;
    let mut peeled = Peeled { stamp: None, ..Peeled::of(Envelope::JournalJson, b"", Stamp::Epoch(0)) };
    let (mut message, mut unit, mut comm) = (None, None, None);
    for (key, value) in members.by_ref() {
        match key {
            b"__REALTIME_TIMESTAMP" => {
                peeled.stamp = value.text().and_then(|text| StampFormat::Epoch.read(&text).map(|(stamp, _)| stamp))
            }
            b"MESSAGE" => message = journal_text(value),
            b"_HOSTNAME" => peeled.host = value.text(),
            b"SYSLOG_IDENTIFIER" => peeled.program = value.text(),
            b"_COMM" => comm = value.text(),
            b"_SYSTEMD_UNIT" => unit = value.text(),
            b"_PID" | b"SYSLOG_PID" if peeled.pid.is_none() => peeled.pid = value.text(),
            b"PRIORITY" => peeled.level = value.text().and_then(|text| super::severity(&text)),
            _ => {}
        }
    }
    if !members.is_sound() || peeled.stamp.is_none() {
        return None;
    }
    peeled.program = peeled.program.or(comm).or(unit);
    peeled.message = message.unwrap_or_default();
    Some(peeled)
}

/// Graylog's GELF: `{"version":"1.1","host":"app1","short_message":"…","timestamp":1795335814.785,"level":3}`.
pub(super) fn gelf(line: &[u8]) -> Option<Peeled<'_>> {
    let mut members = Members::of(line)?;
    let mut peeled = Peeled { stamp: None, ..Peeled::of(Envelope::Gelf, b"", Stamp::Epoch(0)) };
    let (mut version, mut short, mut full) = (false, None, None);
    for (key, value) in members.by_ref() {
        match key {
            b"version" => version = true,
            b"host" => peeled.host = value.text(),
            b"short_message" => short = value.text(),
            b"full_message" => full = value.text().filter(|text| !text.is_empty()),
            b"timestamp" => {
                peeled.stamp = value.text().and_then(|text| StampFormat::Epoch.read(&text).map(|(stamp, _)| stamp))
            }
            b"level" => peeled.level = value.text().and_then(|text| super::severity(&text)),
            _ => {}
        }
    }
    let complete = members.is_sound() && version && peeled.host.is_some() && peeled.stamp.is_some();
    // The full message, where there is one, repeats the short one and adds the trace.
    peeled.message = full.or(short)?;
    complete.then_some(peeled)
}

/// An event of CloudWatch Logs: of a subscription (`id`, `timestamp`, `message`, with the group and stream around it),
/// or of `aws logs filter-log-events` and `get-log-events`.
pub(super) fn cloud_watch(line: &[u8]) -> Option<Peeled<'_>> {
    let mut members = Members::of(line)?;
    let (mut message, mut stamp, mut told) = (None, None, false);
    for (key, value) in members.by_ref() {
        match key {
            b"message" => message = value.text(),
            b"timestamp" => {
                stamp = value.text().and_then(|text| StampFormat::Epoch.read(&text).map(|(stamp, _)| stamp));
            }
            b"id" | b"eventId" | b"ingestionTime" => told = true,
            b"logGroup" | b"logStream" | b"logStreamName" | b"extractedFields" => {}
            _ => return None,
        }
    }
    let peeled = Peeled::of(Envelope::CloudWatch, b"", stamp?);
    let message = match message? {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii_end()),
        Cow::Owned(text) => Cow::Owned(text.trim_ascii_end().to_vec()),
    };
    (members.is_sound() && told).then(|| peeled.with_message(message))
}

/// A message that is not UTF-8 comes as an array of byte values.
fn journal_text(value: Value<'_>) -> Option<Cow<'_, [u8]>> {
    let Value::Array(list) = value else { return value.text() };
    let bytes = list
        .split(|byte| !byte.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .filter_map(|digits| std::str::from_utf8(digits).ok()?.parse::<u8>().ok())
        .collect();
    Some(Cow::Owned(bytes))
}
