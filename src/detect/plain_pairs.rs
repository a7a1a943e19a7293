//! Pairs of the plain style, `key=value key="quoted value"`, of which only a few keys are asked for.
//!
//! A line of a packet filter has twenty of them, and five that say something. So a key is looked at from its last byte
//! on, which sends away most, and what stands behind the last key that is needed is not read.

use super::pair_style::{KEY_BYTES, plain_value};
use super::template::near;
use crate::model::byte_set::ByteSet;

/// The keys that are asked for.
#[derive(Debug)]
pub(super) struct PlainKeys {
    /// Each with its place among all keys of the layout.
    keys: Vec<(Vec<u8>, usize)>,
    /// The last bytes of keys.
    ends: ByteSet,
}

impl PlainKeys {
    pub(super) fn new<'k>(keys: impl Iterator<Item = &'k [u8]>) -> Self {
        // Others cannot stand before an equals sign as one word.
        let possible = |key: &[u8]| !key.is_empty() && key.iter().all(|&byte| KEY_BYTES.has(byte));
        let keys: Vec<(Vec<u8>, usize)> =
            keys.enumerate().filter(|(_, key)| possible(key)).map(|(place, key)| (key.to_vec(), place)).collect();
        let ends: Vec<u8> = keys.iter().filter_map(|(key, _)| key.last().copied()).collect();
        Self { keys, ends: ByteSet::of(&ends) }
    }

    /// Hands the place of each key that is asked for, and its value, to `each`, until that says that it is enough.
    pub(super) fn walk<'a>(&self, text: &'a [u8], mut each: impl FnMut(usize, &'a [u8]) -> bool) {
        let mut from = 0;
        while let Some(offset) = near(b'=', &text[from..]) {
            let equals = from + offset;
            let (value, end) = plain_value(text, equals + 1);
            if offset > 0
                && self.ends.has(text[equals - 1])
                && let Some(place) = self.place(&text[from..equals])
                && each(place, value)
            {
                return;
            }
            from = end.max(equals + 1);
        }
    }

    /// The key that `before` ends with as a whole word.
    fn place(&self, before: &[u8]) -> Option<usize> {
        let ends_with = |key: &[u8]| {
            let Some(start) = before.len().checked_sub(key.len()) else { return false };
            before[start] == key[0] && before[start..] == *key && (start == 0 || !KEY_BYTES.has(before[start - 1]))
        };
        self.keys.iter().find(|(key, _)| ends_with(key)).map(|&(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::pair_style::PairStyle;
    use proptest::prelude::*;

    const KEYS: [&[u8]; 6] = [b"SRC", b"IPSRC", b"a", b"a-b", b"", b"x y"];

    proptest! {
        #[test]
        fn the_same_as_by_looking_at_every_pair(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "SRC", "IPSRC", "a", "a-b", "b", "=", " ", "\"", ",", ";", "1", "x y", "=\"", "[", "MAC=ce:f1:aa:bb:cc:dd:ee",
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
