//! Counts the records of one member into a tally.

use super::breakdown::{Dimension, client_network, url_group};
use super::evidence::Quote;
use super::series::Series;
use super::sketch::hash;
use super::subject::{origin, packet_target, scope_host, service_name};
use super::template::shape;
use super::vantage::{VantageKey, VantageTally};
use super::{Scope, SourceTally, Tally};
use crate::detect::catalogue::{Layouts, wildcard};
use crate::detect::layout::Family;
use crate::detect::settle::Reading;
use crate::model::cause::Cause;
use crate::model::field::Field;
use crate::model::record::{Record, bare_path};
use crate::model::severity;
use crate::parse::{Fates, Parsed};
use crate::spot::condition::is_private;
use crate::spot::{Hit, Signatures};
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Minutes of coverage kept per layout of a member.
const MAX_MINUTES: usize = 50_000;
/// Width in seconds of the buckets in which requests around a 503 are told apart.
const BUCKET: i64 = 10;

/// What counts as a failed request, and what as no request of a user.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Statuses that are looked for: `503`, unless `--status` says otherwise.
    pub statuses: Vec<(i64, i64)>,
    /// User agents of balancers' health checks.
    pub probes: Vec<String>,
}

impl Wanted {
    /// Whether a status is looked for.
    pub fn holds(&self, status: i64) -> bool {
        self.statuses.iter().any(|(low, high)| (*low..=*high).contains(&status))
    }
}

/// What a collector needs to know beside the records.
#[derive(Debug, Clone, Copy)]
pub struct Knowledge<'c> {
    /// The layouts of the run.
    pub layouts: &'c Layouts,
    /// The signatures of the run.
    pub signatures: &'c Signatures,
    /// What is looked for.
    pub wanted: &'c Wanted,
}

/// Counts the records of one member.
#[derive(Debug)]
pub struct Collector<'c> {
    knowledge: Knowledge<'c>,
    reading: Arc<Reading>,
    tally: Tally,
    coverage: BTreeMap<usize, Series>,
    vantages: BTreeMap<(String, usize), VantageTally>,
    hits: Vec<Hit>,
    failed: u64,
    /// Buckets of the current block that hold a failed request.
    failing: FxHashSet<i64>,
}

impl<'c> Collector<'c> {
    /// A collector for a member that is read like this.
    pub fn new(knowledge: Knowledge<'c>, reading: Arc<Reading>) -> Self {
        Self {
            knowledge,
            reading,
            tally: Tally::default(),
            coverage: BTreeMap::new(),
            vantages: BTreeMap::new(),
            hits: Vec::new(),
            failed: 0,
            failing: FxHashSet::default(),
        }
    }

    /// Counts a record.
    pub fn record(&mut self, parsed: &Parsed<'_>) {
        let record = &parsed.record;
        let second = parsed.end.second();
        self.coverage.entry(record.layout).or_insert_with(|| Series::new(60, MAX_MINUTES)).count(second, 1);
        let mut failed = false;
        if self.knowledge.layouts.get(record.layout).text.family == Family::Access {
            match self.request(parsed) {
                Some(outcome) => failed = outcome,
                None => return,
            }
        }
        self.knowledge.signatures.spot(record, &mut self.hits);
        if self.hits.is_empty() {
            if !failed && is_error(record) {
                self.unknown(parsed);
            }
            return;
        }
        for hit in std::mem::take(&mut self.hits) {
            self.hit(&hit, parsed, failed);
        }
    }

