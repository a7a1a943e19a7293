//! A directory of logs in memory, so that variants of it can be made and written somewhere else.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

/// Files by name below the directory, decompressed; the name says whether they are to be compressed again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    /// Reads a directory.
    pub(crate) fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        for entry in walkdir::WalkDir::new(root).into_iter().map(Result::unwrap) {
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                let bytes = fs::read(entry.path()).unwrap();
                files.insert(name.clone(), if name.ends_with(".gz") { unpacked(&bytes) } else { bytes });
            }
        }
        Self { files }
    }

    /// Writes it below `root`.
    pub(crate) fn write(&self, root: &Path) {
        for (name, bytes) in &self.files {
            let target = root.join(name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, if name.ends_with(".gz") { packed(bytes) } else { bytes.clone() }).unwrap();
        }
    }

    /// Without the files that fit.
    pub(crate) fn without(&self, left_out: impl Fn(&str) -> bool) -> Self {
        let files = self.files.iter().filter(|(name, _)| !left_out(name));
        Self { files: files.map(|(name, bytes)| (name.clone(), bytes.clone())).collect() }
    }

    /// With every file that fits changed.
    pub(crate) fn map(&self, fits: impl Fn(&str) -> bool, change: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        let changed =
            |(name, bytes): (&String, &Vec<u8>)| (name.clone(), if fits(name) { change(bytes) } else { bytes.clone() });
        Self { files: self.files.iter().map(changed).collect() }
    }

    /// The directories at the top that hold one host each; none where the logs are of one host.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let kinds = |host: &str| {
            let below = self.files.keys().filter_map(|name| name.strip_prefix(host)?.strip_prefix('/'));
            below.map(str::to_owned).collect::<Vec<_>>()
        };
        let mut tops: Vec<String> =
            self.files.keys().filter_map(|name| name.split_once('/').map(|(top, _)| top.to_owned())).collect();
        tops.dedup();
        let flat = self.files.keys().any(|name| !name.contains('/'));
        tops.retain(|top| top.ends_with(|last: char| last.is_ascii_digit()) && !kinds(top).is_empty());
        if flat { Vec::new() } else { tops }
    }
}

/// The name of a log without rotation and compression.
pub(crate) fn log_name(name: &str) -> &str {
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".xz")).unwrap_or(name);
    match name.rsplit_once('.') {
        Some((log, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => log,
        _ => name,
    }
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut text).unwrap();
    text
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}
