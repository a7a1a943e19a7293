//! What the writers see: the diagnosis and the inputs, masked and rounded, with what they share.

mod masked;

use super::Findings;
use super::counts::Counts;
use super::number::rounded;
use super::options::ReportOptions;
use super::redact::Redactor;
use super::spark::Spark;
use super::when::When;
use crate::compare::Comparison;
use crate::diagnose::verdict::{Diagnosis, Verdict};
use crate::model::trouble::{Severity, Trouble};
use crate::parse::Fates;
use crate::tally::SourceTally;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Texts up to this length are remembered: names of services repeat in every minute of the timeline.
const MAX_REMEMBERED: usize = 120;

/// What short texts became.
#[derive(Default)]
struct Remembered {
    texts: FxHashMap<String, String>,
}

impl Remembered {
    /// What `made` makes of a text, or made of it before.
    fn of(&mut self, text: &str, made: impl FnOnce(&str) -> String) -> String {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new = made(text);
        if text.len() <= MAX_REMEMBERED {
            self.texts.insert(text.to_owned(), new.clone());
        }
        new
    }
}

/// One input.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SourceLine {
    /// Name of the member or input.
    pub(super) source: String,
    pub(super) host: String,
    pub(super) log: String,
    pub(super) live: bool,
    pub(super) format: String,
    pub(super) formats: Vec<String>,
    pub(super) family: &'static str,
    /// Nothing for an input that was not looked at, and for one in which no layout was found.
    pub(super) score: Option<f64>,
    pub(super) runner_up: String,
    pub(super) envelopes: Vec<String>,
    pub(super) zone: String,
    pub(super) year: String,
    pub(super) fates: Fates,
    /// Not read, because it ends before the window.
    pub(super) passed_over: bool,
    pub(super) failed: u64,
    /// What went wrong, the worst first; empty for nothing.
    pub(super) trouble: String,
    /// How much is missing because of it.
    pub(super) severity: Option<Severity>,
}

/// Everything that is printed, as it may be shown. To make it takes longer than to print most of what is printed of it.
pub struct View {
    pub(super) diagnosis: Diagnosis,
    /// How it compares with the nights before.
    pub(super) comparison: Option<Comparison>,
    /// Every input, in the order of names.
    pub(super) sources: Vec<SourceLine>,
    /// What went wrong, in the order of names.
    pub(super) troubles: Vec<Trouble>,
    /// The shape of each incident.
    pub(super) sparks: Vec<Option<Spark>>,
    /// Requests and 503s over the whole time.
    pub(super) overall: Option<Counts>,
    /// Those around each incident.
    pub(super) around: Vec<Option<Counts>>,
    pub(super) options: ReportOptions,
    pub(super) when: When,
}

impl View {
    /// What may be shown of a diagnosis.
    pub fn new(findings: &Findings<'_>, options: &ReportOptions) -> Self {
        let Findings { diagnosis, tally, .. } = *findings;
        let mut redactor = Redactor::new(options.redact, options.redact_key.as_deref());
        let mut learnt = Remembered::default();
        let mut shown = everything(findings, &mut |text| learnt.of(text, |text| redactor.learn(text)));
        // Mostly nothing is to be masked but what is marked, and then the first pass gave what is shown.
        if redactor.has_more() {
            let mut remembered = Remembered::default();
            shown = everything(findings, &mut |text| {
                remembered.of(text, |text| {
                    let bare = learnt.texts.remove(text).unwrap_or_else(|| redactor.without_marked(text));
                    redactor.finish(&bare)
                })
            });
        }
        let Shown { diagnosis: shown, sources, troubles, comparison } = shown;
        Self {
            // The shape goes by names of services, and so by the names as they are.
            sparks: diagnosis.incidents.iter().map(|verdict| Spark::of(verdict, diagnosis, tally)).collect(),
            overall: Counts::of_all(diagnosis, tally),
            around: diagnosis.incidents.iter().map(|verdict| Counts::around(verdict, diagnosis, tally)).collect(),
            diagnosis: shown,
            comparison,
            sources,
            troubles,
            options: options.clone(),
            when: When::new(options.time_zone.clone()),
        }
    }

