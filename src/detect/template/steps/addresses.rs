//! Addresses as most lines have them, told from eight bytes at a time.

use crate::model::lanes::{Groups, groups};
use crate::model::scan::few_digits;

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// How many bytes in front are an address: four numbers, or hexadecimal groups with more than one colon. What else they
/// may be is a matter of whoever asks; nothing where they are neither, or where the text ends soon behind them.
#[inline]
pub(super) fn address_end(text: &[u8]) -> Option<usize> {
    ipv4_end(text).or_else(|| groups_end(text))
}

/// Where in `word`, an address with a port, the colon stands that is between them, if that shows at once.
#[inline]
pub(super) fn port_colon(word: &[u8]) -> Option<usize> {
    let colon = match ipv4_end(word) {
        Some(end) => Some(end).filter(|&end| word[end] == b':'),
        None => full_groups_end(word),
    };
    colon.filter(|&colon| colon + 1 < word.len() && word[colon + 1..].iter().all(u8::is_ascii_digit))
}

/// Where in an address with a port the colon stands that is between them, and where a blank ends both, if that shows at
/// once.
#[inline]
pub(super) fn port_end(text: &[u8]) -> Option<(usize, usize)> {
    let Some(colon) = ipv4_end(text).filter(|&end| text[end] == b':') else { return groups_port_end(text) };
    let digits = few_digits(&text[colon + 1..]).filter(|&digits| digits > 0)?;
    let end = colon + 1 + digits;
    (text[end] == b' ').then_some((colon, end))
}

/// The same of an address of hexadecimal groups, eight of them or with `::` between two.
fn groups_port_end(text: &[u8]) -> Option<(usize, usize)> {
    let Groups { digits, letters, colons } = groups(text.first_chunk()?);
    let hexadecimal = digits | letters;
    let end = (!(hexadecimal | colons)).trailing_zeros() as usize;
    let inside = (1 << end) - 1;
    let last = (colons & inside).checked_ilog2()? as usize;
    let address = (1 << last) - 1;
    let port = inside & !address & !(1 << last);
    if port == 0 || port & !digits != 0 || text[end] != b' ' {
        return None;
    }
    let (digits, colons) = (hexadecimal & address, colons & address);
    let too_long = digits & digits >> 1 & digits >> 2 & digits >> 3 & digits >> 4 != 0;
    let groups = (digits & !(digits << 1)).count_ones();
    let sound = match (colons & colons >> 1).count_ones() {
        0 => groups == 8 && colons.count_ones() == 7,
        1 => groups < 8 && colons.count_ones() == groups,
        _ => false,
    };
    (sound && !too_long).then_some((last, end))
}

/// How many digits, dots and slashes stand in front, if there are 7 to 15 as in an address of the fourth version.
#[inline]
fn ipv4_end(text: &[u8]) -> Option<usize> {
    // The highest bit of each byte that is not from `.` to `9`.
    let outside = |bytes: &[u8; 8]| {
        let word = u64::from_le_bytes(*bytes);
        let at_least_dot = (word | HIGH) - ONES * u64::from(b'.');
        let above_nine = (word & !HIGH) + ONES * u64::from(0x7F - b'9');
        (!at_least_dot | above_nine | word) & HIGH
    };
    let (words, _) = text.get(..16)?.as_chunks::<8>();
    let end = match (outside(&words[0]), outside(&words[1])) {
        (0, 0) => return None,
        (0, second) => 8 + second.trailing_zeros() / 8,
        (first, _) => first.trailing_zeros() / 8,
    } as usize;
    (end >= 7).then_some(end)
}

/// How many hexadecimal digits and colons stand in front, if more than one of them is a colon: no port then.
fn groups_end(text: &[u8]) -> Option<usize> {
    let mut end = 0;
    for word in text.as_chunks::<8>().0 {
        let word = u64::from_le_bytes(*word);
        let outside = no_groups(word);
        if outside == 0 {
            end += 8;
            continue;
        }
        end += outside.trailing_zeros() as usize / 8;
        let colons = text[..end].iter().filter(|&&byte| byte == b':').take(2).count();
        return (colons == 2).then_some(end);
    }
    None
}

