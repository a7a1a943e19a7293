//! The proof of a verdict: the chain with its lines, the causes side by side, and the weights.

use super::Page;
use crate::diagnose::verdict::{Status, Verdict};
use crate::report::answer;
use crate::report::escape::{code, prose};
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

pub(super) fn chain(page: &mut Page, view: &View, verdict: &Verdict) {
    page.heading(3, "How it came to that");
    let mut lines = Vec::new();
    let mut number = 0;
    for (role, piece) in answer::chain(verdict) {
        number += 1;
        let host = if piece.host.is_empty() { String::new() } else { format!(", {}", prose(&piece.host)) };
        lines.push(format!(
            "{number}. **{}**, {}{host}: {} ({})",
            role.id(),
            answer::near(view, verdict, piece.first),
            prose(&piece.title),
            count(piece.count, "line", "lines")
        ));
        lines.extend(piece.quotes.iter().take(MAX_QUOTES).map(|quote| quoted(view, verdict, quote)));
    }
    if number == 0 {
        page.paragraph("No line of these logs says what led to it.");
    }
    lines.push(format!(
        "{}. **{}**, {}: {}, until {}",
        number + 1,
        prose(&view.options.status_label),
        view.when.time(verdict.start),
        prose(&answer::failed_of(view, verdict.failed, verdict.requests)),
        answer::near(view, verdict, verdict.end)
    ));
    page.block(&lines);
}

/// A line of a log, as an item under what it proves: file and line number, time, text.
pub(super) fn quoted(view: &View, verdict: &Verdict, quote: &Quote) -> String {
    let at = code(&format!("{}:{}", quote.source, quote.line));
    let time = answer::near(view, verdict, second_of(quote.moment));
    format!("    - {at} {time} {}", code(&cut(quote.text())))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        Some((at, _)) => format!("{} …", &text[..at]),
        None => text.to_owned(),
    }
}

pub(super) fn causes(page: &mut Page, view: &View, verdict: &Verdict) {
    if verdict.causes.is_empty() {
        return;
    }
    page.heading(3, if verdict.cause.is_some() { "Why this and not the others" } else { "What was looked for" });
    let rows: Vec<Vec<String>> = verdict
        .causes
        .iter()
        .map(|assessment| {
            let name = assessment.cause.id();
            let unseen = assessment.status == Status::NoData;
            vec![
                if verdict.cause == Some(assessment.cause) { format!("**{name}**") } else { name.to_owned() },
                assessment.status.words().to_owned(),
                percent(assessment.probability),
                if unseen { "none".to_owned() } else { percent(assessment.coverage) },
                thousands(assessment.attributed),
                thousands(assessment.evidence_count as u64),
                assessment.top_signature.as_deref().map_or_else(String::new, prose),
            ]
        })
        .collect();
    let said = format!("{} that say so:", prose(&view.failures()));
    page.table(&["cause", "status", "probability:", "coverage:", &said, "evidence:", "strongest"], &rows);
    page.paragraph(
        "Coverage is the share of the incident in which a log that would show the cause was there to be read. \
         Ruled out means covered, and silent.",
    );
}

pub(super) fn weights(page: &mut Page, verdict: &Verdict) {
    if verdict.evidence.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = verdict
        .evidence
        .iter()
        .take(MAX_PIECES)
        .map(|piece| {
            vec![
                prose(&piece.title),
                piece.cause.map_or("", |cause| cause.id()).to_owned(),
                piece.role.id().to_owned(),
                thousands(piece.count),
                fraction(piece.weight),
                [piece.base, piece.lift, piece.lead, piece.scope, piece.presence]
                    .map(|factor| format!("{factor:.2}"))
                    .join(" × "),
            ]
        })
        .collect();
    page.paragraph("What was weighed, heaviest first (all of it is in evidence.csv):");
    page.table(&["evidence", "for", "role", "lines:", "weight:", "strength × lift × lead × scope × presence"], &rows);
}
