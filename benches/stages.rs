//! Each stage alone on 4 MB of lines: `cargo bench --bench stages [-- STAGE]`. Bytes of log per second, and allocations.

#![allow(clippy::unwrap_used, reason = "a bench may stop at the first thing that is not as it should be")]

use divan::counter::BytesCount;
use divan::{AllocProfiler, Bencher};
use jiff::tz::TimeZone;
use std::sync::Arc;
use why503::detect::catalogue::Layouts;
use why503::detect::settle::{Assumptions, Reading, settle};
use why503::detect::survey::Survey;
use why503::parse::{Parser, Window};
use why503::peel::Envelope;
use why503::split::{Bytes, Splitter};
use why503::spot::{Recalled, Signatures};
use why503::tally::collect::{Collector, Knowledge, Wanted};
use why503::tally::probes::Probes;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

/// Bytes of each log.
const SIZE: usize = 4_000_000;

const ACCESS: &str = "203.0.113.9 - - [22/Nov/2026:08:04:28 +0000] \"GET /category/lamps?page=38&sort=new HTTP/1.1\" 200 27680 \"https://shop.example/\" \"Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0\"\n";
const HAPROXY: &str = "Nov 22 08:04:28 lb1 haproxy[2214]: 203.0.113.9:26660 [22/Nov/2026:08:04:28.349] https-in~ be_shop/web1 0/0/1/11/12 200 4211 - - ---- 150/148/11/11/0 0/0 {shop.example} \"GET /api/v1/items/38828 HTTP/2.0\"\n";
const JSON: &str = "{\"ts\":\"2026-11-22T08:04:28.600Z\",\"level\":\"info\",\"service\":\"checkout\",\"host\":\"app1\",\"msg\":\"order stored\",\"req_id\":\"2df4b3dcf60e\",\"items\":3,\"duration_ms\":23,\"client\":\"203.0.113.9\"}\n";
const SYSLOG: &str = "Nov 22 08:04:28 web1 systemd[1]: session-1204.scope: Deactivated successfully.\n";

const LOGS: [&str; 4] = ["access", "haproxy", "json", "syslog"];

fn main() {
    divan::main();
}

fn text(log: &str) -> Vec<u8> {
    let line = match log {
        "access" => ACCESS,
        "haproxy" => HAPROXY,
        "json" => JSON,
        _ => SYSLOG,
    };
    line.repeat(SIZE / line.len()).into_bytes()
}

fn read_as(layouts: &Layouts, text: &[u8]) -> Arc<Reading> {
    let survey = Survey::of(layouts, "web1/log".into(), None, &text[..text.len().min(256 * 1024)], b"");
    let assumptions =
        Assumptions { log_zone: None, system_zone: TimeZone::UTC, formats: Vec::new(), now: 1_795_335_814 };
    Arc::new(settle(layouts, &[survey], &assumptions).pop().unwrap())
}

#[divan::bench(args = LOGS)]
fn split(bencher: Bencher<'_, '_>, log: &str) {
    let text = text(log);
    bencher.counter(BytesCount::of_slice(&text)).bench(|| {
        let mut splitter = Splitter::new(text.as_slice());
        let mut buffer = Bytes::default();
        let mut lines = 0;
        while let Some(block) = splitter.next_block(std::mem::take(&mut buffer)).unwrap() {
            lines += block.lines();
            buffer = block.bytes;
        }
        lines
    });
}

#[divan::bench]
fn peel(bencher: Bencher<'_, '_>) {
    let text = text("haproxy");
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| why503::split::lines(&text).filter(|line| Envelope::Syslog.peel(line).is_some()).count());
}

#[divan::bench(args = LOGS)]
fn detect(bencher: Bencher<'_, '_>, log: &str) {
    let (layouts, text) = (Layouts::embedded().unwrap(), text(log));
    let head = &text[..256 * 1024];
    bencher
        .counter(BytesCount::of_slice(head))
        .bench(|| Survey::of(&layouts, "web1/log".into(), None, head, b"").recognition.recognized);
}

#[divan::bench(args = LOGS)]
fn parse(bencher: Bencher<'_, '_>, log: &str) {
    let (layouts, text) = (Layouts::embedded().unwrap(), text(log));
    let mut parser = Parser::new(&layouts, read_as(&layouts, &text), Window::default());
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
        let mut records = 0;
        parser.block(&text, 1, &mut |_| records += 1);
        records
    });
}

#[divan::bench(args = LOGS)]
fn spot(bencher: Bencher<'_, '_>, log: &str) {
    let (layouts, text) = (Layouts::embedded().unwrap(), text(log));
    let signatures = Signatures::embedded(&layouts).unwrap();
    let mut parser = Parser::new(&layouts, read_as(&layouts, &text), Window::default());
    let (mut recalled, mut hits) = (Recalled::default(), Vec::new());
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
        let mut found = 0;
        parser.block(&text, 1, &mut |parsed| {
            signatures.spot(&parsed.record, &mut recalled, &mut hits);
            found += hits.len();
        });
        found
    });
}

#[divan::bench(args = LOGS)]
fn tally(bencher: Bencher<'_, '_>, log: &str) {
    let (layouts, text) = (Layouts::embedded().unwrap(), text(log));
    let signatures = Signatures::embedded(&layouts).unwrap();
    let wanted = Wanted { statuses: vec![(503, 503)], probes: Probes::new(vec!["kube-probe/*".into()]) };
    let knowledge = Knowledge { layouts: &layouts, signatures: &signatures, wanted: &wanted };
    let reading = read_as(&layouts, &text);
    let mut parser = Parser::new(&layouts, Arc::clone(&reading), Window::default());
    bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
        let mut collector = Collector::new(knowledge, Arc::clone(&reading));
        let fates = parser.block_to(&text, 1, &mut collector);
        collector.end_block(&fates, &text, |_, _| {});
        collector.finish().sources.len()
    });
}
