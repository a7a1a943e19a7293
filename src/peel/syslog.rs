//! Syslog headers: RFC 3164 with and without priority, the same with an ISO-8601 time, RFC 5424.

use super::{Envelope, Peeled, device, structured};
use crate::model::byte_set::ByteSet;
use crate::model::stamp::Stamp;
use crate::model::stamp_format::StampFormat;
use std::borrow::Cow;

/// Severity names by the lowest three bits of a priority (RFC 5424, table 2).
pub(super) const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];

/// Takes the syslog header off a line; nothing if it has none.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    let (priority, rest) = priority(without_count(line));
    dated(rest, priority, true).or_else(|| {
        // A device may send nothing but a priority in front of its message.
        priority.map(|_| Peeled {
            stamp: None,
            level: severity(priority),
            ..Peeled::of(Envelope::Syslog, rest, Stamp::Epoch(0))
        })
    })
}

/// Any header with a time. Behind one that a relay put in front there may be another, the message's own.
fn dated(text: &[u8], priority: Option<u8>, may_be_relayed: bool) -> Option<Peeled<'_>> {
    text.strip_prefix(b"1 ")
        .and_then(|versioned| structured::peel(versioned, priority))
        .or_else(|| traditional(text, priority, may_be_relayed))
}

/// A stream of syslog has the length of each message in front of it (RFC 6587, 3.4.1).
fn without_count(line: &[u8]) -> &[u8] {
    let digits = line.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    match line[digits..].strip_prefix(b" ") {
        Some(rest) if digits > 1 && rest.first() == Some(&b'<') => rest,
        _ => line,
    }
}

/// The header of RFC 3164, as it is met.
fn traditional(text: &[u8], priority: Option<u8>, may_be_relayed: bool) -> Option<Peeled<'_>> {
    let (stamp, format, after) = header_stamp(text)?;
    let after = device::without_zone(after);
    if let Some(message) = device::message(after) {
        return Some(Peeled { level: severity(priority), ..Peeled::of(Envelope::Syslog, message, stamp) });
    }
    let rest = after.strip_prefix(b" ")?;
    // `date` prints its time as OpenWrt does; only the facility behind it shows that this is a header.
    let (host, rest) = match device::facility(rest) {
        Some(_) => (None, rest),
        None if format == StampFormat::Asctime || device::is_packet(rest) => return None,
        None => host(rest).or_else(|| device::is_untagged(rest).then_some((None, rest)))?,
    };
    let (level, rest) = device::facility(rest).map_or((None, rest), |(level, rest)| (Some(level), rest));
    let rest = device::message(rest).unwrap_or(rest);
    let (program, pid, message) = tag(rest);
    // ulogd writes no tag, and the prefix of a packet filter's rule may look like one: `conn-drop:  IN=eth0 OUT=`.
    let prefixed = pid.is_none() && program != Some(b"kernel") && is_packet_line(message);
    let (program, message) = if prefixed { (None, rest) } else { (program, message) };
    if may_be_relayed && program.is_none() {
        let (inner_priority, inner) = self::priority(rest);
        if let Some(inner) = dated(inner, inner_priority, false) {
            let level = inner.level.or(severity(priority)).or(level);
            return Some(Peeled { host: inner.host.or(host.map(Cow::Borrowed)), level, ..inner });
        }
    }
    // No host and no process id: `Updated: nginx` is a sentence (yum.log), as programs' names are lower case.
    let sentence = program.is_some_and(|program| program.first().is_some_and(u8::is_ascii_uppercase));
    if sentence && host.is_none() && pid.is_none() && priority.is_none() {
        return None;
    }
    // An application's own line may begin like a header: `2026-11-22T08:04:28Z INFO main: started`.
    let level_word = host.or(program.filter(|_| pid.is_none())).is_some_and(super::is_level_word);
    if level_word || (program.is_none() && priority.is_none() && !tagless_is_plausible(stamp, rest)) {
        return None;
    }
    let mut peeled = Peeled::of(Envelope::Syslog, message, stamp);
    peeled.host = host.map(Cow::Borrowed);
    peeled.program = program.map(Cow::Borrowed);
    peeled.pid = pid.map(Cow::Borrowed);
    peeled.level = severity(priority).or(level);
    Some(peeled)
}

fn priority(line: &[u8]) -> (Option<u8>, &[u8]) {
    let Some(rest) = line.strip_prefix(b"<") else { return (None, line) };
    let Some(close) = rest.iter().take(4).position(|&byte| byte == b'>') else { return (None, line) };
    match std::str::from_utf8(&rest[..close]).ok().and_then(|digits| digits.parse().ok()) {
        Some(value @ 0..=191) => {
            let rest = rest[close + 1..].trim_ascii_start();
            // Cisco's EMBLEM format has a colon there.
            (Some(value), rest.strip_prefix(b":").unwrap_or(rest))
        }
        _ => (None, line),
    }
}

pub(super) fn severity(priority: Option<u8>) -> Option<&'static str> {
    priority.and_then(|value| super::severity(&[b'0' + (value & 7)]))
}

