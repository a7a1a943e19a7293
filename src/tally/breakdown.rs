//! Requests and 503s by the values of one dimension, coarser when there are too many values.

use super::series::Series;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::VecDeque;

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

    fn add(&mut self, other: Counts) {
        self.requests.add(other.requests);
        self.failed.add(other.failed);
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
    /// By name, in order. Apart from the names, as thousands of them are moved whenever parts are added.
    #[serde(with = "as_map")]
    values: Vec<(String, Box<Counts>)>,
}

impl Breakdown {
    /// Of these values at a level, each name once.
    pub(super) fn of(dimension: Dimension, level: u8, values: Vec<(String, Box<Counts>)>) -> Self {
        Self { dimension, level, values: gathered(values) }
    }

    /// The values in order.
    pub(super) fn into_values(self) -> Vec<(String, Box<Counts>)> {
        self.values
    }

    /// Tells values apart one level less.
    pub(super) fn coarsen(&mut self) {
        self.level += 1;
        let values = std::mem::take(&mut self.values).into_iter();
        self.values =
            gathered(values.map(|(value, counts)| (self.dimension.coarser(&value).into_owned(), counts)).collect());
    }

    /// Adds the counts of another part.
    pub fn add(&mut self, mut other: Breakdown) {
        while self.level < other.level {
            self.coarsen();
        }
        while other.level < self.level {
            other.coarsen();
        }
        self.values.append(&mut other.values);
        self.values = gathered(std::mem::take(&mut self.values));
        while self.values.len() > MAX_VALUES {
            self.coarsen();
        }
    }

    /// Moves all counts in time.
    pub fn move_by(&mut self, seconds: i64) {
        for (_, counts) in &mut self.values {
            counts.requests.move_by(seconds);
            counts.failed.move_by(seconds);
        }
    }

    /// Completes the counts, before they are read.
    pub fn settle(&mut self) {
        for (_, counts) in &mut self.values {
            counts.requests.settle();
            counts.failed.settle();
        }
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Counts)> {
        self.values.iter().map(|(value, counts)| (value.as_str(), &**counts))
    }
}

/// Values in order, those with the same name as one.
fn gathered(mut values: Vec<(String, Box<Counts>)>) -> Vec<(String, Box<Counts>)> {
    // Of the values of two parts, each is in order: a stable sort sees that.
    values.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut gathered = Vec::with_capacity(values.len());
    let mut values = values.into_iter().peekable();
    while let Some((value, counts)) = values.next() {
        let mut further = VecDeque::new();
        while let Some((_, counts)) = values.next_if(|(next, _)| *next == value) {
            further.push_back(counts);
        }
        gathered.push((value, sum(counts, further)));
    }
    gathered
}

/// The sum of these counts, two and two: to add them one after the other copies the sum for each.
fn sum(mut sum: Box<Counts>, mut further: VecDeque<Box<Counts>>) -> Box<Counts> {
    while let Some(other) = further.pop_front() {
        sum.add(*other);
        if let Some(next) = further.pop_front() {
            further.push_back(std::mem::replace(&mut sum, next));
        }
    }
    sum
}

/// Values as they stand in partial tallies: an object with the name of each for its key.
mod as_map {
    use super::Counts;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::collections::BTreeMap;

    pub(super) fn serialize<S: Serializer>(values: &[(String, Box<Counts>)], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(value, counts)| (value, counts)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(String, Box<Counts>)>, D::Error> {
        Ok(BTreeMap::deserialize(deserializer)?.into_iter().collect())
    }
}
