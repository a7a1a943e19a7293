//! The blocks of a member as they are to be parsed, for one thread that reads them or for all that are free.

use super::Stored;
use super::worker::Parcel;
use crate::detect::settle::Reading;
use crate::open::PlainFile;
use crate::parse::outside::Outside;
use crate::parse::{Fates, Passing};
use crate::split::{Block, Bytes, Splitter};
use std::io::{self, Read, Take};
use std::sync::{Arc, Mutex, PoisonError};

/// The blocks of a member, one after the other.
pub(super) struct Blocks<'r, R> {
    pub(super) reading: Arc<Reading>,
    pub(super) splitter: Splitter<'r, R>,
    pub(super) passing: Option<Passing<'r>>,
    pub(super) outside: Option<Outside<'r>>,
    pub(super) stored: Stored<'r>,
    /// How many times smaller the member is stored than it is.
    pub(super) packing: u64,
}

/// What comes next of a member.
pub(super) enum Next {
    /// A block to parse.
    Block(Parcel),
    /// A block outside of the window, whose lines were counted.
    Outside(Fates, Block),
}

impl<R: Read> Blocks<'_, R> {
    /// The next block, in the memory of `buffer`; nothing at the end.
    pub(super) fn next(&mut self, buffer: Bytes) -> io::Result<Option<Next>> {
        let Some(block) = self.splitter.next_block(buffer)? else { return Ok(None) };
        self.stored.advance(block.bytes.len() as u64 / self.packing);
        let headings = self.passing.as_mut().map(|passing| passing.pass(&block.bytes));
        Ok(Some(match self.outside.as_mut().and_then(|outside| outside.block(&block)) {
            Some(fates) => Next::Outside(fates, block),
            None => Next::Block(Parcel { reading: Arc::clone(&self.reading), block, headings }),
        }))
    }
}

/// A plain file of which every thread that is free reads a block, parses it and reads the next.
///
/// Why not one thread that reads for the others, as it is done for what is compressed: what one core has read into its
/// cache, another one takes longer to get than to copy from the file by itself.
pub(super) struct SharedFile<'r> {
    pub(super) reading: Arc<Reading>,
    /// Nothing once all was read.
    blocks: Mutex<Option<Blocks<'r, Take<PlainFile>>>>,
}

impl<'r> SharedFile<'r> {
    pub(super) fn new(blocks: Blocks<'r, Take<PlainFile>>) -> Self {
        Self { reading: Arc::clone(&blocks.reading), blocks: Mutex::new(Some(blocks)) }
    }

    /// See [`Blocks::next`].
    pub(super) fn next(&self, buffer: Bytes) -> io::Result<Option<Next>> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.as_mut().map_or(Ok(None), |blocks| blocks.next(buffer))
    }

    /// Takes the blocks away from all threads, at their end.
    pub(super) fn close(&self) -> Option<Blocks<'r, Take<PlainFile>>> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
