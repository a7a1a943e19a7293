//! What a layout fills in once a record is told: what stands beside that by which it was told, and what follows from its
//! fields.

use super::derivation::Derivation;
use super::{LayoutText, field};
use crate::detect::anywhere::Anywhere;
use crate::detect::pairs::Pairs;
use crate::detect::shape::{Shapes, Upstream};
use crate::detect::template::Found;
use crate::detect::values::Values;
use crate::model::field::Field;

/// The compiled keys of a layout file that fill in a record.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) pairs: Option<Pairs>,
    pub(super) tags: Option<Pairs>,
    pub(super) shapes: Shapes,
    pub(super) anywhere: Vec<Anywhere>,
    pub(super) derive: Vec<Derivation>,
    pub(super) values: Vec<Values>,
    pub(super) constant: Vec<(Field, Vec<u8>)>,
    pub(super) upstream: Upstream,
}

impl Completion {
    /// Compiles the keys; the error names the one that is wrong.
    pub(super) fn compile(text: &LayoutText) -> Result<Self, String> {
        let some = |pairs: Pairs| Some(pairs).filter(|pairs| !pairs.is_empty());
        let constant: Vec<(Field, Vec<u8>)> = text
            .constant
            .iter()
            .map(|(name, value)| Ok((field("constant", name)?, value.clone().into_bytes())))
            .collect::<Result<_, String>>()?;
        let shapes = Shapes::compile(&text.shape)?;
        Ok(Self {
            pairs: some(Pairs::compile("pairs", &text.pairs)?.written(&text.pair_styles, &text.pairs_end)?),
            tags: some(Pairs::compile("tags", &text.tags)?),
            upstream: match constant.iter().any(|(field, _)| *field == Field::Upstream) {
                true => Upstream::Changed,
                false => shapes.leave_upstream(),
            },
            shapes,
            anywhere: text.anywhere.iter().map(|source| Anywhere::compile(source)).collect::<Result<_, _>>()?,
            derive: text.derive.iter().map(|(to, rule)| Derivation::compile(to, rule)).collect::<Result<_, _>>()?,
            values: text.values.iter().map(Values::compile).collect::<Result<_, _>>()?,
            constant,
        })
    }

    /// Whether what a template read of a line is all that a record of it says of its time, its level and its message.
    pub(super) fn leaves_messages(&self) -> bool {
        let constant = |field| self.constant.iter().any(|(constant, _)| *constant == field);
        self.pairs.is_none()
            && self.tags.is_none()
            && self.anywhere.is_empty()
            && self.shapes.is_empty()
            && self.derive.is_empty()
            && self.values.is_empty()
            && !constant(Field::Level)
            && !constant(Field::Message)
    }

    /// Fills in a record whose members, where it has any, were filled in.
    pub(super) fn apply<'a>(&self, text: &'a [u8], found: &mut Found<'a>) {
        if let Some(pairs) = &self.pairs {
            pairs.read_pairs(text, found);
        }
        if let Some(tags) = &self.tags {
            tags.read_tags(text, found);
        }
        self.anywhere.iter().for_each(|piece| piece.read(text, found));
        self.shapes.apply(found);
        for rule in &self.derive {
            rule.apply(&mut found.fields);
        }
        self.values.iter().for_each(|values| values.apply(text, &mut found.fields));
        for (field, value) in &self.constant {
            found.fields.set_default(*field, value.clone());
        }
    }
}
