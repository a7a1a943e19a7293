//! One incident: what, when, why, where, what changed, and what to check.

use super::drawing::{Band, Drawing, Mark, class_of};
use super::html::{Attr, Cell, Html, Row};
use super::{fact, proof};
use crate::diagnose::verdict::{CheckStep, Status, Verdict};
use crate::report::answer;
use crate::report::number::{count, duration, percent, thousands};
use crate::report::view::View;

/// Rows of the table of where it sits; `affected.csv` has all.
const MAX_AFFECTED: usize = 15;
/// Changes and unknown errors listed.
const MAX_LISTED: usize = 12;

pub(super) fn write(html: &mut Html, view: &View, verdict: &Verdict, index: usize) {
    html.element("section", &[("class", "incident".into()), ("id", Attr::Name("i", index + 1))], |html| {
        html.element("h2", &[], |html| {
            html.text(&format!("{}: ", verdict.id));
            html.line("span", &[("class", Attr::Words("badge", class_of(verdict.cause)))], &answer::cause(verdict));
            html.text(&format!(" {}", view.when.range(verdict.start, verdict.end, true)));
        });
        words(html, view, verdict);
        timeline(html, view, verdict, index);
        html.line("h3", &[], "How it came to that");
        proof::chain(html, view, verdict);
        place(html, view, verdict);
        changes(html, view, verdict);
        checklist(html, verdict);
        proof::causes(html, view, verdict);
        unknown_errors(html, view, verdict);
    });
}

/// The verdict in plain words.
fn words(html: &mut Html, view: &View, verdict: &Verdict) {
    html.line("p", &[("class", "lead".into())], &format!("{}.", answer::summary(verdict)));
    html.element("dl", &[("class", "facts".into())], |html| {
        let length = duration(verdict.end - verdict.start + 1);
        fact(html, "Failed", &format!("{} in {length}", answer::failed_of(view, verdict.failed, verdict.requests)));
        if let Some(services) = answer::services(verdict) {
            fact(html, "Service", &services);
        }
        match verdict.cause {
            Some(_) => {
                let sure = format!("{} ({})", verdict.confidence.word(), percent(verdict.probability));
                fact(html, "How sure", &sure);
                fact(html, "Explains", &format!("{} of the {}", percent(verdict.explained_share), view.failures()));
            }
            None => fact(html, "How sure", "these logs do not tell; the checklist says what would decide it"),
        }
        if let Some(mechanism) = verdict.mechanism {
            fact(html, "Mechanism", &format!("the change brought the service down as a {}", mechanism.id()));
        }
        if let Some((cause, probability)) = verdict.runner_up {
            fact(html, "Next best", &format!("{} ({})", cause.id(), percent(probability)));
        }
    });
    if let Some(next) = answer::next_step(verdict) {
        html.element("p", &[("class", "next".into())], |html| {
            html.line("strong", &[], "Next: ");
            html.text(next);
        });
    }
    if !verdict.notes.is_empty() {
        html.element("ul", &[("class", "notes".into())], |html| {
            verdict.notes.iter().for_each(|note| html.line("li", &[], note));
        });
    }
}

fn timeline(html: &mut Html, view: &View, verdict: &Verdict, index: usize) {
    let Some(Some(counts)) = view.around.get(index) else { return };
    html.line("h3", &[], "Timeline");
    let inside = |time: i64| (counts.start..counts.end()).contains(&time);
    let mut marks: Vec<Mark> = answer::chain(verdict)
        .enumerate()
        .map(|(link, (_, piece))| Mark { time: piece.first, number: Some(link + 1) })
        .filter(|mark| inside(mark.time))
        .collect();
    let changes = verdict.changes.iter().map(|change| Mark { time: change.first, number: None });
    marks.extend(changes.filter(|mark| inside(mark.time)));
    marks.sort_by_key(|mark| (mark.time, mark.number));
    let title = format!("{}: {} and requests of the service", verdict.id, view.failures());
    let band = Band { start: verdict.start, end: verdict.end, name: verdict.id.clone() };
    Drawing { index: index + 1, title, counts, bands: vec![band], marks }.write(html, view);
}

