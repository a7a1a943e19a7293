//! The shape of a message: what is left when its variable parts are taken out.
//!
//! The same line gives the same shape whatever came before it. Miners that learn templates from the order of arrival
//! (Drain and its kin) find finer shapes, but parts of a log would learn different ones, and could not be merged.

use crate::model::byte_set::ByteSet;
use crate::model::lanes::{first_of, words};
use crate::model::lossy::lossy;
use std::ops::Range;

/// What stands around the core of a word.
const AROUND: ByteSet = ByteSet::of(b"!\"#$%&'()*+,-.:;<=>?@[\\]^`{|}~");
/// Longest shape, in bytes; what follows distinguishes nothing.
const MAX_LENGTH: usize = 200;

/// Puts the shape of `message` to `shape`, whatever stood there: its first line, with numbers, ids, addresses, paths and
/// quoted text masked.
pub fn shape_into(message: &[u8], shape: &mut String) {
    let line = &message[..message.len().min(4 * MAX_LENGTH)];
    let line = lossy(&line[..first_of(*b"\n", line)]);
    shape.clear();
    // What was gone through, and what of it is written.
    let (mut end, mut written) = (0, 0);
    for (word, has_digit) in words(line.as_bytes()) {
        if let Some((core, mask)) = masked(&line.as_bytes()[word.clone()], has_digit) {
            shape.push_str(&line[written..word.start + core.start]);
            shape.push_str(mask);
            written = word.start + core.end;
        }
        end = word.end;
        if shape.len() + (end - written) >= MAX_LENGTH {
            break;
        }
    }
    shape.push_str(&line[written..end]);
    let cut = (0..=MAX_LENGTH.min(shape.len())).rev().find(|&at| shape.is_char_boundary(at));
    shape.truncate(cut.unwrap_or(0));
}

/// The same as a text of its own.
pub fn shape(message: &[u8]) -> String {
    let mut shape = String::with_capacity(MAX_LENGTH);
    shape_into(message, &mut shape);
    shape
}

/// Where in a word its variable part stands, and what stands for it. A digit is no byte that stands around one.
fn masked(word: &[u8], has_digit: bool) -> Option<(Range<usize>, &'static str)> {
    // Most words say at their first byte that they are none of it.
    let first = *word.first()?;
    if !has_digit && first != b'/' && !AROUND.has(first) && (word.len() < 8 || !first.is_ascii_hexdigit()) {
        return None;
    }
    let start = word.iter().position(|byte| !AROUND.has(*byte))?;
    let end = word.iter().rposition(|byte| !AROUND.has(*byte))? + 1;
    let core = &word[start..end];
    if core[0] == b'/' && core.len() > 1 {
        return Some((start..end, "<path>"));
    }
    let hexadecimal = || core.len() >= 8 && core.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    (has_digit || hexadecimal()).then_some((start..end, "<*>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Character by character.
    fn plain(message: &str) -> String {
        let is_around = |character: char| character.is_ascii_punctuation() && !matches!(character, '/' | '_');
        let mask = |word: &str| {
            let core = word.trim_matches(is_around);
            let hexadecimal = |character: char| character.is_ascii_hexdigit() || character == '-';
            let mask = match core {
                "" => return word.to_owned(),
                _ if core.starts_with('/') && core.len() > 1 => "<path>",
                _ if core.contains(|character: char| character.is_ascii_digit()) => "<*>",
                _ if core.len() >= 8 && core.chars().all(hexadecimal) => "<*>",
                _ => core,
            };
            let start = word.len() - word.trim_start_matches(is_around).len();
            [&word[..start], mask, &word[start + core.len()..]].concat()
        };
        let words: Vec<String> = message.split('\n').take(1).flat_map(|line| line.split(' ')).map(mask).collect();
        let shape = words.join(" ");
        shape
            .char_indices()
            .take_while(|(at, letter)| at + letter.len_utf8() <= MAX_LENGTH)
            .map(|(_, letter)| letter)
            .collect()
    }

    proptest! {
        #[test]
        fn all_at_once_as_character_by_character(message in "([a-f_/ä.:(]{0,3}[0-9ax\\-\"']{0,9}[ \n]{0,2}){0,40}") {
            prop_assert_eq!(shape(message.as_bytes()), plain(&message), "{}", message);
        }
    }

    #[test]
    fn variable_parts_are_masked() {
        assert_eq!(
            shape(b"order 4711 of alice failed after 3.2s: /srv/x/y.py:12\ntrace"),
            "order <*> of alice failed after <*>: <path>"
        );
        assert_eq!(shape(b"[a1b2c3d4e5f6] connect to 10.0.0.7:8080 failed"), "[<*>] connect to <*> failed");
        assert!(shape(&[b'x'; 5000]).len() <= MAX_LENGTH);
        assert_eq!(shape("ä".repeat(400).as_bytes()).len(), 200);
    }
}
