//! The steps by which a request is skimmed.
//!
//! They read exactly what the [walk](super::walk) reads into a [`Skim`], in a tenth of its time: where a value goes is
//! settled when the template is compiled, and the usual form of each kind is read in place. Any other form, and any kind
//! that is not named here, is left to the walk, so that there is one definition of each.

use super::Op;
use super::extent::{extent, quoted_end};
use super::kind::{Formats, Kind, Slot};
use super::literal::Literal;
use super::sink::Sink;
use super::skim::{Place, Skim};
use super::value::{decimal, request, without_port};
use super::walk::walk;
use crate::detect::web_kinds::{WebKind, is_address_byte};
use crate::model::field::Field;

/// One step, and the literal text behind it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    what: What,
    /// Stands behind the value; empty where something else follows.
    then: Literal,
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

/// What a word must be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Any,
    /// No address.
    Ident,
    /// An address with a port that is dropped.
    Address,
    /// The same, the port behind the last colon.
    AddressPort,
    /// Addresses with commas, of which the first counts.
    Forwarded,
}

/// The steps of a template.
pub(super) fn steps(ops: &[Op]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for op in ops {
        match (op, steps.last_mut()) {
            (Op::Literal(literal), Some(Step { what, then })) if then.len() == 0 && !matches!(what, What::Group(_)) => {
                *then = literal.clone();
            }
            (Op::Literal(literal), _) => steps.push(Step { what: What::Literal, then: literal.clone() }),
            _ => steps.push(Step { what: what(op), then: Literal::default() }),
        }
    }
    steps
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
        if then.len() > 0 && !then.begins(&rest[end..]) {
            return None;
        }
        at += end + then.len();
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

/// The bytes of a word, once its value is put to its place.
#[inline]
fn word<'a>(shape: Shape, stop: u8, place: Place, rest: &'a [u8], skim: &mut Skim<'a>) -> Option<usize> {
    let one_dash = matches!(rest, [b'-', b' ', ..]) && stop == b' ';
    match shape {
        Shape::Any | Shape::Ident | Shape::Address if one_dash => Some(1),
        Shape::Any => {
            let end = word_end(stop, rest);
            skim.put(place, &rest[..end]);
            (end > 0).then_some(end)
        }
        Shape::Ident => other(WebKind::Ident, stop, place, rest, skim),
        Shape::Address => {
            let end = word_end(stop, rest);
            let inside = &rest[..end];
            skim.put(place, without_port(inside));
            (end > 0 && inside.iter().all(|&byte| is_address_byte(byte))).then_some(end)
        }
        Shape::AddressPort => {
            let end = word_end(stop, rest);
            let colon = ipv4_end(rest).filter(|&at| at + 1 < end && rest[at] == b':');
            match colon.filter(|colon| rest[colon + 1..end].iter().all(u8::is_ascii_digit)) {
                Some(colon) => {
                    skim.put(place, &rest[..colon]);
                    Some(end)
                }
                None => other(WebKind::AddressPort, stop, place, rest, skim),
            }
        }
        Shape::Forwarded => match ipv4_end(rest).filter(|&end| rest[end] == stop && stop == b' ') {
            Some(end) => {
                skim.put(place, &rest[..end]);
                Some(end)
            }
            None => other(WebKind::Forwarded, stop, place, rest, skim),
        },
    }
}

#[inline]
fn word_end(stop: u8, rest: &[u8]) -> usize {
    let ends = |byte: &u8| *byte == stop || *byte == b' ' || *byte == b'\t';
    rest.iter().position(ends).unwrap_or(rest.len())
}

/// A value of a kind that is read elsewhere.
fn other<'a>(kind: WebKind, stop: u8, place: Place, rest: &'a [u8], skim: &mut Skim<'a>) -> Option<usize> {
    let end = kind.extent(stop, rest)?;
    if place != Place::NONE
        && let Some(value) = kind.value(&rest[..end])
    {
        skim.put_value(place, value);
    }
    Some(end)
}

/// How many digits, dots and slashes stand in front, if there are 7 to 15 as in an address of the fourth version.
#[inline]
fn ipv4_end(rest: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // The highest bit of each byte that is not from `.` to `9`.
    let outside = |bytes: &[u8; 8]| {
        let word = u64::from_le_bytes(*bytes);
        let at_least_dot = (word | HIGH) - ONES * u64::from(b'.');
        let above_nine = (word & !HIGH) + ONES * u64::from(0x7F - b'9');
        (!at_least_dot | above_nine | word) & HIGH
    };
    let (words, _) = rest.get(..16)?.as_chunks::<8>();
    let end = match (outside(&words[0]), outside(&words[1])) {
        (0, 0) => return None,
        (0, second) => 8 + second.trailing_zeros() / 8,
        (first, _) => first.trailing_zeros() / 8,
    } as usize;
    (end >= 7).then_some(end)
}

#[inline]
fn text_end(rest: &[u8], until: &Literal) -> usize {
    let Some(&first) = until.bytes().first() else { return rest.len() };
    if rest.first() == Some(&b'-') && first != b'-' && until.begins(&rest[1..]) {
        return 1;
    }
    until.find(rest).unwrap_or(rest.len())
}

