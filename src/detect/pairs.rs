//! Fields that stand in a text as `KEY=value`, or as `Tag value` on lines of their own.

use super::layout::field;
use super::template::{Found, without_port};
use crate::model::field::Field;
use crate::model::record::Fields;
use crate::model::stamp_format::{StampFormat, read_any};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Keys and the fields that they fill.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    keys: Vec<(Vec<u8>, Target)>,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Field(Field),
    /// A time in seconds since 1970 somewhere in the value, or a date that fills it; the last of the record counts.
    Timestamp,
}

impl Pairs {
    pub(super) fn compile(key: &str, text: &BTreeMap<String, String>) -> Result<Self, String> {
        let target = |name: &str| match name {
            "timestamp" => Ok(Target::Timestamp),
            _ => field(key, name).map(Target::Field),
        };
        let keys = text
            .iter()
            .map(|(word, name)| Ok((word.clone().into_bytes(), target(name)?)))
            .collect::<Result<_, String>>()?;
        Ok(Self { keys })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Reads `KEY=value` and `key="quoted value"`; the first of a key counts.
    pub(super) fn read_pairs<'a>(&self, text: &'a [u8], fields: &mut Fields<'a>) {
        let mut from = 0;
        while let Some(offset) = memchr::memchr(b'=', &text[from..]) {
            let equals = from + offset;
            let start = text[from..equals]
                .iter()
                .rposition(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-' | b'.'))
                .map_or(from, |at| from + at + 1);
            let (value, end) = pair_value(text, equals + 1);
            if let Some((_, Target::Field(field))) = self.keys.iter().find(|(key, _)| key == &text[start..equals]) {
                fields.set_default(*field, Cow::Borrowed(value));
            }
            from = end.max(equals + 1);
        }
    }

    /// Reads lines such as `-   RespStatus     503` (varnishlog): marks, a tag, blanks, the value.
    pub(super) fn read_tags<'a>(&self, text: &'a [u8], found: &mut Found<'a>) {
        for line in text.split(|&byte| byte == b'\n') {
            let line = line.trim_ascii_start();
            let marks = line.iter().take_while(|&&byte| byte == b'-' || byte == b'*').count();
            let line = line[marks..].trim_ascii();
            let end = line.iter().position(|&byte| byte == b' ').unwrap_or(line.len());
            let value = line[end..].trim_ascii();
            // A key may say more than the tag: `ReqHeader Host:`.
            let matching = |key: &[u8]| match memchr::memchr(b' ', key) {
                None => (key == &line[..end]).then_some(value),
                Some(blank) if key[..blank] == line[..end] => {
                    value.strip_prefix(&key[blank + 1..]).map(<[u8]>::trim_ascii)
                }
                Some(_) => None,
            };
            for (key, target) in &self.keys {
                let Some(value) = matching(key) else { continue };
                match target {
                    Target::Timestamp => {
                        let epoch = |word| StampFormat::Epoch.read(word).map(|(stamp, _)| stamp);
                        let written = value.split(|&byte| byte == b' ').find_map(epoch).or_else(|| read_any(value));
                        found.stamp = written.or(found.stamp);
                    }
                    Target::Field(field @ (Field::Client | Field::Src | Field::Dst)) => {
                        let first = value.split(|&byte| byte == b' ').next().unwrap_or_default();
                        found.fields.set(*field, without_port(first));
                    }
                    Target::Field(field @ Field::Status) => {
                        found.fields.set(*field, value.split(|&byte| byte == b' ').next().unwrap_or_default());
                    }
                    Target::Field(field) => found.fields.set(*field, value),
                }
            }
        }
    }
}

fn pair_value(text: &[u8], at: usize) -> (&[u8], usize) {
    if text.get(at) == Some(&b'"') {
        let inside = &text[at + 1..];
        let end = memchr::memchr(b'"', inside).unwrap_or(inside.len());
        return (&inside[..end], (at + 2 + end).min(text.len()));
    }
    let rest = &text[at..];
    let end =
        rest.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b';')).unwrap_or(rest.len());
    (&rest[..end], at + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packet_filter_pairs() {
        let table = [("SRC", "src"), ("DPT", "dst_port"), ("name", "rule")]
            .map(|(key, name)| (key.to_owned(), name.to_owned()));
        let pairs = Pairs::compile("pairs", &table.into_iter().collect()).unwrap();
        let mut fields = Fields::default();
        pairs.read_pairs(b"IN=eth0 OUT= MAC=ce:f1 SRC=10.0.0.1 DSRC=1 DPT=8000 name=\"a b\" SRC=9", &mut fields);
        assert_eq!(fields.get(Field::Src), Some(&b"10.0.0.1"[..]));
        assert_eq!(fields.get(Field::DstPort), Some(&b"8000"[..]));
        assert_eq!(fields.get(Field::Rule), Some(&b"a b"[..]));
    }

    #[test]
    fn varnishlog_tags() {
        let table = [("RespStatus", "status"), ("ReqHeader Host:", "service"), ("Timestamp", "timestamp")]
            .map(|(key, name)| (key.to_owned(), name.to_owned()));
        let tags = Pairs::compile("tags", &table.into_iter().collect()).unwrap();
        let mut found = Found::default();
        tags.read_tags(b"*   << Request  >> 1\n-   Timestamp      Start: 1795335814.785260 0.0 0.0\n-   ReqHeader      Host: www.example.org\n-   RespStatus     503\n", &mut found);
        assert!(found.stamp.is_some());
        assert_eq!(found.fields.get(Field::Service), Some(&b"www.example.org"[..]));
        assert_eq!(found.fields.get(Field::Status), Some(&b"503"[..]));
    }
}
