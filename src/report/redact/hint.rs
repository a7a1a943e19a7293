//! What a text must hold for a pattern to find anything in it: a pattern takes longer to compile than a small report to
//! write, and most are never needed.

/// What a pattern asks of a text.
#[derive(Clone, Copy)]
pub(super) enum Hint {
    /// One of each list of words, which are in lower case.
    Words(&'static [&'static [&'static str]]),
    /// [`LONG`] letters, digits, `+` or `/` in sequence.
    LongWord,
}

/// How long the encoded text of a key is at least.
pub(super) const LONG: usize = 60;

/// What stands in one text, so far as it tells at once which words do not.
pub(super) struct Standing<'t> {
    text: &'t str,
    /// Bit by two bytes in sequence, of each the five lowest bits: in these, capital letters are as small ones. To look
    /// for each of fifty words by itself took longer than to look at the text.
    pairs: [u32; 32],
    /// Two letters beyond ASCII are small forms of `s` and `k`, so that a pattern finds what no word of its hint has.
    foreign: bool,
}

impl<'t> Standing<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut pairs = [0; 32];
        for pair in text.as_bytes().windows(2) {
            pairs[usize::from(pair[0] & 31)] |= 1 << (pair[1] & 31);
        }
        Self { text, pairs, foreign: text.contains(['\u{17F}', '\u{212A}']) }
    }

    /// Whether a pattern may find something; false only if it does not.
    pub(super) fn may_have(&self, hint: &Hint) -> bool {
        match hint {
            _ if self.foreign => true,
            Hint::Words(lists) => lists.iter().all(|words| words.iter().any(|word| self.has(word.as_bytes()))),
            Hint::LongWord => has_long_word(self.text.as_bytes()),
        }
    }

    /// Whether a word in lower case stands in the text, in any case.
    fn has(&self, word: &[u8]) -> bool {
        let may = word.windows(2).all(|pair| self.pairs[usize::from(pair[0] & 31)] >> (pair[1] & 31) & 1 == 1);
        may && self.text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
    }
}

fn has_long_word(text: &[u8]) -> bool {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    // One that is long enough is met at every sixtieth byte.
    (LONG - 1..text.len()).step_by(LONG).any(|at| {
        let before = text[..at].iter().rev().take_while(|byte| inside(byte)).count();
        let from = text[at..].iter().take_while(|byte| inside(byte)).count();
        from > 0 && before + from >= LONG
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_are_found_in_any_case(text in "[a-cA-C@:/. -]{0,20}", word in "[a-c@:/ -]{1,3}") {
            let expected = text.to_ascii_lowercase().contains(&word);
            prop_assert_eq!(Standing::of(&text).has(word.as_bytes()), expected);
        }

        #[test]
        fn a_long_word_is_found_wherever_it_stands(lengths in prop::collection::vec(0_usize..130, 0..4)) {
            let text = lengths.iter().map(|&length| "a9+/Z".chars().cycle().take(length).collect::<String>());
            let text = text.collect::<Vec<_>>().join(" ");
            let expected = lengths.iter().any(|&length| length >= LONG);
            prop_assert_eq!(has_long_word(text.as_bytes()), expected);
        }
    }

    #[test]
    fn small_forms_beyond_ascii_ask_for_a_look() {
        assert!(Standing::of("\u{212A}").may_have(&Hint::Words(&[&["key"]])));
        assert!(!Standing::of("k").may_have(&Hint::Words(&[&["key"]])));
    }
}
