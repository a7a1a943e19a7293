//! All members of a gzip file, one after the other (RFC 1952).
//!
//! `flate2::MultiGzDecoder` reads them too, but takes the NUL bytes with which disks and tapes fill up a file for a damaged
//! member; gzip itself ignores them, and so do we. Of a call that fails it gives nothing, which asks for small calls, and
//! these take a fifth longer: behind each of them what may be referred to is copied. And its checksum takes a tenth of the
//! time, that of `crc32fast` a fortieth.

use crc32fast::Hasher;
use flate2::{Decompress, FlushDecompress, Status};
use std::io::{self, BufRead, Read};

/// What a header may have, by bit.
const HAS_CHECKSUM: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// A reader of what `packed` holds.
pub(super) struct Gzip<R> {
    packed: R,
    at: At,
    inflate: Decompress,
    /// Of what the member has given.
    checksum: Hasher,
    /// What the next call has to say: what was read before it is given first.
    fault: Option<io::Error>,
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Header,
    Data,
    Trailer,
    End,
}

impl<R: BufRead> Gzip<R> {
    /// Of a file that begins with a member.
    pub(super) fn new(packed: R) -> Self {
        let (inflate, checksum) = (Decompress::new(false), Hasher::new());
        Self { packed, at: At::Header, inflate, checksum, fault: None }
    }

    /// Reads what is around the data of members.
    fn frame(&mut self) -> io::Result<()> {
        if self.at == At::Trailer {
            self.trailer()?;
            self.at = match first_byte_after_padding(&mut self.packed)? {
                None => At::End,
                Some(0x1f) => At::Header,
                Some(_) => return Err(damaged("what follows its last complete member is not gzip")),
            };
        }
        if self.at == At::Header {
            header(&mut self.packed)?;
            self.inflate.reset(false);
            self.checksum.reset();
            self.at = At::Data;
        }
        Ok(())
    }

    /// Holds the checksum and the length of the data against what stands behind them.
    fn trailer(&mut self) -> io::Result<()> {
        let mut trailer = [0; 8];
        self.packed.read_exact(&mut trailer)?;
        // The length is stated modulo the same power of two.
        let found = [self.checksum.clone().finalize(), self.inflate.total_out() as u32];
        if found.map(u32::to_le_bytes).concat() != trailer {
            return Err(damaged("its checksum is not that of what it holds"));
        }
        Ok(())
    }

