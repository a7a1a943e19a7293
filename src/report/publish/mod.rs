//! The report directory: written beside, then renamed.
//!
//! What is at the target decides how:
//!
//! - *nothing, an empty directory, or a report of ours*: the whole report is written into a hidden directory beside and
//!   takes the name of the target in one step. A report of ours holds a `summary.json` with our `schema_version` and no
//!   file that we do not write: with a colleague's `notes.txt` in it, it is no longer ours to throw away.
//! - *a directory with other files*, the working directory, or a mount point (which cannot be renamed), or one whose
//!   parent cannot be written: the files are written into a hidden directory inside, and renamed one by one, so that
//!   each is whole at any moment. Nothing is deleted; a file of an earlier run that this one does not write stays.
//!
//! Replacing a directory takes two renames (portable Rust has no exchange of two names). Between them there is no report,
//! never half of one; if the second fails, the old one is put back.

use super::{SCHEMA_VERSION, escape, known_names};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The report directory as it was named.
    pub directory: PathBuf,
    /// The files in it, in the order in which they were written.
    pub files: Vec<PathBuf>,
    /// An earlier report that was moved aside and could not be removed.
    pub left_behind: Option<PathBuf>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The name is taken by something else.
    #[error("writing the report: {} exists and is no directory; name another place with --out", shown(path))]
    NotADirectory {
        /// The target.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{doing} {}: {source}; name a directory that can be written with --out", shown(path))]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// Why it did not work.
        source: io::Error,
    },
}

fn shown(path: &Path) -> String {
    escape::visible(&path.to_string_lossy()).into_owned()
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path = path.to_path_buf();
    move |source| ReportError::Io { doing, path, source }
}

type Fill<'a> = &'a mut dyn FnMut(&Path) -> Result<(), ReportError>;

/// Has `fill` write the files `names` into a hidden directory, and gives them their place in `directory`.
pub(super) fn publish(directory: &Path, names: &[&str], fill: Fill) -> Result<Written, ReportError> {
    // Links are followed: the report goes where the link points, and the link stays.
    let target = match fs::canonicalize(directory) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => fresh(directory)?,
        Err(error) => return Err(failed("finding the report directory", directory)(error)),
    };
    let exists = target.exists();
    if exists && !target.is_dir() {
        return Err(ReportError::NotADirectory { path: directory.to_path_buf() });
    }
    let left_behind = if !exists || replaceable(&target) {
        match beside(&target, fill) {
            Ok(left_behind) => left_behind,
            Err(error) if exists && refused(&error) => inside(&target, names, fill).map(|()| None)?,
            Err(error) => return Err(error),
        }
    } else {
        inside(&target, names, fill).map(|()| None)?
    };
    let files = names.iter().map(|name| directory.join(name)).collect();
    Ok(Written { directory: directory.to_path_buf(), files, left_behind })
}

/// The absolute path of a directory that does not exist yet. Its parents are made.
fn fresh(directory: &Path) -> Result<PathBuf, ReportError> {
    // A link that leads nowhere: making the directory it points to would write to a place that nobody named.
    if directory.is_symlink() {
        let nowhere = io::Error::new(io::ErrorKind::NotFound, "the link leads nowhere");
        return Err(failed("finding the report directory", directory)(nowhere));
    }
    let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(failed("making the directory", parent))?;
    let parent = fs::canonicalize(parent).map_err(failed("finding the directory", parent))?;
    let Some(name) = directory.file_name() else {
        let odd = io::Error::new(io::ErrorKind::InvalidInput, "this is no name for a directory");
        return Err(failed("making the directory", directory)(odd));
    };
    Ok(parent.join(name))
}

/// Whether the whole directory may be thrown away for a new report.
fn replaceable(target: &Path) -> bool {
    // Renaming the directory in which somebody's shell stands would leave the shell in the old one.
    if std::env::current_dir().is_ok_and(|here| here.starts_with(target)) {
        return false;
    }
    let Ok(entries) = fs::read_dir(target) else { return false };
    let known = known_names();
    let mut names = Vec::new();
    for entry in entries {
        let Some(name) = entry.ok().and_then(|entry| entry.file_name().into_string().ok()) else { return false };
        names.push(name);
    }
    names.is_empty() || (names.iter().all(|name| known.contains(name)) && has_our_summary(target))
}

