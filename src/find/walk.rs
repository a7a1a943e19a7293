//! In: one input after the other. Out: the regular files that they lead to, with repetitions.
//! Promise: no directory of an input is walked twice, so the walk ends whatever links point where; nothing is opened
//! that could block.
//! Why not let walkdir follow links: it knows only the links that lead back to their own ancestors, and a few
//! directories that link to each other would be walked in every order.

use std::collections::{BTreeSet, VecDeque};
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::identity::{self, Identity};
use super::{Candidate, shown};
use crate::model::trouble::Trouble;

/// What was found so far.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) candidates: Vec<Candidate>,
    pub(super) troubles: Vec<Trouble>,
}

/// The walk through one directory that was named.
struct Directory<'a> {
    argument: &'a Path,
    walked: BTreeSet<Identity>,
    /// Links to directories, which come after the directories themselves: a file is then known by its proper path.
    links: VecDeque<PathBuf>,
}

impl Walk {
    /// One input: a path, or a glob that the shell did not expand. A path that exists is never taken for a glob.
    pub(super) fn input(&mut self, input: &OsStr) {
        let path = Path::new(input);
        match fs::metadata(path) {
            Ok(metadata) => self.path(path, &metadata),
            Err(error) => match input.to_str().filter(|text| text.contains(['*', '?', '['])) {
                Some(pattern) if fs::symlink_metadata(path).is_err() => self.glob(pattern),
                _ => self.missing(path, &error),
            },
        }
    }

    fn path(&mut self, path: &Path, metadata: &Metadata) {
        if metadata.is_dir() {
            self.directory(path, metadata);
        } else if metadata.is_file() {
            self.file(shown(path), path, path, metadata);
        } else {
            let what = identity::special(metadata);
            let message = format!("is {what} and was skipped: to read from it, give its output to `why503 -`");
            self.troubles.push(Trouble::lost(shown(path), message));
        }
    }

    fn glob(&mut self, pattern: &str) {
        let matches = match glob::glob(pattern) {
            Ok(matches) => matches,
            Err(error) => {
                let message = format!("does not exist, and is no valid pattern either ({error})");
                self.troubles.push(Trouble::lost(pattern, message));
                return;
            }
        };
        let mut some = false;
        for path in matches {
            some = true;
            match path {
                Ok(path) => match fs::metadata(&path) {
                    Ok(metadata) => self.path(&path, &metadata),
                    Err(error) => self.missing(&path, &error),
                },
                Err(error) => self.unreadable(error.path(), error.error()),
            }
        }
        if !some {
            self.troubles.push(Trouble::lost(pattern, "matches no file: check the pattern and the directory"));
        }
    }

    fn directory(&mut self, argument: &Path, metadata: &Metadata) {
        let walked = BTreeSet::from([Identity::of(argument, metadata)]);
        let mut directory = Directory { argument, walked, links: VecDeque::new() };
        self.walk(&mut directory, argument);
        while let Some(link) = directory.links.pop_front() {
            match fs::metadata(&link) {
                Ok(metadata) if directory.walked.insert(Identity::of(&link, &metadata)) => {
                    self.walk(&mut directory, &link)
                }
                Ok(_) => {
                    let message = "is a link to a directory that is read already; it was not read again";
                    self.troubles.push(Trouble::note(shown(&link), message));
                }
                Err(error) => self.missing(&link, &error),
            }
        }
    }

    /// Walks a directory whose identity is in `walked` already.
    fn walk(&mut self, directory: &mut Directory<'_>, root: &Path) {
        let mut entries = WalkDir::new(root).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_path_buf();
                    self.unreadable(
                        &path,
                        error.io_error().unwrap_or(&io::Error::other("it changed while being read")),
                    );
                    continue;
                }
            };
            if entry.depth() > 0 && entry.file_type().is_dir() && !first_visit(directory, &entry) {
                entries.skip_current_dir();
            }
            if entry.depth() > 0 && !entry.file_type().is_dir() {
                self.entry(directory, entry.path());
            }
        }
    }

    fn entry(&mut self, directory: &mut Directory<'_>, path: &Path) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.missing_link(path, &error),
        };
        if metadata.is_dir() {
            if leads_back(path) {
                let message = "is a link that leads back to a directory around it (a loop); it was not followed";
                self.troubles.push(Trouble::note(shown(path), message));
            } else {
                directory.links.push_back(path.to_path_buf());
            }
        } else if metadata.is_file() {
            let name = shown(path.strip_prefix(directory.argument).unwrap_or(path));
            self.file(name, directory.argument, path, &metadata);
        } else {
            let message = format!("is {} and was skipped", identity::special(&metadata));
            self.troubles.push(Trouble::note(shown(path), message));
        }
    }

    fn file(&mut self, name: String, argument: &Path, path: &Path, metadata: &Metadata) {
        self.candidates.push(Candidate {
            name,
            argument: argument.to_path_buf(),
            path: path.to_path_buf(),
            identity: Identity::of(path, metadata),
            size: metadata.len(),
            modified: identity::modified(metadata),
        });
    }

    fn missing(&mut self, path: &Path, error: &io::Error) {
        if error.kind() == io::ErrorKind::NotFound {
            self.troubles.push(Trouble::lost(shown(path), "does not exist: check the path"));
        } else {
            self.unreadable(path, error);
        }
    }

    /// Within a directory, a link to nothing is no loss: what it stood for was rotated away.
    fn missing_link(&mut self, path: &Path, error: &io::Error) {
        let message = match error.kind() {
            io::ErrorKind::NotFound => "is a link to a file that does not exist".to_string(),
            io::ErrorKind::PermissionDenied => return self.unreadable(path, error),
            _ => format!("is a link that cannot be followed ({error})"),
        };
        self.troubles.push(Trouble::note(shown(path), message));
    }

    fn unreadable(&mut self, path: &Path, error: &io::Error) {
        let message = format!("cannot be read ({error}): check its permissions, or run as a user who may read it");
        self.troubles.push(Trouble::lost(shown(path), message));
    }
}

/// Whether a directory comes up for the first time. One that was reached by a link before is not walked again.
fn first_visit(directory: &mut Directory<'_>, entry: &DirEntry) -> bool {
    match entry.metadata() {
        Ok(metadata) => directory.walked.insert(Identity::of(entry.path(), &metadata)),
        Err(_) => true,
    }
}

/// Whether a link points at a directory that it lies in.
fn leads_back(link: &Path) -> bool {
    match (link.canonicalize(), link.parent().map(Path::canonicalize)) {
        (Ok(target), Some(Ok(here))) => here.starts_with(target),
        _ => false,
    }
}
