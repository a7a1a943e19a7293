//! The proof of a verdict: the chain with its lines, the causes side by side, and the weights.

use super::drawing::class_of;
use super::html::{Attr, Cell, Html, Row};
use super::incident::sign;
use crate::diagnose::verdict::{Status, Verdict};
use crate::report::answer;
use crate::report::number::{count, fraction, percent, thousands};
use crate::report::view::View;
use crate::report::when::second_of;
use crate::tally::evidence::Quote;

/// Lines quoted of one link; `evidence.csv` has all.
const MAX_QUOTES: usize = 3;
/// Characters of a quoted line.
const MAX_QUOTE: usize = 600;
/// Pieces of evidence in the table of weights.
const MAX_PIECES: usize = 10;

pub(super) fn chain(html: &mut Html, view: &View, verdict: &Verdict) {
    if verdict.chain.is_empty() {
        html.line("p", &[], "No line of these logs says what led to it.");
    }
    html.element("ol", &[("class", "chain".into())], |html| {
        for (role, piece) in answer::chain(verdict) {
            html.element("li", &[], |html| {
                html.line("span", &[("class", Attr::Words("role", role.id()))], role.id());
                let host = if piece.host.is_empty() { String::new() } else { format!(", {}", piece.host) };
                let time = answer::near(view, verdict, piece.first);
                html.text(&format!(" {time}{host}: "));
                html.line("strong", &[], &piece.title);
                html.text(&format!(" ({})", count(piece.count, "line", "lines")));
                piece.quotes.iter().take(MAX_QUOTES).for_each(|quote| quoted(html, view, verdict, quote));
            });
        }
        html.element("li", &[], |html| {
            html.line("span", &[("class", "role result".into())], &view.options.status_label);
            html.text(&format!(
                " {}: {}, until {}",
                view.when.time(verdict.start),
                answer::failed_of(view, verdict.failed, verdict.requests),
                answer::near(view, verdict, verdict.end)
            ));
        });
    });
}

/// A line of a log: file and line number, time, text.
pub(super) fn quoted(html: &mut Html, view: &View, verdict: &Verdict, quote: &Quote) {
    html.element("div", &[("class", "quote".into())], |html| {
        let time = answer::near(view, verdict, second_of(quote.moment));
        html.line("span", &[("class", "at".into())], &format!("{}:{} at {time}", quote.source, quote.line));
        html.line("code", &[], &cut(quote.text()));
    });
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        Some((at, _)) => format!("{} …", &text[..at]),
        None => text.to_owned(),
    }
}

pub(super) fn causes(html: &mut Html, view: &View, verdict: &Verdict) {
    if verdict.causes.is_empty() {
        return;
    }
    html.line("h3", &[], if verdict.cause.is_some() { "Why this and not the others" } else { "What was looked for" });
    let rows = verdict.causes.iter().map(|assessment| -> Row {
        let unseen = assessment.status == Status::NoData;
        let (class, sign) = sign(assessment.status);
        vec![
            Cell::Badge(class_of(Some(assessment.cause)), assessment.cause.id().to_owned()),
            Cell::Badge(class, format!("{sign} {}", assessment.status.words())),
            percent(assessment.probability).into(),
            if unseen { "none".into() } else { percent(assessment.coverage).into() },
            thousands(assessment.attributed).into(),
            thousands(assessment.evidence_count as u64).into(),
            assessment.top_signature.clone().unwrap_or_default().into(),
        ]
    });
    let said = format!("{} that say so:", view.failures());
    let headings = ["cause", "status", "probability:", "coverage:", &said, "evidence:", "strongest"];
    html.table("Every cause, and how far it could be seen", &headings, rows);
    html.line(
        "p",
        &[("class", "more".into())],
        "Coverage is the share of the incident in which a log that would show the cause was there to be read. \
         Ruled out means covered, and silent.",
    );
    weights(html, verdict);
}

fn weights(html: &mut Html, verdict: &Verdict) {
    if verdict.evidence.is_empty() {
        return;
    }
    html.element("details", &[], |html| {
        html.line("summary", &[], "What was weighed");
        let rows = verdict.evidence.iter().take(MAX_PIECES).map(|piece| -> Row {
            let factors = [piece.base, piece.lift, piece.lead, piece.scope, piece.presence];
            vec![
                piece.title.clone().into(),
                piece.cause.map_or("", |cause| cause.id()).into(),
                piece.role.id().into(),
                thousands(piece.count).into(),
                fraction(piece.weight).into(),
                factors.map(|factor| format!("{factor:.2}")).join(" × ").into(),
            ]
        });
        let headings = ["evidence", "for", "role", "lines:", "weight:", "strength × lift × lead × scope × presence"];
        html.table("Evidence, heaviest first; evidence.csv has all", &headings, rows);
    });
}
