//! The weight of each line's evidence: `base · lift · lead · scope · presence`.

use super::background::{Background, bucket};
use super::constants::{BUCKET, Constants, Factor};
use super::coverage::Coverage;
use super::relate::Neighbourhood;
use super::verdict::Evidence;
use super::window::{Window, buckets};
use crate::model::cause::{Lead, Role, Strength};
use crate::segment::Incident;
use crate::spot::reference::References;
use crate::spot::signature::SignatureText;
use crate::spot::{Signatures, fill, unfilled};
use crate::tally::evidence::Quote;
use crate::tally::{HitTally, Scope, Tally};
use std::collections::BTreeMap;

/// What was changed starts within this many seconds.
const STARTS: i64 = 30;

/// What the weighing of one incident needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighing<'d> {
    pub(super) tally: &'d Tally,
    pub(super) signatures: &'d Signatures,
    pub(super) references: &'d References,
    pub(super) coverage: &'d Coverage,
    pub(super) near: &'d Neighbourhood,
    pub(super) incident: &'d Incident,
    /// What is logged outside of every incident.
    pub(super) background: &'d Background,
    /// End of the last incident of the same service before this one.
    pub(super) earlier: Option<i64>,
    pub(super) constants: &'d Constants,
    /// Second of the last change just before the first 503.
    pub(super) changed: Option<i64>,
    /// 503s at the edge by second.
    pub(super) failed: &'d BTreeMap<i64, u64>,
}

/// Where a line occurs, as numbers of buckets.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Presence {
    /// Buckets of the window in which it occurs, and all of the window.
    inside: (f64, f64),
    /// Buckets of the baseline in which it occurs, and all of the baseline.
    outside: (f64, f64),
}

