//! `incidents.csv`: one row an incident.

use super::{Cell, Row, Rows, Table, fraction, text, text_or_empty, time};
use crate::diagnose::verdict::Verdict;
use crate::report::answer;
use crate::report::number::share;
use crate::report::view::View;
use crate::report::when::second_of;
use crate::tally::evidence::Quote;

pub(super) const TABLE: Table = Table {
    name: "incidents",
    columns: &[
        "incident_id",
        "start",
        "end",
        "duration_s",
        "service",
        "requests",
        "requests_503",
        "share_503",
        "cause",
        "confidence",
        "probability",
        "explained_share",
        "runner_up",
        "trigger",
        "first_evidence",
        "summary",
        // From here on not part of the contract.
        "services",
        "mechanism",
        "runner_up_probability",
        "trigger_time",
        "first_evidence_time",
        "located",
        "next_step",
        "notes",
    ],
    rows,
};

fn rows(view: &View) -> Rows<'_> {
    Box::new(view.diagnosis.incidents.iter().map(row))
}

fn row(verdict: &Verdict) -> Row<'_> {
    let first = first_quote(verdict);
    let trigger = verdict.trigger();
    vec![
        text(&verdict.id),
        Cell::Time(verdict.start),
        Cell::Time(verdict.end),
        // Both the first and the last second had a 503.
        Cell::Whole(verdict.end - verdict.start + 1),
        text_or_empty(verdict.services.first()),
        Cell::Count(verdict.requests),
        Cell::Count(verdict.failed),
        fraction(share(verdict.failed, verdict.requests)),
        text(verdict.cause_id()),
        text(verdict.confidence.word()),
        Cell::Fraction(verdict.probability),
        Cell::Fraction(verdict.explained_share),
        text_or_empty(verdict.runner_up.map(|(cause, _)| cause.id())),
        text_or_empty(trigger.map(|trigger| &trigger.title)),
        text_or_empty(first.map(|quote| format!("{}:{}", quote.source, quote.line))),
        text(&verdict.summary),
        text(verdict.services.join("; ")),
        text_or_empty(verdict.mechanism.map(|cause| cause.id())),
        fraction(verdict.runner_up.map(|(_, probability)| probability)),
        time(trigger.map(|trigger| trigger.first)),
        time(first.map(|quote| second_of(quote.moment))),
        text_or_empty(answer::located(verdict)),
        text_or_empty(answer::next_step(verdict)),
        text(verdict.notes.join("; ")),
    ]
}

/// The first line of the chain; of all evidence where there is no chain.
fn first_quote(verdict: &Verdict) -> Option<&Quote> {
    let linked = answer::chain(verdict).flat_map(|(_, piece)| &piece.quotes).min();
    linked.or_else(|| verdict.evidence.iter().flat_map(|piece| &piece.quotes).min())
}
