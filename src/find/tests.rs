#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::model::trouble::Severity;

struct Tree(TempDir);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let tree = Self(TempDir::new().unwrap());
        for (name, content) in files {
            let path = tree.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn input(&self, name: &str) -> OsString {
        self.path(name).into_os_string()
    }

    fn find(&self, inputs: &[&str]) -> Found {
        find(&inputs.iter().map(|input| self.input(input)).collect::<Vec<_>>())
    }
}

fn names(found: &Found) -> Vec<&str> {
    found.sources.iter().map(|source| source.name.as_str()).collect()
}

#[test]
fn a_directory_gives_its_files_by_name() {
    let tree =
        Tree::new(&[("web2/b.log", "1"), ("web1/nginx/access.log", "22"), ("web1/a.log", "333"), ("B.log", "4444")]);
    let found = tree.find(&[""]);
    assert_eq!(names(&found), ["B.log", "web1/a.log", "web1/nginx/access.log", "web2/b.log"]);
    assert_eq!(found.sources[0].size, Some(4));
    assert!(found.sources[0].modified.is_some());
    assert!(found.troubles.is_empty());
}

#[test]
fn files_keep_the_path_given_and_globs_are_expanded() {
    let tree = Tree::new(&[("a.log", "1"), ("b.log", "22"), ("c.txt", "333"), ("[d].log", "4444")]);
    let found = tree.find(&["*.log", "c.txt", "[d].log"]);
    let expected: Vec<String> =
        ["[d].log", "a.log", "b.log", "c.txt"].iter().map(|name| shown(&tree.path(name))).collect();
    assert_eq!(names(&found), expected);
}

#[test]
fn what_does_not_exist_is_lost_and_the_rest_is_found() {
    let tree = Tree::new(&[("a.log", "1")]);
    let found = tree.find(&["a.log", "b.log", "*.zip"]);
    assert_eq!(found.sources.len(), 1);
    assert!(found.troubles.iter().all(|trouble| trouble.severity == Severity::Lost));
    assert_eq!(found.troubles.len(), 2);
}

#[test]
fn standard_input_is_read_once() {
    let found = find(&["-".into(), "-".into()]);
    assert_eq!(names(&found), [STANDARD_INPUT]);
    assert_eq!(found.sources[0].origin, Origin::StandardInput);
    assert_eq!(found.troubles.len(), 1);
}

#[test]
fn names_of_two_directories_are_told_apart() {
    let tree = Tree::new(&[
        ("web1/access.log", "1"),
        ("web1/error.log", "22"),
        ("web2/access.log", "333"),
        ("db/x.log", "4444"),
    ]);
    let found = tree.find(&["web1", "web2", "db"]);
    assert_eq!(names(&found), ["db/x.log", "web1/access.log", "web1/error.log", "web2/access.log"]);
}

#[test]
fn directories_of_one_name_are_told_apart_by_their_paths() {
    let tree = Tree::new(&[("a/log/access.log", "1"), ("a/log/error.log", "22"), ("b/log/access.log", "333")]);
    let found = tree.find(&["a/log", "b/log"]);
    let long = |name: &str| shown(&tree.path(name));
    assert_eq!(names(&found), [long("a/log/access.log"), long("a/log/error.log"), long("b/log/access.log")]);
}

#[test]
fn hard_and_symbolic_links_are_read_once() {
    let tree = Tree::new(&[("app.log", "text"), ("real/x.log", "other text")]);
    fs::hard_link(tree.path("app.log"), tree.path("b-hard.log")).unwrap();
    symlink(tree.path("app.log"), tree.path("c-soft.log")).unwrap();
    symlink(tree.path("real"), tree.path("linked")).unwrap();
    let found = tree.find(&[""]);
    assert_eq!(names(&found), ["app.log", "real/x.log"]);
    assert_eq!(found.troubles.len(), 3, "{:?}", found.troubles);
    assert!(found.troubles.iter().all(|trouble| trouble.severity == Severity::Note));
}

