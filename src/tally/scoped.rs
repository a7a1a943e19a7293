//! Hits of one signature in one member, before they are put to the tally.
//!
//! Most hits are about what was met before. It is found by the bytes of the line, and texts are made of them only for
//! what is new.

use super::about::About;
use super::quota::Quota;
use super::{HitTally, MAX_SCOPES, Scope, SignatureTally, limit};
use rustc_hash::FxHashMap;

/// Hits of one signature by scope: the same scopes and levels as in a [`SignatureTally`].
#[derive(Debug, Default)]
pub(super) struct Scoped {
    level: u8,
    /// Place in `counted` by what [`About::write`] makes of the scope.
    places: FxHashMap<Box<[u8]>, usize>,
    counted: Vec<(Scope, HitTally)>,
    /// Where keys are written: kept for its room.
    key: Vec<u8>,
}

impl Scoped {
    /// The tally of what a line is about.
    pub(super) fn of(&mut self, about: &About<'_>, log: &str) -> &mut HitTally {
        self.write_key(about);
        let known = self.places.get(self.key.as_slice()).copied();
        let place = known.unwrap_or_else(|| self.add(about.to_scope(log)));
        &mut self.counted[place].1
    }

    fn write_key(&mut self, about: &About<'_>) {
        self.key.clear();
        about.write(self.level, &mut self.key);
    }

    /// The place of a scope that does not stand in the line as it does here, or is new.
    fn add(&mut self, scope: Scope) -> usize {
        let scope = scope.coarser(self.level);
        self.write_key(&About::scope(&scope));
        if let Some(&known) = self.places.get(self.key.as_slice()) {
            return known;
        }
        if self.counted.len() >= MAX_SCOPES && self.level < 3 {
            self.coarsen();
            return self.add(scope);
        }
        let place = self.put(scope, HitTally::new());
        self.limit();
        place
    }

    fn limit(&mut self) {
        limit(Quota::of(self.level, self.counted.len()), self.counted.iter_mut().map(|(_, hits)| hits));
    }

    /// Puts a scope whose key was written and is new.
    fn put(&mut self, scope: Scope, hits: HitTally) -> usize {
        self.places.insert(self.key.as_slice().into(), self.counted.len());
        self.counted.push((scope, hits));
        self.counted.len() - 1
    }

    fn coarsen(&mut self) {
        let mut tally = self.take();
        tally.coarsen(tally.level + 1);
        self.level = tally.level;
        for (scope, hits) in tally.scopes {
            self.write_key(&About::scope(&scope));
            self.put(scope, hits);
        }
        self.limit();
    }

    fn take(&mut self) -> SignatureTally {
        self.places.clear();
        SignatureTally { level: self.level, scopes: std::mem::take(&mut self.counted).into_iter().collect() }
    }

    /// What was counted.
    pub(super) fn finish(mut self) -> SignatureTally {
        self.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scope() -> impl Strategy<Value = Scope> {
        let part = |range: std::ops::Range<u16>| {
            range.prop_map(|number| "x".repeat(usize::from(number % 3)) + &number.to_string())
        };
        (0u16..3, 0u16..3, part(0..600), part(0..300)).prop_map(|(host, service, upstream, topic)| Scope {
            host: format!("web{host}"),
            log: "a.log".into(),
            service: format!("shop{service}"),
            upstream,
            program: String::new(),
            topic,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn counted_as_one_part_after_the_other(scopes in prop::collection::vec((scope(), 0i64..9), 0..900)) {
            let mut scoped = Scoped::default();
            let mut tally = SignatureTally::default();
            for (scope, second) in &scopes {
                scoped.of(&About::scope(scope), "a.log").times.count(*second, 1);
                let mut hits = HitTally::new();
                hits.times.count(*second, 1);
                tally.add(SignatureTally { level: 0, scopes: [(scope.clone(), hits)].into() });
            }
            let mut counted = scoped.finish();
            counted.scopes.values_mut().chain(tally.scopes.values_mut()).for_each(|hits| hits.times.settle());
            prop_assert_eq!(counted, tally);
        }
    }

    #[test]
    fn what_is_no_text_is_one_scope_with_the_text_that_it_becomes() {
        let mut scoped = Scoped::default();
        for (upstream, port) in
            [(&b"\xff"[..], Some(&b"1"[..])), (&b"\xfe"[..], Some(&b"1"[..])), ("\u{fffd}:1".as_bytes(), None)]
        {
            scoped
                .of(&About { host: b"", service: b"", upstream, port, program: b"", topic: b"" }, "a.log")
                .times
                .count(1, 1);
        }
        assert_eq!(scoped.finish().scopes.len(), 1);
    }
}
