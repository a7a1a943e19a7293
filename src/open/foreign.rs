//! In: the first bytes of a stream that is no text. Out: what it is called and what to do with it.
//! Promise: a log is never taken for binary data because of a few stray control bytes, and a binary file never
//! reaches the stages that look for lines.
//! Why a table and not a crate that knows every file type: two dozen kinds lie in log directories, and each needs
//! its own advice.

/// A kind of file that is skipped.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    /// What it is, with its article.
    pub(super) what: &'static str,
    /// The command or step that makes it readable, if it can hold anything that counts.
    pub(super) advice: &'static str,
    /// Whether it may hold logs that are missing now (an unknown compression), or cannot (a picture).
    pub(super) lost: bool,
}

const fn skipped(what: &'static str, advice: &'static str) -> Foreign {
    Foreign { what, advice, lost: false }
}

const fn lost(what: &'static str, advice: &'static str) -> Foreign {
    Foreign { what, advice, lost: true }
}

static JOURNAL: Foreign =
    skipped("a systemd journal", "export it with `journalctl --file FILE -o json > FILE.json` and give that file");
static EVENTS: Foreign =
    skipped("a Windows event log", "export it with `wevtutil qe FILE /lf:true /f:text > FILE.txt` and give that file");
static LOGINS: Foreign = skipped("a login record (wtmp, btmp, utmp)", "read it with `last -F -f FILE`");
static LAST_LOGINS: Foreign = skipped("a last-login record (lastlog)", "read it with `lastlog`");
static CAPTURE: Foreign = skipped("a packet capture", "read it with `tcpdump -nn -tttt -r FILE`");
static DATABASE: Foreign = skipped("an SQLite database", "export the table that holds the log with `sqlite3 FILE`");
static PROGRAM: Foreign = skipped("a program or library", "");
static DOCUMENT: Foreign = skipped("a picture or document", "");
static COLUMNS: Foreign = skipped("a column or object store file", "export it as CSV or JSON lines");
static BINARY: Foreign = skipped("binary data", "");
/// Only NUL bytes.
pub(super) static NULS: Foreign = skipped("nothing but NUL bytes", "");
/// An entry of a zip file that needs a password.
pub(super) static ENCRYPTED_ENTRY: Foreign = lost("an encrypted zip entry", "unpack it with its password first");
/// Compressed in compressed in compressed.
pub(super) static TOO_DEEP: Foreign = lost("a bundle within too many others", "unpack it first");
static ENCRYPTED: Foreign = lost("an encrypted file", "decrypt it first");
static UNKNOWN_BUNDLE: Foreign = lost("a bundle of a kind that is not supported", "unpack it first");
static UNKNOWN_CODEC: Foreign = lost("compressed in a way that is not supported", "decompress it first");

static MAGIC: &[(&[u8], &Foreign)] = &[
    (b"LPKSHHRH", &JOURNAL),
    (b"ElfFile\0", &EVENTS),
    (b"SQLite format 3\0", &DATABASE),
    (b"\xd4\xc3\xb2\xa1", &CAPTURE),
    (b"\xa1\xb2\xc3\xd4", &CAPTURE),
    (b"\x4d\x3c\xb2\xa1", &CAPTURE),
    (b"\xa1\xb2\x3c\x4d", &CAPTURE),
    (b"\n\r\r\n\x4d\x3c\x2b\x1a", &CAPTURE),
    (b"\x7fELF", &PROGRAM),
    (b"\xca\xfe\xba\xbe", &PROGRAM),
    (b"\0asm", &PROGRAM),
    (b"\x89PNG\r\n", &DOCUMENT),
    (b"\xff\xd8\xff", &DOCUMENT),
    (b"GIF87a", &DOCUMENT),
    (b"GIF89a", &DOCUMENT),
    (b"%PDF-", &DOCUMENT),
    (b"PAR1\x15", &COLUMNS),
    (b"Obj\x01", &COLUMNS),
    (b"7z\xbc\xaf\x27\x1c", &UNKNOWN_BUNDLE),
    (b"Rar!\x1a\x07", &UNKNOWN_BUNDLE),
    (b"!<arch>\n", &UNKNOWN_BUNDLE),
    (b"070701", &UNKNOWN_BUNDLE),
    (b"\x1f\x9d", &UNKNOWN_CODEC),
    (b"\x89LZO\0", &UNKNOWN_CODEC),
    (b"LZIP\x01", &UNKNOWN_CODEC),
    (b"\x5d\0\0\x80\0", &UNKNOWN_CODEC),
    (b"\xff\x06\0\0sNaPpY", &UNKNOWN_CODEC),
    (b"\x02\x21\x4c\x18", &UNKNOWN_CODEC),
    (b"age-encryption.org/v1\n", &ENCRYPTED),
    (b"-----BEGIN PGP MESSAGE-----", &ENCRYPTED),
    (b"Salted__", &ENCRYPTED),
];

/// By the bytes that a kind of file begins with.
pub(super) fn by_magic(head: &[u8]) -> Option<&'static Foreign> {
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, foreign)| foreign)
}

/// By the shape of the records.
pub(super) fn by_records(head: &[u8]) -> Option<&'static Foreign> {
    is_login_record(head).then_some(&LOGINS)
}

/// By the share of bytes that text does not use.
pub(super) fn by_noise(head: &[u8]) -> Option<&'static Foreign> {
    is_noise(head).then_some(&BINARY)
}

/// What lies behind `padding` NUL bytes: lastlog is an array by user number, empty for most of them.
pub(super) fn behind_padding(padding: u64, head: &[u8]) -> Option<&'static Foreign> {
    const RECORD: u64 = 292;
    let stamp = 4_usize.saturating_sub((padding % RECORD) as usize);
    let line = head.get(stamp..)?;
    let terminal = line.starts_with(b"pts/") || line.starts_with(b"tty");
    (padding >= RECORD && terminal && is_noise(head)).then_some(&LAST_LOGINS)
}

/// Records of 384 bytes: a type from 0 to 9 in two bytes, two bytes of padding, then the process and its terminal
/// (utmp(5), the layout of 64-bit Linux).
fn is_login_record(head: &[u8]) -> bool {
    const RECORD: usize = 384;
    let some = head.chunks_exact(RECORD).any(|record| record[0] != 0);
    some && head.chunks_exact(RECORD).all(|record| {
        let terminal = &record[8..40];
        record[0] <= 9 && record[1..4] == [0; 3] && terminal.iter().all(|byte| *byte == 0 || byte.is_ascii_graphic())
    })
}

/// More than one byte in twenty is one that text does not use. A run of NUL bytes counts as one, however long:
/// a crash leaves such a hole in the middle of a sound log, and binary records have many short ones.
fn is_noise(head: &[u8]) -> bool {
    let is_odd = |byte: u8| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    // Nearly all texts have none. Each byte, whatever the one before was: that is done for many at once.
    if !head.iter().fold(false, |found, &byte| found | is_odd(byte)) {
        return false;
    }
    let (mut odd, mut seen, mut before) = (0_usize, 0_usize, 1_u8);
    for &byte in head {
        if byte != 0 || before != 0 {
            seen += 1;
            odd += usize::from(is_odd(byte));
        }
        before = byte;
    }
    odd >= 4 && odd * 20 > seen
}
