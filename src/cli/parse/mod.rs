//! `why503 parse`: the records of all inputs, one after the other.

mod record;
mod stream;

use super::args::{ParseArgs, RecordOutput};
use super::catalogue::Catalogue;
use super::console::Console;
use super::exit_code::ExitCode;
use super::json;
use super::reading::{self, Options};
use super::rows::{CsvRows, Object};
use crate::model::trouble::Trouble;
use crate::run::Plan;
use record::{COLUMNS, Rows};
use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use stream::Streamed;

/// Large enough that a line costs no system call, small enough that the first record comes at once.
const BUFFER: usize = 64 * 1024;

/// Reads the paths and prints their records.
pub(super) fn run(args: &ParseArgs) -> anyhow::Result<ExitCode> {
    let console = Console::new(&args.talk);
    let options = Options { reading: &args.reading, zone: &args.zone, status: None, threads: None };
    let (mut plan, _) = reading::plan(&options, Catalogue::load(&args.patterns.patterns)?)?;
    let mut found = reading::find(&args.paths, None, console)?;
    let surveys = reading::survey(&mut plan, &mut found, console);
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let streamed = {
        let stream = stream::Stream::new(&plan, &found.sources, &surveys);
        print(args.output, &plan, stream, &mut out)?
    };
    out.flush()?;
    let Streamed { members, mut troubles } = streamed;
    troubles.extend(found.troubles);
    reading::warn_of_unused_formats(&args.reading, members.iter().map(String::as_str), console);
    Ok(told(members, troubles, console))
}

fn print(output: RecordOutput, plan: &Plan, stream: stream::Stream<'_>, out: &mut dyn Write) -> io::Result<Streamed> {
    let mut rows = Rows::new(plan);
    match output {
        RecordOutput::Ndjson => stream.each(&mut |reading, parsed| {
            let row = rows.of(reading, parsed);
            json::write(&Object { columns: &COLUMNS, row: &row, sparse: true }, out)?;
            out.write_all(b"\n")
        }),
        RecordOutput::Csv => {
            let mut csv = CsvRows::new(&COLUMNS, out)?;
            let streamed = stream.each(&mut |reading, parsed| csv.row(&rows.of(reading, parsed)))?;
            csv.finish()?;
            Ok(streamed)
        }
    }
}

/// Says what went wrong, on standard error, behind the records.
fn told(members: BTreeSet<String>, troubles: BTreeSet<Trouble>, console: Console) -> ExitCode {
    console.troubles(&troubles, "`why503 sources` prints them all");
    let worst = troubles.iter().map(|trouble| trouble.severity).max();
    ExitCode::of_reading(worst, !members.is_empty())
}
