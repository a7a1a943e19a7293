//! In: files, some of them reached twice, some of them copies. Out: each content once.
//! Promise: the file kept is the one with the smallest name, in any order of the inputs; what is dropped is named;
//! files are read only where another one has the same size, in pieces of 64 KiB.
//! Why not compare names: rotation, backups and links have their own ways to call a copy.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{Candidate, shown};
use crate::model::trouble::Trouble;

const PIECE: usize = 64 * 1024;

/// Drops what is there already, and what cannot be opened.
pub(super) fn each_once(mut candidates: Vec<Candidate>, troubles: &mut Vec<Trouble>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| (&a.name, &a.argument, &a.path).cmp(&(&b.name, &b.argument, &b.path)));
    let files = each_file_once(candidates, troubles);
    let readable = files.into_iter().filter(|candidate| opens(candidate, troubles)).collect();
    each_content_once(readable, troubles)
}

fn each_file_once(candidates: Vec<Candidate>, troubles: &mut Vec<Trouble>) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    let mut places = BTreeMap::new();
    let mut overlaps: BTreeMap<(PathBuf, PathBuf), (u64, String)> = BTreeMap::new();
    for candidate in candidates {
        let Some(&place) = places.get(&candidate.identity) else {
            places.insert(candidate.identity.clone(), kept.len());
            kept.push(candidate);
            continue;
        };
        let first: &Candidate = &kept[place];
        if first.argument == candidate.argument {
            let message = format!("is the same file as {} (a link); it is read once", shown(&first.path));
            troubles.push(Trouble::note(shown(&candidate.path), message));
        } else {
            let pair = (first.argument.clone(), candidate.argument.clone());
            overlaps.entry(pair).or_insert_with(|| (0, shown(&candidate.path))).0 += 1;
        }
    }
    // One trouble for two inputs that overlap, not one for each of a thousand files.
    for ((first, second), (count, example)) in overlaps {
        let files = if count == 1 { "file was".to_string() } else { format!("{count} files were") };
        let message = format!("{files} found through {} too, such as {example}; each is read once", shown(&first));
        troubles.push(Trouble::note(shown(&second), message));
    }
    kept
}

fn opens(candidate: &Candidate, troubles: &mut Vec<Trouble>) -> bool {
    match File::open(&candidate.path) {
        Ok(_) => true,
        Err(error) => {
            let message = format!("cannot be read ({error}): check its permissions, or run as a user who may read it");
            troubles.push(Trouble::lost(shown(&candidate.path), message));
            false
        }
    }
}

/// Empty files are all kept: that a log is silent says something, and of each of them.
fn each_content_once(candidates: Vec<Candidate>, troubles: &mut Vec<Trouble>) -> Vec<Candidate> {
    let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
    for candidate in &candidates {
        *sizes.entry(candidate.size).or_default() += 1;
    }
    let mut heads: BTreeMap<(u64, u64), Vec<usize>> = BTreeMap::new();
    for (place, candidate) in candidates.iter().enumerate() {
        if candidate.size > 0 && sizes.get(&candidate.size).is_some_and(|count| *count > 1) {
            // A file that cannot be read now is kept: opening it will say so.
            if let Ok(hash) = hash(&candidate.path, candidate.size.min(PIECE as u64)) {
                heads.entry((candidate.size, hash)).or_default().push(place);
            }
        }
    }
    let mut dropped = BTreeMap::new();
    for ((size, head), places) in heads.into_iter().filter(|(_, places)| places.len() > 1) {
        let mut first_with = BTreeMap::new();
        for place in places {
            let whole = if size <= PIECE as u64 { Ok(head) } else { hash(&candidates[place].path, size) };
            let Ok(whole) = whole else { continue };
            let first = *first_with.entry(whole).or_insert(place);
            if first != place {
                dropped.insert(place, first);
            }
        }
    }
    for (place, first) in &dropped {
        let message = format!("holds the same bytes as {}; it is read once", shown(&candidates[*first].path));
        troubles.push(Trouble::note(shown(&candidates[*place].path), message));
    }
    let kept = candidates.into_iter().enumerate().filter(|(place, _)| !dropped.contains_key(place));
    kept.map(|(_, candidate)| candidate).collect()
}

/// A hash of the first `size` bytes: what is appended while we look does not count.
fn hash(path: &Path, size: u64) -> io::Result<u64> {
    let mut hasher = DefaultHasher::new();
    let mut file = File::open(path)?.take(size);
    let mut piece = vec![0; PIECE];
    loop {
        // Filled before it is hashed, because the hasher is not bound to give the same for other pieces.
        let mut filled = 0;
        while filled < PIECE {
            match file.read(&mut piece[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if filled == 0 {
            return Ok(hasher.finish());
        }
        hasher.write(&piece[..filled]);
    }
}
