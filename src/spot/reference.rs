//! What people read of the signatures, by id.

use super::signature::Reference;
use crate::embedded::Entry;
use std::collections::BTreeMap;

/// The references of all signatures. Those of the program are read one by one, when they are asked for: a run shows a
/// handful of a thousand.
#[derive(Debug)]
pub struct References {
    by_id: BTreeMap<String, Entry<Reference>>,
}

impl References {
    /// The references of the signatures that are part of the program.
    pub fn embedded() -> Self {
        let lines = include_str!(concat!(env!("OUT_DIR"), "/reference.txt")).lines();
        let entry = |line: &'static str| {
            let (id, text) = line.split_once('\t')?;
            Some((id.to_owned(), Entry::embedded(text)))
        };
        Self { by_id: lines.filter_map(entry).collect() }
    }

    /// Adds a reference, or replaces the one of the same id.
    pub fn add(&mut self, reference: Reference) {
        self.by_id.insert(reference.id.clone(), Entry::ready(reference));
    }

    /// The reference of the signature called `id`.
    pub fn get(&self, id: &str) -> Option<&Reference> {
        self.by_id.get(id).map(Entry::get)
    }
}
