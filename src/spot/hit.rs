//! What was spotted in a record.

use super::recalled::Recalled;
use super::signature::Signature;
use crate::model::record::Record;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

/// A signature that a record shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Index of the signature.
    pub signature: usize,
    /// Where in the record's text the named groups of the regular expression stand, those that took part, by their
    /// place among [`Signature::names`]; nothing until one is asked for. Places and no copies: most hits are counted and
    /// never quoted.
    groups: OnceCell<Groups>,
}

/// A named group by its place among the names, and where it stands.
pub(super) type Group = (usize, Range<usize>);

/// Those that took part. Shared, as most are those of an earlier line.
pub(super) type Groups = Arc<[Group]>;

impl Hit {
    /// A signature that the record may show.
    pub(super) fn candidate(signature: usize) -> Self {
        Self { signature, groups: OnceCell::new() }
    }

    /// Whether the record's text has the regular expression. What its groups are is noted where they tell what the hit is
    /// about, which is asked of every hit; to look for them takes several times as long as for the expression.
    pub(super) fn matches(&mut self, signature: &Signature, record: &Record<'_>, recalled: &mut Recalled) -> bool {
        if !signature.names_subject() {
            return signature.has_regex(&record.text);
        }
        let Some(groups) = recalled.groups(self.signature, signature, &record.text) else { return false };
        self.groups = groups.into();
        true
    }

    /// The groups that took part.
    pub(super) fn groups(&self, signature: &Signature, record: &Record<'_>) -> &[Group] {
        if signature.names().is_empty() {
            return &[];
        }
        self.groups.get_or_init(|| signature.groups(&record.text).unwrap_or_else(|| Arc::from([])))
    }

    /// What the line says by the named group at this place among the names.
    pub(super) fn group<'r>(&self, signature: &Signature, record: &'r Record<'_>, place: usize) -> Option<&'r [u8]> {
        let (_, range) = self.groups(signature, record).iter().find(|(group, _)| *group == place)?;
        record.text.get(range.clone())
    }
}
