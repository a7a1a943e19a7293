//! A copy of a diagnosis with every text masked and every fraction rounded.
//!
//! Every structure is taken apart whole: a field that is added later does not compile until somebody has decided here
//! whether it may be shown.

use crate::compare::{Comparison, NightRow, SignatureNews};
use crate::diagnose::verdict::{
    Affected, CauseAssessment, CheckStep, Diagnosis, Evidence, Minute, UnknownError, VantagePoint, Verdict, Where,
};
use crate::report::number::rounded;
use crate::tally::evidence::Quote;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Gives the text that may be shown.
pub(super) type Mask<'a> = &'a mut dyn FnMut(&str) -> String;

pub(super) fn diagnosis(of: &Diagnosis, mask: Mask) -> Diagnosis {
    let Diagnosis { window, total_failed, total_requests, incidents, scattered, vantage_points, timeline, caveats } =
        of;
    Diagnosis {
        window: *window,
        total_failed: *total_failed,
        total_requests: *total_requests,
        incidents: incidents.iter().map(|incident| verdict(incident, mask)).collect(),
        scattered: *scattered,
        vantage_points: vantage_points.iter().map(|point| vantage_point(point, mask)).collect(),
        timeline: minutes(timeline, mask),
        caveats: texts(caveats, mask),
    }
}

fn texts(of: &[String], mask: Mask) -> Vec<String> {
    of.iter().map(|text| mask(text)).collect()
}

fn verdict(of: &Verdict, mask: Mask) -> Verdict {
    let Verdict {
        id,
        start,
        end,
        services,
        requests,
        failed,
        cause,
        confidence,
        probability,
        explained_share,
        runner_up,
        mechanism,
        summary,
        chain,
        evidence: pieces,
        causes,
        checklist,
        affected: values,
        located,
        changes,
        unknown_errors,
        notes,
    } = of;
    Verdict {
        id: id.clone(),
        start: *start,
        end: *end,
        services: texts(services, mask),
        requests: *requests,
        failed: *failed,
        cause: *cause,
        confidence: *confidence,
        probability: rounded(*probability),
        explained_share: rounded(*explained_share),
        runner_up: runner_up.map(|(cause, probability)| (cause, rounded(probability))),
        mechanism: *mechanism,
        summary: mask(summary),
        chain: chain.clone(),
        evidence: pieces.iter().map(|piece| evidence(piece, mask)).collect(),
        causes: causes.iter().map(assessment).collect(),
        checklist: checklist.iter().map(|step| check_step(step, mask)).collect(),
        affected: values.iter().map(|value| affected(value, mask)).collect(),
        located: located.iter().map(|place| place_of(place, mask)).collect(),
        changes: changes.iter().map(|change| evidence(change, mask)).collect(),
        unknown_errors: unknown_errors.iter().map(|error| unknown_error(error, mask)).collect(),
        notes: texts(notes, mask),
    }
}

fn evidence(of: &Evidence, mask: Mask) -> Evidence {
    let Evidence {
        signature,
        family,
        cause,
        role,
        strength,
        title,
        host,
        about,
        topic,
        count,
        first,
        last,
        weight,
        base,
        lift,
        lead,
        scope,
        presence,
        counts_for,
        counts,
        attributed,
        quotes,
        fix,
    } = of;
    Evidence {
        signature: signature.clone(),
        family: family.clone(),
        cause: *cause,
        role: *role,
        strength: *strength,
        title: mask(title),
        host: mask(host),
        about: mask(about),
        topic: mask(topic),
        count: *count,
        first: *first,
        last: *last,
        weight: rounded(*weight),
        base: rounded(*base),
        lift: rounded(*lift),
        lead: rounded(*lead),
        scope: rounded(*scope),
        presence: rounded(*presence),
        counts_for: *counts_for,
        counts: rounded(*counts),
        attributed: *attributed,
        quotes: quotes.iter().map(|line| quote(line, mask)).collect(),
        fix: texts(fix, mask),
    }
}

