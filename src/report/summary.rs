//! `summary.json`: everything in one object, for programs.
//!
//! Texts are exact: a program that compares them with the logs must find them. Characters that would act on who looks at
//! the file are written as `\uXXXX`, which says the same. Keys have a fixed order; times are UTC; fractions have at most
//! four digits.

mod entries;
mod lines;
mod rows;

use super::number::{rounded, share};
use super::table::{self, Cell, Row};
use super::view::{View, severity_word};
use super::when::{second_of, utc};
use super::{ReportFile, SCHEMA_VERSION, answer};
use crate::compare::{Comparison, News, SignatureNews, UnusualHour};
use crate::diagnose::verdict::{Evidence, UnknownError, Verdict};
use crate::tally::evidence::Quote;
use entries::Entries;
use serde::ser::{SerializeMap, Serializer};
use serde::{Serialize, ser};
use serde_json::{Value, json};
use std::io::{self, BufWriter, Write};

/// The file.
pub(super) struct Summary;

impl ReportFile for Summary {
    fn name(&self) -> &str {
        "summary.json"
    }

    fn write(&self, view: &View, out: &mut dyn Write) -> io::Result<()> {
        // A second buffer: most pieces are a few bytes, and to hand each to `out` takes longer than to copy it.
        let mut out = BufWriter::with_capacity(64 * 1024, out);
        whole(view, Entries::begin(&mut out)?)?;
        out.flush()
    }
}

fn whole(view: &View, mut entries: Entries<'_>) -> io::Result<()> {
    let diagnosis = &view.diagnosis;
    entries.put("schema_version", &SCHEMA_VERSION)?;
    entries.put("tool_version", env!("CARGO_PKG_VERSION"))?;
    entries.put("answer", &answer::headline(view))?;
    entries.put("statuses", &view.options.statuses)?;
    let window = diagnosis.window.map(|(first, last)| Window { start: utc(first), end: utc(last) });
    entries.put("window", &window)?;
    entries.put("total_503", &diagnosis.total_failed)?;
    entries.put("total_requests", &diagnosis.total_requests)?;
    entries.put("share_503", &share(diagnosis.total_failed, diagnosis.total_requests).map(rounded))?;
    entries.put("scattered_503", &diagnosis.scattered)?;
    entries.put("incidents", &Incidents(view))?;
    for table in table::ALL.iter().skip(1) {
        rows::write(table, view, entries.value_of(table.name)?)?;
    }
    if let Some(comparison) = &view.comparison {
        rows::write(table::NIGHTS, view, entries.value_of("nights")?)?;
        entries.put("comparison", &compared(comparison))?;
    }
    entries.put("vantage_points", &vantage_points(view))?;
    entries.put("caveats", &diagnosis.caveats)?;
    entries.put("troubles", &troubles(view))?;
    entries.end()
}

#[derive(Serialize)]
struct Window {
    start: String,
    end: String,
}

/// The rows of the table of incidents, each with what has no place in a table.
struct Incidents<'a>(&'a View);

impl Serialize for Incidents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = table::INCIDENTS.columns;
        let rows = (table::INCIDENTS.rows)(self.0).zip(&self.0.diagnosis.incidents);
        serializer.collect_seq(rows.map(|(row, verdict)| Incident { columns, row, verdict }))
    }
}

struct Incident<'a> {
    columns: &'static [&'static str],
    row: Row<'a>,
    verdict: &'a Verdict,
}

/// Columns of the table of incidents that joined a list to one cell; here they are lists.
const LISTS: [&str; 3] = ["services", "notes", "located"];

impl Serialize for Incident<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, cell) in self.columns.iter().zip(&self.row) {
            if !LISTS.contains(name) {
                map.serialize_entry(name, cell)?;
            }
        }
        incident(&mut map, self.verdict)?;
        map.end()
    }
}

fn incident<M: SerializeMap>(map: &mut M, verdict: &Verdict) -> Result<(), M::Error> {
    map.serialize_entry("services", &verdict.services)?;
    map.serialize_entry("located", &verdict.located)?;
    map.serialize_entry("chain", &chain(verdict))?;
    map.serialize_entry("changes", &verdict.changes.iter().map(piece).collect::<Vec<_>>())?;
    map.serialize_entry("unknown_errors", &verdict.unknown_errors.iter().map(unknown_error).collect::<Vec<_>>())?;
    map.serialize_entry("notes", &verdict.notes)
}

