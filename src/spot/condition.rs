//! The `when` of a signature: conditions on record fields.

use crate::model::address::four_numbers;
use crate::model::field::Field;
use crate::model::record::{Fields, parse_number};
use std::net::IpAddr;

/// A condition on one field: one of its tests must hold, and none of its exclusions.
#[derive(Debug, Clone)]
pub struct Condition {
    field: Field,
    any: Vec<Test>,
    none: Vec<Test>,
}

#[derive(Debug, Clone)]
enum Test {
    /// A number, and how it is mostly written.
    Number(i64, String),
    /// A text as it stands.
    Text(String),
    /// A text with `*` for anything.
    Pattern(String),
    Less(i64),
    LessOrEqual(i64),
    Greater(i64),
    GreaterOrEqual(i64),
    Private,
    Public,
    Present,
    Absent,
}

impl Condition {
    /// Compiles the condition that `field` is one of `values`.
    pub fn compile(field: &str, values: &[String]) -> Result<Self, String> {
        let field = Field::from_name(field).ok_or_else(|| format!("when: unknown field `{field}`"))?;
        let (mut any, mut none) = (Vec::new(), Vec::new());
        for value in values {
            match value.strip_prefix('!') {
                Some(excluded) => none.push(test(excluded)?),
                None => any.push(test(value)?),
            }
        }
        if any.is_empty() && none.is_empty() {
            return Err(format!("when.{}: names no value", field.name()));
        }
        Ok(Self { field, any, none })
    }

    /// Whether the record's fields fulfil it.
    pub fn holds(&self, fields: &Fields<'_>, reaches: &mut Reaches) -> bool {
        let value = fields.get(self.field);
        self.holds_by(value, |value| reaches.of(self.field, value))
    }

    /// Whether this value of its field fulfils it.
    pub fn holds_for(&self, value: Option<&[u8]>) -> bool {
        self.holds_by(value, reach)
    }

    fn holds_by(&self, value: Option<&[u8]>, mut reach: impl FnMut(&[u8]) -> Option<Reach>) -> bool {
        (self.any.is_empty() || self.any.iter().any(|test| test.holds(value, &mut reach)))
            && !self.none.iter().any(|test| test.holds(value, &mut reach))
    }

    /// The number of its tests.
    pub fn tests(&self) -> usize {
        self.any.len() + self.none.len()
    }

    /// The field that it is about.
    pub fn field(&self) -> Field {
        self.field
    }

    /// Whether it asks for `value` by name: as a number or a text, and not by leaving others out.
    pub fn names(&self, value: &[u8]) -> bool {
        let stated = |test: &&Test| matches!(test, Test::Number(..) | Test::Text(_) | Test::Pattern(_));
        self.any.iter().filter(stated).any(|test| test.holds(Some(value), &mut reach))
    }

    /// What a value begins with that it may hold for, where that can be told; it does not hold for an empty one then.
    pub fn heads(&self) -> Option<Vec<&[u8]>> {
        let heads = self.any.iter().map(|test| match test {
            Test::Text(text) | Test::Pattern(text) => text.as_bytes().split(|&byte| byte == b'*').next(),
            _ => None,
        });
        heads
            .collect::<Option<Vec<&[u8]>>>()
            .filter(|heads| !heads.is_empty() && heads.iter().all(|head| !head.is_empty()))
    }

    /// The status numbers that it asks for, when it asks for nothing else.
    pub fn statuses(&self) -> Option<Vec<i64>> {
        if self.field != Field::Status || self.any.is_empty() {
            return None;
        }
        self.any.iter().map(|test| if let Test::Number(status, _) = test { Some(*status) } else { None }).collect()
    }
}