/// Where a quoted string without a quote inside ends; nothing where that does not show at once.
#[inline]
fn simple_quoted_end(rest: &[u8], until: &Literal) -> Option<usize> {
    let end = match rest {
        [b'-', b'"', ..] => 1,
        _ => memchr::memchr(b'"', rest)?,
    };
    ((end == 0 || rest[end - 1] != b'\\') && until.begins(&rest[end..])).then_some(end)
}

#[inline]
fn status_end(rest: &[u8]) -> Option<usize> {
    match rest {
        [a, b, c, d, ..] if [a, b, c].iter().all(|byte| byte.is_ascii_digit()) && !d.is_ascii_digit() => Some(3),
        _ => extent(Kind::Status, &Literal::default(), rest),
    }
}

/// Method and path of a request line.
#[inline]
fn request_line<'a>(line: &'a [u8], skim: &mut Skim<'a>) {
    if let [.., b' ', b'H', b'T', b'T', b'P', b'/', major, dot, minor] = line
        && ![major, dot, minor].contains(&&b' ')
        && let Some(blank) = line.iter().take(10).position(|byte| !byte.is_ascii_uppercase())
        && blank > 0
        && line[blank] == b' '
        && blank + 9 < line.len()
    {
        skim.set_place(Place::METHOD, &line[..blank]);
        skim.set_place(Place::PATH, &line[blank + 1..line.len() - 9]);
        return;
    }
    request(line, skim);
}

#[inline]
fn int_end(rest: &[u8]) -> Option<usize> {
    let digits = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    if digits > 0 { Some(digits) } else { extent(Kind::Int, &Literal::default(), rest) }
}

fn duration(unit: i64, rest: &[u8], skim: &mut Skim<'_>) -> Option<usize> {
    let end = extent(Kind::Duration(unit), &Literal::default(), rest)?;
    if let Some(micros) = decimal(&rest[..end], unit) {
        skim.set_default_number(Field::Duration, micros);
    }
    Some(end)
}

#[inline]
fn time(formats: Formats, counts: bool, rest: &[u8], skim: &mut Skim<'_>) -> Option<usize> {
    let recent = skim.recent.read(formats, rest);
    let (stamp, taken) = match recent {
        Some(known) => known,
        None => {
            let (stamp, taken) = formats.into_iter().flatten().find_map(|format| format.read(rest))?;
            skim.recent.note(formats, rest, taken, stamp);
            (stamp, taken)
        }
    };
    if counts {
        skim.stamp(stamp);
    }
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::super::Template;
    use super::*;
    use crate::detect::catalogue::Layouts;
    use crate::detect::layout::Family;
    use proptest::prelude::*;

    const SKIMMED: [Field; 10] = [
        Field::Host,
        Field::Service,
        Field::Client,
        Field::Method,
        Field::Path,
        Field::Status,
        Field::Upstream,
        Field::Reason,
        Field::UserAgent,
        Field::Message,
    ];

    /// Everything that was skimmed, or that the template does not fit.
    fn by<'a>(read: impl Fn(&mut Skim<'a>) -> Option<usize>, length: usize) -> Option<String> {
        let mut skim = Skim::default();
        if read(&mut skim) != Some(length) {
            return None;
        }
        let values = SKIMMED.map(|field| skim.get(field).map(String::from_utf8_lossy));
        Some(format!("{:?} {:?} {values:?} {}", Skim::stamp(&skim), skim.duration(), skim.is_whole()))
    }

    fn templates_with_samples() -> Vec<(Template, Vec<String>)> {
        let layouts = Layouts::embedded().unwrap();
        let access = layouts.iter().map(|(_, layout)| &layout.text).filter(|text| text.family == Family::Access);
        access
            .flat_map(|text| {
                text.lines
                    .iter()
                    .map(|line| (Template::compile(line).unwrap(), text.samples.clone()))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Samples of all access logs, with bytes put in, taken out and changed that mean something to a template.
        #[test]
        fn they_read_what_the_walk_reads(
            edits in prop::collection::vec((0usize..400, 0usize..3, prop::sample::select(&b" \t\"\\-[]{}|/:.,0a2Z+"[..])), 0..4),
        ) {
            thread_local!(static ALL: Vec<(Template, Vec<String>)> = templates_with_samples());
            ALL.with(|all| {
                let mut fitted = 0;
                for (template, samples) in all {
                    let steps = steps(&template.ops);
                    for sample in samples {
                        let mut line = sample.as_bytes().to_vec();
                        for &(at, edit, byte) in &edits {
                            let at = at % (line.len() + 1);
                            match edit {
                                0 => line.insert(at, byte),
                                1 => drop(line.splice(at..(at + 1).min(line.len()), [])),
                                _ => drop(line.splice(at..(at + 1).min(line.len()), [byte])),
                            }
                        }
                        let walked = by(|skim| walk(&template.ops, &line, 0, skim), line.len());
                        let stepped = by(|skim| run(&steps, &line, 0, skim), line.len());
                        fitted += usize::from(walked.is_some());
                        assert_eq!(stepped, walked, "{}", String::from_utf8_lossy(&line));
                    }
                }
                assert!(!edits.is_empty() || fitted > 100, "{fitted} lines that fit are too few to tell");
            });
        }
    }
}
