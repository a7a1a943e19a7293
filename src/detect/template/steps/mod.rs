//! The steps by which a request is skimmed.
//!
//! They read exactly what the [walk](super::walk) reads into a [`Skim`], in half of its time: where a value goes is
//! settled when the template is compiled, and the usual form of each kind is read in place. Any other form, and any kind
//! that is not named here, is left to the walk, so that there is one definition of each.

#[cfg(test)]
mod tests;
mod then;
mod values;

use super::Op;
use super::extent::quoted_end;
use super::kind::{Formats, Kind, Slot};
use super::literal::Literal;
use super::sink::Sink;
use super::skim::{Place, Skim};
use super::walk::walk;
use crate::detect::web_kinds::WebKind;
use crate::model::field::Field;
use then::Then;
use values::{Shape, duration, int_end, ints_end, request_line, simple_quoted_end, status_end, text_end, time, word};

/// One step, and the literal text behind it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    what: What,
    then: Then,
}

#[derive(Debug, Clone)]
enum What {
    /// Nothing but the literal.
    Literal,
    /// A value that ends at a blank, or where what follows begins.
    Word {
        shape: Shape,
        stop: u8,
        place: Place,
    },
    Text {
        until: Literal,
        place: Place,
    },
    Quoted {
        until: Literal,
        place: Place,
    },
    Request {
        until: Literal,
    },
    Int,
    /// Numbers, each with the byte behind it.
    Ints(Vec<u8>),
    Duration(i64),
    Status(Place),
    Time {
        formats: Formats,
        counts: bool,
    },
    /// May be missing.
    Group(Vec<Step>),
    Other(Op),
}

/// The steps of a template.
pub(super) fn steps(ops: &[Op]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for op in ops {
        match (op, steps.last_mut()) {
            (Op::Literal(literal), Some(Step { what, then }))
                if then.length == 0 && !matches!(what, What::Group(_)) =>
            {
                *then = Then::of(literal);
            }
            (Op::Literal(literal), _) => steps.push(Step { what: What::Literal, then: Then::of(literal) }),
            _ => steps.push(Step { what: what(op), then: Then::NOTHING }),
        }
    }
    let mut joined: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        let end = step.then.byte().filter(|_| matches!(step.what, What::Int));
        match (joined.last_mut(), end) {
            (Some(Step { what: What::Ints(ends), .. }), Some(end)) => ends.push(end),
            (_, Some(end)) => joined.push(Step { what: What::Ints(vec![end]), then: Then::NOTHING }),
            (_, None) => joined.push(step),
        }
    }
    joined
}

fn what(op: &Op) -> What {
    match op {
        Op::Optional { ops, undoable: true } => What::Group(steps(ops)),
        Op::Value { slot, kind, until } => value(*slot, *kind, until).unwrap_or_else(|| What::Other(op.clone())),
        _ => What::Other(op.clone()),
    }
}

fn value(slot: Slot, kind: Kind, until: &Literal) -> Option<What> {
    let place = match slot {
        Slot::Field(Field::Duration) => {
            let Kind::Duration(unit) = kind else { return None };
            return Some(What::Duration(unit));
        }
        Slot::Field(field) => Place::of(field),
        Slot::Skip | Slot::Timestamp => Place::NONE,
    };
    let word = |shape| {
        let stop = until.bytes().first().copied().unwrap_or(b' ');
        Some(What::Word { shape, stop, place })
    };
    let quote_ends = until.bytes().first().is_none_or(|&first| first == b'"');
    match kind {
        Kind::Time(formats) => Some(What::Time { formats, counts: slot == Slot::Timestamp }),
        Kind::Word => word(Shape::Any),
        Kind::Address => word(Shape::Address),
        Kind::Web(WebKind::Ident) => word(Shape::Ident),
        Kind::Web(WebKind::AddressPort) => word(Shape::AddressPort),
        Kind::Web(WebKind::Forwarded) => word(Shape::Forwarded),
        Kind::Text => Some(What::Text { until: until.clone(), place }),
        Kind::Quoted if quote_ends => Some(What::Quoted { until: until.clone(), place }),
        Kind::Request if quote_ends => Some(What::Request { until: until.clone() }),
        // A number in a field that is skimmed is no usual thing.
        Kind::Int if place == Place::NONE => Some(What::Int),
        Kind::Status => Some(What::Status(place)),
        _ => None,
    }
}

/// Goes the steps from `at` on; gives where the last one ended.
pub(super) fn run<'a>(steps: &[Step], text: &'a [u8], mut at: usize, skim: &mut Skim<'a>) -> Option<usize> {
    for Step { what, then } in steps {
        let rest = text.get(at..)?;
        let end = match what {
            What::Literal => 0,
            What::Word { shape, stop, place } => word(*shape, *stop, *place, rest, skim)?,
            What::Text { until, place } => {
                let end = text_end(rest, until);
                skim.put(*place, &rest[..end]);
                end
            }
            What::Quoted { until, place } => {
                let simple = simple_quoted_end(rest, until);
                let end = simple.unwrap_or_else(|| quoted_end(rest, until, false));
                skim.put(*place, &rest[..end]);
                if end == rest.len() && until.len() > 0 {
                    return Some(text.len());
                }
                end
            }
            What::Request { until } => {
                let end = simple_quoted_end(rest, until)
                    .filter(|end| until.len() < 2 || rest.get(end + until.len()).is_some_and(u8::is_ascii_digit))
                    .unwrap_or_else(|| quoted_end(rest, until, true));
                request_line(&rest[..end], skim);
                end
            }
            What::Int => int_end(rest)?,
            What::Ints(ends) => ints_end(ends, rest)?,
            What::Duration(unit) => duration(*unit, rest, skim)?,
            What::Status(place) => {
                let end = status_end(rest)?;
                skim.put(*place, &rest[..end]);
                end
            }
            What::Time { formats, counts } => time(*formats, *counts, rest, skim)?,
            What::Group(steps) => group(steps, text, at, skim) - at,
            What::Other(op) => walk(std::slice::from_ref(op), text, at, skim)? - at,
        };
        if !then.begins(&rest[end..]) {
            return None;
        }
        at += end + then.length;
    }
    Some(at)
}

fn group<'a>(steps: &[Step], text: &'a [u8], at: usize, skim: &mut Skim<'a>) -> usize {
    if let Some(Step { what: What::Literal, then }) = steps.first()
        && !then.begins(&text[at..])
    {
        return at;
    }
    let mark = skim.mark();
    run(steps, text, at, skim).unwrap_or_else(|| {
        skim.undo(mark);
        at
    })
}
