//! Where bytes stand in a line, told from eight of them at a time.
//!
//! Most values of a line are a few bytes long: a search that is made for long texts takes longer to begin than they take
//! to be looked through.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// Whether two texts are the same. Two that are empty are not compared by a call: where there is nothing, it reads from an
/// address that is none, which some processors take a hundred times as long for.
#[inline(always)]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && (one.is_empty() || one == other)
}

/// The highest bit of each byte of a word that is no digit.
#[inline(always)]
fn no_digits(word: u64) -> u64 {
    // A digit is less than ten once `0` is taken from it; without the highest bits no byte carries into the next.
    let value = word ^ (ONES * u64::from(b'0'));
    (((value & !HIGH) + ONES * (0x80 - 10)) | value) & HIGH
}

/// How eight bytes are written.
#[derive(Debug)]
pub struct Form {
    digits: u64,
    literal: u64,
    text: u64,
}

impl Form {
    /// A form in which `0` stands for a digit, `?` for any byte, and every other byte for itself.
    pub const fn of(pattern: &[u8; 8]) -> Self {
        let (mut digits, mut literal, mut text) = (0, 0, 0);
        let mut at = 0;
        while at < 8 {
            let bits = 0xFF << (8 * at);
            match pattern[at] {
                b'0' => digits |= bits,
                b'?' => {}
                byte => {
                    literal |= bits;
                    text |= (byte as u64) << (8 * at);
                }
            }
            at += 1;
        }
        Self { digits, literal, text }
    }

    /// Whether these bytes are written so.
    #[inline(always)]
    pub fn fits(&self, bytes: &[u8; 8]) -> bool {
        let word = u64::from_le_bytes(*bytes);
        no_digits(word) & self.digits == 0 && word & self.literal == self.text
    }
}

/// The microseconds that these digits (up to six) behind a decimal point say.
#[inline(always)]
pub fn micros(text: &[u8; 8], digits: usize) -> u32 {
    const EACH: [u32; 7] = [0, 100_000, 10_000, 1000, 100, 10, 1];
    number(text, digits) * EACH.get(digits).copied().unwrap_or(0)
}

/// How many digits stand in front, if that shows in the first eight bytes: up to seven.
#[inline(always)]
pub fn few_digits(text: &[u8]) -> Option<usize> {
    match no_digits(u64::from_le_bytes(*text.first_chunk()?)) {
        0 => None,
        bits => Some(bits.trailing_zeros() as usize / 8),
    }
}

/// The number that the first `digits` bytes (up to eight) say, which are digits.
#[inline(always)]
pub fn number(text: &[u8; 8], digits: usize) -> u32 {
    if digits == 0 {
        return 0;
    }
    // Put in the upper bytes, with zeros in front; then neighbours are put together: ones, pairs, fours.
    let value = (u64::from_le_bytes(*text) << (64 - 8 * digits)) & (ONES * 0x0F);
    let pairs = value.wrapping_mul(10).wrapping_add(value >> 8) & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_FFFF_0000_FFFF;
    (fours.wrapping_mul(10_000).wrapping_add(fours >> 32)) as u32
}

/// What stands behind a number.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// The byte behind it.
    pub byte: u8,
    /// Whether a `+` may stand in front of it.
    pub plus: bool,
}

/// How many bytes these numbers take, of digits alone, with the bytes behind each; nothing where they are written
/// otherwise, or where the text ends soon behind them.
#[inline]
pub fn numbers(ends: &[End], text: &[u8]) -> Option<usize> {
    let (mut ends, mut start, mut base, mut signed) = (ends, 0, 0, false);
    for bytes in text.as_chunks::<8>().0 {
        let mut bits = no_digits(u64::from_le_bytes(*bytes));
        while bits != 0 {
            let place = bits.trailing_zeros() as usize / 8;
            let (byte, at) = (bytes[place % 8], base + place);
            let (end, further) = ends.split_first()?;
            if byte == end.byte && at > start {
                start = at + 1;
                if further.is_empty() {
                    return Some(start);
                }
                (ends, signed) = (further, false);
            } else if byte == b'+' && end.plus && at == start && !signed {
                (start, signed) = (at + 1, true);
            } else {
                return None;
            }
            bits &= bits - 1;
        }
        base += 8;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn digits_and_what_they_say(text in "[0-9]{0,9}[0-9./:\\PC]{8,12}") {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            prop_assert_eq!(few_digits(text.as_bytes()), (digits < 8).then_some(digits));
            let few = digits.min(8);
            prop_assert_eq!(number(text.as_bytes().first_chunk().unwrap(), few), text[..few].parse().unwrap_or(0));
        }

        #[test]
        fn a_form_is_one_byte_after_the_other(text in "[0-9][-0-9a/:]{7}", pattern in "[0?]{4}[-0?][0?/]{3}") {
            let (text, pattern) = (text.as_bytes().first_chunk().unwrap(), pattern.as_bytes().first_chunk().unwrap());
            let fits = text.iter().zip(pattern).all(|(byte, pattern)| match pattern {
                b'0' => byte.is_ascii_digit(),
                b'?' => true,
                other => byte == other,
            });
            prop_assert_eq!(Form::of(pattern).fits(text), fits);
        }

        #[test]
        fn numbers_and_what_stands_behind_them(text in "([+]{0,2}[0-9]{0,6}[/ ]){1,6}[-0-9/ ]{0,9}", ends in "([+]?[/ ]){1,5}") {
            let ends: Vec<End> = ends
                .split_inclusive(['/', ' '])
                .map(|end| End { byte: *end.as_bytes().last().unwrap(), plus: end.starts_with('+') })
                .collect();
            let mut at = Some(0);
            for &End { byte: end, plus } in &ends {
                at = at.and_then(|at| {
                    let at = at + usize::from(plus && text.as_bytes().get(at) == Some(&b'+'));
                    let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
                    (digits > 0 && text.as_bytes().get(at + digits) == Some(&end)).then_some(at + digits + 1)
                });
            }
            match numbers(&ends, text.as_bytes()) {
                None => prop_assert!(at.is_none_or(|at| at > text.len() / 8 * 8), "{:?}", at),
                found => prop_assert_eq!(found, at),
            }
        }
    }
}
