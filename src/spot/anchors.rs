//! Which anchors stand in a message.
//!
//! Almost every message holds none, and that is to be found out at less than a look at each byte. Six bytes at every
//! fourth place of a message are looked up in a set; whatever its position, an anchor of nine bytes or more has one of
//! four such pieces at such a place (the sampled variant of S. Wu and U. Manber, "A fast algorithm for multi-pattern
//! searching", TR-94-17, 1994). One automaton for all anchors took four times the instructions, and longer to build than
//! a small log to read; it is left for the few shorter ones.

use aho_corasick::{AhoCorasick, MatchKind, packed};
use memchr::memmem::Finder;
use std::ops::Range;

/// Bytes of a piece.
const PIECE: usize = 6;
/// Places of a message that are passed from one look to the next.
const STEP: usize = 4;
/// The shortest anchor that has a piece at a place that is looked at, wherever it stands.
const SHORTEST: usize = PIECE + STEP - 1;
/// Bits of the first set, as a power of two: 16 KiB, which stay in the nearest cache.
const BITS: u32 = 17;

/// The first set. Its length is known, so that no look at it is checked for the end.
type Bits = [u64; 1 << (BITS - 6)];

/// The anchors of one layout.
#[derive(Debug)]
pub(super) struct Anchors {
    /// Bit by hash of a piece: an anchor may have it.
    bits: Box<Bits>,
    /// By their bits.
    pieces: Vec<Piece>,
    /// Where in `pieces` those begin whose bits have these highest ones, and where the last of them end.
    shelves: Vec<u32>,
    /// The texts of all that are long, one behind the other.
    texts: Vec<u8>,
    /// Where each stands there, and its owner.
    long: Vec<(Range<usize>, usize)>,
    short: Short,
}

/// A piece of an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    bit: u32,
    bytes: u64,
    /// Which anchor, and where in it.
    anchor: u32,
    offset: u32,
}

/// The anchors that are too short to have a piece at every place.
#[derive(Debug)]
struct Short {
    each: ShortEach,
    /// Tells whether any of them is there, where there are few enough; a search for each takes longer.
    any: Option<packed::Searcher>,
}

#[derive(Debug)]
enum ShortEach {
    /// Each is searched for itself.
    Few(Vec<(Finder<'static>, usize)>),
    /// Searched together, with the signature of each.
    Many(AhoCorasick, Vec<usize>),
}

/// Anchors from which on one automaton is faster than a search for each.
const MANY: usize = 4;

impl Short {
    fn new(anchors: &[(&[u8], usize)]) -> Self {
        let any = packed::Searcher::new(anchors.iter().map(|(text, _)| text));
        Self { each: ShortEach::new(anchors), any: any.filter(|_| anchors.len() > 1) }
    }

    fn find(&self, message: &[u8], each: &mut impl FnMut(usize)) {
        if self.any.as_ref().is_none_or(|any| any.find(message).is_some()) {
            self.each.find(message, each);
        }
    }
}

impl ShortEach {
    fn new(anchors: &[(&[u8], usize)]) -> Self {
        // One dense state, the start: to fill more of them takes longer than to search a small log.
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::Standard).dense_depth(1);
        if anchors.len() >= MANY
            && let Ok(automaton) = builder.build(anchors.iter().map(|(text, _)| text))
        {
            return Self::Many(automaton, anchors.iter().map(|(_, owner)| *owner).collect());
        }
        Self::Few(anchors.iter().map(|&(text, owner)| (Finder::new(text).into_owned(), owner)).collect())
    }

    fn find(&self, message: &[u8], each: &mut impl FnMut(usize)) {
        match self {
            Self::Few(anchors) => {
                anchors.iter().filter(|(text, _)| text.find(message).is_some()).for_each(|(_, owner)| each(*owner));
            }
            Self::Many(automaton, owners) => {
                automaton.find_overlapping_iter(message).for_each(|found| each(owners[found.pattern().as_usize()]));
            }
        }
    }
}

impl Anchors {
    /// A search for anchors, each with the number of its signature.
    pub(super) fn new(anchors: &[(&[u8], usize)]) -> Self {
        let (long, short): (Vec<_>, Vec<_>) = anchors.iter().partition(|(text, _)| text.len() >= SHORTEST);
        let mut made = Self {
            bits: Box::new([0; 1 << (BITS - 6)]),
            pieces: Vec::with_capacity(long.len() * STEP),
            shelves: vec![0; SHELVES + 1],
            texts: Vec::with_capacity(long.iter().map(|(text, _)| text.len()).sum()),
            long: Vec::with_capacity(long.len()),
            short: Short::new(&short),
        };
        for (anchor, &(text, owner)) in (0..).zip(&long) {
            let start = rarest(text);
            for (offset, at) in (start as u32..).zip(start..start + STEP) {
                let bytes = piece(&text[at..]);
                let bit = bit(bytes);
                made.bits[bit / 64] |= 1 << (bit % 64);
                made.shelves[shelf_of(bit) + 1] += 1;
                made.pieces.push(Piece { bit: bit as u32, bytes, anchor, offset });
            }
            made.long.push((made.texts.len()..made.texts.len() + text.len(), owner));
            made.texts.extend_from_slice(text);
        }
        made.pieces.sort_unstable();
        // From how many each has to where it begins.
        let mut before = 0;
        for shelf in &mut made.shelves {
            before += *shelf;
            *shelf = before;
        }
        made
    }

