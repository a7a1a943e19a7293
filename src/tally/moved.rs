//! Times moved by the difference of two clocks.

use super::{HitTally, Tally};
use crate::tally::vantage::VantageTally;
use std::collections::BTreeMap;

/// What was done to the times of one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockShift {
    /// Added to its times.
    pub seconds: i64,
    /// The machine whose clock it was set to.
    pub reference: String,
    /// Requests in the logs of both that say so; none where it follows from other machines.
    pub requests: u32,
}

impl HitTally {
    fn move_by(&mut self, seconds: i64) {
        self.times.move_by(seconds);
        self.on_failed.move_by(seconds);
        self.quotes.move_by(seconds);
    }
}

impl VantageTally {
    fn move_by(&mut self, seconds: i64) {
        for service in self.services.values_mut() {
            service.requests.move_by(seconds);
            service.failed.move_by(seconds);
            service.instant.move_by(seconds);
            service.breakdowns.values_mut().for_each(|breakdown| breakdown.move_by(seconds));
        }
        self.fingerprints.move_by(seconds);
        self.client_fingerprints.move_by(seconds);
    }
}

impl Tally {
    /// Moves the times of machines, and notes it in [`Tally::clocks`]. To be done once, after all parts are added.
    pub fn move_clocks(&mut self, shifts: BTreeMap<String, ClockShift>) {
        if shifts.is_empty() {
            return;
        }
        // A line may be about another machine than the one that wrote it, whose clock it was.
        let writers: BTreeMap<String, String> =
            self.sources.values().map(|source| (source.log.clone(), source.host.clone())).collect();
        let shift = |host: &str, log: &str| {
            let writer = writers.get(log).filter(|writer| !writer.is_empty()).map_or(host, String::as_str);
            shifts.get(writer).map_or(0, |shift| shift.seconds)
        };
        for (key, vantage) in &mut self.vantages {
            vantage.move_by(shift(&key.host, &key.log));
        }
        for (scope, hits) in self.hits.values_mut().flat_map(|signature| &mut signature.scopes) {
            hits.move_by(shift(&scope.host, &scope.log));
        }
        for ((host, log), shapes) in &mut self.unknown {
            let seconds = shift(host, log);
            shapes.shapes.values_mut().for_each(|hits| hits.move_by(seconds));
        }
        for source in self.sources.values_mut() {
            let seconds = shift(&source.host, &source.log);
            if seconds == 0 {
                continue;
            }
            source.zone.push_str(&format!("; clock set by {seconds:+} s"));
            source.coverage.values_mut().for_each(|series| series.move_by(seconds));
            for moment in [&mut source.fates.first, &mut source.fates.last].into_iter().flatten() {
                *moment += seconds * 1_000_000;
            }
        }
        self.clocks.extend(shifts);
    }
}
