//! Lines of an access log that stand in no envelope, or behind the usual header of syslog: the bulk of most runs, on the
//! shortest way to whoever counts them.

use super::date::Ends;
use super::fate::Fate;
use super::ledger::Ledger;
use super::plan::{self, Plan};
use super::take::{Skimmed, Take};
use super::{Parser, Window};
use crate::detect::layout::{Layout, SkimAtOnce};
use crate::detect::recognize::Bare;
use crate::detect::template::Skim;
use crate::model::field::Field;
use crate::model::stamp::{Stamp, Zone};
use crate::peel::{Envelope, RecentHeader};
use std::ops::Range;

/// The layout that most lines of a block have, where its requests can be skimmed.
pub(super) struct Requests<'c, 'b> {
    known: Option<Known<'c>>,
    /// Whether the lines stand behind a header of syslog.
    carried: bool,
    window: Window,
    ends: Ends<'c>,
    skim: Skim<'b>,
}

/// The layout of requests.
struct Known<'c> {
    layout: &'c Layout,
    /// What reads most of its lines together with their ends.
    at_once: Option<SkimAtOnce<'c>>,
    index: usize,
    /// What a line must have in common with a template.
    least: u32,
    /// Number of the header that it was told from, see [`RecentHeader::number`].
    header: u32,
}

impl<'c> Known<'c> {
    fn new(parser: &'c Parser<'_>, index: usize, bare: &Bare<'_>, header: u32) -> Option<Self> {
        let layout = parser.layouts.get(index);
        let least = plan::least(layout, bare);
        let at_once = layout.at_once(least);
        (layout.skims() && !layout.text.generic).then_some(Self { layout, at_once, index, least, header })
    }
}

impl<'c, 'b> Requests<'c, 'b> {
    /// The short way for a block with this plan; nothing where most lines must be read whole.
    pub(super) fn of(parser: &'c Parser<'_>, plan: &Plan) -> Option<Self> {
        let reading = &parser.reading;
        let carried = match reading.envelopes.as_slice() {
            [] => false,
            [Envelope::Syslog] => true,
            _ => return None,
        };
        let known = || {
            let index = plan.first().filter(|_| !plan.has_columns())?;
            let bare = Bare { message: Default::default(), carrier: None };
            let known = Known::new(parser, index, &bare, 0)?;
            known.layout.text.envelopes.is_empty().then_some(known)
        };
        let known = if carried { None } else { Some(known()?) };
        Some(Self { known, carried, window: parser.window, ends: Ends::new(&reading.clock), skim: Skim::default() })
    }

    /// Whether the lines stand behind a header of syslog, so that a request must be [learned](Self::learn) from first.
    pub(super) fn are_carried(&self) -> bool {
        self.carried
    }

    /// Takes the layout of a request that was skimmed the longer way: whatever else has the same header has the same.
    pub(super) fn learn(&mut self, parser: &'c Parser<'_>, index: usize, bare: &Bare<'_>, header: &RecentHeader) {
        let stamp = bare.carrier.as_ref().and_then(|carrier| carrier.stamp);
        // The zone of a header may tell that of the request.
        let counts_not = matches!(stamp, None | Some(Stamp::Calendar { zone: Zone::Unstated, .. }));
        self.known = if counts_not { Known::new(parser, index, bare, header.number()) } else { None };
        self.ends.forget();
    }

    /// What a line says, and the host that its header names; nothing where its layout is not known.
    // Always: most lines that come here have no layout that is known, which takes no call to see.
    #[inline(always)]
    pub(super) fn strip(&self, line: &'b [u8], header: &mut RecentHeader) -> Option<(&'b [u8], Option<&'b [u8]>)> {
        if !self.carried {
            return Some((line, None));
        }
        self.known.as_ref().filter(|known| known.header == header.number())?;
        header.strip(line)
    }

