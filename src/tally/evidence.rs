//! Lines kept as evidence: the few earliest of each stretch of time, with where they stand.

use super::quota::Quota;
use crate::model::lossy::lossy;
use crate::model::stamp::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Widths of a stretch in seconds.
const WIDTHS: [i64; 4] = [60, 600, 3600, 86_400];
/// Bytes kept of a record's text.
const MAX_TEXT: usize = 2000;

/// A line that can be quoted. The order is that in which lines are preferred: by time, source, line. There may be a
/// hundred thousand of them, so their texts take no more room than they need.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Quote {
    /// When it was written, in microseconds since 1970.
    pub moment: i64,
    /// The member that holds it.
    pub source: Box<str>,
    /// Its first physical line there, from 1.
    pub line: u64,
    /// What it means, in a sentence.
    pub title: Box<str>,
    /// The record's text, cut if it is long.
    pub text: Box<str>,
}

impl Quote {
    /// A quote of a record.
    pub fn new(moment: Moment, source: &str, line: u64, title: String, text: &[u8]) -> Self {
        let cut = &text[..text.len().min(MAX_TEXT)];
        // A copy of the title, as to give back the room behind it takes longer.
        Self { moment: moment.0, source: source.into(), line, title: title.as_str().into(), text: lossy(cut).into() }
    }
}

/// The earliest few quotes of each stretch of time. Stretches widen when there are too many, by a rule that does not
/// depend on the order, so that merging is exact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quotes {
    width: u8,
    #[serde(default, skip_serializing_if = "Quota::is_full")]
    quota: Quota,
    stretches: BTreeMap<i64, Vec<Quote>>,
}

impl Quotes {
    /// Whether a quote at this moment would be kept: to be asked before one is made.
    pub fn wants(&self, moment: Moment, source: &str, line: u64) -> bool {
        self.stretches.get(&self.stretch(moment.0)).is_none_or(|kept| {
            kept.len() < self.quota.lines()
                || kept.last().is_some_and(|last| (moment.0, source, line) < (last.moment, &*last.source, last.line))
        })
    }

    /// Keeps a quote, if it is among the earliest of its stretch.
    pub fn keep(&mut self, quote: Quote) {
        self.put(quote);
        self.shrink();
    }

    fn put(&mut self, quote: Quote) {
        let stretch = self.stretch(quote.moment);
        match self.stretches.entry(stretch) {
            Entry::Vacant(free) => drop(free.insert(vec![quote])),
            Entry::Occupied(mut kept) => insert(kept.get_mut(), quote, self.quota.lines()),
        }
    }

    /// Keeps no more than a quota; one that is larger than what held before changes nothing.
    pub(super) fn limit(&mut self, quota: Quota) {
        if quota <= self.quota {
            return;
        }
        self.quota = quota;
        for kept in self.stretches.values_mut() {
            kept.truncate(quota.lines());
            kept.shrink_to_fit();
        }
        self.shrink();
    }

    fn stretch(&self, moment: i64) -> i64 {
        let width = WIDTHS[usize::from(self.width)] * Moment::SECOND;
        moment.div_euclid(width) * width
    }

    fn shrink(&mut self) {
        while self.stretches.len() > self.quota.stretches() && usize::from(self.width) + 1 < WIDTHS.len() {
            self.widen(self.width + 1);
        }
    }

    fn widen(&mut self, width: u8) {
        self.width = width;
        let lines = self.quota.lines();
        // Whole stretches go into a wider one, the earliest first, so that what is kept of it is what comes first.
        let mut wider: Vec<(i64, Vec<Quote>)> = Vec::new();
        for mut quotes in std::mem::take(&mut self.stretches).into_values() {
            let Some(first) = quotes.first() else { continue };
            let stretch = self.stretch(first.moment);
            match wider.last_mut() {
                Some((last, kept)) if *last == stretch => {
                    quotes.truncate(lines.saturating_sub(kept.len()));
                    if !quotes.is_empty() {
                        kept.reserve_exact(quotes.len());
                        kept.append(&mut quotes);
                    }
                }
                _ => wider.push((stretch, quotes)),
            }
        }
        self.stretches = wider.into_iter().collect();
    }

    /// Adds the quotes of another part.
    pub fn add(&mut self, mut other: Quotes) {
        let quota = self.quota.max(other.quota);
        self.limit(quota);
        other.limit(quota);
        let width = self.width.max(other.width);
        for quotes in [&mut *self, &mut other] {
            if quotes.width < width {
                quotes.widen(width);
            }
        }
        for (stretch, quotes) in other.stretches {
            let kept = self.stretches.entry(stretch).or_default();
            quotes.into_iter().for_each(|quote| insert(kept, quote, quota.lines()));
        }
        self.shrink();
    }

    /// Moves all quotes in time; their text stays as it was written.
    pub fn move_by(&mut self, seconds: i64) {
        for mut quote in std::mem::take(&mut self.stretches).into_values().flatten() {
            quote.moment += seconds * Moment::SECOND;
            self.put(quote);
        }
    }

    /// The quotes from `from` to `to` (microseconds; `to` excluded), earliest first.
    pub fn range(&self, from: i64, to: i64) -> impl Iterator<Item = &Quote> {
        self.stretches
            .range(self.stretch(from)..to.max(from))
            .flat_map(|(_, quotes)| quotes)
            .filter(move |quote| quote.moment >= from && quote.moment < to)
    }
}

fn insert(kept: &mut Vec<Quote>, quote: Quote, lines: usize) {
    if let Err(at) = kept.binary_search(&quote) {
        // There may be a hundred thousand of these lists, most of one quote: no room for more than it holds.
        kept.reserve_exact(1);
        kept.insert(at, quote);
        kept.truncate(lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quotes(lines: &[(i64, u64)], quota: Quota) -> Quotes {
        let mut quotes = Quotes::default();
        for &(second, line) in lines {
            let moment = Moment::from_second(second);
            if quotes.wants(moment, "a.log", line) {
                quotes.keep(Quote::new(moment, "a.log", line, String::new(), b"x"));
            }
        }
        quotes.limit(quota);
        quotes
    }

    proptest! {
        #[test]
        fn wider_stretches_keep_what_one_after_the_other_keeps(
            lines in prop::collection::vec((0i64..90_000, 0u64..9), 0..200),
            scopes in 0usize..200,
            width in 1u8..4,
        ) {
            let mut widened = quotes(&lines, Quota::of(0, scopes));
            let mut put = Quotes { width, quota: widened.quota, stretches: BTreeMap::new() };
            widened.stretches.values().flatten().for_each(|quote| put.put(quote.clone()));
            widened.widen(width);
            prop_assert_eq!(widened, put);
        }

        #[test]
        fn merging_parts_equals_keeping_of_the_whole(
            lines in prop::collection::vec((0i64..90_000, 0u64..9), 0..600),
            cut in 0usize..600,
            scopes in [0usize..200, 0..200],
        ) {
            let cut = cut.min(lines.len());
            let [one, other] = scopes.map(|scopes| Quota::of(0, scopes));
            let whole = quotes(&lines, one.max(other));
            let parts = || (quotes(&lines[..cut], one), quotes(&lines[cut..], other));
            let (mut left, right) = parts();
            left.add(right);
            let (left_again, mut right) = parts();
            right.add(left_again);
            prop_assert_eq!(&left, &whole);
            prop_assert_eq!(&right, &whole);
        }
    }
}
