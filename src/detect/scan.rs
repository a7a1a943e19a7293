//! Where bytes stand in a line, told from eight of them at a time.
//!
//! Most values of a line are a few bytes long: a search that is made for long texts takes longer to begin than they take
//! to be looked through.

/// Bytes that are looked at alone before the longer stride begins.
const NEAR: usize = 16;
/// Bytes of the longer stride. The compiler makes vector instructions of it; those themselves may be called from unsafe
/// code alone.
const STRIDE: usize = 32;

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// Where the first of `wanted` stands at or behind `at`; the end of the text where none does.
#[inline(always)]
pub(super) fn first_of<const N: usize>(wanted: [u8; N], text: &[u8], mut at: usize) -> usize {
    let far = at + NEAR;
    while at < text.len() {
        let hits = hits(word(text, at), wanted);
        if hits != 0 {
            // What stands behind the end is zero, as perhaps one that is wanted.
            return (at + hits.trailing_zeros() as usize / 8).min(text.len());
        }
        at += 8;
        if at >= far {
            while let Some(stride) = text.get(at..).and_then(<[u8]>::first_chunk)
                && !any(stride, wanted)
            {
                at += STRIDE;
            }
        }
    }
    text.len()
}

/// The highest bit of the first byte of a word that is one of `wanted`; perhaps those of bytes behind it, too.
#[inline(always)]
fn hits<const N: usize>(word: u64, wanted: [u8; N]) -> u64 {
    // A byte that is zero borrows from its highest bit (A. Mycroft, 1987); the borrow may go on to those behind it only.
    let zeros = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    wanted.into_iter().fold(0, |any, byte| any | zeros(word ^ (ONES * u64::from(byte)))) & HIGH
}

/// Whether one of them is one of `wanted`.
#[inline(always)]
fn any<const N: usize>(stride: &[u8; STRIDE], wanted: [u8; N]) -> bool {
    stride.iter().fold(false, |any, byte| any | wanted.iter().fold(false, |any, each| any | (byte == each)))
}

/// Eight bytes from `at` on as a little-endian number, with zeros behind the end of the text.
#[inline(always)]
pub(super) fn word(text: &[u8], at: usize) -> u64 {
    match text.get(at..).and_then(<[u8]>::first_chunk) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => last_word(text, at),
    }
}

#[inline]
fn last_word(text: &[u8], at: usize) -> u64 {
    match text.last_chunk() {
        Some(chunk) if at < text.len() => u64::from_le_bytes(*chunk) >> (8 * (at + 8 - text.len())),
        _ => text.get(at..).unwrap_or_default().iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// How many of the first eight bytes are digits, up to the first that is none.
#[inline(always)]
pub(super) fn leading_digits(word: u64) -> usize {
    // A digit is less than ten once `0` is taken from it; without the highest bits no byte carries into the next.
    let value = word ^ (ONES * u64::from(b'0'));
    let none = ((value & !HIGH) + ONES * (0x80 - 10)) | value;
    ((none & HIGH).trailing_zeros() / 8) as usize
}

/// Where the digits end that stand at `at`.
#[inline(always)]
pub(super) fn digits_end(text: &[u8], mut at: usize) -> usize {
    loop {
        match leading_digits(word(text, at)) {
            8 => at += 8,
            digits => return at + digits,
        }
    }
}

/// The number that `digits` (up to eight) digits at the front of a word say.
#[inline(always)]
pub(super) fn number(word: u64, digits: usize) -> u32 {
    if digits == 0 {
        return 0;
    }
    // Put in the upper bytes, with zeros in front; then neighbours are put together: ones, pairs, fours.
    let value = (word << (64 - 8 * digits)) & (ONES * 0x0F);
    let pairs = value.wrapping_mul(10).wrapping_add(value >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn found_where_it_stands(text in "[ab/\" \\PC]{0,60}", at in 0usize..60) {
            let text = text.as_bytes();
            let at = at.min(text.len());
            let first = |wanted: &[u8]| text[at..].iter().position(|byte| wanted.contains(byte)).map_or(text.len(), |offset| at + offset);
            prop_assert_eq!(first_of(*b"\"", text, at), first(b"\""));
            prop_assert_eq!(first_of(*b" \t/", text, at), first(b" \t/"));
        }

        #[test]
        fn digits_and_what_they_say(text in "[0-9]{0,18}[0-9./:\\PC]{0,12}", at in 0usize..4) {
            let at = at.min(text.len());
            let Some(rest) = text.get(at..) else { return Ok(()) };
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            prop_assert_eq!(digits_end(text.as_bytes(), at), at + digits);
            let front = word(text.as_bytes(), at);
            prop_assert_eq!(leading_digits(front), digits.min(8));
            let few = digits.min(8);
            prop_assert_eq!(number(front, few), rest[..few].parse().unwrap_or(0));
        }
    }

    #[test]
    fn words_at_the_end_of_a_text() {
        for text in [&b""[..], b"a", b"1234567", b"12345678", b"123456789abcdef"] {
            for at in 0..=text.len() + 2 {
                let mut expected = [0; 8];
                let rest = text.get(at..).unwrap_or_default();
                let length = rest.len().min(8);
                expected[..length].copy_from_slice(&rest[..length]);
                assert_eq!(word(text, at), u64::from_le_bytes(expected), "{text:?} {at}");
            }
        }
    }
}
