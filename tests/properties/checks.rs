//! What must hold for every byte sequence, whoever made it up: the property tests here, or a fuzzer (`fuzz/` includes
//! this file). Each check ends the process when it does not hold.

use std::sync::OnceLock;
use why503::detect::catalogue::Layouts;
use why503::detect::format_string::config::{Configuration, resolve};
use why503::detect::format_string::{FormatString, Server, compile};
use why503::detect::layout::{Layout, LayoutText};
use why503::detect::recognize::unwrap;
use why503::detect::settle::{Assumptions, settle};
use why503::detect::survey::Survey;
use why503::detect::template::Template;
use why503::model::stamp_format::{StampFormat, read_any};
use why503::open::document::{Document, Mark};
use why503::parse::{Fates, Parser, Window};
use why503::peel::Envelope;
use why503::peel::json::Members;
use why503::split::{Block, Bytes, LINE_CAP, Splitter};

/// The names of all timestamp formats.
pub(crate) const STAMPS: [&str; 21] = [
    "clf",
    "iso",
    "slash",
    "asctime",
    "syslog",
    "day-month-year",
    "day-space-month",
    "compact",
    "compact-long",
    "short-slash",
    "epoch",
    "uptime",
    "month-day-comma",
    "locale",
    "day-month",
    "glog",
    "alert",
    "colons",
    "glued",
    "month-slash-day",
    "day-slash-dashes",
];

/// The layouts of the catalogue, compiled once.
pub(crate) fn layouts() -> &'static Layouts {
    static LAYOUTS: OnceLock<Layouts> = OnceLock::new();
    LAYOUTS.get_or_init(|| Layouts::embedded().expect("the embedded layouts compile"))
}

/// A timestamp takes no more than there is, and what it took alone gives the same.
pub(crate) fn timestamps(text: &[u8]) {
    for name in STAMPS {
        let format = StampFormat::from_name(name).expect(name);
        if let Some((stamp, taken)) = format.read(text) {
            assert!(taken <= text.len(), "{name} takes {taken} of {}", text.len());
            assert!(format.read(&text[..taken]).is_some(), "{name} needs what it did not take");
            let _ = format!("{stamp:?}");
        }
    }
    let _ = read_any(text);
}

/// The scanner agrees with a whole JSON reader on every object that the latter takes.
pub(crate) fn json(text: &[u8]) {
    let Some(mut members) = Members::of(text) else { return };
    let mut keys = 0;
    for (_, value) in members.by_ref() {
        let _ = value.text();
        keys += 1;
        assert!(keys <= text.len(), "more members than bytes");
    }
    if let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(text) {
        assert!(members.is_sound(), "an object that is one is refused");
        assert!(keys >= object.len(), "{keys} of {} members", object.len());
    }
}

/// Every layout reads any text or refuses it, and what it says of a text it says again.
pub(crate) fn every_layout(text: &[u8]) {
    for (_, layout) in layouts().iter() {
        one_layout(layout, text);
    }
}

fn one_layout(layout: &Layout, text: &[u8]) {
    let fit = layout.fit(text);
    assert_eq!(fit, layout.fit(text), "{}", layout.text.id);
    let _ = (layout.read(text), layout.heading(text).is_some(), layout.closes(text), layout.stays_open(text));
}

/// A template of any text is compiled or refused; one that is compiled reads any line.
pub(crate) fn template(source: &str, line: &[u8]) {
    if let Ok(template) = Template::compile(source) {
        assert_eq!(template.fits(line), template.read(line).is_some_and(|found| !found.cut));
    }
}

/// `key=value` pairs in every style.
pub(crate) fn pairs(text: &[u8]) {
    static LAYOUT: OnceLock<Layout> = OnceLock::new();
    let layout = LAYOUT.get_or_init(|| {
        layout(
            r#"lines = ["<message:text>"]
            pairs = { src = "src:endpoint", dpt = "dst_port", msg = "reason", date = "date", time = "time", tz = "zone" }
            pair_styles = ["plain", "colon", "spaced", "bar", "tab", "comma"]
            anywhere = [" from <src:endpoint> to <dst:endpoint>", "to <dst:socket> "]"#,
        )
    });
    one_layout(layout, text);
}

