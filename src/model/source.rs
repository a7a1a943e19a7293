//! An input as the operator named it.

use std::path::PathBuf;

/// Where the bytes of a source come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A regular file.
    File(PathBuf),
    /// Standard input (`-`).
    StandardInput,
}

/// One input: a file, or standard input. A bundle (tar, zip) is one source with several members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What the report prints, and what sources are sorted by: the path relative to the directory that was
    /// named, such as `web1/nginx/access.log`. Unique within a run.
    pub name: String,
    /// Where the bytes are.
    pub origin: Origin,
    /// Size in bytes as stored (compressed), where known. Only for progress and for dealing out work.
    pub size: Option<u64>,
    /// Time of the last change, seconds since 1970-01-01T00:00:00Z.
    pub modified: Option<i64>,
}
