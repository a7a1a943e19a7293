//! What of a night is needed to compare others with it.

use super::usual::Hour;
use super::{Date, Signatures};
use crate::diagnose::verdict::Diagnosis;
use crate::model::cause::{Cause, Role, Strength};
use crate::model::stamp::Moment;
use crate::spot::{Signatures as Catalogue, unfilled};
use crate::tally::Tally;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// A signature that was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Lines.
    pub count: u64,
    /// What the first of them says.
    pub title: String,
    /// What it argues for.
    pub cause: Option<Cause>,
}

/// A night in short.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Digest {
    /// Requests at the edge.
    pub requests: u64,
    /// 503s at the edge.
    pub failed: u64,
    /// Incidents.
    pub incidents: u64,
    /// Causes of the incidents, *unknown* as none.
    pub causes: BTreeSet<Option<Cause>>,
    /// Signatures that were met and argue for something.
    pub signatures: Signatures,
    /// 503s by hour.
    pub hours: BTreeMap<Hour, u64>,
}

impl Digest {
    /// The digest of a night. Hours are those of `zone`.
    pub fn of(diagnosis: &Diagnosis, tally: &Tally, catalogue: &Catalogue, zone: &TimeZone) -> Self {
        let mut digest = Self {
            requests: diagnosis.total_requests,
            failed: diagnosis.total_failed,
            incidents: diagnosis.incidents.len() as u64,
            causes: diagnosis.incidents.iter().map(|verdict| verdict.cause).collect(),
            ..Self::default()
        };
        for minute in diagnosis.timeline.iter().filter(|minute| minute.failed > 0) {
            if let Ok(moment) = Timestamp::from_second(minute.time) {
                let local = moment.to_zoned(zone.clone());
                let hour = Hour { weekday: local.weekday().to_monday_zero_offset(), hour: local.hour() };
                *digest.hours.entry(hour).or_default() += minute.failed;
            }
        }
        for (id, signature) in &tally.hits {
            let Some(text) = catalogue.find(id).map(|index| &catalogue.get(index).text) else { continue };
            // What is always there and argues for nothing is no news when it is there for the first time.
            let argues = matches!(text.role, Role::Trigger | Role::Fault | Role::Symptom);
            if !argues || text.strength < Strength::Contributing {
                continue;
            }
            let count = signature.scopes.values().map(|hits| hits.times.total()).sum();
            let quotes = signature.scopes.values().filter_map(|hits| {
                let (first, last) = hits.times.span()?;
                let ends = last.saturating_add(hits.times.step());
                let micros = |second: i64| second.saturating_mul(Moment::SECOND);
                hits.quotes.range(micros(first), micros(ends)).min()
            });
            let title = quotes.min().map_or_else(|| unfilled(&text.title), |quote| quote.title().to_owned());
            digest.signatures.insert(id.clone(), Seen { count, title, cause: text.cause });
        }
        digest
    }
}

/// The moments at which a day begins and ends in a zone, in seconds since 1970; 23 or 25 hours when clocks change.
pub fn bounds(day: Date, zone: &TimeZone) -> Result<(i64, i64), jiff::Error> {
    let start = |day: Date| Ok::<_, jiff::Error>(day.to_zoned(zone.clone())?.start_of_day()?.timestamp().as_second());
    Ok((start(day)?, start(day.tomorrow()?)?))
}
