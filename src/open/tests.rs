#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use std::io::Write;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::model::trouble::Severity;

mod bundles;

/// What came out of a file: name, time and text of each member, and the troubles.
pub(super) struct Read1 {
    pub(super) members: Vec<(String, Option<i64>, Vec<u8>)>,
    pub(super) troubles: Vec<Trouble>,
}

impl Read1 {
    pub(super) fn names(&self) -> Vec<&str> {
        self.members.iter().map(|(name, ..)| name.as_str()).collect()
    }

    fn only(&self) -> &[u8] {
        assert_eq!(self.members.len(), 1, "{:?} {:?}", self.names(), self.troubles);
        &self.members[0].2
    }

    pub(super) fn severities(&self) -> Vec<Severity> {
        self.troubles.iter().map(|trouble| trouble.severity).collect()
    }
}

pub(super) fn read_path(path: &Path) -> Read1 {
    let origin = Origin::File(path.to_path_buf());
    let source = Source { name: "in".into(), origin, size: None, modified: Some(1_700_000_000) };
    let mut members = Vec::new();
    let opened = open(&source, &mut |member| {
        let mut text = Vec::new();
        member.reader.read_to_end(&mut text)?;
        members.push((member.name, member.modified, text));
        Ok(())
    });
    assert!(opened.stopped.is_none());
    assert_eq!(opened.members, members.len() as u64);
    Read1 { members, troubles: opened.troubles }
}

pub(super) fn read(content: &[u8]) -> Read1 {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("in");
    std::fs::write(&path, content).unwrap();
    read_path(&path)
}

pub(super) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

fn lz4(text: &[u8]) -> Vec<u8> {
    let mut writer = {
        let blocks = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
        lz4_flex::frame::FrameEncoder::with_frame_info(blocks, Vec::new())
    };
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

fn bzip2(text: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

fn xz(text: &[u8]) -> Vec<u8> {
    let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 1);
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;

const CODECS: [(&str, Pack); 5] = [("gzip", gzip), ("zstd", zstd), ("xz", xz), ("bzip2", bzip2), ("lz4", lz4)];

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 1).unwrap()
}

/// Text that does not compress to nothing.
pub(super) fn log(lines: u32) -> Vec<u8> {
    let line = |number: u32| format!("192.0.2.{} request {:x}\n", number % 250, number.wrapping_mul(2_654_435_761));
    (0..lines).flat_map(|number| line(number).into_bytes()).collect()
}

#[test]
fn plain_text_can_be_sought_in() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("access.log");
    std::fs::write(&path, b"one\ntwo\n").unwrap();
    let source = Source { name: "access.log".into(), origin: Origin::File(path), size: None, modified: None };
    let mut rest = String::new();
    open(&source, &mut |member| {
        let mut file = member.plain_file.expect("a plain file").file();
        file.seek(io::SeekFrom::Start(4))?;
        member.reader.read_to_string(&mut rest).map(|_| ())
    });
    assert_eq!(rest, "two\n");
}

#[test]
fn an_empty_file_is_an_empty_member() {
    let empty = read(b"");
    assert_eq!(empty.only(), b"");
    assert!(empty.troubles.is_empty());
    assert_eq!(read(&gzip(b"")).only(), b"");
}

#[test]
fn all_members_of_every_compression_are_read() {
    let (one, two) = (log(20_000), log(3));
    let both = [&one[..], &two].concat();
    for (name, pack) in CODECS {
        let read = read(&[pack(&one), pack(b""), pack(&two)].concat());
        assert!(read.only() == both, "{name}: {} of {} bytes", read.only().len(), both.len());
        assert!(read.troubles.is_empty(), "{name}: {:?}", read.troubles);
    }
}

#[test]
fn a_cut_tail_gives_what_stands_before_it() {
    let text = log(40_000);
    for (name, pack) in CODECS {
        let packed = pack(&text);
        let read = read(&packed[..packed.len() * 9 / 10]);
        let salvaged = read.only();
        assert!(text.starts_with(salvaged), "{name}");
        assert!(salvaged.len() > text.len() / 2, "{name}: {} of {}", salvaged.len(), text.len());
        assert_eq!(read.severities(), [Severity::Partial], "{name}");
        assert!(read.troubles[0].message.contains("ends early"), "{name}: {}", read.troubles[0].message);
    }
}

