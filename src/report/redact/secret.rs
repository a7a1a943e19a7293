//! What nobody else may read, by how it looks or by what stands before it.

use super::hint::{Hint, Standing};
use super::{MASK, pair, pattern, replaced};
use regex::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// How sure a pattern is of what it found.
#[derive(Clone, Copy, PartialEq)]
enum Sure {
    /// Nothing else looks so.
    Yes,
    /// Prose can look so too: the value must look drawn by lot.
    IfRandom,
    /// A word of status can stand there.
    UnlessWord,
}

/// Patterns in the order in which they are applied; the group `s` (the whole match where there is none) is the secret.
/// Repeated classes are ASCII: each repetition of a Unicode `\w` costs a few hundred states.
const PATTERNS: &[(&str, Hint, Sure)] = &[
    (
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----(?<s>[\s\S]*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|\z)",
        Hint::Words(&[&["private key"]]),
        Sure::Yes,
    ),
    // A line of such a block, logged line by line.
    (r"(?m)^\s*(?<s>[A-Za-z0-9+/]{60,}={0,2})\s*$", Hint::LongWord, Sure::IfRandom),
    (
        r#"(?i)\bauthorization\\?["']?\s*(?:=>|[=:])\s*\\?["']?(?:digest|aws4-hmac-sha256|hawk|oauth)\s+(?<s>[^\r\n]+)"#,
        Hint::Words(&[&["authorization"]]),
        Sure::Yes,
    ),
    (
        r#"(?i)\bauthorization\\?["']?\s*(?:=>|[=:])\s*\\?["']?(?:bearer|basic|token|negotiate|ntlm|apikey|key)\s+(?<s>[^\s"',;\\]+)"#,
        Hint::Words(&[&["authorization"]]),
        Sure::Yes,
    ),
    (
        r#"(?i)\bauthorization\\?["']?\s*(?:=>|[=:])\s*\\?["']?(?<s>[^\s"',;\\]+)"#,
        Hint::Words(&[&["authorization"]]),
        Sure::UnlessWord,
    ),
    (r"(?i)\b(?:bearer|basic)\s+(?<s>[A-Za-z0-9._~+/-]{8,}=*)", Hint::Words(&[&["bearer", "basic"]]), Sure::IfRandom),
    (
        r#"(?i)\b(?:set-)?cookie2?\\?["']?\s*(?:=>|[=:])\s*\\?["']?(?<s>[^\s=;,"\\]+=[^\s;,"\\]*(?:;\s*[^\s=;,"\\]+(?:=[^\s;,"\\]*)?)*)"#,
        Hint::Words(&[&["cookie"]]),
        Sure::Yes,
    ),
    (r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?", Hint::Words(&[&["eyj"]]), Sure::Yes),
    (
        r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ABIA|ACCA)[A-Z0-9]{16}\b",
        Hint::Words(&[&["akia", "asia", "agpa", "aida", "aroa", "anpa", "abia", "acca"]]),
        Sure::Yes,
    ),
    (
        r"(?-u:\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{8,}|[srp]k_(?:live|test)_\w{8,}|AIza[\w-]{30,}|npm_\w{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|sk-[\w-]{20,}|hv[sbr]\.[\w-]{20,}|dop_v1_\w{20,}|pypi-[\w-]{20,}))",
        Hint::Words(&[&[
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "xox",
            "k_live_",
            "k_test_",
            "aiza",
            "npm_",
            "sg.",
            "sk-",
            "hvs.",
            "hvb.",
            "hvr.",
            "dop_v1_",
            "pypi-",
        ]]),
        Sure::Yes,
    ),
    (r"hooks\.slack\.com/services/(?<s>[^\s\x22']+)", Hint::Words(&[&["hooks.slack.com"]]), Sure::Yes),
    (r#"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@"'<>]*:(?<s>[^\s/"'<>]+)@"#, Hint::Words(&[&["://"], &["@"]]), Sure::Yes),
    (r"(?i)\b[a-z][a-z0-9+.-]*://(?<s>[A-Za-z0-9_.~-]{16,})@", Hint::Words(&[&["://"], &["@"]]), Sure::Yes),
    (r#"\b[\w.-]+:(?<s>[^\s:@/"']+)@(?:tcp|unix)\("#, Hint::Words(&[&["@tcp(", "@unix("]]), Sure::Yes),
    (
        r#"(?i)(?:^|\s)--?(?:\w+-)*(?:password|passwd|pass|passphrase|token|secret|api-?key|access-?key|secret-?key)\s+["']?(?<s>[^\s"'-][^\s"']*)"#,
        Hint::Words(&[&["-"], &["pass", "token", "secret", "key"]]),
        Sure::UnlessWord,
    ),
    (
        r#"\b(?:mysql\w*|mariadb[\w-]*|sshpass)\b[^\r\n]*?\s-p\s?["']?(?<s>[^\s"']+)"#,
        Hint::Words(&[&["mysql", "mariadb", "sshpass"], &["-p"]]),
        Sure::Yes,
    ),
    (
        r#"(?i)\bcurl\b[^\r\n]*?\s(?:-u|--user)[\s=]["']?[^\s:"']*:(?<s>[^\s"']+)"#,
        Hint::Words(&[&["curl"], &["-u", "--user"]]),
        Sure::Yes,
    ),
    (
        r#"(?i)\bidentified\s+(?:with\s+\S+\s+)?by\s+(?:password\s+)?["'](?<s>[^"']+)"#,
        Hint::Words(&[&["identified"]]),
        Sure::Yes,
    ),
    (r"(?i)\bpassword\s+'(?<s>[^']+)'", Hint::Words(&[&["password"]]), Sure::UnlessWord),
];

/// Finds secrets.
pub(super) struct Secrets {
    patterns: Vec<OnceLock<Regex>>,
}

impl Secrets {
    pub(super) fn new() -> Self {
        Self { patterns: PATTERNS.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The text without its secrets, each of which is shown to `found` first.
    pub(super) fn mask(&self, text: &str, mut found: impl FnMut(&str)) -> String {
        let mut masked = Cow::Borrowed(text);
        let standing = Standing::of(text);
        for (compiled, (source, hint, sure)) in self.patterns.iter().zip(PATTERNS) {
            if !standing.may_have(hint) {
                continue;
            }
            let regex = compiled.get_or_init(|| pattern(source));
            let ranges: Vec<Range<usize>> = regex
                .captures_iter(&masked)
                .filter_map(|captures| captures.name("s").or_else(|| captures.get(0)))
                .filter(|secret| is_one(secret.as_str(), *sure))
                .map(|secret| secret.range())
                .collect();
            take(&mut masked, &ranges, &mut found);
        }
        let ranges = pair::find(&masked);
        take(&mut masked, &ranges, &mut found);
        masked.into_owned()
    }
}

/// Masks some ranges of a text.
fn take(text: &mut Cow<'_, str>, ranges: &[Range<usize>], found: &mut impl FnMut(&str)) {
    if ranges.is_empty() {
        return;
    }
    let parts: Vec<_> = ranges.iter().map(|range| (range.clone(), MASK.to_owned())).collect();
    ranges.iter().for_each(|range| found(&text[range.clone()]));
    *text = Cow::Owned(replaced(text, &parts));
}

fn is_one(value: &str, sure: Sure) -> bool {
    if value.starts_with(MASK) {
        return false;
    }
    match sure {
        Sure::Yes => true,
        Sure::IfRandom => {
            let upper_inside = value.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
            let lower = value.bytes().any(|byte| byte.is_ascii_lowercase());
            value.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=') || upper_inside && lower
        }
        Sure::UnlessWord => {
            const WORDS: [&str; 22] = [
                "failed",
                "failure",
                "denied",
                "required",
                "none",
                "null",
                "ok",
                "success",
                "succeeded",
                "error",
                "missing",
                "invalid",
                "header",
                "bearer",
                "basic",
                "token",
                "negotiate",
                "ntlm",
                "apikey",
                "key",
                "digest",
                "hawk",
            ];
            !WORDS.contains(&value.to_ascii_lowercase().trim_end_matches('.'))
        }
    }
}
