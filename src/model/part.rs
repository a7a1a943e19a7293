//! Where a part of a text stands in it.

use std::ops::Range;

/// Where `part` stands in `whole`, if it was cut out of it; nothing for text that was made, which stands elsewhere.
#[inline]
pub fn place(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    // What stands before the whole wraps around to a place far behind it.
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    (start <= whole.len() && part.len() <= whole.len() - start).then(|| start..start + part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_cut_out() {
        let text = b"abcdef".to_vec();
        let whole = &text[1..5];
        assert_eq!(place(whole, &text[2..4]), Some(1..3));
        assert_eq!(place(whole, &text[1..5]), Some(0..4));
        assert_eq!(place(whole, &text[5..5]), Some(4..4));
        assert_eq!(place(whole, &text[0..2]), None);
        assert_eq!(place(whole, &text[4..6]), None);
        assert_eq!(place(whole, Vec::from(b"bc").as_slice()), None);
    }
}
