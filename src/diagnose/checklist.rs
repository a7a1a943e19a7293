//! The nine steps that an operator is taught for a 503, each answered from the logs.

use super::causes::Causes;
use super::constants::{BEFORE, RULED_OUT};
use super::coverage::Coverage;
use super::verdict::{CauseAssessment, CheckStep, Evidence, Status, UnknownError};
use crate::model::cause::{Cause, Role};
use crate::model::stamp::Moment;
use crate::spot::{Signatures, unfilled};
use crate::tally::Tally;

/// Evidence below this weight explains nothing, and needs no explanation.
const LEAST: f64 = 0.1;
/// What occurs about as often outside of the incident is no change.
const USUAL: f64 = 0.15;

/// What the checklist is answered from.
#[derive(Debug)]
pub(super) struct Checking<'d> {
    pub(super) tally: &'d Tally,
    pub(super) signatures: &'d Signatures,
    pub(super) texts: &'d Causes,
    pub(super) coverage: &'d Coverage,
    pub(super) causes: &'d [CauseAssessment],
    pub(super) evidence: &'d [Evidence],
    pub(super) unknown: &'d [UnknownError],
    /// The cause that was decided for, and how it brought the service down.
    pub(super) verdict: Option<Cause>,
    pub(super) mechanism: Option<Cause>,
    pub(super) start: i64,
    pub(super) end: i64,
}

