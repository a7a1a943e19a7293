//! What stands in a line, so far as it tells at once which layouts are not its own.
//!
//! A contest asks some two hundred layouts about a line, and nearly all refuse it in the end: for want of a member, or
//! of a literal that stands behind values that fit anything. What a line must have is compared first, with what it has,
//! gathered once for all of them. What passes is still asked.

use crate::peel::json::Members;

/// What stands in one line.
#[derive(Debug)]
pub(super) struct Outline {
    /// Bit by the seven lowest bits of two bytes in sequence: such stand in the line. Nothing is lost for ASCII, and to
    /// clear it for each line takes a fourth of what a bit for any two bytes takes.
    pairs: Box<[u64; 256]>,
    /// Bits of the outermost keys of the JSON object that the line is; none if it is none.
    keys: u128,
}

impl Default for Outline {
    fn default() -> Self {
        Self { pairs: Box::new([0; 256]), keys: 0 }
    }
}

impl Outline {
    /// Takes that of another line.
    pub(super) fn draw(&mut self, line: &[u8]) {
        self.pairs.fill(0);
        for pair in line.windows(2) {
            self.pairs[place(pair)] |= 1 << (pair[1] & 63);
        }
        self.keys = keys(line).unwrap_or(0);
    }

    /// Whether `text` may stand in the line; false only if it does not.
    #[inline]
    pub(super) fn may_have(&self, text: &[u8]) -> bool {
        text.windows(2).all(|pair| self.pairs[place(pair)] >> (pair[1] & 63) & 1 == 1)
    }

    /// Whether the line may be an object with members.
    #[inline]
    pub(super) fn has_members(&self) -> bool {
        self.keys != 0
    }

    /// Whether the line may have a member with one of the paths whose [`key_bit`]s these are.
    #[inline]
    pub(super) fn has_one_of(&self, paths: u128) -> bool {
        self.keys & paths != 0
    }
}

/// Which word has the bit of two bytes.
#[inline]
fn place(pair: &[u8]) -> usize {
    usize::from(pair[0] & 127) << 1 | usize::from(pair[1] >> 6 & 1)
}

/// The bits of the outermost keys of a line; nothing if it is no object that is closed.
fn keys(line: &[u8]) -> Option<u128> {
    let mut members = Members::of(line)?;
    // An empty key leaves no trace in a path, which then begins with any other.
    let bits = members.by_ref().fold(0, |bits, (key, _)| bits | if key.is_empty() { u128::MAX } else { key_bit(key) });
    members.is_sound().then_some(bits)
}

/// One of 128 bits for the first part of a dotted path. The path of a member begins with an outermost key, which may
/// have points of its own; so both have the same first part.
pub(super) fn key_bit(path: &[u8]) -> u128 {
    let first = path.split(|&byte| byte == b'.').next().unwrap_or_default();
    let hash =
        first.iter().fold(0_u32, |hash, &byte| (hash.rotate_left(5) ^ u32::from(byte)).wrapping_mul(0x9E37_79B1));
    1 << (hash >> 25)
}
