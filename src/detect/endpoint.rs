//! An address and a port in one word, in the ways in which firewalls join them.

use std::net::IpAddr;

/// The address and the port of `203.0.113.5:443`, `203.0.113.5/443`, `203.0.113.5(443)`, `203.0.113.5.443`,
/// `[2001:db8::1]:443`, `2001:db8::1/443`, `2001:db8::1.443`, or an address alone. What stands behind the port (a
/// user, an interface, a comma) is left out. Nothing where the word does not begin with an address.
pub(super) fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(rest) = text.strip_prefix(b"[") {
        let close = memchr::memchr(b']', rest)?;
        let behind = rest[close + 1..].strip_prefix(b":").unwrap_or_default();
        return checked(&rest[..close], port(behind));
    }
    let text = trim(text);
    if let Some(at) = text.iter().position(|&byte| matches!(byte, b'/' | b'(' | b'#')) {
        return checked(&text[..at], port(&text[at + 1..]));
    }
    if is_address(text) {
        return Some((text, b""));
    }
    let digits = text.iter().position(|&byte| !byte.is_ascii_digit() && byte != b'.').unwrap_or(text.len());
    if text.get(digits) == Some(&b':') && is_address(&text[..digits]) {
        return checked(&text[..digits], port(&text[digits + 1..]));
    }
    let dot = memchr::memrchr(b'.', text)?;
    checked(&text[..dot], port(&text[dot + 1..]))
}

/// The same where a port always follows the last colon, also behind a bare IPv6 address (Suricata, Snort).
pub(super) fn split_at_last_colon(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memrchr(b':', text)?;
    let address = &text[..colon];
    let address = address.strip_prefix(b"[").and_then(|inside| inside.strip_suffix(b"]")).unwrap_or(address);
    checked(address, port(&text[colon + 1..]))
}

/// An address with anything joined to it by colons, as SonicWall writes it: `203.0.113.5:443:X1:name`, or only
/// `:443:X1` where the address stands elsewhere.
pub(super) fn split_colons(text: &[u8]) -> Option<(&[u8], &[u8])> {
    match text.strip_prefix(b":") {
        Some(rest) => Some((b"", port(rest))),
        None => split(text),
    }
}

fn checked<'a>(address: &'a [u8], port: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    is_address(address).then_some((address, port))
}

/// The port at the front of `text`: digits, or the name of a service.
fn port(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|&byte| !byte.is_ascii_alphanumeric() && byte != b'-').unwrap_or(text.len());
    &text[..end]
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., b',' | b';' | b'.' | b':'] = text {
        text = rest;
    }
    text
}

fn is_address(text: &[u8]) -> bool {
    let address = memchr::memchr(b'%', text).map_or(text, |zone| &text[..zone]);
    std::str::from_utf8(address).is_ok_and(|address| address.parse::<IpAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(String, String)> {
        let owned = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        split(text.as_bytes()).map(|(address, port)| (owned(address), owned(port)))
    }

    #[test]
    fn ways_to_join() {
        for (text, address, port) in [
            ("203.0.113.5", "203.0.113.5", ""),
            ("203.0.113.5:443", "203.0.113.5", "443"),
            ("203.0.113.5/443;", "203.0.113.5", "443"),
            ("203.0.113.5/443(LOCAL\\bob)", "203.0.113.5", "443"),
            ("203.0.113.5(443),", "203.0.113.5", "443"),
            ("203.0.113.5.443:", "203.0.113.5", "443"),
            ("203.0.113.5:443:X1:lb", "203.0.113.5", "443"),
            ("[2001:db8::1]:443", "2001:db8::1", "443"),
            ("2001:db8::1/443", "2001:db8::1", "443"),
            ("2001:db8::1(443)", "2001:db8::1", "443"),
            ("2001:db8::1.443:", "2001:db8::1", "443"),
            ("2001:db8::1", "2001:db8::1", ""),
            ("10.0.9.5/ssh", "10.0.9.5", "ssh"),
        ] {
            assert_eq!(parts(text), Some((address.into(), port.into())), "{text}");
        }
        for text in ["outside:203.0.113.5/443", "tcp", "", "20", "2026-11-22", "[x]:1", "1.2.3"] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn a_port_behind_the_last_colon() {
        assert_eq!(split_at_last_colon(b"2001:db8::1:443"), Some((&b"2001:db8::1"[..], &b"443"[..])));
        assert_eq!(split_at_last_colon(b"203.0.113.5:443"), Some((&b"203.0.113.5"[..], &b"443"[..])));
        assert_eq!(split_colons(b":443:X1"), Some((&b""[..], &b"443"[..])));
    }
}
