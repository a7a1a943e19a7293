//! Words that mean another word: `Blocked`, `[UFW BLOCK]` and `%ASA-4-106023: Deny` all say that a packet did not
//! pass. Each product has its own; the diagnosis knows four.

use super::layout::field;
use crate::model::field::Field;
use crate::model::lanes::find_pair;
use crate::model::record::Fields;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A `[[layout.values]]` table.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ValuesText {
    /// The field that is set.
    pub field: String,
    /// The field that tells, or `text` for the whole record; without it, the field itself.
    #[serde(default)]
    pub from: Option<String>,
    /// Lists of a word and the patterns (`*` stands for anything, case counts not) that mean it; the first list with a
    /// pattern that fits is taken. An empty word unsets the field.
    pub when: Vec<Vec<String>>,
}

/// A compiled `[[layout.values]]` table.
#[derive(Debug)]
pub(super) struct Values {
    field: Field,
    from: From,
    when: Vec<(Cow<'static, [u8]>, Vec<Pattern>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// The field's own value: what no pattern describes is unset, so that only known words remain.
    Itself,
    /// Another field; where no pattern fits, nothing changes.
    Field(Field),
    /// The whole record; where no pattern fits, nothing changes.
    Text,
}

impl Values {
    pub(super) fn compile(text: &ValuesText) -> Result<Self, String> {
        let from = match text.from.as_deref() {
            None => From::Itself,
            Some("text") => From::Text,
            Some(name) => From::Field(field("values.from", name)?),
        };
        let when = text.when.iter().map(|list| match list.split_first() {
            Some((word, patterns)) if !patterns.is_empty() => {
                Ok((known(word), patterns.iter().map(|pattern| Pattern::compile(pattern)).collect()))
            }
            _ => Err("values.when: each list is a word and at least one pattern".to_owned()),
        });
        Ok(Self { field: field("values.field", &text.field)?, from, when: when.collect::<Result<_, _>>()? })
    }

    pub(super) fn apply(&self, text: &[u8], fields: &mut Fields<'_>) {
        let told = match self.from {
            From::Itself => fields.get(self.field),
            From::Field(field) => fields.get(field),
            From::Text => Some(text),
        };
        let Some(told) = told else { return };
        // Most are a word or two, which need no place of their own in memory.
        let (mut short, long);
        let told: &[u8] = match told.len() {
            length @ ..=SHORT => {
                short = [0; SHORT];
                short[..length].copy_from_slice(told);
                short[..length].make_ascii_lowercase();
                &short[..length]
            }
            _ => {
                long = told.to_ascii_lowercase();
                &long
            }
        };
        let meant = self.when.iter().find(|(_, patterns)| patterns.iter().any(|pattern| pattern.fits(told)));
        match meant {
            Some((word, _)) if word.is_empty() => fields.clear(self.field),
            Some((word, _)) => fields.set(self.field, word.clone()),
            None if self.from == From::Itself => fields.clear(self.field),
            None => {}
        }
    }
}

/// Bytes of a value that is searched where it stands.
const SHORT: usize = 48;

/// A word that values mean. Those that the diagnosis knows are not copied for each record.
fn known(word: &str) -> Cow<'static, [u8]> {
    const KNOWN: [&str; 5] = ["drop", "reject", "deny", "allow", ""];
    match KNOWN.into_iter().find(|known| *known == word) {
        Some(known) => Cow::Borrowed(known.as_bytes()),
        None => Cow::Owned(word.as_bytes().to_vec()),
    }
}

/// Where `part` stands in `text`. A searcher is made only for what is longer than the making takes.
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let (&[first, second, ..], ..=SHORT) = (part, text.len()) else { return memchr::memmem::find(text, part) };
    let mut from = 0;
    loop {
        let at = from + find_pair([first, second], &text[from..])?;
        if text[at..].starts_with(part) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// What stands between the `*` of a pattern, in lower case. Searched, because the text may be a whole record.
#[derive(Debug)]
struct Pattern {
    first: Vec<u8>,
    inner: Vec<Vec<u8>>,
    /// What the text ends with; without it the pattern has no `*`.
    last: Option<Vec<u8>>,
}

impl Pattern {
    fn compile(pattern: &str) -> Self {
        let mut parts = pattern.split('*').map(|part| part.to_ascii_lowercase().into_bytes());
        let first = parts.next().unwrap_or_default();
        let mut inner: Vec<Vec<u8>> = parts.collect();
        let last = inner.pop();
        Self { first, inner, last }
    }

    fn fits(&self, text: &[u8]) -> bool {
        // Most patterns begin and end with a `*`: to compare nothing by a call can take longer than the search.
        let begins = self.first.is_empty() || text.starts_with(&self.first);
        let Some(mut rest) = text.get(self.first.len()..).filter(|_| begins) else { return false };
        let Some(last) = &self.last else { return rest.is_empty() };
        for part in &self.inner {
            let Some(at) = find(rest, part) else { return false };
            rest = &rest[at + part.len()..];
        }
        last.is_empty() || rest.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(from: Option<&str>, fill: &[(Field, &str)], text: &str) -> Option<String> {
        let when = [["drop", "*drop*"], ["allow", "*allow*"], ["", "none"]];
        let when = when.iter().map(|list| list.iter().map(|&word| word.to_owned()).collect()).collect();
        let values =
            Values::compile(&ValuesText { field: "action".into(), from: from.map(str::to_owned), when }).unwrap();
        let mut fields = Fields::default();
        fill.iter().for_each(|(field, value)| fields.set(*field, value.as_bytes().to_vec()));
        values.apply(text.as_bytes(), &mut fields);
        fields.get(Field::Action).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    #[test]
    fn patterns() {
        for (pattern, text, expected) in [
            ("drop", "drop", true),
            ("Drop", "dropped", false),
            ("drop*", "dropped", true),
            ("*: deny *", "%asa-4-1: deny tcp", true),
            ("*-rst", "client-rst", true),
            ("a*a", "a", false),
            ("a*b*c", "a-c-b-c", true),
            ("*", "", true),
        ] {
            assert_eq!(Pattern::compile(pattern).fits(text.as_bytes()), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn found_in_short_and_long_texts() {
        for length in [0, 2, 20, SHORT, SHORT + 1] {
            let text = [&vec![b'a'; length][..], b"abc"].concat();
            for part in [&b"abc"[..], b"aa", b"ab", b"c", b"", b"ca", b"abcd"] {
                assert_eq!(find(&text, part), memchr::memmem::find(&text, part));
            }
        }
    }

    #[test]
    fn the_first_list_that_fits_names_the_value() {
        let action = |word| mapped(None, &[(Field::Action, word)], "");
        assert_eq!(action("Dropped"), Some("drop".into()));
        assert_eq!(action("DROP-not-allowed"), Some("drop".into()));
        assert_eq!(action("login"), None);
        assert_eq!(mapped(Some("rule"), &[(Field::Rule, "FW-ALLOW")], ""), Some("allow".into()));
        assert_eq!(mapped(Some("rule"), &[(Field::Rule, "x"), (Field::Action, "deny")], ""), Some("deny".into()));
        assert_eq!(mapped(Some("rule"), &[(Field::Rule, "none"), (Field::Action, "deny")], ""), None);
        assert_eq!(mapped(Some("text"), &[], "a drop of"), Some("drop".into()));
    }
}