/// Bytes of an earlier summary that are looked at. Its first two members tell whose it is; to read all of it would take
/// longer than to write the new one.
const HEAD: u64 = 256;

pub(super) fn has_our_summary(target: &Path) -> bool {
    let mut head = Vec::new();
    let read = fs::File::open(target.join("summary.json")).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    head.retain(|byte| !byte.is_ascii_whitespace());
    read.is_ok() && head.starts_with(format!("{{\"schema_version\":{SCHEMA_VERSION},\"tool_version\":\"").as_bytes())
}

/// Whether writing inside the directory may work where writing beside it did not.
fn refused(error: &ReportError) -> bool {
    use io::ErrorKind::{CrossesDevices, DirectoryNotEmpty, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(error, ReportError::Io { source, .. }
        if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem | ResourceBusy | CrossesDevices | DirectoryNotEmpty))
}

/// Writes beside and takes the place of the target. Returns what could not be removed.
fn beside(target: &Path, fill: Fill) -> Result<Option<PathBuf>, ReportError> {
    let staging = Staging::new(target.parent().unwrap_or(target), &hidden(target, "partial"))?;
    fill(&staging.path)?;
    if let Ok(metadata) = fs::metadata(target) {
        // Who may read the directory was somebody's decision. Not every file system can take it over.
        let _ = fs::set_permissions(&staging.path, metadata.permissions());
    }
    // One step where the name is free or an empty directory has it (the latter not on every system).
    match fs::rename(&staging.path, target) {
        Ok(()) => return Ok(None),
        Err(error) if !target.exists() => return Err(failed("naming the report directory", target)(error)),
        Err(_) => {}
    }
    let old = free_name(target.parent().unwrap_or(target), &hidden(target, "old"));
    fs::rename(target, &old).map_err(failed("moving the earlier report aside", target))?;
    if let Err(error) = fs::rename(&staging.path, target) {
        // Nothing more can be done if this fails too; the old report is then at the hidden name.
        let _ = fs::rename(&old, target);
        return Err(failed("naming the report directory", target)(error));
    }
    Ok(fs::remove_dir_all(&old).is_err().then_some(old))
}

/// Writes into a hidden directory inside the target, and renames file by file.
fn inside(target: &Path, names: &[&str], fill: Fill) -> Result<(), ReportError> {
    let staging = Staging::new(target, &hidden(Path::new("why503-report"), "partial"))?;
    fill(&staging.path)?;
    for name in names {
        let place = target.join(name);
        fs::rename(staging.path.join(name), &place).map_err(failed("replacing", &place))?;
    }
    Ok(())
}

/// `.why503-report.partial-4711`.
fn hidden(target: &Path, what: &str) -> OsString {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{what}-{}", std::process::id()));
    name
}

fn free_name(parent: &Path, name: &OsString) -> PathBuf {
    let numbered = |number: u32| {
        let mut numbered = name.clone();
        numbered.push(format!("-{number}"));
        parent.join(numbered)
    };
    let plain = parent.join(name);
    std::iter::once(plain.clone()).chain((2..100).map(numbered)).find(|path| !path.exists()).unwrap_or(plain)
}

/// A hidden directory that is gone when it is no longer needed, also after an error.
struct Staging {
    path: PathBuf,
}

impl Staging {
    fn new(parent: &Path, name: &OsString) -> Result<Self, ReportError> {
        let path = free_name(parent, name);
        // `create_dir` fails if the name is taken: a link that somebody put there is never followed.
        fs::create_dir(&path).map_err(failed("making the directory", &path))?;
        Ok(Self { path })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Already renamed in the good case. Otherwise the error that led here says what matters.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests;
