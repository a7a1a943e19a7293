use super::*;
use crate::detect::catalogue::Layouts;
use crate::detect::settle::{Assumptions, settle};
use crate::detect::survey::Survey;
use crate::model::stamp::Moment;
use crate::parse::Window;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::io::Write;
use std::sync::Arc;

/// 2026-11-22T08:00:00Z.
const START: i64 = 1_795_334_400;
const HOUR: i64 = 3600;

thread_local!(static LAYOUTS: Layouts = Layouts::embedded().unwrap());

/// A log with the second of each line; nothing for one that goes on with the line before.
#[derive(Default)]
struct Log {
    name: &'static str,
    text: Vec<u8>,
    lines: Vec<(u64, Option<i64>)>,
}

impl Log {
    fn named(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    fn line(&mut self, second: Option<i64>, text: &str) {
        self.lines.push((self.text.len() as u64, second));
        self.text.extend_from_slice(text.as_bytes());
    }

    /// A request in a line of about this length.
    fn request(&mut self, second: i64, length: usize) {
        let stamp = jiff::Timestamp::from_second(second).unwrap().strftime("%d/%b/%Y:%H:%M:%S +0000");
        let pad = "x".repeat(length.saturating_sub(90));
        let text = format!("192.0.2.1 - - [{stamp}] \"GET /{pad} HTTP/1.1\" 200 12 \"-\" \"curl/8\"\n");
        self.line(Some(second), &text);
    }

    /// Requests, each so many seconds after the one before.
    fn requests(count: usize, pause: i64, length: usize) -> Self {
        let mut log = Self::named("access.log");
        (0..count as i64).for_each(|line| log.request(START + line * pause, length));
        log
    }

    /// The stretch in which a window can lie.
    fn stretch(&self, since: Option<i64>, until: Option<i64>) -> Option<Stretch> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&self.text).unwrap();
        file.seek(SeekFrom::Start(3)).unwrap();
        let assumptions =
            Assumptions { log_zone: None, system_zone: TimeZone::UTC, formats: Vec::new(), now: 1_795_335_814 };
        let window = Window { since: since.map(Moment::from_second), until: until.map(Moment::from_second) };
        LAYOUTS.with(|layouts| {
            let head = &self.text[..self.text.len().min(100_000)];
            let survey = Survey::of(layouts, self.name.to_owned(), None, head, b"");
            let reading = settle(layouts, &[survey], &assumptions).remove(0);
            let mut outside = Outside::new(layouts, Arc::new(reading), window)?;
            let found = outside.stretch(&file, 0).unwrap();
            assert_eq!(file.stream_position().unwrap(), 3, "the file is where it was");
            self.check(found, since, until);
            found
        })
    }

    /// Every line of the window lies in the stretch, which begins and ends with a record.
    fn check(&self, stretch: Option<Stretch>, since: Option<i64>, until: Option<i64>) {
        let Some(Stretch { from, to, size }) = stretch else { return };
        assert_eq!(size, self.text.len() as u64);
        for edge in [from, to.unwrap_or(0)] {
            assert!(
                edge == 0
                    || self.lines.binary_search_by_key(&edge, |line| line.0).is_ok_and(|at| self.lines[at].1.is_some())
            );
        }
        for &(at, second) in &self.lines {
            let inside =
                |second: i64| since.is_none_or(|since| second >= since) && until.is_none_or(|until| second < until);
            if second.is_some_and(inside) {
                assert!(at >= from && to.is_none_or(|to| at < to), "{at} {stretch:?}");
            }
        }
    }

    fn offset_of(&self, second: i64) -> u64 {
        let at = self.lines.iter().position(|line| line.1.is_some_and(|at| at >= second));
        at.map_or(self.text.len() as u64, |at| self.lines[at].0)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Lines stand up to an hour from their place, as those of requests that took long do.
    #[test]
    fn no_line_of_the_window_is_left_out(
        lines in prop::collection::vec((0i64..40, 0i64..3500, 300usize..1500), 2500..4000),
        (late, pause) in (0u8..3, 1i64..9),
        (since, until) in (prop::option::of(-20i64..130), prop::option::of(-20i64..130)),
    ) {
        let mut log = Log::named("access.log");
        let mut second = START;
        for (step, delay, length) in lines {
            second += step * pause;
            log.request(if late > 0 && delay % i64::from(late) == 0 { second - delay } else { second }, length);
        }
        let share = |part: i64| START + (second - START) * part / 100;
        let (since, until) = (since.map(share), until.map(share));
        if since.zip(until).is_none_or(|(since, until)| since < until) {
            log.stretch(since, until);
        }
    }
}

#[test]
fn hardly_more_is_read_than_the_window_and_an_hour_around_it() {
    let log = Log::requests(20_000, 60, 400);
    let (since, until) = (START + 150 * HOUR, START + 151 * HOUR);
    let Stretch { from, to, .. } = log.stretch(Some(since), Some(until)).unwrap();
    let slop = NEAR + SIGHTS[0];
    assert!(log.offset_of(since - HOUR) - from <= slop, "{from}");
    assert!(to.unwrap() - log.offset_of(until + HOUR) <= slop, "{to:?}");
    assert_eq!(log.stretch(Some(since), None).unwrap(), Stretch { from, to: None, size: log.text.len() as u64 });
    assert_eq!(log.stretch(None, Some(until)).unwrap(), Stretch { from: 0, to, size: log.text.len() as u64 });
}

