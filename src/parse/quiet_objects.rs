//! JSON lines that say nothing about a failure: the bulk of what applications write that log objects.
//!
//! As other [quiet records](super::quiet), they are held back until the next line shows that they end.

use super::date::Ends;
use super::patience::Patience;
use super::plan::Plan;
use super::take::Take;
use super::{Parser, Window};
use crate::detect::catalogue::Layouts;
use crate::detect::json_quiet::Glanced;
use crate::detect::layout::Stamps;
use crate::detect::template::Skim;
use crate::model::stamp::Moment;

/// A line that begins a record with a time of its own.
pub(super) enum Object {
    /// One that is no error and shows no signature: its layout and its moment.
    Quiet(usize, Moment),
    /// One to be read whole.
    Other,
}

/// The way for lines that are objects and stand in no envelope.
pub(super) struct QuietObjects<'c, 'b> {
    layouts: &'c Layouts,
    window: Window,
    ends: Ends<'c>,
    skim: Skim<'b>,
    patience: Patience,
}

impl<'c, 'b> QuietObjects<'c, 'b> {
    /// For a block with this plan; nothing where all of them must be read whole.
    pub(super) fn of(parser: &'c Parser<'_>, plan: &Plan) -> Option<Self> {
        let (layouts, reading) = (parser.layouts, &parser.reading);
        (reading.envelopes.is_empty() && plan.has_quiet_objects(layouts)).then(|| Self {
            layouts,
            window: parser.window,
            ends: Ends::new(&reading.clock),
            skim: Skim::default(),
            patience: Patience::default(),
        })
    }

    /// What a line is; nothing if it must be read to know.
    #[inline]
    pub(super) fn reads(&mut self, plan: &mut Plan, line: &'b [u8], take: &mut impl Take) -> Option<Object> {
        if line.first() != Some(&b'{') || !self.patience.looks() {
            return None;
        }
        let object = self.glance(plan, line, take);
        self.patience.note(matches!(object, Some(Object::Quiet(..))));
        object
    }

    fn glance(&mut self, plan: &mut Plan, line: &'b [u8], take: &mut impl Take) -> Option<Object> {
        let Glanced { layout, message, error } = plan.glance(self.layouts, line, &mut self.skim)?;
        let moment = self.ends.of(&self.skim, Stamps::End)?;
        let quiet = !error && self.window.holds(moment) && take.may_pass(layout, message, line);
        Some(if quiet { Object::Quiet(layout, moment) } else { Object::Other })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fates, Parsed, Skimmed};
    use super::*;
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
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let assumptions = Assumptions { log_zone: None, system_zone: zone, formats: Vec::new(), now: 1_795_335_814 };
        let survey = Survey::of(layouts, "app1/app.jsonl".to_owned(), None, text.as_bytes(), b"");
        let readings = settle(layouts, &[survey], &assumptions);
        let mut parser = Parser::new(layouts, readings[0].clone().into(), window);
        let mut told = Told::default();
        let fates = parser.block_to(text.as_bytes(), 1, &mut told);
        told.records.sort();
        (told, fates)
    }

    const LINES: [&str; 22] = [
        r#"{"ts":"2026-11-22T08:MM:SS.007Z","level":"LEVEL","service":"shop","msg":"sold","items":SS}"#,
        r#"{"ts":"2026-11-22T08:MM:SS.007Z","level":"LEVEL","service":"shop","msg":"the pool is empty","items":SS}"#,
        r#"{"ts":"2026-11-22T08:MM:SS.007Z","level":"LEVEL","service":"shop","msg":"the p\u006Fol is empty","items":SS}"#,
        r#"{"ts":"2026-11-22T08:MM:SS.007Z","level":"LEVEL","service":"shop","msg":"","items":SS}"#,
        r#"{"ts":"","level":"LEVEL","service":"shop","msg":"sold","items":SS}"#,
        r#"{"ts":"2026-11-22 08:MM:SS","level":"LEVEL","msg":"sold","status":"error"}"#,
        r#"{"ts":"2026-11-22 08:MM:SS","level":"","msg":"sold","status":"LEVEL"}"#,
        r#"{"ts":"2026-11-22 08:MM:SS","msg":"sold","error":"no pool"}"#,
        r#"{"ts":"2026-11-22 08:MM:SS","msg":"sold","stack":["at a","at pool"]}"#,
        r#"{"time":17953346SS,"level":30,"msg":"sold","pid":7}"#,
        r#"{"time":17953346SS,"level":50,"msg":"sold","pid":7}"#,
        r#"{"time":"2026-11-22T08:MM:SS+01:00","timestamp":"none","level":"LEVEL","message":"sold"}"#,
        r#"{"time":"2026-11-22T08:MM:SS+01:00","timestamp":"2026-11-22T07:MM:SS","level":"LEVEL","message":"sold"}"#,
        r#"{"ts":1795334640.SS,"level":"LEVEL","logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.1","method":"GET","host":"shop","uri":"/a"},"duration":0.1,"size":9,"status":200}"#,
        r#"{"ts":1795334640.SS,"level":"LEVEL","logger":"http.handlers.reverse_proxy","msg":"sold","duration":0.1}"#,
        r#"{"level":"LEVEL","msg":"sold"}"#,
        r#"{"ts":"2026-11-22T08:MM:SS.007Z","level":"LEVEL","service":"shop","msg":"sold","items":SS"#,
        "panic: no pool",
        "goroutine 1 [running]:",
        "\tat the pool",
        "2026/11/22 08:MM:SS sold",
        "",
    ];
    const LEVELS: [&str; 5] = ["info", "INFO", "warn", "error", "FATAL"];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(120))]

        /// Objects of many forms, among them lines that go on with them.
        #[test]
        fn quiet_objects_count_as_when_they_are_read_whole(
            lines in prop::collection::vec((0..LINES.len(), 0..LEVELS.len(), 0u8..3, 0u8..60), 1..60),
            ending in prop::sample::select(vec!["\n", "\r\n"]),
            head in prop::sample::select(vec![0, 0, 9, 12, 14]),
            windowed in any::<bool>(),
        ) {
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let line = |(line, level, minute, second): (usize, usize, u8, u8)| {
                    let line = format!("{}{ending}", LINES[line]).replace("LEVEL", LEVELS[level]);
                    line.replace("MM", &format!("{minute:02}")).replace("SS", &format!("{second:02}"))
                };
                let text: String = lines.into_iter().map(line).collect();
                let text = line((head, 0, 4, 1)).repeat(30) + &text;
                // From 08:00:40 to 08:04:30.
                let bound = |second| windowed.then_some(Moment::from_second(second));
                let window = Window { since: bound(1_795_334_440), until: bound(1_795_334_670) };
                let (whole, all) = read::<false>(layouts, &text, window);
                let (quiet, fates) = read::<true>(layouts, &text, window);
                prop_assert_eq!(&quiet.records, &whole.records, "{}", text);
                prop_assert_eq!(fates, all);
                prop_assert_eq!(whole.passed, 0);
                Ok(())
            })?;
        }
    }

    #[test]
    fn most_objects_of_a_log_are_quiet() {
        let layouts = Layouts::embedded().unwrap();
        for head in [0, 9, 12, 14] {
            let line = LINES[head].replace("LEVEL", "info").replace("MM", "04");
            let text: String = (0..100).map(|at| line.replace("SS", &format!("{:02}", at % 60)) + "\n").collect();
            let (quiet, fates) = read::<true>(&layouts, &text, Window::default());
            assert!(quiet.passed > 95 && fates.records == 100, "{} of {line}", quiet.passed);
        }
    }
}
