//! The labelled cases of `fixtures/`, and a run of all stages over a directory of logs.

// Every test binary uses its own part of this.
#![allow(dead_code)]

use serde::Deserialize;
use std::path::{Path, PathBuf};
use why503::diagnose::causes::Causes;
use why503::diagnose::constants::{self, Constants};
use why503::diagnose::verdict::{Diagnosis, Verdict};
use why503::diagnose::{Knowledge, diagnose_with};
use why503::run::{Plan, Progress, read_all, survey_all};
use why503::segment::skew::align;
use why503::segment::{Segments, segment};
use why503::spot::reference::References;
use why503::tally::Tally;
use why503::tally::probes::Probes;

/// Incidents begin and end within this many seconds of their label.
pub(crate) const WITHIN: i64 = 10;

/// What `case.toml` states.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Label {
    pub(crate) total_503: u64,
    pub(crate) total_requests: u64,
    #[serde(default)]
    pub(crate) incident: Vec<Expected>,
}

/// An `[[incident]]` of it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Expected {
    /// Second of the first 503.
    #[serde(deserialize_with = "second")]
    pub(crate) start: i64,
    /// Second of the last.
    #[serde(deserialize_with = "second")]
    pub(crate) end: i64,
    pub(crate) cause: Option<String>,
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// What the other logs show where the telling one is missing: the link of the chain that is left.
    #[serde(default)]
    pub(crate) second_best: Vec<String>,
    pub(crate) n503: u64,
    #[serde(default)]
    pub(crate) evidence: Vec<Line>,
}

fn second<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(jiff::Timestamp::as_second).map_err(serde::de::Error::custom)
}

/// A line that proves the cause.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Line {
    pub(crate) file: String,
    pub(crate) contains: String,
}

impl Expected {
    /// The cause, as reports spell it.
    pub(crate) fn cause(&self) -> &str {
        self.cause.as_deref().unwrap_or("unknown")
    }

    /// Whether a verdict is right.
    pub(crate) fn accepts(&self, cause: &str) -> bool {
        cause == self.cause() || self.also.iter().any(|also| also == cause)
    }
}

/// A case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    pub(crate) label: Label,
}

impl Case {
    /// All cases by name, or those whose name holds `CASE`, where that is set.
    pub(crate) fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let only = std::env::var("CASE").unwrap_or_default();
        let entries = std::fs::read_dir(root).expect("fixtures/ is there").map(|entry| entry.unwrap().path());
        let mut cases: Vec<PathBuf> = entries.filter(|path| path.join("case.toml").is_file()).collect();
        cases.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(&only)));
        cases.sort();
        cases.into_iter().map(Self::load).collect()
    }

    fn load(directory: PathBuf) -> Self {
        let name = directory.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(directory.join("case.toml")).unwrap();
        let label = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name, directory, label }
    }

    /// What is given to the program.
    pub(crate) fn logs(&self) -> PathBuf {
        self.directory.join("logs")
    }
}

/// The program's data, loaded once.
pub(crate) struct Bench {
    plan: Plan,
    references: References,
    causes: Causes,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let layouts = why503::detect::catalogue::Layouts::embedded().unwrap();
        let signatures = why503::spot::Signatures::embedded(&layouts).unwrap();
        let assumptions = why503::detect::settle::Assumptions {
            log_zone: None,
            system_zone: jiff::tz::TimeZone::UTC,
            formats: Vec::new(),
            now: 1_795_335_814,
        };
        let wanted = why503::tally::collect::Wanted { statuses: vec![(503, 503)], probes: Probes::new(Vec::new()) };
        let references = References::embedded();
        let causes = Causes::embedded(&layouts).unwrap();
        let window = Default::default();
        let plan = Plan { layouts, signatures, wanted, assumptions, window, seeks_from: None, threads: 1 };
        Self { plan, references, causes }
    }

    /// Counts what the paths hold.
    pub(crate) fn read(&self, paths: &[PathBuf]) -> (Tally, Segments) {
        let inputs: Vec<_> = paths.iter().map(|path| path.clone().into_os_string()).collect();
        let found = why503::find::find(&inputs);
        let surveys = survey_all(&self.plan, &found.sources);
        let mut tally = read_all(&self.plan, &found.sources, &surveys, &Progress::default());
        tally.settle();
        align(&mut tally);
        let segments = segment(&tally, &[]);
        (tally, segments)
    }

    /// The verdicts on what was counted.
    pub(crate) fn judge(&self, (tally, segments): &(Tally, Segments), constants: &Constants) -> Diagnosis {
        let knowledge = Knowledge {
            layouts: &self.plan.layouts,
            signatures: &self.plan.signatures,
            references: &self.references,
            causes: &self.causes,
            gap: constants::GAP,
        };
        diagnose_with(tally, segments, knowledge, constants)
    }

    /// The diagnosis of a directory.
    pub(crate) fn run(&self, directory: &Path) -> Diagnosis {
        self.judge(&self.read(&[directory.to_owned()]), &Constants::default())
    }
}

/// What is wrong with the time of an incident, when its clock is ahead by `shift` seconds.
pub(crate) fn time_faults(expected: &Expected, verdict: &Verdict, shift: i64) -> Vec<String> {
    let stamps = [("start", expected.start, verdict.start), ("end", expected.end, verdict.end)];
    let wrong = stamps.into_iter().filter(|(_, wanted, got)| (wanted + shift - got).abs() > WITHIN);
    let time = |second| jiff::Timestamp::from_second(second).unwrap();
    wrong.map(|(what, wanted, got)| format!("{what} {}, got {}", time(wanted + shift), time(got))).collect()
}

/// One line on a verdict.
pub(crate) fn told(verdict: &Verdict) -> String {
    format!("{} {} {:.2}", verdict.cause_id(), verdict.confidence.word(), verdict.probability)
}

/// A diagnosis in few lines: the incidents, for messages.
pub(crate) fn incidents(diagnosis: &Diagnosis) -> Vec<String> {
    let time = |second: i64| jiff::Timestamp::from_second(second).unwrap();
    let line = |verdict: &Verdict| {
        let (start, end) = (time(verdict.start), time(verdict.end));
        format!("{start}..{end} {:?} {} {}", verdict.services, verdict.failed, told(verdict))
    };
    diagnosis.incidents.iter().map(line).collect()
}
