//! A line kept as evidence, with where it stands and what it means.

use crate::model::lossy::lossy;
use crate::model::stamp::Moment;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// Bytes kept of a record's text.
const MAX_TEXT: usize = 2000;

/// A line that can be quoted. The order is that in which lines are preferred: by time, source, line. There may be a
/// hundred thousand of them, most of which are let go again as scopes become many: so the source is shared by all lines
/// of a member, and title and text are one piece of memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// When it was written, in microseconds since 1970.
    pub moment: i64,
    /// The member that holds it.
    pub source: Arc<str>,
    /// Its first physical line there, from 1.
    pub line: u64,
    /// Where in `told` the title ends and the text begins.
    title: usize,
    told: Box<str>,
}

impl Quote {
    /// A quote of a record.
    pub fn new(moment: Moment, source: impl Into<Arc<str>>, line: u64, title: &str, text: &[u8]) -> Self {
        let cut = &text[..text.len().min(MAX_TEXT)];
        Self::of(moment.0, source.into(), line, title, &lossy(cut))
    }

    fn of(moment: i64, source: Arc<str>, line: u64, title: &str, text: &str) -> Self {
        let mut told = String::with_capacity(title.len() + text.len());
        told.push_str(title);
        told.push_str(text);
        Self { moment, source, line, title: title.len(), told: told.into_boxed_str() }
    }

    /// The same with other texts.
    pub fn with(&self, source: &str, title: &str, text: &str) -> Self {
        Self::of(self.moment, source.into(), self.line, title, text)
    }

    /// What it means, in a sentence.
    pub fn title(&self) -> &str {
        &self.told[..self.title]
    }

    /// The record's text, cut if it is long.
    pub fn text(&self) -> &str {
        &self.told[self.title..]
    }

    /// How the line compares with one that stands there, in the order in which lines are preferred.
    #[inline]
    pub(super) fn cmp_place(&self, moment: i64, source: &Arc<str>, line: u64) -> Ordering {
        // Of one member are most of those that are of one moment.
        let of_source = || if Arc::ptr_eq(&self.source, source) { Ordering::Equal } else { self.source.cmp(source) };
        self.moment.cmp(&moment).then_with(of_source).then_with(|| self.line.cmp(&line))
    }
}

impl Ord for Quote {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = self.cmp_place(other.moment, &other.source, other.line);
        place.then_with(|| (self.title(), self.text()).cmp(&(other.title(), other.text())))
    }
}

impl PartialOrd for Quote {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A quote as it stands in a file.
#[derive(Serialize, Deserialize)]
struct Written<'q> {
    moment: i64,
    source: Cow<'q, str>,
    line: u64,
    title: Cow<'q, str>,
    text: Cow<'q, str>,
}

impl Serialize for Quote {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written {
            moment: self.moment,
            source: Cow::Borrowed(&self.source),
            line: self.line,
            title: Cow::Borrowed(self.title()),
            text: Cow::Borrowed(self.text()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { moment, source, line, title, text } = Written::deserialize(deserializer)?;
        Ok(Self::of(moment, source.into(), line, &title, &text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_are_preferred_by_time_then_source_then_line(
            of in prop::collection::vec((0i64..3, "[ab]{0,1}", 0u64..3, "[ab]{0,2}", "[ab]{0,2}"), 2..=2),
        ) {
            let quote = |(moment, source, line, title, text): &(i64, String, u64, String, String)| {
                Quote::new(Moment(*moment), source.as_str(), *line, title, text.as_bytes())
            };
            prop_assert_eq!(quote(&of[0]).cmp(&quote(&of[1])), of[0].cmp(&of[1]));
            prop_assert_eq!(quote(&of[0]) == quote(&of[1]), of[0] == of[1]);
        }
    }

    #[test]
    fn written_by_its_parts() {
        let quote = Quote::new(Moment(7), "a.log", 3, "Refused by \"ä\"", "\u{e4} no".as_bytes());
        let written = r#"{"moment":7,"source":"a.log","line":3,"title":"Refused by \"ä\"","text":"ä no"}"#;
        assert_eq!(serde_json::to_string(&quote).unwrap(), written);
        assert_eq!(serde_json::from_str::<Quote>(written).unwrap(), quote);
    }
}
