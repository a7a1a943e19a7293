//! The file between `scan` and `merge`: what was counted, and what has to agree between parts.
//!
//! A line that says what the file is and in which version, then one zstd stream: a line of JSON with the conditions, and
//! the tally as JSON. JSON, because it is the one form that a person can look into when a merge comes out strange
//! (`tail -n +2 FILE | zstdcat`), and zstd makes it as small as a binary form would be.

use super::args::Statuses;
use super::whole_file;
use crate::tally::Tally;
use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

/// How a partial begins.
pub(super) const MAGIC: &[u8; 15] = b"why503-partial ";
/// Version of what follows. Changes when a part of another version would be merged wrongly.
const VERSION: u32 = 2;
/// Longest version that is looked for.
const MAX_VERSION: u64 = 12;
/// Effort of the compression: the tally is small, and is written once.
const LEVEL: i32 = 9;

/// Under which conditions was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Conditions {
    /// Version of the program.
    tool_version: String,
    /// What counted as failed.
    statuses: Vec<(i64, i64)>,
    /// The night that was counted, for those of `--history`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    night: Option<Night>,
}

/// A day, and the moments at which it begins and ends in the zone of the run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Night {
    /// Its date.
    pub(super) day: String,
    /// Its first second, since 1970.
    pub(super) from: i64,
    /// The first second of the next.
    pub(super) to: i64,
}

impl Conditions {
    /// The conditions of this run.
    pub(super) fn new(statuses: &Statuses) -> Self {
        Self { tool_version: env!("CARGO_PKG_VERSION").to_owned(), statuses: statuses.ranges().to_vec(), night: None }
    }

    /// The same for one night.
    pub(super) fn of_night(self, night: Night) -> Self {
        Self { night: Some(night), ..self }
    }

    /// The night that was counted.
    pub(super) fn night(&self) -> Option<&Night> {
        self.night.as_ref()
    }

    /// What was looked for.
    pub(super) fn statuses(&self) -> Statuses {
        Statuses::of(self.statuses.clone())
    }
}

/// Writes a partial; `-` is standard output. A file is written beside and renamed, so that it is never half there.
pub(super) fn write(path: &Path, conditions: &Conditions, tally: &Tally) -> anyhow::Result<()> {
    if path == Path::new("-") {
        let mut out = io::stdout().lock();
        write_to(&mut out, conditions, tally)?;
        return out.flush().map_err(Into::into);
    }
    whole_file::write(path, |file| write_to(file, conditions, tally))
        .with_context(|| format!("writing {}; name another file with --out", path.display()))
}

/// Fails early if the file cannot be written.
pub(super) fn check(path: &Path) -> anyhow::Result<()> {
    if path == Path::new("-") {
        return Ok(());
    }
    ensure!(!path.is_dir(), "--out {}: is a directory; name a file", path.display());
    whole_file::check(path)
        .with_context(|| format!("--out {}: cannot be written there; name another file", path.display()))
}

fn write_to(out: &mut dyn Write, conditions: &Conditions, tally: &Tally) -> io::Result<()> {
    out.write_all(MAGIC)?;
    writeln!(out, "{VERSION}")?;
    let mut packed = zstd::Encoder::new(out, LEVEL)?;
    packed.include_checksum(true)?;
    serde_json::to_writer(&mut packed, conditions)?;
    packed.write_all(b"\n")?;
    serde_json::to_writer(&mut packed, tally)?;
    packed.finish()?.flush()
}

/// Reads a partial.
pub(super) fn read(path: &Path) -> anyhow::Result<(Conditions, Tally)> {
    let what = || format!("reading {}", path.display());
    let mut file = BufReader::new(File::open(path).with_context(what)?);
    let mut magic = Vec::new();
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut magic).with_context(what)?;
    if magic != MAGIC {
        bail!("{}: is no file that `why503 scan` wrote; to diagnose logs, leave `merge` out", path.display());
    }
    let mut version = String::new();
    file.by_ref().take(MAX_VERSION).read_line(&mut version).with_context(what)?;
    if version.trim_end() != VERSION.to_string() {
        bail!(
            "{}: is a partial of format version {}, and this why503 ({}) reads version {VERSION}: scan again with the \
             version that merges",
            path.display(),
            version.trim_end(),
            env!("CARGO_PKG_VERSION"),
        );
    }
    let damaged = || format!("{}: is cut off or damaged; scan again", path.display());
    let mut unpacked = BufReader::new(zstd::Decoder::with_buffer(file).with_context(damaged)?);
    let mut conditions = String::new();
    unpacked.read_line(&mut conditions).with_context(damaged)?;
    let conditions = serde_json::from_str(&conditions).with_context(damaged)?;
    Ok((conditions, serde_json::from_reader(unpacked).with_context(damaged)?))
}
