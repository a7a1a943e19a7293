//! The requests of one vantage point while its lines are read.

use super::breakdown::Dimension;
use super::open_breakdowns::{Met, OpenBreakdowns};
use super::sketch::{hash, pair};
use super::subject::{default_service, origin};
use super::vantage::{ServiceTally, VantageTally};
use crate::model::field::Field;
use crate::model::record::{Record, bare_path};
use crate::model::scan::same;
use crate::spot::condition::is_private;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What every request is counted by.
#[derive(Debug)]
pub(super) struct Request<'r> {
    /// As the line has it; empty where it names none.
    pub(super) service: &'r [u8],
    pub(super) method: &'r [u8],
    pub(super) path: &'r [u8],
    pub(super) client: Option<&'r [u8]>,
}

/// What requests are told apart by that every line may have.
const TOLD: [(Dimension, Field); 4] = [
    (Dimension::Upstream, Field::Upstream),
    (Dimension::Url, Field::Path),
    (Dimension::Client, Field::Client),
    (Dimension::Method, Field::Method),
];

/// Services kept apart before they are put to the tally, which bounds them.
const MAX_OPEN: usize = 256;

/// Counts the requests of one layout on one host. Services are found by the bytes that the line has for them, the one
/// of the line before first: a map by name, asked with an owned name for each request, cost more than reading the line.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) host: String,
    pub(super) layout: usize,
    tally: VantageTally,
    /// Name of the service of lines that state none.
    unstated: String,
    services: Vec<Service>,
    by_name: FxHashMap<Vec<u8>, usize>,
    recent: usize,
    /// The method that was counted last, and its hash.
    method: (Vec<u8>, u64),
    met: Met,
}

/// What was counted of one service.
#[derive(Debug)]
struct Service {
    name: Vec<u8>,
    tally: ServiceTally,
    breakdowns: OpenBreakdowns,
}

impl Watch {
    /// A watch over the requests on `host` in a log called `log`, of a product that usually stands at `tier`.
    pub(super) fn new(host: &str, layout: usize, tier: u8, log: &str, product: &str) -> Self {
        Self {
            host: host.to_owned(),
            layout,
            tally: VantageTally::new(tier),
            unstated: default_service(host, log, product),
            services: Vec::new(),
            by_name: FxHashMap::default(),
            recent: 0,
            method: (Vec::new(), hash(b"")),
            met: Met::default(),
        }
    }

    /// Counts a health check.
    pub(super) fn probe(&mut self) {
        self.tally.probes += 1;
    }

    /// Counts a request that ended at `second`.
    pub(super) fn request(&mut self, request: &Request<'_>, second: i64) {
        self.service(request.service).tally.requests.count(second, 1);
        if !same(&self.method.0, request.method) {
            self.method.0.clear();
            self.method.0.extend_from_slice(request.method);
            self.method.1 = hash(request.method);
        }
        let key = pair(hash(bare_path(request.path)), self.method.1);
        self.tally.fingerprints.count(key, second);
        if let Some(client) = request.client {
            let client_key = hash(client);
            self.tally.client_fingerprints.count(pair(key, client_key), second);
            self.tally.clients.count(client_key, 0);
            self.tally.private_clients += u64::from(may_be_private(client) && is_private(client) == Some(true));
        }
    }

    /// Counts a request that failed, once more as that. `instant`: it is known to have taken less than a second.
    pub(super) fn failed(&mut self, request: &Request<'_>, second: i64, instant: bool) {
        let service = &mut self.service(request.service).tally;
        service.failed.count(second, 1);
        if instant {
            service.instant.count(second, 1);
        }
    }

    /// Counts a request that stands near a failed one by what tells requests apart.
    pub(super) fn break_down<'r>(&mut self, field: impl Fn(Field) -> Option<&'r [u8]>, second: i64) {
        self.count_by(field, second, false);
    }

    /// The same for a failed one.
    pub(super) fn break_down_failed(&mut self, record: &Record<'_>, second: i64) {
        self.count_by(|field| record.fields.get(field), second, true);
        let (breakdowns, met) = self.breakdowns();
        breakdowns.count(Dimension::Size, record.fields.get(Field::Bytes).unwrap_or(b"-"), second, true, met);
        breakdowns.count(Dimension::Origin, origin(record).as_bytes(), second, true, met);
    }

    #[inline]
    fn count_by<'r>(&mut self, field: impl Fn(Field) -> Option<&'r [u8]>, second: i64, failed: bool) {
        self.service(field(Field::Service).unwrap_or_default());
        let (breakdowns, met) = self.breakdowns();
        for (dimension, name) in TOLD {
            if let Some(value) = field(name) {
                breakdowns.count(dimension, value, second, failed, met);
            }
        }
    }

    /// The breakdowns of the service of the last line.
    fn breakdowns(&mut self) -> (&mut OpenBreakdowns, &mut Met) {
        (&mut self.services[self.recent].breakdowns, &mut self.met)
    }

    /// The service that lines call `name`; empty where they name none.
    #[inline(always)]
    fn service(&mut self, name: &[u8]) -> &mut Service {
        if !self.services.get(self.recent).is_some_and(|recent| same(&recent.name, name)) {
            self.recent = self.another_service(name);
        }
        &mut self.services[self.recent]
    }

    /// Where a service stands that is another one than before.
    #[inline(never)]
    fn another_service(&mut self, name: &[u8]) -> usize {
        if let Some(&known) = self.by_name.get(name) {
            return known;
        }
        if self.services.len() >= MAX_OPEN {
            self.close_services();
        }
        self.by_name.insert(name.to_owned(), self.services.len());
        self.services.push(Service {
            name: name.to_owned(),
            tally: ServiceTally::default(),
            breakdowns: OpenBreakdowns::default(),
        });
        self.services.len() - 1
    }

    fn close_services(&mut self) {
        let mut part = VantageTally::new(self.tally.tier);
        part.services = self.named_services();
        self.tally.add(part);
    }

    fn named_services(&mut self) -> BTreeMap<String, ServiceTally> {
        self.by_name.clear();
        let mut named: BTreeMap<String, ServiceTally> = BTreeMap::new();
        for Service { name, mut tally, breakdowns } in self.services.drain(..) {
            let name =
                if name.is_empty() { self.unstated.clone() } else { String::from_utf8_lossy(&name).into_owned() };
            tally.breakdowns = breakdowns.finish();
            named.entry(name).or_default().add(tally);
        }
        named
    }

    /// What was counted.
    pub(super) fn finish(mut self) -> VantageTally {
        self.close_services();
        self.tally
    }
}

/// Whether an address can be a private one, by its first bytes: that leaves few to be read as an address.
fn may_be_private(client: &[u8]) -> bool {
    match client {
        [b'1', second, third, ..] => {
            matches!((second, third), (b'0', b'.' | b'0') | (b'2', b'7') | (b'6', b'9') | (b'7' | b'9', b'2'))
        }
        [first, ..] => matches!(first, b'f' | b'F' | b':' | b'0'),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_private_address_is_passed_over(
            text in "(1[0-9]{0,2}|[0-9]{1,3})\\.[0-9]{1,3}\\.[0-9]{1,2}\\.[0-9]|[0-9a-fF]{0,4}:(:1|[0-9a-f]{1,4}::)?",
        ) {
            let text = text.as_bytes();
            prop_assert!(may_be_private(text) || is_private(text) != Some(true), "{}", String::from_utf8_lossy(text));
        }
    }
}
