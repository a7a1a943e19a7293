//! In: a compressed stream and its codec. Out: the stream decompressed.
//! Promise: all members, frames or streams that the file holds one after the other are read, not only the first;
//! memory is bounded whatever the header asks for; a stream that ends early is an error, never a silent end.
//! Why not the crates' plain readers: the gzip one takes padding for damage (`gzip.rs`), the lz4 one stops after a frame
//! and takes a cut for the end.

use std::io::{self, BufRead, BufReader, Read};

use liblzma::stream::{CONCATENATED, Stream};
use lz4_flex::frame::FrameDecoder;

use super::gzip::Gzip;
use super::kind::Codec;
use super::salvage::Stepwise;

/// What is read from below at once.
const INPUT: usize = 128 * 1024;

/// `xz -9` asks for 65 MiB. A header that asks for more than this is refused instead of obeyed.
const XZ_MEMORY: u64 = 192 << 20;

/// A reader of what `packed` holds.
pub(super) fn decode<'a>(codec: Codec, packed: &'a mut dyn Read) -> io::Result<Box<dyn Read + 'a>> {
    let packed = BufReader::with_capacity(INPUT, packed);
    Ok(match codec {
        Codec::Gzip => Box::new(Gzip::new(packed)),
        Codec::Zstd => Box::new(Stepwise(zstd::stream::read::Decoder::with_buffer(packed)?)),
        Codec::Xz => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
            Box::new(Stepwise(liblzma::bufread::XzDecoder::new_stream(packed, stream)))
        }
        Codec::Bzip2 => Box::new(Stepwise(bzip2::bufread::MultiBzDecoder::new(packed))),
        Codec::Lz4 => {
            let tail = Tail { inner: packed, last: [1; 8] };
            Box::new(Stepwise(Lz4 { frame: Some(FrameDecoder::new(tail)) }))
        }
    })
}

/// All frames of an lz4 file. A new decoder for each: one that is used again asserts that blocks keep their size.
struct Lz4<R: BufRead> {
    frame: Option<FrameDecoder<Tail<R>>>,
}

impl<R: BufRead> Read for Lz4<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(frame) = self.frame.as_mut() else { return Ok(0) };
            let count = frame.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let Some(ended) = self.frame.take() else { return Ok(0) };
            let mut packed = ended.into_inner();
            if !packed.at_end_mark() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if !packed.inner.fill_buf()?.is_empty() {
                self.frame = Some(FrameDecoder::new(packed));
            }
        }
    }
}

/// Remembers the last bytes that the lz4 decoder took, because it does not tell a cut from an end.
struct Tail<R> {
    inner: R,
    last: [u8; 8],
}

impl<R> Tail<R> {
    /// A frame ends in four NUL bytes, or in these and a checksum of four bytes
    /// (lz4 frame format description, "EndMark" and "Content Checksum").
    fn at_end_mark(&self) -> bool {
        self.last[4..] == [0; 4] || self.last[..4] == [0; 4]
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let kept = count.min(8);
        self.last.rotate_left(kept);
        self.last[8 - kept..].copy_from_slice(&buffer[count - kept..count]);
        Ok(count)
    }
}