#[test]
fn windows_at_the_edges_and_beside_the_log() {
    let log = Log::requests(20_000, 60, 400);
    let end = START + 20_000 * 60;
    assert_eq!(log.stretch(Some(START - HOUR), Some(end + HOUR)), None);
    let first = log.stretch(Some(START), Some(START + HOUR)).unwrap();
    assert!(first.from == 0 && first.to.is_some_and(|to| to < 2 * NEAR), "{first:?}");
    let last = log.stretch(Some(end - HOUR), Some(end + HOUR)).unwrap();
    assert!(last.to.is_none() && last.size - last.from < 2 * NEAR, "{last:?}");
    // Some lines are read in any case: a log that holds none would be one that was silent.
    let before = log.stretch(Some(START - 9 * HOUR), Some(START - 8 * HOUR)).unwrap();
    assert!(before.from == 0 && before.to.is_some_and(|to| to > 0 && to < 2 * NEAR), "{before:?}");
    let behind = log.stretch(Some(end + 8 * HOUR), None).unwrap();
    assert!(behind.to.is_none() && behind.from < behind.size, "{behind:?}");
}

#[test]
fn a_log_out_of_order_is_read_whole() {
    let mut log = Log::requests(6000, 60, 400);
    for line in 0..400 {
        log.request(START + line * 60, 400);
    }
    for line in 0..6000 {
        log.request(START + (6000 + line) * 60, 400);
    }
    assert_eq!(log.stretch(Some(START + 150 * HOUR), Some(START + 151 * HOUR)), None);
    let mut log = Log::requests(9000, -60, 400);
    log.name = "access.log.1";
    assert_eq!(log.stretch(Some(START - 50 * HOUR), Some(START - 49 * HOUR)), None);
}

#[test]
fn where_no_time_is_told_all_is_read() {
    let mut log = Log::requests(3000, 60, 400);
    for _ in 0..6000 {
        log.line(None, &format!("{}\n", "no request and no time ".repeat(20)));
    }
    (3000..6000).for_each(|line| log.request(START + line * 60, 400));
    assert_eq!(log.stretch(Some(START + 90 * HOUR), Some(START + 91 * HOUR)), None);
    assert_eq!(Log::requests(9, 60, 400).stretch(Some(START + HOUR), None), None, "it is small");
}

#[test]
fn lines_may_be_longer_than_what_is_looked_at_first() {
    let mut log = Log::named("access.log");
    for line in 0..900 {
        log.request(START + line * 600, if line % 3 == 0 { 30_000 } else { 200 });
    }
    let found = log.stretch(Some(START + 100 * HOUR), Some(START + 101 * HOUR)).unwrap();
    assert!(found.from > 0 && found.to.is_some());
}

#[test]
fn a_stretch_begins_with_a_record_and_not_within_one() {
    let mut log = Log::named("app.log");
    for line in 0..4000 {
        let second = START + line * 60;
        let stamp = jiff::Timestamp::from_second(second).unwrap().strftime("%Y-%m-%dT%H:%M:%S.000Z");
        log.line(Some(second), &format!("{stamp} ERROR 7 --- [main] c.s.Shop : it failed\r\n"));
        log.line(None, "java.lang.IllegalStateException: no\r\n");
        for _ in 0..line % 40 {
            log.line(None, "\tat com.example.shop.Orders.place(Orders.java:71)\r\n");
        }
    }
    let found = log.stretch(Some(START + 30 * HOUR), Some(START + 31 * HOUR)).unwrap();
    assert!(found.from > 0 && found.to.is_some_and(|to| to < found.size), "{found:?}");
}

#[test]
fn a_zone_that_is_not_stated_keeps_a_day_around_the_window() {
    let mut log = Log::named("error.log");
    for line in 0..12_000 {
        let second = START + line * 60;
        let stamp = jiff::Timestamp::from_second(second).unwrap().strftime("%Y/%m/%d %H:%M:%S");
        log.line(
            Some(second),
            &format!(
                "{stamp} [error] 7#7: *9 open() \"/srv/{}\" failed (2: No such file or directory)\n",
                "x".repeat(200)
            ),
        );
    }
    let (since, until) = (START + 100 * HOUR, START + 101 * HOUR);
    let Stretch { from, to, .. } = log.stretch(Some(since), Some(until)).unwrap();
    assert!(from > 0 && from <= log.offset_of(since - 26 * HOUR), "{from}");
    assert!(to.is_some_and(|to| to >= log.offset_of(until + 26 * HOUR)), "{to:?}");
}

#[test]
fn a_heading_that_may_stand_anywhere_keeps_a_log_from_being_searched() {
    let mut log = Log::named("u_ex261122.log");
    log.line(None, "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\r\n");
    for line in 0..9000 {
        let second = START + line * 60;
        let stamp = jiff::Timestamp::from_second(second).unwrap().strftime("%Y-%m-%d %H:%M:%S");
        log.line(
            Some(second),
            &format!("{stamp} 10.0.0.1 GET /{} - 443 - 192.0.2.1 curl/8 200 0 0 9\r\n", "x".repeat(200)),
        );
    }
    assert_eq!(log.stretch(Some(START + 90 * HOUR), Some(START + 91 * HOUR)), None);
}

#[test]
fn what_is_said_names_the_bytes_and_the_way_to_the_lines() {
    let told = |from, to| Stretch { from, to, size: 900 }.told();
    assert!(
        told(100, Some(200)).starts_with("of its 900 bytes those from 100 up to 200 were read: the rest lies outside")
    );
    assert!(told(100, None).contains("tail -c +101"));
    assert!(!told(0, Some(200)).contains("tail"));
    assert_eq!(Stretch { from: 100, to: None, size: 900 }.cited("a/access.log"), "a/access.log+100");
    assert_eq!(Stretch { from: 0, to: Some(9), size: 900 }.cited("a/access.log"), "a/access.log");
}
