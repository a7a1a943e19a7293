use super::super::{run, steps};
use super::*;
use crate::detect::template::{SKIMMED, Template};
use proptest::prelude::*;

const SOURCE: &str = "<client:address-port> [<timestamp:clf|iso>] <:word> <upstream:word> \
    <:int>/<:int>/<:int>/<:int>/[[+]]<duration:milliseconds> <status:status> [[+]]<bytes:int> <:word> <:word> \
    <reason:word> <:int>/<:int>/<:int>/<:int>/[[+]]<:int> <:int>/<:int>[[ {<:text>}]][[ {<:text>}]] \
    \"<request:request>[[\"]][[ <:text>]]";

fn timed(source: &str) -> (Vec<Step>, Option<Timed>) {
    let steps = steps(&Template::compile(source).unwrap().ops);
    let timed = Timed::of(&steps);
    (steps, timed)
}

fn said(skim: &Skim<'_>) -> String {
    let values = SKIMMED.map(|field| skim.get(field).map(String::from_utf8_lossy));
    format!("{:?} {:?} {values:?} {}", skim.stamp(), skim.duration(), skim.is_whole())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn read_as_by_the_steps(
        clients in prop::collection::vec("(203.0.113.[0-9]{1,3}|2001:db8::7|[0-9]{1,3}[.]0.0.1|::ffff:10.0.0.1)(:[0-9]{1,6})?|unix:1|-", 1..4),
        minute in 0u8..2,
        names in "[-a-z~]{1,14} [a-z_]{0,7}/?[a-z<>0-9]{1,50}",
        numbers in "([0-9]{1,5}/){4}[0-9]{1,9} [0-9]{3} [0-9]{1,8}",
        flags in "-|[a-zA-Z=/]{1,30}",
        counts in "[-A-Za-z]{1,4} ([0-9]{1,6}/){4}[0-9]{1,3} [0-9]/[0-9]",
        texts in "( [{][-|a-z \"]{0,9}[}]){0,3}",
        request in "(GET|[a-z]{0,3}) (/[a-z\"}\\\\]{0,40})?( HTTP/[12.]{3})?",
        end in "\"( [a-z}\"]{0,9})?\r?\n|\n|\"",
        edits in prop::collection::vec((0usize..200, 0usize..3, prop::sample::select(&b" \t\"\\-[]{}/:.+09\n\r"[..])), 0..3),
    ) {
        thread_local!(static TIMED: (Vec<Step>, Option<Timed>) = timed(SOURCE));
        TIMED.with(|(steps, timed)| {
            let timed = timed.as_ref().unwrap();
            let (mut at_once, mut by_steps) = (Skim::default(), Skim::default());
            let lines: Vec<Vec<u8>> = clients.iter().enumerate().map(|(index, client)| {
                let minute = if index == 1 { minute } else { 0 };
                let stamp = format!("22/Nov/2026:08:0{minute}:1{index}.30{index}");
                let line = format!("{client} [{stamp}] {names} {numbers} {flags} - {counts}{texts} \"{request}{end}");
                let mut line = line.into_bytes();
                for &(at, edit, byte) in &edits {
                    let at = at % line.len();
                    line.splice(at..at + usize::from(edit > 0), (edit != 1).then_some(byte));
                }
                line.resize(line.len() + 64, b'x');
                line
            }).collect();
            for text in &lines {
                let Some((length, with_end)) = timed.skim(text, &mut at_once) else { continue };
                prop_assert_eq!(text.iter().position(|&byte| byte == b'\n'), Some(with_end - 1));
                let line = &text[..with_end - 1];
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                prop_assert_eq!(line.len(), length);
                by_steps.reset();
                prop_assert_eq!(run(steps, line, line, &mut by_steps), Some(&b""[..]), "{}", line.escape_ascii());
                prop_assert_eq!(said(&at_once), said(&by_steps), "{}", line.escape_ascii());
            }
            Ok(())
        })?;
    }
}

#[test]
fn usual_lines_are_read() {
    let (_, timed) = timed(SOURCE);
    let timed = timed.unwrap();
    for (behind, reads) in [
        ("www~ a/b 0/0/0/1/20 200 17 - - ---- 1/1/1/0/0 0/0 \"GET / HTTP/1.1\"\n", true),
        ("www~ a/b 0/0/0/1/20 200 17 - - ---- 1/1/1/0/0 0/0 \"GET / HTTP/1.1\"\r\n", true),
        ("www~ a/b 0/0/0/1/20 200 17 - - ---- 1/1/1/0/0 0/0 {a|\"b\"} {} \"<BADREQ>\"\n", true),
        ("www~ a/b 0/0/0/1/20 200 17 - - ---- 1/1/1/0/0 0/0 \"GET / HTTP/1.1\" 0/0/0 TLSv1.3\"}\n", true),
        ("www~ a/b 0/0/0/1/20 200 17 SID=0123456789 - ---- 1/1/1/0/0 0/0 {0123456789} \"GET /\"\n", true),
        ("www~ a/b 0/0/0/-1/20 200 17 - - ---- 1/1/1/0/0 0/0 \"GET / HTTP/1.1\"\n", false),
        ("www~ a/b 0/0/0/1/20 200 17 - - ---- 1/1/1/0/0 0/0 \"GET / HTTP/1.1\n", false),
        ("www~ a/b 0/0/0/1/20 200 17 - - ---- 1/1/1/0/0 0/0 {a|}b} {} \"GET / HTTP/1.1\"\n", false),
        ("www~ a/b 0/0/0/1/20 200 17 - - ---- 1/1/1/0/0 0/0 {} {} {} \"GET / HTTP/1.1\"\n", false),
    ] {
        for client in ["203.0.113.5:4711", "2001:db8::7:4711", "::ffff:203.0.113.5:4711"] {
            let text = format!("{client} [22/Nov/2026:08:05:19.303] {behind}{}", "x".repeat(64));
            assert_eq!(timed.skim(text.as_bytes(), &mut Skim::default()).is_some(), reads, "{behind}");
        }
    }
}

#[test]
fn other_templates_are_left_to_their_steps() {
    for (part, other) in [
        ("[<timestamp:clf|iso>]", "<timestamp:clf|iso>"),
        ("<:int>/<:int>[[", "<:int>/<:int>/<:int>[["),
        ("<:int> <:int>/<:int>[[", "<:int>/<:int>/<:int>[["),
        ("<status:status> [[+]]", "<status:status>/[[+]]"),
        ("<reason:word>", "<reason:text>"),
        ("<:text>}", "<host:text>}"),
        ("[[ <:text>]]", " <:text>"),
        ("[[ <:text>]]", "[[ <host:text>]]"),
        ("<request:request>", "<path:quoted>"),
    ] {
        assert!(SOURCE.contains(part) && timed(&SOURCE.replacen(part, other, 1)).1.is_none(), "{other}");
    }
}
