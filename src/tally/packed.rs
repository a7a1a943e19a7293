//! Buckets of time with their counts, in a few bytes each.

use std::ops::Range;

/// Buckets between two places at which reading may begin, on an average.
const STRIDE: u64 = 128;
/// Most bytes that a bucket takes: two numbers of 64 bits, seven a byte.
const MOST: usize = 20;

/// Buckets in order, each once: start in seconds since 1970, and count.
///
/// A long run counts more than a million buckets, most of them a few seconds behind the one before and with a small
/// count. As distance and count a bucket takes two bytes; as two numbers it took sixteen, which was most of what grew
/// with the size of the logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Packed {
    /// All buckets but the last: for each the distance from the one before, of the first from 1970, and its count.
    bytes: Vec<u8>,
    /// The last of these.
    sealed: i64,
    /// Places at which reading may begin, in order.
    marks: Vec<Mark>,
    len: usize,
    /// The last bucket, which may still be added to.
    last: Option<(i64, u64)>,
}

/// A place behind one of the buckets. Which ones have one depends on nothing but their start, so that it is the same
/// however they were put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    /// Start of the bucket.
    before: i64,
    /// Where the bytes go on.
    at: usize,
    /// How many buckets are before.
    len: usize,
}

impl Mark {
    /// In front of all.
    const FIRST: Self = Self { before: 0, at: 0, len: 0 };

    fn is_behind(bucket: i64) -> bool {
        // The highest bits of a product with a number of SplitMix64, as the starts may all be multiples of an hour.
        (bucket as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) < u64::MAX / STRIDE
    }
}

impl Packed {
    /// How many buckets there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The last bucket.
    pub(super) fn last(&self) -> Option<(i64, u64)> {
        self.last
    }

    /// The first bucket.
    pub(super) fn first(&self) -> Option<(i64, u64)> {
        self.iter().next()
    }

    /// Puts a bucket behind the others, or adds to the last if it is that. One from before must go through
    /// [`Packed::merge`].
    pub(super) fn push(&mut self, bucket: i64, count: u64) {
        if let Some((last, sum)) = &mut self.last {
            debug_assert!(*last <= bucket);
            if *last == bucket {
                *sum += count;
                return;
            }
        }
        if let Some(last) = self.last.replace((bucket, count)) {
            self.seal(last);
        }
        self.len += 1;
    }

    /// Writes a bucket that is the last no more.
    fn seal(&mut self, (bucket, count): (i64, u64)) {
        self.make_room(MOST);
        let distance = bucket.wrapping_sub(self.sealed) as u64;
        if distance | count < 0x80 {
            // Nearly all.
            self.bytes.extend_from_slice(&[distance as u8, count as u8]);
        } else {
            write(&mut self.bytes, distance);
            write(&mut self.bytes, count);
        }
        self.sealed = bucket;
        if Mark::is_behind(bucket) {
            self.marks.push(Mark { before: bucket, at: self.bytes.len(), len: self.len });
        }
    }

    fn make_room(&mut self, bytes: usize) {
        if self.bytes.capacity() - self.bytes.len() < bytes {
            // Not twice the room: a run has some thousand of these lists, and some are long.
            self.bytes.reserve_exact(self.bytes.len() / 4 + bytes);
        }
    }

    /// Puts the buckets of another to these.
    pub(super) fn merge(&mut self, mut other: Packed) {
        if self.first().is_none_or(|(first, _)| other.last.is_some_and(|(last, _)| last < first)) {
            std::mem::swap(self, &mut other);
        }
        let Some((first, _)) = other.first() else { return };
        if self.last.is_none_or(|(last, _)| last <= first) {
            return self.append(&other);
        }
        let mark = self.mark_before(first);
        let before = std::mem::take(self);
        self.make_room(before.bytes.len() + other.bytes.len() + MOST);
        self.bytes.extend_from_slice(&before.bytes[..mark.at]);
        self.marks.extend(before.marks.iter().take_while(|known| known.at <= mark.at));
        (self.sealed, self.len) = (mark.before, mark.len);
        let (mut left, mut right) = (Rest::behind(&before, mark), Rest::behind(&other, Mark::FIRST));
        loop {
            match (left.next, right.next) {
                (Some((one, _)), Some((next, _))) if one < next => left.move_to(self, Some(next)),
                (Some((next, _)), Some((one, _))) if one < next => right.move_to(self, Some(next)),
                (Some((bucket, count)), Some((_, further))) => {
                    self.push(bucket, count + further);
                    left.advance();
                    right.advance();
                }
                (Some(_), None) => left.move_to(self, None),
                (None, Some(_)) => right.move_to(self, None),
                (None, None) => break,
            }
        }
    }

