//! The directory of nights: one partial a day, called after it, and a lock.

use crate::cli::partial::{self, Conditions};
use crate::tally::Tally;
use anyhow::{Context, bail};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// How the file of a night ends.
const ENDING: &str = ".why503";

/// The kept nights. Nobody else writes to them meanwhile.
pub(super) struct Store {
    directory: PathBuf,
    /// Locked while this lives; the system takes the lock back if the program dies.
    _lock: File,
}

impl Store {
    /// Opens a directory of nights, or makes it. Fails when another run is at work there.
    pub(super) fn open(directory: &Path) -> anyhow::Result<Self> {
        let what = || format!("--history {}: cannot be used; name another directory", directory.display());
        fs::create_dir_all(directory).with_context(what)?;
        let path = directory.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path).with_context(what)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { directory: directory.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                bail!("--history {}: another why503 is at work there; run again when it has ended", directory.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(what),
        }
    }

    fn path(&self, day: Date) -> PathBuf {
        self.directory.join(format!("{day}{ENDING}"))
    }

    /// Whether a night was kept.
    pub(super) fn has(&self, day: Date) -> bool {
        self.path(day).exists()
    }

    /// A night that was kept; the error says what is wrong with it.
    pub(super) fn read(&self, day: Date) -> anyhow::Result<(Conditions, Tally)> {
        partial::read(&self.path(day))
    }

    /// Keeps a night in the place of what was kept of it.
    pub(super) fn keep(&self, day: Date, conditions: &Conditions, tally: &Tally) -> anyhow::Result<()> {
        partial::write(&self.path(day), conditions, tally)
    }

    /// Removes the nights before `oldest`. Other files stay.
    pub(super) fn forget_before(&self, oldest: Date) -> anyhow::Result<()> {
        for day in self.days()?.into_iter().filter(|day| *day < oldest) {
            let path = self.path(day);
            fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        }
        Ok(())
    }

    fn days(&self) -> anyhow::Result<BTreeSet<Date>> {
        let entries = fs::read_dir(&self.directory).with_context(|| format!("reading {}", self.directory.display()))?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let day = |name: String| name.strip_suffix(ENDING).filter(|day| day.len() == 10)?.parse::<Date>().ok();
        Ok(names.filter_map(day).collect())
    }
}
