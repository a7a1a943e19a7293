//! What one tier saw of the requests.

use super::breakdown::{Breakdown, Dimension, OTHER};
use super::series::Series;
use super::sketch::Sketch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds kept per service before they are summed up in wider buckets.
const MAX_SECONDS: usize = 100_000;
/// Services kept per vantage point before they are summed up in one: a `Host` header can be anything.
const MAX_SERVICES: usize = 4000;
/// Requests sampled per vantage point to tell which tier passed them on.
const MAX_FINGERPRINTS: usize = 4096;
/// Clients sampled per vantage point.
const MAX_CLIENTS: usize = 1024;

/// One log of one product on one host: a view of the requests that pass there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VantageKey {
    /// The machine; empty when unknown.
    pub host: String,
    /// Name of the log, without rotation.
    pub log: String,
    /// Id of its layout.
    pub format: String,
}

/// Requests and 503s of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceTally {
    /// All requests by second of their end.
    pub requests: Series,
    /// The 503s among them.
    pub failed: Series,
    /// 503s by the moment at which a request is known to have begun and ended within one second.
    pub instant: Series,
    /// The 503s and the requests around them, by what tells requests apart.
    pub breakdowns: BTreeMap<Dimension, Breakdown>,
}

impl Default for ServiceTally {
    fn default() -> Self {
        let seconds = || Series::new(1, MAX_SECONDS);
        Self { requests: seconds(), failed: seconds(), instant: seconds(), breakdowns: BTreeMap::new() }
    }
}

impl ServiceTally {
    pub(super) fn add(&mut self, other: ServiceTally) {
        self.requests.add(other.requests);
        self.failed.add(other.failed);
        self.instant.add(other.instant);
        for (dimension, breakdown) in other.breakdowns {
            match self.breakdowns.get_mut(&dimension) {
                Some(known) => known.add(breakdown),
                None => {
                    self.breakdowns.insert(dimension, breakdown);
                }
            }
        }
    }

    fn settle(&mut self) {
        self.requests.settle();
        self.failed.settle();
        self.instant.settle();
        self.breakdowns.values_mut().for_each(Breakdown::settle);
    }
}

/// What one tier saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VantageTally {
    /// Usual place of its product on a request's way; lower is nearer to the client.
    pub tier: u8,
    /// By service.
    pub services: BTreeMap<String, ServiceTally>,
    /// Whether there were so many services that they were summed up in one.
    pub collapsed: bool,
    /// Sampled requests: hash of method and path, and second.
    pub fingerprints: Sketch,
    /// The same with the client's address.
    pub client_fingerprints: Sketch,
    /// Sampled clients.
    pub clients: Sketch,
    /// Requests from private addresses.
    pub private_clients: u64,
    /// Health checks of balancers, which are left out of everything else.
    pub probes: u64,
}

impl VantageTally {
    /// An empty tally of a product that usually stands at `tier`.
    pub fn new(tier: u8) -> Self {
        Self {
            tier,
            services: BTreeMap::new(),
            collapsed: false,
            fingerprints: Sketch::new(MAX_FINGERPRINTS),
            client_fingerprints: Sketch::new(MAX_FINGERPRINTS),
            clients: Sketch::new(MAX_CLIENTS),
            private_clients: 0,
            probes: 0,
        }
    }

    fn collapse(&mut self) {
        self.collapsed = true;
        let mut all = ServiceTally::default();
        std::mem::take(&mut self.services).into_values().for_each(|service| all.add(service));
        self.services.insert(OTHER.to_owned(), all);
    }

    /// Adds what another part of the log saw.
    pub fn add(&mut self, mut other: VantageTally) {
        self.tier = self.tier.max(other.tier);
        let distinct =
            self.services.len() + other.services.keys().filter(|name| !self.services.contains_key(*name)).count();
        if self.collapsed || other.collapsed || distinct > MAX_SERVICES {
            self.collapse();
            other.collapse();
        }
        for (name, service) in other.services {
            self.services.entry(name).or_default().add(service);
        }
        self.fingerprints.add(other.fingerprints);
        self.client_fingerprints.add(other.client_fingerprints);
        self.clients.add(other.clients);
        self.private_clients += other.private_clients;
        self.probes += other.probes;
    }

    /// Completes the counts, before they are read.
    pub fn settle(&mut self) {
        self.services.values_mut().for_each(ServiceTally::settle);
        [&mut self.fingerprints, &mut self.client_fingerprints, &mut self.clients].into_iter().for_each(Sketch::settle);
    }

    /// All requests.
    pub fn requests(&self) -> u64 {
        self.services.values().map(|service| service.requests.total()).sum()
    }

    /// All 503s.
    pub fn failed(&self) -> u64 {
        self.services.values().map(|service| service.failed.total()).sum()
    }
}
