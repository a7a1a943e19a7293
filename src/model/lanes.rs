//! Where bytes stand in a text, told from sixteen of them at a time.
//!
//! For texts of some ten to some hundred bytes, which are most parts of a line: to call a search that is made for long
//! texts takes as long as to look through them, and eight bytes at a time take twice as many steps.

use std::ops::Range;
use wide::u8x16;

/// How many bytes are looked at at a time.
pub const LANES: usize = 16;

/// A bit for each of sixteen bytes that is one of `wanted`, the first byte's the lowest.
#[inline(always)]
fn hits<const N: usize>(wanted: [u8; N], bytes: &[u8; LANES]) -> u32 {
    let bytes = u8x16::new(*bytes);
    let any = wanted.into_iter().fold(u8x16::splat(0), |any, byte| any | bytes.simd_eq(u8x16::splat(byte)));
    any.to_bitmask()
}

/// A bit for each place where the bytes are the same, the first one's the lowest.
#[inline(always)]
pub fn alike(one: &[u8; LANES], other: &[u8; LANES]) -> u32 {
    u8x16::new(*one).simd_eq(u8x16::new(*other)).to_bitmask()
}

/// Where the first of `wanted` stands.
#[inline(always)]
pub fn find<const N: usize>(wanted: [u8; N], text: &[u8]) -> Option<usize> {
    let (chunks, last) = text.as_chunks::<LANES>();
    let mut at = 0;
    for chunk in chunks {
        let hits = hits(wanted, chunk);
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize);
        }
        at += LANES;
    }
    match text.last_chunk::<LANES>() {
        // What is looked at twice has none.
        Some(chunk) => {
            let hits = hits(wanted, chunk);
            (hits != 0).then(|| text.len() - LANES + hits.trailing_zeros() as usize)
        }
        None => {
            let hits = hits(wanted, &head(last)) & ((1 << last.len()) - 1);
            (hits != 0).then_some(hits.trailing_zeros() as usize)
        }
    }
}

/// The first bytes of a text, with zeros behind a shorter one.
#[inline(always)]
pub fn head(text: &[u8]) -> [u8; LANES] {
    text.first_chunk().copied().unwrap_or_else(|| padded(text))
}

#[inline]
fn padded(text: &[u8]) -> [u8; LANES] {
    let put = |bytes: usize, first: u128, last: u128| first | last << (8 * (text.len() - bytes));
    // What is loaded twice is the same.
    let number = if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        put(8, u64::from_le_bytes(*first).into(), u64::from_le_bytes(*last).into())
    } else if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        put(4, u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
    } else {
        text.iter().rev().fold(0, |number, &byte| number << 8 | u128::from(byte))
    };
    number.to_le_bytes()
}

/// Where the first of `wanted` stands; the end of the text where none does.
#[inline(always)]
pub fn first_of<const N: usize>(wanted: [u8; N], text: &[u8]) -> usize {
    find(wanted, text).unwrap_or(text.len())
}

/// Where the first of these two bytes stands that has the second one behind it.
#[inline(always)]
pub fn find_pair(pair: [u8; 2], text: &[u8]) -> Option<usize> {
    let within = |bytes: &[u8; LANES + 1]| {
        let (bytes, behind) = (bytes.first_chunk::<LANES>()?, bytes.last_chunk::<LANES>()?);
        let hits = hits([pair[0]], bytes) & hits([pair[1]], behind);
        (hits != 0).then_some(hits.trailing_zeros() as usize)
    };
    let mut at = 0;
    while let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk) {
        if let Some(place) = within(bytes) {
            return Some(at + place);
        }
        at += LANES;
    }
    match text.last_chunk() {
        // What is looked at twice has none.
        Some(bytes) => within(bytes).map(|place| text.len() - bytes.len() + place),
        None => text.windows(2).position(|window| window == pair),
    }
}

