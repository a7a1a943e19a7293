//! Kinds of values that stand in the logs of web servers and proxies: checked addresses, forwarded lists, durations
//! with their unit.

use super::template::without_port;
use crate::model::byte_set::ByteSet;
use crate::model::lanes::find;
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// A kind of value of template fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WebKind {
    /// An IPv4 or IPv6 address, checked, with a port that is dropped; `unix:` of a local socket.
    Ip,
    /// A host name that shows itself as one by a dot, with a port that is dropped; `localhost` and `_`.
    Host,
    /// A word that is no address: the second column of the common format.
    Ident,
    /// Address and port with a colon between, also where the address has colons and no brackets.
    AddressPort,
    /// Addresses that proxies passed on: `203.0.113.9, 10.0.0.1`. The first is the value.
    Forwarded,
    /// What each attempt gave: `10.0.0.7:80, 10.0.0.8:80`, `502, 200 : 200`. The last that says something is the value.
    List,
    /// A duration in seconds with a fraction, which a count of anything would not have.
    DecimalSeconds,
    /// A duration with its unit, as Go prints it: `1.5ms`, `312µs`, `1m2.5s`.
    Elapsed,
}

impl WebKind {
    /// The kind that layout files call `name`.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "ip" => Self::Ip,
            "host" => Self::Host,
            "ident" => Self::Ident,
            "address-port" => Self::AddressPort,
            "forwarded" => Self::Forwarded,
            "list" => Self::List,
            "decimal-seconds" => Self::DecimalSeconds,
            "elapsed" => Self::Elapsed,
            _ => return None,
        })
    }

    /// How much a line has in common by a value of this kind.
    pub(super) fn weight(self) -> u32 {
        match self {
            Self::Ip => 8,
            Self::AddressPort | Self::Forwarded => 6,
            Self::Host => 7,
            Self::DecimalSeconds | Self::Elapsed => 5,
            Self::List | Self::Ident => 1,
        }
    }

    /// How many bytes at the front of `rest` are a value of this kind; `stop` is what follows it.
    pub(super) fn extent(self, stop: u8, rest: &[u8]) -> Option<usize> {
        let word = rest.iter().position(|&byte| byte == stop || byte == b' ' || byte == b'\t').unwrap_or(rest.len());
        let text = &rest[..word];
        match self {
            Self::Ip => (text.starts_with(b"unix:") || is_ip(without_port(text))).then_some(word),
            Self::Host => is_host(text).then_some(word),
            Self::Ident => (!text.is_empty() && !is_ip(without_port(text))).then_some(word),
            Self::AddressPort => (!text.is_empty() && text.iter().all(|&byte| is_address_byte(byte))).then_some(word),
            Self::Forwarded => forwarded(stop, rest),
            Self::List => list(stop, rest),
            Self::DecimalSeconds => decimal(rest),
            Self::Elapsed => elapsed(rest).map(|(_, taken)| taken),
        }
    }

    /// The value in what was found.
    pub(super) fn value(self, inside: &[u8]) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Ip | Self::Host => Some(without_port(inside).into()),
            Self::Ident => Some(inside.into()),
            Self::AddressPort => Some(without_last_port(inside).into()),
            // One address of the fourth version, as most are.
            Self::Forwarded if inside.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.')) => Some(inside.into()),
            Self::Forwarded => Some(without_port(first_of(inside)).into()),
            Self::List => last_of(inside).map(Cow::Borrowed),
            Self::DecimalSeconds => {
                let number: f64 = std::str::from_utf8(inside).ok()?.parse().ok()?;
                Some(Cow::Owned(((number * 1e6).round() as i64).to_string().into_bytes()))
            }
            Self::Elapsed => elapsed(inside).map(|(micros, _)| Cow::Owned(micros.to_string().into_bytes())),
        }
    }
}

/// The first of a list with commas.
pub(super) fn first_of(list: &[u8]) -> &[u8] {
    let end = find(*b",", list).unwrap_or(list.len());
    list[..end].trim_ascii()
}

/// The last of a list with ` : ` and commas that is not `-`.
pub(super) fn last_of(list: &[u8]) -> Option<&[u8]> {
    let mut rest = list;
    loop {
        let comma = memchr::memrchr(b',', rest).map(|at| (at, 1));
        let colon = memchr::memmem::rfind(rest, b" : ").map(|at| (at, 3));
        let (cut, length) = comma.max(colon).unwrap_or((0, 0));
        let item = rest[cut + length..].trim_ascii();
        if !item.is_empty() && item != b"-" {
            return Some(item);
        }
        if length == 0 {
            return None;
        }
        rest = &rest[..cut];
    }
}

