//! A line cut into cells: at blanks, tabs, commas and the like, with quotes and brackets that hold cells together.

use std::borrow::Cow;

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Separator {
    byte: u8,
    /// Whether `"` and `[` keep the separators behind them from separating.
    quotes: bool,
}

impl Separator {
    /// Blanks, and nothing but blanks.
    pub(super) const BLANKS: Self = Self { byte: b' ', quotes: false };

    /// The separator that layout files call `name`.
    pub(super) fn from_name(name: &str, quotes: bool) -> Option<Self> {
        let byte = match name {
            "blank" => b' ',
            "tab" => b'\t',
            "comma" => b',',
            "semicolon" => b';',
            "bar" => b'|',
            _ => return None,
        };
        Some(Self { byte, quotes })
    }

    /// Whether blanks or tabs separate, so that a name cannot hold one.
    pub(super) fn is_blank(self) -> bool {
        matches!(self.byte, b' ' | b'\t')
    }

    /// The cells of a line, without their quotes.
    pub(super) fn split(self, line: &[u8]) -> Vec<Cow<'_, [u8]>> {
        let mut cells = Vec::with_capacity(24);
        let mut at = 0;
        while at <= line.len() {
            if self.byte != b'\t' {
                at += line[at..].iter().take_while(|&&byte| byte == b' ').count();
            }
            if at == line.len() && self.byte == b' ' {
                break;
            }
            let (cell, end) = self.cell(line, at);
            cells.push(cell);
            at = end + 1;
        }
        cells
    }

    /// At least as many as [`Separator::split`] gives.
    pub(super) fn most_cells(self, line: &[u8]) -> usize {
        let ends = memchr::memchr_iter(self.byte, line).count();
        // A cell in brackets ends with them, whatever stands behind it.
        let brackets = if self.quotes && self.byte == b' ' { memchr::memchr_iter(b']', line).count() } else { 0 };
        1 + ends + brackets
    }

    /// The cell that begins at `at`, and where the separator behind it stands.
    fn cell(self, line: &[u8], at: usize) -> (Cow<'_, [u8]>, usize) {
        let rest = &line[at..];
        let plain = memchr::memchr(self.byte, rest).unwrap_or(rest.len());
        if self.quotes && rest.first() == Some(&b'"') {
            return self.quoted(line, at);
        }
        // `[06/Feb/2026:00:00:38 +0000]`, but not `[2001:db8::1]:443`.
        if self.quotes
            && self.byte == b' '
            && rest.first() == Some(&b'[')
            && !rest[..plain].contains(&b']')
            && let Some(close) = memchr::memchr(b']', rest)
        {
            return (Cow::Borrowed(&rest[1..close]), (at + close + 1).min(line.len()));
        }
        (Cow::Borrowed(rest[..plain].trim_ascii_end()), at + plain)
    }

    fn quoted(self, line: &[u8], at: usize) -> (Cow<'_, [u8]>, usize) {
        let inside = &line[at + 1..];
        let mut from = 0;
        let mut doubled = false;
        while let Some(offset) = memchr::memchr(b'"', &inside[from..]) {
            let quote = from + offset;
            let slashes = inside[..quote].iter().rev().take_while(|&&byte| byte == b'\\').count();
            match inside.get(quote + 1) {
                Some(b'"') if !self.is_blank() => {
                    doubled = true;
                    from = quote + 2;
                }
                next if next.is_none_or(|&next| next == self.byte) && slashes % 2 == 0 => {
                    return (unquoted(&inside[..quote], doubled), at + 2 + quote);
                }
                _ => from = quote + 1,
            }
        }
        // The line was cut inside the quotes.
        (unquoted(inside, doubled), line.len())
    }
}

fn unquoted(inside: &[u8], doubled: bool) -> Cow<'_, [u8]> {
    if !doubled {
        return Cow::Borrowed(inside);
    }
    let mut text = Vec::with_capacity(inside.len());
    let mut quote_before = false;
    for &byte in inside {
        quote_before = byte == b'"' && !quote_before;
        if byte != b'"' || quote_before {
            text.push(byte);
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(name: &str, quotes: bool, line: &str) -> Vec<String> {
        let separator = Separator::from_name(name, quotes).unwrap();
        let cells = separator.split(line.as_bytes());
        assert!(cells.len() <= separator.most_cells(line.as_bytes()), "{line}");
        cells.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
    }

    #[test]
    fn blanks_quotes_and_brackets() {
        assert_eq!(cells("blank", true, r#"a  "b \" c" [d e] [::1]:80 """#), ["a", r#"b \" c"#, "d e", "[::1]:80", ""]);
        assert_eq!(cells("blank", false, r#"a "b c" "#), ["a", "\"b", "c\""]);
        assert_eq!(cells("blank", true, r#"a "cut b"#), ["a", "cut b"]);
    }

    proptest! {
        #[test]
        fn no_more_cells_than_marks(line in prop::collection::vec(prop::sample::select(&b" \t,;|\"[]\\ab"[..]), 0..40)) {
            for name in ["blank", "tab", "comma", "semicolon", "bar"] {
                for quotes in [false, true] {
                    let separator = Separator::from_name(name, quotes).unwrap();
                    prop_assert!(separator.split(&line).len() <= separator.most_cells(&line));
                }
            }
        }
    }

    #[test]
    fn commas_and_tabs() {
        assert_eq!(cells("comma", true, r#"a,"b, ""c""",,d, e"#), ["a", r#"b, "c""#, "", "d", "e"]);
        assert_eq!(cells("tab", true, "a\t\tb c\t"), ["a", "", "b c", ""]);
        assert_eq!(cells("comma", true, ""), [""]);
    }
}