/// Where `wanted` stands in front of the first `end`: puts the places to `places`, and gives how many there are, and where
/// the end is. Nothing where there is no room for them, or where the text ends soon behind them.
#[inline(always)]
pub fn places_until<const N: usize>(
    wanted: u8,
    end: u8,
    text: &[u8],
    places: &mut [usize; N],
) -> Option<(usize, usize)> {
    let (mut count, mut at) = (0, 0);
    // Twice as many at a time: there are few to find.
    for chunk in text.as_chunks::<{ 2 * LANES }>().0 {
        let (first, second) = (chunk.first_chunk()?, chunk.last_chunk()?);
        let mut hits = hits([wanted, end], first) | hits([wanted, end], second) << LANES;
        while hits != 0 {
            let lane = hits.trailing_zeros() as usize % (2 * LANES);
            if chunk[lane] == end {
                return Some((count, at + lane));
            }
            *places.get_mut(count)? = at + lane;
            count += 1;
            hits &= hits - 1;
        }
        at += 2 * LANES;
    }
    None
}

/// Where each of several bytes stands, in order.
#[derive(Debug)]
pub struct Places<'a, const N: usize> {
    wanted: [u8; N],
    /// What was not looked at.
    text: &'a [u8],
    /// Where the bytes end that were looked at last.
    end: usize,
    /// Places in these that were not given out.
    hits: u32,
}

/// Where one of `wanted`, which zero is none of, stands in a text, from the first place on.
#[inline(always)]
pub fn places<const N: usize>(wanted: [u8; N], text: &[u8]) -> Places<'_, N> {
    Places { wanted, text, end: 0, hits: 0 }
}

impl<const N: usize> Places<'_, N> {
    /// Looks at further bytes; nothing where there are none.
    #[inline(always)]
    fn look(&mut self) -> Option<()> {
        let mut filled = [0; 2 * LANES];
        let bytes = match self.text.split_first_chunk::<{ 2 * LANES }>() {
            Some((bytes, behind)) => {
                self.text = behind;
                bytes
            }
            None if self.text.is_empty() => return None,
            None => {
                filled[..self.text.len()].copy_from_slice(self.text);
                self.text = &[];
                &filled
            }
        };
        self.hits = hits(self.wanted, bytes.first_chunk()?) | hits(self.wanted, bytes.last_chunk()?) << LANES;
        self.end += 2 * LANES;
        Some(())
    }
}

impl<const N: usize> Iterator for Places<'_, N> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.hits == 0 {
            self.look()?;
        }
        let place = self.end - 2 * LANES + self.hits.trailing_zeros() as usize;
        self.hits &= self.hits - 1;
        Some(place)
    }
}

/// What hexadecimal groups with colons are made of, a bit for each byte, the first byte's the lowest.
#[derive(Debug)]
pub struct Groups {
    /// Decimal digits.
    pub digits: u64,
    /// Letters up to `f`.
    pub letters: u64,
    /// Colons.
    pub colons: u64,
}

/// What of the first bytes is part of hexadecimal groups: as many as an address with its port may have, and a blank.
#[inline(always)]
pub fn groups(bytes: &[u8; 3 * LANES]) -> Groups {
    let mut groups = Groups { digits: 0, letters: 0, colons: 0 };
    for (bytes, shift) in bytes.as_chunks::<LANES>().0.iter().zip((0..).step_by(LANES)) {
        let letter = (u8x16::new(*bytes) | u8x16::splat(0x20)) - u8x16::splat(b'a');
        groups.digits |= u64::from(digits(bytes)) << shift;
        groups.letters |= u64::from(letter.simd_eq(letter.min(u8x16::splat(5))).to_bitmask()) << shift;
        groups.colons |= u64::from(hits([b':'], bytes)) << shift;
    }
    groups
}

/// How many of the first bytes of a path are looked at.
pub const PATH_BYTES: usize = 2 * LANES;

/// What the first bytes of a path are, a bit for each, the first byte's the lowest.
#[derive(Debug)]
pub struct PathBytes {
    /// Slashes.
    pub slashes: u64,
    /// What ends a path: `?`, `#` and `;`.
    pub stops: u64,
    /// Decimal digits.
    pub digits: u64,
    /// What is no ASCII.
    pub others: u64,
}