fn place(html: &mut Html, view: &View, verdict: &Verdict) {
    if verdict.affected.is_empty() && verdict.located.is_empty() {
        return;
    }
    html.line("h3", &[], "Where it sits");
    if let Some(located) = answer::located(verdict) {
        html.line("p", &[], &format!("What carries the excess: {located}."));
    }
    let telling = answer::telling(verdict);
    if telling.is_empty() {
        html.line("p", &[], &answer::nowhere(&view.failures()));
    }
    let shown = telling.len().min(MAX_AFFECTED);
    let failures = format!("{}:", view.failures());
    let headings = ["value", "by", "requests:", &failures, "share:", "more than chance:"];
    let rows = telling.into_iter().take(MAX_AFFECTED).map(|affected| -> Row {
        vec![
            Cell::Code(affected.value.clone()),
            answer::dimension(&affected.dimension).into(),
            thousands(affected.requests).into(),
            thousands(affected.failed).into(),
            percent(affected.share).into(),
            format!("{:+.0} %", affected.excess * 100.0).into(),
        ]
    });
    if shown > 0 {
        html.table("Requests of the incident, by what tells them apart", &headings, rows);
    }
    if verdict.affected.len() > shown {
        html.line("p", &[("class", "more".into())], &answer::also_affected(verdict, shown));
    }
}

fn changes(html: &mut Html, view: &View, verdict: &Verdict) {
    html.line("h3", &[], "What changed in the 30 minutes before");
    if verdict.changes.is_empty() {
        html.line("p", &[], "Nothing that these logs show.");
        return;
    }
    html.element("ul", &[("class", "lines".into())], |html| {
        for change in verdict.changes.iter().take(MAX_LISTED) {
            html.element("li", &[], |html| {
                let host = if change.host.is_empty() { String::new() } else { format!(" on {}", change.host) };
                let many =
                    if change.count > 1 { format!(" ({} lines)", thousands(change.count)) } else { String::new() };
                let time = answer::near(view, verdict, change.first);
                html.text(&format!("{time}{host}: {}{many}", change.title));
                if let Some(quote) = change.quotes.first() {
                    proof::quoted(html, view, verdict, quote);
                }
            });
        }
    });
    more(html, verdict.changes.len(), MAX_LISTED, "summary.json");
}

fn checklist(html: &mut Html, verdict: &Verdict) {
    if verdict.checklist.is_empty() {
        return;
    }
    html.line("h3", &[], "Checklist");
    let rows = verdict.checklist.iter().map(|step| -> Row {
        let (class, sign) = sign(step.status);
        vec![
            format!("{}. {}", step.step, step.check).into(),
            Cell::Badge(class, format!("{sign} {}", step.status.words())),
            step.detail.trim().into(),
            next(step).into(),
        ]
    });
    html.table("What to rule out, in this order", &["check", "status", "what was seen", "next"], rows);
}

fn next(step: &CheckStep) -> &str {
    step.next_action.trim()
}

/// The class of a status, and a sign that tells it without its colour.
pub(super) fn sign(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Found => ("found", "●"),
        Status::RuledOut => ("out", "✓"),
        Status::PartlyCovered => ("partly", "◐"),
        Status::NoData => ("unseen", "?"),
    }
}

fn unknown_errors(html: &mut Html, view: &View, verdict: &Verdict) {
    html.line("h3", &[], "Errors that no signature knows");
    if verdict.unknown_errors.is_empty() {
        html.line("p", &[], "None in this window.");
        return;
    }
    html.element("ul", &[("class", "lines".into())], |html| {
        for error in verdict.unknown_errors.iter().take(MAX_LISTED) {
            html.element("li", &[], |html| {
                let outside = match error.before {
                    0 => "never outside".to_owned(),
                    before => format!("{} outside", thousands(before)),
                };
                html.text(&format!("{}, {outside}: ", count(error.count, "time", "times")));
                html.line("code", &[], &error.shape);
                if let Some(quote) = &error.quote {
                    proof::quoted(html, view, verdict, quote);
                }
            });
        }
    });
    more(html, verdict.unknown_errors.len(), MAX_LISTED, "summary.json");
}

pub(super) fn more(html: &mut Html, all: usize, shown: usize, file: &str) {
    if all > shown {
        html.line(
            "p",
            &[("class", "more".into())],
            &format!("{} more are in {file}.", thousands((all - shown) as u64)),
        );
    }
}
