//! The members of an object that is whole, or whole up to where it was read.

use std::ops::Range;

/// A member: its key, and where its value stands. A value that is not over ends with the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member<'t> {
    pub(super) key: &'t [u8],
    /// From the key's quote on.
    pub(super) whole: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) over: bool,
}

/// The members of the object that begins at `at`. `text` has to be JSON, as far as it goes.
pub(super) fn members(text: &[u8], at: usize) -> impl Iterator<Item = Member<'_>> {
    let mut at = at + 1;
    std::iter::from_fn(move || {
        let start = skip(text, at, b", \t\r\n");
        let key = string_end(text, start)?;
        let from = skip(text, key, b": \t\r\n");
        let (end, over) = value_end(text, from)?;
        at = end;
        Some(Member { key: &text[start + 1..key - 1], whole: start..end, value: from..end, over })
    })
}

/// Where the elements of the list that begins at `at` stand; those that are over.
pub(super) fn elements(text: &[u8], at: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = at + 1;
    std::iter::from_fn(move || {
        let start = skip(text, at, b", \t\r\n");
        if text.get(start) == Some(&b']') {
            return None;
        }
        let (end, over) = value_end(text, start)?;
        at = end;
        over.then_some(start..end)
    })
}

fn skip(text: &[u8], at: usize, these: &[u8]) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| these.contains(byte)).count()
}

/// Where the string that begins at `at` ends.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut from = at + 1;
    loop {
        from += memchr::memchr2(b'"', b'\\', text.get(from..)?)?;
        if text[from] == b'"' {
            return Some(from + 1);
        }
        from += 2;
    }
}

/// Where the value that begins at `at` ends, and whether it does.
fn value_end(text: &[u8], at: usize) -> Option<(usize, bool)> {
    let mut depth = 0_usize;
    let mut at = at;
    match text.get(at)? {
        b'{' | b'[' | b'"' => {}
        _ => {
            let length = text[at..].iter().position(|byte| b",]} \t\r\n".contains(byte));
            return Some(length.map_or((text.len(), false), |length| (at + length, length > 0)));
        }
    }
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => match string_end(text, at) {
                Some(end) => at = end - 1,
                None => return Some((text.len(), false)),
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some((at, true));
        }
    }
    Some((text.len(), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_elements_stand_where_they_stand() {
        let text = br#"{ "a" : "x\"," , "b":[ 1, {"c":"]"} ,"d"], "e" :{"f": ["#;
        let found: Vec<_> = members(text, 0).collect();
        let texts: Vec<_> = found
            .iter()
            .map(|member| (member.key, String::from_utf8_lossy(&text[member.value.clone()]), member.over))
            .collect();
        assert_eq!(
            texts,
            vec![
                (&b"a"[..], r#""x\",""#.into(), true),
                (b"b", r#"[ 1, {"c":"]"} ,"d"]"#.into(), true),
                (b"e", r#"{"f": ["#.into(), false),
            ]
        );
        let list: Vec<_> = elements(text, found[1].value.start).map(|range| &text[range]).collect();
        assert_eq!(list, [&b"1"[..], br#"{"c":"]"}"#, br#""d""#]);
    }
}
