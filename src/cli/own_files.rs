//! Files that why503 wrote: earlier reports quote the very lines that a diagnosis looks for, and would be counted again.

use super::partial;
use crate::model::source::{Origin, Source};
use crate::report;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Takes our own files out of the sources, and says which directories and files they were in.
pub(super) fn leave_out(sources: &mut Vec<Source>, out: Option<&Path>) -> Vec<String> {
    let out = out.and_then(|out| fs::canonicalize(out).ok());
    let names = report::known_names();
    let mut reports: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut left_out = Vec::new();
    sources.retain(|source| {
        let Origin::File(path) = &source.origin else { return true };
        let directory = path.parent().unwrap_or(Path::new(""));
        let named_alike =
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| names.iter().any(|known| known == name));
        let of_a_report = named_alike && {
            let known = reports.entry(directory.to_path_buf()).or_insert_with(|| is_report(directory, out.as_deref()));
            *known
        };
        let ours = of_a_report || is_partial(path);
        if ours {
            left_out.push(source.name.clone());
        }
        !ours
    });
    left_out
}

/// The directory of this run's report, or one that holds a report.
fn is_report(directory: &Path, out: Option<&Path>) -> bool {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let is_out = || out.is_some_and(|out| fs::canonicalize(directory).is_ok_and(|directory| directory == out));
    is_out() || report::is_report(directory)
}

fn is_partial(path: &Path) -> bool {
    let mut head = [0; partial::MAGIC.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == *partial::MAGIC
}