    /// Decompresses into `buffer`; with how much was written, and how it ended.
    fn step(&mut self, buffer: &mut [u8]) -> (usize, io::Result<()>) {
        let packed = match self.packed.fill_buf() {
            Ok(packed) => packed,
            Err(error) => return (0, Err(error)),
        };
        let is_cut = packed.is_empty();
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let result = self.inflate.decompress(packed, buffer, FlushDecompress::None);
        let taken = (self.inflate.total_in() - before.0) as usize;
        let written = (self.inflate.total_out() - before.1) as usize;
        self.packed.consume(taken);
        self.checksum.update(&buffer[..written]);
        let result = match result {
            Ok(Status::StreamEnd) => {
                self.at = At::Trailer;
                Ok(())
            }
            Ok(_) if is_cut && written == 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            // It has both bytes and room.
            Ok(_) if taken == 0 && written == 0 => Err(damaged("the decoder makes no progress")),
            Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        };
        (written, result)
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        while !buffer.is_empty() {
            self.frame()?;
            if self.at == At::End {
                break;
            }
            let (written, result) = self.step(buffer);
            match result {
                Err(fault) if written > 0 => self.fault = Some(fault),
                result => result?,
            }
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

fn damaged(how: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, how)
}

/// Reads the header of a member.
fn header(packed: &mut impl BufRead) -> io::Result<()> {
    let mut fixed = [0; 10];
    packed.read_exact(&mut fixed)?;
    let flags = fixed[3];
    if !fixed.starts_with(&[0x1f, 0x8b, 8]) || flags & RESERVED != 0 {
        return Err(damaged("the header of a member is not one of gzip"));
    }
    if flags & HAS_EXTRA != 0 {
        let mut length = [0; 2];
        packed.read_exact(&mut length)?;
        skip(packed, u16::from_le_bytes(length).into())?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            skip_text(packed)?;
        }
    }
    // Of the header alone: what is wrong there shows behind it.
    if flags & HAS_CHECKSUM != 0 { skip(packed, 2) } else { Ok(()) }
}

fn skip(packed: &mut impl BufRead, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut packed.take(bytes), &mut io::sink())?;
    if skipped < bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Skips a text and the NUL that ends it.
fn skip_text(packed: &mut impl BufRead) -> io::Result<()> {
    loop {
        let seen = packed.fill_buf()?;
        if seen.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let end = memchr::memchr(0, seen);
        let length = end.map_or(seen.len(), |end| end + 1);
        packed.consume(length);
        if end.is_some() {
            return Ok(());
        }
    }
}

fn first_byte_after_padding(rest: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let seen = rest.fill_buf()?;
        if seen.is_empty() {
            return Ok(None);
        }
        let padding = seen.iter().take_while(|&&byte| byte == 0).count();
        let first = seen.get(padding).copied();
        rest.consume(padding);
        if first.is_some() {
            return Ok(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{gzip, log};
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    /// What is read by calls for so many bytes, and how it ends.
    fn read(packed: &[u8], most: usize) -> (Vec<u8>, Option<io::ErrorKind>) {
        let (mut gzip, mut plain, mut buffer) = (Gzip::new(packed), Vec::new(), vec![0; most]);
        loop {
            match gzip.read(&mut buffer) {
                Ok(0) => return (plain, None),
                Ok(count) => plain.extend_from_slice(&buffer[..count]),
                Err(error) => return (plain, Some(error.kind())),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_fault_takes_nothing_with_it(lines in 0u32..6000, at in any::<prop::sample::Index>(), to: u8, cut: bool, most in 1usize..600) {
            let plain = log(lines);
            let mut packed = [gzip(&plain), vec![0; 7], gzip(b"more\n")].concat();
            let whole = [&plain[..], b"more\n"].concat();
            prop_assert_eq!(read(&packed, most), (whole, None));
            let at = at.index(packed.len());
            if cut {
                packed.truncate(at.max(2));
            } else {
                packed[at] = to;
            }
            prop_assert_eq!(read(&packed, most), read(&packed, 1 << 20));
        }
    }

    #[test]
    fn headers_with_all_that_they_may_have() {
        for (extra, name, comment) in
            [(&b""[..], "", ""), (b"", "a.log", ""), (b"xyz", "a.log", "nightly"), (b"x", "", "b")]
        {
            let mut builder = flate2::GzBuilder::new().mtime(7);
            for (there, with) in [(!extra.is_empty(), 0), (!name.is_empty(), 1), (!comment.is_empty(), 2)] {
                builder = match with {
                    _ if !there => builder,
                    0 => builder.extra(extra),
                    1 => builder.filename(name),
                    _ => builder.comment(comment),
                };
            }
            let mut writer = builder.write(Vec::new(), flate2::Compression::fast());
            writer.write_all(b"text\n").unwrap();
            let mut packed = writer.finish().unwrap();
            assert_eq!(read(&packed, 9), (b"text\n".to_vec(), None), "{name} {comment}");
            packed[3] |= RESERVED;
            assert_eq!(read(&packed, 9), (Vec::new(), Some(io::ErrorKind::InvalidData)));
        }
    }

    #[test]
    fn a_wrong_checksum_or_length_shows() {
        let packed = gzip(b"text\n");
        for from_end in [1, 8] {
            let mut packed = packed.clone();
            let at = packed.len() - from_end;
            packed[at] ^= 1;
            assert_eq!(read(&packed, 9), (b"text\n".to_vec(), Some(io::ErrorKind::InvalidData)));
        }
    }
}
