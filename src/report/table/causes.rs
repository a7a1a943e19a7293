//! `causes.csv`: every cause in every incident, found or not.

use super::{Cell, Rows, Table, fraction, text, text_or_empty, yes_or_no};
use crate::report::number::share;
use crate::report::view::View;

pub(super) const TABLE: Table = Table {
    name: "causes",
    columns: &[
        "incident_id",
        "cause",
        "status",
        "probability",
        "attributed_503",
        "coverage",
        "evidence_count",
        "top_signature",
        // From here on not part of the contract.
        "requests_503",
        "attributed_share",
        "verdict",
        "unknown_probability",
        "likelihood",
    ],
    rows,
};

fn rows(view: &View) -> Rows<'_> {
    Box::new(view.diagnosis.incidents.iter().flat_map(|verdict| {
        // With this, the probabilities of an incident add up to 1.
        let unknown = 1.0 - verdict.causes.iter().map(|assessment| assessment.probability).sum::<f64>();
        verdict.causes.iter().map(move |assessment| {
            vec![
                text(&verdict.id),
                text(assessment.cause.id()),
                text(assessment.status.words()),
                Cell::Fraction(assessment.probability),
                Cell::Count(assessment.attributed),
                Cell::Fraction(assessment.coverage),
                Cell::Count(assessment.evidence_count as u64),
                text_or_empty(assessment.top_signature.as_ref()),
                Cell::Count(verdict.failed),
                fraction(share(assessment.attributed, verdict.failed)),
                yes_or_no(verdict.cause == Some(assessment.cause)),
                Cell::Fraction(unknown.max(0.0)),
                Cell::Fraction(assessment.likelihood),
            ]
        })
    }))
}
