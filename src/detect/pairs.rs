//! Fields that stand in a text as `KEY=value`, or as `Tag value` on lines of their own.

use super::endpoint;
use super::layout::field;
use super::pair_style::PairStyle;
use super::plain_pairs::PlainKeys;
use super::template::{Found, without_port};
use crate::model::field::Field;
use crate::model::record::Fields;
use crate::model::stamp::{Stamp, Zone};
use crate::model::stamp_format::{StampFormat, read_any};
use memchr::memmem::Finder;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Keys and the fields that they fill.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    keys: Vec<(Vec<u8>, Target)>,
    /// The same, to be looked up.
    by_key: FxHashMap<Vec<u8>, Target>,
    /// The same, where they are written in the plain style alone.
    plain: Option<PlainKeys>,
    /// Bits of the fields that the keys fill; nothing where they fill something else too.
    all: Option<u32>,
    styles: Vec<PairStyle>,
    /// The pairs end where this stands.
    end: Option<Finder<'static>>,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Field(Field),
    /// An address field, whose port stands behind the address.
    Endpoint(Field),
    /// A timestamp. In a tag: seconds since 1970 somewhere in the value, or a date that fills it; the last of the record.
    Timestamp,
    /// Date, time of day and zone of a timestamp, which stand apart.
    Date,
    Time,
    Zone,
}

impl Pairs {
    pub(super) fn compile(key: &str, text: &BTreeMap<String, String>) -> Result<Self, String> {
        let target = |name: &str| match name {
            "timestamp" => Ok(Target::Timestamp),
            "date" => Ok(Target::Date),
            "time" => Ok(Target::Time),
            "zone" => Ok(Target::Zone),
            name => match name.strip_suffix(":endpoint") {
                Some(name) => field(key, name).map(Target::Endpoint),
                None => field(key, name).map(Target::Field),
            },
        };
        let keys = text
            .iter()
            .map(|(word, name)| Ok((word.clone().into_bytes(), target(name)?)))
            .collect::<Result<Vec<(Vec<u8>, Target)>, String>>()?;
        let by_key = keys.iter().cloned().collect();
        let bit = |target: &Target| match target {
            Target::Field(field) => Some(field.bit()),
            _ => None,
        };
        let all = keys.iter().map(|(_, target)| bit(target)).try_fold(0, |all, bit| Some(all | bit?));
        Ok(Self { keys, by_key, plain: None, all, styles: vec![PairStyle::Plain], end: None })
    }

    /// The same, written in these styles, up to where `end` stands.
    pub(super) fn written(mut self, styles: &[String], end: &str) -> Result<Self, String> {
        let style =
            |name: &String| PairStyle::from_name(name).ok_or_else(|| format!("pair_styles: unknown style `{name}`"));
        if !styles.is_empty() {
            self.styles = styles.iter().map(style).collect::<Result<_, _>>()?;
        }
        self.end = (!end.is_empty()).then(|| Finder::new(end.as_bytes()).into_owned());
        let keys = || PlainKeys::new(self.keys.iter().map(|(key, _)| key.as_slice()));
        self.plain = (self.styles == [PairStyle::Plain] && !self.keys.is_empty()).then(keys);
        Ok(self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Reads keys and values; the first of a key counts.
    pub(super) fn read_pairs<'a>(&self, text: &'a [u8], found: &mut Found<'a>) {
        let end = self.end.as_ref().and_then(|end| end.find(text));
        let text = end.map_or(text, |at| &text[..at]);
        let mut stamps = Stamps::default();
        if let Some(plain) = &self.plain {
            plain.walk(text, |place, value| {
                self.keys[place].1.take(Cow::Borrowed(value), &mut stamps, &mut found.fields);
                self.all.is_some_and(|all| found.fields.has_all(all))
            });
            found.stamp = found.stamp.or_else(|| stamps.read());
            return;
        }
        for style in &self.styles {
            style.walk(text, &mut |key, value| {
                if let Some(target) = self.by_key.get(key) {
                    target.take(value, &mut stamps, &mut found.fields);
                }
            });
        }
        found.stamp = found.stamp.or_else(|| stamps.read());
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
                    Target::Field(field) | Target::Endpoint(field) => found.fields.set(*field, value),
                    Target::Date | Target::Time | Target::Zone => {}
                }
            }
        }
    }
}

