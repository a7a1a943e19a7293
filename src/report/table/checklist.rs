//! `checklist.csv`: the nine steps of every incident.

use super::{Cell, Rows, Table, text};
use crate::report::view::View;

pub(super) const TABLE: Table =
    Table { name: "checklist", columns: &["incident_id", "step", "check", "status", "detail", "next_action"], rows };

fn rows(view: &View) -> Rows<'_> {
    Box::new(view.diagnosis.incidents.iter().flat_map(|verdict| {
        verdict.checklist.iter().map(|step| {
            vec![
                text(&verdict.id),
                Cell::Count(u64::from(step.step)),
                text(&step.check),
                text(step.status.words()),
                text(&step.detail),
                text(&step.next_action),
            ]
        })
    }))
}
