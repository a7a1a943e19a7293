//! A first look at a source: enough of its lines to tell what it is, and the times and hosts that stand in them.

use super::catalogue::Layouts;
use super::contest::Contest;
use super::format_string::config::{self, Configuration};
use super::headings::Headings;
use super::layout::Family;
use super::recognize::{Bare, Recognition, recognize, unwrap_next};
use super::template::Skim;
use super::zone::SampledRequest;
use crate::model::field::Field;
use crate::model::record::bare_path;
use crate::model::source::Source;
use crate::model::stamp::{Stamp, Zone};
use crate::open::{self, Member};
use crate::peel::{RecentHeader, ansi};
use crate::split::lines;
use memchr::memchr_iter;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes looked at from the front of a member.
const HEAD: usize = 256 * 1024;
/// Bytes of it that are read at a time.
const STEP: usize = 64 * 1024;
/// Bytes looked at from the end of a plain file.
const TAIL: u64 = 64 * 1024;
/// Lines looked at in each of the two.
const SAMPLE: usize = 400;
/// Layouts with the most votes, by which the sampled lines are read first.
const KNOWN: usize = 6;

/// What the first look at one member of a source found.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Name of the member; that of the source where it has just one.
    pub name: String,
    /// Time of the last change, seconds since 1970.
    pub modified: Option<i64>,
    /// What its lines were taken for.
    pub recognition: Recognition,
    /// Timestamps of the sampled records, as they stand there: the first, and the last.
    pub first: Option<Stamp>,
    /// See `first`.
    pub last: Option<Stamp>,
    /// Offsets that its lines state, in seconds, with the number of lines.
    pub offsets: BTreeMap<i32, u32>,
    /// Lines that state UTC by `Z` or by name.
    pub utc: u32,
    /// Whether its records have a timestamp without a year.
    pub yearless: bool,
    /// Hosts that its lines name, with the number of lines.
    pub hosts: BTreeMap<String, u32>,
    /// Requests of the sample, for an access log.
    pub requests: Vec<SampledRequest>,
    /// Whether the member holds nothing.
    pub empty: bool,
    /// What it states, if it is no log but a server's configuration.
    pub configuration: Option<Configuration>,
}

/// Memory for the fronts of members, one after the other: fresh pages cost as much as what is read into them.
#[derive(Debug, Default)]
pub struct Front {
    bytes: Vec<u8>,
}

impl Front {
    /// Reads the front of a member: as much as a survey looks at, or until what was read so far `is_enough`.
    fn read(&mut self, reader: &mut dyn Read, is_enough: impl Fn(&[u8]) -> bool) -> io::Result<&[u8]> {
        if self.bytes.is_empty() {
            // Pages that a short member does not reach are never touched.
            self.bytes = vec![0; HEAD];
        }
        let mut filled = 0;
        while filled < HEAD && !is_enough(&self.bytes[..filled]) {
            match reader.read(&mut self.bytes[filled..HEAD.min(filled + STEP)]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.bytes[..filled])
    }
}

/// Looks at every member of a source that can be read again from its start (all but standard input). What could not
/// be opened is reported by the pass that reads it all.
pub fn survey(layouts: &Layouts, source: &Source, front: &mut Front) -> Vec<Survey> {
    let mut surveys = Vec::new();
    open::open(source, &mut |member| {
        surveys.push(survey_member(layouts, member, front)?);
        Ok(())
    });
    surveys
}

fn survey_member(layouts: &Layouts, member: Member<'_>, front: &mut Front) -> io::Result<Survey> {
    // To decompress more than the lines that are looked at takes as long as to look at them.
    let is_enough = |head: &[u8]| {
        member.plain_file.is_none()
            && memchr_iter(b'\n', head).nth(SAMPLE - 1).is_some()
            && !Configuration::may_be(&member.name, head)
    };
    let head = front.read(member.reader, is_enough)?;
    let tail = match member.plain_file {
        Some(plain) if head.len() == HEAD => read_tail(plain.file())?,
        _ => Vec::new(),
    };
    Ok(Survey::of(layouts, member.name, member.modified, head, &tail))
}

/// The front of a member, as much as a survey looks at.
pub fn read_head(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut front = Front::default();
    Ok(front.read(reader, |_| false)?.to_vec())
}

fn read_tail(mut file: &std::fs::File) -> io::Result<Vec<u8>> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL).max(HEAD as u64)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    Ok(tail)
}

