//! `sources.csv`: every input, what it was taken for, and what became of its lines. An input that could not be read has
//! a row too: nothing found is not the same as nothing looked at.

use super::{Cell, Row, Rows, Table, fraction, text, time, yes_or_no};
use crate::report::view::{SourceLine, View};
use crate::report::when::second_of;

pub(super) const TABLE: Table = Table {
    name: "sources",
    columns: &[
        "source",
        "host",
        "format",
        "family",
        "score",
        "lines",
        "records",
        "continuation",
        "blank",
        "unrecognized",
        "undated",
        "outside_window",
        "first",
        "last",
        "requests_503",
        "trouble",
        // From here on not part of the contract.
        "log",
        "live",
        "formats",
        "runner_up",
        "envelopes",
        "zone",
        "year",
        "further_records",
    ],
    rows,
};

fn rows(view: &View) -> Rows<'_> {
    Box::new(view.sources.iter().map(row))
}

fn row(source: &SourceLine) -> Row<'_> {
    let fates = &source.fates;
    vec![
        text(&source.source),
        text(&source.host),
        text(&source.format),
        text(source.family),
        fraction(source.score),
        Cell::Count(fates.lines),
        Cell::Count(fates.records),
        Cell::Count(fates.continuation),
        Cell::Count(fates.blank),
        Cell::Count(fates.unrecognized),
        Cell::Count(fates.undated),
        Cell::Count(fates.outside_window),
        time(fates.first.map(second_of)),
        time(fates.last.map(second_of)),
        Cell::Count(source.failed),
        text(&source.trouble),
        text(&source.log),
        yes_or_no(source.live),
        text(source.formats.join("; ")),
        text(&source.runner_up),
        text(source.envelopes.join("; ")),
        text(&source.zone),
        text(&source.year),
        Cell::Count(fates.further_records),
    ]
}
