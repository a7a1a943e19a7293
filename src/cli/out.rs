//! Whether a report can be written, asked before the long work and not after it.

use super::args::{Redact, ReportArgs};
use super::{report_options, whole_file};
use anyhow::{Context, bail, ensure};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Fails if what was asked for cannot be written. Leaves nothing behind, and makes no directory: if the inputs turn out
/// to be unreadable, nothing has changed.
pub(super) fn check(args: &ReportArgs) -> anyhow::Result<()> {
    if let Some(path) = &args.metrics {
        whole_file::check(path)
            .with_context(|| format!("--metrics {}: cannot be written there; name another file", path.display()))?;
    }
    if args.redact_key.is_some() {
        ensure!(args.redact == Redact::All, "--redact-key: there are pseudonyms with --redact all only");
        report_options::key(args)?;
    }
    directory(&args.out)
}

fn directory(directory: &Path) -> anyhow::Result<()> {
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
