//! The steps by which a request is skimmed.
//!
//! They read exactly what the [walk](super::walk) reads into a [`Skim`], in half of its time: where a value goes is
//! settled when the template is compiled, and the usual form of each kind is read in place. Any other form, and any kind
//! that is not named here, is left to the walk, so that there is one definition of each.

mod addresses;
mod at_once;
mod combined;
#[cfg(test)]
mod tests;
mod then;
mod timed;
mod usual;
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
use crate::model::lanes::first_of;
use crate::model::scan::End;
pub use at_once::AtOnce;
use then::Then;
use usual::Usual;
use values::{Shape, duration, int, ints, level, request_line, simple_quoted, status, text, time, word};

/// One step, and the literal text behind it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    what: What,
    then: Then,
    /// Nothing that must be there follows, and what may follow begins with a literal text: a line may end here.
    may_end: bool,
}

#[derive(Debug, Clone)]
enum What {
    /// Nothing but the literal.
    Literal,
    /// A value that ends at a blank.
    Plain(Place),
    /// A value that ends at a blank, or where what follows begins.
    Word {
        shape: Shape,
        stop: u8,
        place: Place,
    },
    Text {
        until: Until,
        place: Place,
    },
    Quoted {
        until: Until,
        place: Place,
    },
    Request {
        until: Until,
    },
    Int,
    /// Numbers, each with what is behind it.
    Ints(Vec<End>),
    /// A duration in this many microseconds a unit, perhaps behind a `+`.
    Duration {
        unit: i64,
        plus: bool,
    },
    Status(Place),
    Time {
        formats: Formats,
        counts: bool,
    },
    Blanks,
    /// The name of a level, which ends at a blank or at this byte.
    Level(u8),
    /// A literal text that may be missing.
    Maybe(Then),
    /// May be missing.
    Group(Vec<Step>),
    Other(Box<Op>),
    /// Several steps at once, and the steps, which are gone where the line has another form there.
    Usual(Usual, Vec<Step>),
}

/// The literal text that ends a value.
#[derive(Debug, Clone)]
struct Until {
    quick: Then,
    text: Box<Literal>,
}

impl Until {
    fn of(text: &Literal) -> Self {
        Self { quick: Then::of(text), text: Box::new(text.clone()) }
    }
}

impl Step {
    /// Whether a line fits without it.
    fn may_be_missing(&self) -> bool {
        matches!(self.what, What::Maybe(_) | What::Group(_)) && self.then.length == 0
    }
}

/// The steps of a template.
pub(super) fn steps(ops: &[Op]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for op in ops {
        match (op, steps.last_mut()) {
            (Op::Literal(literal), Some(Step { what, then, .. }))
                if then.length == 0 && !matches!(what, What::Group(_) | What::Maybe(_)) =>
            {
                *then = Then::of(literal);
            }
            (Op::Literal(literal), _) => {
                steps.push(Step { what: What::Literal, then: Then::of(literal), may_end: false })
            }
            _ => steps.push(Step { what: what(op), then: Then::NOTHING, may_end: false }),
        }
    }
    let mut joined: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        join(&mut joined, step);
    }
    if let Some((usual, length)) = Usual::of(&joined) {
        let apart = joined.drain(..length).collect();
        joined.insert(0, Step { what: What::Usual(usual, apart), then: Then::NOTHING, may_end: false });
    }
    let mut may_end = true;
    for step in joined.iter_mut().rev() {
        step.may_end = may_end;
        let begins_literally = match &step.what {
            What::Group(steps) => {
                matches!(steps.first().map(|step| &step.what), Some(What::Literal | What::Usual(Usual::Quotes(_), _)))
            }
            _ => true,
        };
        may_end &= begins_literally && step.may_be_missing();
    }
    joined
}

/// Puts a step behind the others, as one with those that it can be read with at once.
fn join(steps: &mut Vec<Step>, step: Step) {
    let plus = matches!(steps.last(), Some(Step { what: What::Maybe(then), .. }) if then.byte() == Some(b'+'));
    let what = match (step.what, step.then.byte()) {
        (What::Int, Some(byte)) => What::Ints(vec![End { byte, plus }]),
        (What::Duration { unit, .. }, _) => What::Duration { unit, plus },
        (what, _) => return steps.push(Step { what, ..step }),
    };
    if plus {
        steps.pop();
    }
    match (steps.last_mut().map(|last| &mut last.what), what) {
        (Some(What::Ints(before)), What::Ints(ends)) => before.extend(ends),
        (_, what @ What::Ints(_)) => steps.push(Step { what, then: Then::NOTHING, may_end: false }),
        (_, what) => steps.push(Step { what, ..step }),
    }
}

fn what(op: &Op) -> What {
    match op {
        Op::Optional { ops, undoable: true } => match ops.as_slice() {
            [Op::Literal(literal)] => What::Maybe(Then::of(literal)),
            _ => What::Group(steps(ops)),
        },
        Op::Blanks => What::Blanks,
        Op::Value { slot, kind, until } => {
            value(*slot, *kind, until).unwrap_or_else(|| What::Other(Box::new(op.clone())))
        }
        _ => What::Other(Box::new(op.clone())),
    }
}

