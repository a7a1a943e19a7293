//! Reads a line by the steps of a template.

use super::extent::extent;
use super::kind::{Kind, Slot};
use super::value::{cell, decimal, label, request, without_port};
use super::{Found, Op};
use crate::detect::endpoint;
use crate::model::field::Field;
use crate::model::record::Fields;

/// Walks the steps from `at` on; gives where the last one ended.
pub(super) fn walk<'a>(ops: &[Op], text: &'a [u8], mut at: usize, found: &mut Found<'a>) -> Option<usize> {
    for op in ops {
        at = match op {
            Op::Literal(literal) => {
                if !text[at..].starts_with(literal) {
                    return None;
                }
                at + literal.len()
            }
            Op::Ahead(literal) => text[at..].starts_with(literal).then_some(at)?,
            Op::Blanks => {
                let blanks = text[at..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
                if blanks == 0 {
                    return None;
                }
                at + blanks
            }
            // A group that does not fit leaves no trace: its values are set only when all of it fits.
            Op::Optional(inner) => match probe(inner, text, at) {
                true => {
                    // Cut inside a part that might be missing, the line still had all it must have.
                    let cut = found.cut;
                    let end = walk(inner, text, at, found)?;
                    found.cut = cut;
                    end
                }
                false => at,
            },
            Op::Value { slot, kind, until } => {
                let end = at + value(*slot, *kind, until, &text[at..], found)?;
                // A line that was cut inside quotes says no more.
                if *kind == Kind::Quoted && end == text.len() && !until.is_empty() {
                    found.cut = true;
                    return Some(end);
                }
                end
            }
        };
    }
    Some(at)
}

/// Whether the steps fit from `at` on.
fn probe(ops: &[Op], text: &[u8], at: usize) -> bool {
    // Most groups begin with a literal that settles it.
    if let Some(Op::Literal(literal)) = ops.first()
        && !text[at..].starts_with(literal)
    {
        return false;
    }
    walk(ops, text, at, &mut Found::default()).is_some()
}

/// Takes a value of this kind from the front of `rest`; gives the bytes that it took.
fn value<'a>(slot: Slot, kind: Kind, until: &[u8], rest: &'a [u8], found: &mut Found<'a>) -> Option<usize> {
    if let Kind::Time(formats) = kind {
        let (stamp, taken) = formats.into_iter().flatten().find_map(|format| format.read(rest))?;
        if slot == Slot::Timestamp {
            found.stamp = Some(stamp);
        }
        return Some(taken);
    }
    let end = extent(kind, until, rest)?;
    let inside = &rest[..end];
    match (kind, slot) {
        (Kind::Request, _) => request(inside, found),
        (Kind::Json, _) => found.members = Some(inside),
        (Kind::Rest, Slot::Field(field)) => found.fields.set(field, rest),
        // An address that is none refuses the line, whether it is wanted or not.
        (Kind::Endpoint | Kind::Socket, _) => {
            let parts = if kind == Kind::Socket { endpoint::split_at_last_colon } else { endpoint::split };
            let (address, port) = parts(inside)?;
            if let Slot::Field(field) = slot {
                set_endpoint(field, address, port, &mut found.fields);
            }
        }
        (_, Slot::Field(field)) => fill(field, kind, inside, &mut found.fields),
        _ => {}
    }
    Some(end)
}

/// Puts what stands `inside` a value into its field.
fn fill<'a>(field: Field, kind: Kind, inside: &'a [u8], fields: &mut Fields<'a>) {
    match kind {
        Kind::Cell => fields.set(field, cell(inside)),
        Kind::Label => fields.set(field, label(inside)),
        Kind::Scaled(scale) => {
            if let Some(word) = scale.word(inside) {
                fields.set(field, word.as_bytes());
            }
        }
        Kind::Web(kind) => {
            if let Some(value) = kind.value(inside) {
                fields.set_default(field, value);
            }
        }
        Kind::Duration(unit) => {
            if let Some(micros) = decimal(inside, unit) {
                fields.set_default(field, micros.to_string().into_bytes());
            }
        }
        Kind::Address => fields.set_default(field, without_port(inside)),
        _ => fields.set_default(field, inside),
    }
}

/// Sets an address, and the port field that belongs to it.
fn set_endpoint<'a>(field: Field, address: &'a [u8], port: &'a [u8], fields: &mut Fields<'a>) {
    fields.set(field, address);
    match field {
        Field::Src => fields.set(Field::SrcPort, port),
        Field::Dst => fields.set(Field::DstPort, port),
        _ => {}
    }
}
