//! The line templates of layout files: `[<timestamp:clf>] "<request:request>" <status:status>`.
//!
//! A template is literal text with typed fields between, walked once from left to right without backtracking, so
//! that a line costs some tens of nanoseconds. Regular expressions with captures were the other way: ten times
//! slower on access lines, and harder to write for whoever adds a layout.
//!
//! Notation: `<field:kind>` is a field, `<:kind>` a part that is skipped; `~` is one or more blanks; `[[ … ]]` may be
//! missing; `\n` is a line feed; `\` takes any other character as it is; `<=text>` stands where `text` follows, and
//! takes nothing. Where two parts of a line fill one field, the first that says something does.

mod agreement;
mod compile;
mod extent;
mod kind;
mod ladder;
mod literal;
mod recent_stamp;
mod sink;
mod skim;
mod starts;
mod steps;
#[cfg(test)]
mod tests;
mod value;
mod walk;

pub(super) use ladder::Ladder;
pub use recent_stamp::Minute;
pub(super) use recent_stamp::RecentStamp;
pub(super) use skim::Place;
#[cfg(test)]
pub(super) use skim::SKIMMED;
pub use skim::Skim;
pub(super) use starts::Starts;
pub(super) use value::{request, without_port};

use crate::detect::outline::Outline;
use crate::model::field::Field;
use crate::model::record::Fields;
use crate::model::stamp::Stamp;
use kind::{Kind, Slot};
use literal::Literal;
use std::sync::OnceLock;
pub use steps::AtOnce;
use steps::Step;

/// One step of a template.
#[derive(Debug, Clone, PartialEq)]
enum Op {
    Literal(Literal),
    /// What follows begins with this, and is not taken.
    Ahead(Literal),
    Blanks,
    Value {
        slot: Slot,
        kind: Kind,
        /// The literal behind it; empty when there is none.
        until: Literal,
    },
    Optional {
        ops: Vec<Op>,
        /// What it reads can be taken back, so that it need not be tried before it is read.
        undoable: bool,
    },
}

/// A compiled template.
#[derive(Debug, Clone)]
pub struct Template {
    ops: Vec<Op>,
    specificity: u32,
    starts: Starts,
    /// `ops` as [`Template::skim`] takes them, from the first time on that it was asked for.
    steps: OnceLock<Steps>,
}

/// The steps of a template, and what reads a line at once that has its usual form.
#[derive(Debug, Clone)]
struct Steps {
    all: Vec<Step>,
    at_once: Option<AtOnce>,
}

/// What a line holds by a template.
#[derive(Debug, Default)]
pub struct Found<'a> {
    /// The timestamp, if the template has one and the line too.
    pub stamp: Option<Stamp>,
    /// The fields.
    pub fields: Fields<'a>,
    /// Whether the line was cut inside quotes, so that what the template wants behind them could not be looked for.
    pub cut: bool,
    /// A JSON object that the line ends in.
    pub members: Option<&'a [u8]>,
}

impl Found<'_> {
    /// Forgets all of it.
    pub fn reset(&mut self) {
        self.stamp = None;
        self.fields.reset();
        self.cut = false;
        self.members = None;
    }
}

impl Template {
    /// Compiles a template; the error says what is wrong and where.
    pub fn compile(source: &str) -> Result<Self, String> {
        let ops = compile::ops(source)?;
        let specificity = ops.iter().map(weight).sum();
        let starts = Starts::of(&ops);
        Ok(Self { ops, specificity, starts, steps: OnceLock::new() })
    }

    /// How much a line must have to fit: the higher, the less likely by chance.
    pub fn specificity(&self) -> u32 {
        self.specificity
    }

    /// Reads what stands at `at`, whatever follows behind it.
    pub(super) fn read_at<'a>(&self, text: &'a [u8], at: usize) -> Option<Found<'a>> {
        let mut found = Found::default();
        walk::walk(&self.ops, text, at, &mut found)?;
        Some(found)
    }

    /// The bytes that a line of it can begin with.
    pub(super) fn starts(&self) -> &Starts {
        &self.starts
    }

    /// The literal text that it begins with.
    pub(super) fn lead(&self) -> Option<&[u8]> {
        match self.ops.first() {
            Some(Op::Literal(text)) => Some(text.bytes()),
            _ => None,
        }
    }

    /// The fields that it can fill.
    pub(super) fn fields(&self) -> Vec<Field> {
        fn gather(ops: &[Op], fields: &mut Vec<Field>) {
            for op in ops {
                match op {
                    Op::Value { slot: Slot::Field(field), .. } => fields.push(*field),
                    Op::Optional { ops, .. } => gather(ops, fields),
                    _ => {}
                }
            }
        }
        let mut fields = Vec::new();
        gather(&self.ops, &mut fields);
        fields
    }

    /// Whether the template has a place for a timestamp.
    pub fn has_timestamp(&self) -> bool {
        fn any(ops: &[Op]) -> bool {
            ops.iter().any(|op| match op {
                Op::Value { slot: Slot::Timestamp, .. } => true,
                Op::Optional { ops, .. } => any(ops),
                _ => false,
            })
        }
        any(&self.ops)
    }

    /// Reads `text` by this template; nothing unless all of it fits.
    pub fn read<'a>(&self, text: &'a [u8]) -> Option<Found<'a>> {
        let mut found = Found::default();
        self.read_into(text, &mut found).then_some(found)
    }

    /// Reads `text` by this template; false, and `found` empty, unless all of it fits. `found` must be empty before.
    pub(super) fn read_into<'a>(&self, text: &'a [u8], found: &mut Found<'a>) -> bool {
        if !self.starts.may_begin(text) {
            return false;
        }
        let fits = walk::walk(&self.ops, text, 0, found) == Some(text.len());
        if !fits {
            found.reset();
        }
        fits
    }

    /// Skims `text` by this template; false unless all of it fits.
    pub(super) fn skim<'a>(&self, text: &'a [u8], skim: &mut Skim<'a>) -> bool {
        self.starts.may_begin(text) && steps::run(&self.steps().all, text, text, skim).is_some_and(<[u8]>::is_empty)
    }

    /// What skims its lines together with their ends, where they have that form.
    pub(super) fn at_once(&self) -> Option<&AtOnce> {
        self.steps().at_once.as_ref()
    }

    fn steps(&self) -> &Steps {
        self.steps.get_or_init(|| {
            let all = steps::steps(&self.ops);
            Steps { at_once: AtOnce::of(&all), all }
        })
    }

    /// Whether a text in which this stands may fit; false only for one that does not.
    pub(in crate::detect) fn may_fit(&self, text: &[u8], outline: &Outline) -> bool {
        // What must be there whatever stands in the other places.
        let has = |op: &Op| match op {
            Op::Literal(literal) | Op::Ahead(literal) => outline.may_have(literal.bytes()),
            _ => true,
        };
        self.starts.may_begin(text) && self.ops.iter().all(has)
    }

    /// Whether all of `text` fits.
    pub fn fits(&self, text: &[u8]) -> bool {
        let mut fit = sink::Fit::default();
        self.starts.may_begin(text) && walk::walk(&self.ops, text, 0, &mut fit) == Some(text.len()) && !fit.cut
    }
}

fn weight(op: &Op) -> u32 {
    match op {
        Op::Literal(text) => 2 * text.len() as u32,
        // The value behind it counts for itself.
        Op::Ahead(text) => text.len() as u32,
        Op::Blanks => 1,
        Op::Optional { .. } => 0,
        Op::Value { kind, .. } => kind.weight(),
    }
}
