//! Templates that may stand anywhere in a record: ` src <:word>:<src:endpoint>`.
//!
//! A firewall has hundreds of messages that share a few phrases. A template for each message would be the product of
//! both lists.

use super::template::{Found, Template};
use crate::model::field::Field;

/// A template that begins with literal text, which is searched.
#[derive(Debug)]
pub(super) struct Anywhere {
    template: Template,
    lead: Vec<u8>,
    fields: Vec<Field>,
}

impl Anywhere {
    pub(super) fn compile(source: &str) -> Result<Self, String> {
        let template = Template::compile(source).map_err(|error| format!("anywhere: {error}"))?;
        let lead = template.lead().ok_or_else(|| format!("anywhere: `{source}` does not begin with literal text"))?;
        Ok(Self { lead: lead.to_vec(), fields: template.fields(), template })
    }

    /// The fields that it can fill.
    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Fills what is not set yet from the first place where all of the template fits.
    pub(super) fn read<'a>(&self, text: &'a [u8], into: &mut Found<'a>) {
        let stamped = into.stamp.is_some() || !self.template.has_timestamp();
        if stamped && self.fields.iter().all(|&field| into.fields.get(field).is_some()) {
            return;
        }
        let mut from = 0;
        while let Some(offset) = memchr::memmem::find(&text[from..], &self.lead) {
            if let Some(found) = self.template.read_at(text, from + offset) {
                into.fields.fill(found.fields);
                into.stamp = into.stamp.or(found.stamp);
                return;
            }
            from += offset + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_that_fits_is_taken() {
        let piece = Anywhere::compile(" from <src:endpoint> to <dst:endpoint>").unwrap();
        let mut found = Found::default();
        piece.read(b"reply from dns; Deny from 10.0.0.1/33 to 10.0.0.2/53 flags", &mut found);
        let fields = found.fields;
        assert_eq!(fields.get(Field::Src), Some(&b"10.0.0.1"[..]));
        assert_eq!(fields.get(Field::DstPort), Some(&b"53"[..]));
        assert!(Anywhere::compile("<src:endpoint> x").is_err());
    }
}
