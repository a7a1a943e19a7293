//! What network devices do to a syslog header.

use super::syslog::SEVERITIES;
use crate::model::lanes::first_of;

/// The text without a zone's abbreviation at its front, which states no offset that could be relied on (`IST`).
pub(super) fn without_zone(text: &[u8]) -> &[u8] {
    const ZONES: [&[u8]; 27] = [
        b"EST", b"EDT", b"CST", b"CDT", b"MST", b"MDT", b"PST", b"PDT", b"CET", b"CEST", b"MET", b"MEST", b"WET",
        b"WEST", b"BST", b"EET", b"EEST", b"MSK", b"JST", b"KST", b"HKT", b"SGT", b"IST", b"AEST", b"AEDT", b"NZST",
        b"NZDT",
    ];
    let Some(word) = text.strip_prefix(b" ") else { return text };
    let end = word.iter().position(|byte| !byte.is_ascii_uppercase()).unwrap_or(word.len());
    if end >= 3 && ZONES.contains(&&word[..end]) && matches!(word.get(end), Some(b' ' | b':')) {
        &word[end..]
    } else {
        text
    }
}

/// Cisco's message where the host and the tag should stand, or behind a colon of its own: `: %ASA-4-106023: Deny`.
pub(super) fn message(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b" ").unwrap_or(text);
    let rest = rest.strip_prefix(b": ")?;
    is_mnemonic(rest).then_some(rest)
}

/// `%FACILITY-SEVERITY-MNEMONIC`.
fn is_mnemonic(text: &[u8]) -> bool {
    text.first() == Some(&b'%') && text.get(1).is_some_and(u8::is_ascii_uppercase)
}

/// `kern.warn ` at the front, which BusyBox and OpenWrt write: the severity, and the rest.
pub(super) fn facility(text: &[u8]) -> Option<(&'static str, &[u8])> {
    const FACILITIES: [&[u8]; 13] = [
        b"kern",
        b"user",
        b"mail",
        b"daemon",
        b"auth",
        b"syslog",
        b"lpr",
        b"news",
        b"uucp",
        b"cron",
        b"authpriv",
        b"ftp",
        b"security",
    ];
    let front = &text[..text.len().min(24)];
    let dot = first_of(*b". ", front);
    if front.get(dot) != Some(&b'.') {
        return None;
    }
    let end = dot + front[dot..].iter().position(|&byte| byte == b' ')?;
    let (facility, severity) = (&text[..dot], &text[dot + 1..end]);
    if !FACILITIES.contains(&facility) && !facility.starts_with(b"local") {
        return None;
    }
    let severity: &[u8] = match severity {
        b"err" => b"error",
        b"warn" => b"warning",
        b"panic" => b"emerg",
        other => other,
    };
    let level = SEVERITIES.iter().find(|name| name.as_bytes() == severity)?;
    Some((level, &text[end + 1..]))
}

/// Whether a message without a tag is a device's: these begin so, also behind an ISO timestamp.
pub(super) fn is_untagged(text: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 14] = [
        b"date=",
        b"id=",
        b"device=",
        b"device_name=",
        b"CEF:",
        b"LEEF:",
        b"1,20",
        b"firewall,",
        b"interface,",
        b"system,",
        b"ASM:",
        b"RT_FLOW",
        b"[UFW ",
        b"<",
    ];
    let numbered = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    is_mnemonic(text)
        || BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        || numbered > 0 && text[numbered..].starts_with(b": ")
        || memchr::memmem::find(text, b"IN=").is_some() && memchr::memmem::find(text, b" OUT=").is_some()
        || is_leveled_tag(text)
}

/// `notice mcpd[6503]: ` (F5 writes the severity in front of the tag).
fn is_leveled_tag(text: &[u8]) -> bool {
    let Some(blank) = memchr::memchr(b' ', text) else { return false };
    let tag = &text[blank + 1..];
    let name = tag.iter().take_while(|&&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')).count();
    let digits = tag.get(name + 1..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
    matches!(&text[..blank], b"emerg" | b"alert" | b"crit" | b"err" | b"warning" | b"notice" | b"info" | b"debug")
        && name > 0
        && digits > 0
        && tag.get(name) == Some(&b'[')
        && tag[name + 1 + digits..].starts_with(b"]: ")
}

/// Whether a time and this is no header but a packet that tcpdump printed from pf: `rule 5/0(match): block in on em0`.
pub(super) fn is_packet(text: &[u8]) -> bool {
    text.strip_prefix(b"rule ").is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
}
