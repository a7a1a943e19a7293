//! Samples that were tampered with, for tests that hold two ways of reading against each other.

/// A line with bytes put in (0), taken out (1) or changed (2) at places, which count around its end.
pub(in crate::detect) fn edited(line: &[u8], edits: &[(usize, usize, u8)]) -> Vec<u8> {
    let mut line = line.to_vec();
    for &(at, edit, byte) in edits {
        let at = at % (line.len() + 1);
        let taken = at..(at + usize::from(edit > 0)).min(line.len());
        line.splice(taken, (edit != 1).then_some(byte));
    }
    line
}
