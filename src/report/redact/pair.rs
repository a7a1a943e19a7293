//! Names with values: `password=x`, `"api_key": "x"`, `?token=x`, `%3Ftoken%3Dx`, `X-Auth-Token: x`.
//!
//! Read by hand and not by one expression: the value of a harmless name (`msg="login password=x"`) can hold a pair that
//! is not harmless, so the search goes on right after the name and not after the value.

use memchr::memchr3;
use std::ops::Range;

/// Anywhere in a name, they make the value a secret.
const ANYWHERE: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "authkey",
    "token",
    "credential",
    "sessionid",
    "sessid",
    "jwt",
    "connectsid",
];
/// As a part of a name, where an equals sign or quotes show that it is a name.
const AS_PART: [&str; 15] = [
    "pass",
    "pwd",
    "pw",
    "passcode",
    "sig",
    "signature",
    "hmac",
    "sid",
    "auth",
    "sess",
    "session",
    "csrf",
    "xsrf",
    "otp",
    "pin",
];
/// As a whole name in the query of a URL.
const IN_QUERY: [&str; 5] = ["key", "code", "state", "ticket", "assertion"];
/// A name that ends so says something about a secret.
const ABOUT: [&str; 28] = [
    "name",
    "type",
    "url",
    "uri",
    "file",
    "path",
    "policy",
    "count",
    "length",
    "size",
    "expired",
    "expires",
    "expiry",
    "expiration",
    "ttl",
    "age",
    "min",
    "max",
    "required",
    "enabled",
    "status",
    "error",
    "attempts",
    "timeout",
    "limit",
    "method",
    "failed",
    "used",
];
/// Values that say something about a secret.
const HARMLESS: [&str; 26] = [
    "yes",
    "no",
    "true",
    "false",
    "null",
    "none",
    "nil",
    "undefined",
    "empty",
    "required",
    "missing",
    "invalid",
    "incorrect",
    "wrong",
    "expired",
    "failed",
    "denied",
    "rejected",
    "not",
    "ok",
    "success",
    "unauthorized",
    "is",
    "was",
    "bearer",
    "basic",
];

/// The values that are secrets, in order.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((name, end)) = next_name(text, at) {
        at = end;
        let mark = &text[name.end..end];
        if is_secret(&text[..name.start], &text[name.clone()], mark) {
            let value = value(text, at, mark);
            if !is_harmless(&text[value.clone()]) {
                at = value.end;
                found.push(value);
            }
        }
    }
    found
}

/// The next name at `from` or behind it that has a value, and where the mark behind it ends.
///
/// It goes from mark to mark and not from name to name: every word may be a name, and to try each of them by a regular
/// expression took longer than all other patterns, and longer to compile than a small report to write.
fn next_name(text: &str, from: usize) -> Option<(Range<usize>, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let mark = at + memchr3(b'=', b':', b'%', &bytes[at..])?;
        at = mark + 1;
        let width = match &bytes[mark..] {
            [b'=', b'>', ..] => 2,
            [b'=' | b':', ..] => 1,
            [b'%', b'3', b'd' | b'D', ..] => 3,
            _ => continue,
        };
        // Between a name and its mark may stand the quote that closes it, with a backslash before, and blanks.
        let before = text[from..mark].trim_end();
        let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
        let before = before.strip_suffix('\\').unwrap_or(before).as_bytes();
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.[]-".contains(byte);
        if !before.last().is_some_and(|last| inside(last) && !b".[-".contains(last)) {
            continue;
        }
        let start = before.iter().rposition(|byte| !inside(byte)).map_or(0, |outside| outside + 1);
        let behind = &text[mark + width..];
        return Some((from + start..from + before.len(), text.len() - behind.trim_start().len()));
    }
}

fn is_secret(before: &str, name: &str, mark: &str) -> bool {
    // Half of what has a mark behind it is the hour or the minute of a timestamp.
    if !name.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(|character: char| !character.is_ascii_alphanumeric()).collect();
    if parts.last().is_some_and(|last| ABOUT.contains(last)) || lower.ends_with("tokens") {
        return false;
    }
    // Parsers of every language say "Unexpected token: }".
    if lower == "token" && before.trim_end().to_ascii_lowercase().ends_with("unexpected") {
        return false;
    }
    // The working directory, as `sudo` and shells write it.
    if matches!(name, "PWD" | "OLDPWD") {
        return false;
    }
    let squashed = parts.concat();
    let in_query = before.ends_with(['?', '&']) || lower.starts_with("3f") || lower.starts_with("26");
    ANYWHERE.iter().any(|word| squashed.contains(word))
        || (mark.contains(['=', '"', '\'']) || mark.contains("%3")) && (parts.iter().any(|part| AS_PART.contains(part)))
        || in_query && IN_QUERY.contains(&lower.trim_start_matches("3f").trim_start_matches("26"))
}

fn is_harmless(value: &str) -> bool {
    let core = value.trim_matches(|character: char| character.is_ascii_punctuation()).to_ascii_lowercase();
    core.is_empty() || HARMLESS.contains(&core.as_str()) || value.starts_with("[secret")
}

/// Where the value that begins at `start` ends. A quote that never closes lasts to the end: the line was cut.
fn value(text: &str, start: usize, mark: &str) -> Range<usize> {
    let rest = &text[start..];
    let quoted = |open: &str, close: &dyn Fn(char) -> bool| {
        let begin = start + open.len();
        let mut escaped = false;
        let end = text[begin..].find(|character| {
            let ends = !escaped && close(character);
            escaped = !escaped && character == '\\';
            ends
        });
        begin..end.map_or(text.len(), |end| begin + end)
    };
    if rest.starts_with("\\\"") {
        // JSON inside of JSON: the closing quote has a backslash too.
        return quoted("\\\"", &|character| matches!(character, '\\' | '"'));
    }
    if rest.starts_with('"') {
        return quoted("\"", &|character| character == '"');
    }
    if rest.starts_with('\'') {
        return quoted("'", &|character| character == '\'');
    }
    let encoded = mark.contains("%3");
    let end = rest
        .char_indices()
        .find(|&(at, character)| {
            character.is_whitespace()
                || matches!(character, '&' | ';' | ',' | '"' | '\'' | '<' | '>' | '\\')
                || encoded && rest[at..].starts_with("%26")
        })
        .map_or(text.len(), |(at, _)| start + at);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::redact::pattern;
    use proptest::prelude::*;
    use regex::Regex;
    use std::sync::LazyLock;

    /// What a name with a value is, as one expression.
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"([A-Za-z0-9_.\[\]-]*[A-Za-z0-9_\]])(\\?["']?\s*(?:=>|[=:]|%3[dD])\s*)"#));

    proptest! {
        #[test]
        fn names_are_found_as_by_the_expression(text in r#"([a-c1\]\[._-]|[ \t\u{a0}é]|[\\"'=:>]|=>|%3[dDx]|[=:%3d]){0,24}"#) {
            let mut at = 0;
            loop {
                let expected = NAME.captures_at(&text, at).map(|captures| {
                    (captures.get(1).unwrap().range(), captures.get(0).unwrap().end())
                });
                let found = next_name(&text, at);
                prop_assert_eq!(&found, &expected, "{:?} from {}", text, at);
                let Some((_, end)) = found else { break };
                at = end;
            }
        }
    }
}
