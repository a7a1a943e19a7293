//! When a record happened, from its own timestamp and its carrier's.

use crate::detect::layout::{Layout, Stamps};
use crate::model::clock::{Certainty, Clock};
use crate::model::field::Field;
use crate::model::record::Fields;
use crate::model::stamp::{Moment, Stamp};
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

/// Dates a record; nothing when neither it nor its carrier tells a time.
pub(super) fn date(
    clock: &Clock,
    layout: &Layout,
    fields: &Fields<'_>,
    own: Option<Stamp>,
    carrier: Option<&Peeled<'_>>,
) -> Option<Dated> {
    let duration = match layout.text.stamps {
        Stamps::Start => fields.number(Field::Duration).unwrap_or(0).max(0),
        Stamps::End => 0,
    };
    let carrier = carrier.and_then(|carrier| carrier.stamp).and_then(|stamp| clock.resolve(stamp));
    let own = own.and_then(|stamp| clock.resolve(stamp));
    let (stated, certainty) = match (own, carrier) {
        (None, carrier) => {
            let (moment, certainty) = carrier?;
            return Some(Dated { stated: moment, end: moment, certainty });
        }
        (Some((moment, Certainty::ZoneAssumed)), Some((written, Certainty::Stated))) => {
            // The carrier states what the record leaves open: the record's zone is the one that brings both together.
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
