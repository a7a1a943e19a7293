//! What people read of the signatures, by id.

use super::signature::Reference;
use crate::embedded::Entry;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The references of all signatures. Those of the program are read one by one, when they are asked for: a run shows a
/// handful of a thousand.
#[derive(Debug)]
pub struct References {
    /// Of the program, in the order of their ids, in which the build writes them; listed when the first is asked for.
    embedded: OnceLock<Vec<(&'static str, Entry<Reference>)>>,
    added: BTreeMap<String, Entry<Reference>>,
}

impl References {
    /// The references of the signatures that are part of the program.
    pub fn embedded() -> Self {
        Self { embedded: OnceLock::new(), added: BTreeMap::new() }
    }

    /// Adds a reference, or replaces the one of the same id.
    pub fn add(&mut self, reference: Reference) {
        self.added.insert(reference.id.clone(), Entry::ready(reference));
    }

    /// The reference of the signature called `id`.
    pub fn get(&self, id: &str) -> Option<&Reference> {
        if let Some(added) = self.added.get(id) {
            return Some(added.get());
        }
        let embedded = self.embedded.get_or_init(|| {
            let lines = include_str!(concat!(env!("OUT_DIR"), "/reference.txt")).lines();
            lines.filter_map(|line| line.split_once('\t')).map(|(id, text)| (id, Entry::embedded(text))).collect()
        });
        let at = embedded.binary_search_by_key(&id, |(known, _)| known).ok()?;
        Some(embedded[at].1.get())
    }
}
