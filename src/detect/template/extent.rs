//! How far a value reaches, told from its first bytes and from what follows it.

use super::kind::Kind;
use super::literal::Literal;
use crate::detect::web_kinds::is_address_byte;
use crate::model::lanes::first_of;
use crate::model::scan::few_digits;
use crate::model::severity::is_level;

/// How many bytes at the front of `rest` are a value of this kind.
#[inline]
pub(super) fn extent(kind: Kind, until: &Literal, rest: &[u8]) -> Option<usize> {
    let stop = || until.bytes().first().copied();
    match kind {
        Kind::Text | Kind::Label => {
            Some(if until.len() == 0 { rest.len() } else { until.find(rest).unwrap_or(rest.len()) })
        }
        Kind::Quoted | Kind::Request => Some(match stop() {
            // A server's own format may have no quotes there.
            Some(stop) if stop != b'"' => until.find(rest).unwrap_or(rest.len()),
            _ => quoted_end(rest, until, kind == Kind::Request),
        }),
        Kind::Web(kind) => kind.extent(stop().unwrap_or(b' '), rest),
        Kind::Scaled(scale) => scale.extent(rest),
        Kind::Cell => Some(cell_end(rest, stop().unwrap_or(b','))),
        Kind::Rest => Some(0),
        Kind::Json => (rest.first() == Some(&b'{')).then_some(rest.len()),
        Kind::Word | Kind::Address | Kind::Level | Kind::Endpoint | Kind::Socket => {
            let stop = stop().unwrap_or(b' ');
            let end = first_of([stop, b' ', b'\t'], rest);
            let fits = match kind {
                Kind::Address => rest[..end].iter().all(|&byte| is_address_byte(byte)),
                Kind::Level => is_level(&rest[..end]),
                _ => true,
            };
            // An IPv6 address may hold the colon that is to end it; the layout says `[…]:port` or a blank then.
            (end > 0 && fits).then_some(end)
        }
        Kind::Name => {
            let end = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
            // `fw01` is no name of a zone.
            (end > 0 && !rest.get(end).is_some_and(u8::is_ascii_digit)).then_some(end)
        }
        Kind::Int | Kind::Number | Kind::Duration(_) => {
            let sign = usize::from(matches!(rest.first(), Some(b'-' | b'+')));
            let digits = few_digits(&rest[sign..])
                .unwrap_or_else(|| rest[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count());
            let end = sign + digits;
            if digits == 0 {
                return (rest.first() == Some(&b'-')).then_some(1);
            }
            if kind != Kind::Int && rest.get(end) == Some(&b'.') {
                let fraction = rest[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                return Some(if fraction > 0 { end + 1 + fraction } else { end });
            }
            Some(end)
        }
        Kind::Status => match rest {
            [b'-', ..] => Some(if rest.starts_with(b"-1") { 2 } else { 1 }),
            [a @ b'0'..=b'9', b, c, ..] if b.is_ascii_digit() && c.is_ascii_digit() => {
                let another = rest.get(3).is_some_and(u8::is_ascii_digit);
                (!another && *a <= b'9').then_some(3)
            }
            [b'0', ..] => Some(1),
            _ => None,
        },
        Kind::Time(_) => None,
    }
}

/// Where the inside of a quoted string ends: at the first unescaped quote, or at the end of a line that was cut. Some
/// servers write a client's quotes as they are, so the first quote counts only if what `follows` does; behind a request
/// line that is a number.
pub(super) fn quoted_end(rest: &[u8], follows: &Literal, request: bool) -> usize {
    let mut from = 0;
    let mut first = None;
    while let Some(offset) = memchr::memchr(b'"', &rest[from..]) {
        let quote = from + offset;
        let escaped = quote > 0 && rest[quote - 1] == b'\\' && {
            let slashes = rest[..quote].iter().rev().take_while(|&&byte| byte == b'\\').count();
            slashes % 2 == 1
        };
        if !escaped {
            let behind = &rest[quote..];
            if follows.begins(behind) {
                let number = |text: &[u8]| text.first().is_none_or(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'"'));
                if follows.len() < 2 || !request || number(&behind[follows.len()..]) {
                    return quote;
                }
            }
            first = first.or(Some(quote));
        }
        from = quote + 1;
    }
    first.unwrap_or(rest.len())
}

/// Where a CSV cell ends; one that was opened and not closed goes on to the end.
fn cell_end(rest: &[u8], separator: u8) -> usize {
    if rest.first() != Some(&b'"') {
        return memchr::memchr(separator, rest).unwrap_or(rest.len());
    }
    let mut at = 1;
    while let Some(offset) = memchr::memchr(b'"', &rest[at..]) {
        at += offset + 1;
        if rest.get(at) != Some(&b'"') {
            return at;
        }
        at += 1;
    }
    rest.len()
}
