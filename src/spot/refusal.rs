//! What shows at a glance that a request has none of the signatures that ask for no status.

use super::condition::Condition;
use crate::model::byte_set::ByteSet;
use crate::model::field::Field;

/// One condition of a signature, as far as the first byte of a value settles it.
#[derive(Debug)]
pub(super) struct Refusal {
    field: Field,
    /// What a value begins with that the condition may hold for.
    first: ByteSet,
}

impl Refusal {
    /// That of the first of these conditions which has one; all of them must hold for the signature.
    pub(super) fn of(conditions: &[Condition]) -> Option<Self> {
        let found = conditions.iter().find_map(|condition| Some((condition.field(), condition.first_bytes()?)));
        found.map(|(field, bytes)| Self { field, first: ByteSet::of(&bytes) })
    }

    /// Whether a request with this value of the field is refused.
    #[inline]
    pub(super) fn refuses<'v>(&self, get: impl Fn(Field) -> Option<&'v [u8]>) -> bool {
        get(self.field).and_then(<[u8]>::first).is_none_or(|&byte| !self.first.has(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_only_what_the_condition_refuses() {
        let condition = |values: &[&str]| {
            Condition::compile("method", &values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()).unwrap()
        };
        for values in
            [&["POST"][..], &["get*", "Put"], &["*ST"], &["!POST"], &["7", "POST"], &["@present"], &["POST", "!x"]]
        {
            let condition = condition(values);
            let refusal = Refusal::of(std::slice::from_ref(&condition));
            assert_eq!(refusal.is_some(), matches!(values, ["POST", ..] | ["get*", "Put"]), "{values:?}");
            for value in ["POST", "GET", "get", "PUT", "7", "", "xST"].map(|value| (!value.is_empty()).then_some(value))
            {
                let value = value.map(str::as_bytes);
                let refused = refusal.as_ref().is_some_and(|refusal| refusal.refuses(|_| value));
                assert!(!(refused && condition.holds_for(value)), "{values:?} {value:?}");
            }
        }
    }
}
