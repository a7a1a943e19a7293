//! What the logs were able to show, and when: *nothing found* is not *nothing looked at*.

use super::causes::{Causes, Group};
use crate::detect::catalogue::{Layouts, wildcard};
use crate::detect::layout::Family;
use crate::detect::settle::directory;
use crate::model::cause::Cause;
use crate::tally::{SourceTally, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// Share of a log's lines that must have been read for it to count as looked at.
const READ: f64 = 0.9;
/// What is missing where every kind of log is there, but only from the edge.
const BEHIND: &str = "the logs of the servers behind the edge: application, database, system";
const MICROS: i64 = 1_000_000;

/// The stretch of time that one log covers.
#[derive(Debug, Clone)]
struct LogSpan {
    /// Ids of the layouts that its lines have.
    layouts: BTreeSet<String>,
    from: i64,
    to: i64,
    read: bool,
}

/// What all logs cover.
#[derive(Debug)]
pub struct Coverage {
    spans: BTreeMap<(String, String), LogSpan>,
}

impl Coverage {
    /// Reckons what every log covers.
    ///
    /// An access log covers the time between its first and last line. Any other log is written when something
    /// happens: the one that is still being written says, by its silence, that nothing did, up to the time at which
    /// the logs were taken, and from where the logs beside it begin.
    pub fn new(tally: &Tally, layouts: &Layouts) -> Self {
        let first = tally.sources.values().filter_map(|source| source.fates.first).min().unwrap_or(0);
        let last = taken(tally);
        let mut begins: BTreeMap<&str, i64> = BTreeMap::new();
        for (name, source) in &tally.sources {
            if let Some(moment) = source.fates.first {
                let begin = begins.entry(directory(name)).or_insert(moment);
                *begin = (*begin).min(moment);
            }
        }
        let mut spans: BTreeMap<(String, String), LogSpan> = BTreeMap::new();
        for (name, source) in &tally.sources {
            let ids = shown(source.file(name), source, layouts);
            if ids.is_empty() {
                continue;
            }
            let eventful = !ids
                .iter()
                .any(|id| layouts.find(id).is_some_and(|layout| layouts.get(layout).text.family == Family::Access));
            let begin = if eventful { begins.get(directory(name)).copied().unwrap_or(first) } else { i64::MAX };
            let from = source.fates.first.unwrap_or(i64::MAX).min(begin);
            let to = if eventful && source.live {
                last.max(source.fates.last.unwrap_or(last))
            } else {
                source.fates.last.unwrap_or(i64::MIN)
            };
            let fates = &source.fates;
            let unread = fates.unrecognized + fates.undated;
            let read = unread as f64 <= (1.0 - READ) * fates.lines as f64;
            let span = LogSpan { layouts: ids, from, to, read };
            match spans.get_mut(&(source.host.clone(), source.log.clone())) {
                Some(known) => {
                    known.layouts.extend(span.layouts);
                    known.from = known.from.min(span.from);
                    known.to = known.to.max(span.to);
                    known.read &= span.read;
                }
                None => {
                    spans.insert((source.host.clone(), source.log.clone()), span);
                }
            }
        }
        Self { spans }
    }

    /// Share of `start..=end` (seconds) in which a log of the group looked; where one is needed of every host, the mean
    /// over the hosts.
    fn share(&self, group: &Group, start: i64, end: i64) -> f64 {
        let hosts: BTreeSet<&str> =
            self.spans.keys().map(|(host, _)| host.as_str()).filter(|host| !host.is_empty()).collect();
        if !group.each_host || hosts.is_empty() {
            return self.share_of(group, None, start, end);
        }
        let sum: f64 = hosts.iter().map(|host| self.share_of(group, Some(host), start, end)).sum();
        sum / hosts.len() as f64
    }

    fn share_of(&self, group: &Group, host: Option<&str>, start: i64, end: i64) -> f64 {
        let looking: Vec<&LogSpan> = self
            .spans
            .iter()
            .filter(|((at, log), span)| {
                span.read && host.is_none_or(|host| at == host || at.is_empty()) && group.holds(log, &span.layouts)
            })
            .map(|(_, span)| span)
            .collect();
        let covered = |second: i64| {
            let moment = second * MICROS;
            looking.iter().any(|span| span.from < moment + MICROS && span.to.saturating_add(MICROS) > moment)
        };
        // Some points of the stretch stand for all of it: a log has few gaps.
        let points: BTreeSet<i64> = (0..=20).map(|step| start + (end - start) * step / 20).collect();
        points.iter().filter(|&&second| covered(second)).count() as f64 / points.len() as f64
    }

    /// How far a cause could be seen from `start` to `end` (seconds): the mean over the groups of logs that it takes.
    pub fn of(&self, causes: &Causes, cause: Cause, start: i64, end: i64) -> f64 {
        let groups = causes.groups(cause);
        groups.iter().map(|group| self.share(group, start, end)).sum::<f64>() / groups.len().max(1) as f64
    }

    /// The logs to add for a cause: those of the groups that do not cover the incident, where the pattern file names
    /// one per group, else all that it names.
    pub fn to_add<'c>(&self, causes: &'c Causes, cause: Cause, start: i64, end: i64) -> Vec<&'c str> {
        let (groups, add) = (causes.groups(cause), &causes.get(cause).add);
        let missing = |index: &usize| self.share(&groups[*index], start, end) < super::constants::RULED_OUT;
        let kept: Vec<&str> = (0..add.len())
            .filter(|index| groups.len() != add.len() || missing(index))
            .map(|index| add[index].as_str())
            .collect();
        if kept.is_empty() { vec![BEHIND] } else { kept }
    }

    /// Whether a log from behind the edge covers the incident: of the application, a database, or another machine. A
    /// balancer's own logs say that something behind it fails, and never why.
    pub fn sees_behind(
        &self,
        layouts: &Layouts,
        edge_hosts: &BTreeSet<String>,
        edge_logs: &BTreeSet<String>,
        start: i64,
        end: i64,
    ) -> bool {
        let inner = |id: &String| {
            layouts
                .find(id)
                .is_some_and(|layout| matches!(layouts.get(layout).text.family, Family::Application | Family::Database))
        };
        self.spans.iter().any(|((host, log), span)| {
            let elsewhere = !host.is_empty() && !edge_hosts.contains(host);
            let behind = elsewhere
                || span.layouts.iter().any(inner)
                || (!edge_logs.contains(log) && span.layouts.iter().any(|id| is_access(layouts, id)));
            behind && span.from <= end * MICROS && span.to >= start * MICROS
        })
    }

    /// The seconds that a log covers.
    pub fn span(&self, host: &str, log: &str) -> Option<(i64, i64)> {
        let span = self
            .spans
            .get(&(host.to_owned(), log.to_owned()))
            .or_else(|| self.spans.iter().find(|((_, name), _)| name == log).map(|(_, span)| span))?;
        (span.from <= span.to).then_some((span.from.div_euclid(MICROS), span.to.div_euclid(MICROS)))
    }
}

