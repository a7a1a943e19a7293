//! What may have been meant by a name that is not known.

/// Names that are told.
const MOST: usize = 6;

/// The candidates nearest to `typed`, best first: those that hold it, or are a few keystrokes away.
pub(super) fn nearest<'c>(typed: &str, candidates: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
    let typed = typed.to_lowercase();
    let most = (typed.chars().count() / 3).max(1);
    let rank = |candidate: &str| {
        let known = candidate.to_lowercase();
        let away = distance(&typed, &known);
        let holds = typed.len() >= 3 && (known.contains(&typed) || typed.contains(&known) && known.len() >= 4);
        // Something that holds all that was typed is as good as a slip of one key.
        (away <= most || holds).then_some(if holds { away.min(1) } else { away })
    };
    let mut ranked: Vec<(usize, &str)> = candidates.filter_map(|known| Some((rank(known)?, known))).collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().map(|(_, name)| name).take(MOST).collect()
}

/// `; perhaps a, b`, or nothing.
pub(super) fn hint(names: &[&str]) -> String {
    if names.is_empty() { String::new() } else { format!("; perhaps {}", names.join(", ")) }
}

/// Characters to insert, remove or replace.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, character) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (at, known) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(*known != character);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_parts_are_found() {
        let known = ["nginx.limit-req.rejected", "nginx.limit-conn.rejected", "apache.workers.full"];
        assert_eq!(nearest("nginx.limit-req.reject", known.into_iter())[0], "nginx.limit-req.rejected");
        assert_eq!(nearest("limit-conn", known.into_iter()), ["nginx.limit-conn.rejected"]);
        assert!(nearest("quite another thing", known.into_iter()).is_empty());
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
