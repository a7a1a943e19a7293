#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

/// Gives its bytes in chunks of the sizes given, over and over.
struct Chunks<'a> {
    rest: &'a [u8],
    sizes: &'a [usize],
    turn: usize,
}

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()];
        self.turn += 1;
        let count = size.min(buffer.len()).min(self.rest.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest = &self.rest[count..];
        Ok(count)
    }
}

fn blocks_of(mut splitter: Splitter<'_, impl Read>) -> (Vec<Block>, LongLines) {
    let mut blocks = Vec::new();
    while let Some(block) = splitter.next_block(Bytes::default()).unwrap() {
        blocks.push(block);
    }
    (blocks, splitter.long_lines())
}

/// Lines of many lengths, some over the cap, with and without CR, and bytes that are no UTF-8.
fn uneven_text(lines: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut state = 88_172_645_463_325_252_u64;
    for number in 0..lines {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let length = match state % 1000 {
            0 => LINE_CAP + 5,
            1 => LINE_CAP,
            2 => LINE_CAP + 1,
            3..10 => BLOCK,
            10..200 => 0,
            _ => (state >> 20) as usize % 300,
        };
        text.extend(std::iter::repeat_n(0x80 + (number % 100) as u8, length));
        text.extend_from_slice(if number % 7 == 0 { b"\r\n" } else { b"\n" });
    }
    text.extend_from_slice(b"no line end");
    text
}

#[test]
fn blocks_do_not_depend_on_the_sizes_of_reads() {
    let text = uneven_text(1500);
    let whole = blocks_of(Splitter::new(&text[..]));
    assert!(whole.0.len() > 10, "the text is to take several blocks: {}", whole.0.len());
    assert!(whole.1.count >= 2);
    assert_eq!(whole.0.iter().map(|block| block.lines()).sum::<u64>(), 1501);
    for sizes in [&[4096][..], &[7, 65_536, 1, 100_000], &[BLOCK - 1], &[BLOCK + 1, 3], &[LINE_CAP * 3]] {
        let chunked = blocks_of(Splitter::new(Chunks { rest: &text, sizes, turn: 0 }));
        assert!(chunked == whole, "chunks of {sizes:?}");
    }
}

#[test]
fn every_line_is_counted_once_and_offsets_fit() {
    let text = uneven_text(1000);
    let (blocks, _) = blocks_of(Splitter::new(&text[..]));
    let mut line = 1;
    for block in &blocks {
        assert_eq!(block.first_line, line);
        assert_eq!(lines(&block.bytes).count() as u64, block.lines());
        let there = &text[block.offset as usize..][..block.bytes.len()];
        assert!(*block.bytes == *there, "the block at {} is what stands there", block.offset);
        assert!(block.offset == 0 || text[block.offset as usize - 1] == b'\n');
        line += block.lines();
    }
}

#[test]
fn a_buffer_that_was_used_before_does_not_shine_through() {
    let text = uneven_text(700);
    let fresh = blocks_of(Splitter::new(&text[..])).0;
    let mut splitter = Splitter::new(&text[..]);
    let mut buffer = Bytes::from(vec![b'\n'; 3 * BLOCK]);
    for expected in fresh {
        let block = splitter.next_block(buffer).unwrap().unwrap();
        assert!(block == expected);
        let mut room = block.bytes.into_room();
        room.resize(2 * LINE_CAP, b'\n');
        buffer = room.into();
    }
    assert_eq!(splitter.next_block(buffer).unwrap(), None);
}

