//! In: the digest of a night, and those of the nights before. Out: a [`Comparison`]: what is new, what came back, and
//! which hours had more 503s than is usual for them.
//! Promise: a night that could not be compared is named, with the reason; too few nights give no verdict.
//! Why ranges of what was counted and not averages: noise of a nightly job is the same number every night at one hour,
//! and none at the others. An average over the day calls it news every night.

mod digest;
mod usual;

pub use digest::{Digest, Seen, bounds};
pub use usual::{Hour, UnusualHour};

use crate::model::cause::Cause;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Nights that causes and signatures are compared with, and that the table of nights shows.
pub const NIGHTS: usize = 14;
/// Nights that the usual range of an hour is taken from: four of each day of the week.
pub const NIGHTS_OF_HOURS: usize = 28;
/// Nights without a signature or cause after which it comes back.
const AWAY: usize = 3;
/// With fewer nights than this nothing is called new.
const ENOUGH: usize = 3;
/// Signatures that are named.
const MAX_SIGNATURES: usize = 40;

/// One night before.
#[derive(Debug, Clone, PartialEq)]
pub enum Past {
    /// It was kept, and can be compared.
    Kept(Digest),
    /// It was never read.
    Missing,
    /// It was kept, and cannot be used: why, and what to do.
    Unusable(String),
}

/// What became of a cause or a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// None of the nights before had it.
    New,
    /// It was away for some nights; the night that had it last.
    Returned(Date),
}

/// A signature that is new or came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureNews {
    /// Its id.
    pub id: String,
    /// What its first line says.
    pub title: String,
    /// What it argues for.
    pub cause: Option<Cause>,
    /// Lines of this night.
    pub count: u64,
    /// New, or returned.
    pub news: News,
}

/// A night in the table of nights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NightRow {
    /// Its date.
    pub day: Date,
    /// Its counts; nothing for one that cannot be compared.
    pub counts: Option<NightCounts>,
    /// Why there are none; empty otherwise.
    pub trouble: String,
}

/// What a night counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NightCounts {
    /// Requests at the edge.
    pub requests: u64,
    /// 503s at the edge.
    pub failed: u64,
    /// Incidents.
    pub incidents: u64,
    /// Causes of the incidents, *unknown* as none.
    pub causes: BTreeSet<Option<Cause>>,
}

/// A night beside those before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The nights in the order of time; the last is the one that is compared.
    pub nights: Vec<NightRow>,
    /// How many of the nights before could be compared.
    pub compared: usize,
    /// Whether they are enough to call something new.
    pub enough: bool,
    /// Causes of this night's incidents that are news.
    pub causes: Vec<(Cause, News)>,
    /// Signatures that are news, most lines first.
    pub signatures: Vec<SignatureNews>,
    /// How many more of them there are.
    pub more_signatures: usize,
    /// Hours with more 503s than is usual for them.
    pub hours: Vec<UnusualHour>,
    /// Hours whose 503s are within what is usual for them.
    pub usual_hours: usize,
}

/// Compares a night with those before it: `before` holds [`NIGHTS_OF_HOURS`] nights, oldest first.
pub fn compare(day: Date, night: &Digest, before: &[(Date, Past)]) -> Comparison {
    let recent = &before[before.len().saturating_sub(NIGHTS)..];
    let kept: Vec<(Date, &Digest)> = recent.iter().filter_map(kept).collect();
    let enough = kept.len() >= ENOUGH;
    let causes = night.causes.iter().flatten().filter_map(|&cause| {
        let had = |digest: &Digest| digest.causes.contains(&Some(cause));
        Some((cause, news(&kept, had)?))
    });
    let mut signatures: Vec<SignatureNews> = night
        .signatures
        .iter()
        .filter_map(|(id, seen)| {
            let news = news(&kept, |digest| digest.signatures.contains_key(id))?;
            Some(SignatureNews {
                id: id.clone(),
                title: seen.title.clone(),
                cause: seen.cause,
                count: seen.count,
                news,
            })
        })
        .collect();
    signatures.sort_by(|one, other| other.count.cmp(&one.count).then_with(|| one.id.cmp(&other.id)));
    let more_signatures = signatures.len().saturating_sub(MAX_SIGNATURES);
    signatures.truncate(MAX_SIGNATURES);
    let of_hours: Vec<(Date, &Digest)> = before.iter().filter_map(self::kept).collect();
    let (hours, usual_hours) = usual::hours(night, &of_hours, NIGHTS);
    Comparison {
        nights: recent.iter().map(row).chain([row(&(day, Past::Kept(night.clone())))]).collect(),
        compared: kept.len(),
        enough,
        causes: causes.collect(),
        signatures,
        more_signatures,
        hours,
        usual_hours,
    }
}

fn kept((day, past): &(Date, Past)) -> Option<(Date, &Digest)> {
    match past {
        Past::Kept(digest) => Some((*day, digest)),
        Past::Missing | Past::Unusable(_) => None,
    }
}

/// Whether something that this night has is news. `before` is in the order of time.
fn news(before: &[(Date, &Digest)], had: impl Fn(&Digest) -> bool) -> Option<News> {
    if before.len() < ENOUGH {
        return None;
    }
    let last = before.iter().rposition(|(_, digest)| had(digest));
    match last {
        None => Some(News::New),
        Some(at) if before.len() - 1 - at >= AWAY => Some(News::Returned(before[at].0)),
        Some(_) => None,
    }
}

fn row((day, past): &(Date, Past)) -> NightRow {
    let (counts, trouble) = match past {
        Past::Kept(Digest { requests, failed, incidents, causes, .. }) => {
            let causes = causes.clone();
            (Some(NightCounts { requests: *requests, failed: *failed, incidents: *incidents, causes }), String::new())
        }
        Past::Missing => (None, "not read".to_owned()),
        Past::Unusable(why) => (None, why.clone()),
    };
    NightRow { day: *day, counts, trouble }
}

/// The days before one, oldest first.
pub fn days_before(day: Date, count: usize) -> Vec<Date> {
    let mut days: Vec<Date> =
        std::iter::successors(day.yesterday().ok(), |day| day.yesterday().ok()).take(count).collect();
    days.reverse();
    days
}

/// Signatures by id, as a digest has them.
type Signatures = BTreeMap<String, Seen>;

#[cfg(test)]
mod tests;
