//! In: the first bytes of a stream. Out: what it is.
//! Promise: the same bytes are the same kind, wherever they come from and whatever the file is called.
//! Why not the name: `access.log.1` is gzip on one host and text on the next, and `.gz` files that a tool has
//! unpacked on the way keep their name.

use super::foreign::{self, Foreign};

/// How much of a stream is looked at. A tar header takes 512 bytes and a wtmp record 384; the rest is for
/// telling text from binary data.
pub(super) const HEAD: usize = 8 * 1024;

/// How text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8, ASCII, or any other that keeps line ends where ASCII has them.
    Bytes,
    /// The same behind a byte-order mark.
    Utf8Marked,
    /// UTF-16.
    Utf16 { big_endian: bool, marked: bool },
}

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Lz4,
}

impl Codec {
    /// As a report spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Codec::Gzip => "gzip",
            Codec::Zstd => "zstd",
            Codec::Xz => "xz",
            Codec::Bzip2 => "bzip2",
            Codec::Lz4 => "lz4",
        }
    }
}

/// What a stream is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text(Encoding),
    /// Begins with NUL bytes: what it is shows behind them.
    Padded,
    Packed(Codec),
    Tar,
    Zip,
    /// Known, and not to be read here.
    Foreign(&'static Foreign),
}

/// Tells what a stream is from its first bytes.
pub(super) fn tell(head: &[u8]) -> Kind {
    if let Some(codec) = codec(head) {
        return Kind::Packed(codec);
    }
    if [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| head.starts_with(*magic)) {
        return Kind::Zip;
    }
    if let Some(foreign) = foreign::by_magic(head) {
        return Kind::Foreign(foreign);
    }
    if is_tar(head) {
        return Kind::Tar;
    }
    tell_text(head)
}

/// The same where only text and binary data are possible.
pub(super) fn tell_text(head: &[u8]) -> Kind {
    if let Some(encoding) = marked(head).or_else(|| unmarked_utf16(head)) {
        return Kind::Text(encoding);
    }
    if let Some(foreign) = foreign::by_records(head) {
        return Kind::Foreign(foreign);
    }
    if head.first() == Some(&0) {
        return Kind::Padded;
    }
    match foreign::by_noise(head) {
        Some(foreign) => Kind::Foreign(foreign),
        None => Kind::Text(Encoding::Bytes),
    }
}

fn codec(head: &[u8]) -> Option<Codec> {
    match head {
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Codec::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Codec::Zstd),
        // A skippable frame, with which parallel zstd begins; the lz4 format allows one too, but no tool writes it.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Codec::Zstd),
        [0x04, 0x22, 0x4d, 0x18, ..] => Some(Codec::Lz4),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Codec::Xz),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Some(Codec::Bzip2),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Some(Codec::Bzip2),
        _ => None,
    }
}

/// The checksum of a tar header is the sum of its bytes with the checksum field taken as blanks (POSIX pax, "ustar
/// Interchange Format"). It is the only mark that old tar files have, and a sharper one than the word `ustar`.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    if header[0] == 0 {
        return false;
    }
    let field: Vec<u8> = header[148..156].iter().copied().filter(|byte| byte.is_ascii_digit()).collect();
    let Some(stated) = std::str::from_utf8(&field).ok().and_then(|digits| u32::from_str_radix(digits, 8).ok()) else {
        return false;
    };
    let sum: u32 =
        header.iter().enumerate().map(|(at, &byte)| if (148..156).contains(&at) { 32 } else { byte.into() }).sum();
    sum == stated
}

fn marked(head: &[u8]) -> Option<Encoding> {
    match head {
        [0xef, 0xbb, 0xbf, ..] => Some(Encoding::Utf8Marked),
        [0xff, 0xfe, ..] => Some(Encoding::Utf16 { big_endian: false, marked: true }),
        [0xfe, 0xff, ..] => Some(Encoding::Utf16 { big_endian: true, marked: true }),
        _ => None,
    }
}

/// UTF-16 without a mark: in mostly Latin text one byte of each pair is NUL, and always the same one.
fn unmarked_utf16(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    // Nearly all texts have no NUL at all.
    if pairs < 8 || memchr::memchr(0, head).is_none() {
        return None;
    }
    let (mut first, mut second) = (0, 0);
    for pair in head.chunks_exact(2) {
        first += usize::from(pair[0] == 0);
        second += usize::from(pair[1] == 0);
    }
    let (many, few) = (pairs * 9 / 10, pairs / 20);
    match (first, second) {
        (first, second) if second >= many && first <= few => Some(Encoding::Utf16 { big_endian: false, marked: false }),
        (first, second) if first >= many && second <= few => Some(Encoding::Utf16 { big_endian: true, marked: false }),
        _ => None,
    }
}
