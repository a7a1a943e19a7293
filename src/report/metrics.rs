//! What a run found, for Prometheus: the text format that the textfile collector of its node exporter reads.
//!
//! Format: <https://prometheus.io/docs/instrumenting/exposition_formats/>. Each family has its HELP and TYPE line once,
//! samples of a family stand together, and in a label backslash, quote and line end are escaped. Names of services come
//! from logs, so there are at most [`MAX_SERVICES`] of them.

use super::escape::visible;
use super::view::View;
use crate::diagnose::verdict::{Confidence, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Services that have samples of their own; the others are one, `other`.
const MAX_SERVICES: usize = 100;

/// What the caller knows of the run.
#[derive(Debug, Clone, Copy)]
pub struct RunFacts {
    /// Seconds that it took.
    pub duration: f64,
    /// When it ended, in seconds since 1970.
    pub ended: i64,
}

/// The metrics of a run, as text.
pub fn metrics(view: &View, run: RunFacts) -> String {
    let diagnosis = &view.diagnosis;
    let mut page = Page::default();
    page.family("why503_requests", "Requests at the edge in the window of the last run.");
    page.sample("why503_requests", &[], diagnosis.total_requests as f64);
    page.family("why503_failed_requests", "Requests at the edge answered with the status that is looked for.");
    page.sample("why503_failed_requests", &[("status", &view.options.statuses)], diagnosis.total_failed as f64);
    page.family("why503_scattered_failed_requests", "Those outside of every incident.");
    page.sample("why503_scattered_failed_requests", &[], diagnosis.scattered as f64);
    by_cause(&mut page, &diagnosis.incidents);
    page.family("why503_inputs", "Inputs of the last run.");
    page.sample("why503_inputs", &[], view.sources.len() as f64);
    page.family("why503_unreadable_inputs", "Inputs that could not be read whole.");
    page.sample("why503_unreadable_inputs", &[], view.unread_sources() as f64);
    if let Some((first, last)) = diagnosis.window {
        page.family("why503_window_start_timestamp_seconds", "First record of the logs.");
        page.sample("why503_window_start_timestamp_seconds", &[], first as f64);
        page.family("why503_window_end_timestamp_seconds", "Last record of the logs.");
        page.sample("why503_window_end_timestamp_seconds", &[], last as f64);
    }
    page.family("why503_run_duration_seconds", "How long the last run took.");
    page.sample("why503_run_duration_seconds", &[], (run.duration * 1000.0).round() / 1000.0);
    page.family("why503_last_success_timestamp_seconds", "When the last run that wrote a report ended.");
    page.sample("why503_last_success_timestamp_seconds", &[], run.ended as f64);
    page.text
}

/// Incidents, their 503s and how sure their causes are, by cause and service.
fn by_cause(page: &mut Page, incidents: &[Verdict]) {
    let mut found: BTreeMap<(&str, &str), (u64, u64, f64, Confidence)> = BTreeMap::new();
    let mut services: Vec<&str> =
        incidents.iter().filter_map(|verdict| verdict.services.first()).map(String::as_str).collect();
    services.sort_unstable();
    services.dedup();
    for verdict in incidents {
        let service = verdict.services.first().map_or("", String::as_str);
        let known = services.binary_search(&service).is_ok_and(|at| at < MAX_SERVICES);
        let key = (verdict.cause_id(), if known || service.is_empty() { service } else { "other" });
        let entry = found.entry(key).or_insert((0, 0, 0.0, Confidence::Unknown));
        entry.0 += 1;
        entry.1 += verdict.failed;
        entry.2 = entry.2.max(verdict.probability);
        entry.3 = entry.3.max(verdict.confidence);
    }
    let mut family = |name: &'static str, help: &'static str, value: fn(&(u64, u64, f64, Confidence)) -> f64| {
        page.family(name, help);
        for ((cause, service), entry) in &found {
            page.sample(name, &[("cause", cause), ("service", service)], value(entry));
        }
    };
    family("why503_incidents", "Incidents by cause and the service that is affected most.", |entry| entry.0 as f64);
    family("why503_incident_failed_requests", "Failed requests in these incidents.", |entry| entry.1 as f64);
    family("why503_incident_probability", "Highest probability of the cause, 0 to 1.", |entry| entry.2);
    family(
        "why503_incident_confidence",
        "Highest confidence: 0 unknown, 1 possible, 2 probable, 3 certain.",
        |entry| f64::from(entry.3 as u8),
    );
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// All are gauges: each run starts anew.
    fn family(&mut self, name: &str, help: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} gauge");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", label_value(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{name}{labels} {value}");
    }
}

fn label_value(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::{ATTACK, said_everywhere, server_problem};
    use crate::report::{Findings, ReportOptions};

    const RUN: RunFacts = RunFacts { duration: 1.23456, ended: 1_795_334_400 };

    #[test]
    fn what_was_found_is_told() {
        let (diagnosis, tally) = server_problem();
        let findings = Findings { diagnosis: &diagnosis, tally: &tally, comparison: None };
        let text = metrics(&View::new(&findings, &ReportOptions::default()), RUN);
        for line in [
            "why503_requests 12345",
            "why503_failed_requests{status=\"503\"} 520",
            "why503_incidents{cause=\"server-problem\",service=\"bk_shop\"} 1",
            "why503_incident_failed_requests{cause=\"server-problem\",service=\"bk_shop\"} 517",
            "why503_incident_probability{cause=\"server-problem\",service=\"bk_shop\"} 0.83",
            "why503_incident_confidence{cause=\"server-problem\",service=\"bk_shop\"} 2",
            "why503_run_duration_seconds 1.235",
            "why503_last_success_timestamp_seconds 1795334400",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn a_name_of_a_service_stays_in_its_quotes() {
        let hostile = format!("a\"}} 1\\\n{ATTACK}");
        let (diagnosis, tally) = said_everywhere(&hostile);
        let findings = Findings { diagnosis: &diagnosis, tally: &tally, comparison: None };
        let text = metrics(&View::new(&findings, &ReportOptions::default()), RUN);
        assert!(text.contains("service=\"a\\\"} 1\\\\⏎"), "{text}");
        for line in text.lines() {
            assert!(line.starts_with("# ") || line.starts_with("why503_"), "{line}");
        }
    }
}