impl Serialize for Cell<'_> {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Count(count) => serializer.serialize_u64(*count),
            Cell::Whole(value) => serializer.serialize_i64(*value),
            Cell::Fraction(value) => serializer.serialize_f64(rounded(*value)),
            Cell::Time(second) => serializer.serialize_str(&utc(*second)),
            Cell::Empty => serializer.serialize_unit(),
        }
    }
}

fn chain(verdict: &Verdict) -> Vec<Value> {
    verdict
        .chain
        .iter()
        .filter_map(|link| {
            let mut value = piece(verdict.evidence.get(link.evidence)?);
            // Numbered as in the table of evidence.
            value["piece"] = json!(link.evidence + 1);
            value["role"] = json!(link.role.id());
            Some(value)
        })
        .collect()
}

fn piece(piece: &Evidence) -> Value {
    json!({
        "signature": piece.signature,
        "cause": piece.cause.map(|cause| cause.id()),
        "role": piece.role.id(),
        "title": piece.title,
        "host": piece.host,
        "about": piece.about,
        "count": piece.count,
        "first": utc(piece.first),
        "last": utc(piece.last),
        "weight": piece.weight,
        "fix": piece.fix,
        "lines": piece.quotes.iter().map(line).collect::<Vec<_>>(),
    })
}

fn line(quote: &Quote) -> Value {
    json!({
        "time": utc(second_of(quote.moment)),
        "source": &*quote.source,
        "line": quote.line,
        "title": quote.title(),
        "text": quote.text(),
    })
}

fn unknown_error(error: &UnknownError) -> Value {
    json!({
        "host": error.host,
        "log": error.log,
        "shape": error.shape,
        "count": error.count,
        "count_outside": error.before,
        "novelty": error.novelty,
        "first": error.quote.as_ref().map(line),
    })
}

fn compared(comparison: &Comparison) -> Value {
    let news = |news: News| match news {
        News::New => json!({ "news": "new" }),
        News::Returned(day) => json!({ "news": "returned", "last": day.to_string() }),
    };
    let cause = |&(cause, of): &(crate::model::cause::Cause, News)| {
        let mut value = news(of);
        value["cause"] = json!(cause.id());
        value
    };
    let signature = |one: &SignatureNews| {
        let mut value = news(one.news);
        value["signature"] = json!(one.id);
        value["title"] = json!(one.title);
        value["cause"] = json!(one.cause.map(|cause| cause.id()));
        value["count"] = json!(one.count);
        value
    };
    let hour = |one: &UnusualHour| {
        json!({
            "hour": one.hour.hour,
            "requests_503": one.failed,
            "usual_low": one.low,
            "usual_high": one.high,
            "nights": one.nights,
            "same_weekday": one.same_weekday,
        })
    };
    json!({
        "compared_nights": comparison.compared,
        "enough": comparison.enough,
        "causes": comparison.causes.iter().map(cause).collect::<Vec<_>>(),
        "signatures": comparison.signatures.iter().map(signature).collect::<Vec<_>>(),
        "more_signatures": comparison.more_signatures,
        "unusual_hours": comparison.hours.iter().map(hour).collect::<Vec<_>>(),
        "usual_hours": comparison.usual_hours,
    })
}

fn vantage_points(view: &View) -> Vec<Value> {
    let points = &view.diagnosis.vantage_points;
    points
        .iter()
        .map(|point| {
            json!({
                "host": point.host,
                "log": point.log,
                "format": point.format,
                "edge": point.edge,
                "reason": point.reason,
                "requests": point.requests,
                "requests_503": point.failed,
            })
        })
        .collect()
}

fn troubles(view: &View) -> Vec<Value> {
    view.troubles
        .iter()
        .map(|trouble| {
            json!({
                "source": trouble.source,
                "severity": severity_word(trouble.severity),
                "message": trouble.message,
            })
        })
        .collect()
}
