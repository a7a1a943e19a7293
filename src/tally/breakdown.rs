//! Requests and 503s by the values of one dimension, coarser when there are too many values.

use super::series::Series;
use crate::model::address::four_numbers;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Distinct values kept before they are made coarser.
const MAX_VALUES: usize = 2000;
/// Buckets kept per value.
const MAX_BUCKETS: usize = 2000;
/// What stands for all values that were not told apart.
pub const OTHER: &str = "(all)";

/// What a request can be told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// The server behind.
    Upstream,
    /// The path, by its first segments.
    Url,
    /// The client's network.
    Client,
    /// The method.
    Method,
    /// The size of the answer in bytes.
    Size,
    /// Where a 503 was made: `made here`, `relayed`.
    Origin,
}

impl Dimension {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Upstream => "backend",
            Dimension::Url => "url",
            Dimension::Client => "client_net",
            Dimension::Method => "method",
            Dimension::Size => "size",
            Dimension::Origin => "origin",
        }
    }

    /// A value one level coarser. Applying it twice is the same as going two levels at once.
    fn coarser(self, value: &str) -> Cow<'_, str> {
        let shortened = match self {
            Dimension::Url => value.trim_end_matches('/').rfind('/').map(|slash| value[..=slash].into()),
            Dimension::Client => value.strip_suffix("/24").and_then(|network| {
                let (second, _) = network.match_indices('.').nth(1)?;
                Some([&network[..second], ".0.0/16"].concat().into())
            }),
            _ => None,
        };
        shortened.filter(|value: &Cow<'_, str>| value.len() > 1).unwrap_or(OTHER.into())
    }

    /// A value so many levels coarser.
    fn at_level(self, value: &str, level: u8) -> Cow<'_, str> {
        (0..level).fold(value.into(), |value, _| match value {
            Cow::Borrowed(value) => self.coarser(value),
            Cow::Owned(value) => self.coarser(&value).into_owned().into(),
        })
    }
}

/// Requests and 503s of one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All requests, in those 10-second buckets of a block of lines that hold a 503.
    pub requests: Series,
    /// The 503s among them: all there are.
    pub failed: Series,
}

impl Counts {
    fn new() -> Self {
        Self { requests: Series::new(10, MAX_BUCKETS), failed: Series::new(10, MAX_BUCKETS) }
    }

    fn count(&mut self, second: i64, failed: bool) {
        self.requests.count(second, 1);
        if failed {
            self.failed.count(second, 1);
        }
    }
}

/// Requests and 503s by value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    dimension: Dimension,
    level: u8,
    /// Found by hash, as this is once for each value of each request around a 503; handed out in order.
    #[serde(serialize_with = "in_order")]
    values: FxHashMap<String, Counts>,
}

impl Breakdown {
    /// An empty one.
    pub fn new(dimension: Dimension) -> Self {
        Self { dimension, level: 0, values: FxHashMap::default() }
    }

    /// Counts a request.
    pub fn count(&mut self, value: &str, second: i64, failed: bool) {
        let key = self.dimension.at_level(value, self.level);
        // `entry` would copy the key of every request.
        match self.values.get_mut(&*key) {
            Some(counts) => counts.count(second, failed),
            None => {
                let mut counts = Counts::new();
                counts.count(second, failed);
                self.values.insert(key.into_owned(), counts);
                self.shrink();
            }
        }
    }

    fn shrink(&mut self) {
        while self.values.len() > MAX_VALUES {
            self.coarsen();
        }
    }

    fn coarsen(&mut self) {
        self.level += 1;
        for (value, counts) in std::mem::take(&mut self.values) {
            self.put(self.dimension.coarser(&value).into_owned(), counts);
        }
    }

    fn put(&mut self, value: String, counts: Counts) {
        match self.values.get_mut(&value) {
            Some(known) => {
                known.requests.add(counts.requests);
                known.failed.add(counts.failed);
            }
            None => {
                self.values.insert(value, counts);
            }
        }
    }

    /// Adds the counts of another part.
    pub fn add(&mut self, mut other: Breakdown) {
        while self.level < other.level {
            self.coarsen();
        }
        while other.level < self.level {
            other.coarsen();
        }
        for (value, counts) in other.values {
            self.put(value, counts);
        }
        self.shrink();
    }

    /// Moves all counts in time.
    pub fn move_by(&mut self, seconds: i64) {
        for counts in self.values.values_mut() {
            counts.requests.move_by(seconds);
            counts.failed.move_by(seconds);
        }
    }

