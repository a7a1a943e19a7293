//! Fields that are brought into shape after a record was read, whichever way it was: `upstream = "authority"`.

use super::layout::field;
use super::template::{Found, Place, Skim, request, without_port};
use super::web_kinds::{first_of, last_of, without_last_port};
use crate::model::field::Field;
use std::collections::BTreeMap;

/// What is done to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// Of a URL the part that names the server: `http://10.0.0.7:80/x` is `10.0.0.7:80`, `fastcgi://unix:/run/x.sock:`
    /// is `unix:/run/x.sock`.
    Authority,
    /// The first of a list with commas.
    First,
    /// The last of a list that says something.
    Last,
    /// An address without its port.
    Address,
    /// The same where the port always follows the last colon.
    AddressPort,
    /// A request line goes to `method` and `path`.
    RequestLine,
    /// What stands between two texts; the value itself where they are not in it.
    Between(Vec<u8>, Vec<u8>),
    /// Another field and a text go in front.
    Behind(Field, Vec<u8>),
}

impl Rule {
    /// The part of a value that it keeps; all of it for rules that do more than cut.
    fn part<'v>(&self, value: &'v [u8]) -> &'v [u8] {
        match self {
            Self::Authority => authority(value),
            Self::First => first_of(value),
            Self::Last => last_of(value).unwrap_or_default(),
            Self::Address => without_port(value),
            Self::AddressPort => without_last_port(value),
            Self::Between(start, end) => between(value, start, end),
            Self::RequestLine | Self::Behind(..) => value,
        }
    }
}

/// Whether the upstream of a request is what stands in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Upstream {
    Left,
    /// Where the line does not state this field: what is derived comes later.
    LeftWithout(Field),
    Changed,
}

/// The rules of a layout.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    rules: Vec<(Field, Rule)>,
}

impl Shapes {
    pub(super) fn compile(text: &BTreeMap<String, String>) -> Result<Self, String> {
        let rules = text.iter().map(|(name, rule)| Ok((field("shape", name)?, rule_of(rule)?)));
        Ok(Self { rules: rules.collect::<Result<_, String>>()? })
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether [`Shapes::skim`] does all that [`Shapes::apply`] does to what is skimmed, but for the upstream.
    pub(super) fn can_be_skimmed(&self) -> bool {
        self.rules.iter().all(|(field, rule)| match rule {
            Rule::Behind(..) => *field == Field::Upstream,
            Rule::RequestLine => Skim::holds(*field),
            _ => *field != Field::Duration,
        })
    }

    /// Whether the upstream is another one than stands in the line. What is put behind another field keeps what stood
    /// before it, and does not count.
    pub(super) fn change_upstream(&self) -> bool {
        self.rules.iter().any(|(field, rule)| *field == Field::Upstream && !matches!(rule, Rule::Behind(..)))
    }

    /// The same for a request that is skimmed. The upstream stays as it stands in the line.
    pub(super) fn skim(&self, skim: &mut Skim<'_>) {
        for (field, rule) in self.rules.iter().filter(|(field, _)| *field != Field::Upstream) {
            let Some(value) = skim.get(*field) else { continue };
            match rule {
                Rule::RequestLine if !value.starts_with(b"/") => {
                    skim.replace(Place::of(*field), b"");
                    request(value, skim);
                }
                Rule::RequestLine | Rule::Behind(..) => {}
                rule => skim.replace(Place::of(*field), rule.part(value)),
            }
        }
    }

    /// Whether [`Shapes::skim`] leaves all as it is.
    pub(super) fn leave_skimmed(&self) -> bool {
        self.rules.iter().all(|(field, _)| *field == Field::Upstream)
    }

    /// When the upstream is what stands in the line, and nothing in front of it.
    pub(super) fn leave_upstream(&self) -> Upstream {
        let mut rules = self.rules.iter().filter(|(field, _)| *field == Field::Upstream).map(|(_, rule)| rule);
        match (rules.next(), rules.next()) {
            (None, _) => Upstream::Left,
            (Some(Rule::Behind(other, _)), None) if Skim::holds(*other) => Upstream::LeftWithout(*other),
            _ => Upstream::Changed,
        }
    }

    pub(super) fn apply(&self, found: &mut Found<'_>) {
        for (field, rule) in &self.rules {
            let Some(value) = found.fields.get(*field) else { continue };
            let value = match rule {
                Rule::RequestLine => {
                    split_request(*field, found);
                    continue;
                }
                Rule::Behind(other, between) => match found.fields.get(*other) {
                    Some(front) => [front, between, value].concat(),
                    None => continue,
                },
                rule => rule.part(value).to_vec(),
            };
            found.fields.clear(*field);
            found.fields.set(*field, value);
        }
    }
}

fn rule_of(text: &str) -> Result<Rule, String> {
    let words: Vec<&str> = text.split(' ').collect();
    Ok(match words.as_slice() {
        ["authority"] => Rule::Authority,
        ["first"] => Rule::First,
        ["last"] => Rule::Last,
        ["address"] => Rule::Address,
        ["address-port"] => Rule::AddressPort,
        ["request-line"] => Rule::RequestLine,
        ["between", start, end] => Rule::Between(start.as_bytes().to_vec(), end.as_bytes().to_vec()),
        ["behind", other, between] => Rule::Behind(field("shape", other)?, between.as_bytes().to_vec()),
        _ => return Err(format!("shape: unknown rule `{text}`")),
    })
}

/// What is no request line stays where it is, if it looks like a path; else it is dropped.
fn split_request(field: Field, found: &mut Found<'_>) {
    let Some(line) = found.fields.get(field).map(<[u8]>::to_vec) else { return };
    if line.starts_with(b"/") {
        return;
    }
    let mut parts = Found::default();
    request(&line, &mut parts);
    found.fields.clear(field);
    for part in [Field::Method, Field::Path] {
        if let Some(text) = parts.fields.get(part) {
            found.fields.set(part, text.to_vec());
        }
    }
}

fn between<'v>(value: &'v [u8], start: &[u8], end: &[u8]) -> &'v [u8] {
    let Some(from) = memchr::memmem::find(value, start).map(|at| at + start.len()) else { return value };
    let to = memchr::memmem::find(&value[from..], end).map_or(value.len(), |at| from + at);
    &value[from..to]
}

