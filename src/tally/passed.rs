//! Requests of a block that were counted, kept until it is known whether one failed beside them.

use crate::model::field::Field;
use crate::model::part::place;
use crate::parse::Skimmed;
use std::ops::Range;

/// What requests are told apart by, as far as it is skimmed.
const FIELDS: [Field; 5] = [Field::Service, Field::Upstream, Field::Path, Field::Client, Field::Method];

/// A request that was counted.
#[derive(Debug)]
pub(super) struct Passed {
    /// The bucket that it ended in.
    pub(super) bucket: i64,
    /// Where its lines stand in the block.
    pub(super) span: Range<usize>,
    /// Where its values stand there; nothing where it must be read once more.
    pub(super) values: Option<Values>,
}

/// Where the values of a request stand in its block. To read the line once more would cost many times what
/// it costs to keep the places.
#[derive(Debug)]
pub(super) struct Values {
    /// Second in which it ended.
    pub(super) second: i64,
    /// Its watch.
    pub(super) watch: usize,
    /// Start and length of each of [`FIELDS`]; no length where the line says nothing.
    places: [(u32, u32); FIELDS.len()],
}

impl Values {
    /// The places of a request's values; nothing where one does not stand in the block.
    #[inline]
    pub(super) fn of(request: &Skimmed<'_, '_>, second: i64, watch: usize) -> Option<Self> {
        let mut places = [(0, 0); FIELDS.len()];
        u32::try_from(request.block.len()).ok()?;
        for (kept, field) in places.iter_mut().zip(FIELDS) {
            if let Some(value) = request.fields.get(field) {
                let place = place(request.block, value)?;
                *kept = (place.start as u32, value.len() as u32);
            }
        }
        Some(Self { second, watch, places })
    }

    /// The value of a field that requests are told apart by.
    pub(super) fn get<'b>(&self, block: &'b [u8], field: Field) -> Option<&'b [u8]> {
        let (start, length) = self.places[FIELDS.iter().position(|known| *known == field)?];
        let start = start as usize;
        block.get(start..start + length as usize).filter(|value| !value.is_empty())
    }
}
