//! In: the paths, globs and `-` of the command line. Out: the [`Source`]s to read, each once, sorted by name.
//! Promise: the same result whatever the order of the inputs; nothing stops the search, and what is left out is said.
//! Why not open what is found on the way: a directory of ten thousand logs would meet the limit of open files, and
//! duplicates show only when everything is known.

mod identity;
mod same;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::model::source::{Origin, Source};
use crate::model::trouble::Trouble;
use identity::Identity;
use walk::Walk;

/// The name of standard input in reports.
pub const STANDARD_INPUT: &str = "stdin";

/// What the inputs lead to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What is to be read, sorted by name.
    pub sources: Vec<Source>,
    /// What was left out, and why, sorted.
    pub troubles: Vec<Trouble>,
}

/// A regular file that an input leads to.
#[derive(Debug, Clone)]
struct Candidate {
    /// The name relative to the directory that was named.
    name: String,
    /// The input that led here.
    argument: PathBuf,
    /// How to open it.
    path: PathBuf,
    /// What it is, whatever the path.
    identity: Identity,
    size: u64,
    modified: Option<i64>,
}

/// Finds the files behind the inputs.
pub fn find(inputs: &[OsString]) -> Found {
    let mut times: BTreeMap<&OsStr, usize> = BTreeMap::new();
    for input in inputs {
        *times.entry(input).or_default() += 1;
    }
    let mut walk = Walk::default();
    let mut standard_input = false;
    for (input, times) in times {
        if times > 1 {
            walk.troubles
                .push(Trouble::note(shown(Path::new(input)), format!("was given {times} times; it is read once")));
        }
        if input == "-" {
            standard_input = true;
        } else {
            walk.input(input);
        }
    }
    let Walk { candidates, mut troubles } = walk;
    let mut kept = same::each_once(candidates, &mut troubles);
    with_directories(&mut kept);
    let mut sources = named(kept);
    if standard_input {
        let name = STANDARD_INPUT.to_string();
        sources.push(Source { name, origin: Origin::StandardInput, size: None, modified: None });
    }
    make_unique(&mut sources);
    troubles.sort();
    troubles.dedup();
    Found { sources, troubles }
}

/// Directories that are named one by one (`web1 db1`) come before the names of their files, as if what holds them had been
/// named: they tell the machines apart. Only where each has a name of its own.
fn with_directories(kept: &mut [Candidate]) {
    let directories: BTreeSet<PathBuf> = kept
        .iter()
        .filter(|candidate| candidate.path != candidate.argument && candidate.path.starts_with(&candidate.argument))
        .map(|candidate| candidate.argument.clone())
        .collect();
    let names: BTreeSet<&OsStr> = directories.iter().filter_map(|directory| directory.file_name()).collect();
    if directories.len() < 2 || names.len() < directories.len() {
        return;
    }
    for candidate in kept.iter_mut().filter(|candidate| directories.contains(&candidate.argument)) {
        if let Some(directory) = candidate.argument.file_name() {
            candidate.name = format!("{}/{}", shown(Path::new(directory)), candidate.name);
        }
    }
}

/// Gives every file its name. When names of two inputs meet (`web1/` and `web2/` both hold `access.log`), all files of
/// these inputs get the longer name: one that only some files have would tear the logs of a host apart.
fn named(kept: Vec<Candidate>) -> Vec<Source> {
    let mut holders: BTreeMap<&str, BTreeSet<&Path>> = BTreeMap::new();
    for candidate in &kept {
        holders.entry(&candidate.name).or_default().insert(&candidate.argument);
    }
    let clashing: BTreeSet<PathBuf> =
        holders.into_values().filter(|holders| holders.len() > 1).flatten().map(Path::to_path_buf).collect();
    kept.into_iter()
        .map(|candidate| Source {
            name: if clashing.contains(&candidate.argument) { shown(&candidate.path) } else { candidate.name },
            origin: Origin::File(candidate.path),
            size: Some(candidate.size),
            modified: candidate.modified,
        })
        .collect()
}

/// Sorts, and numbers the names that are still the same (a file called `stdin`; two names that differ in bytes which
/// no name can show).
fn make_unique(sources: &mut [Source]) {
    let place = |source: &Source| match &source.origin {
        Origin::File(path) => Some(path.clone()),
        Origin::StandardInput => None,
    };
    sources.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| place(a).cmp(&place(b))));
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for source in sources.iter_mut() {
        let mut name = source.name.clone();
        let mut number = 2;
        while !taken.insert(name.clone()) {
            name = format!("{}#{number}", source.name);
            number += 1;
        }
        source.name = name;
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
}

/// A path as text. Bytes that are no UTF-8 are shown as `\xff`, so that two such names stay two names.
fn shown(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        name.push_str(chunk.valid());
        for byte in chunk.invalid() {
            name.push_str(&format!("\\x{byte:02x}"));
        }
    }
    name
}