/// Columns, under any heading.
pub(crate) fn columns(heading: &[u8], text: &[u8]) {
    static LAYOUTS: OnceLock<Vec<Layout>> = OnceLock::new();
    let all = LAYOUTS.get_or_init(|| {
        let of = |separator: &str| {
            layout(&format!(
                r##"lines = []
                [columns]
                separator = "{separator}"
                heading = "#Fields:"
                require = ["sc-status"]
                orders = ["{}"]
                [columns.fields]
                timestamp = ["date + time"]
                status = ["sc-status"]
                client = ["c-ip"]
                duration = ["time-taken:milliseconds"]"##,
                if matches!(separator, "blank" | "tab") {
                    "date time sc-status c-ip time-taken? …"
                } else {
                    "date, time, sc-status, c-ip, …"
                }
            ))
        };
        ["blank", "tab", "comma", "semicolon", "bar"].map(of).into()
    });
    for layout in all {
        let _ = layout.heading(&[b"#Fields:".as_slice(), heading].concat());
        one_layout(layout, text);
        let sample = format!("#Fields:{}\n{}", String::from_utf8_lossy(heading), String::from_utf8_lossy(text));
        let _ = layout.read_sample(&sample);
    }
}

fn layout(toml: &str) -> Layout {
    let head =
        "id = \"test\"\ntitle = \"test\"\nproduct = \"test\"\nfamily = \"access\"\nsamples = []\nstrangers = []\n";
    let text: LayoutText = toml::from_str(&format!("{head}{toml}")).expect("the test's layout is one");
    Layout::compile(text).expect("the test's layout compiles")
}

/// An envelope gives no more than the line holds (unescaping only shortens), alone and in one another.
pub(crate) fn envelopes(line: &[u8]) {
    for envelope in Envelope::ALL {
        if let Some(peeled) = envelope.peel(line) {
            assert!(peeled.message.len() <= line.len() * 3, "{} makes it longer", envelope.name());
        }
        for inner in Envelope::ALL {
            let _ = unwrap(&[envelope, inner], line);
        }
    }
}

/// A format string is compiled or refused; what it compiles to is a layout that reads any line.
pub(crate) fn format_strings(string: &str, line: &[u8]) {
    let servers = [Server::Nginx, Server::Apache, Server::Haproxy, Server::Envoy];
    for server in servers.into_iter().chain(Server::of(string)) {
        if let Ok(text) = compile(server, &FormatString::Text(string.to_owned())) {
            let template = text.lines.join("\n");
            let layout = Layout::compile(text).unwrap_or_else(|error| panic!("{string:?} gives {template:?}: {error}"));
            one_layout(&layout, line);
        }
    }
    for name in ["nginx.conf", "haproxy.cfg", "envoy.yaml", "sites-enabled/x"] {
        let Some(configuration) = Configuration::read(name, string.as_bytes()) else { continue };
        for one in resolve(&[(name, &configuration)]) {
            let _ = compile(one.server, &one.format);
        }
    }
}

/// Blocks hold all bytes in their order, and every line once, however the bytes arrive.
pub(crate) fn split(bytes: &[u8], step: usize) {
    let mut splitter = Splitter::new(Dripping { bytes, step: step.max(1) });
    let (mut all, mut lines) = (Vec::new(), 0);
    while let Some(block) = splitter.next_block(Bytes::default()).expect("reading from memory") {
        assert_eq!(block.first_line, lines + 1);
        assert!(block.lines() > 0, "an empty block would never end");
        lines += block.lines();
        all.extend_from_slice(&block.bytes);
    }
    if bytes.len() <= LINE_CAP {
        assert_eq!(all, bytes);
    }
    assert_eq!(lines, line_count(bytes));
}

