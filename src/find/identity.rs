//! In: a path and its metadata. Out: what file it is, whatever the path, and when it was changed.
//! Promise: two paths have the same identity if, and only if, writing to one changes the other.
//! Why not compare paths: hard links, bind mounts and symbolic links give one file many.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Device and inode.
#[cfg(unix)]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity(u64, u64);

/// The path without links, where the system gives no better.
#[cfg(not(unix))]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity(std::path::PathBuf);

impl Identity {
    /// The identity of what stands behind `path`, links followed.
    #[cfg(unix)]
    pub(super) fn of(_path: &Path, metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }

    /// The identity of what stands behind `path`, links followed.
    #[cfg(not(unix))]
    pub(super) fn of(path: &Path, _metadata: &Metadata) -> Self {
        Self(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()))
    }
}

/// Time of the last change in seconds since 1970-01-01T00:00:00Z.
pub(super) fn modified(metadata: &Metadata) -> Option<i64> {
    let time = metadata.modified().ok()?;
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs()).ok().map(|seconds| -seconds),
    }
}

/// What a path that is neither file nor directory is.
pub(super) fn special(metadata: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return "a named pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    let _ = metadata;
    "a device"
}