    /// Hands on the signature of each anchor that stands in `message`, at least once.
    pub(super) fn find(&self, message: &[u8], mut each: impl FnMut(usize)) {
        let mut at = 0;
        // Eight bytes are loaded once for both pieces that begin in them.
        let mut words = message.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
        if let Some(mut word) = words.next() {
            for next in words {
                let (first, second) = (word & MASK, (word >> 32 | next << 32) & MASK);
                if self.may_have(first) {
                    self.compare(message, at, first, &mut each);
                }
                if self.may_have(second) {
                    self.compare(message, at + STEP, second, &mut each);
                }
                at += 2 * STEP;
                word = next;
            }
        }
        while let Some(bytes) = message.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let piece = u64::from_le_bytes(*bytes) & MASK;
            if self.may_have(piece) {
                self.compare(message, at, piece, &mut each);
            }
            at += STEP;
        }
        while at + PIECE <= message.len() {
            let piece = piece(&message[at..]);
            if self.may_have(piece) {
                self.compare(message, at, piece, &mut each);
            }
            at += STEP;
        }
        self.short.find(message, &mut each);
    }

    /// Whether an anchor may have a piece. Nearly none has, and this alone is asked for each.
    #[inline]
    fn may_have(&self, piece: u64) -> bool {
        let bit = bit(piece);
        self.bits[bit / 64] >> (bit % 64) & 1 == 1
    }

    /// Hands on the signatures of anchors that have a piece which stands at `at`, if the rest of them stands there too.
    #[inline(never)]
    fn compare(&self, message: &[u8], at: usize, piece: u64, each: &mut impl FnMut(usize)) {
        let shelf = shelf_of(bit(piece));
        let shelf = self.shelves[shelf] as usize..self.shelves[shelf + 1] as usize;
        for known in self.pieces[shelf].iter().filter(|known| known.bytes == piece) {
            let (place, owner) = &self.long[known.anchor as usize];
            let start = at.checked_sub(known.offset as usize);
            if start.is_some_and(|start| message[start..].starts_with(&self.texts[place.clone()])) {
                each(*owner);
            }
        }
    }
}

/// The bytes of a number that are a piece.
const MASK: u64 = (1 << (8 * PIECE)) - 1;

/// The piece that `text` begins with, as a number.
fn piece(text: &[u8]) -> u64 {
    text[..PIECE].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// The bit of a piece (multiplicative hashing; D. Knuth, "The Art of Computer Programming" 3, 6.4).
#[inline]
fn bit(piece: u64) -> usize {
    (piece.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - BITS)) as usize
}

/// Parts that pieces are kept in: so many that a part has a handful.
const SHELVES: usize = 512;

/// The part of a piece with this bit.
fn shelf_of(bit: usize) -> usize {
    bit >> (BITS - SHELVES.ilog2())
}

/// Where in an anchor the bytes stand that are met least in logs.
fn rarest(text: &[u8]) -> usize {
    let rarity = |byte: u8| match byte {
        b' ' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 0,
        b'a'..=b'z' | b'0'..=b'9' => 1,
        _ => 3,
    };
    let mut sum: u32 = text.iter().take(SHORTEST).map(|&byte| rarity(byte)).sum();
    let (mut most, mut place) = (sum, 0);
    for (at, (&left, &entered)) in (1..).zip(text.iter().zip(text.iter().skip(SHORTEST))) {
        sum = sum + rarity(entered) - rarity(left);
        if sum > most {
            (most, place) = (sum, at);
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn found_are_those_that_stand_there(
            anchors in prop::collection::vec("[ab]{3,16}", 1..=20),
            message in "[abc]{0,60}",
            (whole, before) in (0usize..20, "[abc]{0,9}"),
        ) {
            let message = format!("{before}{}{message}", anchors[whole % anchors.len()]);
            let owned: Vec<_> = anchors.iter().zip(0..).map(|(text, owner)| (text.as_bytes(), owner)).collect();
            let search = Anchors::new(&owned);
            let mut found = BTreeSet::new();
            search.find(message.as_bytes(), |owner| {
                found.insert(owner);
            });
            let standing: BTreeSet<usize> =
                anchors.iter().enumerate().filter(|(_, text)| message.contains(*text)).map(|(owner, _)| owner).collect();
            prop_assert_eq!(found, standing);
        }
    }
}
