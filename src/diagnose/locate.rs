//! *Where* beside *why*: which services, hosts, servers, URLs and clients carry the 503s.
//!
//! After R. Bhagwan et al., "Adtributor: Revenue Debugging in Advertising Systems" (NSDI 2014), on counts: per
//! dimension the fewest values that explain most of the excess, dimensions ranked by how surprising they are.

use super::verdict::{Affected, Where};
use crate::segment::{Incident, Segments};
use crate::tally::Tally;
use crate::tally::breakdown::{Dimension, OTHER};
use std::collections::BTreeMap;

/// Share of the 503s that the named values must carry.
const CARRIED: f64 = 0.67;
/// How much larger than its share of the requests a set's share of the 503s must be to be worth a sentence.
const SURPRISING: f64 = 0.15;
/// Values listed per dimension.
const LISTED: usize = 50;

/// What requests are told apart by, beside service and host.
const DIMENSIONS: [Dimension; 6] =
    [Dimension::Upstream, Dimension::Url, Dimension::Client, Dimension::Method, Dimension::Size, Dimension::Origin];

type Values<'t> = BTreeMap<&'t str, (u64, u64)>;

/// The rows of an incident, and the sentences that stand out.
pub(super) fn locate(tally: &Tally, segments: &Segments, incident: &Incident) -> (Vec<Affected>, Vec<Where>) {
    let mut rows = Vec::new();
    let mut sentences = Vec::new();
    for (dimension, values) in counted(tally, segments, incident) {
        let mut of_dimension = affected(dimension, &values);
        if !matches!(dimension, "size" | "origin") {
            // That no server was asked says nothing about where it is.
            let named: Vec<&Affected> = of_dimension.iter().filter(|row| !row.value.ends_with("<NOSRV>")).collect();
            sentences.extend(sentence(dimension, &named));
        }
        of_dimension.truncate(LISTED);
        rows.extend(of_dimension);
    }
    sentences.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.dimension.cmp(&other.1.dimension)));
    (rows, sentences.into_iter().map(|(_, sentence)| sentence).take(3).collect())
}

/// Requests and 503s of an incident by dimension and value.
fn counted<'t>(tally: &'t Tally, segments: &'t Segments, incident: &Incident) -> BTreeMap<&'static str, Values<'t>> {
    let mut dimensions: BTreeMap<&'static str, Values<'t>> = BTreeMap::new();
    let (from, to) = (incident.start, incident.end + 1);
    for (name, service) in &segments.services {
        let counts = (service.requests.sum(from, to), service.failed.sum(from, to));
        add(&mut dimensions, "service", name, counts);
        for key in &service.vantages {
            let Some(seen) = tally.vantages.get(key).and_then(|vantage| vantage.services.get(name)) else { continue };
            add(&mut dimensions, "host", &key.host, (seen.requests.sum(from, to), seen.failed.sum(from, to)));
            for dimension in DIMENSIONS {
                let values = seen.breakdowns.get(&dimension).into_iter().flat_map(|breakdown| breakdown.iter());
                for (value, counts) in values {
                    let counts = (counts.requests.sum(from, to), counts.failed.sum(from, to));
                    add(&mut dimensions, dimension.name(), value, counts);
                }
            }
        }
    }
    dimensions
}

/// The rows of one dimension, most 503s first; none where it has no 503.
fn affected(dimension: &str, values: &Values<'_>) -> Vec<Affected> {
    let (requests, failed) =
        values.values().fold((0, 0), |(requests, failed), counts| (requests + counts.0, failed + counts.1));
    if failed == 0 {
        return Vec::new();
    }
    let row = |(value, &(value_requests, value_failed)): (&&str, &(u64, u64))| {
        let share = value_failed as f64 / failed as f64;
        Affected {
            dimension: dimension.to_owned(),
            value: (*value).to_owned(),
            requests: value_requests,
            failed: value_failed,
            share,
            excess: share - value_requests as f64 / requests.max(1) as f64,
        }
    };
    let mut rows: Vec<Affected> = values.iter().map(row).collect();
    rows.sort_by(|one, other| other.failed.cmp(&one.failed).then_with(|| one.value.cmp(&other.value)));
    rows
}

fn add<'t>(
    dimensions: &mut BTreeMap<&'static str, Values<'t>>,
    dimension: &'static str,
    value: &'t str,
    counts: (u64, u64),
) {
    if value.is_empty() || value == OTHER || counts == (0, 0) {
        return;
    }
    let known = dimensions.entry(dimension).or_default().entry(value).or_default();
    known.0 += counts.0;
    known.1 += counts.1;
}

/// The fewest values that carry most of the 503s, if that is more than their share of the requests; with how
/// surprising it is (Jensen-Shannon divergence of both shares, in nats).
fn sentence(dimension: &str, rows: &[&Affected]) -> Option<(f64, Where)> {
    let (mut share, mut excess) = (0.0, 0.0);
    let mut values = Vec::new();
    for row in rows {
        if share >= CARRIED {
            break;
        }
        share += row.share;
        excess += row.excess;
        values.push(row.value.clone());
    }
    let few = values.len() * 2 <= rows.len() || values.len() == 1;
    if excess < SURPRISING || !few || rows.len() < 2 {
        return None;
    }
    let surprise = rows.iter().map(|row| divergence(row.share, row.share - row.excess)).sum();
    Some((surprise, Where { dimension: dimension.to_owned(), values, share }))
}

fn divergence(one: f64, other: f64) -> f64 {
    let middle = f64::midpoint(one, other);
    let part = |value: f64| if value > 0.0 && middle > 0.0 { value * (value / middle).ln() } else { 0.0 };
    f64::midpoint(part(one), part(other))
}