    /// Counts a request; tells whether it failed. Nothing for a health check.
    fn request(&mut self, parsed: &Parsed<'_>) -> Option<bool> {
        let record = &parsed.record;
        let status = record.fields.number(Field::Status);
        let host = scope_host(&self.reading, record);
        let vantage =
            match self.vantages.iter_mut().find(|((known, layout), _)| *layout == record.layout && *known == host) {
                Some((_, vantage)) => vantage,
                None => {
                    let tier = self.knowledge.layouts.get(record.layout).text.tier;
                    self.vantages.entry((host.clone(), record.layout)).or_insert_with(|| VantageTally::new(tier))
                }
            };
        if let Some(agent) = record.fields.get(Field::UserAgent)
            && self.knowledge.wanted.probes.iter().any(|probe| wildcard(probe, agent))
        {
            vantage.probes += 1;
            return None;
        }
        let second = parsed.end.second();
        let failed = status.is_some_and(|status| self.knowledge.wanted.holds(status));
        let name =
            service_name(record, &host, &self.reading.log, &self.knowledge.layouts.get(record.layout).text.product);
        let service = vantage.service(&name);
        service.requests.count(second, 1);
        if failed {
            service.failed.count(second, 1);
            if record.moment.is_some_and(|(stated, _)| parsed.end.0 - stated.0 < 1_000_000) {
                service.instant.count(second, 1);
            }
            self.failed += 1;
            self.failing.insert(second.div_euclid(BUCKET));
        }
        let key = hash(&[
            record.fields.get(Field::Method).unwrap_or_default(),
            bare_path(record.fields.get(Field::Path).unwrap_or_default()),
        ]);
        vantage.fingerprints.count(key, second);
        if let Some(client) = record.fields.get(Field::Client) {
            vantage.client_fingerprints.count(hash(&[client, &key.to_le_bytes()]), second);
            vantage.clients.count(hash(&[client]), 0);
            vantage.private_clients += u64::from(is_private(client) == Some(true));
        }
        Some(failed)
    }

