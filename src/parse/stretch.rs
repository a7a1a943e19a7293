//! Which stretch of a large log can hold the window, told by the times of some of its lines.
//!
//! In: a plain file that can be read at any place. Out: the bytes outside of which no line lies in the window.
//! Promise: a stretch begins and ends where a dated record begins, or with the file; what is in doubt is read. In doubt is
//! a log that shows no time at one of the places that are looked at, one that is out of order between them, and one whose
//! headings say what its columns are, as these hold until the next one, wherever that stands.
//! Why a margin: logs are written in the order of time but for requests that took long and for clocks that were set. Where
//! no line stands further than `SLACK` from its place, a line that lies that much before the window has none of the
//! window before it.

use super::Passing;
use super::outside::{Outside, SLACK, ZONES};
use crate::detect::settle::Reading;
use memchr::{memchr, memrchr};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// From this size on a log is searched for the window: a smaller one is read in the time that a program takes to start,
/// and its lines keep their numbers.
pub const LEAST: u64 = 64 * 1024 * 1024;

/// Places that are looked at to see whether the log is in order, evenly spaced, the first and the last line among them.
const PLACES: u64 = 64;
/// How near to the window the stretch has to begin and end: a block is read faster than looked for.
const NEAR: u64 = crate::split::BLOCK as u64;
/// Bytes looked at in one place; more where no record begins in fewer, as in a long stack trace.
const SIGHTS: [u64; 3] = [8 * 1024, 128 * 1024, 2 * 1024 * 1024];

/// Bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub from: u64,
    /// Where it ends; nothing for the end of the file, wherever that is by then.
    pub to: Option<u64>,
    /// Bytes of the file.
    pub size: u64,
}

impl Stretch {
    /// How many bytes there are to read at most.
    pub fn length(&self) -> u64 {
        self.to.map_or(u64::MAX, |to| to.saturating_sub(self.from))
    }

    /// What the lines of a file with this name are cited by: they are counted from where the stretch begins.
    ///
    /// A plus sign and the byte, as `tail -c` takes it. It sorts before what rotation puts behind a name, so that the
    /// order of the logs is as ever.
    pub fn cited(&self, name: &str) -> String {
        if self.from == 0 { name.to_owned() } else { format!("{name}+{}", self.from) }
    }

    /// How the member is read from there.
    pub fn reading(&self, whole: &Reading) -> Reading {
        Reading { cited: self.cited(&whole.name), from: self.from, ..whole.clone() }
    }

    /// What the report says of a log that was read in part.
    pub fn told(&self) -> String {
        let Self { from, to, size } = self;
        let (read, rest) = match (from, to) {
            (0, Some(to)) => (format!("up to {to}"), "behind the window"),
            (_, Some(to)) => (format!("from {from} up to {to}"), "outside of the window"),
            (_, None) => (format!("from {from} on"), "before the window"),
        };
        let numbers = match from {
            0 => String::new(),
            from => format!("; lines are numbered from there, as `tail -c +{}` prints them", from.saturating_add(1)),
        };
        format!(
            "of its {size} bytes those {read} were read: the rest lies {rest}, by the times of lines all over the \
             file{numbers}; --read-all reads everything"
        )
    }
}

/// What some lines that follow each other tell.
#[derive(Debug, Clone, Copy)]
struct Glance {
    /// Where the first record begins in the file.
    at: u64,
    /// The earliest time.
    first: i64,
    /// The latest.
    last: i64,
}

impl Glance {
    /// Whether lines with these times may stand before those of another glance.
    fn precedes(&self, other: &Self) -> bool {
        self.last.saturating_sub(SLACK) <= other.first
    }
}