fn quote(of: &Quote, mask: Mask) -> Quote {
    of.with(&mask(&of.source), &mask(of.title()), &mask(of.text()))
}

fn assessment(of: &CauseAssessment) -> CauseAssessment {
    let CauseAssessment { cause, status, probability, likelihood, attributed, coverage, evidence_count, top_signature } =
        of;
    CauseAssessment {
        cause: *cause,
        status: *status,
        probability: rounded(*probability),
        likelihood: rounded(*likelihood),
        attributed: *attributed,
        coverage: rounded(*coverage),
        evidence_count: *evidence_count,
        top_signature: top_signature.clone(),
    }
}

fn check_step(of: &CheckStep, mask: Mask) -> CheckStep {
    let CheckStep { step, check, status, detail, next_action } = of;
    CheckStep {
        step: *step,
        check: check.clone(),
        status: *status,
        detail: mask(detail),
        next_action: mask(next_action),
    }
}

fn affected(of: &Affected, mask: Mask) -> Affected {
    let Affected { dimension, value, requests, failed, share, excess } = of;
    Affected {
        dimension: dimension.clone(),
        value: mask(value),
        requests: *requests,
        failed: *failed,
        share: rounded(*share),
        excess: rounded(*excess),
    }
}

fn place_of(of: &Where, mask: Mask) -> Where {
    let Where { dimension, values, share } = of;
    Where { dimension: dimension.clone(), values: texts(values, mask), share: rounded(*share) }
}

fn unknown_error(of: &UnknownError, mask: Mask) -> UnknownError {
    let UnknownError { host, log, shape, count, before, novelty, quote: line } = of;
    UnknownError {
        host: mask(host),
        log: mask(log),
        shape: mask(shape),
        count: *count,
        before: *before,
        novelty: rounded(*novelty),
        quote: line.as_ref().map(|line| quote(line, mask)),
    }
}

fn vantage_point(of: &VantagePoint, mask: Mask) -> VantagePoint {
    let VantagePoint { host, log, format, edge, reason, requests, failed } = of;
    VantagePoint {
        host: mask(host),
        log: mask(log),
        format: format.clone(),
        edge: *edge,
        reason: mask(reason),
        requests: *requests,
        failed: *failed,
    }
}

/// The rows of a timeline, which are many and name few services.
fn minutes(of: &[Minute], mask: Mask) -> Vec<Minute> {
    let mut services: BTreeMap<&str, Arc<str>> = BTreeMap::new();
    let masked = of.iter().map(|Minute { time, service, requests, failed, by_cause }| {
        let service = services.entry(service).or_insert_with(|| mask(service).into());
        Minute {
            time: *time,
            service: Arc::clone(service),
            requests: *requests,
            failed: *failed,
            by_cause: by_cause.clone(),
        }
    });
    masked.collect()
}

pub(super) fn comparison(of: &Comparison, mask: Mask) -> Comparison {
    let Comparison { nights, compared, enough, causes, signatures, more_signatures, hours, usual_hours } = of;
    Comparison {
        nights: nights.iter().map(|row| night(row, mask)).collect(),
        compared: *compared,
        enough: *enough,
        causes: causes.clone(),
        signatures: signatures.iter().map(|one| signature_news(one, mask)).collect(),
        more_signatures: *more_signatures,
        hours: hours.clone(),
        usual_hours: *usual_hours,
    }
}

fn night(of: &NightRow, mask: Mask) -> NightRow {
    let NightRow { day, counts, trouble } = of;
    NightRow { day: *day, counts: counts.clone(), trouble: mask(trouble) }
}

fn signature_news(of: &SignatureNews, mask: Mask) -> SignatureNews {
    let SignatureNews { id, title, cause, count, news } = of;
    SignatureNews { id: id.clone(), title: mask(title), cause: *cause, count: *count, news: *news }
}
