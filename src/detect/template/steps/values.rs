//! Values of a request in their usual form; any other is read where the walk has it read.

use super::Until;
use crate::detect::template::extent::extent;
use crate::detect::template::kind::{Formats, Kind};
use crate::detect::template::literal::Literal;
use crate::detect::template::sink::Sink;
use crate::detect::template::skim::{Place, Skim};
use crate::detect::template::value::{decimal, request, without_port};
use crate::detect::web_kinds::{WebKind, is_address_byte};
use crate::model::field::Field;
use crate::model::scan::{few_digits, first_of, number, numbers};

/// What a word must be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    /// No address.
    Ident,
    /// An address with a port that is dropped.
    Address,
    /// The same, the port behind the last colon.
    AddressPort,
    /// Addresses with commas, of which the first counts.
    Forwarded,
}

/// The bytes of a word, once its value is put to its place.
#[inline]
pub(super) fn word<'a>(shape: Shape, stop: u8, place: Place, rest: &'a [u8], skim: &mut Skim<'a>) -> Option<usize> {
    let one_dash = matches!(rest, [b'-', b' ', ..]) && stop == b' ';
    match shape {
        Shape::Any | Shape::Ident | Shape::Address if one_dash => Some(1),
        Shape::Any => {
            let end = word_end(stop, rest);
            skim.put(place, &rest[..end]);
            (end > 0).then_some(end)
        }
        Shape::Ident => other(WebKind::Ident, stop, place, rest, skim),
        Shape::Address => {
            let end = word_end(stop, rest);
            let inside = &rest[..end];
            skim.put(place, without_port(inside));
            (end > 0 && inside.iter().all(|&byte| is_address_byte(byte))).then_some(end)
        }
        Shape::AddressPort => {
            let end = word_end(stop, rest);
            let colon = ipv4_end(rest).filter(|&at| at + 1 < end && rest[at] == b':');
            match colon.filter(|colon| rest[colon + 1..end].iter().all(u8::is_ascii_digit)) {
                Some(colon) => {
                    skim.put(place, &rest[..colon]);
                    Some(end)
                }
                None => other(WebKind::AddressPort, stop, place, rest, skim),
            }
        }
        Shape::Forwarded => match ipv4_end(rest).filter(|&end| rest[end] == stop && stop == b' ') {
            Some(end) => {
                skim.put(place, &rest[..end]);
                Some(end)
            }
            None => other(WebKind::Forwarded, stop, place, rest, skim),
        },
    }
}

#[inline]
fn word_end(stop: u8, rest: &[u8]) -> usize {
    if stop == b' ' { first_of(*b" \t", rest) } else { first_of([stop, b' ', b'\t'], rest) }
}

/// A value of a kind that is read elsewhere.
fn other<'a>(kind: WebKind, stop: u8, place: Place, rest: &'a [u8], skim: &mut Skim<'a>) -> Option<usize> {
    let end = kind.extent(stop, rest)?;
    if place != Place::NONE
        && let Some(value) = kind.value(&rest[..end])
    {
        skim.put_value(place, value);
    }
    Some(end)
}

/// How many digits, dots and slashes stand in front, if there are 7 to 15 as in an address of the fourth version.
#[inline]
fn ipv4_end(rest: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The highest bit of each byte that is not from `.` to `9`.
    let outside = |bytes: &[u8; 8]| {
        let word = u64::from_le_bytes(*bytes);
        let at_least_dot = (word | HIGH) - ONES * u64::from(b'.');
        let above_nine = (word & !HIGH) + ONES * u64::from(0x7F - b'9');
        (!at_least_dot | above_nine | word) & HIGH
    };
    let (words, _) = rest.get(..16)?.as_chunks::<8>();
    let end = match (outside(&words[0]), outside(&words[1])) {
        (0, 0) => return None,
        (0, second) => 8 + second.trailing_zeros() / 8,
        (first, _) => first.trailing_zeros() / 8,
    } as usize;
    (end >= 7).then_some(end)
}

#[inline]
pub(super) fn text(rest: &[u8], until: &Until) -> usize {
    let Some(&first) = until.text.bytes().first() else { return rest.len() };
    if rest.first() == Some(&b'-') && first != b'-' && until.quick.behind(&rest[1..]).is_some() {
        return 1;
    }
    until.text.find(rest).unwrap_or(rest.len())
}

/// Where a quoted string without a quote inside ends; nothing where that does not show at once.
#[inline]
pub(super) fn simple_quoted(rest: &[u8], until: &Until) -> Option<usize> {
    let end = match rest {
        [b'-', b'"', ..] => 1,
        _ => memchr::memchr(b'"', rest)?,
    };
    ((end == 0 || rest[end - 1] != b'\\') && until.quick.behind(&rest[end..]).is_some()).then_some(end)
}

#[inline]
pub(super) fn status(rest: &[u8]) -> Option<usize> {
    if few_digits(rest) == Some(3) { Some(3) } else { extent(Kind::Status, &Literal::default(), rest) }
}

/// Method and path of a request line.
#[inline]
pub(super) fn request_line<'a>(line: &'a [u8], skim: &mut Skim<'a>) {
    if let Some(version) = line.len().checked_sub(9)
        && let [major, b'.', minor] = line[version + 6..]
        && line[version..].starts_with(b" HTTP/")
        && major != b' '
        && minor != b' '
        && let Some(blank) = line.iter().position(|byte| !byte.is_ascii_uppercase())
        && blank > 0
        && line[blank] == b' '
        && blank < version
    {
        skim.set_place(Place::METHOD, &line[..blank]);
        skim.set_place(Place::PATH, &line[blank + 1..version]);
        return;
    }
    request(line, skim);
}

#[inline]
pub(super) fn int(rest: &[u8]) -> Option<usize> {
    few_digits(rest).filter(|digits| *digits > 0).or_else(|| extent(Kind::Int, &Literal::default(), rest))
}

#[inline]
pub(super) fn ints(ends: &[u8], rest: &[u8]) -> Option<usize> {
    numbers(ends, rest).or_else(|| {
        let mut at = 0;
        for &end in ends {
            at += int(rest.get(at..)?)?;
            if rest.get(at) != Some(&end) {
                return None;
            }
            at += 1;
        }
        Some(at)
    })
}

#[inline]
pub(super) fn duration(unit: i64, rest: &[u8], skim: &mut Skim<'_>) -> Option<usize> {
    if let (Some(front), Some(digits @ 1..)) = (rest.first_chunk(), few_digits(rest))
        && rest[digits] != b'.'
    {
        skim.set_default_number(Field::Duration, i64::from(number(front, digits)) * unit);
        return Some(digits);
    }
    let end = extent(Kind::Duration(unit), &Literal::default(), rest)?;
    if let Some(micros) = decimal(&rest[..end], unit) {
        skim.set_default_number(Field::Duration, micros);
    }
    Some(end)
}

#[inline]
pub(super) fn time(formats: Formats, counts: bool, rest: &[u8], skim: &mut Skim<'_>) -> Option<usize> {
    let recent = skim.recent.read(formats, rest);
    let (stamp, taken) = match recent {
        Some(known) => known,
        None => {
            let (stamp, taken) = formats.into_iter().flatten().find_map(|format| format.read(rest))?;
            skim.recent.note(formats, rest, taken, stamp);
            (stamp, taken)
        }
    };
    if counts {
        skim.stamp(stamp);
    }
    Some(taken)
}
