//! Sets of bytes, for questions that are put to every byte of a log.

/// Which bytes are in a set. A table: one load, where a match over ranges takes several comparisons.
#[derive(Debug, Clone, Copy)]
pub struct ByteSet([bool; 256]);

impl ByteSet {
    /// The set of these bytes.
    pub const fn of(bytes: &[u8]) -> Self {
        Self([false; 256]).with(bytes)
    }

    /// ASCII letters and digits, and these bytes.
    pub const fn alphanumeric_and(bytes: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        Self(table).with(bytes)
    }

    const fn with(mut self, bytes: &[u8]) -> Self {
        let mut at = 0;
        while at < bytes.len() {
            self.0[bytes[at] as usize] = true;
            at += 1;
        }
        self
    }

    /// Whether `byte` is in it.
    #[inline]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_set() {
        let set = ByteSet::alphanumeric_and(b"-");
        let expected = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        assert!((0..=255).all(|byte| set.has(byte) == expected(byte)));
        assert!((0..=255).all(|byte| ByteSet::of(b" \t").has(byte) == matches!(byte, b' ' | b'\t')));
    }
}