#[test]
fn a_line_of_100_mb_takes_no_100_mb() {
    let long = io::repeat(b'x').take(100_000_000);
    let mut splitter = Splitter::new((&b"first\n"[..]).chain(long).chain(&b"\nlast\n"[..]));
    let first = splitter.next_block(Bytes::default()).unwrap().unwrap();
    assert_eq!(*first.bytes, *b"first\n");
    let long = splitter.next_block(first.bytes).unwrap().unwrap();
    assert_eq!((long.first_line, long.lines(), long.bytes.len()), (2, 1, LINE_CAP));
    assert!(long.bytes.clone().into_room().capacity() <= 2 * LINE_CAP && splitter.carry.capacity() <= BLOCK);
    let last = splitter.next_block(long.bytes).unwrap().unwrap();
    assert_eq!((last.first_line, last.lines(), last.offset, &last.bytes[..]), (3, 1, 100_000_007, &b"last\n"[..]));
    assert_eq!(splitter.next_block(last.bytes).unwrap(), None);
    assert_eq!(splitter.long_lines(), LongLines { count: 1, first: 2 });
    let trouble = splitter.long_lines().trouble("app.log").unwrap();
    assert!(trouble.message.starts_with("line 2 is longer"), "{}", trouble.message);
}

#[test]
fn a_long_line_may_be_the_last() {
    let (blocks, long) = blocks_of(Splitter::new(io::repeat(b'x').take(LINE_CAP as u64 + 1)));
    assert_eq!((blocks.len(), blocks[0].bytes.len(), long.count), (1, LINE_CAP, 1));
    let (blocks, long) = blocks_of(Splitter::new(io::repeat(b'x').take(LINE_CAP as u64)));
    assert_eq!((blocks.len(), blocks[0].bytes.len(), long.count), (1, LINE_CAP, 0));
}

#[test]
fn a_block_ends_before_the_start_of_a_record() {
    let record = b"ERROR it broke\n  at one\n  at two\n";
    let text = record.repeat(2 * BLOCK / record.len());
    let mut splitter = Splitter::new(&text[..]);
    splitter.set_record_start(Some(Box::new(|line| line.starts_with(b"ERROR"))));
    let (blocks, _) = blocks_of(splitter);
    assert!(blocks.len() > 1);
    assert!(blocks.iter().all(|block| block.bytes.starts_with(b"ERROR") && block.bytes.ends_with(b"at two\n")));
    assert_eq!(blocks.concat_bytes(), text);
}

#[test]
fn a_record_without_end_is_cut_at_a_line() {
    let text = [&b"ERROR it broke\n"[..], &b"  at some place in the code\n".repeat(2 * BLOCK / 28)].concat();
    let mut splitter = Splitter::new(&text[..]);
    splitter.set_record_start(Some(Box::new(|line| line.starts_with(b"ERROR"))));
    let (blocks, _) = blocks_of(splitter);
    assert!(blocks.len() > 1 && blocks[0].bytes.len() > BLOCK - 100);
    assert_eq!(blocks.concat_bytes(), text);
}

trait ConcatBytes {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl ConcatBytes for Vec<Block> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|block| block.bytes.iter().copied()).collect()
    }
}

#[test]
fn an_error_loses_nothing_that_was_read() {
    struct Fails(u32);
    impl Read for Fails {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => (&b"one\ntw"[..]).read(buffer),
                2 => Err(io::Error::other("the network is away")),
                3 => (&b"o\n"[..]).read(buffer),
                _ => Ok(0),
            }
        }
    }
    let mut splitter = Splitter::new(Fails(0));
    assert!(splitter.next_block(Bytes::default()).is_err());
    assert_eq!(splitter.next_block(Bytes::default()).unwrap().unwrap().bytes[..], *b"one\ntwo\n");
}

#[test]
fn lines_come_without_their_ends() {
    let all: Vec<&[u8]> = lines(b"a\r\n\nb\n\r\nc\xff\r").collect();
    assert_eq!(all, [&b"a"[..], b"", b"b", b"", b"c\xff"]);
    assert_eq!(lines(b"").count(), 0);
}

#[test]
fn an_empty_stream_has_no_block() {
    assert_eq!(Splitter::new(io::empty()).next_block(Bytes::default()).unwrap(), None);
}
