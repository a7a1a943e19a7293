//! `report.xlsx`: a sheet a table, with typed cells, and a chart of 503s over time by cause.
//!
//! Text is written as text, so that no spreadsheet takes it for a formula, and without what cannot be seen. Numbers are
//! numbers and times are dates, in the zone of the report.

use super::counts::KINDS;
use super::escape::visible;
use super::table::{self, Cell, Row, Table};
use super::view::View;
use super::{ReportFile, number};
use crate::model::cause::Cause;
use rust_xlsxwriter::{Chart, ChartType, Color, DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::io::{self, Write};

/// Rows of a sheet, at most: a workbook is made in memory, and a spreadsheet ends at 1,048,576.
const MAX_ROWS: usize = 100_000;
/// Characters of a cell, as the format bounds them.
const MAX_CELL: usize = 32_767;
/// Rows that a column's width is taken from.
const MEASURED: usize = 200;
/// Widths of a column in characters.
const WIDTHS: (usize, usize) = (9, 60);
/// Times named below the chart.
const LABELS: u32 = 12;
/// Name of the sheet with the chart.
const OVER_TIME: &str = "over time";
/// Numbers above this are not exact in a spreadsheet, which has 64-bit floating point only.
const EXACT: u64 = 1 << 53;
/// The colours of the causes, and of none; those of the page.
const COLORS: [u32; KINDS] = [0x0072B2, 0xD55E00, 0xB2182B, 0x7B5AA6, 0x00805F, 0x8A5A00, 0xB0508A, 0x5B6470];

/// The file.
pub(super) struct Book;

impl ReportFile for Book {
    fn name(&self) -> &str {
        "report.xlsx"
    }

    fn write(&self, view: &View, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&bytes(view).map_err(io::Error::other)?)
    }
}

fn bytes(view: &View) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed time: the same input gives the same bytes.
    let properties =
        DocProperties::new().set_title("why503 report").set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    workbook.set_properties(&properties);
    let looks = Looks::new();
    let tables = table::ALL.iter().copied().chain(view.comparison.is_some().then_some(table::NIGHTS));
    for (index, table) in tables.enumerate() {
        sheet(workbook.add_worksheet(), table, view, &looks)?;
        if index == 0 {
            over_time(workbook.add_worksheet(), view, &looks)?;
        }
    }
    workbook.save_to_buffer()
}

/// How cells look.
struct Looks {
    head: Format,
    time: Format,
    fraction: Format,
    count: Format,
}

impl Looks {
    fn new() -> Self {
        Self {
            head: Format::new().set_bold().set_background_color(Color::RGB(0x00E8_EDF2)),
            time: Format::new().set_num_format("yyyy\\-mm\\-dd hh:mm:ss"),
            fraction: Format::new().set_num_format("0.0000"),
            count: Format::new().set_num_format("0"),
        }
    }
}

fn sheet(sheet: &mut Worksheet, table: &Table, view: &View, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    let mut widths: Vec<usize> = table.columns.iter().map(|name| name.chars().count() + 3).collect();
    let mut rows: u32 = 0;
    let mut left_out = 0_u64;
    for row in (table.rows)(view) {
        if rows as usize >= MAX_ROWS {
            left_out += 1;
            continue;
        }
        rows += 1;
        write_row(sheet, rows, &row, view, looks)?;
        if (rows as usize) < MEASURED {
            widths.iter_mut().zip(&row).for_each(|(width, cell)| *width = (*width).max(length(cell)));
        }
    }
    head(sheet, table.columns, rows, &widths, looks)?;
    if left_out > 0 {
        let message = format!("{} more rows are in {}.csv", number::thousands(left_out), table.name);
        sheet.write_string(rows + 1, 0, message)?;
    }
    Ok(())
}

/// The first row, which stays in sight and has the filters; and the widths.
fn head(sheet: &mut Worksheet, columns: &[&str], rows: u32, widths: &[usize], looks: &Looks) -> Result<(), XlsxError> {
    for (column, name) in (0..).zip(columns) {
        sheet.write_string_with_format(0, column, *name, &looks.head)?;
    }
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, (*width).clamp(WIDTHS.0, WIDTHS.1) as f64)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, rows, last)?;
    Ok(())
}

fn write_row(sheet: &mut Worksheet, row: u32, cells: &Row, view: &View, looks: &Looks) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(cells) {
        match cell {
            Cell::Text(text) if text.is_empty() => {}
            Cell::Text(text) => {
                let shown: String = visible(text).chars().take(MAX_CELL).collect();
                sheet.write_string(row, column, shown)?;
            }
            Cell::Count(count) if *count > EXACT => {
                sheet.write_string(row, column, count.to_string())?;
            }
            Cell::Count(count) => {
                sheet.write_number_with_format(row, column, *count as f64, &looks.count)?;
            }
            Cell::Whole(value) => {
                sheet.write_number_with_format(row, column, *value as f64, &looks.count)?;
            }
            Cell::Fraction(value) if value.is_finite() => {
                sheet.write_number_with_format(row, column, number::rounded(*value), &looks.fraction)?;
            }
            Cell::Time(second) => write_time(sheet, row, column, *second, view, looks)?,
            Cell::Fraction(_) | Cell::Empty => {}
        }
    }
    Ok(())
}