    /// Puts buckets behind these, the first of which may be the last of these.
    fn append(&mut self, other: &Packed) {
        let mut behind = other.iter();
        let Some((first, count)) = behind.next() else { return };
        self.push(first, count);
        let Some(end) = other.last.filter(|_| other.len > 1) else { return };
        let start = other.bytes.len() - behind.rest.len();
        self.take_over(other, start..other.bytes.len(), 1, other.sealed);
        (self.len, self.last) = (self.len + other.len - 1, Some(end));
    }

    /// Seals the last bucket, and puts the bytes of others behind it, as what comes further is as far from the one before as
    /// it was. `before`: how many buckets stand in front of them where they come from; `sealed`: the start of the last.
    fn take_over(&mut self, of: &Packed, span: Range<usize>, before: usize, sealed: i64) {
        self.last.take().into_iter().for_each(|last| self.seal(last));
        self.make_room(span.len() + MOST);
        let (here, len) = (self.bytes.len(), self.len);
        self.bytes.extend_from_slice(&of.bytes[span.clone()]);
        let marks = &of.marks[of.marks.partition_point(|mark| mark.at <= span.start)..];
        let inside = marks.iter().take_while(|mark| mark.at <= span.end);
        let moved = |mark: &Mark| Mark { at: mark.at - span.start + here, len: mark.len - before + len, ..*mark };
        self.marks.extend(inside.map(moved));
        self.sealed = sealed;
    }

    /// The last place before the first bucket that starts at `from` or later.
    fn mark_before(&self, from: i64) -> Mark {
        let places = self.marks.partition_point(|mark| mark.before < from);
        places.checked_sub(1).and_then(|at| self.marks.get(at)).copied().unwrap_or(Mark::FIRST)
    }

    /// The same with each bucket at `place` of its start, which keeps their order; those at one place are one.
    pub(super) fn placed(&self, place: impl Fn(i64) -> i64) -> Self {
        self.iter().map(|(bucket, count)| (place(bucket), count)).collect()
    }

    /// Gives spare memory back.
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.marks.shrink_to_fit();
    }

    /// All buckets in order.
    pub(super) fn iter(&self) -> Buckets<'_> {
        Buckets { rest: &self.bytes, before: 0, last: self.last }
    }

    /// The buckets in order behind a place.
    fn behind(&self, mark: Mark) -> Buckets<'_> {
        Buckets { rest: self.bytes.get(mark.at..).unwrap_or_default(), before: mark.before, last: self.last }
    }

    /// The buckets that start in `from..to`.
    pub(super) fn range(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, u64)> {
        let inside = self.behind(self.mark_before(from));
        inside.skip_while(move |&(bucket, _)| bucket < from).take_while(move |&(bucket, _)| bucket < to)
    }

    /// The last bucket that starts in `from..to`.
    pub(super) fn last_in(&self, from: i64, to: i64) -> Option<(i64, u64)> {
        // The bucket in front of the last place is before `to`, and behind it there may be none that is.
        let places = self.marks.partition_point(|mark| mark.before < to);
        let mark = places.checked_sub(2).and_then(|at| self.marks.get(at)).copied().unwrap_or(Mark::FIRST);
        let inside = self.behind(mark).take_while(|&(bucket, _)| bucket < to);
        inside.last().filter(|&(bucket, _)| bucket >= from)
    }
}

impl FromIterator<(i64, u64)> for Packed {
    /// Of buckets in order.
    fn from_iter<I: IntoIterator<Item = (i64, u64)>>(buckets: I) -> Self {
        let mut packed = Self::default();
        buckets.into_iter().for_each(|(bucket, count)| packed.push(bucket, count));
        packed
    }
}

/// Buckets in order.
#[derive(Debug, Clone)]
pub(super) struct Buckets<'p> {
    rest: &'p [u8],
    before: i64,
    last: Option<(i64, u64)>,
}

impl Iterator for Buckets<'_> {
    type Item = (i64, u64);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return self.last.take();
        }
        self.before = self.before.wrapping_add(read(&mut self.rest) as i64);
        Some((self.before, read(&mut self.rest)))
    }
}

/// Buckets that are still to be put to others. Two threads that take turns at the blocks of a log have counted hundreds of
/// neighbours each time: their bytes go over as they are.
struct Rest<'p> {
    of: &'p Packed,
    /// The next bucket.
    next: Option<(i64, u64)>,
    /// Where the bytes go on behind it.
    at: usize,
    /// How many buckets are up to it.
    len: usize,
}

