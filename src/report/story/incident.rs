//! One incident: what, when, why, where, what changed, and what to check.

use super::{Page, proof};
use crate::diagnose::verdict::{Status, Verdict};
use crate::report::answer;
use crate::report::escape::{advice, code, prose};
use crate::report::number::{count, duration, percent, thousands};
use crate::report::spark::Spark;
use crate::report::view::View;

/// Rows of the table of where it sits, per incident; `affected.csv` has all.
const MAX_AFFECTED: usize = 15;
/// Changes and unknown errors listed.
const MAX_LISTED: usize = 12;

pub(super) fn write(page: &mut Page, view: &View, verdict: &Verdict, spark: Option<&Spark>) {
    let when = view.when.range(verdict.start, verdict.end, true);
    page.heading(2, &format!("{}: {}, {}", prose(&verdict.id), answer::cause(verdict), prose(&when)));
    words(page, view, verdict);
    if let Some(spark) = spark {
        timeline(page, view, spark);
    }
    proof::chain(page, view, verdict);
    proof::causes(page, view, verdict);
    proof::weights(page, verdict);
    place(page, view, verdict);
    changes(page, view, verdict);
    checklist(page, verdict);
    unknown_errors(page, view, verdict);
}

/// The verdict in plain words.
fn words(page: &mut Page, view: &View, verdict: &Verdict) {
    page.paragraph(format!("**{}.**", prose(answer::summary(verdict))));
    let mut lines = vec![format!(
        "- What: {} in {}{}.",
        prose(&answer::failed_of(view, verdict.failed, verdict.requests)),
        duration(verdict.end - verdict.start + 1),
        answer::services(verdict).map_or_else(String::new, |services| format!(", service {}", prose(&services)))
    )];
    if let Some(cause) = verdict.cause {
        lines.push(format!(
            "- Cause: {}, {} (probability {}). It explains {} of the {}.",
            cause.id(),
            verdict.confidence.word(),
            percent(verdict.probability),
            percent(verdict.explained_share),
            prose(&view.failures())
        ));
    } else {
        lines.push("- Cause: unknown. These logs do not tell; what would decide it is in the checklist.".to_owned());
    }
    if let Some(mechanism) = verdict.mechanism {
        lines.push(format!("- Mechanism: the change brought the service down as a {}.", mechanism.id()));
    }
    if let Some((cause, probability)) = verdict.runner_up {
        lines.push(format!("- Next best: {} ({}).", cause.id(), percent(probability)));
    }
    if let Some(next) = answer::next_step(verdict) {
        lines.push(format!("- Next: {}", advice(next)));
    }
    lines.extend(verdict.notes.iter().map(|note| format!("- Note: {}", prose(note))));
    page.block(&lines);
}

fn timeline(page: &mut Page, view: &View, spark: &Spark) {
    page.heading(3, "Timeline");
    let (start, end) = (spark.start, spark.end());
    let dated = !view.when.same_day(start, end);
    let time = |second| if dated { view.when.date_time(second) } else { view.when.time(second) };
    page.block(&[
        "```text".to_owned(),
        format!("{} {} {} {}", time(start), spark.blocks(), time(end), view.when.zone_name(start)),
        "```".to_owned(),
    ]);
    page.paragraph(format!(
        "{} over time: each block is {}, the highest {}; a dot is none.",
        prose(&view.failures()),
        duration(spark.width),
        thousands(spark.most())
    ));
}

fn place(page: &mut Page, view: &View, verdict: &Verdict) {
    if verdict.affected.is_empty() && verdict.located.is_empty() {
        return;
    }
    page.heading(3, "Where it sits");
    if let Some(located) = answer::located(verdict) {
        page.paragraph(format!("What carries the excess: {}.", prose(&located)));
    }
    let telling = answer::telling(verdict);
    if telling.is_empty() {
        page.paragraph(answer::nowhere(&view.failures()));
    }
    let rows: Vec<Vec<String>> = telling
        .iter()
        .take(MAX_AFFECTED)
        .map(|affected| {
            vec![
                answer::dimension(&affected.dimension).to_owned(),
                prose(&affected.value),
                thousands(affected.requests),
                thousands(affected.failed),
                percent(affected.share),
                format!("{:+.0} %", affected.excess * 100.0),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let failures = format!("{}:", prose(&view.failures()));
        page.table(&["by", "value", "requests:", &failures, "share:", "more than chance:"], &rows);
    }
    if verdict.affected.len() > rows.len() {
        page.paragraph(answer::also_affected(verdict, rows.len()));
    }
}

fn changes(page: &mut Page, view: &View, verdict: &Verdict) {
    page.heading(3, "What changed in the 30 minutes before");
    if verdict.changes.is_empty() {
        page.paragraph("Nothing that these logs show.");
        return;
    }
    let mut lines = Vec::new();
    for change in verdict.changes.iter().take(MAX_LISTED) {
        let host = if change.host.is_empty() { String::new() } else { format!(" on {}", prose(&change.host)) };
        let times =
            if change.count > 1 { format!(" ({})", count(change.count, "line", "lines")) } else { String::new() };
        lines.push(format!("- {}{host}: {}{times}", answer::near(view, verdict, change.first), prose(&change.title)));
        lines.extend(change.quotes.first().map(|quote| proof::quoted(view, verdict, quote)));
    }
    page.block(&lines);
    more(page, verdict.changes.len(), MAX_LISTED, "summary.json");
}

fn checklist(page: &mut Page, verdict: &Verdict) {
    if verdict.checklist.is_empty() {
        return;
    }
    page.heading(3, "Checklist");
    let mut lines = Vec::new();
    for step in &verdict.checklist {
        let detail = step.detail.trim();
        let detail = if detail.is_empty() { String::new() } else { format!(" - {}", prose(detail)) };
        lines.push(format!("{}. {}: **{}**{detail}", step.step, prose(&step.check), step.status.words()));
        if !step.next_action.trim().is_empty() {
            let verb = if step.status == Status::NoData && step.step > 1 { "To see it" } else { "Next" };
            lines.push(format!("    - {verb}: {}", advice(&step.next_action)));
        }
    }
    page.block(&lines);
}

fn unknown_errors(page: &mut Page, view: &View, verdict: &Verdict) {
    page.heading(3, "Errors that no signature knows");
    if verdict.unknown_errors.is_empty() {
        page.paragraph("None in this window.");
        return;
    }
    let mut lines = Vec::new();
    for error in verdict.unknown_errors.iter().take(MAX_LISTED) {
        let outside =
            if error.before == 0 { "never outside".to_owned() } else { format!("{} outside", thousands(error.before)) };
        lines.push(format!("- {}, {outside}: {}", count(error.count, "time", "times"), code(&error.shape)));
        lines.extend(error.quote.as_ref().map(|quote| proof::quoted(view, verdict, quote)));
    }
    page.block(&lines);
    more(page, verdict.unknown_errors.len(), MAX_LISTED, "summary.json");
}

fn more(page: &mut Page, all: usize, shown: usize, file: &str) {
    if all > shown {
        page.paragraph(format!("{} more are in {}.", thousands((all - shown) as u64), prose(file)));
    }
}