impl Checking<'_> {
    /// The steps in order.
    pub(super) fn steps(&self) -> Vec<CheckStep> {
        let mut steps = vec![self.backup()];
        let order = [
            Cause::Maintenance,
            Cause::Overload,
            Cause::ServerProblem,
            Cause::AutomaticConfiguration,
            Cause::Connectivity,
            Cause::Firewall,
        ];
        steps.extend(order.iter().enumerate().map(|(index, cause)| self.cause(index as u8 + 2, *cause)));
        steps.push(self.logs());
        steps.push(self.cause(9, Cause::ScriptBug));
        steps
    }

    /// When a backup last succeeded before the incident, by these logs.
    fn backup(&self) -> CheckStep {
        let mut last: Option<(i64, bool, String)> = None;
        for (id, hits) in &self.tally.hits {
            let Some(signature) = self.signatures.find(id).map(|index| &self.signatures.get(index).text) else {
                continue;
            };
            if signature.role != Role::Backup {
                continue;
            }
            let failed = signature.title.to_ascii_lowercase().contains("fail") || signature.cause.is_some();
            for hits in hits.scopes.values() {
                let Some((second, _)) = hits.times.last_in(0, self.end + 1) else { continue };
                let title = hits
                    .quotes
                    .range(0, (self.end + 1) * Moment::SECOND)
                    .last()
                    .map_or_else(|| unfilled(&signature.title), |quote| quote.title().to_owned());
                if !failed && last.as_ref().is_none_or(|(known, _, _)| second > *known) {
                    last = Some((second, failed, title));
                }
            }
        }
        let check = "backup".to_owned();
        match last {
            Some((second, _, title)) => CheckStep {
                step: 1,
                check,
                status: Status::Found,
                detail: format!("last success seen {} UTC: {title}", day_and_time(second)),
                next_action: "Check that this backup can be restored before you change anything.".to_owned(),
            },
            None => CheckStep {
                step: 1,
                check,
                status: Status::NoData,
                detail: "no log here says that a backup succeeded".to_owned(),
                next_action: "Back up configuration and data before you change anything; add the backup tool's log to the next run.".to_owned(),
            },
        }
    }

    fn cause(&self, step: u8, cause: Cause) -> CheckStep {
        let text = self.texts.get(cause);
        let assessment = self.causes.iter().find(|assessment| assessment.cause == cause);
        let status = assessment.map_or(Status::NoData, |assessment| assessment.status);
        let top = self
            .evidence
            .iter()
            .find(|piece| piece.cause == Some(cause) && piece.role != Role::Recovery && piece.weight > 0.0);
        let coverage = assessment.map_or(0.0, |assessment| assessment.coverage);
        let (detail, next_action) = match status {
            Status::Found => {
                let detail = top.map_or_else(
                    || text.means.clone(),
                    |piece| {
                        let lines = if piece.count == 1 { "line" } else { "lines" };
                        format!("{} ({} {lines}, first {} UTC)", piece.title, piece.count, day_and_time(piece.first))
                    },
                );
                if let Some(why) = self.explained_by(cause) {
                    let check = self.texts.get(why).check.clone();
                    (
                        format!("a symptom of what is found under {check}: {detail}"),
                        format!("Mend that first: {check}."),
                    )
                } else {
                    let action = top.and_then(|piece| piece.fix.first()).or_else(|| text.advice.first());
                    (detail, action.cloned().unwrap_or_default())
                }
            }
            Status::RuledOut => (
                "the logs that would show it cover the incident and show nothing that fits".to_owned(),
                "Nothing to do.".to_owned(),
            ),
            Status::PartlyCovered if coverage >= RULED_OUT => (
                "nothing here speaks for it, but it can look like what was found, or nothing was: it is not ruled out"
                    .to_owned(),
                text.advice.first().cloned().unwrap_or_default(),
            ),
            Status::PartlyCovered => (
                format!("the logs that would show it cover {:.0} % of what is needed", coverage * 100.0),
                self.logs_to_add(cause),
            ),
            Status::NoData => ("no log here would show it".to_owned(), self.logs_to_add(cause)),
        };
        CheckStep { step, check: text.check.clone(), status, detail, next_action }
    }

    /// The cause whose fault or change explains all that was noticed of this one.
    fn explained_by(&self, cause: Cause) -> Option<Cause> {
        let verdict = self.verdict.filter(|verdict| *verdict != cause && self.mechanism != Some(cause))?;
        let mut own = self.evidence.iter().filter(|piece| piece.cause == Some(cause) && piece.weight >= LEAST);
        let explains =
            |piece: &Evidence| piece.counts_for == Some(verdict) && matches!(piece.role, Role::Fault | Role::Trigger);
        let only_symptoms = own.all(|piece| piece.role == Role::Symptom && piece.counts_for.is_none());
        (only_symptoms && self.evidence.iter().any(explains)).then_some(verdict)
    }

    fn logs_to_add(&self, cause: Cause) -> String {
        format!("Add {}.", self.coverage.to_add(self.texts, cause, self.start, self.end).join("; "))
    }

    /// Errors that no signature knows.
    fn logs(&self) -> CheckStep {
        let new: Vec<&UnknownError> = self.unknown.iter().filter(|error| error.novelty >= 0.5).collect();
        let looked = self.tally.sources.values().any(|source| {
            source.fates.records > 0
                && source.family.is_some_and(|family| family != crate::detect::layout::Family::Access)
        });
        let (status, detail, next_action) = match (new.first(), looked) {
            (Some(first), _) => (
                Status::Found,
                format!(
                    "{} kinds of error that no signature knows are new in the incident; the first: {}",
                    new.len(),
                    first.shape
                ),
                format!("Read them in {} around {} UTC.", first.log, day_and_time(self.start)),
            ),
            (None, true) => (
                Status::RuledOut,
                "no error of an unknown kind is new in the incident".to_owned(),
                "Nothing to do.".to_owned(),
            ),
            (None, false) => (
                Status::NoData,
                "there is no application, server or system log here".to_owned(),
                "Add the error logs of the web, application and database servers.".to_owned(),
            ),
        };
        CheckStep { step: 8, check: "application and server logs".to_owned(), status, detail, next_action }
    }
}

/// `2026-11-22 08:05:16`, in UTC.
pub(super) fn day_and_time(second: i64) -> String {
    crate::model::stamp::Civil::from_second(second).to_string().replace('T', " ")
}

/// Whether a trigger is a change to list: it lies in the half hour before the first 503, and does not
/// happen all the time.
pub(super) fn is_recent_change(piece: &Evidence, start: i64) -> bool {
    piece.role == Role::Trigger && piece.first <= start + 2 && piece.last >= start - BEFORE && piece.lift >= USUAL
}
