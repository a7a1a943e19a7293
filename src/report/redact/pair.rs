//! Names with values: `password=x`, `"api_key": "x"`, `?token=x`, `%3Ftoken%3Dx`, `X-Auth-Token: x`.
//!
//! Read by hand and not by one expression: the value of a harmless name (`msg="login password=x"`) can hold a pair that
//! is not harmless, so the search goes on right after the name and not after the value.

use super::pattern;
use regex::Regex;
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

/// Finds names with values.
pub(super) struct Pairs {
    name: Regex,
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self { name: pattern(r#"([A-Za-z0-9_.\[\]-]*[A-Za-z0-9_\]])(\\?["']?\s*(?:=>|[=:]|%3[dD])\s*)"#) }
    }

    /// The values that are secrets, in order.
    pub(super) fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(captures) = self.name.captures_at(text, at) {
            let (Some(whole), Some(name), Some(mark)) = (captures.get(0), captures.get(1), captures.get(2)) else {
                break;
            };
            at = whole.end();
            if is_secret(&text[..name.start()], name.as_str(), mark.as_str()) {
                let value = value(text, at, mark.as_str());
                if !is_harmless(&text[value.clone()]) {
                    at = value.end;
                    found.push(value);
                }
            }
        }
        found
    }
}

fn is_secret(before: &str, name: &str, mark: &str) -> bool {
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
