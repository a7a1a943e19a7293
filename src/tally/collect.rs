//! Counts the records of one member into a tally.

use super::about::About;
use super::passed::Passed;
use super::probes::Probes;
use super::quote::Quote;
use super::scoped::Scoped;
use super::series::Series;
use super::subject::{host_of, named_host};
use super::template::shape;
use super::unknown::Unknown;
use super::vantage::VantageKey;
use super::watch::{Request, Watch};
use super::{SourceTally, Tally};
use crate::detect::catalogue::Layouts;
use crate::detect::layout::{Family, SkimsUpstream};
use crate::detect::settle::Reading;
use crate::model::cause::Cause;
use crate::model::field::Field;
use crate::model::record::{Record, parse_status};
use crate::model::scan::same;
use crate::model::severity;
use crate::model::stamp::Moment;
use crate::parse::{Fates, Parsed, Skimmed, Take};
use crate::spot::{Hit, OfRequests, Recalled, Signatures};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
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
    pub probes: Probes,
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

/// What is asked of each request of a layout; kept, because most requests of a member have the same.
#[derive(Debug, Clone, Copy)]
struct Asked<'c> {
    layout: usize,
    by_signatures: OfRequests<'c>,
    /// Of which requests all that they are told apart by is skimmed.
    skims_whole: SkimsUpstream,
}

/// Counts the records of one member.
#[derive(Debug)]
pub struct Collector<'c> {
    knowledge: Knowledge<'c>,
    reading: Arc<Reading>,
    /// What lines are cited by, shared by all that are kept to quote.
    cited: Arc<str>,
    tally: Tally,
    /// By layout; a member has few.
    coverage: Vec<(usize, Series)>,
    /// Which of them is that of the last record.
    covered: usize,
    watches: Vec<Watch>,
    /// The layout of the last request that named no host, and its watch.
    unnamed: Option<(usize, usize)>,
    /// The same for the last that named one, and the name.
    named: (Vec<u8>, Option<(usize, usize)>),
    asked: Option<Asked<'c>>,
    hits: Vec<Hit>,
    recalled: Recalled,
    /// Hits by signature.
    scoped: FxHashMap<usize, Scoped>,
    unknown: Unknown,
    failed: u64,
    /// Buckets of the current block that hold a failed request.
    failing: FxHashSet<i64>,
    /// Requests of the current block that did not fail.
    requests: Vec<Passed>,
    /// Where titles are written: kept for its room.
    title: String,
}

impl<'c> Collector<'c> {
    /// A collector for a member that is read like this.
    pub fn new(knowledge: Knowledge<'c>, reading: Arc<Reading>) -> Self {
        Self {
            knowledge,
            cited: reading.cited.as_str().into(),
            reading,
            tally: Tally::default(),
            coverage: Vec::new(),
            covered: 0,
            watches: Vec::new(),
            unnamed: None,
            named: (Vec::new(), None),
            asked: None,
            hits: Vec::new(),
            recalled: Recalled::default(),
            scoped: FxHashMap::default(),
            unknown: Unknown::default(),
            failed: 0,
            failing: FxHashSet::default(),
            requests: Vec::new(),
            title: String::new(),
        }
    }

    fn count(&mut self, parsed: &Parsed<'_>) {
        let record = &parsed.record;
        let second = parsed.end.second();
        self.cover(record.layout, second);
        let mut failed = false;
        if self.knowledge.layouts.get(record.layout).text.family == Family::Access {
            match self.request(parsed) {
                Some(outcome) => failed = outcome,
                None => return,
            }
        }
        self.knowledge.signatures.spot(record, &mut self.recalled, &mut self.hits);
        if self.hits.is_empty() {
            if !failed && is_error(record) {
                self.unknown(parsed);
            }
            return;
        }
        // Taken out for the while, and put back for its room.
        let hits = std::mem::take(&mut self.hits);
        for hit in &hits {
            self.hit(hit, parsed, failed);
        }
        self.hits = hits;
    }

    #[inline(always)]
    fn cover(&mut self, layout: usize, second: i64) {
        match self.coverage.get_mut(self.covered) {
            Some((last, series)) if *last == layout => series.count(second, 1),
            _ => self.cover_another(layout, second),
        }
    }

    /// The same for another layout than before.
    fn cover_another(&mut self, layout: usize, second: i64) {
        self.covered = self.coverage.iter().position(|(known, _)| *known == layout).unwrap_or_else(|| {
            self.coverage.push((layout, Series::new(60, MAX_MINUTES)));
            self.coverage.len() - 1
        });
        self.coverage[self.covered].1.count(second, 1);
    }

