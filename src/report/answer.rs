//! The answer in a line, and the sentences that the terminal and `report.md` share. Masked, not yet escaped.

use super::number::{count, percent, thousands};
use super::view::View;
use crate::diagnose::verdict::{Affected, CheckStep, Confidence, Evidence, Status, Verdict, Where};
use crate::model::cause::Role;
use crate::parse::Fates;

/// The answer of a run, in one line.
pub(super) fn headline(view: &View) -> String {
    match view.diagnosis.incidents.as_slice() {
        [] => without_incident(view),
        [verdict] => format!(
            "{} because: {} - {}; {}",
            view.options.status_label,
            cause(verdict),
            summary(verdict),
            when_and_where(view, verdict)
        ),
        _ => several(view),
    }
}

/// `server-problem (probable)`, `unknown`.
pub(super) fn cause(verdict: &Verdict) -> String {
    match verdict.cause {
        Some(cause) if verdict.confidence != Confidence::Unknown => {
            format!("{} ({})", cause.id(), verdict.confidence.word())
        }
        Some(cause) => cause.id().to_owned(),
        None => "unknown".to_owned(),
    }
}

/// The sentence without its full stop.
pub(super) fn summary(verdict: &Verdict) -> &str {
    match verdict.summary.trim().trim_end_matches('.') {
        "" => "the logs do not say more",
        summary => summary,
    }
}

/// `517 of 1,447 requests, 08:05:19-08:05:59 UTC, bk_shop`.
pub(super) fn when_and_where(view: &View, verdict: &Verdict) -> String {
    let mut parts = vec![failed_of(view, verdict.failed, verdict.requests), range(view, verdict)];
    parts.extend(services(verdict));
    parts.join(", ")
}

/// `517 of 1,447 requests`, or `517 503s` where nothing counts the requests.
pub(super) fn failed_of(view: &View, failed: u64, requests: u64) -> String {
    if requests == 0 {
        format!("{} {}", thousands(failed), view.failures())
    } else {
        format!("{} of {}", thousands(failed), count(requests, "request", "requests"))
    }
}

/// From the first to the last 503. The date is left out where all the logs are of one day.
pub(super) fn range(view: &View, verdict: &Verdict) -> String {
    let (start, end) = (verdict.start, verdict.end);
    let one_day = view.diagnosis.window.is_some_and(|(first, last)| {
        view.when.same_day(first, last) && view.when.same_day(first, start) && view.when.same_day(last, end)
    });
    view.when.range(start, end, !one_day)
}

/// A time near an incident: without the date where it is the same.
pub(super) fn near(view: &View, verdict: &Verdict, second: i64) -> String {
    if view.when.same_day(verdict.start, second) { view.when.time(second) } else { view.when.date_time(second) }
}

/// The service that is affected most, and how many others.
pub(super) fn services(verdict: &Verdict) -> Option<String> {
    let first = verdict.services.first().filter(|service| !service.is_empty())?;
    Some(match verdict.services.len() - 1 {
        0 => first.clone(),
        1 => format!("{first} and {}", verdict.services[1]),
        others => format!("{first} and {others} others"),
    })
}

fn several(view: &View) -> String {
    let incidents = &view.diagnosis.incidents;
    let mut by_cause: Vec<(String, u64)> = Vec::new();
    for verdict in incidents {
        let cause = cause(verdict);
        match by_cause.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, failed)) => *failed += verdict.failed,
            None => by_cause.push((cause, verdict.failed)),
        }
    }
    by_cause.sort_by_key(|(_, failed)| std::cmp::Reverse(*failed));
    let causes: Vec<&str> = by_cause.iter().map(|(cause, _)| cause.as_str()).collect();
    let start = incidents.iter().map(|verdict| verdict.start).min().unwrap_or(0);
    let end = incidents.iter().map(|verdict| verdict.end).max().unwrap_or(0);
    format!(
        "{} because: {} - {} incidents; {}, {}",
        view.options.status_label,
        causes.join(", "),
        incidents.len(),
        failed_of(view, view.diagnosis.total_failed, view.diagnosis.total_requests),
        view.when.range(start, end, true)
    )
}

/// How many lines lie outside the window, where none lies inside: then the window is what is wrong, not the logs.
pub(super) fn all_outside(view: &View) -> Option<u64> {
    let sum = |each: fn(&Fates) -> u64| view.sources.iter().map(|source| each(&source.fates)).sum::<u64>();
    let outside = sum(|fates| fates.outside_window);
    let passed_over = view.sources.iter().any(|source| source.passed_over);
    ((outside > 0 || passed_over) && sum(|fates| fates.records) == 0).then_some(outside)
}

