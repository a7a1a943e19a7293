//! Syslog headers: RFC 3164 with and without priority, the same with an ISO-8601 time, RFC 5424.

use super::{Envelope, Peeled};
use crate::model::stamp::{Stamp, Zone};
use crate::model::stamp_format::StampFormat;
use std::borrow::Cow;

/// Takes the syslog header off a line; nothing if it has none.
pub(super) fn peel(line: &[u8]) -> Option<Peeled<'_>> {
    peel_within(line, RELAYS)
}

/// Headers that relays may have put before each other.
const RELAYS: u32 = 2;

fn peel_within(line: &[u8], relays: u32) -> Option<Peeled<'_>> {
    let (priority, rest) = priority(line);
    if let Some(versioned) = rest.strip_prefix(b"1 ")
        && let Some(peeled) = structured(versioned, priority)
    {
        return Some(peeled);
    }
    let (stamp, after) = header_stamp(rest)?;
    let rest = after.strip_prefix(b" ")?;
    let (host, rest) = host(rest)?;
    let (program, pid, message) = tag(rest);
    if program.is_none()
        && relays > 0
        && let Some(inner) = peel_within(rest, relays - 1)
    {
        return Some(relayed(inner, stamp, host, priority));
    }
    // No host and no process id: `Updated: nginx` is a sentence (yum.log), as programs' names are lower case.
    if host.is_none() && pid.is_none() && priority.is_none() && message_like(program) {
        return None;
    }
    // An application's own line may begin like a header: `2026-11-22T08:04:28Z INFO main: started`.
    let level = host.or(program.filter(|_| pid.is_none())).is_some_and(super::is_level_word);
    if level || (program.is_none() && priority.is_none() && !tagless_is_plausible(stamp, rest)) {
        return None;
    }
    let mut peeled = Peeled::of(Envelope::Syslog, message, stamp);
    peeled.host = host.map(Cow::Borrowed);
    peeled.program = program.map(Cow::Borrowed);
    peeled.pid = pid.map(Cow::Borrowed);
    peeled.level = severity(priority);
    Some(peeled)
}

/// What stands in the header of the writer counts more than the relay's, but for a time without year and zone.
fn relayed<'a>(inner: Peeled<'a>, stamp: Stamp, host: Option<&'a [u8]>, priority: Option<u8>) -> Peeled<'a> {
    let complete = match inner.stamp {
        Some(Stamp::Calendar { stated_year, zone, .. }) => stated_year || zone != Zone::Unstated,
        other => other.is_some(),
    };
    Peeled {
        stamp: if complete { inner.stamp } else { Some(stamp) },
        host: inner.host.or(host.map(Cow::Borrowed)),
        level: inner.level.or(severity(priority)),
        ..inner
    }
}

fn message_like(program: Option<&[u8]>) -> bool {
    program.is_some_and(|program| program.first().is_some_and(u8::is_ascii_uppercase))
}

fn priority(line: &[u8]) -> (Option<u8>, &[u8]) {
    // Over TCP a frame may begin with its length (RFC 6587, octet counting).
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let line = match line.get(digits..) {
        Some([b' ', rest @ ..]) if digits > 0 && rest.first() == Some(&b'<') => rest,
        _ => line,
    };
    let Some(rest) = line.strip_prefix(b"<") else { return (None, line) };
    let Some(close) = rest.iter().take(4).position(|&byte| byte == b'>') else { return (None, line) };
    match std::str::from_utf8(&rest[..close]).ok().and_then(|digits| digits.parse().ok()) {
        Some(value @ 0..=191) => (Some(value), rest[close + 1..].trim_ascii_start()),
        _ => (None, line),
    }
}

fn severity(priority: Option<u8>) -> Option<&'static str> {
    priority.and_then(|value| super::severity(&[b'0' + (value & 7)]))
}

