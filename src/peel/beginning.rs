//! What many lines begin with, compared eight bytes at a time.

/// The most bytes that are compared.
const LONGEST: usize = 64;

/// The bytes that lines begin with, but for a few that may be any.
#[derive(Debug)]
pub(super) struct Beginning {
    /// Eight bytes each.
    words: [u64; LONGEST / 8],
    /// The bits of these that count.
    counts: [u64; LONGEST / 8],
}

impl Beginning {
    /// That of lines that begin with these parts, one behind the other, whatever the two bytes at `varying` are. Nothing
    /// for more than 64 bytes.
    pub(super) fn of(parts: [&[u8]; 2], varying: Option<usize>) -> Option<Self> {
        let (mut bytes, mut counts) = ([0; LONGEST], [0; LONGEST]);
        let mut length = 0;
        for part in parts {
            let end = length + part.len();
            bytes.get_mut(length..end)?.copy_from_slice(part);
            counts.get_mut(length..end)?.fill(u8::MAX);
            length = end;
        }
        if let Some(at) = varying {
            counts.get_mut(at..at + 2)?.fill(0);
        }
        let numbers = |bytes: [u8; LONGEST]| {
            let mut numbers = [0; LONGEST / 8];
            for (number, bytes) in numbers.iter_mut().zip(bytes.as_chunks().0) {
                *number = u64::from_le_bytes(*bytes);
            }
            numbers
        };
        Some(Self { words: numbers(bytes), counts: numbers(counts) })
    }

    /// Whether a text begins so; nothing says that it does where it ends soon behind.
    #[inline]
    pub(super) fn is_of(&self, text: &[u8]) -> bool {
        let Some(text) = text.first_chunk::<LONGEST>() else { return false };
        // All of them: to stop where the bytes end takes longer.
        let words = self.words.iter().zip(&self.counts).zip(text.as_chunks::<8>().0);
        words.fold(0, |differ, ((word, counts), text)| differ | (word ^ u64::from_le_bytes(*text)) & counts) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_so_but_for_two_bytes() {
        let behind = [b'x'; LONGEST];
        let text = |line: &[u8]| [line, &behind].concat();
        for (front, tag, varying) in
            [("a1234567", "", Some(1)), ("ab", "cdefghijkl", None), ("abcdefg", "hij", Some(6))]
        {
            let line = [front.as_bytes(), tag.as_bytes()].concat();
            let beginning = Beginning::of([front.as_bytes(), tag.as_bytes()], varying).unwrap();
            assert!(beginning.is_of(&text(&line)) && !beginning.is_of(&line));
            for at in 0..line.len() {
                let mut other = text(&line);
                other[at] ^= 0x80;
                let varies = varying.is_some_and(|varying| varying == at || varying + 1 == at);
                assert_eq!(beginning.is_of(&other), varies, "{front} {at}");
            }
        }
        assert!(Beginning::of([&behind, b""], None).is_some_and(|beginning| beginning.is_of(&behind)));
        assert!(Beginning::of([&behind, b"x"], None).is_none());
    }
}
