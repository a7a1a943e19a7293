//! The short verdict for the terminal. The first line is the answer, whole, for `head -1` and for mails.

use super::escape::visible;
use super::number::percent;
use super::view::View;
use super::when::second_of;
use super::{answer, compared};
use crate::diagnose::verdict::Verdict;
use crate::tally::evidence::Quote;
use std::path::PathBuf;

/// Incidents that get a block of their own; more would scroll the answer away.
const MAX_BLOCKS: usize = 5;
/// Links of the chain.
const MAX_LINKS: usize = 4;
/// Steps without data that are named.
const MAX_UNSEEN: usize = 3;
/// Characters of the answer.
const MAX_ANSWER: usize = 320;
/// Narrower than this, nothing fits; the terminal may wrap.
const MIN_WIDTH: usize = 40;
/// Columns before the text of a line.
const INDENT: usize = 13;

/// How the verdict is shown.
#[derive(Debug, Clone)]
pub struct TerminalOptions {
    /// Whether to use colours: never when the output is no terminal.
    pub color: bool,
    /// Columns of the terminal; 80 where there is none.
    pub width: usize,
    /// The report directory, if a report was written.
    pub directory: Option<PathBuf>,
}

/// The short verdict: under 25 lines of 80 columns for one incident.
pub fn terminal(view: &View, options: &TerminalOptions) -> String {
    let mut screen = Screen { text: String::new(), color: options.color, width: options.width.max(MIN_WIDTH) };
    screen.answer(&shortened(&visible(&answer::headline(view)), MAX_ANSWER));
    match view.diagnosis.incidents.as_slice() {
        [] => nothing_found(&mut screen, view),
        [verdict] => one(&mut screen, view, verdict),
        several => many(&mut screen, view, several),
    }
    if let Some(comparison) = &view.comparison {
        screen.item("Compared", &compared::in_short(comparison));
    }
    let unread = view.unread_sources();
    if unread > 0 {
        screen.item("Unread", &format!("{unread} of {} inputs not whole; see sources", view.sources.len()));
    }
    if let Some(directory) = &options.directory {
        let emit = view.options.emit;
        let file = if emit.markdown { directory.join("report.md") } else { directory.clone() };
        screen.item("Report", &file.to_string_lossy());
    }
    screen.text
}

/// The answer in one line, for a journal or a mail's subject.
pub fn one_line(view: &View) -> String {
    let answer = shortened(&visible(&answer::headline(view)), MAX_ANSWER);
    match &view.comparison {
        Some(comparison) => format!("{answer} | compared with {}\n", visible(&compared::in_short(comparison))),
        None => format!("{answer}\n"),
    }
}

/// The lines of the verdict.
struct Screen {
    text: String,
    color: bool,
    width: usize,
}

