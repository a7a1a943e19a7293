//! Which of a few bytes stands first in a text, where it mostly stands near.
//!
//! The strings of a JSON line are some ten bytes long: a call of the wide search takes longer than to look at them
//! eight at a time in place.

use crate::model::scan::hits;

/// Words of eight bytes that are looked at before the wide search is called.
const WORDS: usize = 4;

/// Where the first of these two bytes stands.
#[inline]
pub(crate) fn either(one: u8, other: u8, text: &[u8]) -> Option<usize> {
    let mut rest = text;
    for at in 0..WORDS {
        let Some((word, behind)) = rest.split_first_chunk::<8>() else {
            let found = rest.iter().position(|&byte| byte == one || byte == other);
            return found.map(|found| at * 8 + found);
        };
        let hits = hits(u64::from_le_bytes(*word), [one, other]);
        if hits != 0 {
            return Some(at * 8 + (hits.trailing_zeros() / 8) as usize);
        }
        rest = behind;
    }
    memchr::memchr2(one, other, rest).map(|found| WORDS * 8 + found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_wide_search(text in prop::collection::vec(prop::sample::select(&b"\"\\!#[]\x00\x01\x80\xa2\xdc\xffabc"[..]), 0..60)) {
            for start in 0..text.len() {
                let rest = &text[start..];
                prop_assert_eq!(either(b'"', b'\\', rest), memchr::memchr2(b'"', b'\\', rest));
                prop_assert_eq!(either(b'\xff', b'\0', rest), memchr::memchr2(b'\xff', b'\0', rest));
            }
        }
    }
}
