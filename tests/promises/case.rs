//! A fixture, and a run of the program over it.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder of `fixtures/` with a `case.toml`.
pub(crate) struct Case {
    pub(crate) name: String,
    directory: PathBuf,
}

impl Case {
    /// The case of that name.
    pub(crate) fn named(name: &str) -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        assert!(directory.join("case.toml").is_file(), "no case is called {name}");
        Self { name: name.to_owned(), directory }
    }

    /// Every case, by name; only those whose name holds `CASE`, where that is set.
    pub(crate) fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap());
        let mut names: Vec<String> = entries
            .filter(|entry| entry.path().join("case.toml").is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        let only = std::env::var("CASE").unwrap_or_default();
        names.retain(|name| name.contains(&only));
        names.sort();
        names.iter().map(|name| Self::named(name)).collect()
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.directory.join("logs")
    }

    pub(crate) fn want(&self) -> PathBuf {
        self.directory.join("want")
    }

    /// The number that `case.toml` gives the name.
    pub(crate) fn number(&self, name: &str) -> u64 {
        let text = fs::read_to_string(self.directory.join("case.toml")).unwrap();
        let table: toml::Table = text.parse().unwrap();
        table[name].as_integer().unwrap().try_into().unwrap()
    }

    /// A copy of the logs without those whose name below `logs/` fits `left_out`.
    pub(crate) fn logs_without(&self, left_out: impl Fn(&str) -> bool) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        for (name, path) in files(&self.logs()) {
            if !left_out(&name) {
                let target = copy.path().join(name);
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                fs::copy(path, target).unwrap();
            }
        }
        copy
    }
}

/// The files below a directory: by name, the path.
pub(crate) fn files(root: &Path) -> BTreeMap<String, PathBuf> {
    let entries = walkdir::WalkDir::new(root).into_iter().map(Result::unwrap);
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (name, entry.into_path())
        })
        .collect()
}

/// How a run came out, with the directory that it ran in.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    directory: TempDir,
}

/// Runs the program in an empty directory, which takes the report.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("why503"))
        .current_dir(directory.path())
        .env("TZ", "UTC")
        // Whoever runs the tests may have patterns of their own.
        .env("XDG_CONFIG_HOME", directory.path())
        .args(arguments)
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        directory,
    }
}

impl Ran {
    /// The files of the report.
    pub(crate) fn report(&self) -> BTreeMap<String, Vec<u8>> {
        let found = files(&self.directory.path().join("why503-report"));
        found.into_iter().map(|(name, path)| (name, fs::read(path).unwrap())).collect()
    }

    /// A file of the report as text.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.directory.path().join("why503-report").join(name)).unwrap()
    }

    /// `summary.json`.
    pub(crate) fn summary(&self) -> Value {
        serde_json::from_str(&self.text("summary.json")).unwrap()
    }

    /// The rows of a table by the name of the column.
    pub(crate) fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        csv::Reader::from_reader(self.text(name).as_bytes()).deserialize().map(Result::unwrap).collect()
    }
}
