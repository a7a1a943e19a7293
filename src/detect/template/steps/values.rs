//! Values of a request in their usual form; any other is read where the walk has it read.

use super::Until;
use super::addresses::{address_end, port_colon};
use crate::detect::template::extent::extent;
use crate::detect::template::kind::{Formats, Kind};
use crate::detect::template::literal::Literal;
use crate::detect::template::sink::Sink;
use crate::detect::template::skim::{Place, Skim};
use crate::detect::template::value::{decimal, request, without_port};
use crate::detect::web_kinds::{WebKind, is_address_byte};
use crate::model::field::Field;
use crate::model::lanes::{find, first_of};
use crate::model::scan::{End, few_digits, number, numbers};
use crate::model::severity;

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
            match port_colon(&rest[..end]) {
                Some(colon) => {
                    skim.put(place, &rest[..colon]);
                    Some(end)
                }
                None => other(WebKind::AddressPort, stop, place, rest, skim),
            }
        }
        Shape::Forwarded => match address_end(rest).filter(|&end| rest[end] == stop && stop == b' ') {
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

#[inline]
pub(super) fn text(rest: &[u8], until: &Until) -> usize {
    let Some(&first) = until.text.bytes().first() else { return rest.len() };
    if rest.first() == Some(&b'-') && first != b'-' && until.quick.behind(&rest[1..]).is_some() {
        return 1;
    }
    until.text.find(rest).unwrap_or(rest.len())
}

/// Where a quoted string without a quote inside ends, and what stands behind the literal text that ends it; nothing where
/// that does not show at once.
#[inline]
pub(super) fn simple_quoted<'a>(rest: &'a [u8], until: &Until) -> Option<(usize, &'a [u8])> {
    let end = unquoted(rest)?;
    Some((end, until.quick.behind(&rest[end..])?))
}

/// Where the first quote of the line stands, unless it may be escaped.
#[inline]
pub(super) fn unquoted(rest: &[u8]) -> Option<usize> {
    let end = match rest {
        [b'-', b'"', ..] => 1,
        // Not beyond the end of a line: what is read may be the rest of a block.
        _ => find(*b"\"\n", rest).filter(|&end| rest[end] == b'"')?,
    };
    (end == 0 || rest[end - 1] != b'\\').then_some(end)
}

#[inline]
pub(super) fn status(rest: &[u8]) -> Option<usize> {
    if few_digits(rest) == Some(3) { Some(3) } else { extent(Kind::Status, &Literal::default(), rest) }
}

/// The name of a level.
#[inline]
pub(super) fn level(stop: u8, rest: &[u8], skim: &mut Skim<'_>) -> Option<usize> {
    let end = word_end(stop, rest);
    let word = &rest[..end];
    if severity::is_frequent(word) {
        skim.put_level(false);
        return Some(end);
    }
    if !severity::is_level(word) {
        return None;
    }
    skim.put_level(severity::is_error(word));
    Some(end)
}

/// Where a method ends before a blank.
#[inline]
fn method_end(line: &[u8]) -> Option<usize> {
    // That of most requests.
    if line.starts_with(b"GET ") {
        return Some(3);
    }
    let blank = line.iter().position(|byte| !byte.is_ascii_uppercase())?;
    (blank > 0 && line[blank] == b' ').then_some(blank)
}

/// Method and path of a request line.
#[inline]
pub(super) fn request_line<'a>(line: &'a [u8], skim: &mut Skim<'a>) {
    if let Some(version) = line.len().checked_sub(9)
        && let [major, b'.', minor] = line[version + 6..]
        && line[version..].starts_with(b" HTTP/")
        && major != b' '
        && minor != b' '
        && let Some(blank) = method_end(line)
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
pub(super) fn ints(ends: &[End], rest: &[u8]) -> Option<usize> {
    numbers(ends, rest).or_else(|| {
        let mut at = 0;
        for end in ends {
            at += usize::from(end.plus && rest.get(at) == Some(&b'+'));
            at += int(rest.get(at..)?)?;
            if rest.get(at) != Some(&end.byte) {
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
    let taken = match skim.recent.read(formats, rest) {
        Some(taken) => taken,
        None => {
            let (stamp, taken) = formats.into_iter().flatten().find_map(|format| format.read(rest))?;
            skim.recent.note(formats, rest, taken, stamp);
            taken
        }
    };
    if counts {
        skim.stamp_recent();
    }
    Some(taken)
}
