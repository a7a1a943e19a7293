//! What the report stands on: where the requests were counted, the inputs, and what limits it.

use super::Page;
use crate::model::trouble::Severity;
use crate::report::answer;
use crate::report::escape::prose;
use crate::report::number::thousands;
use crate::report::view::{SourceLine, View};

/// Inputs in the table; those with trouble or 503s come first into it, and `sources.csv` has all.
const MAX_SOURCES: usize = 100;

pub(super) fn write(page: &mut Page, view: &View) {
    vantage_points(page, view);
    sources(page, view);
    caveats(page, view);
}

fn vantage_points(page: &mut Page, view: &View) {
    page.heading(2, "Where the requests were counted");
    let points = &view.diagnosis.vantage_points;
    if points.is_empty() {
        page.paragraph("Nowhere: there is no access log among the inputs.");
        return;
    }
    page.paragraph(
        "The same request passes several tiers and is counted once, at the edge. `--edge GLOB` names another log.",
    );
    let rows: Vec<Vec<String>> = points
        .iter()
        .map(|point| {
            vec![
                prose(&point.log),
                prose(&point.host),
                prose(&point.format),
                thousands(point.requests),
                thousands(point.failed),
                if point.edge { "counted" } else { "not counted" }.to_owned(),
                prose(&point.reason),
            ]
        })
        .collect();
    let failures = format!("{}:", prose(&view.failures()));
    page.table(&["log", "host", "format", "requests:", &failures, "", "why"], &rows);
}

fn sources(page: &mut Page, view: &View) {
    page.heading(2, "Sources");
    if view.sources.is_empty() {
        page.paragraph("No input was found.");
        return;
    }
    let rows: Vec<Vec<String>> = chosen(&view.sources)
        .into_iter()
        .map(|source| {
            let fates = &source.fates;
            vec![
                prose(&source.source),
                prose(&source.host),
                if source.format.is_empty() { "none".to_owned() } else { prose(&source.format) },
                thousands(fates.lines),
                thousands(fates.records),
                thousands(fates.unrecognized + fates.undated),
                prose(&source.trouble),
            ]
        })
        .collect();
    page.table(&["file", "host", "format", "lines:", "records:", "unread:", "trouble"], &rows);
    if view.sources.len() > rows.len() {
        let more = thousands((view.sources.len() - rows.len()) as u64);
        page.paragraph(format!("{more} more are in sources.csv."));
    }
    page.paragraph("Unread lines fit no layout, or have no time; sources.csv accounts for every line.");
}

/// The inputs that a reader asks about first, in the order of names.
pub(in crate::report) fn chosen(sources: &[SourceLine]) -> Vec<&SourceLine> {
    let notable =
        |source: &&SourceLine| source.failed > 0 || source.severity.is_some_and(|severity| severity > Severity::Note);
    let mut chosen: Vec<&SourceLine> = sources.iter().filter(notable).take(MAX_SOURCES).collect();
    let others = sources.iter().filter(|source| !notable(source)).take(MAX_SOURCES - chosen.len());
    chosen.extend(others);
    chosen.sort_by(|a, b| a.source.cmp(&b.source));
    chosen
}

fn caveats(page: &mut Page, view: &View) {
    page.heading(2, "Caveats");
    let zone = view.when.zone_name(view.diagnosis.window.map_or(0, |(first, _)| first));
    let mut lines: Vec<String> = view.diagnosis.caveats.iter().map(|caveat| format!("- {}", prose(caveat))).collect();
    lines.push(format!("- {}", prose(&answer::times(&zone))));
    page.block(&lines);
}