/// What the first [`PATH_BYTES`] bytes of a path are, or all of a shorter one.
#[inline(always)]
pub fn path_bytes(path: &[u8]) -> PathBytes {
    let of = |bytes: &[u8; LANES], shift: usize| {
        let bits = |bits: u32| u64::from(bits) << shift;
        PathBytes {
            slashes: bits(hits([b'/'], bytes)),
            stops: bits(hits([b'?', b'#', b';'], bytes)),
            digits: bits(digits(bytes)),
            others: bits(u8x16::new(*bytes).to_bitmask()),
        }
    };
    let path = &path[..path.len().min(PATH_BYTES)];
    let first = of(&head(path), 0);
    match path.last_chunk::<LANES>() {
        Some(last) if path.len() > LANES => {
            // What is looked at twice has the same bits.
            let last = of(last, path.len() - LANES);
            PathBytes {
                slashes: first.slashes | last.slashes,
                stops: first.stops | last.stops,
                digits: first.digits | last.digits,
                others: first.others | last.others,
            }
        }
        _ => first,
    }
}

/// A bit for each decimal digit.
#[inline(always)]
fn digits(bytes: &[u8; LANES]) -> u32 {
    // This makes digits of nine or less, and nothing else.
    let value = u8x16::new(*bytes) ^ u8x16::splat(b'0');
    value.simd_eq(value.min(u8x16::splat(9))).to_bitmask()
}

/// The words of a text: what stands between its blanks, which may be nothing.
#[derive(Debug)]
pub struct Words<'a> {
    text: &'a [u8],
    /// Where the next word begins; behind the text once there is none.
    at: usize,
    /// Where the bytes end that were looked at last.
    end: usize,
    /// Bits of the blanks in these, and of the digits.
    blanks: u64,
    digits: u64,
}

/// How many bytes of words are looked at at a time.
const WIDE: usize = 64;

/// The words of a text, each with whether there is a digit in it.
pub fn words(text: &[u8]) -> Words<'_> {
    Words { text, at: 0, end: 0, blanks: 0, digits: 0 }
}

impl Words<'_> {
    /// Looks at the bytes from where those end that were looked at last.
    fn look(&mut self) {
        let rest = &self.text[self.end..];
        let mut filled = [0; WIDE];
        let bytes = rest.first_chunk().unwrap_or_else(|| {
            filled[..rest.len()].copy_from_slice(rest);
            &filled
        });
        (self.blanks, self.digits) = (0, 0);
        for (bytes, shift) in bytes.as_chunks::<LANES>().0.iter().zip((0..).step_by(LANES)) {
            self.blanks |= u64::from(hits([b' '], bytes)) << shift;
            self.digits |= u64::from(digits(bytes)) << shift;
        }
        self.end += WIDE;
    }
}

