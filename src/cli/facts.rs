//! One thing with its properties, for reading.

use crate::report::escape;
use std::io::{self, Write};

/// Prints each property behind its name, several values under each other; one without a value is left out.
pub(super) fn write(facts: &[(&str, Vec<String>)], indent: usize, out: &mut dyn Write) -> io::Result<()> {
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, values) in facts {
        for (index, value) in values.iter().flat_map(|value| value.lines()).enumerate() {
            let name = if index == 0 { name } else { "" };
            writeln!(out, "{:indent$}{name:width$}  {}", "", escape::visible(value))?;
        }
    }
    Ok(())
}
