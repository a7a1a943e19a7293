//! What regular expressions found in the texts before.
//!
//! A scheduled job writes the same command each time. To look for the groups that tell what such a line is about takes
//! forty times as long as to see that the same text was met before.

use super::hit::Groups;
use super::signature::Signature;
use rustc_hash::FxHasher;
use std::hash::Hasher;

/// Texts that are kept at a time. Each has one place, which the next text of that place takes.
const PLACES: usize = 128;
/// The longest text that is kept, in bytes.
const LONGEST: usize = 400;

/// What was found in the texts that were searched last.
#[derive(Debug, Default)]
pub struct Recalled {
    /// Empty until there is something to keep: most logs have no such lines.
    known: Vec<Known>,
}

/// A text that was searched.
#[derive(Debug, Clone, Default)]
struct Known {
    /// By which signature.
    signature: usize,
    text: Vec<u8>,
    /// Nothing where its regular expression is not there.
    found: Option<Groups>,
}

impl Recalled {
    /// The same as [`Signature::groups`] of the signature with this index.
    pub(super) fn groups(&mut self, index: usize, signature: &Signature, text: &[u8]) -> Option<Groups> {
        // An empty text is what stands in a place that holds none.
        if text.is_empty() || text.len() > LONGEST {
            return signature.groups(text);
        }
        if self.known.is_empty() {
            self.known.resize(PLACES, Known::default());
        }
        let mut hasher = FxHasher::default();
        hasher.write(text);
        hasher.write_usize(index);
        let known = &mut self.known[hasher.finish() as usize % PLACES];
        if known.signature != index || known.text != text {
            known.signature = index;
            known.text.clear();
            known.text.extend_from_slice(text);
            // Most texts with an anchor have no match; to ask for the groups of those makes room for them first.
            known.found = if signature.has_regex(text) { signature.groups(text) } else { None };
        }
        known.found.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalogue::Layouts;
    use crate::spot::Signatures;
    use crate::spot::reference::References;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Lines of all signatures whose groups tell what a hit is about, one after the other and some of them again.
        #[test]
        fn what_is_recalled_is_what_is_found(picks in prop::collection::vec((any::<usize>(), 0usize..6, 0usize..3), 1..200)) {
            thread_local!(static SIGNATURES: (Signatures, References) =
                (Signatures::embedded(&Layouts::embedded().unwrap()).unwrap(), References::embedded()));
            SIGNATURES.with(|(signatures, references)| {
                let telling: Vec<usize> =
                    (0..signatures.store.len()).filter(|&index| signatures.get(index).names_subject()).collect();
                prop_assert!(telling.len() > 50, "{} are too few to tell", telling.len());
                let mut recalled = Recalled::default();
                for (pick, other, change) in picks {
                    // Few of them, so that a text turns up again, also for another signature.
                    let index = telling[pick % 12 * 4];
                    let other = signatures.get(telling[(pick % 12 * 4 + other) % telling.len()]);
                    let reference = references.get(&other.text.id).unwrap();
                    for sample in reference.samples.iter().chain(&reference.lookalikes) {
                        let text = sample.as_bytes().get(change..).unwrap_or_default();
                        let found = signatures.get(index).groups(text);
                        prop_assert_eq!(recalled.groups(index, signatures.get(index), text), found);
                    }
                }
                Ok(())
            })?;
        }
    }
}