/// The time of a header: `Nov 22 08:04:28`, or ISO-8601 with a `T` (with a blank it is an application's own).
fn header_stamp(text: &[u8]) -> Option<(Stamp, &[u8])> {
    let text = text.strip_prefix(b"*").or_else(|| text.strip_prefix(b".")).unwrap_or(text);
    // `journalctl -o short-full` puts the weekday before a date with blanks and a zone.
    if let Some([b' ', date @ ..]) = text.get(3..)
        && text[..3].iter().all(u8::is_ascii_alphabetic)
        && date.first().is_some_and(u8::is_ascii_digit)
        && let Some((stamp, taken)) = StampFormat::Iso.read(date)
    {
        // The name of a zone that is not known stays behind the time.
        let rest = &date[taken..];
        let zone = rest.strip_prefix(b" ").map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_uppercase()).count());
        let named = (3..=5).contains(&zone) && rest.get(zone + 1) == Some(&b' ');
        return Some((stamp, if named { &rest[zone + 1..] } else { rest }));
    }
    let format = match text.first()? {
        // `journalctl -o short-unix`.
        b'0'..=b'9' if text.get(10) == Some(&b'.') && text.get(17) == Some(&b' ') => StampFormat::Epoch,
        b'0'..=b'9' if text.get(10) == Some(&b'T') => StampFormat::Iso,
        b'A'..=b'Z' | b'a'..=b'z' => StampFormat::Syslog,
        _ => return None,
    };
    // RFC 5424 allows six digits; the nine of `docker events` are an application's own.
    let seven_digits = |fraction: &[u8]| fraction[0] == b'.' && fraction[1..].iter().all(u8::is_ascii_digit);
    if format == StampFormat::Iso && text.get(19..27).is_some_and(seven_digits) {
        return None;
    }
    let (stamp, taken) = format.read(text)?;
    Some((stamp, text.get(taken..)?))
}

/// The host, which some writers leave out: then the program stands in its place.
fn host(text: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let end = memchr::memchr(b' ', text)?;
    let word = &text[..end];
    if word.ends_with(b":") {
        return Some((None, text));
    }
    let allowed = |&byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'/' | b'@');
    (!word.is_empty() && word.iter().all(allowed)).then(|| (Some(word), &text[end + 1..]))
}

/// The tag `program[pid]: `, where there is one, and the message behind it.
fn tag(text: &[u8]) -> (Option<&[u8]>, Option<&[u8]>, &[u8]) {
    let none = (None, None, text);
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'(' | b')' | b'@' | b'%' | b'\\' | b'+')
    };
    let end = text.iter().take(96).position(|&byte| !allowed(byte)).unwrap_or(0);
    let program = &text[..end];
    if program.is_empty() {
        return none;
    }
    match text.get(end) {
        Some(b':') if matches!(text.get(end + 1), None | Some(b' ')) => {
            (Some(program), None, skip_one_blank(&text[end + 1..]))
        }
        Some(b'[') => {
            let rest = &text[end + 1..];
            let Some(close) = rest.iter().take(64).position(|&byte| byte == b']') else { return none };
            let pid = &rest[..close];
            match rest.get(close + 1) {
                Some(b':') => (Some(program), Some(pid), skip_one_blank(&rest[close + 2..])),
                _ => none,
            }
        }
        _ => none,
    }
}

fn skip_one_blank(text: &[u8]) -> &[u8] {
    text.strip_prefix(b" ").unwrap_or(text)
}

/// Without a tag only the old header is believed, where a host name and something follows: packet-filter lines
/// that a collector writes come so (`Nov 22 08:04:28 lb01 [UFW BLOCK] IN=eth0`), and network devices.
fn tagless_is_plausible(stamp: Stamp, rest: &[u8]) -> bool {
    let repeated = rest.starts_with(b"last message repeated ") || rest.starts_with(b"message repeated ");
    repeated || (matches!(stamp, Stamp::Calendar { stated_year: false, .. }) && !rest.is_empty())
}

/// RFC 5424 behind its version: `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID SD MSG`.
fn structured(text: &[u8], priority: Option<u8>) -> Option<Peeled<'_>> {
    let mut words = text.splitn(6, |&byte| byte == b' ');
    let (stamp, host, program, pid, _message_id) =
        (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let rest = words.next().unwrap_or_default();
    let stamp = match stamp {
        b"-" => None,
        _ => Some(StampFormat::Iso.read(stamp)?.0),
    };
    let message = skip_structured_data(rest)?;
    let present = |word| if word == b"-" { None } else { Some(Cow::Borrowed(word)) };
    Some(Peeled {
        by: Envelope::Syslog,
        message: Cow::Borrowed(message.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(message)),
        stamp,
        host: present(host),
        program: present(program),
        pid: present(pid),
        level: severity(priority),
        unfinished: false,
    })
}

/// What stands behind the structured data. Where there is no message, the data is the message.
fn skip_structured_data(text: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = text.strip_prefix(b"-") {
        return Some(skip_one_blank(rest));
    }
    let mut at = 0;
    while text.get(at) == Some(&b'[') {
        let mut quoted = false;
        loop {
            at += 1;
            match text.get(at)? {
                b'\\' if quoted => at += 1,
                b'"' => quoted = !quoted,
                b']' if !quoted => break,
                _ => {}
            }
        }
        at += 1;
    }
    let message = skip_one_blank(text.get(at..)?);
    (at > 0).then_some(if message.is_empty() { text } else { message })
}
