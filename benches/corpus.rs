//! Writes a directory of logs of a made-up site, with the counts that are true of it in `truth.json`.
//!
//! `cargo run --release --example corpus -- DIR [--size 64M] [--seed 1] [--only access|haproxy|json [--days 1]]`
//!
//! Four days of two web servers behind HAProxy with PHP-FPM, an application that writes JSON lines, syslog and packet
//! filter; the older half of the days packed by gzip. Three incidents: a pool of workers that is full, a backend that
//! is down, a maintenance switch. With `--only` one log of a day, or of so many days. The same arguments give the same
//! bytes. `truth.json` has what is true of all, of the hour around the full pool, and of each file.

#![allow(clippy::expect_used, reason = "a tool of ours: what it cannot write ends it")]

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Days of logs; the last one ends at midnight before this date (UTC).
const DAYS: i64 = 4;
/// 2026-10-06T00:00:00Z.
const END: i64 = 1_791_244_800;
const DAY: i64 = 86_400;

/// When an incident was, in seconds before [`END`], and how long.
const FULL_POOL: (i64, i64) = (9 * 3600, 600);
const DOWN_BACKEND: (i64, i64) = (DAY + 5 * 3600, 420);
const MAINTENANCE: (i64, i64) = (2 * DAY + 7 * 3600, 900);
/// The hour around the full pool: 14:30 to 15:30 of the last day.
const HOUR: (i64, i64) = (9 * 3600 + 1800, 3600);

const AGENTS: [&str; 5] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
];
const PLACES: [&str; 6] = ["/product/", "/category/", "/api/v1/items/", "/static/app-", "/search?q=", "/cart/add/"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// SplitMix64 (S. Vigna, public domain): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

/// One log of one day.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Access,
    Haproxy,
    Json,
    NginxError,
    PhpFpm,
    Syslog,
    Kernel,
}

struct Log {
    path: &'static str,
    host: &'static str,
    kind: Kind,
    /// Bytes of a day, in thousandths of all.
    share: u64,
}

const LOGS: [Log; 10] = [
    Log { path: "lb1/haproxy.log", host: "lb1", kind: Kind::Haproxy, share: 240 },
    Log { path: "web1/nginx/access.log", host: "web1", kind: Kind::Access, share: 210 },
    Log { path: "web2/nginx/access.log", host: "web2", kind: Kind::Access, share: 210 },
    Log { path: "app1/checkout.jsonl", host: "app1", kind: Kind::Json, share: 140 },
    Log { path: "web1/nginx/error.log", host: "web1", kind: Kind::NginxError, share: 20 },
    Log { path: "web2/nginx/error.log", host: "web2", kind: Kind::NginxError, share: 20 },
    Log { path: "web1/php8.2-fpm.log", host: "web1", kind: Kind::PhpFpm, share: 5 },
    Log { path: "web1/syslog", host: "web1", kind: Kind::Syslog, share: 75 },
    Log { path: "web2/syslog", host: "web2", kind: Kind::Syslog, share: 50 },
    Log { path: "web1/kern.log", host: "web1", kind: Kind::Kernel, share: 30 },
];

/// What is true of a file, or of all.
#[derive(Default, Clone, Copy)]
struct Truth {
    bytes: u64,
    lines: u64,
    requests: u64,
    failed: u64,
    /// Of [`HOUR`].
    hour: Hour,
}

/// What is true of an hour.
#[derive(Default, Clone, Copy)]
struct Hour {
    requests: u64,
    failed: u64,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut directory, mut size, mut seed, mut only, mut days) = (None, 64_000_000, 1, None, 1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().expect("a value behind the option");
        match argument.as_str() {
            "--size" => size = bytes(&value()),
            "--seed" => seed = value().parse().expect("--seed: a number"),
            "--only" => only = Some(value()),
            "--days" => days = value().parse().expect("--days: a number"),
            _ => directory = Some(PathBuf::from(argument)),
        }
    }
    let Some(directory) = directory else {
        eprintln!("usage: corpus DIR [--size 64M] [--seed 1] [--only access|haproxy|json [--days 1]]");
        std::process::exit(2);
    };
    let mut files = Vec::new();
    match only.as_deref() {
        None => {
            for (index, log) in LOGS.iter().enumerate() {
                for back in 0..DAYS {
                    let path = match back {
                        0 => log.path.to_owned(),
                        1 => format!("{}.1", log.path),
                        _ => format!("{}.{back}.gz", log.path),
                    };
                    let random = Random(seed * 1000 + index as u64 * 10 + back as u64);
                    let wanted = size * log.share / 1000 / DAYS as u64;
                    let truth = write(&directory, &path, log, (END - (back + 1) * DAY, DAY), wanted, random);
                    files.push((path, truth));
                }
            }
        }
        Some(only) => {
            let (kind, path) = match only {
                "haproxy" => (Kind::Haproxy, "haproxy.log"),
                "json" => (Kind::Json, "checkout.jsonl"),
                _ => (Kind::Access, "access.log"),
            };
            let log = Log { path, host: "web1", kind, share: 1000 };
            let truth = write(&directory, path, &log, (END - days * DAY, days * DAY), size, Random(seed));
            files.push((path.to_owned(), truth));
        }
    }
    fs::write(directory.join("truth.json"), truth_text(&files)).expect("truth.json");
}

