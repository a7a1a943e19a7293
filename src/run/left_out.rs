//! What need not be read, as it lies outside of the window.

use super::Plan;
use crate::detect::settle::Reading;
use crate::detect::survey::Survey;
use crate::model::source::Source;
use crate::open::{Member, PlainFile};
use crate::parse::outside::{Outside, written_before};
use crate::parse::stretch::Stretch;
use std::collections::BTreeMap;
use std::io::{self, Seek, SeekFrom};
use std::sync::Arc;

/// How members are to be read, by their names.
pub(super) type Readings<'r> = BTreeMap<&'r str, Arc<Reading>>;

/// What is left out of a member.
pub(super) enum LeftOut {
    /// Nothing, before its blocks are looked at.
    Nothing,
    /// All of it; with the reason.
    All(String),
    /// All but a stretch, at whose beginning the file is.
    AllBut(Stretch),
}

/// What looks at members for what lies outside of the window; nothing where all is to be read.
pub(super) fn outside<'c>(plan: &'c Plan, reading: &Arc<Reading>) -> Option<Outside<'c>> {
    plan.seeks_from.and_then(|_| Outside::new(&plan.layouts, Arc::clone(reading), plan.window))
}

/// Looks at a member of which nothing was read yet. Only plain files show how they end, and can be read in part.
pub(super) fn look(
    outside: &mut Option<Outside<'_>>,
    member: &Member<'_>,
    readings: &Readings<'_>,
    plan: &Plan,
) -> io::Result<LeftOut> {
    let (Some(outside), Some(mut file), Some(least)) =
        (outside, member.plain_file.map(PlainFile::file), plan.seeks_from)
    else {
        return Ok(LeftOut::Nothing);
    };
    if let Some(last) = outside.file(file)? {
        return Ok(LeftOut::All(format!("its last line is from {last}, before --since")));
    }
    let Some(stretch) = outside.stretch(file, least)? else { return Ok(LeftOut::Nothing) };
    // A file may be called like a part of another.
    if stretch.from > 0 && readings.contains_key(stretch.cited(&member.name).as_str()) {
        return Ok(LeftOut::Nothing);
    }
    file.seek(SeekFrom::Start(stretch.from))?;
    Ok(LeftOut::AllBut(stretch))
}

/// Takes compressed files that end before the window out of the order. Bundles are read: which of their members end when
/// shows only inside.
pub(super) fn passed_over<'s>(
    plan: &Plan,
    surveys: &[Survey],
    readings: &Readings<'_>,
    order: &mut Vec<&'s Source>,
) -> Vec<(&'s Source, Arc<Reading>)> {
    let mut passed = Vec::new();
    if plan.window.since.is_none() || plan.seeks_from.is_none() {
        return passed;
    }
    let surveyed: BTreeMap<&str, &Survey> = surveys.iter().map(|survey| (survey.name.as_str(), survey)).collect();
    order.retain(|source| {
        let (Some(survey), Some(reading)) = (surveyed.get(source.name.as_str()), readings.get(source.name.as_str()))
        else {
            return true;
        };
        // The later of the two: a header of gzip states the time of what was compressed.
        let written = source.modified.max(survey.modified);
        let before = written_before(plan.window, written, plan.assumptions.now, survey, reading);
        if before {
            passed.push((*source, Arc::clone(reading)));
        }
        !before
    });
    passed
}