impl<'p> Rest<'p> {
    fn behind(of: &'p Packed, mark: Mark) -> Self {
        let mut rest = Self { of, next: Some((mark.before, 0)), at: mark.at, len: mark.len };
        rest.advance();
        rest
    }

    /// Goes on to the bucket behind the next.
    #[inline]
    fn advance(&mut self) {
        let Some((before, _)) = self.next else { return };
        let mut rest = &self.of.bytes[self.at..];
        self.next = if rest.is_empty() {
            // The last of all has no bytes.
            self.of.last.filter(|_| self.len < self.of.len)
        } else {
            Some((before.wrapping_add(read(&mut rest) as i64), read(&mut rest)))
        };
        self.at = self.of.bytes.len() - rest.len();
        self.len += 1;
    }

    /// Puts the next bucket behind those of `packed`, which are all before it, and all further ones that start before
    /// `end`.
    fn move_to(&mut self, packed: &mut Packed, end: Option<i64>) {
        let Some((bucket, count)) = self.next else { return };
        packed.push(bucket, count);
        let (first, start) = (self.len, self.at);
        // The last of them, and where the bytes and the start of the one before it are.
        let (mut last, mut sealed, mut to) = (None, bucket, start);
        loop {
            let (here, at) = (self.next, self.at);
            self.advance();
            let Some(next) = self.next.filter(|(next, _)| end.is_none_or(|end| *next < end)) else { break };
            if let Some((before, _)) = here {
                (last, sealed, to) = (Some(next), before, at);
            }
        }
        if last.is_some() {
            packed.take_over(self.of, start..to, first, sealed);
            (packed.len, packed.last) = (packed.len + self.len - 1 - first, last);
        }
    }
}

/// Writes a number, seven bits a byte, the lowest first; all bytes but the last have the eighth bit.
fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[inline]
fn read(rest: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, behind)) = rest.split_first() {
        *rest = behind;
        number |= u64::from(byte & 0x7f) << (shift & 63);
        if byte < 0x80 {
            break;
        }
        shift += 7;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn buckets() -> impl Strategy<Value = BTreeMap<i64, u64>> {
        prop_oneof![
            prop::collection::btree_map(-900i64..900, 1u64..300, 0..700),
            prop::collection::btree_map(any::<i64>(), any::<u64>(), 0..9),
        ]
    }

    fn packed(buckets: &BTreeMap<i64, u64>) -> Packed {
        buckets.iter().map(|(&bucket, &count)| (bucket, count)).collect()
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(buckets in buckets(), from in -999i64..999, length in 0i64..999) {
            let packed = packed(&buckets);
            let listed = |buckets: &mut dyn Iterator<Item = (&i64, &u64)>| {
                buckets.map(|(&bucket, &count)| (bucket, count)).collect::<Vec<_>>()
            };
            prop_assert_eq!(packed.iter().collect::<Vec<_>>(), listed(&mut buckets.iter()));
            prop_assert_eq!(packed.len(), buckets.len());
            let inside = listed(&mut buckets.range(from..from + length));
            prop_assert_eq!(packed.last_in(from, from + length), inside.last().copied());
            prop_assert_eq!(packed.range(from, from + length).collect::<Vec<_>>(), inside);
        }

        #[test]
        fn merged_as_packed_together(
            left in prop::collection::btree_map(-900i64..900, 1u64..300, 0..400),
            right in prop::collection::btree_map(-900i64..900, 1u64..300, 0..400),
            // One in front of the other, perhaps with the last of the one for its first, or anywhere.
            moved in prop_oneof![Just(0i64), Just(1799), Just(-1799), Just(3000), Just(-3000), -1900i64..1900],
        ) {
            let right: BTreeMap<i64, u64> = right.into_iter().map(|(bucket, count)| (bucket + moved, count)).collect();
            let mut merged = packed(&left);
            merged.merge(packed(&right));
            let mut both = left;
            right.into_iter().for_each(|(bucket, count)| *both.entry(bucket).or_default() += count);
            prop_assert_eq!(merged, packed(&both));
        }

        #[test]
        fn merged_as_counted_by_turns(
            buckets in prop::collection::btree_map(-900i64..900, 1u64..300, 0..900),
            width in 1i64..400,
        ) {
            let turn = |odd: i64| -> BTreeMap<i64, u64> {
                let of_it = |bucket: i64| bucket.div_euclid(width).rem_euclid(2) == odd;
                buckets.iter().filter(|(bucket, _)| of_it(**bucket)).map(|(&bucket, &count)| (bucket, count)).collect()
            };
            let mut merged = packed(&turn(0));
            merged.merge(packed(&turn(1)));
            prop_assert_eq!(merged, packed(&buckets));
        }
    }
}