/// The highest bit of each byte that is neither a hexadecimal digit nor a colon.
#[inline]
fn no_groups(word: u64) -> u64 {
    // Without the highest bits no byte borrows from the next.
    let within = |word: u64, low: u8, high: u8| {
        let at_least = ((word & !HIGH) | HIGH) - ONES * u64::from(low);
        let above = (word & !HIGH) + ONES * u64::from(0x7F - high);
        at_least & !above
    };
    let letters = word | (ONES * 0x20);
    !(within(word, b'0', b':') | within(letters, b'a', b'f')) & HIGH | word & HIGH
}

/// Where the eighth group of hexadecimal digits ends, if a colon stands behind it, as in front of a port.
fn full_groups_end(word: &[u8]) -> Option<usize> {
    let (mut groups, mut digits) = (0, 0);
    for (at, &byte) in word.iter().enumerate() {
        if byte.is_ascii_hexdigit() {
            digits += 1;
        } else if byte == b':' && (1..=4).contains(&digits) {
            groups += 1;
            if groups == 8 {
                return Some(at);
            }
            digits = 0;
        } else {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::web_kinds::WebKind;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_port_ends_where_its_word_does(text in "[0-9.]{6,15}[:.]?[0-9]{0,8}[ :]?[0-9 ]{8,17}") {
            let text = text.as_bytes();
            let word = &text[..text.iter().position(|&byte| byte == b' ').unwrap_or(text.len())];
            match port_end(text) {
                Some((colon, end)) => {
                    let address = WebKind::AddressPort.value(word);
                    prop_assert_eq!(address.as_deref(), Some(&text[..colon]));
                    prop_assert_eq!(end, word.len());
                }
                // Not where there are many digits, or where the text ends soon.
                None => prop_assert!(port_colon(word).is_none_or(|colon| word.len() - colon > 8 || colon + 9 > text.len())),
            }
        }

        #[test]
        fn a_port_behind_groups_is_told_as_elsewhere(
            text in "(([0-9a-fA-F]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-fA-F]{0,5}(::?[0-9a-fA-F]{0,5}){0,9}):[0-9a]{0,6}[ g]",
        ) {
            let line = [text.as_bytes(), &[b'x'; 40]].concat();
            let word = &text.as_bytes()[..text.len() - 1];
            match groups_port_end(&line) {
                Some((colon, end)) => {
                    prop_assert_eq!(WebKind::AddressPort.extent(b' ', &line), Some(end));
                    let address = WebKind::AddressPort.value(word);
                    prop_assert_eq!(address.as_deref(), Some(&word[..colon]));
                    prop_assert_eq!(end, word.len());
                }
                None => {
                    let full = full_groups_end(word).filter(|&end| {
                        let port = &word[end + 1..];
                        !port.is_empty() && port.iter().all(u8::is_ascii_digit)
                    });
                    prop_assert!(full.is_none() || !text.ends_with(' '), "{text}");
                }
            }
        }

        #[test]
        fn ends_stand_where_the_bytes_end(text in "[0-9a-fA-F:.g/@`\u{80}]{0,44} {0,9}", groups in "([0-9a-fA-F]{1,5}:){1,9}[0-9]{0,5}") {
            let text = text.as_bytes();
            let bytes = text.iter().take_while(|byte| byte.is_ascii_hexdigit() || **byte == b':').count();
            let colons = text[..bytes].iter().filter(|&&byte| byte == b':').count();
            let seen = bytes < text.len() / 8 * 8;
            prop_assert_eq!(groups_end(text), (seen && colons > 1).then_some(bytes));
            let parts: Vec<&str> = groups.split(':').collect();
            let full = parts.len() > 8 && parts[..8].iter().all(|part| part.len() < 5);
            prop_assert_eq!(full_groups_end(groups.as_bytes()), full.then(|| parts[..8].join(":").len()));
        }
    }
}
