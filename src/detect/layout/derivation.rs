//! Fields that are taken from others: `service = "upstream before /"`.

use super::field;
use crate::detect::template::Skim;
use crate::model::field::Field;
use crate::model::lanes::find;
use crate::model::record::Fields;

/// How a field is cut out of another one.
#[derive(Debug)]
pub(super) struct Derivation {
    to: Field,
    from: Field,
    separator: Vec<u8>,
    side: Side,
}

/// Which part of the other field is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
    /// The blank-separated word with this number, from 0.
    Word(usize),
}

impl Derivation {
    /// Compiles `to = "rule"`; the error says how a rule is written.
    pub(super) fn compile(to: &str, rule: &str) -> Result<Self, String> {
        let mut words = rule.split(' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some(from), Some(side @ ("before" | "after")), Some(separator), None) => Ok(Self {
                to: field("derive", to)?,
                from: field("derive", from)?,
                separator: separator.as_bytes().to_vec(),
                side: if side == "before" { Side::Before } else { Side::After },
            }),
            (Some(from), Some("word"), Some(number @ ("1" | "2" | "3" | "4")), None) => Ok(Self {
                to: field("derive", to)?,
                from: field("derive", from)?,
                separator: Vec::new(),
                side: Side::Word(usize::from(number.as_bytes()[0] - b'1')),
            }),
            _ => Err(format!("derive: `{rule}`: write `<field> before|after <text>` or `<field> word <1 to 4>`")),
        }
    }

    /// Fills the field, unless it has a value already.
    pub(super) fn apply(&self, fields: &mut Fields<'_>) {
        if let Some(value) = fields.get(self.from).and_then(|value| self.cut(value)) {
            let value = value.to_vec();
            fields.set_default(self.to, value);
        }
    }

    /// The same for a request that is skimmed.
    #[inline]
    pub(super) fn skim(&self, skim: &mut Skim<'_>) {
        if let Some(value) = skim.get(self.from).and_then(|value| self.cut(value)) {
            skim.derive(self.to, value);
        }
    }

    /// The field that is cut, and the one that it fills.
    pub(super) fn fields(&self) -> [Field; 2] {
        [self.from, self.to]
    }

    #[inline]
    fn cut<'v>(&self, value: &'v [u8]) -> Option<&'v [u8]> {
        if let Side::Word(number) = self.side {
            return value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(number);
        }
        let at = match self.separator.as_slice() {
            // Values are short.
            [byte] => find([*byte], value)?,
            separator => memchr::memmem::find(value, separator)?,
        };
        let cut = if self.side == Side::Before { &value[..at] } else { &value[at + self.separator.len()..] };
        (!cut.is_empty()).then_some(cut)
    }
}
