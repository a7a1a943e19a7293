//! `affected.csv`: where the 503s are, by service, host, backend, URL and so on.

use super::{Cell, Rows, Table, fraction, text};
use crate::report::number::share;
use crate::report::view::View;

pub(super) const TABLE: Table = Table {
    name: "affected",
    columns: &[
        "incident_id",
        "dimension",
        "value",
        "requests",
        "requests_503",
        "share_of_incident",
        "excess",
        // From here on not part of the contract.
        "incident_requests",
        "incident_requests_503",
        "failed_share",
    ],
    rows,
};

fn rows(view: &View) -> Rows<'_> {
    Box::new(view.diagnosis.incidents.iter().flat_map(|verdict| {
        verdict.affected.iter().map(|affected| {
            vec![
                text(&verdict.id),
                text(&affected.dimension),
                text(&affected.value),
                Cell::Count(affected.requests),
                Cell::Count(affected.failed),
                Cell::Fraction(affected.share),
                Cell::Fraction(affected.excess),
                Cell::Count(verdict.requests),
                Cell::Count(verdict.failed),
                fraction(share(affected.failed, affected.requests)),
            ]
        })
    }))
}