#[test]
fn links_that_lead_out_are_followed_and_loops_are_not() {
    let outside = Tree::new(&[("mysql/error.log", "text")]);
    let tree = Tree::new(&[("a/x.log", "1"), ("b/y.log", "22")]);
    symlink(outside.path("mysql"), tree.path("mysql")).unwrap();
    symlink(tree.path(""), tree.path("a/up")).unwrap();
    symlink(tree.path("b"), tree.path("a/to-b")).unwrap();
    symlink(tree.path("a"), tree.path("b/to-a")).unwrap();
    symlink("self", tree.path("self")).unwrap();
    symlink("nothing", tree.path("dangling")).unwrap();
    let found = tree.find(&[""]);
    assert_eq!(names(&found), ["a/x.log", "b/y.log", "mysql/error.log"]);
    assert_eq!(found.troubles.len(), 5, "{:?}", found.troubles);
    assert!(found.troubles.iter().all(|trouble| trouble.severity == Severity::Note));
}

#[test]
fn pipes_and_sockets_are_skipped_without_waiting() {
    let tree = Tree::new(&[("a.log", "1")]);
    assert!(Command::new("mkfifo").arg(tree.path("pipe")).status().unwrap().success());
    let _listener = std::os::unix::net::UnixListener::bind(tree.path("socket")).unwrap();
    let found = tree.find(&[""]);
    assert_eq!(names(&found), ["a.log"]);
    assert_eq!(found.troubles.len(), 2);
    let named = tree.find(&["pipe"]);
    assert!(named.sources.is_empty());
    assert_eq!(named.troubles[0].severity, Severity::Lost);
}

#[test]
fn copies_are_read_once_and_empty_files_all() {
    let long = "a line of a log\n".repeat(10_000);
    let mut other = long.clone();
    other.replace_range(150_000..150_001, "X");
    let tree = Tree::new(&[
        ("access.log.1", &long),
        ("backup/access.log", &long),
        ("access.log.2", &other),
        ("same-size-a", "aaaa"),
        ("same-size-b", "bbbb"),
        ("error.log", ""),
        ("db/error.log", ""),
    ]);
    let found = tree.find(&[""]);
    assert_eq!(
        names(&found),
        ["access.log.1", "access.log.2", "db/error.log", "error.log", "same-size-a", "same-size-b"]
    );
    assert_eq!(found.troubles.len(), 1);
    assert!(found.troubles[0].source.ends_with("backup/access.log"));
}

#[test]
fn the_order_of_the_inputs_does_not_matter() {
    let tree = Tree::new(&[("a/x.log", "one"), ("b/x.log", "two!"), ("b/copy.log", "one"), ("c/sub/y.log", "three")]);
    symlink(tree.path("a/x.log"), tree.path("c/link.log")).unwrap();
    let inputs = ["a", "b", "c", "c/sub", "a/x.log", "b/*.log", "missing"];
    let expected = tree.find(&inputs);
    for turn in 1..inputs.len() {
        let mut other = inputs;
        other.rotate_left(turn);
        assert_eq!(tree.find(&other), expected);
        other.reverse();
        assert_eq!(tree.find(&other), expected);
    }
}

#[test]
fn inputs_that_overlap_are_one_trouble() {
    let tree = Tree::new(&[("nginx/a.log", "1"), ("nginx/b.log", "22"), ("x.log", "333")]);
    let found = tree.find(&["", "nginx"]);
    assert_eq!(found.sources.len(), 3);
    assert_eq!(found.troubles.len(), 1, "{:?}", found.troubles);
}

#[test]
fn an_unreadable_directory_is_lost_and_the_rest_is_found() {
    let tree = Tree::new(&[("open.log", "1"), ("closed/x.log", "22"), ("closed.log", "333")]);
    let closed = fs::Permissions::from_mode(0o000);
    fs::set_permissions(tree.path("closed"), closed.clone()).unwrap();
    fs::set_permissions(tree.path("closed.log"), closed).unwrap();
    let found = tree.find(&[""]);
    let root = fs::read_dir(tree.path("closed")).is_ok();
    fs::set_permissions(tree.path("closed"), fs::Permissions::from_mode(0o755)).unwrap();
    if !root {
        assert_eq!(names(&found), ["open.log"]);
        assert_eq!(found.troubles.iter().filter(|trouble| trouble.severity == Severity::Lost).count(), 2);
    }
}

#[test]
fn names_that_are_no_utf_8_stay_two_names() {
    use std::os::unix::ffi::OsStringExt;
    let tree = Tree::new(&[]);
    for (byte, content) in [(0xfe, "1"), (0xff, "22")] {
        fs::write(tree.0.path().join(OsString::from_vec(vec![b'a', byte])), content).unwrap();
    }
    assert_eq!(names(&tree.find(&[""])), ["a\\xfe", "a\\xff"]);
}
