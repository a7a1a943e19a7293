//! Lines kept as evidence: the few earliest of each stretch of time, with where they stand.

use super::quota::Quota;
pub use super::quote::Quote;
use crate::model::stamp::Moment;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Widths of a stretch in seconds.
const WIDTHS: [i64; 4] = [60, 600, 3600, 86_400];

/// The earliest few quotes of each stretch of time. Stretches widen when there are too many, by a rule that does not
/// depend on the order, so that merging is exact.
///
/// One list in order, and no list for each stretch: lines come in the order of time, so that a quote goes to the end, and
/// whether it is wanted shows in the few that stand before it. A tree of stretches took a piece of memory for each of
/// them, most of which hold one quote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Stretches<Vec<Quote>>")]
pub struct Quotes {
    width: u8,
    quota: Quota,
    /// In order, no more of a stretch than the quota allows.
    kept: Vec<Quote>,
    /// How many stretches these are of.
    stretches: usize,
}

impl Quotes {
    /// Whether a quote at this moment would be kept: to be asked before one is made.
    pub fn wants(&self, moment: Moment, source: &Arc<str>, line: u64) -> bool {
        let is_behind = |quote: &Quote| quote.cmp_place(moment.0, source, line).is_gt();
        let before = match self.kept.last() {
            Some(last) if is_behind(last) => self.kept.partition_point(|quote| !is_behind(quote)),
            _ => self.kept.len(),
        };
        let first = before.checked_sub(self.quota.lines()).and_then(|first| self.kept.get(first));
        first.is_none_or(|first| self.stretch(first.moment) != self.stretch(moment.0))
    }

    /// Gives the lines their numbers, of what had the same order.
    pub(super) fn number_lines(&mut self, number: impl Fn(u64) -> u64) {
        self.kept.iter_mut().for_each(|quote| quote.line = number(quote.line));
    }

    /// Keeps a quote, if it is among the earliest of its stretch.
    pub fn keep(&mut self, quote: Quote) {
        let at = match self.kept.last() {
            Some(last) if *last >= quote => match self.kept.binary_search(&quote) {
                Ok(_) => return,
                Err(at) => at,
            },
            _ => self.kept.len(),
        };
        let (stretch, lines) = (self.stretch(quote.moment), self.quota.lines());
        let (before, behind) = self.kept.split_at(at);
        let of_it = |other: &&Quote| self.stretch(other.moment) == stretch;
        let earlier = before.iter().rev().take(lines).take_while(of_it).count();
        let later = behind.iter().take(lines).take_while(of_it).count();
        if earlier >= lines {
            return;
        }
        if earlier + later >= lines {
            self.kept.remove(at + later - 1);
        }
        self.kept.insert(at, quote);
        if earlier + later == 0 {
            self.stretches += 1;
            self.shrink();
        }
    }

    /// Keeps no more than a quota; one that is larger than what held before changes nothing.
    pub(super) fn limit(&mut self, quota: Quota) {
        if quota <= self.quota {
            return;
        }
        self.quota = quota;
        self.cut();
        self.shrink();
        self.kept.shrink_to_fit();
    }

    fn stretch(&self, moment: i64) -> i64 {
        stretch(self.width, moment)
    }

    fn shrink(&mut self) {
        while self.stretches > self.quota.stretches() && usize::from(self.width) + 1 < WIDTHS.len() {
            self.widen(self.width + 1);
        }
    }

    fn widen(&mut self, width: u8) {
        self.width = width;
        self.cut();
    }

    /// Keeps the earliest of each stretch, and counts these.
    fn cut(&mut self) {
        let (width, lines) = (self.width, self.quota.lines());
        let (mut recent, mut of_it, mut stretches) = (None, 0, 0);
        self.kept.retain(|quote| {
            let stretch = Some(stretch(width, quote.moment));
            if stretch != recent {
                (recent, of_it) = (stretch, 0);
                stretches += 1;
            }
            of_it += 1;
            of_it <= lines
        });
        self.stretches = stretches;
    }

    /// Gives back the room for further quotes.
    pub(super) fn settle(&mut self) {
        self.kept.shrink_to_fit();
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
        if self.kept.last() > other.kept.last() {
            std::mem::swap(&mut self.kept, &mut other.kept);
        }
        let in_order = self.kept.last() < other.kept.first();
        self.kept.reserve_exact(other.kept.len());
        self.kept.append(&mut other.kept);
        if !in_order {
            // Two runs in order: a stable sort finds and merges them.
            self.kept.sort();
            self.kept.dedup();
        }
        self.cut();
        self.shrink();
        self.kept.shrink_to_fit();
    }

    /// Moves all quotes in time; their text stays as it was written.
    pub fn move_by(&mut self, seconds: i64) {
        self.kept.iter_mut().for_each(|quote| quote.moment += seconds * Moment::SECOND);
        self.cut();
    }

