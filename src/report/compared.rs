//! The comparison with the nights before, in sentences and cells that the terminal, `report.md` and the page share.
//! Masked, not yet escaped.

use super::number::{count, percent, share, thousands};
use super::spark;
use crate::compare::{Comparison, News, NightRow, UnusualHour};
use crate::model::cause::Cause;

const WEEKDAYS: [&str; 7] = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];

/// The heading of the section.
pub(super) fn heading(comparison: &Comparison) -> String {
    format!("Compared with the {} before", count(comparison.nights.len().saturating_sub(1) as u64, "night", "nights"))
}

/// For one line: `12 of 14 nights: new cause overload; 2 signatures new, 1 back; 1 hour above its usual`.
pub(super) fn in_short(comparison: &Comparison) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (cause, news) in &comparison.causes {
        parts.push(match news {
            News::New => format!("new cause {}", cause.id()),
            News::Returned(day) => format!("{} is back, last on {day}", cause.id()),
        });
    }
    let new = comparison.signatures.iter().filter(|one| one.news == News::New).count();
    let back = comparison.signatures.len() - new;
    if new > 0 || back > 0 {
        let more = if comparison.more_signatures > 0 { "over " } else { "" };
        let kinds = count(new as u64, "kind of line", "kinds of line");
        parts.push(match (new, back) {
            (_, 0) => format!("{more}{kinds} new"),
            (0, _) => format!("{more}{} back", count(back as u64, "kind of line", "kinds of line")),
            _ => format!("{more}{kinds} new, {back} back"),
        });
    }
    if !comparison.hours.is_empty() {
        parts.push(format!("{} above the usual", count(comparison.hours.len() as u64, "hour", "hours")));
    }
    let what = match (parts.is_empty(), comparison.enough) {
        (false, _) => parts.join("; "),
        (true, true) => "nothing new".to_owned(),
        (true, false) => "too few nights to call anything new".to_owned(),
    };
    format!("{} of {} nights: {what}", comparison.compared, comparison.nights.len().saturating_sub(1))
}

/// What is to be said of the comparison, most important first.
pub(super) fn sentences(comparison: &Comparison, failures: &str) -> Vec<String> {
    let nights = comparison.nights.len().saturating_sub(1);
    let mut out = Vec::new();
    if !comparison.enough {
        out.push(format!(
            "{} of {nights} nights were kept: too few to call anything new. --since reads earlier ones.",
            comparison.compared
        ));
    }
    for (cause, news) in &comparison.causes {
        out.push(match news {
            News::New => format!("The cause {} is new: it explains no incident of these nights.", cause.id()),
            News::Returned(day) => format!("The cause {} is back: it was last there on {day}.", cause.id()),
        });
    }
    out.extend(comparison.hours.iter().map(|hour| unusual(hour, failures)));
    if comparison.usual_hours > 0 {
        let hours = count(comparison.usual_hours as u64, "hour has", "hours have");
        out.push(format!("{hours} {failures} as usual at that time."));
    }
    if comparison.enough
        && comparison.causes.is_empty()
        && comparison.signatures.is_empty()
        && comparison.hours.is_empty()
    {
        out.push("Nothing is new.".to_owned());
    }
    out
}

fn unusual(hour: &UnusualHour, failures: &str) -> String {
    let time = format!("{:02}:00-{:02}:00", hour.hour.hour, hour.hour.hour + 1);
    let usual = if hour.low == hour.high {
        thousands(hour.low)
    } else {
        format!("{}-{}", thousands(hour.low), thousands(hour.high))
    };
    let days = match usize::try_from(hour.hour.weekday).ok().and_then(|day| WEEKDAYS.get(day)) {
        Some(day) if hour.same_weekday => format!("{} {day}", hour.nights),
        _ => count(hour.nights as u64, "night", "nights"),
    };
    format!("{time}: {} {failures}; usual at that time: {usual} ({days}).", thousands(hour.failed))
}

/// 503s by night as a line of blocks; `?` is a night that could not be compared.
pub(super) fn blocks(comparison: &Comparison) -> String {
    spark::blocks(comparison.nights.iter().map(|night| night.counts.as_ref().map(|counts| counts.failed)))
}

/// The headings of the table of nights; `:` marks numbers.
pub(super) const NIGHT_HEADINGS: [&str; 6] = ["night", "requests:", "failed:", "share:", "incidents:", "causes"];

/// A row of the table of nights.
pub(super) fn night(row: &NightRow) -> [String; 6] {
    let Some(counts) = &row.counts else {
        let none = String::new;
        return [row.day.to_string(), none(), none(), none(), none(), row.trouble.clone()];
    };
    let causes: Vec<&str> = counts.causes.iter().map(|cause| cause.map_or("unknown", Cause::id)).collect();
    [
        row.day.to_string(),
        thousands(counts.requests),
        thousands(counts.failed),
        share(counts.failed, counts.requests).map_or_else(String::new, percent),
        thousands(counts.incidents),
        causes.join(", "),
    ]
}

/// `new`, `back, last on 2026-11-10`.
pub(super) fn news(news: News) -> String {
    match news {
        News::New => "new".to_owned(),
        News::Returned(day) => format!("back, last on {day}"),
    }
}
