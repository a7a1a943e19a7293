//! In: a [`Diagnosis`] and the [`Tally`] behind it. Out: the report directory, and the short verdict for the terminal.
//! Promise: same input, same bytes; a reader never sees half a file; nothing from a log can act on who reads it.
//! Why every file is written from one masked `View` and not from the diagnosis: a writer that cannot reach the raw
//! text cannot forget to mask it. Escaping stays with the writers, because what is harmless differs by format.

mod answer;
mod compared;
mod counts;
pub mod escape;
mod fill;
mod metrics;
mod number;
mod options;
mod page;
mod publish;
mod redact;
#[cfg(test)]
mod sample;
mod spark;
mod story;
mod summary;
mod table;
mod terminal;
#[cfg(test)]
mod tests;
mod view;
mod when;
mod workbook;

use crate::compare::Comparison;
use crate::diagnose::verdict::Diagnosis;
use crate::tally::Tally;
use std::io::{self, Write};
use std::path::Path;

pub use metrics::{RunFacts, metrics};
pub use options::{Emit, ReportOptions};
pub use publish::{ReportError, Written};
pub use redact::Redaction;
pub use terminal::{TerminalOptions, one_line, terminal};
pub use view::View;

/// Version of the layout of `summary.json`; a report directory that holds another is not ours to replace.
pub const SCHEMA_VERSION: u32 = 1;

/// What is reported.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    /// What was found.
    pub diagnosis: &'a Diagnosis,
    /// What it was found in.
    pub tally: &'a Tally,
    /// How it compares with the nights before, where they are kept.
    pub comparison: Option<&'a Comparison>,
}

/// One file of the report.
trait ReportFile: Sync {
    /// Its name in the report directory.
    fn name(&self) -> &str;
    /// Writes it whole.
    fn write(&self, view: &View, out: &mut dyn Write) -> io::Result<()>;
}

/// Writes the report files into `directory`, which replaces an earlier report there; on at most so many threads.
///
/// Files that are not ours stay: the head of `publish` says what is replaced, and how.
pub fn write(directory: &Path, view: &View, threads: usize) -> Result<Written, ReportError> {
    let files = files(view.options.emit, view.comparison.is_some());
    let names: Vec<&str> = files.iter().map(|file| file.name()).collect();
    publish::publish(directory, &names, &mut |staging: &Path| {
        let filled = fill::together(staging, &files, view, if view.is_short() { 1 } else { threads })?;
        fill::settle(&filled)
    })
}

/// The files in the order in which they appear: `summary.json` last, so that who waits for it finds the others.
fn files(emit: Emit, compared: bool) -> Vec<Box<dyn ReportFile>> {
    let mut files: Vec<Box<dyn ReportFile>> = Vec::new();
    if emit.csv {
        let tables = table::ALL.iter().copied().chain(compared.then_some(table::NIGHTS));
        files.extend(tables.map(|table| Box::new(table::CsvFile::of(table)) as Box<dyn ReportFile>));
    }
    if emit.markdown {
        files.push(Box::new(story::Story));
    }
    if emit.xlsx {
        files.push(Box::new(workbook::Book));
    }
    if emit.html {
        files.push(Box::new(page::Page));
    }
    if emit.json {
        files.push(Box::new(summary::Summary));
    }
    files
}

/// Whether a directory holds a report that a run of this program wrote.
pub fn is_report(directory: &Path) -> bool {
    publish::has_our_summary(directory)
}

/// Every name that a report directory of ours can hold.
pub fn known_names() -> Vec<String> {
    files(Emit::ALL, true).iter().map(|file| file.name().to_owned()).collect()
}