    /// Counts a request; tells whether it failed. Nothing for a health check.
    fn request(&mut self, parsed: &Parsed<'_>) -> Option<bool> {
        let record = &parsed.record;
        let watch = self.watch(record.layout, record.fields.get(Field::Host));
        if record.fields.get(Field::UserAgent).is_some_and(|agent| self.knowledge.wanted.probes.holds(agent)) {
            self.watches[watch].probe();
            return None;
        }
        let failed = record.fields.number(Field::Status).is_some_and(|status| self.knowledge.wanted.holds(status));
        let second = parsed.end.second();
        let request = Request {
            service: record.fields.get(Field::Service).unwrap_or_default(),
            method: record.fields.get(Field::Method).unwrap_or_default(),
            path: record.fields.get(Field::Path).unwrap_or_default(),
            client: record.fields.get(Field::Client),
        };
        self.watches[watch].request(&request, second);
        if failed {
            let instant = record.moment.is_some_and(|(stated, _)| parsed.end.0 - stated.0 < 1_000_000);
            self.watches[watch].failed(&request, second, instant);
            self.watches[watch].break_down_failed(record, second);
            self.failed += 1;
            self.failing.insert(second.div_euclid(BUCKET));
        } else {
            let place = (parsed.block, parsed.span.clone());
            self.requests.push(Passed::new(place, second, watch, |field| record.fields.get(field)));
        }
        Some(failed)
    }

    /// The watch over the requests of a layout on the host that the line names, or the log's.
    #[inline(always)]
    fn watch(&mut self, layout: usize, named: Option<&[u8]>) -> usize {
        // A host that the placing of its log settles is not asked for in each line.
        let named = named.filter(|_| !self.reading.placed);
        let recent = match named {
            None => self.unnamed,
            Some(name) => self.named.1.filter(|_| same(&self.named.0, name)),
        };
        match recent {
            Some((known, watch)) if known == layout => watch,
            _ => self.another_watch(layout, named),
        }
    }

    /// The same for another layout or host than before.
    #[inline(never)]
    fn another_watch(&mut self, layout: usize, named: Option<&[u8]>) -> usize {
        let watch = self.watch_of(layout, named);
        match named {
            None => self.unnamed = Some((layout, watch)),
            Some(name) => {
                self.named.0.clear();
                self.named.0.extend_from_slice(name);
                self.named.1 = Some((layout, watch));
            }
        }
        watch
    }

    fn watch_of(&mut self, layout: usize, named: Option<&[u8]>) -> usize {
        let host = named_host(&self.reading, named);
        let known = self.watches.iter().position(|watch| watch.layout == layout && watch.host == host);
        known.unwrap_or_else(|| {
            let text = &self.knowledge.layouts.get(layout).text;
            self.watches.push(Watch::new(&host, layout, text.tier, &self.reading.log, &text.product));
            self.watches.len() - 1
        })
    }

    /// What is asked of requests of a layout.
    #[inline(always)]
    fn asked_of(&mut self, layout: usize) -> Asked<'c> {
        match self.asked {
            Some(asked) if asked.layout == layout => asked,
            _ => self.ask_of(layout),
        }
    }

    /// The same for another layout than before.
    #[inline(never)]
    fn ask_of(&mut self, layout: usize) -> Asked<'c> {
        let Knowledge { layouts, signatures, .. } = self.knowledge;
        let by_signatures = signatures.of_requests(layout);
        let known = layouts.get(layout);
        *self.asked.insert(Asked { layout, by_signatures, skims_whole: known.skims_upstream() })
    }

    /// Ends a block. The requests around a failed one are told apart: by path and client that costs more than to count
    /// them, and only there it tells anything. `again` reads those once more of which the values are not known.
    pub fn end_block(&mut self, fates: &Fates, block: &[u8], again: impl FnOnce(&[Range<usize>], &mut Around<'_, 'c>)) {
        let source = self.source();
        source.fates.add(fates);
        let failing = std::mem::take(&mut self.failing);
        let mut requests = std::mem::take(&mut self.requests);
        let mut spans: Vec<Range<usize>> = Vec::new();
        // Most blocks have none.
        let all = if failing.is_empty() { &[] } else { requests.as_slice() };
        // The bucket of the request before, and whether it holds a failed one.
        let (mut bucket, mut holds) = (0..0, false);
        for request in all {
            if !bucket.contains(&request.second) {
                let number = request.second.div_euclid(BUCKET);
                bucket = number * BUCKET..(number + 1) * BUCKET;
                holds = failing.contains(&number);
            }
            if !holds {
                continue;
            }
            match (request.watch, spans.last_mut()) {
                (Some(watch), _) => {
                    self.watches[watch as usize].break_down(|field| request.get(block, field), request.second);
                }
                // The line behind it.
                (None, Some(last)) if last.end + 1 == request.span.start => last.end = request.span.end,
                (None, _) => spans.push(request.span.clone()),
            }
        }
        requests.clear();
        self.requests = requests;
        if !spans.is_empty() {
            again(&spans, &mut Around(self));
        }
    }

    fn hit(&mut self, hit: &Hit, parsed: &Parsed<'_>, failed: bool) {
        let record = &parsed.record;
        let signatures = self.knowledge.signatures;
        let topic = self.topic(hit, record);
        let about = About::hit(signatures, hit, record, &self.reading, &topic);
        let hits = self.scoped.entry(hit.signature).or_default().of(&about, &self.reading.log);
        hits.times.count(parsed.end.second(), 1);
        if failed {
            hits.on_failed.count(parsed.end.second(), 1);
        }
        if hits.quotes.wants(parsed.end, &self.cited, record.line) {
            self.title.clear();
            signatures.title_into(hit, record, &mut self.title);
            hits.quotes.keep(Quote::new(parsed.end, Arc::clone(&self.cited), record.line, &self.title, &record.text));
        }
    }

    fn unknown(&mut self, parsed: &Parsed<'_>) {
        let record = &parsed.record;
        let host = host_of(&self.reading, record.fields.get(Field::Host));
        let (hits, shape) = self.unknown.of(host, record.message());
        hits.times.count(parsed.end.second(), 1);
        if hits.quotes.wants(parsed.end, &self.cited, record.line) {
            hits.quotes.keep(Quote::new(parsed.end, Arc::clone(&self.cited), record.line, shape, &record.text));
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
        self.tally.sources.entry(reading.cited.clone()).or_insert_with(|| empty_source(reading, layouts))
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
        for watch in self.watches {
            let format = layouts.get(watch.layout).text.id.clone();
            let key = VantageKey { host: watch.host.clone(), log: log.clone(), format };
            match self.tally.vantages.get_mut(&key) {
                Some(known) => known.add(watch.finish()),
                None => drop(self.tally.vantages.insert(key, watch.finish())),
            }
        }
        self.tally.unknown = self.unknown.finish(&log);
        for (signature, scoped) in self.scoped {
            let id = self.knowledge.signatures.get(signature).text.id.clone();
            self.tally.hits.insert(id, scoped.finish());
        }
        self.tally.settle();
        self.tally
    }
}

