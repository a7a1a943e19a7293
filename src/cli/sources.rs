//! `why503 sources`: which format each input was taken for, why, and how its lines fared.

use super::args::{PathArgs, SourcesArgs};
use super::catalogue::Catalogue;
use super::console::Console;
use super::exit_code::ExitCode;
use super::reading::{self, Options};
use super::rows::{self, Output, Value, align};
use crate::model::stamp::Moment;
use crate::model::trouble::{Severity, Trouble};
use crate::parse::Fates;
use crate::report::escape;
use crate::tally::{SourceTally, Tally};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The columns: those of `sources.csv`, then the reasons.
const COLUMNS: [&str; 21] = [
    "source",
    "host",
    "format",
    "family",
    "score",
    "lines",
    "records",
    "continuation",
    "blank",
    "unrecognized",
    "undated",
    "outside_window",
    "first",
    "last",
    "requests_503",
    "trouble",
    "runner_up",
    "envelopes",
    "zone",
    "year",
    "further_records",
];

/// Reads the paths, or prints the formats with `--list`.
pub(super) fn run(args: &SourcesArgs) -> anyhow::Result<ExitCode> {
    let catalogue = Catalogue::load(&args.patterns.patterns)?;
    if args.list {
        return list(&catalogue, args.output);
    }
    let console = Console::new(&args.talk);
    let options =
        Options { reading: &args.reading, zone: &args.zone, status: Some(&args.status), threads: Some(&args.threads) };
    let (mut plan, _) = reading::plan(&options, catalogue)?;
    let found = reading::find(&PathArgs { paths: args.paths.clone() }, None, console)?;
    let tally = reading::read(&mut plan, &args.reading, found, console);
    let inputs = inputs(&tally);
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.output {
        Output::Table => table(&inputs, &args.zone.tz, &args.status.status.label(), &mut out)?,
        output => {
            let time = |micros: i64| match output {
                Output::Csv => local(micros, &args.zone.tz),
                _ => Moment(micros).to_string(),
            };
            let rows: Vec<_> = inputs.iter().map(|input| input.row(&time)).collect();
            rows::write(output, &COLUMNS, &rows, &mut out)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::of_inputs(&tally))
}

/// The table of formats.
fn list(catalogue: &Catalogue, output: Output) -> anyhow::Result<ExitCode> {
    let mut rows: Vec<Vec<Value<'_>>> = Vec::new();
    for (_, layout) in catalogue.layouts.iter() {
        let text = &layout.text;
        rows.push([text.id.as_str(), &text.title, &text.product, text.family.id()].map(Value::text).to_vec());
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    rows::write(output, &["id", "title", "product", "family"], &rows, &mut out)?;
    out.flush()?;
    Ok(ExitCode::Ran)
}

/// One input: what was counted in it, where it could be read at all, and what went wrong.
struct Input<'t> {
    name: &'t str,
    tally: Option<&'t SourceTally>,
    troubles: Vec<&'t Trouble>,
}

fn inputs(tally: &Tally) -> Vec<Input<'_>> {
    let mut troubles: BTreeMap<&str, Vec<&Trouble>> = BTreeMap::new();
    for trouble in &tally.troubles {
        troubles.entry(&trouble.source).or_default().push(trouble);
    }
    let names: BTreeSet<&str> = tally.sources.keys().map(String::as_str).chain(troubles.keys().copied()).collect();
    names
        .into_iter()
        .map(|name| Input {
            name,
            tally: tally.sources.get(name),
            troubles: troubles.get(name).cloned().unwrap_or_default(),
        })
        .collect()
}