impl Iterator for Words<'_> {
    type Item = (Range<usize>, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        if start > self.text.len() {
            return None;
        }
        let (mut at, mut has_digit) = (start, false);
        loop {
            if at >= self.text.len() {
                self.at = self.text.len() + 1;
                return Some((start..self.text.len(), has_digit));
            }
            if at >= self.end {
                self.look();
            }
            let passed = at % WIDE;
            let (blanks, digits) = (self.blanks >> passed, self.digits >> passed);
            if blanks != 0 {
                let length = blanks.trailing_zeros();
                has_digit |= digits & ((1 << length) - 1) != 0;
                let end = at + length as usize;
                self.at = end + 1;
                return Some((start..end, has_digit));
            }
            has_digit |= digits != 0;
            at = self.end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn where_bytes_are_alike() {
        let (one, other) = (b"0123456789abcdef", b"0x23456x89abcde0");
        assert_eq!(alike(one, one), 0xFFFF);
        assert_eq!(alike(one, other), 0xFFFF & !(1 << 1 | 1 << 7 | 1 << 15));
    }

    #[test]
    fn heads_of_texts_of_any_length() {
        let text = b"\xff123456789abcdef\xfe";
        for length in 0..=text.len() {
            let mut bytes = [0; LANES];
            bytes[..length.min(LANES)].copy_from_slice(&text[..length.min(LANES)]);
            assert_eq!(head(&text[..length]), bytes);
        }
    }

    proptest! {
        #[test]
        fn found_where_it_stands(text in prop::collection::vec(prop::sample::select(&b"\"\n\\\x00\x01\x80\xa2\xffabcdefg"[..]), 0..70)) {
            for start in 0..=text.len() {
                let rest = &text[start..];
                prop_assert_eq!(find(*b"\"", rest), memchr::memchr(b'"', rest));
                prop_assert_eq!(find(*b"\"\n", rest), memchr::memchr2(b'"', b'\n', rest));
                prop_assert_eq!(first_of(*b"\\", rest), memchr::memchr(b'\\', rest).unwrap_or(rest.len()));
                prop_assert_eq!(find_pair(*b"\"\\", rest), rest.windows(2).position(|window| window == b"\"\\"));
                prop_assert_eq!(find(*b"\xff\0", rest), memchr::memchr2(b'\xff', b'\0', rest));
            }
        }

        #[test]
        fn all_places(text in "[<=>\\x00ab\\PC]{0,90}") {
            let text = text.as_bytes();
            let all: Vec<usize> = (0..text.len()).filter(|&at| b"=>".contains(&text[at])).collect();
            prop_assert_eq!(places(*b"=>", text).collect::<Vec<_>>(), all);
        }

        #[test]
        fn what_the_bytes_of_a_path_are(path in "[a/?#;0-9:é]{0,40}") {
            let path = path.as_bytes();
            let bytes = path_bytes(path);
            let bits = |is: fn(&u8) -> bool| {
                let set = path.iter().take(PATH_BYTES).enumerate().filter(|(_, byte)| is(byte));
                set.fold(0_u64, |bits, (at, _)| bits | 1 << at)
            };
            prop_assert_eq!(bytes.slashes, bits(|byte| *byte == b'/'));
            prop_assert_eq!(bytes.stops, bits(|byte| b"?#;".contains(byte)));
            prop_assert_eq!(bytes.digits, bits(u8::is_ascii_digit));
            prop_assert_eq!(bytes.others, bits(|byte| !byte.is_ascii()));
        }

        #[test]
        fn all_words(text in "([0-9a-f/:;<=>?@ ]{0,30}[ \\x00-\\x40\\PC]{0,9}){0,9}") {
            let mut expected = Vec::new();
            let mut at = 0;
            for word in text.split(' ') {
                expected.push((at..at + word.len(), word.bytes().any(|byte| byte.is_ascii_digit())));
                at += word.len() + 1;
            }
            prop_assert_eq!(words(text.as_bytes()).collect::<Vec<_>>(), expected, "{}", text);
        }

        #[test]
        fn all_that_stand_in_front_of_an_end(text in "[\"a\\PC]{0,20}\n?[\"ab]{0,24}", room in any::<bool>()) {
            let text = text.as_bytes();
            let end = text.iter().position(|&byte| byte == b'\n');
            let all: Vec<usize> = (0..end.unwrap_or(0)).filter(|&at| text[at] == b'"').collect();
            let (mut few, mut many) = ([0; 3], [0; 32]);
            let found = match room {
                true => places_until(b'"', b'\n', text, &mut many),
                false => places_until(b'"', b'\n', text, &mut few),
            };
            let places = if room { &many[..] } else { &few };
            match found {
                Some((count, at)) => prop_assert_eq!((Some(at), &places[..count]), (end, all.as_slice())),
                None => prop_assert!(all.len() > places.len() || end.is_none_or(|end| end >= text.len() / (2 * LANES) * (2 * LANES))),
            }
        }
    }
}
