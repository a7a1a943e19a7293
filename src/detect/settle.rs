//! What the sources tell about each other: product, host, zone, year.
//!
//! An nginx and an Apache access log look the same, a PostgreSQL log states no host, an nginx error log no zone, a
//! syslog file no year; the files beside it know. So every source is surveyed before the first is read.

use super::catalogue::{Layouts, wildcard};
use super::family_name::log_name;
use super::headings::Headings;
use super::hosts::path_hosts;
use super::survey::Survey;
use super::zone::Stated;
use crate::model::clock::Clock;
use crate::model::stamp::{Civil, Stamp, Zone};
use crate::peel::Envelope;
use jiff::tz::{Offset, TimeZone};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Seconds in a day.
const DAY: i64 = 86_400;

/// How a member is to be read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Name of the member.
    pub name: String,
    /// What its lines are cited by: its name, and where it is not read from its first byte, `+` and [`from`](Self::from).
    pub cited: String,
    /// The byte, counted from 0, at which reading begins and from which lines are numbered.
    pub from: u64,
    /// The machine that wrote it, as far as path and lines tell; empty when they do not.
    pub host: String,
    /// Whether the path names the machine; then it holds for every line.
    pub placed: bool,
    /// Name of the log without its rotation: the members of one log share it.
    pub log: String,
    /// Whether the name carries no rotation mark: the log that was still being written.
    pub live: bool,
    /// Envelopes from the outside in.
    pub envelopes: Vec<Envelope>,
    /// Layouts to try, most lines first.
    pub layouts: Vec<usize>,
    /// What headings say about the columns.
    pub headings: Headings,
    /// Share of the sampled lines that had them.
    pub score: f64,
    /// The layout that came second, and why it did.
    pub runner_up: Option<(usize, String)>,
    /// What turns its timestamps into moments.
    pub clock: Clock,
    /// Where the zone comes from: `stated`, `--log-tz`, `borrowed from X`, `system`.
    pub zone_source: String,
    /// Where the year comes from: `stated`, `borrowed from X`, `file time`.
    pub year_source: String,
    /// Whether the member holds nothing.
    pub empty: bool,
    /// Whether it is a server's configuration, and no log.
    pub configuration: bool,
}

/// What the operator said, and what the machine assumes.
#[derive(Debug, Clone)]
pub struct Assumptions {
    /// `--log-tz`.
    pub log_zone: Option<TimeZone>,
    /// The zone of this machine.
    pub system_zone: TimeZone,
    /// `--format GLOB=ID`: patterns and layout indices.
    pub formats: Vec<(String, usize)>,
    /// Seconds since 1970, now: the last resort for a year.
    pub now: i64,
}

/// Settles every surveyed member; the result is in the order of the surveys.
pub fn settle(layouts: &Layouts, surveys: &[Survey], assumptions: &Assumptions) -> Vec<Reading> {
    let context = Context::new(layouts, surveys);
    surveys.iter().map(|survey| context.reading(survey, assumptions)).collect()
}

/// What all surveys together say.
#[derive(Debug)]
pub struct Context<'a> {
    layouts: &'a Layouts,
    surveys: &'a [Survey],
    /// Product lines by directory, of those layouts that nothing ties with.
    products: BTreeMap<String, BTreeMap<String, u32>>,
    /// The machine that each member's path names.
    path_hosts: FxHashMap<&'a str, Option<&'a str>>,
    /// The machine of each surveyed member.
    hosts: FxHashMap<&'a str, &'a str>,
    /// Where each of `surveys` is.
    places: Vec<Place<'a>>,
    /// Offsets that the requests of a machine's log tell, and the log that they were compared with.
    host_offsets: BTreeMap<&'a str, (i32, &'a str)>,
    /// The one machine that the lines of logs outside any machine's directory name.
    only_host: &'a str,
}

/// Where a member is.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    directory: &'a str,
    host: &'a str,
}

impl Place<'_> {
    /// 3 in the same directory, 2 on the same host, 1 anywhere.
    fn nearness(self, other: Place<'_>) -> u32 {
        if self.directory == other.directory {
            3
        } else if self.host == other.host {
            2
        } else {
            1
        }
    }
}

