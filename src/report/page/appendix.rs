//! What the report stands on: where the requests were counted, the inputs, and what limits it.

use super::html::{Cell, Html, Row};
use super::incident::more;
use crate::report::answer;
use crate::report::number::thousands;
use crate::report::story::chosen_sources;
use crate::report::view::View;

/// Views of the requests that are listed.
const MAX_POINTS: usize = 40;

pub(super) fn write(html: &mut Html, view: &View) {
    caveats(html, view);
    vantage_points(html, view);
    sources(html, view);
    html.line("p", &[("class", "more".into())], &format!("Written by why503 {}.", env!("CARGO_PKG_VERSION")));
}

fn caveats(html: &mut Html, view: &View) {
    html.line("h2", &[], "Caveats");
    html.element("ul", &[], |html| {
        view.diagnosis.caveats.iter().for_each(|caveat| html.line("li", &[], caveat));
        let zone = view.when.zone_name(view.diagnosis.window.map_or(0, |(first, _)| first));
        html.line("li", &[], &answer::times(&zone));
    });
}

fn vantage_points(html: &mut Html, view: &View) {
    html.line("h2", &[], "Where the requests were counted");
    let points = &view.diagnosis.vantage_points;
    if points.is_empty() {
        html.line("p", &[], "Nowhere: there is no access log among the inputs.");
        return;
    }
    let rows = points.iter().take(MAX_POINTS).map(|point| -> Row {
        vec![
            Cell::Code(point.log.clone()),
            point.host.clone().into(),
            point.format.clone().into(),
            thousands(point.requests).into(),
            thousands(point.failed).into(),
            if point.edge { "counted" } else { "not counted" }.into(),
            point.reason.clone().into(),
        ]
    });
    let failures = format!("{}:", view.failures());
    let headings = ["log", "host", "format", "requests:", &failures, "counted", "why"];
    html.table("The same request passes several tiers and is counted once, at the edge", &headings, rows);
    more(html, points.len(), MAX_POINTS, "summary.json");
}

fn sources(html: &mut Html, view: &View) {
    html.line("h2", &[], "Sources");
    if view.sources.is_empty() {
        html.line("p", &[], "No input was found.");
        return;
    }
    let chosen = chosen_sources(&view.sources);
    let shown = chosen.len();
    let rows = chosen.into_iter().map(|source| -> Row {
        let fates = &source.fates;
        vec![
            Cell::Code(source.source.clone()),
            source.host.clone().into(),
            if source.format.is_empty() { "none".into() } else { source.format.clone().into() },
            thousands(fates.lines).into(),
            thousands(fates.records).into(),
            thousands(fates.unrecognized + fates.undated).into(),
            source.trouble.clone().into(),
        ]
    });
    let headings = ["file", "host", "format", "lines:", "records:", "unread:", "trouble"];
    html.table("Inputs; unread lines fit no layout, or have no time", &headings, rows);
    more(html, view.sources.len(), shown, "sources.csv");
}