fn value(slot: Slot, kind: Kind, until: &Literal) -> Option<What> {
    let place = match slot {
        Slot::Field(Field::Duration) => {
            let Kind::Duration(unit) = kind else { return None };
            return Some(What::Duration { unit, plus: false });
        }
        Slot::Field(field) => Place::of(field),
        Slot::Skip | Slot::Timestamp => Place::NONE,
    };
    let word = |shape| {
        let stop = until.bytes().first().copied().unwrap_or(b' ');
        Some(match (shape, stop) {
            (Shape::Any, b' ') => What::Plain(place),
            _ => What::Word { shape, stop, place },
        })
    };
    let quote_ends = until.bytes().first().is_none_or(|&first| first == b'"');
    match kind {
        Kind::Time(formats) => Some(What::Time { formats, counts: slot == Slot::Timestamp }),
        Kind::Level if slot == Slot::Field(Field::Level) => {
            Some(What::Level(until.bytes().first().copied().unwrap_or(b' ')))
        }
        Kind::Word => word(Shape::Any),
        Kind::Address => word(Shape::Address),
        Kind::Web(WebKind::Ident) => word(Shape::Ident),
        Kind::Web(WebKind::AddressPort) => word(Shape::AddressPort),
        Kind::Web(WebKind::Forwarded) => word(Shape::Forwarded),
        Kind::Text => Some(What::Text { until: Until::of(until), place }),
        Kind::Quoted if quote_ends => Some(What::Quoted { until: Until::of(until), place }),
        Kind::Request if quote_ends => Some(What::Request { until: Until::of(until) }),
        // A number in a field that is skimmed is no usual thing.
        Kind::Int if place == Place::NONE => Some(What::Int),
        Kind::Status => Some(What::Status(place)),
        _ => None,
    }
}

/// Goes the steps from the front of `rest` on, which is the end of `line`; gives what stands behind the last one.
pub(super) fn run<'a>(steps: &[Step], line: &'a [u8], mut rest: &'a [u8], skim: &mut Skim<'a>) -> Option<&'a [u8]> {
    for Step { what, then, may_end } in steps {
        let length = match what {
            What::Literal => 0,
            What::Plain(place) => {
                let end = first_of(*b" \t", rest);
                if end == 0 {
                    return None;
                }
                skim.put(*place, &rest[..end]);
                end
            }
            What::Word { shape, stop, place } => word(*shape, *stop, *place, rest, skim)?,
            What::Text { until, place } => {
                let end = text(rest, until);
                skim.put(*place, &rest[..end]);
                end
            }
            What::Quoted { until, place } => {
                let simple = simple_quoted(rest, until);
                let end = simple.map_or_else(|| quoted_end(rest, &until.text, false), |(end, _)| end);
                skim.put(*place, &rest[..end]);
                if let Some((_, behind)) = simple.filter(|_| then.length > 0) {
                    if behind.is_empty() && *may_end {
                        return Some(behind);
                    }
                    rest = behind;
                    continue;
                }
                if simple.is_none() && end == rest.len() && until.text.len() > 0 {
                    return Some(&[]);
                }
                end
            }
            What::Request { until } => {
                let number = until.text.len() > 1;
                let simple = simple_quoted(rest, until)
                    .filter(|(_, behind)| !number || behind.first().is_some_and(u8::is_ascii_digit));
                let end = simple.map_or_else(|| quoted_end(rest, &until.text, true), |(end, _)| end);
                request_line(&rest[..end], skim);
                if let Some((_, behind)) = simple.filter(|_| then.length > 0) {
                    rest = behind;
                    continue;
                }
                end
            }
            What::Usual(usual, apart) => match usual.read(rest, skim) {
                Some(length) => length,
                None => rest.len() - run(apart, line, rest, skim)?.len(),
            },
            What::Int => int(rest)?,
            What::Ints(ends) => ints(ends, rest)?,
            What::Duration { unit, plus } => {
                let sign = usize::from(*plus && rest.first() == Some(&b'+'));
                sign + duration(*unit, &rest[sign..], skim)?
            }
            What::Status(place) => {
                let end = status(rest)?;
                skim.put(*place, &rest[..end]);
                end
            }
            What::Time { formats, counts } => time(*formats, *counts, rest, skim)?,
            What::Blanks => {
                let blanks = rest.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
                if blanks == 0 {
                    return None;
                }
                blanks
            }
            What::Level(stop) => level(*stop, rest, skim)?,
            What::Maybe(literal) => {
                if literal.behind(rest).is_some() {
                    literal.length
                } else {
                    0
                }
            }
            What::Group(steps) => rest.len() - group(steps, line, rest, skim).len(),
            What::Other(op) => {
                let at = line.len() - rest.len();
                walk(std::slice::from_ref(op), line, at, skim)? - at
            }
        };
        rest = then.behind(rest.get(length..)?)?;
        if rest.is_empty() && *may_end {
            break;
        }
    }
    Some(rest)
}

fn group<'a>(steps: &[Step], line: &'a [u8], rest: &'a [u8], skim: &mut Skim<'a>) -> &'a [u8] {
    if let Some(Step { what: What::Literal, then, .. }) = steps.first()
        && then.behind(rest).is_none()
    {
        return rest;
    }
    let mark = skim.mark();
    run(steps, line, rest, skim).unwrap_or_else(|| {
        skim.undo(mark);
        rest
    })
}
