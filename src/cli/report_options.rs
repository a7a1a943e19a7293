//! The options of the report, as its writers want them.

use super::args::{EmitKind, Redact, ReportArgs, Statuses, ZoneArgs};
use crate::report::{Emit, Redaction, ReportOptions};
use anyhow::{Context, ensure};

/// What was chosen.
pub(super) fn of(args: &ReportArgs, zone: &ZoneArgs, statuses: &Statuses) -> anyhow::Result<ReportOptions> {
    let mut emit = Emit::NONE;
    for kind in &args.emit {
        match kind {
            EmitKind::Csv => emit.csv = true,
            EmitKind::Md => emit.markdown = true,
            EmitKind::Html => emit.html = true,
            EmitKind::Xlsx => emit.xlsx = true,
            EmitKind::Json => emit.json = true,
        }
    }
    Ok(ReportOptions {
        time_zone: zone.tz.clone(),
        excel: args.csv_excel,
        delimiter: args.csv_delimiter,
        redact: match args.redact {
            Redact::None => Redaction::None,
            Redact::Secrets => Redaction::Secrets,
            Redact::All => Redaction::All,
        },
        redact_key: key(args)?,
        emit,
        status_label: statuses.label(),
        statuses: statuses.to_string(),
    })
}

/// Bytes of a key at least: a shorter one can be found by trying.
const MIN_KEY: usize = 16;

/// The key that pseudonyms are made with, from its file without the white space around it.
pub(super) fn key(args: &ReportArgs) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(path) = &args.redact_key else { return Ok(None) };
    let text = std::fs::read(path).with_context(|| format!("--redact-key {}", path.display()))?;
    let key = text.trim_ascii();
    ensure!(
        key.len() >= MIN_KEY,
        "--redact-key {}: the key must have at least {MIN_KEY} characters, such as those of `openssl rand -hex 32`",
        path.display()
    );
    Ok(Some(key.to_vec()))
}
