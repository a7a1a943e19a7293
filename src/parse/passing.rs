//! What headings say where a block begins: `#Fields:` may stand anywhere in a log, and holds until the next one.
//!
//! Blocks are read on any thread and in any order, so who cuts them looks for headings in passing.

use crate::detect::catalogue::Layouts;
use crate::detect::headings::Headings;
use crate::detect::settle::Reading;
use memchr::{memchr, memmem, memrchr};
use std::sync::Arc;

/// The headings of a member up to the block that comes next.
#[derive(Debug)]
pub struct Passing<'c> {
    layouts: &'c Layouts,
    columned: Vec<usize>,
    /// Texts of which each heading has one.
    marks: Vec<memmem::Finder<'c>>,
    headings: Arc<Headings>,
}

impl<'c> Passing<'c> {
    /// For a member that is read like this; nothing where no layout of it has headings.
    pub fn new(layouts: &'c Layouts, reading: &Reading) -> Option<Self> {
        let columned: Vec<usize> =
            reading.layouts.iter().copied().filter(|&layout| layouts.get(layout).has_headings()).collect();
        if columned.is_empty() {
            return None;
        }
        let mut marks: Vec<&str> = columned.iter().flat_map(|&layout| layouts.get(layout).heading_marks()).collect();
        marks.sort_unstable();
        marks.dedup();
        let marks = marks.into_iter().map(memmem::Finder::new).collect();
        Some(Self { layouts, columned, marks, headings: Arc::new(reading.headings.clone()) })
    }

    /// The headings where this block begins; those that it has count from the next one on.
    pub fn pass(&mut self, block: &[u8]) -> Arc<Headings> {
        let before = Arc::clone(&self.headings);
        let mut places: Vec<usize> = Vec::new();
        for mark in &self.marks {
            places.extend(mark.find_iter(block).map(|at| memrchr(b'\n', &block[..at]).map_or(0, |end| end + 1)));
        }
        places.sort_unstable();
        places.dedup();
        for start in places {
            let end = memchr(b'\n', &block[start..]).map_or(block.len(), |length| start + length);
            let line = block[start..end].strip_suffix(b"\r").unwrap_or(&block[start..end]);
            if self.columned.iter().any(|&layout| self.layouts.get(layout).heading(line).is_some()) {
                Arc::make_mut(&mut self.headings).note(self.layouts, self.columned.iter().copied(), line);
            }
        }
        before
    }
}
