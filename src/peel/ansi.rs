//! Terminal escape sequences: programs that take a pipe for a terminal colour their lines.

use std::borrow::Cow;

/// The byte that begins every sequence.
const ESCAPE: u8 = 0x1B;

/// Whether there is an escape sequence anywhere in `text`.
pub fn is_in(text: &[u8]) -> bool {
    memchr::memchr(ESCAPE, text).is_some()
}

/// `text` without escape sequences; borrowed where it has none, which one search settles.
pub fn strip(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(ESCAPE, text) else {
        return Cow::Borrowed(text);
    };
    let mut out = Vec::with_capacity(text.len());
    out.extend_from_slice(&text[..first]);
    let mut at = first;
    while let Some(&byte) = text.get(at) {
        if byte == ESCAPE {
            at += sequence(&text[at..]);
        } else {
            out.push(byte);
            at += 1;
        }
    }
    Cow::Owned(out)
}

/// Length of the sequence that `text` begins with (ECMA-48): `ESC [` parameters and a final letter, `ESC ]` up to BEL,
/// or `ESC` and one character. A line feed is never part of one.
fn sequence(text: &[u8]) -> usize {
    match text.get(1) {
        Some(b'[') => {
            let parameters = text[2..].iter().take_while(|&&byte| (0x20..=0x3F).contains(&byte)).count();
            2 + parameters + usize::from(text.get(2 + parameters).is_some_and(|byte| (0x40..=0x7E).contains(byte)))
        }
        Some(b']') => {
            let end = text.iter().position(|&byte| byte == 0x07 || byte == b'\n').unwrap_or(text.len());
            end + usize::from(text.get(end) == Some(&0x07))
        }
        Some(b'\n') | None => 1,
        Some(_) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_text_stays() {
        for (text, expected) in [
            ("\x1b[2m2026-11-22\x1b[0m \x1b[31mERROR\x1b[0m x", "2026-11-22 ERROR x"),
            ("\x1b]0;title\x07text\x1b", "text"),
            ("\x1b[1;31", ""),
            ("a\x1b\nb", "a\nb"),
        ] {
            assert_eq!(strip(text.as_bytes()).as_ref(), expected.as_bytes(), "{text:?}");
        }
        assert!(matches!(strip(b"plain"), Cow::Borrowed(_)));
    }
}
