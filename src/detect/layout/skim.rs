//! Which layouts can be skimmed, and how.

use super::{Family, Layout};
use crate::detect::template::{Skim, Template};
use crate::model::field::Field;
use crate::model::stamp::{Stamp, Zone};

impl Layout {
    /// Whether requests can be skimmed: each is a line that one of the templates reads, and nothing that is done to it
    /// behind them changes a field that is skimmed, or makes it an error.
    pub(super) fn can_be_skimmed(&self) -> bool {
        let text_alone = self.json.is_none() && self.columns.is_none() && self.last.is_none() && !self.continuation;
        let read_alone =
            self.pairs.is_empty() && self.tags.is_empty() && self.anywhere.is_empty() && self.values.is_empty();
        let mut changed = self.shapes.changed().chain(self.constant.iter().map(|(field, _)| *field));
        let mut derived = self.derive.iter().flat_map(|rule| rule.fields());
        let stated = self.templates.iter().chain(&self.further).flat_map(Template::fields);
        self.text.family == Family::Access
            && text_alone
            && read_alone
            && self.text.continued_by.is_empty()
            && changed.all(|field| self.is_free(field))
            && derived.all(Skim::holds)
            && !stated.into_iter().any(|field| field == Field::Level)
    }

    /// Whether another value of this field changes nothing of what a request is skimmed for.
    fn is_free(&self, field: Field) -> bool {
        match field {
            Field::Upstream => self.derive.is_empty(),
            field => !Skim::holds(field) && field != Field::Level,
        }
    }

    /// Skims a request by templates that ask at least so much of a line. False when it is to be read whole: as it has
    /// another form, or a value that does not stand in it as it is.
    pub fn skim<'a>(&self, least: u32, text: &'a [u8], skim: &mut Skim<'a>) -> bool {
        if !self.skims {
            return false;
        }
        let mut able = self.templates.iter().filter(|template| template.specificity() >= least);
        let fits = able.any(|template| {
            skim.reset();
            template.skim(text, skim)
        });
        if !fits || !skim.is_whole() {
            return false;
        }
        self.derive.iter().for_each(|rule| rule.skim(skim));
        if self.text.utc
            && let Some(Stamp::Calendar { civil, fraction, stated_year, zone: Zone::Unstated }) = skim.stamp()
        {
            skim.set_stamp(Stamp::Calendar { civil, fraction, stated_year, zone: Zone::Utc });
        }
        true
    }
}
