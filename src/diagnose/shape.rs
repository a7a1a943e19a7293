//! What the requests themselves show: a switch leaves no error line, but its answers have a shape.

use super::constants::Constants;
use super::verdict::Evidence;
use crate::model::cause::{Cause, Role, Strength};
use crate::segment::{EdgeService, Incident, Segments};
use crate::spot::Signatures;
use crate::tally::Tally;
use crate::tally::breakdown::Dimension;
use std::collections::BTreeMap;

/// Share of the requests that must get 503, and of these that must have one size and be over within a second.
const NEARLY_ALL: f64 = 0.95;
/// Kinds of URL that must be hit.
const URLS: usize = 3;
/// Larger pages are no constant page.
const LARGEST: u64 = 64 * 1024;
/// How long before an incident the usual rate of requests is taken from, and of how much at least, in seconds.
const BEFORE: (i64, i64) = (300, 15);
/// A rate this many times the usual is a rush.
const RUSH: f64 = 1.5;

/// The answers of an incident at the edge.
#[derive(Debug, Default)]
struct Answers {
    requests: u64,
    failed: u64,
    /// 503s that took less than a second.
    instant: u64,
    /// Kinds of URL that got one.
    urls: usize,
    /// 503s of which the access line tells that a server behind made them, and that none did.
    relayed: u64,
    made_here: u64,
    sizes: BTreeMap<String, u64>,
}

impl Answers {
    fn new(tally: &Tally, segments: &Segments, incident: &Incident) -> Self {
        let (from, to) = (incident.start, incident.end + 1);
        let (requests, failed) = segments.counts(incident);
        let mut answers = Self { requests, failed, ..Self::default() };
        for name in &incident.services {
            for key in segments.services.get(name).into_iter().flat_map(|service| &service.vantages) {
                let Some(seen) = tally.vantages.get(key).and_then(|vantage| vantage.services.get(name)) else {
                    continue;
                };
                answers.instant += seen.instant.sum(from, to);
                let values = |dimension: Dimension| {
                    let breakdown = seen.breakdowns.get(&dimension).into_iter().flat_map(|breakdown| breakdown.iter());
                    breakdown.map(|(value, counts)| (value.to_owned(), counts.failed.sum(from, to)))
                };
                answers.urls += values(Dimension::Url).filter(|(_, count)| *count > 0).count();
                for (origin, count) in values(Dimension::Origin) {
                    match origin.as_str() {
                        "relayed" => answers.relayed += count,
                        "made here" => answers.made_here += count,
                        _ => {}
                    }
                }
                for (size, count) in values(Dimension::Size) {
                    *answers.sizes.entry(size).or_default() += count;
                }
            }
        }
        answers
    }

    /// Whether nearly every request failed, whatever the URL.
    fn all_failed(&self) -> bool {
        share(self.failed, self.requests) >= NEARLY_ALL && self.urls >= URLS
    }

