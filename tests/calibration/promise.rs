//! Whether a variant kept its promises.

use crate::labelled::{Bench, Case, Expected, incidents, time_faults, told};
use crate::variant::{Cause, Kind, Variant};
use std::path::PathBuf;
use why503::detect::layout::Family;
use why503::diagnose::constants::Constants;
use why503::diagnose::verdict::{Confidence, Diagnosis, Status, Verdict};
use why503::model::cause;

/// What a variant broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Breach {
    /// *Certain* or *probable*, and wrong.
    FalseCertainty,
    /// A cause is ruled out that is true, or that no log could show.
    RuledOut,
    /// Another cause than must be.
    Cause,
    /// 503s at the edge, or the number of incidents.
    Counts,
    /// Beginning or end.
    Times,
    /// *Possible*, with a log missing, and neither the cause nor what stands next to it in the chain.
    Guess,
}

/// The diagnosis of a variant.
pub(crate) fn diagnosis(bench: &Bench, variant: &Variant) -> Diagnosis {
    let root = tempfile::tempdir().unwrap();
    variant.tree.write(root.path());
    let mut paths = vec![root.path().to_owned()];
    if variant.kind == Kind::Reversed {
        paths = std::fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<PathBuf>>();
        paths.sort();
        paths.reverse();
    }
    bench.judge(&bench.read(&paths), &Constants::default())
}

/// What `variant` broke, in words.
pub(crate) fn breaches(case: &Case, variant: &Variant, diagnosis: &Diagnosis) -> Vec<(Breach, String)> {
    let mut found = Vec::new();
    let label = &case.label;
    if variant.counted {
        if diagnosis.total_failed != label.total_503 {
            found.push((Breach::Counts, format!("{} 503s, got {}", label.total_503, diagnosis.total_failed)));
        }
        if diagnosis.incidents.len() != label.incident.len() {
            let got = incidents(diagnosis);
            found.push((Breach::Counts, format!("{} incidents, got {got:?}", label.incident.len())));
            return found;
        }
    }
    for verdict in &diagnosis.incidents {
        let Some(expected) = nearest(label, verdict, variant.shift) else { continue };
        if variant.counted {
            let mut faults = time_faults(expected, verdict, variant.shift);
            // Where the log that told the edge's zone is missing, whole zones may lie between.
            let zones = (verdict.start - expected.start - variant.shift + 450).div_euclid(900) * 900;
            if variant.lends_zone {
                faults = time_faults(expected, verdict, variant.shift + zones);
            }
            found.extend(faults.into_iter().map(|fault| (Breach::Times, fault)));
        }
        found.extend(of_cause(expected, variant, verdict));
        found.extend(of_sight(expected, variant, verdict));
    }
    found
}

/// The incident that a verdict is about.
fn nearest<'l>(label: &'l crate::labelled::Label, verdict: &Verdict, shift: i64) -> Option<&'l Expected> {
    label.incident.iter().min_by_key(|expected| (expected.start + shift - verdict.start).abs())
}

fn of_cause(expected: &Expected, variant: &Variant, verdict: &Verdict) -> Option<(Breach, String)> {
    let cause = verdict.cause_id();
    // The next best cause may be named, but not as if it were sure.
    let unsure = !matches!(verdict.confidence, Confidence::Certain | Confidence::Probable);
    let left = || cause == "unknown" || unsure && expected.second_best.iter().any(|second| second == cause);
    let fine = expected.accepts(cause) || (variant.cause == Cause::Weaker && left());
    if fine {
        return None;
    }
    let message = format!("{}, got {}: {}", expected.cause(), told(verdict), verdict.summary);
    let breach = match (verdict.confidence, variant.cause) {
        (Confidence::Certain | Confidence::Probable, _) => Breach::FalseCertainty,
        (_, Cause::Same) => Breach::Cause,
        (_, Cause::Weaker) => Breach::Guess,
    };
    Some((breach, message))
}

/// Nothing that is true is ever ruled out, and nothing that only a missing log shows.
fn of_sight(expected: &Expected, variant: &Variant, verdict: &Verdict) -> Vec<(Breach, String)> {
    let blind = |id: cause::Cause| {
        let firewall = id == cause::Cause::Firewall && variant.missing.contains(&Family::Firewall);
        firewall || (variant.kind == Kind::EdgeAlone && id != cause::Cause::Maintenance)
    };
    let wrong = verdict.causes.iter().filter(|known| {
        known.status == Status::RuledOut && (expected.cause() == known.cause.id() || blind(known.cause))
    });
    wrong.map(|known| (Breach::RuledOut, format!("{} is ruled out", known.cause.id()))).collect()
}