impl<'t> Input<'t> {
    fn row(&self, time: &dyn Fn(i64) -> String) -> Vec<Value<'t>> {
        let Some(tally) = self.tally else {
            let mut row = vec![Value::Unknown; COLUMNS.len()];
            row[0] = Value::text(self.name);
            row[15] = Value::text(self.trouble());
            return row;
        };
        let moment = |micros: Option<i64>| micros.map_or(Value::Unknown, |micros| Value::text(time(micros)));
        let mut row = vec![
            Value::text(self.name),
            Value::text(tally.host.as_str()),
            Value::text(tally.format.as_str()),
            Value::text(tally.family.map_or("", |family| family.id())),
            // Of an input in which no format was found there is no score.
            if tally.format.is_empty() { Value::Unknown } else { Value::Share(f64::from(tally.score) / 1000.0) },
        ];
        row.extend(counts(&tally.fates).map(Value::count));
        row.extend([
            moment(tally.fates.first),
            moment(tally.fates.last),
            Value::count(tally.failed),
            Value::text(self.trouble()),
            Value::text(tally.runner_up.as_str()),
            if tally.envelopes.is_empty() {
                Value::Unknown
            } else {
                Value::List(tally.envelopes.iter().map(|envelope| envelope.as_str().into()).collect())
            },
            Value::text(tally.zone.as_str()),
            Value::text(tally.year.as_str()),
            Value::count(tally.fates.further_records),
        ]);
        row
    }

    fn trouble(&self) -> String {
        let mut troubles = self.troubles.clone();
        troubles.sort_by_key(|trouble| std::cmp::Reverse(trouble.severity));
        let texts = troubles.iter().map(|trouble| format!("{}: {}", word(trouble.severity), trouble.message));
        texts.collect::<Vec<_>>().join("; ")
    }

    /// The line below the row: why it was read like this.
    fn reasons(&self) -> Option<String> {
        let tally = self.tally?;
        let mut reasons = Vec::new();
        if tally.format.is_empty() && tally.fates.lines > 0 {
            reasons.push("no known format: name one with --format".to_owned());
        }
        if !tally.runner_up.is_empty() {
            reasons.push(format!("runner-up {}", tally.runner_up));
        }
        if !tally.envelopes.is_empty() {
            reasons.push(format!("in {}", tally.envelopes.join(" in ")));
        }
        if tally.fates.records + tally.fates.outside_window > 0 {
            reasons.push(format!("zone {}", tally.zone));
            reasons.push(format!("year {}", tally.year));
        }
        if tally.fates.further_records > 0 {
            reasons.push(format!("lines with several records: {} more", tally.fates.further_records));
        }
        (!reasons.is_empty()).then(|| reasons.join(" · "))
    }
}

/// Lines by fate, in the order of the columns.
fn counts(fates: &Fates) -> [u64; 7] {
    let Fates { lines, records, continuation, blank, unrecognized, undated, outside_window, .. } = *fates;
    [lines, records, continuation, blank, unrecognized, undated, outside_window]
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Partial => "partial",
        Severity::Lost => "lost",
    }
}

/// `2026-11-22 08:05:19` in `zone`.
fn local(micros: i64, zone: &TimeZone) -> String {
    match Timestamp::from_second(Moment(micros).second()) {
        Ok(timestamp) => timestamp.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        // A broken clock: no calendar of ours holds it.
        Err(_) => Moment(micros).to_string(),
    }
}

/// For reading: a row an input, the reasons and troubles below it, a row of totals at the end.
fn table(inputs: &[Input<'_>], zone: &TimeZone, status: &str, out: &mut dyn Write) -> io::Result<()> {
    if inputs.is_empty() {
        return writeln!(out, "no inputs: the paths hold no file");
    }
    let header = [
        "source", "host", "format", "family", "score", "first", "last", "lines", "records", "contin.", "blank",
        "unrecog.", "undated", "outside", status,
    ];
    let mut rows = vec![header.map(|name| Value::text(name.to_owned())).to_vec()];
    let mut total = Fates::default();
    let mut failed = 0;
    for input in inputs {
        let mut row = input.row(&|micros| local(micros, zone));
        row.truncate(15);
        let moments: Vec<_> = row.drain(12..14).collect();
        row.splice(5..5, moments);
        if let Some(tally) = input.tally {
            total.add(&tally.fates);
            failed += tally.failed;
        }
        rows.push(row);
    }
    let mut totals = vec![Value::text("total"), Value::text(format!("{} inputs", inputs.len()))];
    totals.extend([const { Value::Text(std::borrow::Cow::Borrowed("")) }; 3]);
    totals.extend(
        [total.first, total.last]
            .map(|moment| moment.map_or(Value::Unknown, |micros| Value::text(local(micros, zone)))),
    );
    totals.extend(counts(&total).map(Value::count));
    totals.push(Value::count(failed));
    rows.push(totals);
    let lines = align(rows.iter());
    for (index, line) in lines.iter().enumerate() {
        writeln!(out, "{line}")?;
        let Some(input) = index.checked_sub(1).and_then(|index| inputs.get(index)) else { continue };
        for below in input.reasons().into_iter().chain((!input.troubles.is_empty()).then(|| input.trouble())) {
            writeln!(out, "    {}", escape::visible(&below))?;
        }
    }
    Ok(())
}