impl<'a> Context<'a> {
    /// Gathers what the surveys say.
    pub fn new(layouts: &'a Layouts, surveys: &'a [Survey]) -> Self {
        let mut products: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for survey in surveys {
            if let [(first, count), rest @ ..] = survey.recognition.votes.as_slice()
                && rest.first().is_none_or(|(_, second)| second < count)
            {
                let product = layouts.get(*first).text.product.clone();
                *products.entry(directory(&survey.name).to_owned()).or_default().entry(product).or_default() += count;
            }
        }
        let logs = surveys.iter().filter(|survey| survey.configuration.is_none());
        let names: Vec<&str> = logs.map(|survey| survey.name.as_str()).collect();
        let known: Vec<&str> = layouts.iter().map(|(_, layout)| layout.text.product.as_str()).collect();
        let told = path_hosts(&names, &known);
        let path_hosts: FxHashMap<&str, Option<&str>> = names.into_iter().zip(told).collect();
        let unplaced = surveys.iter().filter(|survey| path_hosts.get(survey.name.as_str()).is_none_or(Option::is_none));
        let stated: BTreeSet<&str> = unplaced.flat_map(|survey| survey.hosts.keys().map(String::as_str)).collect();
        let only_host = if stated.len() == 1 { stated.into_iter().next().unwrap_or_default() } else { "" };
        let mut context = Self {
            layouts,
            surveys,
            products,
            path_hosts,
            hosts: FxHashMap::default(),
            places: Vec::new(),
            only_host,
            host_offsets: BTreeMap::new(),
        };
        context.hosts = surveys.iter().map(|survey| (survey.name.as_str(), context.host(survey))).collect();
        context.places = surveys.iter().map(|survey| context.place(survey)).collect();
        let stated = Stated::of(surveys);
        for (survey, place) in surveys.iter().zip(&context.places) {
            if let Some(told) = stated.offset(survey) {
                context.host_offsets.entry(place.host).or_insert(told);
            }
        }
        context
    }

    /// How one member, one of the surveyed or another, is to be read.
    pub fn reading(&self, survey: &Survey, assumptions: &Assumptions) -> Reading {
        let forced = assumptions
            .formats
            .iter()
            .find(|(pattern, _)| wildcard(pattern, survey.name.as_bytes()))
            .map(|(_, layout)| *layout);
        let (mut chosen, runner_up) = self.choose(survey);
        if let Some(layout) = forced {
            chosen = vec![layout];
        }
        let (zone, zone_source) = self.zone(survey, assumptions);
        let (anchor, year_source) = self.anchor(survey, assumptions);
        let (log, live) = log_name(&survey.name);
        Reading {
            host: self.host(survey).to_owned(),
            placed: matches!(self.path_hosts.get(survey.name.as_str()), Some(Some(_))),
            log,
            live,
            envelopes: survey.recognition.envelopes.clone(),
            layouts: chosen,
            headings: survey.recognition.headings.clone(),
            score: if forced.is_some() { 1.0 } else { survey.recognition.score() },
            runner_up,
            clock: Clock::new(zone, anchor),
            zone_source,
            year_source,
            empty: survey.empty,
            configuration: survey.configuration.is_some(),
            cited: survey.name.clone(),
            from: 0,
            name: survey.name.clone(),
        }
    }

    /// The layouts of a member, ties broken by its path and its neighbours; and the runner-up.
    fn choose(&self, survey: &Survey) -> (Vec<usize>, Option<(usize, String)>) {
        // Of layouts that fit as many lines, often the same lines, the surroundings choose.
        let mut votes = survey.recognition.votes.clone();
        votes.sort_by_key(|&(layout, count)| {
            let preference = std::cmp::Reverse(self.preference(survey, layout));
            (std::cmp::Reverse(count), preference, layout)
        });
        let mut groups: Vec<(u32, Vec<usize>)> = Vec::new();
        for &(layout, count) in &votes {
            match groups.last_mut() {
                Some((same, members)) if *same == count && self.ties(members[0], layout) => members.push(layout),
                _ => groups.push((count, vec![layout])),
            }
        }
        let mut runner_up = None;
        let mut chosen = Vec::new();
        for (_, members) in groups {
            let mut ranked: Vec<(u32, usize)> =
                members.into_iter().map(|layout| (self.preference(survey, layout), layout)).collect();
            ranked.sort_by_key(|&(preference, layout)| (std::cmp::Reverse(preference), layout));
            if let (None, Some(&(_, second))) = (&runner_up, ranked.get(1)) {
                runner_up = Some((second, "fits alike; path and neighbours decided".to_owned()));
            }
            chosen.extend(ranked.first().map(|&(_, layout)| layout));
        }
        if let (None, Some(&second)) = (&runner_up, chosen.get(1)) {
            let count = votes.iter().find(|(layout, _)| *layout == second).map_or(0, |(_, count)| *count);
            runner_up = Some((second, format!("{count} of {} sampled lines", survey.recognition.considered)));
        }
        (chosen, runner_up)
    }

