//! A table as CSV.

use super::{Cell, Table};
use crate::report::view::View;
use crate::report::when::LastPrinted;
use crate::report::{ReportFile, escape, number};
use csv::{Terminator, WriterBuilder};
use std::borrow::Cow;
use std::io::{self, Write};

/// Tells spreadsheets that the text is UTF-8; other programs choke on it, so it is written only when asked for.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// `<table>.csv`.
pub(in super::super) struct CsvFile {
    name: String,
    table: &'static Table,
}

impl CsvFile {
    /// The file of a table.
    pub(in super::super) fn of(table: &'static Table) -> Self {
        Self { name: format!("{}.csv", table.name), table }
    }
}

impl ReportFile for CsvFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn write(&self, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let terminator = if view.options.excel {
            out.write_all(BYTE_ORDER_MARK)?;
            Terminator::CRLF
        } else {
            Terminator::Any(b'\n')
        };
        let mut csv = WriterBuilder::new().delimiter(view.options.delimiter).terminator(terminator).from_writer(out);
        csv.write_record(self.table.columns)?;
        let mut last = LastPrinted::default();
        for row in (self.table.rows)(view) {
            for cell in &row {
                csv.write_field(shown(cell, view, &mut last).as_bytes())?;
            }
            csv.write_record(None::<&[u8]>)?;
        }
        csv.flush()
    }
}

/// A cell as text. Numbers are ours and stay numbers; words may be anybody's.
fn shown<'a>(cell: &'a Cell, view: &View, last: &'a mut LastPrinted) -> Cow<'a, str> {
    match cell {
        Cell::Text(text) => escape::cell(text),
        Cell::Count(0) => "0".into(),
        Cell::Count(count) => count.to_string().into(),
        Cell::Whole(value) => value.to_string().into(),
        Cell::Fraction(value) => number::fraction(*value).into(),
        Cell::Time(second) => last.text(*second, |second| view.when.date_time(second)).into(),
        Cell::Empty => "".into(),
    }
}
