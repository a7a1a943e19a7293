//! `evidence.csv`: the lines that prove it, with the numbers that made the weight of the piece they belong to.
//!
//! Several lines can be quoted of one piece. Its numbers are then in each of its rows; `piece` tells which rows those are.

use super::{Cell, Row, Rows, Table, text, text_or_empty};
use crate::diagnose::verdict::{Evidence, Verdict};
use crate::report::view::View;
use crate::report::when::second_of;
use crate::tally::evidence::Quote;

pub(super) const TABLE: Table = Table {
    name: "evidence",
    columns: &[
        "incident_id",
        "cause",
        "role",
        "strength",
        "weight",
        "signature",
        "time",
        "host",
        "source",
        "line",
        "count",
        "text",
        // From here on not part of the contract.
        "base",
        "lift",
        "lead",
        "scope",
        "presence",
        "attributed_503",
        "first",
        "last",
        "title",
        "family",
        "about",
        "piece",
        "in_chain",
        "counts_for",
        "counts",
    ],
    rows,
};

fn rows(view: &View) -> Rows<'_> {
    Box::new(view.diagnosis.incidents.iter().flat_map(|verdict| {
        verdict.evidence.iter().enumerate().flat_map(move |(index, piece)| {
            // What the requests themselves show has no line to quote, and is evidence all the same.
            let without_line = piece.quotes.is_empty().then_some(None);
            let lines = piece.quotes.iter().map(Some).chain(without_line);
            lines.map(move |quote| row(verdict, index, piece, quote))
        })
    }))
}

fn row<'a>(verdict: &'a Verdict, index: usize, piece: &'a Evidence, quote: Option<&'a Quote>) -> Row<'a> {
    let linked = verdict.chain.iter().any(|link| link.evidence == index);
    let title = quote.map(|quote| quote.title()).filter(|title| !title.is_empty()).unwrap_or(&piece.title);
    vec![
        text(&verdict.id),
        text_or_empty(piece.cause.map(|cause| cause.id())),
        text(piece.role.id()),
        text(piece.strength.id()),
        Cell::Fraction(piece.weight),
        text(&piece.signature),
        Cell::Time(quote.map_or(piece.first, |quote| second_of(quote.moment))),
        text(&piece.host),
        text_or_empty(quote.map(|quote| &*quote.source)),
        quote.map_or(Cell::Empty, |quote| Cell::Count(quote.line)),
        Cell::Count(piece.count),
        text_or_empty(quote.map(|quote| quote.text())),
        Cell::Fraction(piece.base),
        Cell::Fraction(piece.lift),
        Cell::Fraction(piece.lead),
        Cell::Fraction(piece.scope),
        Cell::Fraction(piece.presence),
        Cell::Count(piece.attributed),
        Cell::Time(piece.first),
        Cell::Time(piece.last),
        text(title),
        text(&piece.family),
        text(&piece.about),
        Cell::Count(index as u64 + 1),
        text(if linked { "yes" } else { "no" }),
        text_or_empty(piece.counts_for.map(|cause| cause.id())),
        Cell::Fraction(piece.counts),
    ]
}
