//! How near a line is to an incident: what it is about, against what failed.

use super::constants::Constants;
use crate::segment::{Incident, Segments};
use crate::tally::Scope;
use crate::tally::Tally;
use crate::tally::breakdown::Dimension;
use std::collections::BTreeSet;

/// What belongs to an incident, and what belongs to other services.
#[derive(Debug)]
pub(super) struct Neighbourhood {
    services: BTreeSet<String>,
    /// Services at the edge that have no 503 in the incident.
    other_services: BTreeSet<String>,
    /// Names and addresses of the servers that failed requests were sent to.
    upstreams: BTreeSet<String>,
    /// Names and addresses of servers of other services only.
    other_upstreams: BTreeSet<String>,
    /// Machines whose logs count the incident's requests, at the edge or behind it.
    hosts: BTreeSet<String>,
}

impl Neighbourhood {
    /// What belongs to `incident`.
    pub(super) fn new(tally: &Tally, segments: &Segments, incident: &Incident) -> Self {
        let mut near = Self {
            services: incident.services.iter().map(|service| plain(service)).collect(),
            other_services: BTreeSet::new(),
            upstreams: BTreeSet::new(),
            other_upstreams: BTreeSet::new(),
            hosts: BTreeSet::new(),
        };
        let mut elsewhere = BTreeSet::new();
        for (name, service) in &segments.services {
            let inside = incident.services.contains(name);
            if !inside && service.failed.sum(incident.start, incident.end + 1) == 0 {
                near.other_services.insert(plain(name));
            }
            for key in &service.vantages {
                let Some(seen) = tally.vantages.get(key).and_then(|vantage| vantage.services.get(name)) else {
                    continue;
                };
                if inside {
                    near.hosts.insert(key.host.clone());
                }
                let Some(upstreams) = seen.breakdowns.get(&Dimension::Upstream) else { continue };
                for (value, counts) in upstreams.iter() {
                    let failed = counts.failed.sum(incident.start, incident.end + 1) > 0;
                    let names = if inside && failed { &mut near.upstreams } else { &mut elsewhere };
                    names.extend(names_of(value));
                }
            }
        }
        near.other_upstreams = elsewhere.difference(&near.upstreams).cloned().collect();
        for (key, place) in &segments.places {
            if let Some(behind) = &place.behind
                && near.hosts.contains(&behind.host)
            {
                near.hosts.insert(key.host.clone());
            }
        }
        near
    }

    /// How near a scope is, 0 to 1: 1 is the request itself, 0.05 is known to be elsewhere.
    pub(super) fn nearness(&self, scope: &Scope, constants: &Constants) -> f64 {
        let upstreams = names_of(&scope.upstream);
        if upstreams.iter().any(|name| self.upstreams.contains(name)) {
            return constants.near.0;
        }
        if self.upstreams.contains(&scope.host.to_ascii_lowercase()) && !scope.host.is_empty() {
            return constants.near.0;
        }
        let service = plain(&scope.service);
        let known_service = !service.is_empty() && service != "_" && service != "-";
        if known_service && self.services.contains(&service) {
            return constants.near.1;
        }
        if known_service && self.other_services.contains(&service) {
            return constants.elsewhere.1;
        }
        if !upstreams.is_empty() && upstreams.iter().all(|name| self.other_upstreams.contains(name)) {
            return constants.elsewhere.0;
        }
        if scope.host.is_empty() || self.hosts.contains(&scope.host) {
            return constants.unnamed.0;
        }
        constants.unnamed.1
    }
}

/// A service name for comparison: lower case, without port.
fn plain(service: &str) -> String {
    let lower = service.to_ascii_lowercase();
    let name = lower
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(lower.as_str(), |(name, _)| name);
    name.to_owned()
}

/// The names by which a server behind is known: of `bk_shop/app1` the whole and `app1`; of `http://10.0.0.7:8080/x`
/// address with port and address. Names that say nothing (`<NOSRV>`, `-`, loopback) are left out.
fn names_of(upstream: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for value in upstream.split(", ").flat_map(|value| value.split(" : ")) {
        let value = value.trim().trim_end_matches('+');
        let stripped = value.split_once("://").map_or(value, |(_, rest)| rest);
        let is_url = stripped.len() != value.len();
        let server = match stripped.split_once('/') {
            Some((authority, _)) if is_url => authority,
            Some((_, server)) if !stripped.starts_with("unix:") && !stripped.starts_with('/') => {
                names.insert(stripped.to_ascii_lowercase());
                server
            }
            _ => stripped,
        };
        if server.is_empty() || server.starts_with('<') || server == "-" {
            continue;
        }
        names.insert(server.to_ascii_lowercase());
        if let Some((address, port)) = server.rsplit_once(':')
            && port.bytes().all(|byte| byte.is_ascii_digit())
        {
            names.insert(address.to_ascii_lowercase());
        }
    }
    names.retain(|name| !name.contains("<nosrv>") && !name.starts_with("127.0.0.1") && name != "localhost");
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_servers() {
        let names = |text: &str| names_of(text).into_iter().collect::<Vec<_>>();
        assert_eq!(names("bk_shop/app1"), ["app1", "bk_shop/app1"]);
        assert_eq!(names("bk_shop/<NOSRV>"), Vec::<String>::new());
        assert_eq!(names("http://10.0.0.7:8080/x"), ["10.0.0.7", "10.0.0.7:8080"]);
        assert_eq!(names("10.0.0.7:80, 10.0.0.8:80"), ["10.0.0.7", "10.0.0.7:80", "10.0.0.8", "10.0.0.8:80"]);
        assert_eq!(names("unix:/run/app.sock"), ["unix:/run/app.sock"]);
        assert_eq!(plain("WWW.example.org:443"), "www.example.org");
    }
}
