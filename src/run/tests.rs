use super::*;
use crate::model::stamp::Moment;
use crate::parse::Fates;
use crate::tally::evidence::Quote;
use crate::tally::probes::Probes;
use std::ffi::OsString;
use std::path::Path;

/// 2026-11-22T08:00:00Z.
const START: i64 = 1_795_334_400;
const HOUR: i64 = 3600;

fn plan(window: (i64, i64), seeks_from: Option<u64>, threads: usize) -> Plan {
    let layouts = Layouts::embedded().unwrap();
    Plan {
        signatures: Signatures::embedded(&layouts).unwrap(),
        layouts,
        wanted: Wanted { statuses: vec![(503, 503)], probes: Probes::new(Vec::new()) },
        assumptions: Assumptions {
            log_zone: None,
            system_zone: jiff::tz::TimeZone::UTC,
            formats: Vec::new(),
            now: START + 1000 * HOUR,
        },
        window: Window { since: Some(Moment::from_second(window.0)), until: Some(Moment::from_second(window.1)) },
        seeks_from,
        threads,
    }
}

fn read(directory: &Path, plan: &Plan) -> Tally {
    let found = crate::find::find(&[OsString::from(directory)]);
    let surveys = survey_all(plan, &found.sources);
    let mut tally = read_all(plan, &found.sources, &surveys, &Progress::default());
    tally.settle();
    tally
}

/// Requests of a web server and the log of the application behind it, with stack traces, over four days.
fn logs(directory: &Path) {
    let (mut access, mut app) = (String::new(), String::new());
    let pad = "x".repeat(300);
    for line in 0..8000_i64 {
        let second = START + line * 43;
        let moment = jiff::Timestamp::from_second(second).unwrap();
        let (clf, iso) = (moment.strftime("%d/%b/%Y:%H:%M:%S +0000"), moment.strftime("%Y-%m-%dT%H:%M:%S.007Z"));
        let status = if line % 90 < 7 { 503 } else { 200 };
        access.push_str(&format!(
            "192.0.2.{} - - [{clf}] \"GET /{pad}?{line} HTTP/1.1\" {status} 12 \"-\" \"curl/8\"\n",
            line % 200
        ));
        app.push_str(&format!("{iso} ERROR 7 --- [main] c.s.Shop : order {line} failed {pad}\r\n"));
        if line % 5 == 0 {
            app.push_str("java.lang.OutOfMemoryError: Java heap space\r\n\tat com.example.Shop.place(Shop.java:7)\r\n");
        }
    }
    std::fs::create_dir(directory.join("web1")).unwrap();
    std::fs::write(directory.join("web1/access.log"), access).unwrap();
    std::fs::write(directory.join("web1/app.log"), app).unwrap();
}

/// Puts the lines to quote aside, each with the text that stands where it is cited from.
fn quotes(tally: &mut Tally, directory: &Path) -> Vec<(i64, String, String)> {
    let sources = tally.sources.clone();
    let mut told = Vec::new();
    let mut take = |quotes: &crate::tally::evidence::Quotes| {
        for quote in quotes.range(i64::MIN / 4, i64::MAX / 4) {
            let Quote { moment, source, line, .. } = quote;
            let (from, file) = (sources[&**source].from, sources[&**source].file(source));
            let text = std::fs::read_to_string(directory.join(file)).unwrap();
            let cited = text[from as usize..].lines().nth(*line as usize - 1).unwrap();
            assert!(quote.text().starts_with(cited), "{source}:{line} {cited}");
            told.push((*moment, quote.title().to_owned(), cited.to_owned()));
        }
    };
    let signatures = tally.hits.values().flat_map(|signature| signature.scopes.values());
    let unknown = tally.unknown.values().flat_map(|shapes| shapes.shapes.values());
    signatures.chain(unknown).for_each(|hits| take(&hits.quotes));
    for signature in tally.hits.values_mut() {
        signature.scopes.values_mut().for_each(|hits| hits.quotes = Default::default());
    }
    for shapes in tally.unknown.values_mut() {
        shapes.shapes.values_mut().for_each(|hits| hits.quotes = Default::default());
    }
    told
}

#[test]
fn a_log_that_is_read_in_part_counts_as_one_that_is_read_whole() {
    let directory = tempfile::tempdir().unwrap();
    logs(directory.path());
    let end = START + 8000 * 43;
    for window in [(START + 40 * HOUR, START + 41 * HOUR), (START - HOUR, START + HOUR), (end - HOUR, end + HOUR)] {
        let (mut whole, mut part) =
            (read(directory.path(), &plan(window, None, 1)), read(directory.path(), &plan(window, Some(0), 1)));
        assert_eq!(part, read(directory.path(), &plan(window, Some(0), 3)), "on three threads");
        let cited = quotes(&mut part, directory.path());
        assert!(!cited.is_empty());
        assert_eq!(cited, quotes(&mut whole, directory.path()));
        assert_eq!((&part.hits, &part.unknown, &part.vantages), (&whole.hits, &whole.unknown, &whole.vantages));
        assert_eq!(whole.sources.len(), 2);
        assert!(part.files().eq(whole.files()));
        for (part, whole) in part.sources.values().zip(whole.sources.values()) {
            let Fates { lines, records, first, last, .. } = part.fates;
            assert_eq!(lines, part.fates.accounted());
            assert!(lines < whole.fates.lines / 3, "{lines}");
            assert_eq!((records, first, last), (whole.fates.records, whole.fates.first, whole.fates.last));
            assert_eq!((&part.coverage, part.failed), (&whole.coverage, whole.failed));
            assert_eq!(part.from > 0, window.0 > START);
        }
        assert!(whole.troubles.is_empty());
        assert_eq!(part.troubles.len(), 2, "{:?}", part.troubles);
        assert!(part.troubles.iter().all(|trouble| part.sources.contains_key(&trouble.source)));
    }
}

#[test]
fn a_file_that_is_called_like_a_part_is_not_taken_for_it() {
    let directory = tempfile::tempdir().unwrap();
    logs(directory.path());
    let plan = plan((START + 40 * HOUR, START + 41 * HOUR), Some(0), 1);
    let part = read(directory.path(), &plan);
    let name = part.sources.keys().find(|name| name.starts_with("web1/access.log+")).unwrap();
    std::fs::write(directory.path().join(name), "another log\n").unwrap();
    let tally = read(directory.path(), &plan);
    assert_eq!(tally.sources["web1/access.log"].from, 0);
    assert_eq!(tally.sources[name].fates.lines, 1);
}