impl Take for Collector<'_> {
    const SKIMS: bool = true;

    /// Counts a request that did not fail and shows no signature, from what was skimmed of it.
    fn skimmed(&mut self, request: &Skimmed<'_, '_>) -> bool {
        let fields = request.fields;
        let Some(status) = fields.get(Field::Status).and_then(parse_status) else { return false };
        let asked = self.asked_of(request.layout);
        if self.knowledge.wanted.holds(status) || !asked.by_signatures.leave_out(status, fields) {
            return false;
        }
        let second = request.end.second();
        self.cover(request.layout, second);
        let watch = self.watch(request.layout, request.host);
        if fields.get(Field::UserAgent).is_some_and(|agent| self.knowledge.wanted.probes.holds(agent)) {
            self.watches[watch].probe();
            return true;
        }
        let counted = Request {
            service: fields.get(Field::Service).unwrap_or_default(),
            method: fields.get(Field::Method).unwrap_or_default(),
            path: fields.get(Field::Path).unwrap_or_default(),
            client: fields.get(Field::Client),
        };
        self.watches[watch].request(&counted, second);
        self.requests.push(match asked.skims_whole.of(fields) {
            true => Passed::new((request.block, request.span.clone()), second, watch, |field| fields.get(field)),
            false => Passed::unread(second, request.span.clone()),
        });
        true
    }

    fn may_pass(&mut self, layout: usize, message: &[u8], text: &[u8]) -> bool {
        self.knowledge.signatures.show_nothing(layout, message, text, &mut self.recalled)
    }

    fn pass(&mut self, layout: usize, end: Moment) {
        self.cover(layout, end.second());
    }

    fn record(&mut self, parsed: &Parsed<'_>) {
        self.count(parsed);
    }
}

/// Takes the requests around a failed one, to tell them apart. The failed one itself was, when it was read.
#[derive(Debug)]
pub struct Around<'a, 'c>(&'a mut Collector<'c>);

impl Take for Around<'_, '_> {
    const SKIMS: bool = true;

    fn skimmed(&mut self, request: &Skimmed<'_, '_>) -> bool {
        let (collector, fields) = (&mut *self.0, request.fields);
        if !collector.asked_of(request.layout).skims_whole.of(fields) {
            return false;
        }
        let watch = collector.watch(request.layout, request.host);
        collector.watches[watch].break_down(|field| fields.get(field), request.end.second());
        true
    }

    // None of them is a request.
    fn may_pass(&mut self, _: usize, _: &[u8], _: &[u8]) -> bool {
        true
    }

    fn pass(&mut self, _: usize, _: Moment) {}

    fn record(&mut self, parsed: &Parsed<'_>) {
        let (collector, record) = (&mut *self.0, &parsed.record);
        if collector.knowledge.layouts.get(record.layout).text.family != Family::Access {
            return;
        }
        let watch = collector.watch(record.layout, record.fields.get(Field::Host));
        collector.watches[watch].break_down(|field| record.fields.get(field), parsed.end.second());
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
        passed_over: false,
        from: reading.from,
        fates: Fates::default(),
        failed: 0,
        coverage: BTreeMap::new(),
    }
}

fn is_error(record: &Record<'_>) -> bool {
    record.fields.get(Field::Level).is_some_and(severity::is_error)
}
