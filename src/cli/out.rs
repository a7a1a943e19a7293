//! Whether a report can be written, asked before the long work and not after it.

use anyhow::{Context, bail};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Fails if no report can be written to `directory`. Leaves nothing behind, and makes no directory: if the inputs turn
/// out to be unreadable, nothing has changed.
pub(super) fn check(directory: &Path) -> anyhow::Result<()> {
    let shown = directory.display();
    if directory.exists() && !directory.is_dir() {
        bail!("--out {shown}: exists and is no directory; name another place");
    }
    let place = nearest(directory);
    if !place.is_dir() {
        bail!("--out {shown}: {} is no directory; name another place", place.display());
    }
    // An earlier report is replaced as a whole where the directory around it can be written, else file by file.
    let around = place.parent().filter(|_| directory.exists());
    probe(&place)
        .or_else(|error| around.map_or(Err(error), probe))
        .with_context(|| format!("--out {shown}: nothing can be written to {}; name another place", place.display()))
}

fn probe(directory: &Path) -> io::Result<()> {
    let probe = directory.join(format!(".why503-check-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&probe).and_then(|_| fs::remove_file(&probe))
}

/// The directory itself, or the nearest one above it that is there.
fn nearest(directory: &Path) -> PathBuf {
    let above = directory.ancestors().find(|path| path.symlink_metadata().is_ok());
    above.map_or_else(|| PathBuf::from(if directory.is_absolute() { "/" } else { "." }), Path::to_path_buf)
}
