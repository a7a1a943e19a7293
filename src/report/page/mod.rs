//! `report.html`: the story on one page, for a browser. One file: no script, no picture, no link to anywhere else.
//!
//! The policy in its head lets a browser load nothing and run nothing, so that even a mistake in escaping could not act.

mod appendix;
mod axis;
mod comparison;
mod drawing;
mod html;
mod incident;
mod proof;

use super::number::{count, percent, share, thousands};
use super::view::View;
use super::{ReportFile, answer};
use drawing::{Band, Drawing, Mark};
use html::{Cell, Html};
use std::io::{self, Write};

/// Incidents that are told in full; the table at the top has all of them.
const MAX_INCIDENTS: usize = 50;
/// An incident that fills this share of the whole time is not drawn a second time.
const FILLS: i64 = 2;

/// How the page looks.
const STYLE: &str = include_str!("style.css");
/// The beginning of the page up to its style. The style is allowed by the hash of its text and no other is.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-BHWRK7SQ+nfhVuaKykyA4+aZd8uNwtg2QATLx+xXsYY='; \
    base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n";

/// The file.
pub(super) struct Page;

impl ReportFile for Page {
    fn name(&self) -> &str {
        "report.html"
    }

    fn write(&self, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let mut html = Html::default();
        head(&mut html, view);
        html.element("body", &[], |html| {
            html.line("a", &[("class", "skip".into()), ("href", "#incidents".into())], "To the incidents");
            html.element("header", &[], |html| verdict(html, view));
            html.element("main", &[("id", "incidents".into())], |html| {
                overview(html, view);
                if let Some(comparison) = &view.comparison {
                    comparison::write(html, view, comparison);
                }
                let told = view.diagnosis.incidents.iter().take(MAX_INCIDENTS).enumerate();
                told.for_each(|(index, verdict)| incident::write(html, view, verdict, index));
            });
            html.element("footer", &[], |html| appendix::write(html, view));
        });
        html.raw("</html>\n");
        out.write_all(html.into_text().as_bytes())
    }
}

fn head(html: &mut Html, view: &View) {
    html.raw(HEAD);
    html.line("title", &[], &answer::headline(view));
    html.raw("<style>");
    html.raw(STYLE);
    html.raw("</style>\n</head>\n");
}

/// The answer, and what it stands on in numbers.
fn verdict(html: &mut Html, view: &View) {
    let diagnosis = &view.diagnosis;
    html.line("p", &[("class", "tool".into())], "why503 report");
    html.line("h1", &[], &answer::headline(view));
    html.element("dl", &[("class", "facts".into())], |html| {
        if let Some((first, last)) = diagnosis.window {
            fact(html, "Logs span", &view.when.range(first, last, true));
        }
        if diagnosis.total_requests > 0 {
            let failed = share(diagnosis.total_failed, diagnosis.total_requests)
                .map_or_else(String::new, |share| format!(" ({})", percent(share)));
            fact(html, "Requests", &thousands(diagnosis.total_requests));
            fact(html, &view.failures(), &format!("{}{failed}", thousands(diagnosis.total_failed)));
        }
        fact(html, "Incidents", &thousands(diagnosis.incidents.len() as u64));
        if diagnosis.scattered > 0 {
            fact(html, "Outside of incidents", &thousands(diagnosis.scattered));
        }
        let unread = view.unread_sources() as u64;
        if unread > 0 {
            fact(html, "Not read whole", &count(unread, "input", "inputs"));
        }
    });
}

fn fact(html: &mut Html, name: &str, value: &str) {
    html.element("div", &[], |html| {
        html.line("dt", &[], name);
        html.line("dd", &[], value);
    });
}

/// All incidents at a glance.
fn overview(html: &mut Html, view: &View) {
    let incidents = &view.diagnosis.incidents;
    if incidents.len() > 1 {
        html.line("h2", &[], "Incidents");
        html.table(
            "All incidents, in the order of time",
            &HEADINGS,
            incidents.iter().enumerate().map(|row| glance(view, row)),
        );
        if incidents.len() > MAX_INCIDENTS {
            html.line("p", &[], &format!("The first {MAX_INCIDENTS} are told below, all are in incidents.csv."));
        }
    }
    let Some(counts) = &view.overall else { return };
    if let ([_], Some(Some(around))) = (incidents.as_slice(), view.around.first())
        && (around.end() - around.start) * FILLS >= counts.end() - counts.start
    {
        return;
    }
    html.element("section", &[], |html| {
        html.line("h2", &[], "The whole time");
        let band = |verdict: &crate::diagnose::verdict::Verdict| Band {
            start: verdict.start,
            end: verdict.end,
            name: format!("{} {}", verdict.id, verdict.cause_id()),
        };
        let triggers = incidents.iter().filter_map(|verdict| verdict.trigger());
        let title = format!("{} and requests over the whole time", view.failures());
        let marks = triggers.map(|trigger| Mark { time: trigger.first, number: None }).collect();
        Drawing { index: 0, title, counts, bands: incidents.iter().map(band).collect(), marks }.write(html, view);
    });
}

const HEADINGS: [&str; 8] = ["id", "time", "service", "failed:", "requests:", "share:", "cause", "explained:"];

fn glance(view: &View, (index, verdict): (usize, &crate::diagnose::verdict::Verdict)) -> html::Row {
    let id =
        if index < MAX_INCIDENTS { Cell::Link("i", index + 1, verdict.id.clone()) } else { verdict.id.clone().into() };
    vec![
        id,
        view.when.range(verdict.start, verdict.end, true).into(),
        answer::services(verdict).unwrap_or_default().into(),
        thousands(verdict.failed).into(),
        if verdict.requests > 0 { thousands(verdict.requests).into() } else { "".into() },
        share(verdict.failed, verdict.requests).map_or_else(String::new, percent).into(),
        Cell::Badge(drawing::class_of(verdict.cause), answer::cause(verdict)),
        percent(verdict.explained_share).into(),
    ]
}

#[cfg(test)]
mod tests;
