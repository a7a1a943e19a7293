//! How many lines are kept to quote for each scope of a signature.

use serde::{Deserialize, Serialize};

/// The more scopes a signature has, the fewer lines are kept for each: quotes are most of the memory of a large run, and
/// of a fault that is met in a hundred places nobody reads three lines a minute for each place.
///
/// A quota never grows back: it depends on nothing but how far scopes had to be told apart less finely, and on how many
/// of them there are, and a part of the data never has more of either than the whole. So whatever order the parts are
/// added in, the lines that the whole keeps were kept in each part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Quota(u8);

/// Most scopes of a signature with the first quota, and with the second.
const SCOPES: [usize; 2] = [40, 120];
/// Lines kept per stretch of time, by quota.
const LINES: [usize; 3] = [3, 1, 1];
/// Stretches kept before they are made wider, by quota.
const STRETCHES: [usize; 3] = [240, 240, 80];

impl Quota {
    /// The quota of so many scopes that are told apart at this level.
    pub(super) fn of(level: u8, scopes: usize) -> Self {
        match scopes {
            _ if level > 0 => Self(2),
            scopes if scopes <= SCOPES[0] => Self(0),
            scopes if scopes <= SCOPES[1] => Self(1),
            _ => Self(2),
        }
    }

    /// Lines kept per stretch of time.
    pub(super) fn lines(self) -> usize {
        LINES.get(usize::from(self.0)).copied().unwrap_or(1)
    }

    /// Stretches kept before they are made wider.
    pub(super) fn stretches(self) -> usize {
        STRETCHES.get(usize::from(self.0)).copied().unwrap_or(STRETCHES[2])
    }

    /// Whether it is that of few scopes.
    pub(super) fn is_full(&self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_scopes_never_have_more_lines() {
        let quotas: Vec<Quota> =
            (0..4).flat_map(|level| (0..=400).map(move |scopes| Quota::of(level, scopes))).collect();
        assert!(quotas.is_sorted());
        let lines = |quota: &Quota| std::cmp::Reverse((quota.lines(), quota.stretches()));
        assert!(quotas.is_sorted_by_key(lines));
    }
}