    /// Ends a block. `again` reads its records once more, for those that stand around a failed one: to tell requests
    /// apart by path and client costs more than to count them, and only there it tells anything.
    pub fn end_block(&mut self, fates: &Fates, again: impl FnOnce(&mut dyn FnMut(&Parsed<'_>))) {
        let source = self.source();
        source.fates.add(fates);
        let failing = std::mem::take(&mut self.failing);
        if failing.is_empty() {
            return;
        }
        again(&mut |parsed| {
            if failing.contains(&parsed.end.second().div_euclid(BUCKET)) {
                self.break_down(parsed);
            }
        });
    }

    fn break_down(&mut self, parsed: &Parsed<'_>) {
        let record = &parsed.record;
        let layout = self.knowledge.layouts.get(record.layout);
        if layout.text.family != Family::Access {
            return;
        }
        let host = scope_host(&self.reading, record);
        let name = service_name(record, &host, &self.reading.log, &layout.text.product);
        let Some(vantage) = self.vantages.get_mut(&(host, record.layout)) else { return };
        let failed = record.fields.number(Field::Status).is_some_and(|status| self.knowledge.wanted.holds(status));
        let second = parsed.end.second();
        let service = vantage.service(&name);
        let text = |field| record.fields.get(field).map(String::from_utf8_lossy);
        if let Some(upstream) = text(Field::Upstream) {
            service.count_by(Dimension::Upstream, &upstream, second, failed);
        }
        if let Some(path) = text(Field::Path) {
            service.count_by(Dimension::Url, &url_group(&path), second, failed);
        }
        if let Some(client) = text(Field::Client) {
            service.count_by(Dimension::Client, &client_network(&client), second, failed);
        }
        if let Some(method) = text(Field::Method) {
            service.count_by(Dimension::Method, &method, second, failed);
        }
        if failed {
            service.count_by(Dimension::Size, &text(Field::Bytes).unwrap_or("-".into()), second, true);
            service.count_by(Dimension::Origin, origin(record), second, true);
        }
    }

    fn hit(&mut self, hit: &Hit, parsed: &Parsed<'_>, failed: bool) {
        let record = &parsed.record;
        let signatures = self.knowledge.signatures;
        let scope = self.scope(Some(hit), record);
        let id = &signatures.get(hit.signature).text.id;
        if !self.tally.hits.contains_key(id) {
            self.tally.hits.insert(id.clone(), super::SignatureTally::default());
        }
        let Some(signature) = self.tally.hits.get_mut(id) else { return };
        let hits = signature.scope(scope);
        hits.times.count(parsed.end.second(), 1);
        if failed {
            hits.on_failed.count(parsed.end.second(), 1);
        }
        if hits.quotes.wants(parsed.end, &self.reading.name, record.line) {
            hits.quotes.keep(Quote::new(
                parsed.end,
                &self.reading.name,
                record.line,
                signatures.title(hit, record),
                &record.text,
            ));
        }
    }

    fn unknown(&mut self, parsed: &Parsed<'_>) {
        let record = &parsed.record;
        let host = scope_host(&self.reading, record);
        let message = record.message();
        let shape = shape(message);
        let hits = self.tally.unknown.entry((host, self.reading.log.clone())).or_default().shape(&shape);
        hits.times.count(parsed.end.second(), 1);
        if hits.quotes.wants(parsed.end, &self.reading.name, record.line) {
            hits.quotes.keep(Quote::new(parsed.end, &self.reading.name, record.line, shape, &record.text));
        }
    }

    fn scope(&self, hit: Option<&Hit>, record: &Record<'_>) -> Scope {
        let named = |name: &str, field: Field| {
            let captured = hit.and_then(|hit| hit.capture(name)).map(str::to_owned);
            captured.unwrap_or_else(|| {
                record.fields.get(field).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
            })
        };
        let mut upstream = named("upstream", Field::Upstream);
        if upstream.is_empty() {
            upstream = packet_target(record);
        }
        let host =
            hit.and_then(|hit| hit.capture("host")).map_or_else(|| scope_host(&self.reading, record), str::to_owned);
        Scope {
            host,
            log: self.reading.log.clone(),
            service: named("service", Field::Service),
            upstream,
            program: named("program", Field::Program),
            topic: hit.map_or_else(String::new, |hit| self.topic(hit, record)),
        }
    }

    /// An exception that is thrown all day on one URL must not hide the one that is new: errors of the code are told
    /// apart by what they say.
    fn topic(&self, hit: &Hit, record: &Record<'_>) -> String {
        let signatures = self.knowledge.signatures;
        match signatures.get(hit.signature).text.cause {
            Some(Cause::ScriptBug) => shape(signatures.title(hit, record).as_bytes()),
            _ => String::new(),
        }
    }

    fn source(&mut self) -> &mut SourceTally {
        let (reading, layouts) = (&self.reading, self.knowledge.layouts);
        self.tally.sources.entry(reading.name.clone()).or_insert_with(|| empty_source(reading, layouts))
    }

    /// What was counted.
    pub fn finish(mut self) -> Tally {
        let failed = self.failed;
        let coverage = std::mem::take(&mut self.coverage);
        let layouts = self.knowledge.layouts;
        let source = self.source();
        source.failed += failed;
        for (layout, mut series) in coverage {
            series.settle();
            let id = layouts.get(layout).text.id.clone();
            source.formats.insert(id.clone());
            // A server's own format strings share the id of its usual layout.
            source.coverage.entry(id).and_modify(|known| known.add(series.clone())).or_insert(series);
        }
        let log = self.reading.log.clone();
        for ((host, layout), vantage) in self.vantages {
            let key = VantageKey { host, log: log.clone(), format: layouts.get(layout).text.id.clone() };
            match self.tally.vantages.get_mut(&key) {
                Some(known) => known.add(vantage),
                None => drop(self.tally.vantages.insert(key, vantage)),
            }
        }
        self.tally.settle();
        self.tally
    }
}

fn empty_source(reading: &Reading, layouts: &Layouts) -> SourceTally {
    let first = reading.layouts.first().map(|&layout| &layouts.get(layout).text);
    SourceTally {
        host: reading.host.clone(),
        log: reading.log.clone(),
        live: reading.live,
        format: first.map(|text| text.id.clone()).unwrap_or_default(),
        formats: BTreeSet::new(),
        family: first.map(|text| text.family),
        score: (reading.score * 1000.0).round() as u32,
        runner_up: reading
            .runner_up
            .as_ref()
            .map(|(layout, why)| format!("{} ({why})", layouts.get(*layout).text.id))
            .unwrap_or_default(),
        envelopes: reading.envelopes.iter().map(|envelope| envelope.name().to_owned()).collect(),
        zone: reading.zone_source.clone(),
        year: reading.year_source.clone(),
        fates: Fates::default(),
        failed: 0,
        coverage: BTreeMap::new(),
    }
}

fn is_error(record: &Record<'_>) -> bool {
    record.fields.get(Field::Level).is_some_and(severity::is_error)
}
