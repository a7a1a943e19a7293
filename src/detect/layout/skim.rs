//! Which layouts can be skimmed, and how.

use super::derivation::Derivation;
use super::{Family, JsonLayout, Layout, is_plausible_status};
use crate::detect::json_layout::Syntax;
use crate::detect::shape::Upstream;
use crate::detect::template::{AtOnce, Skim};
use crate::model::field::Field;
use crate::model::stamp::{Stamp, Zone};

/// Which requests of a layout can be skimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skims {
    /// All.
    All,
    /// Those that are JSON objects.
    Objects,
    /// None.
    Nothing,
}

impl Layout {
    /// Which requests of an access log can be skimmed: each is a line that one of the templates reads, or its members, and
    /// nothing that is done to it behind them changes a field that is skimmed, or makes it an error.
    fn what_can_be_skimmed(&self) -> Skims {
        let completion = self.completion();
        let text_alone = self.columns.is_none() && self.last.is_none() && !self.continuation;
        let read_alone = completion.pairs.is_none()
            && completion.tags.is_none()
            && completion.anywhere.is_empty()
            && completion.values.is_empty();
        let constants = completion.constant.iter().map(|(field, _)| *field);
        let mut changed = constants.chain(completion.shapes.change_upstream().then_some(Field::Upstream));
        let mut derived = completion.derive.iter().flat_map(|rule| rule.fields());
        let stated = self.templates.iter().chain(self.further.iter()).flat_map(|template| template.fields());
        let any = self.text.family == Family::Access
            && text_alone
            && read_alone
            && self.text.continued_by.is_empty()
            && completion.shapes.can_be_skimmed()
            && changed.all(|field| self.is_free(field))
            && derived.all(Skim::holds);
        match any {
            false => Skims::Nothing,
            // What members say of the level is looked at.
            true if stated.into_iter().any(|field| field == Field::Level) => Skims::Objects,
            true => Skims::All,
        }
    }

    /// Whether another value of this field changes nothing of what a request is skimmed for.
    fn is_free(&self, field: Field) -> bool {
        match field {
            Field::Upstream => self.completion().derive.is_empty(),
            field => !Skim::holds(field) && field != Field::Level,
        }
    }

    /// Whether [`Layout::skim`] is worth a try.
    pub fn skims(&self) -> bool {
        match self.skimmed() {
            Skims::All => true,
            Skims::Objects => self.syntax() == Some(Syntax::Json),
            Skims::Nothing => false,
        }
    }

    fn skimmed(&self) -> Skims {
        *self.skims.get_or_init(|| self.what_can_be_skimmed())
    }

    /// Which requests have the upstream in their record that is skimmed of them.
    pub fn skims_upstream(&self) -> SkimsUpstream {
        let completion = self.completion();
        let constant = completion.constant.iter().any(|(field, _)| *field == Field::Upstream);
        SkimsUpstream { with: completion.upstream, without: completion.derive.is_empty() && !constant }
    }

    /// Skims a request by templates that ask at least so much of a line. False when it is to be read whole: as it has
    /// another form, or a value that does not stand in it as it is.
    pub fn skim<'a>(&self, least: u32, text: &'a [u8], skim: &mut Skim<'a>) -> bool {
        let skims = self.skimmed();
        if skims == Skims::Nothing {
            return false;
        }
        if let Some(json) = self.json().filter(|_| text.trim_ascii_start().first() == Some(&b'{')) {
            return self.skim_json(json, text, skim);
        }
        if skims != Skims::All {
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
        self.skim_behind(skim);
        true
    }

