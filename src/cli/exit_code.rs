//! What the program tells its caller by number.

use crate::model::trouble::Severity;
use crate::tally::Tally;

/// How a run came out. The order is that of importance: of two outcomes the later one is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExitCode {
    /// It ran, with or without incidents.
    Ran,
    /// It ran, but some input could not be read whole.
    Incomplete,
    /// There are incidents, and `--fail-on-incident` asked for it.
    Incidents,
    /// No input could be read.
    NothingRead,
    /// Wrong use, bad patterns, or the result could not be written.
    Failed,
}

impl ExitCode {
    /// The number.
    pub fn number(self) -> u8 {
        match self {
            ExitCode::Ran => 0,
            ExitCode::Incidents => 1,
            ExitCode::Failed => 2,
            ExitCode::Incomplete => 3,
            ExitCode::NothingRead => 4,
        }
    }

    /// What both outcomes together come to: the more important one. An incident that was found is there whatever else
    /// could not be read, so it comes before [`ExitCode::Incomplete`].
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }

    /// How well the inputs could be read. An empty directory holds nothing that could not be read.
    pub fn of_inputs(tally: &Tally) -> Self {
        Self::of_reading(tally.troubles.iter().map(|trouble| trouble.severity).max(), !tally.sources.is_empty())
    }

    /// The same from the worst that happened, and whether anything was read at all.
    pub fn of_reading(worst: Option<Severity>, some: bool) -> Self {
        match worst {
            Some(Severity::Lost) if !some => ExitCode::NothingRead,
            Some(Severity::Lost | Severity::Partial) => ExitCode::Incomplete,
            Some(Severity::Note) | None => ExitCode::Ran,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        code.number().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::trouble::Trouble;

    #[test]
    fn numbers_are_the_documented_ones() {
        let all = [ExitCode::Ran, ExitCode::Incidents, ExitCode::Failed, ExitCode::Incomplete, ExitCode::NothingRead];
        assert_eq!(all.map(ExitCode::number), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn the_more_important_outcome_is_told_whatever_the_order() {
        for (one, other, both) in [
            (ExitCode::Ran, ExitCode::Ran, ExitCode::Ran),
            (ExitCode::Ran, ExitCode::Incomplete, ExitCode::Incomplete),
            (ExitCode::Incidents, ExitCode::Incomplete, ExitCode::Incidents),
            (ExitCode::NothingRead, ExitCode::Incidents, ExitCode::NothingRead),
            (ExitCode::Failed, ExitCode::NothingRead, ExitCode::Failed),
        ] {
            assert_eq!(one.and(other), both);
            assert_eq!(other.and(one), both);
        }
    }

    #[test]
    fn only_what_is_missing_counts() {
        let with = |trouble: Trouble| Tally { troubles: [trouble].into(), ..Tally::default() };
        assert_eq!(ExitCode::of_inputs(&Tally::default()), ExitCode::Ran);
        assert_eq!(ExitCode::of_inputs(&with(Trouble::note("a", "is binary"))), ExitCode::Ran);
        assert_eq!(ExitCode::of_inputs(&with(Trouble::partial("a", "ends early"))), ExitCode::Incomplete);
        assert_eq!(ExitCode::of_inputs(&with(Trouble::lost("a", "does not exist"))), ExitCode::NothingRead);
    }
}
