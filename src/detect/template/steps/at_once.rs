//! What reads most lines of a template at once together with their ends.

use super::combined::Combined;
use super::timed::Timed;
use super::{Skim, Step};

/// A usual form of lines.
#[derive(Debug, Clone)]
pub enum AtOnce {
    /// The Common or the Combined Log Format.
    Combined(Combined),
    /// The format of a proxy that says what took how long.
    Timed(Timed),
}

impl AtOnce {
    /// That of a template with these steps, if it has one.
    pub(in crate::detect::template) fn of(steps: &[Step]) -> Option<Self> {
        Combined::of(steps).map(Self::Combined).or_else(|| Timed::of(steps).map(Self::Timed))
    }

    /// Skims the line that `text` begins with, and gives its length without what ends it, and with that. Nothing where
    /// it has another form, where no line feed ends it, or where the text ends soon behind it.
    #[inline]
    pub fn skim<'a>(&self, text: &'a [u8], skim: &mut Skim<'a>) -> Option<(usize, usize)> {
        match self {
            Self::Combined(combined) => combined.skim(text, skim),
            Self::Timed(timed) => timed.skim(text, skim),
        }
    }
}
