//! What went wrong with one input: data that reaches the report, never a reason to end the run.

use serde::{Deserialize, Serialize};

/// How much of the input is missing because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Everything that counts was read; the operator should know (a duplicate left out, a binary file skipped).
    Note,
    /// Part of the input could not be read (a truncated tail, a line over the cap). Exit code 3.
    Partial,
    /// Nothing of this input could be read. Exit code 3, or 4 when it holds for every input.
    Lost,
}

/// One thing that went wrong, with the input it happened to.
///
/// `Ord` is total, so that a list of troubles prints in the same order on every run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trouble {
    /// Name of the source or member, or the path as given.
    pub source: String,
    /// How much is missing.
    pub severity: Severity,
    /// What was being done, what was met, what was expected, and which flag or command helps; one sentence.
    pub message: String,
}

impl Trouble {
    /// A trouble that costs nothing that counts.
    pub fn note(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self { source: source.into(), severity: Severity::Note, message: message.into() }
    }

    /// A trouble that costs a part of the input.
    pub fn partial(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self { source: source.into(), severity: Severity::Partial, message: message.into() }
    }

    /// A trouble that costs the whole input.
    pub fn lost(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self { source: source.into(), severity: Severity::Lost, message: message.into() }
    }
}