/// When the logs were taken, in microseconds: the last line of the access logs, which are written all the time. A line
/// after that is one by a clock that is ahead. Without access logs, the last line of all.
fn taken(tally: &Tally) -> i64 {
    let last = |access: bool| {
        let chosen = tally.sources.values().filter(|source| !access || source.family == Some(Family::Access));
        chosen.filter_map(|source| source.fates.last).max()
    };
    last(true).or_else(|| last(false)).unwrap_or(0)
}

fn is_access(layouts: &Layouts, id: &str) -> bool {
    layouts.find(id).is_some_and(|layout| layouts.get(layout).text.family == Family::Access)
}

/// The layouts and envelopes that a source shows: those of its lines, or, where it holds no line, those that its name
/// stands for.
fn shown(name: &str, source: &SourceTally, layouts: &Layouts) -> BTreeSet<String> {
    if !source.coverage.is_empty() {
        let journal = source.envelopes.iter().filter(|envelope| *envelope == "journal-json");
        return source.coverage.keys().chain(journal).cloned().collect();
    }
    if source.fates.lines > 0 {
        return BTreeSet::new();
    }
    let named = layouts.iter().filter(|(_, layout)| {
        layout.text.family != Family::Access && layout.text.paths.iter().any(|path| wildcard(path, name.as_bytes()))
    });
    named.map(|(_, layout)| layout.text.id.clone()).collect()
}