impl Weighing<'_> {
    /// The evidence of every signature with a line in the window, heaviest first.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let mut all = Vec::new();
        let mut window = Window::default();
        let failing = Failing::new(self.failed);
        for (id, hits) in &self.tally.hits {
            let Some(signature) = self.signatures.find(id).map(|index| &self.signatures.get(index).text) else {
                continue;
            };
            for ((scope, hits), normal) in hits.scopes.iter().zip(self.background.normal(id)) {
                all.extend(self.weigh(signature, (scope, hits), normal, (&mut window, &failing)));
            }
        }
        sort(&mut all);
        all
    }

    fn weigh(
        &self,
        signature: &SignatureText,
        (scope, hits): (&Scope, &HitTally),
        normal: &[i64],
        (window, failing): (&mut Window, &Failing),
    ) -> Option<Evidence> {
        let from = self.incident.start - signature.lead.seconds();
        // A recovery ends the incident, so it may come a little later than the last 503.
        let to = self.incident.end + if signature.role == Role::Recovery { 120 } else { 2 };
        let beside = (self.incident.start - 2 * BUCKET, self.incident.end + 2 * BUCKET);
        window.read(&hits.times, from.min(beside.0), to.max(beside.1));
        let times = window.within(from, to);
        let (&(first, _), &(last, _)) = (times.first()?, times.last()?);
        let own = hits.on_failed.sum(self.incident.start, self.incident.end + 1);
        let span = self.coverage.span(&scope.host, &scope.log).unwrap_or((from, to));
        // That a request failed for want of a server is direct, but no more than strong for any reason why.
        let strength =
            if signature.role == Role::Symptom { signature.strength.min(Strength::Strong) } else { signature.strength };
        let factor = |factor: Factor, value: f64| if self.constants.uses(factor) { value } else { 1.0 };
        let base = self.constants.base(strength);
        let lift = factor(Factor::Lift, self.lift(window, normal, (from.max(span.0), to), span));
        let lead = factor(Factor::Lead, self.lead(times, signature)) * self.unspent(first);
        let nearness = factor(Factor::Scope, if own > 0 { 1.0 } else { self.near.nearness(scope, self.constants) });
        let presence = factor(Factor::Presence, failing.presence(signature, window.within(beside.0, beside.1), own));
        let quotes: Vec<_> = hits.quotes.range(from * 1_000_000, (to + 1) * 1_000_000).take(3).cloned().collect();
        Some(Evidence {
            signature: signature.id.clone(),
            family: signature.family.clone(),
            cause: signature.cause,
            role: signature.role,
            strength: signature.strength,
            title: quotes.first().map_or_else(|| unfilled(&signature.title), |quote| quote.title().to_owned()),
            host: scope.host.clone(),
            about: about(scope),
            topic: scope.topic.clone(),
            count: times.iter().map(|(_, count)| count).sum(),
            first,
            last,
            weight: base * lift * lead * nearness * presence,
            base,
            lift,
            lead,
            scope: nearness,
            presence,
            counts_for: None,
            counts: 0.0,
            attributed: own,
            fix: self.fix(signature, scope, quotes.first()),
            quotes,
        })
    }

    /// What to do, with the names that the scope or the first line knows; any other is left for the reader to fill in,
    /// as `<name>`. So is a name that could act as more than a name in a command.
    fn fix(&self, signature: &SignatureText, scope: &Scope, first: Option<&Quote>) -> Vec<String> {
        let named = |name: &str| {
            let value = match name {
                "host" => scope.host.clone(),
                "service" => scope.service.clone(),
                "upstream" => scope.upstream.clone(),
                "program" => scope.program.clone(),
                _ => {
                    let spotted = self.signatures.find(&signature.id).map(|index| self.signatures.get(index));
                    spotted.and_then(|spotted| spotted.captured(first?.text().as_bytes(), name)).unwrap_or_default()
                }
            };
            Some(if is_plain(&value) { value } else { format!("<{name}>") })
        };
        let reference = self.references.get(&signature.id);
        reference.map(|reference| reference.fix.iter().map(|step| fill(step, named)).collect()).unwrap_or_default()
    }

    /// How much more often a line occurs in the window than outside of every incident, 0 to 1.
    fn lift(&self, times: &Window, normal: &[i64], window: (i64, i64), span: (i64, i64)) -> f64 {
        let Presence { inside: (a, window), outside: (b, baseline) } = self.buckets(times, normal, window, span);
        if b == 0.0 {
            let incident = ((self.incident.end - self.incident.start) / BUCKET + 1) as f64;
            let least = self.constants.no_baseline;
            return least + (1.0 - least) * (baseline / (self.constants.novel_baseline * incident)).min(1.0);
        }
        // Half a count and one bucket keep both rates away from zero (Gamma-Poisson shrinkage, Jeffreys' prior).
        let ratio = ((a + 0.5) / (window + 1.0)).ln() - ((b + 0.5) / (baseline + 1.0)).ln();
        let always = (1.0 / (b / baseline).min(1.0)).ln() / self.constants.always_there.ln();
        (1.0 - (-ratio.max(0.0) / self.constants.lift_scale).exp()) * always.clamp(0.0, 1.0)
    }

    /// The window for the lift is the incident with a short look-back: over half an hour of it, what happens only in
    /// the incident would be diluted.
    fn buckets(&self, times: &Window, normal: &[i64], (from, to): (i64, i64), span: (i64, i64)) -> Presence {
        let short = from.max(self.incident.start - 60);
        let inside = || buckets(times.within(from, to));
        // What occurs only in the early part of the look-back is seen over all of it.
        let early = inside().next().is_some_and(|first| first < bucket(short));
        let window_from = if early { from } else { short };
        let window = (bucket(to) - bucket(window_from) + 1).max(1) as f64;
        let within = normal.partition_point(|&at| at < bucket(to)) - normal.partition_point(|&at| at < bucket(from));
        let outside = (normal.len() - within) as f64;
        let free = self.background.free(span.0, span.1) as f64;
        Presence { inside: (inside().count() as f64, window), outside: (outside, free.max(outside)) }
    }

    /// How well a line precedes the first 503: fully within its usual lead, less before that and after the onset. What
    /// a change broke shows only when the changed thing has started.
    fn lead(&self, times: &[(i64, u64)], signature: &SignatureText) -> f64 {
        let usual = signature.lead.seconds() as f64;
        let started = self.changed.filter(|_| signature.role == Role::Fault).map(|changed| changed + STARTS);
        let ahead = |second: i64| (self.incident.onset - second) as f64;
        let at = |second: i64| {
            let ahead = ahead(second);
            // Stamps are cut to the second, and a proxy notices before its log line is written.
            let of_change = ahead < 0.0 && started.is_some_and(|started| second <= started);
            if of_change || (ahead >= -2.0 && ahead <= usual) {
                1.0
            } else if ahead > usual {
                (-(ahead - usual) / usual).exp()
            } else {
                ((ahead + 2.0) / self.constants.lag).exp().max(self.constants.least_lead)
            }
        };
        // It grows until the usual lead begins, and never after that: the best is the last before or the first behind.
        let early = times.partition_point(|(second, _)| ahead(*second) > usual);
        let best = times[early.saturating_sub(1)..].iter().take(2);
        best.map(|(second, _)| at(*second)).fold(0.0, f64::max)
    }

    /// What happened before an earlier incident of the same service was over belongs to that one.
    fn unspent(&self, first: i64) -> f64 {
        if self.earlier.is_some_and(|end| first <= end) { self.constants.spent } else { 1.0 }
    }
}

