//! Diagnoses made by hand, for the tests of this stage.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::detect::layout::Family;
use crate::diagnose::verdict::*;
use crate::model::cause::{Cause, Role, Strength};
use crate::model::stamp::Moment;
use crate::model::trouble::Trouble;
use crate::parse::Fates;
use crate::tally::evidence::Quote;
use crate::tally::vantage::{VantageKey, VantageTally};
use crate::tally::{SourceTally, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that has been used against somebody who only wanted to read a log.
pub(super) const ATTACK: &str = "=cmd|'/c calc'!A0 \u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}gpj\u{2066}\u{200b}\u{feff}\u{e0041}\u{0}\r\n\
    # head\n| a | b |\n|---|---|\n<script>alert(1)</script> [a](http://evil.example) ![i](//e) @all #1 ``` **b** _c_ \\| \\` \
    https://evil.example www.evil.example me@evil.example ~~e~~ $x$\t;=1+1";

/// 2026-11-22 08:05:19 UTC: the first 503.
pub(super) const START: i64 = 1_795_334_719;
const HAPROXY: &str = "lb1/haproxy.log";

pub(super) fn quote(second: i64, source: &str, line: u64, text: &str) -> Quote {
    Quote::new(Moment::from_second(second), source, line, "", text.as_bytes())
}

pub(super) fn piece(signature: &str, cause: Option<Cause>, role: Role, title: &str, quotes: Vec<Quote>) -> Evidence {
    let first = quotes.first().map_or(START, |quote| Moment(quote.moment).second());
    Evidence {
        signature: signature.to_owned(),
        family: signature.to_owned(),
        cause,
        role,
        strength: Strength::Strong,
        title: title.to_owned(),
        host: "app1".to_owned(),
        about: "shop".to_owned(),
        topic: String::new(),
        count: quotes.len() as u64,
        first,
        last: first,
        weight: 1.712_34,
        base: 2.0,
        lift: 0.951_31,
        lead: 1.0,
        scope: 0.9,
        presence: 1.0,
        counts_for: cause,
        counts: 1.712_34,
        attributed: 0,
        quotes,
        fix: vec![format!("Look at what {title} left behind: coredumpctl info shop")],
    }
}

fn assessments(found: Option<Cause>) -> Vec<CauseAssessment> {
    Cause::ALL
        .iter()
        .map(|&cause| {
            let here = found == Some(cause);
            let status = match cause {
                _ if here => Status::Found,
                Cause::Firewall => Status::NoData,
                Cause::ScriptBug => Status::PartlyCovered,
                _ => Status::RuledOut,
            };
            CauseAssessment {
                cause,
                status,
                probability: if here { 0.83 } else { 0.01 },
                likelihood: if here { 0.83 } else { 0.01 },
                attributed: 0,
                coverage: if cause == Cause::Firewall { 0.0 } else { 1.0 },
                evidence_count: usize::from(here) * 2,
                top_signature: here.then(|| "systemd.main-process.killed".to_owned()),
            }
        })
        .collect()
}

fn checklist() -> Vec<CheckStep> {
    let step = |step: u8, check: &str, status, detail: &str, next: &str| CheckStep {
        step,
        check: check.to_owned(),
        status,
        detail: detail.to_owned(),
        next_action: next.to_owned(),
    };
    vec![
        step(1, "Backup", Status::NoData, "no log tells of a backup", "back up before you change anything"),
        step(2, "Server maintenance", Status::RuledOut, "nothing in 3 logs", ""),
        step(3, "Server overload", Status::RuledOut, "nothing in 3 logs", ""),
        step(4, "The server itself", Status::Found, "shop was killed by SIGSEGV", "coredumpctl info shop"),
        step(5, "Automatic maintenance or configuration", Status::RuledOut, "nothing in dpkg.log", ""),
        step(6, "Connectivity", Status::RuledOut, "nothing in haproxy.log", ""),
        step(7, "Firewall configuration", Status::NoData, "no firewall log", "add kern.log, nft or cloud flow logs"),
        step(8, "Application and server logs", Status::PartlyCovered, "1 shape of unknown errors", ""),
        step(9, "Script bugs", Status::PartlyCovered, "shop.log ends at 08:05:15", "add the log of the application"),
    ]
}

/// One incident: an application was killed, the balancer noticed.
pub(super) fn server_problem() -> (Diagnosis, Tally) {
    let killed = piece(
        "systemd.main-process.killed",
        Some(Cause::ServerProblem),
        Role::Fault,
        "shop was killed by SIGSEGV",
        vec![quote(START - 3, "app1/syslog", 2213, "shop.service: Main process exited, code=killed, status=11/SEGV")],
    );
    let down = piece(
        "haproxy.server.down",
        None,
        Role::Symptom,
        "HAProxy took bk_shop/app1 out: Layer4 connection problem",
        vec![quote(
            START - 1,
            HAPROXY,
            88,
            "Server bk_shop/app1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\"",
        )],
    );
    let deploy = piece("shape.all-urls", Some(Cause::ServerProblem), Role::Symptom, "every URL was hit", Vec::new());
    let upgrade = piece(
        "dpkg.upgrade",
        Some(Cause::AutomaticConfiguration),
        Role::Trigger,
        "libssl3 was upgraded",
        vec![quote(START - 900, "app1/dpkg.log", 17, "2026-11-22 07:50:19 upgrade libssl3:amd64 3.0.14 3.0.15")],
    );
    let verdict = Verdict {
        id: "I1".to_owned(),
        start: START,
        end: START + 40,
        services: vec!["bk_shop".to_owned()],
        requests: 1447,
        failed: 517,
        cause: Some(Cause::ServerProblem),
        confidence: Confidence::Probable,
        probability: 0.83,
        explained_share: 0.995,
        runner_up: Some((Cause::Connectivity, 0.07)),
        mechanism: None,
        summary: "shop was killed by SIGSEGV at 08:05:16.".to_owned(),
        chain: vec![Link { role: Role::Fault, evidence: 0 }, Link { role: Role::Symptom, evidence: 1 }],
        evidence: vec![killed, down, deploy],
        causes: assessments(Some(Cause::ServerProblem)),
        checklist: checklist(),
        affected: vec![
            Affected { share: 1.0, excess: 0.5, ..affected("backend", "bk_shop/app1", 700, 517) },
            Affected { share: 0.25, excess: -0.05, ..affected("url", "/cart/*", 430, 129) },
        ],
        located: vec![Where { dimension: "backend".to_owned(), values: vec!["bk_shop/app1".to_owned()], share: 1.0 }],
        changes: vec![upgrade],
        unknown_errors: vec![UnknownError {
            host: "app1".to_owned(),
            log: "app1/shop.log".to_owned(),
            shape: "cannot flush <*> sessions".to_owned(),
            count: 3,
            before: 0,
            novelty: 1.0,
            quote: Some(quote(START - 4, "app1/shop.log", 512, "cannot flush 12 sessions")),
        }],
        notes: vec!["No log of a firewall covers the incident".to_owned()],
    };
    let diagnosis = Diagnosis {
        window: Some((START - 3600, START + 3600)),
        total_failed: 520,
        total_requests: 12_345,
        incidents: vec![verdict],
        scattered: 3,
        vantage_points: vec![VantagePoint {
            host: "lb1".to_owned(),
            log: HAPROXY.to_owned(),
            format: "haproxy-http".to_owned(),
            edge: true,
            reason: "its clients are the most distinct".to_owned(),
            requests: 12_345,
            failed: 520,
        }],
        timeline: vec![Minute {
            time: START - 19,
            service: "bk_shop".into(),
            requests: 1447,
            failed: 517,
            by_cause: Some(Box::new([0, 0, 515, 0, 0, 0, 0])),
        }],
        caveats: vec!["The zone of app1/syslog is taken from lb1/haproxy.log".to_owned()],
    };
    (diagnosis, tally())
}

fn affected(dimension: &str, value: &str, requests: u64, failed: u64) -> Affected {
    let (dimension, value) = (dimension.to_owned(), value.to_owned());
    Affected { dimension, value, requests, failed, share: 0.0, excess: 0.0 }
}

fn tally() -> Tally {
    let mut tally = Tally::default();
    let mut vantage = VantageTally::new(20);
    let service = vantage.services.entry("bk_shop".to_owned()).or_default();
    for second in 0..=40 {
        service.failed.count(START + second, if second < 37 { 12 + u64::from(second < 10) * 6 } else { 3 });
    }
    tally.vantages.insert(
        VantageKey { host: "lb1".to_owned(), log: HAPROXY.to_owned(), format: "haproxy-http".to_owned() },
        vantage,
    );
    tally.sources.insert(HAPROXY.to_owned(), source("lb1", "haproxy-http", Family::Access, 520));
    tally.sources.insert("app1/syslog".to_owned(), source("app1", "systemd", Family::System, 0));
    tally
        .troubles
        .insert(Trouble::partial("app1/shop.log.2.gz", "truncated after 4,096 bytes; what was there is read"));
    tally.troubles.insert(Trouble::note("app1/wtmp", "binary, skipped; try last -f"));
    tally.settle();
    tally
}

fn source(host: &str, format: &str, family: Family, failed: u64) -> SourceTally {
    let micros = |second: i64| Some(Moment::from_second(second).0);
    SourceTally {
        host: host.to_owned(),
        log: format!("{host}/log"),
        live: true,
        format: format.to_owned(),
        formats: BTreeSet::from([format.to_owned()]),
        family: Some(family),
        score: 998,
        runner_up: "rfc3164 (score 0.4)".to_owned(),
        envelopes: vec!["syslog".to_owned()],
        zone: "stated".to_owned(),
        year: "borrowed from the sibling".to_owned(),
        passed_over: false,
        from: 0,
        fates: Fates {
            lines: 12_350,
            records: 12_345,
            continuation: 1,
            blank: 1,
            unrecognized: 1,
            undated: 1,
            outside_window: 1,
            further_records: 0,
            first: micros(START - 3600),
            last: micros(START + 3600),
        },
        failed,
        coverage: BTreeMap::new(),
    }
}

/// One incident of which the logs do not tell why.
pub(super) fn unknown() -> (Diagnosis, Tally) {
    let (mut diagnosis, tally) = server_problem();
    let verdict = &mut diagnosis.incidents[0];
    verdict.cause = None;
    verdict.confidence = Confidence::Unknown;
    verdict.probability = 0.62;
    verdict.explained_share = 0.0;
    verdict.runner_up = None;
    verdict.summary = "no log of the servers behind covers it".to_owned();
    verdict.chain.clear();
    verdict.evidence.clear();
    verdict.causes = assessments(None);
    (diagnosis, tally)
}

/// Requests, and no 503 among them.
pub(super) fn none() -> (Diagnosis, Tally) {
    let (mut diagnosis, tally) = server_problem();
    diagnosis.incidents.clear();
    diagnosis.timeline.clear();
    (diagnosis.total_failed, diagnosis.scattered, diagnosis.total_requests) = (0, 0, 1137);
    (diagnosis, tally)
}

/// A diagnosis in which every text that can come from a log is `text`.
pub(super) fn said_everywhere(text: &str) -> (Diagnosis, Tally) {
    let (mut diagnosis, mut tally) = server_problem();
    let quote = || quote(START, "", 1, "").with(text, text, text);
    for verdict in &mut diagnosis.incidents {
        verdict.services = vec![text.to_owned(), text.to_owned()];
        verdict.summary = text.to_owned();
        for piece in verdict.evidence.iter_mut().chain(&mut verdict.changes) {
            (piece.title, piece.host, piece.about) = (text.to_owned(), text.to_owned(), text.to_owned());
            piece.quotes = vec![quote()];
            piece.fix = vec![text.to_owned()];
        }
        for step in &mut verdict.checklist {
            (step.detail, step.next_action) = (text.to_owned(), text.to_owned());
        }
        verdict.affected.iter_mut().for_each(|affected| affected.value = text.to_owned());
        verdict.located.iter_mut().for_each(|place| place.values = vec![text.to_owned()]);
        for error in &mut verdict.unknown_errors {
            (error.host, error.log, error.shape) = (text.to_owned(), text.to_owned(), text.to_owned());
            error.quote = Some(quote());
        }
        verdict.notes = vec![text.to_owned()];
    }
    for point in &mut diagnosis.vantage_points {
        (point.host, point.log, point.reason) = (text.to_owned(), text.to_owned(), text.to_owned());
    }
    diagnosis.timeline.iter_mut().for_each(|minute| minute.service = text.into());
    diagnosis.caveats = vec![text.to_owned()];
    let mut source = source("", "haproxy-http", Family::Access, 1);
    (source.host, source.log, source.runner_up) = (text.to_owned(), text.to_owned(), text.to_owned());
    (source.zone, source.year) = (text.to_owned(), text.to_owned());
    tally.sources.insert(text.to_owned(), source);
    tally.troubles.insert(Trouble::lost(text, text));
    (diagnosis, tally)
}
