//! Lines of an access log that stand in no envelope: the bulk of most runs, on the shortest way to whoever counts them.

use super::date::{Resolved, resolve};
use super::fate::Fate;
use super::ledger::Ledger;
use super::take::{Skimmed, Take};
use crate::detect::layout::{Layout, Stamps};
use crate::detect::template::Skim;
use crate::model::clock::{Clock, ZoneMemo};
use crate::model::field::Field;
use crate::model::stamp::Moment;
use std::ops::Range;

/// The layout that most lines of a block have, where its requests can be skimmed.
pub(super) struct Requests<'c, 'b> {
    pub(super) layout: &'c Layout,
    pub(super) index: usize,
    /// What a line must have in common with a template.
    pub(super) least: u32,
    pub(super) clock: &'c Clock,
    pub(super) window: super::Window,
    pub(super) skim: Skim<'b>,
    /// Number of the timestamp that was resolved last, see [`Skim::stamp_number`], and its moment.
    pub(super) recent: Option<(u32, Moment)>,
    pub(super) resolved: Option<Resolved>,
    pub(super) zone: ZoneMemo,
}

impl<'b> Requests<'_, 'b> {
    /// Counts the line, unless it must be read whole.
    #[inline]
    pub(super) fn count(
        &mut self,
        line: &'b [u8],
        (number, span): (u64, Range<usize>),
        ledger: &mut Ledger<'_>,
        take: &mut impl Take,
    ) -> bool {
        if !self.layout.skim(self.least, line, &mut self.skim) {
            return false;
        }
        let Some(end) = self.end().filter(|end| self.window.holds(*end)) else { return false };
        let host = self.skim.get(Field::Host);
        let taken = take.skimmed(&Skimmed { fields: &self.skim, host, layout: self.index, end, span });
        if taken {
            ledger.count(Fate::Record, number);
            ledger.fates.saw(end);
        }
        taken
    }

    /// When the request that was skimmed was over.
    #[inline]
    fn end(&mut self) -> Option<Moment> {
        let number = self.skim.stamp_number();
        let stated = match self.recent {
            Some((recent, moment)) if recent == number && self.skim.stamp().is_some() => moment,
            _ => {
                let (moment, _) = resolve(self.clock, &mut self.zone, &mut self.resolved, self.skim.stamp()?)?;
                self.recent = Some((number, moment));
                moment
            }
        };
        Some(match self.layout.text.stamps {
            Stamps::Start => stated.plus(self.skim.duration().unwrap_or(0).max(0)),
            Stamps::End => stated,
        })
    }
}
