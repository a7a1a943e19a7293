//! The bytes of a block.

use std::ops::Deref;

/// Bytes at the front of a buffer that keeps the room behind them. A buffer that was cut to what it holds would have to be
/// filled with NULs again for the next block, which takes as long as to read it.
#[derive(Debug, Clone, Default)]
pub struct Bytes {
    room: Vec<u8>,
    /// How many there are, at most as many as there is room for.
    length: usize,
}

impl Bytes {
    /// The first bytes of a buffer, at most `length`.
    pub(super) fn front(room: Vec<u8>, length: usize) -> Self {
        Self { length: length.min(room.len()), room }
    }

    /// The buffer, with whatever it holds.
    pub(super) fn into_room(self) -> Vec<u8> {
        self.room
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.room[..self.length]
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len(), room: bytes }
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}
