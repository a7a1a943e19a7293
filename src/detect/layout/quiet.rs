//! Lines of which only the time and the level are asked for.
//!
//! Most lines of an application say nothing about a failure: all that is made of them is a count. To read their fields
//! took more than half of the time that they take.

use super::{Family, Layout, Stamps};
use crate::detect::json_forms::{Meaning, Met};
use crate::detect::json_layout::Syntax;
use crate::detect::logfmt::LogfmtPairs;
use crate::detect::template::{Skim, Starts};
use crate::model::field::Field;

/// Which lines some layouts may read, so far as that shows where a line begins.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    starts: Starts,
    /// Those that begin with a pair.
    pairs: bool,
}

impl Reach {
    /// Adds the lines that a layout may read; false if that does not show where they begin.
    pub fn add(&mut self, layout: &Layout) -> bool {
        match layout.syntax() {
            // Blanks may stand before an object.
            Some(Syntax::Json) => self.starts.join_bytes(b"{ \t\r\n"),
            Some(Syntax::Logfmt) => self.pairs = true,
            None => {}
        }
        layout.templates.iter().chain(layout.further.iter()).for_each(|template| self.starts.join(template.starts()));
        layout.columns.is_none()
    }

    /// Whether one of them may read this line; false only if none does.
    pub fn may_hold(&self, line: &[u8]) -> bool {
        self.starts.may_begin(line) || self.pairs && LogfmtPairs::of(line).is_some()
    }
}

impl Layout {
    /// Whether each line is a record of it that says nothing of its time and its level, and has no message that does not
    /// stand in it.
    pub fn takes_all_quietly(&self) -> bool {
        let text = &self.text;
        text.family != Family::Access
            && text.stamps == Stamps::End
            && text.continued_by.is_empty()
            && self.last.is_none()
            && self.columns.is_none()
            && self.syntax().is_none()
            && self.templates.iter().all(|template| template.tells_nothing())
            && self.templates.iter().any(|template| template.fits_all())
            && self.completion().leaves_messages()
    }

    /// Whether lines can be [skimmed quietly](Layout::skim_quietly): each is the first of a record that has no other
    /// time than its own, and nothing that is done to it behind the templates changes time or level.
    pub fn can_be_quiet(&self) -> bool {
        *self.is_quiet.get_or_init(|| {
            let text = &self.text;
            let completion = self.completion();
            let mut filled = completion.anywhere.iter().flat_map(|piece| piece.fields().iter().copied());
            let mut derived = completion.derive.iter().flat_map(|rule| rule.fields());
            text.family != Family::Access
                && text.stamps == Stamps::End
                && text.continued_by.is_empty()
                && text.envelopes.is_empty()
                && self.last.is_none()
                && self.columns.is_none()
                && self.json().is_none()
                && completion.pairs.is_none()
                && completion.tags.is_none()
                && completion.values.is_empty()
                && !filled.any(|field| field == Field::Level)
                && !derived.any(|field| field == Field::Level)
                && !completion.constant.iter().any(|(field, _)| *field == Field::Level)
        })
    }

    /// Whether some of its lines are objects that may be glanced at.
    pub fn has_quiet_objects(&self) -> bool {
        let text = &self.text;
        self.syntax() == Some(Syntax::Json)
            && text.family != Family::Access
            && text.stamps == Stamps::End
            && text.continued_by.is_empty()
            && text.envelopes.is_empty()
            && self.last.is_none()
            && self.completion().leaves_messages()
    }

    /// What lines that are an object with these members are to this layout. Nothing if more is asked of them than of what
    /// is read quietly, or if they may be read in another way than by their members.
    pub(in crate::detect) fn quiet_meaning(&self, members: &[Met]) -> Option<Meaning> {
        let meaning = match self.syntax() {
            None => Meaning::Refused,
            Some(Syntax::Json) => self.json()?.meaning(members)?,
            Some(Syntax::Logfmt) => return None,
        };
        let certain = match meaning {
            Meaning::Fills(_) => self.has_quiet_objects(),
            Meaning::Refused => {
                let mut templates = self.templates.iter().chain(self.further.iter());
                self.columns.is_none() && !templates.any(|template| template.starts().may_begin(b"{"))
            }
        };
        certain.then_some(meaning)
    }

    /// Whether any of its lines can be skimmed quietly.
    pub fn skims_quietly(&self) -> bool {
        self.can_be_quiet() && !self.agreeing().is_empty()
    }

    fn agreeing(&self) -> &[usize] {
        self.agreeing.get_or_init(|| self.agreeing_templates())
    }

    /// Reads time and level of a line by the template that read the line before, whose place is `recent`, or by another;
    /// only by templates that ask at least so much of a line. False when it is to be read whole.
    pub fn skim_quietly<'a>(&self, least: u32, text: &'a [u8], recent: &mut usize, skim: &mut Skim<'a>) -> bool {
        let places = self.agreeing();
        let mut fits = |place: usize| {
            skim.reset();
            self.templates
                .get(place)
                .is_some_and(|template| template.specificity() >= least && template.skim(text, skim) && skim.is_whole())
        };
        let known = places.get(*recent).is_some_and(|&place| fits(place));
        if !known {
            let Some(other) = (0..places.len()).find(|&at| at != *recent && fits(places[at])) else { return false };
            *recent = other;
        }
        self.state_zone_of(skim);
        true
    }

    /// Those of the templates by which a line has the same time and level as by any that comes before.
    fn agreeing_templates(&self) -> Vec<usize> {
        let all: Vec<_> = self.templates.iter().collect();
        let agrees = |&place: &usize| {
            let template = all[place];
            template.needs_timestamp() && all[..place].iter().all(|before| template.agrees_with(before))
        };
        (0..all.len()).filter(agrees).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::edited::edited;
    use crate::detect::catalogue::Layouts;
    use crate::detect::template::Skim;
    use crate::model::field::Field;
    use crate::model::severity;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// Samples of all layouts, each after others that another template may have read, changed in places that mean
        /// something to a layout.
        #[test]
        fn what_is_skimmed_quietly_is_what_is_read(
            edits in prop::collection::vec((0usize..300, 0usize..3, prop::sample::select(&b" []:,.-09IE|"[..])), 0..3),
        ) {
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let (mut skimmed, mut quiet) = (0, 0);
                for (_, layout) in layouts.iter().filter(|(_, layout)| layout.can_be_quiet()) {
                    quiet += 1;
                    let (mut skim, mut recent) = (Skim::default(), 0);
                    let first = |sample: &String| sample.lines().next().unwrap_or_default().as_bytes().to_vec();
                    let lines: Vec<Vec<u8>> =
                        layout.proof().samples.iter().map(|sample| edited(&first(sample), &edits)).collect();
                    for line in &lines {
                        if !layout.skim_quietly(0, line, &mut recent, &mut skim) {
                            continue;
                        }
                        skimmed += 1;
                        let found = layout.read(line);
                        let read = found.as_ref().map(|found| {
                            (found.stamp, found.fields.get(Field::Level).is_some_and(severity::is_error))
                        });
                        prop_assert_eq!(Some((skim.stamp(), skim.is_error())), read, "{}: {}", layout.text.id, line.escape_ascii());
                    }
                }
                prop_assert!(quiet > 20 && (!edits.is_empty() || skimmed > 60), "{quiet} {skimmed}");
                Ok(())
            })?;
        }
    }
}
