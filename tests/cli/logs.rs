//! Small logs in a directory of their own, and the program run over them.

use assert_cmd::Command;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A directory that is gone at the end: `logs/` for the inputs, anything else beside.
pub(crate) struct Logs {
    directory: TempDir,
}

/// How a run came out.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Logs {
    /// No logs yet.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("logs")).unwrap();
        Self { directory }
    }

    /// With an outage in a balancer's log, the reason of it, and logs that have nothing to do with it.
    pub(crate) fn of_an_outage() -> Self {
        let logs = Self::new();
        logs.write("logs/lb1/haproxy.log", outage().as_bytes());
        logs.write("logs/app1/supervisord.log", SUPERVISOR.as_bytes());
        logs.write("logs/app1/cron.log", b"Nov 22 08:01:01 app1 CRON[77]: (root) CMD (run-parts /etc/cron.hourly)\n");
        logs
    }

    /// The path of something in the directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs the program in the directory.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, b"")
    }

    /// Runs it with standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let output = Command::new(assert_cmd::cargo::cargo_bin!("why503"))
            .current_dir(self.directory.path())
            .env("TZ", "UTC")
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            // Whoever runs the tests may have patterns of their own.
            .env("XDG_CONFIG_HOME", self.path("config"))
            .args(arguments)
            .write_stdin(input)
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Every file below a directory, by name.
    pub(crate) fn files(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path(name);
        let mut files = BTreeMap::new();
        for entry in walkdir::WalkDir::new(&root) {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(entry.path()).unwrap());
            }
        }
        files
    }

    /// A file of the report as text.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

/// The rows of CSV by the name of the column.
pub(crate) fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(csv.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// One HAProxy line.
pub(crate) fn haproxy(second: i64, status: u16, path: &str) -> String {
    let moment = jiff::Timestamp::from_second(START + second).unwrap();
    let stamp = moment.strftime("%d/%b/%Y:%H:%M:%S");
    let iso = moment.strftime("%Y-%m-%dT%H:%M:%S");
    let (server, state) = if status == 503 { ("<NOSRV>", "SC--") } else { ("app1", "----") };
    format!(
        "{iso}+00:00 lb1 haproxy[119]: 203.0.113.{}:41816 [{stamp}.212] fe_www bk_shop/{server} 0/0/0/8/9 {status} 812 \
         - - {state} 4/4/0/0/0 0/0 \"GET {path} HTTP/1.1\"\n",
        second.rem_euclid(200),
    )
}

/// 2026-11-22T08:00:00Z.
pub(crate) const START: i64 = 1_795_334_400;

/// Ten minutes of requests, all of which fail for 40 seconds from 08:05:19 on.
pub(crate) fn outage() -> String {
    let one = |second: i64| {
        let status = if (319..359).contains(&second) { 503 } else { 200 };
        format!("{}{}", haproxy(second, status, "/"), haproxy(second, status, &format!("/product/{second}")))
    };
    (0..600).map(one).collect()
}

/// What happened at 08:05:16.
pub(crate) const SUPERVISOR: &str = "\
2026-11-22 08:00:01,000 INFO success: shop entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
2026-11-22 08:05:16,384 WARN exited: shop (terminated by SIGSEGV; not expected)
2026-11-22 08:05:59,100 INFO spawned: 'shop' with pid 4711
2026-11-22 08:06:00,200 INFO success: shop entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)
";

/// Compressed with gzip, in as many members as there are texts.
pub(crate) fn gzipped(texts: &[&str]) -> Vec<u8> {
    let member = |text: &&str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    texts.iter().flat_map(member).collect()
}

/// As an argument.
pub(crate) fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}
