//! Secrets that were seen with their mark, to be masked also where they stand without one.

use super::MASK;
use aho_corasick::{AhoCorasick, MatchKind};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Shorter ones appear by chance.
const MIN_LENGTH: usize = 8;

/// The secrets that are known.
#[derive(Default)]
pub(super) struct Known {
    values: BTreeSet<String>,
    searcher: OnceCell<Option<AhoCorasick>>,
}

impl Known {
    /// Takes note of a secret and of its parts (a cookie header holds several). Only what no word looks like: masking
    /// every `production` because somebody once wrote `token=production` would cost the reader more than it protects.
    pub(super) fn add(&mut self, secret: &str) {
        let parts = secret.split(|character: char| character.is_whitespace() || "=;,&\"'".contains(character));
        for value in parts.chain([secret]) {
            let letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
            let digit = value.bytes().any(|byte| byte.is_ascii_digit());
            if value.len() >= MIN_LENGTH && letter && digit && !value.contains(MASK) {
                self.values.insert(value.to_owned());
                self.searcher = OnceCell::new();
            }
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The text without any of them.
    pub(super) fn mask(&self, text: &str) -> String {
        let searcher = self.searcher.get_or_init(|| {
            let searcher = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&self.values);
            // Building fails only over a size that no report reaches; the marked places are masked in any case.
            searcher.ok().filter(|_| !self.values.is_empty())
        });
        let Some(searcher) = searcher else { return text.to_owned() };
        let mut out = String::with_capacity(text.len());
        searcher.replace_all_with(text, &mut out, |_, _, out| {
            out.push_str(MASK);
            true
        });
        out
    }
}
