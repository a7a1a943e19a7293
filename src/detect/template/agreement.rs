//! Whether it matters which of two templates reads a line, where only its time and level are asked for.

use super::starts::Starts;
use super::{Kind, Literal, Op, Slot, Template};
use crate::model::field::Field;

impl Template {
    /// Whether a line that this template fits has the same time and level by `other`, or does not fit that one.
    ///
    /// Steps that both begin with read the same. So it is enough if no time and level is read behind them, or if what
    /// stands behind them cannot begin alike.
    pub(in crate::detect) fn agrees_with(&self, other: &Template) -> bool {
        let common = self.ops.iter().zip(&other.ops).take_while(|(one, other)| read_alike(one, other)).count();
        let (own, others) = (&self.ops[common..], &other.ops[common..]);
        if !own.iter().any(tells) && !others.iter().any(tells) {
            return true;
        }
        // Of two literal texts that stand there, what both begin with parts them not.
        let ((literal, own), (other_literal, others)) = (leading(own), leading(others));
        let same = literal.iter().zip(other_literal).take_while(|(one, other)| one == other).count();
        Starts::behind(&literal[same..], own).are_apart(&Starts::behind(&other_literal[same..], others))
    }

    /// Whether every line fits that is one.
    pub(in crate::detect) fn fits_all(&self) -> bool {
        let [before @ .., Op::Value { kind: Kind::Text, until, .. }] = self.ops.as_slice() else { return false };
        until.len() == 0 && before.iter().all(|op| matches!(op, Op::Optional { .. }))
    }

    /// Whether neither time nor level is read by it.
    pub(in crate::detect) fn tells_nothing(&self) -> bool {
        !self.ops.iter().any(tells)
    }

    /// Whether a line that fits has a timestamp.
    pub(in crate::detect) fn needs_timestamp(&self) -> bool {
        self.ops.iter().any(|op| matches!(op, Op::Value { slot: Slot::Timestamp, .. }))
    }
}

/// The literal text that steps begin with, and the steps behind it.
fn leading(ops: &[Op]) -> (&[u8], &[Op]) {
    match ops {
        [Op::Literal(literal), behind @ ..] => (literal.bytes(), behind),
        _ => (&[], ops),
    }
}

/// Whether two steps read the same of any text.
fn read_alike(one: &Op, other: &Op) -> bool {
    let stop = |until: &Literal| until.bytes().first().copied().unwrap_or(b' ');
    match (one, other) {
        (Op::Value { slot, kind, until }, Op::Value { slot: other_slot, kind: other_kind, until: other_until }) => {
            let ends_alike = match kind {
                Kind::Time(_) => true,
                // Of what stands behind a word the first byte ends it.
                Kind::Word | Kind::Level => stop(until) == stop(other_until),
                _ => until == other_until,
            };
            slot == other_slot && kind == other_kind && ends_alike
        }
        _ => one == other,
    }
}

/// Whether a step reads a time or a level.
fn tells(op: &Op) -> bool {
    match op {
        Op::Value { slot, .. } => matches!(slot, Slot::Timestamp | Slot::Field(Field::Level)),
        Op::Optional { ops, .. } => ops.iter().any(tells),
        Op::Literal(_) | Op::Ahead(_) | Op::Blanks => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_where_they_part_behind_the_level_or_cannot_both_fit() {
        let agree = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|source| Template::compile(source).unwrap());
            one.agrees_with(&other)
        };
        assert!(agree(
            "<timestamp:iso> <level:level> [<:text>] <message:text>",
            "<timestamp:iso> <level:level> <message:text>"
        ));
        assert!(agree(
            "<timestamp:iso> [<:text>] <level:level> <message:text>",
            "<timestamp:iso> <level:level> <message:text>"
        ));
        assert!(!agree(
            "<timestamp:iso> <:word> <level:level> <message:text>",
            "<timestamp:iso> <level:level> <message:text>"
        ));
        assert!(!agree("<timestamp:iso> <message:text>", "<timestamp:iso> <level:level> <message:text>"));
        assert!(!agree("<message:text>", "<timestamp:iso> <message:text>"));
    }
}
