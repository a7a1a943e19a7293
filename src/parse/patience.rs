//! How often to look whether a record is quiet, where most are not: to look at a line twice takes longer than once.

/// How long not to look at records that show something. One among quiet ones changes nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct Patience {
    /// Records until the next look.
    left: u8,
    /// Twice as many as there were last time, and one.
    last: u8,
}

impl Patience {
    /// The most that `last` is.
    const MOST: u8 = 63;

    /// Whether the next one is looked at.
    pub(super) fn looks(&mut self) -> bool {
        let looks = self.left == 0;
        self.left = self.left.saturating_sub(1);
        looks
    }

    /// Notes what came of a look.
    pub(super) fn note(&mut self, shows_nothing: bool) {
        if shows_nothing {
            self.last /= 4;
        } else {
            self.last = (2 * self.last + 1).min(Self::MOST);
            self.left = self.last / 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of the records are looked at.
    fn looks(quiet: impl Fn(usize) -> bool) -> usize {
        let mut patience = Patience::default();
        let looked_at = (0..1000).filter(|&record| {
            let looks = patience.looks();
            if looks {
                patience.note(quiet(record));
            }
            looks
        });
        looked_at.count()
    }

    #[test]
    fn lasts_longer_the_more_show_something() {
        assert_eq!(looks(|_| true), 1000);
        assert_eq!(looks(|record| !record.is_multiple_of(10)), 1000);
        assert!(looks(|_| false) < 40);
        // Looked at again soon after.
        assert!(looks(|record| record >= 500) > 470);
    }
}