    /// Whether there is so little to print that a further thread takes longer to begin than to print it.
    pub(super) fn is_short(&self) -> bool {
        const SHORT: usize = 500;
        let of = |verdict: &Verdict| verdict.evidence.len() + verdict.affected.len();
        let rows = self.diagnosis.timeline.len() + self.diagnosis.incidents.iter().map(of).sum::<usize>();
        rows + self.sources.len() < SHORT
    }

    /// What stands for "503s" in sentences.
    pub(super) fn failures(&self) -> String {
        let label = &self.options.status_label;
        let number = !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
        if number { format!("{label}s") } else { format!("{label} answers") }
    }

    /// Inputs of which something is missing.
    pub(super) fn unread_sources(&self) -> usize {
        let bad = |source: &&SourceLine| source.severity.is_some_and(|severity| severity > Severity::Note);
        self.sources.iter().filter(bad).count()
    }
}

/// What may be shown.
struct Shown {
    diagnosis: Diagnosis,
    sources: Vec<SourceLine>,
    troubles: Vec<Trouble>,
    comparison: Option<Comparison>,
}

/// Walks over all text in the order of the report.
fn everything(findings: &Findings<'_>, mask: masked::Mask) -> Shown {
    let tally = findings.tally;
    let diagnosis = masked::diagnosis(findings.diagnosis, mask);
    let mut by_source: BTreeMap<&str, Vec<&Trouble>> = BTreeMap::new();
    for trouble in &tally.troubles {
        by_source.entry(&trouble.source).or_default().push(trouble);
    }
    by_source.values_mut().for_each(|troubles| troubles.sort_by_key(|trouble| std::cmp::Reverse(trouble.severity)));
    let names: BTreeSet<&str> = tally.sources.keys().map(String::as_str).chain(by_source.keys().copied()).collect();
    let sources = names
        .into_iter()
        .map(|name| {
            let troubles = by_source.get(name).map_or(&[][..], Vec::as_slice);
            source_line(name, tally.sources.get(name), troubles, mask)
        })
        .collect();
    let troubles = tally
        .troubles
        .iter()
        .map(|Trouble { source, severity, message }| Trouble {
            source: mask(source),
            severity: *severity,
            message: mask(message),
        })
        .collect();
    let comparison = findings.comparison.map(|comparison| masked::comparison(comparison, mask));
    Shown { diagnosis, sources, troubles, comparison }
}

fn source_line(name: &str, tally: Option<&SourceTally>, troubles: &[&Trouble], mask: masked::Mask) -> SourceLine {
    let texts: Vec<String> = troubles
        .iter()
        .map(|trouble| format!("{}: {}", severity_word(trouble.severity), mask(&trouble.message)))
        .collect();
    let line = SourceLine {
        source: mask(name),
        trouble: texts.join("; "),
        severity: troubles.iter().map(|trouble| trouble.severity).max(),
        ..SourceLine::default()
    };
    let Some(tally) = tally else { return line };
    SourceLine {
        host: mask(&tally.host),
        log: mask(&tally.log),
        live: tally.live,
        format: tally.format.clone(),
        formats: tally.formats.iter().cloned().collect(),
        family: tally.family.map_or("", |family| family.id()),
        score: (!tally.format.is_empty()).then(|| rounded(f64::from(tally.score) / 1000.0)),
        runner_up: mask(&tally.runner_up),
        envelopes: tally.envelopes.clone(),
        zone: mask(&tally.zone),
        year: mask(&tally.year),
        fates: tally.fates,
        passed_over: tally.passed_over,
        failed: tally.failed,
        ..line
    }
}

/// The word for how much is missing.
pub(super) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Partial => "partial",
        Severity::Lost => "lost",
    }
}