fn without_incident(view: &View) -> String {
    let diagnosis = &view.diagnosis;
    let window =
        diagnosis.window.map_or_else(String::new, |(first, last)| format!(", {}", view.when.range(first, last, true)));
    let requests = count(diagnosis.total_requests, "request", "requests");
    let label = &view.options.status_label;
    if view.sources.is_empty() {
        "No input: no file was found under the given paths".to_owned()
    } else if let Some(outside) = all_outside(view) {
        let before =
            count(view.sources.iter().filter(|source| source.passed_over).count() as u64, "input ends", "inputs end");
        let what = match outside {
            0 => format!("{before} before it"),
            lines => format!("{}, before or after it", count(lines, "dated line was read", "dated lines were read")),
        };
        format!("No record between --since and --until: {what}, so nothing can be said of {label}")
    } else if view.sources.iter().all(|source| source.fates.lines == 0) {
        format!("Nothing to read: {} without a line", count(view.sources.len() as u64, "input", "inputs"))
    } else if diagnosis.total_requests == 0 && diagnosis.total_failed == 0 {
        let inputs = count(view.sources.len() as u64, "input", "inputs");
        format!("No access log among {inputs}: nothing counts requests, so no {label} can be seen{window}")
    } else if diagnosis.total_failed == 0 {
        format!("No {label} among {requests}{window}")
    } else {
        format!(
            "No incident: {} among {requests}, too scattered to be one{window}",
            match diagnosis.total_failed {
                1 => format!("1 {label}"),
                failed => format!("{} {}", thousands(failed), view.failures()),
            }
        )
    }
}

/// `backend bk_shop/app1 (100 %)`; several ways of telling apart are joined.
pub(super) fn located(verdict: &Verdict) -> Option<String> {
    let places: Vec<String> = verdict.located.iter().map(place).collect();
    (!places.is_empty()).then(|| places.join("; "))
}

/// The values of which more 503s come than their share of the requests, or fewer: where it is, and where it is not.
pub(super) fn telling(verdict: &Verdict) -> Vec<&Affected> {
    const TELLING: f64 = 0.05;
    verdict.affected.iter().filter(|affected| affected.excess.abs() >= TELLING).collect()
}

/// What is said when nothing is telling.
pub(super) fn nowhere(failures: &str) -> String {
    format!("Nothing stands out: the {failures} are spread over all that the requests are told apart by.")
}

/// What is said of the values that are not shown.
pub(super) fn also_affected(verdict: &Verdict, shown: usize) -> String {
    let more = thousands((verdict.affected.len() - shown) as u64);
    let whole = verdict.affected.iter().any(|affected| affected.requests > verdict.requests);
    let steps = if whole {
        " Some are counted in steps of 10 s, so a few requests of just before and after are in them."
    } else {
        ""
    };
    format!("{more} more values are in affected.csv.{steps}")
}

fn place(place: &Where) -> String {
    const SHOWN: usize = 4;
    let more = match place.values.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let values: Vec<&str> = place.values.iter().take(SHOWN).map(String::as_str).collect();
    format!("{} {}{more} ({})", dimension(&place.dimension), values.join(", "), percent(place.share))
}

/// In which zone the times are.
pub(super) fn times(zone: &str) -> String {
    match zone {
        "UTC" => "All times are in UTC.".to_owned(),
        _ => format!("Times are in {zone}, those in summary.json in UTC."),
    }
}

/// The name of a dimension in a sentence.
pub(super) fn dimension(name: &str) -> &str {
    match name {
        "url" => "URL",
        "client_net" => "client network",
        "size" => "size of the answer",
        other => other,
    }
}

/// The links of the chain with their evidence, earliest role first.
pub(super) fn chain(verdict: &Verdict) -> impl Iterator<Item = (Role, &Evidence)> {
    verdict.chain.iter().filter_map(|link| Some((link.role, verdict.evidence.get(link.evidence)?)))
}

/// What to do first: what mends the deepest link, else what the checklist says about what it found or could not see.
pub(super) fn next_step(verdict: &Verdict) -> Option<&str> {
    let fix_of = |role: Role| chain(verdict).filter(move |(r, _)| *r == role).find_map(|(_, piece)| piece.fix.first());
    let own = |status: Status| {
        let mut steps = verdict.checklist.iter().filter(move |step| step.status == status && step.step > 1);
        steps.find(|step| !step.next_action.trim().is_empty()).map(|step| &step.next_action)
    };
    let any = || chain(verdict).find_map(|(_, piece)| piece.fix.first());
    // A change that takes the blame is what has to be mended; what it broke comes after.
    let roles = if verdict.mechanism.is_some() { [Role::Trigger, Role::Fault] } else { [Role::Fault, Role::Trigger] };
    roles
        .into_iter()
        .find_map(fix_of)
        .or_else(any)
        .or_else(|| own(Status::Found))
        .or_else(|| own(Status::NoData))
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
}

/// The steps that no log could decide. The first one, the backup, decides nothing about the cause.
pub(super) fn unseen(verdict: &Verdict) -> impl Iterator<Item = &CheckStep> {
    verdict.checklist.iter().filter(|step| step.status == Status::NoData && step.step > 1)
}
