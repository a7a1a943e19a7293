//! When a record happened, from its own timestamp and its carrier's.

use crate::detect::layout::{Layout, Stamps};
use crate::detect::template::{Minute, Skim};
use crate::model::clock::{Certainty, Clock, ZoneMemo};
use crate::model::stamp::{Civil, Moment, Stamp};
use crate::peel::Peeled;

/// Zone offsets are multiples of a quarter of an hour.
const QUARTER: i64 = 900 * Moment::SECOND;
/// A carrier that lags further behind its record than this says nothing about the record's zone.
const MAX_LAG: i64 = 60 * Moment::SECOND;

/// A dated record.
pub(super) struct Dated {
    /// The moment that the record states.
    pub(super) stated: Moment,
    /// The moment at which it was over and written.
    pub(super) end: Moment,
    /// How sure the moment is.
    pub(super) certainty: Certainty,
}

/// Dates one record after the other.
#[derive(Debug)]
pub(super) struct Dates<'c> {
    clock: &'c Clock,
    zone: ZoneMemo,
    own: Option<Resolved>,
    carrier: Option<Resolved>,
}

/// A stamp and its moment.
type Resolved = (Stamp, (Moment, Certainty));

impl<'c> Dates<'c> {
    /// Dates by this clock.
    pub(super) fn new(clock: &'c Clock) -> Self {
        Self { clock, zone: ZoneMemo::default(), own: None, carrier: None }
    }

    /// Dates a record of this layout, which states a duration in microseconds; nothing when neither it nor its carrier
    /// tells a time.
    pub(super) fn date(
        &mut self,
        layout: &Layout,
        duration: Option<i64>,
        own: Option<Stamp>,
        carrier: Option<&Peeled<'_>>,
    ) -> Option<Dated> {
        let duration = match layout.text.stamps {
            Stamps::Start => duration.unwrap_or(0).max(0),
            Stamps::End => 0,
        };
        let carrier = carrier.and_then(|carrier| carrier.stamp);
        let carrier = carrier.and_then(|stamp| resolve(self.clock, &mut self.zone, &mut self.carrier, stamp));
        let own = own.and_then(|stamp| resolve(self.clock, &mut self.zone, &mut self.own, stamp));
        let (stated, certainty) = match (own, carrier) {
            (None, carrier) => {
                let (moment, certainty) = carrier?;
                return Some(Dated { stated: moment, end: moment, certainty });
            }
            (Some((moment, Certainty::ZoneAssumed)), Some((written, Certainty::Stated))) => {
                // The carrier states what the record leaves open: the record's zone is the one that brings both
                // together.
                // A duration can be any number.
                let difference = written.0.saturating_sub(moment.plus(duration).0).clamp(-(1 << 60), 1 << 60);
                let quarters = (difference + QUARTER / 2).div_euclid(QUARTER) * QUARTER;
                if (difference - quarters).abs() > MAX_LAG {
                    return Some(Dated { stated: written, end: written, certainty: Certainty::Stated });
                }
                (moment.plus(quarters), Certainty::Stated)
            }
            (Some(own), _) => own,
        };
        Some(Dated { stated, end: stated.plus(duration), certainty })
    }
}

/// Dates what was skimmed, which has a time of its own, one record after the other.
#[derive(Debug)]
pub(super) struct Ends<'c> {
    clock: &'c Clock,
    zone: ZoneMemo,
    resolved: Option<Resolved>,
    /// Number of the minute whose timestamp was resolved last, see [`Skim::minute`], and its start.
    recent: Option<(u32, Moment)>,
}

impl<'c> Ends<'c> {
    /// Dates by this clock.
    pub(super) fn new(clock: &'c Clock) -> Self {
        Self { clock, zone: ZoneMemo::default(), resolved: None, recent: None }
    }

    /// Forgets the minute: another [`Skim`] numbers otherwise.
    pub(super) fn forget(&mut self) {
        self.recent = None;
    }

    /// When the record that was skimmed was over.
    #[inline]
    pub(super) fn of(&mut self, skim: &Skim<'_>, stamps: Stamps) -> Option<Moment> {
        if !skim.is_stamped() {
            return None;
        }
        let Minute { number, micros } = skim.minute();
        let stated = match self.recent {
            Some((recent, start)) if recent == number => start.plus(micros),
            _ => {
                let (moment, _) = resolve(self.clock, &mut self.zone, &mut self.resolved, skim.stamp()?)?;
                self.recent = Some((number, moment.plus(-micros)));
                moment
            }
        };
        Some(match stamps {
            Stamps::Start => stated.plus(skim.duration().unwrap_or(0).max(0)),
            Stamps::End => stated,
        })
    }
}

/// The moment of a stamp; that of the stamp before, if it is the same.
fn resolve(
    clock: &Clock,
    zone: &mut ZoneMemo,
    recent: &mut Option<Resolved>,
    stamp: Stamp,
) -> Option<(Moment, Certainty)> {
    if let Some((known, moment)) = recent
        && *known == stamp
    {
        return Some(*moment);
    }
    // Another second of the same minute: clocks change on whole minutes. The year of a date that states none may change
    // between two seconds, at the far end of what is taken for the past, or of the future.
    if let (
        Some((Stamp::Calendar { civil, fraction, stated_year, zone }, (moment, certainty))),
        Stamp::Calendar { civil: later, fraction: later_fraction, stated_year: later_stated, zone: later_zone },
    ) = (&*recent, stamp)
        && (Civil { second: 0, ..*civil }) == (Civil { second: 0, ..later })
        && (*stated_year, *zone) == (later_stated, later_zone)
        && (later_stated || civil.second == later.second || clock.keeps_year(*moment))
    {
        let seconds = i64::from(later.second) - i64::from(civil.second);
        let micros = i64::from(later_fraction) - i64::from(*fraction);
        return Some((moment.plus(seconds * Moment::SECOND + micros), *certainty));
    }
    let moment = clock.resolve_near(stamp, zone)?;
    *recent = Some((stamp, moment));
    Some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stamp::Zone;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// Stamps in the same minutes and in others, around the anchor and where years change.
        #[test]
        fn a_stamp_is_dated_as_without_one_before(
            anchor in 0i64..4_000_000_000,
            places in prop::collection::vec((0usize..5, -90i64..90, 0u32..3, any::<bool>(), 0usize..3), 1..30),
            zone in prop::sample::select(vec!["Europe/Berlin", "Pacific/Kiritimati", "UTC"]),
        ) {
            let clock = Clock::new(TimeZone::get(zone).unwrap(), anchor);
            let (mut memo, mut recent) = (ZoneMemo::default(), None);
            for (place, second, fraction, stated_year, zone) in places {
                let day = [0, 36, 36 - 365, 36 - 366, -100][place] * 86_400;
                let civil = Civil::from_second(anchor + day + second);
                let civil = if stated_year { civil } else { Civil { year: 1970, ..civil } };
                let zone = [Zone::Unstated, Zone::Utc, Zone::Offset(-43_200)][zone];
                let stamp = Stamp::Calendar { civil, fraction, stated_year, zone };
                prop_assert_eq!(resolve(&clock, &mut memo, &mut recent, stamp), clock.resolve(stamp), "{:?}", stamp);
            }
        }
    }
}
