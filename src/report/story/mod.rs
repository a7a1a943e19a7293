//! `report.md`: the story, for people. Renders on GitHub and GitLab, and reads as plain text.
//!
//! Quoted lines stand in code spans outside of tables; other text from logs is escaped as prose. Raw HTML is never used.

mod appendix;
mod comparison;
mod incident;
mod proof;

use super::answer;
use super::escape::prose;
use super::number::{percent, share, thousands};
use super::view::View;
use super::{ReportFile, number};
use std::io::{self, Write};

pub(super) use appendix::chosen as chosen_sources;

/// The file.
pub(super) struct Story;

impl ReportFile for Story {
    fn name(&self) -> &str {
        "report.md"
    }

    fn write(&self, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::default();
        head(&mut page, view);
        if !view.diagnosis.incidents.is_empty() {
            incidents(&mut page, view);
        }
        if let Some(comparison) = &view.comparison {
            comparison::write(&mut page, view, comparison);
        }
        for (index, verdict) in view.diagnosis.incidents.iter().enumerate() {
            incident::write(&mut page, view, verdict, view.sparks.get(index).and_then(Option::as_ref));
        }
        appendix::write(&mut page, view);
        out.write_all(page.text.as_bytes())
    }
}

/// Markdown in the making: blocks with one empty line between them.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// A block: a paragraph, list or table of one or more lines.
    fn block(&mut self, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        for line in lines {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn heading(&mut self, level: usize, text: &str) {
        self.block(&[format!("{} {text}", "#".repeat(level))]);
    }

    fn paragraph(&mut self, text: impl Into<String>) {
        self.block(&[text.into()]);
    }

    /// A table. Columns whose heading ends in `:` are set to the right.
    fn table(&mut self, headings: &[&str], rows: &[Vec<String>]) {
        let line = |cells: &mut dyn Iterator<Item = String>| format!("| {} |", cells.collect::<Vec<_>>().join(" | "));
        let rule = |heading: &&str| if heading.ends_with(':') { "---:".to_owned() } else { "---".to_owned() };
        let mut lines = vec![
            line(&mut headings.iter().map(|heading| heading.trim_end_matches(':').to_owned())),
            line(&mut headings.iter().map(rule)),
        ];
        lines.extend(rows.iter().map(|row| line(&mut row.iter().cloned())));
        self.block(&lines);
    }
}

fn head(page: &mut Page, view: &View) {
    let diagnosis = &view.diagnosis;
    page.heading(1, &prose(&answer::headline(view)));
    let mut lines = Vec::new();
    if let Some((first, last)) = diagnosis.window {
        lines.push(format!("- The logs span {}.", prose(&view.when.range(first, last, true))));
    }
    let failures = prose(&view.failures());
    if diagnosis.total_requests > 0 {
        lines.push(format!(
            "- {} of {} at the edge were answered {}{}.",
            thousands(diagnosis.total_failed),
            number::count(diagnosis.total_requests, "request", "requests"),
            prose(&view.options.statuses),
            share(diagnosis.total_failed, diagnosis.total_requests)
                .map_or_else(String::new, |share| format!(" ({})", percent(share)))
        ));
    }
    if diagnosis.scattered > 0 {
        lines.push(format!("- {} of the {failures} lie outside of every incident.", thousands(diagnosis.scattered)));
    }
    let unread = view.unread_sources();
    if unread > 0 {
        lines.push(format!(
            "- {} could not be read whole; see [Sources](#sources).",
            number::count(unread as u64, "input", "inputs")
        ));
    }
    page.block(&lines);
}

fn incidents(page: &mut Page, view: &View) {
    page.heading(2, "Incidents");
    let failures = prose(&view.failures());
    let rows: Vec<Vec<String>> = view
        .diagnosis
        .incidents
        .iter()
        .map(|verdict| {
            vec![
                prose(&verdict.id),
                prose(&view.when.range(verdict.start, verdict.end, true)),
                prose(&answer::services(verdict).unwrap_or_default()),
                thousands(verdict.failed),
                if verdict.requests > 0 { thousands(verdict.requests) } else { String::new() },
                share(verdict.failed, verdict.requests).map_or_else(String::new, percent),
                answer::cause(verdict),
                percent(verdict.explained_share),
            ]
        })
        .collect();
    let headings = ["id", "time", "service", &format!("{failures}:"), "requests:", "share:", "cause", "explained:"];
    page.table(&headings, &rows);
}
