//! JSON lines of which only the time and the level are asked for.
//!
//! Which layout reads a line shows in its form, and so does where its time and its level stand: both are found out once
//! for a form. To read the line whole took four times as long.

use super::catalogue::Layouts;
use super::json_forms::{Meaning, Met};
use super::json_seen::{Slot, Target};
use super::severity::Scale;
use super::template::Skim;
use crate::model::field::Field;
use crate::model::severity::{is_error, is_frequent};

/// Where the lines of a form have what is asked for.
#[derive(Debug, Clone)]
pub(super) struct Glance {
    /// Index of the layout that reads them.
    layout: usize,
    /// Number of the value that is the time.
    stamp: usize,
    /// Those of the values of which one is the level.
    levels: Vec<(usize, Option<Scale>)>,
    /// And of which one is the message, with their ranks.
    messages: Vec<(usize, u8)>,
}

/// A line that begins a record with a time of its own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Glanced<'a> {
    /// Index of the layout that reads it.
    pub(crate) layout: usize,
    /// The message of its record.
    pub(crate) message: &'a [u8],
    /// Whether it may be an error.
    pub(crate) error: bool,
}

impl Glance {
    /// Of lines with these members, on which the layouts of a list are tried one after the other; nothing where the
    /// members do not show what reads them, or where more of them counts.
    pub(super) fn of(layouts: &Layouts, list: &[usize], members: &[Met]) -> Option<Self> {
        for &index in list {
            let layout = layouts.get(index);
            // One that asks for an envelope reads no line that stands in none.
            if layout.text.envelopes.is_empty()
                && let Meaning::Fills(fills) = layout.quiet_meaning(members)?
            {
                return Self::by(index, &fills);
            }
        }
        None
    }

    fn by(layout: usize, fills: &[(usize, Target)]) -> Option<Self> {
        let (mut levels, mut messages) = (Vec::new(), Vec::new());
        let mut stamp: Option<(u8, usize)> = None;
        for &(value, Target { slot, scale, rank, unit }) in fills {
            match slot {
                // Of two with one rank the later one counts.
                Slot::Timestamp if stamp.is_none_or(|(least, _)| rank <= least) => stamp = Some((rank, value)),
                Slot::Timestamp => {}
                Slot::Field(Field::Level) if unit == 0 => levels.push((value, scale)),
                Slot::Field(Field::Message) if unit == 0 && scale.is_none() => messages.push((value, rank)),
                Slot::Field(Field::Level | Field::Message) | Slot::Date | Slot::Time | Slot::Further => return None,
                Slot::Field(_) => {}
            }
        }
        let (_, stamp) = stamp?;
        Some(Self { layout, stamp, levels, messages })
    }

    /// Reads the time of a line whose values stand at these places; nothing if it is to be read whole.
    pub(super) fn skim<'a>(
        &self,
        layouts: &Layouts,
        line: &'a [u8],
        values: &[(usize, usize)],
        skim: &mut Skim<'a>,
    ) -> Option<Glanced<'a>> {
        let written = |value: usize| values.get(value).and_then(|&(start, end)| line.get(start..end));
        // Whichever of them is the level: most lines have one.
        let mut error = false;
        for (value, scale) in &self.levels {
            let written = written(*value)?;
            // No scale has one of the frequent words.
            error = error
                || !is_frequent(written) && {
                    let word = scale.and_then(|scale| scale.word(written));
                    is_error(word.map_or(written, str::as_bytes))
                };
        }
        let (start, end) = *values.get(self.stamp)?;
        skim.reset();
        // Where this is no time, another member may be one.
        if !skim.read_stamp(line.get(start..)?, end - start) {
            return None;
        }
        layouts.get(self.layout).state_zone_of(skim);
        let (mut least, mut message) = (u8::MAX, line);
        for &(value, rank) in &self.messages {
            let text = written(value)?;
            if rank <= least && !text.is_empty() {
                least = rank;
                message = if text == b"-" { line } else { text };
            }
        }
        Some(Glanced { layout: self.layout, message, error })
    }
}

#[cfg(test)]
mod tests {
    use super::super::json_forms::KnownForms;
    use super::*;
    use crate::detect::layout::Layout;
    use crate::detect::layout::edited;
    use crate::detect::template::Found;
    use crate::model::stamp::Stamp;
    use proptest::prelude::*;

    /// What is to be seen at a glance, and the timestamp.
    fn read(layouts: &Layouts, list: &[usize], line: &[u8]) -> Option<(usize, Vec<u8>, bool, Option<Stamp>)> {
        list.iter().filter(|&&index| layouts.get(index).text.envelopes.is_empty()).find_map(|&index| {
            let mut found = Found::default();
            layouts.get(index).read_into(0, &[], line, &mut found).then(|| {
                let error = found.fields.get(Field::Level).is_some_and(is_error);
                let message = found.fields.get(Field::Message).unwrap_or(line);
                (index, message.to_vec(), error, found.stamp)
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// Samples of all layouts of JSON lines, tried by a few layouts one after the other, changed in places that mean
        /// something to a layout.
        #[test]
        fn what_is_glanced_at_is_what_is_read(
            edits in prop::collection::vec((0usize..500, 0usize..3, prop::sample::select(&b" \"\\-[]{}:,./09nZ"[..])), 0..3),
            others in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        ) {
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let all: Vec<(usize, &Layout)> = layouts.iter().collect();
                let mut glanced = 0;
                for (own, layout) in &all {
                    let samples = layout.proof().samples.iter().map(String::as_bytes);
                    let objects = samples.filter(|sample| sample.starts_with(b"{"));
                    let lines: Vec<Vec<u8>> = objects.map(|sample| edited(sample, &edits)).collect();
                    let mut list: Vec<usize> = others.iter().map(|other| other.get(&all).0).collect();
                    list.push(*own);
                    let (mut forms, mut skim) = (KnownForms::default(), Skim::default());
                    for line in &lines {
                        // Its form is noted at first.
                        forms.glance(layouts, &list, line, &mut skim);
                        let Some(Glanced { layout, message, error }) = forms.glance(layouts, &list, line, &mut skim) else { continue };
                        glanced += 1;
                        let told = read(layouts, &list, line);
                        // Of several members any may be the level.
                        let is_error = told.as_ref().is_some_and(|(_, _, told, _)| *told || error);
                        let told = told.map(|(layout, message, _, stamp)| (layout, message, is_error, stamp));
                        let seen = Some((layout, message.to_vec(), error, skim.stamp()));
                        prop_assert_eq!(seen, told, "{:?}: {}", list, String::from_utf8_lossy(line));
                    }
                }
                prop_assert!(!edits.is_empty() || !others.is_empty() || glanced > 5, "{glanced} are too few to tell");
                Ok(())
            })?;
        }
    }
}