    /// The quotes from `from` to `to` (microseconds; `to` excluded), earliest first.
    pub fn range(&self, from: i64, to: i64) -> impl Iterator<Item = &Quote> {
        let first = self.kept.partition_point(|quote| quote.moment < from);
        self.kept[first..].iter().take_while(move |quote| quote.moment < to)
    }
}

/// When the stretch of this width begins that holds a moment.
#[inline]
fn stretch(width: u8, moment: i64) -> i64 {
    let width = WIDTHS[usize::from(width)] * Moment::SECOND;
    moment.div_euclid(width) * width
}

/// Quotes as they stand in a file: by the stretches' beginnings.
#[derive(Serialize, Deserialize)]
struct Stretches<Q> {
    width: u8,
    #[serde(default, skip_serializing_if = "Quota::is_full")]
    quota: Quota,
    stretches: BTreeMap<i64, Q>,
}

impl Serialize for Quotes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stretches = self.kept.chunk_by(|one, other| self.stretch(one.moment) == self.stretch(other.moment));
        let stretches = stretches.filter_map(|quotes| Some((self.stretch(quotes.first()?.moment), quotes)));
        Stretches { width: self.width, quota: self.quota, stretches: stretches.collect() }.serialize(serializer)
    }
}

impl From<Stretches<Vec<Quote>>> for Quotes {
    fn from(read: Stretches<Vec<Quote>>) -> Self {
        let mut kept: Vec<Quote> = read.stretches.into_values().flatten().collect();
        kept.sort();
        let mut shared: Option<Arc<str>> = None;
        for quote in &mut kept {
            match &shared {
                Some(shared) if *shared == quote.source => quote.source = Arc::clone(shared),
                _ => shared = Some(Arc::clone(&quote.source)),
            }
        }
        let width = usize::from(read.width).min(WIDTHS.len() - 1) as u8;
        let mut quotes = Self { width, quota: read.quota, kept, stretches: 0 };
        quotes.cut();
        quotes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quote((second, line): (i64, u64)) -> Quote {
        Quote::new(Moment::from_second(second), "a.log", line, "", b"x")
    }

    fn quotes(lines: &[(i64, u64)], quota: Quota) -> Quotes {
        let mut quotes = Quotes::default();
        let source = "a.log".into();
        for &(second, line) in lines {
            if quotes.wants(Moment::from_second(second), &source, line) {
                quotes.keep(quote((second, line)));
            }
        }
        quotes.limit(quota);
        quotes
    }

    /// The same by the rule, from all lines at once.
    fn by_the_rule(lines: &[(i64, u64)], quota: Quota) -> Vec<Quote> {
        let mut all: Vec<Quote> = lines.iter().copied().map(quote).collect();
        all.sort();
        all.dedup();
        for width in 0..WIDTHS.len() as u8 {
            let of_one = |one: &Quote, other: &Quote| stretch(width, one.moment) == stretch(width, other.moment);
            let stretches: Vec<&[Quote]> = all.chunk_by(of_one).collect();
            if stretches.len() <= quota.stretches() || usize::from(width) + 1 == WIDTHS.len() {
                return stretches.iter().flat_map(|stretch| stretch.iter().take(quota.lines())).cloned().collect();
            }
        }
        unreachable!("the last width is kept")
    }

    proptest! {
        #[test]
        fn kept_are_the_earliest_of_each_stretch(
            lines in prop::collection::vec((0i64..90_000, 0u64..9), 0..600),
            in_order: bool,
            scopes in 0usize..200,
        ) {
            let (mut lines, quota) = (lines, Quota::of(0, scopes));
            if in_order {
                lines.sort_unstable();
            }
            let kept = quotes(&lines, quota);
            prop_assert_eq!(&kept.kept, &by_the_rule(&lines, quota));
            let mut counted = kept.clone();
            counted.cut();
            prop_assert_eq!(counted, kept, "the stretches were miscounted");
        }

        #[test]
        fn merging_parts_equals_keeping_of_the_whole(
            lines in prop::collection::vec((0i64..90_000, 0u64..9), 0..600),
            cut in 0usize..600,
            in_order: bool,
            scopes in [0usize..200, 0..200],
        ) {
            let mut lines = lines;
            if in_order {
                lines.sort_unstable();
            }
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

        #[test]
        fn read_as_they_were_written(
            lines in prop::collection::vec((-90_000i64..90_000, 0u64..9), 0..300),
            scopes in 0usize..200,
        ) {
            let quotes = quotes(&lines, Quota::of(0, scopes));
            let written = serde_json::to_string(&quotes).unwrap();
            prop_assert_eq!(serde_json::from_str::<Quotes>(&written).unwrap(), quotes);
        }
    }

    #[test]
    fn written_by_stretches() {
        let quotes = quotes(&[(61, 1), (62, 2), (200, 3)], Quota::default());
        let written = serde_json::to_value(&quotes).unwrap();
        let lines = |stretch: &str| written["stretches"][stretch].as_array().unwrap().len();
        assert_eq!((lines("60000000"), lines("180000000")), (2, 1));
        assert_eq!((written["width"].as_u64(), written.get("quota")), (Some(0), None));
    }
}