/// An address without the port behind its last colon.
pub(super) fn without_last_port(text: &[u8]) -> &[u8] {
    if text.starts_with(b"[") {
        return without_port(text);
    }
    match memchr::memrchr(b':', text) {
        // `2001:db8::7` has none: what is left of it without its last part is no address.
        Some(colon) if memchr::memchr(b':', &text[..colon]).is_some() && !is_ip(&text[..colon]) => text,
        Some(colon) if text[colon + 1..].iter().all(u8::is_ascii_digit) => &text[..colon],
        _ => text,
    }
}

/// Whether `text` is an IP address; IPv6 perhaps with a zone.
pub(super) fn is_ip(text: &[u8]) -> bool {
    // Settled for most words that are none, such as `-`, before they are taken apart.
    if !text.first().is_some_and(|&byte| byte.is_ascii_hexdigit() || byte == b':') {
        return false;
    }
    if is_plain_ip(text) {
        return true;
    }
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let address = text.split('%').next().unwrap_or_default();
    address.parse::<Ipv4Addr>().is_ok() || address.parse::<Ipv6Addr>().is_ok()
}

/// Whether `text` is an address in its usual form: four numbers, or eight groups of hexadecimal digits. False says only
/// that it has another form.
fn is_plain_ip(text: &[u8]) -> bool {
    let (mut parts, mut value, mut digits) = (1, 0_u32, 0);
    let separator = if text.iter().take(5).any(|&byte| byte == b':') { b':' } else { b'.' };
    let wide = separator == b':';
    for &byte in text {
        if byte == separator {
            if digits == 0 {
                return false;
            }
            (parts, value, digits) = (parts + 1, 0, 0);
            continue;
        }
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' if wide => byte - b'a' + 10,
            b'A'..=b'F' if wide => byte - b'A' + 10,
            _ => return false,
        };
        // An IPv4 address has no zeros in front.
        if digits == 4 || (!wide && digits > 0 && value == 0) {
            return false;
        }
        value = value * if wide { 16 } else { 10 } + u32::from(digit);
        digits += 1;
        if !wide && value > 255 {
            return false;
        }
    }
    digits > 0 && parts == if wide { 8 } else { 4 }
}

fn is_host(text: &[u8]) -> bool {
    let name = without_port(text);
    let allowed =
        |&byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'*') || byte >= 0x80;
    let dotted = name.contains(&b'.') && name.iter().all(allowed) && name.iter().any(u8::is_ascii_alphabetic);
    matches!(name, b"_" | b"localhost") || (dotted && !is_ip(name))
}

/// Bytes that addresses, host names and ports are made of.
const ADDRESS_BYTES: ByteSet = ByteSet::alphanumeric_and(b".:-_[]%/*");

/// Whether a byte may stand in an address with its port.
#[inline]
pub(super) fn is_address_byte(byte: u8) -> bool {
    ADDRESS_BYTES.has(byte)
}

fn forwarded(stop: u8, rest: &[u8]) -> Option<usize> {
    // An application may put its own time in front of the line: `2026-11-22 08:04:28 INFO 203.0.113.9 - - [`.
    if let [year @ .., b'-', _, _, b'-', _, _, b' ' | b'T'] = rest.get(..11)?
        && year.iter().all(u8::is_ascii_digit)
    {
        return None;
    }
    let mut at = 0;
    loop {
        let item = rest[at..].iter().take_while(|&&byte| is_address_byte(byte) && byte != stop).count();
        if item == 0 {
            return None;
        }
        at += item;
        let comma = match &rest[at..] {
            [b',', b' ', next, ..] if is_address_byte(*next) => 2,
            [b',', next, ..] if is_address_byte(*next) => 1,
            _ => return Some(at),
        };
        at += comma;
    }
}

fn list(stop: u8, rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let item = rest[at..].iter().take_while(|&&byte| !matches!(byte, b' ' | b'\t' | b',') && byte != stop).count();
        if item == 0 {
            return None;
        }
        at += item;
        at += match &rest[at..] {
            [b',', b' ', ..] => 2,
            [b',', ..] => 1,
            [b' ', b':', b' ', ..] => 3,
            _ => return Some(at),
        };
    }
}

