//! A month of nights, each read when it was over: with rotation, compression, a log that came late, a night that was
//! missed and one that was read twice. Together they are what one run over everything counts.

use crate::case::files;
use assert_cmd::Command;
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// In this month the clocks of the zone go forward, on the 30th.
const ZONE: &str = "Europe/Berlin";
const FIRST: Date = date(2025, 3, 1);
const NIGHTS: i32 = 31;
/// Nights with an outage at 10:00 UTC.
const OUTAGES: [i32; 3] = [3, 12, 28];
/// Its log of the second balancer comes two days late.
const LATE: i32 = 9;
const MISSED: i32 = 15;
const AGAIN: i32 = 20;
/// Rotated logs that are kept.
const ROTATIONS: usize = 9;

fn day(night: i32) -> Date {
    FIRST.checked_add(night.days()).unwrap()
}

/// The first second of a day in UTC.
fn midnight(night: i32) -> i64 {
    day(night).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second()
}

/// A request to a balancer that ended at `second` and took so many milliseconds.
fn request(host: &str, second: i64, status: u16, path: &str, took: i64) -> String {
    let end = Timestamp::from_second(second).unwrap();
    let start = Timestamp::from_millisecond(second * 1000 - took).unwrap();
    let (server, state) = if status == 503 { ("<NOSRV>", "SC--") } else { ("app1", "----") };
    format!(
        "{}+00:00 {host} haproxy[119]: 203.0.113.{}:41816 [{}.{:03}] fe_www bk_shop/{server} 0/0/0/{took}/{took} {status} \
         812 - - {state} 4/4/0/0/0 0/0 \"GET /{host}{path} HTTP/1.1\"\n",
        end.strftime("%Y-%m-%dT%H:%M:%S"),
        second % 200,
        start.strftime("%d/%b/%Y:%H:%M:%S"),
        start.subsec_millisecond(),
    )
}