/// The 503s of an incident.
#[derive(Debug)]
struct Failing {
    /// Buckets with one, in order.
    buckets: Vec<i64>,
    all: u64,
}

impl Failing {
    fn new(failed: &BTreeMap<i64, u64>) -> Self {
        let mut buckets: Vec<i64> = failed.keys().map(|&second| bucket(second)).collect();
        buckets.dedup();
        Self { buckets, all: failed.values().sum() }
    }

    /// How well a line covers the incident, 0 to 1. A code in the 503s' own lines, of which there are `own`, speaks for
    /// those that have it and for no others; an event happens once; a state goes on.
    ///
    /// A state counts half for being there at all, the rest by its likeness to the buckets with 503s (Ochiai; Abreu et
    /// al., "On the accuracy of spectrum-based fault localization", 2007).
    fn presence(&self, signature: &SignatureText, times: &[(i64, u64)], own: u64) -> f64 {
        if own > 0 {
            return own as f64 / self.all.max(1) as f64;
        }
        if !is_state(signature) {
            return 1.0;
        }
        let mut failing = self.buckets.iter().peekable();
        let (mut shown, mut both) = (0_usize, 0_usize);
        for bucket in buckets(times) {
            shown += 1;
            while failing.next_if(|failing| **failing < bucket).is_some() {}
            both += usize::from(failing.peek() == Some(&&bucket));
        }
        let norm = (self.buckets.len() as f64 * shown as f64).sqrt();
        0.5 + if norm > 0.0 { 0.5 * both as f64 / norm } else { 0.0 }
    }
}

/// Heaviest first; ties by strength, first sighting, id and what it is about.
pub(super) fn sort(evidence: &mut [Evidence]) {
    evidence.sort_by(|one, other| {
        (other.weight.total_cmp(&one.weight))
            .then(other.strength.cmp(&one.strength))
            .then(one.first.cmp(&other.first))
            .then_with(|| (&one.signature, &one.host, &one.about).cmp(&(&other.signature, &other.host, &other.about)))
    });
}

/// Whether a name from a log can stand in a command that somebody copies.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/@-[]".contains(&byte);
    !name.is_empty() && name.len() <= 80 && !name.starts_with('-') && name.bytes().all(plain)
}

/// A state goes on while its cause does; an event happens once.
fn is_state(signature: &SignatureText) -> bool {
    signature.lead == Lead::Instant && signature.role != Role::Trigger && signature.strength != Strength::Context
}

fn about(scope: &Scope) -> String {
    [&scope.upstream, &scope.service, &scope.program]
        .into_iter()
        .find(|name| !name.is_empty() && *name != "-" && *name != "_")
        .cloned()
        .unwrap_or_default()
}
