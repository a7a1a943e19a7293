//! In: the bytes of a text, in whatever encoding. Out: the same text in UTF-8, without mark and padding.
//! Promise: bytes that are no UTF-8 pass as they are; memory does not grow with the text.
//! Why not decode everything: logs hold what clients sent, in any encoding, and evidence must be shown as it was
//! written. Only UTF-16 is changed, because its line ends are not those that every later stage looks for.

use std::io::{self, Read};

use super::kind::HEAD;

/// A reader whose first bytes have been looked at.
pub(super) struct Headed<'a> {
    head: Vec<u8>,
    at: usize,
    rest: &'a mut dyn Read,
}

impl<'a> Headed<'a> {
    /// Reads the head.
    pub(super) fn new(rest: &'a mut dyn Read) -> io::Result<Self> {
        let mut headed = Self { head: Vec::with_capacity(HEAD), at: 0, rest };
        headed.fill()?;
        Ok(headed)
    }

    /// The first bytes that are still to be read.
    pub(super) fn head(&self) -> &[u8] {
        &self.head[self.at..]
    }

    /// Leaves out the first `count` bytes of the head.
    pub(super) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.head.len());
    }

    /// Leaves out the NUL bytes that come next, and says how many.
    pub(super) fn skip_padding(&mut self) -> io::Result<u64> {
        let mut skipped = 0;
        loop {
            let run = self.head().iter().take_while(|&&byte| byte == 0).count();
            skipped += run as u64;
            self.skip(run);
            let padding_ends = !self.head().is_empty();
            if run == 0 && !padding_ends {
                return Ok(skipped);
            }
            self.fill()?;
            if padding_ends {
                return Ok(skipped);
            }
        }
    }

    /// Fills the head up to [`HEAD`] bytes or the end of the stream.
    fn fill(&mut self) -> io::Result<()> {
        self.head.drain(..self.at);
        self.at = 0;
        let wanted = (HEAD - self.head.len()) as u64;
        self.rest.take(wanted).read_to_end(&mut self.head)?;
        Ok(())
    }
}

impl Read for Headed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.head.len() {
            return self.rest.read(buffer);
        }
        let count = self.head().len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.head[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// Text in UTF-16, read as UTF-8. What is no character becomes U+FFFD.
pub(super) struct Utf16<'a> {
    inner: &'a mut dyn Read,
    big_endian: bool,
    /// Bytes not yet decoded.
    raw: Vec<u8>,
    /// Text not yet handed on.
    text: String,
    at: usize,
    ended: bool,
}

impl<'a> Utf16<'a> {
    /// `inner` stands behind the byte-order mark.
    pub(super) fn new(inner: &'a mut dyn Read, big_endian: bool) -> Self {
        Self { inner, big_endian, raw: Vec::new(), text: String::new(), at: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        const AT_ONCE: u64 = 32 * 1024;
        self.text.clear();
        self.at = 0;
        let wanted = AT_ONCE - self.raw.len() as u64;
        let count = (&mut *self.inner).take(wanted).read_to_end(&mut self.raw)?;
        self.ended = (count as u64) < wanted;
        let mut units: Vec<u16> = self.raw.chunks_exact(2).map(|pair| self.unit(pair[0], pair[1])).collect();
        let mut kept = self.raw.len() % 2;
        let half_a_pair = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        if half_a_pair && !self.ended {
            units.pop();
            kept += 2;
        }
        self.text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        if self.ended && kept == 1 {
            self.text.push(char::REPLACEMENT_CHARACTER);
            kept = 0;
        }
        self.raw.drain(..self.raw.len() - kept);
        Ok(())
    }

    fn unit(&self, first: u8, second: u8) -> u16 {
        if self.big_endian { u16::from_be_bytes([first, second]) } else { u16::from_le_bytes([first, second]) }
    }
}

impl Read for Utf16<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            self.fill()?;
        }
        let left = &self.text.as_bytes()[self.at..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.at += count;
        Ok(count)
    }
}
