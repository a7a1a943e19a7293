//! The words for a severity, in the spellings of all products.

/// The severities of syslog, by their number (RFC 5424, table 2).
pub const SYSLOG: [&str; 8] = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];

/// Words for an error, or worse.
#[rustfmt::skip]
const ERRORS: [&str; 11] = [
    "emerg", "emergency", "alert", "crit", "critical", "fatal", "severe", "panic", "dpanic", "error", "err",
];

/// Words for what is less than an error, and cut or misspelt ones that only recognition needs.
#[rustfmt::skip]
const OTHERS: [&str; 57] = [
    "warn", "warning", "notice", "info", "information", "informational", "debug", "trace", "verbose", "fine", "finer",
    "finest", "config", "log", "note", "system", "dbg", "inf", "wrn", "statement", "detail", "hint", "context",
    "location", "query", "debug1", "debug2", "debug3", "debug4", "debug5", "erro", "eror", "debg", "blat", "ftl",
    "fatl", "fail", "trce", "dbug", "trc", "vrb", "alrt", "emrg", "subdebug", "ddebug", "success", "silly", "noise",
    "default", "trace1", "trace2", "trace3", "trace4", "trace5", "trace6", "trace7", "trace8",
];

/// Letters and numbers for an error, or worse. They are no words: `e` and `50` stand in many places that are no level.
const MARKS: [&str; 4] = ["e", "f", "50", "60"];

/// Whether `word` names a severity, in any of the usual spellings.
pub fn is_level(word: &[u8]) -> bool {
    word.len() <= 13 && (names(&ERRORS, word) || names(&OTHERS, word))
}

/// Whether a level is that of an error, or worse.
pub fn is_error(level: &[u8]) -> bool {
    names(&ERRORS, level) || names(&MARKS, level)
}

fn names(list: &[&str], word: &[u8]) -> bool {
    list.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_level_and_a_mark_is_not() {
        assert!(is_level(b"Error") && is_error(b"Error"));
        assert!(is_level(b"WARN") && !is_error(b"WARN"));
        assert!(!is_level(b"50") && is_error(b"50"));
        assert!(!is_level(b"erroneous") && !is_error(b""));
    }
}