impl Survey {
    /// Looks at the front of a member, and at its end where that could be read too.
    pub fn of(layouts: &Layouts, name: String, modified: Option<i64>, head: &[u8], tail: &[u8]) -> Self {
        let mut sample: Vec<&[u8]> = lines(head).take(SAMPLE).collect();
        if head.len() == HEAD && head.last() != Some(&b'\n') && sample.len() < SAMPLE {
            sample.pop();
        }
        let last_lines: Vec<&[u8]> = lines(tail).skip(1).collect();
        sample.extend(&last_lines[last_lines.len().saturating_sub(SAMPLE)..]);
        let configuration = Configuration::read(&name, &head[..head.len().min(config::MAX_BYTES)]);
        if configuration.is_some() {
            sample.clear();
        }
        let mut survey = Self {
            configuration,
            recognition: recognize(layouts, &name, &sample),
            name,
            modified,
            first: None,
            last: None,
            offsets: BTreeMap::new(),
            utc: 0,
            yearless: false,
            hosts: BTreeMap::new(),
            requests: Vec::new(),
            empty: head.is_empty(),
        };
        let (name, votes, headings) =
            (survey.name.clone(), survey.recognition.votes.clone(), survey.recognition.headings.clone());
        let known: Vec<usize> = votes.into_iter().map(|(layout, _)| layout).take(KNOWN).collect();
        let (contest, skim) = (Contest::new(layouts, &name), Skim::default());
        let mut glance =
            Glance { layouts, known: &known, headings: &headings, contest, skim, header: RecentHeader::default() };
        for line in &sample {
            survey.note(line, &mut glance);
        }
        survey
    }

    fn note<'s>(&mut self, line: &'s [u8], glance: &mut Glance<'_, 's>) {
        let bare = unwrap_next(&mut glance.header, &self.recognition.envelopes, ansi::strip(line));
        if let Some(host) = bare.carrier.as_ref().and_then(|carrier| carrier.host.as_deref()) {
            match self.hosts.get_mut(&*String::from_utf8_lossy(host)) {
                Some(count) => *count += 1,
                None => drop(self.hosts.insert(String::from_utf8_lossy(host).into_owned(), 1)),
            }
        }
        let carrier = bare.carrier.as_ref().and_then(|carrier| carrier.stamp);
        let (own, request) = glance.of(&bare).unwrap_or_default();
        let stated = carrier.filter(|stamp| states_zone(*stamp)).or(own);
        self.requests.extend(stated.zip(request).and_then(|(stamp, request)| sampled(request, stamp)));
        for stamp in [carrier, own].into_iter().flatten() {
            self.note_zone(stamp);
        }
        if let Some(stamp) = carrier.or(own) {
            self.first = self.first.or(Some(stamp));
            self.last = Some(stamp);
            self.yearless |= matches!(stamp, Stamp::Calendar { stated_year: false, .. });
        }
    }

    fn note_zone(&mut self, stamp: Stamp) {
        if let Stamp::Calendar { zone, .. } = stamp {
            match zone {
                Zone::Offset(seconds) => *self.offsets.entry(seconds).or_default() += 1,
                Zone::Utc => self.utc += 1,
                Zone::Unstated => {}
            }
        }
    }
}

fn states_zone(stamp: Stamp) -> bool {
    !matches!(stamp, Stamp::Calendar { zone: Zone::Unstated, .. })
}

/// What is read of the lines of a sample.
struct Glance<'c, 's> {
    layouts: &'c Layouts,
    /// The layouts that are tried first.
    known: &'c [usize],
    headings: &'c Headings,
    /// Tells the others.
    contest: Contest<'c>,
    skim: Skim<'s>,
    header: RecentHeader,
}

/// A hash of the method and the path of a request.
type RequestKey = u64;

impl<'s> Glance<'_, 's> {
    /// Timestamp and request of a line; nothing if no layout reads it.
    fn of(&mut self, bare: &Bare<'s>) -> Option<(Option<Stamp>, Option<RequestKey>)> {
        let known = self.known.iter().copied().find_map(|layout| self.by(layout, bare));
        known.or_else(|| self.contest.best(self.headings, bare).into_iter().find_map(|layout| self.by(layout, bare)))
    }

    /// The same by one layout: of a request no more than that, and of any other line the timestamp.
    fn by(&mut self, layout: usize, bare: &Bare<'s>) -> Option<(Option<Stamp>, Option<RequestKey>)> {
        let (orders, layout) = (self.headings.of(layout), self.layouts.get(layout));
        if layout.text.family != Family::Access {
            return Some((layout.stamp_under(orders, &bare.message)?, None));
        }
        if let Cow::Borrowed(line) = bare.message
            && layout.skim(0, line, &mut self.skim)
        {
            let skim = &self.skim;
            return Some((skim.stamp(), request_key(|field| skim.get(field))));
        }
        let found = layout.read_under(0, orders, &bare.message)?;
        Some((found.stamp, request_key(|field| found.fields.get(field))))
    }
}

fn request_key<'v>(get: impl Fn(Field) -> Option<&'v [u8]>) -> Option<RequestKey> {
    let mut hasher = rustc_hash::FxHasher::default();
    (get(Field::Method), bare_path(get(Field::Path)?)).hash(&mut hasher);
    Some(hasher.finish())
}

/// A request and the second that the log states.
fn sampled(key: RequestKey, stamp: Stamp) -> Option<SampledRequest> {
    let (second, stated) = match stamp {
        Stamp::Calendar { civil, zone, stated_year, .. } => match zone {
            Zone::Unstated => (civil.to_second(), !stated_year),
            Zone::Utc => (civil.to_second(), true),
            Zone::Offset(offset) => (civil.to_second() - i64::from(offset), true),
        },
        Stamp::Epoch(micros) => (micros / 1_000_000, true),
        Stamp::Uptime(_) => return None,
    };
    Some(SampledRequest { key, second, stated })
}
