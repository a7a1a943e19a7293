//! The files of `contrib/`: what they run does run, and they are what their readers take.

use crate::logs::{Logs, outage};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn contrib(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs a command of a file, with its directories moved into the one of the test.
fn runs(what: &str, arguments: &[&str]) {
    let logs = Logs::new();
    logs.write("in/haproxy.log", outage().as_bytes());
    let moved: Vec<String> = arguments
        .iter()
        .map(|argument| match argument.rsplit(['/', '\\']).next() {
            _ if argument.starts_with('-') => (*argument).to_owned(),
            Some(last @ ("nights" | "report")) => last.to_owned(),
            _ => "in".to_owned(),
        })
        .collect();
    let moved: Vec<&str> = moved.iter().map(String::as_str).collect();
    let ran = logs.run(&moved);
    assert_eq!(ran.code, 0, "{what}: {moved:?}: {}", ran.err);
    assert!(ran.out.lines().count() <= 1, "{what}: at most one line, for the journal: {}", ran.out);
    assert!(logs.path("report/report.html").exists() && logs.path("nights/lock").exists(), "{what}");
    assert_eq!(logs.files("nights").len(), 2, "{what}: yesterday is kept");
}

fn skip(test: &str, missing: &str) {
    eprintln!("SKIPPED {test}: {missing} is not installed");
}

/// The unit with the program of this build, where `systemd-analyze` finds it.
fn units() -> (Logs, PathBuf) {
    let logs = Logs::new();
    let program = assert_cmd::cargo::cargo_bin!("why503");
    let service = contrib("systemd/why503.service").replace("/usr/local/bin/why503", program.to_str().unwrap());
    let path = logs.write("units/why503.service", service.as_bytes());
    logs.write("units/why503.timer", contrib("systemd/why503.timer").as_bytes());
    (logs, path)
}

#[test]
fn the_service_runs() {
    let service = contrib("systemd/why503.service");
    let start = service.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let arguments: Vec<&str> = start.split_whitespace().skip(1).collect();
    runs("why503.service", &arguments);
}

#[test]
fn systemd_takes_the_units() {
    let (logs, service) = units();
    let verify = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&service)
        .arg(logs.path("units/why503.timer"))
        .output();
    let Ok(verify) = verify else { return skip("systemd_takes_the_units", "systemd-analyze") };
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
    let security = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager"])
        .arg(&service)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&security.stdout).into_owned();
    // Before 250 it cannot look at a file.
    let Some((_, level)) = text.split_once("Overall exposure level for why503.service: ") else {
        return skip("systemd_takes_the_units", "a systemd-analyze that knows `security --offline`");
    };
    let level: f64 = level.split_whitespace().next().unwrap().parse().unwrap();
    assert!(level <= 1.0, "exposure {level}: {text}");
}

#[test]
fn the_line_for_cron_runs() {
    let table = contrib("cron/why503");
    let entries: Vec<&str> =
        table.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit() || first == '*')).collect();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    let fields: Vec<&str> = entry.split_whitespace().collect();
    assert_eq!((fields.len() > 6, fields[5]), (true, "root"), "five fields of time, then the user");
    assert!(table.ends_with('\n') && !entry.contains('%'), "cron wants a line end, and takes a percent sign for one");
    let program = fields.iter().position(|field| *field == "why503").unwrap();
    runs("cron", &fields[program + 1..]);
}

#[test]
fn the_task_for_windows_is_xml_and_runs() {
    let text = contrib("windows/why503-task.xml");
    let document = roxmltree::Document::parse(&text).unwrap();
    let one = |name: &str| {
        let found: Vec<&str> = document
            .descendants()
            .filter(|node| node.has_tag_name(("http://schemas.microsoft.com/windows/2004/02/mit/task", name)))
            .filter_map(|node| node.text())
            .collect();
        assert_eq!(found.len(), 1, "{name}");
        found[0]
    };
    assert!(one("Command").ends_with("why503.exe"));
    assert_eq!(one("DaysInterval"), "1");
    runs("Task Scheduler", &one("Arguments").split_whitespace().collect::<Vec<_>>());
}

#[test]
fn the_cron_job_of_kubernetes_is_yaml_and_runs() {
    let documents = yaml_rust2::YamlLoader::load_from_str(&contrib("kubernetes/cronjob.yaml")).unwrap();
    let [job] = documents.as_slice() else { panic!("one document") };
    assert_eq!((job["apiVersion"].as_str(), job["kind"].as_str()), (Some("batch/v1"), Some("CronJob")));
    assert_eq!(job["spec"]["concurrencyPolicy"].as_str(), Some("Forbid"));
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"].as_bool(), Some(true));
    let mounts: Vec<&str> =
        container["volumeMounts"].as_vec().unwrap().iter().map(|mount| mount["name"].as_str().unwrap()).collect();
    let volumes: Vec<&str> =
        pod["volumes"].as_vec().unwrap().iter().map(|volume| volume["name"].as_str().unwrap()).collect();
    assert_eq!(mounts, volumes);
    let arguments: Vec<&str> =
        container["args"].as_vec().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect();
    runs("CronJob", &arguments);
}
