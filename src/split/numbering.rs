//! The numbers of lines of which it is not known yet how many stand before them.
//!
//! To count the lines of a block takes a twentieth of the time that it takes to parse them, and the thread that decompresses
//! a file, or that reads the next block while others wait for it, has no time for it. Those who parse a block count its
//! lines in any case. So until all blocks are parsed, a line is known by its block and by its place therein, which have the
//! same order, and few lines need a number at all.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Set in what stands for a number that is not known yet.
const OPEN: u64 = 1 << 63;
/// Bits for the place of a line in its block, which has at most as many bytes.
const PLACE: u32 = 21;
const _: () = assert!(super::BLOCK < 1 << PLACE && super::LINE_CAP + 1 < 1 << PLACE);

/// A block whose lines are counted as it is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered(usize);

/// The blocks of a run.
#[derive(Debug, Default)]
pub struct Numbering(Mutex<Vec<Counted>>);

/// How many lines a block has, once that is known, and the block before it.
#[derive(Debug)]
struct Counted {
    before: Option<Numbered>,
    lines: u64,
}

/// The numbers of lines, when all blocks are parsed.
#[derive(Debug)]
pub struct Numbers(Vec<u64>);

impl Numbering {
    /// A block that stands behind another one, or at the beginning of a member; with what stands for the number of its
    /// first line.
    pub(super) fn block(&self, before: Option<Numbered>) -> (Numbered, u64) {
        let mut blocks = self.blocks();
        let index = blocks.len();
        blocks.push(Counted { before, lines: 0 });
        // That of most logs, which have one block, is the number itself.
        let first = if before.is_none() { 1 } else { OPEN | (index as u64) << PLACE };
        (Numbered(index), first)
    }

    /// Makes known how many lines a block has.
    pub fn count(&self, block: Numbered, lines: u64) {
        if let Some(block) = self.blocks().get_mut(block.0) {
            block.lines = lines;
        }
    }

    /// The numbers of the lines of all blocks, which must have been counted.
    pub fn numbers(&self) -> Numbers {
        let blocks = self.blocks();
        let mut first_lines: Vec<u64> = Vec::with_capacity(blocks.len());
        for block in &*blocks {
            let first = block.before.map_or(1, |before| first_lines[before.0] + blocks[before.0].lines);
            first_lines.push(first);
        }
        Numbers(first_lines)
    }

    fn blocks(&self) -> MutexGuard<'_, Vec<Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Numbers {
    /// The number of a line, from what stood for it.
    pub fn of(&self, line: u64) -> u64 {
        if line & OPEN == 0 {
            return line;
        }
        let (block, place) = ((line & !OPEN) >> PLACE, line & ((1 << PLACE) - 1));
        self.0.get(block as usize).map_or(place, |first| first + place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_two_members_whose_blocks_are_read_in_turn() {
        let numbering = Numbering::default();
        let (one, one_first) = numbering.block(None);
        let (other, _) = numbering.block(None);
        let (one_next, one_second) = numbering.block(Some(one));
        let (_, other_second) = numbering.block(Some(other));
        let (_, one_third) = numbering.block(Some(one_next));
        assert!(one_first + 9 < one_second && one_second + (1 << 20) < one_third);
        [(one_next, 5), (other, 100), (one, 10)].iter().for_each(|&(block, lines)| numbering.count(block, lines));
        let numbers = numbering.numbers();
        let of = [one_first + 9, one_second, one_second + 4, one_third, other_second + 7].map(|line| numbers.of(line));
        assert_eq!(of, [10, 11, 15, 16, 108]);
    }
}
