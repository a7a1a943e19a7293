//! No byte sequence makes a parser panic, loop, or lose count of lines.
//!
//! `checks` says what must hold; `fuzz/` holds the same against a fuzzer's bytes. Here they are arbitrary bytes, and
//! the samples of the catalogue with something broken in them, which reach further in.

// A test may stop at the first thing that is not as it should be.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod checks;

use proptest::collection::vec;
use proptest::prelude::*;

/// Pieces that parsers look for, and that logs are attacked with.
const PIECES: [&[u8]; 37] = [
    b"\"",
    b"\\\"",
    b"\\",
    b"[",
    b"]",
    b"{",
    b"}",
    b"<",
    b">",
    b"=",
    b":",
    b"::",
    b" ",
    b"  ",
    b"\t",
    b"\n",
    b"\r\n",
    b"\0",
    b"\x1b[31m",
    b"\xff\xfe",
    b"\xc3",
    b"-",
    b"%",
    b"$",
    b",",
    b"|",
    b"503",
    b"GET / HTTP/1.1",
    b"#Fields: ",
    b"9223372036854775807",
    b"9223372036854.775807",
    b"-9223372036854775808",
    b"\\u00",
    b"\xef\xbb\xbf",
    b"99999999999999999999",
    b"2026-11-22T08:04:28Z",
    b"<134>1 ",
];

/// All samples of the catalogue.
fn samples() -> Vec<&'static [u8]> {
    let all = checks::layouts().iter().flat_map(|(_, layout)| layout.proof().samples.iter().map(String::as_bytes));
    all.collect()
}

/// Arbitrary bytes, from pieces that mean something to a parser.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => (0..PIECES.len()).prop_map(|at| PIECES[at].to_vec()),
        2 => vec(any::<u8>(), 0..4),
        2 => "[a-zA-Z0-9./:-]{0,12}".prop_map(String::into_bytes),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A sample in which something was cut out, put in, or written twice.
fn broken() -> impl Strategy<Value = Vec<u8>> {
    let samples = samples();
    let wound = (any::<prop::sample::Index>(), 0..24_usize, prop_oneof![pieces(), Just(Vec::new())]);
    (0..samples.len(), vec(wound, 0..4)).prop_map(move |(at, wounds)| {
        let mut text = samples[at].to_vec();
        for (place, cut, patch) in wounds {
            let start = place.index(text.len() + 1);
            let end = (start + cut).min(text.len());
            text.splice(start..end, patch);
        }
        text
    })
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![2 => broken(), 1 => pieces()]
}

/// A file of several lines.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let end = prop_oneof![8 => Just(b"\n".as_slice()), 1 => Just(b"\r\n".as_slice()), 1 => Just(b"".as_slice())];
    vec((text(), end), 0..12)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| [&line, end].concat()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn timestamps(text in text()) {
        checks::timestamps(&text);
    }

    #[test]
    fn json(text in prop_oneof![broken(), pieces().prop_map(|inside| [b"{".as_slice(), &inside, b"}"].concat())]) {
        checks::json(&text);
    }

    #[test]
    fn templates(source in "([a-z<>:~\\[\\]\\\\ \"]|<[a-z]{0,8}:(text|word|int|quoted|iso|clf|rest|cell|json|forwarded)>){0,12}", line in text()) {
        checks::template(&source, &line);
    }

    #[test]
    fn pairs(text in text()) {
        checks::pairs(&text);
    }

    #[test]
    fn columns(heading in "( |,|\t|date|time|sc-status|c-ip|time-taken|[a-z]{1,3}){0,12}", text in text()) {
        checks::columns(heading.as_bytes(), &text);
    }

    #[test]
    fn envelopes(line in text()) {
        checks::envelopes(&line);
    }

    #[test]
    fn format_strings(
        string in "([a-z \"|;{}'=\n#-]|\\$[a-z_]{1,12}|%[A-Za-z]{1,3}|%[{\\[][a-zA-Z+:-]{0,6}[}\\]][a-zA-Z]|%[A-Z_]{3,13}%|log_format x '|log-format ){0,16}",
        line in text(),
    ) {
        checks::format_strings(&string, &line);
    }

    #[test]
    fn splitting(bytes in file(), step in 1..700_usize) {
        checks::split(&bytes, step);
    }
}

/// Pieces of JSON documents: brackets, known lists, line ends where they may and may not stand.
fn json_pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\r\n",
        " ",
        "\"a\":",
        "\"a\"",
        "1",
        "-2.5e3",
        "true",
        "nul",
        "\\\"",
        "\"records\":[",
        "\"items\":[",
        "\"properties\":{\"flows\":[{\"rule\":\"r\",\"flows\":[{\"flowTuples\":[",
        "\"x\"",
        "]}]}]}",
        "{\"a\":1}",
        "{\n\"a\":\n1}",
        "{\"time\":\"2026-11-22T08:14:02Z\",\"level\":\"info\",\"msg\":\"x\"}",
        "plain text",
        "\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[",
        "]}]}]",
        "\"open",
    ]);
    vec(piece, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    // Every case is held against all layouts, or goes through all stages.
    #![proptest_config(ProptestConfig { cases: 240, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents(bytes in prop_oneof![3 => json_pieces(), 1 => file()], step in 1..700_usize) {
        checks::document(&bytes, step);
    }

    #[test]
    fn layouts(text in text()) {
        checks::every_layout(&text);
    }

    #[test]
    fn whole_files(bytes in file(), name in prop_oneof![Just("x.log"), Just("nginx.conf"), Just("web1/var/log/syslog.2.gz")]) {
        checks::whole_file(name, &bytes);
    }
}

/// Every sample whole, and cut at every place: what a crash or a full disk leaves behind.
#[test]
fn cut_samples() {
    for (at, sample) in samples().into_iter().enumerate() {
        checks::whole_file("x.log", sample);
        // Each at one place, all places among them.
        checks::every_layout(&sample[..at * 7 % (sample.len() + 1)]);
    }
}

#[test]
fn long_lines_are_counted_once() {
    let long = |length: usize| vec![b'x'; length];
    for bytes in [long(3 << 20), [long(1 << 20), b"\n".to_vec(), long(2 << 20), b"\ny".to_vec()].concat()] {
        checks::split(&bytes, 65_537);
    }
}