impl Outside<'_> {
    /// The stretch of a plain file of at least this size that can hold the window; nothing where all is to be read. The
    /// file is then where it was.
    ///
    /// # Errors
    ///
    /// When the file cannot be read at some place of it.
    pub fn stretch(&mut self, mut file: &File, least: u64) -> io::Result<Option<Stretch>> {
        let metadata = file.metadata()?;
        let size = metadata.len();
        if !metadata.is_file() || size < least.max(2 * NEAR) || self.has_headings() {
            return Ok(None);
        }
        let position = file.stream_position()?;
        let found = self.search(file, size);
        file.seek(SeekFrom::Start(position))?;
        Ok(found?.filter(|stretch| stretch.from > 0 || stretch.to.is_some()))
    }

    fn has_headings(&self) -> bool {
        Passing::new(self.parser.layouts, &self.parser.reading).is_some()
    }

    /// What a line must be away from the window, in microseconds.
    fn margin(&self) -> i64 {
        match self.parser.reading.zone_source.as_str() {
            "stated" | "--log-tz" => SLACK,
            _ => ZONES,
        }
    }

    fn search(&mut self, file: &File, size: u64) -> io::Result<Option<Stretch>> {
        let Some(glances) = self.survey(file, size)? else { return Ok(None) };
        let margin = self.margin();
        let (since, until) = (self.window.since, self.window.until);
        let before = |glance: &Glance| since.is_some_and(|since| glance.last.saturating_add(margin) < since.0);
        let behind = |glance: &Glance| until.is_some_and(|until| glance.first.saturating_sub(margin) >= until.0);
        let from = match glances.iter().position(|glance| !before(glance)) {
            Some(0) => 0,
            Some(next) => match self.narrow(file, size, (glances[next - 1], glances[next]), before)? {
                Some((low, _)) => low.at,
                None => return Ok(None),
            },
            // Of a log that ends before the window the last lines are left to read.
            None => glances.last().map_or(0, |last| last.at),
        };
        let last = glances.iter().rposition(|glance| !behind(glance));
        let to = match glances.get(last.map_or(1, |last| last + 1)) {
            None => None,
            Some(&high) => {
                // Of a log that begins behind the window the first lines are read: it is one that holds lines.
                let low = last.map_or(Glance { at: 0, first: i64::MIN, last: i64::MIN }, |last| glances[last]);
                match self.narrow(file, size, (low, high), |glance| !behind(glance))? {
                    Some((_, high)) => Some(high.at),
                    None => return Ok(None),
                }
            }
        };
        Ok(to.is_none_or(|to| to > from).then_some(Stretch { from, to, size }))
    }

    /// Looks at evenly spaced places; nothing where these are not in the order of time.
    fn survey(&mut self, file: &File, size: u64) -> io::Result<Option<Vec<Glance>>> {
        let step = size.saturating_sub(SIGHTS[0]) / (PLACES - 1);
        let mut glances: Vec<Glance> = Vec::with_capacity(PLACES as usize);
        let mut latest: Option<Glance> = None;
        for place in 0..PLACES {
            let Some(glance) = self.glance(file, size, place * step)? else { return Ok(None) };
            if latest.is_some_and(|latest| !latest.precedes(&glance)) {
                return Ok(None);
            }
            latest = latest.filter(|latest| latest.last > glance.last).or(Some(glance));
            glances.push(glance);
        }
        Ok(Some(glances))
    }

    /// Brings a glance of the lower side and one of the other nearer to each other; nothing where what lies between is not
    /// in order.
    fn narrow(
        &mut self,
        file: &File,
        size: u64,
        (mut low, mut high): (Glance, Glance),
        is_low: impl Fn(&Glance) -> bool,
    ) -> io::Result<Option<(Glance, Glance)>> {
        let (mut from, mut to) = (low.at, high.at);
        while to.saturating_sub(from) > NEAR {
            let middle = from + (to - from) / 2;
            let Some(glance) = self.glance(file, size, middle)? else { return Ok(None) };
            if glance.at <= from || glance.at >= to {
                // No record begins in the upper half.
                to = middle;
                continue;
            }
            if !low.precedes(&glance) || !glance.precedes(&high) {
                return Ok(None);
            }
            if is_low(&glance) {
                (from, low) = (glance.at, glance);
            } else {
                (to, high) = (middle, glance);
            }
        }
        Ok(Some((low, high)))
    }

    /// What the first lines behind a place tell, or the last of the file; nothing where they tell no time, and where they
    /// are out of order.
    fn glance(&mut self, mut file: &File, size: u64, place: u64) -> io::Result<Option<Glance>> {
        for sight in SIGHTS {
            let start = place.min(size.saturating_sub(sight));
            file.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            file.take(sight).read_to_end(&mut bytes)?;
            let skipped = if start == 0 { 0 } else { memchr(b'\n', &bytes).map_or(bytes.len(), |end| end + 1) };
            let end = memrchr(b'\n', &bytes).map_or(skipped, |end| end + 1).max(skipped);
            let (mut glance, mut in_order): (Option<Glance>, bool) = (None, true);
            self.parser.block(&bytes[skipped..end], 2, &mut |parsed| {
                let at = start + (skipped + parsed.span.start) as u64;
                let line = Glance { at, first: parsed.end.0, last: parsed.end.0 };
                in_order &= glance.is_none_or(|before| before.precedes(&line));
                glance = Some(glance.map_or(line, |before| Glance {
                    at: before.at.min(at),
                    first: before.first.min(line.first),
                    last: before.last.max(line.last),
                }));
            });
            if glance.is_some() || sight >= size {
                return Ok(glance.filter(|_| in_order));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
