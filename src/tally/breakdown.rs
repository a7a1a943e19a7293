//! Requests and 503s by the values of one dimension, coarser when there are too many values.

use super::series::Series;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Distinct values kept before they are made coarser.
pub(super) const MAX_VALUES: usize = 2000;
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
    pub(super) fn at_level(self, value: &str, level: u8) -> Cow<'_, str> {
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
    pub(super) fn new() -> Self {
        Self { requests: Series::new(10, MAX_BUCKETS), failed: Series::new(10, MAX_BUCKETS) }
    }

    /// Counts a request.
    #[inline]
    pub(super) fn count(&mut self, second: i64, failed: bool) {
        self.requests.count(second, 1);
        if failed {
            self.failed.count(second, 1);
        }
    }
}

/// Requests and 503s by value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    pub(super) dimension: Dimension,
    /// How many times values were made coarser.
    pub(super) level: u8,
    /// By name; handed out in order.
    #[serde(serialize_with = "in_order")]
    pub(super) values: FxHashMap<String, Counts>,
}

impl Breakdown {
    /// An empty one.
    pub(super) fn new(dimension: Dimension) -> Self {
        Self { dimension, level: 0, values: FxHashMap::default() }
    }

    fn shrink(&mut self) {
        while self.values.len() > MAX_VALUES {
            self.coarsen();
        }
    }

    /// Tells values apart one level less.
    pub(super) fn coarsen(&mut self) {
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