impl Target {
    fn take<'a>(self, value: Cow<'a, [u8]>, stamps: &mut Stamps<'a>, fields: &mut Fields<'a>) {
        match self {
            Self::Field(field) => fields.set_default(field, value),
            Self::Endpoint(field) => {
                let (address, port) = match &value {
                    Cow::Borrowed(value) => endpoint::split_colons(value).unwrap_or((value, b"")),
                    Cow::Owned(_) => return fields.set_default(field, value),
                };
                fields.set_default(field, address);
                match field {
                    Field::Src => fields.set_default(Field::SrcPort, port),
                    Field::Dst => fields.set_default(Field::DstPort, port),
                    _ => {}
                }
            }
            Self::Timestamp => stamps.whole = stamps.whole.take().or(Some(value)),
            Self::Date => stamps.date = stamps.date.take().or(Some(value)),
            Self::Time => stamps.time = stamps.time.take().or(Some(value)),
            Self::Zone => stamps.zone = stamps.zone.take().or(Some(value)),
        }
    }
}

/// What the pairs of a record say about its time.
#[derive(Debug, Default)]
struct Stamps<'a> {
    whole: Option<Cow<'a, [u8]>>,
    date: Option<Cow<'a, [u8]>>,
    time: Option<Cow<'a, [u8]>>,
    zone: Option<Cow<'a, [u8]>>,
}

impl Stamps<'_> {
    /// The most telling of them: a date and time with a zone, else a whole timestamp, else a date and time.
    fn read(&self) -> Option<Stamp> {
        let apart = self.apart();
        let whole = || self.whole.as_deref().and_then(read_any);
        match apart {
            Some(Stamp::Calendar { zone: Zone::Unstated, .. }) => whole().or(apart),
            Some(stamp) => Some(stamp),
            None => whole(),
        }
    }

    fn apart(&self) -> Option<Stamp> {
        let mut text = self.date.as_deref()?.to_vec();
        text.iter_mut().filter(|byte| **byte == b'/').for_each(|byte| *byte = b'-');
        text.push(b'T');
        text.extend_from_slice(self.time.as_deref()?);
        // An abbreviation (`IST`) names several zones, so it says nothing.
        text.extend_from_slice(self.zone.as_deref().unwrap_or_default());
        StampFormat::Iso.read(&text).map(|(stamp, _)| stamp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packet_filter_pairs() {
        let table = [("SRC", "src"), ("DPT", "dst_port"), ("name", "rule")]
            .map(|(key, name)| (key.to_owned(), name.to_owned()));
        let pairs = Pairs::compile("pairs", &table.into_iter().collect()).unwrap();
        let mut found = Found::default();
        pairs.read_pairs(b"IN=eth0 OUT= MAC=ce:f1 SRC=10.0.0.1 DSRC=1 DPT=8000 name=\"a b\" SRC=9", &mut found);
        let fields = found.fields;
        assert_eq!(fields.get(Field::Src), Some(&b"10.0.0.1"[..]));
        assert_eq!(fields.get(Field::DstPort), Some(&b"8000"[..]));
        assert_eq!(fields.get(Field::Rule), Some(&b"a b"[..]));
    }

    #[test]
    fn a_timestamp_in_parts() {
        let table = [("d", "date"), ("t", "time"), ("tz", "zone"), ("e", "timestamp"), ("src", "src:endpoint")]
            .map(|(key, name)| (key.to_owned(), name.to_owned()));
        let pairs = Pairs::compile("pairs", &table.into_iter().collect()).unwrap();
        let read = |text: &'static str| {
            let mut found = Found::default();
            pairs.read_pairs(text.as_bytes(), &mut found);
            found
        };
        let second = |text| match read(text).stamp {
            Some(Stamp::Calendar { civil, zone: Zone::Offset(offset), .. }) => civil.to_second() - i64::from(offset),
            Some(Stamp::Epoch(micros)) => micros / 1_000_000,
            _ => 0,
        };
        assert_eq!(second("d=2026-11-22 t=09:23:34 tz=\"+0100\" e=1795335999"), 1_795_335_814);
        assert_eq!(second("d=2026/11/22 t=09:23:34 e=1795335814785260000"), 1_795_335_814);
        assert!(read("d=2026-11-22 t=09:23:34").stamp.is_some());
        let fields = read("src=10.0.0.1:443:X1:lb").fields;
        assert_eq!((fields.get(Field::Src), fields.get(Field::SrcPort)), (Some(&b"10.0.0.1"[..]), Some(&b"443"[..])));
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