    /// Completes the counts, before they are read.
    pub fn settle(&mut self) {
        for counts in self.values.values_mut() {
            counts.requests.settle();
            counts.failed.settle();
        }
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Counts)> {
        let mut values: Vec<(&str, &Counts)> =
            self.values.iter().map(|(value, counts)| (value.as_str(), counts)).collect();
        values.sort_unstable_by_key(|&(value, _)| value);
        values.into_iter()
    }
}

fn in_order<S: Serializer>(values: &FxHashMap<String, Counts>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().collect::<BTreeMap<_, _>>())
}

/// Puts the group of URLs that a path belongs to into `group`: host and query left out, two segments, with numbers
/// masked.
pub fn url_group(path: &str, group: &mut String) {
    group.clear();
    // A scheme further on is part of a query: `/login?next=https://…`.
    let path = match (!path.starts_with('/')).then(|| path.find("://")).flatten() {
        Some(scheme) => path[scheme + 3..].find('/').map_or("/", |slash| &path[scheme + 3 + slash..]),
        None => path,
    };
    let end = path.bytes().position(|byte| matches!(byte, b'?' | b'#' | b';')).unwrap_or(path.len());
    let mut segments = path[..end].split('/').filter(|segment| !segment.is_empty());
    for segment in segments.by_ref().take(2) {
        group.push('/');
        let digits = segment.bytes().filter(u8::is_ascii_digit).count();
        let variable = digits > 0 && digits * 3 >= segment.len();
        group.push_str(if variable { "*" } else { segment.get(..segment.len().min(48)).unwrap_or("*") });
    }
    if segments.next().is_some() {
        group.push_str("/…");
    }
    if group.is_empty() {
        group.push('/');
    }
}

/// Puts the network of a client into `network`: /24 of an IPv4 address, /48 of an IPv6 address.
pub fn client_network(client: &str, network: &mut String) {
    network.clear();
    let last = client.bytes().rposition(|byte| byte == b'.');
    if let (Some(_), Some(last)) = (four_numbers(client.as_bytes()), last) {
        network.push_str(&client[..=last]);
        network.push_str("0/24");
        return;
    }
    match client.parse() {
        Ok(std::net::IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            network.push_str(&format!("{a}.{b}.{c}.0/24"));
        }
        Ok(std::net::IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            network.push_str(&format!("{a:x}:{b:x}:{c:x}::/48"));
        }
        Err(_) => network.push_str("(no address)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_values_become_coarser_the_same_way_in_any_order() {
        let values: Vec<String> = (0..3000).map(|index| format!("/a{}/b{index}", index % 7)).collect();
        let of = |values: &[String]| {
            let mut breakdown = Breakdown::new(Dimension::Url);
            values.iter().for_each(|value| breakdown.count(value, 0, true));
            breakdown.settle();
            breakdown
        };
        let whole = of(&values);
        let mut parts = of(&values[1000..]);
        parts.add(of(&values[..1000]));
        parts.settle();
        assert_eq!(whole, parts);
        assert_eq!(
            whole.iter().map(|(value, _)| value).collect::<Vec<_>>(),
            (0..7).map(|index| format!("/a{index}/")).collect::<Vec<_>>()
        );
    }

    #[test]
    fn groups_of_urls_and_clients() {
        for (path, group) in [
            ("/product/4873?x=1", "/product/*"),
            ("http://www.example.org/catalog", "/catalog"),
            ("/login?next=https://www.example.org/x", "/login"),
            ("/", "/"),
            ("*", "/*"),
            ("/a/b/c/d", "/a/b/…"),
            ("/static/logo.txt", "/static/logo.txt"),
        ] {
            let mut found = "x".to_owned();
            url_group(path, &mut found);
            assert_eq!(found, group, "{path}");
        }
        for (client, network) in [
            ("203.0.113.9", "203.0.113.0/24"),
            ("0.0.0.0", "0.0.0.0/24"),
            ("203.0.113.256", "(no address)"),
            ("203.0.113.09", "(no address)"),
            ("203.0.113.9.1", "(no address)"),
            ("203.0.113.", "(no address)"),
            ("203.0..9", "(no address)"),
            ("2001:db8:1:2::9", "2001:db8:1::/48"),
            ("app1", "(no address)"),
        ] {
            let mut found = "x".to_owned();
            client_network(client, &mut found);
            assert_eq!(found, network, "{client}");
        }
    }
}
