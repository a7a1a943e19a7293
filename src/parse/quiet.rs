//! Records that say nothing about a failure: the bulk of what applications write, counted without being read whole.
//!
//! Such a line is told by its time and its level, and by having no anchor of a signature. It is held back until the next
//! line shows that it is a record of its own: what goes on with it may say more, and then both are read whole.

use super::date::Ends;
use super::patience::Patience;
use super::plan::{self, Plan};
use super::take::Take;
use super::{Parser, Window};
use crate::detect::layout::{Layout, Stamps};
use crate::detect::recognize::Bare;
use crate::detect::template::Skim;
use crate::model::stamp::Moment;

/// The layout that most lines of a block have, where its records can be told so.
pub(super) struct Quiet<'c, 'b> {
    layout: &'c Layout,
    index: usize,
    /// What a line must have in common with a template.
    least: u32,
    window: Window,
    ends: Ends<'c>,
    skim: Skim<'b>,
    /// The template that read the line before.
    recent: usize,
    patience: Patience,
}

impl<'c, 'b> Quiet<'c, 'b> {
    /// For a block with this plan; nothing where lines must be read whole.
    pub(super) fn of(parser: &'c Parser<'_>, plan: &Plan) -> Option<Self> {
        let index = plan.first().filter(|_| parser.reading.envelopes.is_empty() && !plan.has_columns())?;
        let layout = parser.layouts.get(index);
        let least = plan::least(layout, &Bare { message: Default::default(), carrier: None });
        layout.skims_quietly().then(|| Self {
            layout,
            index,
            least,
            window: parser.window,
            ends: Ends::new(&parser.reading.clock),
            skim: Skim::default(),
            recent: 0,
            patience: Patience::default(),
        })
    }

    /// The layout of a line that begins a record which is no error and shows no signature, and the moment of that.
    pub(super) fn reads(&mut self, line: &'b [u8], take: &mut impl Take) -> Option<(usize, Moment)> {
        if !self.patience.looks() || !self.layout.skim_quietly(self.least, line, &mut self.recent, &mut self.skim) {
            return None;
        }
        let moment = self.ends.of(&self.skim, Stamps::End).filter(|moment| self.window.holds(*moment))?;
        let passes = !self.skim.is_error() && take.may_pass(self.index, line, line);
        self.patience.note(passes);
        passes.then_some((self.index, moment))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fates, Parsed, Skimmed};
    use super::*;
    use crate::detect::catalogue::Layouts;
    use crate::detect::settle::{Assumptions, settle};
    use crate::detect::survey::Survey;
    use crate::model::field::Field;
    use crate::model::severity;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    /// What counts of each record, whether it is read whole or not.
    #[derive(Default)]
    struct Told<const SKIMS: bool> {
        records: Vec<(usize, Moment, bool, bool)>,
        passed: usize,
    }

    fn has_anchor(text: &[u8]) -> bool {
        memchr::memmem::find(text, b"pool").is_some()
    }

    impl<const SKIMS: bool> Take for Told<SKIMS> {
        const SKIMS: bool = SKIMS;

        fn skimmed(&mut self, _: &Skimmed<'_, '_>) -> bool {
            false
        }

        fn may_pass(&mut self, _: usize, message: &[u8], _: &[u8]) -> bool {
            !has_anchor(message)
        }

        fn pass(&mut self, layout: usize, end: Moment) {
            self.records.push((layout, end, false, false));
            self.passed += 1;
        }

        fn record(&mut self, parsed: &Parsed<'_>) {
            let record = &parsed.record;
            let error = record.fields.get(Field::Level).is_some_and(severity::is_error);
            self.records.push((record.layout, parsed.end, error, has_anchor(record.message())));
        }
    }

    fn read<const SKIMS: bool>(layouts: &Layouts, text: &str, window: Window) -> (Told<SKIMS>, Fates) {
        let zone = TimeZone::UTC;
        let assumptions = Assumptions { log_zone: None, system_zone: zone, formats: Vec::new(), now: 1_795_335_814 };
        let survey = Survey::of(layouts, "app1/app.log".to_owned(), None, text.as_bytes(), b"");
        let readings = settle(layouts, &[survey], &assumptions);
        let mut parser = Parser::new(layouts, readings[0].clone().into(), window);
        let mut told = Told::default();
        let fates = parser.block_to(text.as_bytes(), 1, &mut told);
        (told, fates)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn quiet_records_count_as_when_they_are_read_whole(
            lines in prop::collection::vec((0usize..12, 0usize..5, 0u8..60, 0u16..1000), 1..40),
            ending in prop::sample::select(vec!["\n", "\r\n"]),
            windowed in any::<bool>(),
        ) {
            const LINES: [&str; 12] = [
                "2026-11-22 08:04:SS.MMM  LEVEL [shop,abc,def] 7 --- [nio-8080-exec-1] c.s.ShopController : sold MMM",
                "2026-11-22 08:04:SS.MMM  LEVEL [shop,abc,def] 7 --- [nio-8080-exec-1] c.s.ShopController : the pool is empty",
                "2026-11-22 08:04:SS.MMM [main] LEVEL c.s.Shop - sold MMM",
                "2026-11-22 08:04:SS.MMM LEVEL [main] c.s.Shop - sold MMM",
                "2026-11-22 08:04:SS.MMM LEVEL c.s.Shop - sold",
                "java.lang.IllegalStateException: MMM",
                "\tat c.s.Shop.sell(Shop.java:MMM)",
                "Caused by: no pool",
                "",
                "2026-11-22 08:05:SS,MMM LEVEL sold",
                "2026-11-22 08:05:SS,MMM word LEVEL [c.s.Shop] sold",
                "[LEVEL] 2026-11-22 08:04:SS sold",
            ];
            const LEVELS: [&str; 5] = ["INFO", "INFO", "WARN", "ERROR", "FATAL"];
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let head = "2026-11-22 08:04:01.007  INFO [shop,abc,def] 7 --- [main] c.s.Shop : started\n".repeat(9);
                let text: String = lines.iter().map(|&(line, level, second, millisecond)| {
                    let line = LINES[line].replace("SS", &format!("{second:02}")).replace("MMM", &format!("{millisecond:03}"));
                    line.replace("LEVEL", LEVELS[level]) + ending
                }).collect();
                let text = head + &text;
                // From 08:04:20 to 08:05:30.
                let bound = |second| windowed.then_some(Moment::from_second(second));
                let window = Window { since: bound(1_795_334_660), until: bound(1_795_334_730) };
                let (mut whole, all) = read::<false>(layouts, &text, window);
                let (mut quiet, fates) = read::<true>(layouts, &text, window);
                whole.records.sort();
                quiet.records.sort();
                prop_assert_eq!(&quiet.records, &whole.records, "{}", text);
                prop_assert_eq!(fates, all);
                prop_assert_eq!(whole.passed, 0);
                prop_assert!(windowed || quiet.passed >= 8, "{} of {text}", quiet.passed);
                Ok(())
            })?;
        }
    }
}
