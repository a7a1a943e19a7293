//! What a value means: the parts of it that are kept.

use super::sink::Sink;
use crate::model::field::Field;
use crate::model::lanes::find;
use std::borrow::Cow;

/// A request line. What is none (a TLS handshake, a scan) leaves method and path unset.
pub(in crate::detect) fn request<'a>(line: &'a [u8], found: &mut impl Sink<'a>) {
    let Some(blank) = memchr::memchr(b' ', line) else { return };
    let (method, rest) = (&line[..blank], &line[blank + 1..]);
    if matches!(method, b"" | b"-")
        || !method.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
    {
        return;
    }
    let path = match memchr::memrchr(b' ', rest) {
        Some(last) if rest[last + 1..].starts_with(b"HTTP/") => &rest[..last],
        _ => rest,
    };
    found.set(Field::Method, method.into());
    found.set(Field::Path, path.into());
}

/// `text` in units of `unit` microseconds, as microseconds.
pub(super) fn decimal(text: &[u8], unit: i64) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut value = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut scale = unit;
    for digit in fraction.bytes().take(6) {
        scale /= 10;
        value = value.checked_add(i64::from(digit.wrapping_sub(b'0')) * scale)?;
    }
    Some(value)
}

/// An address without its port: `203.0.113.5:58427`, `[2001:db8::1]:443`, `2001:db8::1`.
pub(in crate::detect) fn without_port(text: &[u8]) -> &[u8] {
    if let Some(rest) = text.strip_prefix(b"[")
        && let Some(close) = memchr::memchr(b']', rest)
    {
        return &rest[..close];
    }
    match find([b':'], text) {
        Some(first) if memchr::memchr(b':', &text[first + 1..]).is_none() => &text[..first],
        _ => text,
    }
}

/// A log prefix without the marks around it.
pub(super) fn label(text: &[u8]) -> &[u8] {
    let around = |byte: &u8| matches!(byte, b' ' | b'\t' | b'[' | b']' | b'"' | b':');
    let start = text.iter().position(|byte| !around(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !around(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

/// The text of a CSV cell.
pub(super) fn cell(written: &[u8]) -> Cow<'_, [u8]> {
    let Some(inside) = written.strip_prefix(b"\"") else { return Cow::Borrowed(written) };
    let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
    if memchr::memmem::find(inside, b"\"\"").is_none() {
        return Cow::Borrowed(inside);
    }
    let mut text = Vec::with_capacity(inside.len());
    for (index, &byte) in inside.iter().enumerate() {
        let quotes = inside[..index].iter().rev().take_while(|&&byte| byte == b'"').count();
        if byte != b'"' || quotes % 2 == 0 {
            text.push(byte);
        }
    }
    Cow::Owned(text)
}
