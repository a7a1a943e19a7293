//! A record as a row with standard names.

use crate::cli::rows::Value;
use crate::detect::layout::Family;
use crate::detect::settle::Reading;
use crate::model::field::Field;
use crate::parse::Parsed;
use crate::run::Plan;
use crate::spot::{Hit, Recalled};
use std::borrow::Cow;

/// The names, which are a contract; more may follow at the end.
pub(super) const COLUMNS: [&str; 29] = [
    "source",
    "line",
    "timestamp",
    "format",
    "family",
    "host",
    "service",
    "status",
    "method",
    "path",
    "client",
    "upstream",
    "upstream_status",
    "reason",
    "duration_us",
    "request_id",
    "src",
    "dst",
    "src_port",
    "dst_port",
    "proto",
    "action",
    "rule",
    "program",
    "pid",
    "level",
    "user",
    "message",
    "signatures",
];

/// Makes rows of records.
pub(super) struct Rows<'p> {
    plan: &'p Plan,
    hits: Vec<Hit>,
    recalled: Recalled,
}

impl<'p> Rows<'p> {
    /// Rows of records that are read by `plan`.
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self { plan, hits: Vec::new(), recalled: Recalled::default() }
    }

    /// The row of one record, which it borrows from.
    pub(super) fn of<'r>(&mut self, reading: &'r Reading, parsed: &'r Parsed<'_>) -> [Value<'r>; COLUMNS.len()]
    where
        'p: 'r,
    {
        let record = &parsed.record;
        let layout = &self.plan.layouts.get(record.layout).text;
        self.plan.signatures.spot(record, &mut self.recalled, &mut self.hits);
        let signatures: Vec<Cow<'_, str>> =
            self.hits.iter().map(|hit| self.plan.signatures.get(hit.signature).text.id.as_str().into()).collect();
        let text = |field| record.fields.get(field).map_or(Value::Unknown, lossy);
        let number = |field| record.fields.number(field).map_or(Value::Unknown, Value::Number);
        let host = match text(Field::Host) {
            Value::Unknown => Value::text(reading.host.as_str()),
            stated => stated,
        };
        // A request has its parts and no message; any other line is one, even where its layout names none.
        let message = match layout.family {
            Family::Access => text(Field::Message),
            _ => lossy(record.message()),
        };
        [
            Value::text(reading.name.as_str()),
            Value::count(record.line),
            record.moment.map_or(Value::Unknown, |(moment, _)| Value::text(moment.to_string())),
            Value::text(layout.id.as_str()),
            Value::text(layout.family.id()),
            host,
            text(Field::Service),
            number(Field::Status),
            text(Field::Method),
            text(Field::Path),
            text(Field::Client),
            text(Field::Upstream),
            text(Field::UpstreamStatus),
            text(Field::Reason),
            number(Field::Duration),
            text(Field::RequestId),
            text(Field::Src),
            text(Field::Dst),
            number(Field::SrcPort),
            number(Field::DstPort),
            text(Field::Proto),
            text(Field::Action),
            text(Field::Rule),
            text(Field::Program),
            number(Field::Pid),
            text(Field::Level),
            text(Field::User),
            message,
            if signatures.is_empty() { Value::Unknown } else { Value::List(signatures) },
        ]
    }
}

/// Text of a log; what is no UTF-8 becomes U+FFFD.
fn lossy(bytes: &[u8]) -> Value<'_> {
    Value::text(String::from_utf8_lossy(bytes))
}
