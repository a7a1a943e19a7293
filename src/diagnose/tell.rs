//! The chain, and the answer in one sentence.

use super::causes::Causes;
use super::constants::{BUCKET, Constants};
use super::decide::Decision;
use super::verdict::{Evidence, Link};
use crate::model::cause::{Cause, Role, Strength};
use crate::segment::Incident;
use std::collections::BTreeMap;

/// Least weight of a link that the chain shows.
const SHOWN: f64 = 0.1;

/// The chain *trigger → fault → symptom*: of each role the heaviest piece that fits the verdict.
pub(super) fn chain(evidence: &[Evidence], decision: &Decision, constants: &Constants) -> Vec<Link> {
    let Some(cause) = decision.cause else {
        return best(evidence, |piece| piece.role == Role::Symptom)
            .map(|evidence| Link { role: Role::Symptom, evidence })
            .into_iter()
            .collect();
    };
    let fits = |piece: &Evidence| piece.cause == Some(cause) || piece.cause == decision.mechanism;
    // A change of another cause stands in the chain only if it can have set the fault off.
    let sets_off = |piece: &Evidence| {
        fits(piece) || (piece.cause == Some(Cause::AutomaticConfiguration) && piece.weight >= constants.takes_over.1)
    };
    let trigger =
        best(evidence, |piece| piece.role == Role::Trigger && piece.strength > Strength::Context && sets_off(piece));
    let fault = best(evidence, |piece| piece.role == Role::Fault && fits(piece));
    let symptom = best(evidence, |piece| piece.role == Role::Symptom && piece.scope >= 0.5);
    // A change after the fault is the repair, not what set it off.
    let trigger =
        trigger.filter(|&trigger| fault.is_none_or(|fault| evidence[trigger].first <= evidence[fault].first + 2));
    [(Role::Trigger, trigger), (Role::Fault, fault), (Role::Symptom, symptom)]
        .into_iter()
        .filter_map(|(role, index)| index.map(|evidence| Link { role, evidence }))
        .collect()
}

fn best(evidence: &[Evidence], fits: impl Fn(&Evidence) -> bool) -> Option<usize> {
    evidence.iter().position(|piece| piece.weight >= SHOWN && fits(piece))
}

/// Share of the 503s that the cause explains: those that say so themselves, or those that lie within the reach of its
/// evidence. A fault reaches from its first line until it is over; a state as far as its lines do.
pub(super) fn explained(
    evidence: &[Evidence],
    decision: &Decision,
    settled: &BTreeMap<Cause, u64>,
    failed: &BTreeMap<i64, u64>,
    incident: &Incident,
) -> f64 {
    let Some(cause) = decision.cause else { return 0.0 };
    let total: u64 = failed.values().sum();
    if total == 0 {
        return 0.0;
    }
    let direct = settled.get(&cause).copied().unwrap_or(0) as f64 / total as f64;
    let pieces = evidence.iter().filter(|piece| {
        piece.weight >= SHOWN
            && matches!(piece.role, Role::Fault | Role::Trigger | Role::Symptom)
            && (piece.cause == Some(cause) || piece.cause == decision.mechanism)
    });
    let reach = |piece: &Evidence| {
        let ongoing = piece.lift > 0.0 && (piece.presence >= 1.0 || piece.count <= 3);
        (piece.first - BUCKET, if ongoing { incident.end } else { piece.last + BUCKET })
    };
    let reaches: Vec<(i64, i64)> = pieces.map(reach).collect();
    let within: u64 = failed
        .iter()
        .filter(|(second, _)| reaches.iter().any(|(from, to)| (from..=to).contains(second)))
        .map(|(_, count)| count)
        .sum();
    direct.max(within as f64 / total as f64).min(1.0)
}

/// The answer in one sentence, without the cause's name, which stands before it.
pub(super) fn summary(evidence: &[Evidence], chain: &[Link], decision: &Decision, texts: &Causes) -> String {
    let of =
        |role: Role| chain.iter().find(|link| link.role == role).map(|link| evidence[link.evidence].title.as_str());
    match (decision.cause, of(Role::Trigger), of(Role::Fault), of(Role::Symptom)) {
        (None, _, _, Some(symptom)) => format!("the logs show that {}, but not why", lower_first(symptom)),
        (None, ..) => "the logs count the 503s, but none of them says why".to_owned(),
        (Some(Cause::Maintenance | Cause::AutomaticConfiguration), Some(trigger), _, _) => trigger.to_owned(),
        (Some(_), _, Some(fault), _) => fault.to_owned(),
        (Some(_), Some(trigger), None, None) => trigger.to_owned(),
        (Some(cause), _, None, Some(symptom)) => {
            format!("{symptom}; {} is the likeliest reason, no log says it", texts.get(cause).title.to_lowercase())
        }
        (Some(cause), None, None, None) => texts.get(cause).means.clone(),
    }
}

/// A sentence as part of another: the first letter small, unless the word is a name.
fn lower_first(sentence: &str) -> String {
    let word: String = sentence.chars().take_while(|character| character.is_alphanumeric()).collect();
    let name = word.chars().skip(1).any(char::is_uppercase) || word.len() < 2;
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) if !name => first.to_lowercase().chain(characters).collect(),
        _ => sentence.to_owned(),
    }
}