/// The time of a header: `Nov 22 08:04:28`, ISO-8601 with a `T` (with a blank it is an application's own), and those
/// of single devices.
fn header_stamp(text: &[u8]) -> Option<(Stamp, StampFormat, &[u8])> {
    let text = text.strip_prefix(b"*").or_else(|| text.strip_prefix(b".")).unwrap_or(text);
    if let Some((stamp, rest)) = weekday_stamp(text) {
        return Some((stamp, StampFormat::Iso, rest));
    }
    let formats: &[StampFormat] = match text.first()? {
        // `journalctl -o short-unix`.
        b'0'..=b'9' if text.get(10) == Some(&b'.') && text.get(17) == Some(&b' ') => &[StampFormat::Epoch],
        // RFC 5424 allows six digits; the nine of `docker events` are an application's own.
        b'0'..=b'9' if text.get(19..27).is_some_and(is_seven_digits) => return None,
        b'0'..=b'9' if text.get(10) == Some(&b'T') => &[StampFormat::Iso],
        b'0'..=b'9' if text.get(4) == Some(&b':') => &[StampFormat::Colons],
        b'0'..=b'9' if text.get(4) == Some(&b' ') => &[StampFormat::Syslog],
        b'A'..=b'Z' | b'a'..=b'z' => &[StampFormat::Syslog, StampFormat::Asctime],
        _ => return None,
    };
    let (format, stamp, taken) = formats.iter().find_map(|&format| {
        let (stamp, taken) = format.read(text)?;
        Some((format, stamp, taken))
    })?;
    Some((stamp, format, text.get(taken..)?))
}

/// `journalctl -o short-full`: `Sun 2026-11-22 08:04:28 UTC`. The name of a zone that is not known is left out.
fn weekday_stamp(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let date = text.get(4..).filter(|date| date[..].first().is_some_and(u8::is_ascii_digit))?;
    if !text[..3].iter().all(u8::is_ascii_alphabetic) || text[3] != b' ' {
        return None;
    }
    let (stamp, taken) = StampFormat::Iso.read(date)?;
    let rest = &date[taken..];
    let zone =
        rest.strip_prefix(b" ").map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_uppercase()).count());
    let named = (3..=5).contains(&zone) && rest.get(zone + 1) == Some(&b' ');
    Some((stamp, if named { &rest[zone + 1..] } else { rest }))
}

pub(super) fn is_packet_line(message: &[u8]) -> bool {
    message.trim_ascii_start().starts_with(b"IN=") && memchr::memmem::find(message, b" OUT=").is_some()
}

fn is_seven_digits(fraction: &[u8]) -> bool {
    fraction[0] == b'.' && fraction[1..].iter().all(u8::is_ascii_digit)
}

/// What names of hosts and programs are made of.
const HOST_BYTES: ByteSet = ByteSet::alphanumeric_and(b".-_:/@");
const PROGRAM_BYTES: ByteSet = ByteSet::alphanumeric_and(b"/.-_()@%\\+");

/// The host, which some writers leave out: then the program stands in its place.
fn host(text: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let end = memchr::memchr(b' ', text)?;
    let word = &text[..end];
    if word.ends_with(b":") {
        return Some((None, text));
    }
    (!word.is_empty() && word.iter().all(|&byte| HOST_BYTES.has(byte))).then(|| {
        let rest = &text[end + 1..];
        // Firepower writes two blanks before its own mark.
        (Some(word), rest.strip_prefix(b" ").filter(|rest| rest.starts_with(b"%")).unwrap_or(rest))
    })
}

/// The tag `program[pid]: `, where there is one, and the message behind it.
pub(super) fn tag(text: &[u8]) -> (Option<&[u8]>, Option<&[u8]>, &[u8]) {
    let none = (None, None, text);
    let end = up_to(96, text).iter().position(|&byte| !PROGRAM_BYTES.has(byte)).unwrap_or(0);
    let program = &text[..end];
    // Cisco writes `%ASA-4-106023:` or a sequence number there, others `CEF:`, which name no program.
    let names_none = matches!(program, b"CEF" | b"LEEF") || program.iter().all(u8::is_ascii_digit);
    if program.is_empty() || program[0] == b'%' || names_none {
        return none;
    }
    match text.get(end) {
        Some(b':') if matches!(text.get(end + 1), None | Some(b' ')) => {
            (Some(program), None, skip_one_blank(&text[end + 1..]))
        }
        Some(b'[') => {
            let rest = &text[end + 1..];
            let Some(close) = up_to(64, rest).iter().position(|&byte| byte == b']') else { return none };
            let pid = &rest[..close];
            match rest.get(close + 1) {
                Some(b':') => (Some(program), Some(pid), skip_one_blank(&rest[close + 2..])),
                _ => none,
            }
        }
        _ => none,
    }
}

/// So many bytes at the front, or all.
fn up_to(most: usize, text: &[u8]) -> &[u8] {
    text.get(..most).unwrap_or(text)
}

pub(super) fn skip_one_blank(text: &[u8]) -> &[u8] {
    text.strip_prefix(b" ").unwrap_or(text)
}

/// Without a tag only the old header is believed, where a host name and something follows: packet-filter lines
/// that a collector writes come so (`Nov 22 08:04:28 lb01 [UFW BLOCK] IN=eth0`), and network devices.
fn tagless_is_plausible(stamp: Stamp, rest: &[u8]) -> bool {
    let repeated = rest.starts_with(b"last message repeated ") || rest.starts_with(b"message repeated ");
    repeated
        || matches!(stamp, Stamp::Calendar { stated_year: false, .. }) && !rest.is_empty()
        || device::is_untagged(rest)
}
