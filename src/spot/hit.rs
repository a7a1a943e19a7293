//! What was spotted in a record.

use super::signature::Signature;
use crate::model::record::Record;
use std::ops::Range;

/// A signature that a record shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Index of the signature.
    pub signature: usize,
    /// Where in the record's text the named groups of the regular expression stand, those that took part, by their
    /// place among [`Signature::names`]. Places and no copies: most hits are counted and never quoted.
    pub(super) groups: Vec<(usize, Range<usize>)>,
}

impl Hit {
    /// What the line says by a capture of this name.
    pub(super) fn capture<'r>(&self, signature: &Signature, record: &'r Record<'_>, name: &str) -> Option<&'r [u8]> {
        if self.groups.is_empty() {
            return None;
        }
        let names = signature.names();
        let (_, range) = self.groups.iter().find(|(group, _)| names.get(*group).is_some_and(|(_, of)| of == name))?;
        record.text.get(range.clone())
    }
}
