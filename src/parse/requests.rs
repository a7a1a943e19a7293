//! Lines of an access log that stand in no envelope: the bulk of most runs, on the shortest way to whoever counts them.

use super::date::{Resolved, resolve};
use super::fate::Fate;
use super::ledger::Ledger;
use super::plan::{self, Plan};
use super::take::{Skimmed, Take};
use super::{Parser, Window};
use crate::detect::layout::{Layout, Stamps};
use crate::detect::recognize::Bare;
use crate::detect::template::{Minute, Skim};
use crate::model::clock::{Clock, ZoneMemo};
use crate::model::field::Field;
use crate::model::stamp::Moment;
use std::borrow::Cow;
use std::ops::Range;

/// The layout that most lines of a block have, where its requests can be skimmed.
pub(super) struct Requests<'c, 'b> {
    layout: &'c Layout,
    index: usize,
    /// What a line must have in common with a template.
    least: u32,
    clock: &'c Clock,
    window: Window,
    skim: Skim<'b>,
    /// Number of the minute whose timestamp was resolved last, see [`Skim::minute`], and its start.
    recent: Option<(u32, Moment)>,
    resolved: Option<Resolved>,
    zone: ZoneMemo,
}

impl<'c, 'b> Requests<'c, 'b> {
    /// The short way for a block with this plan; nothing where most lines must be read whole.
    pub(super) fn of(parser: &'c Parser<'_>, plan: &Plan) -> Option<Self> {
        let reading = &parser.reading;
        let first = plan.first().filter(|_| reading.envelopes.is_empty() && !plan.has_columns());
        let (index, layout) = first.map(|index| (index, parser.layouts.get(index)))?;
        (layout.skims() && !layout.text.generic && layout.text.envelopes.is_empty()).then(|| Self {
            layout,
            index,
            least: plan::least(layout, &Bare { message: Cow::Borrowed(b""), carrier: None }),
            clock: &reading.clock,
            window: parser.window,
            skim: Skim::default(),
            recent: None,
            resolved: None,
            zone: ZoneMemo::default(),
        })
    }

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
        let stamp = self.skim.stamp()?;
        let Minute { number, micros } = self.skim.minute();
        let stated = match self.recent {
            Some((recent, start)) if recent == number => start.plus(micros),
            _ => {
                let (moment, _) = resolve(self.clock, &mut self.zone, &mut self.resolved, stamp)?;
                self.recent = Some((number, moment.plus(-micros)));
                moment
            }
        };
        Some(match self.layout.text.stamps {
            Stamps::Start => stated.plus(self.skim.duration().unwrap_or(0).max(0)),
            Stamps::End => stated,
        })
    }
}