    /// Counts the line that begins at `start` of the block, if it has the usual form and need not be read whole; gives
    /// where the next one begins.
    #[inline]
    pub(super) fn count_at_once(
        &mut self,
        (number, start, block): (u64, usize, &'b [u8]),
        header: &mut RecentHeader,
        ledger: &mut Ledger<'_>,
        take: &mut impl Take,
    ) -> Option<usize> {
        let known = self.known.as_ref()?;
        let at_once = known.at_once?;
        let (message, host) = match self.carried {
            false => (start, None),
            true if known.header != header.number() => return None,
            true => {
                let text = &block[start..];
                let (length, host) = header.strip_at_once(text)?;
                (start + length, Some(&text[host]))
            }
        };
        let (length, with_end) = at_once.skim(&block[message..], &mut self.skim)?;
        let span = start..message + length;
        self.count_skimmed(host, (number, span, block), ledger, take).then_some(message + with_end)
    }

    /// Counts the line, unless it must be read whole.
    #[inline]
    pub(super) fn count(
        &mut self,
        (message, host): (&'b [u8], Option<&'b [u8]>),
        (number, span, block): (u64, Range<usize>, &'b [u8]),
        ledger: &mut Ledger<'_>,
        take: &mut impl Take,
    ) -> bool {
        let Some(Known { layout, least, .. }) = &self.known else { return false };
        layout.skim(*least, message, &mut self.skim) && self.count_skimmed(host, (number, span, block), ledger, take)
    }

    /// Counts what was skimmed. Always in place: what is handed on to a function in memory is written by its parts and
    /// read as a whole, for which processors wait.
    #[inline(always)]
    fn count_skimmed(
        &mut self,
        host: Option<&'b [u8]>,
        (number, span, block): (u64, Range<usize>, &'b [u8]),
        ledger: &mut Ledger<'_>,
        take: &mut impl Take,
    ) -> bool {
        let Some(Known { layout, index, .. }) = &self.known else { return false };
        let (index, stamps) = (*index, layout.text.stamps);
        let Some(end) = self.ends.of(&self.skim, stamps) else { return false };
        if !self.window.holds(end) {
            ledger.count(Fate::OutsideWindow, number);
            return true;
        }
        let host = self.skim.get(Field::Host).or(host);
        let taken = take.skimmed(&Skimmed { fields: &self.skim, host, layout: index, end, span, block });
        if taken {
            ledger.count(Fate::Record, number);
            ledger.fates.saw(end);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::super::Parsed;
    use super::*;
    use crate::detect::catalogue::Layouts;
    use crate::detect::settle::{Assumptions, settle};
    use crate::detect::survey::Survey;
    use crate::model::stamp::Moment;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    const FIELDS: [Field; 6] =
        [Field::Status, Field::Service, Field::Client, Field::Path, Field::Upstream, Field::UserAgent];

    /// What is counted of each request, skimmed or not.
    struct Told<const SKIMS: bool> {
        requests: Vec<String>,
        skimmed: usize,
    }

    impl<const SKIMS: bool> Told<SKIMS> {
        fn tell<'v>(
            &mut self,
            layout: usize,
            end: Moment,
            get: impl Fn(Field) -> Option<&'v [u8]>,
            host: Option<&[u8]>,
        ) {
            let text = |value: Option<&[u8]>| value.map(|value| String::from_utf8_lossy(value).into_owned());
            let values: Vec<_> = FIELDS.iter().map(|&field| text(get(field))).collect();
            self.requests.push(format!("{layout} {end} {:?} {values:?}", text(host)));
        }
    }

    impl<const SKIMS: bool> Take for Told<SKIMS> {
        const SKIMS: bool = SKIMS;

        fn skimmed(&mut self, request: &Skimmed<'_, '_>) -> bool {
            if request.fields.get(Field::Status) == Some(b"503") {
                return false;
            }
            // A balancer puts the service in front of its server's name once the record is read whole.
            let behind = |field| request.fields.get(field).filter(|_| field != Field::Upstream);
            self.tell(request.layout, request.end, behind, request.host);
            self.skimmed += 1;
            true
        }

        fn may_pass(&mut self, _: usize, _: &[u8], _: &[u8]) -> bool {
            false
        }

        fn pass(&mut self, _: usize, _: Moment) {}

        fn record(&mut self, parsed: &Parsed<'_>) {
            let fields = &parsed.record.fields;
            let upstream = fields.get(Field::Status) == Some(b"503");
            let get = |field| fields.get(field).filter(|_| field != Field::Upstream || upstream);
            self.tell(parsed.record.layout, parsed.end, get, fields.get(Field::Host));
        }
    }

    fn read<const SKIMS: bool>(layouts: &Layouts, text: &str, window: Window) -> (Told<SKIMS>, super::super::Fates) {
        let zone = TimeZone::UTC;
        let assumptions = Assumptions { log_zone: None, system_zone: zone, formats: Vec::new(), now: 1_795_335_814 };
        let survey = Survey::of(layouts, "lb1/syslog".to_owned(), None, text.as_bytes(), b"");
        let readings = settle(layouts, &[survey], &assumptions);
        let mut parser = Parser::new(layouts, readings[0].clone().into(), window);
        let mut told = Told { requests: Vec::new(), skimmed: 0 };
        let fates = parser.block_to(text.as_bytes(), 1, &mut told);
        // A record that waits for its last line comes behind the request that ends it.
        told.requests.sort();
        (told, fates)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// The same header of syslog stands before lines of several layouts, and other headers between them.
        #[test]
        fn the_short_way_tells_what_the_long_one_tells(
            lines in prop::collection::vec((0usize..8, 0usize..7, 0u8..60, 0u16..1000), 1..40),
            (carried, windowed) in any::<(bool, bool)>(),
        ) {
            const HEADERS: [&str; 8] = [
                "Nov 22 08:04:SS lb1 haproxy[7]: ",
                "Nov 22 08:04:SS lb1 haproxy[7]: ",
                "<134>Nov 22 08:04:SS lb1 haproxy[7]: ",
                "<131>Nov 22 08:04:SS lb1 haproxy[7]: ",
                "Nov 22 08:04:SS lb2 haproxy[8]: ",
                "2026-11-22T08:04:SS+01:00 lb1 haproxy[7]: ",
                "Nov 22 08:04:SS web1 nginx[7]: ",
                "Nov 22 08:04:SS web1 cron[7]: ",
            ];
            const MESSAGES: [&str; 7] = [
                "192.0.2.1:4711 [22/Nov/2026:08:04:SS.MMM] www~ shop/s1 0/0/1/2/MMM 200 9 - - ---- 1/1/0/0/0 0/0 \"GET /a?b HTTP/1.1\"",
                "2001:db8::7:4711 [22/Nov/2026:08:04:SS.MMM] www shop/s2 0/0/1/2/+3 404 9 - - --VN 1/1/0/0/+0 0/0 {x|y} {} \"GET /MMM HTTP/2.0\"",
                "192.0.2.1:4711 [22/Nov/2026:08:04:SS.MMM] www shop/<NOSRV> 0/-1/-1/-1/0 503 9 - - SC-- 1/1/0/0/0 0/0 \"GET /a HTTP/1.1\"",
                "Server shop/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms.",
                "192.0.2.1 - - [22/Nov/2026:08:04:SS +0000] \"GET /a/MMM HTTP/1.1\" 200 12 \"-\" \"curl/8\"",
                "192.0.2.1 - - [22/Nov/2026:08:05:SS +0100] \"GET /a HTTP/1.1\" 503 12 \"-\" \"a \\\" b\"",
                "(root) CMD (true)",
            ];
            thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());
            LAYOUTS.with(|layouts| {
                let text: String = lines.iter().map(|&(header, message, second, millisecond)| {
                    let header = if carried { HEADERS[header] } else { "" };
                    let line = format!("{header}{}\n", MESSAGES[message]);
                    line.replace("SS", &format!("{second:02}")).replace("MMM", &format!("{millisecond:03}"))
                }).collect();
                // From 08:04:20 to 08:05:30.
                let bound = |second| windowed.then_some(Moment::from_second(second));
                let window = Window { since: bound(1_795_334_660), until: bound(1_795_334_730) };
                let (whole, all) = read::<false>(layouts, &text, window);
                let (short, fates) = read::<true>(layouts, &text, window);
                prop_assert_eq!(&short.requests, &whole.requests, "{}", text);
                prop_assert_eq!(fates, all);
                prop_assert_eq!(whole.skimmed, 0);
                let usual = lines.iter().filter(|(header, message, ..)| *message == 0 && (!carried || *header < 2)).count();
                prop_assert!(!carried || windowed || short.skimmed >= usual, "{} of {usual}: {text}", short.skimmed);
                Ok(())
            })?;
        }
    }
}
