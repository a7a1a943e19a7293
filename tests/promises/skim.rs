//! Requests that are only skimmed, and records that show nothing, are counted as if they had been read whole.

use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use why503::detect::catalogue::Layouts;
use why503::detect::settle::{Assumptions, settle};
use why503::detect::survey::Survey;
use why503::model::stamp::Moment;
use why503::parse::{Parsed, Parser, Skimmed, Take, Window};
use why503::spot::Signatures;
use why503::tally::Tally;
use why503::tally::collect::{Collector, Knowledge, Wanted};
use why503::tally::probes::Probes;

/// Hands every record on whole.
struct Whole<'t, T>(&'t mut T);

impl<T: Take> Take for Whole<'_, T> {
    const SKIMS: bool = false;

    fn skimmed(&mut self, _: &Skimmed<'_, '_>) -> bool {
        false
    }

    fn may_pass(&mut self, _: usize, _: &[u8], _: &[u8]) -> bool {
        false
    }

    fn pass(&mut self, _: usize, _: Moment) {}

    fn record(&mut self, parsed: &Parsed<'_>) {
        self.0.record(parsed);
    }
}

fn tally(knowledge: Knowledge<'_>, name: &str, text: &[u8], skim: bool) -> Tally {
    let survey = Survey::of(knowledge.layouts, name.to_owned(), None, text, b"");
    let assumptions =
        Assumptions { log_zone: None, system_zone: TimeZone::UTC, formats: Vec::new(), now: 1_795_335_814 };
    let reading = Arc::new(settle(knowledge.layouts, &[survey], &assumptions).pop().unwrap());
    let mut parser = Parser::new(knowledge.layouts, Arc::clone(&reading), Window::default());
    let mut collector = Collector::new(knowledge, reading);
    let fates = match skim {
        true => parser.block_to(text, 1, &mut collector),
        false => parser.block_to(text, 1, &mut Whole(&mut collector)),
    };
    collector.end_block(&fates, text, |spans, around| match skim {
        true => parser.again(text, spans, around),
        false => parser.again(text, spans, &mut Whole(around)),
    });
    collector.finish()
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_none_or(|extension| extension != "gz" && extension != "toml") {
            found.push(path);
        }
    }
}

#[test]
fn what_is_skimmed_counts_as_what_is_read_whole() {
    let layouts = Layouts::embedded().unwrap();
    let signatures = Signatures::embedded(&layouts).unwrap();
    let probes = Probes::new(vec!["kube-probe/*".into()]);
    let wanted = Wanted { statuses: vec![(503, 503)], probes };
    let knowledge = Knowledge { layouts: &layouts, signatures: &signatures, wanted: &wanted };
    let mut texts: Vec<(String, Vec<u8>)> = layouts
        .iter()
        .map(|(_, layout)| (layout.text.id.clone(), layout.proof().samples.join("\n").into_bytes()))
        .collect();
    // A carrier may call requests errors.
    let request = "<131>Nov 22 08:04:28 lb1 haproxy[9]: 203.0.113.9:26660 [22/Nov/2026:08:04:28.349] www~ bk/app1 0/0/1/11/12 200 42 - - ---- 1/1/1/1/0 0/0 \"GET /a HTTP/1.1\"\n";
    texts.push(("lb1/haproxy.log".to_owned(), request.repeat(20).into_bytes()));
    let mut logs = Vec::new();
    files(Path::new("fixtures"), &mut logs);
    logs.sort();
    texts.extend(logs.iter().map(|path| {
        let mut text = std::fs::read(path).unwrap();
        text.truncate(200_000);
        (path.display().to_string(), text)
    }));
    let mut requests = 0;
    for (name, text) in texts {
        let (skimmed, whole) = (tally(knowledge, &name, &text, true), tally(knowledge, &name, &text, false));
        assert!(skimmed == whole, "{name}: skimmed {skimmed:#?}\nwhole {whole:#?}");
        requests += skimmed.vantages.values().map(|vantage| vantage.requests()).sum::<u64>();
    }
    assert!(requests > 10_000, "{requests} requests are too few to tell");
}
