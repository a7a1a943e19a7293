//! `timeline.csv`: requests and 503s by minute and service.

use super::{Cell, Row, Rows, Table, text};
use crate::diagnose::verdict::{ByCause, Minute};
use crate::report::view::View;

pub(super) const TABLE: Table = Table {
    name: "timeline",
    columns: &[
        "time",
        "service",
        "requests",
        "requests_503",
        // One for each cause, in the order of `Cause::ALL`.
        "maintenance",
        "overload",
        "server-problem",
        "automatic-configuration",
        "connectivity",
        "firewall",
        "script-bug",
        // From here on not part of the contract. With it, the causes add up to `requests_503`.
        "unknown",
    ],
    rows,
};

fn rows(view: &View) -> Rows<'_> {
    Box::new(view.diagnosis.timeline.iter().map(row))
}

fn row(minute: &Minute) -> Row<'_> {
    let explained: u64 = minute.by_cause.iter().flat_map(|counts| counts.iter()).sum();
    let mut row = Vec::with_capacity(TABLE.columns.len());
    row.extend([Cell::Time(minute.time), text(&*minute.service)]);
    row.extend([minute.requests, minute.failed].map(Cell::Count));
    row.extend(minute.by_cause.as_deref().unwrap_or(&ByCause::default()).map(Cell::Count));
    row.push(Cell::Count(minute.failed.saturating_sub(explained)));
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cause::Cause;

    #[test]
    fn there_is_a_column_for_each_cause() {
        assert_eq!(TABLE.columns[4..11], Cause::ALL.map(Cause::id));
    }
}