/// A document gives the same lines however its bytes arrive, and their marks account for every physical line once.
pub(crate) fn document(bytes: &[u8], step: usize) {
    let read = |step: usize| -> (Vec<u8>, Vec<Mark>) {
        let mut dripping = Dripping { bytes, step: step.max(1) };
        let (mut document, marks) = Document::new(&mut dripping);
        let mut out = Vec::new();
        std::io::Read::read_to_end(&mut document, &mut out).expect("reading from memory");
        (out, marks.take(u64::MAX))
    };
    let (out, marks) = read(step);
    assert_eq!((&out, &marks), (&read(usize::MAX).0, &read(usize::MAX).1));
    assert_eq!(line_count(&out), marks.len() as u64);
    let mut last = 0;
    for mark in &marks {
        match mark.shares {
            true => assert!(mark.line <= last, "{mark:?} shares a line that is no other's"),
            false => assert_eq!(mark.line, last + 1, "{mark:?}"),
        }
        last = last.max(mark.line) + u64::from(mark.further);
    }
    assert_eq!(last, line_count(bytes));
    numbered(bytes, &out, marks);
}

/// The lines of a document, parsed: the fates are those of the physical lines.
fn numbered(bytes: &[u8], out: &[u8], marks: Vec<Mark>) {
    if marks.is_empty() {
        return;
    }
    let layouts = layouts();
    let survey = Survey::of(layouts, "x.json".to_owned(), Some(1_795_335_814), out, b"");
    let zone = jiff::tz::TimeZone::UTC;
    let assumptions = Assumptions { log_zone: None, system_zone: zone, formats: Vec::new(), now: 1_795_335_814 };
    for reading in settle(layouts, &[survey], &assumptions) {
        let mut parser = Parser::new(layouts, reading.into(), Window::default());
        let block =
            Block { bytes: out.to_vec().into(), first_line: 1, numbered: None, offset: 0, marks: marks.clone() };
        let mut records = 0;
        let fates = parser.each(&block, &mut |parsed| {
            records += 1;
            assert!(parsed.record.line <= line_count(bytes));
        });
        assert_eq!(fates.lines, line_count(bytes), "lines");
        assert_eq!(fates.lines, fates.accounted(), "fates");
        assert_eq!(fates.records + fates.further_records, records, "records");
    }
}

struct Dripping<'b> {
    bytes: &'b [u8],
    step: usize,
}

impl std::io::Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.step.min(buffer.len()).min(self.bytes.len());
        buffer[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        Ok(length)
    }
}

/// A whole file: recognized, settled, parsed. Every line has one fate.
pub(crate) fn whole_file(name: &str, bytes: &[u8]) {
    let layouts = layouts();
    let survey = Survey::of(layouts, name.to_owned(), Some(1_795_335_814), bytes, b"");
    let zone = jiff::tz::TimeZone::UTC;
    let assumptions = Assumptions { log_zone: None, system_zone: zone, formats: Vec::new(), now: 1_795_335_814 };
    for reading in settle(layouts, &[survey], &assumptions) {
        let mut parser = Parser::new(layouts, reading.into(), Window::default());
        let mut records = 0;
        let fates = parser.block(bytes, 1, &mut |parsed| {
            records += 1;
            let _ = parsed.record.message();
        });
        let Fates { lines, records: counted, continuation, blank, unrecognized, undated, outside_window, .. } = fates;
        assert_eq!(lines, counted + continuation + blank + unrecognized + undated + outside_window, "fates of {name}");
        assert_eq!(lines, line_count(bytes), "lines of {name}");
        assert_eq!(counted, records, "records of {name}");
    }
}

fn line_count(bytes: &[u8]) -> u64 {
    let ends = bytes.iter().filter(|&&byte| byte == b'\n').count();
    (ends + usize::from(bytes.last().is_some_and(|&last| last != b'\n'))) as u64
}
