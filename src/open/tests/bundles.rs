use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::{gzip, log, read};
use crate::model::trouble::Severity;

pub(super) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_650_000_000);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let time = zip::DateTime::from_date_and_time(2022, 4, 15, 5, 20, 0).unwrap();
        writer.start_file(*name, SimpleFileOptions::default().last_modified_time(time)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_bundle_is_its_files() {
    let text = log(5000);
    let inner = gzip(&text);
    let files =
        [("var/log/nginx/access.log", &b"one\n"[..]), ("./var/log/nginx/access.log.2.gz", &inner), ("empty", b"")];
    let tar = tar(&files);
    for (what, bundle) in
        [("tar", tar.clone()), ("tar.gz", gzip(&tar)), ("tar.zst", zstd::encode_all(&tar[..], 1).unwrap())]
    {
        let read = read(&bundle);
        let names = ["in!/var/log/nginx/access.log", "in!/var/log/nginx/access.log.2.gz", "in!/empty"];
        assert_eq!(read.names(), names, "{what} {:?}", read.troubles);
        assert_eq!(read.members[0].2, b"one\n");
        assert_eq!(read.members[0].1, Some(1_650_000_000));
        assert!(read.members[1].2 == text);
        assert!(read.troubles.is_empty(), "{what} {:?}", read.troubles);
    }
}

#[test]
fn a_zip_is_its_files_on_disk_and_in_a_stream() {
    let text = log(5000);
    let inner = gzip(&text);
    let bundle = zip(&[("logs/app.log", b"one\n"), ("logs/app.log.1.gz", &inner), ("logs/big.log", &text)]);
    let on_disk = read(&bundle);
    let in_stream = read(&gzip(&bundle));
    for read in [on_disk, in_stream] {
        assert_eq!(read.names(), ["in!/logs/app.log", "in!/logs/app.log.1.gz", "in!/logs/big.log"]);
        assert_eq!(read.members[0].1, Some(1_650_000_000));
        assert!(read.members[1].2 == text && read.members[2].2 == text);
        assert!(read.troubles.is_empty(), "{:?}", read.troubles);
    }
}

#[test]
fn a_cut_zip_gives_what_stands_before_the_cut() {
    let text = log(5000);
    let bundle = zip(&[("a.log", &text), ("b.log", &text)]);
    let read = read(&bundle[..bundle.len() * 9 / 10]);
    assert_eq!(read.names(), ["in!/a.log", "in!/b.log"]);
    assert!(read.members[0].2 == text);
    assert!(text.starts_with(&read.members[1].2) && !read.members[1].2.is_empty());
    assert!(read.severities().contains(&Severity::Partial), "{:?}", read.troubles);
}

#[test]
fn an_encrypted_entry_is_lost_and_the_others_are_read() {
    let mut bundle = zip(&[("secret.log", b"one\n"), ("open.log", b"two\n")]);
    let central = bundle.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    bundle[6] |= 1;
    bundle[central + 8] |= 1;
    let read = read(&bundle);
    assert_eq!(read.names(), ["in!/open.log"]);
    assert_eq!(read.severities(), [Severity::Lost]);
    assert!(read.troubles[0].message.contains("password"));
}

#[test]
fn a_zip_that_was_written_to_a_stream_is_read_from_the_disk_and_refused_in_a_stream() {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    writer.start_file("a.log", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"one\n").unwrap();
    let bundle = writer.finish().unwrap().into_inner();
    assert_eq!(read(&bundle).members[0].2, b"one\n");
    let refused = read(&gzip(&bundle));
    assert!(refused.members.is_empty());
    assert!(refused.troubles[0].message.contains("by its path"), "{:?}", refused.troubles);
}

#[test]
fn a_cut_bundle_names_the_file_that_was_cut() {
    let text = log(50_000);
    let bundle = gzip(&tar(&[("a.log", &text), ("b.log", &text), ("c.log", &text)]));
    let read = read(&bundle[..bundle.len() / 2]);
    assert_eq!(read.names(), ["in!/a.log", "in!/b.log"]);
    assert!(read.members[0].2 == text && text.starts_with(&read.members[1].2));
    let troubles: Vec<_> = read.troubles.iter().map(|trouble| trouble.source.as_str()).collect();
    assert_eq!(troubles, ["in", "in!/b.log"], "{:?}", read.troubles);
}

#[test]
fn a_damaged_header_costs_what_follows_it() {
    let mut bundle = tar(&[("a.log", b"one\n"), ("b.log", b"two\n")]);
    bundle[1024 + 5] ^= 0x55;
    let read = read(&bundle);
    assert_eq!(read.names(), ["in!/a.log"]);
    assert_eq!(read.severities(), [Severity::Partial]);
}

#[test]
fn a_bundle_in_a_bundle_is_opened() {
    let inner = gzip(&tar(&[("x.log", b"one\n")]));
    let read = read(&zip(&[("node1.tar.gz", &inner)]));
    assert_eq!(read.names(), ["in!/node1.tar.gz!/x.log"]);
}

#[test]
fn a_name_that_comes_twice_is_told_apart_and_said() {
    let read = read(&tar(&[("a.log", b"one\n"), ("a.log", b"one\ntwo\n")]));
    assert_eq!(read.names(), ["in!/a.log", "in!/a.log#2"]);
    assert_eq!(read.severities(), [Severity::Note]);
}

#[test]
fn many_files_that_are_no_logs_are_one_trouble() {
    let read = read(&tar(&[("a", b"\x7fELF\x02"), ("b", b"\x7fELF\x02"), ("c.log", b"one\n"), ("d", b"LPKSHHRH")]));
    assert_eq!(read.names(), ["in!/c.log"]);
    let messages: Vec<_> = read.troubles.iter().map(|trouble| trouble.message.as_str()).collect();
    assert!(messages.iter().any(|message| message.starts_with("2 of its files were skipped")), "{messages:?}");
    assert_eq!(messages.len(), 2);
}