    /// Whether two layouts read the same lines, so that only the surroundings can tell them apart.
    fn ties(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.layouts.get(one).text, &self.layouts.get(other).text);
        one.family == other.family && (one.lines == other.lines || one.family == super::layout::Family::Access)
    }

    fn preference(&self, survey: &Survey, layout: usize) -> u32 {
        let text = &self.layouts.get(layout).text;
        let by_path = text.paths.iter().any(|pattern| wildcard(pattern, survey.name.as_bytes()));
        let by_neighbour =
            self.products.get(directory(&survey.name)).is_some_and(|products| products.contains_key(&text.product));
        // A layout that claims no path stands for "one of these, it cannot be told which".
        4 * u32::from(by_path) + 2 * u32::from(by_neighbour) + u32::from(text.paths.is_empty())
    }

    /// The machine of a member: what its path says, else what its lines say, else what the logs beside it say.
    fn host<'s>(&self, survey: &'s Survey) -> &'s str
    where
        'a: 's,
    {
        if let Some(host) = self.hosts.get(survey.name.as_str()) {
            return host;
        }
        if let Some(Some(host)) = self.path_hosts.get(survey.name.as_str()) {
            return host;
        }
        let stated = survey.hosts.iter().max_by_key(|&(host, count)| (*count, std::cmp::Reverse(host)));
        stated.map_or(self.only_host, |(host, _)| host)
    }

    fn place<'s>(&self, survey: &'s Survey) -> Place<'s>
    where
        'a: 's,
    {
        Place { directory: directory(&survey.name), host: self.host(survey) }
    }

    fn zone(&self, survey: &Survey, assumptions: &Assumptions) -> (TimeZone, String) {
        if let Some(zone) = &assumptions.log_zone {
            return (zone.clone(), "--log-tz".to_owned());
        }
        let states_all = !matches!(survey.first, Some(Stamp::Calendar { zone: Zone::Unstated, .. }));
        let own = if states_all { "stated".to_owned() } else { "stated elsewhere in this log".to_owned() };
        if let Some(offset) = most_frequent(&survey.offsets) {
            return (fixed(offset), own);
        }
        if let Some((offset, lender)) = self.host_offsets.get(self.host(survey)) {
            return (fixed(*offset), told_by_requests(*offset, lender));
        }
        let place = self.place(survey);
        let others: Vec<(&Survey, u32)> =
            self.surveys.iter().zip(&self.places).map(|(other, at)| (other, place.nearness(*at))).collect();
        for (nearness, at_least) in [(3, "same directory"), (2, "same host"), (1, "another log")] {
            let near = others.iter().filter(|(_, near)| *near >= nearness).map(|(other, _)| *other);
            let near: Vec<&Survey> = near.collect();
            let mut offsets: BTreeMap<i32, u32> = BTreeMap::new();
            for (offset, count) in near.iter().flat_map(|other| &other.offsets) {
                *offsets.entry(*offset).or_default() += count;
            }
            if let Some(offset) = most_frequent(&offsets) {
                let lender = near
                    .iter()
                    .find(|other| other.offsets.contains_key(&offset))
                    .map_or("", |other| other.name.as_str());
                let source =
                    if states_all { "stated".to_owned() } else { format!("borrowed from {lender} ({at_least})") };
                return (fixed(offset), source);
            }
        }
        if let Some(lender) = self.surveys.iter().find(|other| other.utc > 0) {
            let source = if states_all { "stated".to_owned() } else { format!("UTC, as in {}", lender.name) };
            return (TimeZone::UTC, source);
        }
        (assumptions.system_zone.clone(), if states_all { "stated".to_owned() } else { "this system's".to_owned() })
    }

    /// A moment that the member's last line is near to, for dates without a year.
    fn anchor(&self, survey: &Survey, assumptions: &Assumptions) -> (i64, String) {
        let written = survey.modified.unwrap_or(assumptions.now);
        let Some(Stamp::Calendar { civil, stated_year: false, .. }) = survey.last else {
            return (written, "stated".to_owned());
        };
        let mut best: Option<((i64, u32), i64, &str)> = None;
        let place = self.place(survey);
        for (other, at) in self.surveys.iter().zip(&self.places) {
            let (Some(first), Some(last)) = (stated_second(other.first), stated_second(other.last)) else { continue };
            let nearness = place.nearness(*at);
            let (first, last) = (first.min(last), first.max(last));
            let year = Civil::from_second(last).year;
            for year in [year - 1, year, year + 1] {
                let candidate = Civil { year, ..civil }.to_second();
                let distance = (first - candidate).max(candidate - last).max(0);
                let key = (distance, 3 - nearness);
                if best.as_ref().is_none_or(|(known, _, _)| key < *known) {
                    best = Some((key, candidate, &other.name));
                }
            }
        }
        match best {
            Some(((distance, _), second, lender)) if distance < 150 * DAY => {
                (second + DAY, format!("borrowed from {lender}"))
            }
            _ => (written + DAY, "file time".to_owned()),
        }
    }
}

/// The local second of a timestamp that states its year; zones do not matter at this distance.
fn stated_second(stamp: Option<Stamp>) -> Option<i64> {
    match stamp? {
        Stamp::Calendar { civil, stated_year: true, .. } => Some(civil.to_second()),
        Stamp::Epoch(micros) => Some(micros / 1_000_000),
        _ => None,
    }
}

fn most_frequent(offsets: &BTreeMap<i32, u32>) -> Option<i32> {
    offsets.iter().max_by_key(|&(offset, count)| (*count, std::cmp::Reverse(*offset))).map(|(offset, _)| *offset)
}

/// What is said of a zone that requests told: where it is not UTC, which one it is.
fn told_by_requests(seconds: i32, lender: &str) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match minutes {
        0 => format!("told by the requests that {lender} has too"),
        _ => format!("told as {sign}{:02}:{:02} by the requests that {lender} has too", minutes / 60, minutes % 60),
    }
}

fn fixed(seconds: i32) -> TimeZone {
    Offset::from_seconds(seconds).map_or(TimeZone::UTC, TimeZone::fixed)
}

/// The directory part of a member's name.
pub fn directory(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(directory, _)| directory)
}
