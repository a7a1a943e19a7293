//! The files of a report, written side by side.

use super::view::View;
use super::{ReportError, ReportFile};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file and where it is.
type Filled = (PathBuf, File);

/// Writes the files into a directory, on at most so many threads; gives them in their order. Of what goes wrong it tells
/// the first in that order, whichever thread met it.
///
/// Each thread takes the next file that nobody has, from the end of the list: the summary there takes as long as all
/// others together, and to begin with it last would leave the other threads waiting.
pub(super) fn together(
    directory: &Path,
    files: &[Box<dyn ReportFile>],
    view: &View,
    threads: usize,
) -> Result<Vec<Filled>, ReportError> {
    let left = AtomicUsize::new(files.len());
    let work = || {
        let mut done = Vec::new();
        while let Ok(before) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)) {
            let file = files[before - 1].as_ref();
            done.push((before - 1, fill(directory.join(file.name()), file, view)));
        }
        done
    };
    let mut done = std::thread::scope(|scope| {
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, work);
        // Where no further thread is to be had, this one writes all.
        let others: Vec<_> = (1..threads.min(files.len())).map_while(|at| start(at).ok()).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, filled)| filled).collect()
}

fn fill(path: PathBuf, file: &dyn ReportFile, view: &View) -> Result<Filled, ReportError> {
    let written = || -> io::Result<File> {
        let mut out = BufWriter::new(File::options().write(true).create_new(true).open(&path)?);
        file.write(view, &mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)
    };
    match written() {
        Ok(handle) => Ok((path, handle)),
        Err(source) => Err(ReportError::Io { doing: "writing", path, source }),
    }
}

/// Waits until all files are on disk, before they get their names: after a power cut there is the old report or the new
/// one, not an empty file. All at once, as a disk takes hardly longer for all of them than for one; one after the other
/// took a third of the time of a small run.
pub(super) fn settle(files: &[Filled]) -> Result<(), ReportError> {
    let settled: Vec<io::Result<()>> = std::thread::scope(|scope| {
        let wait = |file| (file, std::thread::Builder::new().spawn_scoped(scope, move || File::sync_all(file)));
        let waiting: Vec<_> = files.iter().map(|(_, file)| wait(file)).collect();
        let joined = waiting.into_iter().map(|(file, waiting)| match waiting.map(|waiting| waiting.join()) {
            Ok(Ok(settled)) => settled,
            // No thread was to be had.
            _ => file.sync_all(),
        });
        joined.collect()
    });
    let failed = |((path, _), settled): (&Filled, io::Result<()>)| {
        settled.map_err(|source| ReportError::Io { doing: "writing", path: path.clone(), source })
    };
    files.iter().zip(settled).try_for_each(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::server_problem;
    use crate::report::{Findings, ReportOptions};
    use std::io::Write;

    /// A file that can be written, or cannot.
    struct One(&'static str, bool);

    impl ReportFile for One {
        fn name(&self) -> &str {
            self.0
        }

        fn write(&self, _: &View, out: &mut dyn Write) -> io::Result<()> {
            if self.1 { out.write_all(self.0.as_bytes()) } else { Err(io::Error::other(self.0)) }
        }
    }

    fn filled(files: &[(&'static str, bool)], threads: usize) -> Result<Vec<String>, String> {
        let (diagnosis, tally) = server_problem();
        let findings = Findings { diagnosis: &diagnosis, tally: &tally, comparison: None };
        let view = View::new(&findings, &ReportOptions::default());
        let place = tempfile::tempdir().unwrap();
        let files: Vec<_> =
            files.iter().map(|&(name, good)| Box::new(One(name, good)) as Box<dyn ReportFile>).collect();
        let filled = together(place.path(), &files, &view, threads).map_err(|error| error.to_string())?;
        settle(&filled).unwrap();
        Ok(filled.iter().map(|(path, _)| std::fs::read_to_string(path).unwrap()).collect())
    }

    #[test]
    fn any_number_of_threads_gives_the_same_files_and_the_same_error() {
        let good = [("a", true), ("b", true), ("c", true), ("d", true)];
        let bad = [("a", true), ("b", false), ("c", true), ("d", false)];
        for threads in [0, 1, 2, 3, 9] {
            assert_eq!(filled(&good, threads).unwrap(), ["a", "b", "c", "d"]);
            let error = filled(&bad, threads).unwrap_err();
            assert!(error.contains("writing ") && error.contains("/b: b;"), "{error}");
        }
        assert_eq!(filled(&[], 4).unwrap(), [""; 0]);
    }
}
