//! All members of a gzip file, one after the other.
//!
//! `flate2::MultiGzDecoder` reads them too, but takes the NUL bytes with which disks and tapes fill up a file for a damaged
//! member. gzip itself ignores them, and so do we. And of a call that fails it gives nothing, which asks for small calls,
//! and these take a fifth longer: behind each of them what may be referred to is copied.

use flate2::{Decompress, FlushDecompress, Status};
use std::io::{self, BufRead, Read};

/// The largest window of the format (RFC 1951), as a power of two.
const WINDOW: u8 = 15;

/// A reader of what `packed` holds.
pub(super) struct Gzip<R> {
    packed: R,
    inflate: Decompress,
    /// Nothing more is to come.
    ended: bool,
    /// What the next call has to say: what was read before it is given first.
    fault: Option<io::Error>,
}

impl<R: BufRead> Gzip<R> {
    /// Of a file that begins with a member.
    pub(super) fn new(packed: R) -> Self {
        Self { packed, inflate: Decompress::new_gzip(WINDOW), ended: false, fault: None }
    }

    /// Begins the next member, if there is one.
    fn begin_next(&mut self) -> io::Result<()> {
        match first_byte_after_padding(&mut self.packed)? {
            None => self.ended = true,
            Some(0x1f) => self.inflate = Decompress::new_gzip(WINDOW),
            Some(_) => {
                let message = "what follows its last complete member is not gzip";
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
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
        let result = match result {
            Ok(Status::StreamEnd) => self.begin_next(),
            Ok(_) if is_cut && written == 0 => Err(io::ErrorKind::UnexpectedEof.into()),
            // It has both bytes and room.
            Ok(_) if taken == 0 && written == 0 => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "the decoder makes no progress"))
            }
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
        while !self.ended && !buffer.is_empty() {
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
}