fn test(value: &str) -> Result<Test, String> {
    let number =
        |digits: &str| digits.trim().parse::<i64>().map_err(|_| format!("when: `{value}` compares with no number"));
    Ok(match value {
        "@private" => Test::Private,
        "@public" => Test::Public,
        "@present" => Test::Present,
        "@absent" => Test::Absent,
        _ if value.starts_with('@') => {
            return Err(format!("when: unknown `{value}`; @private, @public, @present and @absent are known"));
        }
        _ => {
            if let Some(rest) = value.strip_prefix("<=") {
                Test::LessOrEqual(number(rest)?)
            } else if let Some(rest) = value.strip_prefix(">=") {
                Test::GreaterOrEqual(number(rest)?)
            } else if let Some(rest) = value.strip_prefix('<').filter(|rest| rest.parse::<i64>().is_ok()) {
                Test::Less(number(rest)?)
            } else if let Some(rest) = value.strip_prefix('>').filter(|rest| rest.parse::<i64>().is_ok()) {
                Test::Greater(number(rest)?)
            } else if let Ok(exact) = value.parse::<i64>() {
                Test::Number(exact, exact.to_string())
            } else if value.contains('*') {
                Test::Pattern(value.to_owned())
            } else {
                Test::Text(value.to_owned())
            }
        }
    })
}

impl Test {
    fn holds(&self, value: Option<&[u8]>, reach: &mut impl FnMut(&[u8]) -> Option<Reach>) -> bool {
        let number = || value.and_then(parse_number);
        match self {
            Test::Absent => value.is_none(),
            Test::Present => value.is_some(),
            // Without a zero or a sign in front a number is written in one way only.
            Test::Number(_, written) if matches!(value, Some([b'1'..=b'9', ..])) => value == Some(written.as_bytes()),
            // `503.2` is a code of its own, and not the number 503.
            Test::Number(exact, _) => value.is_some_and(|value| !value.contains(&b'.')) && number() == Some(*exact),
            Test::Less(bound) => number().is_some_and(|number| number < *bound),
            Test::LessOrEqual(bound) => number().is_some_and(|number| number <= *bound),
            Test::Greater(bound) => number().is_some_and(|number| number > *bound),
            Test::GreaterOrEqual(bound) => number().is_some_and(|number| number >= *bound),
            Test::Private => value.and_then(reach) == Some(Reach::Private),
            Test::Public => value.and_then(reach) == Some(Reach::Public),
            // Cause codes tell by case: `sQ` is not `SQ`.
            Test::Text(text) => value == Some(text.as_bytes()),
            Test::Pattern(pattern) => value.is_some_and(|value| holds_pattern(pattern.as_bytes(), value)),
        }
    }
}

fn holds_pattern(pattern: &[u8], text: &[u8]) -> bool {
    match memchr::memchr(b'*', pattern) {
        None => pattern == text,
        Some(star) => {
            let (head, tail) = (&pattern[..star], &pattern[star + 1..]);
            text.starts_with(head)
                && (tail.is_empty() || (head.len()..=text.len()).any(|from| holds_pattern(tail, &text[from..])))
        }
    }
}

/// From where the addresses of one record can be reached, as far as it was asked for: several signatures of packet
/// filters ask it of the same address.
#[derive(Debug, Default)]
pub struct Reaches {
    recent: Option<(Field, Option<Reach>)>,
}

impl Reaches {
    /// The reach of this value of a field.
    fn of(&mut self, field: Field, value: &[u8]) -> Option<Reach> {
        match self.recent {
            Some((known, found)) if known == field => found,
            _ => {
                let found = reach(value);
                self.recent = Some((field, found));
                found
            }
        }
    }
}

/// From where an address can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// From the same site: private, loopback, link-local.
    Private,
    /// From the same provider (RFC 6598, `100.64.0.0/10`): a site's own machines, or any of the provider's customers.
    Shared,
    /// From anywhere.
    Public,
}