fn decimal(rest: &[u8]) -> Option<usize> {
    if rest.first() == Some(&b'-') {
        return Some(1);
    }
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(rest);
    let fraction = digits(rest.get(whole + 1..)?);
    (whole > 0 && fraction > 0 && rest[whole] == b'.').then_some(whole + 1 + fraction)
}

/// Microseconds, and the bytes they took.
fn elapsed(text: &[u8]) -> Option<(i64, usize)> {
    let (mut micros, mut at, mut any) = (0.0, 0, false);
    loop {
        let length = text[at..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        if length == 0 {
            return any.then_some((micros as i64, at));
        }
        let number: f64 = std::str::from_utf8(&text[at..at + length]).ok()?.parse().ok()?;
        let rest = &text[at + length..];
        const UNITS: [(&[u8], f64); 8] = [
            (b"ns", 1e-3),
            ("µs".as_bytes(), 1.0),
            ("μs".as_bytes(), 1.0),
            (b"us", 1.0),
            (b"ms", 1e3),
            (b"s", 1e6),
            (b"m", 6e7),
            (b"h", 3.6e9),
        ];
        let (unit, factor) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
        micros += number * factor;
        at += length + unit.len();
        any = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: WebKind, text: &str) -> Option<(String, usize)> {
        let taken = kind.extent(b' ', text.as_bytes())?;
        let value = kind.value(&text.as_bytes()[..taken]).unwrap_or_default();
        Some((String::from_utf8_lossy(&value).into_owned(), taken))
    }

    fn value(kind: WebKind, text: &str) -> Option<String> {
        read(kind, text).map(|(value, _)| value)
    }

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("203.0.113.9 x", Some("203.0.113.9")),
            ("203.0.113.9:443 x", Some("203.0.113.9")),
            ("2001:db8::7 x", Some("2001:db8::7")),
            ("[2001:db8::7]:443", Some("2001:db8::7")),
            ("fe80::1%eth0", Some("fe80::1%eth0")),
            ("www.example.org", None),
            ("503", None),
        ] {
            assert_eq!(value(WebKind::Ip, text).as_deref(), expected, "{text}");
        }
        assert_eq!(value(WebKind::AddressPort, "2001:db8::7:51234 [").as_deref(), Some("2001:db8::7"));
        assert_eq!(value(WebKind::AddressPort, "2001:db8::7 [").as_deref(), Some("2001:db8::7"));
        assert_eq!(value(WebKind::AddressPort, "::1").as_deref(), Some("::1"));
        assert_eq!(value(WebKind::Host, "www.example.org:443 x").as_deref(), Some("www.example.org"));
        assert_eq!(value(WebKind::Host, "root x"), None);
    }

    #[test]
    fn the_usual_form_of_an_address_is_one() {
        for text in ["1.2.3.4", "255.255.255.255", "2001:db8:0:1:2:3:4:ffff", "0.0.0.0", "ABCD:0:0:0:0:0:0:1"] {
            assert!(is_plain_ip(text.as_bytes()) && text.parse::<std::net::IpAddr>().is_ok(), "{text}");
        }
        for text in
            ["", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:12345", "::1", "a.b.c.d"]
        {
            assert!(!is_plain_ip(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn lists() {
        assert_eq!(read(WebKind::Forwarded, "203.0.113.9, 10.0.0.1,10.0.0.2 - -").unwrap(), ("203.0.113.9".into(), 30));
        assert_eq!(read(WebKind::Forwarded, "203.0.113.9, \"x").unwrap().1, 11);
        assert_eq!(read(WebKind::List, "10.0.0.7:80, 10.0.0.8:80 190").unwrap(), ("10.0.0.8:80".into(), 24));
        assert_eq!(read(WebKind::List, "502, - : 200, - x").unwrap(), ("200".into(), 15));
        assert_eq!(value(WebKind::List, "- x").as_deref(), Some(""));
    }

    #[test]
    fn durations() {
        assert_eq!(read(WebKind::Elapsed, "1.5ms|").unwrap(), ("1500".into(), 5));
        assert_eq!(value(WebKind::Elapsed, "312µs").as_deref(), Some("312"));
        assert_eq!(value(WebKind::Elapsed, "1m2.5s ").as_deref(), Some("62500000"));
        assert_eq!(value(WebKind::Elapsed, "12 "), None);
        assert_eq!(value(WebKind::DecimalSeconds, "0.120 ").as_deref(), Some("120000"));
        assert_eq!(value(WebKind::DecimalSeconds, "12 "), None);
    }
}
