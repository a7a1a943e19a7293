//! Errors of one member that no signature knows, before they are put to the tally.
//!
//! Most are of a shape that was met before: it is found by its text, and nothing is made for it.

use super::quota::Quota;
use super::template::shape_into;
use super::{HitTally, MAX_SHAPES, ShapesTally, limit, shorten};
use crate::model::lossy::lossy;
use crate::model::scan::same;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Unknown errors by host and shape.
#[derive(Debug, Default)]
pub(super) struct Unknown {
    /// By the bytes that lines have for the host.
    hosts: Vec<(Vec<u8>, Shaped)>,
    places: FxHashMap<Vec<u8>, usize>,
    /// Where the host of the error before stands.
    recent: usize,
    /// Where shapes are written: kept for its room.
    shape: String,
}

impl Unknown {
    /// The tally of the errors on `host` with the shape of `message`, and that shape.
    pub(super) fn of(&mut self, host: &[u8], message: &[u8]) -> (&mut HitTally, &str) {
        shape_into(message, &mut self.shape);
        if !self.hosts.get(self.recent).is_some_and(|(recent, _)| same(recent, host)) {
            self.recent = self.places.get(host).copied().unwrap_or_else(|| {
                self.places.insert(host.to_owned(), self.hosts.len());
                self.hosts.push((host.to_owned(), Shaped::default()));
                self.hosts.len() - 1
            });
        }
        (self.hosts[self.recent].1.of(&self.shape), &self.shape)
    }

    /// What was counted, in a log of this name.
    pub(super) fn finish(self, log: &str) -> BTreeMap<(String, String), ShapesTally> {
        let mut unknown: BTreeMap<_, ShapesTally> = BTreeMap::new();
        for (host, mut shaped) in self.hosts {
            unknown.entry((lossy(&host).into_owned(), log.to_owned())).or_default().add(shaped.take());
        }
        unknown
    }
}

/// Unknown errors by shape: the same shapes and levels as in a [`ShapesTally`].
#[derive(Debug, Default)]
struct Shaped {
    level: u8,
    /// Place in `counted`.
    places: FxHashMap<String, usize>,
    counted: Vec<HitTally>,
}

impl Shaped {
    fn of(&mut self, shape: &str) -> &mut HitTally {
        let place = loop {
            let key = shorten(shape, self.level);
            if let Some(&known) = self.places.get(&*key) {
                break known;
            }
            if self.counted.len() < MAX_SHAPES || self.level >= 3 {
                self.put(key.into_owned(), HitTally::new());
                limit(Quota::of(self.level, self.counted.len()), self.counted.iter_mut());
                break self.counted.len() - 1;
            }
            let mut tally = self.take();
            tally.coarsen(self.level + 1);
            self.level = tally.level;
            tally.shapes.into_iter().for_each(|(shape, hits)| self.put(shape, hits));
        };
        &mut self.counted[place]
    }

    fn put(&mut self, shape: String, hits: HitTally) {
        self.places.insert(shape, self.counted.len());
        self.counted.push(hits);
    }

    fn take(&mut self) -> ShapesTally {
        let mut counted: Vec<Option<HitTally>> = std::mem::take(&mut self.counted).into_iter().map(Some).collect();
        let shapes = std::mem::take(&mut self.places).into_iter();
        let shapes = shapes.filter_map(|(shape, place)| Some((shape, counted.get_mut(place)?.take()?)));
        ShapesTally { level: self.level, shapes: shapes.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn counted_as_one_part_after_the_other(
            errors in prop::collection::vec(("[ab]( [a-f]{1,2}){0,4}( [a-c]){0,8}", prop::sample::select(&["web1", "web2"][..]), 0i64..9), 0..900),
        ) {
            let mut unknown = Unknown::default();
            let mut tally: BTreeMap<_, ShapesTally> = BTreeMap::new();
            for (message, host, second) in &errors {
                let (hits, shape) = unknown.of(host.as_bytes(), message.as_bytes());
                hits.times.count(*second, 1);
                let mut hits = HitTally::new();
                hits.times.count(*second, 1);
                let part = ShapesTally { level: 0, shapes: [(shape.to_owned(), hits)].into() };
                tally.entry((host.to_string(), "a.log".to_owned())).or_default().add(part);
            }
            let mut counted = unknown.finish("a.log");
            let all = counted.values_mut().chain(tally.values_mut());
            all.flat_map(|shapes| shapes.shapes.values_mut()).for_each(|hits| hits.times.settle());
            prop_assert_eq!(counted, tally);
        }
    }

    #[test]
    fn what_is_no_text_is_one_host_with_the_text_that_it_becomes() {
        let mut unknown = Unknown::default();
        for host in [&b"\xff"[..], b"\xfe", "\u{fffd}".as_bytes()] {
            unknown.of(host, b"no").0.times.count(1, 1);
        }
        let counted = unknown.finish("a.log");
        assert_eq!(
            counted.values().flat_map(|shapes| shapes.shapes.values()).map(|hits| hits.times.total()).sum::<u64>(),
            3
        );
        assert_eq!(counted.len(), 1);
    }
}
