//! The options of the report, as its writers want them.

use super::args::{EmitKind, Redact, ReportArgs, Statuses, ZoneArgs};
use crate::report::{Emit, Redaction, ReportOptions};

/// What was chosen.
pub(super) fn of(args: &ReportArgs, zone: &ZoneArgs, statuses: &Statuses) -> ReportOptions {
    let mut emit = Emit::NONE;
    for kind in &args.emit {
        match kind {
            EmitKind::Csv => emit.csv = true,
            EmitKind::Md => emit.markdown = true,
            EmitKind::Html => emit.html = true,
            EmitKind::Json => emit.json = true,
        }
    }
    ReportOptions {
        time_zone: zone.tz.clone(),
        excel: args.csv_excel,
        delimiter: args.csv_delimiter,
        redact: match args.redact {
            Redact::None => Redaction::None,
            Redact::Secrets => Redaction::Secrets,
            Redact::All => Redaction::All,
        },
        emit,
        status_label: statuses.label(),
        statuses: statuses.to_string(),
    }
}
