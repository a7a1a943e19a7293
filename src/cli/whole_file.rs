//! A file that is there whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Has `fill` write a file beside `path`, and gives it its name. What had the name before stays until then.
pub(super) fn write(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let beside = beside(path);
    let written = OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        // What the error says matters more than what is left.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Fails if no file can be written to `path`; leaves nothing behind.
pub(super) fn check(path: &Path) -> io::Result<()> {
    let beside = beside(path);
    OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|_| fs::remove_file(&beside))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".partial-{}", std::process::id()));
    path.with_file_name(name)
}
