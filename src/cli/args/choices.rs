//! Options of which one is chosen, and small values.

use clap::ValueEnum;

/// How records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordOutput {
    /// One JSON object a line.
    Ndjson,
    /// A table with a header.
    Csv,
}

/// How one thing is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowOutput {
    /// For reading.
    Table,
    /// JSON on one line.
    Json,
}

/// A kind of report file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EmitKind {
    /// The tables.
    Csv,
    /// `report.md`.
    Md,
    /// `report.html`.
    Html,
    /// `report.xlsx`.
    Xlsx,
    /// `summary.json`.
    Json,
}

/// What is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Redact {
    /// Nothing.
    None,
    /// Passwords, keys, tokens.
    Secrets,
    /// Also addresses and users.
    All,
}

/// When the terminal gets colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// `--format`: the last `=` separates, because ids have none.
pub(super) fn glob_and_id(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((glob, id)) if !glob.is_empty() && !id.is_empty() => Ok((glob.to_owned(), id.to_owned())),
        _ => Err("write GLOB=ID, as in '*web1/access*=nginx-combined'".to_owned()),
    }
}

/// `--csv-delimiter`.
pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if (byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t')) && *byte != b'"' => Ok(*byte),
        _ => Err("write one ASCII character that is no quote and no line end, or `tab`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_values() {
        assert_eq!(delimiter(";"), Ok(b';'));
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        for text in ["", ";;", "\"", "\n", "é"] {
            assert!(delimiter(text).is_err(), "{text:?}");
        }
        assert_eq!(glob_and_id("a=b=c"), Ok(("a=b".to_owned(), "c".to_owned())));
        for text in ["", "a", "a=", "=b"] {
            assert!(glob_and_id(text).is_err(), "{text}");
        }
    }
}
