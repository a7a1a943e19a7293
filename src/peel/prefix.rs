//! What tools put before the lines of containers and processes: Compose, `kubectl logs --prefix`, pm2, `--timestamps`.

use super::{Envelope, Peeled};
use crate::model::stamp_format::StampFormat;
use std::borrow::Cow;

/// `app-1  | line` (Compose), `0|app  | line` (pm2), `[pod/app-7d9c/app] line` (kubectl).
pub(super) fn named(line: &[u8]) -> Option<Peeled<'_>> {
    let (name, message) = kubectl(line).or_else(|| column(line))?;
    Some(Peeled {
        stamp: None,
        host: Some(Cow::Borrowed(name)),
        ..Peeled::of(Envelope::Prefix, message, crate::model::stamp::Stamp::Epoch(0))
    })
}

fn kubectl(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line.strip_prefix(b"[pod/").or_else(|| line.strip_prefix(b"[job/"))?;
    let close = memchr::memchr(b']', rest)?;
    let slash = memchr::memchr(b'/', &rest[..close])?;
    let message = rest[close + 1..].strip_prefix(b" ")?;
    is_name(&rest[..slash]).then_some((&rest[..slash], message))
}

fn column(line: &[u8]) -> Option<(&[u8], &[u8])> {
    // pm2 puts the number of the process before its name.
    let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let start = if digits > 0 && line.get(digits) == Some(&b'|') { digits + 1 } else { 0 };
    let rest = &line[start..];
    let length = rest.iter().position(|&byte| byte == b' ' || byte == b'|').filter(|&length| length <= 80)?;
    let blanks = rest[length..].iter().take_while(|&&byte| byte == b' ').count();
    let message = rest[length + blanks..].strip_prefix(b"|")?;
    let message = message.strip_prefix(b" ").unwrap_or(message);
    // A bare `a|b` is a table of the application's own.
    (blanks > 0 && is_name(&rest[..length])).then_some((&rest[..length], message))
}

fn is_name(word: &[u8]) -> bool {
    word.first().is_some_and(u8::is_ascii_alphanumeric)
        && word.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

/// `docker logs --timestamps` and `kubectl logs --timestamps`: RFC 3339 with nine digits, one blank, the line.
pub(super) fn stamped(line: &[u8]) -> Option<Peeled<'_>> {
    // Nine digits tell it from an application's own stamps: `2026-11-22T08:04:28.222304123Z `.
    if line.get(19) != Some(&b'.') || line.get(29) != Some(&b'Z') || line.get(30) != Some(&b' ') {
        return None;
    }
    let (stamp, taken) = StampFormat::Iso.read(line)?;
    let message = line.get(taken + 1..)?;
    let word = message.split(|&byte| byte == b' ').next().unwrap_or_default();
    let level = word.trim_ascii_end();
    // An application that writes nanoseconds goes on with its level.
    let own = level.len() <= 9 && super::is_level_word(level);
    (taken == 30 && !own).then(|| Peeled::of(Envelope::Stamped, message, stamp))
}

/// `aws logs tail`: `2026-11-22T08:04:28.500000+00:00 web/nginx/5f0a line`. The slash tells a stream from a machine.
pub(super) fn tailed(line: &[u8]) -> Option<Peeled<'_>> {
    if line.get(19) != Some(&b'.') || line.get(26..33) != Some(b"+00:00 ") {
        return None;
    }
    let (stamp, taken) = StampFormat::Iso.read(line)?;
    let rest = line.get(taken + 1..)?;
    let blank = memchr::memchr(b' ', rest)?;
    let stream = &rest[..blank];
    let is_stream = stream.contains(&b'/') && !stream.starts_with(b"/") && !stream.ends_with(b":");
    (taken == 32 && is_stream).then(|| Peeled::of(Envelope::CloudWatch, &rest[blank + 1..], stamp))
}