impl Screen {
    fn put(&mut self, line: &str, style: &str) {
        if self.color && !style.is_empty() {
            self.text.push_str(&format!("\u{1b}[{style}m{line}\u{1b}[0m\n"));
        } else {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// The first line: bold, and as long as it is.
    fn answer(&mut self, line: &str) {
        self.put(line, "1");
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A label with a text of one line or two.
    fn item(&mut self, label: &str, text: &str) {
        let room = self.width.saturating_sub(INDENT);
        for (index, line) in wrapped(&visible(text), room, 2).into_iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            self.put(format!("{label:<INDENT$}{line}").trim_end(), "");
        }
    }

    /// A link of the chain: one line.
    fn link(&mut self, label: &str, time: &str, text: &str) {
        let line = format!("  {label:<11}{time}  {}", visible(text));
        self.put(&shortened(&line, self.width), "");
    }

    /// A quoted line under it: where it stands must be seen whole, so the text gives way.
    fn quote(&mut self, quote: &Quote) {
        let place = format!("{}:{}", visible(&quote.source), quote.line);
        let line = format!("{:INDENT$}{place}  {}", "", visible(quote.text()));
        self.put(&shortened(&line, self.width), "2");
    }
}

fn nothing_found(screen: &mut Screen, view: &View) {
    let diagnosis = &view.diagnosis;
    let counted = diagnosis.total_requests > 0 || diagnosis.total_failed > 0;
    if answer::all_outside(view).is_some() {
        screen.item("Next", "choose another --since or --until; without both, everything is read");
    } else if !counted && !view.sources.is_empty() {
        screen.item("Next", "add the access log of the balancer or the web server; see sources for what was read");
    }
    for caveat in diagnosis.caveats.iter().take(3) {
        screen.item("Note", caveat);
    }
}

fn one(screen: &mut Screen, view: &View, verdict: &Verdict) {
    screen.gap();
    for (role, piece) in answer::chain(verdict).take(MAX_LINKS) {
        screen.link(role.id(), &answer::near(view, verdict, piece.first), &piece.title);
        if let Some(quote) = piece.quotes.first() {
            screen.quote(quote);
        }
    }
    if verdict.chain.is_empty()
        && let Some(error) = verdict.unknown_errors.first()
    {
        let time = error.quote.as_ref().map_or(verdict.start, |quote| second_of(quote.moment));
        let title = format!("{} x an error that no signature knows", error.count);
        screen.link("error", &answer::near(view, verdict, time), &title);
        error.quote.iter().for_each(|quote| screen.quote(quote));
    }
    let failed = answer::failed_of(view, verdict.failed, verdict.requests);
    let end = answer::near(view, verdict, verdict.end);
    screen.link(&view.options.status_label, &view.when.time(verdict.start), &format!("{failed}, until {end}"));
    screen.gap();
    screen.item("Explains", &explains(view, verdict));
    if let Some(located) = answer::located(verdict) {
        screen.item("Where", &located);
    }
    unseen(screen, verdict);
    if let Some(next) = answer::next_step(verdict) {
        screen.item("Next", next);
    }
}

fn explains(view: &View, verdict: &Verdict) -> String {
    let explained = match verdict.cause {
        Some(_) => format!("{} of the {}", percent(verdict.explained_share), view.failures()),
        None => "nothing for sure".to_owned(),
    };
    let mechanism = verdict.mechanism.map_or_else(String::new, |cause| format!(", by way of {}", cause.id()));
    let next = verdict.runner_up.map_or_else(String::new, |(cause, probability)| {
        format!("; next best: {} ({})", cause.id(), percent(probability))
    });
    format!("{explained}{mechanism}{next}")
}

/// The steps that no log could decide, one line each, with the log to add.
fn unseen(screen: &mut Screen, verdict: &Verdict) {
    let steps: Vec<String> = answer::unseen(verdict)
        .map(|step| format!("{}: {}", step.check, step.next_action))
        .map(|text| text.trim_end_matches([':', ' ']).to_owned())
        .collect();
    let more = steps.len().saturating_sub(MAX_UNSEEN);
    let room = screen.width.saturating_sub(INDENT);
    for (index, step) in steps.iter().take(MAX_UNSEEN).enumerate() {
        let label = if index == 0 { "Not visible" } else { "" };
        let tail = if index + 1 == MAX_UNSEEN && more > 0 { format!(" (and {more} more)") } else { String::new() };
        let text = shortened(&visible(step), room.saturating_sub(tail.chars().count()));
        screen.item(label, &format!("{text}{tail}"));
    }
}

fn many(screen: &mut Screen, view: &View, verdicts: &[Verdict]) {
    let mut largest: Vec<usize> = (0..verdicts.len()).collect();
    largest.sort_by_key(|&index| std::cmp::Reverse(verdicts[index].failed));
    largest.truncate(MAX_BLOCKS);
    largest.sort_unstable();
    for verdict in largest.iter().map(|&index| &verdicts[index]) {
        screen.gap();
        let head = format!("{:<4}{}  {}", verdict.id, answer::cause(verdict), answer::when_and_where(view, verdict));
        let shown = shortened(&visible(&head), screen.width);
        screen.put(&shown, "1");
        screen.put(&shortened(&format!("    {}", visible(answer::summary(verdict))), screen.width), "");
        if let Some(quote) = answer::chain(verdict).find_map(|(_, piece)| piece.quotes.first()) {
            let line = format!("    {}:{}  {}", visible(&quote.source), quote.line, visible(quote.text()));
            screen.put(&shortened(&line, screen.width), "2");
        }
    }
    screen.gap();
    if verdicts.len() > largest.len() {
        let more = verdicts.len() - largest.len();
        screen.item("More", &format!("{more} smaller incidents; see incidents.csv"));
    }
}

/// Text in lines of `width` columns, `most` at most; what does not fit is cut.
fn wrapped(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut words = text.split(' ').filter(|word| !word.is_empty()).peekable();
    while let Some(word) = words.next() {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if lines.len() + 1 == most || columns(&joined) <= width || line.is_empty() {
            line = joined;
        } else {
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        }
        if words.peek().is_none() {
            lines.push(std::mem::take(&mut line));
        }
    }
    lines.iter().map(|line| shortened(line, width)).collect()
}

/// Text that takes no more than `width` columns.
fn shortened(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut used = 0;
    let kept: String = text
        .chars()
        .take_while(|&character| {
            used += column(character);
            used < width
        })
        .collect();
    format!("{}…", kept.trim_end())
}

fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// Columns of a character on a terminal: two for the blocks that Unicode calls wide (UAX #11), by their ranges.
fn column(character: char) -> usize {
    let wide = matches!(u32::from(character),
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x2_0000..=0x3_FFFD);
    1 + usize::from(wide)
}
