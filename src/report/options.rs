//! What the operator chose for the report.

use super::redact::Redaction;
use jiff::tz::TimeZone;

/// Which kinds of file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emit {
    /// The seven tables.
    pub csv: bool,
    /// `report.md`.
    pub markdown: bool,
    /// `report.html`.
    pub html: bool,
    /// `report.xlsx`.
    pub xlsx: bool,
    /// `summary.json`.
    pub json: bool,
}

impl Emit {
    /// Everything.
    pub const ALL: Emit = Emit { csv: true, markdown: true, html: true, xlsx: true, json: true };
    /// What is written unless kinds are listed: a workbook holds the tables a second time.
    pub const USUAL: Emit = Emit { xlsx: false, ..Emit::ALL };
    /// Nothing; to start from when kinds are listed.
    pub const NONE: Emit = Emit { csv: false, markdown: false, html: false, xlsx: false, json: false };

    /// Adds the kind that `--emit` calls `name` (`csv`, `md`, `html`, `xlsx`, `json`). False when there is none of that name.
    pub fn add(&mut self, name: &str) -> bool {
        match name {
            "csv" => self.csv = true,
            "md" | "markdown" => self.markdown = true,
            "html" => self.html = true,
            "xlsx" => self.xlsx = true,
            "json" => self.json = true,
            _ => return false,
        }
        true
    }
}

/// How the report is written.
#[derive(Debug, Clone)]
pub struct ReportOptions {
    /// The zone of times in CSV, Markdown and on the terminal; JSON always has UTC.
    pub time_zone: TimeZone,
    /// CSV with a byte order mark and CRLF, for spreadsheets that take a file without them for another encoding.
    pub excel: bool,
    /// What separates the columns of CSV; not a quote, not a line end.
    pub delimiter: u8,
    /// What is masked, in all files and on the terminal.
    pub redact: Redaction,
    /// What pseudonyms are made with, for the same ones in every report; numbered without it.
    pub redact_key: Option<Vec<u8>>,
    /// Which kinds of file are written.
    pub emit: Emit,
    /// What stands for "503" in headings and sentences: `503`, `5xx`, `502 and 504`.
    pub status_label: String,
    /// The statuses that were looked for, as text for the reader: `503`, `500-599`.
    pub statuses: String,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            time_zone: TimeZone::UTC,
            excel: false,
            delimiter: b',',
            redact: Redaction::Secrets,
            redact_key: None,
            emit: Emit::USUAL,
            status_label: "503".to_owned(),
            statuses: "503".to_owned(),
        }
    }
}
