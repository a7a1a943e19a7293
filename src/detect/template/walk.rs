//! Reads a line by the steps of a template.

use super::Op;
use super::compile::is_undoable;
use super::extent::extent;
use super::kind::{Kind, Slot};
use super::literal::Literal;
use super::sink::{Fit, Sink};
use super::value::{cell, decimal, label, request, without_port};
use crate::detect::endpoint;
use crate::model::field::Field;

/// Walks the steps from `at` on; gives where the last one ended.
pub(super) fn walk<'a, S: Sink<'a>>(ops: &[Op], text: &'a [u8], mut at: usize, found: &mut S) -> Option<usize> {
    for op in ops {
        at = match op {
            Op::Literal(literal) => {
                if !literal.begins(&text[at..]) {
                    return None;
                }
                at + literal.len()
            }
            Op::Ahead(literal) => literal.begins(&text[at..]).then_some(at)?,
            Op::Blanks => {
                let blanks = text[at..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
                if blanks == 0 {
                    return None;
                }
                at + blanks
            }
            // A group that does not fit leaves no trace.
            Op::Optional { ops, undoable: true } => optional(ops, text, at, found),
            Op::Optional { ops, undoable: false } => optional_at_once(ops, text, at, found),
            Op::Value { slot, kind, until } => {
                let end = at + value(*slot, *kind, until, &text[at..], found)?;
                // A line that was cut inside quotes says no more.
                if *kind == Kind::Quoted && end == text.len() && !until.bytes().is_empty() {
                    *found.cut() = true;
                    return Some(end);
                }
                end
            }
        };
    }
    Some(at)
}

/// Walks over a group that may be missing.
fn optional<'a, S: Sink<'a>>(ops: &[Op], text: &'a [u8], at: usize, found: &mut S) -> usize {
    // Most groups begin with a literal that settles it.
    let (ops, start) = match ops.split_first() {
        Some((Op::Literal(literal), _)) if !literal.begins(&text[at..]) => return at,
        Some((Op::Literal(literal), behind)) => (behind, at + literal.len()),
        _ => (ops, at),
    };
    let mark = found.mark();
    let cut = *found.cut();
    let end = walk(ops, text, start, found);
    // Cut inside a part that might be missing, the line still had all it must have.
    *found.cut() = cut;
    end.unwrap_or_else(|| {
        found.undo(mark);
        at
    })
}

/// The same for a group of which not all can be taken back: its values are set only when all of it fits.
fn optional_at_once<'a, S: Sink<'a>>(ops: &[Op], text: &'a [u8], at: usize, found: &mut S) -> usize {
    // A timestamp would take long to read twice.
    if let Some(stamp) = found.stamped()
        && ops.iter().all(|op| is_undoable(op) || matches!(op, Op::Value { kind: Kind::Time(_), .. }))
    {
        let end = optional(ops, text, at, found);
        if end == at {
            found.restamp(stamp);
        }
        return end;
    }
    if probe(ops, text, at) { optional(ops, text, at, found) } else { at }
}

/// Whether the steps fit from `at` on.
fn probe(ops: &[Op], text: &[u8], at: usize) -> bool {
    walk(ops, text, at, &mut Fit::default()).is_some()
}

/// Takes a value of this kind from the front of `rest`; gives the bytes that it took.
fn value<'a, S: Sink<'a>>(slot: Slot, kind: Kind, until: &Literal, rest: &'a [u8], found: &mut S) -> Option<usize> {
    if let Kind::Time(formats) = kind {
        let recent = found.recent();
        let known = recent.and_then(|recent| Some((recent.read(formats, rest)?, recent.stamp())));
        let (taken, stamp) = match known {
            Some(known) => known,
            None => {
                let (stamp, taken) = formats.into_iter().flatten().find_map(|format| format.read(rest))?;
                if let Some(recent) = found.recent() {
                    recent.note(formats, rest, taken, stamp);
                }
                (taken, stamp)
            }
        };
        if slot == Slot::Timestamp {
            found.stamp(stamp);
        }
        return Some(taken);
    }
    let end = extent(kind, until, rest)?;
    let inside = &rest[..end];
    match (kind, slot) {
        // An address that is none refuses the line, whether it is wanted or not.
        (Kind::Endpoint | Kind::Socket, _) => {
            let parts = if kind == Kind::Socket { endpoint::split_at_last_colon } else { endpoint::split };
            let (address, port) = parts(inside)?;
            if let Slot::Field(field) = slot {
                set_endpoint(field, address, port, found);
            }
        }
        _ if !S::KEEPS => {}
        (Kind::Request, _) => request(inside, found),
        (Kind::Json, _) => found.members(inside),
        (Kind::Rest, Slot::Field(field)) => found.set(field, rest.into()),
        (_, Slot::Field(field)) if found.wants(field) => fill(field, kind, inside, found),
        _ => {}
    }
    Some(end)
}

/// Puts what stands `inside` a value into its field.
fn fill<'a>(field: Field, kind: Kind, inside: &'a [u8], sink: &mut impl Sink<'a>) {
    match kind {
        Kind::Cell => sink.set(field, cell(inside)),
        Kind::Label => sink.set(field, label(inside).into()),
        Kind::Scaled(scale) => {
            if let Some(word) = scale.word(inside) {
                sink.set(field, word.as_bytes().into());
            }
        }
        Kind::Web(kind) => {
            if let Some(value) = kind.value(inside) {
                sink.set_default(field, value);
            }
        }
        Kind::Duration(unit) => {
            if let Some(micros) = decimal(inside, unit) {
                sink.set_default_number(field, micros);
            }
        }
        Kind::Address => sink.set_default(field, without_port(inside).into()),
        _ => sink.set_default(field, inside.into()),
    }
}

/// Sets an address, and the port field that belongs to it.
fn set_endpoint<'a>(field: Field, address: &'a [u8], port: &'a [u8], sink: &mut impl Sink<'a>) {
    sink.set(field, address.into());
    match field {
        Field::Src => sink.set(Field::SrcPort, port.into()),
        Field::Dst => sink.set(Field::DstPort, port.into()),
        _ => {}
    }
}
