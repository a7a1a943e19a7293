//! What shows at a glance that a request has none of the signatures that ask for no status.

use super::condition::Condition;
use crate::model::field::Field;

/// One condition of a signature, as far as the first bytes of a value settle it.
#[derive(Debug)]
pub(super) struct Refusal {
    field: Field,
    /// What a value begins with that the condition may hold for: up to eight bytes as a number, and the bits that count.
    heads: Vec<(u64, u64)>,
}

impl Refusal {
    /// That of the one of these conditions that knows most of its values; all of them must hold for the signature.
    pub(super) fn of(conditions: &[Condition]) -> Option<Self> {
        let known = conditions.iter().filter_map(|condition| Some((condition.field(), condition.heads()?)));
        let shortest = |heads: &[&[u8]]| heads.iter().map(|head| head.len().min(8)).min();
        let (field, heads) = known.max_by_key(|(_, heads)| shortest(heads))?;
        Some(Self { field, heads: heads.into_iter().map(|head| (word(head), mask(head.len()))).collect() })
    }

    /// Whether a request with this value of the field is refused.
    #[inline]
    pub(super) fn refuses<'v>(&self, get: impl Fn(Field) -> Option<&'v [u8]>) -> bool {
        let Some(value) = get(self.field) else { return true };
        let word = word(value);
        self.heads.iter().all(|&(head, mask)| word & mask != head)
    }
}

/// The first eight bytes of a text as a number.
#[inline]
fn word(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => text.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// The bits of the first bytes of a number.
fn mask(bytes: usize) -> u64 {
    u64::MAX.checked_shl(8 * bytes as u32).map_or(u64::MAX, |above| !above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_only_what_the_condition_refuses() {
        let condition = |values: &[&str]| {
            Condition::compile("method", &values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()).unwrap()
        };
        for values in [
            &["POST"][..],
            &["get*", "Put"],
            &["*ST"],
            &["!POST"],
            &["7", "POST"],
            &["@present"],
            &["POST", "!x"],
            &["/wp-cron.php*"],
        ] {
            let condition = condition(values);
            let refusal = Refusal::of(std::slice::from_ref(&condition));
            assert_eq!(
                refusal.is_some(),
                matches!(values, ["POST", ..] | ["get*", "Put"] | ["/wp-cron.php*"]),
                "{values:?}"
            );
            for value in
                ["POST", "GET", "get", "PUT", "7", "", "xST", "/wp-cron.php", "/wp-cron.php?x", "/wp-login.php"]
                    .map(|value| (!value.is_empty()).then_some(value))
            {
                let value = value.map(str::as_bytes);
                let refused = refusal.as_ref().is_some_and(|refusal| refusal.refuses(|_| value));
                assert!(!(refused && condition.holds_for(value)), "{values:?} {value:?}");
            }
        }
    }
}
