//! The fates of a block's lines while it is read.
//!
//! Most lines stand for themselves, and are counted as they fare. Those of a document stand for physical lines: several
//! may stand for the same one, whose fate is then the best of theirs, and one may stand for many.

use super::{Fate, Fates};
use crate::open::document::Mark;
use crate::split::Block;

/// How the lines of a block are numbered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbers<'b> {
    /// One after the other, from this one.
    From(u64),
    /// By the marks of a block whose first line is this one.
    Marks(u64, &'b [Mark]),
}

impl<'b> Numbers<'b> {
    pub(super) fn of(block: &'b Block) -> Self {
        if block.marks.is_empty() { Self::From(block.first_line) } else { Self::Marks(block.first_line, &block.marks) }
    }

    /// The number of the first line, as lines are counted within the program.
    pub(super) fn first(self) -> u64 {
        let (Self::From(first) | Self::Marks(first, _)) = self;
        first
    }

    /// The number of the physical line that a line begins on.
    pub(super) fn physical(self, number: u64) -> u64 {
        match self {
            Self::From(_) => number,
            Self::Marks(first, marks) => marks.get((number - first) as usize).map_or(number, |mark| mark.line),
        }
    }
}

/// Counts the lines of one block.
pub(super) struct Ledger<'b> {
    pub(super) fates: Fates,
    numbers: Numbers<'b>,
    /// By line, where lines stand for others.
    sheet: Vec<Fate>,
}

impl<'b> Ledger<'b> {
    pub(super) fn new(numbers: Numbers<'b>) -> Self {
        let sheet = match numbers {
            Numbers::From(_) => Vec::new(),
            Numbers::Marks(_, marks) => vec![Fate::Unrecognized; marks.len()],
        };
        Self { fates: Fates::default(), numbers, sheet }
    }

    /// A line begins. Counted apart from the fates, so that a line without one would show.
    pub(super) fn begin(&mut self) {
        if self.sheet.is_empty() {
            self.fates.lines += 1;
        }
    }

    /// The fate of the line with this number.
    pub(super) fn count(&mut self, fate: Fate, number: u64) {
        match self.numbers {
            Numbers::From(_) => self.fates.count(fate),
            Numbers::Marks(first, _) => {
                if let Some(place) = self.sheet.get_mut((number - first) as usize) {
                    *place = fate;
                }
            }
        }
    }

    /// What all came to.
    pub(super) fn finish(mut self) -> Fates {
        let Numbers::Marks(_, marks) = self.numbers else { return self.fates };
        // The fate of the line that is being put together; none for one that an earlier block has counted.
        let mut line: Option<Fate> = None;
        for (mark, &fate) in marks.iter().zip(&self.sheet) {
            if !mark.shares {
                self.fates.line(line.replace(fate));
            } else {
                let both_records = line.is_none_or(|line| line == Fate::Record) && fate == Fate::Record;
                self.fates.further_records += u64::from(both_records);
                line = line.map(|line| if rank(fate) > rank(line) { fate } else { line });
            }
            let further = match fate {
                Fate::Unrecognized | Fate::Blank => fate,
                _ => Fate::Continuation,
            };
            for _ in 0..mark.further {
                self.fates.line(Some(further));
            }
        }
        self.fates.line(line);
        self.fates
    }
}

impl Fates {
    fn line(&mut self, fate: Option<Fate>) {
        if let Some(fate) = fate {
            self.lines += 1;
            self.count(fate);
        }
    }
}

fn rank(fate: Fate) -> u8 {
    match fate {
        Fate::Record => 5,
        Fate::OutsideWindow => 4,
        Fate::Undated => 3,
        Fate::Continuation => 2,
        Fate::Unrecognized => 1,
        Fate::Blank => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(line: u64, further: u32, shares: bool) -> Mark {
        Mark { line, further, shares }
    }

    #[test]
    fn a_line_has_the_best_fate_of_what_stands_on_it() {
        let marks = [
            mark(3, 0, true),
            mark(3, 0, true),
            mark(4, 2, false),
            mark(6, 0, true),
            mark(7, 0, false),
            mark(7, 0, true),
            mark(7, 0, true),
            mark(8, 1, false),
        ];
        let mut ledger = Ledger::new(Numbers::Marks(101, &marks));
        let fates = [
            Fate::Record,
            Fate::Undated,
            Fate::Record,
            Fate::Record,
            Fate::Unrecognized,
            Fate::Record,
            Fate::Record,
            Fate::Unrecognized,
        ];
        for (number, fate) in (101..).zip(fates) {
            ledger.count(fate, number);
        }
        let fates = ledger.finish();
        // The third line was counted by the block before; of those of the fourth, one begins where it ends.
        assert_eq!((fates.lines, fates.accounted()), (6, 6));
        assert_eq!((fates.records, fates.further_records), (2, 3));
        assert_eq!((fates.continuation, fates.unrecognized), (2, 2));
    }
}
