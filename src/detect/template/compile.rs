//! From the text of a template to its steps.

use super::Op;
use super::kind::{Kind, Slot};
use super::literal::Literal;
use crate::model::field::Field;

/// The steps of a template; the error says what is wrong and where.
pub(super) fn ops(source: &str) -> Result<Vec<Op>, String> {
    let mut ops = Compiler { source: source.as_bytes(), at: 0 }.ops(false)?;
    link(&mut ops, &[]);
    Ok(ops)
}

struct Compiler<'a> {
    source: &'a [u8],
    at: usize,
}

impl Compiler<'_> {
    fn ops(&mut self, inside_group: bool) -> Result<Vec<Op>, String> {
        let mut ops = Vec::new();
        let mut literal = Vec::new();
        while let Some(&byte) = self.source.get(self.at) {
            let rest = &self.source[self.at..];
            if byte == b'\\' {
                let next = *rest.get(1).ok_or("ends with a `\\`")?;
                literal.push(if next == b'n' { b'\n' } else { next });
                self.at += 2;
            } else if rest.starts_with(b"[[") {
                flush(&mut literal, &mut ops);
                self.at += 2;
                let inner = self.ops(true)?;
                ops.push(Op::Optional { undoable: inner.iter().all(is_undoable), ops: inner });
            } else if inside_group && rest.starts_with(b"]]") {
                self.at += 2;
                flush(&mut literal, &mut ops);
                return Ok(ops);
            } else if byte == b'<' {
                flush(&mut literal, &mut ops);
                ops.push(self.field()?);
            } else if byte == b'~' {
                flush(&mut literal, &mut ops);
                ops.push(Op::Blanks);
                self.at += 1;
            } else {
                literal.push(byte);
                self.at += 1;
            }
        }
        if inside_group {
            return Err("`[[` without its `]]`".into());
        }
        flush(&mut literal, &mut ops);
        Ok(ops)
    }

    fn field(&mut self) -> Result<Op, String> {
        let rest = &self.source[self.at + 1..];
        let close = memchr::memchr(b'>', rest).ok_or("`<` without its `>`")?;
        let inside = String::from_utf8_lossy(&rest[..close]).into_owned();
        self.at += close + 2;
        if let Some(ahead) = inside.strip_prefix('=') {
            return Ok(Op::Ahead(Literal::new(ahead.as_bytes().to_vec())));
        }
        let (name, kind) = inside.split_once(':').ok_or_else(|| format!("`<{inside}>`: write `<field:kind>`"))?;
        let kind = Kind::from_name(kind).ok_or_else(|| format!("`<{inside}>`: unknown kind `{kind}`"))?;
        let slot = match name {
            "" | "request" => Slot::Skip,
            "timestamp" => Slot::Timestamp,
            _ => Slot::Field(Field::from_name(name).ok_or_else(|| format!("`<{inside}>`: unknown field `{name}`"))?),
        };
        if matches!(kind, Kind::Time(_)) == matches!(slot, Slot::Field(_)) && slot != Slot::Skip {
            return Err(format!("`<{inside}>`: a timestamp goes with a time format, and only that"));
        }
        Ok(Op::Value { slot, kind, until: Literal::new(Vec::new()) })
    }
}

/// Whether a step only sets what is not set yet, see [`super::sink::Sink::undo`].
pub(super) fn is_undoable(op: &Op) -> bool {
    match op {
        Op::Value { slot: Slot::Field(_), kind, .. } => !matches!(
            kind,
            Kind::Json
                | Kind::Cell
                | Kind::Label
                | Kind::Scaled(_)
                | Kind::Rest
                | Kind::Request
                | Kind::Endpoint
                | Kind::Socket
        ),
        Op::Value { kind, .. } => !matches!(kind, Kind::Request | Kind::Json | Kind::Time(_)),
        Op::Optional { undoable, .. } => *undoable,
        Op::Literal(_) | Op::Ahead(_) | Op::Blanks => true,
    }
}

fn flush(literal: &mut Vec<u8>, ops: &mut Vec<Op>) {
    if !literal.is_empty() {
        ops.push(Op::Literal(Literal::new(std::mem::take(literal))));
    }
}

/// Tells each value where it ends: the literal behind it, also across the border of an optional group.
fn link(ops: &mut [Op], after: &[u8]) {
    let mut rest = ops;
    while let Some((op, behind)) = rest.split_first_mut() {
        let next = behind.iter().find_map(first_literal).unwrap_or(after);
        match op {
            Op::Value { until, .. } => *until = Literal::new(next.to_vec()),
            Op::Optional { ops, .. } => link(ops, next),
            _ => {}
        }
        rest = behind;
    }
}

fn first_literal(op: &Op) -> Option<&[u8]> {
    match op {
        Op::Literal(text) | Op::Ahead(text) => Some(text.bytes()),
        Op::Blanks => Some(b" "),
        // A blank ends a word anyway; what counts is the literal behind the blanks that may stand before it.
        Op::Optional { ops, .. } if matches!(ops.as_slice(), [Op::Blanks]) => None,
        Op::Optional { ops, .. } => ops.first().and_then(first_literal),
        Op::Value { .. } => None,
    }
}
