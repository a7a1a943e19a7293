//! Requests and 503s over time, in as many steps as a drawing has room for.

use crate::diagnose::verdict::{Diagnosis, Verdict};
use crate::model::cause::Cause;
use crate::tally::Tally;
use crate::tally::series::Series;
use crate::tally::vantage::{ServiceTally, VantageKey};

/// Widths of a step in seconds.
const WIDTHS: [i64; 20] =
    [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];
/// Steps of a drawing, at most.
const MAX_STEPS: i64 = 120;
/// Causes, and *unknown* behind them.
pub(super) const KINDS: usize = Cause::ALL.len() + 1;
/// Seconds shown around an incident at least.
const MARGIN: i64 = 20;
/// Seconds before an incident in which what led to it is shown.
const BEFORE: i64 = 1800;

/// What was counted between two moments at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counts {
    /// Seconds of a step.
    pub(super) width: i64,
    /// Start of the first step, in seconds since 1970.
    pub(super) start: i64,
    /// Requests by step.
    pub(super) requests: Vec<u64>,
    /// 503s by step and the cause of their incident, in the order of [`Cause::ALL`]; the last are those that no cause explains.
    pub(super) failed: Vec<[u64; KINDS]>,
}

impl Counts {
    /// The whole time that the logs span.
    pub(super) fn of_all(diagnosis: &Diagnosis, tally: &Tally) -> Option<Self> {
        let (first, last) = diagnosis.window?;
        Self::between(diagnosis, tally, first, last + 1, None)
    }

    /// The services of an incident, around it and what led to it.
    pub(super) fn around(verdict: &Verdict, diagnosis: &Diagnosis, tally: &Tally) -> Option<Self> {
        let (first, last) = diagnosis.window?;
        let margin = ((verdict.end - verdict.start) / 3).max(MARGIN);
        let chain =
            verdict.chain.iter().filter_map(|link| verdict.evidence.get(link.evidence)).map(|piece| piece.first);
        let led = chain.filter(|&moment| moment >= verdict.start - BEFORE).min().unwrap_or(verdict.start);
        let from = (led.min(verdict.start) - margin).max(first);
        Self::between(diagnosis, tally, from, (verdict.end + 1 + margin).min(last + 1), Some(&verdict.services))
    }

    fn between(diagnosis: &Diagnosis, tally: &Tally, from: i64, to: i64, only: Option<&[String]>) -> Option<Self> {
        let services = at_the_edge(diagnosis, tally, only);
        let coarsest =
            services.iter().flat_map(|(_, service)| [service.requests.step(), service.failed.step()]).max()?;
        let length = (to - from).max(1);
        let fits = |width: &i64| width % coarsest == 0 && length / width < MAX_STEPS;
        // Decades in one log come from a broken clock; there the drawing is of no use.
        let width = WIDTHS.into_iter().find(fits)?;
        let start = from.div_euclid(width) * width;
        let steps = usize::try_from((to - start + width - 1) / width).ok()?.max(1);
        let mut counts = Self { width, start, requests: vec![0; steps], failed: vec![[0; KINDS]; steps] };
        for (name, service) in services {
            counts.add(name, service, diagnosis);
        }
        Some(counts)
    }

    fn add(&mut self, name: &str, service: &ServiceTally, diagnosis: &Diagnosis) {
        let (start, end) = (self.start, self.end());
        let inside = |series: &Series| series.range(start, end).collect::<Vec<_>>();
        for (second, count) in inside(&service.requests) {
            if let Some(step) = self.step(second) {
                self.requests[step] += count;
            }
        }
        for (second, count) in inside(&service.failed) {
            let Some(step) = self.step(second) else { continue };
            let mut incidents = diagnosis.incidents.iter();
            let incident = incidents.find(|verdict| {
                (verdict.start..=verdict.end).contains(&second) && verdict.services.iter().any(|one| one == name)
            });
            let kind = incident.and_then(|verdict| verdict.cause).map_or(KINDS - 1, Cause::index);
            self.failed[step][kind] += count;
        }
    }

    fn step(&self, second: i64) -> Option<usize> {
        let step = usize::try_from((second - self.start).div_euclid(self.width)).ok()?;
        (step < self.requests.len()).then_some(step)
    }

    /// The end of the last step.
    pub(super) fn end(&self) -> i64 {
        self.start + self.width * self.requests.len() as i64
    }

    /// The most requests of a step, and the most 503s.
    pub(super) fn most(&self) -> (u64, u64) {
        let failed = self.failed.iter().map(|kinds| kinds.iter().sum()).max();
        (self.requests.iter().copied().max().unwrap_or(0), failed.unwrap_or(0))
    }
}

/// What the logs at the edge counted, by service; of some services only, where they are named.
fn at_the_edge<'t>(
    diagnosis: &Diagnosis,
    tally: &'t Tally,
    only: Option<&[String]>,
) -> Vec<(&'t str, &'t ServiceTally)> {
    let mut found = Vec::new();
    for point in diagnosis.vantage_points.iter().filter(|point| point.edge) {
        let key = VantageKey { host: point.host.clone(), log: point.log.clone(), format: point.format.clone() };
        let services = tally.vantages.get(&key).into_iter().flat_map(|vantage| &vantage.services);
        let wanted = |name: &str| only.is_none_or(|only| only.iter().any(|one| one == name));
        found.extend(services.filter(|(name, _)| wanted(name)).map(|(name, service)| (name.as_str(), service)));
    }
    found
}