/// `64M` in bytes.
fn bytes(text: &str) -> u64 {
    let number = |digits: &str| digits.parse::<u64>().expect("--size: a number with K, M or G");
    match text.as_bytes().last() {
        Some(b'K') => number(&text[..text.len() - 1]) * 1000,
        Some(b'M') => number(&text[..text.len() - 1]) * 1_000_000,
        Some(b'G') => number(&text[..text.len() - 1]) * 1_000_000_000,
        _ => number(text),
    }
}

fn truth_text(files: &[(String, Truth)]) -> String {
    let fields = |truth: &Truth| {
        let Truth { bytes, lines, requests, failed, .. } = truth;
        format!("\"bytes\": {bytes}, \"lines\": {lines}, \"requests\": {requests}, \"failed\": {failed}")
    };
    let all = files.iter().fold(Truth::default(), |sum, (_, truth)| Truth {
        bytes: sum.bytes + truth.bytes,
        lines: sum.lines + truth.lines,
        requests: sum.requests + truth.requests,
        failed: sum.failed + truth.failed,
        hour: Hour { requests: sum.hour.requests + truth.hour.requests, failed: sum.hour.failed + truth.hour.failed },
    });
    let Hour { requests, failed } = all.hour;
    let hour = format!("\"requests\": {requests}, \"failed\": {failed}");
    let rows: Vec<String> =
        files.iter().map(|(path, truth)| format!("  {{\"path\": \"{path}\", {}}}", fields(truth))).collect();
    format!(
        "{{\n \"all\": {{{}}},\n \"hour\": {{{hour}}},\n \"files\": [\n{}\n ]\n}}\n",
        fields(&all),
        rows.join(",\n")
    )
}

/// Writes the log of so many seconds from a second on, about `wanted` bytes.
fn write(
    directory: &Path,
    path: &str,
    log: &Log,
    (from, length): (i64, i64),
    wanted: u64,
    mut random: Random,
) -> Truth {
    let target = directory.join("logs").join(path);
    fs::create_dir_all(target.parent().expect("a directory")).expect("the directory of a log");
    let file = BufWriter::new(File::create(&target).expect("a log"));
    let mut out: Box<dyn Write> =
        if path.ends_with(".gz") { Box::new(GzEncoder::new(file, Compression::new(6))) } else { Box::new(file) };
    let usual = match log.kind {
        Kind::Access => 235,
        Kind::Haproxy => 215,
        Kind::Json => 270,
        _ => 130,
    };
    let steps = (wanted / usual).max(1);
    let mut truth = Truth::default();
    let mut line = String::new();
    for step in 0..steps {
        let pause = (length * 1_000_000) as u64 / steps;
        let micros = pause * step + random.below(pause);
        let now = from + (micros / 1_000_000) as i64;
        line.clear();
        let failed = write_line(&mut line, log, now, micros % 1_000_000, &mut random);
        truth.lines += line.bytes().filter(|byte| *byte == b'\n').count() as u64;
        truth.bytes += line.len() as u64;
        if let Some(failed) = failed {
            truth.requests += 1;
            truth.failed += u64::from(failed);
            if is_in(HOUR, now) {
                truth.hour.requests += 1;
                truth.hour.failed += u64::from(failed);
            }
        }
        out.write_all(line.as_bytes()).expect("a line");
    }
    out.flush().expect("the end of a log");
    truth
}

fn is_in((back, length): (i64, i64), now: i64) -> bool {
    (END - back..END - back + length).contains(&now)
}