/// A moment in the zone of the report. What lies before 1900 or after 9999 is no date of a spreadsheet, and is text.
fn write_time(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    second: i64,
    view: &View,
    looks: &Looks,
) -> Result<(), XlsxError> {
    match ExcelDateTime::from_timestamp(second.saturating_add(view.when.offset(second))) {
        Ok(time) => sheet.write_datetime_with_format(row, column, &time, &looks.time)?,
        Err(_) => sheet.write_string(row, column, view.when.date_time(second))?,
    };
    Ok(())
}

fn length(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.chars().count() + 1,
        Cell::Time(_) => 20,
        Cell::Count(_) | Cell::Whole(_) | Cell::Fraction(_) | Cell::Empty => 0,
    }
}

/// 503s over the whole time by cause, as numbers and as a chart of them.
fn over_time(sheet: &mut Worksheet, view: &View, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name(OVER_TIME)?;
    let names = Cause::ALL.map(Cause::id).into_iter().chain(["unknown"]);
    let columns: Vec<&str> = ["time", "requests", "requests_503"].into_iter().chain(names).collect();
    let Some(counts) = &view.overall else { return head(sheet, &columns, 0, &[20, 12, 14], looks) };
    let steps = counts.requests.iter().zip(&counts.failed);
    let mut rows = 0;
    for (step, (&requests, failed)) in (0..).zip(steps) {
        rows += 1;
        let mut row = vec![Cell::Time(counts.start + counts.width * step), Cell::Count(requests)];
        row.push(Cell::Count(failed.iter().sum()));
        row.extend(failed.iter().map(|&count| Cell::Count(count)));
        write_row(sheet, rows, &row, view, looks)?;
    }
    head(sheet, &columns, rows, &[20, 12, 14], looks)?;
    let mut chart = Chart::new(ChartType::ColumnStacked);
    for (kind, color) in COLORS.into_iter().enumerate() {
        if counts.failed.iter().all(|failed| failed[kind] == 0) {
            continue;
        }
        let column = kind as u16 + 3;
        chart
            .add_series()
            .set_categories((OVER_TIME, 1, 0, rows, 0))
            .set_values((OVER_TIME, 1, column, rows, column))
            .set_name((OVER_TIME, 0, column))
            .set_format(
                rust_xlsxwriter::ChartFormat::new()
                    .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(Color::RGB(color))),
            )
            .set_gap(10);
    }
    chart.title().set_name(&format!("{} over time by cause", view.failures()));
    // As dates the steps of a day would fall on one place.
    let labels = (rows / LABELS).max(1);
    chart.x_axis().set_text_axis(true).set_num_format("mm\\-dd hh:mm:ss").set_label_interval(labels as u16);
    chart
        .set_width(960)
        .set_height(420)
        .set_alt_text(format!("{} by cause; the numbers are in this sheet", view.failures()));
    if counts.failed.iter().flatten().any(|&count| count > 0) {
        sheet.insert_chart(1, columns.len() as u16 + 1, &chart)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::report::sample::{ATTACK, none, said_everywhere, server_problem};
    use crate::report::{Findings, ReportOptions};
    use std::io::{Cursor, Read};

    fn part(sample: &(crate::diagnose::verdict::Diagnosis, crate::tally::Tally), name: &str) -> String {
        let (diagnosis, tally) = sample;
        let findings = Findings { diagnosis, tally, comparison: None };
        let book = bytes(&View::new(&findings, &ReportOptions::default())).unwrap();
        let again = bytes(&View::new(&findings, &ReportOptions::default())).unwrap();
        assert!(book == again, "the same input, the same bytes");
        let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn cells_are_typed() {
        let incidents = part(&server_problem(), "xl/worksheets/sheet1.xml");
        // 2026-11-22 08:05:19, days since 1900; a count; and no formula anywhere.
        assert!(incidents.contains("<v>46348.336") && incidents.contains("<v>1447</v>"), "{incidents}");
        assert!(incidents.contains("<autoFilter ") && incidents.contains("state=\"frozen\""));
        let names = part(&none(), "xl/workbook.xml");
        for table in table::ALL {
            assert!(names.contains(&format!("name=\"{}\"", table.name)), "{}", table.name);
        }
    }

    #[test]
    fn text_of_a_log_is_text() {
        let sample = said_everywhere(ATTACK);
        for sheet in 1..=8 {
            let text = part(&sample, &format!("xl/worksheets/sheet{sheet}.xml"));
            assert!(!text.contains("<f>") && !text.contains("hyperlink"), "{text}");
        }
        let strings = part(&sample, "xl/sharedStrings.xml");
        assert!(
            strings.contains("=cmd|") && strings.contains("&lt;script") && !strings.contains('\u{202e}'),
            "{strings}"
        );
    }
}
