//! Quiet records behind a header of syslog: what most programs of a system write is counted without being read.
//!
//! Which layout reads a message is known where only one is left that reads anything. The time is that of the header, and
//! so is the level. As for other quiet records, the next line must show that the record ends.

use super::begun::Open;
use super::patience::Patience;
use super::pending::{Pending, may_be_of_trace};
use super::plan::Plan;
use super::take::Take;
use super::{Parser, Window};
use crate::detect::catalogue::Layouts;
use crate::detect::layout::{Family, Reach};
use crate::detect::recognize::Bare;
use crate::detect::template::Found;
use crate::model::severity;
use crate::model::stamp::Moment;
use crate::peel::Envelope;
use std::borrow::Cow;

/// The way for lines behind a header of syslog.
pub(super) struct Carried<'c> {
    layouts: &'c Layouts,
    window: Window,
}

/// What is known of the messages of a program without reading them.
#[derive(Debug, Clone, Default)]
pub(super) struct Rest {
    /// The layout that reads each of them which no layout before it does, see [`Layout::takes_all_quietly`]. Nothing
    /// where there is none, or where it does not show what those before it read.
    ///
    /// [`Layout::takes_all_quietly`]: crate::detect::layout::Layout::takes_all_quietly
    layout: Option<usize>,
    /// Those before it.
    others: Vec<usize>,
    /// What these may read.
    reach: Reach,
    patience: Patience,
}

impl Rest {
    /// What is known where these layouts are tried one after the other.
    pub(super) fn of(layouts: &Layouts, list: &[usize]) -> Self {
        let mut reach = Reach::default();
        for (at, &index) in list.iter().enumerate() {
            let layout = layouts.get(index);
            if layout.takes_all_quietly() {
                return Self { layout: Some(index), others: list[..at].to_vec(), reach, patience: Patience::default() };
            }
            // Requests have a short way of their own.
            if layout.text.family == Family::Access || !reach.add(layout) {
                break;
            }
        }
        Self::default()
    }

    /// Whether one of the other layouts reads a message.
    fn is_read_before<'m>(&self, layouts: &Layouts, message: &'m [u8], found: &mut Found<'m>) -> bool {
        if !self.reach.may_hold(message) {
            return false;
        }
        found.reset();
        self.others.iter().any(|&other| layouts.get(other).read_into(0, &[], message, found))
    }
}

impl<'c> Carried<'c> {
    /// For a block with this plan; nothing where its lines stand in other envelopes.
    pub(super) fn of(parser: &'c Parser<'_>, plan: &Plan) -> Option<Self> {
        let is_syslog = matches!(parser.reading.envelopes.as_slice(), [Envelope::Syslog]);
        (is_syslog && !plan.has_columns()).then_some(Self { layouts: parser.layouts, window: parser.window })
    }

    /// The layout of a line that begins a record which is no error and shows no signature, and the moment of that.
    pub(super) fn reads<'b>(
        &self,
        plan: &mut Plan,
        bare: &Bare<'b>,
        open: &mut Open<'b>,
        take: &mut impl Take,
    ) -> Option<(usize, Moment)> {
        let (Cow::Borrowed(message), Some(carrier)) = (&bare.message, &bare.carrier) else { return None };
        let rest = plan.rest(self.layouts, bare)?;
        let index = rest.layout?;
        if !rest.patience.looks()
            || carrier.unfinished
            || carrier.level.is_some_and(|level| severity::is_error(level.as_bytes()))
            || may_be_of_trace(message)
            || !open.pending.as_ref().is_none_or(Pending::ends_by_looks)
        {
            return None;
        }
        let passes =
            !rest.is_read_before(self.layouts, message, &mut open.next) && take.may_pass(index, message, message);
        rest.patience.note(passes);
        if !passes {
            return None;
        }
        let dated = open.dates.date(self.layouts.get(index), None, None, Some(carrier))?;
        self.window.holds(dated.end).then_some((index, dated.end))
    }
}

/// Whether a line may go on with a record that was held, wherever that stands.
pub(super) fn may_go_on(plan: &mut Plan, layouts: &Layouts, bare: &Bare<'_>) -> bool {
    may_be_of_trace(&bare.message) || plan.rest(layouts, bare).is_none_or(|rest| rest.layout.is_none())
}

