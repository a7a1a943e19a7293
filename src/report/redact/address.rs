//! Addresses of machines, under consistent pseudonyms.

use super::name::Names;
use super::{pattern, replaced};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};
use std::ops::Range;

/// What stands before an address of somebody who asked for something.
const CLIENT_MARKS: [&str; 11] = [
    "client",
    "client_ip",
    "clientip",
    "client-ip",
    "remote_addr",
    "remote_ip",
    "remoteip",
    "forwarded-for",
    "rhost",
    "for",
    "from",
];

/// An address as it stands in a text.
struct Found {
    range: Range<usize>,
    address: IpAddr,
    /// `/24`, for a network.
    prefix: Option<u8>,
}

/// Finds addresses, and names them.
pub(super) struct Addresses {
    candidate: Regex,
    cloud: Regex,
    clients: BTreeSet<IpAddr>,
    names: BTreeMap<(IpAddr, Option<u8>), String>,
    counts: BTreeMap<&'static str, usize>,
    naming: Names,
}

impl Addresses {
    pub(super) fn new(naming: Names) -> Self {
        Self {
            candidate: pattern(r"[0-9A-Fa-f:.]*[0-9A-Fa-f:][0-9A-Fa-f:.]*"),
            cloud: pattern(r"\bip-(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,3})\b"),
            clients: BTreeSet::new(),
            names: BTreeMap::new(),
            counts: BTreeMap::new(),
            naming,
        }
    }

    /// Takes note of the addresses that stand where a client stands.
    pub(super) fn learn(&mut self, text: &str) {
        let clients: Vec<IpAddr> = self
            .find(text)
            .into_iter()
            .filter(|found| found.prefix.is_none() && is_client(text, &found.range))
            .map(|found| found.address)
            .collect();
        self.clients.extend(clients);
    }

    /// The text with pseudonyms.
    pub(super) fn mask(&mut self, text: &str) -> String {
        let parts: Vec<_> =
            self.find(text).into_iter().map(|found| (found.range, self.name(found.address, found.prefix))).collect();
        replaced(text, &parts)
    }

    fn name(&mut self, address: IpAddr, prefix: Option<u8>) -> String {
        if let Some(name) = self.names.get(&(address, prefix)) {
            return name.clone();
        }
        let kind = match prefix {
            Some(_) => "net",
            None if self.clients.contains(&address) => "client",
            None => "addr",
        };
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let thing = prefix.map_or_else(|| address.to_string(), |prefix| format!("{address}/{prefix}"));
        let name = self.naming.of(kind, &thing, *count);
        self.names.insert((address, prefix), name.clone());
        name
    }

    fn find(&self, text: &str) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for candidate in self.candidate.find_iter(text) {
            let beside = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
            let open = !beside(text[..candidate.start()].chars().next_back());
            let closed = !beside(text[candidate.end()..].chars().next());
            addresses_in(candidate.as_str(), open, closed).into_iter().for_each(|(range, address)| {
                let range = candidate.start() + range.start..candidate.start() + range.end;
                let (range, prefix) = with_prefix(text, range, address);
                found.push(Found { range, address: address.to_canonical(), prefix });
            });
        }
        for captures in self.cloud.captures_iter(text) {
            let octets: Vec<&str> = (1..=4).filter_map(|part| captures.get(part)).map(|part| part.as_str()).collect();
            if let (Some(whole), Ok(address)) = (captures.get(0), octets.join(".").parse()) {
                found.push(Found { range: whole.range(), address, prefix: None });
            }
        }
        // Loopback and "any" point to nobody, and say much about what was refused.
        found.retain(|found| !found.address.is_loopback() && !found.address.is_unspecified());
        found.sort_by_key(|found| found.range.start);
        found
    }
}

/// The addresses in a run of hexadecimal digits, colons and dots: one of IPv6, or those of IPv4 between the colons.
fn addresses_in(run: &str, open: bool, closed: bool) -> Vec<(Range<usize>, IpAddr)> {
    let left = run.len() - run.trim_start_matches('.').len();
    let end = run.trim_end_matches(['.', ':']).len();
    if open && run.bytes().any(|byte| byte.is_ascii_digit()) {
        // `2001:db8::1.443` is how packet dumps write a port.
        let shorter = run[..end].rfind('.').filter(|_| run.contains(':'));
        let ends = [(run.len(), closed), (end, end < run.len() || closed)];
        for (end, closed) in ends.into_iter().chain(shorter.map(|dot| (dot, true))) {
            if closed
                && left < end
                && let Ok(address) = run[left..end].parse::<Ipv6Addr>()
            {
                return vec![(left..end, IpAddr::V6(address))];
            }
        }
    }
    let mut found = Vec::new();
    let mut at = 0;
    for piece in run.split(':') {
        let core = piece.trim_matches('.');
        let start = at + piece.find(core).unwrap_or(0);
        let bounded = (open || start > 0) && (closed || start + core.len() < run.len());
        // Longer dotted numbers are versions or the like, except a port after the address as packet dumps write it.
        let quad = core.match_indices('.').nth(3).map_or(core, |(fourth, _)| &core[..fourth]);
        if bounded
            && core.matches('.').count() <= 4
            && let Ok(address) = quad.parse()
        {
            found.push((start..start + quad.len(), IpAddr::V4(address)));
        }
        at += piece.len() + 1;
    }
    found
}

fn with_prefix(text: &str, range: Range<usize>, address: IpAddr) -> (Range<usize>, Option<u8>) {
    let rest = &text[range.end..];
    let digits = rest.strip_prefix('/').map_or("", |rest| {
        &rest[..rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len()).min(4)]
    });
    let most = if address.is_ipv4() { 32 } else { 128 };
    let url = text[..range.start].ends_with("://");
    match digits.parse::<u8>() {
        Ok(prefix) if prefix <= most && !url => (range.start..range.end + 1 + digits.len(), Some(prefix)),
        _ => (range, None),
    }
}

fn is_client(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].trim_end_matches([' ', '"', '\'', '\\', '=', ':', '[', '(']).to_ascii_lowercase();
    // An access line begins with its client.
    let leads = range.start == 0 && text.contains('"');
    // HAProxy: `203.0.113.9:51234 [22/Nov/2026:…`.
    let after = text[range.end..].strip_prefix(':').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    leads
        || CLIENT_MARKS.iter().any(|mark| {
            before.strip_suffix(mark).is_some_and(|rest| !rest.ends_with(|c: char| c.is_ascii_alphanumeric()))
        })
        || after.is_some_and(|rest| rest.starts_with(" [") && rest[2..].starts_with(|c: char| c.is_ascii_digit()))
}
