//! Syslog by RFC 5424, behind the version.

use super::syslog::severity;
use super::{Envelope, Peeled};
use crate::model::stamp_format::StampFormat;
use std::borrow::Cow;

/// RFC 5424 behind its version: `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID SD MSG`.
pub(super) fn peel(text: &[u8], priority: Option<u8>) -> Option<Peeled<'_>> {
    let mut words = text.splitn(6, |&byte| byte == b' ');
    let (stamp, host, program, pid, message_id) =
        (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
    let rest = words.next().unwrap_or_default();
    let stamp = match stamp {
        b"-" => None,
        _ => Some(StampFormat::Iso.read(stamp)?.0),
    };
    let message = match data_end(rest)? {
        // The message says it all; where it does not, the id and the data in front of it are part of what is said.
        // rsyslog keeps the blank that RFC 3164 has behind the tag at the head of the message.
        end if is_told(rest, end) => rest[end..].trim_ascii_start(),
        _ if message_id == b"-" => rest,
        _ => &text[text.len() - rest.len() - 1 - message_id.len()..],
    };
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

/// Whether the message behind the structured data says all that the program said. Not where there is none, and not
/// where the vendor's own data is the record and the message a rendering of it.
fn is_told(text: &[u8], end: usize) -> bool {
    const RECORDS: [&[u8]; 3] = [b"[junos@", b"[F5@", b"[Fields@"];
    text.starts_with(b"-") || !text[end..].trim_ascii().is_empty() && !RECORDS.iter().any(|id| text.starts_with(id))
}

/// Where the structured data at the front of `text` ends.
fn data_end(text: &[u8]) -> Option<usize> {
    if text.first() == Some(&b'-') {
        return Some(1);
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
    (at > 0).then_some(at)
}
