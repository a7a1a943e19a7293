//! Rows for people and programs: one listing, four forms.

use super::json;
use crate::report::escape;
use clap::ValueEnum;
use std::borrow::Cow;
use std::io::{self, Write};

/// How a listing is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// Aligned columns, for reading.
    Table,
    /// RFC 4180 with a header.
    Csv,
    /// One array of objects.
    Json,
    /// One object a line.
    Ndjson,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// Words, possibly from a log or a file name.
    Text(Cow<'a, str>),
    /// A number.
    Number(i64),
    /// A share, with four digits.
    Share(f64),
    /// Several words.
    List(Vec<Cow<'a, str>>),
    /// Not known, or not applicable: never 0.
    Unknown,
}

impl<'a> Value<'a> {
    /// Words; unknown when there are none.
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Value::Unknown } else { Value::Text(text) }
    }

    /// A count.
    pub(super) fn count(count: u64) -> Self {
        Value::Number(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// As a cell of CSV: never a formula.
    fn cell(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) => escape::cell(text),
            Value::List(list) => Cow::Owned(escape::cell(&list.join("; ")).into_owned()),
            Value::Number(number) => number.to_string().into(),
            Value::Share(share) => format!("{share:.4}").into(),
            Value::Unknown => "".into(),
        }
    }

    /// For reading.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match self {
            Value::Text(text) => escape::visible(text),
            Value::List(list) => Cow::Owned(escape::visible(&list.join(", ")).into_owned()),
            Value::Share(share) => format!("{:.0} %", share * 100.0).into(),
            Value::Unknown => "-".into(),
            number => number.cell(),
        }
    }
}

impl serde::Serialize for Value<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_i64(*number),
            Value::Share(share) => serializer.serialize_f64(*share),
            Value::List(list) => serializer.collect_seq(list),
            Value::Unknown => serializer.serialize_unit(),
        }
    }
}

/// The values of one row by name, as an object.
pub(super) struct Object<'a> {
    /// The names.
    pub(super) columns: &'a [&'a str],
    /// The values, as many.
    pub(super) row: &'a [Value<'a>],
    /// Whether unknown values are left out, or written as null.
    pub(super) sparse: bool,
}

impl serde::Serialize for Object<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = self.columns.iter().zip(self.row);
        serializer.collect_map(named.filter(|(_, value)| !self.sparse || **value != Value::Unknown))
    }
}

/// Prints rows in one of the forms for programs. The form for people is the listing's own, see [`aligned`].
pub(super) fn write(output: Output, columns: &[&str], rows: &[Vec<Value<'_>>], out: &mut dyn Write) -> io::Result<()> {
    let object = |row| Object { columns, row, sparse: false };
    match output {
        Output::Table => aligned(columns, rows, out),
        Output::Csv => {
            let mut csv = CsvRows::new(columns, out)?;
            rows.iter().try_for_each(|row| csv.row(row))?;
            csv.finish()
        }
        Output::Json => {
            for (index, row) in rows.iter().enumerate() {
                out.write_all(if index == 0 { b"[\n" } else { b",\n" })?;
                json::write(&object(row), out)?;
            }
            out.write_all(if rows.is_empty() { b"[]\n" } else { b"\n]\n" })
        }
        Output::Ndjson => rows.iter().try_for_each(|row| {
            json::write(&object(row), out)?;
            out.write_all(b"\n")
        }),
    }
}

/// CSV row by row.
pub(super) struct CsvRows<'w> {
    writer: csv::Writer<&'w mut dyn Write>,
}

impl<'w> CsvRows<'w> {
    /// Begins with the header.
    pub(super) fn new(columns: &[&str], out: &'w mut dyn Write) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().from_writer(out);
        writer.write_record(columns)?;
        Ok(Self { writer })
    }

    /// Writes a row.
    pub(super) fn row(&mut self, row: &[Value<'_>]) -> io::Result<()> {
        for value in row {
            self.writer.write_field(value.cell().as_bytes())?;
        }
        Ok(self.writer.write_record(None::<&[u8]>)?)
    }

    /// Hands on what is buffered.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Columns under each other, numbers to the right.
fn aligned(columns: &[&str], rows: &[Vec<Value<'_>>], out: &mut dyn Write) -> io::Result<()> {
    let header: Vec<Value<'_>> = columns.iter().map(|name| Value::text(*name)).collect();
    let lines = align(std::iter::once(&header).chain(rows));
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// The rows as lines of the same columns. A column is aligned to the right when its last value is a number.
pub(super) fn align<'r>(rows: impl Iterator<Item = &'r Vec<Value<'r>>>) -> Vec<String> {
    let shown: Vec<Vec<(Cow<'r, str>, bool)>> = rows
        .map(|row| {
            let is_number = |value: &Value<'_>| matches!(value, Value::Number(_) | Value::Share(_));
            row.iter().map(|value| (value.shown(), is_number(value))).collect()
        })
        .collect();
    let columns = shown.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        shown.iter().filter_map(|row| row.get(column)).map(|(text, _)| text.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let right: Vec<bool> = (0..columns)
        .map(|column| shown.last().and_then(|row| row.get(column)).is_some_and(|(_, number)| *number))
        .collect();
    let line = |row: &Vec<(Cow<'r, str>, bool)>| {
        let cells = row.iter().enumerate().map(|(column, (text, _))| {
            let width = widths[column];
            if right[column] { format!("{text:>width$}") } else { format!("{text:<width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    shown.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(output: Output) -> String {
        let rows = [
            vec![Value::text("=a\u{1b}"), Value::Number(7), Value::Unknown],
            vec![Value::text("b"), Value::Number(12), Value::List(vec!["x".into(), "y".into()])],
        ];
        let mut out = Vec::new();
        write(output, &["name", "lines", "more"], &rows, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn four_forms() {
        assert_eq!(printed(Output::Table), "name      lines  more\n=a\\u{1b}      7  -\nb            12  x, y\n");
        assert_eq!(printed(Output::Csv), "name,lines,more\n'=a\\u{1b},7,\nb,12,x; y\n");
        let ndjson = printed(Output::Ndjson);
        assert_eq!(ndjson.lines().next(), Some(r#"{"name":"=a\u001b","lines":7,"more":null}"#));
        let json: serde_json::Value = serde_json::from_str(&printed(Output::Json)).unwrap();
        assert_eq!(json.as_array().unwrap().len(), 2);
    }

    #[test]
    fn no_rows() {
        for (output, expected) in
            [(Output::Json, "[]\n"), (Output::Ndjson, ""), (Output::Csv, "a\n"), (Output::Table, "a\n")]
        {
            let mut out = Vec::new();
            write(output, &["a"], &[], &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
