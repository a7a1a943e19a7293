//! The lists that are known to hold records: `patterns/batches.toml`.

use super::members::members;
use serde::Deserialize;
use std::sync::OnceLock;

/// What is kept of a wrapper for each of its elements, at most.
const MAX_KEPT: usize = 1024;

/// A `[[wrapper]]`: a list whose elements are records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapper {
    /// Where the list stands, as a dotted path.
    list: String,
    /// Members that may stand before it. An object with others is a record that has a list of this name.
    beside: Vec<String>,
    /// Those of them that each element gets.
    #[serde(default)]
    keep: Vec<String>,
    /// Where it is documented.
    #[serde(rename = "source")]
    _source: String,
}

/// A `[[batch]]`: lists within a record that hold its events.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    /// Through which members and lists the events are reached.
    #[serde(deserialize_with = "dotted")]
    pub(super) path: Vec<String>,
    /// What each event gets of the members on the way.
    pub(super) keep: Vec<String>,
    /// Where it is documented.
    #[serde(rename = "source")]
    _source: String,
}

fn dotted<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(String::deserialize(from)?.split('.').map(str::to_owned).collect())
}

#[expect(clippy::expect_used, reason = "a constant that the build wrote; a test reads it")]
fn wrappers() -> &'static [Wrapper] {
    static WRAPPERS: OnceLock<Vec<Wrapper>> = OnceLock::new();
    let read = || serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/wrappers.json")));
    WRAPPERS.get_or_init(|| read().expect("the embedded wrappers"))
}

/// Every batch.
#[expect(clippy::expect_used, reason = "a constant that the build wrote; a test reads it")]
pub(super) fn batches() -> &'static [Batch] {
    static BATCHES: OnceLock<Vec<Batch>> = OnceLock::new();
    let read = || serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/batches.json")));
    BATCHES.get_or_init(|| read().expect("the embedded batches"))
}

/// What the text of an object that ends with the bracket of a list says about that list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// Its elements are records; with the members that each of them gets, each with a comma behind it.
    Records(Vec<u8>),
    /// It has the name of such a list, but the object is a record itself.
    Own,
    /// Nothing is known of it.
    Other,
}

/// Looks at `text`, an object up to the bracket that opens a list in it.
pub(super) fn opened(text: &[u8]) -> Opened {
    let Some(name) = last_key(text) else { return Opened::Other };
    let ends = |wrapper: &&Wrapper| wrapper.list.rsplit('.').next().is_some_and(|last| last.as_bytes() == name);
    let mut candidates = wrappers().iter().filter(ends).peekable();
    if candidates.peek().is_none() {
        return Opened::Other;
    }
    candidates.find_map(|wrapper| wrapper.kept_of(text)).map_or(Opened::Own, Opened::Records)
}

/// Whether `text`, an object up to the bracket of a list, is the beginning of a batch.
pub(super) fn is_batch(text: &[u8]) -> bool {
    let Some(name) = last_key(text) else { return false };
    let (mut at, mut path) = (0, Vec::new());
    if !batches().iter().any(|batch| batch.path.iter().any(|part| part.as_bytes() == name)) {
        return false;
    }
    while text.get(at) == Some(&b'{')
        && let Some(last) = members(text, at).last().filter(|last| !last.over)
    {
        path.push(last.key);
        at = last.value.start;
    }
    let begins = |batch: &Batch| {
        path.len() <= batch.path.len() && path.iter().zip(&batch.path).all(|(part, known)| *part == known.as_bytes())
    };
    batches().iter().any(begins)
}

impl Wrapper {
    fn kept_of(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut kept = Vec::new();
        let mut at = 0;
        for part in self.list.split('.') {
            if text.get(at) != Some(&b'{') {
                return None;
            }
            let mut last = None;
            for member in members(text, at) {
                if !member.over {
                    last = Some(member);
                    break;
                }
                let is = |name: &String| name.as_bytes() == member.key;
                if !self.beside.iter().any(is) {
                    return None;
                }
                if self.keep.iter().any(is) && kept.len() + member.whole.len() < MAX_KEPT {
                    kept.extend_from_slice(&text[member.whole]);
                    kept.push(b',');
                }
            }
            let last = last.filter(|last| last.key == part.as_bytes())?;
            at = last.value.start;
        }
        (text.get(at) == Some(&b'[')).then_some(kept)
    }
}

/// The key before the bracket that `text` ends with.
fn last_key(text: &[u8]) -> Option<&[u8]> {
    let before = text.strip_suffix(b"[")?.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"")?;
    // An escaped quote in it makes it another key than any that is known.
    memchr::memrchr(b'"', before).map(|quote| &before[quote + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_are_told_from_records() {
        for (text, expected) in [
            (r#"{"records":["#, Opened::Records(Vec::new())),
            (r#"{ "Records" : ["#, Opened::Records(Vec::new())),
            (r#"{"took":3,"hits":{"total":{"value":1},"hits":["#, Opened::Records(Vec::new())),
            (
                r#"{"messageType":"DATA_MESSAGE","logGroup":"g","logStream":"s","logEvents":["#,
                Opened::Records(br#""logGroup":"g","logStream":"s","#.to_vec()),
            ),
            (r#"{"level":"info","records":["#, Opened::Own),
            (r#"{"a":{"records":["#, Opened::Own),
            (r#"{"tags":["#, Opened::Other),
            (r#"{"hits":{"hits":{"hits":["#, Opened::Own),
        ] {
            assert_eq!(opened(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn batches_are_told_by_their_first_list() {
        for (text, expected) in [
            (r#"{"time":"t","properties":{"Version":2,"flows":["#, true),
            (r#"{"flowRecords":{"flows":["#, true),
            (r#"{"resourceLogs":["#, true),
            (r#"{"flows":["#, false),
            (r#"{"a":{"properties":{"flows":["#, false),
        ] {
            assert_eq!(is_batch(text.as_bytes()), expected, "{text}");
        }
    }
}
