//! Counts by key, as a list in order.

use std::ops::AddAssign;

/// Sums up neighbours with the same key.
pub fn sum_equal<K: PartialEq, C: Copy + AddAssign>(counts: &mut Vec<(K, C)>) {
    counts.dedup_by(|(key, count), (known, sum)| {
        let same = key == known;
        if same {
            *sum += *count;
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one() {
        let mut counts = vec![(1, 2), (1, 3), (4, 1), (4, 1), (4, 7), (5, 1)];
        sum_equal(&mut counts);
        assert_eq!(counts, [(1, 5), (4, 9), (5, 1)]);
    }
}