    /// What skims most lines of this layout together with their ends, by the first of the templates that ask at least so
    /// much of a line; nothing where that is no such thing.
    pub fn at_once(&self, least: u32) -> Option<SkimAtOnce<'_>> {
        if self.skimmed() != Skims::All {
            return None;
        }
        let reader = self.templates.iter().find(|template| template.specificity() >= least)?.at_once()?;
        let completion = self.completion();
        let left_alone = completion.shapes.leave_skimmed() && !self.text.utc;
        Some(SkimAtOnce {
            reader,
            behind: if left_alone { Behind::Derived(&completion.derive) } else { Behind::Layout(self) },
        })
    }

    fn skim_json<'a>(&self, json: &JsonLayout, text: &'a [u8], skim: &mut Skim<'a>) -> bool {
        // In a box, as it changes places.
        let mut forms = skim.forms.take().unwrap_or_default();
        let fits = forms.skim(json, text, skim);
        skim.forms = Some(forms);
        if !fits || !skim.get(Field::Status).is_none_or(is_plausible_status) {
            return false;
        }
        self.skim_behind(skim);
        true
    }

    /// Does what is done to fields once they are read.
    fn skim_behind(&self, skim: &mut Skim<'_>) {
        let completion = self.completion();
        completion.shapes.skim(skim);
        completion.derive.iter().for_each(|rule| rule.skim(skim));
        self.state_zone_of(skim);
    }

    /// Puts in the zone that the product's documentation states.
    pub(in crate::detect) fn state_zone_of(&self, skim: &mut Skim<'_>) {
        if self.text.utc
            && let Some(Stamp::Calendar { civil, fraction, stated_year, zone: Zone::Unstated }) = skim.stamp()
        {
            skim.set_stamp(Stamp::Calendar { civil, fraction, stated_year, zone: Zone::Utc });
        }
    }
}

/// Which requests of a layout have the upstream in their record that is skimmed of them.
#[derive(Debug, Clone, Copy)]
pub struct SkimsUpstream {
    with: Upstream,
    /// Those of which none is skimmed: what brings one into shape makes none.
    without: bool,
}

impl SkimsUpstream {
    /// Whether this one has.
    #[inline]
    pub fn of(self, request: &Skim<'_>) -> bool {
        match self.with {
            Upstream::Left => true,
            Upstream::LeftWithout(other) if !request.states(other) => true,
            _ => self.without && request.get(Field::Upstream).is_none(),
        }
    }
}

/// Skims most lines of a layout together with their ends.
#[derive(Debug, Clone, Copy)]
pub struct SkimAtOnce<'l> {
    reader: &'l AtOnce,
    behind: Behind<'l>,
}