/// Adds one record; for a request, whether it was answered with 503.
fn write_line(line: &mut String, log: &Log, now: i64, micros: u64, random: &mut Random) -> Option<bool> {
    let stamp = Stamp::of(now);
    let client = format!("203.0.{}.{}", 113 + random.below(6), 1 + random.below(250));
    let path = format!("{}{}", PLACES[random.below(6) as usize], random.below(40_000));
    let agent = AGENTS[random.below(5) as usize];
    let refused = is_in(MAINTENANCE, now) || is_in(FULL_POOL, now) && random.below(10) < 6;
    let down = is_in(DOWN_BACKEND, now) && random.below(10) < 8;
    let failed = match log.kind {
        Kind::Access => refused && log.host == "web1",
        Kind::Haproxy => down || refused && random.one_in(2),
        _ => false,
    };
    let status = if failed { 503 } else { [200, 200, 200, 200, 200, 304, 301, 404][random.below(8) as usize] };
    let size = 200 + random.below(40_000);
    let written = match log.kind {
        Kind::Access => writeln!(
            line,
            "{client} - - [{}] \"GET {path} HTTP/1.1\" {status} {size} \"https://shop.example/\" \"{agent}\"",
            stamp.clf()
        ),
        Kind::Haproxy => {
            let (server, state) = if down { ("<NOSRV>", "SC--") } else { ("web1", "----") };
            let time = random.below(300);
            writeln!(
                line,
                "{} lb1 haproxy[2214]: {client}:{} [{}.{:03}] https-in~ be_shop/{server} 0/0/1/{time}/{time} {status} {size} - - {state} 150/148/11/11/0 0/0 {{shop.example}} \"GET {path} HTTP/2.0\"",
                stamp.syslog(),
                1024 + random.below(60_000),
                stamp.clf_local(),
                micros / 1000
            )
        }
        Kind::Json => writeln!(
            line,
            "{{\"ts\":\"{}.{:03}Z\",\"level\":\"info\",\"service\":\"checkout\",\"host\":\"app1\",\"msg\":\"order stored\",\"req_id\":\"{:012x}\",\"items\":{},\"duration_ms\":{},\"client\":\"{client}\"}}",
            stamp.iso(),
            micros / 1000,
            random.next() >> 16,
            1 + random.below(9),
            random.below(400)
        ),
        Kind::NginxError if is_in(FULL_POOL, now) => writeln!(
            line,
            "{} [error] 96#96: *{} connect() to unix:/run/php/php8.2-fpm.sock failed (11: Resource temporarily unavailable) while connecting to upstream, client: {client}, server: shop.example, request: \"GET {path} HTTP/1.1\", upstream: \"fastcgi://unix:/run/php/php8.2-fpm.sock:\", host: \"shop.example\"",
            stamp.slash(),
            random.below(90_000)
        ),
        Kind::NginxError => writeln!(
            line,
            "{} [error] 96#96: *{} open() \"/srv/www{path}\" failed (2: No such file or directory), client: {client}, server: shop.example",
            stamp.slash(),
            random.below(90_000)
        ),
        Kind::PhpFpm if is_in(FULL_POOL, now) => writeln!(
            line,
            "[{}] WARNING: [pool www] server reached pm.max_children setting (40), consider raising it",
            stamp.day_month()
        ),
        Kind::PhpFpm => {
            writeln!(line, "[{}] NOTICE: [pool www] child {} started", stamp.day_month(), random.below(30_000))
        }
        Kind::Syslog => writeln!(
            line,
            "{} {} systemd[1]: session-{}.scope: Deactivated successfully.",
            stamp.syslog(),
            log.host,
            random.below(9000)
        ),
        Kind::Kernel => writeln!(
            line,
            "{} {} kernel: [{}.{micros:06}] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:12:34:56 SRC={client} DST=198.51.100.20 LEN=44 TOS=0x00 PREC=0x00 TTL=240 ID={} PROTO=TCP SPT={} DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0",
            stamp.syslog(),
            log.host,
            now - (END - DAYS * DAY) + 1000,
            random.below(60_000),
            1024 + random.below(60_000)
        ),
    };
    written.expect("text grows");
    matches!(log.kind, Kind::Access | Kind::Haproxy).then_some(failed)
}

/// A second of UTC in the ways in which the logs write it.
struct Stamp {
    year: i64,
    month: usize,
    day: i64,
    clock: String,
}

impl Stamp {
    /// `civil_from_days` of H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    fn of(second: i64) -> Self {
        let days = second.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let rest = second.rem_euclid(DAY);
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as usize,
            day: day_of_year - (153 * shifted + 2) / 5 + 1,
            clock: format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60),
        }
    }

    fn name(&self) -> &'static str {
        MONTHS[self.month - 1]
    }

    fn clf_local(&self) -> String {
        format!("{:02}/{}/{}:{}", self.day, self.name(), self.year, self.clock)
    }

    fn clf(&self) -> String {
        format!("{} +0000", self.clf_local())
    }

    fn syslog(&self) -> String {
        format!("{} {:>2} {}", self.name(), self.day, self.clock)
    }

    fn iso(&self) -> String {
        format!("{}-{:02}-{:02}T{}", self.year, self.month, self.day, self.clock)
    }

    fn slash(&self) -> String {
        format!("{}/{:02}/{:02} {}", self.year, self.month, self.day, self.clock)
    }

    fn day_month(&self) -> String {
        format!("{:02}-{}-{} {}", self.day, self.name(), self.year, self.clock)
    }
}