/// What a balancer logs on a day of UTC: traffic, five 503s of a nightly job at 03:00, an outage, and requests that are
/// still running at midnight, there and in the zone of the report.
fn requests(host: &str, night: i32) -> String {
    let start = midnight(night);
    let mut lines: Vec<(i64, String)> = (0..288)
        .map(|step| start + step * 300 + 7)
        .map(|second| (second, request(host, second, 200, &format!("/p/{}", second % 50), 9)))
        .collect();
    for midnight in [start, start + 79_200, start + 82_800] {
        lines.push((midnight + 2, request(host, midnight + 2, 200, "/slow", 5000)));
    }
    lines.extend((0..5).map(|second| start + 10_801 + second).map(|at| (at, request(host, at, 503, "/job", 9))));
    if OUTAGES.contains(&night) {
        let seconds = (0..240).map(|index| start + 36_000 + index / 6);
        lines.extend(seconds.map(|at| (at, request(host, at, 503, &format!("/shop/{}", at % 6), 9))));
    }
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn supervisor(night: i32) -> String {
    if !OUTAGES.contains(&night) {
        return String::new();
    }
    let died = Timestamp::from_second(midnight(night) + 35_998).unwrap().strftime("%Y-%m-%d %H:%M:%S");
    format!("{died},384 WARN exited: shop (terminated by SIGSEGV; not expected)\n")
}

/// A directory of logs as it stands on a morning, and the history.
struct Site {
    directory: TempDir,
}

impl Site {
    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a log as it was last written at `second`.
    fn write(&self, name: &str, bytes: &[u8], second: i64) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = File::create(path).unwrap();
        file.write_all(bytes).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(second.try_into().unwrap())).unwrap();
    }

    /// The logs on the morning after a night: the balancers' are rotated at midnight of UTC, and the older ones packed.
    fn morning(&self, night: i32) {
        let _ = fs::remove_dir_all(self.path("logs"));
        for host in ["lb1", "lb2"] {
            for age in 0..=ROTATIONS.min(night as usize) {
                let of = night - age as i32;
                if host == "lb2" && of == LATE && night < LATE + 2 {
                    continue;
                }
                let (name, text) = (format!("logs/{host}/haproxy.log.{}", age + 1), requests(host, of));
                match age {
                    0 => self.write(&name, text.as_bytes(), midnight(of + 1)),
                    _ => self.write(&format!("{name}.gz"), &packed(&text), midnight(of + 1)),
                }
            }
            // What was logged between midnight and the run.
            let after: String = requests(host, night + 1).lines().take(50).map(|line| format!("{line}\n")).collect();
            self.write(&format!("logs/{host}/haproxy.log"), after.as_bytes(), midnight(night + 1) + 14_400);
        }
        let deaths: String = (0..=night).map(supervisor).collect();
        self.write("logs/app1/supervisord.log", deaths.as_bytes(), midnight(night + 1));
    }

    fn run(&self, arguments: &[&str]) {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("why503"));
        command.current_dir(self.directory.path()).env("TZ", "UTC").args(arguments).args(["--tz", ZONE]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn read(&self, night: i32, out: &str) {
        self.read_nights(night, night + 1, out);
    }

    fn read_nights(&self, first: i32, end: i32, out: &str) {
        let (since, until) = (day(first).to_string(), day(end).to_string());
        self.run(&["logs", "--history", "nights", "--since", &since, "--until", &until, "-o", out]);
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// The rows without the columns that name a file or a line: a log has another name each morning.
fn without_places(csv: &str) -> Vec<BTreeMap<String, String>> {
    let rows = csv::Reader::from_reader(csv.as_bytes()).into_deserialize();
    let mut rows: Vec<BTreeMap<String, String>> = rows.map(Result::unwrap).collect();
    for row in &mut rows {
        for place in ["source", "line", "first_evidence"] {
            row.remove(place);
        }
    }
    rows
}

/// Everything in one place, as nobody has it in life.
fn write_everything(site: &Site) {
    for host in ["lb1", "lb2"] {
        let text: String = (-1..=NIGHTS).map(|night| requests(host, night)).collect();
        site.write(&format!("everything/{host}/haproxy.log"), text.as_bytes(), midnight(NIGHTS + 1));
    }
    let deaths: String = (0..NIGHTS).map(supervisor).collect();
    site.write("everything/app1/supervisord.log", deaths.as_bytes(), midnight(NIGHTS));
}

#[test]
fn the_sum_of_the_nights_is_one_run_over_everything() {
    let site = Site { directory: tempfile::tempdir().unwrap() };
    // The first night of the zone begins before that of UTC.
    for night in (0..NIGHTS).filter(|night| *night != MISSED) {
        site.morning(night);
        if night == 0 {
            for host in ["lb1", "lb2"] {
                site.write(&format!("logs/{host}/haproxy.log.2.gz"), &packed(&requests(host, -1)), midnight(0));
            }
        }
        site.read(night, "report");
        if night == LATE + 2 {
            // A day of UTC ends in the next night of the zone.
            site.read_nights(LATE, LATE + 2, "late");
        }
        if night == MISSED + 3 {
            site.read(MISSED, "missed");
        }
        if night == AGAIN {
            let before = (files_of(&site.path("nights")), files_of(&site.path("report")));
            site.read(AGAIN, "report");
            assert!(before == (files_of(&site.path("nights")), files_of(&site.path("report"))), "a night read twice");
        }
    }
    let nights: Vec<String> = (0..NIGHTS).map(|night| format!("nights/{}.why503", day(night))).collect();
    let names: Vec<&str> = nights.iter().map(String::as_str).collect();
    site.run(&[&["merge", "-o", "sum"], names.as_slice()].concat());
    write_everything(&site);
    let (since, until) = (FIRST.to_string(), day(NIGHTS).to_string());
    site.run(&["everything", "-o", "whole", "--since", &since, "--until", &until]);
    for name in ["timeline.csv", "incidents.csv", "causes.csv", "affected.csv", "evidence.csv", "checklist.csv"] {
        let (sum, whole) =
            (without_places(&site.text(&format!("sum/{name}"))), without_places(&site.text(&format!("whole/{name}"))));
        let differing = sum.iter().zip(&whole).find(|(one, other)| one != other);
        assert!(sum == whole, "{name}: {} and {} rows, first {differing:#?}", sum.len(), whole.len());
    }
    let total = |report: &str| {
        let summary: serde_json::Value = serde_json::from_str(&site.text(&format!("{report}/summary.json"))).unwrap();
        (summary["total_requests"].as_u64().unwrap(), summary["total_503"].as_u64().unwrap())
    };
    assert_eq!(total("sum"), total("whole"));
    assert_eq!(total("sum").1, 2 * (31 * 5 + 3 * 240), "each 503 once");
    the_report_says_what_is_new(&site);
}

fn files_of(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    files(directory).into_iter().map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}

/// The noise of 03:00 is there every night; the outage of the 29th was last there on the 13th.
fn the_report_says_what_is_new(site: &Site) {
    site.read(OUTAGES[2], "outage");
    let story = site.text("outage/report.md");
    assert!(story.contains("## Compared with the 14 nights before"), "{story}");
    assert!(story.contains("11:00-12:00: 480 503s; usual at that time: 0 "), "{story}");
    assert!(story.contains("1 hour has 503s as usual at that time"), "the noise of 03:00 is no news: {story}");
    assert!(!story.contains("04:00-05:00"), "{story}");
    let nights = without_places(&site.text("outage/nights.csv"));
    assert_eq!(nights.len(), 15);
    assert_eq!((nights[14]["night"].as_str(), nights[14]["requests_503"].as_str()), ("2025-03-29", "490"));
    assert!(site.text("outage/report.html").contains("Compared with the 14 nights before"));
}
