//! A first look at a source: enough of its lines to tell what it is, and the times and hosts that stand in them.

use super::catalogue::Layouts;
use super::contest::Contest;
use super::format_string::config::{self, Configuration};
use super::headings::Headings;
use super::layout::Family;
use super::recognize::{Bare, Recognition, recognize, unwrap};
use super::zone::SampledRequest;
use crate::model::field::Field;
use crate::model::record::{Fields, bare_path};
use crate::model::source::Source;
use crate::model::stamp::{Stamp, Zone};
use crate::open::{self, Member};
use crate::split::lines;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::io::{Read, Seek, SeekFrom};

/// Bytes looked at from the front of a member.
const HEAD: usize = 256 * 1024;
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

/// Looks at every member of a source that can be read again from its start (all but standard input). What could not
/// be opened is reported by the pass that reads it all.
pub fn survey(layouts: &Layouts, source: &Source) -> Vec<Survey> {
    let mut surveys = Vec::new();
    open::open(source, &mut |member| {
        surveys.push(survey_member(layouts, member)?);
        Ok(())
    });
    surveys
}

fn survey_member(layouts: &Layouts, member: Member<'_>) -> std::io::Result<Survey> {
    let head = read_head(member.reader)?;
    let tail = match member.plain_file {
        Some(file) if head.len() == HEAD => read_tail(file)?,
        _ => Vec::new(),
    };
    Ok(Survey::of(layouts, member.name, member.modified, &head, &tail))
}

/// The front of a member, as much as a survey looks at.
pub fn read_head(reader: &mut dyn Read) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(16 * 1024);
    reader.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn read_tail(mut file: &std::fs::File) -> std::io::Result<Vec<u8>> {
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
        let mut contest = Contest::new(layouts, &name);
        for line in &sample {
            survey.note(layouts, line, &known, &headings, &mut contest);
        }
        survey
    }

    fn note(
        &mut self,
        layouts: &Layouts,
        line: &[u8],
        known: &[usize],
        headings: &Headings,
        contest: &mut Contest<'_>,
    ) {
        let bare = unwrap(&self.recognition.envelopes, line);
        if let Some(host) = bare.carrier.as_ref().and_then(|carrier| carrier.host.as_deref()) {
            *self.hosts.entry(String::from_utf8_lossy(host).into_owned()).or_default() += 1;
        }
        let carrier = bare.carrier.as_ref().and_then(|carrier| carrier.stamp);
        let own = self.own_stamp(layouts, &bare, known, headings, contest);
        for stamp in [carrier, own].into_iter().flatten() {
            self.note_zone(stamp);
        }
        if let Some(stamp) = carrier.or(own) {
            self.first = self.first.or(Some(stamp));
            self.last = Some(stamp);
            self.yearless |= matches!(stamp, Stamp::Calendar { stated_year: false, .. });
        }
    }

    fn own_stamp(
        &mut self,
        layouts: &Layouts,
        bare: &Bare<'_>,
        known: &[usize],
        headings: &Headings,
        contest: &mut Contest<'_>,
    ) -> Option<Stamp> {
        let reads =
            |layout: usize| Some((layout, layouts.get(layout).read_under(0, headings.of(layout), &bare.message)?));
        let found =
            known.iter().copied().find_map(reads).or_else(|| contest.best(headings, bare).into_iter().find_map(reads));
        let (layout, found) = found?;
        if layouts.get(layout).text.family == Family::Access {
            let stamp = bare
                .carrier
                .as_ref()
                .and_then(|carrier| carrier.stamp)
                .filter(|stamp| states_zone(*stamp))
                .or(found.stamp);
            self.requests.extend(stamp.and_then(|stamp| sampled(&found.fields, stamp)));
        }
        found.stamp
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

/// A request by its method, its path and the second that the log states.
fn sampled(fields: &Fields<'_>, stamp: Stamp) -> Option<SampledRequest> {
    let path = fields.get(Field::Path)?;
    let mut hasher = rustc_hash::FxHasher::default();
    (fields.get(Field::Method), bare_path(path)).hash(&mut hasher);
    let (second, stated) = match stamp {
        Stamp::Calendar { civil, zone, stated_year, .. } => match zone {
            Zone::Unstated => (civil.to_second(), !stated_year),
            Zone::Utc => (civil.to_second(), true),
            Zone::Offset(offset) => (civil.to_second() - i64::from(offset), true),
        },
        Stamp::Epoch(micros) => (micros / 1_000_000, true),
        Stamp::Uptime(_) => return None,
    };
    Some(SampledRequest { key: hasher.finish(), second, stated })
}