#[test]
fn lz4_that_is_cut_between_two_blocks_is_said_to_be_cut() {
    let packed = lz4(&log(40_000));
    let first_block = u32::from_le_bytes(packed[7..11].try_into().unwrap()) as usize & 0x7fff_ffff;
    let read = read(&packed[..7 + 4 + first_block]);
    assert_eq!(read.severities(), [Severity::Partial], "{:?}", read.troubles);
}

#[test]
fn lz4_frames_may_differ_in_the_size_of_their_blocks() {
    let text = log(40_000);
    let mut large = lz4_flex::frame::FrameEncoder::new(Vec::new());
    large.write_all(&text).unwrap();
    let read = read(&[large.finish().unwrap(), lz4(&text), lz4(b"end\n")].concat());
    assert!(read.only() == [&text[..], &text, b"end\n"].concat());
    assert!(read.troubles.is_empty(), "{:?}", read.troubles);
}

#[test]
fn damage_in_the_middle_gives_what_stands_before_it() {
    let text = log(40_000);
    let mut packed = gzip(&text);
    let middle = packed.len() / 2;
    packed[middle..middle + 64].fill(0xff);
    let read = read(&packed);
    assert!(read.only().len() > text.len() / 3);
    assert_eq!(read.severities(), [Severity::Partial]);
    assert!(read.troubles[0].message.contains("damaged"), "{}", read.troubles[0].message);
}

#[test]
fn padding_behind_gzip_is_no_trouble_and_anything_else_is() {
    let padded = read(&[gzip(b"text\n"), vec![0; 200_000], gzip(b"more\n"), vec![0; 3]].concat());
    assert_eq!(padded.only(), b"text\nmore\n");
    assert!(padded.troubles.is_empty());
    let followed = read(&[gzip(b"text\n"), b"else".to_vec()].concat());
    assert_eq!(followed.only(), b"text\n");
    assert_eq!(followed.severities(), [Severity::Partial]);
}

#[test]
fn a_file_that_is_nothing_but_a_header_is_lost() {
    let read = read(&gzip(b"text\n")[..8]);
    assert!(read.members.is_empty());
    assert_eq!(read.severities(), [Severity::Lost]);
}

#[test]
fn gzip_states_the_time_of_the_file_before_it_was_compressed() {
    let mut writer = flate2::GzBuilder::new().mtime(1_600_000_000).write(Vec::new(), flate2::Compression::fast());
    writer.write_all(b"text\n").unwrap();
    assert_eq!(read(&writer.finish().unwrap()).members[0].1, Some(1_600_000_000));
    assert_eq!(read(&gzip(b"text\n")).members[0].1, Some(1_700_000_000));
}

#[test]
fn what_is_compressed_twice_is_decompressed_twice_and_not_for_ever() {
    assert_eq!(read(&gzip(&gzip(b"text\n"))).only(), b"text\n");
    let deep = (0..=MAX_LAYERS).fold(b"text\n".to_vec(), |inner, _| gzip(&inner));
    let read = read(&deep);
    assert!(read.members.is_empty());
    assert_eq!(read.severities(), [Severity::Lost]);
}

#[test]
fn utf_16_becomes_utf_8() {
    let text = format!("ошибка 503 \u{1f525}\r\n{}", "plain line\r\n".repeat(20_000));
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(read(&[&b"\xff\xfe"[..], &little].concat()).only() == text.as_bytes());
    assert!(read(&[&b"\xfe\xff"[..], &big].concat()).only() == text.as_bytes());
    assert!(read(&little[22..]).only() == &text.as_bytes()[17..], "without a mark");
    assert!(read(&gzip(&[&b"\xff\xfe"[..], &little].concat())).only() == text.as_bytes());
}

#[test]
fn broken_utf_16_keeps_its_lines() {
    let read = read(b"\xff\xfea\0\x00\xd8\n\0b");
    assert_eq!(String::from_utf8_lossy(read.only()), "a\u{fffd}\n\u{fffd}");
}

