//! `nights.csv`: the nights that the one of the report is compared with, and itself. Empty without `--history`.

use super::{Cell, Row, Rows, Table, fraction, text};
use crate::compare::NightRow;
use crate::model::cause::Cause;
use crate::report::number::share;
use crate::report::view::View;

pub(super) const TABLE: Table = Table {
    name: "nights",
    columns: &["night", "requests", "requests_503", "share_503", "incidents", "causes", "trouble"],
    rows,
};

fn rows(view: &View) -> Rows<'_> {
    Box::new(view.comparison.iter().flat_map(|comparison| comparison.nights.iter().map(row)))
}

fn row(night: &NightRow) -> Row<'_> {
    let counts = night.counts.as_ref();
    let number =
        |of: fn(&crate::compare::NightCounts) -> u64| counts.map_or(Cell::Empty, |counts| Cell::Count(of(counts)));
    let causes = counts.map(|counts| {
        let names: Vec<&str> = counts.causes.iter().map(|cause| cause.map_or("unknown", Cause::id)).collect();
        names.join("; ")
    });
    vec![
        text(night.day.to_string()),
        number(|counts| counts.requests),
        number(|counts| counts.failed),
        fraction(counts.and_then(|counts| share(counts.failed, counts.requests))),
        number(|counts| counts.incidents),
        super::text_or_empty(causes),
        text(&night.trouble),
    ]
}
