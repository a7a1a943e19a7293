//! The requests of one vantage point while its lines are read.

use super::breakdown::{Dimension, client_network, url_group};
use super::sketch::{hash, pair};
use super::subject::{default_service, origin};
use super::vantage::{ServiceTally, VantageTally};
use crate::model::field::Field;
use crate::model::lossy::lossy;
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
    services: Vec<(Vec<u8>, ServiceTally)>,
    by_name: FxHashMap<Vec<u8>, usize>,
    recent: usize,
    /// Room for what a value is counted by.
    group: String,
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
            group: String::new(),
        }
    }

    /// Counts a health check.
    pub(super) fn probe(&mut self) {
        self.tally.probes += 1;
    }

    /// Counts a request that ended at `second`.
    pub(super) fn request(&mut self, request: &Request<'_>, second: i64) {
        self.service(request.service).requests.count(second, 1);
        let key = pair(hash(bare_path(request.path)), hash(request.method));
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
        let service = self.service(request.service);
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
        let service = self.count_by(|field| record.fields.get(field), second, true);
        let size = record.fields.get(Field::Bytes).map_or("-".into(), String::from_utf8_lossy);
        service.count_by(Dimension::Size, &size, second, true);
        service.count_by(Dimension::Origin, origin(record), second, true);
    }

    fn count_by<'r>(
        &mut self,
        field: impl Fn(Field) -> Option<&'r [u8]>,
        second: i64,
        failed: bool,
    ) -> &mut ServiceTally {
        let mut group = std::mem::take(&mut self.group);
        let service = self.service(field(Field::Service).unwrap_or_default());
        let text = |name| field(name).map(lossy);
        if let Some(upstream) = text(Field::Upstream) {
            service.count_by(Dimension::Upstream, &upstream, second, failed);
        }
        if let Some(path) = text(Field::Path) {
            url_group(&path, &mut group);
            service.count_by(Dimension::Url, &group, second, failed);
        }
        if let Some(client) = text(Field::Client) {
            client_network(&client, &mut group);
            service.count_by(Dimension::Client, &group, second, failed);
        }
        if let Some(method) = text(Field::Method) {
            service.count_by(Dimension::Method, &method, second, failed);
        }
        self.group = group;
        &mut self.services[self.recent].1
    }

    /// The tally of the service that lines call `name`; empty where they name none.
    fn service(&mut self, name: &[u8]) -> &mut ServiceTally {
        if !self.services.get(self.recent).is_some_and(|(recent, _)| same(recent, name)) {
            self.recent = match self.by_name.get(name) {
                Some(&known) => known,
                None => {
                    if self.services.len() >= MAX_OPEN {
                        self.close_services();
                    }
                    self.by_name.insert(name.to_owned(), self.services.len());
                    self.services.push((name.to_owned(), ServiceTally::default()));
                    self.services.len() - 1
                }
            };
        }
        &mut self.services[self.recent].1
    }

    fn close_services(&mut self) {
        let mut part = VantageTally::new(self.tally.tier);
        part.services = self.named_services();
        self.tally.add(part);
    }

    fn named_services(&mut self) -> BTreeMap<String, ServiceTally> {
        self.by_name.clear();
        let mut named: BTreeMap<String, ServiceTally> = BTreeMap::new();
        for (name, service) in self.services.drain(..) {
            let name =
                if name.is_empty() { self.unstated.clone() } else { String::from_utf8_lossy(&name).into_owned() };
            named.entry(name).or_default().add(service);
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
