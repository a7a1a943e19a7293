//! Which bursts of 503s are one incident: that depends on whether one cause explains them, so it is decided here and
//! not where bursts are found.
//!
//! Bursts are joined in passes over the order of time, and in a pass only what was joined is judged anew. To judge all
//! of them after every join would cost the square of their number.

use super::background::Background;
use super::constants::WEAK_GAP;
use super::judge::Judge;
use super::locate;
use super::verdict::Verdict;
use crate::model::cause::Role;
use crate::segment::{Incident, SAME_ONSET};
use crate::spread::spread;

/// Bursts of two services overlap when the second begins at most so many seconds after the end of the first.
const OVERLAP: i64 = 10;
/// Bursts that the same explains are one over a pause of this part of the longer one.
const FITS: i64 = 10;
/// Passes after which what is still apart stays apart.
const PASSES: usize = 8;

/// The verdicts on the incidents that the bursts make, in the order of time.
pub(super) fn joined(judge: &Judge<'_>) -> Vec<Verdict> {
    let mut incidents = judge.segments.incidents.clone();
    let mut background = Background::new(judge.tally, &incidents);
    let mut verdicts = judge.verdicts(&incidents, &background);
    for _ in 0..PASSES {
        let before = incidents.len();
        judge.pass(&mut incidents, &mut verdicts, &background);
        if incidents.len() == before {
            break;
        }
        background = Background::new(judge.tally, &incidents);
        verdicts = judge.verdicts(&incidents, &background);
    }
    // Only of those that remain: that looks at all values of all services.
    let located = spread(&incidents, |incident| locate::locate(judge.tally, judge.segments, incident));
    for (verdict, located) in verdicts.iter_mut().zip(located) {
        (verdict.affected, verdict.located) = located;
    }
    verdicts
}

impl Judge<'_> {
    fn verdicts(&self, incidents: &[Incident], background: &Background) -> Vec<Verdict> {
        let earlier: Vec<_> =
            (0..incidents.len()).map(|index| (&incidents[index], earlier(incidents, index))).collect();
        spread(&earlier, |&(incident, earlier)| self.verdict(incident, background, earlier))
    }

    /// `background` is what lies outside of the incidents before any is joined.
    fn pass(&self, incidents: &mut Vec<Incident>, verdicts: &mut Vec<Verdict>, background: &Background) {
        let mut one = 0;
        while one < incidents.len() {
            let Some(other) = self.partner(one, incidents, verdicts) else {
                one += 1;
                continue;
            };
            let only_later_explained = self.is_weak(&verdicts[one]) && !self.is_weak(&verdicts[other]);
            let later = incidents.remove(other);
            verdicts.remove(other);
            let known = &mut incidents[one];
            if only_later_explained {
                known.onset = later.onset;
            }
            known.end = known.end.max(later.end);
            known.services.extend(later.services);
            verdicts[one] = self.verdict(&incidents[one], background, earlier(incidents, one));
        }
    }

    /// The first later burst that is one incident with this: bursts of different services that begin together, or
    /// bursts of one service with a short pause between, when the same cause explains both or the logs tell none for
    /// one of them.
    fn partner(&self, one: usize, incidents: &[Incident], verdicts: &[Verdict]) -> Option<usize> {
        let before = &incidents[one];
        let longest = incidents.iter().map(|incident| incident.end - incident.start).max().unwrap_or(0);
        let furthest = before.end + self.knowledge.gap.max(WEAK_GAP).max(OVERLAP).max(longest / FITS);
        let near = (one + 1..incidents.len()).take_while(|&other| incidents[other].start <= furthest);
        near.into_iter().find(|&other| {
            let after = &incidents[other];
            let pause = after.start - before.end;
            let together = after.start - before.start <= SAME_ONSET && pause <= OVERLAP;
            let shared = !before.services.is_disjoint(&after.services);
            let causes = (verdicts[one].cause, verdicts[other].cause);
            let same = causes.0 == causes.1 || (together && (causes.0.is_none() || causes.1.is_none()));
            let weak = || self.is_weak(&verdicts[one]) || self.is_weak(&verdicts[other]);
            let brief = shared && pause <= WEAK_GAP;
            // What nothing explains is alike only if the same is noticed of both.
            let noticed =
                |at: usize| verdicts[at].evidence.first().map(|piece| (&piece.signature, &piece.about, &piece.title));
            let same_noticed = noticed(one).is_some() && noticed(one) == noticed(other);
            let alike = causes.0.is_some() || brief || same_noticed;
            // What goes on for hours may begin and end in fits.
            let length = (before.end - before.start).max(after.end - after.start);
            let agree = causes.0 == causes.1 || causes.0.is_none() || causes.1.is_none();
            let in_fits = shared && agree && noticed(one) == noticed(other) && pause <= length / FITS;
            let paused = shared && pause <= self.knowledge.gap && alike;
            let joined = ((together || paused) && same) || (brief && weak()) || in_fits;
            joined && (together || !self.speaks_for_itself(&verdicts[one], &verdicts[other]))
        })
    }

    /// Whether the 503s of one burst say their cause themselves, and those of the other do not.
    fn speaks_for_itself(&self, one: &Verdict, other: &Verdict) -> bool {
        let share = |verdict: &Verdict, cause: usize| {
            verdict.causes.get(cause).map_or(0.0, |cause| cause.attributed as f64 / verdict.failed.max(1) as f64)
        };
        let differ = |one: &Verdict, other: &Verdict| {
            one.cause.is_some_and(|cause| {
                share(one, cause.index()) >= self.constants.settled && share(other, cause.index()) < 0.5
            })
        };
        differ(one, other) || differ(other, one)
    }

    /// Whether only symptoms speak for a verdict.
    fn is_weak(&self, verdict: &Verdict) -> bool {
        !verdict
            .evidence
            .iter()
            .any(|piece| matches!(piece.role, Role::Fault | Role::Trigger) && piece.weight >= self.constants.explains)
    }
}

/// The end of the last incident of the same service before this one.
fn earlier(incidents: &[Incident], index: usize) -> Option<i64> {
    let this = &incidents[index];
    let before = incidents[..index].iter();
    before
        .filter(|other| other.end < this.start && !other.services.is_disjoint(&this.services))
        .map(|other| other.end)
        .max()
}
