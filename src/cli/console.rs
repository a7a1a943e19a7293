//! What is said beside the result: warnings and errors on standard error, never a byte of a log as it is.

use super::args::{Color, TalkArgs};
use crate::model::trouble::{Severity, Trouble};
use crate::report::escape;
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};

/// Troubles that are told without `--verbose`; the report has them all.
const MAX_TROUBLES: usize = 8;
/// Columns where the output is no terminal.
const WIDTH: usize = 80;

/// How much is said, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    quiet: bool,
    verbose: bool,
    color: Color,
}

impl Console {
    /// As the operator wants it.
    pub(super) fn new(talk: &TalkArgs) -> Self {
        Self { quiet: talk.quiet, verbose: talk.verbose, color: talk.color }
    }

    /// Whether nothing but errors is to be said.
    pub(super) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Whether somebody watches who wants to see progress.
    pub(super) fn shows_progress(self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// Whether standard output is to be coloured.
    pub(super) fn colors(self) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let is = |name: &str, value: &str| std::env::var_os(name).is_some_and(|set| set == value);
                let forced = set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0");
                let wanted = std::io::stdout().is_terminal() && !is("CLICOLOR", "0") && !is("TERM", "dumb");
                !set("NO_COLOR") && (forced || wanted)
            }
        }
    }

    /// Columns of standard output.
    pub(super) fn width(self) -> usize {
        match terminal_size::terminal_size_of(std::io::stdout()) {
            Some((terminal_size::Width(columns), _)) if columns > 0 => usize::from(columns),
            _ => WIDTH,
        }
    }

    /// Something that the operator should know of.
    pub(super) fn warn(self, message: &str) {
        if !self.quiet {
            say(message);
        }
    }

    /// Something for those who ask.
    pub(super) fn detail(self, message: &str) {
        if self.verbose {
            say(message);
        }
    }

    /// What went wrong with the inputs, the worst first. `more` tells where the rest of them stands.
    pub(super) fn troubles(self, troubles: &BTreeSet<Trouble>, more: &str) {
        let mut told: Vec<&Trouble> = troubles.iter().collect();
        told.retain(|trouble| self.verbose || trouble.severity > Severity::Note);
        told.sort_by_key(|trouble| std::cmp::Reverse(trouble.severity));
        let most = if self.verbose { told.len() } else { MAX_TROUBLES };
        for trouble in told.iter().take(most) {
            self.warn(&format!("{}: {}", trouble.source, trouble.message));
        }
        if told.len() > most {
            self.warn(&format!("and {} more inputs with trouble: {more}", told.len() - most));
        }
    }
}

/// Says why the program ends without a result. Some reasons are lists, one mistake a line.
pub(super) fn error(error: &anyhow::Error) {
    let text = format!("{error:#}");
    let lines: Vec<_> = text.lines().map(escape::visible).collect();
    print(&lines.join("\n"));
}

fn say(message: &str) {
    print(&escape::visible(message));
}

fn print(text: &str) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "why503: {text}");
}