fn authority(url: &[u8]) -> &[u8] {
    let rest = memchr::memmem::find(url, b"://").map_or(url, |at| &url[at + 3..]);
    if let Some(path) = rest.strip_prefix(b"unix:") {
        let end = memchr::memchr(b':', path).unwrap_or(path.len());
        return &rest[..5 + end];
    }
    &rest[..memchr::memchr2(b'/', b'?', rest).unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(rule: &str, value: &str) -> Vec<String> {
        let table = [("upstream".to_owned(), rule.to_owned())].into_iter().collect();
        let mut found = Found::default();
        found.fields.set(Field::Service, &b"www"[..]);
        found.fields.set(Field::Upstream, value.as_bytes());
        Shapes::compile(&table).unwrap().apply(&mut found);
        let text = |field| String::from_utf8_lossy(found.fields.get(field).unwrap_or(b"?")).into_owned();
        [Field::Upstream, Field::Method, Field::Path].map(text).to_vec()
    }

    #[test]
    fn authorities() {
        for (url, expected) in [
            ("http://10.0.0.7:8080/a?b=http://x/", "10.0.0.7:8080"),
            ("http://shop", "shop"),
            ("fastcgi://unix:/run/php/php-fpm.sock:", "unix:/run/php/php-fpm.sock"),
            ("http://unix:/run/app.sock:/a", "unix:/run/app.sock"),
            ("http://[2001:db8::7]:80/", "[2001:db8::7]:80"),
            ("10.0.0.7:8080", "10.0.0.7:8080"),
        ] {
            assert_eq!(shaped("authority", url)[0], expected, "{url}");
        }
    }

    #[test]
    fn the_other_rules() {
        assert_eq!(shaped("last", "a, b : -")[0], "b");
        assert_eq!(shaped("between (app /", "x (app1/9)")[0], "1");
        assert_eq!(shaped("behind service /", "app1")[0], "www/app1");
        assert_eq!(shaped("request-line", "GET /x y HTTP/1.1"), ["?", "GET", "/x y"]);
        assert_eq!(shaped("request-line", "/x")[0], "/x");
        assert!(Shapes::compile(&[("upstream".to_owned(), "half".to_owned())].into_iter().collect()).is_err());
    }
}
