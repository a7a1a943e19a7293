//! What a diagnosis says: the nouns that the reports print.

use crate::model::cause::{Cause, Role, Strength};
use crate::tally::breakdown::Dimension;
use crate::tally::evidence::Quote;
use serde::Serialize;
use std::sync::Arc;

/// How sure a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The logs cannot tell.
    Unknown,
    /// The best of several.
    Possible,
    /// Well ahead of the others, and the others could be seen.
    Probable,
    /// The 503s themselves say so.
    Certain,
}

impl Confidence {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::Unknown => "unknown",
            Confidence::Possible => "possible",
            Confidence::Probable => "probable",
            Confidence::Certain => "certain",
        }
    }
}

/// What is known of a cause, or of a step of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// There is evidence for it.
    Found,
    /// The logs that would show it cover the incident, and show nothing.
    RuledOut,
    /// Some of the incident is covered.
    PartlyCovered,
    /// No log that would show it covers the incident.
    NoData,
}

impl Status {
    /// The words in reports.
    pub fn words(self) -> &'static str {
        match self {
            Status::Found => "found",
            Status::RuledOut => "ruled out",
            Status::PartlyCovered => "partly covered",
            Status::NoData => "no data",
        }
    }
}

/// One piece of evidence: the lines of one signature in one scope around an incident, with all numbers that made
/// its weight, so that a reader can redo it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// Id of the signature; `shape.*` for what the requests themselves show, `silence.*` for a log that stopped.
    pub signature: String,
    /// Lines of one family count as one piece.
    pub family: String,
    /// What it argues for; nothing for a recovery.
    pub cause: Option<Cause>,
    /// Place in the chain.
    pub role: Role,
    /// Strength of one line.
    pub strength: Strength,
    /// What it says, in a sentence.
    pub title: String,
    /// The machine it is about; empty when unknown.
    pub host: String,
    /// The service, upstream or program it is about; empty when the line names none.
    pub about: String,
    /// What tells it apart from other lines of the signature; empty where nothing does.
    pub topic: String,
    /// Lines in the window.
    pub count: u64,
    /// First and last line in the window, in seconds since 1970.
    pub first: i64,
    /// See `first`.
    pub last: i64,
    /// `base · lift · lead · scope · presence`, in nats.
    pub weight: f64,
    /// Strength in nats.
    pub base: f64,
    /// How much more frequent than in its background, 0 to 1.
    pub lift: f64,
    /// How well it precedes the first 503, 0 to 1.
    pub lead: f64,
    /// How near it is to the 503s, 0 to 1.
    pub scope: f64,
    /// How well it covers the incident, 0 to 1.
    pub presence: f64,
    /// What its weight counts for: its cause, or the one that it turned out to be a sign of; nothing where it does not
    /// count.
    pub counts_for: Option<Cause>,
    /// What of its weight counts, after what it may stand for else and what its family has said already, in nats.
    pub counts: f64,
    /// 503s of the incident that are attributed to it directly.
    pub attributed: u64,
    /// The lines, earliest first.
    pub quotes: Vec<Quote>,
    /// What to do, most useful first.
    pub fix: Vec<String>,
}

/// What is known of one cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CauseAssessment {
    /// The cause.
    pub cause: Cause,
    /// Whether it was found, ruled out, or could not be seen.
    pub status: Status,
    /// Probability, 0 to 1; with that of *unknown* they add up to 1.
    pub probability: f64,
    /// How likely the evidence makes it by itself, 0 to 1. Divided by the sum over all causes and *unknown* it is the
    /// probability.
    pub likelihood: f64,
    /// 503s that say so themselves.
    pub attributed: u64,
    /// Share of the incident in which a log that would show it covers it, 0 to 1.
    pub coverage: f64,
    /// Pieces of evidence for it.
    pub evidence_count: usize,
    /// The strongest.
    pub top_signature: Option<String>,
}

/// One step of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckStep {
    /// 1 to 9.
    pub step: u8,
    /// What is checked.
    pub check: String,
    /// How it came out.
    pub status: Status,
    /// What was found, or what is missing.
    pub detail: String,
    /// What to do next: a command, a log to add, a setting.
    pub next_action: String,
}

/// A value of a dimension, and its share in an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Affected {
    /// `service` and `host`, or a [`Dimension`].
    pub dimension: String,
    /// The value as logged.
    pub value: String,
    /// Requests of the incident with this value.
    pub requests: u64,
    /// 503s among them.
    pub failed: u64,
    /// Share of the incident's 503s, 0 to 1.
    pub share: f64,
    /// Share of the 503s less share of the requests: what is more than chance, -1 to 1.
    pub excess: f64,
}

/// What the requests of an incident look like by one dimension, for the sentence that says where it sits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Where {
    /// By what the values are told apart.
    pub dimension: String,
    /// The fewest values that carry the excess.
    pub values: Vec<String>,
    /// Their share of the incident's 503s.
    pub share: f64,
}

