#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use std::collections::BTreeSet;
use tempfile::{TempDir, tempdir};

/// Publishes a report of two files that hold `text`.
fn publish_as(directory: &Path, text: &str) -> Result<Written, ReportError> {
    publish(directory, &["report.md", "summary.json"], &mut |staging| {
        fs::write(staging.join("report.md"), text).unwrap();
        let summary = format!(r#"{{"schema_version": {SCHEMA_VERSION}, "tool_version": "0", "text": "{text}"}}"#);
        fs::write(staging.join("summary.json"), summary).unwrap();
        Ok(())
    })
}

fn names(directory: &Path) -> BTreeSet<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn place() -> (TempDir, PathBuf) {
    let place = tempdir().unwrap();
    let target = place.path().join("deep/report");
    (place, target)
}

#[test]
fn an_earlier_report_is_replaced_whole() {
    let (_place, target) = place();
    publish_as(&target, "first").unwrap();
    fs::write(target.join("causes.csv"), "of a run that wrote more").unwrap();
    let written = publish_as(&target, "second").unwrap();
    assert_eq!(names(&target), set(&["report.md", "summary.json"]));
    assert_eq!(fs::read_to_string(target.join("report.md")).unwrap(), "second");
    assert_eq!(names(target.parent().unwrap()), set(&["report"]), "nothing is left beside");
    assert_eq!(written.files, ["report.md", "summary.json"].map(|name| target.join(name)));
}

#[test]
fn files_of_others_stay() {
    for foreign in [&["notes.txt"][..], &["report.md"], &["summary.json"]] {
        let (_place, target) = place();
        fs::create_dir_all(&target).unwrap();
        foreign.iter().for_each(|name| fs::write(target.join(name), "mine").unwrap());
        publish_as(&target, "ours").unwrap();
        assert!(names(&target).is_superset(&set(foreign)));
        assert_eq!(fs::read_to_string(target.join("report.md")).unwrap(), "ours");
        assert_eq!(target.join("notes.txt").exists(), foreign.contains(&"notes.txt"));
        assert!(!names(&target).iter().any(|name| name.starts_with('.')), "nothing is left inside");
    }
    // A report of ours to which somebody added a file.
    let (_place, target) = place();
    publish_as(&target, "first").unwrap();
    fs::write(target.join("notes.txt"), "mine").unwrap();
    publish_as(&target, "second").unwrap();
    assert_eq!(fs::read_to_string(target.join("notes.txt")).unwrap(), "mine");
}

#[test]
fn a_failure_leaves_the_earlier_report() {
    let (_place, target) = place();
    publish_as(&target, "first").unwrap();
    let error = publish(&target, &["report.md"], &mut |staging| {
        fs::write(staging.join("report.md"), "hal").unwrap();
        Err(failed("writing", staging)(io::Error::other("disk full")))
    });
    assert!(error.unwrap_err().to_string().contains("disk full; name a directory that can be written with --out"));
    assert_eq!(fs::read_to_string(target.join("report.md")).unwrap(), "first");
    assert_eq!(names(target.parent().unwrap()), set(&["report"]));
}

#[test]
fn what_is_no_directory_is_not_touched() {
    let (_place, target) = place();
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::write(&target, "a file").unwrap();
    let error = publish_as(&target, "x").unwrap_err().to_string();
    assert!(error.contains("is no directory") && error.contains("--out"), "{error}");
    assert_eq!(fs::read_to_string(&target).unwrap(), "a file");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let (place, target) = place();
    publish_as(&target, "first").unwrap();
    let link = place.path().join("latest");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    publish_as(&link, "second").unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(target.join("report.md")).unwrap(), "second");
    let nowhere = place.path().join("nowhere");
    std::os::unix::fs::symlink(place.path().join("missing"), &nowhere).unwrap();
    assert!(publish_as(&nowhere, "x").is_err());
}