    /// The size that nearly all 503s have, if it is that of a page.
    fn one_size(&self) -> Option<&str> {
        let by_count = |one: &(&String, &u64), other: &(&String, &u64)| one.1.cmp(other.1).then(other.0.cmp(one.0));
        let (size, &count) = self.sizes.iter().max_by(by_count)?;
        let small = size.parse::<u64>().is_ok_and(|bytes| bytes > 0 && bytes <= LARGEST);
        (small && share(count, self.failed) >= NEARLY_ALL).then_some(size)
    }
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// What the shape of the answers argues for, beside `evidence`.
pub(super) fn shapes(
    tally: &Tally,
    segments: &Segments,
    incident: &Incident,
    (evidence, signatures, constants): (&[Evidence], &Signatures, &Constants),
) -> Vec<Evidence> {
    let answers = Answers::new(tally, segments, incident);
    let denied = evidence.iter().any(|piece| may_be_a_switch(piece, signatures, answers.failed));
    let page = constant_page(&answers, incident);
    let switch =
        (denied && answers.all_failed() && none_passes(segments, incident) && at_usual_rate(segments, incident))
            .then(|| all_denied(incident, answers.failed, constants));
    page.into_iter().chain(switch).collect()
}

/// Every URL answered 503 at once with one small body, and no server behind asked: `return 503`, a maintenance page.
/// It argues for maintenance, but does not prove it: a limit or a missing server may look the same.
fn constant_page(answers: &Answers, incident: &Incident) -> Option<Evidence> {
    let size = answers.one_size()?;
    let instant = share(answers.instant, answers.failed) >= NEARLY_ALL;
    if !answers.all_failed() || !instant || answers.relayed + answers.made_here > 0 {
        return None;
    }
    Some(Evidence {
        title: format!("Every URL got the same page of {size} bytes at once, as a maintenance switch answers"),
        role: Role::Symptom,
        weight: 0.35,
        base: 0.7,
        lift: 0.5,
        fix: vec![
            "Look for a `return 503`, an error_page or a flag file in the web server's configuration.".to_owned(),
        ],
        ..of("shape.constant-page", incident, answers.failed)
    })
}

/// A rule that denies is a limit or a switch. A limit lets some requests pass, and acts when there are many.
fn all_denied(incident: &Incident, failed: u64, constants: &Constants) -> Evidence {
    let base = constants.base(Strength::Contributing);
    Evidence {
        title: "The rule denied every request, and there were no more of them than usual: a switch, and no limit"
            .to_owned(),
        role: Role::Fault,
        weight: base,
        base,
        lift: 1.0,
        fix: vec!["Ask who switched the rule on; look for the ACL, map or flag file that it tests.".to_owned()],
        ..of("shape.all-denied", incident, failed)
    }
}

fn of(id: &str, incident: &Incident, failed: u64) -> Evidence {
    Evidence {
        signature: id.to_owned(),
        family: id.to_owned(),
        cause: Some(Cause::Maintenance),
        role: Role::Symptom,
        strength: Strength::Contributing,
        title: String::new(),
        host: String::new(),
        about: incident.services.iter().next().cloned().unwrap_or_default(),
        topic: String::new(),
        count: failed,
        first: incident.start,
        last: incident.end,
        weight: 0.0,
        base: 0.0,
        lift: 0.0,
        lead: 1.0,
        scope: 1.0,
        presence: 1.0,
        counts_for: None,
        counts: 0.0,
        attributed: 0,
        quotes: Vec::new(),
        fix: Vec::new(),
    }
}

/// Whether a piece is what nearly all 503s say of themselves, and can stand for a limit as for a switch.
fn may_be_a_switch(piece: &Evidence, signatures: &Signatures, failed: u64) -> bool {
    let ambiguous = signatures.find(&piece.signature).is_some_and(|index| {
        let text = &signatures.get(index).text;
        text.cause == Some(Cause::Overload) && text.may_be.contains(&Cause::Maintenance)
    });
    ambiguous && piece.role == Role::Fault && share(piece.attributed, failed) >= NEARLY_ALL
}

/// The services in whose logs those of the incident stand. A proxy that denies a request has not chosen a server for it,
/// and logs it under another name than those that it lets pass.
fn in_the_same_logs<'s>(segments: &'s Segments, incident: &Incident) -> Vec<&'s EdgeService> {
    let of_incident = || incident.services.iter().filter_map(|name| segments.services.get(name));
    let beside = |service: &&EdgeService| of_incident().any(|own| !own.vantages.is_disjoint(&service.vantages));
    segments.services.values().filter(beside).collect()
}

/// Whether hardly any request of these logs got through.
fn none_passes(segments: &Segments, incident: &Incident) -> bool {
    let (from, to) = (incident.start, incident.end + 1);
    let (requests, failed) = in_the_same_logs(segments, incident).iter().fold((0, 0), |(requests, failed), service| {
        (requests + service.requests.sum(from, to), failed + service.failed.sum(from, to))
    });
    share(failed, requests) >= NEARLY_ALL
}

/// Whether there were no more requests in the incident than before it; no, where there is too little before.
fn at_usual_rate(segments: &Segments, incident: &Incident) -> bool {
    let beside = in_the_same_logs(segments, incident);
    let services = || beside.iter();
    let from = incident.start - BEFORE.0;
    let first = services().flat_map(|service| service.requests.range(from, incident.start).next()).min();
    let Some((first, _)) = first.filter(|(first, _)| incident.start - first >= BEFORE.1) else { return false };
    let rate = |from: i64, to: i64| {
        services().map(|service| service.requests.sum(from, to)).sum::<u64>() as f64 / (to - from).max(1) as f64
    };
    rate(incident.start, incident.end + 1) <= RUSH * rate(first, incident.start)
}
