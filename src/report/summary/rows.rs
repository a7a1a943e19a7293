//! The rows of a table in `summary.json`, each an object on a line of its own.
//!
//! The timeline has a row for each minute and service, and is most of the file: to serialize each of its cells as an entry
//! took four times as long as to put it behind a key that was written once.

use super::lines::Lines;
use crate::report::table::{Cell, Row, Table};
use crate::report::view::View;
use crate::report::when::{LastPrinted, utc};
use serde::Serialize;
use serde_json::Serializer;
use std::io::{self, Write};

/// Lists and objects around a cell.
const DEPTH: usize = 3;

/// Writes the rows of a table.
pub(super) fn write(table: &Table, view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Rows::of(table.columns)?;
    out.write_all(b"[")?;
    let mut any = false;
    for row in (table.rows)(view) {
        out.write_all(if any { b",\n    " } else { b"\n    " })?;
        out.write_all(rows.object(&row)?)?;
        any = true;
    }
    out.write_all(if any { b"\n  ]" } else { b"]" })
}

struct Rows {
    /// What stands before each cell.
    keys: Vec<Vec<u8>>,
    last: LastPrinted,
    object: Vec<u8>,
}

impl Rows {
    fn of(columns: &[&str]) -> io::Result<Self> {
        let key = |(index, name): (usize, &&str)| {
            let mut key = if index == 0 { b"{".to_vec() } else { b", ".to_vec() };
            serde_json::to_writer(&mut key, name)?;
            key.extend_from_slice(b": ");
            Ok(key)
        };
        let keys = columns.iter().enumerate().map(key).collect::<io::Result<_>>()?;
        Ok(Self { keys, last: LastPrinted::default(), object: Vec::new() })
    }

    /// A row as an object.
    fn object(&mut self, row: &Row<'_>) -> io::Result<&[u8]> {
        let Self { keys, last, object } = self;
        object.clear();
        for (key, cell) in keys.iter().zip(row) {
            object.extend_from_slice(key);
            match cell {
                Cell::Count(count @ 0..=9) => object.push(b'0' + *count as u8),
                Cell::Count(count) => write!(object, "{count}")?,
                Cell::Time(second) => quoted(last.text(*second, utc), object),
                Cell::Text(text) if is_as_written(text) => quoted(text, object),
                cell => cell.serialize(&mut Serializer::with_formatter(&mut *object, Lines::within(DEPTH)))?,
            }
        }
        object.push(b'}');
        Ok(object)
    }
}

/// Whether JSON has these characters as they are, and each of them is seen.
fn is_as_written(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'))
}

fn quoted(text: &str, object: &mut Vec<u8>) {
    object.push(b'"');
    object.extend_from_slice(text.as_bytes());
    object.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, Value};
    use std::borrow::Cow;

    fn cell() -> impl Strategy<Value = Cell<'static>> {
        prop_oneof![
            "(a|\"|\\\\|\u{7}|\n|\u{7f}|\u{202e}|\u{e4}|\u{1f600}|</script>|=){0,4}"
                .prop_map(|text| Cell::Text(Cow::Owned(text))),
            prop_oneof![0u64..12, any::<u64>()].prop_map(Cell::Count),
            any::<i64>().prop_map(Cell::Whole),
            prop_oneof![Just(f64::NAN), 0.0..9.0].prop_map(Cell::Fraction),
            (-9_000_000_000i64..9_000_000_000).prop_map(Cell::Time),
            Just(Cell::Empty),
        ]
    }

    proptest! {
        #[test]
        fn rows_are_what_they_are_as_values(rows in prop::collection::vec(prop::collection::vec(cell(), 3..=3), 1..4)) {
            const COLUMNS: [&str; 3] = ["time", "service", "a \"b\""];
            let mut written = Rows::of(&COLUMNS).unwrap();
            for row in &rows {
                let object: Map<String, Value> = COLUMNS
                    .iter()
                    .zip(row)
                    .map(|(name, cell)| ((*name).to_owned(), serde_json::to_value(cell).unwrap()))
                    .collect();
                let text = String::from_utf8(written.object(row).unwrap().to_vec()).unwrap();
                prop_assert_eq!(serde_json::from_str::<Map<String, Value>>(&text).unwrap(), object);
                prop_assert!(!text.chars().any(crate::report::escape::is_unseen), "{}", text);
            }
        }

        #[test]
        fn cells_are_written_as_everywhere(cell in cell()) {
            let mut written = Rows::of(&["a"]).unwrap();
            let mut serialized = Vec::new();
            cell.serialize(&mut Serializer::with_formatter(&mut serialized, Lines::within(DEPTH))).unwrap();
            let expected = [b"{\"a\": ", &serialized[..], b"}"].concat();
            prop_assert_eq!(written.object(&vec![cell]).unwrap(), &expected[..]);
        }
    }
}
