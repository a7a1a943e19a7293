//! The tables: each is declared once, and written as CSV and as the rows of `summary.json`.

mod affected;
mod causes;
mod checklist;
mod csv_file;
mod evidence;
mod incidents;
mod nights;
mod sources;
mod timeline;

use super::view::View;
use std::borrow::Cow;

pub(super) use csv_file::CsvFile;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    /// Words, of ours or from a log: made harmless by the writer.
    Text(Cow<'a, str>),
    /// How many.
    Count(u64),
    /// A difference or a length in seconds.
    Whole(i64),
    /// A share, probability or weight.
    Fraction(f64),
    /// A moment, in seconds since 1970.
    Time(i64),
    /// Not known, or not applicable: never 0.
    Empty,
}

/// The values of a row, as many as there are columns.
pub(super) type Row<'a> = Vec<Cell<'a>>;
/// The rows one by one: a timeline can be long.
pub(super) type Rows<'a> = Box<dyn Iterator<Item = Row<'a>> + 'a>;

/// A table of the report.
pub(super) struct Table {
    /// Name of its file without the ending, and of its list in `summary.json`.
    pub(super) name: &'static str,
    /// Its columns. The first ones are a contract with who reads the files; more may follow at the end only.
    pub(super) columns: &'static [&'static str],
    /// Makes its rows.
    pub(super) rows: for<'a> fn(&'a View) -> Rows<'a>,
}

/// All tables, in the order in which they are written.
pub(super) const ALL: [&Table; 7] = [
    &incidents::TABLE,
    &causes::TABLE,
    &evidence::TABLE,
    &checklist::TABLE,
    &timeline::TABLE,
    &affected::TABLE,
    &sources::TABLE,
];

/// The nights, where they are compared.
pub(super) const NIGHTS: &Table = &nights::TABLE;
/// The incidents, whose rows the summary continues.
pub(super) const INCIDENTS: &Table = &incidents::TABLE;

/// Words.
fn text<'a>(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
    Cell::Text(text.into())
}

/// Words, or nothing known.
fn text_or_empty<'a>(text: Option<impl Into<Cow<'a, str>>>) -> Cell<'a> {
    text.map_or(Cell::Empty, |text| Cell::Text(text.into()))
}

/// A fraction, or nothing known.
fn fraction<'a>(value: Option<f64>) -> Cell<'a> {
    value.map_or(Cell::Empty, Cell::Fraction)
}

/// A moment, or nothing known.
fn time<'a>(second: Option<i64>) -> Cell<'a> {
    second.map_or(Cell::Empty, Cell::Time)
}

/// Yes or no.
fn yes_or_no<'a>(yes: bool) -> Cell<'a> {
    text(if yes { "yes" } else { "no" })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Who reads the files by the name or the place of a column reads this page.
    #[test]
    fn the_documented_columns_are_the_columns() {
        let page = include_str!("../../../docs/columns.md");
        let mut sections = page.split("\n## ").skip(1);
        for table in ALL.iter().copied().chain([NIGHTS]) {
            let section = sections.next().unwrap();
            assert_eq!(section.lines().next().unwrap(), table.name);
            let documented: Vec<&str> = section
                .lines()
                .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
                .map(|(name, _)| name)
                .collect();
            assert_eq!(documented, table.columns, "{}", table.name);
        }
        assert_eq!(sections.next(), None);
        let version = format!("`schema_version` in `summary.json` is {};", crate::report::SCHEMA_VERSION);
        assert!(page.contains(&version), "{version}");
    }
}
