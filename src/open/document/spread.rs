//! A record that holds several events, as one text for each of them.

use super::known::{Batch, batches};
use super::members::{elements, members};
use std::ops::Range;

/// How much longer than the event itself what is repeated around it may be: a few bytes must not become a gigabyte.
const MAX_AROUND: usize = 64;

/// One event of a value.
pub(super) struct Event<'t> {
    /// Where it stands.
    pub(super) at: Range<usize>,
    /// What stands in front of it so that it is an object like the whole, on one line.
    pub(super) before: &'t [u8],
    /// Brackets that close what `before` opens.
    pub(super) after: usize,
}

/// Hands on the events of `text`, a whole value: those of the batch that it is, else the value itself.
pub(super) fn events(text: &[u8], each: &mut dyn FnMut(&Event<'_>)) {
    let batch = batches().iter().find(|batch| holds(text, batch));
    match batch {
        None => each(&Event { at: 0..text.len(), before: b"", after: 0 }),
        Some(batch) => Spread { text, batch, each }.object(0..text.len(), 0, &mut Vec::new()),
    }
}

fn holds(text: &[u8], batch: &Batch) -> bool {
    let mut at = 0;
    for part in &batch.path {
        if text.get(at) != Some(&b'{') {
            return text.get(at) == Some(&b'[');
        }
        let Some(member) = members(text, at).find(|member| member.key == part.as_bytes()) else { return false };
        at = member.value.start;
    }
    text.get(at) == Some(&b'[')
}

struct Spread<'t> {
    text: &'t [u8],
    batch: &'t Batch,
    each: &'t mut dyn FnMut(&Event<'_>),
}

impl Spread<'_> {
    /// An object `depth` parts down the path; `before` holds what stands around it.
    fn object(&mut self, at: Range<usize>, depth: usize, before: &mut Vec<u8>) {
        let part = self.batch.path.get(depth).map(String::as_bytes);
        let next = part.and_then(|part| members(self.text, at.start).find(|member| member.key == part));
        let Some(next) = next.filter(|_| self.text[at.start] == b'{') else { return self.event(at, depth, before) };
        let length = before.len();
        before.push(b'{');
        for member in members(self.text, at.start) {
            if self.batch.keep.iter().any(|name| name.as_bytes() == member.key) {
                on_one_line(&self.text[member.whole], before);
                before.push(b',');
            }
        }
        before.push(b'"');
        before.extend_from_slice(next.key);
        before.extend_from_slice(b"\":");
        match self.text[next.value.start] {
            b'{' => self.object(next.value, depth + 1, before),
            b'[' => {
                let mut empty = true;
                for element in elements(self.text, next.value.start) {
                    empty = false;
                    match self.text[element.start] {
                        b'{' => self.object(element, depth + 1, before),
                        _ => self.event(element, depth + 1, before),
                    }
                }
                if empty {
                    self.event(next.value, depth + 1, before);
                }
            }
            _ => self.event(next.value, depth + 1, before),
        }
        before.truncate(length);
    }

    fn event(&mut self, at: Range<usize>, depth: usize, before: &[u8]) {
        if before.len() <= MAX_AROUND * at.len() {
            (self.each)(&Event { at, before, after: depth });
        } else {
            (self.each)(&Event { at, before: b"", after: 0 });
        }
    }
}

/// Appends JSON without its line ends and the indentation behind them; a string of it holds no line end.
pub(super) fn on_one_line(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(end) = memchr::memchr(b'\n', rest) {
        out.extend_from_slice(rest[..end].trim_ascii_end());
        rest = rest[end..].trim_ascii_start();
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        events(text.as_bytes(), &mut |event| {
            let mut out = event.before.to_vec();
            on_one_line(&text.as_bytes()[event.at.clone()], &mut out);
            out.extend(std::iter::repeat_n(b'}', event.after));
            all.push(String::from_utf8(out).unwrap());
        });
        all
    }

    #[test]
    fn every_event_has_what_stands_around_it() {
        let text = r#"{"time":"T","mac":"M","properties":{"Version":2,"flows":[
            {"rule":"A","flows":[{"mac":"M","flowTuples":["1","2"]},{"flowTuples":["3"]}]},
            {"flows":[{"flowTuples":["4"]}],"rule":"B"}, {"rule":"C","flows":[]}]}}"#;
        let one = |rule: &str, tuple: &str| {
            format!(r#"{{"time":"T","properties":{{"flows":{{"rule":"{rule}","flows":{{"flowTuples":"{tuple}"}}}}}}}}"#)
        };
        let mut expected = vec![one("A", "1"), one("A", "2"), one("A", "3"), one("B", "4")];
        expected.push(r#"{"time":"T","properties":{"flows":{"rule":"C","flows":[]}}}"#.into());
        let found = spread(text);
        assert_eq!(found, expected);
        for event in found {
            serde_json::from_str::<serde_json::Value>(&event).unwrap();
        }
    }

    #[test]
    fn what_is_no_batch_stays_whole() {
        for text in [r#"{"a":[1,2]}"#, r#"{"properties":{"flows":1}}"#, r#"{"flows":[{"flowTuples":["1"]}]}"#] {
            assert_eq!(spread(text), [text]);
        }
    }

    #[test]
    fn what_is_repeated_is_bounded() {
        let resource = "r".repeat(10_000);
        let text = format!(r#"{{"resourceLogs":[{{"resource":"{resource}","scopeLogs":[{{"logRecords":[1,2]}}]}}]}}"#);
        assert_eq!(spread(&text), ["1", "2"]);
    }
}