fn reach(text: &[u8]) -> Option<Reach> {
    let address = match four_numbers(text) {
        Some(numbers) => IpAddr::V4(numbers.into()),
        None => std::str::from_utf8(text).ok()?.parse().ok()?,
    };
    let (private, shared) = match address {
        IpAddr::V4(v4) => (
            v4.is_private() || v4.is_loopback() || v4.is_link_local(),
            v4.octets()[0] == 100 && v4.octets()[1] & 0xC0 == 64,
        ),
        IpAddr::V6(v6) => {
            (v6.is_loopback() || (v6.segments()[0] & 0xFE00) == 0xFC00 || (v6.segments()[0] & 0xFFC0) == 0xFE80, false)
        }
    };
    Some(match (private, shared) {
        (true, _) => Reach::Private,
        (false, true) => Reach::Shared,
        (false, false) => Reach::Public,
    })
}

/// Whether an address cannot be that of a client on the Internet; nothing when it is no address.
pub fn is_private(text: &[u8]) -> Option<bool> {
    reach(text).map(|reach| reach != Reach::Public)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalogue::wildcard;
    use proptest::prelude::*;

    fn holds(field: &str, values: &[&str], value: &str) -> bool {
        let mut fields = Fields::default();
        fields.set(Field::from_name(field).unwrap(), value.as_bytes());
        Condition::compile(field, &values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
            .unwrap()
            .holds(&fields, &mut Reaches::default())
    }

    #[test]
    fn conditions() {
        assert!(holds("status", &["503"], "503") && !holds("status", &["503"], "504"));
        assert!(holds("reason", &["sQ*", "SQ*"], "sQ--") && !holds("reason", &["sQ*"], "SQ--"));
        assert!(holds("program", &["php*-fpm"], "php8.2-fpm") && holds("program", &["!systemd"], ""));
        assert!(holds("duration", &[">=5000000"], "5000000") && !holds("duration", &[">=5000000"], "4999999"));
        assert!(
            holds("src", &["@private"], "10.0.0.1")
                && !holds("src", &["@private"], "203.0.113.1")
                && !holds("src", &["@public"], "x")
                && !holds("src", &["@private"], "100.77.2.1")
                && !holds("src", &["@public"], "100.77.2.1")
        );
        assert!(holds("upstream", &["!*/<NOSRV>"], "bk/app1") && !holds("upstream", &["!*/<NOSRV>"], "bk/<NOSRV>"));
        assert!(holds("upstream", &["@absent"], "-"));
        assert!(holds("status", &["-1"], "-1"));
    }

    proptest! {
        #[test]
        fn a_number_is_one_however_it_is_written(number in -20i64..20, text in "[-+0]{0,2}[0-9]{0,2}[.x]?") {
            let expected = !text.contains('.') && parse_number(text.as_bytes()) == Some(number);
            prop_assert_eq!(test(&number.to_string()).unwrap().holds(Some(text.as_bytes()), &mut reach), expected);
        }

        #[test]
        fn patterns_are_wildcards_that_tell_by_case(pattern in "[ab*]{0,6}", text in "[ab]{0,8}") {
            prop_assert_eq!(holds_pattern(pattern.as_bytes(), text.as_bytes()), wildcard(&pattern, text.as_bytes()));
        }
    }

    #[test]
    fn what_an_address_was_asked_before_changes_nothing() {
        let mut fields = Fields::default();
        fields.set(Field::Src, &b"10.0.0.1"[..]);
        fields.set(Field::Dst, &b"203.0.113.1"[..]);
        let mut reaches = Reaches::default();
        for (field, value) in [("src", "@private"), ("dst", "@private"), ("src", "@public"), ("src", "@private")] {
            let condition = Condition::compile(field, &[value.to_owned()]).unwrap();
            let alone = condition.holds_for(fields.get(condition.field()));
            assert_eq!(condition.holds(&fields, &mut reaches), alone, "{field} {value}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        assert!(Condition::compile("stauts", &["1".into()]).unwrap_err().contains("stauts"));
        assert!(Condition::compile("src", &["@privat".into()]).unwrap_err().contains("@private"));
    }
}