#[test]
fn a_pair_of_utf_16_may_stand_on_the_border_of_two_reads() {
    for shift in 0..3 {
        let text = "x".repeat(shift) + &"\u{1f525}".repeat(40_000);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(read(&[&b"\xff\xfe"[..], &little].concat()).only() == text.as_bytes(), "{shift}");
    }
}

#[test]
fn marks_and_padding_are_left_out() {
    assert_eq!(read(b"\xef\xbb\xbftext\n").only(), b"text\n");
    for padding in [1, 100, 8 * 1024, 100_000] {
        let read = read(&[vec![0; padding], b"text\n".to_vec()].concat());
        assert_eq!(read.only(), b"text\n", "{padding}");
        assert_eq!(read.severities(), [Severity::Note]);
    }
    let nuls = read(&[0; 50_000]);
    assert!(nuls.members.is_empty());
    assert_eq!(nuls.severities(), [Severity::Note]);
}

#[test]
fn bytes_that_are_no_utf_8_and_holes_pass() {
    let text = [&b"latin \xe9\xff\xfe\n\x1b[31mred\x1b[0m\n"[..], &[0; 3000], b"after the hole\n"].concat();
    let read = read(&text);
    assert_eq!(read.only(), text);
    assert!(read.troubles.is_empty());
}

#[test]
fn binary_files_are_skipped_with_advice() {
    let noise: Vec<u8> = log(400).iter().map(|byte| byte.wrapping_mul(167)).collect();
    let mut record = vec![0; 384];
    record[0] = 7;
    record[8..13].copy_from_slice(b"pts/0");
    let mut last = vec![0; 292 * 1000];
    last.extend_from_slice(b"\x12\x34\x56\x67pts/0");
    last.resize(292 * 1001, 0);
    last.extend_from_slice(b"\x12\x34\x56\x67pts/1");
    last.resize(292 * 1010, 0);
    let cases: [(&str, &[u8], &str); 9] = [
        ("journal", b"LPKSHHRH\0\0\0\0", "journalctl --file FILE -o json"),
        ("wtmp", &record.repeat(30), "last -F -f FILE"),
        ("lastlog", &last, "lastlog"),
        ("program", b"\x7fELF\x02\x01\x01", "a program"),
        ("picture", b"\x89PNG\r\n\x1a\n", "a picture"),
        ("database", b"SQLite format 3\0", "sqlite3"),
        ("capture", b"\xd4\xc3\xb2\xa1\x02\0\x04\0", "tcpdump"),
        ("noise", &noise, "binary data"),
        ("login records in gzip", &gzip(&record.repeat(30)), "last -F -f FILE"),
    ];
    for (name, content, advice) in cases {
        let read = read(content);
        assert!(read.members.is_empty(), "{name}");
        assert_eq!(read.severities(), [Severity::Note], "{name}");
        assert!(read.troubles[0].message.contains(advice), "{name}: {}", read.troubles[0].message);
    }
}

#[test]
fn what_may_hold_logs_and_cannot_be_read_is_lost() {
    for content in [&b"7z\xbc\xaf\x27\x1c\0\x04"[..], b"\x1f\x9d\x90abc", b"Salted__12345678"] {
        let read = read(content);
        assert!(read.members.is_empty());
        assert_eq!(read.severities(), [Severity::Lost]);
    }
}

#[test]
fn a_missing_file_is_a_trouble() {
    let read = read_path(Path::new("/nowhere/at/all.log"));
    assert!(read.members.is_empty());
    assert_eq!(read.severities(), [Severity::Lost]);
}

#[test]
fn an_error_of_the_caller_ends_the_reading() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("in.tar");
    std::fs::write(&path, bundles::tar(&[("a", b"1\n"), ("b", b"2\n")])).unwrap();
    let source = Source { name: "in.tar".into(), origin: Origin::File(path), size: None, modified: None };
    let opened = open(&source, &mut |_| Err(io::Error::other("enough")));
    assert_eq!(opened.members, 1);
    assert_eq!(opened.stopped.unwrap().to_string(), "enough");
}