/// One link of the chain *trigger → fault → symptom → 503*.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// Its place.
    pub role: Role,
    /// Index into [`Verdict::evidence`].
    pub evidence: usize,
}

/// An error that no signature knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnknownError {
    /// The machine.
    pub host: String,
    /// The log.
    pub log: String,
    /// The message with its variable parts masked.
    pub shape: String,
    /// Records in the window.
    pub count: u64,
    /// Records outside of every incident.
    pub before: u64,
    /// How new it is in the window, 0 to 1.
    pub novelty: f64,
    /// The first in the window.
    pub quote: Option<Quote>,
}

/// Everything that is said about one incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// `I1`, `I2`, … in the order of time.
    pub id: String,
    /// First 503, in seconds since 1970.
    pub start: i64,
    /// Last 503.
    pub end: i64,
    /// Affected services, most 503s first.
    pub services: Vec<String>,
    /// Requests at the edge from start to end.
    pub requests: u64,
    /// 503s at the edge from start to end.
    pub failed: u64,
    /// The cause; nothing when the logs cannot tell.
    pub cause: Option<Cause>,
    /// How sure.
    pub confidence: Confidence,
    /// Probability of the cause (of *unknown* when there is none).
    pub probability: f64,
    /// Share of the 503s that the cause explains, 0 to 1.
    pub explained_share: f64,
    /// The next best cause with its probability.
    pub runner_up: Option<(Cause, f64)>,
    /// How the cause brought the service down, when a change takes the blame for a fault of another kind.
    pub mechanism: Option<Cause>,
    /// The answer in one sentence.
    pub summary: String,
    /// The chain, earliest role first; the 503s themselves are not in it.
    pub chain: Vec<Link>,
    /// All evidence that was weighed, heaviest first.
    pub evidence: Vec<Evidence>,
    /// All causes in the order of the checklist.
    pub causes: Vec<CauseAssessment>,
    /// The nine steps.
    pub checklist: Vec<CheckStep>,
    /// Where the 503s are, by dimension and share.
    pub affected: Vec<Affected>,
    /// What carries the excess.
    pub located: Vec<Where>,
    /// What changed in the 30 minutes before, latest first.
    pub changes: Vec<Evidence>,
    /// Errors of the window that no signature knows, the newest kind first.
    pub unknown_errors: Vec<UnknownError>,
    /// What limits this verdict: no baseline, missing logs, coarse counts.
    pub notes: Vec<String>,
}

/// A view of the requests, and whether its 503s are counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VantagePoint {
    /// The machine; empty when unknown.
    pub host: String,
    /// The log.
    pub log: String,
    /// Id of its layout.
    pub format: String,
    /// Whether it is the edge: its requests are the ones that are counted.
    pub edge: bool,
    /// Why it is, or is not.
    pub reason: String,
    /// Requests in it.
    pub requests: u64,
    /// 503s in it.
    pub failed: u64,
}

/// 503s and requests of one service in one minute. A month of ten services has half a million of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minute {
    /// Start of the minute, in seconds since 1970.
    pub time: i64,
    /// The service: one text for all its minutes.
    pub service: Arc<str>,
    /// Requests at the edge.
    pub requests: u64,
    /// 503s at the edge.
    pub failed: u64,
    /// 503s by the cause of their incident, in the order of [`Cause::ALL`]; nothing where no cause is known of any.
    pub by_cause: Option<Box<ByCause>>,
}

/// A count for each cause, in the order of [`Cause::ALL`].
pub type ByCause = [u64; Cause::ALL.len()];

/// The result of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnosis {
    /// First and last dated record, in seconds since 1970; nothing when there is none.
    pub window: Option<(i64, i64)>,
    /// 503s at the edge.
    pub total_failed: u64,
    /// Requests at the edge.
    pub total_requests: u64,
    /// The incidents in the order of time.
    pub incidents: Vec<Verdict>,
    /// 503s at the edge outside of every incident.
    pub scattered: u64,
    /// All views of the requests.
    pub vantage_points: Vec<VantagePoint>,
    /// 503s and requests over time.
    pub timeline: Vec<Minute>,
    /// What the reader must know: assumed zones, coarse counts, missing kinds of log.
    pub caveats: Vec<String>,
}

impl Verdict {
    /// The trigger of the chain, if it has one.
    pub fn trigger(&self) -> Option<&Evidence> {
        self.chain.iter().find(|link| link.role == Role::Trigger).and_then(|link| self.evidence.get(link.evidence))
    }

    /// The cause as reports spell it: `unknown` when there is none.
    pub fn cause_id(&self) -> &'static str {
        self.cause.map_or("unknown", Cause::id)
    }
}

impl Affected {
    /// A row of a dimension.
    pub fn of(dimension: Dimension, value: &str, requests: u64, failed: u64) -> Self {
        Self {
            dimension: dimension.name().to_owned(),
            value: value.to_owned(),
            requests,
            failed,
            share: 0.0,
            excess: 0.0,
        }
    }
}