#[cfg(test)]
mod tests {
    use super::super::{Fates, Parsed, Skimmed};
    use super::*;
    use crate::detect::settle::{Assumptions, settle};
    use crate::detect::survey::Survey;
    use crate::model::field::Field;
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

    fn read<const SKIMS: bool>(layouts: &Layouts, text: &str) -> (Told<SKIMS>, Fates) {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let assumptions = Assumptions { log_zone: None, system_zone: zone, formats: Vec::new(), now: 1_795_335_814 };
        let survey = Survey::of(layouts, "web1/syslog".to_owned(), None, text.as_bytes(), b"");
        let readings = settle(layouts, &[survey], &assumptions);
        let mut parser = Parser::new(layouts, readings[0].clone().into(), Window::default());
        let mut told = Told::default();
        let fates = parser.block_to(text.as_bytes(), 1, &mut told);
        told.records.sort();
        (told, fates)
    }

    const HEADERS: [&str; 12] = [
        "Nov 22 08:MM:SS web1 sshd[71]: ",
        "Nov 22 08:MM:SS web1 sshd[72]: ",
        "Nov 22 08:MM:SS web1 systemd[1]: ",
        "Nov 22 08:MM:SS web1 CRON[7]: ",
        "Nov 22 08:MM:SS web1 dockerd[7]: ",
        "Nov 22 08:MM:SS web1 kernel: ",
        "Nov 22 08:MM:SS web1 app[7]: ",
        "Nov 22 08:MM:SS web2 app[7]: ",
        "<131>Nov 22 08:MM:SS web1 app[7]: ",
        "<134>Nov 22 08:MM:SS web1 haproxy[7]: ",
        "Nov 22 08:MM:SS ",
        "",
    ];
    const MESSAGES: [&str; 18] = [
        "session opened for user root by (uid=0)",
        "the pool is empty",
        "Traceback (most recent call last):",
        "  File \"shop.py\", line 7, in sell",
        "\tat c.s.Shop.sell(Shop.java:7)",
        "ValueError: no pool",
        "panic: no pool",
        "goroutine 1 [running]:",
        "main.sell(0x7)",
        "",
        "level=info msg=sold time=\"2026-11-22T08:MM:SSZ\"",
        "time=\"2026-11-22T08:MM:SS+02:00\" level=error msg=\"no sale\"",
        "{\"level\":\"error\",\"msg\":\"no sale\"}",
        "2026-11-22 08:MM:SS ERROR no sale",
        "[  12.5] oom-killer: gfp_mask=0x0",
        "192.0.2.1:4711 [22/Nov/2026:08:MM:SS.007] www~ shop/s1 0/0/1/2/7 200 9 - - ---- 1/1/0/0/0 0/0 \"GET /a HTTP/1.1\"",
        "(root) CMD (/usr/local/bin/shop --at SS)",
        "Caused by: no pool",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// Lines of many programs, among them those that go on with what another one began.
        #[test]
        fn quiet_records_count_as_when_they_are_read_whole(
            lines in prop::collection::vec((0..HEADERS.len(), 0..MESSAGES.len(), 0u8..3, 0u8..60), 1..40),
            ending in prop::sample::select(vec!["\n", "\r\n"]),
            logfmt in any::<bool>(),
        ) {
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let mut head = "Nov 22 08:00:01 web1 sshd[71]: session opened for user root by (uid=0)\n".repeat(9);
                if logfmt {
                    head += &"Nov 22 08:00:02 web1 app[7]: level=info msg=sold\n".repeat(9);
                }
                let text: String = lines.iter().map(|&(header, message, minute, second)| {
                    let line = format!("{}{}{ending}", HEADERS[header], MESSAGES[message]);
                    line.replace("MM", &format!("{minute:02}")).replace("SS", &format!("{second:02}"))
                }).collect();
                let text = head + &text;
                let (whole, all) = read::<false>(layouts, &text);
                let (quiet, fates) = read::<true>(layouts, &text);
                prop_assert_eq!(&quiet.records, &whole.records, "{}", text);
                prop_assert_eq!(fates, all);
                prop_assert_eq!(whole.passed, 0);
                prop_assert!(quiet.passed >= 8, "{} of {text}", quiet.passed);
                Ok(())
            })?;
        }
    }
}
