//! Pairs of the plain style, `key=value key="quoted value"`, of which only a few keys are asked for.
//!
//! A line of a packet filter has twenty of them, and five that say something. So a key is looked at from its last byte
//! on, which sends away most, and what stands behind the last key that is needed is not read.

use super::pair_style::{KEY_BYTES, is_value_end, plain_value};
use crate::model::byte_set::ByteSet;
use crate::model::lanes::places;

/// The keys that are asked for.
#[derive(Debug)]
pub(super) struct PlainKeys {
    keys: Vec<Key>,
    /// The last bytes of keys.
    ends: ByteSet,
}

/// A key that is asked for.
#[derive(Debug)]
struct Key {
    /// The same as the last of eight bytes, and the bits that are its own; none where it has more than eight.
    word: u64,
    mask: u64,
    text: Vec<u8>,
    /// Its place among all keys of the layout.
    place: usize,
}

impl Key {
    fn new(text: &[u8], place: usize) -> Self {
        let last = |byte: &dyn Fn(u8) -> u8| text.iter().fold(0, |word, &each| word >> 8 | u64::from(byte(each)) << 56);
        let (word, mask) = if text.len() <= 8 { (last(&|byte| byte), last(&|_| 0xFF)) } else { (0, 0) };
        Self { word, mask, text: text.to_vec(), place }
    }

    /// Where it begins, if it is the last word between two places. `compared`: the text is known to end in it.
    #[inline(always)]
    fn start(&self, text: &[u8], from: usize, end: usize, compared: bool) -> Option<usize> {
        let start = end.checked_sub(self.text.len()).filter(|&start| start >= from)?;
        let fits = (compared || text[start..end] == *self.text) && (start == from || !KEY_BYTES.has(text[start - 1]));
        fits.then_some(start)
    }
}

impl PlainKeys {
    pub(super) fn new<'k>(keys: impl Iterator<Item = &'k [u8]>) -> Self {
        // Others cannot stand before an equals sign as one word.
        let possible = |key: &[u8]| !key.is_empty() && key.iter().all(|&byte| KEY_BYTES.has(byte));
        let keys: Vec<Key> =
            keys.enumerate().filter(|(_, key)| possible(key)).map(|(place, key)| Key::new(key, place)).collect();
        let ends: Vec<u8> = keys.iter().filter_map(|key| key.text.last().copied()).collect();
        Self { keys, ends: ByteSet::of(&ends) }
    }

    /// Hands the place of each key that is asked for, and its value, to `each`, until that says that it is enough.
    ///
    /// A value of which the key is not asked for is not read: where a byte that ends values stands before a key, none
    /// reaches up to there, but for one in quotes.
    pub(super) fn walk<'a>(&self, text: &'a [u8], mut each: impl FnMut(usize, &'a [u8]) -> bool) {
        // What stands before was handed on, and no value reaches over it.
        let mut from = 0;
        for equals in places([b'='], text) {
            if equals < from {
                continue;
            }
            if text.get(equals + 1) == Some(&b'"') {
                return self.walk_values(text, from, each);
            }
            if equals == 0 || !self.ends.has(text[equals - 1]) {
                continue;
            }
            let Some((place, start)) = self.find(text, from, equals) else { continue };
            if start > from && !is_value_end(text[start - 1]) {
                return self.walk_values(text, from, each);
            }
            let (value, end) = plain_value(text, equals + 1);
            if each(place, value) {
                return;
            }
            from = end;
        }
    }

    /// The same from a place on where no value stands, by the end of every value.
    fn walk_values<'a>(&self, text: &'a [u8], mut from: usize, mut each: impl FnMut(usize, &'a [u8]) -> bool) {
        while let Some(offset) = memchr::memchr(b'=', &text[from..]) {
            let equals = from + offset;
            let (value, end) = plain_value(text, equals + 1);
            if offset > 0
                && self.ends.has(text[equals - 1])
                && let Some((place, _)) = self.find(text, from, equals)
                && each(place, value)
            {
                return;
            }
            from = end.max(equals + 1);
        }
    }

    /// The key that is the last word between two places, and where it begins.
    #[inline]
    fn find(&self, text: &[u8], from: usize, end: usize) -> Option<(usize, usize)> {
        let Some(last) = text[..end].last_chunk::<8>() else {
            return self.keys.iter().find_map(|key| Some((key.place, key.start(text, from, end, false)?)));
        };
        let last = u64::from_le_bytes(*last);
        for key in &self.keys {
            // Sends away nearly all.
            if (last ^ key.word) & key.mask == 0
                && let Some(start) = key.start(text, from, end, key.mask != 0)
            {
                return Some((key.place, start));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::pair_style::PairStyle;
    use proptest::prelude::*;

    const KEYS: [&[u8]; 7] = [b"SRC", b"IPSRC", b"a", b"a-b", b"", b"x y", b"longest-key"];

    proptest! {
        #[test]
        fn the_same_as_by_looking_at_every_pair(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "SRC", "IPSRC", "a", "a-b", "b", "=", " ", "\"", ",", ";", "1", "x y", "=\"", "[", " a=", "=a=", "b=x SRC=", "longest-key=7 ", "MAC=ce:f1:aa:bb:cc:dd:ee",
            ]), 0..24),
        ) {
            let text = pieces.concat();
            let keys = PlainKeys::new(KEYS.into_iter());
            let (mut found, mut expected) = (Vec::new(), Vec::new());
            keys.walk(text.as_bytes(), |place, value| {
                found.push((KEYS[place], value.to_vec()));
                false
            });
            PairStyle::Plain.walk(text.as_bytes(), &mut |key, value| {
                if !key.is_empty() && KEYS.contains(&key) {
                    expected.push((key, value.into_owned()));
                }
            });
            prop_assert_eq!(found, expected);
        }
    }
}
