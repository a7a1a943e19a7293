//! Requests of a block that were counted, kept until it is known whether one failed beside them.

use crate::model::field::Field;
use std::ops::Range;

/// What requests are told apart by, as far as every line may have it.
const FIELDS: [Field; 5] = [Field::Service, Field::Upstream, Field::Path, Field::Client, Field::Method];

/// A request that was counted. To read its line once more would cost many times what it costs to keep the places.
#[derive(Debug)]
pub(super) struct Passed {
    /// Second in which it ended.
    pub(super) second: i64,
    /// Where its lines stand in the block.
    pub(super) span: Range<usize>,
    /// Its watch; nothing where it must be read once more.
    pub(super) watch: Option<u32>,
    /// Where its values stand in the block, as start and length of each of [`FIELDS`]; no length where the line says
    /// nothing.
    places: [(u32, u32); FIELDS.len()],
}

impl Passed {
    /// A request that must be read once more.
    pub(super) fn unread(second: i64, span: Range<usize>) -> Self {
        Self { second, span, watch: None, places: Default::default() }
    }

    /// A request with these values. It must be read once more if one of them does not stand in the block.
    #[inline]
    pub(super) fn new<'v>(
        (block, span): (&[u8], Range<usize>),
        second: i64,
        watch: usize,
        value: impl Fn(Field) -> Option<&'v [u8]>,
    ) -> Self {
        let mut passed = Self::unread(second, span);
        if let (Ok(watch), Ok(_)) = (u32::try_from(watch), u32::try_from(block.len())) {
            passed.watch = Some(watch);
            let mut inside = true;
            for (kept, field) in passed.places.iter_mut().zip(FIELDS) {
                if let Some(value) = value(field) {
                    // What stands before the block wraps around to a place far behind it.
                    let start = (value.as_ptr() as usize).wrapping_sub(block.as_ptr() as usize);
                    let end = start.wrapping_add(value.len());
                    inside &= start <= end && end <= block.len();
                    *kept = (start as u32, value.len() as u32);
                }
            }
            if !inside {
                passed.watch = None;
            }
        }
        passed
    }

    /// The value of a field that requests are told apart by, in the block.
    pub(super) fn get<'b>(&self, block: &'b [u8], field: Field) -> Option<&'b [u8]> {
        let (start, length) = self.places[FIELDS.iter().position(|known| *known == field)?];
        let start = start as usize;
        block.get(start..start + length as usize).filter(|value| !value.is_empty())
    }
}