/// What is done to what was skimmed.
#[derive(Debug, Clone, Copy)]
enum Behind<'l> {
    /// Fields are taken from others.
    Derived(&'l [Derivation]),
    /// All that a layout does.
    Layout(&'l Layout),
}

impl SkimAtOnce<'_> {
    /// See [`AtOnce::skim`].
    #[inline]
    pub fn skim<'a>(&self, text: &'a [u8], skim: &mut Skim<'a>) -> Option<(usize, usize)> {
        let read = self.reader.skim(text, skim)?;
        match self.behind {
            Behind::Derived(rules) => rules.iter().for_each(|rule| rule.skim(skim)),
            Behind::Layout(layout) => layout.skim_behind(skim),
        }
        Some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::edited::edited;
    use super::*;
    use crate::detect::catalogue::Layouts;
    use crate::detect::template::{Found, SKIMMED};
    use crate::model::record::parse_number;
    use proptest::prelude::*;

    /// What both ways of reading must say alike. The upstream may be brought into shape only where it is read whole.
    fn said<'v>(
        stamp: Option<Stamp>,
        duration: Option<i64>,
        upstream: bool,
        get: impl Fn(Field) -> Option<&'v [u8]>,
    ) -> String {
        let skimmed = SKIMMED.into_iter().filter(|field| upstream || *field != Field::Upstream);
        let values: Vec<_> = skimmed.map(|field| get(field).map(String::from_utf8_lossy)).collect();
        format!("{stamp:?} {duration:?} {values:?}")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Samples of all access logs, each after another that may have the same form, changed in places that mean
        /// something to a layout.
        #[test]
        fn what_is_skimmed_is_what_is_read(
            edits in prop::collection::vec((0usize..500, 0usize..3, prop::sample::select(&b" \"\\-[]{}:,./09nZ"[..])), 0..3),
            first in 0usize..9,
        ) {
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let mut skimmed = 0;
                for (_, layout) in layouts.iter().filter(|(_, layout)| layout.skims()) {
                    let samples: Vec<&[u8]> = layout.proof().samples.iter().map(|sample| sample.as_bytes()).collect();
                    let before = samples[first % samples.len()];
                    let lines: Vec<Vec<u8>> = samples.iter().map(|sample| edited(sample, &edits)).collect();
                    let mut skim = Skim::default();
                    for line in std::iter::once(before).chain(lines.iter().map(Vec::as_slice)).chain(lines.iter().map(Vec::as_slice)) {
                        if !layout.skim(0, line, &mut skim) {
                            continue;
                        }
                        skimmed += 1;
                        let mut found = Found::default();
                        prop_assert!(layout.read_into(0, &[], line, &mut found), "{}", String::from_utf8_lossy(line));
                        let duration = found.fields.get(Field::Duration).and_then(parse_number);
                        let upstream = layout.skims_upstream().of(&skim);
                        let read = said(found.stamp, duration, upstream, |field| found.fields.get(field));
                        let glanced = said(skim.stamp(), skim.duration(), upstream, |field| skim.get(field));
                        prop_assert_eq!(glanced, read, "{}: {}", layout.text.id, String::from_utf8_lossy(line));
                    }
                }
                prop_assert!(!edits.is_empty() || skimmed > 200, "{skimmed} are too few to tell");
                Ok(())
            })?;
        }

        /// A line within a block, of the form that is read at once together with its end.
        #[test]
        fn what_is_read_at_once_is_what_is_skimmed(
            edits in prop::collection::vec((0usize..500, 0usize..3, prop::sample::select(&b" \"\\-[]:,.09\r\n"[..])), 0..3),
            first in 0usize..9,
            end in prop::sample::select(vec!["\n", "\r\n", "\n\n", "", "\r", " \n"]),
            behind in prop::sample::select(vec!["", "203.0.113.9 - - [22/Nov/2026:08:04:28 +0000] \"GET / HTTP/1.1\" 200 12"]),
        ) {
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let mut read = 0;
                for (layout, reader) in layouts.iter().filter_map(|(_, layout)| Some((layout, layout.at_once(0)?))) {
                    let samples: Vec<&[u8]> = layout.proof().samples.iter().map(|sample| sample.as_bytes()).collect();
                    let before = samples[first % samples.len()];
                    let (mut at_once, mut skim) = (Skim::default(), Skim::default());
                    layout.skim(0, before, &mut at_once);
                    let lines = samples.iter().map(|sample| edited(sample, &edits));
                    let texts: Vec<Vec<u8>> = lines.map(|line| [&line, end.as_bytes(), behind.as_bytes()].concat()).collect();
                    for text in &texts {
                        let Some((length, with_end)) = reader.skim(text, &mut at_once) else { continue };
                        read += 1;
                        prop_assert_eq!(memchr::memchr(b'\n', text), Some(with_end - 1), "{}", String::from_utf8_lossy(text));
                        let line = &text[..with_end - 1];
                        let line = line.strip_suffix(b"\r").unwrap_or(line);
                        prop_assert_eq!(line.len(), length);
                        prop_assert!(layout.skim(0, line, &mut skim), "{}", String::from_utf8_lossy(line));
                        let upstream = layout.skims_upstream();
                        prop_assert_eq!(upstream.of(&at_once), upstream.of(&skim));
                        let glanced = said(at_once.stamp(), at_once.duration(), true, |field| at_once.get(field));
                        let skimmed = said(skim.stamp(), skim.duration(), true, |field| skim.get(field));
                        prop_assert_eq!(glanced, skimmed, "{}: {}", layout.text.id, String::from_utf8_lossy(line));
                    }
                }
                // Not where the text ends soon behind the line.
                let usual = edits.is_empty() && matches!(end, "\n" | "\r\n") && !behind.is_empty();
                prop_assert!(!usual || read > 5, "{read} are too few to tell");
                Ok(())
            })?;
        }
    }
}
